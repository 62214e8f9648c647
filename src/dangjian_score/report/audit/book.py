"""The workbook that is written: its formats, text that stays text, figures that are exact, formulas with our figure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any, Final, Literal

from msgspec import Struct

from dangjian_score.core.names import lines_of
from dangjian_score.core.watching import Watch
from dangjian_score.report.book import closed, opened, put_text, written
from dangjian_score.report.sheets import decimals_format

Style = Literal[
    "title", "header", "note", "head", "plain", "cell", "answer", "number", "points", "sum", "percent", "date",
    "wrong", "right",
]  # fmt: skip

_FONT: Final = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_GRID: Final = {**_FONT, "border": 1, "border_color": "#A6A6A6"}
_GREY: Final = {"font_color": "#7F7F7F", "bg_color": "#F5F7FA"}
_HEADER: Final = {**_GRID, "bold": True, "bg_color": "#E8EEF7", "align": "center", "text_wrap": True}
_LINE: Final = 14
"""Points that a line of text is high."""
_A4: Final = 9
_PAGE: Final = 180
"""Half-width characters that a page takes before its print is too small to be read."""
_SCALE: Final = 75
_MOST_LINES: Final = 20
"""Lines of a header that are shown."""

Entry = str | Fraction


class Formula(Struct, frozen=True):
    """A formula with what it must come to."""

    text: str
    value: Entry


class AuditBook:
    """A workbook in the making."""

    def __init__(self, title: str, places: int) -> None:
        self._into = BytesIO()
        self.raw = opened(self._into, title)
        self.raw.set_calc_mode("auto")
        shown = decimals_format(places, more=True)
        looks = _looks(shown)
        self._formats = {name: self.raw.add_format(look) for name, look in looks.items()}
        self._grey = {name: self.raw.add_format({**look, **_GREY}) for name, look in looks.items()}

    def style(self, name: Style, *, grey: bool = False) -> Any:
        """Give a format; `grey` is what need not be looked at."""
        return (self._grey if grey else self._formats)[name]

    def bytes(self, watch: Watch) -> bytes:
        """Finish; the same content gives the same bytes."""
        return closed(self.raw, self._into, watch)


def _looks(points: str) -> dict[str, dict[str, object]]:
    return {
        "title": {**_FONT, "font_size": 16, "bold": True},
        "header": _HEADER,
        "plain": _FONT,
        "head": {**_FONT, "bold": True, "font_size": 12},
        "note": {**_FONT, "text_wrap": True, "valign": "top"},
        "cell": {**_GRID, "text_wrap": True},
        "answer": {**_GRID, "align": "center", "text_wrap": True},
        "number": {**_GRID, "align": "right"},
        "points": {**_GRID, "align": "right", "num_format": points},
        "sum": {**_GRID, "align": "right", "num_format": points, "bold": True, "bg_color": "#F5F7FA"},
        "percent": {**_GRID, "align": "right", "num_format": "0.####%"},
        "date": {**_GRID, "align": "center", "num_format": "yyyy-mm-dd"},
        "wrong": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
        "right": {"bg_color": "#C6EFCE", "font_color": "#006100"},
    }


class AuditSheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: AuditBook, name: str) -> None:
        self._book = book
        self.raw: Any = book.raw.add_worksheet(name)

    def title(self, text: str) -> None:
        """Write what the sheet is into its first row."""
        self.put(0, 0, text, "title")
        self.raw.set_row(0, 2 * _LINE)

    def put(self, row: int, column: int, entry: Entry | Formula, style: Style = "cell", *, grey: bool = False) -> None:
        """Write a text, a figure or a formula; of an empty text only the grid."""
        look = self._book.style(style, grey=grey)
        match entry:
            case "":
                self.raw.write_blank(row, column, None, look)
            case str():
                put_text(self.raw, row, column, entry, look)
            case Fraction():
                self.raw.write_number(row, column, _decimal(entry), look)
            case Formula(text, value):
                stored = written(value) if isinstance(value, str) else _decimal(value)
                self.raw.write_formula(row, column, text, look, stored)

    def heads(self, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
        """Write a row of the header, as high as its texts need; one that only says what it is is out of view."""
        for column, text in enumerate(texts):
            self.put(row, column, text, "header")
        lines = max((lines_of(text, width - 1) for text, width in zip(texts, widths, strict=True)), default=1)
        empty = len(texts) > 1 and not any(texts[1:])
        self.raw.set_row(row, _LINE * min(lines, _MOST_LINES) + 4, None, {"hidden": empty})

    def widen(self, widths: Iterable[float], folded: Iterable[bool] = ()) -> None:
        """Set the widths of columns; those between may be folded away, with a plus sign above the next one."""
        away = [*folded]
        for column, width in enumerate(widths):
            hidden = column < len(away) and away[column]
            closes = 0 < column < len(away) and away[column - 1] and not hidden
            level = {"level": 1, "hidden": True} if hidden else {"collapsed": True} if closes else {}
            self.raw.set_column(column, column, width, None, level)

    def page(self, header: int, columns: int, width: float) -> None:
        """Lay out for A4 landscape; rows down to the header and the first columns stay in view and on every page.

        What is too wide for one page to be read goes over several.
        """
        self.raw.set_landscape()
        self.raw.set_paper(_A4)
        self.raw.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.raw.set_footer("&L&A&C&P / &N")
        if width <= _PAGE:
            self.raw.fit_to_pages(1, 0)
        else:
            self.raw.set_print_scale(_SCALE)
            self.raw.print_across()
            self.raw.repeat_columns(0, max(columns - 1, 0))
        self.raw.repeat_rows(0, header - 1)
        self.raw.freeze_panes(header, columns)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
