"""parse(format(x)) = x: element strings, brackets, Digital Links, every EPC scheme, UPC-E, HIBC, ISO 15434."""

import os
import random
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scanstation.identity import IdentityError
from scanstation.identity.aitable import ApplicationIdentifier, ai_table
from scanstation.identity.checkdigits import check_digit, check_pair
from scanstation.identity.digital_link import format_digital_link, parse_digital_link
from scanstation.identity.elements import format_bracketed, format_elements, parse_bracketed, parse_elements
from scanstation.identity.epc import (
    decode_tag,
    encode_elements,
    encode_tag_uri,
    format_pure_identity,
    parse_pure_identity,
)
from scanstation.identity.epc.bits import SET_82, BitReader, BitWriter
from scanstation.identity.epc.text import read_text, write_text
from scanstation.identity.gtin import expand_upc_e, suppress_upc_e
from scanstation.identity.hibc import format_hibc, parse_hibc
from scanstation.identity.iso15434 import format_envelope, parse_envelope

CHARACTERS = "".join(sorted(SET_82))
FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
thoroughly = settings(
    deadline=None,
    derandomize=not FULL,
    max_examples=1500 if FULL else 100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def values(draw: st.DrawFn, entry: ApplicationIdentifier) -> str:
    """A value of one AI: of the right shape, then made to obey the rules that can be obeyed by construction."""
    text = draw(st.from_regex(re.compile(entry.value_pattern, re.ASCII), fullmatch=True))
    start = 0
    for part in entry.components:
        piece = text[start : start + part.longest]
        names = {rule.name for rule in part.rules}
        if "csum" in names and piece:
            piece = piece[:-1] + check_digit(piece[:-1])
        if "csumalpha" in names:
            assume(len(piece) > 6)
            piece = piece[:-2] + check_pair(piece[:-2])
        text = text[:start] + piece + text[start + part.longest :]
        start += part.longest
    try:
        entry.check(text, 0)
    except IdentityError:
        assume(False)
    return text


SLOW = {"iban", "couponcode", "couponposoffer", "iso3166alpha2", "posinseqslash", "packagetype"}
READY = [
    entry
    for entry in ai_table().values()
    if not any(rule.name in SLOW for part in entry.components for rule in part.rules)
]


@st.composite
def element_sets(draw: st.DrawFn) -> dict[str, str]:
    """One to five AIs and their values."""
    entries = draw(st.lists(st.sampled_from(READY), min_size=1, max_size=5, unique_by=lambda entry: entry.ai))
    return {entry.ai: draw(values(entry)) for entry in entries}


@thoroughly
@given(element_sets())
def test_element_strings(elements: dict[str, str]) -> None:
    assert parse_elements(format_elements(elements)) == elements
    assert parse_bracketed(format_bracketed(elements)) == elements


KEYS = [entry for entry in READY if entry.qualifiers is not None]
ATTRIBUTES = [entry for entry in READY if entry.attribute and entry.qualifiers is None]


@st.composite
def linkable(draw: st.DrawFn) -> dict[str, str]:
    """A primary key, some of its qualifiers in order, and attributes that are no qualifiers of it."""
    key = draw(st.sampled_from(KEYS))
    order = draw(st.sampled_from(key.qualifiers or ((),)))
    entries = [key, *(ai_table()[ai] for ai in order if draw(st.booleans()))]
    theirs = {ai for any_order in key.qualifiers or () for ai in any_order}
    attributes = [entry for entry in ATTRIBUTES if entry.ai not in theirs]
    entries += draw(st.lists(st.sampled_from(attributes), max_size=3, unique_by=lambda entry: entry.ai))
    return {entry.ai: draw(values(entry)) for entry in entries}


@thoroughly
@given(linkable())
def test_digital_links(elements: dict[str, str]) -> None:
    uri = format_digital_link(elements, "https://example.com/some/stem")
    assert parse_digital_link(uri) == elements


SERIAL = st.text(CHARACTERS, min_size=1, max_size=20)
NUMBER = st.integers(0, 2**31 - 1).map(str)
DIGITS = st.integers(6, 12)


def digits(count: int) -> st.SearchStrategy[str]:
    """Digits with their check digit."""
    return st.text("0123456789", min_size=count - 1, max_size=count - 1).map(lambda text: text + check_digit(text))


SCHEMES = {
    "sgtin-96": st.fixed_dictionaries({"01": digits(14), "21": NUMBER}),
    "sgtin-198": st.fixed_dictionaries({"01": digits(14), "21": SERIAL}),
    "sscc-96": st.fixed_dictionaries({"00": digits(18)}),
    "sgln-96": st.fixed_dictionaries({"414": digits(13), "254": st.integers(1, 2**41 - 1).map(str)}),
    "sgln-195": st.fixed_dictionaries({"414": digits(13), "254": SERIAL.filter(lambda text: text != "0")}),
    "grai-96": st.builds(lambda key, serial: {"8003": f"0{key}{serial}"}, digits(13), NUMBER),
    "grai-170": st.builds(lambda key, serial: {"8003": f"0{key}{serial[:16]}"}, digits(13), SERIAL),
    "giai-96": st.builds(lambda serial: {"8004": "9521141" + serial}, st.integers(1, 10**14).map(str)),
    "giai-202": st.builds(lambda serial: {"8004": "952114112345" + serial[:18]}, SERIAL),
    "gsrn-96": st.fixed_dictionaries({"8018": digits(18)}),
    "gsrnp-96": st.fixed_dictionaries({"8017": digits(18)}),
    "gdti-96": st.builds(lambda key, serial: {"253": key + serial}, digits(13), NUMBER),
    "gdti-174": st.builds(lambda key, serial: {"253": key + serial[:17]}, digits(13), SERIAL),
    "sgcn-96": st.builds(
        lambda key, serial: {"255": key + serial}, digits(13), st.text("0123456789", min_size=1, max_size=12)
    ),
    "itip-110": st.builds(
        lambda key, piece, serial: {"8006": f"{key}{piece:02d}99", "21": serial},
        digits(14), st.integers(1, 99), NUMBER,
    ),
    "itip-212": st.builds(lambda key, serial: {"8006": f"{key}0102", "21": serial}, digits(14), SERIAL),
    "cpi-96": st.builds(lambda part, serial: {"8010": f"9521141{part}", "8011": serial},
                        st.integers(1, 10**8 - 1), st.integers(1, 2**31 - 1).map(str)),
    "cpi-var": st.builds(lambda part, serial: {"8010": "9521141" + part, "8011": serial},
                         st.text("ABCXYZ019#-/", min_size=1, max_size=23), st.integers(1, 10**12 - 1).map(str)),
}  # fmt: skip


@thoroughly
@given(st.sampled_from(sorted(SCHEMES)), st.data(), DIGITS, st.integers(0, 7))
def test_classic_schemes(scheme: str, data: st.DataObject, company: int, filter_value: int) -> None:
    elements = data.draw(SCHEMES[scheme])
    company = {"giai-96": 7, "giai-202": 12, "cpi-96": 7, "cpi-var": 7}.get(scheme, company)
    memory = encode_elements(scheme, elements, company, filter=filter_value)
    tag = decode_tag(memory)
    assert (tag.scheme, tag.filter, dict(tag.elements)) == (scheme, filter_value, elements)
    assert tag.tag_uri is not None
    assert encode_tag_uri(tag.tag_uri) == memory
    assert parse_pure_identity(tag.uri) == (tag.kind, elements)
    assert format_pure_identity(tag.kind, elements, company) == tag.uri


PLUS = {
    "sgtin+": SCHEMES["sgtin-198"],
    "dsgtin+": st.builds(lambda key, serial, ai: {ai: "271231", "01": key, "21": serial},
                         digits(14), SERIAL, st.sampled_from(["11", "13", "15", "16", "17"])),
    "sscc+": SCHEMES["sscc-96"],
    "sgln+": SCHEMES["sgln-195"],
    "grai+": SCHEMES["grai-170"],
    "giai+": st.one_of(SCHEMES["giai-202"], SCHEMES["giai-96"]),
    "gsrn+": SCHEMES["gsrn-96"],
    "gsrnp+": SCHEMES["gsrnp-96"],
    "gdti+": SCHEMES["gdti-174"],
    "sgcn+": SCHEMES["sgcn-96"],
    "itip+": SCHEMES["itip-212"],
    "cpi+": SCHEMES["cpi-var"],
}  # fmt: skip


@thoroughly
@given(st.sampled_from(sorted(PLUS)), st.data(), st.integers(0, 7))
def test_plus_schemes(scheme: str, data: st.DataObject, filter_value: int) -> None:
    elements = data.draw(PLUS[scheme])
    tag = decode_tag(encode_elements(scheme, elements, 0, filter=filter_value))
    assert (tag.scheme, tag.filter, dict(tag.elements)) == (scheme, filter_value, elements)


@thoroughly
@given(st.sampled_from(["0123456789", "0123456789ABCDEF", "0123456789abcdef", "ABC-.:019", "aZ09_-", CHARACTERS]),
       st.data())  # fmt: skip
def test_text_of_plus_schemes(alphabet: str, data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet, min_size=1, max_size=20))
    writer = BitWriter()
    write_text(writer, text, 20, "serial")
    assert read_text(BitReader(writer.value, writer.length, "serial"), 20) == text


