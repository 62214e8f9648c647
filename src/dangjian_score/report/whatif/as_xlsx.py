"""A look ahead as a workbook: what is close, where places end, items, ranks, one sheet each."""

from fractions import Fraction

from openpyxl import Workbook

from dangjian_score.books import Entry, to_bytes
from dangjian_score.points import decimals
from dangjian_score.report.sheets import Column, add_sheet, decimals_format
from dangjian_score.report.whatif.view import AheadView
from dangjian_score.words.say import Words


def ahead_xlsx(told: AheadView, subject: str, places: int, said: Words) -> bytes:
    """Write everything out."""
    book = Workbook()
    book.remove(book.worksheets[0])
    shown = decimals_format(places)
    heads = [Column(subject), Column(said.label("rank")), Column(said.label("total"), shown)]
    heads += [Column(said.label(key)) for key in ("grade", "gap", "ahead threshold", "ahead decided by")]
    close = [
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
    notes = [told.title, told.counts, *([said.label("ahead decided note")] if told.ranks else [])]
    add_sheet(book, said.label("ahead threshold"), notes, heads, close)
    if told.borders:
        heads = [Column(said.label(key)) for key in ("selection", "ahead in", "ahead out", "gap", "ahead tied")]
        ends = [
            (one.title, one.last, one.first, _figure(Fraction(one.gap)) if one.gap else None, one.tied or None)
            for one in told.borders
        ]
        add_sheet(book, said.label("ahead borders"), [told.title], heads, ends)
    if told.items:
        _add_items(book, told, subject, places, said)
    if told.ranks:
        heads = [
            Column(subject),
            *(Column(said.label(key)) for key in ("rank", "ahead best", "ahead worst", "ahead firm")),
        ]
        ranks = [
            (one.unit, one.now, one.best, one.worst, said.label("ahead firm" if one.firm else "ahead open"))
            for one in told.ranks
        ]
        add_sheet(book, said.label("rank"), [told.title, said.label("ahead ranks"), told.ranks_note], heads, ranks)
    return to_bytes(book)


def _add_items(book: Workbook, told: AheadView, subject: str, places: int, said: Words) -> None:
    moved, total = (
        Column(said.label(key), decimals_format(places, signed=signed))
        for key, signed in (("ahead moved", True), ("ahead new total", False))
    )
    heads = [Column(subject), Column(said.label("ahead item")), moved, total, Column(said.label("ahead then"))]
    rows = [(one.unit, one.item, _number(one.moved), _number(one.total), one.text) for one in told.items]
    add_sheet(book, said.label("ahead items"), [told.title], heads, rows)


def _number(text: str) -> Entry:
    return Fraction(text) if text else None


def _figure(gap: Fraction) -> Entry:
    return gap if decimals(gap) is not None else str(gap)
