"""Which symbols stand on one package: whatever the order in which a picture gives them."""

import itertools

import pytest

from scanstation.counting.packages import Mark, Package, packages_of
from scanstation.stock.catalogue import Resolved
from scanstation.stock.model import Item, Tracking

DRILL, LAMP = Item(item="DRILL", name="Drill", tracking=Tracking.SERIAL), Item(item="LAMP", name="Lamp")


def mark(symbol: str, item: Item = DRILL, place: tuple[float, float] | None = None, qty: int = 1, **told: str) -> Mark:
    return Mark(symbols=(symbol,), found=Resolved(item=item, quantity=qty, **told), place=place)  # type: ignore[arg-type]


EAN, S1, S2 = mark("ean"), mark("s1", serial="S1"), mark("s2", serial="S2")
L1, L2, QR = mark("l1", lot="L1"), mark("l2", lot="L2"), mark("qr")
LAMP_EAN, BOX, FIFTY = mark("lamp", LAMP), mark("box", LAMP, qty=100), mark("fifty", LAMP, qty=50)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([EAN], [("DRILL", 1, None, None)]),
        ([EAN, QR], [("DRILL", 1, None, None)]),
        ([EAN, EAN], [("DRILL", 1, None, None)] * 2),
        ([EAN, S1], [("DRILL", 1, None, "S1")]),
        ([EAN, S1, S2], [("DRILL", 1, None, "S1"), ("DRILL", 1, None, "S2")]),
        ([EAN, EAN, S1, S2], [("DRILL", 1, None, "S1"), ("DRILL", 1, None, "S2")]),
        ([EAN, EAN, S1], [("DRILL", 1, None, None), ("DRILL", 1, None, "S1")]),
        ([S1, S1], [("DRILL", 1, None, "S1")]),
        ([EAN, QR, L1, S1], [("DRILL", 1, "L1", "S1")]),
        ([EAN, L1, L2], [("DRILL", 1, "L1", None), ("DRILL", 1, "L2", None)]),
        ([LAMP_EAN, EAN], [("DRILL", 1, None, None), ("LAMP", 1, None, None)]),
        ([LAMP_EAN, BOX], [("LAMP", 100, None, None)]),
        ([BOX, FIFTY], [("LAMP", 50, None, None), ("LAMP", 100, None, None)]),
    ],
)
def test_packages_in_every_order(marks: list[Mark], expected: list[tuple[object, ...]]) -> None:
    for order in itertools.permutations(marks):
        found = [package.found.lines[0] for package, _ in packages_of(order)]
        told = [(line.item.item, line.quantity, line.lot, line.serial) for line in found]
        assert sorted(told, key=str) == sorted(expected, key=str), [one.symbols for one in order]


def test_a_plain_symbol_goes_to_the_nearest_package() -> None:
    left, right = mark("s1", place=(0, 0), serial="S1"), mark("s2", place=(100, 0), serial="S2")
    for x, symbols in ((10.0, "s1"), (90.0, "s2")):
        found = packages_of([left, right, mark("ean", place=(x, 5.0))])
        assert [package.symbols for package, _ in found if "ean" in package.symbols] == [(symbols, "ean")]


def test_what_came_before_takes_what_comes_now() -> None:
    known = Package((S1,))
    (first, fresh), (other, more) = packages_of([EAN, S2], [known])
    assert (first.symbols, fresh) == (("s1", "ean"), (EAN,)) or (other.symbols, more) == (("s2", "ean"), (S2, EAN))
    assert [package.found for package, _ in packages_of([S1], [known])] == [S1.found]


def test_a_pack_with_a_serial_of_its_own_is_a_whole() -> None:
    ((package, _),) = packages_of([BOX, mark("s", LAMP, serial="S9")])
    line = package.found.lines[0]
    assert (line.quantity, line.serial, line.unit) == (100, "S9", "LAMP/S9")


def test_symbols_that_say_different_things_stand_on_two_packages() -> None:
    def dated(symbol: str, date: str) -> Mark:
        return Mark(symbols=(symbol,), found=Resolved(item=LAMP, quantity=1), says={"9D": date})

    old, new = dated("old", "2145"), dated("new", "2146")
    assert len(packages_of([old, new])) == 2
    assert len(packages_of([old, dated("again", "2145"), LAMP_EAN])) == 1


def test_a_bare_code_beside_its_stated_quantity_says_nothing_new() -> None:
    def carton(symbol: str, qty: int, *, stated: bool = False) -> Mark:
        found = Resolved(item=LAMP, quantity=qty)
        return Mark(symbols=(symbol,), found=found, codes=frozenset({"19521141000035"}), states_quantity=stated)

    bare, twelve, one = carton("itf", 6), carton("gs1", 72, stated=True), carton("single", 1, stated=True)
    for order in itertools.permutations([bare, twelve]):
        assert [package.found.lines[0].quantity for package, _ in packages_of(order)] == [72]
    assert sorted(package.found.lines[0].quantity for package, _ in packages_of([one, twelve])) == [1, 72]


def test_a_symbol_that_stands_with_another_is_not_the_next_one_like_it() -> None:
    whole = Mark(symbols=("ean", "lot"), found=Resolved(item=DRILL, quantity=1, lot="L1"))
    assert len(packages_of([whole, EAN])) == 2
