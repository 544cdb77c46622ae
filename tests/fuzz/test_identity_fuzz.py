"""Random and mutated payloads give an Identity or an IdentityError, nothing else, in bounded time.

A round is ten thousand payloads, determined by its number alone: two rounds in a usual run, a hundred at full count,
and as many as ``SCANSTATION_FUZZ_ROUNDS`` says (1000 for ten million payloads).  With that variable the run can be
resumed: each shard keeps its finished rounds in ``fuzz-identity-N`` (in the folder ``SCANSTATION_FUZZ_STATE``, by
default ``out``), so that an interrupted run goes on where it was.
"""

import os
import random
from pathlib import Path

import pytest

from scanstation.identity import Identity, IdentityError, identify, interpret
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.elements import format_bracketed, format_elements
from scanstation.identity.interpret import KINDS
from scanstation.identity.sample import sample_elements

PER_ROUND = 10_000
ROUNDS, FULL_ROUNDS, SHARDS = 2, 100, 2
MEGABYTE = 1_000_000
AIMS = ["", "]C1", "]C0", "]E0", "]E3", "]E4", "]I1", "]d1", "]d2", "]Q1", "]Q3", "]e0", "]J1", "]", "]zz"]
PIECES = [
    "\x1d", "\x1e", "\x04", "[)>", "[)>\x1e06\x1d", "+A999", "/$$5", "$", "https://", "http://a/01/",
    "urn:epc:id:sgtin:", "urn:epc:tag:sgtin-96:3.",
    "(01)", "(", ")", "%2F", "%", "0109506000134352", "10", "17", "8110", "8112", "8007",
    "3103", "LOC-", "OPR-", "CMD-", "]C1", "\\", "ä", "\ud800", "😀", "\0", "٣", "²", "GERMANY|", "2811111068708",
]  # fmt: skip


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_and_mutated_payloads(shard: int, full: bool) -> None:
    asked = os.environ.get("SCANSTATION_FUZZ_ROUNDS")
    state = Path(os.environ.get("SCANSTATION_FUZZ_STATE", "out")) / f"fuzz-identity-{shard}"
    if asked:
        state.parent.mkdir(parents=True, exist_ok=True)
    first = int(state.read_text("ascii")) if asked and state.exists() else shard
    for number in range(first, int(asked) if asked else FULL_ROUNDS if full else ROUNDS, SHARDS):
        _round(random.Random(number))
        if asked:
            state.write_text(str(number + SHARDS), "ascii")
    if asked:
        state.unlink(missing_ok=True)


def _round(chance: random.Random) -> None:
    kinds = sorted(KINDS)
    for _ in range(PER_ROUND):
        payload = _payload(chance)
        _identify(payload, chance)
        kind = chance.choice(kinds)
        try:
            assert isinstance(interpret(payload, kind), dict)
        except IdentityError as error:
            _check_error(error, kind, payload)


def _identify(payload: str, chance: random.Random) -> None:
    aim = chance.choice(AIMS)
    carrier = chance.choice(["barcode", "barcode", "keyed", "epc", "tid"])
    data: bytes | str = payload
    if carrier in ("epc", "tid") or chance.random() < 0.3:
        data = _memory(chance) if carrier == "epc" else payload.encode("utf-8", "surrogatepass")
    region = chance.choice([None, "GERMANY", "SWEDEN"])
    try:
        assert isinstance(identify(data, aim=aim, carrier=carrier, region=region), Identity)
    except IdentityError as error:
        _check_error(error, aim + carrier, payload)


def _check_error(error: IdentityError, where: str, payload: str) -> None:
    text = str(error)
    assert f" at {error.position}: expected {error.expected}, got " in text, (where, payload, text)
    assert len(text) < 500, (where, payload, len(text))


def _payload(chance: random.Random) -> str:
    way = chance.randrange(6)
    if way == 0:
        return "".join(chr(chance.choice([*range(0x80), 0x1D, 0x660, 0x1F600])) for _ in range(chance.randrange(40)))
    if way == 1:
        digits = "".join(chance.choices("0123456789", k=chance.choice([7, 11, 12, 13, 17])))
        return digits + check_digit(digits)
    if way == 2:
        return _mutated("".join(chance.choices(PIECES, k=chance.randint(1, 8))), chance)
    if way == 3:
        return _memory(chance).hex()
    elements = sample_elements(chance, chance.randint(1, 5))
    text = format_elements(elements) if way == 4 else format_bracketed(elements)
    if chance.random() < 0.2:
        text = "https://example.com/" + "/".join(f"{ai}/{value}" for ai, value in elements.items())
    return _mutated(text, chance)


def _mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(text) + 1)
        cut = chance.randrange(3)
        text = text[:place] + chance.choice([*PIECES, "0", "9", "A", "~", ""]) + text[place + cut :]
    return text


def _memory(chance: random.Random) -> bytes:
    memory = chance.randbytes(chance.choice([0, 1, 2, 6, 12, 14, 26, 32]))
    header = chance.choice([0x30, 0x36, 0x31, 0x38, 0x3B, 0x3D, 0x3F, 0x2F, 0x41, 0xF7, 0xFA, 0xF0, 0xFC, 0xE6, 0xF8])
    return bytes([header]) + memory[1:] if memory and chance.random() < 0.9 else memory


STARTS = {
    "digital_link": "https://a/01/09506000134352", "iso15434": "[)>\x1e06", "hibc": "+A99912345", "rcn": "GERMANY|",
    "epc_tag_uri": "urn:epc:tag:sgtin-198:3.0614141.812345.", "aim_scan_data": "]C1",
}  # fmt: skip
REPEATED = [
    "0", "A", "\x1d", "(", "((01)", "(10)A", "10A\x1d", "/", "/10/a", "&10=a", "&", "[)>", "\x1dP", "+", "/S", "%", "-",
]  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", REPEATED)
def test_a_megabyte_is_judged_in_bounded_time(piece: str) -> None:
    for kind in (name for name in KINDS if "association" not in name):
        payload = STARTS.get(kind, "") + piece * (MEGABYTE // len(piece))
        for judge in (lambda text, kind=kind: interpret(text, kind), identify):
            try:
                judge(payload)
            except IdentityError as error:
                assert len(str(error)) < 500
