"""What assessors gave: a document, and data (`dangjian.raters/1`)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from dangjian_score.core.facts import SourceFile
from dangjian_score.core.points import readable
from dangjian_score.engine.raters import Disagreement, ItemSpread, Rater, Raters
from dangjian_score.report.document import Contract, Data, Document, DocumentColumn, Points, Table
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
    full = [words.text("always full", name=one.name, count=str(one.figures)) for one in found.raters if one.always_full]
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
        [(one.name, one.figures, one.mean, one.spread, one.difference, one.full) for one in found.raters],
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
            (_named(one, words), one.item.most, one.figures, one.mean, one.least, one.most, one.spread)
            for one in found.items
        ],
        notes=[words.text("items note")],
    )


def _named(one: ItemSpread, words: Words) -> str:
    return words.text("taken off", name=one.item.measure) if one.item.verb == "deduct" else one.item.measure


def _gaps(found: Raters, subject: str, words: Words) -> Table:
    texts = [DocumentColumn(words.text(key)) for key in ("judged item", "given")]
    figures = [DocumentColumn(words.text(key), PLAIN) for key in ("max", "gap")]
    rows = [(one.unit, _judged(one), _given(one), one.item.most, one.gap) for one in found.disagreements]
    more = len(rows) > _GAPS_SHOWN
    return Table(
        words.text("disagreements"),
        [DocumentColumn(subject, unit=True), *texts, *figures],
        rows,
        brief=rows[:_GAPS_SHOWN],
        rest=words.text("more gaps", count=str(len(rows)), shown=str(_GAPS_SHOWN)) if more else "",
        empty=words.text("no disagreement"),
    )


def _judged(one: Disagreement) -> str:
    return "  ".join(part for part in (one.round, one.item.measure) if part)


def _given(one: Disagreement) -> str:
    return "、".join(f"{name} {readable(points)}" for name, points in one.given)


def raters_data(found: Raters, evidence: Iterable[SourceFile]) -> dict[str, Data]:
    """Give everything; means and distances with four decimals."""
    return {
        "evidence": [{"name": one.name, "sha256": one.sha256} for one in evidence],
        "raters": [_rater_data(one) for one in found.raters],
        "items": [_item_data(one) for one in found.items],
        "disagreements": [_gap_data(one) for one in found.disagreements],
    }


def _mean(value: Fraction | None) -> Points | None:
    return None if value is None else Points(value, _PLACES)


def _rater_data(one: Rater) -> dict[str, Data]:
    return {
        "rater": one.name,
        "figures": one.figures,
        "mean": _mean(one.mean),
        "spread": _mean(one.spread),
        "shared": one.shared,
        "difference": _mean(one.difference),
        "full": one.full,
        "always_full": one.always_full,
    }


def _item_data(one: ItemSpread) -> dict[str, Data]:
    return {
        "measure": one.item.measure,
        "nodes": one.item.nodes,
        "verb": one.item.verb,
        "max": one.item.most,
        "figures": one.figures,
        "mean": _mean(one.mean),
        "least": one.least,
        "most": one.most,
        "spread": _mean(one.spread),
    }


def _gap_data(one: Disagreement) -> dict[str, Data]:
    return {
        "unit": one.unit,
        "round": one.round,
        "measure": one.item.measure,
        "max": one.item.most,
        "gap": one.gap,
        "figures": [{"rater": name, "points": points} for name, points in one.given],
    }
