"""说明: what the result was made from, what is still open, and what was noted while reading."""

from collections.abc import Iterator

from dangjian_score import __version__
from dangjian_score.report.book import Book
from dangjian_score.report.sheets import SheetColumn, Row, SheetDrawing, add_sheet
from dangjian_score.report.view import ResultView
from dangjian_score.words.rounding import rounding_policy


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
