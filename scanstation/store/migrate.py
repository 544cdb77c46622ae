"""Bring a stock file to this release's schema."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from scanstation.store.engine import StoreError, StoreReason, reading, writing

HEAD = "0004"
"""The newest schema revision; known here so that opening an up-to-date file need not load the migration tool."""

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
"""The folder of the migration scripts, shipped inside the package."""


def upgrade(engine: Engine, *, to: str = HEAD) -> None:
    """Create or upgrade the schema, in one transaction.

    Raises `StoreError`: NEWER_SCHEMA when a later release wrote the file, NOT_A_STOCK_FILE when it holds somebody
    else's tables.
    """
    with reading(engine) as connection:
        found = _revision(connection)
    if found == to:
        return
    with writing(engine) as connection:
        found = _revision(connection)  # another process may have upgraded it meanwhile
        if found != to:
            _run(connection, found, to)


def _revision(connection: Connection) -> str | None:
    """The revision of the file, None for an empty one."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if tables:
        raise StoreError(
            StoreReason.NOT_A_STOCK_FILE,
            f"{connection.engine.url.database} holds other tables ({', '.join(tables[:3])}) and no stock schema",
            "Name another file; a stock file is made where there is none.",
        )
    return None


def _run(connection: Connection, found: str | None, to: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            StoreReason.NEWER_SCHEMA,
            f"{connection.engine.url.database} has schema {found}, newer than this release's {HEAD}",
            "Install the release that wrote it, or restore a backup from before the upgrade.",
        )
    command.upgrade(config, to)
