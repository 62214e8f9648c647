"""Notes that begin with 待核: each is a warning at the place of the note, wherever in the rubric it stands."""

from dangjian_score.checks.gate import validate
from dangjian_score.core.diagnostics import Code, Diagnostic, Severity

RUBRIC = """\
dangjian: 1
rubric: test-1
title: 试
source: {document: 细则.docx, note: 待核：没有写成规则的话}
sections:
  - id: A
    title: 学习
    source: {clause: 一, note: 待核：合计对不上}
    items:
      - title: 集中学习
        max: 5
        source: {note: '待核: 累计不超过3分'}
        rules:
          - {deduct: 1, if: 缺课}
          - {deduct: 5, judge: 学习扣分, note: 待核：视情节扣分}
          - {deduct: 1, if: 无记录, source: {note: 待核}}
      - title: 党课
        max: 5
        source: {note: 原文有误，待核的已经核过}
        rules: [{deduct: 1, if: 未上党课, note: 按次数算}]
vetoes:
  - {title: 受处分, if: 受处分, source: {note: 待核：后果没有写}}
grades:
  优秀: 8
  不合格: {at_least: 0, source: {note: 待核：原文没有写最低一等}}
"""


def unsettled(text: str) -> list[Diagnostic]:
    return [found for found in validate(text.encode(), "r.yaml")[1] if found.code is Code.UNSETTLED]


def test_every_note_of_a_rule_or_a_source_is_reported_at_its_place() -> None:
    found = unsettled(RUBRIC)
    assert [(each.place.line, dict(each.args)["words"]) for each in found] == [
        (4, "没有写成规则的话"),
        (8, "合计对不上"),
        (12, "累计不超过3分"),
        (15, "视情节扣分"),
        (16, ""),
        (22, "后果没有写"),
        (25, "原文没有写最低一等"),
    ]
    assert {each.severity for each in found} == {Severity.WARNING}


def test_the_place_is_that_of_the_note() -> None:
    (found,) = (each for each in unsettled(RUBRIC) if each.place.line == 15)
    line = RUBRIC.split("\n")[14]
    assert found.place.column == line.index("待核：视情节扣分") + 1
    assert found.path == ("sections", 0, "items", 0, "rules", 1, "note")


def test_a_note_stays_reported_beside_an_error() -> None:
    assert len(unsettled(RUBRIC.replace("max: 5", "max: 5\n        mux: 5", 1))) == len(unsettled(RUBRIC))


def test_a_note_of_several_lines_is_said_in_one() -> None:
    text = RUBRIC.replace("note: 待核：视情节扣分}", 'note: "待核：视情节\\n  扣分"}')
    assert ("words", "视情节 扣分") in [arg for each in unsettled(text) for arg in each.args]
