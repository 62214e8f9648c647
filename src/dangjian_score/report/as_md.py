"""The result as a Markdown page: ranking, who was chosen, and what each unit lost and won."""

from collections.abc import Iterator, Sequence

from dangjian_score.report.markdown import escaped, table
from dangjian_score.report.telling import cells_of, place_of
from dangjian_score.report.view import ResultView, Told, UnitView
from dangjian_score.watching import Watch
from dangjian_score.words.codebook import LANGUAGES
from dangjian_score.words.say import Words, words


def result_md(told: ResultView, said: Words, watch: Watch) -> bytes:
    """Write a result out as UTF-8."""
    lines = [
        f"# {escaped(told.rubric.title)}",
        "",
        *_ranking(told, said),
        *_absent(told, said),
        *_selections(told, said),
        *(line for unit in watch(told.units, "writing") for line in _unit(unit, said)),
    ]
    return ("\n".join(lines).rstrip() + "\n").encode()


def is_result_md(start: bytes) -> bool:
    """Tell the beginning of such a page: its title, and the ranking with the total, in either language."""
    title, blank, header, *_ = (*start.decode("utf-8-sig", "ignore").splitlines()[:3], "", "", "")
    return (
        title.startswith("# ")
        and not blank
        and any(
            header.startswith(f"| {said.label(rank)} | ") and f" | {said.label('total')} | " in header
            for said in map(words, LANGUAGES)
            for rank in ("rank", "provisional rank")
        )
    )


def _ranking(told: ResultView, said: Words) -> Iterator[str]:
    rank = said.label("provisional rank" if told.is_provisional else "rank")
    columns = [one.title if one.max is None else f"{one.title} ({one.max})" for one in told.columns]
    ends = [key for key, there in _endings(told) if there]
    heads = [rank, told.rubric.subject, *told.rubric.attributes, said.label("total"), *columns, *map(said.label, ends)]
    figures = {0, *range(len(told.rubric.attributes) + 2, len(heads) - len(ends))}
    yield from table(heads, (_row(unit, told, ends) for unit in told.units), figures)
    yield ""


def _endings(told: ResultView) -> tuple[tuple[str, bool], ...]:
    rubric = told.rubric
    return (("grade", bool(rubric.grades)), ("veto", rubric.has_vetoes), ("selections", rubric.has_selections))


def _row(unit: UnitView, told: ResultView, ends: Sequence[str]) -> list[str]:
    attributes = [unit.attributes.get(name, "") for name in told.rubric.attributes]
    last = {"grade": unit.grade or "", "veto": "、".join(unit.vetoes), "selections": "、".join(unit.selections)}
    points = [column.points for column in unit.columns]
    return [str(unit.rank), unit.unit, *attributes, unit.total, *points, *(last[key] for key in ends)]


def _absent(told: ResultView, said: Words) -> Iterator[str]:
    for key, units in (("excluded", told.excluded), ("unscored", told.unscored)):
        for one in units:
            why = said.label("passed over", unit=one.unit, why="、".join(one.why)) if one.why else one.unit
            yield f"- {said.label(key)}: {escaped(why)}"
    if told.excluded or told.unscored:
        yield ""


def _selections(told: ResultView, said: Words) -> Iterator[str]:
    if not told.selections:
        return
    yield from (f"## {said.label('selections')}", "")
    heads = [said.label(key) for key in ("selection", "chosen", "displaced")]
    rows = (
        (
            one.title,
            "、".join(one.units) or said.label("nobody"),
            "、".join(said.label("passed over", unit=unit, why=why) for unit, why in one.displaced),
        )
        for one in told.selections
    )
    yield from (*table(heads, rows), "")


def _unit(unit: UnitView, said: Words) -> Iterator[str]:
    yield from (f"## {escaped(f'{unit.rank} {unit.unit}')}", "")
    yield escaped("  ".join(filter(None, (f"{said.label('total')} {unit.total}", unit.grade or ""))))
    yield ""
    told = list(unit.all_lines())
    if not told:
        yield from (said.label("no lines"), "")
        return
    keys = ("clause", "item", "why", "points", *(["cell"] if any(one.line.cells for one in told) else []))
    rows = (_line(one, said)[: len(keys)] for one in told)
    yield from (*table([*map(said.label, keys)], rows, {3}), "")


def _line(told: Told, said: Words) -> Sequence[str]:
    return (told.line.clause or "", place_of(told, said), told.line.text, told.line.points, cells_of(told.line))
