"""Against two other parsers: every disagreement must be one of those listed here, with who is right and why.

The oracles are used in tests only.  A disagreement that is not listed fails the test; so does a listed one that no
longer occurs, because the list would then claim something that is not so.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from biip import ParseConfig
from biip import ParseError as BiipError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from epcpy import ConvertException
from epcpy.utils.parsers import hex_to_tag_encodable

from scanstation.identity import IdentityError, IdentityReason, interpret
from scanstation.identity.aitable import ai_table
from scanstation.identity.elements import format_elements
from scanstation.identity.sample import sample_elements, sample_value

R = IdentityReason
CONFIG = ParseConfig()
Answer = dict[str, str] | None

WE_REJECT: dict[tuple[IdentityReason, str], str] = {
    (R.SEPARATOR, "*"): "we: biip splits a value that is too long without a separator and loses what follows",
    (R.CHECK_DIGIT, "253 255 402 8003 8006 8013 8014 8017 8018 8026"): "we: biip checks only GTIN, SSCC and GLN",
    (R.CHECK_DIGIT, "8007"): "we: ISO 13616; biip reads any text as an IBAN",
    (R.CODE, "421 422 423 424 425 426 4307 4317 703x 391x 393x"): "we: ISO 3166 and ISO 4217; biip takes any digits",
    (R.CODE, "4309 4321 4322 4323 4330 4331 4332 4333 7040 7041 7241 7252 7258 8001 8006 8011 8026"):
        "we: General Specifications 3; biip checks the shape only",
    (R.STRUCTURE, "8110 8112"): "we: the coupon specifications; biip reads any digits",
    (R.STRUCTURE, "401 7023 8004 8010 8013 8014"): "we: a GS1 key begins with a company prefix of digits",
    (R.CHARACTER, "430x 431x 4320 7253 7254 7256 7257 7259 8030 8003 253"):
        "we: percent escapes and character sets; biip takes more characters",
    (R.DATE, "4324 4325 4326 7003 7006 7007 7011 7250 7251 8008"): "we: biip does not check these dates and times",
    (R.LENGTH, "7007"): "we: a day or two days; biip also takes a part of the second",
    (R.REPEATED, "*"): "we: General Specifications 4.13: the same AI must not come again with another value",
}  # fmt: skip
"""What biip accepts and we reject: our reason and AIs -> who is right and why."""

WE_ACCEPT = {
    "7007": "we: General Specifications 3.8.8: two days are a range; biip reads a day and a time",
}
"""AIs of what biip rejects and we accept."""

WE_DIFFER = {
    "7007": "we: as above",
}


def biip_elements(payload: str) -> Answer:
    """What biip says, its findings in ``*_error`` fields raised, as a careful caller does."""
    try:
        message = GS1Message.parse(payload, config=CONFIG)
    except BiipError:
        return None
    if any(e.gtin_error or e.sscc_error or e.gln_error for e in message.element_strings):
        return None
    return {e.ai.ai: e.value for e in message.element_strings}


def matches(pattern: str, ai: str) -> bool:
    return any(p in ("*", ai) or (p.endswith("x") and ai[:-1] == p[:-1]) for p in pattern.split())


def random_payloads() -> list[str]:
    """Right element strings, and the same with one character changed, inserted or dropped."""
    chance = random.Random(20)
    found = ["99ABC\x1d99XYZ", "401AB123"]
    for _ in range(1500):
        text = format_elements(sample_elements(chance, chance.randint(1, 4)))
        place = chance.randrange(len(text))
        found += [
            text,
            text[:place] + chance.choice("019Az~\x1d") + text[place + 1 :],
            text[:place] + text[place + 1 :],
        ]
    for entry in ai_table().values():
        found.append(entry.ai + sample_value(entry, chance))
    return found


def test_biip_on_element_strings(vectors: Any) -> None:
    payloads = [case["input"] for case in vectors("gs1_element_string")] + random_payloads()
    unlisted, seen = [], set()
    for payload in payloads:
        theirs = biip_elements(payload)
        try:
            ours: Answer = interpret(payload, "gs1_element_string")
        except IdentityError as error:
            if theirs is None:
                continue
            ai = str(error).partition("(")[2].partition(")")[0]
            listed = [key for key in WE_REJECT if key[0] is error.reason and matches(key[1], ai)]
            seen.update(listed)
            if not listed:
                unlisted.append((payload, str(error)))
            continue
        assert ours is not None
        if ours == theirs:
            continue
        reasons = WE_ACCEPT if theirs is None else WE_DIFFER
        listed_ais = [ai for ai in ours if ai in reasons]
        seen.update(listed_ais)
        if not listed_ais:
            unlisted.append((payload, f"we {ours}, biip {theirs}"))
    assert unlisted == []
    assert seen == WE_REJECT.keys() | WE_ACCEPT.keys()


def test_biip_on_gtins() -> None:
    chance = random.Random(13)
    for _ in range(3000):
        digits = "".join(chance.choices("0123456789", k=chance.choice([8, 12, 13, 14])))
        try:
            theirs = Gtin.parse(digits, config=CONFIG).as_gtin_14()
        except BiipError:
            theirs = None
        try:
            ours = interpret(digits, "gtin")["01"]
        except IdentityError:
            ours = None
        assert ours == theirs, digits


LINKS = {
    R.REPEATED: "we: the standard forbids an AI twice in one URI; biip takes the last",
    R.CHECK_DIGIT: "we: as in element strings",
    R.UNKNOWN_AI: "we: a parameter of digits must be an AI; biip passes over it",
    R.STRUCTURE: "we: a zone in the host, or a qualifier in the query, is not allowed; biip reads it",
    R.EMPTY: "we: an empty value names nothing; biip reads GTIN 00000000000000",
}
"""Digital Links that biip accepts and we reject: our reason -> who is right and why."""


def test_biip_on_digital_links(vectors: Any) -> None:
    seen = set()
    for case in vectors("digital_link"):
        theirs = _biip_link(case["input"])
        try:
            ours: Answer = interpret(case["input"], "digital_link")
        except IdentityError as error:
            if theirs is not None:
                seen.add(error.reason)
            continue
        assert theirs in (ours, None), case["input"]
        assert theirs is not None or "faux" in case["input"] or "/00/" in case["input"], case["input"]
    assert seen == LINKS.keys()


def _biip_link(uri: str) -> Answer:
    try:
        parsed = GS1DigitalLinkURI.parse(uri, config=CONFIG)
    except (BiipError, ValueError):
        return None
    if any(e.gtin_error or e.sscc_error or e.gln_error for e in parsed.element_strings):
        return None
    return {e.ai.ai: e.value for e in parsed.element_strings}


EPCPY: list[tuple[str, Callable[[bytes, str], bool]]] = [
    ("we: TDS 2.x headers; epcpy knows none", lambda memory, uri: memory[0] >= 0xE6),
    ("we: a percent escape is one character; epcpy counts three or reads it as a number", lambda m, uri: "%" in uri),
]
"""What epcpy rejects and we accept: who is right and why, and how to tell."""


def test_epcpy_on_tags(vectors: Any) -> None:
    seen = set()
    memories = [case["input"] for case in vectors("epc_hex")] + _random_tags()
    for text in memories:
        theirs = _epcpy_uri(text)
        try:
            ours = interpret(text, "epc_hex")["uri"]
        except IdentityError:
            assert theirs is None, text
            continue
        if ours == theirs:
            continue
        assert theirs is None, (text, ours, theirs)
        why = [reason for reason, holds in EPCPY if holds(bytes.fromhex(text), ours)]
        assert why, (text, ours)
        seen.update(why)
    assert seen == {reason for reason, _ in EPCPY}


def _random_tags() -> list[str]:
    chance = random.Random(96)
    headers = [0x30, 0x31, 0x32, 0x33, 0x34, 0x2C, 0x2D, 0x2E, 0x35]
    found = []
    for _ in range(2000):
        header = chance.choice(headers)
        memory = bytes([header, chance.choice([0x14, 0x34, 0x58, 0x7C])]) + chance.randbytes(10)
        if header in (0x31, 0x2D, 0x2E):
            memory = memory[:9] + b"\0\0\0"
        found.append(memory.hex().upper())
    return found


def _epcpy_uri(text: str) -> str | None:
    try:
        uri = hex_to_tag_encodable(text).epc_uri
    except (ConvertException, ValueError, IndexError):
        return None
    assert isinstance(uri, str)
    return uri


@pytest.mark.parametrize("reason", [*WE_REJECT.values(), *WE_ACCEPT.values(), *LINKS.values()])
def test_every_disagreement_says_who_is_right(reason: str) -> None:
    assert reason.startswith("we: ")
