"""What a label calls its own unit, and whose serial it bears."""

import pytest

from scanstation.identity import Names, identify
from scanstation.identity.epc import encode_tag_uri
from scanstation.identity.iso15434 import format_envelope
from scanstation.identity.plates import is_party, names_in_text, other_names, plate_key, unit_key

SSCC = "095211410000000014"


def read(*fields: str):
    """The identity of a 15434 label; a field is its data identifier, a blank, and the value."""
    return identify(format_envelope(dict(field.split(" ", 1) for field in fields)), aim="]d1")


@pytest.mark.parametrize("di", ["J", "1J", "2J", "3J", "4J", "5J", "6J"])
def test_a_licence_plate_is_its_value_under_every_identifier(di: str) -> None:
    whole = read("1P RC-1", "Q 480", f"{di} UN123456789A")
    assert (whole.names, whole.key, whole.unit, whole.quantity) == (Names.INTERNAL, "RC-1", "UN123456789A", 480)
    alone = read(f"{di} UN123456789A")
    assert (alone.names, alone.key, alone.unit) == (Names.LOGISTIC_UNIT, "UN123456789A", "UN123456789A")
    assert names_in_text(f"{di}UN123456789A") == ("UN123456789A", f"{di}UN123456789A")


@pytest.mark.parametrize(
    "identity",
    [
        identify("00" + SSCC, aim="]C1"),
        identify("00" + SSCC + "0209521141000021" + "3712", aim="]C1"),
        identify(encode_tag_uri("urn:epc:tag:sscc-96:2.9521141.0000000001"), carrier="epc"),
        identify(f"https://id.gs1.org/00/{SSCC}", aim="]Q1"),
        identify("[)>\x1e05\x1d00" + SSCC + "\x1e\x04", aim="]d1"),
        read(f"J {SSCC}"),
        read("1P RC-1", f"6J {SSCC}"),
        read("1P RC-1", f"1J 00{SSCC}"),
        read("1P RC-1", f"8S {SSCC}"),
        read("1P RC-1", "3S PKG1", f"J {SSCC}"),
    ],
)
def test_an_sscc_is_its_eighteen_digits_however_it_is_read(identity) -> None:
    assert identity.unit == SSCC


@pytest.mark.parametrize(
    ("fields", "unit"),
    [
        (("1P RC-1", "3S PKG1", "V SUP111"), "VSUP111:3SPKG1"),
        (("1P RC-1", "4S PKG1", "18V un123456789"), "18VUN123456789:4SPKG1"),
        (("1P RC-1", "5S PKG1", "12V 123456789"), "18VUN123456789:5SPKG1"),
        (("1P RC-1", "5S PKG1", "13V 123456789", "V X"), "18VUN123456789:5SPKG1"),
        (("1P RC-1", "3S PKG1", "17V 1ABC2"), "18VD1ABC2:3SPKG1"),
        (("1P RC-1", "3S PKG1"), "RC-1:3SPKG1"),
        (("3S PKG1",), "3SPKG1"),
        (("1P RC-1", "3S PKG1", "5S MASTER"), "RC-1:3SPKG1"),
        (("1P RC-1", "3S  "), None),
        (("1P RC-1", "Q 480", "1T L1"), None),
    ],
)
def test_a_package_number_belongs_to_who_gave_it(fields: tuple[str, ...], unit: str | None) -> None:
    assert read(*fields).unit == unit


@pytest.mark.parametrize(
    ("fields", "serial", "issuer"),
    [
        (("1P RC-1", "S 000123"), "000123", "PRC-1"),
        (("1P RC-1", "S 000123", "V SUP111"), "000123", "VSUP111"),
        (("1P RC-1", "S 000123", "12V 123456789"), "000123", "18VUN123456789"),
        (("1P RC-1", "25S UN123456789000123"), "000123", "18VUN123456789"),
        (("1P RC-1", "25S D1ABC27"), "7", "18VD1ABC2"),
        (("1P RC-1", "25S ODABC7", "S 7"), "7", "18VODABC"),
        (("1P RC-1", "25S ODABC7", "18V ODABC"), "7", "18VODABC"),
        (("1P RC-1", "25S ODABC7"), "ODABC7", "25S"),
        (("1P RC-1", "V SUP111"), None, None),
    ],
)
def test_a_serial_of_a_label_belongs_to_its_party_or_part_number(fields, serial, issuer) -> None:
    identity = read(*fields)
    assert (identity.serial, identity.issuer) == (serial, issuer)
    assert issuer is None or is_party(issuer) == (issuer != "PRC-1")


def test_a_serial_of_gs1_belongs_to_its_gtin() -> None:
    barcode = identify("010952114100002121S1", aim="]C1")
    tag = identify(encode_tag_uri("urn:epc:tag:sgtin-96:1.9521141.000002.7"), carrier="epc")
    assert (barcode.issuer, tag.issuer, barcode.unit) == ("0109521141000021", "0109521141000021", None)
    assert identify("0109521141000021", aim="]C1").issuer is None
    assert not is_party(barcode.issuer)


def test_names_of_units() -> None:
    assert other_names("VSUP111:3SPKG1") == ("3SPKG1", "PKG1")
    assert other_names("3SPKG1") == ("PKG1",)
    assert other_names("RC0603:10/S1") == other_names("UN123456789A") == other_names(SSCC) == ()
    assert names_in_text("25SUN123456789000123") == ("18VUN123456789:000123", "25SUN123456789000123")
    assert names_in_text("3SPKG1") == ("3SPKG1",)
    assert names_in_text("7SOMETHING" * 9) == ("7SOMETHING" * 9,)  # too long for a number
    assert plate_key("00" + SSCC[:-1] + "5") == "00" + SSCC[:-1] + "5"  # no SSCC: not taken apart
    assert [unit_key(text) for text in (SSCC, f"(00){SSCC}", f"00{SSCC}", "1JUN1")] == [SSCC, SSCC, SSCC, "UN1"]
