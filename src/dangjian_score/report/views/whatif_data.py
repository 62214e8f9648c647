"""A look ahead as data: `dangjian.whatif/1`."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from dangjian_score.engine.whatif.ahead import Ahead, Close, UnitAhead
from dangjian_score.engine.whatif.deciding import Decider
from dangjian_score.engine.whatif.field import Outlook
from dangjian_score.engine.whatif.items import Effect
from dangjian_score.engine.whatif.places import Border
from dangjian_score.facts import SourceFile
from dangjian_score.report.document import Contract, Data, Points

CONTRACT: Final = Contract(
    "dangjian.whatif/1", {"evidence": [], "within": None, "step": None, "units": [], "borders": []}
)


def ahead_data(ahead: Ahead, evidence: Iterable[SourceFile]) -> dict[str, Data]:
    """Give everything."""
    places = ahead.rubric.total_places
    return {
        "evidence": [{"name": one.name, "sha256": one.sha256} for one in evidence],
        "within": ahead.within,
        "step": ahead.step,
        "units": [_unit(one, places) for one in ahead.units],
        "borders": [_border_data(one, places) for one in ahead.borders],
    }


def _unit(unit: UnitAhead, places: int) -> Data:
    ranks = unit.ranks
    return {
        "unit": unit.unit,
        **_outlook(unit.now, places),
        "near": [_close_data(one) for one in unit.close],
        "items": [_effect_data(one, places) for one in unit.effects],
        "ranks": None if ranks is None else {"best": ranks.best, "worst": ranks.worst, "firm": ranks.firm},
    }


def _outlook(one: Outlook, places: int) -> dict[str, Data]:
    total = Points(one.total, places)
    return {"rank": one.rank, "total": total, "grade": one.grade, "selections": one.selections}


def _close_data(one: Close) -> Data:
    near, mark = one.near, one.near.mark
    return {
        "threshold": {
            "kind": mark.kind,
            "title": mark.title,
            "bound": mark.bound,
            "node": mark.node,
            "beside": mark.beside,
        },
        "figure": near.figure,
        "gap": near.gap,
        "held": near.held,
        "becomes": near.becomes,
        "blocked": [{"why": block.why, "names": block.names, "gap": block.gap} for block in near.blocked],
        "decided_by": [_decider(decider) for decider in one.deciders],
    }


def _decider(one: Decider) -> Data:
    opinion = one.opinion
    return {
        "round": opinion.round,
        "measure": opinion.measure,
        "assessors": opinion.assessors,
        "from": opinion.value,
        "to": one.to,
        "least": opinion.least,
        "most": opinion.most,
        "step": opinion.step,
    }


def _effect_data(one: Effect, places: int) -> Data:
    item = one.item
    return {
        "round": item.round,
        "measure": item.measure,
        "event": None if item.event is None else str(item.event.cell),
        "from": item.was,
        "to": item.now,
        "moved": None if one.after is None else one.moved,
        "after": None if one.after is None else _outlook(one.after, places),
    }


def _border_data(one: Border, places: int) -> Data:
    def end(of: tuple[str, Fraction] | None) -> Data:
        return None if of is None else {"unit": of[0], "total": Points(of[1], places)}

    return {
        "selection": one.title,
        "group": one.group,
        "last": end(one.last),
        "first": end(one.first),
        "gap": one.gap,
        "tied": one.tied,
    }
