"""What evidence holds that is not due: left out, and noted once for each round, register, measure and unit."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal

from dangjian_score.core import columns as col
from dangjian_score.core.diagnostics import Code
from dangjian_score.core.facts import Cell, Event, Fate, UnitFacts
from dangjian_score.engine.stages import Deferred
from dangjian_score.evidence.facts.slots import MergeLog
from dangjian_score.evidence.facts.units import Unit
from dangjian_score.evidence.tables.account import claim
from dangjian_score.evidence.tables.table import TableRow

_What = Literal["round", "register", "event", "measure", "unit"]
_LISTED: Final = 10
"""Cells that a note lists."""


class Postponed:
    """Gathers what is not due."""

    def __init__(self, deferred: Deferred) -> None:
        self.deferred = deferred
        self._cells: dict[tuple[_What, str, str, str | None], list[Cell]] = defaultdict(list)

    def takes_round(self, round_: str | None, row: TableRow, log: MergeLog) -> bool:
        """Return whether a row belongs to a round that is not due; then it is left out."""
        if round_ not in self.deferred.rounds:
            return False
        log.claim(row, Fate.SUPERSEDED)
        self._note("round", round_ or "", row.cell)
        return True

    def takes_event(self, event: Event, round_: str | None, row: TableRow, log: MergeLog) -> bool:
        """Return whether an event belongs to a register, a round or a day that is not due; then it is left out."""
        if event.register in self.deferred.registers:
            log.claim(row, Fate.SUPERSEDED)
            self._note("register", event.register, row.cell)
            return True
        day, after = event.values.get(col.DAY), self.deferred.after
        is_dated = after is not None and isinstance(day, Fraction)
        if not (is_dated and event.register in self.deferred.by_day) and self.takes_round(round_, row, log):
            return True
        if after is None or not isinstance(day, Fraction) or day <= after.toordinal():
            return False
        log.claim(row, Fate.SUPERSEDED)
        self._note("event", event.register, row.cell)
        return True

    def takes_unit(self, name: str, unit: Unit) -> bool:
        """Return whether a unit was founded after the last day that is scored; then it is left out."""
        after = self.deferred.after
        if after is None or unit.since is None or unit.since <= after.toordinal():
            return False
        self._note("unit", name, unit.cell)
        return True

    def measures(self, units: Iterable[UnitFacts], log: MergeLog) -> None:
        """Gather the cells of measures that are not due and were entered without a round."""
        for unit in units if self.deferred.measures else ():
            whole = unit if unit.apart is None else unit.apart
            for name in sorted(self.deferred.measures):
                cells = whole.facts[name].cells if name in whole.facts else ()
                judged = (fact.cell for fact in whole.assessed.get(name, {}).values())
                for cell in (*cells, *judged):
                    self._note("measure", name, cell)
                    log.claims.append(claim(cell, Fate.SUPERSEDED))

    def _note(self, what: _What, name: str, cell: Cell) -> None:
        self._cells[what, name, cell.file, cell.sheet].append(cell)

    def report(self, log: MergeLog) -> None:
        """Note what was left out, once in each sheet."""
        after = self.deferred.after
        for (what, name, *_), cells in self._cells.items():
            cells.sort()
            listed = "、".join(cell.address for cell in cells[:_LISTED]) + ("…" if len(cells) > _LISTED else "")
            args = {"what": what, what: name, "day": after.isoformat() if after else "", "count": str(len(cells))}
            log.report(Code.NOT_DUE, cells[0], **args, cells=listed)
