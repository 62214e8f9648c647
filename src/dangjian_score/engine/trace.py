"""How the points of a unit came about: its nodes and rounds, and the lines that explain each step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.core.facts import Absence
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine import exact
from dangjian_score.engine.compiled.layout import RowLayout
from dangjian_score.engine.evaluate import Scorer, Traceable, scored_once
from dangjian_score.engine.exact import Done
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.registers import EventGroup, PricedEvent
from dangjian_score.engine.result import Because, Detail, LineVerb, NodeResult, PointsLine, RoundResult
from dangjian_score.engine.standing import Standing
from dangjian_score.engine.step_names import (
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
    of_kind,
    of_kind_in_pass,
)
from dangjian_score.engine.totals import Pass
from dangjian_score.engine.tracks import Atoms, Glance, NodeTrack, RuleTrack, TestAnswers, Tracks
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.model import KINDS, Kind

_NONE: Final = Fraction(0)


def limit_line(name: str, raw: Fraction, held: Fraction, clause: str | None) -> PointsLine:
    """Say that a floor or cap bit."""
    moved = held - raw
    return PointsLine(name, "floor" if moved > 0 else "ceiling", moved, moved, clause, figures={"limit": held})


class Reason(Struct, frozen=True):
    """Why a rule moved points, and the measures whose cells say so."""

    because: Because
    measures: tuple[str, ...]


class Tracer:
    """Traces the units of one pass; what a rule says of the same values is worked out once."""

    def __init__(self, part: Pass, places: Mapping[str, int], layout: RowLayout) -> None:
        """Take where the steps of the pass stand among figures, and what rows hold."""
        tracks = Tracks(places, layout)
        self.sections = {section.id: tracks.node(section) for section in part.sections}
        self._reasons: BoundedCache[tuple[str, Atoms], Reason] = BoundedCache()

    def of(self, unit: Traceable) -> "Trace":
        """Trace a unit."""
        return Trace(self, unit)

    def reason(self, track: RuleTrack, trace: "Trace") -> Reason:
        """Say why a rule moved a unit's points."""
        if track.pick is None or (trace.has_assessors and isinstance(track.rule.basis, Judged)):
            return trace.reason(track)
        key = (track.rule.name, track.pick(trace.row))
        return self._reasons.get(key) or self._reasons.keep(key, trace.reason(track))


