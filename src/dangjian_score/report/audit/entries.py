"""Sheet 证据: what was entered, a row for each unit in each pass; and sheet 归集: what is reduced of it beforehand.

What a row over all rounds, or of a section scored once in a round, has from other rows is a formula there, so that a
changed cell is changed everywhere.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.engine.formulas import DAYS, INAPPLICABLE, NO, YES
from dangjian_score.facts import Fact, Value
from dangjian_score.report.audit.book import Entry, Formula, AuditSheet, Style
from dangjian_score.report.audit.layout import AuditLayout, UnitRow
from dangjian_score.rubric.measures import MeasureKind

_ADDED: Final[Mapping[MeasureKind, Style]] = {"count": "number", "number": "number", "score": "number"}
_STYLES: Final[Mapping[MeasureKind, Style]] = {**_ADDED, "percent": "percent", "date": "date"}
_MOST: Final = 250
"""Cells that one function takes."""


class Entries:
    """Writes what was entered."""

    def __init__(self, layout: AuditLayout) -> None:
        self._layout = layout
        self._kinds = {name: measure.kind for name, measure in layout.known.measures.items()}

    def write(self, sheet: AuditSheet) -> None:
        """Fill the rows, and offer the answers where these are yes and no."""
        layout = self._layout
        for slot in layout.slots:
            for name, column in layout.facts.items():
                entry = self._entry(slot, name)
                sheet.put(slot.row, column, entry, self._style(name), grey=isinstance(entry, Formula))
        first, last = layout.slots[0].row, layout.slots[-1].row
        answers = {"validate": "list", "source": [YES, NO, INAPPLICABLE]}
        for name, column in layout.facts.items():
            if self._kinds.get(name) == "yes_no":
                sheet.raw.data_validation(first, column, last, column, answers)

    def _style(self, name: str) -> Style:
        kind = self._kinds.get(name)
        return "number" if kind is None else _STYLES.get(kind, "answer")

    def _entry(self, slot: UnitRow, name: str) -> Entry | Formula:
        ready = slot.unit.ready[slot.part.key]
        fact = ready.facts.get(name)
        if fact is None:
            return INAPPLICABLE if name in ready.unit.inapplicable else ""
        shown = self._shown(name, fact.value)
        source = self._source(slot, name, fact)
        return shown if source is None else Formula(f"={source}", shown)

    def _shown(self, name: str, value: Value) -> Entry:
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, Fraction) and self._kinds.get(name) == "date":
            return value - DAYS
        return value

    def _source(self, slot: UnitRow, name: str, fact: Fact) -> str | None:
        """Write where a row has it from; None where it was entered for this row."""
        mine = self._rows_before(slot)
        same = [one for one in mine if one.part.round == slot.part.round or name in self._layout.known.attributes]
        for one in same:
            other = one.unit.ready[one.part.key].facts.get(name)
            if other is not None and other.value == fact.value:
                return self._layout.fact(one, name).cell
        return self._of_rounds(mine, name, fact) if slot.part.round is None else None

    def _rows_before(self, slot: UnitRow) -> Sequence[UnitRow]:
        first = slot.at * len(self._layout.program.passes)
        return self._layout.slots[first : first + self._layout.program.passes.index(slot.part)]

    def _of_rounds(self, rounds: Sequence[UnitRow], name: str, fact: Fact) -> str | None:
        """Write how rounds come together: figures add up, one yes is a yes, else all say the same."""
        once = {one.part.round: one for one in reversed(rounds)}
        given = {key: one.unit.ready[one.part.key].facts.get(name) for key, one in once.items()}
        entered = {cell for one in given.values() if one is not None for cell in one.cells}
        if not entered.issuperset(fact.cells) or len(once) > _MOST:
            return None
        cells = [self._layout.fact(one, name).cell for one in reversed(once.values())]
        kind = self._kinds.get(name)
        if kind is None or kind in _ADDED:
            return f"SUM({','.join(cells)})"
        if kind == "yes_no":
            told = ",".join(f'{cell}="{YES}"' for cell in cells)
            return f'IF(OR({told}),"{YES}","{NO}")'
        return next(self._layout.fact(once[key], name).cell for key, one in given.items() if one is not None)


def write_figures(sheet: AuditSheet, layout: AuditLayout) -> None:
    """Write what is reduced beforehand, as figures."""
    for slot in layout.slots:
        ready = slot.unit.ready[slot.part.key]
        for name, column in layout.figures.items():
            fact = ready.facts.get(name)
            figure = ready.known.get(name) if fact is None else fact.value
            if isinstance(figure, Fraction):
                sheet.put(slot.row, column, figure, "number")
            else:
                sheet.put(slot.row, column, INAPPLICABLE if name in ready.unit.inapplicable else "", "cell")
