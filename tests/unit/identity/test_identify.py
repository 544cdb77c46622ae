"""The decision table of the station, row by row."""

import pytest

from scanstation.identity import IdentityError, IdentityReason, LabelPrefixes, Names, format_sgtin96, identify

R = IdentityReason
GTIN = "09506000134352"


@pytest.mark.parametrize("aim", ["]C1", "]e0", "]d2", "]Q3", "]J1"])
def test_gs1_carriers_hold_element_strings(aim: str) -> None:
    identity = identify(f"01{GTIN}1727123110LOT7\x1d21S9", aim=aim)
    assert (identity.names, identity.key, identity.scheme) == (Names.TRADE_ITEM, GTIN, "gs1")
    assert (identity.lot, identity.serial, identity.expiry) == ("LOT7", "S9", "2027-12-31")
    assert identity.notes == ()


@pytest.mark.parametrize(
    ("payload", "aim", "key"),
    [
        ("4006381333931", "]E0", "04006381333931"),
        ("96385074", "]E4", "00000096385074"),
        ("22915990364006", "]I1", "22915990364006"),
        ("4006381333931", "", "04006381333931"),
        ("036000291452", "", "00036000291452"),
        ("96385074", "", "00000096385074"),
        ("22915990364006", "", "22915990364006"),
    ],
)
def test_gtins_in_their_14_digit_form(payload: str, aim: str, key: str) -> None:
    identity = identify(payload, aim=aim)
    assert (identity.names, identity.key, identity.scheme) == (Names.TRADE_ITEM, key, "gtin")


@pytest.mark.parametrize(
    ("payload", "aim"), [("4006381333932", "]E0"), ("96385075", "]E4"), ("4006381333932", ""), ("036000291453", "")]
)
def test_a_wrong_check_digit_of_a_retail_code_is_never_counted(payload: str, aim: str) -> None:
    with pytest.raises(IdentityError) as caught:
        identify(payload, aim=aim)
    assert caught.value.reason is R.CHECK_DIGIT


@pytest.mark.parametrize(
    "payload", ["96385075", "22915990364007", "12345", "SKU-1", "+49 30 1234", "]", "(x)", "(030) 1234"]
)
def test_other_text_of_a_plain_scanner_is_an_internal_code(payload: str) -> None:
    identity = identify(payload)
    assert (identity.names, identity.key, identity.scheme) == (Names.INTERNAL, payload, "text")


@pytest.mark.parametrize("payload", ["2012345000018", "0212345678900", "0412345678908"])
def test_in_store_numbers_are_no_trade_items(payload: str) -> None:
    from scanstation.identity.checkdigits import check_digit

    payload = payload[:-1] + check_digit(payload[:-1])
    identity = identify(payload, aim="]E0")
    assert (identity.names, identity.key) == (Names.RESTRICTED, payload)


def test_a_region_reads_the_weight_out_of_an_in_store_number() -> None:
    identity = identify("2811111068708", aim="]E0", region="GERMANY")
    assert (identity.names, identity.key, identity.measures) == (Names.RESTRICTED, "2811110000006", {"gram": 6870})
    assert identity.said == ("weight 6.870 kg",)
    assert identity.notes == ("weight 6.870",)


@pytest.mark.parametrize("aim", ["", "]C0", "]A0", "]Q1"])
@pytest.mark.parametrize(
    ("payload", "names", "key"),
    [
        ("LOC-A-01-3", Names.LOCATION, "A-01-3"),
        ("OPR-1007", Names.OPERATOR, "1007"),
        ("CMD-UNDO", Names.COMMAND, "UNDO"),
    ],
)
def test_internal_labels(payload: str, aim: str, names: Names, key: str) -> None:
    identity = identify(payload, aim=aim)
    assert (identity.names, identity.key, identity.scheme) == (names, key, "label")


def test_label_prefixes_are_the_sites_own() -> None:
    labels = LabelPrefixes(location="BIN:", operator="", command="!")
    assert identify("BIN:7", labels=labels).names is Names.LOCATION
    assert identify("OPR-7", labels=labels).names is Names.INTERNAL
    assert identify("LOC-7", labels=labels).names is Names.INTERNAL
    with pytest.raises(IdentityError, match="internal label at 4: expected a location, got nothing"):
        identify("BIN:", labels=labels)


def test_a_typed_label_and_a_typed_element_string() -> None:
    assert identify("LOC-B2", carrier="keyed").key == "B2"
    assert identify(f"(01){GTIN}(30)12", carrier="keyed").quantity == 12


@pytest.mark.parametrize("payload", [f"\x1d01{GTIN}10AB", f"10AB\x1d01{GTIN}"])
def test_a_separator_shows_an_element_string_without_identifier(payload: str) -> None:
    identity = identify(payload)
    assert (identity.key, identity.lot) == (GTIN, "AB")


