"""Assessors who gave no figure: left out of the mean by name, or an error; never silently a mean over fewer."""

from fractions import Fraction
from pathlib import Path

import pytest
from msgspec import Struct
from openpyxl import load_workbook

from dangjian_score.checks import evidence as due
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.words.lines import line_text
from dangjian_score.words.say import load_words
from tests.support import points, rubric, run

Capture = pytest.CaptureFixture[str]

SPEECH = "sections:\n  - {id: A, title: 述职, max: 10, rules: [{award: 10, judge: 述职评分, combine: mean}]}\n"
TWO = """
sections:
  - {id: A, title: 述职, max: 10, rules: [{award: 10, judge: 述职评分, combine: mean}]}
  - {id: B, title: 作风, max: 5, rules: [{deduct: {from: 1, to: 4}, if: 作风不好, judge: 作风扣分, combine: mean}]}
"""
HEAD = "党支部,评委,述职评分\n"
BOTH = "党支部,评委,述职评分,作风扣分\n"


class Outcome(Struct, frozen=True):
    """What is found (code and cell), the points of a unit, and what its lines say; nothing where errors stop it."""

    found: list[tuple[str, str]]
    diagnostics: tuple[Diagnostic, ...]
    points: dict[str, Fraction]
    lines: list[str]
    english: list[str]


def outcome(text: str, unit: str = "甲", **tables: str) -> Outcome:
    """Read tables given as text, check them, and score them where nothing is wrong."""
    loaded = rubric(text)
    program = compile_rubric(loaded.rubric)
    files = {f"{name}.csv": table.encode() for name, table in tables.items()}
    evidence, found = read_evidence(files, loaded.rubric, catalogue(program))
    found = (*found, *due.check(program, evidence))
    places = sorted({(str(one.code), one.place.cell or "") for one in found})
    if any(one.severity == "error" for one in found):
        return Outcome(places, found, {}, [], [])
    result = score(compile_rubric(loaded.rubric), evidence)
    lines = [line for one in result.units if one.unit == unit for node in one.trace().nodes for line in node.lines]
    texts, english = ([line_text(line, load_words(language), 2) for line in lines] for language in ("zh", "en"))
    return Outcome(places, found, points(result, unit), [*texts], [*english])


def test_who_abstains_or_is_recused_is_left_out_of_the_mean_and_the_line_says_so() -> None:
    rows = "甲,张,9\n甲,李,8\n甲,王,弃权\n甲,赵, 回避 \n甲,钱,7\n"
    one = outcome(SPEECH, j=HEAD + rows)
    assert (one.found, one.points["A"]) == ([], 8)  # (9 + 8 + 7) ÷ 3
    tail = "，应评 5 人，实评 3 人（弃权 1 人、回避 1 人），按 3 人平均"
    assert one.lines == [f"述职评分 8（限 0–10）（各评委：9、8、7）{tail}"]
    assert one.english[0].endswith("; 5 assessors were due, 3 gave a figure (1 abstained, 1 recused), mean of 3")


@pytest.mark.parametrize(
    ("combine", "rows", "points_", "tail"),
    [
        # 9, 8, 4 and one recused: the middle one, and the one left without the highest and the lowest
        ("median", "甲,张,9\n甲,李,8\n甲,王,4\n甲,赵,回避\n", 8, "应评 4 人，实评 3 人（回避 1 人），按 3 人取中位数"),
        (
            "trimmed_mean",
            "甲,张,9\n甲,李,8\n甲,王,4\n甲,赵,缺评\n甲,钱,弃权\n",
            8,
            "应评 5 人，实评 3 人（弃权 1 人、缺评 1 人），按 3 人去掉 1 个最高分、1 个最低分后平均",
        ),
        ("mean", "甲,张,10\n甲,李,弃权\n", 10, "应评 2 人，实评 1 人（弃权 1 人），按 1 人平均"),
    ],
)
def test_every_way_to_combine_leaves_them_out(combine: str, rows: str, points_: int, tail: str) -> None:
    one = outcome(SPEECH.replace("combine: mean", f"combine: {combine}"), j=HEAD + rows)
    assert one.points["A"] == points_
    assert one.lines[0].endswith(tail)


