"""Points between two rows of a table, against the rule of three over figures drawn at random."""

from fractions import Fraction
from random import Random

import pytest

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.engine.bounds import bounds
from dangjian_score.engine.program import compile_rubric
from dangjian_score.words.lines import line_text
from dangjian_score.words.say import load_words
from tests.sampling import runs
from tests.support import rubric, scored

F = Fraction


def oracle(table: dict[Fraction, Fraction], otherwise: Fraction, sense: str, figure: Fraction) -> Fraction:
    """Find the two rows around a figure and weigh them by how near they are; beyond the ends there are none."""
    keys = sorted(table)
    low, high = keys[0], keys[-1]
    if figure < low:
        return otherwise if sense == "at_least" else table[low]
    if figure > high:
        return table[high] if sense == "at_least" else otherwise
    before = max(key for key in keys if key <= figure)
    after = min(key for key in keys if key >= figure)
    if before == after:
        return table[before]
    near_after = (figure - before) / (after - before)
    return table[before] * (1 - near_after) + table[after] * near_after


def text_of(table: dict[Fraction, Fraction], otherwise: Fraction, sense: str, verb: str) -> str:
    rows = ", ".join(f"{key}: {entry}" for key, entry in table.items())
    rule = f"{verb}: {{{rows}}}, {sense}: 数, else: {otherwise}, interpolate: true"
    return f"sections: [{{id: A, title: 甲, max: 100, start: 50, rules: [{{{rule}}}]}}]\n"


@pytest.mark.parametrize("verb", ["award", "deduct"])
@pytest.mark.parametrize("sense", ["at_least", "at_most"])
def test_points_are_in_proportion(sense: str, verb: str) -> None:
    rng = Random(f"{sense} {verb}")  # noqa: S311  no secret hangs on it
    for _ in range(runs(60, 15)):
        keys = rng.sample([F(at, 2) for at in range(41)], rng.randint(2, 5))
        table = {key: F(rng.randint(0, 40), rng.choice((1, 2, 3))) for key in keys}
        otherwise = F(rng.randint(0, 12))
        loaded = rubric(text_of(table, otherwise, sense, verb))
        figures = [*keys, *(F(rng.randint(0, 230), 10) for _ in range(12)), F(0), F(100)]
        result = scored(loaded, **{f"单位{at}": {"数": figure} for at, figure in enumerate(figures)})
        sign = 1 if verb == "award" else -1
        got = {unit.unit: unit.trace().nodes[0].points - 50 for unit in result.units}
        for at, figure in enumerate(figures):
            assert got[f"单位{at}"] == sign * oracle(table, otherwise, sense, figure), (table, sense, figure)
        (rule,) = compile_rubric(loaded.rubric).rules
        worth = (otherwise, *table.values())
        assert bounds(rule.basis.expr, {}) == (min(worth), max(worth))


RULE = "award: {{100%: 10, 90%: 8, 80%: 4}}, {0}interpolate: true"
BANDS = f"sections: [{{{{id: A, title: 甲, max: 10, rules: [{{{{{RULE}}}}}]}}}}]\n"


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (F(95, 100), "率 95%（在 90% 与 100% 之间，按插值法计算），未达到 100%，得 9 分（达到 100% 得 10 分）"),
        (F(90, 100), "率 90%，未达到 100%，得 8 分（达到 100% 得 10 分）"),
        (F(100, 100), "率 100%"),
    ],
)
def test_a_line_names_the_rows_around_a_figure(figure: Fraction, line: str) -> None:
    result = scored(rubric(BANDS.format("else: 0, at_least: 率, ")), 甲={"率": figure})
    (moved,) = result.units[0].trace().nodes[0].lines
    assert line_text(moved, load_words("zh"), 2) == line


def found(text: str) -> list[str]:
    return [str(finding.code) for finding in checks.check(Study(rubric("rounding: {total: 2}\n" + text)))]


def test_a_row_that_is_only_approached_counts() -> None:
    """No figure reaches 120 %, but those above 100 % are on the way there where there are any."""
    bounded = "measures: {{率: {{type: percent, max: {0}}}}}\n"
    rule = "award: {120%: 10, 100%: 8}, else: 0, at_least: 率, interpolate: true"
    text = f"sections: [{{id: A, title: 甲, max: 10, rules: [{{{rule}}}]}}]\n"
    assert "W010" not in found(bounded.format("110%") + text)
    assert "W010" in found(bounded.format("100%") + text)


def test_an_open_end_is_noted_as_of_any_table() -> None:
    assert found(BANDS.format("at_least: 率, ")) == ["N011"]
    assert found(BANDS.format("else: 0, at_least: 率, ")) == []
