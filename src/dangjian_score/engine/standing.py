"""Where a unit stands: what vetoes leave of its total and grade, and its rank among all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.algebra import Test
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import REPORTED, TOTAL, Pass
from dangjian_score.facts import UnitFacts
from dangjian_score.rubric.standing import Grade, Veto


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit's figures once its points are known.

    `points` and `due` are those of every node over all rounds; `ready` are its facts in each pass, the last of them
    over all evidence.
    """

    unit: str
    attributes: Mapping[str, str]
    base: Fraction
    total: Fraction
    points: Mapping[str, Fraction]
    due: Mapping[str, Fraction | None]
    ready: Sequence[Ready]

    def meets(self, test: Test | None) -> bool:
        """Tell whether a condition holds over all evidence; one that is not there always does."""
        return test is None or self.ready[-1].meets(test)

    def meets_once(self, test: Test | None) -> bool:
        """Tell whether a condition holds in some round, or over all evidence."""
        return test is not None and any(one.meets(test) for one in self.ready)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit's points come to after vetoes."""

    scored: Scored
    total: Fraction
    grade: str | None
    vetoes: tuple[Veto, ...]

    @property
    def unit(self) -> str:
        """Whose it is."""
        return self.scored.unit

    @property
    def barred(self) -> bool:
        """Whether a veto keeps it from honours."""
        return any(not veto.selections for veto in self.vetoes)


def gather(
    program: Program,
    unit: UnitFacts,
    ready: Mapping[str, Ready],
    done: Mapping[str, Mapping[str, Fraction]],
    closed: Mapping[str, Fraction],
) -> Scored:
    """Gather what standing, vetoes and selections look at; `ready` and `done` are by the key of the pass."""
    points, due = dict[str, Fraction](), dict[str, Fraction | None]()
    for part in program.passes:
        mine = done[part.key]
        for node in part.nodes:
            carried = mine.get(node.due, node.max)
            points[node.id] = _weighed(part, mine[node.id], points.get(node.id))
            due[node.id] = None if carried is None else _weighed(part, carried, due.get(node.id))
    return Scored(
        unit=unit.unit,
        attributes=unit.attributes,
        base=closed[REPORTED],
        total=closed[TOTAL],
        points=points,
        due=due,
        ready=tuple(_meeting(ready[part.key], points) for part in program.passes),
    )


def _weighed(part: Pass, figure: Fraction, others: Fraction | None) -> Fraction:
    """Add what a figure counts to that of other passes."""
    counts = figure if part.weight is None else part.share * figure
    return counts if others is None else others + counts


def _meeting(ready: Ready, points: Mapping[str, Fraction]) -> Ready:
    """Let conditions see points of nodes as well."""
    return Ready(ready.unit, ready.facts, ready.values, {**points, **ready.known}, ready.reduced)


def stand(program: Program, scored: Scored) -> Standing:
    """Apply vetoes: the total first, then the grade."""
    found = enumerate(program.rubric.vetoes)
    vetoes = tuple(veto for at, veto in found if scored.meets_once(program.clause("vetoes", at)))
    total = min([scored.total, *(veto.total for veto in vetoes if veto.total is not None)])
    return Standing(scored, total, _vetoed(program, _earned(program, scored, total), vetoes), vetoes)


def _earned(program: Program, scored: Scored, total: Fraction) -> str | None:
    """Name the best grade that is reached and whose own conditions hold; the lowest asks for nothing."""
    rubric = program.rubric
    figure = scored.base if rubric.grades_on == "base" else total
    best_first = best_grades(rubric.grades)
    for name in best_first[:-1]:
        grade = rubric.grades[name]
        if figure >= grade.at_least and scored.meets(program.clause("grades", name)) and _sections(grade, scored):
            return name
    return best_first[-1] if best_first else None


def best_grades(grades: Mapping[str, Grade]) -> list[str]:
    """Name the grades, best first."""
    return sorted(grades, key=lambda name: grades[name].at_least, reverse=True)


def _sections(grade: Grade, scored: Scored) -> bool:
    """Hold single sections against what the grade asks of them."""
    return all(scored.points[node] >= asked for node, asked in section_minima(grade, scored).items())


def section_minima(grade: Grade, scored: Scored) -> dict[str, Fraction]:
    """Give what a grade asks of single sections: points, or a share of what they carry."""
    carried = {node: scored.due[node] or Fraction(0) for node in grade.sections}
    return {
        node: least.value * carried[node] if least.percent else least.value for node, least in grade.sections.items()
    }


def _vetoed(program: Program, earned: str | None, vetoes: Sequence[Veto]) -> str | None:
    """Lower the grade to the worst that a veto says; a veto never raises it, and `none` leaves none."""
    limits = [limit for veto in vetoes if (limit := veto.grade or veto.grade_at_most)]
    if earned is None or "none" in limits:
        return None
    ordered = best_grades(program.rubric.grades)
    return max([earned, *limits], key=ordered.index)


def ranks(program: Program, standings: Sequence[Standing]) -> dict[str, int]:
    """Rank by total, then by the sections that break ties; what is still equal shares a rank (1, 2, 2, 4)."""
    first: dict[tuple[Fraction, ...], int] = {}
    for place, keys in enumerate(sorted((merit(program, one) for one in standings), reverse=True), start=1):
        first.setdefault(keys, place)
    return {one.unit: first[merit(program, one)] for one in standings}


def merit(program: Program, standing: Standing) -> tuple[Fraction, ...]:
    """Give the figures that units are ordered by, the weightiest first."""
    return (standing.total, *(standing.scored.points[section] for section in program.rubric.tie_break))
