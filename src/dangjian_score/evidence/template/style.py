"""How sheets look beyond what all workbooks of ours share."""

from collections.abc import Iterable
from typing import Final

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.fitting import lines_of, row_height

SECTION: Final = PatternFill("solid", fgColor="FFD3DFEF")
CLOSED: Final = PatternFill("solid", fgColor="FFE4E4E4")
WRITTEN: Final = PatternFill("solid", fgColor="FFF5F7FA")
HINT: Final = Font(name="宋体", size=9, color="FF595959")
LEFT: Final = Alignment(vertical="center", wrap_text=True)
TOP: Final = Alignment(vertical="top", wrap_text=True)
"""Of cells that may go over several pages: their text must not stand where one is cut off."""
MIDDLE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)

_LINE: Final = 14.5
_ROW: Final = 21.0


def height(texts: Iterable[tuple[str, float]], *, rows: int = 1, air: float = 5) -> float:
    """Give a row the height, in points, that the fullest of its cells needs: texts with their columns' widths.

    Cells may go over several rows, of which this is the height of each; `air` are the points above and below a text.
    """
    needed = max(_ROW, *(_LINE * lines_of(text, width - 1) + air for text, width in texts), 0)
    return row_height(needed / rows)


def narrow(sheet: Worksheet) -> None:
    """Leave narrow margins above and below."""
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.7
