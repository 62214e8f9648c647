"""What the sheets have in common: their titles, the column of ranks, and how wide points stand."""

from dangjian_score.report.sheets import SheetColumn
from dangjian_score.report.view import ResultView


def titled(view: ResultView, title: str) -> str:
    """Say in a title that what stands below is not final."""
    state = view.words.label("provisional") if view.is_provisional else ""
    return view.words.label("titled", title=title, state=state)


def rank_column(view: ResultView) -> SheetColumn:
    """Give the column of ranks, whose head says where they are provisional."""
    if view.is_provisional:
        return SheetColumn(view.words.label("provisional rank"), short=True)
    return SheetColumn(view.words.label("rank"), short=True, width=7)


def points_width(places: int) -> float:
    """Give a column of points its width: three digits, a sign and the decimals, under a head of some lines."""
    return max(10, 7 + places)
