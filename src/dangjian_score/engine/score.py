"""The pure function: a rubric and evidence in, a result out.

The points are the program's; the lines are asked of the same steps afterwards.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from dangjian_score.engine.evaluate import Evaluated, evaluate, ruled
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import Column, Detail, Excluded, Line, Result, RoundResult, UnitResult, Unscored
from dangjian_score.engine.selections import Chosen, select
from dangjian_score.engine.standing import Standing, ranks, stand
from dangjian_score.engine.totals import (
    DUE,
    RAW,
    REPORTED,
    SCALED,
    SUM,
    TOTAL,
    TOTAL_HELD,
    TOTAL_RAW,
    WEIGHED,
    WHOLE,
    Pass,
    of_kind,
)
from dangjian_score.engine.trace import Trace, limit_line
from dangjian_score.facts import Evidence
from dangjian_score.rubric.model import KINDS, Kind, Rubric
from dangjian_score.watching import Watch, unwatched


def score(rubric: Rubric, evidence: Evidence, unscored: tuple[Unscored, ...] = (), watch: Watch = unwatched) -> Result:
    """Score every unit. The evidence must have passed `checks.evidence`: each measure that is due has its value.

    Quotas of selections count the `unscored` too, whose evidence did not pass and is not given.
    """
    program = compile_rubric(rubric, ruled(evidence))
    prepared = prepare(program, evidence)
    watched = enumerate(watch(evidence.units, "units"))
    taking_part = [
        _Unit(program, evaluate(program, unit, prepared.of(at)))
        for at, unit in watched
        if unit.unit not in prepared.excluded
    ]
    standings = {one.unit.unit: stand(program, one.unit, one.steps.closed) for one in taking_part}
    rank = ranks(program, list(standings.values()))
    roster = [*(unit.attributes for unit in evidence.units), *(unit.attributes for unit in unscored)]
    chosen = select(program, list(standings.values()), roster)
    units = [one.result(standings[one.unit.unit], rank[one.unit.unit], chosen) for one in taking_part]
    return Result(
        rubric,
        evidence.sources,
        _columns(program),
        tuple(sorted(units, key=lambda one: one.rank)),
        tuple(
            Excluded(unit.unit, unit.attributes, prepared.excluded[unit.unit])
            for unit in evidence.units
            if unit.unit in prepared.excluded
        ),
        chosen,
        unscored,
    )


class _Unit:
    """Writes out what a unit's steps came to."""

    def __init__(self, program: Program, steps: Evaluated) -> None:
        self._program, self.steps, self.unit = program, steps, steps.unit
        self._ready, self._done, self._closed = steps.ready, steps.done, steps.closed

    def result(self, standing: Standing, rank: int, chosen: Sequence[Chosen]) -> UnitResult:
        """Write out what came of it."""
        once = _in_order([part for part in self._program.passes if part.weight is None])
        return UnitResult(
            unit=self.unit.unit,
            rank=rank,
            total=standing.total,
            kinds={kind: self._closed[of_kind(kind)] for kind in KINDS},
            grade=standing.grade,
            columns=(
                *(self._done[part.key][SCALED] for part in self._program.passes if part.weight is not None),
                *(self._done[part.key][section.id] for part, section in once),
            ),
            trace=lambda: self._detail(standing),
            attributes=self.unit.attributes,
            vetoes=tuple(veto.title for veto in standing.vetoes),
            selections=tuple(one.selection.title for one in chosen if self.unit.unit in one.units),
        )

    def _detail(self, standing: Standing) -> Detail:
        once = [part for part in self._program.passes if part.weight is None]
        return Detail(
            lines=(
                *(line for part in once for line in self._scaling(part)),
                *self._total_lines(),
                *_veto_lines(standing),
            ),
            nodes=tuple(self._trace(part).node(section) for part, section in _in_order(once)),
            rounds={part.round: self._round(part) for part in self._program.passes if part.round and part.weight},
        )

    def _trace(self, part: Pass) -> Trace:
        return Trace(self._ready[part.key], self._done[part.key])

    def _round(self, part: Pass) -> RoundResult:
        return RoundResult(
            weight=part.share,
            base=self._done[part.key][SCALED],
            lines=tuple(self._scaling(part)),
            nodes=tuple(self._trace(part).node(section) for section in part.sections),
        )

    def _scaling(self, part: Pass) -> Iterator[Line]:
        done = self._done[part.key]
        moved = done[SCALED] - done[SUM]
        if DUE in done and done[DUE] != done[WHOLE]:
            figures = {"due": done[DUE], "have": done[SUM], "of": done[WHOLE], "scaled": done[SCALED]}
            yield Line("base", "rescale", moved, moved, figures=figures)

    def _weighing(self, name: str, step: str, points: Fraction) -> Line:
        """Say what the rounds come to together."""
        rounds = {part.round or "": part for part in self._program.passes if part.weight is not None}
        figures = {name: self._closed[part.at(step)] for name, part in rounds.items()}
        weights = {name: part.share for name, part in rounds.items()}
        return Line(name, "rounds", points, points, figures=figures, weights=weights, titles=tuple(rounds))

    def _of_rounds(self, kind: Kind) -> Fraction:
        """Give what sections of a kind that are scored every round come to: all of the kind but those scored once."""
        once = (part for part in self._program.passes if part.weight is None)
        step = f":pass {kind}"
        return self._closed[of_kind(kind)] - sum((self._done[part.key][step] for part in once), Fraction(0))

    def _total_lines(self) -> Iterator[Line]:
        done = self._closed
        if WEIGHED in done:
            yield self._weighing("base", SCALED, done[WEIGHED])
        for kind in KINDS[1:]:
            if weighed := self._of_rounds(kind):
                yield self._weighing(kind, f":pass {kind}", weighed)
        moved = done[REPORTED] - done[RAW]
        if self._program.rubric.reported_as is not None and moved:
            yield Line("base", "report", moved, moved, figures={"have": done[RAW], "scaled": done[REPORTED]})
        raw, held, total = (done[step] for step in (TOTAL_RAW, TOTAL_HELD, TOTAL))
        if held != raw:
            yield limit_line("total", raw, held, None)
        if total != held:
            yield Line("total", "rounding", total - held, total - held, figures={"have": held, "kept": total})


def _columns(program: Program) -> tuple[Column, ...]:
    """Name the rounds, then the sections that are scored once."""
    rounds = [Column(part.round or "", None) for part in program.passes if part.weight is not None]
    once = _in_order([part for part in program.passes if part.weight is None])
    return (*rounds, *(Column(section.node.title, section.max) for _, section in once))


def _in_order(parts: Sequence[Pass]) -> list[tuple[Pass, NodeTree]]:
    """Put the sections of several passes back into the order of the rubric."""
    found = [(part, section) for part in parts for section in part.sections]
    return sorted(found, key=lambda one: one[1].path[1])


def _veto_lines(standing: Standing) -> Iterator[Line]:
    moved = standing.total - standing.done[TOTAL]
    if moved:
        titles = tuple(veto.title for veto in standing.vetoes if veto.total is not None)
        yield Line("total", "veto", moved, moved, titles=titles, figures={"limit": standing.total})
