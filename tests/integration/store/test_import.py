"""Importing real files into a real stock file: whole or not at all."""

import csv
import datetime
import gzip
import re
import subprocess
import sys
import textwrap
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanstation.cli.stock import NOUNS
from scanstation.exchange.columns import TABLES
from scanstation.exchange.importer import import_file
from scanstation.exchange.problems import KEPT, ImportReport, ProblemKind
from scanstation.stock.catalogue import Content
from scanstation.stock.model import Listing, ListingState, OrderLine, PurchaseOrderLine, Reservation, StockStatus
from scanstation.store import schema
from scanstation.store.stock import StockStore


def load(store: StockStore, folder: Path, table: str, text: str, **more: bool) -> ImportReport:
    path = folder / f"{table}.csv"
    path.write_text(text)
    return import_file(path, table, store, **more)  # type: ignore[arg-type]


def loaded(store: StockStore, folder: Path, table: str, text: str, **more: bool) -> ImportReport:
    report = load(store, folder, table, text, **more)
    assert report.ok, "\n".join(map(str, report.errors))
    return report


TEN_FAULTS = """\
SKU;Location;Lot;Status;Qty
TEA;L1;;available;twelve
TEA;L2;;available;12,5
TEA;L2;B2;available;-4
TEA;L3;;available;1
TEA;L3;;available;2
COFFEE;L1;;available;1
RICE;L9;;available;1
RICE;L1;;gone;1
RICE;L2;{long};available;1
RICE;L2;a\x07b;available;1
;L2;;available;1
RICE;L3;;available
"""


def test_every_fault_is_told_at_once_and_nothing_is_changed(warehouse: StockStore, tmp_path: Path) -> None:
    before = list(warehouse.records())
    report = load(warehouse, tmp_path, "stock", TEN_FAULTS.format(long="x" * 4_000))
    told = [(error.row, error.column, error.kind) for error in report.errors]
    assert told == [
        (2, "qty", ProblemKind.NUMBER),
        (3, "qty", ProblemKind.DECIMAL_COMMA),
        (4, "qty", ProblemKind.NEGATIVE),
        (6, "item, location, lot, status", ProblemKind.DUPLICATE),
        (7, "item", ProblemKind.UNKNOWN_ITEM),
        (8, "location", ProblemKind.UNKNOWN_LOCATION),
        (9, "status", ProblemKind.CHOICE),
        (10, "lot", ProblemKind.TOO_LONG),
        (11, "lot", ProblemKind.CHARACTER),
        (12, "item", ProblemKind.EMPTY),
        (13, "", ProblemKind.SHAPE),
    ]
    assert report.error_count == 11
    assert report.rows == 0
    assert all(error.why and error.mend.endswith(".") and len(str(error)) < 250 for error in report.errors)
    assert str(report.errors[3]) == (
        "stock.csv, row 6, column item, location, lot, status: the key is in row 5 already. Keep one of the two rows."
    )
    assert report.errors[6].mend == "Use one of: available, damaged, quarantined."
    assert list(warehouse.records()) == before


def test_faults_of_other_tables(warehouse: StockStore, tmp_path: Path) -> None:
    report = load(
        warehouse,
        tmp_path,
        "items",
        "name,ean,price\nTea,4006381333932,1\nRice,96385074,1.23456\n",
    )
    assert [(error.row, error.kind) for error in report.errors] == [
        (1, ProblemKind.MISSING_COLUMN),
        (2, ProblemKind.CHECK_DIGIT),
        (3, ProblemKind.NUMBER),
    ]
    assert "digits give 1" in report.errors[1].why
    report = load(warehouse, tmp_path, "orders", "order,sku,qty,due\nO1,TEA,1,30.11.2026\n,TEA,0,2026-11-30\n")
    assert [error.kind for error in report.errors] == [ProblemKind.DATE, ProblemKind.EMPTY, ProblemKind.RANGE]
    report = load(warehouse, tmp_path, "codes", "code,item\n12345678,TEA\n")
    assert [error.kind for error in report.errors] == [ProblemKind.CHECK_DIGIT]
    assert "internal" in report.errors[0].mend
    report = load(warehouse, tmp_path, "stock", "item,sku,location,qty\nTEA,TEA,L1,1\n")
    assert [error.kind for error in report.errors] == [ProblemKind.DOUBLE_COLUMN]


