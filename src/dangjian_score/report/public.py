"""What a public result leaves out: persons, cases, reasons of sanctions, and where the evidence stands."""

from functools import cache
from typing import Final, assert_never

from msgspec.structs import replace

from dangjian_score.core.columns import CASE, PERSON
from dangjian_score.core.facts import Event
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine.decisions import (
    Decision,
    FixedGrade,
    FullGrade,
    Grounds,
    Listed,
    MissedGrade,
    NoGrade,
    NotChosen,
    OpenGrade,
    StruckVeto,
)
from dangjian_score.engine.result import Because, Detail, NodeResult, PointsLine, Result, RoundResult, UnitResult
from dangjian_score.engine.rules import group_keys
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.lexicon import is_period

_TAKING: Final = ("deduct", "forfeit")
_NAMING: Final = frozenset({PERSON, CASE})
_SUMMED: Final = ("penalty", "adjust")
"""Kinds of section that take points: of these the sum alone is shown."""


def made_public(result: Result, veto: str) -> Result:
    """Leave out what is not public. Points stay; `veto` stands for the titles of vetoes."""
    hiding = _Hiding(veto)
    return replace(
        result,
        evidence=tuple(replace(source, name="") for source in result.evidence),
        units=tuple(map(hiding.unit, result.units)),
        excluded=tuple(replace(unit, held=()) for unit in result.excluded),
        stages=cache(lambda: {name: made_public(stage, veto) for name, stage in result.stages().items()}),
        selections=tuple(
            replace(chosen, displaced=tuple(replace(unit, vetoes=()) for unit in chosen.displaced))
            for chosen in result.selections
        ),
    )


def discreet(line: PointsLine) -> PointsLine:
    """Leave out of a line persons, cases and what single assessors gave, for the unit that it is about."""
    if (struck := line.struck) is not None:
        return replace(
            line,
            struck=replace(struck, grounds=replace(struck.grounds, events=(*map(_nameless, struck.grounds.events),))),
        )
    if (because := line.because) is None:
        return line
    events = tuple(
        replace(
            priced,
            event=_nameless(priced.event),
            covers=tuple(replace(other, event=_nameless(other.event)) for other in priced.covers),
        )
        for priced in because.events
    )
    bare = replace(because, events=events, given=(), absences=(), categories=())
    if not _NAMING.isdisjoint(group_keys(because.basis)):
        bare = _ungrouped(bare)
    explanations = tuple(replace(each, assessor=None) for each in line.explanations)
    return replace(line, because=bare, explanations=explanations)


def _ungrouped(because: Because) -> Because:
    return replace(because, groups=(), group_count=0, lacking=(), lacking_count=0)


def _nameless(event: Event) -> Event:
    return replace(event, columns={name: fact for name, fact in event.columns.items() if name not in _NAMING})


class _Hiding:
    """Takes out of units what is not public; reasons that lines share are shared afterwards, too."""

    def __init__(self, veto: str) -> None:
        self._veto = veto
        self._reasons: BoundedCache[tuple[int, str], tuple[Because, Because | None]] = BoundedCache()

    def unit(self, unit: UnitResult) -> UnitResult:
        vetoes = (self._veto,) if unit.vetoes else ()
        ruling = None if unit.ruling is None else replace(unit.ruling, reason="", approver="")
        decisions = tuple(map(_public_decision, unit.decisions))
        bare = replace(unit, vetoes=vetoes, ruling=ruling, taken={}, decisions=decisions)
        return replace(bare, trace=lambda: self._detail(unit.trace()))

    def _detail(self, detail: Detail) -> Detail:
        rounds = {name: self._round(round_) for name, round_ in detail.rounds.items()}
        return Detail(tuple(map(self._line, detail.lines)), tuple(map(self._node, detail.nodes)), rounds)

    def _round(self, round_: RoundResult) -> RoundResult:
        return replace(round_, lines=tuple(map(self._line, round_.lines)), nodes=tuple(map(self._node, round_.nodes)))

    def _node(self, node: NodeResult) -> NodeResult:
        if node.kind in _SUMMED:
            return replace(node, lines=(), nodes=())
        lines = tuple(self._line(line, node.clause) for line in node.lines)
        return replace(node, lines=lines, nodes=tuple(map(self._node, node.nodes)))

    def _line(self, line: PointsLine, clause: str | None = None) -> PointsLine:
        """Take from a line what is not public; a clause of the rule alone would tell why, so `clause` stands for it."""
        bare = replace(line, ruling=None, cells=(), struck=None, explanations=())
        if line.verb == "veto":
            return replace(bare, clause=None)
        if line.because is None:
            return bare
        key = (id(line.because), line.verb)
        _, kept = self._reasons.get(key) or self._reasons.keep(key, (line.because, _public(line.because, line.verb)))
        return replace(bare, because=kept, clause=clause if kept is None else line.clause)


def _public_decision(decision: Decision) -> Decision:
    """Take from a decision which veto or condition it is, what it rests on, and the reasons of a committee.

    Minima of grades stay, since points are public.
    """
    match decision:
        case StruckVeto():
            return StruckVeto(None)
        case MissedGrade(grade, minima=minima):
            return MissedGrade(grade, None, minima=minima)
        case FixedGrade(ruling):
            return FixedGrade(replace(ruling, reason="", approver=""))
        case NoGrade():
            return NoGrade(())
        case NotChosen(selection, displaced):
            return NotChosen(selection, replace(displaced, vetoes=()))
        case Listed():
            return replace(decision, held=(), grounds=Grounds())
        case FullGrade() | OpenGrade():
            return decision
        case _:
            assert_never(decision)


def _public(because: Because, verb: str) -> Because | None:
    """Take from a reason events, groups that are no periods, guards, single assessors' figures, and notes.

    Where what happened is itself the reason of a sanction (yes/no rules that take points, levels, prices of events)
    nothing stays.
    """
    if _is_a_reason(because, verb):
        return None
    periods = all(map(is_period, group_keys(because.basis)))
    guard = because.guard if isinstance(because.basis, Once) else None
    bare = replace(because, guard=guard, given=(), events=(), note=None, absences=(), categories=())
    return bare if periods else _ungrouped(bare)


def _is_a_reason(because: Because, verb: str) -> bool:
    match because.basis.privacy:
        case "public":
            return False
        case "private where it takes":
            return verb in _TAKING
        case "private":
            return True