def test_bytes_are_utf8_or_latin1() -> None:
    assert identify("Schräge".encode()).key == "Schräge"
    assert identify("Schräge".encode("latin-1")).key == "Schräge"


@pytest.mark.parametrize("carrier", ["barcode", "keyed", "epc", "tid"])
def test_nothing_names_nothing(carrier: str) -> None:
    with pytest.raises(IdentityError):
        identify("]C0")
    with pytest.raises(IdentityError) as caught:
        identify(b"", carrier=carrier)
    assert caught.value.reason is R.EMPTY


def test_an_sscc_with_its_contents() -> None:
    identity = identify("0095201234567891234502095201234567883725\x1d10ABC123", aim="]C1")
    assert (identity.names, identity.key) == (Names.LOGISTIC_UNIT, "952012345678912345")
    assert (identity.content, identity.quantity, identity.lot) == ("09520123456788", 25, "ABC123")


def test_contents_without_sscc_say_what_the_label_lacks() -> None:
    identity = identify("02095201234567883725", aim="]C1")
    assert (identity.names, identity.content, identity.quantity) == (Names.LOGISTIC_UNIT, "09520123456788", 25)
    assert identity.notes == (
        "incomplete label: AI (37) at 1: expected also (00) + (02) or (00) + (8026) on the label, got (02)(37)",
    )


def test_a_second_symbol_of_a_label_waits_for_its_first() -> None:
    identity = identify("10ABC\x1d17271200", aim="]C1")
    assert (identity.names, identity.lot, identity.expiry) == (Names.OTHER_GS1, "ABC", "2027-12-31")
    assert len(identity.notes) == 1


def test_a_forbidden_combination_is_an_error() -> None:
    with pytest.raises(IdentityError) as caught:
        identify(f"01{GTIN}02{GTIN}3712", aim="]C1")
    assert caught.value.reason is R.ASSOCIATION


@pytest.mark.parametrize(
    ("elements", "measures"),
    [("3103001250", {"gram": 1250}), ("3100000002", {"gram": 2000}), ("3105000150", {}),
     ("3112000150", {"millimetre": 1500}), ("3153000330", {"millilitre": 330}), ("3201000010", {"gram": 454})],
)  # fmt: skip
def test_measures_in_grams_millimetres_and_millilitres(elements: str, measures: dict[str, int]) -> None:
    assert identify(f"01{GTIN}{elements}", aim="]e0").measures == measures


def test_locations_and_assets() -> None:
    shelf = identify("4149520123456788\x1d254A1", aim="]C1")
    assert (shelf.names, shelf.key) == (Names.LOCATION, "9520123456788.A1")
    crate = identify("800302112345678900ABC", aim="]C1")
    assert (crate.names, crate.key) == (Names.ASSET, "02112345678900ABC")


def test_a_year_is_counted_from_the_stations_own() -> None:
    payload = f"01{GTIN}17800115"
    assert identify(payload, aim="]C1", this_year=2026).expiry == "1980-01-15"
    assert identify(payload, aim="]C1", this_year=2031).expiry == "2080-01-15"


def test_a_tag_names_its_item_and_keeps_its_filter() -> None:
    memory = format_sgtin96("80614141123458", 12345, 7, filter=1)
    identity = identify(memory, carrier="epc")
    assert (identity.names, identity.key, identity.serial) == (Names.TRADE_ITEM, "80614141123458", "12345")
    assert (identity.filter, identity.scheme) == (1, "sgtin-96")
    assert identity.uri == "urn:epc:id:sgtin:0614141.812345.12345"
    assert identity.notes == ()


def test_a_pc_word_in_front_is_dropped_and_told() -> None:
    memory = bytes.fromhex("3000") + format_sgtin96("80614141123458", 12345, 7)
    identity = identify(memory, carrier="epc")
    assert (identity.key, identity.notes) == ("80614141123458", ("the PC word 3000 in front was dropped",))
    sscc = identify(bytes.fromhex("3000" + "3154257BF4499602D2000000"), carrier="epc")
    assert (sscc.names, sscc.key) == (Names.LOGISTIC_UNIT, "106141412345678908")


@pytest.mark.parametrize(
    ("memory", "carrier"),
    [("E28011606000020412345678", "tid"), ("E28011606000020412345678", "epc"), ("000000000000000000000000", "epc"),
     ("C310821E1A27B82D49F00003", "epc"), ("303C257BF7194E4000003039", "epc"), ("80", "epc")],
)  # fmt: skip
def test_foreign_and_broken_tags_are_kept_raw_and_are_no_items(memory: str, carrier: str) -> None:
    identity = identify(bytes.fromhex(memory), carrier=carrier)
    assert (identity.names, identity.key) == (Names.UNKNOWN_TAG, memory)
    assert carrier == "tid" or identity.notes


