"""A comparison as a workbook: totals, items and, where it changed, the regulation, one sheet each."""

from fractions import Fraction

from dangjian_score.points import decimals
from dangjian_score.report.book import Book, Entry
from dangjian_score.report.comparison.view import ComparisonView, Sides, alone_notes
from dangjian_score.report.sheets import Column, Row, Table, add_sheet, decimals_format
from dangjian_score.watching import unwatched
from dangjian_score.words.say import Words


def comparison_xlsx(told: ComparisonView, sides: Sides, subject: str, said: Words) -> bytes:
    """Write a comparison out."""
    heads, title = sides.headed(said), sides.title(said)
    book = Book(title)
    notes = [title, *told.warnings, *alone_notes(told, heads, said)]
    add_sheet(book, said.label("total"), Table(notes, _total_columns(told, subject, heads, said), _totals(told)))
    items = Table([title], _item_columns(told, subject, heads, said), _items(told, said))
    add_sheet(book, said.label("items"), items)
    if told.changes:
        columns = [Column(head) for head in (said.label("item"), said.label("rubric change"), *heads)]
        rows = [(row.name, row.how, row.was, row.now) for row in told.changes]
        add_sheet(book, said.label("rubric changes"), Table([title, *told.warnings], columns, rows))
    return book.to_bytes(unwatched)


def _total_columns(told: ComparisonView, subject: str, heads: tuple[str, str], said: Words) -> list[Column]:
    pairs = [
        Column(said.label("of side", what=said.label(key), side=head)) for key in ("rank", "grade") for head in heads
    ]
    return [Column(subject), *pairs, *_figures(heads, [row.totals for row in told.units], said)]


def _figures(heads: tuple[str, str], figures: list[tuple[str, str]], said: Words) -> list[Column]:
    """Give the columns of both figures and their difference, with as many decimals as they are written with."""
    places = max((len(text.partition(".")[2]) for pair in figures for text in pair), default=0)
    difference = Column(said.label("difference"), decimals_format(places, signed=True))
    return [*(Column(head, decimals_format(places)) for head in heads), difference]


def _totals(told: ComparisonView) -> list[Row]:
    return [(row.unit, *row.ranks, *row.grades, *map(Fraction, row.totals), row.exact) for row in told.units]


def _item_columns(told: ComparisonView, subject: str, heads: tuple[str, str], said: Words) -> list[Column]:
    names = (subject, *(said.label(key) for key in ("round", "id", "item", "max")))
    return [*map(Column, names), *_figures(heads, [row.points for row in told.items], said)]


def _items(told: ComparisonView, said: Words) -> list[Row]:
    return [
        (row.unit, row.round, row.id, row.titled(said), _figure(row.max), *map(Fraction, row.points), row.exact)
        for row in told.items
    ]


def _figure(text: str | None) -> Entry:
    """Give a figure as such where it has a finite decimal."""
    return text if text is None or decimals(Fraction(text)) is None else Fraction(text)
