"""Asking evaluated steps for the lines that explain them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.engine import exact
from dangjian_score.engine.algebra import Expr, Grouped, Named, Placing, Ref, Statistic, Tally, Test
from dangjian_score.engine.counting import Holding, Lacking
from dangjian_score.engine.exact import Done
from dangjian_score.engine.lookups import Judged
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.phrases import Phrase, Steps
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.registers import Group, Slip
from dangjian_score.engine.result import Because, Line, LineVerb, NodeResult
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.trees import figures, reads, walk
from dangjian_score.facts import Absence, Value

_NONE: Final = Fraction(0)


def limit_line(name: str, raw: Fraction, held: Fraction, clause: str | None) -> Line:
    """Say that a floor or cap bit."""
    moved = held - raw
    return Line(name, "floor" if moved > 0 else "ceiling", moved, moved, clause, figures={"limit": held})


_Kept = tuple[str, tuple[Value | None, ...]]
"""A rule, and what it read."""
MOST_KEPT: Final = 20_000
"""Reasons that are kept."""


class Reason(Struct, frozen=True):
    """Why a rule moved points, and the measures whose cells say so."""

    because: Because
    measures: tuple[str, ...]


class Tracer:
    """Traces the units of one pass; what a rule says of the same values is worked out once."""

    def __init__(self) -> None:
        self._kept: dict[_Kept, Reason] = {}
        self._reads: dict[str, tuple[str, ...] | None] = {}

    def of(self, ready: Ready, done: Done) -> "Trace":
        """Trace a unit."""
        return Trace(self, ready, done)

    def reason(self, rule: RuleTree, trace: "Trace") -> Reason:
        """Say why a rule moved a unit's points."""
        if rule.name not in self._reads:
            self._reads[rule.name] = _alone(rule)
        measures = self._reads[rule.name]
        if measures is None or (isinstance(rule.basis, Judged) and trace.has_assessors):
            return trace.reason(rule)
        key = (rule.name, tuple(map(trace.ready.values.get, measures)))
        if (reason := self._kept.get(key)) is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            reason = self._kept[key] = trace.reason(rule)
        return reason


def _alone(rule: RuleTree) -> tuple[str, ...] | None:
    """Name the measures that a rule rests on alone; None where it rests on events, other units or other items."""
    parts = (part for tree in (*rule.trees, rule.basis.expr) for part in walk(tree))
    others = any(isinstance(part, Tally | Grouped | Statistic | Placing | Ref) for part in parts)
    return None if others else reads(*rule.trees, rule.basis.expr)


