"""Every rule of the resolver, from identities as the parser makes them."""

import pytest

from scanstation.identity import Identity, Names, format_sgtin96, identify
from scanstation.stock.catalogue import Catalogue, Resolved, ResolvedContents, Unresolved, WhyUnknown
from scanstation.stock.gtin import base_gtin, gtin14
from scanstation.stock.resolve import resolve


def scanned(payload: str, aim: str) -> Identity:
    return identify(payload.encode("latin-1"), aim=aim)


def gtin_of(body: str) -> str:
    """The GTIN of 13 digits of a body and its check digit."""
    return next(body + digit for digit in "0123456789" if gtin14(body + digit))


def trade_item(gtin: str, **more: object) -> Identity:
    return Identity(names=Names.TRADE_ITEM, key=gtin, scheme="gs1", **more)  # type: ignore[arg-type]


def counted(identity: Identity, catalogue: Catalogue) -> tuple[str, int]:
    found = resolve(identity, catalogue)
    assert isinstance(found, Resolved), found
    return found.item.item, found.quantity


def refused(identity: Identity, catalogue: Catalogue) -> Unresolved:
    found = resolve(identity, catalogue)
    assert isinstance(found, Unresolved), found
    assert found.text
    return found


def test_retail_code_counts_one_piece(catalogue: Catalogue) -> None:
    assert counted(scanned("4006381333931", "]E0"), catalogue) == ("TEA", 1)


@pytest.mark.parametrize(("indicator", "pieces"), [("1", 6), ("2", 24)])
def test_pack_counts_its_pieces(catalogue: Catalogue, indicator: str, pieces: int) -> None:
    pack = gtin_of(indicator + "400638133393")
    assert base_gtin(pack) == "04006381333931"
    assert counted(trade_item(pack), catalogue) == ("TEA", pieces)
    assert counted(trade_item(pack, quantity=3), catalogue) == ("TEA", 3 * pieces)


def test_exact_code_wins_over_pack_level(catalogue: Catalogue) -> None:
    assert counted(trade_item("34006381333932"), catalogue) == ("TEA", 100)


def test_pack_without_a_size_is_said(catalogue: Catalogue) -> None:
    found = refused(trade_item(gtin_of("5400638133393")), catalogue)
    assert found.why is WhyUnknown.NO_PACK_SIZE
    assert "indicator 5" in found.text
    assert [code.item for code in found.candidates] == ["TEA"]


def test_label_states_lot_serial_expiry_and_count(catalogue: Catalogue) -> None:
    found = resolve(scanned("010400638133393110L7\x1d17270131\x1d3012", "]C1"), catalogue)
    assert isinstance(found, Resolved)
    assert (found.item.item, found.quantity, found.lot, found.expiry) == ("TEA", 12, "L7", "2027-01-31")


def test_the_lot_of_an_item_without_lots_is_no_part_of_its_record(catalogue: Catalogue) -> None:
    found = resolve(scanned("010952114112345410L7", "]C1"), catalogue)
    assert isinstance(found, Resolved)
    assert (found.item.item, found.lot) == ("MUG", None)


def test_tag_gives_the_serial(catalogue: Catalogue) -> None:
    tag = format_sgtin96("04006381333931", "123", company_digits=7)
    found = resolve(identify(bytes.fromhex(tag) if isinstance(tag, str) else tag, aim="", carrier="epc"), catalogue)
    assert isinstance(found, Resolved)
    assert (found.item.item, found.quantity, found.serial) == ("TEA", 1, "123")


def test_zero_count_counts_nothing(catalogue: Catalogue) -> None:
    assert refused(trade_item("04006381333931", quantity=0), catalogue).why is WhyUnknown.CONTENTS_UNKNOWN


def test_unknown_gtin(catalogue: Catalogue) -> None:
    assert refused(trade_item(gtin_of("0400638199999")), catalogue).why is WhyUnknown.NOT_IN_CATALOGUE
    found = refused(trade_item(gtin_of("1400638199999")), catalogue)
    assert found.why is WhyUnknown.NOT_IN_CATALOGUE
    assert gtin_of("0400638199999") in found.text


def unit(**more: object) -> Identity:
    return Identity(names=Names.LOGISTIC_UNIT, scheme="gs1", **more)  # type: ignore[arg-type]


def test_logistic_unit_counts_its_stated_contents(catalogue: Catalogue) -> None:
    stated = unit(key="340063810000000025", content="04006381333931", quantity=40)
    assert counted(stated, catalogue) == ("TEA", 40)
    cases = unit(key="340063810000000025", content=gtin_of("1400638133393"), quantity=40)
    assert counted(cases, catalogue) == ("TEA", 240)


def test_logistic_unit_without_contents(catalogue: Catalogue) -> None:
    assert refused(unit(key="340063810000000025"), catalogue).why is WhyUnknown.CONTENTS_UNKNOWN
    assert refused(unit(key="", content="04006381333931"), catalogue).why is WhyUnknown.CONTENTS_UNKNOWN


