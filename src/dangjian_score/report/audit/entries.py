"""Sheets 证据, 归集 and 出处: what was entered, and the cells it stands in."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.facts import DAY, Cell, Fact, UnitFacts, Value
from dangjian_score.engine.formulas import DAYS, INAPPLICABLE, NO, YES
from dangjian_score.report.audit.book import AuditSheet, Entry, Formula, Style
from dangjian_score.report.audit.layout import AuditLayout, UnitRow
from dangjian_score.rubric.measures import MeasureKind
from dangjian_score.words.conditions import shown

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


_WIDTHS: Final = (24, 10, 26, 14, 40, 46)
_HEADS: Final = ("round", "audit what", "audit value", "audit more", "audit cells")

Row = tuple[str, Entry, str, str]
"""What, its value, more about it, its cells."""


def write_origins(sheet: AuditSheet, layout: AuditLayout) -> None:
    """Write them all, unit by unit."""
    label, rubric = layout.words.text, layout.program.rubric
    sheet.widen(_WIDTHS)
    sheet.title(label("audit title", title=rubric.title, sheet=layout.sheet("origins")))
    sheet.heads(1, (rubric.unit_column or rubric.subject, *map(label, _HEADS)), _WIDTHS)
    row = 1
    for unit in layout.units:
        for round_, part in (("", unit.unit), *unit.unit.rounds.items()):
            for what, value, more, cells in _rows(layout, part, whole=not round_):
                row += 1
                for column, entry in enumerate((unit.unit.unit, round_, what, value, more, cells)):
                    sheet.put(row, column, entry, "cell" if isinstance(entry, str) else _style(layout, what))
    sheet.raw.autofilter(1, 0, max(row, 1), len(_WIDTHS) - 1)
    sheet.page(2, 1, sum(_WIDTHS))


def _style(layout: AuditLayout, name: str) -> Style:
    return "date" if _is_date(layout, name) else "number"


def _is_date(layout: AuditLayout, name: str) -> bool:
    return name in layout.known.measures and layout.known.measures[name].kind == "date"


def _rows(layout: AuditLayout, unit: UnitFacts, *, whole: bool) -> Iterator[Row]:
    """List one part of a unit; of all evidence only what no round has of its own."""
    elsewhere = {cell for one in unit.rounds.values() for fact in one.facts.values() for cell in fact.cells}
    for name, fact in unit.facts.items():
        if not elsewhere.issuperset(fact.cells):
            yield name, _value(layout, name, fact), "", _cells(fact.cells)
    for name, cell in unit.inapplicable.items():
        yield name, INAPPLICABLE, "", str(cell)
    for name, given in unit.assessed.items():
        for assessor, fact in given.items():
            yield name, _value(layout, name, fact), assessor, _cells(fact.cells)
    for name, absences in unit.absences.items():
        for assessor, absence in absences.items():
            yield name, layout.words.text(f"absence {absence.reason}"), assessor, str(absence.cell)
    yield from _events(unit, whole=whole)
    for ruling in unit.rulings:
        yield ruling.node, ruling.points, f"{ruling.reason}；{ruling.approver}", str(ruling.cell)


def _events(unit: UnitFacts, *, whole: bool) -> Iterator[Row]:
    """List events with their columns, those of rounds with their round."""
    elsewhere = {event.cell for one in unit.rounds.values() for event in one.events} if whole else set()
    for event in unit.events:
        if event.cell not in elsewhere:
            told = (f"{name} {_said(name, fact)}" for name, fact in event.columns.items())
            yield event.register, "", "；".join(told), str(event.cell)


def _said(name: str, fact: Fact) -> str:
    value = fact.value
    return _answer(value) if isinstance(value, bool) else shown(value, "date" if name == DAY else "number")


def _answer(value: object) -> str:
    return YES if value else NO


def _value(layout: AuditLayout, name: str, fact: Fact) -> Entry:
    match fact.value:
        case bool():
            return _answer(fact.value)
        case Fraction() if _is_date(layout, name):
            return fact.value - DAYS
        case value:
            return value


def _cells(cells: tuple[Cell, ...]) -> str:
    return "；".join(map(str, cells))
