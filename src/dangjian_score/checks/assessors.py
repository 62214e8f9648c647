"""Assessors' figures that are due and were not given, and units that fewer assessors judged than others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.lookups import Judged
from dangjian_score.engine.prepare import Ready
from dangjian_score.facts import Absence, Cell, UnitFacts

_SHOWN: Final = 10
"""Units that a note names."""


class Panels(Struct, frozen=True):
    """Looks at the assessors of each unit in one pass; `sizes` is how many there were, by rule and unit."""

    judging: tuple[tuple[RuleDemands, str], ...]
    round: str | None
    sizes: dict[str, dict[str, tuple[int, Cell]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, asked: Iterable[RuleDemands], round_: str | None) -> "Panels":
        """Take the rules that ask for assessors' figures."""
        bases = ((one, one.rule.basis) for one in asked)
        return cls(tuple((one, basis.measure) for one, basis in bases if isinstance(basis, Judged)), round_)

    def check(self, ready: Ready) -> Iterator[Diagnostic]:
        """Report figures of one unit that are due and blank, and say which assessors are left out."""
        due = [(asked.rule.name, measure) for asked, measure in self.judging if asked.judges(ready)]
        for rule, measure in due:
            figures, absences = (by.get(measure, {}) for by in (ready.unit.assessed, ready.unit.absences))
            cells = [one.cell for one in (*figures.values(), *absences.values())]
            if cells:
                self.sizes[rule][ready.unit.unit] = len(cells), min(cells)
            yield from _unanswered(ready.unit, measure)
        yield from _absent(ready.unit, tuple(dict.fromkeys(measure for _, measure in due)))

    def unequal(self) -> Iterator[Diagnostic]:
        """Name the units that fewer assessors judged than others; what was judged by the same ones is said once."""
        measures = {asked.rule.name: measure for asked, measure in self.judging}
        alike: dict[tuple[int, tuple[tuple[str, int], ...]], dict[str, Cell]] = defaultdict(dict)
        for rule, sizes in self.sizes.items():
            most = max(count for count, _ in sizes.values())
            fewer = {unit: (count, cell) for unit, (count, cell) in sizes.items() if count < most}
            if fewer:
                key = most, tuple((unit, count) for unit, (count, _) in fewer.items())
                alike[key].setdefault(measures[rule], next(cell for _, cell in fewer.values()))
        for (most, units), cells in alike.items():
            told = {"measures": "、".join(cells), "most": str(most), "round": self.round or ""}
            named = [f"{unit} {count}" for unit, count in units[:_SHOWN]]
            more = ["…"] if len(units) > _SHOWN else []
            yield at_cell(Code.ASSESSORS_UNEQUAL, min(cells.values()), **told, units="、".join([*named, *more]))


def nobody_left(unit: UnitFacts, measure: str) -> Iterator[Diagnostic]:
    """Report that no assessor gave a figure that is due: the blanks, or where there is none that all are left out."""
    blanks = tuple(_unanswered(unit, measure))
    absences = unit.absences[measure].values()
    told = {"unit": unit.unit, "measure": measure, "assessors": str(len(absences))}
    yield from blanks or (at_cell(Code.BLANK, min(one.cell for one in absences), **told),)


def _unanswered(unit: UnitFacts, measure: str) -> Iterator[Diagnostic]:
    """Report the blanks that assessors left where their figure of a measure is due."""
    for assessor, absence in unit.absences.get(measure, {}).items():
        if absence.reason == "blank":
            yield at_cell(Code.BLANK, absence.cell, unit=unit.unit, measure=measure, assessor=assessor)


def _absent(unit: UnitFacts, measures: Iterable[str]) -> Iterator[Diagnostic]:
    """Say who left a row empty, once a row; where nobody is left, that is an error of its own."""
    rows: dict[tuple[str, str | None, int], dict[str, tuple[str, Absence]]] = defaultdict(dict)
    for measure in measures:
        if unit.assessed.get(measure):
            for assessor, absence in _left_empty(unit.absences.get(measure, {})):
                cell = absence.cell
                rows[cell.file, cell.sheet, cell.row][measure] = assessor, absence
    for by_measure in rows.values():
        assessor, first = next(iter(by_measure.values()))
        told = {"unit": unit.unit, "assessor": assessor, "measures": "、".join(by_measure)}
        yield at_cell(Code.ASSESSOR_ABSENT, first.cell, **told)


def _left_empty(absences: Mapping[str, Absence]) -> Iterator[tuple[str, Absence]]:
    return (one for one in absences.items() if one[1].reason == "absent")
