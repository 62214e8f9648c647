"""Rules on registers held against an oracle that shares no code with the program, and against laws."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from io import StringIO
from random import Random
from typing import Any

import pytest

from dangjian_score.checks import evidence as due
from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.facts import Cell, Event, Fact, Value
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.registers import reduce
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
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
    text = f"period: {period}\nattributes: [类别]\nmeasures: {{事件: {{register: true}}}}\n"
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


UNITS = ("甲支部", "乙支部", "丙支部")


@pytest.mark.parametrize("seed", SEEDS)
def test_events_of_several_units_count_for_each_as_if_they_were_its_own(seed: int) -> None:
    rng = Random(400 + seed)  # noqa: S311
    shared = 0
    for _ in range(CASES // 8):
        rule, rows = oracle.random_case(rng)
        rows = [{**row, "日期": row["日期"] or f"2024-01-{at:02}"} for at, row in enumerate(rows, 1)]
        rows = [row for row in rows if row["数量"] != "0"]
        owners = [rng.sample(UNITS, rng.choice([1, 1, 2, 3])) for _ in rows]
        shared += sum(len(names) > 1 for names in owners)
        found = scored_units(rule, rows, owners)
        for name in UNITS:
            own = [row for row, names in zip(rows, owners, strict=True) if name in names]
            assert abs(found[name]) == oracle.points(rule, own, YEAR), (rule, own)
    assert shared > 0


def scored_units(rule: Mapping[str, Any], rows: Sequence[Row], owners: Sequence[Sequence[str]]) -> dict[str, Fraction]:
    """Hand rows in as a register whose cells name several units; give what the rule comes to by unit."""
    program = program_of(rule)
    text = StringIO()
    writer = csv.DictWriter(text, ["党支部", *oracle.COLUMNS])
    writer.writeheader()
    writer.writerows({"党支部": "、".join(names), **row} for row, names in zip(rows, owners, strict=True))
    matrix = "".join(("党支部,类别\n", *(f"{name},甲\n" for name in UNITS)))
    files = {"m.csv": matrix.encode(), "r.csv": text.getvalue().encode()}
    evidence, found = read_evidence(files, program.rubric, catalogue(program))
    assert errors((*found, *due.check(program, evidence))) == [], (rule, rows)
    result = score(program, evidence)
    return {unit.unit: unit.trace().nodes[0].points for unit in result.units}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rng = Random(200 + seed)  # noqa: S311
    for _ in range(CASES // 4):
        rule, rows = oracle.random_case(rng)
        assert amount(rule, rng.sample(rows, len(rows))) == amount(rule, rows), (rule, rows)
