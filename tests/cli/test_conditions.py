"""Conditions at the command line: on days, of which only some parts decide, in lines, decisions and letters."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.papers import texts
from tests.support import run

Capture = pytest.CaptureFixture[str]
RUBRIC = """
dangjian: 1
rubric: tiao-jian
title: 考评办法
subject: 村
period: 2024
total: 100
measures: {报送日: {type: date}, 安全事故: {register: true}}
unranked: {title: 只考核不定等次, if: {任职月数: {below: 6}}, source: {clause: 3}}
vetoes: [{title: 触碰红线, if: {any: [造假, {安全事故: {at_least: 3}}]}, grade: 较差, source: {clause: 5}}]
sections:
  - {id: A, title: 党建, max: 60, rules: [{deduct: 2, unless: {报送日: {before: 2024-12-31}}}]}
  - {id: B, title: 业务, max: 40, rules: [{deduct: {1: 3, 3: all}, at_least: 缺席次数}]}
grades:
  优秀:
    at_least: 80
    if: {报送日: {before: 2024-12-31}}
    unless: {any: [受通报, {安全事故: {at_least: 1}}]}
    source: {clause: 6}
  较差: 0
"""
MATRIX = """村,报送日,任职月数,造假,缺席次数,受通报
一村,2025-01-10,12,否,1,否
二村,2024-12-30,12,否,0,是
三村,2024-12-30,12,否,0,否
四村,2024-12-30,3,否,0,否
五村,2024-12-30,12,是,0,否
"""
EVENTS = "村,事项,日期\n三村,安全事故,2024-03-02\n五村,安全事故,2024-03-02\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("r.yaml", RUBRIC), ("汇总.csv", MATRIX), ("台账.csv", EVENTS)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def score(capfd: Capture, *more: str) -> str:
    ran = run(capfd, "score", "r.yaml", "汇总.csv", "台账.csv", *more)
    assert ran.code == 0, ran
    return ran.out


def test_a_decision_names_the_parts_that_decide(here: Path, capfd: Capture) -> None:
    score(capfd, "-o", "r.csv")
    rows = csv.DictReader(StringIO(Path("r.csv").read_text("utf-8-sig")))
    assert {row["村"]: row["等次说明"] for row in rows} == {
        "一村": "未达到优秀条件：报送日 2025年1月10日，不早于 2024年12月31日（第6条）",
        "二村": "未达到优秀条件：受通报（第6条）",
        "三村": "未达到优秀条件：安全事故 1 次，达到 1 次（第6条）",
        "四村": "只考核不定等次：任职月数低于 6（第3条）",
        "五村": "一票否决：触碰红线（第5条）；未达到优秀条件：安全事故 1 次，达到 1 次（第6条）",
    }


def test_cells_are_those_of_the_parts_that_decide(here: Path, capfd: Capture) -> None:
    shown = score(capfd, "--detail", "-q")
    assert "得分达到优秀，但受通报，依据第6条，不得确定为优秀等次（汇总.csv!F3）" in shown
    assert "得分达到优秀，但安全事故 1 次，达到 1 次，依据第6条，不得确定为优秀等次（台账.csv!A2）" in shown
    struck = next(line for line in shown.splitlines() if "因触碰红线" in line)
    assert struck.rstrip().endswith("汇总.csv!D6")  # its one accident is none of three


def test_a_letter_asks_for_the_opposite_of_what_cost_points(here: Path, capfd: Capture) -> None:
    score(capfd, "--feedback", "f", "-q")
    letter = texts(next(path for path in Path("f").iterdir() if "一村" in path.name).read_bytes())
    assert "报送日 2025年1月10日，不早于 2024年12月31日，扣 2 分" in letter
    assert "自下一考核期起，报送日早于 2024年12月31日。" in letter
    assert "缺席次数 1，达到 1，扣 3 分（低于 1 不扣分）" in letter
    assert "自下一考核期起，缺席次数低于 1。" in letter


@pytest.mark.parametrize("how", ["before", "after", "not before", "not after"])
@pytest.mark.parametrize("rule", ["deduct: 2", "award: 2", "forfeit: true"])
@pytest.mark.parametrize("guard", ["if", "unless"])
def test_conditions_on_days_in_either_language(here: Path, capfd: Capture, rule: str, guard: str, how: str) -> None:
    compared = f"{{报送日: {{{how.removeprefix('not ')}: 2024-12-31}}}}"
    condition = f"{{not: {compared}}}" if how.startswith("not ") else compared
    text = RUBRIC.replace("deduct: 2, unless: {报送日: {before: 2024-12-31}}", f"{rule}, {guard}: {condition}")
    (here / "r.yaml").write_text(text.replace("if: {报送日: {before: 2024-12-31}}", f"if: {condition}"), "utf-8")
    for language in ("zh", "en"):
        score(capfd, "--detail", "-q", "--lang", language, "--feedback", f"f-{language}")
