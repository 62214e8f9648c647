"""Persons, cases, levels, assessors and values of attributes: one normal form; rows that say the same."""

import pytest

from dangjian_score.core.names import fold
from tests.evidence.test_tables import HEAD, LISTED, MATRIX, NO_EVENTS, REGISTER, ROUNDS, Found, read, unit
from tests.support import points


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "张　三"),
        ("2024（3）号", "2024(3)号"),
        ("〔2024〕3号", "[2024]3号"),
        ("“甲”案", "「甲」案"),
        ("阿·里", "阿•里"),
        ("一支部", "一\u200b支部"),
        ("一支部", "一支部\ufeff"),
        ("Ａ组", "a组"),
        ("Team A", "TEAM  a"),
        ("第1支部", "第 1 支部"),
        ("一—二", "一－二"),
        ("⼀支部", "一支部"),
        *(
            ("一支部", f"一{char}支部")
            for char in "\ufe00\u3164\u034f\u2800\u115f\uffa0\u180b\u17b4\U000e0100\U000e0041"
        ),
        ("A支部", "А支部"),  # Cyrillic
        ("A支部", "Α支部"),  # Greek
        ("KPI", "КРІ"),  # Cyrillic throughout
        ("Хор", "хОр"),  # case does not count in other scripts either
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A 1", "A1"),
        ("1 2", "12"),
        ("甲案", "乙案"),
        ("3.5", "35"),
        ("μg", "mg"),
        ("己支部", "已支部"),
        ("末支部", "未支部"),
        ("Ⅱ组", "11组"),
        ("B组", "8组"),
        ("Б组", "6组"),
    ],
)
def test_names_that_differ(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_persons_and_cases_are_one_in_whatever_spelling() -> None:
    rows = HEAD + "一支部,迟到,,2024-03-01,张三,,2,\n一支部,迟到,,2024-03-02,张　三,,,\n"
    rows += "二支部,处分,警告,2024-03-01,李,2024(3)号,,否\n二支部,处分,撤职,2024-03-02,王,2024（3）号,,否\n"
    evidence, found, result = read(REGISTER, m=MATRIX, r=rows)
    assert found == [("N016", "E3"), ("N016", "F5")]
    assert result is not None
    assert points(result, "一支部")["B"] == -2  # three times late, two a month and person at most
    assert points(result, "二支部")["B"] == -5  # the dearer sanction of one case
    assert [event.columns["人员"].value for event in unit(evidence, "一支部").events] == ["张三", "张三"]


@pytest.mark.parametrize("nothing", ["无", "—", "/", "\\", "不详", "待定", "N/A", "null", "空", "-", "暂无", "没有"])
def test_placeholders_are_blanks(nothing: str) -> None:
    rows = HEAD + f"一支部,处分,警告,2024-03-01,张,{nothing},,否\n一支部,处分,撤职,2024-03-02,李,{nothing},,否\n"
    _, found, result = read(REGISTER, m=MATRIX, r=rows)
    assert found == []
    assert result is not None
    assert points(result, "一支部")["B"] == -7  # two cases, not one that is called so
    assert read(REGISTER, m=MATRIX, r=HEAD + f"一支部,迟到,,2024-03-01,{nothing},,,\n")[1] == [("E066", "A2")]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("一支部,迟到,,2024-03-01,同上,,,", [("E093", "E2")]),
        ("一支部,迟到,,2024-03-01,〃,,,", [("E093", "E2")]),
        ("一支部,处分,警告,2024-03-01,张,1.10101E+17,,否", [("E093", "F2")]),
        ("一支部,处分,警告,2024-03-01,张,110101199001011234,,否", []),  # text keeps all digits
        ("一支部,处分,警告,2024-03-01,1E5,1e5,,否", []),  # a spreadsheet would have written 1E+05
        ("一支部,处分,警告,2024-03-01,张,#N/A,,否", [("E032", "F2")]),
        ("同上,迟到,,2024-03-01,张,,,", [("E093", "A2")]),
        ("一支部,迟到,,2024-03-01,张三、李四,,,", [("E093", "E2")]),
        ("一支部,迟到,,2024-03-01,张三等3人,,,", [("E093", "E2")]),
        ("一支部,处分,警告,2024-03-01,张三、李四,甲案,,否", []),  # the rules of this register look at no person
    ],
)
def test_keys_that_cannot_be_used(row: str, wrong: Found) -> None:
    assert read(REGISTER, m=MATRIX, r=f"{HEAD}{row}\n")[1] == wrong


