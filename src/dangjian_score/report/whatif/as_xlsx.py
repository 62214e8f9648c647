"""A look ahead as a workbook: what is close, where places end, items, ranks, one sheet each."""

from collections.abc import Iterator
from fractions import Fraction

from dangjian_score.points import decimals
from dangjian_score.report.book import Book, Entry
from dangjian_score.report.sheets import Column, Table, add_sheet, decimals_format
from dangjian_score.report.whatif.view import AheadView
from dangjian_score.watching import unwatched
from dangjian_score.words.say import Words


def ahead_xlsx(told: AheadView, subject: str, places: int, said: Words) -> bytes:
    """Write everything out; what there is nothing of has no sheet."""
    book = Book(told.title)
    for key, table in _tables(told, subject, places, said):
        add_sheet(book, said.label(key), table)
    return book.to_bytes(unwatched)


def _tables(told: AheadView, subject: str, places: int, said: Words) -> Iterator[tuple[str, Table]]:
    yield "ahead threshold", _close(told, subject, places, said)
    if told.borders:
        heads = [Column(said.label(key)) for key in ("selection", "ahead in", "ahead out", "gap", "ahead tied")]
        ends = [
            (one.title, one.last, one.first, _figure(Fraction(one.gap)) if one.gap else None, one.tied or None)
            for one in told.borders
        ]
        yield "ahead borders", Table([told.title], heads, ends)
    if told.items:
        yield "ahead items", _items(told, subject, places, said)
    if told.ranks:
        names = (said.label(key) for key in ("rank", "ahead best", "ahead worst", "ahead firm"))
        ranks = [
            (one.unit, one.now, one.best, one.worst, said.label("ahead firm" if one.firm else "ahead open"))
            for one in told.ranks
        ]
        notes = [told.title, said.label("ahead ranks"), told.ranks_note]
        yield "rank", Table(notes, [*map(Column, (subject, *names))], ranks)


def _close(told: AheadView, subject: str, places: int, said: Words) -> Table:
    heads = [Column(subject), Column(said.label("rank")), Column(said.label("total"), decimals_format(places))]
    heads += [Column(said.label(key)) for key in ("grade", "gap", "ahead threshold", "ahead decided by")]
    rows = [
        (
            one.unit,
            one.rank,
            Fraction(one.total),
            one.grade,
            _figure(one.gap),
            one.text,
            "\n".join(one.deciders) or None,
        )
        for one in told.close
    ]
    return Table([told.title, told.counts, *([said.label("ahead decided note")] if told.ranks else [])], heads, rows)


def _items(told: AheadView, subject: str, places: int, said: Words) -> Table:
    moved, total = (
        Column(said.label(key), decimals_format(places, signed=signed))
        for key, signed in (("ahead moved", True), ("ahead new total", False))
    )
    heads = [Column(subject), Column(said.label("ahead item")), moved, total, Column(said.label("ahead then"))]
    rows = [(one.unit, one.item, _number(one.moved), _number(one.total), one.text) for one in told.items]
    return Table([told.title], heads, rows)


def _number(text: str) -> Entry:
    return Fraction(text) if text else None


def _figure(gap: Fraction) -> Entry:
    return gap if decimals(gap) is not None else str(gap)
