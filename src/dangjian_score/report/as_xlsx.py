"""The result as a workbook: ranking, every item, every line, who was chosen, charts, and what it was made from."""

from dangjian_score.report.book import Book
from dangjian_score.report.figures import Losses
from dangjian_score.report.view import ResultView
from dangjian_score.report.workbook.about import add_about
from dangjian_score.report.workbook.analysis import add_analysis
from dangjian_score.report.workbook.chosen import add_chosen
from dangjian_score.report.workbook.ledger import Ledger
from dangjian_score.report.workbook.matrix import MatrixSheet
from dangjian_score.report.workbook.ranking import add_ranking
from dangjian_score.watching import Watch


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
