"""A file that is no rehearsal: everything that is wrong with it is told at once, with its place and the remedy."""

import json

import pytest

from scanstation.configuration import SITE_CONFIG
from scanstation.rehearsal import RehearsalError, read, read_file, read_text, site
from scanstation.rehearsal.expecting import ROWS, WORDS, Expect, Lists
from scanstation.rehearsal.parts import Symbol
from scanstation.rehearsal.playing import PLAYERS
from scanstation.rehearsal.site import site_policy, station_settings
from scanstation.rehearsal.stage import WORST_FIRST
from scanstation.rehearsal.steps import KINDS
from scanstation.settings import load_policy

NOW = "2026-12-01T08:00:00Z"


def faults(**document):
    with pytest.raises(RehearsalError) as caught:
        read({"now": NOW, "steps": []} | document)
    return [str(fault) for fault in caught.value.faults]


def test_all_errors_at_once_each_with_its_place():
    found = faults(
        nwo=1,
        now="2026-12-01",
        station={"foo": 1, "join_window_s": "a", "devices": [{"name": "x", "antennas": {}}]},
        policy={"ask": 1, "tolerance": {"A": {"units": "x"}}},
        tables={"items": [{"item": "A", "colour": "x"}], "kits": []},
        steps=[
            {"do": "opne"},
            {"do": "scan", "payload": "x", "hex": "00"},
            {"do": "scan", "payload": "x", "color": 1},
            {"do": "quantity", "qty": "7"},
            {"do": "wait", "after": -1},
            {"do": "wait", "after": 1, "at": NOW},
            {"do": "sign_in", "operator": "C09"},
            {"after": 3},
            7,
            {"do": "scan", "payload": "x", "aim": "E0"},
        ],
        expect={"booked": [{"itm": 1}], "decisions": [], "verdicts": ["good"], "count": [{"of": "booked", "is": -1}]},
    )
    for part in (
        "the file: not known here yet: nwo",
        'now: "2026-12-01" is no time with its zone. Write 2026-12-01T08:00:00Z.',
        "station: not known here yet: foo",
        "station, join_window_s: 'a' must be a number",
        "station, devices, row 1: not known here yet: antennas. A rehearsal has no wires",
        "policy: not known here yet: ask",
        "policy, tolerance, A, units",
        "tables, items row 1: not known here yet: colour. The columns are item, name, gtin",
        "tables: not known here yet: the table kits. Known are items",
        "step 1: not known here yet: a step 'opne'. The steps are scan",
        "step 2 (scan): give the payload either as payload or as hex",
        "step 3 (scan): not known here yet: color. scan knows payload",
        'step 4 (quantity), qty: "7" must be a whole number.',
        "step 5 (wait), after: -1 must be at least 0.",
        "step 6 (wait): after and at are both there",
        'step 7 (sign_in), operator: "C09"',
        "step 8: do is missing",
        "step 9: 7 must be a JSON object.",
        "step 10 (scan), aim: 'E0' is no AIM identifier, such as ]E0.",
        "expect, booked: not known here yet: itm; its fields are location, item",
        "expect: not known here yet: decisions. expect knows booked",
        'expect, verdicts, row 1: "good"',
        "expect, count, row 1, is: -1",
    ):
        assert any(line.startswith(part) for line in found), (part, found)
    assert len({line.split(".")[0] for line in found}) == len(found), "each once"


def test_what_the_importer_refuses_is_told_with_the_rest():
    found = faults(tables={"items": [{"item": "A", "gtin": "123"}]}, steps=[{"do": "x"}])
    assert [line.split(":")[0] for line in found] == ["step 1", "tables, items row 1, gtin"]


def test_an_import_step_names_tables_and_columns_that_exist():
    found = faults(
        steps=[
            {"do": "import", "table": "kits", "rows": []},
            {"do": "import", "table": "stock", "rows": [{"item": "A"}, {"item": "A", "owner": "B"}]},
            {"do": "import", "table": "stock", "rows": [], "complete": True},
        ]
    )
    assert any(line.startswith("step 3 (import): not known here yet: complete") for line in found)
    found = faults(
        steps=[
            {"do": "import", "table": "kits", "rows": []},
            {"do": "import", "table": "stock", "rows": [{"item": "A"}, {"item": "A", "owner": "B"}]},
        ]
    )
    assert [line.split(".")[0] for line in found] == [
        "step 1 (import): not known here yet: the table kits",
        "step 2 (import), stock row 2: not known here yet: owner",
    ]


