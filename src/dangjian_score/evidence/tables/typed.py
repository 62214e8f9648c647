"""The rows of a matrix, read column by column: what several cells of a column share is read once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.facts import Cell, Value
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.sheets import RawCell, Row, Sheet, picked
from dangjian_score.evidence.tables.cells import BarePercent, Fault, Good, Reading, Seen, read, settled

Scales = Mapping[str, int | None]
"""What bare numbers mean in the columns of per cents, by measure."""
Readings = dict[int, Reading | None]
"""What cells mean, by their identity; None where a key is a placeholder."""


class Alike(Struct, frozen=True):
    """What cells mean in columns of one kind, and the values of those of which nothing is to be said."""

    readings: Readings = field(default_factory=dict)
    values: dict[int, Value | None] = field(default_factory=dict)


class Known:
    """What cells mean, each read once for columns of a kind. Whoever asks has to keep the cells alive."""

    def __init__(self) -> None:
        self._alike: dict[Measure, Alike] = defaultdict(Alike)
        self._named: dict[str, Alike] = {}

    def of(self, measure: Measure) -> Alike:
        """Give what is known of columns of this kind; keys are told apart by column."""
        if measure.name not in self._named:
            alike = measure if measure.is_key else replace(measure, name="")
            self._named[measure.name] = self._alike[alike]
        return self._named[measure.name]

    def reading(self, raw: RawCell, measure: Measure) -> Reading:
        """Read a cell of a column that holds no keys."""
        known = self.of(measure).readings
        reading = known.get(id(raw))
        if reading is None:
            reading = known[id(raw)] = read(raw, measure)
        return reading


class MatrixRows:
    """The rows of one table that were taken, as far as some of its columns go; keys among them are read elsewhere."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, int], measures: Mapping[str, Measure], known: Known) -> None:
        self.sheet, self.columns, self._known = sheet, columns, known
        self._measures = [measures[name] for name in columns]
        self._places = {name: at for at, name in enumerate(columns)}
        self._rows: list[tuple[RawCell | None, ...]] = []
        self._raw: list[tuple[RawCell | None, ...]] = []
        self.numbers: list[int] = []
        self.figures: list[tuple[Value | None, ...]] = []
        self.odd: dict[int, list[str]] = {}

    def take(self, number: int, row: Row) -> "MatrixRow":
        """Take a row."""
        self._rows.append(picked(row, self.columns.values()))
        self.numbers.append(number)
        return MatrixRow(self, len(self.numbers) - 1)

    def read(self) -> Iterator[tuple[str, Fraction]]:
        """Read the columns once all rows are taken; yield the bare numbers of those that hold per cents."""
        self._raw = [*zip(*self._rows, strict=True)]
        self._rows.clear()
        for measure, column in zip(self._measures, self._raw, strict=False):
            known = self._known.of(measure).readings
            held = dict(zip(map(id, column), column, strict=True))
            for key in () if measure.is_key else held.keys() - known.keys():
                if (raw := held[key]) is not None:
                    known[key] = read(raw, measure)
            if measure.kind == "percent":
                readings = map(known.get, held)
                yield from ((measure.name, one.number) for one in readings if isinstance(one, BarePercent))

    def settle(self, scales: Scales) -> None:
        """Work out the figures of all rows, and which cells of a row need a closer look."""
        figures: list[tuple[Value | None, ...]] = []
        for measure, column in zip(self._measures, self._raw, strict=False):
            known, scale = self._known.of(measure), scales.get(measure.name)
            keys = [*map(id, column)]
            values = {} if measure.kind == "percent" else known.values
            for key in set(keys) - values.keys():
                values[key] = _plain(known.readings.get(key), measure, scale)
            figures.append(tuple(map(values.__getitem__, keys)))
            odd = {key for key in set(keys) if values[key] is None}
            for at, key in enumerate(keys) if odd else ():
                if key in odd:
                    self.odd.setdefault(at, []).append(measure.name)
        self.figures = [*zip(*figures, strict=True)]

    def seen(self, at: int, name: str) -> Seen | Cell | None:
        """Give one cell as it was read; only where it stands if it is blank; None where it was reported as no key."""
        place = self._places[name]
        measure, raw = self._measures[place], self._raw[place][at]
        cell = self.sheet.cell(self.numbers[at], self.columns[name])
        reading = None if raw is None else self._known.of(measure).readings.get(id(raw))
        if raw is None or reading is None:
            return cell
        return None if measure.is_key and isinstance(reading, Fault) else Seen(raw, cell, reading)


def _plain(reading: Reading | None, measure: Measure, scale: int | None) -> Value | None:
    """Give the value of a cell of which nothing is to be said; None where something is."""
    if reading is None:
        return measure.blank
    match settled(reading, measure, scale):
        case Good(value, lenient=False):
            return value
        case _:
            return None


class MatrixRow(Struct, frozen=True):
    """One of the rows of a matrix."""

    matrix: MatrixRows
    at: int

    @property
    def number(self) -> int:
        """The number of the row on its sheet."""
        return self.matrix.numbers[self.at]

    @property
    def figures(self) -> tuple[Value | None, ...]:
        """Its values in the order of the columns; None where a cell needs a closer look."""
        return self.matrix.figures[self.at]

    def seen(self, names: frozenset[str]) -> Iterator[tuple[str, Seen | Cell]]:
        """Give the cells of some columns, and those that need a closer look."""
        odd = self.matrix.odd.get(self.at, ())
        for name in self.matrix.columns if names else odd:
            if (name in names or name in odd) and (seen := self.matrix.seen(self.at, name)) is not None:
                yield name, seen
