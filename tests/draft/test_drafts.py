"""Drafts of small regulations: what is settled, what is marked, and what a rubric then does with evidence."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dangjian_score.api.drafting import DraftedRubric, draft_rubric
from dangjian_score.core.facts import Value
from dangjian_score.draft import naming
from dangjian_score.draft.grammar.clauses import clauses
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.masks import Masks
from dangjian_score.draft.naming import Names
from dangjian_score.draft.reading import ItemContext
from dangjian_score.draft.rules import drafted
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.rubric.model import UNSETTLED
from tests.draft.grading import CORPUS
from tests.draft.papers import described, written
from tests.support import points, scored


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def draft(*standards: str, title: str = "某局党支部考核细则", year: int | None = None, **more: str) -> DraftedRubric:
    """Draft a regulation of one table: items 甲, 乙, … of ten points in a section 组织, with their standards."""
    rows: list[list[Any]] = [["项目", "考核内容", "分值", "评分标准"]]
    for at, standard in enumerate(standards):
        rows.append(["^" if at else "组织", "甲乙丙丁"[at], 10, standard])
    if "sum" in more:
        rows.append(["小计", "<", more["sum"], ""])
    spec = {"kind": "docx", "document": [{"text": title, "style": "title"}, {"rows": rows}]}
    name, data = written(spec)
    Path(name).write_bytes(data)
    return draft_rubric(name, year=year)


def rules(of: DraftedRubric) -> list[dict[str, Any]]:
    """Return the rules of all items as they stand in the rubric."""
    sections = yaml.safe_load(of.yaml)["sections"]
    return [rule for section in sections for item in section["items"] for rule in item["rules"]]


def points_of(of: DraftedRubric, values: Mapping[str, Value]) -> Fraction:
    """Score a unit with the drafted rubric; return its points of item 甲."""
    loaded = load(of.yaml, "xize.yaml")
    assert isinstance(loaded, Loaded), loaded
    return points(scored(loaded, 一支部=values), "一支部")["A1"]


def test_the_same_document_gives_the_same_bytes() -> None:
    texts = ("无计划、无总结的，缺一项扣1分", "缺席一次扣0.5分；工作不力的酌情扣分")
    assert draft(*texts).yaml == draft(*texts).yaml


@pytest.mark.parametrize(
    ("standard", "open_"),
    [
        ("未通知的扣2分，情节严重的加倍扣分", ["情节严重的加倍扣分"]),
        ("整改到位的减半扣分", ["整改到位的减半扣分"]),
        ("工作不力的酌情扣分", ["工作不力的酌情扣分"]),
        ("党费未收齐的按比例扣分", ["党费未收齐的按比例扣分"]),
        ("未上报的扣1分；未上报的扣2分", ["未上报的扣1分", "未上报的扣2分"]),
        (
            "党员大会每季度召开一次，全年不少于6次，少一次扣1分",
            ["党员大会每季度召开一次，全年不少于6次，少一次扣1分"],
        ),
    ],
)
def test_what_is_not_certain_is_marked_in_its_own_words(standard: str, open_: list[str]) -> None:
    found = draft(standard)
    assert [reading.words for _, reading in found.draft.readings if reading.why] == open_
    assert found.marked == len(open_)
    notes = [rule["note"] for rule in rules(found) if "note" in rule]
    assert notes == [f"{UNSETTLED}：{words}" for words in open_]
    assert all("judge" in rule for rule in rules(found) if "note" in rule)


def test_a_sum_that_fails_is_noted() -> None:
    (section,) = yaml.safe_load(draft("未换届的扣1分", "未公示的扣1分", sum="30").yaml)["sections"]
    assert section["max"] == 20
    assert section["source"]["note"].startswith(f"{UNSETTLED}：各项合计 20 分")
    (section,) = yaml.safe_load(draft("未换届的扣1分", "未公示的扣1分", sum="20").yaml)["sections"]
    assert "source" not in section


def test_a_list_of_what_is_wrong_counts_what_is_there() -> None:
    """Two faults of a point each, of ten points: 10 without any, 9 with one, 8 with both."""
    found = draft("无计划、无总结的，缺一项扣1分")
    assert rules(found) == [{"deduct": 1, "each": ["无计划", "无总结"]}]
    assert points_of(found, {"无计划": False, "无总结": False}) == 10
    assert points_of(found, {"无计划": True, "无总结": False}) == 9
    assert points_of(found, {"无计划": True, "无总结": True}) == 8


def test_a_list_of_what_is_asked_for_counts_what_is_not_there() -> None:
    """The same asked for: 10 with both, 9 with one, 8 with none."""
    found = draft("有计划、有总结，缺一项扣1分")
    assert rules(found) == [{"deduct": 1, "each_missing": ["有计划", "有总结"]}]
    assert points_of(found, {"有计划": True, "有总结": True}) == 10
    assert points_of(found, {"有计划": True, "有总结": False}) == 9
    assert points_of(found, {"有计划": False, "有总结": False}) == 8


def test_a_precondition_is_a_condition() -> None:
    """Twelve meetings a year, half a point each: 10 − 0.5 × 2 with ten of them; 10 where there are no groups."""
    found = draft("设有党小组的，党小组会每月召开1次，每少1次扣0.5分")
    assert rules(found) == [{"deduct": 0.5, "per_missing": "党小组会次数", "of": 12, "if": "设有党小组"}]
    assert points_of(found, {"设有党小组": True, "党小组会次数": Fraction(10)}) == 9
    assert points_of(found, {"设有党小组": False, "党小组会次数": Fraction(0)}) == 10


@pytest.mark.parametrize(
    ("title", "year", "period", "quota"),
    [
        ("某局党支部考核细则", None, None, {"of": 4}),
        ("某局2024年党支部考核细则", None, 2024, {"of": 1, "for_each": "quarter"}),
        ("某局党支部考核细则", 2025, 2025, {"of": 1, "for_each": "quarter"}),
        ("某局2024年党支部考核细则", 2025, 2025, {"of": 1, "for_each": "quarter"}),
    ],
)
def test_periods_are_looked_at_one_by_one_where_the_year_is_known(
    title: str, year: int | None, period: int | None, quota: dict[str, Any]
) -> None:
    found = draft("党员大会每季度召开1次，每少1次扣1分", title=title, year=year)
    (rule,) = rules(found)
    assert {key: rule[key] for key in ("of", "for_each") if key in rule} == quota
    assert yaml.safe_load(found.yaml).get("period") == period


def test_names_of_measures_are_unique_over_items() -> None:
    found = draft("缺席一次扣0.5分", "缺席一次扣1分", "缺席一次扣2分")
    names = [rule["per"] for rule in rules(found)]
    assert len(set(names)) == 3
    assert {*names} == {*yaml.safe_load(found.yaml)["measures"]}


def test_a_rule_that_checks_refuse_is_marked() -> None:
    """A range that ends before it begins is no rule: the clause is judged by hand then, the other one stays."""
    found = draft("工作不力的，视情节扣3—1分；未公示的扣1分")
    assert [reading.why for _, reading in found.draft.readings] == ["refused", None]
    fixed, judged = rules(found)
    assert fixed == {"deduct": 1, "if": "未公示"}
    assert judged["note"] == f"{UNSETTLED}：工作不力的，视情节扣3—1分"


def test_contradictory_bounds_are_marked() -> None:
    assert draft("参学率95%以上得5分，95%以上得3分；未公示的扣1分").marked == 1


# Figures that nothing takes up


STRAY: Final = 37
_NUMERAL: Final = r"[\d一二两三四五六七八九十百半零〇几]"
_PART: Final = re.compile(rf"[^，、；。,;\n]*[扣减加得](?:{_NUMERAL}|\.)+分")
_FIGURES: Final = re.compile(rf"{_NUMERAL}|[.％%点个]")


@cache
def settled_clauses() -> tuple[str, ...]:
    expected = [described(path)["expected"]["clauses"] for path in CORPUS]
    found = (clause["clause"] for document in expected for clause in document if clause.get("rules"))
    return tuple(text for text in dict.fromkeys(found) if _PART.search(text) and str(STRAY) not in text)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_figure_is_passed_over(data: st.DataObject) -> None:
    """A stray figure in the part of a clause that has the points makes it marked, or it is in the rule."""
    text = data.draw(st.sampled_from(settled_clauses()))
    part = data.draw(st.sampled_from([*_PART.finditer(text)]))
    at = data.draw(st.integers(part.start(), part.end() - 2))
    assume(not _FIGURES.match(text[at - 1 : at]) and not _FIGURES.match(text[at : at + 1]))
    strayed = f"{text[:at]}{STRAY}{data.draw(st.sampled_from('次人项篇天户'))}{text[at:]}"
    read = drafted(clauses(strayed), ItemContext("某项", Fraction(100), dated=False, gives=True), Names())
    assume(not any("each" in rule for rule in read.rules))  # see the test below
    settled = bool(read.rules) and not any(reading.why for reading in read.readings)
    is_background = str(STRAY) not in Masks().masked(evened(strayed))
    assert not settled or is_background or str(STRAY) in str(read.rules), strayed


def test_a_cap_behind_a_clause_that_was_not_read_is_no_floor() -> None:
    found = draft("完成12篇得10分，每超1篇加0.5分，最多加3分；少1篇扣1分")
    assert (found.marked, "floor" in node(found)) == (2, False)


def test_no_points_in_one_of_several_clauses_that_share_points() -> None:
    """Of a section with two clauses and 20 points 不得分 may be about any part of these."""
    text = "一、党费收缴（20分）\n1.按月足额收缴得10分，逾期扣2分。\n2.党费使用公示，未公示不得分。\n"
    Path("细则.txt").write_text(f"某局党支部考核细则\n{text}", "utf-8")
    (section,) = yaml.safe_load(draft_rubric("细则.txt").yaml)["sections"]
    *others, judged = section["rules"]
    assert others == [{"award": 10, "if": "按月足额收缴"}, {"deduct": 2, "if": "逾期"}]
    assert "未公示不得分" in judged["note"]


def test_a_figure_behind_the_end_of_a_word_is_none_of_points() -> None:
    """记 begins points in 记2分, not in 书记3次."""
    assert rules(draft("支部书记3次没有讲党课的扣2分")) == [{"deduct": 2, "if": "支部书记3次没有讲党课"}]


def test_steps_of_a_list_are_not_passed_over() -> None:
    found = draft("无计划、无总结、无台账、无记录的，每2项扣1分")
    assert found.marked == 1 or "every" in rules(found)[0]


def test_in_time_is_no_list() -> None:
    (rule,) = rules(draft("未及时上传资料的，每项扣1分"))
    assert rule.keys() == {"deduct", "per"}


def test_a_remark_in_brackets_without_figures() -> None:
    assert rules(draft("未换届的扣2分。（查阅资料）")) == [{"deduct": 2, "if": "未换届"}]


def test_an_item_without_points_is_marked(tmp_path: Path) -> None:
    """The points of an item are never guessed in silence."""
    path = tmp_path / "细则.txt"
    path.write_text(
        "考核细则\n一、组织（20分）\n1.班子（10分）未换届的扣2分。\n2.台账 无台账的扣4分。\n3.学习 无记录的扣3分。\n",
        "utf-8",
    )
    found = draft_rubric(path, None, None, "zh")
    said = [reading for _, reading in found.draft.readings if reading.why == "unwritten"]
    assert [reading.words for reading in said] == [
        "没有写本项分值，暂按 4 分",
        "没有写本项分值，暂按 3 分",
    ]
    assert f"{UNSETTLED}：没有写本项分值，暂按 4 分" in found.yaml.decode()


@pytest.mark.parametrize(
    ("standard", "start"),
    [
        ("开展志愿服务的得4分；无台账的扣1分", 6),  # six of the ten points are not given, but may be lost
        ("每少1天扣1分；受表彰的加2分", "max"),
        ("无台账的扣1分", None),
    ],
)
def test_where_an_item_begins(standard: str, start: object) -> None:
    assert node(draft(standard)).get("start") == start


def test_a_beginning_that_is_not_clear_is_marked() -> None:
    found = draft("每开展一项活动得2分；无台账的扣1分")
    assert node(found)["start"] == "max"
    assert [reading.why for _, reading in found.draft.readings] == ["unwritten", None, None]


def node(found: DraftedRubric) -> dict[str, Any]:
    (item,) = yaml.safe_load(found.yaml)["sections"][0]["items"]
    return dict(item)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("社区党组织书记和居委会主任未实现“一肩挑”", "书记和居委会主任未实现一肩挑"),
        ("在市级以上主流媒体刊发党建工作经验做法的", "在市级以上主流媒体刊发党建工"),
        ("未按时换届", "未按时换届"),
        ("支委会、党员大会、党小组会、党课缺少", "支委会等缺少"),
        ("三会一课记录、主题党日记录、党课记录不全", "三会一课记录等不全"),
        ("制度不上墙、资料不规范、活动无记录", "制度不上墙等"),
        ("有严重违纪或违法行为，或因工作失职造成重大损失的", "有严重违纪或违法等"),
    ],
)
def test_a_name_that_is_cut_still_says_what_is_wrong(text: str, name: str) -> None:
    assert naming.short(text) == name


def test_points_in_brackets_that_come_to_those_of_the_item_are_given() -> None:
    """有计划（6分）；有总结（4分） of ten points: what is done counts, and the item begins at nothing."""
    given = rules(draft("有计划（6分）；有总结（4分）。"))
    assert given == [{"award": 6, "if": "有计划"}, {"award": 4, "if": "有总结"}]
    assert draft("有计划（6分）；有总结（3分）。").marked == 2
