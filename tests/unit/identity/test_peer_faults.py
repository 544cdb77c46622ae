"""Faults that other parsers are known for: biip 5.2 (1 to 11) and epcpy 0.1.8 (1 to 4); none is ours."""

import pytest

from scanstation.identity import IdentityError, IdentityReason, Names, identify, interpret

R = IdentityReason
ITEM = "0109506000134352"


def reason_of(payload: str, kind: str) -> IdentityReason:
    with pytest.raises(IdentityError) as caught:
        interpret(payload, kind)
    return caught.value.reason


def test_biip_1_a_missing_separator_swallows_nothing() -> None:
    assert reason_of("10C494E1DK00GB172512310139738457485935", "gs1_element_string") is R.SEPARATOR


@pytest.mark.parametrize("aim", ["]Q1", "]d1", ""])
def test_biip_2_a_digital_link_is_seen_on_any_carrier(aim: str) -> None:
    identity = identify("https://example.com/01/09506000134352/10/ABC", aim=aim)
    assert (identity.scheme, identity.key, identity.lot) == ("digital_link", "09506000134352", "ABC")


@pytest.mark.parametrize("days", ["211225211231", "220228250606"])
def test_biip_3_and_4_a_range_of_harvest_days_is_two_days(days: str) -> None:
    assert interpret(f"{ITEM}7007{days}", "gs1_association")["7007"] == days


def test_biip_5_an_empty_value_is_not_dropped() -> None:
    assert reason_of("(10)ABC(17)(01)09506000134352", "gs1_hri") is R.EMPTY


@pytest.mark.parametrize(
    "payload",
    [
        "00006141411234567891", "0109506000134351", "4149520123456789", "2539526064000029", "2559526064000029",
        "40212345678901234561", "800301234567890129", "8006095060001343510102", "8017795260646688514635",
        "8018795260646688514635", "8026095060001343510102",
    ],
)  # fmt: skip
def test_biip_6_every_check_digit_is_checked(payload: str) -> None:
    assert reason_of(payload, "gs1_element_string") is R.CHECK_DIGIT


@pytest.mark.parametrize("payload", ["]", "]X", "]XX", "]XX123", ""])
def test_biip_7_half_or_unknown_symbology_identifiers_are_errors(payload: str) -> None:
    assert reason_of(payload, "aim_scan_data") is R.UNKNOWN_SYMBOLOGY


@pytest.mark.parametrize("aim", ["]C0", "]Q1", "]A0", "]d1"])
@pytest.mark.parametrize("digits", ["4006381333931", "96385074", "036000291452", "09506000134352"])
def test_biip_8_digits_of_another_carrier_are_no_gtin(aim: str, digits: str) -> None:
    identity = identify(digits, aim=aim)
    assert (identity.names, identity.key) == (Names.INTERNAL, digits)
    assert interpret(aim + digits, "aim_scan_data") == {"text": digits}


def test_biip_9_add_ons_and_dotcode() -> None:
    assert interpret("]E3942916090322704296", "aim_scan_data") == {"01": "09429160903227", "addon": "04296"}
    assert interpret("]J0TESTING", "aim_scan_data") == {"text": "TESTING"}
    assert interpret(f"]J1{ITEM}", "aim_scan_data") == {"01": "09506000134352"}


def test_biip_10_digital_link_paths() -> None:
    assert reason_of("https://example.com/01/", "digital_link") is R.EMPTY
    assert interpret("https://example.com/00/faux/00/006141411234567890", "digital_link") == {
        "00": "006141411234567890"
    }
    assert reason_of("https://example.com/01/09506000134352?99=A&99=A", "digital_link") is R.REPEATED


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (f"{ITEM}0209506000134352", R.ASSOCIATION),
        ("10ABC", R.ASSOCIATION),
        (f"{ITEM}422000", R.CODE),
        ("8020REF1\x1d41547313071331138007GR96081000100000012345678901", R.CHECK_DIGIT),
        ("8018795260646688514634\x1d725020250230", R.DATE),
    ],
)
def test_biip_11_associations_countries_ibans_and_long_dates(payload: str, reason: IdentityReason) -> None:
    assert reason_of(payload, "gs1_association") is reason


def test_epcpy_1_a_serial_with_slash_and_hyphen_is_an_identity() -> None:
    uri = "urn:epc:tag:sgtin-198:3.0614141.812345.%2F5-"
    answer = interpret(interpret(uri, "epc_tag_uri")["hex"], "epc_hex")
    assert (answer["21"], answer["uri"]) == ("/5-", "urn:epc:id:sgtin:0614141.812345.%2F5-")


@pytest.mark.parametrize(
    "uri",
    [
        "urn:epc:tag:grai-170:1.0614141.12345.%2F%2F%2F%2F%2F%2F%2F%2FABCDEFG",
        "urn:epc:tag:gdti-174:1.0614141.12345.%2F%26%25%3CBCDEFGHIJKLMN",
        "urn:epc:tag:giai-202:1.0614141.%2F%2F%2F%2F%2F%2FABCDEFGHIJKLMNOPQ",
    ],
)
def test_epcpy_2_an_escape_is_one_character(uri: str) -> None:
    assert interpret(interpret(uri, "epc_tag_uri")["hex"], "epc_tag")["tag_uri"] == uri


def test_epcpy_3_the_adi_example_of_the_standard() -> None:
    answer = interpret("3B0E0CF5E76C9047759AD00373DC7602E7200000", "epc_tag")
    assert answer["tag_uri"] == "urn:epc:tag:adi-var:3.35962.PQ7VZ4.M37GXB92"


def test_epcpy_4_the_filter_of_the_tag_is_kept() -> None:
    memory = bytes.fromhex("2D74257BF4499602D2000000")
    assert interpret(memory.hex(), "epc_tag")["filter"] == "3"
    assert identify(memory, carrier="epc").filter == 3
