"""What assessors gave: a document, and data (`dangjian.raters/1`)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from dangjian_score.core.facts import SourceFile
from dangjian_score.core.points import readable
from dangjian_score.engine.raters import Disagreement, ItemSpread, Rater, Raters
from dangjian_score.report.document import Contract, Data, Document, DocumentColumn, Points, Table, sources_data
from dangjian_score.report.formatting import COUNT, PLAIN, FigureFormat
from dangjian_score.words.say import Words

CONTRACT: Final = Contract("dangjian.raters/1", {key: [] for key in ("evidence", "raters", "items", "disagreements")})

_GAPS_SHOWN: Final = 20
"""Disagreements that a screen shows; files have all of them."""
_SHARE: Final = FigureFormat(1, percent=True)
_DIFFERENCE: Final = FigureFormat(1, signed=True, percent=True)
_MEAN: Final = FigureFormat(2)
_PLACES: Final = 4
"""Decimals of means and distances where scripts read them."""


def raters_document(found: Raters, subject: str, words: Words) -> Document:
    """Set assessors, items and disagreements out; who never gave anything but full marks is named."""
    tables = (_raters(found, words), _items(found, words), _gaps(found, subject, words))
    return Document(words.text("raters of"), tables)


def _raters(found: Raters, words: Words) -> Table:
    full = [
        words.text("always full", name=rater.name, count=str(rater.figures))
        for rater in found.raters
        if rater.always_full
    ]
    return Table(
        words.text("rater"),
        [
            DocumentColumn(words.text("rater")),
            DocumentColumn(words.text("figures"), COUNT),
            DocumentColumn(words.text("mean share"), _SHARE),
            DocumentColumn(words.text("spread"), _SHARE),
            DocumentColumn(words.text("from others"), _DIFFERENCE),
            DocumentColumn(words.text("times full"), COUNT),
        ],
        [(rater.name, rater.figures, rater.mean, rater.spread, rater.difference, rater.full) for rater in found.raters],
        notes=[*full, words.text("raters note")],
    )


def _items(found: Raters, words: Words) -> Table:
    return Table(
        words.text("judged item"),
        [
            DocumentColumn(words.text("judged item")),
            DocumentColumn(words.text("max"), PLAIN),
            DocumentColumn(words.text("figures"), COUNT),
            DocumentColumn(words.text("mean"), _MEAN),
            DocumentColumn(words.text("least"), PLAIN),
            DocumentColumn(words.text("most"), PLAIN),
            DocumentColumn(words.text("spread"), _MEAN),
        ],
        [
            (
                _named(spread, words),
                spread.item.most,
                spread.figures,
                spread.mean,
                spread.least,
                spread.most,
                spread.spread,
            )
            for spread in found.items
        ],
        notes=[words.text("items note")],
    )


def _named(spread: ItemSpread, words: Words) -> str:
    return words.text("taken off", name=spread.item.measure) if spread.item.verb == "deduct" else spread.item.measure


def _gaps(found: Raters, subject: str, words: Words) -> Table:
    texts = [DocumentColumn(words.text(key)) for key in ("judged item", "given")]
    figures = [DocumentColumn(words.text(key), PLAIN) for key in ("max", "gap")]
    rows = [(gap.unit, _judged(gap), _given(gap), gap.item.most, gap.gap) for gap in found.disagreements]
    more = len(rows) > _GAPS_SHOWN
    return Table(
        words.text("disagreements"),
        [DocumentColumn(subject, unit=True), *texts, *figures],
        rows,
        brief=rows[:_GAPS_SHOWN],
        rest=words.text("more gaps", count=str(len(rows)), shown=str(_GAPS_SHOWN)) if more else "",
        empty=words.text("no disagreement"),
    )


def _judged(gap: Disagreement) -> str:
    return "  ".join(part for part in (gap.round, gap.item.measure) if part)


def _given(gap: Disagreement) -> str:
    return "、".join(f"{name} {readable(points)}" for name, points in gap.given)


def raters_data(found: Raters, evidence: Iterable[SourceFile]) -> dict[str, Data]:
    """Give everything; means and distances with four decimals."""
    return {
        "evidence": sources_data(evidence),
        "raters": [*map(_rater_data, found.raters)],
        "items": [*map(_item_data, found.items)],
        "disagreements": [*map(_gap_data, found.disagreements)],
    }


def _mean(value: Fraction | None) -> Points | None:
    return None if value is None else Points(value, _PLACES)


def _rater_data(rater: Rater) -> dict[str, Data]:
    return {
        "rater": rater.name,
        "figures": rater.figures,
        "mean": _mean(rater.mean),
        "spread": _mean(rater.spread),
        "shared": rater.shared,
        "difference": _mean(rater.difference),
        "full": rater.full,
        "always_full": rater.always_full,
    }


def _item_data(spread: ItemSpread) -> dict[str, Data]:
    return {
        "measure": spread.item.measure,
        "nodes": spread.item.nodes,
        "verb": spread.item.verb,
        "max": spread.item.most,
        "figures": spread.figures,
        "mean": _mean(spread.mean),
        "least": spread.least,
        "most": spread.most,
        "spread": _mean(spread.spread),
    }


def _gap_data(gap: Disagreement) -> dict[str, Data]:
    return {
        "unit": gap.unit,
        "round": gap.round,
        "measure": gap.item.measure,
        "max": gap.item.most,
        "gap": gap.gap,
        "figures": [{"rater": name, "points": points} for name, points in gap.given],
    }
