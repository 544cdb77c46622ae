"""The doctor says what is missing, what that costs, and the remedy."""

from pathlib import Path

import pytest

from scanstation.settings import Settings
from scanstation.station.doctor import examine


def test_a_healthy_machine_has_every_essential(tmp_path: Path) -> None:
    checks = {check.name: check for check in examine(Settings(data_dir=tmp_path))}
    assert all(check.ok for check in checks.values() if check.essential)
    assert all(check.remedy or check.ok for check in checks.values())
    assert {"zbar", "postgresql", "mosquitto", "default-jre-headless", "chromium"} <= set(checks)
    assert not checks["zbar"].essential


def test_a_broken_policy_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policy.toml").write_text("four_eyes_above = 'much'\n", "utf-8")
    monkeypatch.setenv("SCANSTATION_CONFIG", str(tmp_path))
    policy = next(check for check in examine(Settings(data_dir=tmp_path)) if check.name == "policy.toml")
    assert not policy.ok and policy.essential and "policy.toml" in policy.remedy
    assert "four_eyes_above: 'much' must be a whole number" in policy.found


def test_optional_programs_are_missed_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = {check.name: check for check in examine(Settings(data_dir=tmp_path)) if not check.ok}
    assert missing["mosquitto"].remedy == "sudo apt-get install -y mosquitto"
    assert not missing["mosquitto"].essential
