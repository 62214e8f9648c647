"""Workbooks (.xlsx, .xlsm) → a grid for each sheet that holds something, hidden sheets, rows and columns as well.

The guide of a form of this program is left out: it tells how to fill in, not how to score.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from dangjian_score.core import limits
from dangjian_score.core.columns import GUIDE
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.draft.documents.blocks import Grid, GridCell, SourceDocument
from dangjian_score.draft.documents.grids import CellBudget
from dangjian_score.draft.documents.refusals import DocumentRefusedError
from dangjian_score.evidence.sheets import Sheet, written
from dangjian_score.evidence.xlsx import workbook
from dangjian_score.evidence.xlsx.archive import ElementRule, Package, XmlAttributes, bounded, walk
from dangjian_score.evidence.xlsx.worksheet import MergedArea, area_of

_OFFICE: Final = "officeDocument"
_SHEET: Final = "worksheet"


def read_book(data: bytes, name: str) -> SourceDocument | Diagnostic:
    """Read a workbook; what the reader of workbooks finds where it cannot be read.

    Raises DocumentRefusedError where sheets are too large for grids, UnreadableError where they are too large to be
    read twice.
    """
    sheets = workbook.sheets(data, name)
    if isinstance(sheets, Diagnostic):
        return sheets
    cells, covered = CellBudget(), CellBudget()
    ranges = [_range(sheet, cells) for sheet in sheets]
    grids = [
        Grid(number, sheet.name or "", _rows(sheet, used, _covering(sheet, areas, used, covered)))
        for number, (sheet, used, areas) in enumerate(zip(sheets, ranges, _merges(data), strict=True), start=1)
        if used is not None and sheet.name != GUIDE
    ]
    return SourceDocument(tuple(grids))


def _merges(data: bytes) -> list[list[MergedArea]]:
    """Read which cells are merged, sheet by sheet, of a workbook that could be read."""
    package = Package(data)
    whole = workbook.relations(package, "").values()
    part = next(relation.target for relation in whole if relation.kind == _OFFICE and relation.target is not None)
    related = workbook.relations(package, part)
    found: list[list[MergedArea]] = []
    for sheet in workbook.contents(package, part).sheets:
        relation = related[sheet.reference]
        if relation.kind == _SHEET and relation.target is not None:
            areas: list[MergedArea] = []
            cells = ElementRule(below={"mergeCell": ElementRule(partial(_merge, areas))})
            package.parse(relation.target, partial(walk, root={_SHEET: ElementRule(below={"mergeCells": cells})}))
            found.append(areas)
    return found


def _merge(areas: list[MergedArea], attributes: XmlAttributes) -> None:
    areas.append(area_of(attributes.get("ref", "")))
    bounded(areas, limits.MAX_MERGED_AREAS)


def _range(sheet: Sheet, budget: CellBudget) -> MergedArea | None:
    """Return the range from the first row and column that hold something to the last ones; None of an empty sheet."""
    rows = [at for at, row in sheet.rows.items() if row]
    columns = {column for row in sheet.rows.values() for column in row}
    if not rows:
        return None
    used = MergedArea(min(rows), min(columns), max(rows), max(columns))
    height, width = used.bottom - used.top + 1, used.right - used.left + 1
    if width > limits.MAX_DRAFT_COLUMNS:
        raise DocumentRefusedError("document columns")
    budget.take(height * width)
    return used


Covering = Mapping[tuple[int, int], GridCell]
"""Merged cells by all positions that they cover."""


def _rows(sheet: Sheet, used: MergedArea, covering: Covering) -> tuple[tuple[GridCell, ...], ...]:
    return tuple(
        tuple(covering.get((row, at)) or _cell(sheet, row, at) for at in range(used.left, used.right + 1))
        for row in range(used.top, used.bottom + 1)
    )


def _covering(sheet: Sheet, areas: Iterable[MergedArea], used: MergedArea, budget: CellBudget) -> Covering:
    """Make the merged cells as far as they lie in the range that is used."""
    found: dict[tuple[int, int], GridCell] = {}
    for area in areas:
        top, left = max(area.top, used.top), max(area.left, used.left)
        rows, columns = min(area.bottom, used.bottom) - top + 1, min(area.right, used.right) - left + 1
        if rows > 0 and columns > 0:
            budget.take(rows * columns)
            whole = GridCell(_cell(sheet, area.top, area.left).text, top, left, rows, columns)
            places = [(row, column) for row in range(top, top + rows) for column in range(left, left + columns)]
            found |= dict.fromkeys(places, whole)
    return found


def _cell(sheet: Sheet, row: int, column: int) -> GridCell:
    raw = sheet.rows.get(row, {}).get(column)
    text = "" if raw is None else written(raw).replace("\r\n", "\n").replace("\r", "\n").strip()
    return GridCell(text, row, column)
