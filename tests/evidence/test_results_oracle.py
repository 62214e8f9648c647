"""Random results of another rubric, and what a rubric makes of them: worked out here from the JSON, with Fractions."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dangjian_score.checks import evidence as due
from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.facts import TakenFigure
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded
from tests.results import Child, child, node, result_bytes
from tests.sampling import runs
from tests.support import errors, rubric

UNITS = ("甲", "乙", "丙")
SPECS = ("points: total", "points: rate", "points: A", "points: A1")


def parent(points: str, combine: str | None, *, missing: bool) -> Loaded:
    more = f", within: 镇, combine: {combine}" if combine else ""
    more += ", missing: 不适用" if missing else ""
    whole = "100%" if points.endswith("rate") else "100"
    rule = f"{{award: 40, ratio: 数, of: {whole}, beyond: true}}"
    text = (
        f"measures:\n  数: {{result: kid, {points}{more}}}\ntotal: 100\nsections:\n"
        f"  - {{id: X, title: 数, max: 40, ceiling: none, floor: none, if_na: rescale, rules: [{rule}]}}\n"
        "  - {id: Y, title: 余, max: 60, ceiling: none, rules: [{deduct: 1, per: 差错}]}\n"
    )
    return rubric(text, "dangjian: 1\nrubric: p\ntitle: 试\nsubject: 单位\nfloor: none\n")


@st.composite
def children(draw: st.DrawFn) -> tuple[Sequence[Child], Sequence[Child]]:
    """Draw scored and excluded units; each is one of ours, or below one."""
    scored, excluded = [], []
    thirds = st.integers(-200, 300).map(lambda sevenths: Fraction(sevenths, 7))
    for at in range(draw(st.integers(0, 6))):
        town = draw(st.sampled_from((*UNITS, "丁", "")))
        name = UNITS[at] if at < len(UNITS) else f"村{at}"
        if draw(st.integers(0, 4)) == 0:
            excluded.append({"unit": name, "attributes": {"镇": town}})
            continue
        total = f"{draw(st.integers(-500, 13_000)) / 100:.2f}"
        inner = node("A1", draw(thirds), applies=draw(st.integers(0, 5)) > 0)
        scored.append(child(name, total, node("A", draw(thirds), inner), node("B", draw(thirds)), 镇=town))
    return scored, excluded


def figure_in(unit: Mapping[str, Any], points: str, full: Fraction) -> Fraction | None:
    """Work a figure out from the JSON; None where the node is not for the unit."""
    if points == "points: total":
        return Fraction(unit["total"])
    if points == "points: rate":
        return Fraction(unit["total"]) / full
    nodes = {each["id"]: each for section in unit["nodes"] for each in (section, *section["nodes"])}
    found = nodes[points.rsplit(maxsplit=1)[-1]]
    return Fraction(found.get("exact", found["points"])) if found["applies"] else None


def expected(document: Mapping[str, Any], points: str, combine: str | None) -> dict[str, Fraction | None]:
    """Work out what each of our units gets; None where there is nothing for it."""
    full = Fraction(document["rubric"]["full"])
    figures = {unit["unit"]: figure_in(unit, points, full) for unit in document["units"]}
    if combine is None:
        return {name: figures.get(name) for name in UNITS}
    towns = {unit["unit"]: unit["attributes"]["镇"] for unit in document["units"]}
    found: dict[str, Fraction | None] = {}
    for name in UNITS:
        below = [figure for unit, figure in figures.items() if towns[unit] == name and figure is not None]
        whole = sum(below, Fraction(0))
        found[name] = (whole / len(below) if combine == "mean" else whole) if below else None
    return found


def half_up(value: Fraction) -> Fraction:
    cents = abs(value) * 100 + Fraction(1, 2)
    return Fraction(cents.numerator // cents.denominator, 100) * (-1 if value < 0 else 1)


@settings(max_examples=runs(300, 80), deadline=None)
@given(children(), st.sampled_from(SPECS), st.sampled_from((None, "mean", "sum")), st.booleans(), st.integers(1, 300))
def test_agrees(
    drawn: tuple[Sequence[Child], Sequence[Child]], points: str, combine: str | None, missing: bool, full: int
) -> None:
    units, excluded = drawn
    data = result_bytes("kid", units, excluded=excluded, about={"full": str(Fraction(full, 2))})
    wanted = expected(json.loads(data), points, combine)
    result, codes = outcome(parent(points, combine, missing=missing), data)
    if None in wanted.values() and not missing:
        assert result is None
        assert codes == {Code.RESULT_WITHOUT_UNIT}
        return
    assert result is not None, codes
    for unit in result.units:
        figure, at = wanted[unit.unit], UNITS.index(unit.unit)
        taken: TakenFigure | None = unit.taken.get("数")
        assert (None if taken is None else taken.value) == figure
        rest = 60 - Fraction(at)
        whole = 100 if figure is None else 1 if points.endswith("rate") else 100
        total = (
            rest * 100 / 60 if figure is None else max(Fraction(0), figure / whole * 40) + rest
        )  # awards take nothing
        assert unit.total == half_up(total), unit.unit


def outcome(loaded: Loaded, data: bytes) -> tuple[Result | None, set[Code]]:
    """Score our units with a result; the codes of errors where there are any."""
    study = Study(loaded)
    table = "单位,差错\n" + "".join(f"{unit},{at}\n" for at, unit in enumerate(UNITS))
    evidence, found = read_evidence({"e.csv": table.encode(), "kid.json": data}, loaded.rubric, study.catalogue)
    wrong = errors((*found, *due.check(study.program, evidence)))
    return (None if wrong else score(study.program, evidence)), {one.code for one in wrong}
