"""Figures and rounds that used to crash or count in silence, at the command line: read right, or refused by name."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support import Ran, run

Capture = pytest.CaptureFixture[str]
HEAD = "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 单位\nperiod: 2024\nrounding: {places: 2}\n"

RANKED = "sections: [{id: A, title: 名次, max: 10, rules: [{award: {1: 10}, else: 5, rank: 考试成绩}]}]\n"
MARKS = "单位,考试成绩\n甲,88.5\n乙,90\n"
TRAINED = """sections:
  - {id: A, title: 培训, max: 2, rules: [{deduct: 0.5, per: 每月培训, where: {时长: {at_least: 2}}}]}
  - {id: B, title: 名次, max: 5, rules: [{award: {1: 5}, else: 2, rank: 得分}]}
"""
TRAINING = "单位,事项,日期,级别,时长\n甲,每月培训,2024-01-05,,1.5\n"
LATE = """measures: {报送日期: {type: date}, 截止日期: {type: date}, 迟报天数: {difference: [报送日期, 截止日期]}}
sections:
  - {id: A, title: 报表, max: 20, rules: [{deduct: 0.5, per: 迟报天数}]}
"""
DAYS = "单位,报送日期,截止日期\n甲,2024-03-01,2024-03-11\n乙,2024-03-11,2024-03-01\n"
ROUNDS = """measures: {投诉: {register: true}}
rounds:
  平时抽查: {weight: 10%, from: 2024-01-01, to: 2024-11-30}
  年终考核: {weight: 90%, from: 2024-11-01, to: 2024-12-31}
sections: [{id: A, title: 甲, max: 100, rules: [{deduct: 20, per: 投诉}]}]
"""


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> "Scoring":
    monkeypatch.chdir(tmp_path)
    return Scoring(tmp_path, capfd)


class Scoring:
    """Runs `dangjian score` on texts."""

    def __init__(self, folder: Path, capfd: Capture) -> None:
        self._folder, self._capfd = folder, capfd

    def __call__(self, rules: str, files: Mapping[str, str], *options: str) -> Ran:
        for name, text in {"r.yaml": HEAD + rules, **files}.items():
            (self._folder / name).write_text(text, "utf-8")
        return run(self._capfd, "score", "r.yaml", *files, *options)


def totals(ran: Ran) -> dict[str, str]:
    assert ran.code == 0, ran.err
    return {unit["unit"]: unit["total"] for unit in json.loads(ran.out)["units"]}


@pytest.mark.parametrize("option", [(), ("--partial",)])
def test_what_is_ranked_may_have_decimals(scored: Scoring, option: tuple[str, ...]) -> None:
    ran = scored(RANKED, {"e.csv": MARKS}, "--format", "json", *option)
    assert totals(ran) == {"甲": "5.00", "乙": "10.00"}


@pytest.mark.parametrize("option", [(), ("--partial",)])
def test_a_decimal_where_a_count_is_declared_is_told_with_the_way_out(scored: Scoring, option: tuple[str, ...]) -> None:
    ran = scored("measures: {考试成绩: {type: count}}\n" + RANKED, {"e.csv": MARKS}, *option)
    assert ran.code == 3
    told = "e.csv!B2: E022 错误: “考试成绩”里的“88.5”读不懂，应填次数（不小于 0 的整数）；“考试成绩”可以是小数的，"
    assert told + "请在细则的 measures 里给它写 type: number\n" in ran.err


def test_what_a_row_is_asked_for_may_have_decimals(scored: Scoring) -> None:
    files = {"e.csv": "单位,得分\n甲,2\n乙,1\n", "台账.csv": TRAINING}
    assert totals(scored(TRAINED, files, "--format", "json")) == {"甲": "7.00", "乙": "4.00"}


@pytest.mark.parametrize("option", [(), ("--partial",)])
def test_a_row_that_cannot_be_read_is_told(scored: Scoring, option: tuple[str, ...]) -> None:
    files = {"e.csv": "单位,得分\n甲,2\n乙,1\n", "台账.csv": TRAINING.replace("1.5", "x")}
    ran = scored(TRAINED, files, *option)
    assert (ran.code, ran.err.splitlines()[0]) == (
        3,
        "台账.csv!E2: E022 错误: “时长”里的“x”读不懂，应填数字，如 2 或 0.5",
    )


def test_a_difference_that_may_be_negative_is_refused(scored: Scoring) -> None:
    ran = scored(LATE, {"e.csv": DAYS})
    assert ran.code == 3
    assert "E097 错误: “迟报天数”可能小于 0，per 会把它当作 0" in ran.err


def test_days_between_dates_are_a_number(scored: Scoring) -> None:
    ran = scored(LATE.replace("截止日期]}", "截止日期], min: 0}"), {"e.csv": DAYS}, "--format", "json")
    assert totals(ran) == {"甲": "20.00", "乙": "15.00"}  # ten days early; ten days late at half a point
    late = next(unit for unit in json.loads(ran.out)["units"] if unit["unit"] == "乙")
    (line,) = late["nodes"][0]["lines"]
    assert line["text"] == "迟报天数 10 天，扣 10 × 0.5 = 5 分"


def test_rounds_that_overlap_are_refused_whichever_is_written_first(scored: Scoring) -> None:
    files = {"e.csv": "单位,事项,日期\n甲,投诉,2024-11-15\n"}
    first, second = ROUNDS.splitlines()[2:4]
    for rules in (ROUNDS, ROUNDS.replace(first, "@").replace(second, first).replace("@", second)):
        ran = scored(rules, files)
        assert ran.code == 3
        assert "r.yaml:10:3: E096 错误" in ran.err
        assert "（2024-11-01 至 2024-11-30）" in ran.err


def test_rounds_of_last_year_are_refused_though_no_row_has_a_date(scored: Scoring) -> None:
    rules = """rounds:
  上半年: {weight: 50%, from: 2023-01-01, to: 2023-06-30}
  下半年: {weight: 50%, from: 2023-07-01, to: 2023-12-31}
