"""What several tests need: the program as its users call it, and small rubrics and evidence in memory."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec import Struct

from dangjian_score.cli.app import main
from dangjian_score.core.diagnostics import Diagnostic, Severity
from dangjian_score.core.facts import Cell, Evidence, Fact, UnitFacts, Value
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.registers import Reduced
from dangjian_score.engine.result import NodeResult, Result, UnitResult
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded, load

ROOT = Path(__file__).parents[1]
HEAD = "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\n"


WEIGHED = (
    HEAD
    + """rounds: {平时抽查: 10%, 年终考核: 90%}
sections:
  - {id: A, title: 班子, max: 20, rules: [{deduct: 1, per: 缺席次数}]}
  - {id: B, title: 其余, max: 80, rules: [{deduct: 1, per: 差错数}]}
  - {id: C, title: 创新, kind: bonus, rules: [{award: 5, per: 创新项目数}]}
"""
)
"""A rubric of two rounds, with a bonus once a year."""
WEIGHED_FACTS = """党支部,轮次,缺席次数,差错数,创新项目数
一支部,,,,1
一支部,平时抽查,1,10,
一支部,年终考核,0,7,
二支部,,,,0
二支部,平时抽查,10,0,
二支部,年终考核,9,0,
"""
"""一支部 has 89 and 93 points in the rounds, 97.6 with its bonus; 二支部 has 90 and 91, 90.9."""


def weighed(folder: Path) -> tuple[Path, Path]:
    """Write the rubric of two rounds and its evidence into a folder."""
    (folder / "w.yaml").write_text(WEIGHED, "utf-8")
    (folder / "w.csv").write_text(WEIGHED_FACTS, "utf-8")
    return folder / "w.yaml", folder / "w.csv"


def rubric(text: str, head: str = HEAD) -> Loaded:
    """Load a rubric that must be accepted by the model."""
    loaded = load((head + text).encode(), "r.yaml")
    assert isinstance(loaded, Loaded), loaded
    return loaded


def errors(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Leave out what stops nothing: warnings and notes."""
    return [one for one in found if one.severity is Severity.ERROR]


def facts(unit: str, values: Mapping[str, Value]) -> UnitFacts:
    """Give a unit its values; cells are counted off in row 2."""
    cells = {name: Fact(value, Cell("e.csv", None, 2, at)) for at, (name, value) in enumerate(values.items(), 2)}
    attributes = {name: value for name, value in values.items() if isinstance(value, str)}
    return UnitFacts(unit, Cell("e.csv", None, 2, 1), cells, attributes=attributes)


def ready(values: Mapping[str, Value]) -> Ready:
    """Give values as a unit that is ready to be scored."""
    unit = facts("甲", values)
    return Ready(unit, unit.facts, values, {}, Reduced({}, {}, {}))


def scored(loaded: Loaded, **units: Mapping[str, Value]) -> Result:
    """Score units given as values."""
    everything = tuple(facts(name, values) for name, values in units.items())
    return score(compile_rubric(loaded.rubric), Evidence((), everything, {}))


def scored_table(loaded: Loaded, rows: Sequence[Mapping[str, str]]) -> tuple[Result | None, tuple[object, ...]]:
    """Score a .csv made of rows; None and the findings where it has errors."""
    text = "\n".join(",".join(row) for row in [list(rows[0]), *(list(row.values()) for row in rows)])
    program = compile_rubric(loaded.rubric)
    evidence, found = read_evidence({"e.csv": text.encode()}, loaded.rubric, catalogue(program))
    return (None if any(one.code.startswith("E") for one in found) else score(program, evidence)), found


def outcomes(result: Result) -> dict[str, dict[str, object]]:
    """Give by unit all figures that come of scoring, without what traces them."""
    named = [name for name in UnitResult.__struct_fields__ if name != "trace"]
    return {unit.unit: {name: getattr(unit, name) for name in named} for unit in result.units}


def points(result: Result, unit: str) -> dict[str, Fraction]:
    """Collect a unit's points by node, with `total` and the sums by kind."""
    one = next(each for each in result.units if each.unit == unit)
    found: dict[str, Fraction] = {"total": one.total, **{str(kind): sum_ for kind, sum_ in one.kinds.items()}}

    def collect(node: NodeResult) -> None:
        found[node.id] = node.points
        for lower in node.nodes:
            collect(lower)

    for node in one.trace().nodes:
        collect(node)
    return found


class Ran(Struct, frozen=True):
    """What a run of the command printed, and its exit code."""

    code: int
    out: str
    err: str


def run(capfd: pytest.CaptureFixture[str], *arguments: str | Path, **environment: str) -> Ran:
    """Run `dangjian` in this process."""
    code = main([str(argument) for argument in arguments], environment)
    out, err = capfd.readouterr()
    return Ran(code, out, err)
