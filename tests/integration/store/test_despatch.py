"""Despatch advices of several dialects fill the contents of logistic units, whole or not at all."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete

from scanstation.exchange.importer import import_file
from scanstation.exchange.problems import ImportReport, ProblemKind
from scanstation.identity.checkdigits import check_digit
from scanstation.stock.catalogue import Code
from scanstation.stock.model import Item, Tracking
from scanstation.store import schema
from scanstation.store.engine import writing
from scanstation.store.stock import StockStore, open_stock

TEA = Item(item="TEA", name="Tea", gtin="04006381333931", packs={1: 6}, tracking=Tracking.LOT)
LAMP = Item(item="LAMP-7", name="Lamp", gtin="09521141000021")
RICE = Item(item="RICE", name="Rice", gtin="09521141000038", base_unit="gram")
ITEMS = [TEA, LAMP, RICE]
CODES = [
    Code(code="SUP-LAMP", item="LAMP-7"),
    Code(code="00036000291452", item="LAMP-7"),
    Code(code="LAMP-BOX", item="LAMP-7", quantity=10),
]


def sscc(number: int) -> str:
    body = f"0952114{number:010d}"
    return body + check_digit(body)


PALLET, ONE, TWO, THREE = map(sscc, (100, 101, 102, 103))


@pytest.fixture(scope="module")
def listed() -> Iterator[StockStore]:
    with open_stock(":memory:") as stock:
        stock.put_items(ITEMS)
        stock.put_codes(CODES)
        yield stock


@pytest.fixture
def store(listed: StockStore) -> StockStore:
    """A catalogue that knows of no unit."""
    with writing(listed.engine) as connection:
        connection.execute(delete(schema.contents))
        connection.execute(delete(schema.packed))
    return listed


def desadv(
    *segments: str, version: str = "D:96A:UN:EAN005", una: str = "", reference: str = "1", end: str = "'"
) -> str:
    """One interchange of one message; the segments are written with the usual marks and translated to those of UNA."""
    body = [f"UNH+{reference}+DESADV:{version}", "BGM+351+DES587441+9", *segments]
    body.append(f"UNT+{len(body) + 1}+{reference}")
    envelope = ["UNB+UNOC:3+9521141000007:14+4006381000000:14+261201:0800+R1", *body, f"UNZ+1+{'R1'}"]
    text = "".join(segment + "'" + end.removeprefix("'") for segment in envelope)
    if una:
        text = text.translate(str.maketrans(":+,?'", una[3] + una[4] + una[5] + una[6] + una[8]))
    return una + text


def x12(*segments: str, version: str = "004010", icvn: str = "00401", element: str = "*", end: str = "~") -> str:
    """One interchange of one 856."""
    isa = [
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        "ZZ",
        "SENDER".ljust(15),
        "ZZ",
        "RECEIVER".ljust(15),
        "261201",
        "0800",
    ]
    isa += ["U" if icvn < "00402" else "^", icvn, "000000001", "0", "P", ">"]
    body = ["ST*856*0001", "BSN*00*SHIP1*20261201*0800*0001", *segments]
    body.append(f"SE*{len(body) + 1}*0001")
    rest = [f"GS*SH*S*R*20261201*0800*1*X*{version}", *body, "GE*1*1", "IEA*1*000000001"]
    return "".join(segment + end for segment in (element.join(isa), *(text.replace("*", element) for text in rest)))


def load(store: StockStore, tmp_path: Path, text: str | bytes, name: str = "advice.edi") -> ImportReport:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("latin-1"))
    return import_file(path, "contents", store)


def held(store: StockStore, unit: str) -> dict[tuple[str, str | None], int]:
    return {(content.item, content.lot): content.quantity for content in store.contents(unit)}


NESTED = (
    "CPS+1", "CPS+2+1", "PAC+1++201", "PCI+33E", f"GIN+BJ+{PALLET}",
    "CPS+3+2", "PAC+1++CT", "PCI+33E", f"GIN+BJ+{ONE}",
    "LIN+1++4006381333931:EN", "PIA+1+T-17:SA", "QTY+12:24", "PCI+36E", "GIN+BX+L1",
    "LIN+2++9521141000021:EN", "QTY+12:2:PCE",
    "CPS+4+2", "PAC+1++CT", "PCI+33E", f"GIN+BJ+{TWO}", "LIN+3++9521141000021:EN", "QTY+12:5:PCE",
)  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("D96A", desadv(*NESTED)),
        ("lines", desadv(*NESTED, end="'\r\n")),
        ("D01B", desadv(*(s.replace(":EN", ":SRV") for s in NESTED), version="D:01B:UN:EAN007", una="UNA:+.? '")),
        ("other marks", desadv(*NESTED, una="UNA|^,\\ ~")),
        ("no release character", desadv(*NESTED, una="UNA:+,  '")),
        ("wrapped", re.sub("(.{80})", r"\1\n", desadv(*NESTED))),
        ("byte order mark", "\xef\xbb\xbf" + desadv(*NESTED)),
    ],
)  # fmt: skip
def test_a_pallet_of_cartons_is_the_sum_of_them(store: StockStore, tmp_path: Path, dialect: str, text: str) -> None:
    report = load(store, tmp_path, text)
    assert (report.errors, report.rows) == ((), 3), dialect
    assert held(store, ONE) == {("TEA", "L1"): 24, ("LAMP-7", None): 2}
    assert held(store, TWO) == {("LAMP-7", None): 5}
    assert held(store, PALLET) == {("TEA", "L1"): 24, ("LAMP-7", None): 7}
    assert (store.packed_in(ONE), store.packed_in(PALLET)) == (PALLET, None)
    assert store.packed_units(PALLET) == (ONE, TWO)


@pytest.mark.parametrize("name", ["advice.edi", "advice.edifact", "advice.txt", "advice", "advice.csv"])
def test_an_advice_is_known_by_its_first_characters(store: StockStore, tmp_path: Path, name: str) -> None:
    assert load(store, tmp_path, desadv(*NESTED), name).rows == 3


def test_an_advice_fills_no_other_table(store: StockStore, tmp_path: Path) -> None:
    path = tmp_path / "advice.csv"
    path.write_text(desadv(*NESTED))
    why = "advice.csv: it is an EDI interchange. Despatch advices fill the table contents."
    assert told(import_file(path, "items", store)) == [why]


def carton(unit: str, *line: str) -> tuple[str, ...]:
    return ("CPS+1", "PAC+1++CT", "PCI+33E", f"GIN+BJ+{unit}", *line)


LAMPS = ("LIN+1++9521141000021:EN", "QTY+12:5")


@pytest.mark.parametrize("una", [("", ""), ("UNA:+.? '", "UNA:+,? '"), ("", "UNA:+.? '"), ("UNA:+.? '", "UNA|^,\\ ~")])
def test_each_interchange_of_a_file_is_read_by_itself(store: StockStore, tmp_path: Path, una: Sequence[str]) -> None:
    text = desadv(*carton(ONE, *LAMPS), una=una[0]) + "\n" + desadv(*carton(TWO, *LAMPS), una=una[1])
    assert load(store, tmp_path, text).rows == 2
    assert held(store, ONE) == held(store, TWO) == {("LAMP-7", None): 5}


@pytest.mark.parametrize(
    ("gin", "packages", "units"),
    [
        (f"GIN+BJ+{ONE}+{TWO}+{THREE}", "3", (ONE, TWO, THREE)),
        (f"GIN+BJ+{ONE}:{THREE}", "", (ONE, TWO, THREE)),  # a range, as the directory says
        (f"GIN+BJ+{ONE}:{THREE}", "3", (ONE, TWO, THREE)),
        (f"GIN+BJ+{ONE}:{THREE}", "2", (ONE, THREE)),  # two numbers in one element, as some write it
        ("GIN+ML+PKG008:PKG010", "3", ("PKG008", "PKG009", "PKG010")),
        ("GIN+ML+UN1A+UN1B", "2", ("UN1A", "UN1B")),
    ],
)
def test_several_units_of_one_level_share_it_evenly(
    store: StockStore, tmp_path: Path, gin: str, packages: str, units: tuple[str, ...]
) -> None:
    segments = ("CPS+1", f"PAC+{packages}++CT", "PCI+33E", gin, "LIN+1++9521141000021:EN", f"QTY+12:{6 * len(units)}")
    assert load(store, tmp_path, desadv(*segments)).errors == ()
    assert [held(store, unit) for unit in units] == [{("LAMP-7", None): 6}] * len(units)
    if len(units) == 2 and units[1] == THREE:
        assert held(store, TWO) == {}


def test_what_is_in_each_unit_is_taken_as_it_is_said(store: StockStore, tmp_path: Path) -> None:
    segments = ("CPS+1", "PAC+2++CT", f"GIN+BJ+{ONE}+{TWO}", "LIN+1++9521141000021:EN", "QTY+52:4")
    assert load(store, tmp_path, desadv(*segments)).rows == 2
    assert held(store, TWO) == {("LAMP-7", None): 4}


def test_pallet_and_cartons_of_one_level_are_told_apart_by_their_package(store: StockStore, tmp_path: Path) -> None:
    segments = (
        "CPS+1", "PAC+1++201", "PCI+33E", f"GIN+BJ+{PALLET}", "PAC+2++CT", "PCI+33E", f"GIN+BJ+{ONE}+{TWO}",
        "LIN+1++9521141000021:EN", "QTY+12:8",
    )  # fmt: skip
    assert load(store, tmp_path, desadv(*segments)).errors == ()
    assert (held(store, PALLET), held(store, ONE)) == ({("LAMP-7", None): 8}, {("LAMP-7", None): 4})


@pytest.mark.parametrize(
    ("una", "quantity", "grams"),
    [
        ("UNA:+,? '", "QTY+12:1,5:KGM", 1500),
        ("UNA:+.? '", "QTY+12:1.5:KGM", 1500),
        ("UNA:+.? '", "QTY+12:0,25:KGM", 250),
        ("UNA:+.? '", "QTY+12:12.000:KGM", 12_000),
        ("", "QTY+12:2:KGM", 2000),
        ("", "QTY+12:750:GRM", 750),
    ],
)
def test_a_measure_is_read_with_the_mark_that_its_interchange_declares(
    store: StockStore, tmp_path: Path, una: str, quantity: str, grams: int
) -> None:
    text = desadv(*carton(ONE, "LIN+1++9521141000038:EN", quantity))
    assert load(store, tmp_path, una + text).errors == ()
    assert held(store, ONE) == {("RICE", None): grams}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("LIN+1", "PIA+5+LAMP-7:IN", "QTY+12:3"), 3),  # the buyer's own number
        (("LIN+1++X-1:SA", "PIA+1+SUP-LAMP:SA::91", "QTY+12:3"), 3),  # the supplier's, by the code table
        (("LIN+1", "PIA+1+LAMP-BOX:SA", "QTY+12:3:CT"), 30),  # a pack with a number of its own
        (("LIN+1++9521141000021:EN", "QTY+21:9", "QTY+12:3"), 3),  # ordered is not sent
        (("LIN+1++9521141000021:EN", "QTY+21:9"), 9),
        (("LIN+1++9521141000021:EN", "QTY+12:3", "LIN+2++9521141000021:EN", "QTY+12:4"), 7),
        (("LIN+1++9521141000021:EN", "PIA+4+SUP-OTHER:SA", "QTY+12:3", "FTX+AAI+++5 lamps ?'UNA?' are ?+ red"), 3),
    ],
)
def test_items_are_known_by_their_numbers(
    store: StockStore, tmp_path: Path, line: tuple[str, ...], expected: int
) -> None:
    assert load(store, tmp_path, desadv(*carton(ONE, *line))).errors == ()
    assert held(store, ONE) == {("LAMP-7", None): expected}


@pytest.mark.parametrize("una", ["", "UNA:+.? '", "UNA:+.  '"])
def test_blanks_are_data_whether_or_not_a_release_character_is_declared(
    store: StockStore, tmp_path: Path, una: str
) -> None:
    text = desadv(
        *carton(ONE, "LIN+1++4006381333931:EN", "QTY+12:6", "GIN+BX+LOT 7 A", "FTX+AAI+++for bay 3 "), una=una
    )
    assert load(store, tmp_path, text).errors == ()
    assert held(store, ONE) == {("TEA", "LOT 7 A"): 6}


def test_a_pack_by_its_gtin_counts_its_pieces(store: StockStore, tmp_path: Path) -> None:
    text = desadv(*carton(ONE, "LIN+1++14006381333938:SRV", "QTY+12:3", "RFF+BT:L9"))
    assert load(store, tmp_path, text).errors == ()
    assert held(store, ONE) == {("TEA", "L9"): 18}


def told(report: ImportReport) -> list[str]:
    return [str(error) for error in report.errors]


def test_everything_wrong_with_a_file_is_told_at_once_and_nothing_is_imported(
    store: StockStore, tmp_path: Path
) -> None:
    wrong = ONE[:-1] + str((int(ONE[-1]) + 1) % 10)
    segments = (
        "CPS+1", "PAC+1", f"GIN+BJ+{wrong}", "LIN+1++4012345678901:EN", "PIA+1+NOBODY:SA", "QTY+12:1",
        "CPS+2", "PAC+2", f"GIN+BJ+{TWO}+{THREE}", "LIN+2++9521141000021:EN", "QTY+12:5",
        "CPS+3", "PAC+1", f"GIN+BJ+{PALLET}", "LIN+3++9521141000021:EN", "QTY+12:1.5", "LIN+4++9521141000021:EN",
        "QTY+12:1,000", "LIN+5++9521141000021:EN", "QTY+12:2:CT", "LIN+6++9521141000021:EN",
        "LIN+7++9521141000021:EN", "QTY+12:2:KGM", "LIN+8++4006381333931:EN", "QTY+12:2", "GIN+BX+L1+L2",
        "LIN+9++9521141000021:EN", "QTY+12:-1",
    )  # fmt: skip
    report = load(store, tmp_path, desadv(*segments))
    assert [(error.row, error.column, error.kind) for error in report.errors] == [
        (6, "", ProblemKind.CHECK_DIGIT),
        (7, "LIN", ProblemKind.UNKNOWN_ITEM),
        (13, "LIN", ProblemKind.NUMBER),
        (18, "LIN", ProblemKind.NUMBER),
        (20, "LIN", ProblemKind.DECIMAL_COMMA),
        (22, "LIN", ProblemKind.CHOICE),
        (24, "LIN", ProblemKind.EMPTY),
        (25, "LIN", ProblemKind.CHOICE),
        (27, "LIN", ProblemKind.CHOICE),
        (30, "LIN", ProblemKind.NEGATIVE),
    ]
    assert told(report)[1] == (
        "advice.edi, segment 7 (LIN): the catalogue has no item for '4012345678901', 'NOBODY'. "
        "Import the item or its number in codes first."
    )
    assert all(held(store, unit) == {} for unit in (ONE, TWO, THREE, PALLET))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (desadv(*NESTED)[:-20], "ends without its UNZ"),
        (desadv(*NESTED)[:200], "cut off"),
        (desadv(*NESTED).replace("CPS+1'", ""), "UNT says 25 segments, but the message has 24"),
        (desadv(*NESTED).replace("UNZ+1", "UNZ+2"), "UNZ says 2 messages, but there are 1"),
        (desadv(*NESTED).replace("DESADV", "INVOIC"), "it holds no DESADV and no 856"),
        (desadv(*NESTED).replace("+DES587441+9", "+DES587441+1"), "cancels a despatch advice"),
        (desadv("CPS+1", *LAMPS), "the message names no logistic unit"),
        (desadv(*NESTED) + desadv(*NESTED), "is in the file already"),
        (desadv(*carton(f"{ONE}+{TWO}"), "CPS+2+1", f"GIN+BJ+{THREE}", *LAMPS), "in one of 2 units of level 1"),
        (desadv(*carton("A1:B9", *LAMPS)), "A1 to B9 is no range"),
    ],
)
def test_a_file_that_is_cut_off_or_says_something_else_is_refused(
    store: StockStore, tmp_path: Path, text: str, why: str
) -> None:
    report = load(store, tmp_path, text)
    assert not report.ok
    assert why in " ".join(told(report))
    assert all(held(store, unit) == {} for unit in (ONE, TWO, THREE, PALLET))


@pytest.mark.parametrize("quantity", ["9" * 16, "9" * 21, "1" * 5000, "1e9", "", "+", "-", ".", "1.", "0x10"])
def test_a_quantity_that_is_none_is_told(store: StockStore, tmp_path: Path, quantity: str) -> None:
    escaped = quantity.replace("+", "?+")
    report = load(store, tmp_path, desadv(*carton(ONE, "LIN+1++9521141000021:EN", f"QTY+12:{escaped}:PCE")))
    assert [(error.row, error.column) for error in report.errors] == [(8, "LIN")]


def test_a_new_advice_forgets_what_the_old_one_said_of_its_units(store: StockStore, tmp_path: Path) -> None:
    load(store, tmp_path, desadv(*NESTED))
    again = [segment for segment in NESTED if TWO not in segment][:16]
    assert load(store, tmp_path, desadv(*again)).rows == 2
    assert (held(store, PALLET), store.packed_in(TWO)) == ({("TEA", "L1"): 24, ("LAMP-7", None): 2}, None)


PICK_AND_PACK = (
    "HL*1**S", "HL*2*1*O", "PRF*PO1", "HL*3*2*T", f"MAN*GM*00{PALLET}",
    "HL*4*3*P", f"MAN*GM*00{ONE}**CP*1Z999",
    "HL*5*4*I", "LIN*1*UP*036000291452*VP*X", "SN1**2*EA",
    "HL*6*4*I", "LIN*2*EN*4006381333931", "SN1**24*EA", "REF*LT*L1",
    "HL*7*3*P", f"MAN*GM*{TWO}", "HL*8*7*I", "LIN**VP*SUP-LAMP", "SN1**5*EA", "CTT*8",
)  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("004010", x12(*PICK_AND_PACK)),
        ("005010", x12(*PICK_AND_PACK, version="005010", icvn="00501")),
        ("envelope 00400", x12(*PICK_AND_PACK, icvn="00400")),
        ("envelope 00403", x12(*PICK_AND_PACK, version="004030", icvn="00403")),
        ("other marks", x12(*PICK_AND_PACK, element="|", end="\n")),
        ("lines", x12(*PICK_AND_PACK, end="~\r\n")),
        ("no parents", x12(*(s.rsplit("*", 2)[0] + "**" + s[-1] if s.startswith("HL") else s for s in PICK_AND_PACK))),
    ],
)
def test_a_ship_notice_of_a_pallet_of_cartons(store: StockStore, tmp_path: Path, dialect: str, text: str) -> None:
    report = load(store, tmp_path, text, "notice.x12")
    assert (report.errors, report.rows) == ((), 3), dialect
    assert held(store, ONE) == {("TEA", "L1"): 24, ("LAMP-7", None): 2}
    assert held(store, PALLET) == {("TEA", "L1"): 24, ("LAMP-7", None): 7}
    assert store.packed_units(PALLET) == (ONE, TWO)


def test_packages_below_their_item_hold_what_each_says_or_an_even_share(store: StockStore, tmp_path: Path) -> None:
    item = ("HL*1**S", "HL*2*1*O", "HL*3*2*I", "LIN**UP*036000291452", "SN1**10*EA")
    packs = ("HL*4*3*P", f"MAN*GM*00{ONE}", "HL*5*3*P", f"MAN*GM*00{TWO}")
    assert load(store, tmp_path, x12(*item, *packs)).errors == ()
    assert (held(store, ONE), held(store, TWO)) == ({("LAMP-7", None): 5}, {("LAMP-7", None): 5})
    told_each = (*packs[:2], "SN1**7*EA", *packs[2:], "SN1**3*EA")
    assert load(store, tmp_path, x12(*item, *told_each)).errors == ()
    assert (held(store, ONE), held(store, TWO)) == ({("LAMP-7", None): 7}, {("LAMP-7", None): 3})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("LIN**BP*LAMP-7", "SN1**3*EA"), 3),
        (("LIN**BP*LAMP-7", "SN1**3*CA", "PO4*12"), 36),
        (("LIN**VN*LAMP-BOX", "SN1**3*CA"), 30),
        (("LIN**UP*036000291452*B8*L1", "SN1**3*EA"), 3),
    ],
)
def test_lines_of_a_ship_notice(store: StockStore, tmp_path: Path, line: tuple[str, ...], expected: int) -> None:
    text = x12("HL*1**S", "HL*2*1*P", f"MAN*GM*00{ONE}", "HL*3*2*I", *line)
    assert load(store, tmp_path, text).errors == ()
    assert held(store, ONE) == {("LAMP-7", None): expected}


def test_two_ship_notices_with_other_delimiters_are_read_each_with_its_own(store: StockStore, tmp_path: Path) -> None:
    one = ("HL*1**S", "HL*2*1*P", f"MAN*GM*00{ONE}", "HL*3*2*I", "LIN**BP*LAMP-7", "SN1**3*EA")
    two = ("HL*1**S", "HL*2*1*P", f"MAN*GM*00{TWO}", "HL*3*2*I", "LIN**BP*LAMP-7", "SN1**4*EA")
    assert load(store, tmp_path, x12(*one) + "\n" + x12(*two, element="|", end="'")).errors == ()
    assert (held(store, ONE), held(store, TWO)) == ({("LAMP-7", None): 3}, {("LAMP-7", None): 4})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (x12(*PICK_AND_PACK)[:-30], "(IEA=000000001) missing"),
        (x12(*PICK_AND_PACK)[:90], "its ISA segment has 90 characters, not 106"),
        (x12(*PICK_AND_PACK).replace("PRF*PO1~", ""), "SE count"),
        (x12(*PICK_AND_PACK).replace("BSN*00", "BSN*01"), "cancels a ship notice"),
        (x12(*PICK_AND_PACK).replace(f"00{ONE}", f"00{ONE[:-1]}{(int(ONE[-1]) + 1) % 10}"), "advice.edi, segment 11: "),
        (x12("HL*1**P", f"MAN*GM*00{ONE}", "HL*2*1*I", "LIN**BP*LAMP-7", "SN1**3*CA"), "packs (CA) of unknown size"),
        (x12("HL*1**P", f"MAN*GM*00{ONE}", "HL*2*1*I", "LIN**BP*GONE", "SN1**3*EA"), "no item for 'GONE'"),
    ],
)
def test_a_wrong_ship_notice_changes_nothing(store: StockStore, tmp_path: Path, text: str, why: str) -> None:
    report = load(store, tmp_path, text)
    assert why in " ".join(told(report))
    assert all(held(store, unit) == {} for unit in (ONE, TWO, PALLET))


def packed_at_random(rng: random.Random) -> dict[str, dict[str, dict[str, int]]]:
    """Pallets of cartons of pieces, each carton with other items."""
    units = iter(rng.sample(range(10**6), 40))
    return {
        sscc(next(units)): {
            sscc(next(units)): {item: rng.randrange(1, 500) for item in rng.sample(["LAMP-7", "PUMP", "MUG"], 2)}
            for _ in range(rng.randrange(1, 5))
        }
        for _ in range(rng.randrange(1, 4))
    }


def as_desadv(pallets: dict[str, dict[str, dict[str, int]]], rng: random.Random) -> str:
    segments, number = ["CPS+1"], 1
    for pallet, cartons in pallets.items():
        number += 1
        outer = number
        segments += [f"CPS+{outer}+1", "PAC+1++201", "PCI+33E", f"GIN+BJ+{pallet}"]
        for carton, items in cartons.items():
            number += 1
            segments += [f"CPS+{number}+{outer}", "PAC+1++CT", f"GIN+BJ+00{carton}"]
            for item, quantity in items.items():
                segments += ["LIN+1", f"PIA+1+{item}:IN", rng.choice(("QTY+12:{}:PCE", "QTY+12:{}")).format(quantity)]
    marks = rng.choice(("", "UNA:+.? '", "UNA|^,\\ ~", "UNA:+,  '"))
    return desadv(*segments, una=marks, end=rng.choice(("'", "'\n", "'\r\n")))


def as_856(pallets: dict[str, dict[str, dict[str, int]]], rng: random.Random) -> str:
    segments, number = ["HL*1**S", "HL*2*1*O"], 2
    for pallet, cartons in pallets.items():
        number += 1
        outer = number
        segments += [f"HL*{outer}*2*T", f"MAN*GM*00{pallet}"]
        for carton, items in cartons.items():
            number += 1
            inner = number
            segments += [f"HL*{inner}*{outer}*P", f"MAN*GM*{rng.choice(('', '00'))}{carton}"]
            for item, quantity in items.items():
                number += 1
                segments += [f"HL*{number}*{inner}*I", f"LIN**BP*{item}", f"SN1**{quantity}*{rng.choice(('EA', 'PC'))}"]
    return x12(
        *segments, element=rng.choice("*|"), end=rng.choice("~'\n"), icvn=rng.choice(("00401", "00501", "00600"))
    )


def test_random_advices_of_any_dialect_hold_what_was_packed(listed: StockStore, tmp_path: Path, full: bool) -> None:
    listed.put_items([Item(item="PUMP", name="Pump"), Item(item="MUG", name="Mug")])
    for seed in range(200 if full else 12):
        rng = random.Random(seed)
        pallets = packed_at_random(rng)
        text = rng.choice((as_desadv, as_856))(pallets, rng)
        assert load(listed, tmp_path, text).errors == (), seed
        for pallet, cartons in pallets.items():
            whole: Counter[tuple[str, str | None]] = Counter()
            for carton, items in cartons.items():
                assert held(listed, carton) == {(item, None): quantity for item, quantity in items.items()}, seed
                whole.update({(item, None): quantity for item, quantity in items.items()})
            assert held(listed, pallet) == whole, seed


def test_damaged_files_are_refused_or_read_and_never_break_the_import(
    listed: StockStore, tmp_path: Path, full: bool
) -> None:
    sound = [desadv(*NESTED), x12(*PICK_AND_PACK), desadv(*NESTED, una="UNA|^,\\ ~") + "UNA:+.? '" + desadv(*NESTED)]
    refused = 0
    for seed in range(1_200 if full else 60):
        rng = random.Random(seed)
        text = list(rng.choice(sound))
        for _ in range(rng.randrange(1, 5)):
            place = rng.randrange(3, len(text))
            match rng.randrange(4):
                case 0:
                    del text[place : place + rng.randrange(1, 40)]
                case 1:
                    text[place:place] = rng.choice("'+:?~*|^>\n\r 0A-\x00")
                case 2:
                    text[place:place] = text[rng.randrange(len(text)) :][: rng.randrange(60)]
                case _:
                    text = [*text[:place], "'"]
            text = text if len(text) > 4 else list(sound[0])
        refused += not load(listed, tmp_path, "".join(text)).ok
    assert refused > (960 if full else 40)
