"""Random tags of every scheme, alone, behind their PC word, before zero words or other data: never another tag.

The memory is written bit by bit from the fields of a scheme, so that every value that a tag can hold is met.
"""

import random
from collections import Counter

import pytest

from scanstation.identity import IdentityError, Names, identify
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.epc import Tag, decode_tag, decode_tag_or_pc, encode_elements
from scanstation.identity.epc.bits import SET_82, SIX_BIT_CODE
from scanstation.identity.epc.classic import Epc, encode_classic, schemes_by_name
from scanstation.identity.epc.fields import Cage, Digits, Number, Partition, Prefixed, Six, String, Zeros
from scanstation.identity.epc.plus import plus_schemes

TEXT, SIX = sorted(SET_82), sorted(SIX_BIT_CODE)
DIGITS = "0123456789"


def text(chance: random.Random, signs: "str | list[str]", longest: int, shortest: int = 1) -> str:
    return "".join(chance.choices(signs, k=chance.randint(shortest, max(shortest, longest))))


def company_prefix(chance: random.Random, digits: int) -> str:
    """One that GS1 can give: 02, 04, 05 and 2 begin numbers of a company's own and what is reserved."""
    while (prefix := text(chance, DIGITS, digits, digits)).startswith(("02", "04", "05", "2")):
        pass
    return prefix


def classic(chance: random.Random, name: str) -> bytes:
    scheme = schemes_by_name()[name]
    parts: list[str] = []
    for field in scheme.fields:
        match field:
            case Partition(company, reference, style):
                partition = chance.randrange(7)
                digits = company[partition][1]
                parts.append(company_prefix(chance, digits))
                if style != "none":
                    bits, digits = reference[partition]
                    number = chance.randrange(min(10**digits, 1 << bits))
                    parts.append((f"{number:0{digits}d}" if digits else "") if style == "padded" else str(number))
            case Number(bits, most):
                parts.append(str(chance.randrange(1 << chance.randint(1, bits)))[:most])
            case Digits(_, width):
                parts.append(text(chance, DIGITS, width, width))
            case Prefixed():
                parts.append(text(chance, DIGITS, 12))
            case String(longest, beside):
                parts.append(text(chance, TEXT, 30 - len(parts[0]) if beside else longest))
            case Six(shortest, longest, beside, hashes):
                signs = SIX if hashes == "any" else [sign for sign in SIX if sign != "#"]
                parts.append(text(chance, signs, 30 - len(parts[0]) if beside else longest, shortest))
            case Cage():
                parts.append(text(chance, DIGITS + "ABCDEFGHJKLMNPQRSTUVWXYZ", 6, 5))
            case Zeros():
                pass
    return encode_classic(Epc(name, scheme.uri, chance.randrange(1 << scheme.filter_bits), tuple(parts)))


def checked(body: str) -> str:
    return body + check_digit(body)


def plus(chance: random.Random, name: str) -> bytes:
    def key(digits: int) -> str:
        return checked(text(chance, DIGITS, digits - 1, digits - 1))

    serial = text(chance, TEXT, 16)
    elements = {
        "sgtin": lambda: {"01": key(14), "21": serial},
        "dsgtin": lambda: {"17": "271231", "01": key(14), "21": serial},
        "sscc": lambda: {"00": key(18)},
        "sgln": lambda: {"414": key(13), "254": "E" + serial[1:]},
        "grai": lambda: {"8003": f"0{key(13)}{serial}"},
        "giai": lambda: {"8004": key(13)[:12] + serial},
        "gsrn": lambda: {"8018": key(18)},
        "gsrnp": lambda: {"8017": key(18)},
        "gdti": lambda: {"253": key(13) + serial},
        "sgcn": lambda: {"255": key(13) + text(chance, DIGITS, 12)},
        "itip": lambda: {"8006": key(14) + "0102", "21": serial},
        "cpi": lambda: {"8010": key(13)[:9] + text(chance, "ABCXYZ019-/", 12), "8011": text(chance, "123456789", 12)},
    }[name.rstrip("+")]()
    hostname = "a.de" if name.endswith("++") else None
    return encode_elements(name, elements, filter=chance.randrange(8), hostname=hostname)


NAMES = [*schemes_by_name(), *(scheme.name for scheme in plus_schemes().values())]


