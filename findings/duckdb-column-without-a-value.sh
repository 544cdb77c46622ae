#!/usr/bin/env bash
# duckdb 1.1 to 1.5 (shown with 1.5.6): a Parquet column without any value is an INTEGER, and text cannot be joined to
# it.
#
# Seen (2026-12-01): a column of Parquet's type null, as pyarrow writes one in which no row has a value, is described
# as INTEGER. Joined with a column of text it raises "Could not convert string 'L7' to INT32", although a comparison of
# the same column with the literal 'L7' runs; copied into a table, that comparison raises as well.
# Expected: nothing equals a null, so no row comes back and nothing is raised; so does duckdb 2.0.0, which keeps type
# NULL.
# Why it matters: an audit in which no item has a lot is such a table. With one lot it is reconciled, without it fails.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat >"$dir/ask.py" <<'PY'
import sys
import duckdb, pyarrow, pyarrow.parquet
path = sys.argv[1] + "/reads.parquet"
pyarrow.parquet.write_table(pyarrow.table({"bin": ["A-01", "A-02"], "lot": pyarrow.nulls(2)}), path)
duckdb.sql(f"CREATE TABLE reads AS FROM '{path}'")
print("type", duckdb.sql(f"DESCRIBE FROM '{path}'").fetchall()[1][1].strip('"'))
for what, query in {
    "file, literal": f"SELECT count(*) FROM '{path}' WHERE lot = 'L7'",
    "file, join": f"SELECT count(*) FROM '{path}' JOIN (SELECT 'L7' AS lot) USING (lot)",
    "table, literal": "SELECT count(*) FROM reads WHERE lot = 'L7'",
}.items():
    try:
        print(what, duckdb.sql(query).fetchall()[0][0])
    except duckdb.Error as error:
        print(what, type(error).__name__)
PY

run() {
  python3 -m venv "$dir/$1"
  "$dir/$1/bin/pip" install --quiet --disable-pip-version-check "$1" pyarrow==26.0.1
  "$dir/$1/bin/python" "$dir/ask.py" "$dir"
}

old=$(run duckdb==1.5.6)
new=$(run duckdb==2.0.0)
printf 'duckdb 1.5.6\n%s\nduckdb 2.0.0\n%s\n' "$old" "$new"
[ "$old" = $'type INTEGER\nfile, literal 0\nfile, join ConversionException\ntable, literal ConversionException' ]
[ "$new" = $'type NULL\nfile, literal 0\nfile, join 0\ntable, literal 0' ]
