"""A look ahead on a screen, by Rich: what is close, where places end, items, ranks. No figure is cut."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dangjian_score.report.prose import Prose
from dangjian_score.report.whatif.view import AheadView, BorderRow, CloseRow, ItemRow, RankRow
from dangjian_score.words.say import Words

_GAP: Final = 2
_DECIDERS_SHOWN: Final = 2
_ITEMS_SHOWN: Final = 5
_LIGHT_ITEMS_SHOWN: Final = 2
"""What a screen shows of one threshold, and of one unit: items that change more than points, else a few; files have
all."""
_UNIT_SHARE: Final = 4
"""The unit's name may take a quarter of the width before it folds."""


def ahead_table(told: AheadView, subject: str, said: Words, width: int) -> Iterator[RenderableType]:
    """Lay everything out within `width`."""
    yield Text(told.title, style="bold")
    yield Prose(told.counts)
    units = (*(row.unit for row in told.close), *(row.unit for row in told.ranks))
    room = _unit_width(subject, units, width)
    if told.close:
        yield Text("")
        yield _close(told.close, subject, said, room)
        if told.ranks:
            yield Prose(said.label("ahead decided note"))
    if told.borders:
        yield from [Text(""), Text(said.label("ahead borders"), style="bold")]
        yield _borders(told.borders, said)
    if told.close:
        yield from [Text(""), Text(said.label("ahead items"), style="bold")]
        yield from _items(told.items, subject, said, room)
    yield Text("")
    yield from _ranks(told, subject, said, room)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, _GAP - 1, 0, 0), pad_edge=False, show_edge=False)


def _unit_width(subject: str, units: Iterable[str], width: int) -> int:
    longest = max(cell_len(text) for text in (subject, *units))
    return min(longest, max(width // _UNIT_SHARE, cell_len(subject)))


def _figure(table: Table, head: str, texts: Iterable[str]) -> None:
    """Add a column of figures, as wide as the longest."""
    table.add_column(head, justify="right", width=max(map(cell_len, (head, *texts))), no_wrap=True)


def _once(names: Sequence[str]) -> list[str]:
    """Name a unit in its first row only."""
    return ["" if at and names[at - 1] == name else name for at, name in enumerate(names)]


def _close(rows: Sequence[CloseRow], subject: str, said: Words, room: int) -> Table:
    table, judged = _table(), any(row.deciders for row in rows)
    table.add_column(subject, width=room, overflow="fold")
    _figure(table, said.label("total"), [row.total for row in rows])
    table.add_column(said.label("ahead threshold"), overflow="fold", min_width=16, ratio=5)
    if judged:
        table.add_column(said.label("ahead decided by"), overflow="fold", min_width=12, ratio=3)
    names = _once([row.unit for row in rows])
    for name, row in zip(names, rows, strict=True):
        told: list[RenderableType] = [Prose(name), Text(row.total if name else ""), Prose(row.text)]
        table.add_row(*told, *([Prose(_deciders(row, said))] if judged else []))
    return table


def _deciders(row: CloseRow, said: Words) -> str:
    shown = [*row.deciders[:_DECIDERS_SHOWN]]
    if len(row.deciders) > len(shown):
        shown.append(said.label("ahead more deciders", count=str(len(row.deciders))))
    return "\n".join(shown) or "–"


def _borders(rows: Sequence[BorderRow], said: Words) -> Table:
    table = _table()
    for key in ("selection", "ahead in", "ahead out"):
        table.add_column(said.label(key), overflow="fold", min_width=8)
    _figure(table, said.label("gap"), [row.gap for row in rows])
    tied = any(row.tied for row in rows)
    if tied:
        table.add_column(said.label("ahead tied"), overflow="fold", min_width=8)
    for row in rows:
        ends = (Prose(text or "–") for text in (row.title, row.last, row.first))
        table.add_row(*ends, Text(row.gap or "–"), *([Prose(row.tied)] if tied else []))
    return table


def _items(rows: Sequence[ItemRow], subject: str, said: Words, room: int) -> Iterator[RenderableType]:
    shown = [row for _, mine in groupby(rows, key=lambda row: row.unit) for row in _weightiest([*mine])]
    if not shown:
        yield Text(said.label("ahead no items"))
        return
    table = _table()
    table.add_column(subject, width=room, overflow="fold")
    table.add_column(said.label("ahead item"), overflow="fold", min_width=12, ratio=4)
    _figure(table, said.label("ahead new total"), [row.total for row in shown])
    table.add_column(said.label("ahead then"), overflow="fold", min_width=12, ratio=5)
    for name, row in zip(_once([row.unit for row in shown]), shown, strict=True):
        table.add_row(Prose(name), Prose(row.item), Text(row.total), Prose(row.text))
    yield table
    if len(rows) > len(shown):
        yield Prose(said.label("ahead more items", count=str(len(rows) - len(shown))))


def _weightiest(rows: Sequence[ItemRow]) -> Sequence[ItemRow]:
    grave = [row for row in rows if row.grave]
    return grave[:_ITEMS_SHOWN] or rows[:_LIGHT_ITEMS_SHOWN]


def _ranks(told: AheadView, subject: str, said: Words, room: int) -> Iterator[RenderableType]:
    if not told.ranks:
        yield Text(said.label("ahead nothing judged"))
        return
    yield Text(said.label("ahead ranks"), style="bold")
    yield Prose(told.ranks_note)
    open_ = [row for row in told.ranks if not row.firm]
    if open_:
        yield _rank_table(open_, subject, said, room)
    if count := len(told.ranks) - len(open_):
        yield Prose(said.label("ahead firm others" if open_ else "ahead all firm", count=str(count)))


def _rank_table(rows: Sequence[RankRow], subject: str, said: Words, room: int) -> Table:
    table = _table()
    table.add_column(subject, width=room, overflow="fold")
    for key in ("rank", "ahead best", "ahead worst"):
        _figure(table, said.label(key), [str(row.worst) for row in rows])
    for row in rows:
        table.add_row(Prose(row.unit), Text(str(row.now)), Text(str(row.best)), Text(str(row.worst)))
    return table