def test_times_run_forward():
    steps = [{"do": "wait", "after": 60}, {"do": "wait", "at": "2026-12-01T09:00:59+01:00"}, {"do": "wait", "at": NOW}]
    assert [line.split(":")[0] for line in faults(steps=steps)] == ["step 2 (wait), at", "step 3 (wait), at"]
    read({"now": NOW, "steps": [{"do": "wait", "after": 60}, {"do": "wait", "at": "2026-12-01T09:01:00+01:00"}]})


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "line 1, column 2: is no JSON"),
        ('{"now": 1, "now": 2}', '"now": is there twice'),
        ("[]", "the file: holds no JSON object"),
        ("[" * 100_000, "the file: is nested too deeply"),
        ('{"title": "\\ud800"}', "the file: holds half of a character"),
    ],
)
def test_no_json_object(text, part):
    with pytest.raises(RehearsalError) as caught:
        read_text(text)
    assert str(caught.value.faults[0]).startswith(part)
    assert len(caught.value.faults) == 1


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin").write_bytes(b'{"title": "\xe9"}')
    for name, part in (("nothing", "cannot be read"), ("", "cannot be read"), ("latin", "is no UTF-8 text")):
        with pytest.raises(RehearsalError, match=part):
            read_file(tmp_path / name)


@pytest.mark.parametrize("part", ["station", "policy", "tables", "steps", "expect"])
@pytest.mark.parametrize("value", [None, 5, "x", [1], {"x": 1}, {"items": 5}, {"devices": 5}, {"devices": [5]}, True])
def test_any_value_at_any_place_is_an_error_and_no_crash(part, value):
    try:
        read({"now": NOW, "steps": [], part: value})
    except RehearsalError as error:
        assert error.faults
    else:
        assert part == "expect" and value is None


def test_a_payload_is_bytes_where_it_can_be_and_utf_8_where_not():
    assert Symbol(payload="é\x1d").data == b"\xe9\x1d"
    assert Symbol(payload="ž").data == "ž".encode()
    assert Symbol(hex="e9 1D").data == b"\xe9\x1d"


def test_the_shipped_settings_stand_under_those_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "station.toml").write_text('station = "OTHER"\n')
    (tmp_path / "policy.toml").write_text("four_eyes_above = 1\n")
    monkeypatch.setenv(SITE_CONFIG, str(tmp_path))
    monkeypatch.setenv("SCANSTATION_STATION", "ENV")
    settings = station_settings({"join_window_s": 1.0, "labels": {"location": "L-"}}, tmp_path)
    assert (settings.station, settings.join_window_s, settings.labels.location) == ("ST01", 1.0, "L-")
    assert settings.labels.command == "CMD-"
    (bench,) = station_settings({"devices": [{"name": "bench", "url": "serial:///dev/ttyACM0"}]}, tmp_path).devices
    assert (bench.name, bench.url) == ("bench", "null://")
    policy = site_policy({"tolerance": {"A": {"units": 3}}})
    monkeypatch.delenv(SITE_CONFIG)
    shipped = load_policy()
    assert policy.four_eyes_above == shipped.four_eyes_above
    assert policy.tolerance["A"].units == 3
    assert policy.tolerance["B"] == shipped.tolerance["B"]


def test_what_is_shipped_stands_under_the_file(tmp_path, monkeypatch):
    (tmp_path / "station.toml").write_text('region = "GERMANY"\n[labels]\nlocation = "L-"\ncommand = "C-"\n')
    monkeypatch.setattr(site, "shipped_config", lambda: tmp_path)
    site.shipped.cache_clear()
    try:
        settings = station_settings({"labels": {"location": "P-"}}, tmp_path)
        assert (settings.region, settings.labels.location, settings.labels.command) == ("GERMANY", "P-", "C-")
    finally:
        site.shipped.cache_clear()


def test_every_step_has_its_player_and_every_word_its_place():
    assert set(PLAYERS) == set(KINDS.values())
    assert sorted(WORST_FIRST) == sorted(WORDS)
    assert set(ROWS) == set(Lists.model_fields) <= set(Expect.model_fields)


def test_what_is_read_can_be_written_again():
    document = {"now": NOW, "steps": [{"do": "scan", "payload": "x"}, {"do": "wait", "at": "2026-12-02T08:00:00Z"}]}
    rehearsal = read(document)
    again = json.loads(rehearsal.model_dump_json(exclude_defaults=True, by_alias=True))
    assert read(again) == rehearsal
