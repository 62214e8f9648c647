"""Rows of matrices, forms and rosters → what speaks of a unit's measures; what their per cents mean is found here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction

from dangjian_score.core.facts import Cell
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.facts.gather import Loose, UnitSlot, loose, percent_scale
from dangjian_score.evidence.sheets import RawCell, Sheet
from dangjian_score.evidence.tables.cells import BarePercent, Fault, Good, Inapplicable, Reading, Seen
from dangjian_score.evidence.tables.keys import Spellings
from dangjian_score.evidence.tables.rows import Entry, Placed, RowCells
from dangjian_score.evidence.tables.typed import Known, MatrixRows, Scales


class Taker:
    """Takes the cells of rows into slots."""

    def __init__(self, known: Catalogue, spellings: Spellings) -> None:
        self._known, self._spellings = known, spellings
        self._readings = Known()
        self._matrices: list[MatrixRows] = []

    def cells(self, slot: UnitSlot, cells: Mapping[str, Placed]) -> None:
        """Take cells one by one."""
        for name in cells:
            measure = self._known.measures.get(name)
            if measure is None:
                continue
            raw, cell = cells[name]
            parts = slot.describes if name in self._known.attributes else slot.measured
            if raw is None:
                loose(parts)[name].append(cell)
            elif not measure.is_key:
                loose(parts)[name].append(Seen(raw, cell, self._readings.reading(raw, measure)))
            elif isinstance(reading := self._key(measure, raw, cell), Fault):
                slot.faults.add(name)
            else:
                loose(parts)[name].append(cell if reading is None else Seen(raw, cell, reading))

    def form(self, slot: UnitSlot, entry: Entry) -> None:
        """Take a row of a form."""
        self.cells(slot, entry.cells)

    def _key(self, measure: Measure, raw: RawCell, cell: Cell) -> Reading | None:
        """Read what units are told apart by; what cannot be one is reported."""
        priced = self._known.prices_none(measure.name)
        return self._spellings.read(measure, raw, cell, none_is_priced=priced)

    def matrix(self, sheet: Sheet, columns: Mapping[str, int]) -> Callable[[UnitSlot, Entry], None]:
        """Begin a table whose rows are alike; give what takes them."""
        known = {name: self._known.measures[name] for name in columns if name in self._known.measures}
        keys = [measure for measure in known.values() if measure.is_key]
        described = [name for name in known if name in self._known.attributes]
        measured = [name for name in known if name not in self._known.attributes]
        matrices = [
            MatrixRows(sheet, {name: columns[name] for name in names}, known, self._readings)
            for names in (measured, described)
        ]
        self._matrices += (matrix for matrix in matrices if matrix.columns)

        def take(slot: UnitSlot, entry: Entry) -> None:
            for measure in keys:
                self._read_key(slot, measure, entry.cells)
            for matrix, parts in zip(matrices, (slot.measured, slot.describes), strict=True):
                if matrix.columns:
                    parts.append(matrix.take(entry.cells.number, entry.cells.row))

        return take

    def _read_key(self, slot: UnitSlot, measure: Measure, cells: RowCells) -> None:
        """Read a key of a row; one that is no use is reported wherever it stands, others are read once."""
        known, raw = self._readings.of(measure).readings, cells.raw(measure.name)
        if raw is not None and not isinstance(known.get(id(raw)), Good | Inapplicable):
            reading = known[id(raw)] = self._key(measure, raw, cells[measure.name][1])
            if isinstance(reading, Fault):
                slot.faults.add(measure.name)

    def scales(self, slots: Iterable[UnitSlot], percents: Collection[str]) -> Scales:
        """Read what was taken, and judge bare numbers over the whole column of all files."""
        bare: dict[str, set[Fraction]] = defaultdict(set)
        for name, number in (one for matrix in self._matrices for one in matrix.read()):
            bare[name].add(number)
        parts = (part for slot in slots for part in (*slot.measured, *slot.describes) if isinstance(part, Loose))
        for name, cells in (one for part in parts for one in part.cells.items()):
            readings = (cell.reading for cell in cells if isinstance(cell, Seen))
            bare[name].update(one.number for one in readings if isinstance(one, BarePercent))
        scales = {name: percent_scale([*numbers], titled=name in percents) for name, numbers in bare.items()}
        for matrix in self._matrices:
            matrix.settle(scales)
        return scales
