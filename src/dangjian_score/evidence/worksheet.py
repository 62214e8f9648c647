"""One sheet of a workbook, read in one pass: its cells, what is hidden, what is merged."""

from typing import Final
from xml.parsers.expat import XMLParserType

from dangjian_score.evidence.archive import Package, Texts
from dangjian_score.evidence.elements import Attributes, ElementRule, flag, walk
from dangjian_score.evidence.merged import LAST_COLUMN, MergedArea, Covered, area, covered
from dangjian_score.evidence.parts import ListedSheet
from dangjian_score.evidence.refusals import UnreadableError
from dangjian_score.evidence.rows import Cells, FilledRows, SheetRowReader, position
from dangjian_score.evidence.sheets import Sheet
from dangjian_score.evidence.strict import StrictRows

MAX_AREAS: Final = 100_000
"""Merges of one sheet."""


class _Found:
    """What is gathered while a sheet is read."""

    def __init__(self) -> None:
        self.filled = FilledRows()
        self.areas: list[MergedArea] = []
        self.hidden_columns = bytearray()

    def hide(self, said: Attributes) -> None:
        """Note columns that are hidden."""
        if flag(said.get("hidden")):
            first, last = (position(said.get(key), 0, LAST_COLUMN) for key in ("min", "max"))
            if last < first:
                raise UnreadableError("damaged")
            self.hidden_columns = self.hidden_columns or bytearray(LAST_COLUMN + 1)
            self.hidden_columns[first : last + 1] = b"\1" * (last + 1 - first)

    def merge(self, said: Attributes) -> None:
        """Note cells that are merged."""
        self.areas.append(area(said.get("ref", "")))
        if len(self.areas) > MAX_AREAS:
            raise UnreadableError("too large")


def worksheet(package: Package, part: str, listed: ListedSheet, file: str, cells: Cells) -> Sheet:
    """Read a sheet. Its `dimension` is never believed, so nothing depends on it. Raises RefusedError."""
    found = _Found()

    def prepare(parser: XMLParserType, texts: Texts) -> StrictRows:
        strict = StrictRows(parser)

        def rows(_: Attributes) -> None:
            strict.reader = SheetRowReader(parser, texts, cells, package.hold)
            found.filled = strict.reader.found

        below = {
            "cols": ElementRule(below={"col": ElementRule(found.hide)}),
            "sheetData": ElementRule(rows),
            "mergeCells": ElementRule(below={"mergeCell": ElementRule(found.merge)}),
        }
        walk(parser, texts, {"worksheet": ElementRule(below=below)})
        return strict

    package.parse(part, prepare)
    filled = found.filled
    whole = covered(filled.rows, found.areas) if found.areas else Covered(filled.rows)
    hidden = frozenset(column for column, said in enumerate(found.hidden_columns) if said)
    return Sheet(file, listed.name, listed.hidden, whole.rows, frozenset(filled.hidden), hidden, whole.beneath)