def test_every_upc_e() -> None:
    chance = random.Random(8)
    for number in range(0, 2_000_000, 997):
        body = f"{number // 1_000_000}{number % 1_000_000:06d}"
        good = [f"{body}{digit}" for digit in range(10) if _expands(f"{body}{digit}")]
        assert len(good) == 1
        if chance.random() < 0.2:
            gtin = expand_upc_e(good[0])
            short = suppress_upc_e(gtin)
            assert short is not None
            assert expand_upc_e(short) == gtin


def _expands(digits: str) -> bool:
    try:
        expand_upc_e(digits)
    except IdentityError:
        return False
    return True


NAME = st.from_regex(r"\A[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]\Z", fullmatch=True)


@thoroughly
@given(NAME, st.text("ABC0129-. ", min_size=1, max_size=18).filter(lambda text: text.strip() == text))
def test_hibc(name: str, lot: str) -> None:
    fields = parse_hibc(format_hibc(f"{name}/$$7{lot}"))
    assert (fields["lic"] + fields["pcn"] + fields["uom"], fields["lot"]) == (name, lot)


@thoroughly
@given(st.dictionaries(st.from_regex(r"\A[0-9]{0,3}[A-Z]\Z", fullmatch=True), st.text(CHARACTERS), min_size=1))
def test_envelopes(elements: dict[str, str]) -> None:
    envelope = parse_envelope(format_envelope(elements))
    assert (envelope.elements, envelope.notes) == (elements, ())
