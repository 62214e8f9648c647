"""What can be scored although some of the evidence is faulty: the units that nothing is wrong with."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.checks.evidence import check
from dangjian_score.core.algebra import Placing, Statistic, figures
from dangjian_score.core.diagnostics import Code, Diagnostic, Severity
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Unscored


class Parted(Struct, frozen=True):
    """Evidence of the units without errors, and the others."""

    sound: Evidence
    unscored: tuple[Unscored, ...]


class Comparing(Struct, frozen=True):
    """The rubric compares units with each other: without some of them the others' points would be wrong."""


class Common(Struct, frozen=True):
    """Errors that are no unit's own: nobody knows whose points they would change."""

    errors: tuple[Diagnostic, ...]


def part(program: Program, evidence: Evidence, found: tuple[Diagnostic, ...]) -> Parted | Comparing | Common:
    """Leave out the units that errors among `found` are about, or say why that cannot be done."""
    trees = (tree for rule in program.rules for tree in rule.trees)
    tests = (clause.test for clause in program.clauses)
    if any(isinstance(figure, Statistic | Placing) for figure in figures(*trees, *tests)):
        return Comparing()
    problems: dict[str, dict[str, None]] = {}
    common: list[Diagnostic] = []
    for one in found:
        if one.severity is Severity.ERROR:
            about = set(_about(one, evidence))
            common += [] if about else [one]
            for unit in about:
                problems.setdefault(unit, {})[str(one.code)] = None
    if common:
        return Common(tuple(common))
    sound = replace(evidence, units=tuple(unit for unit in evidence.units if unit.unit not in problems))
    if errors := tuple(one for one in check(program, sound) if one.severity is Severity.ERROR):
        return Common(errors)
    left_out = [unit for unit in evidence.units if unit.unit in problems]
    return Parted(sound, tuple(Unscored(one.unit, one.attributes, tuple(problems[one.unit])) for one in left_out))


def _about(found: Diagnostic, evidence: Evidence) -> Iterator[str]:
    """Name the units whose row an error stands in; two where nobody knows whether they are one."""
    row, column = found.order
    place = found.place
    owners = evidence.rows.get((place.file, place.sheet, row)) or evidence.rows.get((place.file, place.sheet, 0))
    if owners:
        yield next((unit for first, unit in reversed(owners) if first <= column), owners[0][1])
    if found.code is Code.UNIT_NEAR_MISS:
        yield dict(found.args)["other"]
    if found.code is Code.UNIT_WITHOUT_DATA:
        yield dict(found.args)["unit"]
