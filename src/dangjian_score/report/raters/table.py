"""What assessors gave on a screen, by Rich: the assessors, the items, and where they are furthest apart."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dangjian_score.report.prose import Prose
from dangjian_score.report.raters.view import ItemRow, RatersView
from dangjian_score.words.say import Words

_GAP: Final = 2
_GAPS_SHOWN: Final = 20
"""Disagreements that a screen shows; files have all of them."""


def raters_table(told: RatersView, subject: str, said: Words) -> Iterator[RenderableType]:
    """Lay everything out."""
    heads = [said.label(key) for key in ("rater", "figures", "mean share", "spread", "from others", "full marks")]
    rows = [(one.name, one.figures, one.mean, one.spread, one.difference, one.full) for one in told.raters]
    yield _table(heads, rows, texts=1)
    yield from map(Prose, told.remarks)
    yield Text("")
    heads = [said.label(key) for key in ("judged item", "max", "figures", "mean", "least", "most", "spread")]
    yield _table(heads, [_item(one) for one in told.items], texts=1)
    yield Text("")
    if not told.gaps:
        yield Text(said.label("no disagreement"))
        return
    heads = [subject, *(said.label(key) for key in ("judged item", "given", "max", "gap"))]
    shown = told.gaps[:_GAPS_SHOWN]
    yield _table(heads, [(one.unit, one.item, one.given, one.max, one.gap) for one in shown], texts=3)
    if len(told.gaps) > len(shown):
        yield Text(said.label("more gaps", count=str(len(told.gaps)), shown=str(len(shown))))


def _item(one: ItemRow) -> tuple[str, ...]:
    return one.name, one.max, one.figures, one.mean, one.least, one.most, one.spread


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int) -> Table:
    """Make a table of a few columns of text, which fold, and of figures, which do not."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, _GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    for at, head in enumerate(heads):
        if at < texts:
            table.add_column(head, overflow="fold", min_width=8)
        else:
            wide = max(cell_len(text) for text in (head, *(row[at] for row in rows)))
            table.add_column(head, justify="right", no_wrap=True, width=wide)
    for row in rows:
        table.add_row(*(Prose(text) if at < texts else Text(text) for at, text in enumerate(row)))
    return table
