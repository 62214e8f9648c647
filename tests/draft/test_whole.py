"""What sentences outside of items say of all units: grades, their limits, vetoes, selections, rounding."""

from typing import Any

import pytest

from dangjian_score.draft.layout.outline import Item, Outline, OutlineSection
from dangjian_score.draft.whole.bounds import span_in
from dangjian_score.draft.whole.read import DraftedWhole, whole_of
from dangjian_score.draft.whole.sentences import sentences_of
from tests.draft.equality import figure

GRADES = "90分以上为优秀，80分以上为良好，60分以上为合格，60分以下为不合格。"


def said(*lines: str, title: str = "考核细则") -> DraftedWhole:
    return whole_of(Outline(title, (), lines))


@pytest.mark.parametrize(
    ("text", "low", "top", "with_top"),
    [
        ("90分以上", 90, None, False),
        ("80分以上不满90分的", 80, 90, False),
        ("80分（含）-90分（不含）", 80, 90, False),
        ("75分以上、85分以下（含85分）", 75, 85, True),
        ("80分≤得分<90分", 80, 90, False),
        ("得分≤60分", 0, 60, True),
        ("60分及以下", 0, 60, True),
        ("总分不低于92分", 92, None, False),
        ("不足60分", 0, 60, False),
    ],
)
def test_bounds(text: str, low: int, top: int | None, with_top: bool) -> None:
    span = span_in(text)
    assert span is not None
    assert (span.low, span.top, span.with_top) == (low, top, with_top)


def test_a_sentence_without_points_has_no_bounds() -> None:
    assert span_in("按支部总数的30%，不超过5个，2024年起") is None


@pytest.mark.parametrize(
    ("lines", "grades"),
    [
        ((GRADES,), {"优秀": 90, "良好": 80, "合格": 60, "不合格": 0}),
        (("考核分为优秀（≥90分）、良好（80—89分）、一般（60—79分）、较差（＜60分）四个等次。",),
         {"优秀": 90, "良好": 80, "一般": 60, "较差": 0}),
        (("等次为优秀、良好、较差，对应分值分别为90分以上、60分以上不满90分、不满60分。",),
         {"优秀": 90, "良好": 60, "较差": 0}),
        (("1.95分以上的评为五星级；", "2.80分以上不满95分的评为四星级；", "3.80分以下的评为三星级。"),
         {"五星级": 95, "四星级": 80, "三星级": 0}),
        (("95分以上挂红牌，70分以上、95分以下挂黄牌，70分以下挂黑牌。",), {"红牌": 95, "黄牌": 70, "黑牌": 0}),
        (("75分以下（含75分）为不达标；75分以上为达标。",), {"达标": {"above": 75}, "不达标": 0}),
        (("85分以上为先进党支部，60分以下为后进党支部，其余为达标党支部。",),
         {"先进党支部": 85, "达标党支部": 60, "后进党支部": 0}),
        (("等次 得分区间 数量", "A等 90—100分 不超过4个", "B等 60—89分 不限", "C等 59分及以下 不限"),
         {"A等": {"at_least": 90, "places": 4}, "B等": 60, "C等": 0}),
        (("得分排名前30%且达到90分的为优秀，其余60分以上的为合格，不足60分的为不合格。",),
         {"优秀": {"at_least": 90, "quota": "30%"}, "合格": 60, "不合格": 0}),
        (("90分以上的为“先进支部”，60分以下的为“后进支部”。",), {}),  # nobody says what lies between
        (("得分85分以上的，可推荐为先进党支部。",), {}),
        (("资料90分、现场10分。",), {}),
    ],
)  # fmt: skip
def test_grades(lines: tuple[str, ...], grades: dict[str, Any]) -> None:
    found = said(*lines).grades.named
    wanted = {name: low if isinstance(low, dict) else {"at_least": low} for name, low in grades.items()}
    assert figure({name: _keys(grade) for name, grade in found.items()}) == figure(wanted)