def test_units_that_differ_by_what_nobody_sees() -> None:
    assert read(REGISTER, m="党支部,缺\n一支部,1\n一支部\u200b,2\n", r=HEAD)[1] == [("E029", "A3")]


ALIKE = [
    *(("一支部", f"一{char}支部") for char in "\u200b\ufe00\u3164\u034f\u2800\u00ad\U000e0100"),
    *(
        ("A支部", "А支部"),
        ("CEO支部", "СЕО支部"),
        ("A支部", "Α支部"),
        ("第10支部", "第1O支部"),
        ("二〇支部", "二0支部"),
    ),
    *(("一支部", "—支部"), ("一支部", "ー支部"), ("口岸支部", "ロ岸支部"), ("工会支部", "エ会支部")),
]
"""Pairs of units that are one to the eye; the last are a dash, and letters of Japanese."""


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_units_that_look_alike_are_named(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        found = read(REGISTER, m=f"党支部,缺\n{first},1\n二支部,0\n{second},2\n", r=HEAD)[1]
        assert found == [("E029", "A4")]


def test_honest_units_do_not_look_alike() -> None:
    names = "一支部 二支部 十一支部 ⅡA支部 IA支部 1A支部 AI支部 A1支部 B支部 8支部 己支部 已支部 日支部 曰支部"
    names += " α组 β组 1-2支部 12支部 〇一支部 一一支部"
    rows = "".join(f"{name},0\n" for name in names.split())
    assert read(REGISTER, m=f"党支部,缺\n{rows}", r=HEAD)[1] == []


KINDS = """
attributes: [类型]
measures: {类型: {levels: [A类, B类]}, 档: {levels: [C档, D档]}}
sections: [{title: 甲, id: A, max: 10, rules: [{deduct: 1, per: KPI未完成}, {deduct: {C档: 1, D档: 2}, by: 档}]}]
"""


def test_what_looks_alike_elsewhere_is_found() -> None:
    """Headings, names of the roster, kinds of units, levels: with Cyrillic letters they are what they look like."""
    matrix = "党支部,КРІ未完成,档\nВ支部,1,D档\nC支部,2,С档\n"
    roster = {"u": "党支部,类型\nB支部,А类\nС支部,B类\n"}
    _, found, result = read(KINDS, roster, m=matrix)
    assert [code for code, _ in found] == ["N016"] * len(found)
    assert result is not None
    assert points(result, "B支部")["A"] == 7  # 10 - 1 - 2
    assert points(result, "С支部")["A"] == 7  # 10 - 2 - 1


def test_values_of_attributes() -> None:
    text = LISTED.replace("measures: {类型: {levels: [村, 社区]}}\n", "").replace("[类型]", "[类型, 片区]")
    matrix = "党支部,缺,类型,片区\n一支部,1,村,东 片\n二支部,0,村,东片\n三支部,0,村,无\n"
    evidence, found, _ = read(text, m=matrix, r=NO_EVENTS)
    assert found == [("N016", "D3")]
    assert [one.attributes.get("片区") for one in evidence.units] == ["东 片", "东 片", None]
    assert read(text, m=matrix.replace("村,无", "同上,无"), r=NO_EVENTS)[1] == [("N016", "D3"), ("E093", "C4")]


def test_rounds_in_another_spelling() -> None:
    matrix = "党支部,轮次,缺,奖,典型\n一支部,上 半年,1,1,否\n一支部,下半年,3,2,是\n"
    _, found, result = read(ROUNDS, m=matrix, r="党支部,事项,日期,轮次,查实\n")
    assert found == [("N016", "B2")]
    assert result is not None


TWICE = "党支部,事项,级别,日期,人员,案件,数量,主动,序号,经办人,文号,说明\n"
SEEN = "一支部,处分,警告,2024-03-01,张,甲案,,否,1,王,,\n"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("一支部,处分,警告,2024年3月1日,张,甲案,1,否,2,李,,\n", [("E046", "A3")]),  # the same but for idle columns
        ("一支部,处分,警告,2024-03-01,张,甲 案,,否,2,王,,\n", [("N016", "F3"), ("E046", "A3")]),
        ("一支部,处分,警告,2024-03-01,张,甲案,,否,1,王,3号,\n", [("W014", "A3")]),
        ("一支部,处分,警告,2024-03-01,张,甲案,,否,1,王,,又一次\n", [("W014", "A3")]),
        ("一支部,处分,警告,2024-03-02,张,甲案,,否,1,王,,\n", []),
        ("一支部,处分,警告,2024-03-01,张,甲案,2,否,1,王,,\n", []),
        ("一支部,处分,警告,2024-03-01,张,甲案,,是,1,王,,\n", []),  # a column that the rubric looks at
        ("二支部,处分,警告,2024-03-01,张,甲案,,否,1,王,,\n", []),
    ],
)
def test_events_told_twice(row: str, found: Found) -> None:
    wrong = read(REGISTER, m=MATRIX, r=TWICE + SEEN + row)[1]
    assert [one for one in wrong if one[0] != "N003"] == found


