"""What labels state of quantity: understood exactly, or told as unclear; never passed over."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.identity import Identity, IdentityError, IdentityReason, identify
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.hibc import format_hibc
from scanstation.identity.identifier_quantities import stated_by_identifiers, units_of_measure
from scanstation.identity.iso15434 import format_envelope
from scanstation.identity.stated import ANY, LARGEST, UNITS
from scanstation.identity.trade_measures import trade_measures

GTIN = "09506000134352"


def label(**fields: str) -> Identity:
    """An ISO 15434 label of an item; ``q7`` stands for 7Q."""
    family = {(name[1:] + name[0]).upper() if len(name) > 1 else name.upper(): value for name, value in fields.items()}
    return identify(format_envelope({"1P": "RES-10K", **family}), aim="]d1")


@pytest.mark.parametrize(
    ("value", "pieces"),
    [("250", 250), (" 250", 250), ("250 ", 250), ("  250  ", 250), ("000250", 250), (" 0250 ", 250), ("0", 0),
     ("000", 0), ("1", 1), ("999999999", 999_999_999), ("0000000000001", 1)],
)  # fmt: skip
def test_a_quantity_in_digits(value: str, pieces: int) -> None:
    identity = label(q=value)
    assert (identity.quantity, identity.doubts, identity.measures) == (pieces, {}, {})
    assert identity.said == (f"Q{value}",)


@pytest.mark.parametrize(
    "value",
    ["", " ", "1,000", "1.000", "2.5", "-5", "+5", "250PCS", "250 PCS", "PC250", "2 50", "1e3", "0x10", "²", "٢٥٠",
     "1000000000", "9" * 40, "12/24", "N/A"],
)  # fmt: skip
def test_a_quantity_that_is_no_digits_is_a_doubt(value: str) -> None:
    identity = label(q=value)
    assert identity.quantity is None
    assert identity.doubts[ANY].startswith(f"the label says Q{value[:24]}")


@given(st.text(" 0123456789.,-+PCSEKG", max_size=12))
def test_a_quantity_is_its_digits_or_a_doubt(value: str) -> None:
    stated = stated_by_identifiers({"Q": value})
    digits = value.strip()
    if digits.isdigit() and int(digits) <= LARGEST:
        assert (stated.quantity, stated.doubts) == (int(digits), {})
    else:
        assert stated.quantity is None and ANY in stated.doubts


@pytest.mark.parametrize(
    ("value", "pieces", "measures"),
    [("250PC", 250, {}), ("250EA", 250, {}), (" 0250PC ", 250, {}), ("250 PC", 250, {}), ("250pc", 250, {}),
     ("250.0PC", 250, {}), ("2DZ", 24, {}), ("3TH", 3000, {}), ("25C62", 25, {}), ("25H87", 25, {}),
     ("12.5KG", None, {"gram": 12_500}), ("12.5KGM", None, {"gram": 12_500}), ("500GR", None, {"gram": 500}),
     ("500G", None, {"gram": 500}), ("0.001MP", None, {"gram": 1000}), ("100000LB", None, {"gram": 45_359_237}),
     ("1.5MR", None, {"millimetre": 1500}), ("1.5M", None, {"millimetre": 1500}), ("3CM", None, {"millimetre": 30}),
     ("10FT", None, {"millimetre": 3048}), ("5IN", None, {"millimetre": 127}), ("0.75LT", None, {"millilitre": 750}),
     ("0.75L", None, {"millilitre": 750}), ("5ML", None, {"millilitre": 5}), ("2C3", None, {"millilitre": 20})],
)  # fmt: skip
def test_a_quantity_with_its_unit(value: str, pieces: int | None, measures: dict[str, int]) -> None:
    identity = label(q7=value)
    assert (identity.quantity, identity.measures, identity.doubts) == (pieces, measures, {})


@pytest.mark.parametrize(
    ("value", "why"),
    [("2BX", "how much one box holds is not known"), ("1RL", "one roll"), ("3RE", "one reel"), ("2PR", "one pair"),
     ("1PK", "one package"), ("5ZZ", "'ZZ' is not known"), ("12GM", "'GM' is not known"), ("250PCS", "'PCS' is not"),
     ("250", "expected a number and a unit"), ("", "expected a number"), ("KG", "expected a number"),
     ("12,5KG", "expected a number"), ("-5PC", "expected a number"), ("2.5PC", "no whole number of pieces"),
     ("0.0005KG", "no whole number of grams"), ("1LB", "no whole number of grams"), ("1GA", "no whole number of mill"),
     ("9999999999PC", "more than anybody counts"), ("1000000KG", "more than anybody counts"),
     ("1" * 80 + "PC", "more than anybody counts"), ("12.550", "expected a number and a unit")],
)  # fmt: skip
def test_a_unit_that_says_no_quantity_is_a_doubt(value: str, why: str) -> None:
    identity = label(q7=value)
    assert (identity.quantity, identity.measures) == (None, {})
    assert why in identity.doubts[ANY]


@pytest.mark.parametrize(
    ("fields", "quantity", "measures"),
    [({"q": "5", "q7": "5PC"}, 5, {}), ({"q": "5", "q7": "12.5KG"}, 5, {"gram": 12_500}),
     ({"q": "250", "q3": "EA"}, 250, {}), ({"q": "12.5", "q3": "KG"}, None, {"gram": 12_500}),
     ({"q5": "12.5", "q3": "KG"}, None, {"gram": 12_500}),
     ({"q2": "2", "q3": "KG", "q7": "2000GR"}, None, {"gram": 2000}),
     ({"q": "5", "q2": "12.5"}, 5, {}), ({"q": "5", "q4": "13"}, 5, {}), ({"q": "5", "q13": "1/3"}, 5, {})],
)  # fmt: skip
def test_quantities_that_agree(fields: dict[str, str], quantity: int | None, measures: dict[str, int]) -> None:
    identity = label(**fields)
    assert (identity.quantity, identity.measures, identity.doubts) == (quantity, measures, {})


@pytest.mark.parametrize(
    "fields",
    [{"q": "5", "q7": "250PC"}, {"q7": "2KG", "q5": "3", "q3": "KG"}, {"q": "5", "q7": "2BX"}, {"q2": "12.5"},
     {"q4": "13"}, {"q1": "7"}, {"q13": "1/3"}, {"q8": "5"}, {"q99": "5"}, {"q3": "KG"}, {"q": "2", "q3": "BX"},
     {"q": "x", "q3": "KG"}, {"q": "5", "q5": "12.5", "q3": "KG"}],
)  # fmt: skip
def test_what_contradicts_or_says_no_quantity_is_a_doubt(fields: dict[str, str]) -> None:
    identity = label(**fields)
    assert identity.doubts[ANY].startswith("the label says ")


@given(
    st.sampled_from(sorted(units_of_measure())),
    st.integers(0, 10**9),
    st.integers(0, 6),
)
def test_every_unit_is_exact_or_a_doubt(code: str, digits: int, places: int) -> None:
    number = f"{digits / 10**places:.{places}f}" if digits < 10**6 else str(digits)
    stated = stated_by_identifiers({"7Q": number + code})
    unit = units_of_measure()[code]
    exact = Fraction(number) * unit.factor
    if unit.unit in ("-", "+") or exact.denominator != 1 or exact > LARGEST:
        assert stated.doubts and stated.quantity is None and not stated.measures
    elif unit.unit == "piece":
        assert (stated.quantity, stated.doubts) == (exact, {})
    else:
        assert (stated.measures, stated.doubts) == ({unit.unit: exact}, {})


def test_units_are_kept_in_base_units() -> None:
    assert {unit.unit for unit in units_of_measure().values()} == {"piece", "-", "+", *UNITS}
    assert {measure.unit for measure in trade_measures().values()} == set(UNITS)


def gs1(*elements: str, gtin: str = GTIN) -> Identity:
    return identify(f"01{gtin}" + "".join(elements), aim="]C1")


@pytest.mark.parametrize(
    ("element", "unit", "amount"),
    [("3103001250", "gram", 1250), ("3105123400", "gram", 1234), ("3201000010", "gram", 454),
     ("3200000100", "gram", 45_359), ("3210000100", "millimetre", 2540), ("3221000100", "millimetre", 3048),
     ("3230000002", "millimetre", 1829), ("3560000010", "gram", 311), ("3600000002", "millilitre", 1893),
     ("3610000001", "millilitre", 3785), ("3640000100", "millilitre", 1639), ("3650000001", "millilitre", 28_317),
     ("3660000001", "millilitre", 764_555), ("3160000002", "millilitre", 2_000_000), ("3103000000", "gram", 0)],
)  # fmt: skip
def test_trade_measures(element: str, unit: str, amount: int) -> None:
    identity = gs1(element)
    assert (identity.measures, identity.doubts, identity.quantity) == ({unit: amount}, {}, None)


@given(st.sampled_from(sorted(trade_measures())), st.integers(0, 5), st.integers(0, 999_999))
def test_every_trade_measure_is_exact_or_as_fine_as_it_is_printed(ai: str, places: int, digits: int) -> None:
    """Held against decimal arithmetic: half a unit at most, and only where the label prints no finer."""
    row = trade_measures()[ai]
    with localcontext(prec=60):
        factor = Decimal(row.factor.numerator) / Decimal(row.factor.denominator)
        exact, step = Decimal(digits) * factor / 10**places, factor / 10**places
        nearest = exact.quantize(Decimal(1), ROUND_HALF_UP)
    identity = gs1(f"{ai}{places}{digits:06d}")
    if (exact == nearest or step > 1) and nearest <= LARGEST:
        assert (identity.measures, identity.doubts) == ({row.unit: int(nearest)}, {})
    else:
        assert not identity.measures and row.unit in identity.doubts


@pytest.mark.parametrize("element", ["3105000150", "3203000010", "3205000001", "3154000005", "3564000001"])
def test_a_measure_finer_than_our_unit_is_not_rounded(element: str) -> None:
    identity = gs1(element)
    (doubt,) = identity.doubts.values()
    assert identity.measures == {} and "is no whole number of" in doubt


@pytest.mark.parametrize(
    "element", ["3123000150", "3303001250", "3403001250", "3353000500", "3143000500", "3570000016"]
)
def test_sizes_and_logistic_measures_say_nothing_of_the_goods(element: str) -> None:
    identity = gs1(element)
    assert (identity.measures, identity.doubts, identity.said) == ({}, {}, ())


def test_measures_in_two_units_agree_within_what_they_print() -> None:
    assert gs1("3103001250", "3202000276").measures == {"gram": 1250}
    assert gs1("3103001250", "3202000275").doubts == {}
    contradicting = gs1("3103001250", "3202000300")
    assert contradicting.measures == {}
    assert contradicting.doubts["gram"] == (
        "the label says 310n: 1.250 kg and 320n: 3.00 lb: they contradict each other"
    )
    both = gs1("3103001250", "3153001250")
    assert both.measures == {"gram": 1250, "millilitre": 1250}


def test_a_roll_states_its_length() -> None:
    identity = gs1("800101200034007601")
    assert (identity.measures, identity.said) == ({"millimetre": 340_000}, ("8001: 340 m",))


def test_a_count_and_a_measure_stand_beside_each_other() -> None:
    identity = gs1("3103001250", "305")
    assert (identity.quantity, identity.measures, identity.said) == (5, {"gram": 1250}, ("30: 5", "310n: 1.250 kg"))


def test_two_counts_of_the_contents_must_agree() -> None:
    pallet = f"0034006381000000002502{GTIN}3740\x1d30"
    assert identify(pallet + "40", aim="]C1").doubts == {}
    doubts = identify(pallet + "12", aim="]C1").doubts
    assert doubts == {ANY: "the label says 30: 12 and 37: 40: they contradict each other"}


def test_an_in_store_number_states_its_weight_or_count() -> None:
    body = "281111106870"
    identity = identify(body + check_digit(body), aim="]E0", region="GERMANY")
    assert identity.measures == {"gram": 6870}


def test_a_hibc_that_says_a_field_twice_must_say_it_alike() -> None:
    assert identify(format_hibc("A99912345/$$900005710X3/Q5")).quantity == 5
    for twice in ("A99912345/$$900005710X3/Q7", "A99912345/$10X3/SA/SB", "A99912345/Q5/Q6"):
        with pytest.raises(IdentityError) as caught:
            identify(format_hibc(twice))
        assert caught.value.reason is IdentityReason.REPEATED
