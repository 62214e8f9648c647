"""Cells of one measure → one fact: what they agree on, and what is wrong with those that are no use."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.diagnostics import Code
from dangjian_score.core.facts import Absence, Cell, Fact, FactLayout, RowFacts, Value
from dangjian_score.core.names import near_name
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.facts.slots import LooseCell, MatrixRow, MergeLog, Parts, Settled
from dangjian_score.evidence.sheets import BrokenCell, shown
from dangjian_score.evidence.tables.cells import (
    BarePercent,
    Good,
    Inapplicable,
    KeyText,
    NoFigure,
    NoKey,
    TypedCell,
    Unusable,
    settled,
)
from dangjian_score.evidence.tables.remarks import remarks
from dangjian_score.evidence.tables.table import TypedColumns

Answer = Fact | Cell | Absence
"""A value, the cell that says 不适用, or why an assessor gave no figure."""


class Agreed(Struct, frozen=True):
    """What the cells of one slot come to: facts, blanks that stay, faults, and what is 不适用."""

    facts: Mapping[str, Fact]
    blanks: dict[str, Cell]
    faults: frozenset[str]
    inapplicable: dict[str, Cell]


class Agreement:
    """Brings the cells of units together."""

    def __init__(self, measures: Mapping[str, Measure], settled: Settled) -> None:
        self._measures, self._settled = measures, settled
        self._layouts: dict[tuple[TypedColumns, ...], tuple[FactLayout, frozenset[str]]] = {}

    def of(self, unit: str, parts: Parts, log: MergeLog, spoken_of: frozenset[str] = frozenset()) -> Agreed:
        """Bring parts together; blanks of what is `spoken_of` elsewhere mean nothing."""
        rows = [part for part in parts if isinstance(part, MatrixRow)]
        layout, several = self._layout(tuple(row.columns for row in rows))
        several = several.union(spoken_of, (part.name for part in parts if isinstance(part, LooseCell)))
        cells: dict[str, list[TypedCell | Cell]] = {}
        for part in parts:
            if isinstance(part, LooseCell):
                cells.setdefault(part.name, []).append(part.cell)
            else:
                for name, cell in self._settled.columns[part.columns].cells(part.at, several):
                    cells.setdefault(name, []).append(cell)
        agreed = self._answers(unit, cells, log, spoken_of)
        if not rows:
            return agreed
        figures = tuple(chain.from_iterable(self._settled.columns[row.columns].figures[row.at] for row in rows))
        if several:
            apart = {layout.places[name] for name in several & layout.places.keys()}
            figures = tuple(None if at in apart else figure for at, figure in enumerate(figures))
        numbers = tuple(row.columns.numbers[row.at] for row in rows)
        return replace(agreed, facts=RowFacts(layout, numbers, figures, agreed.facts))

    def _layout(self, tables: tuple[TypedColumns, ...]) -> tuple[FactLayout, frozenset[str]]:
        """Lay the columns of tables out one after the other; name those that several of them have."""
        if tables not in self._layouts:
            columns = [
                (at, table.sheet, column) for at, table in enumerate(tables) for column in table.columns.values()
            ]
            several = Counter(column.measure.name for _, _, column in columns)
            layout = FactLayout(
                {column.measure.name: at for at, (_, _, column) in enumerate(columns)},
                tuple((sheet.file, sheet.name, at, column.at) for at, sheet, column in columns),
            )
            self._layouts[tables] = layout, frozenset(name for name, count in several.items() if count > 1)
        return self._layouts[tables]

    def _answers(
        self, unit: str, cells: Mapping[str, list[TypedCell | Cell]], log: MergeLog, spoken_of: frozenset[str]
    ) -> Agreed:
        """Find what the cells of each measure agree on; a blank counts where nothing else stands."""
        facts, blanks, inapplicable = dict[str, Fact](), dict[str, Cell](), dict[str, Cell]()
        faults = set[str]()
        for name, all_cells in cells.items():
            measure, scale = self._measures[name], self._settled.scales.get(name)
            filled = [cell for cell in all_cells if isinstance(cell, TypedCell)]
            if not filled:
                blank = next(cell for cell in all_cells if isinstance(cell, Cell))
                if name not in spoken_of and measure.blank is None:
                    blanks[name] = blank
                elif name not in spoken_of and measure.blank is not None:
                    facts[name] = Fact(measure.blank, blank)
                continue
            meant = [TypedCell(cell.raw, cell.cell, settled(cell.reading, measure, scale)) for cell in filled]
            match agreed_on(unit, measure, meant, log):
                case Fact() as fact:
                    facts[name] = fact
                case Cell() as cell:
                    inapplicable[name] = cell
                case None:
                    faults.add(name)
                case Absence():
                    raise AssertionError(name)  # only rows of assessors hold one
        return Agreed(facts, blanks, frozenset(faults), inapplicable)


def agreed_on(unit: str, measure: Measure, cells: list[TypedCell], log: MergeLog) -> Answer | None:
    """Give the one answer that all cells agree on; None where they are no use, which is reported."""
    usable = [cell for cell in cells if is_usable(cell, measure, log)]
    if len(usable) < len(cells):
        return None
    first = usable[0]
    for cell in usable[1:]:
        differs = _value(cell) != _value(first)
        code = Code.VALUES_DIFFER if differs else Code.SAME_VALUE_TWICE
        args = {"unit": unit, "first": str(first.cell), "other": shown(first.raw), "found": shown(cell.raw)}
        log.report(code, cell.cell, measure=measure.name, **args)
        if differs:
            return None
    match first.reading:
        case Good(value):
            return Fact(value, first.cell)
        case NoFigure(reason):
            return Absence(reason, first.cell)
        case _:
            return first.cell


def _value(cell: TypedCell) -> object:
    match cell.reading:
        case Good(value):
            return value
        case NoFigure() as reading:
            return reading
        case _:
            return None


def is_usable(cell: TypedCell, measure: Measure, log: MergeLog) -> bool:
    """Tell whether a cell can be used, and report what is wrong with it, or that it was read generously."""
    match cell.reading:
        case Good(value, lenient):
            if lenient:
                meant = plain(value) if isinstance(value, Fraction) else str(value)
                log.report(Code.READ_LENIENTLY, cell.cell, measure=measure.name, found=shown(cell.raw), value=meant)
            return True
        case Inapplicable() | NoFigure():
            return True
        case Unusable(code):
            content = cell.raw.content
            if not isinstance(content, BrokenCell) or content.why != "beneath":  # its sheet was reported
                found, advice = shown(cell.raw), remarks(cell.raw, measure)
                if code is Code.ATTRIBUTE_UNKNOWN:
                    advice = {"near": near_name(found, measure.levels)}
                log.report(code, cell.cell, measure=measure.name, found=found, **advice, **_allowed(measure))
            return False
        case BarePercent() | KeyText() | NoKey():
            raise AssertionError(cell)  # settled before


def value_of(cell: TypedCell, measure: Measure, log: MergeLog) -> Value | None:
    """Give a cell's value where 不适用 is none; None where the cell is no use, which is reported."""
    if isinstance(cell.reading, Inapplicable):
        log.report(Code.NOT_APPLICABLE, cell.cell, measure=measure.name, found=shown(cell.raw))
        return None
    return cell.reading.value if is_usable(cell, measure, log) and isinstance(cell.reading, Good) else None


def _allowed(measure: Measure) -> dict[str, str]:
    """Say what a column may hold, for a message."""
    show = (lambda bound: f"{plain(bound * 100)}%") if measure.kind == "percent" else plain
    return {
        "kind": "figure" if measure.kind == "number" else measure.kind,  # a rubric may say 1/3, a cell may not
        "least": "" if measure.least is None else show(measure.least),
        "most": "" if measure.most is None else show(measure.most),
        "levels": "、".join(measure.levels),
    }
