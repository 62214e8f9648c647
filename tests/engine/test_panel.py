"""Several assessors: every way of combining against a calculation of its own, over tables drawn at random."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec import Struct

from dangjian_score.engine.result import Result
from dangjian_score.words.lines import line_text
from dangjian_score.words.say import load_words
from tests.carriers import office
from tests.report.audits import audited, differences
from tests.sampling import runs, sampled
from tests.scenes import CLAUSE_HEAD, Unit, attempt, of_unit, outcome
from tests.support import rubric

F = Fraction
WAYS: Mapping[str, Any] = {
    "mean": "mean",
    "median": "median",
    "trimmed_mean": {"trim": 1},
    "{trim: 2}": {"trim": 2},
    "{trim: 2, at_least: 6}": {"trim": 2, "at_least": 6},
    "{领导: 50%, 同级: 30%, 群众: 20%}": {"领导": F(1, 2), "同级": F(3, 10), "群众": F(1, 5)},
    "{领导: 1/3%, 群众: 299/3%}": {"领导": F(1, 300), "群众": F(299, 300)},
}
LEVELS = {"优": F(10), "良": F(8), "中": F(13, 2), "差": F(0)}
CATEGORIES = ("领导", "同级", "群众")


class Given(Struct, frozen=True):
    """What one assessor entered: a figure or a level, or a word instead, and its points (None for a word)."""

    text: str
    category: str
    points: Fraction | None


def oracle(way: Any, given: Sequence[Given]) -> Fraction | None:
    """Work it out as a clerk would; None where it cannot be."""
    marks = [(each.category, each.points) for each in given if each.points is not None]
    points = sorted(figure for _, figure in marks)
    if not points:
        return None
    match way:
        case "mean":
            return sum(points, F(0)) / len(points)
        case "median":
            while len(points) > 2:
                points = points[1:-1]
            return sum(points, F(0)) / len(points)
        case {"trim": int(ends)}:
            fewest = int(way.get("at_least", 2 * ends + 1))
            if len(points) < fewest and "at_least" not in way:
                return None
            for _ in range(ends if len(points) >= fewest else 0):
                points.remove(max(points))
                points.remove(min(points))
            return sum(points, F(0)) / len(points)
        case _:
            if {category for category, _ in marks} != way.keys() or not {each.category for each in given} <= way.keys():
                return None  # nobody of a category, or somebody of another one
            means = {}
            for name in way:
                own = [figure for category, figure in marks if category == name]
                means[name] = sum(own, F(0)) / len(own)
            return sum((way[name] * means[name] for name in way), F(0))


def drawn(rng: Random, *, levels: bool) -> list[Given]:
    """Draw a panel; by and by somebody abstains."""
    found = []
    for _ in range(rng.randint(1, 9)):
        category = rng.choice(CATEGORIES)
        if rng.random() < 0.15:
            found.append(Given(rng.choice(("弃权", "回避", "缺评")), category, None))
        elif levels:
            level = rng.choice((*LEVELS, "无"))
            found.append(Given(level, category, LEVELS.get(level, F(0))))
        else:
            figure = F(rng.randint(0, 40), 4)
            found.append(Given(str(float(figure)), category, figure))
    return found


def text_of(way: str, *, levels: bool, verb: str = "award") -> str:
    table = "{" + ", ".join(f"{level}: {points}" for level, points in LEVELS.items()) + "}"
    rule = f"{verb}: {table}, by: 评" if levels else f"{verb}: 10, judge: 评"
    return f"sections: [{{id: X, title: 评, max: 10, rules: [{{{rule}, combine: {way}}}]}}]\n"


def unit_of(panel: Sequence[Given]) -> Unit:
    rows = {f"评委{at}": {"评委类别": each.category, "评": each.text} for at, each in enumerate(panel)}
    return {"assessors": rows}


@pytest.mark.parametrize("levels", [False, True], ids=["figures", "levels"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_comes_to_what_a_clerk_works_out(way: str, levels: bool) -> None:
    rng = Random(f"{way} {levels}")  # noqa: S311  no secret hangs on it
    loaded = rubric(text_of(way, levels=levels, verb="deduct"), CLAUSE_HEAD)
    refused = 0
    for _ in range(runs(120, 25)):
        panel = drawn(rng, levels=levels)
        expected = oracle(WAYS[way], panel)
        result, found = attempt(loaded, {"甲": unit_of(panel)})
        refused += expected is None
        if expected is None:
            assert result is None, panel
        else:
            assert result is not None, (panel, found)
            assert 10 - of_unit(result, "甲").trace().nodes[0].points == expected, panel
    assert refused < runs(120, 25)


@pytest.mark.office
def test_the_office_program_comes_to_the_same(tmp_path: Path) -> None:
    """Units with panels drawn at random, of every way of combining, in audit workbooks."""
    rng = Random("panels")  # noqa: S311  no secret hangs on it
    books = {}
    for at, (way, levels) in enumerate(sampled([(way, levels) for way in WAYS for levels in (False, True)], 5)):
        many = (drawn(rng, levels=levels) for _ in range(60))
        panels = [panel for panel in many if oracle(WAYS[way], panel) is not None]
        units = {f"单位{number}": unit_of(panel) for number, panel in enumerate(panels[:5])}
        books[f"book {at}"] = audited(rubric(text_of(way, levels=levels)), units)
    computed = office.all_recalculated({key: made.book for key, made in books.items()}, tmp_path)
    for key, made in books.items():
        _, wrong = differences(made.book, computed[key])
        assert wrong == [], key
        assert computed[key]["核对"]["B3"].value == 0
        figures = [cell for row in made.formulas["归集"].iter_rows(min_row=7, min_col=2) for cell in row]
        assert {cell.data_type for cell in figures} == {"f"}


def lines(result: Result) -> list[str]:
    return [line_text(line, load_words("zh"), 2) for line in of_unit(result, "甲").trace().nodes[0].lines]


HAND = [
    (
        "{领导: 50%, 同级: 30%, 群众: 20%}",
        ["9 领导", "8 领导", "7 同级", "6 群众", "10 群众", "弃权 同级"],
        "评 7.95（限 0–10）（领导 2 人平均 8.5 × 50%、同级 1 人平均 7 × 30%、群众 2 人平均 8 × 20%），"
        "应评 6 人，实评 5 人（弃权 1 人）",
    ),
    (
        "{trim: 2, at_least: 7}",
        ["10 领导", "9 领导", "8 同级", "7 群众", "6 群众", "2 同级", "1 群众"],
        "评 7（限 0–10）（各评委：10、9、8、7、6、2、1），按 7 人去掉 2 个最高分、2 个最低分后平均",
    ),
    (
        "{trim: 2, at_least: 7}",
        ["10 领导", "9 领导", "8 同级"],
        "评 9（限 0–10）（各评委：10、9、8），按 3 人平均",
    ),
]


@pytest.mark.parametrize(("way", "panel", "line"), HAND)
def test_a_line_says_how_it_was_combined(way: str, panel: list[str], line: str) -> None:
    given = [Given(text, category, None) for text, category in map(str.split, panel)]
    result = outcome(rubric(text_of(way, levels=False), CLAUSE_HEAD), {"甲": unit_of(given)})
    assert lines(result) == [line]


def test_a_line_counts_the_levels_in_the_order_of_the_table() -> None:
    given = [Given(level, "领导", None) for level in ("良", "优", "优", "回避")]
    result = outcome(rubric(text_of("mean", levels=True), CLAUSE_HEAD), {"甲": unit_of(given)})
    assert lines(result) == ["评 ≈9.33（优 2 人、良 1 人），应评 4 人，实评 3 人（回避 1 人），按 3 人平均"]


def test_one_level_in_a_table_of_units_has_its_points() -> None:
    loaded = rubric(text_of("mean", levels=True), CLAUSE_HEAD)
    result = outcome(loaded, {"甲": {"facts": {"评": "良"}}, "乙": {"facts": {"评": "无"}}})
    assert of_unit(result, "甲").trace().nodes[0].points == 8
    assert of_unit(result, "乙").trace().nodes[0].points == 0
