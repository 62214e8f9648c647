"""The result as a Markdown page, and what all Markdown pages share."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from dangjian_score.core.names import visible
from dangjian_score.core.watching import Watch
from dangjian_score.engine.result import Detail, UnitResult
from dangjian_score.report.formatting import written
from dangjian_score.report.overview import (
    FIGURES,
    ranking_columns,
    ranking_row,
    stage_cells,
    stage_heads,
    stage_rows,
    standing_facts,
)
from dangjian_score.report.problems import SHARE, Problems, SharedProblem, sentence
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import LANGUAGES, load_words


def escaped(text: str) -> str:
    """Keep text from being taken for Markdown or HTML."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for mark in "|*_`[]#~":
        text = text.replace(mark, f"\\{mark}")
    return text


def table_row(cells: Iterable[str]) -> str:
    """Write a row of a table; its cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], figures: Collection[int] = ()) -> Iterator[str]:
    """Write a table of plain text; the columns at `figures` are set to the right."""
    yield table_row(map(escaped, heads))
    yield table_row("---:" if at in figures else "---" for at in range(len(heads)))
    yield from (table_row(map(escaped, cells)) for cells in rows)


def result_md(view: ResultView, watch: Watch) -> bytes:
    """Write a result out as UTF-8."""
    lines = [f"# {escaped(view.titled(view.outcome))}", "", *_ranking(view), *_notes(view)]
    lines += (*_absent(view), *_quotas(view), *_selections(view), *_stages(view))
    is_rounded, problems, units = view.is_rounded, Problems(), list[str]()
    for unit in watch(view.result.units, "writing"):
        detail = unit.trace()
        units += _unit(unit, detail, view)
        problems.add(detail)
        is_rounded = is_rounded or view.rounds(detail)
    lines += (*_problems(problems.shared(view), view), *units)
    if is_rounded:
        lines.append(view.rounding_note)
    return ("\n".join(lines).rstrip() + "\n").encode()


def is_output(start: bytes) -> bool:
    """Return whether a file starts as such a page: its title, and the ranking with the total, in either language."""
    title, blank, header, *_ = (*start.decode("utf-8-sig", "ignore").splitlines()[:3], "", "", "")
    return (
        title.startswith("# ")
        and not blank
        and any(
            header.startswith(f"| {words.text(rank)} | ") and f" | {words.text(total)} | " in header
            for words in map(load_words, LANGUAGES)
            for rank in ("rank", "provisional rank")
            for total in ("total", "points so far")
        )
    )


def _ranking(view: ResultView) -> Iterator[str]:
    columns = ranking_columns(view, total_first=True)
    heads = [column.head if column.max is None else f"{column.head} ({view.brief(column.max)})" for column in columns]
    figures = {at for at, column in enumerate(columns) if column.key in FIGURES}
    yield from table(heads, (ranking_row(unit, view, total_first=True) for unit in view.result.units), figures)
    yield ""


def _notes(view: ResultView) -> Iterator[str]:
    yield from (escaped(view.basis), "")
    yield from (line for note in view.notes for line in (escaped(note), ""))


def _stages(view: ResultView) -> Iterator[str]:
    if view.stages:
        yield from (f"## {view.words.text('by round')}", "")
        yield from (*table(stage_heads(view), (stage_cells(row, view) for row in stage_rows(view))), "")


def _absent(view: ResultView) -> Iterator[str]:
    for key, units in view.absences:
        yield from (f"- {view.words.text(key)}: {escaped(view.absent(unit, between='、'))}" for unit in units)
    if any(units for _, units in view.absences):
        yield ""


def _quotas(view: ResultView) -> Iterator[str]:
    if view.quotas:
        yield from (f"## {view.words.text('grade quotas')}", "")
        yield from (f"- {escaped(quota)}" for quota in view.quotas)
        yield ""


def _selections(view: ResultView) -> Iterator[str]:
    label, selections = view.words.text, view.result.selections
    if not selections:
        return
    yield from (f"## {label('selections')}", "")
    heads = [label(key) for key in ("selection", "chosen", "displaced")]
    rows = (
        (
            chosen.selection.title,
            "、".join(chosen.units) or label("nobody"),
            "、".join(view.displaced(chosen)),
        )
        for chosen in selections
    )
    yield from (*table(heads, rows), "")


def _problems(shared: list[SharedProblem], view: ResultView) -> Iterator[str]:
    if not shared:
        return
    label = view.words.text
    yield from (f"## {label('problems')}", "", escaped(sentence(shared, view)), "")
    heads = [label(key) for key in ("clause", "item", "problem", "shared units", "share")]
    rows = ((one.clause, one.item, one.what, str(one.units), written(one.share, SHARE)) for one in shared)
    yield from (*table(heads, rows, {3, 4}), "")


def _unit(unit: UnitResult, detail: Detail, view: ResultView) -> Iterator[str]:
    label = view.words.text
    yield from (f"## {escaped(f'{view.rank(unit.rank)} {unit.unit}')}", "")
    yield escaped("  ".join(filter(None, (*standing_facts(unit, view), view.grade(unit)))))
    yield from (line for reason in view.reasons(unit) for line in ("", escaped(reason)))
    yield ""
    keys, rows = view.line_table(detail)
    figures = {at for at, key in enumerate(keys) if key in ("points", "missing")}
    lines = table([*map(label, keys)], rows, figures) if rows else [label("no lines")]
    yield from (*lines, "", *(line for text in view.taken(unit) for line in (escaped(text), "")))
