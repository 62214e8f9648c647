"""A workbook as text: every cell that holds something, how figures are shown, and how each sheet is laid out."""

import warnings
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from dangjian_score.core.watching import unwatched
from dangjian_score.report.as_xlsx import result_xlsx
from tests.rich import expected, rich


def opened(data: bytes) -> Any:
    """Read a workbook; of newer bars openpyxl says that it does not know them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(Unknown|Conditional Formatting) extension", UserWarning)
        return load_workbook(BytesIO(data))


def dump(data: bytes) -> str:
    """Write a workbook out."""
    return "\n".join(line for sheet in opened(data).worksheets for line in _sheet(sheet)) + "\n"


def _sheet(sheet: Any) -> list[str]:
    setup = sheet.page_setup
    pages = f"{setup.orientation} paper {setup.paperSize} pages {setup.fitToWidth}×{setup.fitToHeight}"
    view = f"freeze {sheet.freeze_panes} titles {sheet.print_title_rows} filter {sheet.auto_filter.ref}"
    merged = " ".join(sorted(str(block) for block in sheet.merged_cells.ranges))
    cells = [_cell(cell) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return [f"# {sheet.title}", f"# {pages}", f"# {view}", f"# merged {merged}", *cells, ""]


def _cell(cell: Any) -> str:
    ground = f" #{cell.fill.fgColor.rgb[2:]}" if cell.fill.fill_type else ""
    if isinstance(cell.value, str):
        return f"{cell.coordinate}{ground} {cell.value!r}"
    return f"{cell.coordinate}{ground} {Decimal(str(cell.value))} [{cell.number_format}]"


def write_expected() -> None:
    """Write the rich scenario again; to be read before it is kept."""
    for public in (False, True):
        data = result_xlsx(rich(public=public), unwatched)
        expected("xlsx.txt", public=public).write_text(dump(data), "utf-8", newline="\n")


if __name__ == "__main__":
    write_expected()
