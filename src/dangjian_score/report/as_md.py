"""The result as a Markdown page, and what all Markdown pages share."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from dangjian_score.core.names import visible
from dangjian_score.core.watching import Watch
from dangjian_score.engine.result import Detail, UnitResult
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import LANGUAGES, load_words


def escaped(text: str) -> str:
    """Keep text from being taken for Markdown or HTML."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for mark in "|*_`[]#~":
        text = text.replace(mark, f"\\{mark}")
    return text


def row(cells: Iterable[str]) -> str:
    """Write a row of a table; its cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], figures: Collection[int] = ()) -> Iterator[str]:
    """Write a table of plain text; the columns at `figures` are set to the right."""
    yield row(map(escaped, heads))
    yield row("---:" if at in figures else "---" for at in range(len(heads)))
    yield from (row(map(escaped, cells)) for cells in rows)


def result_md(view: ResultView, watch: Watch) -> bytes:
    """Write a result out as UTF-8."""
    lines = [f"# {escaped(view.rubric.title)}", "", *_ranking(view), *_absent(view), *_selections(view)]
    is_rounded = view.is_rounded
    for unit in watch(view.result.units, "writing"):
        detail = unit.trace()
        lines += _unit(unit, detail, view)
        is_rounded = is_rounded or view.rounds(detail)
    if is_rounded:
        lines.append(view.rounding_note)
    return ("\n".join(lines).rstrip() + "\n").encode()


def is_result_md(start: bytes) -> bool:
    """Tell the beginning of such a page: its title, and the ranking with the total, in either language."""
    title, blank, header, *_ = (*start.decode("utf-8-sig", "ignore").splitlines()[:3], "", "", "")
    return (
        title.startswith("# ")
        and not blank
        and any(
            header.startswith(f"| {words.text(rank)} | ") and f" | {words.text('total')} | " in header
            for words in map(load_words, LANGUAGES)
            for rank in ("rank", "provisional rank")
        )
    )


def _ranking(view: ResultView) -> Iterator[str]:
    label, rubric = view.words.text, view.rubric
    rank = label("provisional rank" if view.is_provisional else "rank")
    columns = [one.title if one.max is None else f"{one.title} ({view.brief(one.max)})" for one in view.result.columns]
    ends = [key for key, there in _endings(rubric) if there]
    heads = [rank, rubric.subject, *rubric.attributes, label("total"), *columns, *map(label, ends)]
    figures = {0, *range(len(rubric.attributes) + 2, len(heads) - len(ends))}
    yield from table(heads, (_row(unit, view, ends) for unit in view.result.units), figures)
    yield ""


def _endings(rubric: Rubric) -> tuple[tuple[str, bool], ...]:
    return (("grade", bool(rubric.grades)), ("veto", bool(rubric.vetoes)), ("selections", bool(rubric.selections)))


def _row(unit: UnitResult, view: ResultView, ends: Sequence[str]) -> list[str]:
    attributes = [unit.attributes.get(name, "") for name in view.rubric.attributes]
    last = {"grade": unit.grade or "", "veto": "、".join(unit.vetoes), "selections": "、".join(unit.selections)}
    points = view.columns(unit)
    return [str(unit.rank), unit.unit, *attributes, view.total(unit.total), *points, *(last[key] for key in ends)]


def _absent(view: ResultView) -> Iterator[str]:
    label, result = view.words.text, view.result
    for key, units in (("excluded", result.excluded), ("unscored", result.unscored)):
        for one in units:
            why = label("passed over", unit=one.unit, why="、".join(one.why)) if one.why else one.unit
            yield f"- {label(key)}: {escaped(why)}"
    if result.excluded or result.unscored:
        yield ""


def _selections(view: ResultView) -> Iterator[str]:
    label, selections = view.words.text, view.result.selections
    if not selections:
        return
    yield from (f"## {label('selections')}", "")
    heads = [label(key) for key in ("selection", "chosen", "displaced")]
    rows = (
        (
            one.selection.title,
            "、".join(one.units) or label("nobody"),
            "、".join(label("passed over", unit=each.unit, why=view.passed_over(each)) for each in one.displaced),
        )
        for one in selections
    )
    yield from (*table(heads, rows), "")


def _unit(unit: UnitResult, detail: Detail, view: ResultView) -> Iterator[str]:
    label = view.words.text
    yield from (f"## {escaped(f'{unit.rank} {unit.unit}')}", "")
    yield escaped("  ".join(filter(None, (f"{label('total')} {view.total(unit.total)}", unit.grade or ""))))
    yield ""
    lines = list(detail.all_lines())
    if not lines:
        yield from (label("no lines"), "")
        return
    keys = ("clause", "item", "why", "points", *(["cell"] if any(line.cells for _, _, line in lines) else []))
    rows = (
        (line.clause or "", view.place(round_, node, line), view.text(line), view.moved(line), cells_of(line))
        for round_, node, line in lines
    )
    yield from (*table([*map(label, keys)], (row[: len(keys)] for row in rows), {3}), "")