def test_a_wrong_row_at_the_end_undoes_the_whole_file(warehouse: StockStore, tmp_path: Path) -> None:
    before = list(warehouse.records())
    lines = "".join(f"TEA,L1,B{n},1\n" for n in range(12_000))
    report = load(warehouse, tmp_path, "stock", f"item,location,lot,qty\n{lines}TEA,L1,B0,7\n")
    assert [(error.row, error.kind) for error in report.errors] == [(12_002, ProblemKind.DUPLICATE)]
    assert "row 2 already" in report.errors[0].why
    assert list(warehouse.records()) == before


def test_a_broken_end_undoes_the_whole_file(warehouse: StockStore, tmp_path: Path) -> None:
    before = list(warehouse.records())
    report = load(warehouse, tmp_path, "stock", 'item,location,qty\nTEA,L1,5\nTEA,L2,x\n"TEA"L,3,1\n')
    assert [(error.row, error.kind) for error in report.errors] == [(3, ProblemKind.NUMBER), (4, ProblemKind.SHAPE)]
    assert list(warehouse.records()) == before


def test_a_broken_file_does_not_fill_memory(warehouse: StockStore, tmp_path: Path) -> None:
    report = load(warehouse, tmp_path, "stock", "item,location,qty\n" + "NONE,L1,x\n" * 3_000)
    assert len(report.errors) == KEPT
    assert report.error_count == 3_000 * 2 + 2_999
    assert report.counts == {"number": 3_000, "unknown_item": 3_000, "duplicate": 2_999}


@pytest.mark.parametrize("name", ["none.csv", "a.pdf", "a.xlsx", "a.parquet"])
def test_a_file_that_cannot_be_read_is_a_report_too(warehouse: StockStore, tmp_path: Path, name: str) -> None:
    if not name.startswith("none"):
        (tmp_path / name).write_bytes(b"nothing of use")
    report = import_file(tmp_path / name, "stock", warehouse)
    assert [(error.row, error.kind) for error in report.errors] == [(None, ProblemKind.FILE)]
    assert str(report.errors[0]).startswith(f"{name}: ")


def test_an_empty_file_lacks_its_columns(warehouse: StockStore, tmp_path: Path) -> None:
    report = load(warehouse, tmp_path, "stock", "")
    assert {error.kind for error in report.errors} == {ProblemKind.MISSING_COLUMN}
    assert [error.column for error in report.errors] == ["item", "location", "qty"]
    assert load(warehouse, tmp_path, "stock", "item,location,qty\n").ok


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", ";;\n \n", ' ;""\n\t\n', "\ufeff\n\n"])
def test_blank_rows_before_the_header_are_passed_over(warehouse: StockStore, tmp_path: Path, blank: str) -> None:
    report = load(warehouse, tmp_path, "stock", f"{blank}item;location;qty\nTEA;L1;5\n\nTEA;L2;x\n")
    assert [(error.row, error.column) for error in report.errors] == [(6, "qty")]
    report = load(warehouse, tmp_path, "stock", f"{blank}item;qty\n")
    assert [(error.row, error.column) for error in report.errors] == [(3, "location")]
    report = load(warehouse, tmp_path, "stock", blank)
    assert {(error.row, error.kind) for error in report.errors} == {(1, ProblemKind.MISSING_COLUMN)}
    report = load(warehouse, tmp_path, "stock", f'{blank}item;location;qty\n"TEA"L;1;5\n')
    assert [(error.row, error.kind) for error in report.errors] == [(4, ProblemKind.SHAPE)]


