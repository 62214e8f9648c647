"""What assessors gave: a document, and data (`dangjian.raters/1`)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from dangjian_score.core.facts import SourceFile
from dangjian_score.core.points import readable
from dangjian_score.engine.raters import Disagreement, ItemSpread, Rater, Raters
from dangjian_score.report.document import Contract, Data, Document, DocumentColumn, Points, Row, Table, sources_data
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
_RATER_COLUMNS: Final = {
    "rater": None, "figures": COUNT, "mean share": _SHARE, "spread": _SHARE, "from others": _DIFFERENCE,
    "times full": COUNT,
}  # fmt: skip
_ITEM_COLUMNS: Final = {
    "judged item": None, "max": PLAIN, "figures": COUNT, "mean": _MEAN, "least": PLAIN, "most": PLAIN, "spread": _MEAN,
}  # fmt: skip


def raters_document(found: Raters, subject: str, words: Words) -> Document:
    """Set assessors, items and disagreements out; who never gave anything but full marks is named."""
    tables = (_raters(found, words), _items(found, words), _gaps(found, subject, words))
    return Document(words.text("raters of"), tables)


def _raters(found: Raters, words: Words) -> Table:
    always = (rater for rater in found.raters if rater.always_full)
    full = [words.text("always full", name=rater.name, count=str(rater.figures)) for rater in always]
    return Table(
        words.text("rater"),
        [DocumentColumn(words.text(key), form) for key, form in _RATER_COLUMNS.items()],
        [(rater.name, rater.figures, rater.mean, rater.spread, rater.difference, rater.full) for rater in found.raters],
        notes=[*full, words.text("raters note")],
    )


def _items(found: Raters, words: Words) -> Table:
    return Table(
        words.text("judged item"),
        [DocumentColumn(words.text(key), form) for key, form in _ITEM_COLUMNS.items()],
        [_item(item, words) for item in found.items],
        notes=[words.text("items note")],
    )


def _item(item: ItemSpread, words: Words) -> Row:
    name = words.text("taken off", name=item.item.measure) if item.item.verb == "deduct" else item.item.measure
    return name, item.item.most, item.figures, item.mean, item.least, item.most, item.spread


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