def _keys(grade: Any) -> dict[str, Any]:
    return {"above" if grade.above else "at_least": grade.least, **grade.limit}


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("优秀等次不超过参评支部总数的30%。", {"优秀": {"quota": "30%"}}),
        ("优秀不超过30%，良好不超过40%。", {"优秀": {"quota": "30%"}, "良好": {"quota": "40%"}}),
        ("优秀、良好等次的比例分别控制在20%、40%以内。", {"优秀": {"quota": "20%"}, "良好": {"quota": "40%"}}),
        ("优秀等次占参评支部的五分之一。", {"优秀": {"quota": "20%"}}),
        ("优秀支部最多评选6个。", {"优秀": {"places": 6}}),
        ("优秀支部一般不超过支部总数的三成。", {"优秀": {"quota": "30%"}}),
        ("优秀名额按支部总数的25%掌握，名额四舍五入取整，不足1个的按1个计。",
         {"优秀": {"quota": "25%", "quota_rounding": "nearest", "at_least_one": True}}),
        ("优秀不超过30%，其中机关不超过10%。", {}),  # two shares of one grade: a person has to read it
        ("先进支部从优秀等次中评选，名额不超过25%。", {}),
    ],
)  # fmt: skip
def test_limits_of_grades(line: str, limits: dict[str, Any]) -> None:
    found = said(GRADES, line).grades.named
    assert figure({name: grade.limit for name, grade in found.items() if grade.limit}) == figure(limits)


@pytest.mark.parametrize(
    ("line", "effects"),
    [
        ("党员被追究刑事责任的，直接定为不合格。", [{"grade": "不合格"}]),
        ("受到党纪处分的，不得评为优秀。", [{"grade_at_most": "良好"}]),
        ("受到党纪处分的，不得评为良好以上等次。", [{"grade_at_most": "合格"}]),
        ("弄虚作假的，不予评定优秀、良好等次。", [{"grade_at_most": "合格"}]),
        ("班子成员被留置的，取消优秀等次、良好等次评选资格。", [{"grade_at_most": "合格"}]),
        ("整改不力的，等次最高定为合格。", [{"grade_at_most": "合格"}]),
        ("提供虚假材料的，总分计零分。", [{"total": 0}]),
        ("挪用党费的，总分按60分计。", [{"total": 60}]),
        ("有下列情形之一的，年度积分清零：1.参加邪教的；2.拒不执行决议的。", [{"total": 0}, {"total": 0}]),
        ("发生重大事故的，取消评优资格。", [{}]),
        ("被立案查处的，取消评优资格，直接定为不合格等次。", [{"grade": "不合格"}]),
        ("有下列情形之一的，定为不合格：（1）发生事故的；（2）弄虚作假的。",
         [{"grade": "不合格"}, {"grade": "不合格"}]),
        ("触碰下列红线的，按以下规定处理：1.发生事故的，定为不合格；2.整改不力的，最高评为合格。",
         [{"grade": "不合格"}, {"grade_at_most": "合格"}]),
        ("一票否决：发生事故的，定为不合格。", [{"grade": "不合格"}]),
        ("一票否决", []),
        ("对等次为不合格的支部，由党委约谈书记。", []),
        ("不足60分的，定为不合格等次。", []),
    ],
)  # fmt: skip
def test_vetoes(line: str, effects: list[dict[str, Any]]) -> None:
    found = said(GRADES, line).vetoes
    assert figure([veto.effect for veto in found]) == figure(effects)
    assert not any(veto.marked for veto in found)


@pytest.mark.parametrize("line", ["打招呼、说情的，年度考核降低一个等次。", "拒绝检查的，在原定等次基础上下降一档。"])
def test_one_grade_less_is_marked(line: str) -> None:
    (veto,) = said(GRADES, line).vetoes
    assert veto.marked
    assert veto.effect == {}


