"""Tables of all files → one evidence: cells read, per cents settled by column, a unit's values brought together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.cells import BarePercent, Fault, Good, Reading, read, settle
from dangjian_score.evidence.sheets import RawCell, shown
from dangjian_score.evidence.tables import Entry, Table
from dangjian_score.facts import Cell, Evidence, Fact, Source, UnitFacts
from dangjian_score.names import fold
from dangjian_score.points import plain

_BRACKETS = str.maketrans("", "", "()[]{}【】〔〕〈〉《》「」")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One cell that was read for a unit's measure."""

    raw: RawCell
    cell: Cell
    reading: Reading


@dataclass(slots=True)
class _Unit:
    """What has been gathered of one unit so far."""

    cell: Cell
    seen: dict[str, list[_Seen]] = field(default_factory=lambda: defaultdict(list))
    blanks: dict[str, Cell] = field(default_factory=dict)


class Merger:
    """Gathers tables; `evidence` then gives what they say together, and `diagnostics` all that is wrong."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self._measures = measures
        self._units: dict[str, _Unit] = {}
        self._columns: set[str] = set()
        self._found: list[Diagnostic] = []

    def add(self, table: Table) -> None:
        """Take one table in."""
        self._columns |= table.measures
        rows: dict[str, Cell] = {}
        for entry in table.entries:
            if entry.unit in rows:
                self._found.append(at_cell(Code.UNIT_TWICE, entry.cell, unit=entry.unit, first=str(rows[entry.unit])))
            else:
                rows[entry.unit] = entry.cell
                self._take(entry)

    def _take(self, entry: Entry) -> None:
        unit = self._units.setdefault(entry.unit, _Unit(entry.cell))
        for name, (raw, cell) in entry.cells.items():
            if raw is None:
                unit.blanks.setdefault(name, cell)
            else:
                unit.seen[name].append(_Seen(raw, cell, read(raw, self._measures[name])))

    def evidence(self, sources: Iterable[Source]) -> tuple[Evidence, tuple[Diagnostic, ...]]:
        """Bring everything together; faulty cells are findings and leave the fact out."""
        self._same_names()
        self._settle_percents()
        units = tuple(self._unit(name, unit) for name, unit in self._units.items())
        return Evidence(tuple(sources), units, frozenset(self._columns)), tuple(self._found)

    def _same_names(self) -> None:
        """Report names that differ only by spaces, width or brackets: most likely one unit."""
        first: dict[str, str] = {}
        for name, unit in self._units.items():
            known = first.setdefault(fold(name).translate(_BRACKETS), name)
            if known != name:
                other = str(self._units[known].cell)
                self._found.append(at_cell(Code.UNIT_NEAR_MISS, unit.cell, unit=name, other=known, first=other))

    def _settle_percents(self) -> None:
        """Judge bare numbers over the whole column of all files."""
        bare: dict[str, list[Fraction]] = defaultdict(list)
        for unit in self._units.values():
            for name, all_seen in unit.seen.items():
                bare[name] += [seen.reading.number for seen in all_seen if isinstance(seen.reading, BarePercent)]
        for unit in self._units.values():
            for name, all_seen in unit.seen.items():
                scale = percent_scale(bare[name])
                unit.seen[name] = [self._settled(seen, name, scale) for seen in all_seen]

    def _settled(self, seen: _Seen, name: str, scale: int | None) -> _Seen:
        match seen.reading:
            case BarePercent(number):
                measure = self._measures[name]
                reading = Fault(Code.PERCENT_AMBIGUOUS) if scale is None else settle(number / scale, measure)
                return _Seen(seen.raw, seen.cell, reading)
            case Good(Fraction() as share) if self._measures[name].kind == "percent":
                return _Seen(seen.raw, seen.cell, settle(share, self._measures[name]))
            case _:
                return seen

    def _unit(self, name: str, unit: _Unit) -> UnitFacts:
        facts: dict[str, Fact] = {}
        faults: set[str] = set()
        for measure, all_seen in unit.seen.items():
            fact = self._agreed(name, measure, all_seen)
            if fact is None:
                faults.add(measure)
            else:
                facts[measure] = fact
        blanks: dict[str, Cell] = {}
        for measure, cell in unit.blanks.items():
            if measure not in unit.seen:
                blank = self._measures[measure].blank
                if blank is None:
                    blanks[measure] = cell
                else:
                    facts[measure] = Fact(blank, cell)
        return UnitFacts(name, unit.cell, facts, blanks, frozenset(faults))

    def _agreed(self, unit: str, measure: str, all_seen: list[_Seen]) -> Fact | None:
        """Give the one value that all cells of a unit's measure agree on; None where one is faulty or they differ."""
        facts: list[Fact] = []
        for seen in all_seen:
            match seen.reading:
                case Good(value, lenient):
                    facts.append(Fact(value, seen.cell))
                    if lenient:
                        said = plain(value) if isinstance(value, Fraction) else str(value)
                        self._note(Code.READ_LENIENTLY, seen, measure, value=said)
                case Fault(code):
                    self._note(code, seen, measure, **_allowed(self._measures[measure]))
                case BarePercent():
                    raise AssertionError(seen)  # settled before
        if len(facts) < len(all_seen):
            return None
        first = facts[0]
        for seen, other in zip(all_seen[1:], facts[1:], strict=True):
            differs = other.value != first.value
            code = Code.VALUES_DIFFER if differs else Code.SAME_VALUE_TWICE
            self._note(code, seen, measure, unit=unit, first=str(first.cell), other=shown(all_seen[0].raw))
            if differs:
                return None
        return first

    def _note(self, code: Code, seen: _Seen, measure: str, **args: str) -> None:
        self._found.append(at_cell(code, seen.cell, measure=measure, found=shown(seen.raw), **args))


def percent_scale(numbers: list[Fraction]) -> int | None:
    """Tell whether a column's bare numbers are fractions (1) or per cents (100); None where they may be either."""
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
