"""What has been read of a unit so far, by round; and how cells of one measure become one fact."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.cells import BarePercent, Fault, Good, Inapplicable, NoFigure, Reading, settle
from dangjian_score.evidence.guesses import remarks
from dangjian_score.evidence.sheets import Broken, RawCell, shown
from dangjian_score.facts import Absence, Cell, Event, Fact, Ruling, Value
from dangjian_score.names import near_name
from dangjian_score.points import plain


@dataclass(frozen=True, slots=True)
class Seen:
    """One cell that was read for a unit's measure."""

    raw: RawCell
    cell: Cell
    reading: Reading


Answer = Fact | Cell | Absence
"""A value, the cell that says 不适用, or why an assessor gave no figure."""


@dataclass(slots=True)
class Slot:
    """What was handed in of a unit for one round, or without one.

    `assessed` is what assessors entered, by measure and assessor, `absences` what they left blank.
    """

    rows: int = 0
    seen: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    blanks: dict[str, Cell] = field(default_factory=dict)
    assessed: dict[str, dict[str, list[Seen]]] = field(default_factory=lambda: defaultdict(dict))
    absences: dict[str, dict[str, list[Absence]]] = field(default_factory=lambda: defaultdict(dict))
    votes: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    events: list[Event] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the cells of one slot come to: facts, blanks that stay, faults, and what is 不适用."""

    facts: dict[str, Fact]
    blanks: dict[str, Cell]
    faults: frozenset[str]
    inapplicable: dict[str, Cell]


def agreed(unit: str, slot: Slot, measures: Mapping[str, Measure], found: list[Diagnostic]) -> Agreed:
    """Bring a slot's cells together; what is wrong with them goes to `found`."""
    facts: dict[str, Fact] = {}
    faults: set[str] = set()
    inapplicable: dict[str, Cell] = {}
    for name, all_seen in slot.seen.items():
        match agreed_on(unit, measures[name], all_seen, found):
            case Fact() as fact:
                facts[name] = fact
            case Cell() as cell:
                inapplicable[name] = cell
            case None:
                faults.add(name)
            case Absence():
                raise AssertionError(name)  # only rows of assessors hold one
    blanks: dict[str, Cell] = {}
    for name, cell in slot.blanks.items():
        if name not in slot.seen:
            blank = measures[name].blank
            if blank is None:
                blanks[name] = cell
            else:
                facts[name] = Fact(blank, cell)
    return Agreed(facts, blanks, frozenset(faults), inapplicable)


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
    told = {"measure": measure.name, "found": shown(seen.raw)}
    match seen.reading:
        case Good(value, lenient):
            if lenient:
                said = plain(value) if isinstance(value, Fraction) else str(value)
                found.append(at_cell(Code.READ_LENIENTLY, seen.cell, **told, value=said))
            return True
        case Inapplicable() | NoFigure():
            return True
        case Fault(code):
            if not (isinstance(seen.raw.content, Broken) and seen.raw.content.why == "beneath"):  # its sheet said so
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


def settled(seen: Seen, measure: Measure, scale: int | None) -> Seen:
    """Settle what a bare number in a column of per cents means."""
    match seen.reading:
        case BarePercent(number):
            reading = Fault(Code.PERCENT_AMBIGUOUS) if scale is None else settle(number / scale, measure)
            return Seen(seen.raw, seen.cell, reading)
        case Good(Fraction() as share) if measure.kind == "percent":
            return Seen(seen.raw, seen.cell, settle(share, measure))
        case _:
            return seen


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
