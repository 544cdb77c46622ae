"""Every test that has more to run at full count is one that `make proof` runs."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_what_asks_for_the_full_count_is_marked():
    asking = {
        path.relative_to(TESTS)
        for path in TESTS.rglob("test_*.py")
        if path != Path(__file__).resolve()
        and "node_modules" not in path.parts
        and '"SCANSTATION_FULL"' in path.read_text()
    }
    assert len(asking) > 10
    assert {path for path in asking if "pytestmark = pytest.mark.counted" not in (TESTS / path).read_text()} == set()
