"""A comparison on a screen, by Rich: what changed in the regulation, then totals, then items; no figure is cut."""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dangjian_score.report.comparison.view import ComparisonView, ItemRow, Sides, UnitRow, alone_notes, signed
from dangjian_score.report.prose import Prose
from dangjian_score.words.say import Words

_GAP = 2
_ITEMS_SHOWN = 200
"""Items that a screen shows, the largest differences; files have all of them."""
_UNIT_SHARE = 3
"""The unit's name may take a third of the width before it folds."""


def comparison_table(
    told: ComparisonView, sides: Sides, subject: str, said: Words, width: int, shown: Iterable[str] = ()
) -> Iterator[RenderableType]:
    """Lay a comparison out within `width`; `shown` keeps only these units."""
    wanted = frozenset(shown)
    units = [row for row in told.units if not wanted or row.unit in wanted]
    items = [row for row in told.items if not wanted or row.unit in wanted]
    heads = sides.headed(said)
    for head, name in zip(heads, sides.names, strict=True):
        yield Prose(f"{head}  {name}")
    yield from (Text(warning, style="bold") for warning in told.warnings)
    if told.changes:
        yield Text("")
        yield _changes(told, heads, said)
    room = _unit_width(subject, units, width)
    if units:
        yield Text("")
        yield _totals(units, heads, subject, said, room)
        yield Text("")
        yield _items(items[:_ITEMS_SHOWN], heads, subject, said, room) if items else Text(said.label("no differences"))
        if len(items) > _ITEMS_SHOWN:
            yield Text(said.label("more items", count=str(len(items)), shown=str(_ITEMS_SHOWN)))
    for at, note in enumerate(alone_notes(told, heads, said)):
        yield from [] if at else [Text("")]
        yield Prose(note)


def _plain_table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, _GAP - 1, 0, 0), pad_edge=False, show_edge=False)


def _unit_width(subject: str, units: Sequence[UnitRow], width: int) -> int:
    longest = max(cell_len(text) for text in (subject, *(row.unit for row in units)))
    return min(longest, max(width // _UNIT_SHARE, cell_len(subject)))


def _figure(table: Table, head: str, texts: Iterable[str]) -> None:
    """Add a column of figures, as wide as the longest."""
    wide = max(cell_len(text) for text in (head, *texts))
    table.add_column(head, justify="right", width=wide, no_wrap=True)


def _changes(told: ComparisonView, heads: tuple[str, str], said: Words) -> Table:
    table = _plain_table()
    table.add_column(said.label("item"), overflow="fold", min_width=8, ratio=4)
    table.add_column(said.label("rubric change"), overflow="fold", min_width=8, ratio=2)
    for head in heads:
        table.add_column(head, overflow="fold", min_width=6, ratio=2)
    for row in told.changes:
        table.add_row(*map(Prose, (row.name, row.how, row.was, row.now)))
    return table


def _totals(units: Sequence[UnitRow], heads: tuple[str, str], subject: str, said: Words, room: int) -> Table:
    table = _plain_table()
    ranks = [moved(*map(str, row.ranks)) for row in units]
    grades = [moved(*(grade or "" for grade in row.grades)) for row in units]
    differences = [signed(row.difference) for row in units]
    table.add_column(subject, width=room, overflow="fold")
    _figure(table, said.label("rank"), ranks)
    if any(grades):
        table.add_column(said.label("grade"), overflow="fold")
    for at, head in enumerate(heads):
        _figure(table, head, [row.totals[at] for row in units])
    _figure(table, said.label("difference"), differences)
    for row, rank, grade, difference in zip(units, ranks, grades, differences, strict=True):
        told: list[RenderableType] = [Prose(row.unit), Text(rank), *([Prose(grade)] if any(grades) else [])]
        table.add_row(*told, *map(Text, row.totals), Text(difference, style="bold"))
    return table


def moved(before: str, after: str) -> str:
    """Show what a rank or grade was and is, once where it is the same."""
    return after if before == after else f"{before or '–'}→{after or '–'}"


def _items(items: Sequence[ItemRow], heads: tuple[str, str], subject: str, said: Words, room: int) -> Table:
    table = _plain_table()
    differences = [signed(row.difference) for row in items]
    table.add_column(subject, width=room, overflow="fold")
    table.add_column(said.label("item"), overflow="fold", min_width=8)
    _figure(table, said.label("max"), [row.max or "" for row in items])
    for at, head in enumerate(heads):
        _figure(table, head, [row.points[at] for row in items])
    _figure(table, said.label("difference"), differences)
    for row, difference in zip(items, differences, strict=True):
        figures = (Text(row.max or ""), *map(Text, row.points), Text(difference, style="bold"))
        table.add_row(Prose(row.unit), Prose(row.named(said)), *figures)
    return table
