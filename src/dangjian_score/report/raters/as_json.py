"""What assessors gave as JSON: `dangjian.raters/1`."""

from collections.abc import Iterable
from typing import Any

from dangjian_score.diagnostics import Diagnostic, of_results
from dangjian_score.engine.raters import Disagreement, ItemSpread, Rater, Raters
from dangjian_score.facts import Source
from dangjian_score.points import plain
from dangjian_score.report.as_json import TOOL, diagnostic_json, dumped
from dangjian_score.report.raters.view import exactly
from dangjian_score.words.say import Words

SCHEMA = "dangjian.raters/1"


def raters_json(found: Raters, evidence: Iterable[Source], diagnostics: Iterable[Diagnostic], said: Words) -> bytes:
    """Write everything out; without figures the lists are empty, and the diagnostics say why."""
    return dumped(
        {
            "schema": SCHEMA,
            "tool": TOOL,
            "evidence": [{"name": one.name, "sha256": one.sha256} for one in evidence],
            "raters": [_rater(one) for one in found.raters],
            "items": [_item(one) for one in found.items],
            "disagreements": [_gap(one) for one in found.disagreements],
            "diagnostics": [diagnostic_json(one, said) for one in of_results(diagnostics)],
        }
    )


def _rater(one: Rater) -> dict[str, Any]:
    return {
        "rater": one.name,
        "figures": one.figures,
        "mean": exactly(one.mean),
        "spread": exactly(one.spread),
        "shared": one.shared,
        "difference": exactly(one.difference),
        "full": one.full,
        "always_full": one.always_full,
    }


def _item(one: ItemSpread) -> dict[str, Any]:
    return {
        "measure": one.item.measure,
        "nodes": list(one.item.nodes),
        "verb": one.item.verb,
        "max": plain(one.item.most),
        "figures": one.figures,
        "mean": exactly(one.mean),
        "least": plain(one.least),
        "most": plain(one.most),
        "spread": exactly(one.spread),
    }


def _gap(one: Disagreement) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "round": one.round,
        "measure": one.item.measure,
        "max": plain(one.item.most),
        "gap": plain(one.gap),
        "figures": [{"rater": name, "points": plain(points)} for name, points in one.given],
    }
