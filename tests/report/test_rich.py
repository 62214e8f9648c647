"""The rich scenario: figures worked out by hand, every text format against its whole file."""

import pytest

from dangjian_score.core.watching import unwatched
from dangjian_score.report.formats import reporter
from dangjian_score.words.say import load_words
from tests.rich import EVIDENCE, TEXT_FORMATS, expected_text, rich, scored

BY_HAND = {
    # A: 15 + 14.5 + 10, B 40, C 20, prizes 2.5 + 2.5 held to 4
    "第一党支部": (1, "103.5", "优秀"),
    "第五党支部": (2, "100.0", "一般"),  # full marks; an accident leaves 一般 at most
    "<第八>&“=支部”": (3, "100.0", "优秀"),  # A 15 + 14 + 10, B 40, C 20, a prize 1; behind 第五 by section A
    "第二党支部": (4, "96.3", "优秀"),  # 15 + 13.75 + 10, 20 - 4.5 + 2, 20, 20 = 96.25
    "第四党支部": (5, "96.3", "优秀"),  # (15 + 13.5 + 40 + 20) of 90, so 98.33; - 2
    "第七党支部": (6, "76.5", "一般"),  # 15 + 11.5 + 10, 20 + 0, 20
    "第三党支部": (7, "75.5", "一般"),  # 10 + 12 + 5, 20 + 18.5, 20 - 10: of one case the dearer
    "第九党支部": (8, "59.0", "较差"),  # 15 + 13.5 + 10, 40, 0: 78.5, but 开除 leaves 59
    "第六党支部": (9, "38.0", "较差"),  # 0 + 2.5 + 0, 20 - 13.5, 20 - 5, 20, - 6
}


def test_figures_are_those_worked_out_by_hand() -> None:
    view = rich()
    result = view.result
    assert {unit.unit: (unit.rank, view.total(unit.total), unit.grade) for unit in result.units} == BY_HAND
    assert [one.unit for one in result.excluded] == ["第十党支部"]
    chosen = {one.selection.title: one.units for one in result.selections}
    assert chosen == {
        "先进党支部": ("第一党支部", "<第八>&“=支部”", "第二党支部"),  # 30 % of 11
        "一等奖": ("第一党支部",),
        "二等奖": ("<第八>&“=支部”", "第二党支部"),
        "通报批评": ("第九党支部", "第六党支部"),
    }


def test_start_and_lines_make_the_points() -> None:
    for unit in rich().result.units:
        for _, node in unit.trace().all_nodes():
            below = sum(one.points for one in node.nodes)
            lines = sum(one.points for one in node.lines)
            assert node.start + lines + below == node.points, (unit.unit, node.id)


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_formats_whole(form: str, *, public: bool) -> None:
    written = reporter(form)(rich(public=public), unwatched)
    assert written.decode() == expected_text(form, public=public)


PRIVATE = [
    "张三",
    "李四",
    "王五",
    "赵书记",
    "甲案",
    "乙案",
    "酒后",
    "受贿",
    "开除",
    "撤职",
    "警告",
    "核定调整：",
    "已补",
]
PRIVATE += ["重大责任事故", "挪用党费", "成立不满", ".csv", "评分.csv"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_the_public_sees_no_persons_cases_or_reasons(form: str, language: str) -> None:
    words = load_words("en" if language == "en" else "zh")
    written = reporter(form)(rich(public=True, language=words.language), unwatched).decode()
    assert [one for one in PRIVATE if one in written] == []


def test_the_private_words_are_there_without_it() -> None:
    """Else the test above could not fail."""
    written = reporter("json")(rich(), unwatched).decode()
    evidence = "".join(path.read_text("utf-8") for path in EVIDENCE.iterdir())
    assert [one for one in PRIVATE if one not in written and one not in evidence] == []
    assert all(
        one in written for one in ("张三", "李四", "王五", "赵书记", "乙案", "开除", "重大责任事故", "成立不满", ".csv")
    )


def test_points_made_public_are_the_same() -> None:
    open_, all_ = rich(public=True).result.units, rich().result.units
    assert [(one.unit, one.total, one.kinds, one.grade) for one in open_] == [
        (one.unit, one.total, one.kinds, one.grade) for one in all_
    ]
    assert scored()[3].units[0].unit == open_[0].unit
