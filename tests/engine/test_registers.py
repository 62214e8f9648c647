"""Rules on registers held against an oracle that shares no code with the program, and against laws."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.facts import Cell, Event, Fact, Value
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.registers import reduce
from tests.engine import register_oracle as oracle
from tests.sampling import runs
from tests.support import HEAD, errors, rubric

Row = Mapping[str, str]
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
SEEDS = range(8)
CASES = runs(400, 120)


def flow(raw: Any) -> str:
    match raw:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in raw.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, raw)) + "]"
        case _:
            return str(raw)


def program_of(rule: Mapping[str, Any], period: str = "2024") -> Program:
    text = f"period: {period}\nmeasures: {{事件: {{register: true}}}}\n"
    text += f"sections: [{{id: X, title: 甲, kind: adjust, rules: [{flow(rule)}]}}]\n"
    loaded = rubric(text, HEAD)
    assert errors(checks.check(Study(loaded))) == [], text
    return compile_rubric(loaded.rubric)


def typed(text: str, measure: Measure) -> Value:
    match measure.kind:
        case "yes_no":
            return text == "是"
        case "date":
            return Fraction(date.fromisoformat(text).toordinal())
        case "level" | "text":
            return text
        case _:
            return Fraction(text)


def events_of(program: Program, rows: Sequence[Row]) -> tuple[Event, ...]:
    known = catalogue(program).registers
    found = []
    for at, row in enumerate(rows, start=2):
        columns = known[row["事项"]]
        cells = {
            name: Fact(typed(text, columns[name]), Cell("e.csv", None, at, 2))
            for name, text in row.items()
            if name in columns and text
        }
        found.append(Event(row["事项"], Cell("e.csv", None, at, 1), cells))
    return tuple(found)


def amount(
    rule: Mapping[str, Any], rows: Sequence[Row], since: date | None = None, until: date | None = None
) -> Fraction:
    """Give what the program says a rule takes or gives."""
    program = program_of(rule)
    (part,), (tree,) = program.passes, program.rules
    first, last = (day.toordinal() for day in YEAR)
    calendar = Calendar(first, last, *(None if day is None else day.toordinal() for day in (since, until)))
    reduced = reduce(program.plan(part), events_of(program, rows), {}, calendar)
    return abs(exact.number(tree.points, {}, reduced.figures))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_program_agrees_with_the_oracle(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    moved = 0
    for _ in range(CASES):
        rule, rows = oracle.random_case(rng)
        expected = oracle.points(rule, rows, YEAR)
        assert amount(rule, rows) == expected, (rule, rows)
        moved += expected != 0
    assert moved > CASES / 3


@pytest.mark.parametrize("seed", SEEDS)
def test_it_agrees_on_units_that_began_or_ended_within_the_year(seed: int) -> None:
    rng = Random(100 + seed)  # noqa: S311
    timed = 0
    while timed < CASES // 8:
        rule, rows = oracle.random_case(rng)
        if "for_each" not in rule:
            continue
        since = date(2024, rng.randint(1, 6), rng.randint(1, 28)) if rng.random() < 0.7 else None
        until = date(2024, rng.randint(7, 12), rng.randint(1, 28)) if rng.random() < 0.7 else None
        assert amount(rule, rows, since, until) == oracle.points(rule, rows, YEAR, since, until), (rule, rows)
        timed += 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rng = Random(200 + seed)  # noqa: S311
    for _ in range(CASES // 4):
        rule, rows = oracle.random_case(rng)
        assert amount(rule, rng.sample(rows, len(rows))) == amount(rule, rows), (rule, rows)
