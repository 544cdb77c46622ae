"""Opening, upgrading and refusing stock files."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from scanstation.stock.model import Item
from scanstation.store import migrate, schema
from scanstation.store.engine import StoreError, StoreReason, address_of, reading
from scanstation.store.stock import open_stock

pytestmark = pytest.mark.usefixtures("real_schema")


def test_a_new_file_has_exactly_the_schema(address: str) -> None:
    with open_stock(address) as store, reading(store.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []


def test_postgresql_too(postgres: Path) -> None:
    """Skipped where the other tests of this folder run on SQLite only."""
    with open_stock(f"postgresql://postgres@/template1?host={postgres}") as store:
        assert store.engine.dialect.name == "postgresql"


def test_migrated_checks_equal_the_schema(tmp_path: Path) -> None:
    """Checks, defaults and options too, which the comparison of the migration tool leaves out."""
    from sqlalchemy import create_engine

    def shape(path: Path) -> dict[str, list[str]]:
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql > ''")
            return {name: sorted(line.strip(" ,") for line in sql.replace('"', "").splitlines()) for name, sql in rows}

    open_stock(tmp_path / "migrated.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'direct.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    assert shape(tmp_path / "migrated.db") == shape(tmp_path / "direct.db")


def test_head_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_every_connection_is_durable_and_strict(tmp_path: Path) -> None:
    with open_stock(tmp_path / "stock.db") as store, reading(store.engine) as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}


def test_opening_again_changes_nothing_and_needs_no_migration_tool(tmp_path: Path) -> None:
    path = tmp_path / "stock.db"
    open_stock(path).close()
    before = path.read_bytes()
    code = f"import sys; from scanstation.store.stock import open_stock; open_stock({str(path)!r}).close()"
    code += "; sys.exit(any(name.split('.')[0] in ('alembic', 'pyarrow', 'duckdb') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stock.db"
    open_stock(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer") as caught:
        open_stock(path)
    assert caught.value.reason is StoreReason.NEWER_SCHEMA
    assert caught.value.remedy


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (seq INTEGER)")
    with pytest.raises(StoreError) as caught:
        open_stock(path)
    assert caught.value.reason is StoreReason.NOT_A_STOCK_FILE
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("events",)]


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 30])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stock.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        open_stock(path)
    assert caught.value.reason is StoreReason.NOT_A_STOCK_FILE
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_stock(tmp_path)
    assert caught.value.reason is StoreReason.CANNOT_OPEN


@pytest.mark.parametrize("address", ["mysql://host/db", "nonsense://", "://"])
def test_bad_addresses(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        address_of(address)
    assert caught.value.reason is StoreReason.BAD_ADDRESS


def test_a_broken_migration_leaves_no_half_schema(tmp_path: Path) -> None:
    """A process that dies in the middle of the first migration leaves an empty file."""
    path = tmp_path / "stock.db"
    code = (
        "import os\n"
        "from sqlalchemy import event, schema\n"
        "from scanstation.store.stock import open_stock\n"
        "import scanstation.store.schema as s\n"
        "from sqlalchemy import Engine\n"
        "seen = []\n"
        "def stop(connection, cursor, statement, *rest):\n"
        "    seen.append(statement)\n"
        "    if statement.lstrip().startswith('CREATE TABLE') and len(seen) > 20: os._exit(9)\n"
        "event.listen(Engine, 'before_cursor_execute', stop)\n"
        f"open_stock({str(path)!r})\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 9
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    with open_stock(path) as store:
        assert store.counts()["items"] == 0


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "stock.db"
    code = f"from scanstation.store.stock import open_stock; print(open_stock({str(path)!r}).counts()['items'])"
    command = [sys.executable, "-c", code]

    def run(_: int) -> str:
        return subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(run, range(3))) == ["0"] * 3


def test_a_file_of_the_first_release_is_upgraded_and_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "stock.db"
    with open_stock(path) as store:
        store.put_items([Item(item="TEA", name="Tea")])
    with sqlite3.connect(path) as connection:
        for later in ("packed", "contents", "demand", "returns", "planning", "lots"):
            connection.execute(f"DROP TABLE {later}")
        connection.execute("DROP INDEX ix_snapshot_audit_location")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with open_stock(path) as store:
        assert [item.item for item in store.items()] == ["TEA"]
        assert store.contents("340063810000000018") == ()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.HEAD,)


def test_contents_of_an_earlier_release_are_kept(tmp_path: Path) -> None:
    path, unit = tmp_path / "stock.db", "340063810000000018"
    with open_stock(path) as store:
        store.put_items([Item(item="TEA", name="Tea")])
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE packed")
        connection.execute("ALTER TABLE contents RENAME COLUMN unit TO sscc")
        connection.execute("INSERT INTO contents (sscc, item, quantity) VALUES (?, 'TEA', 48)", (unit,))
        connection.execute("UPDATE alembic_version SET version_num = '0003'")
    with open_stock(path) as store:
        assert [(content.item, content.quantity) for content in store.contents(unit)] == [("TEA", 48)]