def test_rulings_told_twice() -> None:
    text = "sections: [{id: A1, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}]\n"
    head = "党支部,指标,调整分,理由,批准人,日期\n一支部,A1,1,补交,党委,2024-03-01\n"
    assert read(text, m=MATRIX, r=head + "一支部,A1,1.0,补 交,党委,2024/3/1\n")[1] == [("E046", "A3")]
    assert read(text, m=MATRIX, r=head + "一支部,A1,1,漏记,党委,2024-03-01\n")[1] == [("W014", "A3")]
    assert read(text, m=MATRIX, r=head + "一支部,A1,2,补交,党委,2024-03-01\n")[1] == []


def test_a_cell_that_its_event_does_not_look_at_is_named() -> None:
    rows = HEAD + "一支部,迟到,,2024-03-01,张,,,是\n"
    assert read(REGISTER, m=MATRIX, r=rows)[1] == [("N024", "H2")]


ONE_CAUSE = """
sections:
  - {id: A, title: 甲, max: 9, rules: [{deduct: 1, per: 缺}, {deduct: 1, per: 迟}, {deduct: 1, if: 有错}]}
"""


def test_one_cause_is_one_finding() -> None:
    roster = {"u": "党支部\n一支部\n离退休党支部\n三支部\n"}
    head = "党支部,缺,迟,有错\n一支部,1,1,否\n"
    misspelt = head + "三支部,1,1,否\n离退休干部党支部,1,1,否\n"
    assert read(ONE_CAUSE, roster, m=misspelt)[1] == [("E043", "A4")]
    assert read(ONE_CAUSE, roster, m=head)[1] == [("E095", ""), ("E095", "")]
    assert read(ONE_CAUSE, m=head + "二支部,,,\n")[1] == [("E095", "A3")]
    assert read(ONE_CAUSE, m=head + "二支部,,1,\n")[1] == [("E021", "B3"), ("E021", "D3")]
    two = {"m": "党支部,缺\n一支部,1\n二支部,2\n", "n": "党支部,迟,有错\n一支部,1,否\n"}
    assert read(ONE_CAUSE, None, **two)[1] == [("E095", "A3")]
