"""The result as a workbook: 总表, 明细, 扣分清单, 评优, 分析, 说明."""

from collections.abc import Iterator

from dangjian_score.core.version import __version__
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
    words = view.words
    columns = [SheetColumn(words.text("about what"), width=20), SheetColumn(words.text("about it"), width=110)]
    table = SheetDrawing([words.text("sheet about")], columns, [*_about_rows(view)])
    add_sheet(book, words.text("sheet about"), table)


def _about_rows(view: ResultView) -> Iterator[Row]:
    rubric, words = view.rubric, view.words
    yield (words.text("regulation"), f"{rubric.title} ({rubric.rubric})")
    yield (None, words.text("fingerprint", sha256=view.sha256))
    if rubric.period:
        yield (words.text("period"), words.text("from to", first=str(rubric.period.from_), last=str(rubric.period.to)))
    yield (words.text("rounding"), rounding_policy(rubric, words))
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


def add_chosen(book: Book, view: ResultView) -> None:
    """Add the sheet."""
    words = view.words
    units = {unit.unit: unit for unit in view.result.units}
    heads = words.text("provisional selection" if view.is_provisional else "selection"), view.rubric.subject
    table = SheetDrawing(
        notes=[titled(view, words.text("selections of", title=view.rubric.title))],
        columns=[
            *map(SheetColumn, heads),
            SheetColumn(words.text("outcome"), short=True),
            SheetColumn(words.text("rank"), short=True),
            SheetColumn(words.text("total"), decimals_format(view.rubric.total_places), width=10),
            SheetColumn(words.text("grade"), short=True),
            SheetColumn(words.text("why"), width=44),
        ],
        rows=[row for one in view.result.selections for row in _chosen_rows(one, units, view)],
    )
    add_sheet(book, words.text("sheet selections"), table)


def _chosen_rows(one: Chosen, units: dict[str, UnitResult], view: ResultView) -> Iterator[Row]:
    title, words = one.selection.title, view.words
    chosen = words.text("is chosen" if one.selection.honours else "is listed")
    if not one.units:
        yield (title, words.text("nobody"), chosen, None, None, None, None)
    for name in one.units:
        yield (title, name, chosen, *_standing(units.get(name), view), None)
    for each in one.displaced:
        standing = _standing(units.get(each.unit), view)
        yield (title, each.unit, words.text("displaced"), *standing, view.passed_over(each))


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