sections: [{id: A, title: 甲, max: 100, rules: [{deduct: 5, per_missing: 次数, of: 4}]}]
"""
    ran = scored(rules, {"e.csv": "单位,轮次,次数\n甲,上半年,4\n甲,下半年,4\n"})
    assert ran.code == 3
    assert ran.err.count("E098 错误") == 2


def test_nothing_is_divided_by_nothing_in_a_condition(scored: Scoring) -> None:
    rules = """measures: {率: {percent: 到, of: 应}}
sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, if: 缺}]}]
"""
    files = {"e.csv": "单位,缺,到,应\n甲,是,1,2\n乙,否,1,0\n"}
    for outside in ("vetoes: [{title: 差, if: {率: {below: 50%}}, total: 0}]", "excluded: [{title: 差, if: {率: 0%}}]"):
        ran = scored(f"{rules}{outside}\n", files)
        assert (ran.code, ran.err.splitlines()[0]) == (
            3,
            "e.csv!D3: E031 错误: “乙”的“应”是 0 或负数，不能作分母；请核对",
        )


def test_ids_and_starts_that_needed_a_detour(scored: Scoring) -> None:
    """A101 is no code of ours; what gives and may forfeit starts at nothing."""
    rules = "sections: [{id: A101, title: 甲, max: 10, rules: [{award: 4, if: 好}, {forfeit: true, if: 造假}]}]\n"
    files = {"e.csv": "单位,好,造假\n甲,是,否\n乙,否,否\n丙,是,是\n"}
    assert totals(scored(rules, files, "--format", "json")) == {"甲": "4.00", "乙": "0.00", "丙": "0.00"}


def test_a_group_still_cuts_what_it_warns_of(scored: Scoring) -> None:
    rules = """sections:
  - id: A
    title: 经济
    max: 20
    items:
      - {id: A1, title: 税收, max: 10, ceiling: 15, start: max, rules: [{award: 1, per: 超收, up_to: 5}]}
      - {id: A2, title: 外资, max: 10, rules: [{deduct: 1, per: 缺口}]}
"""
    files = {"e.csv": "单位,超收,缺口\n甲,4,1\n"}
    assert totals(scored(rules, files, "--format", "json")) == {"甲": "20.00"}
    assert totals(scored(rules.replace("max: 20", "max: 20\n    ceiling: 25"), files, "--format", "json")) == {
        "甲": "23.00"
    }
