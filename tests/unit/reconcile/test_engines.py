"""One definition, any engine: PostgreSQL and Spark give the rows that DuckDB gives, bad rows included."""

import json
import os
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scanstation.reconcile import ReconcileError, ReconcileReason, as_table, fingerprint, reconcile
from scanstation.reconcile.engines import EngineName, engine_of
from scanstation.reconcile.example import INPUTS, NINE

FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
NAMES = ("recorded", "counts", "reads", "movements", "orders", "reservations")


WHOLE, FACTORY, ADAPTIVE = "spark.sql.codegen.wholeStage", "spark.sql.codegen.factoryMode", "spark.sql.adaptive.enabled"
INTERPRETS = {WHOLE: "false", FACTORY: "NO_CODEGEN", ADAPTIVE: "false"}
COMPILES = {WHOLE: "true", FACTORY: "FALLBACK", ADAPTIVE: "true"}
"""What Spark does with a query; the second is its default."""


@pytest.fixture(scope="session")
def spark():
    """A Spark that interprets: compiling each of so many small queries would take most of the time."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    for name, value in INTERPRETS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def compiling(spark, monkeypatch):
    """Spark compiles, as a site's does."""
    from pyspark.sql import SparkSession

    made = SparkSession.newSession

    def compiles(session):
        new = made(session)
        for name, value in COMPILES.items():
            new.conf.set(name, value)
        return new

    monkeypatch.setattr(SparkSession, "newSession", compiles)


@pytest.fixture(params=["postgres", "spark"])
def make(request):
    """A function that returns a new engine of each kind."""
    name = EngineName(request.param)
    if name is EngineName.SPARK:
        request.getfixturevalue("spark")
        return lambda: engine_of(name, master="local[2]", partitions=2)
    folder = request.getfixturevalue("postgres")
    return lambda: engine_of(name, dsn=f"host={folder} user=postgres dbname=postgres")


@pytest.fixture
def whole(request, full):
    """Whether causes and consequences are run too: on Spark, which needs a minute for so many steps, at full count."""
    return full or request.node.callspec.params["make"] != "spark"


def prints(outcome):
    """The fingerprint and the column names of each answer."""
    found = {}
    tables = {"statuses": outcome.statuses, **{answer: outcome.answer(answer) for answer in outcome.answers}}
    for answer, table in tables.items():
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        assert all(
            pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)
            for kind in table.schema.types
        )
        found[answer] = table.column_names, fingerprint(rows)
    outcome.close()
    return found


def bad_example():
    """The worked example, with names that sort by their bytes only, empty texts, and a row of each kind of fault."""
    tables = {name: as_table(name, columns).to_pylist() for name, columns in INPUTS.items()}
    tables["orders"] += [
        {**tables["orders"][0], "order_id": "o1"},
        {**tables["orders"][0], "order_id": 'Ö,1\n"x'},
        {**tables["orders"][0], "order_id": ""},
        {**tables["orders"][0], "order_id": "O5", "item": "ghost"},
        {**tables["orders"][0], "order_id": "O6", "qty": -1},
        {**tables["orders"][0], "order_id": "O7", "due": 10**7},
        {**tables["orders"][0], "order_id": "O2", "qty": 9},
        {**tables["orders"][0]},
    ]
    tables["recorded"] += [{**tables["recorded"][1], "lot": "", "qty": 2}, {**tables["recorded"][0], "item": None}]
    held = {**tables["recorded"][0], "qty": 3, "status": "Quarantined"}
    tables["recorded"] = [*({**row, "status": "available"} for row in tables["recorded"]), held]
    mark = {"item": held["item"], "location": held["location"], "lot": None, "units": 2, "status": "damaged"}
    tables["marks"] = [mark]
    return {
        name: as_table(name, {column: [row.get(column) for row in rows] for column in rows[0]})
        for name, rows in tables.items()
    }