class Trace:
    """Asks one unit's evaluated steps of one pass."""

    def __init__(self, tracer: Tracer, unit: Traceable) -> None:
        self._tracer, self.ready, self.row = tracer, unit.ready, unit.row
        self.done, self._figures = unit.done, unit.figures
        self.has_assessors = bool(self.ready.unit.assessed or self.ready.unit.absences)

    def section(self, tree: NodeTree) -> NodeResult:
        """Give a section's points with all below it."""
        return self._node(self._tracer.sections[tree.id])

    def _node(self, track: NodeTrack) -> NodeResult:
        tree, figures = track.tree, self._figures
        applies = track.scored is None or self._holds(track.scored)
        return NodeResult(
            tree,
            tree.max if track.due is None else figures[track.due],
            tree.start if applies else _NONE,
            figures[track.points],
            tuple(self._lines(track) if applies else self._inapplicable(track)),
            tuple(map(self._node, track.nodes)) if track.nodes else (),
            applies,
        )

    def _holds(self, asked: TestAnswers) -> bool:
        """Tell whether a test holds; of the same values it is asked once."""
        if asked.pick is None:
            return exact.holds(asked.test, self.ready.values, self.done)
        key = asked.pick(self.row)
        known = asked.answers.get(key)
        if known is None:
            known = asked.answers.keep(key, exact.holds(asked.test, self.ready.values, self.done))
        return known

    def _inapplicable(self, track: NodeTrack) -> list[PointsLine]:
        """Say that a leaf's entry is 不适用, and what it counts instead; a node for other units needs no line."""
        lines, tree = [], track.tree
        if track.applies is None or self._holds(track.applies):
            points, inapplicable = self._figures[track.kept], self.ready.unit.inapplicable
            cells = tuple(inapplicable[measure] for measure in tree.inputs if measure in inapplicable)
            lines = [PointsLine(tree.id, "inapplicable", points, points, tree.clause, cells=cells)]
        return lines + self._corrections(track)

    def _lines(self, track: NodeTrack) -> list[PointsLine]:
        figures, clause = self._figures, track.tree.clause
        lines = [
            self._line(moved, moved.rule.verb, figures[before], figures[points], clause)
            for moved, before, points in track.rules
            if figures[before]
        ]
        raw, held = figures[track.raw], figures[track.held]
        if raw is not held and raw != held:
            lines.append(limit_line(track.tree.id, raw, held, clause))
        for taking, asked in track.forfeits:
            if self._holds(asked):
                taken = figures[track.kept] - held
                lines.append(self._line(taking, "forfeit", taken, taken, clause))
                held = figures[track.kept]
        if figures[track.kept] is not figures[track.points] or self.ready.unit.rulings:
            lines += self._corrections(track)
        return lines

    def _corrections(self, track: NodeTrack) -> list[PointsLine]:
        """Say what a committee corrected, and what rounding a section moved."""
        have, kept, rulings = self._figures[track.kept], self._figures[track.points], self.ready.unit.rulings
        tree = track.tree
        lines = [
            PointsLine(
                tree.id, "ruling", ruling.points, ruling.points, tree.clause, ruling=ruling, cells=(ruling.cell,)
            )
            for ruling in rulings
            if ruling.node == tree.id
        ]
        have += sum((line.points for line in lines), _NONE)
        if moved := kept - have:
            lines.append(
                PointsLine(tree.id, "rounding", moved, moved, tree.clause, figures={"have": have, "kept": kept})
            )
        return lines

    def _line(
        self, track: RuleTrack, verb: LineVerb, before: Fraction, points: Fraction, clause: str | None
    ) -> PointsLine:
        """Say what a rule moved and why, with every cell it rests on: readings, absences, events."""
        reason, facts = self._tracer.reason(track, self), self.ready.facts
        cells = [cell for name in reason.measures for cell in facts[name].cells]
        if self.has_assessors:
            cells += (absence.cell for absence in self._absences(track.rule.basis))
        if slips := reason.because.slips:
            cells += (slip.event.cell for slip in slips)
        return PointsLine(track.rule.name, verb, before, points, clause, reason.because, cells=tuple(cells))

    def reason(self, track: RuleTrack) -> Reason:
        """Work out why a rule moved points."""
        rule, basis, facts = track.rule, track.rule.basis, self.ready.facts
        which = [(asked.test, glance) for asked, glance in track.members if self._holds(asked)]
        looked_at = (*track.guard, *((glance for _, glance in which) if which else track.own))
        names = dict.fromkeys(name for glance in looked_at for name in glance.reads)
        readings = {name: facts[name].value for name in names if name in facts}
        judged = facts[basis.measure].parts if isinstance(basis, Judged) else ()
        because = Because(
            basis=basis,
            guard=rule.guard,
            price=rule.price,
            cap=rule.cap,
            figures={name: exact.number(expr, self.ready.values, self.done) for name, expr in track.counted.items()},
            which=tuple(test for test, _ in which),
            readings=readings,
            note=rule.note,
            given=tuple(fact.value for fact in judged),
            named=dict(self._named(looked_at)),
            slips=self._slips(looked_at),
            groups=self._groups(looked_at),
            absences=tuple(absence.reason for absence in self._absences(basis)),
        )
        return Reason(because, tuple(readings))

    def _absences(self, basis: Phrase) -> Iterable[Absence]:
        return self.ready.unit.absences.get(basis.measure, {}).values() if isinstance(basis, Judged) else ()

    def _named(self, looked_at: Iterable[Glance]) -> Iterator[tuple[str, Fraction]]:
        """Give figures that have names; some only exist inside a group."""
        named = (figure for glance in looked_at for figure in glance.named)
        known = (part for part, figures in named if all(figure in self.done for figure in figures))
        yield from ((part.name, exact.number(part, self.ready.values, self.done)) for part in known)

    def _slips(self, looked_at: Sequence[Glance]) -> tuple[PricedEvent, ...]:
        if not self.ready.reduced.slips:
            return ()
        tallies = dict.fromkeys(tally for glance in reversed(looked_at) for tally in glance.tallies)
        slips = (slip for tally in tallies for slip in self.ready.reduced.slips[tally])
        return tuple({slip.event.cell: slip for slip in slips if slip.worth != 0}.values())

    def _groups(self, looked_at: Sequence[Glance]) -> tuple[EventGroup, ...]:
        if not self.ready.reduced.groups:
            return ()
        found = [grouped for glance in reversed(looked_at) for grouped in glance.groups]
        return tuple(group for name in found[:1] for group in self.ready.reduced.groups[name] if group.amount != 0)


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
        step = of_kind_in_pass(kind)
        return self.closed[of_kind(kind)] - sum((self.traces[part.key].done[step] for part in once), Fraction(0))

    def _total_lines(self) -> Iterator[PointsLine]:
        done = self.closed
        if WEIGHED in done:
            yield self._weighing("base", SCALED, done[WEIGHED])
        for kind in KINDS[1:] if any(part.weight is not None for part in self.program.passes) else ():
            if weighed := self._of_rounds(kind):
                yield self._weighing(kind, of_kind_in_pass(kind), weighed)
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
