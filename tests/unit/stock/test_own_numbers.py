"""Which reading of a text counts: the number of one's own, the other one, or neither."""

import pytest

from scanstation.identity import Identity, identify, own_reading
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.hibc import format_hibc
from scanstation.stock.catalogue import Code, Unresolved, WhyUnknown
from scanstation.stock.model import Item
from scanstation.stock.own_numbers import is_listed, weigh
from scanstation.stock.resolve import resolve
from tests.unit.stock.conftest import ListedCatalogue

HIBC = format_hibc("A99912345/Q5")


def shelf(items: dict[str, str | None], codes: list[Code] | None = None) -> ListedCatalogue:
    """Items by number and GTIN."""
    return ListedCatalogue([Item(item=item, name=item, gtin=gtin) for item, gtin in items.items()], codes or [], {})


def meant(text: str, catalogue: ListedCatalogue, aim: str = "") -> tuple[str, int] | WhyUnknown:
    """Item and quantity of a scan, or why it counts nothing."""
    own = own_reading(text, aim=aim)
    identity: Identity | Unresolved
    if own is not None and is_listed(own, catalogue):
        try:
            read = identify(text, aim=aim)
        except ValueError:
            read = None
        identity = weigh(own, read, catalogue)
    else:
        identity = identify(text, aim=aim)
    found = identity if isinstance(identity, Unresolved) else resolve(identity, catalogue)
    if isinstance(found, Unresolved):
        return found.why
    (line,) = found.lines
    return line.item.item, line.quantity


@pytest.mark.parametrize("length", [8, 12, 13, 14])
@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("lead", ["0", "1", "2", "9"])
def test_an_own_number_of_digits_counts_as_it_stands(length: int, right: bool, lead: str) -> None:
    body = (lead + "0471100190123")[: length - 1]
    good = check_digit(body)
    number = body + (good if right else str((int(good) + 1) % 10))
    for aim in ("", "]C0", "]A0", "]Q1", "]d1"):
        assert meant(number, shelf({number: None}), aim) == (number, 1)
        assert meant(number, shelf({"X": None}, [Code(code=number, item="X", quantity=6)]), aim) == ("X", 6)


def test_leading_zeros_are_part_of_a_number() -> None:
    catalogue = shelf({"00012345": None, "12345": None})
    assert meant("00012345", catalogue) == ("00012345", 1)
    assert meant("12345", catalogue) == ("12345", 1)
    assert meant("0012345", catalogue) is WhyUnknown.NOT_IN_CATALOGUE


def test_a_number_that_is_also_the_gtin_of_another_item_is_neither() -> None:
    catalogue = shelf({"47110014": None, "LAMP": "00000047110014"})
    assert meant("47110014", catalogue) is WhyUnknown.AMBIGUOUS
    assert meant("47110014", catalogue, "]C0") is WhyUnknown.AMBIGUOUS
    assert meant("47110014", catalogue, "]E4") == ("LAMP", 1)
    assert meant("47110014", shelf({"47110014": "00000047110014"})) == ("47110014", 1)


def test_a_number_that_is_also_a_pack_of_another_item_is_neither() -> None:
    pack = "1" + "952114100003" + check_digit("1" + "952114100003")
    lamp = Item(item="LAMP", name="Lamp", gtin="09521141000038", packs={1: 12})
    both = ListedCatalogue([lamp, Item(item=pack, name="Own")], [], {})
    assert meant(pack, both) is WhyUnknown.AMBIGUOUS
    assert meant(pack, both, "]I1") == ("LAMP", 12)


def test_one_item_in_two_quantities_is_ambiguous() -> None:
    catalogue = shelf({"TEA": "04006381333931"}, [Code(code="4006381333931", item="TEA", quantity=12)])
    assert meant("4006381333931", catalogue) is WhyUnknown.AMBIGUOUS
    assert meant("4006381333931", catalogue, "]E0") == ("TEA", 1)


@pytest.mark.parametrize("number", ["2000001000007", "21234565", "212345678909"])
def test_an_in_store_number_is_a_number_of_ones_own_in_its_symbol_too(number: str) -> None:
    number = number[:-1] + check_digit(number[:-1])
    catalogue = shelf({number: None})
    aim = "]E4" if len(number) == 8 else "]E0"
    assert (
        meant(number, catalogue) == meant(number.zfill(13) if aim == "]E0" else number, catalogue, aim) == (number, 1)
    )


def test_a_code_of_one_item_that_is_the_number_of_another_is_ambiguous() -> None:
    catalogue = shelf({"OLD-1": None, "NEW": None}, [Code(code="OLD-1", item="NEW", quantity=2)])
    assert meant("OLD-1", catalogue) is meant("OLD-1", catalogue, "]C0") is WhyUnknown.AMBIGUOUS
    assert meant("BOX", shelf({"BOX": None}, [Code(code="BOX", item="BOX", quantity=10)])) == ("BOX", 10)


def test_in_the_symbol_of_a_gtin_an_item_number_is_no_gtin() -> None:
    catalogue = shelf({"9521141000038": None})
    assert meant("9521141000038", catalogue) == ("9521141000038", 1)
    found = resolve(identify("9521141000038", aim="]E0"), catalogue)
    assert isinstance(found, Unresolved)
    assert [code.item for code in found.candidates] == ["9521141000038"]
    assert "is that its GTIN?" in found.text


@pytest.mark.parametrize(
    "text", [HIBC, "urn:epc:id:sgtin:9521141.000003.7", "[)>\x1e06\x1d1PLAMP\x1dQ5\x1e\x04", "+A12", "loc-5", "(01)5"]
)
def test_what_looks_like_anything_counts_as_the_item_that_it_is(text: str) -> None:
    assert meant(text, shelf({text: None})) == (text, 1)
    assert meant(text, shelf({"X": None}, [Code(code=text, item="X", quantity=3)])) == ("X", 3)


def test_what_says_the_same_and_more_is_taken() -> None:
    catalogue = shelf({"A99912345": None}, [Code(code=HIBC, item="A99912345", quantity=5)])
    own = own_reading(HIBC)
    assert own is not None
    chosen = weigh(own, identify(HIBC), catalogue)
    assert isinstance(chosen, Identity)
    assert chosen.scheme == "hibc"
    other = shelf({"A99912345": None, "X": None}, [Code(code=HIBC, item="X")])
    assert meant(HIBC, other) is WhyUnknown.AMBIGUOUS


@pytest.mark.parametrize("aim", ["]E0", "]C1", "]d2", "]I1", "]??"])
def test_symbols_of_gs1_hold_no_numbers_of_ones_own(aim: str) -> None:
    assert own_reading("95211410000381"[: 14 if aim == "]I1" else 13], aim=aim) is None
    assert own_reading("3034F4E4E40C0E4000000001", carrier="epc") is None
