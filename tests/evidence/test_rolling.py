"""Registers that roll on from year to year: rows outside the period are listed and not counted."""

from pathlib import Path

import pytest

from dangjian_score.words.say import load_words
from tests.scenes import attempt, of_unit
from tests.support import rubric, run

ROLLING = """
period: 2024
measures:
  信访: {register: true, outside: ignore}
  处分: {register: true, levels: [严重]}
sections:
  - {id: A, title: 信访, max: 10, rules: [{deduct: 1, per: 信访}, {deduct: {严重: 5}, by: 处分}]}
"""
ROUNDS = (
    "rounds:\n  上半年: {weight: 50%, from: 2024-01-01, to: 2024-05-31}\n"
    "  下半年: {weight: 50%, from: 2024-07-01, to: 2024-12-31}"
)


def found(text: str, *events: dict[str, str]) -> list[tuple[str, str]]:
    _, diagnostics = attempt(rubric(text), {"甲": {"events": [*events]}})
    return [(str(one.code), dict(one.args).get("found", "")) for one in diagnostics]


def petition(day: str, **more: str) -> dict[str, str]:
    return {"事项": "信访", "日期": day, **more}


@pytest.mark.parametrize(
    ("days", "points"),
    [
        (["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"], 8),  # the first and the last day count
        (["2023-05-06", "2025-05-06"], 10),
        (["2024-02-29"], 9),
    ],
)
def test_only_the_period_counts(days: list[str], points: int) -> None:
    result, diagnostics = attempt(rubric(ROLLING), {"甲": {"events": [petition(day) for day in days]}})
    assert result is not None
    assert of_unit(result, "甲").total == points
    outside = [day for day in days if not day.startswith("2024")]
    assert [(str(one.code), dict(one.args)["found"]) for one in diagnostics] == [("N019", day) for day in outside]


def test_the_note_names_the_cell_and_the_day() -> None:
    _, (note,) = attempt(rubric(ROLLING), {"甲": {"events": [petition("2023-11-05")]}})
    assert load_words("zh").message(note) == "“甲”的信访（2023-11-05）不在考核期，未计"
    assert note.place.cell is not None


def test_other_registers_and_unreadable_days_are_errors_as_before() -> None:
    assert found(ROLLING, {"事项": "处分", "级别": "严重", "日期": "2023-11-05"}) == [("E045", "2023-11-05")]
    assert found(ROLLING.replace(", outside: ignore", ""), petition("2023-11-05")) == [("E045", "2023-11-05")]
    assert found(ROLLING, petition("2023年冬")) == [("E022", "2023年冬")]


def test_what_else_is_wrong_with_a_row_outside_does_not_matter() -> None:
    assert found(ROLLING, petition("2023-11-05", 数量="0")) == [("N019", "2023-11-05")]
    assert found(ROLLING, petition("2024-11-05", 数量="0")) == [("E027", "0")]


def test_a_row_between_the_rounds_is_no_row_outside_the_period() -> None:
    text = f"{ROUNDS}\n{ROLLING}".replace("by: 处分", "by: 处分, for_each: 人员")
    events = [petition("2024-03-01"), petition("2024-06-15"), petition("2023-06-15")]
    _, diagnostics = attempt(rubric(text), {"甲": {"events": events}})
    assert sorted(str(one.code) for one in diagnostics if one.code in ("E075", "N019")) == ["E075", "N019"]


def test_at_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(f"dangjian: 1\nrubric: gd\ntitle: 滚动\nsubject: 村\n{ROLLING}", "utf-8")
    Path("台账.csv").write_text("村,事项,日期,级别\n甲村,信访,2023-03-01,\n甲村,信访,2024-03-01,\n", "utf-8")
    Path("名册.csv").write_text("村\n甲村\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", "台账.csv", "--units", "名册.csv", "--format", "csv")
    assert ran.code == 0, ran.err
    assert "台账.csv!C2: N019 提示: “甲村”的信访（2023-03-01）不在考核期，未计" in ran.err
    assert "9.00" in ran.out
