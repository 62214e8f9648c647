"""What assessors gave as a workbook: assessors, items, disagreements."""

from fractions import Fraction
from typing import Final

from dangjian_score.engine.raters import Raters
from dangjian_score.points import decimals, plain, rounded
from dangjian_score.report.book import Book, Entry
from dangjian_score.report.raters.view import RatersView
from dangjian_score.report.sheets import Column, Row, Table, add_sheet
from dangjian_score.watching import unwatched
from dangjian_score.words.say import Words

_RATER_COLUMNS: Final = (
    ("rater", "General"),
    ("figures", "0"),
    ("mean share", "0.0%"),
    ("spread", "0.0%"),
    ("from others", "+0.0%;-0.0%;0.0%"),
    ("times full", "0"),
)
_ITEM_COLUMNS: Final = (
    ("judged item", "General"),
    ("max", "General"),
    ("figures", "0"),
    ("mean", "0.00"),
    ("least", "General"),
    ("most", "General"),
    ("spread", "0.00"),
)
_PLACES: Final = 12


def raters_xlsx(found: Raters, told: RatersView, subject: str, said: Words) -> bytes:
    """Write everything out."""
    title = said.label("raters of")
    book = Book(title)
    notes = [title, *told.remarks, said.label("raters note")]
    columns = [Column(said.label(key), shown) for key, shown in _RATER_COLUMNS]
    add_sheet(book, said.label("rater"), Table(notes, columns, _raters(found, told)))
    columns = [Column(said.label(key), shown) for key, shown in _ITEM_COLUMNS]
    add_sheet(book, said.label("judged item"), Table([title, said.label("items note")], columns, _items(found, told)))
    columns = [Column(head) for head in (subject, *(said.label(key) for key in ("judged item", "given", "max", "gap")))]
    rows = [(one.unit, one.item, one.given, _figure(one.max), _figure(one.gap)) for one in told.gaps]
    add_sheet(book, said.label("disagreements"), Table([title], columns, rows))
    return book.to_bytes(unwatched)


def _raters(found: Raters, told: RatersView) -> list[Row]:
    return [
        (row.name, one.figures, _short(one.mean), _short(one.spread), _short(one.difference), one.full)
        for row, one in zip(told.raters, found.raters, strict=True)
    ]


def _items(found: Raters, told: RatersView) -> list[Row]:
    return [
        (
            row.name,
            _figure(row.max),
            one.figures,
            _short(one.mean),
            _figure(row.least),
            _figure(row.most),
            _short(one.spread),
        )
        for row, one in zip(told.items, found.items, strict=True)
    ]


def _short(value: Fraction | None) -> Entry:
    """End what has no end as a decimal, far behind what is shown: it is rounded once more there."""
    return None if value is None else rounded(value, _PLACES)


def _figure(text: str) -> Entry:
    value = Fraction(text)
    return value if decimals(value) is not None else plain(value)
