"""The sheet to be read first (填表说明), and sheets put together to one workbook, or one a unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from dangjian_score.core.columns import CHOICES, GUIDE, ROUND
from dangjian_score.core.names import FreeNames, file_name
from dangjian_score.core.sheet_style import sheet_name
from dangjian_score.evidence.tables.columns import TableKind
from dangjian_score.evidence.template.brief import Brief, Purpose, heads, hints
from dangjian_score.evidence.template.checks import ABSENT, INAPPLICABLE, described
from dangjian_score.evidence.template.grids import (
    FORM_SHEET,
    assessors,
    ballots,
    columns_by_register,
    form,
    matrix,
    register,
)
from dangjian_score.evidence.template.plan import Day, FigureWithin, Guide, ListedValues, Part, PlanGrid, WorkbookPlan
from dangjian_score.evidence.template.scoring_table import SHEET as TABLE_SHEET
from dangjian_score.evidence.template.scoring_table import Visited, scoring_table
from dangjian_score.rubric.measures import UNSAID

WIDTHS = (24, 30, 42, 46, 14)


def guide(brief: Brief, grids: Sequence[PlanGrid], sheets: Mapping[TableKind | Literal["table"], str]) -> Guide:
    """Plan it; `sheets` names the sheets of each kind, of scoring tables apart from other forms.

    Inputs and events have one header: a sheet repeats one row on all pages that follow, and both may take several.
    """
    words, rubric = brief.words, brief.program.rubric
    parts = [
        Part(words.text("sheets are"), (), _header(brief, "sheet", "who", "row"), tuple(_sheets(brief, sheets))),
        Part(words.text("how to"), tuple(_sentences(brief, grids, visit="table" in sheets))),
    ]
    header = _header(brief, "name", "what", "belongs", "criterion", "clause")
    for key, rows in (("inputs are", tuple(_inputs(brief))), ("events are", tuple(_events(brief)))):
        if rows:
            parts.append(Part(words.text(key), (), header, rows, alike=2))
    return Guide(GUIDE, words.text("guide title", title=rubric.title), tuple(parts), WIDTHS)


def _header(brief: Brief, *keys: str) -> tuple[str, ...]:
    return tuple(brief.words.text(f"head {key}") for key in keys)


def _sheets(brief: Brief, sheets: Mapping[TableKind | Literal["table"], str]) -> Iterator[tuple[str, ...]]:
    for kind, name in sheets.items():
        args = {"subject": brief.unit, "rounds": ROUND if brief.rounds else ""}
        yield name, brief.words.text(f"who {kind}"), brief.words.text(f"row {kind}", **args)


def _sentences(brief: Brief, grids: Sequence[PlanGrid], *, visit: bool) -> Iterator[str]:
    """Say what concerns this workbook, and nothing else; `visit` is whether it has scoring tables."""
    words = brief.words
    checks = {column.check for grid in grids for column in grid.columns}
    checks |= {check for grid in grids for line in grid.lines for check in line.checks.values()}
    yield words.text("how header")
    yield words.text("how blank")
    if any(isinstance(check, ListedValues) for check in checks):
        yield words.text("how choice")
    if any(isinstance(check, FigureWithin) and check.kind == "percent" for check in checks):
        yield words.text("how percent")
    if any(line.closed for grid in grids for line in grid.lines):
        yield words.text("how closed table" if visit else "how closed")
    texts = {value for check in checks if isinstance(check, ListedValues) for value in check.values}
    instead = {word for check in checks if isinstance(check, FigureWithin | Day) for word in check.instead}
    if INAPPLICABLE in texts | instead:
        yield words.text("how inapplicable")
    if instead.issuperset(ABSENT):
        yield words.text("how absent")
    if brief.known.rolling:
        yield words.text("how rolling", registers=words.text("comma").join(sorted(brief.known.rolling)))
    if brief.rounds:
        yield words.text("how rounds", rounds=words.text("comma").join(brief.rounds))
    if read := tuple(_results(brief)):
        yield words.text("how results", measures=words.text("comma").join(read))
    if any(map(brief.may_wait, brief.known.measures)):
        yield words.text("how waiting")
    yield words.text("then score", rubric=brief.rubric_file, units=brief.rosters, option=brief.option)


def _results(brief: Brief) -> Iterator[str]:
    """Name the measures that are read from results of other rubrics and are due, with these rubrics."""
    for name, spec in brief.program.rubric.from_results.items():
        if name in brief.purposes.inputs:
            yield brief.words.text("how result", measure=name, rubric=spec.result or "")


def _inputs(brief: Brief) -> Iterator[tuple[str, ...]]:
    """Describe everything that is entered in columns, attributes first, then in the order of the regulation."""
    for name in brief.known.measures:
        yield _input(brief, name, described(brief.check(name), brief.words))
    for name, levels in brief.known.ballots.items():
        votes = brief.words.text("fill votes", levels=brief.words.text("comma").join(levels))
        yield _input(brief, name, votes)


def _input(brief: Brief, name: str, what: str) -> tuple[str, ...]:
    purposes = brief.purposes.inputs.get(name, ()) if name not in brief.known.attributes else ()
    return _row(brief, name, (what, *_hints(brief, name)), purposes)


def _row(brief: Brief, name: str, what: Iterable[str], purposes: Sequence[Purpose]) -> tuple[str, ...]:
    """Describe an input or event: what to enter, the items that read it, what they ask for, their clauses."""
    nodes = {purpose.nodes[-1].id: purpose.nodes[-1] for purpose in purposes if purpose.nodes}
    asked = [text for node in nodes.values() for text in (node.node.criterion, node.node.inspect) if text]
    clauses = dict.fromkeys(purpose.clause for purpose in purposes if purpose.clause)
    return (
        name,
        "\n".join(filter(None, what)),
        _belongs(brief, purposes) if purposes else brief.words.text("attributes"),
        "\n".join(dict.fromkeys(asked)),
        brief.words.text("comma").join(clauses),
    )


def _hints(brief: Brief, name: str) -> Iterator[str]:
    """Yield what the rubric says of a measure to those who fill it in."""
    return hints(brief.program.rubric.measures.get(name, UNSAID), brief.words)


def _belongs(brief: Brief, purposes: Sequence[Purpose]) -> str:
    """Name the sections and items that read something, one a line."""
    places = (heads(purpose, brief.program.rubric, brief.words) for purpose in purposes)
    below = brief.words.text("sheet below")
    return "\n".join(dict.fromkeys(below.join(filter(None, place)) for place in places))


def _events(brief: Brief) -> Iterator[tuple[str, ...]]:
    """Describe each register, with the columns to fill in and the levels it knows."""
    comma, words = brief.words.text("comma"), brief.words
    for name, looked_at in columns_by_register(brief).items():
        columns = brief.known.registers[name]
        levels = [level for column in looked_at if column in columns for level in columns[column].levels]
        required = brief.known.required.get(name, ())
        named = (column for column in looked_at if column != brief.unit)
        shown = comma.join(words.text("required", column=one) if one in required else one for one in named)
        known = words.text("fill levels", levels=comma.join(levels))
        what = (*_hints(brief, name), words.text("fill columns", columns=shown), known)
        yield _row(brief, name, what, brief.purposes.registers[name])


PANEL = "评分与测评"
"""The workbook of those who assess, beside those of the units."""


def with_matrix(brief: Brief) -> WorkbookPlan:
    """Plan one workbook with a matrix, and whatever else the rubric needs."""
    return _book(brief, (matrix(brief), register(brief), assessors(brief, brief.alone), ballots(brief)))


def with_forms(brief: Brief) -> WorkbookPlan:
    """Plan one workbook with a form a unit, and whatever else the rubric needs."""
    planned = [form(brief, unit) for unit in brief.units or (None,)]
    others = (register(brief), assessors(brief, brief.figures), ballots(brief))
    free = FreeNames([GUIDE, CHOICES, *(grid.name for grid in others if grid is not None)])
    named = [replace(grid, name=_form_name(grid.name, free)) for grid in filter(None, planned)]
    return _book(brief, (*named, *others))


def _form_name(wanted: str, free: FreeNames, instead: str = FORM_SHEET) -> str:
    """Name a form's sheet; one called 说明 would be passed over."""
    return sheet_name(instead if "说明" in wanted or not wanted.strip() else wanted, free)


