"""What our reader reads of ordinary workbooks, openpyxl reads as well: values, formats, merges, what is hidden."""

from collections.abc import Mapping
from datetime import date, datetime, time
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.evidence.sheets import BrokenCell, Content, RawCell, Sheet
from dangjian_score.evidence.xlsx.workbook import sheets
from tests.support import ROOT

EXAMPLES = sorted((ROOT / "examples").rglob("*.xlsx"))
FORMATS = ("General", "0", "0.00%", "0%", "#,##0.00", "@", '0"日"', "[Red]0", "0.00E+00", "yyyy-mm-dd", "m/d/yy h:mm")
PLAIN = tuple(code for code in FORMATS if not set("ym") & set(code))

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12).filter(
    lambda text: not text.startswith("=") and "_x" not in text
)
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)).map(lambda one: one.replace(microsecond=0))
FIGURES = st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | st.decimals(-999, 999, places=2).map(float)
VALUES = (
    st.none()
    | TEXTS
    | st.booleans()
    | MOMENTS
    | MOMENTS.map(datetime.date)
    | st.times().map(lambda one: one.replace(microsecond=0))
)
CELLS = (
    st.tuples(VALUES, st.none())
    | st.tuples(FIGURES, st.sampled_from(PLAIN))
    | st.tuples(st.integers(61, 60_000), st.sampled_from(FORMATS))
)
CORNERS = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2), st.integers(0, 2))


def content(cell: Any) -> Content | None:
    """Put a value of openpyxl's as ours."""
    value: Any = cell.value
    if cell.data_type == "e":
        return BrokenCell("error", value)
    match value:
        case None | bool():
            return value
        case int():
            return Fraction(value)
        case float():
            return Fraction(format(value, ".15g"))
        case datetime():
            return value.date() if value.time() == time() else BrokenCell("time", str(value))
        case time():
            return BrokenCell("time", str(value))
        case date():
            return value
        case _:
            return str(value).strip() or None


def expected(sheet: Worksheet) -> dict[tuple[int, int], RawCell]:
    """Read a sheet with openpyxl."""
    found: dict[tuple[int, int], RawCell] = {}
    cells = [cell for row in sheet.iter_rows() for cell in row]
    for cell in cells:
        if not isinstance(cell, MergedCell) and (said := content(cell)) is not None:
            found[cell.row, cell.column] = RawCell(said, "%" in cell.number_format, typed=True)
    rows, columns = {row for row, _ in found}, {column for _, column in found}
    for cell in cells:
        if isinstance(cell, MergedCell) and cell.row in rows and cell.column in columns:
            area = next(one for one in sheet.merged_cells.ranges if cell.coordinate in one)
            first = content(sheet.cell(area.min_row, area.min_col))
            if first is not None:
                found[cell.row, cell.column] = RawCell(BrokenCell("merged", ""), typed=True)
    return found


def ours(sheet: Sheet) -> Mapping[tuple[int, int], RawCell]:
    """Put a sheet of ours as openpyxl's; what a merge shows is tested elsewhere."""
    merged = RawCell(BrokenCell("merged", ""), typed=True)
    return {
        (number, column): merged
        if isinstance(cell.content, BrokenCell) and cell.content.why == "merged"
        else replace(cell, dressed=False)  # of which openpyxl knows nothing
        for number, row in sheet.rows.items()
        for column, cell in row.items()
    }


def agree(data: bytes) -> None:
    """Read a workbook twice."""
    read = sheets(data, "e.xlsx")
    assert not isinstance(read, Diagnostic)
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    assert [one.name for one in read] == book.sheetnames
    for one, sheet in zip(read, book.worksheets, strict=True):
        there = expected(sheet)
        assert ours(one) == there
        assert one.hidden == (sheet.sheet_state != "visible")
        assert one.hidden_rows == {row for row, _ in there if sheet.row_dimensions[row].hidden}
        shut: list[Any] = [each for each in sheet.column_dimensions.values() if each.hidden]
        assert one.hidden_columns == {at for each in shut for at in range(each.min, each.max + 1)}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_what_ships(path: Any) -> None:
    agree(path.read_bytes())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=6),
    st.none() | CORNERS,
    st.sets(st.integers(1, 6)),
    st.sets(st.sampled_from("ABCDEF")),
    st.sampled_from(["visible", "hidden", "veryHidden"]),
)
def test_made_ones(
    rows: list[list[tuple[Any, str | None]]],
    merged: tuple[int, int, int, int] | None,
    shut_rows: set[int],
    shut_columns: set[str],
    state: str,
) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("表")
    sheet.sheet_state = state
    for number, row in enumerate(rows, 1):
        for column, (value, code) in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            if code is not None:
                cell.number_format = code
    for number in shut_rows:
        sheet.row_dimensions[number].hidden = True
    for letter in shut_columns:
        sheet.column_dimensions[letter].hidden = True
    if merged is not None:
        top, left, down, across = merged
        sheet.merge_cells(None, top, left, top + down, left + across)
    data = BytesIO()
    book.save(data)
    agree(data.getvalue())
