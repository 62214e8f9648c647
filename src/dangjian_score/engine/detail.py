"""How a unit's total came about: its nodes and rounds traced, and the lines that belong to the whole."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.evaluate import Scorer, scored_once
from dangjian_score.engine.exact import Done
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Detail, PointsLine, RoundResult
from dangjian_score.engine.standing import Standing
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
from dangjian_score.engine.trace import Trace, Tracer, limit_line
from dangjian_score.rubric.model import KINDS, Kind


class Detailer:
    """Traces the units of a cohort."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer, self._program = scorer, scorer.program
        self._tracers = {
            part.key: Tracer(part, scorer.decoders[part.key].places, scorer.layouts[part.key])
            for part in self._program.passes
        }

    def detail(self, at: int, standing: Standing) -> Detail:
        """Trace one unit, by its place in the evidence."""
        found, closed = self._scorer.traceable(at)
        traces = {key: tracer.of(found[key]) for key, tracer in self._tracers.items()}
        return _Unit(self._program, traces, closed, standing).detail()


class _Unit(Struct, frozen=True):
    """One unit's traces by pass, and what follows over all passes."""

    program: Program
    traces: Mapping[str, Trace]
    closed: Done
    standing: Standing

    def detail(self) -> Detail:
        once = [part for part in self.program.passes if part.weight is None]
        return Detail(
            lines=(
                *(line for part in once for line in self._scaling(part)),
                *self._total_lines(),
                *_veto_lines(self.standing),
            ),
            nodes=tuple(self.traces[part.key].section(section) for part, section in scored_once(self.program)),
            rounds={part.round: self._round(part) for part in self.program.passes if part.round and part.weight},
        )

    def _round(self, part: Pass) -> RoundResult:
        return RoundResult(
            weight=part.share,
            base=self.traces[part.key].done[SCALED],
            lines=tuple(self._scaling(part)),
            nodes=tuple(self.traces[part.key].section(section) for section in part.sections),
        )

    def _scaling(self, part: Pass) -> Iterator[PointsLine]:
        done = self.traces[part.key].done
        if DUE in done and done[DUE] != done[WHOLE]:
            moved = done[SCALED] - done[SUM]
            figures = {"due": done[DUE], "have": done[SUM], "of": done[WHOLE], "scaled": done[SCALED]}
            yield PointsLine("base", "rescale", moved, moved, figures=figures)

    def _weighing(self, name: str, step: str, points: Fraction) -> PointsLine:
        """Say what the rounds come to together."""
        rounds = {part.round or "": part for part in self.program.passes if part.weight is not None}
        figures = {name: self.closed[part.at(step)] for name, part in rounds.items()}
        weights = {name: part.share for name, part in rounds.items()}
        return PointsLine(name, "rounds", points, points, figures=figures, weights=weights, titles=tuple(rounds))

    def _of_rounds(self, kind: Kind) -> Fraction:
        """Give what sections of a kind that are scored every round come to: all of the kind but those scored once."""
        once = (part for part in self.program.passes if part.weight is None)
        step = f":pass {kind}"
        return self.closed[of_kind(kind)] - sum((self.traces[part.key].done[step] for part in once), Fraction(0))

    def _total_lines(self) -> Iterator[PointsLine]:
        done = self.closed
        if WEIGHED in done:
            yield self._weighing("base", SCALED, done[WEIGHED])
        for kind in KINDS[1:] if any(part.weight is not None for part in self.program.passes) else ():
            if weighed := self._of_rounds(kind):
                yield self._weighing(kind, f":pass {kind}", weighed)
        if self.program.rubric.reported_as is not None and (moved := done[REPORTED] - done[RAW]):
            yield PointsLine("base", "report", moved, moved, figures={"have": done[RAW], "scaled": done[REPORTED]})
        raw, held, total = (done[step] for step in (TOTAL_RAW, TOTAL_HELD, TOTAL))
        if held != raw:
            yield limit_line("total", raw, held, None)
        if total != held:
            yield PointsLine("total", "rounding", total - held, total - held, figures={"have": held, "kept": total})


def _veto_lines(standing: Standing) -> Iterator[PointsLine]:
    total = standing.done[TOTAL]
    if standing.total != total:
        moved = standing.total - total
        titles = tuple(veto.title for veto in standing.vetoes if veto.total is not None)
        yield PointsLine("total", "veto", moved, moved, titles=titles, figures={"limit": standing.total})