def pc_word(chance: random.Random, memory: bytes) -> bytes:
    return bytes([len(memory) // 2 << 3 | chance.choice((0, 4)), 0])


def dresses(chance: random.Random, memory: bytes) -> dict[str, bytes]:
    pc, zeros = pc_word(chance, memory), bytes(2 * chance.randint(1, 4))
    data = chance.randbytes(2 * chance.randint(1, 4))
    both = chance.choice((zeros, data))
    return {
        "alone": memory,
        "behind its PC word": pc + memory,
        "before zero words": memory + zeros,
        "before other data": memory + data,
        "behind its PC word, before either": pc + memory + both,
    }


def read(memory: bytes) -> "Tag | None":
    """The tag without its notes; None where the memory is said to name nothing."""
    try:
        return decode_tag_or_pc(memory)._replace(notes=())
    except IdentityError:
        return None


def test_a_tag_is_never_another_tag(full: bool) -> None:
    chance = random.Random(1863)
    told: Counter[str] = Counter()
    rounds = 100_000 if full else 2_000
    for number in range(rounds):
        name = NAMES[number % len(NAMES)]
        memory = (plus if name.endswith("+") else classic)(chance, name)
        tag = decode_tag(memory)
        for dress, dressed in dresses(chance, memory).items():
            found = read(dressed)
            assert found in (None, tag), (dress, dressed.hex())
            told[dress] += found is not None
    assert told["alone"] == rounds
    floors = {"behind its PC word": 0.99, "before zero words": 0.99, "before other data": 0.98}
    for dress, floor in floors.items():
        assert told[dress] >= floor * rounds, told


def test_a_foreign_number_behind_a_pc_word_is_no_item(full: bool) -> None:
    """Numbers with headers that TDS does not know, behind the PC word of an EPC or of another standard."""
    chance = random.Random(17367)
    known = {scheme.header for scheme in schemes_by_name().values()} | set(plus_schemes())
    foreign = [header for header in range(256) if header not in known]
    for _ in range(50_000 if full else 2_000):
        words = chance.randint(4, 14)
        number = bytearray(chance.randbytes(2 * words))
        number[0] = chance.choice(foreign)
        if chance.random() < 0.3:
            number[chance.randint(2, 2 * words - 2) :] = b""
            number += bytes(2 * words - len(number))
        low = chance.choice((0, 0xA1, 0xA2, 0xA3, 0xA9, 0xC2))
        pc = bytes([words << 3 | chance.choice((0, 4)) | (low > 0), low])
        assert identify(pc + number, carrier="epc").names is not Names.TRADE_ITEM, (pc + number).hex()


@pytest.mark.parametrize(
    ("memory", "key"),
    [
        ("303634e4bb79ef7108060a8c0000", "urn:epc:id:sgtin"),  # 34 is the header of a GIAI-96, 3036 no PC word
        ("2D76451FD4499602D2000000", "urn:epc:id:gsrn:9521141.1234567890"),
        ("2D00FA956391F94BF8000000", "urn:epc:id:gsrn:2"),  # a GIAI+ in it, but the toggle bit says that no EPC follows
        ("3000" + "3074257BF7194E4000001A85" + "BEEF", "urn:epc:id:sgtin:0614141.812345.6789"),  # and its CRC
        ("3074257BF7194E4000001A85" + "DEADBEEF", "urn:epc:id:sgtin:0614141.812345.6789"),
        ("4000" + "3074257BF7194E4000001A85" + "00000000", "urn:epc:id:sgtin:0614141.812345.6789"),
        ("3200" + "8000" + "3074257BF7194E4000001A85"[:20] + "0000", None),
        ("3000" + "C310821E1A27B82D49F00000", None),  # a foreign number that is an SGTIN-96 with its PC word
        ("31A1" + "B0C1D2E3F4A5B6C7D8E9FA0B", None),
    ],
)  # fmt: skip
def test_what_memory_means(memory: str, key: "str | None") -> None:
    found = read(bytes.fromhex(memory))
    assert (found is None) if key is None else (found is not None and found.uri.startswith(key))


def test_a_pc_word_told_apart_says_that_no_epc_is_there() -> None:
    memory = bytes.fromhex("3074257BF7194E4000001A85")
    assert identify(memory, carrier="epc", pc=0x3400).names is Names.TRADE_ITEM
    foreign = identify(memory, carrier="epc", pc=0x31A1)
    assert foreign.names is Names.UNKNOWN_TAG and "AFI A1" in foreign.notes[0]


def test_every_uri_that_we_write_is_read_back(full: bool) -> None:
    """The pure identity or Digital Link of a tag, and its tag URI, name what the tag names."""
    chance = random.Random(14)
    for number in range(20_000 if full else 1_000):
        name = NAMES[number % len(NAMES)]
        memory = (plus if name.endswith("+") else classic)(chance, name)
        tag, ours = decode_tag(memory), identify(memory, carrier="epc")
        for uri in filter(None, (tag.uri, tag.tag_uri)):
            back = identify(uri)
            assert (back.names, back.key, back.elements) == (ours.names, ours.key, ours.elements), uri
            assert (back.serial, back.expiry, back.uri) == (ours.serial, ours.expiry, ours.uri), uri
            assert back.filter in (None, ours.filter)


@pytest.mark.parametrize("uri", ["urn:epc:id:gid:1.2", "urn:epc:id:gid:01.2.3", "urn:epc:id:usdod:2S194.x",
                                 "urn:epc:id:adi:W81X9C.1", "urn:epc:id:adi:W81X9C.ab.1"])  # fmt: skip
def test_a_uri_that_no_tag_can_hold_is_refused(uri: str) -> None:
    with pytest.raises(IdentityError):
        identify(uri)
