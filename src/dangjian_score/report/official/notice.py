"""The notice of results (考核结果通报): results, awards, criticism and vetoes; sections' points in an annex.

Who was passed over for an award is not named to all.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from dangjian_score.report.official.blocks import GAP, Block, Cell, Column, Grid, Text
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.wording import assessment, counted, heading, period, provisional, signature
from dangjian_score.report.view import AbsentView, ColumnView, ResultView, SelectionView, UnitView
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

_COLUMNS: Final = 6
"""Sections beside each other in the annex; more are set below, in shares as even as can be."""


def title(told: ResultView, said: Words) -> str:
    """Name the notice."""
    return said.label("notice title", assessment=assessment(told.rubric, said))


def text(told: ResultView, said: Words) -> Iterator[Block]:
    """Say it all, from those it is for to the line before the signature."""
    rubric = told.rubric
    yield Text("salutation", said.label("notice to", subject=rubric.subject))
    yield Text("body", said.label("notice opening", title=rubric.title, period=period(rubric, said)))
    parts = [(key, blocks) for key, blocks in _parts(told, said) if blocks]
    for at, (key, blocks) in enumerate(parts, start=1):
        yield heading(at, said.label(key), said)
        yield from blocks
    yield Text("body", said.label("notice end"), keep=True)
    if annex_columns(told):
        yield GAP
        yield Text("body", said.label("notice annex", title=_annex_title(told, said)), keep=True)


def signed(imprint: Imprint, said: Words) -> tuple[Block, ...]:
    """Sign it, below the text."""
    return (GAP, *signature(imprint, said))


def annex(told: ResultView, said: Words, watch: Watch) -> Iterator[Block]:
    """Give every unit's points section by section, on pages of their own; nothing where the total says it all."""
    columns = annex_columns(told)
    if not columns:
        return
    yield Text("annex", said.label("paper annex"), new_page=True)
    yield from (GAP, Text("annex title", _annex_title(told, said)))
    rows = [(str(unit.rank), unit.unit, [one.points for one in unit.columns]) for unit in watch(told.units, "writing")]
    tables = ceil(len(columns) / _COLUMNS)
    for at in range(tables):
        some = range(len(columns) * at // tables, len(columns) * (at + 1) // tables)
        heads = (
            Column(_rank(told, said), "center"),
            Column(told.rubric.subject),
            *(_head(columns[one], said) for one in some),
        )
        yield GAP
        yield Grid(
            heads, tuple(_cells(rank, unit, *(points[one] for one in some)) for rank, unit, points in rows), True
        )


def annex_columns(told: ResultView) -> tuple[ColumnView, ...]:
    """Give the columns that say more than the total."""
    return told.columns if len(told.columns) > 1 else ()


def _annex_title(told: ResultView, said: Words) -> str:
    return said.label("notice annex title", subject=told.rubric.subject)


def _parts(told: ResultView, said: Words) -> Iterator[tuple[str, Sequence[Block]]]:
    """Give the parts by the keys of their headings; what there is nothing of has no blocks."""
    criticised = [one for one in told.selections if not one.honours and one.units]
    yield "notice results", (*_results(told, said),)
    yield "notice awards", (*_chosen([one for one in told.selections if one.honours], "notice awarded", said),)
    yield "notice criticism", (*_chosen(criticised, "notice criticised", said),)
    yield "notice vetoes", (*_vetoed(told, said),)


def _results(told: ResultView, said: Words) -> Iterator[Block]:
    yield Text("body", _numbers(told, said), keep=True)
    yield from (Text("body", why, keep=True) for why in [provisional(told, said)] if why)
    yield _ranking(told, said)
    comma = said.label("comma")
    if told.excluded:
        yield Text(
            "body", said.label("notice excluded", units=comma.join(_excluded(one, said) for one in told.excluded))
        )
    if told.unscored:  # why concerns nobody else
        yield Text("body", said.label("notice unscored", units=comma.join(one.unit for one in told.unscored)))


def _excluded(one: AbsentView, said: Words) -> str:
    why = said.label("comma").join(one.why)
    return said.label("passed over", unit=one.unit, why=why) if why else one.unit


def _numbers(told: ResultView, said: Words) -> str:
    """Say how many took part, and how many came to each grade."""
    counts = [(one.name, sum(unit.grade == one.name for unit in told.units)) for one in told.rubric.grades]
    none = sum(unit.grade is None for unit in told.units) if counts else 0
    grades = [said.label("notice grade", grade=name, count=str(count)) for name, count in counts if count]
    grades += [said.label("notice no grade", count=str(none))] if none else []
    return said.label(
        "notice numbers",
        units=counted(told.rubric.subject, len(told.units), said),
        excluded=str(len(told.excluded) or ""),
        unscored=str(len(told.unscored) or ""),
        grades=said.label("comma").join(grades),
    )


def _ranking(told: ResultView, said: Words) -> Grid:
    honours = {one.title for one in told.selections if one.honours}
    columns = [Column(_rank(told, said), "center"), Column(told.rubric.subject), Column(said.label("total"), "center")]
    columns += [Column(said.label("grade"), "center")] if told.rubric.grades else []
    columns += [Column(said.label("notice award"))] if honours else []
    return Grid(tuple(columns), tuple(_cells(*_row(unit, told, honours, said)) for unit in told.units))


def _row(unit: UnitView, told: ResultView, honours: set[str], said: Words) -> Iterator[str]:
    yield from (str(unit.rank), unit.unit, unit.total)
    if told.rubric.grades:
        yield unit.grade or said.label("paper none")
    if honours:
        yield said.label("comma").join(one for one in unit.selections if one in honours)


def _chosen(selections: Sequence[SelectionView], intro: str, said: Words) -> Iterator[Block]:
    if not selections:
        return
    yield Text("body", said.label(intro), keep=True)
    columns = (
        Column(said.label("notice selection")),
        Column(said.label("notice count"), "center", 8),
        Column(said.label("notice chosen"), width=48),
    )
    yield Grid(columns, tuple(_cells(one.title, str(len(one.units)), _names(one, said)) for one in selections))


def _names(one: SelectionView, said: Words) -> str:
    """Name those chosen, and say where a tie leaves places open."""
    names = said.label("comma").join(one.units) or said.label("nobody")
    tied = any(why == said.label("tie") for _, why in one.displaced)
    return said.label("passed over", unit=names, why=said.label("tie")) if tied else names


def _vetoed(told: ResultView, said: Words) -> Iterator[Block]:
    vetoed = [unit for unit in told.units if unit.vetoes]
    if not vetoed:
        return
    names = said.label("comma").join(unit.unit for unit in vetoed) if told.public else ""
    units = counted(told.rubric.subject, len(vetoed), said)
    yield Text("body", said.label("notice vetoed", units=units, names=names), keep=not told.public)
    if told.public:  # what for stays out
        return
    columns = (Column(told.rubric.subject), Column(said.label("notice veto"), width=40))
    yield Grid(columns, tuple(_cells(unit.unit, said.label("comma").join(unit.vetoes)) for unit in vetoed))


def _rank(told: ResultView, said: Words) -> str:
    return said.label("provisional rank" if told.is_provisional else "rank")


def _head(column: ColumnView, said: Words) -> Column:
    return Column(said.label("paper column", title=column.title, max=column.max or ""), "center", 10)


def _cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(map(Cell, texts))
