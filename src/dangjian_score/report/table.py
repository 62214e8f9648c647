"""The result on a screen: a ranking and, if asked, every line of points, by Rich.

Where the sections do not fit beside each other they fold into further tables; a figure is never cut.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import repeat
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from dangjian_score.core.names import visible
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Detail, UnitResult
from dangjian_score.report.explanation import Heading, ItemRow, about, remarks, title
from dangjian_score.report.folding import folded
from dangjian_score.report.overview import (
    RankingColumn,
    ranking_columns,
    ranking_row,
    stage_cells,
    stage_heads,
    stage_rows,
    stage_texts,
    standing_facts,
)
from dangjian_score.report.screen import Prose, ruled_table
from dangjian_score.report.view import LineKey, ResultView
from dangjian_score.words.say import Words

_WHOLE = ("total", "due", "rate", "group rank", "grade")
"""Columns of what parts come to, which stand before them."""
_GAP = 2
"""Columns between two columns of a table."""
_TITLE_WIDTHS = (8, 4)
"""Widths to which titles fold, tried in turn: four Chinese characters, else two."""
_ITEM_WIDTH = 24
"""Columns that an item's title may take beside how it is scored."""
_LINE_FIGURES: Final[tuple[LineKey, ...]] = ("points", "missing")
_LINE_WIDTHS: Final[Mapping[LineKey, tuple[int, int]]] = {
    "clause": (4, 2),
    "item": (8, 3),
    "why": (16, 4),
    "cell": (6, 4),
}
"""The least width of a column of lines, and its share of the width where they do not all have room."""
_CELL_SHARE = 3
_CELL_WIDTH = 12
"""The share of the width that the name of a cell may take before it folds, and the columns that it may take anyway."""
_BENEATH: Final[Sequence[Sequence[LineKey]]] = ((), ("cell",), ("clause", "item", "cell"))
"""What stands in the column of reasons where lines have no room for a column of each, in the order tried."""
_UNIT_SHARE = 3
"""The unit's name may take a third of the width before it folds."""
_DECIDED_WIDTH = 16
"""Columns that what decided a grade keeps at least, if it fills them; where it has no room for them it stands below."""


def ranking(
    view: ResultView, width: int, shown: Collection[str] | None = None, most: int | None = None
) -> RenderableType:
    """Lay out rank, unit, total, grade and sections within `width`.

    `shown` keeps only these units; of more than `most` the first are laid out, and a sentence says how many there are.
    """
    found = [*_shown(view, shown)]
    units = found[:most]
    if not units:
        return Group()
    groups = view.rubric.groups and visible(view.rubric.groups)
    heads = [replace(column, head=visible(column.head)) for column in ranking_columns(view, total_first=True)]
    cells = zip(*(map(visible, ranking_row(unit, view, total_first=True)) for unit in units), strict=True)
    columns = [
        (column, texts) for column, texts in zip(heads, cells, strict=True) if column.key != "decided" or any(texts)
    ]
    who = [_rank_or_unit(column, texts, width) for column, texts in columns if column.key in ("rank", "unit")]
    whole = [_outcome(column, texts) for column, texts in columns if column.key in _WHOLE or column.head == groups]
    decided = next((_outcome(column, texts) for column, texts in columns if column.key == "decided"), None)
    for title_width in _TITLE_WIDTHS:
        parts = [_part(column, texts, title_width, view) for column, texts in columns if column.key == "part"]
        beside, is_beside = _beside(who, whole, decided, parts, width)
        tables = list(_tables(who, beside, parts, width))
        if len(tables) == 1:
            break
    below = () if decided is None or is_beside else _below(units, decided, view)
    return Group(*tables, *below, *_more(view, len(units), len(found if shown is None else shown)))


def _shown(view: ResultView, names: Collection[str] | None) -> Iterator[UnitResult]:
    """Visit the units of these names; all where none are given."""
    return (unit for unit in view.result.units if names is None or unit.unit in names)


