"""Forms (自查表): one measure a row, for one unit or several, handed in alone or beside a matrix."""

import pytest

from tests.evidence.test_tables import ROUNDS, Found, read, unit
from tests.support import points

PLAIN = """
attributes: [类型]
sections:
  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, kind: bonus, assumed: true, rules: [{award: 2, if: 有计划}]}
"""
FIRST = "单位,一支部\n指标,填报值\n类型,机关\n缺,3\n有计划,是\n"
SECOND = "单位,二支部\n指标,填报值\n类型,企业\n缺,0\n有计划,否\n"


def test_one_form_a_unit() -> None:
    evidence, found, result = read(PLAIN, a=FIRST, b=SECOND)
    assert found == []
    assert result is not None
    assert (points(result, "一支部")["A"], points(result, "一支部")["B"]) == (7, 2)
    assert points(result, "二支部")["A"] == 10
    assert unit(evidence, "一支部").attributes == {"类型": "机关"}
    assert unit(evidence, "一支部").facts["缺"].cell.address == "B4"


@pytest.mark.parametrize(
    "above",
    [
        "党支部,一支部",
        "单 位：,一支部",
        "单位：一支部",
        "党支部: 一支部,",
        "年度自查表\n\n,单位,,一支部",
        "单位,一支部,填表人,张三",
    ],
)
def test_the_unit_stands_above(above: str) -> None:
    evidence, found, _ = read(PLAIN, a=FIRST.replace("单位,一支部", above))
    assert found == []
    assert [one.unit for one in evidence.units] == ["一支部"]


def test_several_units_in_a_column() -> None:
    rows = "党支部,指标,填报值\n一支部,缺,3\n一支部,有计划,是\n一支部,类型,机关\n"
    rows += "二支部,缺,1\n二支部,有计划,否\n二支部,类型,企业\n"
    _, found, result = read(PLAIN, a=rows)
    assert found == []
    assert result is not None
    assert points(result, "二支部")["A"] == 9


def test_headings_are_passed_over_in_silence_and_remarks_by_name() -> None:
    form = "单位,一支部\n序号,考核项目,要求,指标,自评值,填报值,说明,备注\n,,,组织建设\n"
    form += "1,会议,每月一次,缺,2,3,请假,无\n2,计划,年初有,有计划,是,是\n3,,,类型,机关,机关\n"
    _, found, result = read(PLAIN, a=form)
    assert found == [("N023", "E2"), ("N003", "G2"), ("N003", "H2")]
    assert result is not None
    assert points(result, "一支部")["A"] == 7  # of what was filled in, not of what the unit says of itself


def test_what_was_found_on_inspection_counts_before_what_was_filled_in() -> None:
    form = "单位,一支部\n指标,填报值,考评值\n类型,机关,机关\n缺,0,4\n有计划,是,否\n"
    _, found, result = read(PLAIN, a=form)
    assert found == [("N023", "B2")]
    assert result is not None
    assert (points(result, "一支部")["A"], points(result, "一支部")["B"]) == (6, 0)


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (FIRST.removeprefix("单位,一支部\n"), [("E076", "A1")]),
        (FIRST.replace("缺,3\n", ""), [("E025", "")]),
        (FIRST.replace("缺,3", "缺,"), [("E021", "B4")]),
        (FIRST.replace("缺,3", ",3"), [("E077", "A4"), ("E025", "")]),
        (FIRST.replace("有计划,是", "有计划否,是"), [("E024", "A5")]),
        (FIRST + "合计,3\n", [("N002", "A6")]),
        (FIRST + "人数,12\n", [("N002", "A6")]),
        (FIRST + "缺,3\n", [("N004", "B6")]),
        (FIRST + "缺,4\n", [("E026", "B6")]),
        (
            FIRST.replace("指标,填报值", "指标,填报数,填报值"),
            [("E030", "C2")],
        ),
        ("党支部,指标,填报值\n一支部,类型,机关\n一支部,缺,1\n,有计划,是\n", [("E035", "A4"), ("E025", "")]),
    ],
)
def test_what_is_wrong_with_a_form(form: str, wrong: Found) -> None:
    assert sorted(read(PLAIN, a=form)[1]) == sorted(wrong)


def test_a_form_and_a_matrix_speak_of_the_same_unit() -> None:
    matrix = "党支部,缺\n一支部,\n二支部,0\n"
    _, found, result = read(PLAIN, m=matrix, a=FIRST, b=SECOND)
    assert found == [("N004", "B3")]  # the zero of 二支部 stands in both
    assert result is not None
    assert points(result, "一支部")["A"] == 7
    assert read(PLAIN, m=matrix.replace("二支部,0", "二支部,5"), a=FIRST, b=SECOND)[1] == [("E026", "B3")]


def test_a_measure_that_only_some_forms_ask_for_is_blank_in_the_others() -> None:
    assert read(PLAIN, a=FIRST, b=SECOND.replace("缺,0\n", ""))[1] == [("E021", "B1")]


def test_rounds_stand_above_or_in_a_column() -> None:
    register = "党支部,事项\n"
    whole = "党支部,典型,奖\n一支部,否,0\n"
    above = "单位,一支部\n轮次,{}\n指标,填报值\n缺,{}\n"
    column = "单位,一支部\n指标,填报值,轮次\n缺,1,上半年\n缺,3,下半年\n"
    for forms in ({"a": above.format("上半年", 1), "b": above.format("下半年", 3)}, {"a": column}):
        _, found, result = read(ROUNDS, None, r=register, m=whole, **forms)
        assert found == []
        assert result is not None
        assert {name: one.base for name, one in result.units[0].trace().rounds.items()} == {"上半年": 9, "下半年": 7}
