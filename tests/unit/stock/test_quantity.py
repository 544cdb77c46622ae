"""What a stated quantity comes to for an item: base units, or the reason why the label is parked."""

import pytest

from scanstation.identity import Identity, Names, format_sgtin96, identify
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.hibc import format_hibc
from scanstation.identity.iso15434 import format_envelope
from scanstation.stock.catalogue import Code, Content, Resolved, Unresolved, WhyUnknown
from scanstation.stock.model import Item, Tracking
from scanstation.stock.resolve import resolve
from tests.unit.stock.conftest import ListedCatalogue

GEL, LAMP, ROPE, OIL, PUMP = "09521141000502", "09521141000038", "09521141000519", "09521141000526", "PUMP"
PACK = "1" + LAMP[1:13] + check_digit("1" + LAMP[1:13])
GEL_PACK = "1" + GEL[1:13] + check_digit("1" + GEL[1:13])
WHY = WhyUnknown


@pytest.fixture(scope="module")
def shelf() -> ListedCatalogue:
    return ListedCatalogue(
        [
            Item(item="GEL", name="Gel", gtin=GEL, base_unit="gram", packs={1: 6000}),
            Item(item="LAMP", name="Lamp", gtin=LAMP, packs={1: 12}),
            Item(item="ROPE", name="Rope", gtin=ROPE, base_unit="millimetre"),
            Item(item="OIL", name="Oil", gtin=OIL, base_unit="millilitre"),
            Item(item="PUMP", name="Pump", tracking=Tracking.NONE),
        ],
        [
            Code(code="GEL-5", item="GEL"),
            Code(code="9MM-GEL", item="GEL", quantity=500),
            Code(code="GEL-BAG", item="GEL", quantity=500),
            Code(code="LAMP-BOX", item="LAMP", quantity=10),
            Code(code="A999PUMP0", item="PUMP"),
            Code(code="A999PUMP2", item="PUMP", quantity=20),
            Code(code="A999PUMP9", item="PUMP"),
            Code(code="UN123456789LISTED", item="LAMP", quantity=480),
            Code(code="UN123456789PLAIN", item="LAMP"),
        ],
        {"UN123456789SENT": [Content(item="LAMP", lot=None, quantity=480)]},
    )


def iso(part: str, **fields: str) -> Identity:
    family = {name[1:] + "Q" if name != "q" else "Q": value for name, value in fields.items()}
    return identify(format_envelope({"1P": part, **family}), aim="]d1")


def gs1(elements: str) -> Identity:
    return identify(elements, aim="]C1")


def plate(number: str, **fields: str) -> Identity:
    """A label with a licence plate (6J) and no item."""
    return identify(
        format_envelope({"6J": number, **{name.upper(): value for name, value in fields.items()}}), aim="]d1"
    )


TAG = format_sgtin96(GEL, "1", company_digits=7)


@pytest.mark.parametrize(
    ("identity", "item", "quantity", "said"),
    [
        (identify(LAMP[1:], aim="]E0"), "LAMP", 1, ""),
        (gs1(f"01{LAMP}30250"), "LAMP", 250, "30: 250 → 250 pieces"),
        (gs1(f"01{LAMP}3103001250"), "LAMP", 1, "310n: 1.250 kg → 1 piece"),
        (gs1(f"01{PACK}"), "LAMP", 12, "pack of 12 → 12 pieces"),
        (gs1(f"0034006381000000002502{PACK}3740"), "LAMP", 480, "37: 40, pack of 12 → 480 pieces"),
        (gs1(f"01{GEL}3103001250"), "GEL", 1250, "310n: 1.250 kg → 1250 g"),
        (gs1(f"01{GEL}3103001250304"), "GEL", 1250, "30: 4, 310n: 1.250 kg → 1250 g"),
        (gs1(f"01{GEL}3201000010"), "GEL", 454, "320n: 1.0 lb → 454 g"),
        (gs1(f"01{GEL_PACK}"), "GEL", 6000, "pack of 6000 g → 6000 g"),
        (gs1(f"01{ROPE}3112000150"), "ROPE", 1500, "311n: 1.50 m → 1500 mm"),
        (gs1(f"01{ROPE}31120001503153000001"), "ROPE", 1500, "311n: 1.50 m, 315n: 0.001 l → 1500 mm"),
        (gs1(f"01{OIL}3153000330"), "OIL", 330, "315n: 0.330 l → 330 ml"),
        (iso("LAMP", q=" 0250"), "LAMP", 250, "Q 0250 → 250 pieces"),
        (iso("LAMP-BOX", q="3"), "LAMP", 30, "Q3, pack of 10 → 30 pieces"),
        (iso("LAMP", q7="250PC"), "LAMP", 250, "7Q250PC → 250 pieces"),
        (iso("LAMP", q="5", q7="12.5KG"), "LAMP", 5, "Q5, 7Q12.5KG → 5 pieces"),
        (iso("GEL-5", q7="12.5KG"), "GEL", 12_500, "7Q12.5KG → 12500 g"),
        (iso("GEL-BAG", q7="12.5KG"), "GEL", 12_500, "7Q12.5KG → 12500 g"),
        (iso("GEL-BAG", q="3"), "GEL", 1500, "Q3, pack of 500 g → 1500 g"),
        (iso("GEL-BAG"), "GEL", 500, "pack of 500 g → 500 g"),
        (identify("9MM-GEL", aim="]C0"), "GEL", 500, "pack of 500 g → 500 g"),
        (iso("PUMP"), "PUMP", 1, ""),
        (plate("UN123456789LISTED"), "LAMP", 480, "pack of 480 → 480 pieces"),
        (plate("UN123456789LISTED", q="480"), "LAMP", 480, "Q480, pack of 480 → 480 pieces"),
        (plate("UN123456789PLAIN", q="480"), "LAMP", 480, "Q480 → 480 pieces"),
        (identify(format_hibc("A999PUMP0")), "PUMP", 1, ""),
        (identify(format_hibc("A999PUMP2")), "PUMP", 20, "pack of 20 → 20 pieces"),
        (identify(format_hibc("A999PUMP2/Q3")), "PUMP", 60, "quantity 3, pack of 20 → 60 pieces"),
        (identify(format_hibc("A999PUMP9/Q7")), "PUMP", 7, "quantity 7 → 7 pieces"),
        (identify(format_hibc("A999PUMP9/$$900007710X3")), "PUMP", 7, "quantity 7 → 7 pieces"),
    ],
)
def test_what_is_understood(shelf: ListedCatalogue, identity: Identity, item: str, quantity: int, said: str) -> None:
    found = resolve(identity, shelf)
    assert isinstance(found, Resolved), found
    assert (found.item.item, found.quantity, found.said) == (item, quantity, said)


