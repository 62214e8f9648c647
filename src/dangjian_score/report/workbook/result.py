"""The result as a workbook: 总表, 明细, 扣分清单, 评优, 分析, 说明."""

from collections.abc import Iterator

from dangjian_score import __version__
from dangjian_score.core.watching import Watch
from dangjian_score.engine.result import UnitResult
from dangjian_score.engine.standing import Chosen
from dangjian_score.report.book import Book, figure
from dangjian_score.report.figures import Losses
from dangjian_score.report.sheets import Row, SheetColumn, SheetDrawing, add_sheet, decimals_format
from dangjian_score.report.view import ResultView
from dangjian_score.report.workbook.analysis import add_analysis
from dangjian_score.report.workbook.details import Ledger, MatrixSheet
from dangjian_score.report.workbook.ranking import add_ranking, titled
from dangjian_score.words.clauses import rounding_policy


def add_about(book: Book, view: ResultView) -> None:
    """Add the sheet."""
    said = view.words
    columns = [SheetColumn(said.label("about what"), width=20), SheetColumn(said.label("about it"), width=110)]
    table = SheetDrawing([said.label("sheet about")], columns, [*_about_rows(view)])
    add_sheet(book, said.label("sheet about"), table)


def _about_rows(view: ResultView) -> Iterator[Row]:
    rubric, said = view.rubric, view.words
    yield (said.label("regulation"), f"{rubric.title} ({rubric.rubric})")
    yield (None, said.label("fingerprint", sha256=view.sha256))
    if rubric.period:
        yield (said.label("period"), said.label("from to", first=str(rubric.period.from_), last=str(rubric.period.to)))
    yield (said.label("rounding"), rounding_policy(rubric, said))
    yield (said.label("tool"), f"dangjian-score {__version__}")
    for source in view.result.evidence:
        yield (
            said.label("evidence"),
            f"{source.name}  {said.label('fingerprint', sha256=source.sha256)}".strip(),
        )
    if view.is_provisional:
        yield (said.label("provisional"), said.label("provisional note", count=str(len(view.result.unscored))))
    if view.public:
        yield (said.label("made public"), said.label("public note"))
    for found in view.diagnostics:
        yield (f"{found.code} {said.label(found.severity)}", f"{found.place}: {said.message(found)}")


def add_chosen(book: Book, view: ResultView) -> None:
    """Add the sheet."""
    said = view.words
    units = {unit.unit: unit for unit in view.result.units}
    heads = said.label("provisional selection" if view.is_provisional else "selection"), view.rubric.subject
    table = SheetDrawing(
        notes=[titled(view, said.label("selections of", title=view.rubric.title))],
        columns=[
            *map(SheetColumn, heads),
            SheetColumn(said.label("outcome"), short=True),
            SheetColumn(said.label("rank"), short=True),
            SheetColumn(said.label("total"), decimals_format(view.rubric.total_places), width=10),
            SheetColumn(said.label("grade"), short=True),
            SheetColumn(said.label("why"), width=44),
        ],
        rows=[row for one in view.result.selections for row in _chosen_rows(one, units, view)],
    )
    add_sheet(book, said.label("sheet selections"), table)


def _chosen_rows(one: Chosen, units: dict[str, UnitResult], view: ResultView) -> Iterator[Row]:
    title, said = one.selection.title, view.words
    chosen = said.label("is chosen" if one.selection.honours else "is listed")
    if not one.units:
        yield (title, said.label("nobody"), chosen, None, None, None, None)
    for name in one.units:
        yield (title, name, chosen, *_standing(units.get(name), view), None)
    for each in one.displaced:
        standing = _standing(units.get(each.unit), view)
        yield (title, each.unit, said.label("displaced"), *standing, view.passed_over(each))


def _standing(unit: UnitResult | None, view: ResultView) -> Row:
    if unit is None:
        return (None, None, None)
    return (unit.rank, figure(unit.total, view.rubric.total_places), unit.grade)


def result_xlsx(view: ResultView, watch: Watch) -> bytes:
    """Write a result out; every unit is traced once."""
    book, matrix, ledger, losses = Book(view.rubric.title), MatrixSheet(view), Ledger(view), Losses()
    for unit in watch(view.result.units, "writing"):
        detail = unit.trace()
        matrix.add(unit, detail)
        ledger.add(unit, detail)
        losses.add(detail)
    is_rounded = view.is_rounded or matrix.figures.are_rounded or ledger.figures.are_rounded
    totals = add_ranking(book, view, is_rounded=is_rounded)
    matrix.draw(book)
    ledger.draw(book)
    if view.result.selections:
        add_chosen(book, view)
    add_analysis(book, view, totals, losses)
    add_about(book, view)
    return book.to_bytes(watch)
