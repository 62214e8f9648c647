"""说明: what the result was made from, what is still open, and what was noted while reading."""

from collections.abc import Iterator

from dangjian_score import __version__
from dangjian_score.report.book import Book
from dangjian_score.report.sheets import Column, Row, Table, add_sheet
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Words


def add_about(book: Book, told: ResultView, said: Words) -> None:
    """Add the sheet."""
    columns = [Column(said.label("about what"), width=20), Column(said.label("about it"), width=110)]
    table = Table([said.label("sheet about")], columns, [*_rows(told, said)])
    add_sheet(book, said.label("sheet about"), table)


def _rows(told: ResultView, said: Words) -> Iterator[Row]:
    rubric = told.rubric
    yield (said.label("regulation"), f"{rubric.title} ({rubric.id})")
    yield (None, said.label("fingerprint", sha256=rubric.sha256))
    if rubric.period:
        yield (said.label("period"), said.label("from to", first=rubric.period[0], last=rubric.period[1]))
    yield (said.label("tool"), f"dangjian-score {__version__}")
    for source in told.evidence:
        yield (
            said.label("evidence"),
            f"{source.name or ''}  {said.label('fingerprint', sha256=source.sha256)}".strip(),
        )
    if told.is_provisional:
        yield (said.label("provisional"), said.label("provisional note", count=str(len(told.unscored))))
    if told.public:
        yield (said.label("made public"), said.label("public note"))
    for found in told.diagnostics:
        yield (f"{found.code} {said.label(found.severity)}", f"{found.place}: {said.message(found)}")
