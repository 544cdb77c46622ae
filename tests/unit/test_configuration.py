"""Settings that do not fit are told all at once, with place and remedy, and never as a traceback."""

import pytest

from scanstation.cli.app import main
from scanstation.configuration import SITE_CONFIG, ConfigurationError
from scanstation.settings import load_policy, load_settings

WRONG = """\
jion_window_s = 3
session_idle_s = 5
[labels]
colour = "red"
[[devices]]
name = "dock"
[[devices]]
name = "bench"
url = "serial:///dev/ttyACM0?protocol=lines"
label_set = "sets"
repair = 7
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv(SITE_CONFIG, str(tmp_path))
    return tmp_path


def test_every_fault_of_the_settings_is_told_with_its_place(site, monkeypatch):
    (site / "station.toml").write_text(WRONG, "utf-8")
    monkeypatch.setenv("SCANSTATION_PORT", "many")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    title, *faults = str(caught.value).split("\n  ")
    assert title == f"{site / 'station.toml'} does not fit:"
    assert sorted(faults) == [
        "SCANSTATION_PORT: 'many' must be a whole number",
        "devices, row 1, url: is missing",
        "devices, row 2, label_set: 'sets' must be '', 'one' or 'set'",
        "devices, row 2, repair: 7 must have names and values",
        "jion_window_s: is not known here",
        "labels, colour: is not known here",
        "session_idle_s: 5 must be at least 30",
    ]
    assert str(caught.value.remedy).endswith("config/station.toml")


@pytest.mark.parametrize("content", [b"x = [", b"\xff\xfe", b'station = "a"\nstation = "b"\n'])
def test_a_file_that_is_no_toml(site, content):
    (site / "station.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"station\.toml is no TOML file that can be read: "):
        load_settings()


def test_a_variable_that_is_no_json(site, monkeypatch):
    monkeypatch.setenv("SCANSTATION_DEVICES", "x")
    with pytest.raises(ConfigurationError, match="devices"):
        load_settings()


def test_the_shipped_files_fit_and_variables_count_more(site, monkeypatch):
    monkeypatch.setenv("SCANSTATION_PORT", "8800")
    assert (load_settings().port, load_settings().join_window_s) == (8_800, 3.0)
    assert load_policy().ask_above == 10_000


def test_every_fault_of_the_policy_is_told(site):
    (site / "policy.toml").write_text('ask_above = "much"\n[tolerance.A]\nunits = 1.5\n', "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_policy()
    assert str(caught.value).split("\n  ")[1:] == [
        "tolerance, A, units: 1.5 must be a whole number",
        "ask_above: 'much' must be a whole number",
    ]


@pytest.mark.parametrize("command", ["doctor", "serve", "devices list"])
def test_a_command_says_it_and_ends_with_3(site, monkeypatch, capsys, command):
    (site / "station.toml").write_text("colour = 1\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["scanstation", *command.split()])
    with pytest.raises(SystemExit) as caught:
        main()
    said = capsys.readouterr().err
    assert caught.value.code == 3
    assert "station.toml does not fit:\n  colour: is not known here\n  remedy: Mend it" in said
