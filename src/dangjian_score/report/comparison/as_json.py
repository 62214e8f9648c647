"""A comparison as JSON: `dangjian.comparison/1`."""

from collections.abc import Iterable
from typing import Any

from dangjian_score.diagnostics import Diagnostic, of_results
from dangjian_score.engine.compare import Comparison, ItemChange
from dangjian_score.engine.outcome import Item, Outcome
from dangjian_score.points import plain
from dangjian_score.report.as_json import TOOL, diagnostic_json, dumped
from dangjian_score.report.comparison.view import ItemRow, Sides, UnitRow, view
from dangjian_score.words.say import Words

SCHEMA = "dangjian.comparison/1"


def comparison_json(
    comparison: Comparison | None, sides: Sides, diagnostics: Iterable[Diagnostic], said: Words
) -> bytes:
    """Write a comparison out; where there is none, why: nobody compared, and all diagnostics."""
    body = _empty() if comparison is None else _body(comparison, sides, said)
    found = [diagnostic_json(one, said) for one in of_results(diagnostics)]
    return dumped({"schema": SCHEMA, "tool": TOOL, **body, "diagnostics": found})


def _empty() -> dict[str, Any]:
    lists: dict[str, Any] = {key: [] for key in ("units", "items", "only_a", "only_b")}
    return {"a": None, "b": None, "rubric": None, **lists}


def _body(comparison: Comparison, sides: Sides, said: Words) -> dict[str, Any]:
    told, changed = view(comparison, sides, said), comparison.rubric
    return {
        "a": _side(sides.names[0], comparison.a, own=sides.self_assessed),
        "b": _side(sides.names[1], comparison.b, own=False),
        "rubric": {
            "other": changed.other,
            "edited": changed.edited,
            "items": [_change(one) for one in changed.items],
            "rounds": {"gone": list(changed.rounds[0]), "new": list(changed.rounds[1])},
        },
        "units": [_unit(one) for one in told.units],
        "items": [_item(one) for one in told.items],
        "only_a": [{"unit": unit, "why": why} for unit, why in told.only_a],
        "only_b": [{"unit": unit, "why": why} for unit, why in told.only_b],
    }


def _side(name: str, outcome: Outcome, *, own: bool) -> dict[str, Any]:
    rubric = {"id": outcome.rubric, "title": outcome.title, "sha256": outcome.sha256}
    return {"name": name, "rubric": rubric, "units": len(outcome.units), "self_assessed": own}


def _change(change: ItemChange) -> dict[str, Any]:
    return {"id": change.id, "change": list(change.how), "a": _stated(change.before), "b": _stated(change.after)}


def _stated(item: Item | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {"title": item.title, "kind": item.kind, "max": None if item.max is None else plain(item.max)}


def _unit(row: UnitRow) -> dict[str, Any]:
    a, b = (
        {"rank": rank, "total": total, "grade": grade}
        for rank, total, grade in zip(row.ranks, row.totals, row.grades, strict=True)
    )
    return {"unit": row.unit, "a": a, "b": b, "difference": row.difference}


def _item(row: ItemRow) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "round": row.round,
        "id": row.id,
        "title": row.title,
        "max": row.max,
        "own": row.own,
        "a": row.points[0],
        "b": row.points[1],
        "difference": row.difference,
    }