def with_tables(brief: Brief, notes: Sequence[str], visited: Visited | None = None) -> WorkbookPlan:
    """Plan one workbook with a scoring table a unit, and what is entered elsewhere; filled in, the table alone."""
    planned = [scoring_table(brief, unit, notes, visited) for unit in brief.units or (None,)]
    others = (register(brief), assessors(brief, brief.alone), ballots(brief)) if visited is None else ()
    free = FreeNames([GUIDE, CHOICES, *(grid.name for grid in others if grid is not None)])
    named = [replace(grid, name=_form_name(grid.name, free, TABLE_SHEET)) for grid in planned]
    return _book(brief, (*named, *others), "table")


def by_unit(brief: Brief) -> Mapping[str, WorkbookPlan]:
    """Plan a workbook a unit, by the names of files, and one for assessors and votes where there are any."""
    found, free = dict[str, WorkbookPlan](), FreeNames()
    for unit in brief.units or (None,):
        own = replace(brief, units=() if unit is None else (unit,))
        sheet = form(own, unit)
        named = None if sheet is None else replace(sheet, name=FORM_SHEET)
        name = file_name(FORM_SHEET if unit is None else unit.name, free, ".xlsx")
        if named is not None or brief.known.registers:
            found[name] = _book(own, (named, register(own)))
    panel = (assessors(brief, brief.figures), ballots(brief))
    if any(panel):
        found[file_name(PANEL, free, ".xlsx")] = _book(brief, panel)
    return found


def _book(brief: Brief, planned: Iterable[PlanGrid | None], form_is: Literal["form", "table"] = "form") -> WorkbookPlan:
    grids = tuple(filter(None, planned))
    forms = [grid.name for grid in grids if grid.kind == "form"]
    called = FORM_SHEET if form_is == "form" else TABLE_SHEET
    named: dict[TableKind | Literal["table"], str] = {
        form_is if grid.kind == "form" else grid.kind: called if grid.kind == "form" and len(forms) > 1 else grid.name
        for grid in grids
    }
    return WorkbookPlan(brief.program.rubric.title, guide(brief, grids, named), grids)
