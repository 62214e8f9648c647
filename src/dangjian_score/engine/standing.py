"""Where a unit stands: what vetoes leave of its total and grade, and its rank among all."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.engine.exact import Done
from dangjian_score.engine.program import Program
from dangjian_score.engine.verdict import FINAL, GRADE, asked, best_grades, struck
from dangjian_score.facts import UnitFacts
from dangjian_score.rubric.standing import Veto


class Standing(Struct, frozen=True):
    """What a unit's points come to after vetoes; `done` are its steps over all passes."""

    unit: str
    attributes: Mapping[str, str]
    total: Fraction
    grade: str | None
    vetoes: tuple[Veto, ...]
    done: Done

    @property
    def barred(self) -> bool:
        """Whether a veto keeps it from honours."""
        return any(not veto.selections for veto in self.vetoes)

    def meets(self, *path: str | int) -> bool:
        """Tell whether the condition at a place of the YAML holds over all evidence."""
        return self.done[asked(path)] > 0


def stand(program: Program, unit: UnitFacts, done: Done) -> Standing:
    """Read off what a unit's steps over all passes came to."""
    vetoes = tuple(veto for at, veto in enumerate(program.rubric.vetoes) if done[struck(at)] > 0)
    grade = named_grade(program, done[GRADE]) if program.rubric.grades else None
    return Standing(unit.unit, unit.attributes, done[FINAL], grade, vetoes, done)


def named_grade(program: Program, place: Fraction) -> str | None:
    """Name the grade at a place; behind the last there is none."""
    best_first = best_grades(program.rubric.grades)
    return best_first[int(place) - 1] if place <= len(best_first) else None


def ranks(program: Program, standings: Sequence[Standing]) -> dict[str, int]:
    """Rank by total, then by the sections that break ties; what is still equal shares a rank (1, 2, 2, 4)."""
    first: dict[Merit, int] = {}
    merits = {one.unit: merit(program, one) for one in standings}
    for place, keys in enumerate(sorted(merits.values(), reverse=True), start=1):
        first.setdefault(keys, place)
    return {unit: first[keys] for unit, keys in merits.items()}


Merit = tuple[int | Fraction, ...]
"""What units are ordered by, the weightiest first."""
_PARTS: Final = 10**6


def merit(program: Program, standing: Standing) -> Merit:
    """Give the total and the points that break ties; before it millionths of the total, for integers compare fast."""
    total = standing.total
    millionths = total.numerator * _PARTS // total.denominator
    return (millionths, total, *(standing.done[section] for section in program.rubric.tie_break))