def _below(units: Sequence[UnitResult], decided: "_Column", view: ResultView) -> Iterator[RenderableType]:
    """List what decided grades, unit by unit, where a column for it has no room."""
    yield from (Text(""), Text(decided.head, style="bold"))
    for unit, text in zip(units, decided.cells, strict=True):
        if text:
            yield Prose(f"{unit.unit}{view.words.text('line.colon')}{text}")


def _more(view: ResultView, shown: int, count: int) -> Iterator[RenderableType]:
    """Say that there are more units than are laid out."""
    if shown < count:
        yield Prose(view.words.text("first units", shown=str(shown), count=str(count)))


class _Column(Struct, frozen=True):
    """A column of the ranking: its head, its cells from the top, how wide it is and how it looks."""

    head: str
    cells: Sequence[str]
    width: int
    figures: bool = True
    style: str = ""
    least: int = 0
    share: int = 1


def _rank_or_unit(column: RankingColumn, cells: Sequence[str], width: int) -> _Column:
    longest = max(map(cell_len, (column.head, *cells)))
    if column.key == "rank":
        return _Column(column.head, cells, longest)
    return _Column(column.head, cells, min(longest, max(width // _UNIT_SHARE, cell_len(column.head))), figures=False)


def _outcome(column: RankingColumn, cells: Sequence[str]) -> _Column:
    longest = max(map(cell_len, (column.head, *cells)))
    style = "bold" if column.key == "total" else ""
    figures = column.key not in ("grade", "decided", "attribute")
    return _Column(column.head, cells, longest, figures=figures, style=style, least=cell_len(column.head))


def _beside(
    who: Sequence[_Column],
    whole: Sequence[_Column],
    decided: _Column | None,
    parts: Sequence[_Column],
    width: int,
) -> tuple[Sequence[_Column], bool]:
    """Give the columns before the parts their widths, and tell whether what decided grades is one of them.

    They have what all parts leave, where that is enough, else what the first one leaves.
    """
    rooms = [width + _GAP - _room(who) - _room(some) for some in (parts, parts[:1])]
    if decided is not None:
        for room in rooms:
            if (left := room - _room(whole) - _GAP) >= min(decided.width, _DECIDED_WIDTH):
                return (*whole, replace(decided, width=min(decided.width, left))), True
    choices = [_folded(whole, room) for room in rooms]
    return (choices[0] if _room(choices[0]) <= rooms[0] else choices[1]), False


def _room(columns: Iterable[_Column]) -> int:
    """Return what columns take, each with the gap behind it."""
    return sum(column.width + _GAP for column in columns)


def _folded(columns: Sequence[_Column], room: int) -> Sequence[_Column]:
    """Narrow the columns of text until all have room, first what is widest for its share, none below its least."""
    widths = [column.width for column in columns]
    texts = [at for at, column in enumerate(columns) if not column.figures]
    while sum(width + _GAP for width in widths) > room:
        wide = [at for at in texts if widths[at] > columns[at].least]
        if not wide:
            break
        widths[max(wide, key=lambda at: Fraction(widths[at], columns[at].share))] -= 1
    return [replace(column, width=width) for column, width in zip(columns, widths, strict=True)]


def _part(column: RankingColumn, cells: Sequence[str], title_width: int, view: ResultView) -> _Column:
    """Give a section the least width that cuts no figure and leaves its title readable."""
    title = column.head if column.max is None else f"{column.head}\n{view.brief(column.max)}"
    longest = max(map(cell_len, title.split("\n")))
    return _Column(title, cells, max(*map(len, cells), min(longest, title_width)))


def _tables(
    who: Sequence[_Column], whole: Sequence[_Column], parts: Sequence[_Column], width: int
) -> Iterator[RenderableType]:
    """Pack columns into as many tables as the width asks for, each after those of the unit."""
    columns, at = (*whole, *parts), 0
    while at < len(columns) or at == 0:
        end = min(at + 1, len(columns))
        while end < len(columns) and _room((*who, *columns[at : end + 1])) <= width + _GAP:
            end += 1
        if at:
            yield Text("")
        yield _table((*who, *columns[at:end]))
        at = max(end, 1)


def _table(columns: Sequence[_Column]) -> Table:
    table = ruled_table()
    for column in columns:
        justify: JustifyMethod = "right" if column.figures else "left"
        head = "\n".join(part for line in column.head.split("\n") for part in folded(line, column.width))
        table.add_column(head, justify=justify, width=column.width, no_wrap=column.figures, style=column.style)
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = zip(columns, row, strict=True)
        table.add_row(*(Text(text) if column.figures else Prose(text) for column, text in cells))
    return table


def by_round(view: ResultView, shown: Collection[str] | None = None) -> Iterator[RenderableType]:
    """Lay out every round and span of rounds: points, rank and grade of each unit, or of those that are `shown`."""
    heads = stage_heads(view)
    rows = [stage_cells(row, view) for row in stage_rows(view) if shown is None or row.unit.unit in shown]
    texts = {0, 1, *range(stage_texts(view), len(heads))}
    table = ruled_table()
    for at, head in enumerate(heads):
        table.add_column(head, justify="left" if at in texts else "right", no_wrap=at not in texts, overflow="fold")
    for before, row in zip([None, *rows], rows, strict=False):
        if before is not None and before[0] != row[0]:
            table.add_section()
        table.add_row(*(Text(visible(cell)) for cell in row))
    yield from (Text(""), table)


def details(view: ResultView, width: int, units: Iterable[UnitResult]) -> Iterator[RenderableType]:
    """Lay out every line of points within `width`, unit by unit; say where they are rounded if the ranking is not."""
    is_rounded = False
    for unit in units:
        detail = unit.trace()
        is_rounded = is_rounded or view.rounds(detail)
        yield Text("")
        yield _heading(unit, view)
        yield from map(Prose, view.reasons(unit))
        yield _lines(detail, view, width)
        yield from map(Prose, view.taken(unit))
    if is_rounded and not view.is_rounded:
        yield from (Text(""), Prose(view.rounding_note))


def outcome(view: ResultView, most: int | None = None) -> Iterator[RenderableType]:
    """Lay out that figures are rounded, who does not take part or was not scored, who was chosen or passed over.

    Of more than `most` units in one place the first are named, and how many there are.
    """
    result, words = view.result, view.words
    if view.is_rounded:
        yield from (Text(""), Prose(view.rounding_note))
    if view.pending_note:
        yield from (Text(""), Prose(view.pending_note))
    says = {"excluded": "out", "unranked": "without grade", "unscored": "not scored"}
    left_out = [view.absent(unit, says[key], between="、") for key, units in view.absences for unit in units]
    if left_out:
        yield Text("")
        yield from map(Prose, left_out[:most])
    if most is not None and (count := len(left_out) + view.others.absent) > most:
        yield Prose(words.text("first units", shown=str(most), count=str(count)))
    if view.quotas:
        yield Text("")
        yield from map(Prose, view.quotas)
    if result.selections:
        yield Text("")
        table = ruled_table()
        table.add_column(view.selection_head, overflow="fold", min_width=8, ratio=2)
        table.add_column(words.text("chosen"), overflow="fold", min_width=8, ratio=4)
        table.add_column(words.text("displaced"), overflow="fold", min_width=8, ratio=4)
        for chosen in result.selections:
            units = _first(chosen.units, most, words) or words.text("nobody")
            displaced = _first(view.displaced(chosen), most, words)
            table.add_row(Prose(chosen.selection.title), Prose(units), Prose(displaced))
        yield table


def _first(names: Sequence[str], most: int | None, words: Words) -> str:
    """List the first names, and say of how many where these are not all."""
    listed = "、".join(names[:most])
    if most is None or len(names) <= most:
        return listed
    return words.text("first names", names=listed, count=str(len(names)))


def _heading(unit: UnitResult, view: ResultView) -> Text:
    facts = (
        view.ranked(unit),
        *standing_facts(unit, view),
        view.grade(unit),
        "、".join((*unit.vetoes, *unit.selections)),
    )
    return Text(visible("  ".join((unit.unit, *(fact for fact in facts if fact)))), style="bold")


def _lines(detail: Detail, view: ResultView, width: int) -> RenderableType:
    words = view.words
    keys, rows = view.line_table(detail)
    if not rows:
        return Text(words.text("no lines"))
    cells = dict(zip(keys, zip(*rows, strict=True), strict=True))
    room = width + _GAP
    for beneath in _BENEATH:
        own = _set_beneath(cells, beneath).items()
        columns = _folded([_line_column(key, words.text(key), texts, width) for key, texts in own], room)
        if _room(columns) <= room:
            break
    return _table(columns)


def _set_beneath(cells: Mapping[LineKey, Sequence[str]], keys: Sequence[LineKey]) -> Mapping[LineKey, Sequence[str]]:
    """Set what stands in some columns on lines of their own, above and below the reason."""
    above = [cells[key] for key in ("clause", "item") if key in keys]
    below = [cells[key] for key in ("cell",) if key in keys]
    heads = ("  ".join(filter(None, texts)) for texts in zip(*above, strict=True)) if above else repeat("")
    reasons = ["\n".join(filter(None, texts)) for texts in zip(heads, cells["why"], *below, strict=False)]
    return {key: reasons if key == "why" else texts for key, texts in cells.items() if key not in keys}


def _line_column(key: LineKey, head: str, cells: Sequence[str], width: int) -> _Column:
    longest = max(cell_len(line) for text in (head, *cells) for line in text.split("\n"))
    if key in _LINE_FIGURES:
        return _Column(head, cells, longest)
    least, share = _LINE_WIDTHS[key]
    if key == "cell":  # the name of a file and a cell stay on one line, short of a third of the screen
        place = max((cell_len(place) for text in cells for place in text.split()), default=0)
        least = max(least, min(place, max(width // _CELL_SHARE, _CELL_WIDTH)))
    return _Column(head, cells, longest, figures=False, least=least, share=share)


def explained(
    program: Program, items: Sequence[ItemRow], words: Words, whose: Heading | None
) -> Iterator[RenderableType]:
    """Lay out the rubric item by item; of a unit also what happened and its points."""
    rubric = program.rubric
    heading = [title(rubric, words)]
    heading += () if whose is None else (whose.unit, whose.total, whose.grade)
    yield Text(visible("  ".join(heading).rstrip()), style="bold")
    table = ruled_table()
    table.add_column(words.text("clause"), overflow="fold", min_width=4, ratio=2)
    table.add_column(words.text("item"), overflow="fold", min_width=8, max_width=_ITEM_WIDTH)
    table.add_column(words.text("how"), overflow="fold", min_width=14, ratio=9)
    if whose is not None:
        wide = max(cell_len(visible(item.points)) for item in items)
        table.add_column(words.text("happened"), overflow="fold", min_width=12, ratio=6)
        table.add_column(words.text("points"), justify="right", min_width=min(wide, _TITLE_WIDTHS[0]), overflow="fold")
    for item in items:
        cells = [item.clause, f"{'  ' * item.depth}{item.id} {item.title}"]
        if whose is None:
            cells.append("\n".join(about(item, words)))
        else:
            cells += [item.how, "\n".join(item.happened), item.points]
        table.add_row(*map(Prose, cells))
    yield table
    yield from () if whose is None else (Prose(sentence) for sentence in ("", *whose.notes) if whose.notes)
    if len(items) == len(program.nodes):
        yield Text("")
        yield from (Prose(remark) for remark in remarks(program, words))
