"""The result as a workbook: 总表, 明细, 加减分明细, 共性问题, 评优, 分析, 说明."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, get_args

from dangjian_score.core import __version__
from dangjian_score.core.points import rounded
from dangjian_score.core.watching import Watch
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.result import UnitResult
from dangjian_score.engine.standing import Chosen
from dangjian_score.report.analysis_sheet import RankedTotals, add_analysis
from dangjian_score.report.book import Book, ColouredCell, Entry, FigureCells, decimals_format, figure, whole_figure
from dangjian_score.report.explanation import total_formula
from dangjian_score.report.formatting import fits
from dangjian_score.report.item_sheets import Ledger, MatrixSheet
from dangjian_score.report.overview import Losses, StageRow, column_head, stage_kinds, stage_rows
from dangjian_score.report.problems import SHARE, Problems, SharedProblem, sentence
from dangjian_score.report.sheets import Row, SheetColumn, SheetDrawing, add_sheet, points_width, rank_column
from dangjian_score.report.taken import taken_unit, taken_value
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.model import Kind
from dangjian_score.words.decisions import cells_text
from dangjian_score.words.grades import no_places

_BEST, _WORST = "#E2EFDA", "#F8E3DC"
"""Grounds of the best and the lowest grade."""
_STORED_PLACES: Final = 10
"""Decimals of a rate, enough to tell ranks apart."""
_BAR: Final = "#A9C1E0"
"""Colour of the bars behind totals, which begin at 0 unless one is below."""


Signatory = Literal["prepared", "checked", "reviewed", "approved"]

SIGNATORIES: Final[tuple[Signatory, ...]] = get_args(Signatory)
"""Who signs a result, in the order of the line: 制表, 复核, 审核, 审定."""


def result_xlsx(view: ResultView, watch: Watch, signed: Mapping[Signatory, str] = MappingProxyType({})) -> bytes:
    """Write a result out; every unit is traced once. Who is not `signed` is left blank, to sign by hand."""
    book, matrix, ledger, losses, problems = Book(view.outcome), MatrixSheet(view), Ledger(view), Losses(), Problems()
    for unit in watch(view.result.units, "writing"):
        detail = unit.trace()
        matrix.add(unit, detail)
        ledger.add(unit, detail)
        losses.add(detail)
        problems.add(detail)
    is_rounded = view.is_rounded or matrix.figures.are_rounded or ledger.figures.are_rounded
    totals = _add_ranking(book, view, signed, is_rounded=is_rounded)
    matrix.draw(book)
    ledger.draw(book)
    if shared := problems.shared(view):
        _add_problems(book, view, shared)
    if view.result.selections or view.result.quotas:
        _add_chosen(book, view)
    if any(unit.taken for unit in view.result.units):
        _add_taken(book, view)
    if view.stages:
        _add_stages(book, view)
    add_analysis(book, view, totals, losses)
    _add_about(book, view)
    return book.to_bytes(watch)


def _add_ranking(book: Book, view: ResultView, signed: Mapping[Signatory, str], *, is_rounded: bool) -> RankedTotals:
    """Add the sheet of the ranking, which says where figures of the workbook are rounded; give where totals stand."""
    columns, total = _ranking_columns(view), 2 + len(view.rubric.attributes) + len(view.result.columns)
    points, totals = FigureCells(view.places), FigureCells(view.rubric.total_places)
    table = SheetDrawing(
        notes=[*_notes(view), *([view.rounding_note] if is_rounded else [])],
        columns=columns,
        rows=[_ranking_row(unit, view, points, totals) for unit in view.result.units],
        after=[*_absent(view), *_formula(view), _sign_off(view, signed)],
        kept=2,
    )
    drawn = add_sheet(book, view.words.text("sheet ranking"), table)
    at, bars = drawn.columns[total], {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "min_type": "num"}
    drawn.sheet.raw.conditional_format(drawn.first, at, max(drawn.last, drawn.first), at, {**bars, "bar_color": _BAR})
    return RankedTotals(drawn.sheet, drawn.first, drawn.columns[1], at)


def _absent(view: ResultView) -> list[str]:
    """Name who does not take part or was not scored, and why."""
    words = view.words
    return [
        words.text("absent", what=words.text(key), unit=view.absent(unit))
        for key, units in view.absences
        for unit in units
    ]


def _formula(view: ResultView) -> Iterator[str]:
    """Say how the total is made up, with the figures of the first unit that add up as they are shown."""
    words, rubric = view.words, view.rubric
    yield total_formula(rubric, words, by_rate=bool(view.until))
    for unit in view.result.units:
        kinds = {kind: points for kind, points in unit.kinds.items() if any(kind == s.kind for s in rubric.sections)}
        whole = sum(kinds.values(), Fraction(0))
        kept = rounded(whole, rubric.total_places, rubric.rounding.mode)
        if len(kinds) > 1 and kept == unit.total and all(fits(points, view.places) for points in kinds.values()):
            terms = "".join(_term(kind, points, view) for kind, points in kinds.items()).strip().removeprefix("+ ")
            total = "" if kept == whole else view.total(unit.total)
            yield words.text("formula worked", unit=unit.unit, terms=terms, sum=view.points(whole), total=total)
            return


def _term(kind: Kind, points: Fraction, view: ResultView) -> str:
    sign = "−" if kind == "penalty" or points < 0 else "+"
    return f" {sign} {view.points(abs(points))}"


def _sign_off(view: ResultView, signed: Mapping[Signatory, str]) -> str:
    """Write the line for those who sign."""
    words = view.words
    blank = words.text("sign blank")
    names = (f"{words.text(f'sign {who}')}{words.text('colon')}{signed.get(who, blank)}" for who in SIGNATORIES)
    return f"{words.text('sign between').join(names)}{words.text('sign between')}{words.text('sign seal')}"


def _notes(view: ResultView) -> Iterator[str]:
    words, result = view.words, view.result
    counts = {"units": result.units, "excluded": result.excluded, "unscored": result.unscored}
    shown = {name: str(len(units)) if units else "" for name, units in counts.items()}
    yield view.titled(view.outcome)
    yield words.text("counted units", subject=view.rubric.subject, basis=view.basis, **shown)
    yield from view.notes
    if view.is_provisional:
        yield words.text("provisional note", count=str(len(result.unscored)))


def _ranking_columns(view: ResultView) -> list[SheetColumn]:
    rubric, words = view.rubric, view.words
    points, total = decimals_format(view.places, more=True), decimals_format(rubric.total_places)
    parts = [
        words.text("over max", title=column_head(part, view), max=view.brief(part.max)) for part in view.result.columns
    ]
    return [
        rank_column(view.rank_head, is_provisional=view.is_provisional),
        SheetColumn(rubric.subject),
        *(SheetColumn(name, short=True) for name in rubric.attributes),
        *(SheetColumn(title, points, width=points_width(view.places)) for title in parts),
        SheetColumn(view.total_head, total, width=13),
        SheetColumn(words.text("due"), points, width=points_width(view.places)),
        SheetColumn(words.text("rate"), decimals_format(2, percent=True), width=10),
        *([SheetColumn(words.text("group rank"), short=True)] if rubric.groups else []),
        *(SheetColumn(head, short=True, grounds=(_BEST, _WORST)) for head in view.grade_heads),
        *([SheetColumn(view.decided_head)] if view.decided_head else []),
        SheetColumn(words.text("selections")),
    ]


def _ranking_row(unit: UnitResult, view: ResultView, points: FigureCells, totals: FigureCells) -> Row:
    return (
        _rank(unit.rank, view),
        unit.unit,
        *(unit.attributes.get(name) for name in view.rubric.attributes),
        *(
            whole_figure(value, view.places) if column.id in unit.precise else points.of(value)
            for column, value in zip(view.result.columns, unit.columns, strict=True)
        ),
        totals.of(unit.total),
        None if unit.due is None else points.of(unit.due),
        _rate(unit),
        *([_rank(unit.group_rank, view)] if view.rubric.groups else []),
        *(_coloured(grade, view) for grade in view.grade_cells(unit)),
        *([view.words.text("clause.then").join(view.decided(unit)) or None] if view.decided_head else []),
        "、".join(unit.selections) or None,
    )


def _rate(unit: UnitResult) -> Entry:
    """Give the total as a share of what is due; nothing where nothing is due."""
    return figure(unit.rate, _STORED_PLACES) if unit.due and unit.rate is not None else None


def _rank(rank: int | None, view: ResultView) -> Entry:
    """Give a rank as a figure, or say that there is none."""
    return view.rank(None) if rank is None else rank


def _coloured(grade: str, view: ResultView) -> str | ColouredCell | None:
    """Colour the best and the lowest grade."""
    names = view.grades
    if grade not in (names[0], names[-1]):
        return grade or None
    return ColouredCell(grade, _BEST if grade == names[0] else _WORST)


def _add_chosen(book: Book, view: ResultView) -> None:
    """Add the sheet of selections: who was chosen, who was passed over and why."""
    words = view.words
    units = {unit.unit: unit for unit in view.result.units}
    table = SheetDrawing(
        notes=[view.titled(view.part("selections of")), *view.quotas],
        columns=[
            *map(SheetColumn, (view.selection_head, view.rubric.subject)),
            SheetColumn(words.text("outcome"), short=True),
            SheetColumn(words.text("rank"), short=True),
            SheetColumn(words.text("total"), decimals_format(view.rubric.total_places), width=10),
            SheetColumn(words.text("grade"), short=True),
            SheetColumn(words.text("why"), width=44),
        ],
        rows=[
            *(row for quota in view.result.quotas for row in _quota_rows(quota, units, view)),
            *(row for chosen in view.result.selections for row in _chosen_rows(chosen, units, view)),
        ],
    )
    add_sheet(book, words.text("sheet selections"), table)


def _quota_rows(quota: GradeQuota, units: dict[str, UnitResult], view: ResultView) -> Iterator[Row]:
    """List who meets a grade with a quota: with a place, tied for one, without."""
    words, title = view.words, quota.grade
    if quota.group is not None:
        title = words.text("ahead border of", title=title, group=quota.group)
    full = words.text("full") if quota.places else no_places(view.rubric.grades[quota.grade], quota.counted, words)
    outcomes = (words.text("is chosen"), quota.cut.units), (words.text("tie"), quota.cut.tied), (full, quota.cut.left)
    for outcome, names in outcomes:
        for name in names:
            why = words.text("clause.then").join(view.grade_reasons(units[name])) or None
            yield (title, name, outcome, *_standing(units[name], view), why)


def _chosen_rows(chosen: Chosen, units: dict[str, UnitResult], view: ResultView) -> Iterator[Row]:
    title, words = chosen.selection.title, view.words
    outcome = words.text("is chosen" if chosen.selection.honours else "is listed")
    if not chosen.units:
        yield (title, words.text("nobody"), outcome, None, None, None, None)
    for name in chosen.units:
        listed = words.text("clause.then").join(view.listed(units[name], chosen)) if name in units else ""
        yield (title, name, outcome, *_standing(units.get(name), view), listed or None)
    for name, each in view.not_chosen(chosen):
        located = words.text("located", text=view.passed_over(each), cells=cells_text(view.cells_under(each)))
        yield (title, name, words.text("displaced"), *_standing(units.get(name), view), located)


def _add_problems(book: Book, view: ResultView, shared: list[SharedProblem]) -> None:
    """Add the sheet of what many units lost points by, with the sentence to paste."""
    words = view.words
    table = SheetDrawing(
        notes=[view.titled(view.part("problems of")), sentence(shared, view)],
        columns=[
            SheetColumn(words.text("clause"), width=12, short=True),
            SheetColumn(words.text("item"), width=30),
            SheetColumn(words.text("problem"), width=60),
            SheetColumn(words.text("shared units"), short=True),
            SheetColumn(words.text("share"), decimals_format(SHARE.places or 0, percent=True), width=10),
        ],
        rows=[(one.clause or None, one.item, one.what, one.units, figure(one.share, _STORED_PLACES)) for one in shared],
        filtered=True,
    )
    add_sheet(book, words.text("problems"), table)


def _add_taken(book: Book, view: ResultView) -> None:
    """Add the sheet of figures from results of other rubrics: a row for each unit of such a result."""
    words = view.words
    table = SheetDrawing(
        notes=[view.titled(view.part("results of")), words.text("results note")],
        columns=[
            SheetColumn(view.rubric.subject),
            SheetColumn(words.text("result measure")),
            SheetColumn(words.text("result value"), width=14),
            SheetColumn(words.text("result combine"), short=True),
            SheetColumn(words.text("result file"), width=30),
            SheetColumn(words.text("result unit"), width=60),
        ],
        rows=[row for unit in view.result.units for row in _taken_rows(unit, view)],
        kept=2,
        filtered=True,
    )
    add_sheet(book, words.text("sheet results"), table)


def _taken_rows(unit: UnitResult, view: ResultView) -> Iterator[Row]:
    words = view.words
    for measure, taken in unit.taken.items():
        combine = None if taken.combine is None else words.text(f"result {taken.combine}")
        for each in (*taken.units, *taken.left_out):
            named = taken_unit(each, taken, view.places, words)
            text = named if each in taken.units else words.text("result left out", unit=named)
            yield (unit.unit, measure, taken_value(taken.value, taken), combine, str(each.cell), text)


def _standing(unit: UnitResult | None, view: ResultView) -> Row:
    if unit is None:
        return (None, None, None)
    return (_rank(unit.rank, view), figure(unit.total, view.rubric.total_places), view.grade(unit) or None)


def _add_stages(book: Book, view: ResultView) -> None:
    """Add the sheet of rounds and spans of rounds: points, rank and grade of every unit in each."""
    words, kinds = view.words, stage_kinds(view.rubric)
    points, total = decimals_format(view.places, more=True), decimals_format(view.rubric.total_places)
    table = SheetDrawing(
        notes=[view.titled(view.part("rounds of"))],
        columns=[
            SheetColumn(words.text("round"), short=True),
            SheetColumn(view.rubric.subject),
            *(SheetColumn(words.text(kind), points, width=points_width(view.places)) for kind in kinds),
            SheetColumn(words.text("total"), total, width=10),
            SheetColumn(words.text("due"), points, width=points_width(view.places)),
            SheetColumn(words.text("rate"), decimals_format(2, percent=True), width=10),
            SheetColumn(words.text("rank"), short=True),
            *([SheetColumn(words.text("group rank"), short=True)] if view.rubric.groups else []),
            SheetColumn(words.text("grade"), short=True),
            SheetColumn(words.text("veto")),
        ],
        rows=[_stage_row(row, view) for row in stage_rows(view)],
        kept=2,
        filtered=True,
    )
    add_sheet(book, words.text("sheet rounds"), table)


def _stage_row(row: StageRow, view: ResultView) -> Row:
    unit = row.unit
    return (
        row.stage,
        unit.unit,
        *(figure(unit.kinds[kind], view.places) for kind in stage_kinds(view.rubric)),
        figure(unit.total, view.rubric.total_places),
        None if unit.due is None else figure(unit.due, view.places),
        _rate(unit),
        _rank(unit.rank, row.view),
        *([_rank(unit.group_rank, row.view)] if view.rubric.groups else []),
        row.view.grade(unit) or None,
        "、".join(unit.vetoes) or None,
    )


def _add_about(book: Book, view: ResultView) -> None:
    """Add the sheet that says what the result rests on."""
    words = view.words
    columns = [SheetColumn(words.text("about what"), width=20), SheetColumn(words.text("about it"), width=110)]
    table = SheetDrawing([words.text("sheet about")], columns, [*_about_rows(view)])
    add_sheet(book, words.text("sheet about"), table)


def _about_rows(view: ResultView) -> Iterator[Row]:
    rubric, words = view.rubric, view.words
    yield (words.text("regulation"), f"{rubric.title} ({rubric.rubric})")
    yield (None, words.text("fingerprint", sha256=view.source.sha256))
    if rubric.period:
        yield (words.text("period"), words.text("from to", first=str(rubric.period.from_), last=str(rubric.period.to)))
    yield from ((words.text("interim"), note) for note in view.notes)
    yield (words.text("rounding"), view.rounding_policy)
    yield (words.text("tool"), f"dangjian-score {__version__}")
    for source in view.result.evidence:
        yield (
            words.text("evidence"),
            f"{source.name}  {words.text('fingerprint', sha256=source.sha256)}".strip(),
        )
    if view.is_provisional:
        yield (words.text("provisional"), words.text("provisional note", count=str(len(view.result.unscored))))
    if view.public:
        yield (words.text("made public"), words.text("public note"))
    for found in view.diagnostics:
        yield (f"{found.code} {words.text(found.severity)}", f"{found.place}: {words.message(found)}")
