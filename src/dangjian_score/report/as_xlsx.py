"""The result as a workbook: ranking, every item, every line, who was chosen, charts, and what it was made from."""

from dangjian_score.report.book import Book
from dangjian_score.report.view import ResultView
from dangjian_score.report.workbook.about import add_about
from dangjian_score.report.workbook.analysis import add_analysis
from dangjian_score.report.workbook.chosen import add_chosen
from dangjian_score.report.workbook.ledger import add_ledger
from dangjian_score.report.workbook.matrix import add_matrix
from dangjian_score.report.workbook.ranking import add_ranking
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words


def result_xlsx(told: ResultView, said: Words, watch: Watch) -> bytes:
    """Write a result out."""
    book = Book(told.rubric.title)
    totals = add_ranking(book, told, said, watch)
    add_matrix(book, told, said, watch)
    add_ledger(book, told, said, watch)
    if told.selections:
        add_chosen(book, told, said)
    add_analysis(book, told, totals, said)
    add_about(book, told, said)
    return book.to_bytes(watch)
