"""What the sheets have in common: their titles, the column of ranks, and how wide points stand."""

from dangjian_score.report.sheets import Column
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Words


def titled(told: ResultView, title: str, said: Words) -> str:
    """Say in a title that what stands below is not final."""
    return said.label("titled", title=title, state=said.label("provisional") if told.is_provisional else "")


def rank_column(told: ResultView, said: Words) -> Column:
    """Give the column of ranks, whose head says where they are provisional."""
    if told.is_provisional:
        return Column(said.label("provisional rank"), short=True)
    return Column(said.label("rank"), short=True, width=7)


def points_width(places: int) -> float:
    """Give a column of points its width: three digits, a sign and the decimals, under a head of some lines."""
    return max(10, 7 + places)