@pytest.mark.parametrize(
    ("identity", "why", "text"),
    [
        (identify(GEL[1:], aim="]E0"), WHY.MEASURE_MISSING, "GEL is kept by the gram, but the label states no measure"),
        (identify(GEL[1:]), WHY.MEASURE_MISSING, "states no measure"),
        (identify("GEL-5", aim="]C0"), WHY.MEASURE_MISSING, "states no measure"),
        (identify("GEL", carrier="keyed"), WHY.MEASURE_MISSING, "states no measure"),
        (identify(TAG, carrier="epc"), WHY.MEASURE_MISSING, "states no measure"),
        (gs1(f"01{GEL}3153001250"), WHY.MEASURE_MISSING, "kept by the gram, but the label states 315n: 1.250 l"),
        (gs1(f"01{GEL}3303001250"), WHY.MEASURE_MISSING, "states no measure"),
        (gs1(f"01{GEL}305"), WHY.MEASURE_MISSING, "states 30: 5"),
        (gs1(f"01{ROPE}3122000150"), WHY.MEASURE_MISSING, "ROPE is kept by the millimetre"),
        (gs1(f"01{GEL}3103000000"), WHY.CONTENTS_UNKNOWN, "states 310n: 0.000 kg"),
        (gs1(f"01{GEL}3105000150"), WHY.QUANTITY_UNCLEAR, "no whole number of grams"),
        (gs1(f"01{GEL}31030012503202000300"), WHY.QUANTITY_UNCLEAR, "contradict"),
        (gs1(f"0034006381000000002502{GEL}31030012503740"), WHY.MEASURE_MISSING, "of each or of all"),
        (iso("GEL-5", q="5", q7="2.5KG"), WHY.MEASURE_MISSING, "of each or of all"),
        (iso("GEL-5", q="500"), WHY.MEASURE_MISSING, "states Q500"),
        (iso("GEL-5", q7="250PC"), WHY.MEASURE_MISSING, "states 7Q250PC"),
        (iso("LAMP", q7="12.5KG"), WHY.QUANTITY_UNCLEAR, "7Q12.5KG, but LAMP is counted in pieces"),
        (iso("LAMP", q="1,000"), WHY.QUANTITY_UNCLEAR, "Q1,000"),
        (iso("LAMP", q=""), WHY.QUANTITY_UNCLEAR, "the label says Q:"),
        (iso("LAMP", q="0"), WHY.CONTENTS_UNKNOWN, "a quantity of 0"),
        (iso("LAMP", q="1000000"), WHY.QUANTITY_UNCLEAR, "at most 999,999"),
        (iso("LAMP-BOX", q="100000"), WHY.QUANTITY_UNCLEAR, "Q100000, pack of 10 → 1000000 pieces"),
        (iso("LAMP-BOX", q="10"), WHY.QUANTITY_MISSING, "says Q10, and LAMP-BOX is 10 already: of each or of all?"),
        (
            plate("UN123456789LISTED", q="500"),
            WHY.QUANTITY_UNCLEAR,
            "says Q500, but UN123456789LISTED is listed with 480",
        ),
        (plate("UN123456789SENT", q="500"), WHY.QUANTITY_UNCLEAR, "says Q500, but UN123456789SENT is listed with 480"),
        (plate("UN123456789SENT", q="5,0"), WHY.QUANTITY_UNCLEAR, "a quantity is digits alone"),
        (iso("LAMP", q="5", q7="250PC"), WHY.QUANTITY_UNCLEAR, "contradict"),
        (identify(format_hibc("A999PUMP9")), WHY.QUANTITY_MISSING, "variable quantity"),
        (identify(format_hibc("A999PUMP1")), WHY.NOT_IN_CATALOGUE, "A999PUMP1"),
        (identify(format_hibc("A999PUMP0/Q0")), WHY.CONTENTS_UNKNOWN, "a quantity of 0"),
    ],
)
def test_what_is_parked(shelf: ListedCatalogue, identity: Identity, why: WhyUnknown, text: str) -> None:
    found = resolve(identity, shelf)
    assert isinstance(found, Unresolved), found
    assert found.why is why
    assert text in found.text
    assert why is WHY.NOT_IN_CATALOGUE or found.candidates or text == "a quantity is digits alone"


@pytest.mark.parametrize("names", [Names.TRADE_ITEM, Names.INTERNAL, Names.RESTRICTED])
def test_a_measured_item_never_counts_one(shelf: ListedCatalogue, names: Names) -> None:
    for key in ("GEL", GEL, "ROPE", "OIL"):
        found = resolve(Identity(names=names, key=key, scheme="text"), shelf)
        assert isinstance(found, Unresolved)