def test_a_veto_of_which_nothing_else_is_said_is_marked() -> None:
    """What 一票否决 costs is left open, unless honours are what is denied."""
    (veto,) = said(GRADES, "发生违法犯罪、重大安全事故的，一票否决。").vetoes
    assert (veto.marked, veto.effect) == (True, {})
    (veto,) = said(GRADES, "发生违法犯罪的，一票否决，取消评先资格。").vetoes
    assert (veto.marked, veto.effect) == (False, {})


def test_a_section_of_vetoes() -> None:
    section = OutlineSection(
        "一票否决", "veto", own=Item("一票否决", standard="发生事故的，定为不合格；\n弄虚作假的，不得评为优秀。")
    )
    found = whole_of(Outline("考核细则", (section,), (GRADES,))).vetoes
    assert [veto.effect for veto in found] == [{"grade": "不合格"}, {"grade_at_most": "良好"}]


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ("排名前三名的授予“红旗支部”称号，排名末位的由党委约谈。",
         [("红旗支部", {"places": 3}), ("约谈", {"places": 1, "lowest_first": True})]),
        ("按得分由高到低取前20%表彰为“先进支部”。", [("先进支部", {"quota": "20%"})]),
        ("得分低于70分的，全镇通报批评。", [("通报批评", {"below": 70})]),
        ("得分排在末位10%且低于65分的，挂牌整顿。",
         [("挂牌整顿", {"quota": "10%", "lowest_first": True, "below": 65})]),
        ("总分在90分以上且名次进入前四位的，推荐参评市级先进。", [("先进", {"at_least": 90, "places": 4})]),
        ("从优秀等次中评选10个示范支部。", [("示范支部", {"places": 10, "grade_at_least": "优秀"})]),
        ("对优秀支部予以通报表扬，对不合格支部由党委约谈书记。",
         [("通报表扬", {"grade_at_least": "优秀"}), ("约谈", {"grade_at_most": "不合格"})]),
        ("评选一等奖1名、二等奖2名。", [("一等奖", {"places": 1}), ("二等奖", {"places": 2})]),
        ("第1名的评为一等奖，第2名至第4名的评为二等奖。", [("一等奖", {"places": 1}), ("二等奖", {"places": 3})]),
        ("得分低于60分的，约谈书记并扣发奖金500元。", [("约谈", {"below": 60})]),
        ("第4名至第8名授予优胜。", []),  # ranks from the fourth on: a person has to read it
        ("考核结果作为干部任用的重要参考。", []),
    ],
)  # fmt: skip
def test_selections(line: str, chosen: list[tuple[str, dict[str, Any]]]) -> None:
    found = said(GRADES, line).selections
    assert [(each.title, figure(each.keys)) for each in found] == [(title, figure(keys)) for title, keys in chosen]


@pytest.mark.parametrize(
    ("line", "rounding"),
    [
        ("考核得分保留两位小数。", {"total": 2, "mode": "half_up"}),
        ("各项得分保留两位小数，总分保留一位小数，四舍五入。", {"total": 1, "mode": "half_up"}),
        ("总分四舍五入取整数。", {"total": 0, "mode": "half_up"}),
        ("得分取小数点后两位。", {"total": 2, "mode": "half_up"}),
        ("得数取一位小数，其余舍去。", {"total": 1, "mode": "down"}),
        ("各项分值扣完为止。", {}),
    ],
)
def test_rounding(line: str, rounding: dict[str, Any]) -> None:
    assert said(line).rounding == rounding


def test_sentences_have_their_cases() -> None:
    first, second, third = sentences_of(
        ["说明：1.各项扣完为止。有下列情形之一的，不得评优：①发生事故；②弄虚作假。考核由县委组织。"]
    )
    assert (first.said, second.said, third.said) == ("各项扣完为止", "有下列情形之一的，不得评优", "考核由县委组织")
    assert second.cases == ("发生事故", "弄虚作假")
    assert (first.cases, third.cases) == ((), ())
