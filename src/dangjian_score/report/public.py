"""What a notice board may say of a result: who has how many points for what; no persons, cases, reasons of sanctions.

Whatever is hidden from the public is taken out of the result here, before any format sees it.
"""

from typing import Final

from msgspec.structs import replace

from dangjian_score.engine.counting import Holding, Once
from dangjian_score.engine.lexicon import is_period
from dangjian_score.engine.lookups import Leveled, Priced
from dangjian_score.engine.phrases import ForEach, Phrase, WholeSteps
from dangjian_score.engine.result import Because, Detail, PointsLine, NodeResult, Result, RoundResult, UnitResult
from dangjian_score.kept import BoundedCache

_TAKING: Final = ("deduct", "forfeit")
_SUMMED: Final = ("penalty", "adjust")
"""Kinds of section that take points: of these the sum alone is shown."""


def made_public(result: Result, veto: str) -> Result:
    """Leave out what is not public. Points stay; `veto` stands for the titles of vetoes."""
    hiding = _Hiding(veto)
    return replace(
        result,
        evidence=tuple(replace(one, name="") for one in result.evidence),
        units=tuple(map(hiding.unit, result.units)),
        excluded=tuple(replace(one, why=()) for one in result.excluded),
        selections=tuple(
            replace(one, displaced=tuple(replace(unit, titles=()) for unit in one.displaced))
            for one in result.selections
        ),
    )


class _Hiding:
    """Takes out of units what is not public; reasons that lines share are shared afterwards, too."""

    def __init__(self, veto: str) -> None:
        self._veto = veto
        self._reasons: BoundedCache[tuple[int, str], tuple[Because, Because | None]] = BoundedCache()

    def unit(self, unit: UnitResult) -> UnitResult:
        vetoes = (self._veto,) if unit.vetoes else ()
        return replace(unit, vetoes=vetoes, trace=lambda: self._detail(unit.trace()))

    def _detail(self, detail: Detail) -> Detail:
        rounds = {name: self._round(one) for name, one in detail.rounds.items()}
        return Detail(tuple(map(self._line, detail.lines)), tuple(map(self._node, detail.nodes)), rounds)

    def _round(self, one: RoundResult) -> RoundResult:
        return replace(one, lines=tuple(map(self._line, one.lines)), nodes=tuple(map(self._node, one.nodes)))

    def _node(self, node: NodeResult) -> NodeResult:
        if node.kind in _SUMMED:
            return replace(node, lines=(), nodes=())
        return replace(node, lines=tuple(map(self._line, node.lines)), nodes=tuple(map(self._node, node.nodes)))

    def _line(self, line: PointsLine) -> PointsLine:
        titles = line.titles if line.verb == "rounds" else ()
        bare = replace(line, ruling=None, titles=titles, cells=())
        if line.because is None:
            return bare
        key = (id(line.because), line.verb)
        _, kept = self._reasons.get(key) or self._reasons.keep(key, (line.because, _public(line.because, line.verb)))
        return replace(bare, because=kept)


def _public(because: Because, verb: str) -> Because | None:
    """Take from a reason events, groups that are no periods, guards, single assessors' figures, and notes.

    Where what happened is itself the reason of a sanction (yes/no rules that take points, levels, prices of events)
    nothing stays.
    """
    if _is_a_reason(because, verb):
        return None
    periods = all(map(is_period, _keys(because.basis)))
    guard = because.guard if isinstance(because.basis, Once) else None
    groups = because.groups if periods else ()
    return replace(because, guard=guard, given=(), slips=(), groups=groups, note=None, absences=())


def _is_a_reason(because: Because, verb: str) -> bool:
    basis = because.basis.of if isinstance(because.basis, WholeSteps) else because.basis
    inner = basis.of if isinstance(basis, ForEach) else basis
    if isinstance(inner, Leveled | Priced):
        return True
    return verb in _TAKING and isinstance(inner, Once | Holding)


def _keys(basis: Phrase) -> tuple[str, ...]:
    inner = basis.of if isinstance(basis, WholeSteps) else basis
    return inner.total.keys if isinstance(inner, ForEach) else ()
