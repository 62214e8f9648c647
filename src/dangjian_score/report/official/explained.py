"""The rubric in words as a paper to be laid beside the regulation; of a unit also what happened to it."""

from collections.abc import Iterator, Sequence

from dangjian_score.engine.program import Program
from dangjian_score.report.explanation import Heading, ItemRow, notes, title
from dangjian_score.report.official.drawing import GAP, Block, PaperCell, PaperColumn, PaperTable, Text, cells
from dangjian_score.report.official.wording import heading
from dangjian_score.words.say import Words


def explained(program: Program, items: Sequence[ItemRow], words: Words, whose: Heading | None) -> Iterator[Block]:
    """Set the title, the items in a table, and what stands outside them."""
    yield Text("title", title(program.rubric, words))
    yield GAP
    if whose is not None:
        yield Text("body", words.text("explained unit", unit=whose.unit, total=whose.total, grade=whose.grade))
    yield heading(1, words.text("explained items"), words)
    yield _items(items, words) if whose is None else _story(items, words)
    if whole := [*notes(program, items, words, whose)]:
        yield heading(2, words.text("explained whole"), words)
        yield from (Text("body", note) for note in whole)


def _items(items: Sequence[ItemRow], words: Words) -> PaperTable:
    """Set how items are checked and what is to be known of them in fine print."""
    columns = (*_first(words), PaperColumn(words.text("criterion"), width=26), PaperColumn(words.text("how"), width=40))
    return PaperTable(columns, tuple((*_item(item), _asked(item, words), _scored(item, words)) for item in items), True)


def _asked(item: ItemRow, words: Words) -> PaperCell:
    return PaperCell(item.criterion, words.text("is checked", what=item.inspect) if item.inspect else "")


def _scored(item: ItemRow, words: Words) -> PaperCell:
    return PaperCell(item.how, words.text("clause.then").join(item.notes))


def _story(items: Sequence[ItemRow], words: Words) -> PaperTable:
    columns = (
        *_first(words),
        PaperColumn(words.text("how"), width=36),
        PaperColumn(words.text("happened"), width=30),
        PaperColumn(words.text("points"), "right"),
    )
    then = words.text("clause.then")
    rows = ((*_item(item), *cells(item.how, then.join(item.happened), item.points)) for item in items)
    return PaperTable(columns, tuple(rows), True)


def _first(words: Words) -> tuple[PaperColumn, PaperColumn]:
    return PaperColumn(words.text("clause"), width=15), PaperColumn(words.text("item"), width=15)


def _item(item: ItemRow) -> tuple[PaperCell, ...]:
    return cells(item.clause, f"{item.id} {item.title}")
