"""Arrow tables on their way into an engine that does not read Parquet by itself."""

from pathlib import Path
from typing import TYPE_CHECKING

from scanstation.reconcile.errors import ReconcileError, ReconcileReason

if TYPE_CHECKING:
    import pyarrow


def read(name: str, source: "Path | pyarrow.Table") -> "pyarrow.Table":
    """Return a Parquet file or an Arrow table as an Arrow table.  Raises `ReconcileError` (ENGINE)."""
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(source).read() if isinstance(source, Path) else source
    except (OSError, pyarrow.ArrowException) as error:
        raise ReconcileError(ReconcileReason.ENGINE, f"reading {name}: {error}") from error


def identifier(name: str) -> str:
    """Return a column name as a quoted identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def plain_type(kind: "pyarrow.DataType") -> str:
    """Return an Arrow type as text, integer, number, boolean or null; any other type by its own name."""
    import pyarrow.types as types

    if types.is_dictionary(kind):
        kind = kind.value_type
    for word, fits in (
        ("text", (types.is_string, types.is_large_string, types.is_string_view)),
        ("integer", (types.is_signed_integer,)),
        ("number", (types.is_floating, types.is_decimal)),
        ("boolean", (types.is_boolean,)),
        ("null", (types.is_null,)),
    ):
        if any(fit(kind) for fit in fits):
            return word
    return str(kind)