def test_the_example_with_bad_rows_comes_out_alike(make, whole):
    right = reconcile(bad_example(), snapshot_ts=NINE, full=whole)
    told = right.kept_out.to_pylist()
    assert {(row["source"], row["reason"]) for row in told} == {
        ("recorded", "missing"),
        *(("orders", reason) for reason in ("unknown_item", "quantity", "date", "contradicting", "repeated")),
    }
    other = reconcile(bad_example(), snapshot_ts=NINE, engine=make(), full=whole)
    assert sorted(other.kept_out.to_pylist(), key=repr) == sorted(told, key=repr)
    assert other.summary == right.summary
    (status,) = right.statuses.to_pylist()
    assert (status["quarantined_before"], status["damaged_after"], status["quarantined_after"]) == (3, 2, 1)
    assert prints(other) == prints(right)


@pytest.mark.parametrize("make", ["postgres", *(["spark"] if FULL else [])], indirect=True)
def test_audits_with_every_table_come_out_alike(make, random_audits, request):
    if request.node.callspec.params["make"] == "spark":
        request.getfixturevalue("compiling")
    audits = [random_audits.audit(random.Random(seed)) for seed in range(40)]
    inputs = random_audits.inputs_of(random_audits.together(audits))
    how = {"snapshot_ts": random_audits.T0, "as_of_ts": random_audits.NOW}
    assert prints(reconcile(inputs, engine=make(), **how)) == prints(reconcile(inputs, **how))


def audit(folder):
    inputs = {name: folder / f"{name}.parquet" for name in NAMES}
    return inputs, json.loads((folder / "meta.json").read_text())["snapshot_ts"]


def test_a_folder_comes_out_alike_and_as_the_slow_implementation_says(make, generated, slow, full, whole, tmp_path):
    inputs, snapshot_ts = audit(generated(0.1 if full else 0.001, 7))
    right = dict(
        zip(
            ("discrepancies", "items", "order_lines"),
            slow.reconcile({name: pq.read_table(path).to_pylist() for name, path in inputs.items()}, snapshot_ts),
            strict=False,
        )
    )
    outcome = reconcile(inputs, snapshot_ts=snapshot_ts, engine=make(), full=whole)
    outcome.engine.write("discrepancies", tmp_path / "discrepancies.parquet")
    written = pq.read_table(tmp_path / "discrepancies.parquet")
    assert written.num_rows == len(right["discrepancies"])
    found = prints(outcome)
    assert {name: found[name][1] for name in right} == {name: slow.sha256(rows) for name, rows in right.items()}
    if whole:
        assert found == prints(reconcile(inputs, snapshot_ts=snapshot_ts))


if FULL:

    def test_duckdb_and_spark_agree_on_a_million_records(generated, compiling):
        inputs, snapshot_ts = audit(generated(1, 8))
        spark = engine_of(EngineName.SPARK, master="local[2]", partitions=8)
        outcome = reconcile(inputs, snapshot_ts=snapshot_ts, engine=spark, full=False)
        assert prints(outcome) == prints(reconcile(inputs, snapshot_ts=snapshot_ts, full=False))


@pytest.mark.parametrize(("engine", "package"), [("postgres", "psycopg"), ("spark", "pyspark")])
def test_without_its_package_an_engine_says_how_to_get_it(monkeypatch, engine, package):
    for name in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ReconcileError) as caught:
        engine_of(EngineName(engine))
    assert caught.value.reason is ReconcileReason.ENGINE
    assert f"the engine {engine} needs {package}" in str(caught.value)
    assert caught.value.remedy == f"pip install 'scanstation[{engine}]'"


def test_without_java_spark_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ReconcileError, match="needs Java") as caught:
        engine_of(EngineName.SPARK)
    assert "install a Java runtime" in caught.value.remedy


def test_without_a_server_postgres_says_so(tmp_path):
    with pytest.raises(ReconcileError, match="cannot reach PostgreSQL") as caught:
        engine_of(EngineName.POSTGRES, dsn=f"host={tmp_path} user=nobody")
    assert "--dsn" in caught.value.remedy


def test_a_number_beyond_64_bits_is_an_error_on_every_engine(make):
    tables = {name: as_table(name, columns) for name, columns in INPUTS.items()}
    huge = tables["recorded"].set_column(3, "qty", pa.array([10**10] * 4))
    huge = huge.set_column(4, "unit_cost", pa.array([10**14] * 4))
    with pytest.raises(ReconcileError) as caught:
        reconcile({**tables, "recorded": huge}, snapshot_ts=NINE, engine=make())
    assert caught.value.reason is ReconcileReason.ENGINE