def test_a_table_in_the_middle_of_a_sheet(warehouse: StockStore, tmp_path: Path) -> None:
    path = tmp_path / "stock.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["item", "location", "qty"], ["TEA", "L1", 5], ["TEA", "L2", "x"]], start=3):
            sheet.write_row(row, 1, cells)
    report = import_file(path, "stock", warehouse)
    assert [(error.row, error.column) for error in report.errors] == [(6, "qty")]


@given(first=st.text(alphabet='\n\r ;,\t"\x00aé\ufeff', max_size=12))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_file_begins_with_is_told(warehouse: StockStore, tmp_path: Path, first: str) -> None:
    report = load(warehouse, tmp_path, "stock", f"{first}\nitem,location,qty\nTEA,L1,x\n")
    assert report.errors
    assert all(error.row is None or error.row > 0 for error in report.errors)


def test_bytes_that_are_no_utf8_are_located(warehouse: StockStore, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes("item,name\nA,fine\nB,Gr\xf6\xdfe\n".encode("latin-1"))
    report = import_file(path, "items", warehouse)
    assert [(error.row, error.column, error.kind) for error in report.errors] == [(3, "name", ProblemKind.CHARACTER)]
    assert "0xF6" in report.errors[0].why


def test_only_the_columns_of_the_file_are_changed(warehouse: StockStore, tmp_path: Path) -> None:
    report = loaded(warehouse, tmp_path, "items", "SKU,Cost,Colour\nTEA,3.10,green\nNEW,1,red\n")
    assert (report.rows, report.ignored) == (2, ("Colour",))
    tea, new = warehouse.item("TEA"), warehouse.item("NEW")
    assert tea is not None and new is not None
    assert (tea.name, tea.unit_cost, tea.gtin, dict(tea.packs)) == ("Tea", 31_000, "04006381333931", {1: 6})
    assert (new.name, new.unit_cost, new.abc_class) == ("", 10_000, "C")
    loaded(warehouse, tmp_path, "items", "item,packs,tracking\nTEA,2:24,LOT\n")
    tea = warehouse.item("TEA")
    assert tea is not None
    assert (dict(tea.packs), tea.tracking.value) == ({2: 24}, "lot")


def test_stock_sets_the_listed_records(warehouse: StockStore, tmp_path: Path) -> None:
    text = "Bin,Article,On Hand,Batch,stock status\nL1,TEA,99,,\n\nL2, TEA ,1,B9,damaged\n,,,,\n"
    assert loaded(warehouse, tmp_path, "stock", text).rows == 2
    found = {(row.item, row.location, row.lot, row.status): row.qty for row in warehouse.records()}
    assert found == {
        ("TEA", "L1", None, StockStatus.AVAILABLE): 99,
        ("TEA", "L2", "B9", StockStatus.DAMAGED): 1,
        ("TEA", "L2", "B1", StockStatus.AVAILABLE): 4,
        ("RICE", "L3", None, StockStatus.AVAILABLE): 7,
    }


def test_every_table_can_be_imported(store: StockStore, tmp_path: Path) -> None:
    loaded(store, tmp_path, "items", "item,name\nTEA,Tea\n")
    loaded(store, tmp_path, "locations", "location,site,zone,gln\nL1,HAM,A,4006381000000\n")
    loaded(
        store,
        tmp_path,
        "codes",
        "code,item,quantity,kind\n4006381333931,TEA,1,\n4711,TEA,2,\n12345678,TEA,3,internal\n340063810000000018,TEA,9,SSCC\n",
    )
    assert [(code.code, code.quantity) for code in store.all_codes()] == [
        ("04006381333931", 1),
        ("12345678", 3),
        ("340063810000000018", 9),
        ("4711", 2),
    ]
    loaded(
        store,
        tmp_path,
        "orders",
        "order_id,item,qty,due,customer,allow_backorder,placed_at\nO,TEA,2,2026-11-30,C,yes,\n",
    )
    assert list(store.orders()) == [
        OrderLine(order_id="O", item="TEA", qty=2, due=20_787, customer="C", allow_backorder=True)
    ]
    loaded(store, tmp_path, "listings", "channel,item,state,published\nweb,TEA,Out of stock,\n")
    assert list(store.listings()) == [Listing(channel="web", item="TEA", state=ListingState.OUT_OF_STOCK)]
    for _ in range(2):
        loaded(store, tmp_path, "reservations", "item,qty,location,order\nTEA,3,L1,\nTEA,3,,O\n")
    assert list(store.reservations()) == [
        Reservation(item="TEA", qty=3, location="L1"),
        Reservation(item="TEA", qty=3, order_id="O"),
    ]
    loaded(
        store,
        tmp_path,
        "purchase_orders",
        "po,line,vendor,item,ordered,received at\nP,10,S,TEA,5,1970-01-01T00:00:01Z\n",
    )
    assert list(store.purchase_orders()) == [
        PurchaseOrderLine(po="P", line="10", supplier="S", item="TEA", qty_ordered=5, received_at=1_000_000)
    ]
    planned = {
        "suppliers": (
            "vendor,item,lead time,on time,minimum order\nS,TEA,6.5,0.9,12\n",
            ("S", "TEA", 0, 1, 12, 6.5, 0, 0.9),
        ),
        "demand": ("item,week,days,sold\nTEA,2026-11-23,7,9\n", ("TEA", 20_780, 7, 9)),
        "returns": ("rma,item,qty,opened\nR1,TEA,1,2026-11-20\n", ("R1", "TEA", 1, 20_777)),
        "planning": ("item,reorder level,maximum stock\nTEA,20,60\n", ("TEA", 20, 0, 60, 0)),
        "lots": ("item,batch,best before\nTEA,B1,2027-04-30\n", ("TEA", "B1", 20_938)),
    }
    for name, (text, row) in planned.items():
        loaded(store, tmp_path, name, text)
        with store.engine.connect() as connection:
            assert [tuple(found) for found in connection.execute(schema.metadata.tables[name].select())] == [row]
    assert set(TABLES) == {path.stem for path in tmp_path.glob("*.csv")} | {"stock", "movements", "contents"}


MOVEMENTS = (
    "item,location,delta,ts,document,id\nTEA,L1,-3,2026-11-23T10:00:00Z,D1,{0}\nTEA,L1,-3,2026-11-23T10:00:00Z,D1,{1}\n"
)


@pytest.mark.parametrize(("keys", "qty"), [(("", ""), 4), (("k1", "k2"), 4), (("k1", ""), 4)])
def test_movements_are_booked_once(warehouse: StockStore, tmp_path: Path, keys: tuple[str, str], qty: int) -> None:
    """Two equal rows are two movements; the same file again is none."""
    assert loaded(warehouse, tmp_path, "movements", MOVEMENTS.format(*keys)).rows == 2
    assert loaded(warehouse, tmp_path, "movements", MOVEMENTS.format(*keys)).rows == 0
    assert [row.qty for row in warehouse.records(location="L1")] == [qty]


def test_movement_keys_may_not_repeat_in_a_file(warehouse: StockStore, tmp_path: Path) -> None:
    report = load(warehouse, tmp_path, "movements", MOVEMENTS.format("k", "k"))
    assert [error.kind for error in report.errors] == [ProblemKind.DUPLICATE]


def test_history_is_kept_but_not_applied(warehouse: StockStore, tmp_path: Path) -> None:
    loaded(warehouse, tmp_path, "movements", MOVEMENTS.format("", ""), history=True)
    assert [row.qty for row in warehouse.records(location="L1")] == [10]
    assert len(list(warehouse.movements())) == 2


def test_hostile_cells_are_kept_as_text(warehouse: StockStore, tmp_path: Path) -> None:
    evil = '=HYPERLINK(""http://x"")<script>'
    loaded(warehouse, tmp_path, "items", f'item,name\n"=1+1","{evil}"\n')
    assert warehouse.names(["=1+1"]) == {"=1+1": evil.replace('""', '"')}
    report = load(warehouse, tmp_path, "items", f"item,name\nA\x00B,x\nC,{'x' * 4_000}\nD,a\u202eb\n")
    assert [error.kind for error in report.errors] == [
        ProblemKind.CHARACTER,
        ProblemKind.TOO_LONG,
        ProblemKind.CHARACTER,
    ]


def test_a_workbook(warehouse: StockStore, tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(0, 0, ["Order", "Item", "Qty", "Due", "Backorder"])
        sheet.write_row(1, 0, [4711, "TEA", 2])
        sheet.write_datetime(1, 3, datetime.datetime(2026, 11, 30), day)
        sheet.write_boolean(1, 4, True)
    report = import_file(path, "orders", warehouse)
    assert report.ok, report.errors
    assert list(warehouse.orders()) == [OrderLine(order_id="4711", item="TEA", qty=2, due=20_787, allow_backorder=True)]


def test_the_error_of_a_formula_is_no_empty_cell(warehouse: StockStore, tmp_path: Path) -> None:
    path = tmp_path / "stock.xlsx"
    before = list(warehouse.records())
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["Item", "Location", "Qty", "Status", "Remark"])
        sheet.write_row("A2", ["TEA", "L1", 5])
        sheet.write_row("A4", ["TEA", "L2", 5])
        sheet.write_formula("D2", "=NA()", None, "#N/A")
        sheet.write_formula("C4", "=1/0", None, "#DIV/0!")
        sheet.write_formula("E4", "=1/0", None, "#REF!")
    report = import_file(path, "stock", warehouse)
    assert [(error.row, error.column, error.kind) for error in report.errors] == [
        (2, "status", ProblemKind.FORMULA),
        (4, "qty", ProblemKind.FORMULA),
    ]
    assert str(report.errors[0]) == (
        "stock.xlsx, row 2, column status: the cell holds #N/A, the error of a formula, and no value. "
        "Mend the formula, or put the value (or nothing) in its place."
    )
    assert list(warehouse.records()) == before
    report = load(warehouse, tmp_path, "items", "item,name,price\n#NAME?,x,1\nB,#N/A,1\nC,x, #WERT!\nD,# 7,2\n")
    assert [(error.row, error.column) for error in report.errors] == [(2, "item"), (3, "name"), (4, "price")]


def test_a_long_code_typed_as_a_number_is_refused(warehouse: StockStore, tmp_path: Path) -> None:
    """A spreadsheet keeps 15 digits of a number: what it shows then is another code."""
    path = tmp_path / "codes.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["code", "item"])
        for row, code in enumerate([95211410000000014, 1234567890123456, 123456789012345, "95211410000000014"], 1):
            sheet.write_row(row, 0, [code, "TEA"])
    report = import_file(path, "codes", warehouse)
    assert [(error.row, error.column, error.kind) for error in report.errors] == [
        (2, "code", ProblemKind.CODE),
        (3, "code", ProblemKind.CODE),
    ]
    assert str(report.errors[0]) == (
        "codes.xlsx, row 2, column code: '9.521141000000002e+16' was read as a number, which keeps only its first "
        "15 digits. Format the column as text and enter the cell again."
    )


def test_a_parquet_file(warehouse: StockStore, tmp_path: Path) -> None:
    path = tmp_path / "stock.parquet"
    pq.write_table(
        pa.table({"item": ["TEA", "TEA"], "location": ["L1", "L3"], "lot": [None, "B"], "qty": [1, 2]}), path
    )
    steps: list[tuple[int, int]] = []
    report = import_file(path, "stock", warehouse, progress=lambda done, total: steps.append((done, total)))
    assert report.ok, report.errors
    assert steps == [(2, 2)]
    assert [(row.location, row.lot, row.qty) for row in warehouse.records(item="TEA")] == [
        ("L1", None, 1),
        ("L2", "B1", 4),
        ("L3", "B", 2),
    ]


def test_an_unknown_table_is_a_programming_error(warehouse: StockStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one of items"):
        import_file(tmp_path / "a.csv", "nothing", warehouse)


def real_products(shared: Path, limit: int | None) -> list[tuple[str, str]]:
    path = shared / "data" / "products" / "gtin_products.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as source:
        return [(row["barcode"], row["name"]) for row in islice(csv.DictReader(source), limit)]


def write_items(path: Path, products: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["sku", "ean", "name"])
        writer.writerows([f"P{number}", code, name] for number, (code, name) in enumerate(products))


def test_real_products_become_the_catalogue(store: StockStore, shared: Path, tmp_path: Path, full: bool) -> None:
    """Real names hold control characters here and there: each is told, and without them all come in."""
    products = real_products(shared, None if full else 5_000)
    path = tmp_path / "items.csv"
    write_items(path, products)
    report = import_file(path, "items", store)
    faulty = [row for row, (_, name) in enumerate(products, start=2) if re.search(r"[\x00-\x1f\x7f-\x9f]", name)]
    assert [error.row for error in report.errors] == faulty
    assert {error.column for error in report.errors} <= {"name"}
    write_items(path, [(code, re.sub(r"[\x00-\x1f\x7f-\x9f]", "", name)) for code, name in products])
    report = import_file(path, "items", store)
    assert report.ok, "\n".join(map(str, report.errors[:20]))
    assert report.rows == len(products)
    last = products[-1][0].zfill(14)
    assert [code.item for code in store.codes(last)] == [f"P{len(products) - 1}"]


def test_a_million_records_need_little_memory(tmp_path: Path, full: bool) -> None:
    """Peak memory of a process of its own, from the start of Python to the end of the import."""
    count, items, places = (1_000_000, 100_000, 10_000) if full else (60_000, 10_000, 1_000)
    (tmp_path / "items.csv").write_text("item\n" + "".join(f"SKU-{n:06d}\n" for n in range(items)))
    (tmp_path / "locations.csv").write_text("location\n" + "".join(f"L-{n:05d}\n" for n in range(places)))
    with (tmp_path / "stock.csv").open("w") as file:
        file.write("item;location;lot;qty\n")
        for n in range(count):
            lot = f"B{n // items}" if n % 5 == 0 else ""
            file.write(f"SKU-{n % items:06d};L-{(n // items * 7919 + n * 31) % places:05d};{lot};{n % 50}\n")
    script = textwrap.dedent("""
        import re, sys
        from pathlib import Path
        from scanstation.exchange.importer import import_file
        from scanstation.store.stock import open_stock
        folder, steps = Path(sys.argv[1]), []
        with open_stock(folder / "stock.db") as store:
            for table in ("items", "locations", "stock"):
                done = lambda done, total: steps.append(done / total)
                report = import_file(folder / f"{table}.csv", table, store, progress=done)
                assert report.ok, report.errors[:3]
            assert 0.99 < steps[-1] < 1.01 and max(steps) < 1.01, steps[-1]
            # what getrusage tells begins with the peak of the parent
            peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
            print(store.counts()["stock_records"], int(peak[1]) // 1024)
    """)
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    records, megabytes = map(int, done.stdout.split())
    assert records == count
    assert megabytes < 400


def test_a_shipping_notice_says_all_that_a_logistic_unit_holds(warehouse: StockStore, tmp_path: Path) -> None:
    one, two = "340063810000000018", "340063810000000025"
    notice = f"Pallet;Article;Batch;Qty\n{one};TEA;A;24\n{one};TEA;;6\n{two};RICE;;9000\n"
    assert loaded(warehouse, tmp_path, "contents", notice).rows == 3
    assert warehouse.contents(one) == (
        Content(item="TEA", lot=None, quantity=6),
        Content(item="TEA", lot="A", quantity=24),
    )
    loaded(warehouse, tmp_path, "contents", f"sscc,item,quantity\n{one},RICE,5\n")
    assert warehouse.contents(one) == (Content(item="RICE", lot=None, quantity=5),)
    assert warehouse.contents(two) == (Content(item="RICE", lot=None, quantity=9000),)


def test_a_wrong_shipping_notice_changes_nothing(warehouse: StockStore, tmp_path: Path) -> None:
    unit = "340063810000000018"
    loaded(warehouse, tmp_path, "contents", f"sscc,item,quantity\n{unit},TEA,5\n")
    rows = [
        f"{unit},TEA,7",
        f"{unit},TEA,8",
        f"{unit},RICE,0",
        "340063810000000019,TEA,1",
        "12,TEA,1",
        f"{unit},NONE,1",
    ]
    report = load(warehouse, tmp_path, "contents", "sscc,item,quantity\n" + "\n".join(rows) + "\n")
    assert [(error.row, error.column, error.kind) for error in report.errors] == [
        (3, "unit, item, lot", ProblemKind.DUPLICATE),
        (4, "quantity", ProblemKind.RANGE),
        (5, "unit", ProblemKind.CHECK_DIGIT),
        (6, "unit", ProblemKind.CODE),
        (7, "item", ProblemKind.UNKNOWN_ITEM),
    ]
    assert warehouse.contents(unit) == (Content(item="TEA", lot=None, quantity=5),)


def test_a_unit_that_spans_the_chunks_of_a_file_keeps_all_its_lines(warehouse: StockStore) -> None:
    with warehouse.importing() as session:
        session.write("contents", ("unit", "item", "lot", "quantity"), [("1", "TEA", "A", 1)])
        session.write("contents", ("unit", "item", "lot", "quantity"), [("1", "TEA", "B", 2)])
    assert [content.lot for content in warehouse.contents("1")] == ["A", "B"]


def test_units_in_units_are_the_sum_of_them(warehouse: StockStore, tmp_path: Path) -> None:
    rows = "P1;;TEA;5\nM1;P1;RICE;100\n1JC1;M1;TEA;7\nC2;M1;TEA;8\n"
    assert loaded(warehouse, tmp_path, "contents", "Unit;Packed in;Item;Qty\n" + rows).rows == 4
    assert warehouse.contents("P1") == (
        Content(item="RICE", lot=None, quantity=100),
        Content(item="TEA", lot=None, quantity=20),
    )
    assert warehouse.contents("M1")[1] == Content(item="TEA", lot=None, quantity=15)
    assert warehouse.contents("C1") == (Content(item="TEA", lot=None, quantity=7),)  # its identifier is none of it
    assert (warehouse.packed_units("P1"), warehouse.packed_in("C2")) == (("M1", "C1", "C2"), "M1")
    loaded(warehouse, tmp_path, "contents", "unit,inside,item,quantity\nC3,M1,TEA,1\n")  # a new notice of M1
    assert (warehouse.packed_units("M1"), warehouse.contents("M1")) == (
        ("C3",),
        (Content(item="TEA", lot=None, quantity=1),),
    )
    assert warehouse.packed_in("M1") == "P1"  # where M1 stands it does not say


def test_a_circle_of_units_is_no_trap(warehouse: StockStore, tmp_path: Path) -> None:
    loaded(warehouse, tmp_path, "contents", "unit,inside,item,quantity\nA,B,TEA,1\nB,A,TEA,2\n")
    assert warehouse.contents("A") == warehouse.contents("B") == (Content(item="TEA", lot=None, quantity=3),)


def test_the_command_line_offers_every_table() -> None:
    assert set(NOUNS) == set(TABLES)
