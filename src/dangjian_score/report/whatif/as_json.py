"""A look ahead as JSON: `dangjian.whatif/1`."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from dangjian_score.diagnostics import Diagnostic, of_results
from dangjian_score.engine.whatif.ahead import Ahead, Close, UnitAhead
from dangjian_score.engine.whatif.deciding import Decider
from dangjian_score.engine.whatif.field import Outlook
from dangjian_score.engine.whatif.items import Effect
from dangjian_score.engine.whatif.marks import Block
from dangjian_score.engine.whatif.places import Border
from dangjian_score.facts import Source, Value
from dangjian_score.points import fixed, plain
from dangjian_score.report.as_json import TOOL, diagnostic_json, dumped
from dangjian_score.words.say import Words

SCHEMA = "dangjian.whatif/1"


def ahead_json(
    ahead: Ahead | None, evidence: Iterable[Source], diagnostics: Iterable[Diagnostic], said: Words
) -> bytes:
    """Write a look ahead out; where there is none, why: nobody looked at, and all diagnostics."""
    places = 0 if ahead is None else ahead.rubric.total_places
    return dumped(
        {
            "schema": SCHEMA,
            "tool": TOOL,
            "evidence": [{"name": one.name, "sha256": one.sha256} for one in evidence],
            "within": None if ahead is None else plain(ahead.within),
            "step": None if ahead is None or ahead.step is None else plain(ahead.step),
            "units": [] if ahead is None else [_unit(one, places) for one in ahead.units],
            "borders": [] if ahead is None else [_border(one, places) for one in ahead.borders],
            "diagnostics": [diagnostic_json(one, said) for one in of_results(diagnostics)],
        }
    )


def _unit(unit: UnitAhead, places: int) -> dict[str, Any]:
    ranks = unit.ranks
    return {
        "unit": unit.unit,
        **_outlook(unit.now, places),
        "near": [_close(one) for one in unit.close],
        "items": [_effect(one, places) for one in unit.effects],
        "ranks": None if ranks is None else {"best": ranks.best, "worst": ranks.worst, "firm": ranks.firm},
    }


def _outlook(one: Outlook, places: int) -> dict[str, Any]:
    return {
        "rank": one.rank,
        "total": fixed(one.total, places),
        "grade": one.grade,
        "selections": list(one.selections),
    }


def _close(one: Close) -> dict[str, Any]:
    near, mark = one.near, one.near.mark
    return {
        "threshold": {
            "kind": mark.kind,
            "title": mark.title,
            "bound": plain(mark.bound),
            "node": mark.node,
            "beside": mark.beside,
        },
        "figure": plain(near.figure),
        "gap": plain(near.gap),
        "held": near.held,
        "becomes": near.becomes,
        "blocked": [_block(block) for block in near.blocked],
        "decided_by": [_decider(decider) for decider in one.deciders],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"why": block.why, "names": list(block.names), "gap": _figure(block.gap)}


def _decider(one: Decider) -> dict[str, Any]:
    opinion = one.opinion
    return {
        "round": opinion.round,
        "measure": opinion.measure,
        "assessors": list(opinion.assessors),
        "from": plain(opinion.value),
        "to": plain(one.to),
        "least": plain(opinion.least),
        "most": plain(opinion.most),
        "step": plain(opinion.step),
    }


def _effect(one: Effect, places: int) -> dict[str, Any]:
    item = one.item
    return {
        "round": item.round,
        "measure": item.measure,
        "event": None if item.event is None else str(item.event.cell),
        "from": _value(item.was),
        "to": _value(item.now),
        "moved": _figure(None if one.after is None else one.moved),
        "after": None if one.after is None else _outlook(one.after, places),
    }


def _value(value: Value | None) -> bool | str | None:
    return plain(value) if isinstance(value, Fraction) else value


def _figure(value: Fraction | None) -> str | None:
    return None if value is None else plain(value)


def _border(one: Border, places: int) -> dict[str, Any]:
    def end(of: tuple[str, Fraction] | None) -> dict[str, str] | None:
        return None if of is None else {"unit": of[0], "total": fixed(of[1], places)}

    return {
        "selection": one.title,
        "group": one.group,
        "last": end(one.last),
        "first": end(one.first),
        "gap": _figure(one.gap),
        "tied": list(one.tied),
    }