def test_logistic_unit_that_the_catalogue_knows(catalogue: Catalogue) -> None:
    assert counted(unit(key="340063810000000018"), catalogue) == ("TEA", 480)


def test_logistic_unit_that_a_shipping_notice_tells_of(catalogue: Catalogue) -> None:
    found = resolve(unit(key="340063810000000049"), catalogue)
    assert isinstance(found, ResolvedContents)
    assert found.unit == "340063810000000049"
    assert [(line.item.item, line.lot, line.quantity, line.unit) for line in found.lines] == [
        ("TEA", "A", 24, found.unit),
        ("TEA", None, 6, found.unit),
        ("RICE", None, 9000, found.unit),
    ]


def test_a_shipping_notice_counts_whole_or_not_at_all(catalogue: Catalogue) -> None:
    found = refused(unit(key="340063810000000056"), catalogue)
    assert found.why is WhyUnknown.NOT_IN_CATALOGUE
    assert found.text == "logistic unit 340063810000000056 holds GONE, which is not in the catalogue"


@pytest.mark.parametrize(
    ("payload", "unit"),
    [
        ("010400638133393121S1", None),  # one piece: the serial is its own
        ("011400638133393821S1", "14006381333938/S1"),
        ("010400638133393121S1\x1d3012", "04006381333931/S1"),
        ("0114006381333938", None),
        ("00340063810000000018", "340063810000000018"),
        ("00340063810000000025\x1d02040063813339313740", "340063810000000025"),
    ],
)
def test_a_pack_with_a_serial_and_a_logistic_unit_are_wholes(
    catalogue: Catalogue, payload: str, unit: str | None
) -> None:
    found = resolve(scanned(payload, "]C1"), catalogue)
    assert isinstance(found, Resolved)
    assert found.unit == unit
    assert found.lines == (found,)


def internal(key: str) -> Identity:
    return Identity(names=Names.INTERNAL, key=key, scheme="text")


@pytest.mark.parametrize(
    ("key", "item", "quantity"),
    [("OLD-TEA", "TEA", 2), ("RICE-1KG", "RICE", 1000), ("TEA", "TEA", 1), ("4006381333931", "TEA", 1)],
)
def test_internal_code(catalogue: Catalogue, key: str, item: str, quantity: int) -> None:
    assert counted(internal(key), catalogue) == (item, quantity)


def test_internal_digits_are_no_gtin_without_the_catalogue(catalogue: Catalogue) -> None:
    assert refused(internal("4006381999998"), catalogue).why is WhyUnknown.NOT_IN_CATALOGUE


def test_ambiguity_is_asked(catalogue: Catalogue) -> None:
    found = refused(internal("TWICE"), catalogue)
    assert found.why is WhyUnknown.AMBIGUOUS
    assert [(code.item, code.quantity) for code in found.candidates] == [("TEA", 1), ("RICE", 500)]


def test_variable_measure(catalogue: Catalogue) -> None:
    assert counted(scanned("01940063813339343103000750", "]C1"), catalogue) == ("CHEESE", 750)
    found = refused(trade_item("94006381333934"), catalogue)
    assert found.why is WhyUnknown.MEASURE_MISSING
    assert "gram" in found.text


def test_a_measure_of_another_kind_is_not_taken(catalogue: Catalogue) -> None:
    grams_for_oil = scanned("01940063813339413103000750", "]C1")
    assert grams_for_oil.measures == {"gram": 750}
    assert refused(grams_for_oil, catalogue).why is WhyUnknown.MEASURE_MISSING
    litres_for_oil = scanned("01940063813339413153000750", "]C1")
    assert counted(litres_for_oil, catalogue) == ("OIL", 750)


def restricted(key: str, **more: object) -> Identity:
    return Identity(names=Names.RESTRICTED, key=key, scheme="gtin", **more)  # type: ignore[arg-type]


def test_in_store_number(catalogue: Catalogue) -> None:
    assert refused(restricted("2999999999999"), catalogue).why is WhyUnknown.NOT_IN_CATALOGUE
    assert counted(restricted("2100003000002"), catalogue) == ("TEA", 1)
    assert counted(restricted("2000001000007", measures={"gram": 320}), catalogue) == ("MEAT", 320)
    assert refused(restricted("2000001000007"), catalogue).why is WhyUnknown.MEASURE_MISSING


@pytest.mark.parametrize(
    "names", [Names.LOCATION, Names.ASSET, Names.OTHER_GS1, Names.OPERATOR, Names.COMMAND, Names.UNKNOWN_TAG]
)
def test_what_is_no_item(catalogue: Catalogue, names: Names) -> None:
    found = refused(Identity(names=names, key="TEA", scheme="text"), catalogue)
    assert found.why is WhyUnknown.NOT_AN_ITEM
    assert found.text.startswith("TEA: ")
