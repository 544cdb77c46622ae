"""The demo judges itself; these tests hold the judge to it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from scanstation.demo.judge import judge
from scanstation.demo.real import run_real
from scanstation.demo.run import DemoResult, run_demo
from scanstation.settings import Settings


def run(out: Path, seed: int) -> DemoResult:
    said: list[str] = []
    return asyncio.run(run_demo(Settings(port=0), out, seed=seed, tell=said.append))


def test_every_planted_error_is_found_and_nothing_else_is_raised(tmp_path: Path, full: bool) -> None:
    for seed in range(7, 27 if full else 9):
        result = run(tmp_path / str(seed), seed)
        assert (result.verdict.missed, result.verdict.invented) == ((), ()), f"seed {seed}"
        assert result.verdict.planted == 18
        kinds = {row.kind for row in result.report.findings}
        assert kinds == {"phantom", "hidden", "misplaced", "unknown_item"}
        for name in ("report.html", "report.json", "discrepancies.csv", "order_lines.csv"):
            assert (tmp_path / str(seed) / name).stat().st_size > 100


def test_the_judge_sees_what_is_missing_and_what_is_too_much(tmp_path: Path) -> None:
    result = run(tmp_path, 11)
    report, first = result.report, result.report.findings[0]
    assert judge(report, result.truth).right
    missing = judge(replace(report, findings=report.findings[1:]), result.truth)
    assert len(missing.missed) == 1 and not missing.invented
    altered = replace(first, variance=first.variance + 1)
    wrong = judge(replace(report, findings=(altered, *report.findings[1:])), result.truth)
    assert len(wrong.missed) == 1 and len(wrong.invented) == 1


def test_the_main_job_on_real_material(
    tmp_path: Path, full: bool, monkeypatch: pytest.MonkeyPatch, shared: Path
) -> None:
    monkeypatch.setenv("SCANSTATION_SHARED", str(shared))
    said: list[str] = []
    result = run_real(tmp_path / "real", tell=said.append, every=1 if full else 12)
    assert result.planted and result.found == len(result.planted)
    assert {text.partition(" at ")[2].partition(":")[0] for text in result.unexplained} <= {"WIRE"}
    assert len(result.report.parked) > 10
    assert any("98," in text and "items imported" in text for text in said)


def test_the_list_begins_with_what_breaks_promises(tmp_path: Path) -> None:
    report = run(tmp_path, 12).report
    promised = {row.item for row in report.order_lines} | {row.item for row in report.listings}
    breaks = [row.item in promised for row in report.findings]
    assert True in breaks and breaks == sorted(breaks, reverse=True)
