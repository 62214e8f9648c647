"""A document on a screen, by Rich: tables as wide as they need, text folded, no figure cut."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.styled import Styled
from rich.table import Table as Drawn
from rich.text import Text

from dangjian_score.report.document import Cell, Change, DocumentColumn, Document, Row, Table
from dangjian_score.report.formatting import PLAIN, FigureFormat, written
from dangjian_score.report.prose import Prose

_UNIT_SHARE: Final = 3
"""The unit's name may take a third of the width before it folds."""
_NARROWEST: Final = 8
"""Columns that text keeps at least, if it fills them."""
_NONE: Final = "–"


def on_screen(document: Document, width: int) -> Iterator[RenderableType]:
    """Lay a document out within `width`."""
    yield from map(Prose, document.facts)
    yield from map(_bold, (*([] if document.facts else [document.title]), *document.lead))
    for table in (*document.context, *document.tables):
        yield from _part(table, width)
    if document.notes:
        yield Text("")
        yield from map(Prose, document.notes)


def _part(table: Table, width: int) -> Iterator[RenderableType]:
    if table.rows or table.empty:
        yield Text("")
    if not table.rows:
        yield from map(Prose, filter(None, [table.empty]))
        return
    if table.heading:
        yield _bold(table.heading)
    rows = table.rows if table.brief is None else table.brief
    if rows:
        yield _drawn(table.columns, rows, width)
    yield from map(Prose, filter(None, (table.rest, *(table.notes if rows else ()))))


def _bold(text: str) -> RenderableType:
    return Styled(Prose(text), "bold")


def _drawn(columns: Sequence[DocumentColumn], rows: Sequence[Row], width: int) -> Drawn:
    """Draw a table; columns in which nothing stands are left out."""
    drawn = Drawn(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    filled: list[list[RenderableType]] = []
    for at, column in enumerate(columns):
        if column.on == "sheet" or all(row[at] is None for row in rows):
            continue
        texts = [_text(row[at], column.figures or PLAIN) for row in rows]
        _add(drawn, column, max(cell_len(line) for text in (column.head, *texts) for line in text.split("\n")), width)
        again = [False, *(before[0] == row[0] for before, row in pairwise(rows))]
        texts = ["" if column.once and same else text for text, same in zip(texts, again, strict=True)]
        filled.append([Prose(text) if column.figures is None else Text(text) for text in texts])
    for cells in zip(*filled, strict=True):
        drawn.add_row(*cells)
    return drawn


def _add(drawn: Drawn, column: DocumentColumn, longest: int, width: int) -> None:
    """Add a column: figures are as wide as the longest, and differences stand out; text folds."""
    if column.figures is not None:
        style = "bold" if column.figures.signed else ""
        drawn.add_column(column.head, justify="right", width=longest, no_wrap=True, style=style)
    elif column.unit:
        drawn.add_column(
            column.head, overflow="fold", width=min(longest, max(width // _UNIT_SHARE, cell_len(column.head)))
        )
    else:
        drawn.add_column(column.head, overflow="fold", min_width=min(longest, _NARROWEST))


def _text(cell: Cell, form: FigureFormat) -> str:
    match cell:
        case None:
            return _NONE
        case str():
            return cell
        case Change(before, after):
            was, now = _text(before, form), _text(after, form)
            return now if was == now else f"{was}→{now}"
        case _:
            return written(cell, form)