@pytest.mark.parametrize(
    ("text", "tables", "found"),
    [
        # one blank among figures of the same row
        (TWO, {"j": BOTH + "甲,张,9,2\n甲,李,,3\n", "m": "党支部,作风不好\n甲,是\n"}, [("E021", "C3")]),
        # a figure that is not due (its condition is not met) may be blank
        (TWO, {"j": BOTH + "甲,张,9,\n甲,李,8,\n", "m": "党支部,作风不好\n甲,否\n"}, []),
        # two blanks, two errors: each names its assessor
        (TWO, {"j": BOTH + "甲,张,,2\n甲,李,,3\n", "m": "党支部,作风不好\n甲,是\n"}, [("E021", "C2"), ("E021", "C3")]),
        # an empty row is an absent assessor, said once though two figures are due
        (TWO, {"j": BOTH + "甲,张,9,2\n甲,李,,\n", "m": "党支部,作风不好\n甲,是\n"}, [("N018", "C3"), ("W026", "D2")]),
        # nobody is left
        (SPEECH, {"j": HEAD + "甲,张,\n"}, [("E021", "C2")]),
        (SPEECH, {"j": HEAD + "甲,张,回避\n甲,李,弃权\n"}, [("E021", "C2")]),
        # a trimmed mean of two
        (
            SPEECH.replace("mean", "trimmed_mean"),
            {"j": HEAD + "甲,张,9\n甲,李,8\n甲,王,回避\n"},
            [("E049", "C2")],
        ),
        # and of one figure in a table of units
        (SPEECH.replace("mean", "trimmed_mean"), {"m": "党支部,述职评分\n甲,9\n"}, [("E049", "B2")]),
        # what an assessor wrote twice must be the same; what he wrote stands before what he left blank
        (SPEECH, {"j": HEAD + "甲,张,9\n", "k": HEAD + "甲,张,回避\n"}, [("E026", "C2")]),
        (SPEECH, {"j": HEAD + "甲,张,弃权\n甲,李,9\n", "k": HEAD + "甲,张,回避\n"}, [("E026", "C2")]),
        (SPEECH, {"j": HEAD + "甲,张,9\n", "k": HEAD + "甲,张,\n"}, []),
        # beside a figure in a table of units, blank rows mean nothing and words contradict it
        (SPEECH, {"j": HEAD + "甲,张,\n", "m": "党支部,述职评分\n甲,9\n"}, []),
        (SPEECH, {"j": HEAD + "甲,张,弃权\n", "m": "党支部,述职评分\n甲,9\n"}, [("E026", "B2")]),
        # these words are for assessors
        (SPEECH, {"m": "党支部,述职评分\n甲,弃权\n"}, [("E022", "B2")]),
        # a name that names nobody
        (SPEECH, {"j": HEAD + "甲,张,9\n甲,,8\n"}, [("E066", "B3")]),
        (SPEECH, {"j": HEAD + "甲,张,9\n甲,/,8\n甲,不详,7\n"}, [("E066", "B3"), ("E066", "B4")]),
        (SPEECH, {"j": HEAD + "甲,无,9\n"}, [("E066", "B2")]),
        # a template's row that nobody used
        (SPEECH, {"j": HEAD + "甲,张,9\n甲,,\n"}, [("N002", "A3")]),
    ],
)
def test_what_is_found(text: str, tables: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert outcome(text, **tables).found == found


def test_an_error_names_the_assessor_and_says_what_may_stand_there() -> None:
    one = outcome(TWO, j=BOTH + "甲,张,9,2\n甲,李,,3\n", m="党支部,作风不好\n甲,是\n")
    assert load_words("zh").message(one.diagnostics[0]) == (
        "“甲”缺评委“李”给的“述职评分”的值；请填上，没有发生也要填 0、“否”或“无”；“李”没有评的，填“弃权”“回避”或“缺评”"
    )
    nobody = outcome(SPEECH, j=HEAD + "甲,张,回避\n甲,李,弃权\n").diagnostics[0]
    assert load_words("zh").message(nobody).startswith("“甲”缺“述职评分”的值（应评的 2 位评委都没有给分）；请填上")


def test_a_blank_stands_for_what_the_rubric_says() -> None:
    rows = "甲,张,9\n甲,李,\n甲,王,6\n"
    abstains = outcome("measures: {述职评分: {blank: 弃权}}\n" + SPEECH, j=HEAD + rows)
    assert (abstains.found, abstains.points["A"]) == ([], Fraction(15, 2))  # (9 + 6) ÷ 2
    assert "应评 3 人，实评 2 人（弃权 1 人），按 2 人平均" in abstains.lines[0]
    nothing = outcome("measures: {述职评分: {blank: 0}}\n" + SPEECH, j=HEAD + rows)
    assert (nothing.found, nothing.points["A"]) == ([], 5)  # (9 + 0 + 6) ÷ 3
    assert "应评" not in nothing.lines[0]


def test_an_absent_assessor_of_one_round() -> None:
    rounds = "rounds: {上半年: 50%, 下半年: 50%}\n" + SPEECH
    head = "党支部,轮次,评委,述职评分\n"
    rows = "甲,上半年,张,9\n甲,上半年,李,7\n甲,下半年,张,10\n甲,下半年,李,\n"
    one = outcome(rounds, j=head + rows)
    assert one.found == [("N018", "D5")]
    assert one.points["total"] == 9  # (8 + 10) ÷ 2


def test_fewer_assessors_than_others_are_named() -> None:
    rows = "甲,张,9\n甲,李,8\n甲,王,7\n乙,张,9\n乙,李,8\n丙,张,6\n丁,张,9\n丁,李,8\n丁,王,缺评\n"
    one = outcome(SPEECH, unit="丙", j=HEAD + rows)
    assert one.found == [("N018", "C10"), ("N020", "C7")]  # of 丁 it is said why there are but two figures
    fewer = dict(one.diagnostics[-1].args)
    assert fewer == {"measures": "述职评分", "most": "3", "round": "", "units": "丙 1、乙 2"}
    assert one.points["A"] == 6


def test_who_is_not_to_be_judged_is_not_compared() -> None:
    rows = "甲,张,9,2\n甲,李,8,3\n"
    one = outcome(TWO, j=BOTH + rows, k=HEAD + "乙,张,9\n乙,李,7\n", m="党支部,作风不好\n甲,是\n乙,否\n")
    assert one.found == [("W026", "D2")]


def test_one_note_for_all_that_the_same_assessors_judged() -> None:
    one = outcome(TWO, j=BOTH + "甲,张,9,2\n甲,李,8,3\n乙,张,9,1\n", m="党支部,作风不好\n甲,是\n乙,是\n")
    compared = [dict(found.args) for found in one.diagnostics if found.code is Code.ASSESSORS_UNEQUAL]
    assert [args["measures"] for args in compared] == ["述职评分、作风扣分"]


RUBRIC = f"dangjian: 1\nrubric: bj\ntitle: 评委空白\nsubject: 村\n{SPEECH}"
CASE = "村,评委,述职评分\n甲村,王,6\n甲村,李,10\n乙村,王,\n乙村,李,10\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a village that one of two assessors left blank, to stand in."""
    monkeypatch.chdir(tmp_path)
    Path("j.yaml").write_text(RUBRIC, "utf-8")
    Path("评分.csv").write_text(CASE, "utf-8")
    return tmp_path


def test_at_the_command_line(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "j.yaml", "评分.csv", "--format", "md")
    assert ran.code == 0
    assert "评分.csv!C4: N018 提示: 评委“王”没有给“乙村”评“述职评分”（缺评）" in ran.err
    told = run(capfd, "explain", "j.yaml", "评分.csv", "--unit", "乙村", "--format", "md")
    assert "应评 2 人，实评 1 人（缺评 1 人），按 1 人平均" in told.out
    Path("评分.csv").write_text(CASE.replace("乙村,王,\n", ""), "utf-8")
    ran = run(capfd, "score", "j.yaml", "评分.csv")
    assert (ran.code, "评分.csv!C4: N020" in ran.err, "乙村 1（" in ran.err) == (0, True, True)


def test_the_audit_workbook_and_raters_stand_absent_assessors(desk: Path, capfd: Capture) -> None:
    Path("评分.csv").write_text(CASE.replace("乙村,王,", "乙村,王,回避"), "utf-8")
    assert run(capfd, "score", "j.yaml", "评分.csv", "--audit", "a.xlsx").code == 0
    rows = [*load_workbook("a.xlsx")["出处"].iter_rows(values_only=True)]
    assert [row[2:6] for row in rows if row[0] == "乙村"] == [
        ("述职评分", 10, "李", "评分.csv!C5"),
        ("述职评分", "回避", "王", "评分.csv!C4"),
    ]
    ran = run(capfd, "raters", "j.yaml", "评分.csv", "--format", "json")
    assert (ran.code, ran.out.count('"rater": "王"')) == (0, 2)  # his own figures, and 甲村's disagreement
