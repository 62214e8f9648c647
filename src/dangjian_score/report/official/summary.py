"""What a superior gets beside the letters to its units: their totals and grades, the mean, the share of each grade."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dangjian_score.core.points import percent, rounded
from dangjian_score.engine.result import UnitResult
from dangjian_score.report.official.drawing import GAP, Block, PaperColumn, PaperTable, Text, cells
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.wording import not_final, opening, signature, titled
from dangjian_score.report.overview import Mean
from dangjian_score.report.view import ResultView
from dangjian_score.words.assessments import counted
from dangjian_score.words.say import Words

_SHARE = 3
"""Decimals of a share, so that a per cent has one."""


def title(superior: str, words: Words) -> str:
    """Name the paper."""
    return words.text("summary title", superior=superior)


def summary(superior: str, units: Sequence[UnitResult], view: ResultView, imprint: Imprint) -> Iterator[Block]:
    """Write the paper of a superior about its units."""
    words = view.words
    yield from titled(title(superior, words), view.review_state, words)
    yield Text("salutation", words.text("feedback to", unit=superior))
    yield Text("body", words.text("summary opening", **opening(view)))
    yield from (Text("body", sentence) for sentence in not_final(view))
    mean = Mean()
    for unit in units:
        mean.add(unit.total)
    grades = words.text("clause.comma list").join(_grades(units, view))
    many = counted(view.rubric.subject, len(units), words)
    yield Text("body", words.text("summary mean", units=many, mean=view.total(mean.value()), grades=grades))
    columns = [PaperColumn(view.rubric.subject, width=34), PaperColumn(view.total_head, "center", 12)]
    columns += [PaperColumn(head, "center", 14) for head in view.grade_heads]
    columns += [PaperColumn(view.rank_head, "center", 10)] if imprint.with_rank else []
    rows = (
        cells(
            unit.unit,
            view.total(unit.total),
            *view.grade_cells(unit),
            *([view.rank(unit.rank)] if imprint.with_rank else []),
        )
        for unit in units
    )
    yield PaperTable(tuple(columns), tuple(rows), True)
    yield from (GAP, *signature(imprint, words))


def _grades(units: Sequence[UnitResult], view: ResultView) -> Iterator[str]:
    for grade in view.grades:
        count = sum(unit.grade == grade for unit in units)
        share = percent(rounded(Fraction(count, len(units)), _SHARE))
        yield view.words.text("summary grade", grade=grade, count=str(count), share=share)
