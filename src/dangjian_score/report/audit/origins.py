"""Sheet 出处: the cells that everything is from; what several assessors gave is combined there by formulas."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final, assert_never

from msgspec import Struct, field

from dangjian_score.core.columns import CATEGORY, DAY
from dangjian_score.core.facts import Cell, Fact, UnitFacts, Value
from dangjian_score.engine.formulas import DAYS, INAPPLICABLE, NO, YES, Formulas, quoted
from dangjian_score.engine.panel import worth
from dangjian_score.report.audit.heads import AuditEntry, AuditSheet, Content
from dangjian_score.report.audit.layout import AuditLayout, CellPlace, UnitRow
from dangjian_score.report.audit.working import held
from dangjian_score.report.book import Formula
from dangjian_score.report.taken import taken_unit
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import ByCategory, Combining, Trimmed
from dangjian_score.words.conditions import shown

_FIRST: Final = 2
_VALUE, _CATEGORY, _POINTS = 3, 6, 7
"""The first row, and the columns that formulas look at."""
_WIDTHS: Final = (24, 10, 26, 14, 40, 46)
_HEADS: Final = ("round", "audit what", "audit value", "audit more", "audit cells")
_OF_ASSESSORS: Final = (12, 12)
"""Widths of columns for categories and for the points of levels, where there are any."""


class Origin(Struct, frozen=True):
    """What was entered: its name, its value, more about it, its cells; of an assessor also the category.

    `graded` is the table of points where it is a level that an assessor gave.
    """

    what: str
    value: AuditEntry
    more: str
    cells: str
    category: str = ""
    graded: Graded | None = None


Panels = Mapping[tuple[str, str, str], range]
"""The rows of what assessors gave, by unit, round and measure."""


class Origins(Struct, frozen=True):
    """All rows with the unit and the round of each, and which of them are those of assessors."""

    rows: tuple[tuple[str, str, Origin], ...]
    panels: Panels = field(default_factory=dict)

    def formula(self, layout: AuditLayout, slot: UnitRow, measure: str) -> str | None:
        """Write how what assessors gave for a measure becomes one figure; None where nothing is combined."""
        basis = layout.panels.get(measure)
        rows = self.panels.get((slot.unit.unit.unit, slot.part.round or "", measure))
        if basis is None or rows is None:
            return None
        column = _POINTS if isinstance(basis, Graded) else _VALUE
        figures, categories = (_area(layout, rows, at) for at in (column, _CATEGORY))
        return f"={_combined(basis.combine or 'mean', figures, categories)}"


def _area(layout: AuditLayout, rows: range, column: int) -> str:
    first, last = (CellPlace(layout.sheet("origins"), row, column) for row in (rows[0], rows[-1]))
    return f"{first.seen_from('')}:{last.cell}"


def _combined(how: Combining, figures: str, categories: str) -> str:
    match how:
        case "mean":
            return f"AVERAGE({figures})"
        case "median":
            return f"MEDIAN({figures})"
        case Trimmed(ends, at_least):
            ranks = range(1, ends + 1)
            left_out = "".join(f"-{end}({figures},{rank})" for end in ("LARGE", "SMALL") for rank in ranks)
            trimmed = f"(SUM({figures}){left_out})/(COUNT({figures})-{2 * ends})"
            return trimmed if at_least is None else f"IF(COUNT({figures})>={at_least},{trimmed},AVERAGE({figures}))"
        case ByCategory(weights):
            return "+".join(
                f"{weight.numerator}/{weight.denominator}*AVERAGEIF({categories},{quoted(_pattern(name))},{figures})"
                for name, weight in weights
            )
        case _:
            assert_never(how)


def _pattern(category: str) -> str:
    """Return a text that AVERAGEIF finds as it is written: `~` takes the meaning from the signs of patterns."""
    return "=" + "".join(f"~{sign}" if sign in "~*?" else sign for sign in category)


def origins(layout: AuditLayout) -> Origins:
    """List all rows, unit by unit."""
    rows: list[tuple[str, str, Origin]] = []
    panels: dict[tuple[str, str, str], range] = {}
    for unit in layout.units:
        for round_, part in (("", unit.unit), *unit.unit.rounds.items()):
            for name, found in _parts(layout, part, whole=not round_):
                first = _FIRST + len(rows)
                rows += ((unit.unit.unit, round_, row) for row in found)
                if name is not None and len(rows) + _FIRST > first:
                    panels[unit.unit.unit, round_, name] = range(first, _FIRST + len(rows))
    return Origins(tuple(rows), panels)


def _parts(layout: AuditLayout, unit: UnitFacts, *, whole: bool) -> Iterator[tuple[str | None, Iterable[Origin]]]:
    """List one part of a unit, of all evidence only what no round has of its own; name what assessors gave."""
    elsewhere = {cell for part in unit.rounds.values() for fact in part.facts.values() for cell in fact.cells}
    for name, fact in unit.facts.items():
        if not elsewhere.issuperset(fact.cells):
            graded = _graded(layout, name)
            yield name if graded else None, [_origin(layout, name, fact, _taken(layout, unit, name), graded=graded)]
    yield None, (Origin(name, INAPPLICABLE, "", str(cell)) for name, cell in unit.inapplicable.items())
    for name, given in unit.assessed.items():
        yield (
            name,
            (
                _origin(layout, name, fact, assessor, unit.categories.get(assessor), _graded(layout, name))
                for assessor, fact in given.items()
            ),
        )
    for name, absences in unit.absences.items():
        yield (
            None,
            (
                Origin(name, layout.words.text(f"absence {absence.reason}"), assessor, str(absence.cell))
                for assessor, absence in absences.items()
            ),
        )
    yield None, _events(unit, whole=whole)
    yield (
        None,
        (Origin(made.node, made.points, f"{made.reason}；{made.approver}", str(made.cell)) for made in unit.rulings),
    )


def _taken(layout: AuditLayout, unit: UnitFacts, name: str) -> str:
    """Name the units of a result of another rubric that a figure is from; nothing for one that was entered."""
    places, taken = layout.program.rubric.shown_places, unit.taken.get(name)
    units = () if taken is None else (taken_unit(each, taken, places, layout.words) for each in taken.units)
    return "；".join(units)


def _graded(layout: AuditLayout, name: str) -> Graded | None:
    basis = layout.panels.get(name)
    return basis if isinstance(basis, Graded) else None


def _origin(
    layout: AuditLayout,
    name: str,
    fact: Fact,
    assessor: str = "",
    category: Fact | None = None,
    graded: Graded | None = None,
) -> Origin:
    cells = fact.cells if category is None else (*fact.cells, category.cell)
    of = "" if category is None else str(category.value)
    return Origin(name, entry_of(layout, name, fact.value), assessor, "；".join(map(str, cells)), of, graded)


def _events(unit: UnitFacts, *, whole: bool) -> Iterator[Origin]:
    """List events with their columns, those of rounds with their round."""
    elsewhere = {event.cell for part in unit.rounds.values() for event in part.events} if whole else set[Cell]()
    for event in unit.events:
        if event.cell not in elsewhere:
            texts = (f"{name} {_column_text(name, fact.value)}" for name, fact in event.columns.items())
            yield Origin(event.register, "", "；".join(texts), str(event.cell))


def _column_text(name: str, value: Value) -> str:
    return _answer(value) if isinstance(value, bool) else shown(value, "date" if name == DAY else "number")


def _answer(value: bool) -> str:
    return YES if value else NO


def entry_of(layout: AuditLayout, name: str, value: Value) -> AuditEntry:
    """Give a value as its cell holds it: yes or no in words, a day as a spreadsheet counts them."""
    match value:
        case bool():
            return _answer(value)
        case Fraction() if layout.kind(name) == "date":
            return value - DAYS
        case _:
            return value


def write_origins(sheet: AuditSheet, layout: AuditLayout, found: Origins) -> None:
    """Write all rows; with columns for categories and for the points of levels where the rubric has them."""
    rubric, label = layout.program.rubric, layout.words.text
    of_assessors = any(isinstance(b, Graded) or isinstance(b.combine, ByCategory) for b in layout.panels.values())
    more = (CATEGORY, label("audit level points")) if of_assessors else ()
    widths = (*_WIDTHS, *(_OF_ASSESSORS if of_assessors else ()))
    sheet.table(1, (rubric.unit_column or rubric.subject, *map(label, _HEADS), *more), widths)
    for row, (unit, round_, origin) in enumerate(found.rows, start=_FIRST):
        content: Content = "date" if layout.kind(origin.what) == "date" else "number"
        entries = (unit, round_, origin.what, origin.value, origin.more, origin.cells)
        for column, entry in enumerate(entries):
            sheet.put(row, column, entry, "text" if isinstance(entry, str) else content)
        if of_assessors:
            sheet.put(row, _CATEGORY, origin.category)
            points = "" if origin.graded is None else _points(origin.graded, row, origin.value)
            sheet.put(row, _POINTS, points, "number")
    sheet.raw.autofilter(1, 0, max(len(found.rows) + 1, 1), len(widths) - 1)
    sheet.lay_out(2, 1, sum(widths))


def _points(graded: Graded, row: int, level: AuditEntry) -> Formula | Fraction:
    """Write the points of a level as a formula over its cell."""
    cell = CellPlace("", row, _VALUE).cell
    return held(Formulas(*[lambda _: cell] * 3).cell(graded.worth), worth(graded, level))