def test_a_tag_without_gs1_key_is_unknown_but_named() -> None:
    identity = identify(bytes.fromhex("3500E86F8000A9E000000586"), carrier="epc")
    assert (identity.names, identity.uri) == (Names.UNKNOWN_TAG, "urn:epc:id:gid:952056.2718.1414")


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("urn:epc:id:sgtin:0614141.812345.6789", "80614141123458"),
        ("urn:epc:tag:sgtin-96:3.0614141.812345.6789", "80614141123458"),
        ("urn:epc:id:sscc:0614141.1234567890", "106141412345678908"),
        ("urn:epc:id:sgln:0614141.12345.400", "0614141123452.400"),
    ],
)
def test_epc_uris_from_middleware(uri: str, key: str) -> None:
    assert identify(uri).key == key


def test_a_web_page_is_text_and_a_bad_digital_link_is_not() -> None:
    assert identify("https://example.com/2026/01/a-story", aim="]Q1").names is Names.INTERNAL
    with pytest.raises(IdentityError) as caught:
        identify("https://example.com/01/09506000134351", aim="]Q1")
    assert caught.value.reason is R.CHECK_DIGIT


def test_retired_alphas_of_digital_links() -> None:
    identity = identify("https://example.com/gtin/09506000134352/lot/AB?exp=271231", aim="]Q1")
    assert (identity.key, identity.lot, identity.expiry) == (GTIN, "AB", "2027-12-31")


def test_a_distributor_label() -> None:
    identity = identify("[)>\x1e06\x1dP595-LM358N\x1d1P296-1395-1-ND\x1dQ2500\x1d1TLOT4711\x1e\x04", aim="]d1")
    assert (identity.names, identity.key, identity.scheme) == (Names.INTERNAL, "595-LM358N", "iso15434")
    assert (identity.quantity, identity.lot, identity.notes) == (2500, "LOT4711", ())


def test_the_field_defects_of_envelopes_are_read_and_told() -> None:
    identity = identify(">[)>[)>06\x1d1P77\x1d\x1dQ5", aim="]d1")
    assert (identity.key, identity.quantity) == ("77", 5)
    assert identity.notes == (
        "the start of the envelope stood twice",
        "a > stood before the envelope",
        "the separator (RS) behind the start was missing",
        "the end of transmission (EOT) was missing",
        "the last separator (RS) was missing",
        "an empty field was skipped",
    )


def test_a_pharmacy_label_expires_by_its_date() -> None:
    identity = identify("[)>\x1e06\x1d9N111234567842\x1d1T1A234B5\x1dD271231\x1dS12\x1e\x04", aim="]d1")
    assert (identity.key, identity.lot, identity.serial) == ("111234567842", "1A234B5", "12")
    assert identity.expiry == "2027-12-31"


def test_hibc_in_one_symbol_and_in_two() -> None:
    whole = identify("+A99912345/$$52001510X3/16D20111212/S77DEFG457", aim="]C0")
    assert (whole.names, whole.key, whole.scheme) == (Names.INTERNAL, "A99912345", "hibc")
    assert (whole.lot, whole.serial, whole.expiry) == ("10X3", "77DEFG45", "2020-01-15")
    second = identify("+$$52001510X3LJ".replace("J", _check("+$$52001510X3L")), aim="]C0")
    assert (second.names, second.lot) == (Names.OTHER_GS1, "10X3")
    assert second.notes == ("incomplete label: the primary symbol is missing",)
    with pytest.raises(IdentityError) as caught:
        identify("+A99912345/$$52001510X34", aim="]C0")
    assert caught.value.reason is R.CHECK_DIGIT


def _check(text: str) -> str:
    from scanstation.identity.checkdigits import hibc_check_character

    found = hibc_check_character(text)
    assert found is not None
    return found


@pytest.mark.parametrize("mapped", ["{GS}", "<GS>", "~", "^", "|"])
def test_a_mapped_separator_is_told_and_not_undone(mapped: str) -> None:
    with pytest.raises(IdentityError) as caught:
        identify(f"01{GTIN}10LOT7{mapped}21S9")
    expected = f"a separator (GS), got {mapped!r} (does the scanner map it to another character?)"
    assert str(caught.value) == f"element string at 22: expected {expected}"
    assert caught.value.reason is R.DAMAGED


def test_caps_lock_is_told_and_not_undone() -> None:
    with pytest.raises(IdentityError) as caught:
        identify("loc-a-01")
    assert str(caught.value) == "internal label at 0: expected 'LOC-', got 'loc-' (is caps lock on?)"
    assert caught.value.reason is R.DAMAGED
    assert identify("loc-a-01", aim="]C0").names is Names.INTERNAL


@pytest.mark.parametrize("text", ["10~20", "12^5", "99|", "01|x", "10A~21B"])
def test_text_with_such_characters_is_no_damage_by_itself(text: str) -> None:
    assert identify(text).names is Names.INTERNAL


def test_a_symbology_identifier_that_still_stands_in_front() -> None:
    assert identify(f"]C101{GTIN}").key == GTIN
    assert identify("]C04006381333931").names is Names.INTERNAL
