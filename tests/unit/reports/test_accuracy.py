"""The accuracy measures on a case that was worked by hand."""

from scanstation.audit.findings import CountedRecord
from scanstation.reports import measure


def record(abc_class: str, expected: int, counted: int, in_tolerance: bool) -> CountedRecord:
    place = {"item": "LAMP", "location": "A-01", "lot": None}
    return CountedRecord(**place, abc_class=abc_class, expected=expected, counted=counted, in_tolerance=in_tolerance)


def test_every_measure_of_a_small_count() -> None:
    got = measure(
        [
            record("A", 10, 10, True),
            record("A", 10, 8, False),
            record("C", 100, 104, True),
            record("C", 0, 2, False),
        ]
    )
    assert (got.records, got.signed, got.shrink, got.absolute) == (4, 4, -2, 8)
    assert got.binary == 1 / 4
    assert got.in_range == 2 / 4
    assert got.units_in_range == 110 / 120
    assert got.mape == (0 + 0.2 + 0.04) / 3
    assert got.smape == (0 + 4 / 18 + 8 / 204 + 2) / 4
    assert got.by_class == (("A", 2, 0.5), ("C", 2, 0.5))


def test_nothing_counted_is_not_perfect() -> None:
    got = measure([])
    assert (got.records, got.binary, got.in_range, got.mape, got.by_class) == (0, None, None, None, ())
