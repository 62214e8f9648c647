"""What has been read of a unit so far, by round; and how cells of one measure become one fact."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Absence, Cell, Event, Fact, FactLayout, RowFacts, Ruling, Value
from dangjian_score.core.names import near_name
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.cells import BarePercent, Fault, Good, Inapplicable, NoFigure, Seen, settled
from dangjian_score.evidence.keys import remarks
from dangjian_score.evidence.matrices import MatrixRow, MatrixRows, Scales
from dangjian_score.evidence.sheets import BrokenCell, shown

Answer = Fact | Cell | Absence
"""A value, the cell that says 不适用, or why an assessor gave no figure."""


class Loose(Struct):
    """Cells of a unit that were taken one by one, as those of forms, by measure; of a blank one only where it is."""

    cells: dict[str, list[Seen | Cell]] = field(default_factory=lambda: defaultdict(list))

    def seen(self, _: frozenset[str]) -> Iterator[tuple[str, Seen | Cell]]:
        """Give all of them."""
        return ((name, cell) for name, cells in self.cells.items() for cell in cells)


Parts = list[MatrixRow | Loose]
"""What speaks of a unit, in the order of the evidence."""


def loose(parts: Parts) -> dict[str, list[Seen | Cell]]:
    """Give the place for cells that are taken one by one now."""
    last = parts[-1] if parts else None
    if not isinstance(last, Loose):
        last = Loose()
        parts.append(last)
    return last.cells


class UnitSlot(Struct):
    """What was handed in of a unit for one round, or without one: what was `measured`, and what `describes` it.

    `assessed` is what assessors entered, by measure and assessor, `absences` what they left blank.
    """

    rows: int = 0
    measured: Parts = field(default_factory=list)
    describes: Parts = field(default_factory=list)
    assessed: dict[str, dict[str, list[Seen]]] = field(default_factory=lambda: defaultdict(dict))
    absences: dict[str, dict[str, list[Absence]]] = field(default_factory=lambda: defaultdict(dict))
    votes: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)


class Agreed(Struct, frozen=True):
    """What the cells of one slot come to: facts, blanks that stay, faults, and what is 不适用."""

    facts: Mapping[str, Fact]
    blanks: dict[str, Cell]
    faults: frozenset[str]
    inapplicable: dict[str, Cell]


class Gathering:
    """Brings the cells of units together, per cents settled by their scales; what is wrong goes to `found`."""

    def __init__(self, measures: Mapping[str, Measure], scales: Scales) -> None:
        self._measures, self._scales = measures, scales
        self._layouts: dict[tuple[MatrixRows, ...], tuple[FactLayout, frozenset[str]]] = {}

    def agreed(
        self, unit: str, parts: Parts, found: list[Diagnostic], spoken_of: frozenset[str] = frozenset()
    ) -> Agreed:
        """Bring parts together; blanks of what is `spoken_of` elsewhere mean nothing."""
        rows = tuple(part for part in parts if isinstance(part, MatrixRow))
        layout, several = self._layout(tuple(row.matrix for row in rows))
        several = several.union(spoken_of, *(part.cells for part in parts if isinstance(part, Loose)))
        seen: dict[str, list[Seen | Cell]] = {}
        for name, cell in (one for part in parts for one in part.seen(several)):
            seen.setdefault(name, []).append(cell)
        agreed = self._answers(unit, seen, found, spoken_of)
        if not rows:
            return agreed
        figures = rows[0].figures if len(rows) == 1 else tuple(figure for row in rows for figure in row.figures)
        if several:
            apart = {layout.places[name] for name in several & layout.places.keys()}
            figures = tuple(None if at in apart else figure for at, figure in enumerate(figures))
        return replace(agreed, facts=RowFacts(layout, tuple(row.number for row in rows), figures, agreed.facts))

    def _layout(self, matrices: tuple[MatrixRows, ...]) -> tuple[FactLayout, frozenset[str]]:
        """Lay the columns of matrices out one after the other; name those that several of them have."""
        if matrices not in self._layouts:
            columns = [(name, at, place) for at, one in enumerate(matrices) for name, place in one.columns.items()]
            spots = ((matrices[at].sheet, at, place) for _, at, place in columns)
            several = Counter(name for name, _, _ in columns)
            layout = FactLayout(
                {name: at for at, (name, _, _) in enumerate(columns)},
                tuple((sheet.file, sheet.name, at, place) for sheet, at, place in spots),
            )
            self._layouts[matrices] = layout, frozenset(name for name, count in several.items() if count > 1)
        return self._layouts[matrices]

    def _answers(
        self, unit: str, seen: Mapping[str, list[Seen | Cell]], found: list[Diagnostic], spoken_of: frozenset[str]
    ) -> Agreed:
        """Find what the cells of each measure agree on; a blank counts where nothing else stands."""
        facts, blanks, inapplicable = dict[str, Fact](), dict[str, Cell](), dict[str, Cell]()
        faults = set[str]()
        for name, cells in seen.items():
            measure = self._measures[name]
            answers = [cell for cell in cells if isinstance(cell, Seen)]
            if not answers:
                blank = next(cell for cell in cells if isinstance(cell, Cell))
                if name not in spoken_of and measure.blank is None:
                    blanks[name] = blank
                elif name not in spoken_of and measure.blank is not None:
                    facts[name] = Fact(measure.blank, blank)
                continue
            match agreed_on(unit, measure, [self._settled(one, measure) for one in answers], found):
                case Fact() as fact:
                    facts[name] = fact
                case Cell() as cell:
                    inapplicable[name] = cell
                case None:
                    faults.add(name)
                case Absence():
                    raise AssertionError(name)  # only rows of assessors hold one
        return Agreed(facts, blanks, frozenset(faults), inapplicable)

    def _settled(self, seen: Seen, measure: Measure) -> Seen:
        return replace(seen, reading=settled(seen.reading, measure, self._scales.get(measure.name)))


def agreed_on(unit: str, measure: Measure, all_seen: list[Seen], found: list[Diagnostic]) -> Answer | None:
    """Give the one answer that all cells agree on; None where they are no use."""
    usable = [seen for seen in all_seen if good(seen, measure, found)]
    if len(usable) < len(all_seen):
        return None
    first = usable[0]
    for seen in usable[1:]:
        differs = _value(seen) != _value(first)
        code = Code.VALUES_DIFFER if differs else Code.SAME_VALUE_TWICE
        told = {"unit": unit, "first": str(first.cell), "other": shown(first.raw), "found": shown(seen.raw)}
        found.append(at_cell(code, seen.cell, measure=measure.name, **told))
        if differs:
            return None
    match first.reading:
        case Good(value):
            return Fact(value, first.cell)
        case NoFigure(reason):
            return Absence(reason, first.cell)
        case _:
            return first.cell


def _value(seen: Seen) -> object:
    match seen.reading:
        case Good(value):
            return value
        case NoFigure() as reading:
            return reading
        case _:
            return None


def good(seen: Seen, measure: Measure, found: list[Diagnostic]) -> bool:
    """Report what is wrong with a cell, or that it was read generously."""
    match seen.reading:
        case Good(value, lenient):
            if lenient:
                said = plain(value) if isinstance(value, Fraction) else str(value)
                told = {"measure": measure.name, "found": shown(seen.raw), "value": said}
                found.append(at_cell(Code.READ_LENIENTLY, seen.cell, **told))
            return True
        case Inapplicable() | NoFigure():
            return True
        case Fault(code):
            if not (
                isinstance(seen.raw.content, BrokenCell) and seen.raw.content.why == "beneath"
            ):  # its sheet said so
                told = {"measure": measure.name, "found": shown(seen.raw)}
                advice = remarks(seen.raw, measure)
                if code is Code.ATTRIBUTE_UNKNOWN:
                    advice = {"near": near_name(told["found"], measure.levels)}
                found.append(at_cell(code, seen.cell, **told, **advice, **_allowed(measure)))
            return False
        case BarePercent():
            raise AssertionError(seen)  # settled before


def value_of(seen: Seen, measure: Measure, found: list[Diagnostic]) -> Value | None:
    """Give a cell's value where 不适用 is none; None where the cell is no use, which is reported."""
    if isinstance(seen.reading, Inapplicable):
        found.append(at_cell(Code.NOT_APPLICABLE, seen.cell, measure=measure.name, found=shown(seen.raw)))
        return None
    return seen.reading.value if good(seen, measure, found) and isinstance(seen.reading, Good) else None


def percent_scale(numbers: list[Fraction], *, titled: bool = False) -> int | None:
    """Tell whether a column's bare numbers are fractions (1) or per cents (100); None where they may be either.

    Under a title that says per cents (`titled`) they are, unless they are so small that fractions may be meant.
    """
    if titled:
        return None if any(0 < abs(number) <= 1 for number in numbers) else 100
    fractions = any(0 < abs(number) < 1 for number in numbers)
    percents = any(abs(number) > 1 for number in numbers)
    if fractions != percents:
        ones = any(abs(number) == 1 for number in numbers)
        return 1 if fractions else None if ones else 100
    return None if fractions or any(numbers) else 1


def _allowed(measure: Measure) -> dict[str, str]:
    """Say what a column may hold, for a message."""
    show = (lambda bound: f"{plain(bound * 100)}%") if measure.kind == "percent" else plain
    return {
        "kind": measure.kind,
        "least": "" if measure.least is None else show(measure.least),
        "most": "" if measure.most is None else show(measure.most),
        "levels": "、".join(measure.levels),
    }