class Trace:
    """Asks one unit's evaluated steps of one pass."""

    def __init__(self, tracer: Tracer, ready: Ready, done: Done) -> None:
        self._tracer, self.ready, self.done = tracer, ready, done

    @property
    def has_assessors(self) -> bool:
        """Whether assessors entered figures of the unit, or left them out."""
        return bool(self.ready.unit.assessed or self.ready.unit.absences)

    def node(self, tree: NodeTree) -> NodeResult:
        """Give a node's points with all below it."""
        applies = self._holds(tree.scored)
        return NodeResult(
            tree,
            self.done.get(tree.due, tree.max),
            tree.start if applies else _NONE,
            self.done[tree.id],
            tuple(self._lines(tree) if applies else self._inapplicable(tree)),
            tuple(map(self.node, tree.nodes)),
            applies,
        )

    def _holds(self, test: Test | None) -> bool:
        return test is None or exact.holds(test, self.ready.values, self.done)

    def _inapplicable(self, tree: NodeTree) -> list[Line]:
        """Say that a leaf's entry is 不适用, and what it counts instead; a node for other units needs no line."""
        lines = []
        if self._holds(tree.applies):
            points, inapplicable = self.done[tree.kept], self.ready.unit.inapplicable
            cells = tuple(inapplicable[measure] for measure in tree.inputs if measure in inapplicable)
            lines = [Line(tree.id, "inapplicable", points, points, tree.clause, cells=cells)]
        return lines + self._corrections(tree)

    def _lines(self, tree: NodeTree) -> list[Line]:
        lines = [
            self._line(rule, rule.verb, before, self.done[rule.name], tree.clause)
            for rule in tree.rules
            if (before := self.done[rule.before_cap])
        ]
        raw, held = self.done[tree.raw], self.done[tree.held]
        if raw is not held and raw != held:
            lines.append(limit_line(tree.id, raw, held, tree.clause))
        for rule in tree.rules:
            if rule.forfeits is not None and self._holds(rule.forfeits):
                taken = self.done[tree.kept] - held
                lines.append(self._line(rule, "forfeit", taken, taken, tree.clause))
                held = self.done[tree.kept]
        return lines + self._corrections(tree)

    def _corrections(self, tree: NodeTree) -> list[Line]:
        """Say what a committee corrected, and what rounding a section moved."""
        have, kept, rulings = self.done[tree.kept], self.done[tree.id], self.ready.unit.rulings
        if have is kept and not rulings:
            return []
        lines = [
            Line(tree.id, "ruling", ruling.points, ruling.points, tree.clause, ruling=ruling, cells=(ruling.cell,))
            for ruling in rulings
            if ruling.node == tree.id
        ]
        have += sum((line.points for line in lines), _NONE)
        if moved := kept - have:
            lines.append(Line(tree.id, "rounding", moved, moved, tree.clause, figures={"have": have, "kept": kept}))
        return lines

    def _line(self, rule: RuleTree, verb: LineVerb, before: Fraction, points: Fraction, clause: str | None) -> Line:
        """Say what a rule moved and why, with every cell it rests on: readings, absences, events."""
        reason, facts = self._tracer.reason(rule, self), self.ready.facts
        cells = (
            *(cell for name in reason.measures for cell in facts[name].cells),
            *(absence.cell for absence in self._absences(rule.basis)),
            *(slip.event.cell for slip in reason.because.slips),
        )
        return Line(rule.name, verb, before, points, clause, reason.because, cells=cells)

    def reason(self, rule: RuleTree) -> Reason:
        """Work out why a rule moved points."""
        basis, facts = rule.basis, self.ready.facts
        which = tuple(test for test in _members(basis) if self._holds(test))
        trees = (basis.expr, *([rule.forfeits] if rule.forfeits else []))
        looked_at: tuple[Expr | Test, ...] = which or trees
        asked = (*([rule.guard] if rule.guard else []), *looked_at)
        measures = tuple(name for name in reads(*asked) if name in facts)
        judged = facts[basis.measure].parts if isinstance(basis, Judged) else ()
        counted = {**basis.figures, "times": basis.expr}
        because = Because(
            basis=basis,
            guard=rule.guard,
            price=rule.price,
            cap=rule.cap,
            figures={name: exact.number(expr, self.ready.values, self.done) for name, expr in counted.items()},
            which=which,
            readings={name: facts[name].value for name in measures},
            note=rule.note,
            given=tuple(one.value for one in judged),
            named=dict(self._named(asked)),
            slips=self._slips(asked),
            groups=self._groups(asked),
            absences=tuple(absence.reason for absence in self._absences(basis)),
        )
        return Reason(because, measures)

    def _absences(self, basis: Phrase) -> tuple[Absence, ...]:
        given = self.ready.unit.absences.get(basis.measure, {}) if isinstance(basis, Judged) else {}
        return tuple(given.values())

    def _named(self, trees: tuple[Expr | Test, ...]) -> Iterator[tuple[str, Fraction]]:
        for part in (part for tree in trees for part in walk(tree)):
            if isinstance(part, Named | Statistic | Placing) and not self._unknown(part):
                yield part.name, exact.number(part, self.ready.values, self.done)

    def _unknown(self, part: Expr) -> bool:
        """Tell figures that only exist inside a group."""
        return any(figure.name not in self.done for figure in figures(part))

    def _slips(self, trees: tuple[Expr | Test, ...]) -> tuple[Slip, ...]:
        if not self.ready.reduced.slips:
            return ()
        found = (figure for figure in figures(*trees) if isinstance(figure, Tally))
        slips = (slip for tally in found for slip in self.ready.reduced.slips[tally.name])
        return tuple({slip.event.cell: slip for slip in slips if slip.worth != 0}.values())

    def _groups(self, trees: tuple[Expr | Test, ...]) -> tuple[Group, ...]:
        if not self.ready.reduced.groups:
            return ()
        found = [figure for figure in figures(*trees) if isinstance(figure, Grouped)]
        groups: Mapping[str, tuple[Group, ...]] = self.ready.reduced.groups
        return tuple(group for figure in found[:1] for group in groups[figure.name] if group.amount != 0)


def _members(basis: Phrase) -> tuple[Test, ...]:
    counting = basis.of if isinstance(basis, Steps) else basis
    return counting.counted if isinstance(counting, Holding | Lacking) else ()
