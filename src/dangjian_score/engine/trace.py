"""Trace the points of units in one pass: the results of nodes, their lines, and the reason of each line.

Where the steps of nodes stand and what tests and reasons read is worked out once a pass (`TracedNode`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from operator import itemgetter
from typing import Final

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Absence, Cell, Event
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine import exact
from dangjian_score.engine import step_names as s
from dangjian_score.engine.compiled.layout import Atom, Row, RowLayout, columns_read
from dangjian_score.engine.dues import is_scaled
from dangjian_score.engine.evaluate import Traceable
from dangjian_score.engine.groups import Groups
from dangjian_score.engine.node_steps import counted
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.panel import CategoryMean, by_category, marks
from dangjian_score.engine.registers import PricedEvent
from dangjian_score.engine.result import Because, LineVerb, NamedFigure, NodeResult, PointsLine
from dangjian_score.engine.rules import RuleTree, judged_column
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory
from dangjian_score.rubric.kinds.phrase import Phrase

_NONE: Final = Fraction(0)

Atoms = Atom | tuple[Atom, ...]
"""Values of slots of a row: of one slot an atom, of several a tuple."""
Pick = Callable[[Row], Atoms]


class TracedTest(Struct, frozen=True):
    """A test with its answers so far.

    `pick` takes from a row the values that the test depends on; None where it depends on steps.
    """

    test: a.Test
    pick: Pick | None
    answers: BoundedCache[Atoms, bool]


class TreeContents(Struct, frozen=True):
    """What a tree contains: measures, named figures (with the figures of many they need), tallies, groups."""

    reads: tuple[str, ...]
    named: tuple[tuple[NamedFigure, tuple[str, ...]], ...]
    tallies: tuple[str, ...]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, tree: a.Tree) -> "TreeContents":
        """Collect the contents of a tree."""
        found, nodes = a.figures(tree), a.walk(tree)
        named = (node for node in nodes if isinstance(node, a.Named | a.Statistic | a.Placing))
        return cls(
            a.reads(tree),
            tuple((node, tuple(figure.name for figure in a.figures(node))) for node in named),
            tuple(figure.name for figure in found if isinstance(figure, a.Tally)),
            tuple(figure.name for figure in found if isinstance(figure, a.Grouped)),
        )


class TracedRule(Struct, frozen=True):
    """A rule with its tests, the contents of its trees and the figures of its reason.

    `pick` takes from a row the values that the reason depends on; None where it depends on events, other units or
    other items, or on levels, of which a row holds the points. `judged` is the column with the figure of each event,
    where events are judged one by one.
    """

    rule: RuleTree
    forfeits: TracedTest | None
    members: tuple[tuple[TracedTest, TreeContents], ...]
    guard: tuple[TreeContents, ...]
    own: tuple[TreeContents, ...]
    figures: Mapping[str, a.Expr]
    pick: Pick | None
    judged: str | None


class TracedNode(Struct, frozen=True):
    """A node with the places of its steps; `due` is None where the node carries its maximum for all units.

    `chosen` is the place of whether it is among the best of its group, and `scale` those of what its items carry, of
    what it carries itself, and of its points scaled to that; None where there is no such step. `rules` are rules with
    the places of their points before and after their own caps.
    """

    tree: NodeTree
    due: int | None
    chosen: int | None
    counted: int
    points: int
    raw: int
    scale: tuple[int, int, int] | None
    held: int
    kept: int
    scored: TracedTest | None
    applies: TracedTest | None
    present: TracedTest | None
    rules: tuple[tuple[TracedRule, int, int], ...]
    forfeits: tuple[tuple[TracedRule, TracedTest], ...]
    nodes: tuple["TracedNode", ...]


class _Slots(Struct, frozen=True):
    """The places of steps among figures, and the slots of names in rows."""

    places: Mapping[str, int]
    slots: Mapping[str, int]

    def node(self, tree: NodeTree) -> TracedNode:
        places, rules = self.places, tuple(map(self.rule, tree.rules))
        return TracedNode(
            tree=tree,
            due=places.get(s.due(tree.id)),
            chosen=places.get(s.chosen(tree.id)),
            counted=places[counted(tree).step],
            points=places[tree.id],
            raw=places[s.raw(tree.id)],
            scale=self.scale(tree.id) if is_scaled(tree) else None,
            held=places[s.held(tree.id)],
            kept=places[s.kept(tree.id)],
            scored=self.test(tree.scored),
            applies=self.test(tree.applies),
            present=self.test(tree.present),
            rules=tuple((traced, places[s.before_cap(traced.rule.name)], places[traced.rule.name]) for traced in rules),
            forfeits=tuple((rule, rule.forfeits) for rule in rules if rule.forfeits is not None),
            nodes=tuple(map(self.node, tree.nodes)),
        )

    def scale(self, node: str) -> tuple[int, int, int]:
        within, whole, scaled = (self.places[of(node)] for of in (s.within, s.whole, s.scaled))
        return within, whole, scaled

    def rule(self, rule: RuleTree) -> TracedRule:
        expr = rule.basis.expr
        members = ((self.test(member.counts), TreeContents.of(member.counts)) for member in rule.basis.members)
        told = (*a.reads(*rule.trees, expr), *rule.basis.mentions)
        return TracedRule(
            rule=rule,
            forfeits=self.test(rule.forfeits),
            members=tuple((test, contents) for test, contents in members if test is not None),
            guard=() if rule.guard is None else (TreeContents.of(rule.guard),),
            own=(TreeContents.of(expr), *(() if rule.forfeits is None else (TreeContents.of(rule.forfeits),))),
            figures={**rule.basis.figures, "times": expr},
            pick=self._picker(told) if self._is_of_unit_alone(rule) else None,
            judged=judged_column(rule.basis),
        )

    def test(self, test: a.Test | None) -> TracedTest | None:
        if test is None:
            return None
        read = columns_read((test,))
        return TracedTest(test, self._picker((*read.measures, *read.known)), BoundedCache())

    def _is_of_unit_alone(self, rule: RuleTree) -> bool:
        others = a.Tally | a.Grouped | a.Statistic | a.Placing | a.Ref
        trees = (*rule.trees, rule.basis.expr)
        shared = any(isinstance(node, others) for tree in trees for node in a.walk(tree))
        return not (shared or isinstance(rule.basis, Graded))

    def _picker(self, names: Iterable[str]) -> Pick | None:
        """Return the function that takes the values of these names from a row; None where a row lacks one of them."""
        places = [self.slots.get(name, -1) for name in names]
        if -1 in places:
            return None
        return itemgetter(*places) if places else lambda _row: ()


class LineReason(Struct, frozen=True):
    """Why a rule moved points, and the measures whose cells it rests on."""

    because: Because
    measures: tuple[str, ...]


class Tracer:
    """Traces the units of one pass; the reason of a rule is worked out once for equal values."""

    def __init__(self, part: Pass, places: Mapping[str, int], layout: RowLayout) -> None:
        """Take the places of the steps of the pass among figures, and the layout of rows."""
        names = (*layout.columns.measures, *layout.columns.known)
        slots = _Slots(places, {name: at for at, name in enumerate(names)})
        self.sections = {section.id: slots.node(section) for section in part.sections}
        self._reasons: BoundedCache[tuple[str, Atoms], LineReason] = BoundedCache()

    def reason(self, traced: TracedRule, trace: "Trace") -> LineReason:
        """Return why a rule moved the points of a unit."""
        if traced.pick is None or (trace.has_assessors and isinstance(traced.rule.basis, Assessed)):
            return trace.reason(traced)
        key = (traced.rule.name, traced.pick(trace.row))
        return self._reasons.get(key) or self._reasons.keep(key, trace.reason(traced))


class Trace:
    """The evaluated steps of one unit in one pass, to be read as results of nodes."""

    def __init__(self, tracer: Tracer, unit: Traceable) -> None:
        self._tracer, self.ready, self.row = tracer, unit.ready, unit.row
        self.done, self._figures = unit.done, unit.figures
        self.has_assessors = bool(self.ready.unit.assessed or self.ready.unit.absences)

    def section(self, tree: NodeTree) -> NodeResult:
        """Return the result of a section with all nodes below it."""
        return self._node(self._tracer.sections[tree.id])

    def _node(self, node: TracedNode) -> NodeResult:
        tree, figures = node.tree, self._figures
        applies = node.scored is None or self._holds(node.scored)
        return NodeResult(
            tree,
            tree.max if node.due is None else figures[node.due],
            tree.start if applies else _NONE,
            figures[node.points],
            self._counted(node),
            tuple(self._lines(node) if applies else self._inapplicable(node)),
            tuple(map(self._node, node.nodes)) if node.nodes else (),
            applies,
        )

    def _counted(self, node: TracedNode) -> Fraction:
        """Return the points of a node that count above it."""
        is_left_out = node.chosen is not None and not self._figures[node.chosen]
        return _NONE if is_left_out else self._figures[node.counted]

    def _holds(self, traced: TracedTest) -> bool:
        """Return whether a test holds; it is evaluated once for equal values."""
        if traced.pick is None:
            return exact.holds(traced.test, self.ready.values, self.done)
        key = traced.pick(self.row)
        answer = traced.answers.get(key)
        if answer is None:
            answer = traced.answers.keep(key, exact.holds(traced.test, self.ready.values, self.done))
        return answer

    def _inapplicable(self, node: TracedNode) -> list[PointsLine]:
        """Return the line of a leaf that is not due, or 不适用 with its points; none for other units."""
        lines, tree = [], node.tree
        applies = node.applies is None or self._holds(node.applies)
        if applies and tree.taken_up is not None and (node.present is None or self._holds(node.present)):
            lines = [PointsLine(tree.id, "not due", _NONE, _NONE, tree.clause)]
        elif applies:
            points, inapplicable = self._figures[node.kept], self.ready.unit.inapplicable
            cells = tuple(inapplicable[measure] for measure in tree.inputs if measure in inapplicable)
            lines = [PointsLine(tree.id, "inapplicable", points, points, tree.clause, cells=cells)]
        return lines + self._corrections(node)

    def _lines(self, node: TracedNode) -> list[PointsLine]:
        figures, clause = self._figures, node.tree.clause
        lines = self._joining(node) if node.nodes else []
        lines += [
            self._line(rule, rule.rule.verb, figures[before], figures[points], clause)
            for rule, before, points in node.rules
            if figures[before]
        ]
        raw, held = figures[node.raw], figures[node.held]
        if node.scale is not None:
            due, whole, scaled = (figures[place] for place in node.scale)
            if due != whole and (due or raw):
                shown = {"due": due, "have": raw, "of": whole, "scaled": scaled}
                lines.append(PointsLine(node.tree.id, "rescale", scaled - raw, scaled - raw, clause, figures=shown))
            raw = scaled
        if raw is not held and raw != held:
            lines.append(limit_line(node.tree.id, raw, held, clause))
        for rule, test in node.forfeits:
            if self._holds(test):
                taken = figures[node.kept] - held
                lines.append(self._line(rule, "forfeit", taken, taken, clause))
                held = figures[node.kept]
        if figures[node.kept] is not figures[node.points] or self.ready.unit.rulings:
            lines += self._corrections(node)
        return lines

    def _joining(self, node: TracedNode) -> list[PointsLine]:
        """Return the lines of what a group counts of its items: their weights, and those that are not the best."""
        figures, tree = self._figures, node.tree
        lines = [
            weight_line(lower.tree, lower.tree.id, figures[lower.points], figures[lower.counted])
            for lower in node.nodes
            if lower.tree.node.weight is not None and figures[lower.points]
        ]
        if tree.node.best is not None and (left := [lower for lower in node.nodes if self._is_left_out(lower)]):
            moved = -sum((figures[lower.counted] for lower in left), _NONE)
            titles, best = tuple(lower.tree.id for lower in left), {"best": Fraction(tree.node.best)}
            lines.append(PointsLine(tree.id, "best", moved, moved, tree.clause, figures=best, titles=titles))
        return lines

    def _is_left_out(self, item: TracedNode) -> bool:
        """Return whether an item has points, or might have had some, and is not among the best of its group."""
        figures = self._figures
        might = item.due is None or figures[item.due] or figures[item.counted]
        return bool(might) and item.chosen is not None and not figures[item.chosen]

    def _corrections(self, node: TracedNode) -> list[PointsLine]:
        """Return the lines of rulings by a committee and of the rounding of a section."""
        have, kept, tree = self._figures[node.kept], self._figures[node.points], node.tree
        rulings = [ruling for ruling in self.ready.unit.rulings if ruling.node == tree.id]
        lines = [
            PointsLine(tree.id, "ruling", made.points, made.points, tree.clause, ruling=made, cells=(made.cell,))
            for made in rulings
        ]
        have += sum((line.points for line in lines), _NONE)
        if moved := kept - have:
            figures = {"have": have, "kept": kept}
            lines.append(PointsLine(tree.id, "rounding", moved, moved, tree.clause, figures=figures))
        return lines

    def _line(
        self, traced: TracedRule, verb: LineVerb, before: Fraction, points: Fraction, clause: str | None
    ) -> PointsLine:
        """Return the line of a rule with its reason and the cells of its readings, assessors and events.

        `clause` is that of the node; a clause of the rule's own goes before.
        """
        reason, facts = self._tracer.reason(traced, self), self.ready.facts
        cells = [cell for name in reason.measures for cell in facts[name].cells]
        if self.has_assessors:
            cells += self._beside(traced.rule.basis)
        if events := reason.because.events:
            cells += (cell for priced in events for cell in _cells_of(priced.event, traced.judged))
        own = traced.rule.model.clause or clause
        return PointsLine(traced.rule.name, verb, before, points, own, reason.because, cells=tuple(cells))

    def reason(self, traced: TracedRule) -> LineReason:
        """Work out why a rule moved points."""
        rule, basis, facts = traced.rule, traced.rule.basis, self.ready.facts
        members = [(member.test, contents) for member, contents in traced.members if self._holds(member)]
        contents = (*traced.guard, *((inner for _, inner in members) if members else traced.own))
        names = dict.fromkeys((*(name for inner in contents for name in inner.reads), *basis.mentions))
        readings = {name: facts[name].value for name in names if name in facts}
        judged = facts[basis.measure].parts if isinstance(basis, Assessed) else ()
        groups = self._groups(contents)
        because = Because(
            basis=basis,
            guard=rule.guard,
            price=rule.price,
            cap=rule.cap,
            figures={name: exact.number(expr, self.ready.values, self.done) for name, expr in traced.figures.items()},
            which=tuple(test for test, _ in members),
            readings=readings,
            note=rule.model.note,
            title=rule.model.title,
            given=tuple(fact.value for fact in judged),
            named=dict(self._named(contents)),
            events=self._events(contents),
            groups=() if groups is None else groups.listed(),
            group_count=0 if groups is None else groups.count,
            absences=tuple(absence.reason for absence in self._absences(basis)),
            categories=self._categories(basis),
        )
        return LineReason(because, tuple(readings))

    def _beside(self, basis: Phrase) -> Iterator[Cell]:
        """Visit the cells with the categories of assessors, and with the reasons of those who gave nothing."""
        if isinstance(basis, Assessed) and isinstance(basis.combine, ByCategory):
            given = self.ready.unit.assessed.get(basis.measure, {})
            yield from (self.ready.unit.categories[name].cell for name in given)
        yield from (absence.cell for absence in self._absences(basis))

    def _categories(self, basis: Phrase) -> tuple[CategoryMean, ...]:
        """Return the means of the categories of assessors, where a rule combines by them."""
        if not (isinstance(basis, Assessed) and isinstance(basis.combine, ByCategory)):
            return ()
        unit = self.ready.unit
        return by_category(basis.combine, marks(basis, unit.assessed.get(basis.measure, {}), unit.categories))

    def _absences(self, basis: Phrase) -> Iterable[Absence]:
        return self.ready.unit.absences.get(basis.measure, {}).values() if isinstance(basis, Assessed) else ()

    def _named(self, contents: Iterable[TreeContents]) -> Iterator[tuple[NamedFigure, Fraction]]:
        """Visit the named figures with their values; those that only exist inside a group are left out."""
        pairs = (pair for inner in contents for pair in inner.named)
        known = (named for named, figures in pairs if all(figure in self.done for figure in figures))
        yield from ((named, exact.number(named, self.ready.values, self.done)) for named in known)

    def _events(self, contents: Sequence[TreeContents]) -> tuple[PricedEvent, ...]:
        if not self.ready.reduced.events:
            return ()
        tallies = dict.fromkeys(tally for inner in reversed(contents) for tally in inner.tallies)
        found: dict[Cell, PricedEvent] = {}
        for priced in (priced for tally in tallies for priced in self.ready.reduced.events[tally]):
            if priced.worth != 0:  # the price of the rule comes before what its guard counts
                found.setdefault(priced.event.cell, priced)
        return tuple(found.values())

    def _groups(self, contents: Sequence[TreeContents]) -> Groups | None:
        if not self.ready.reduced.groups:
            return None
        names = (name for inner in reversed(contents) for name in inner.groups)
        return next((self.ready.reduced.groups[name] for name in names), None)


def _cells_of(event: Event, judged: str | None) -> tuple[Cell, ...]:
    """Return the cell that stands for an event, and that of its figure where events are judged one by one."""
    figure = None if judged is None else event.columns.get(judged)
    return (event.cell,) if figure is None else (event.cell, figure.cell)


def limit_line(name: str, raw: Fraction, held: Fraction, clause: str | None) -> PointsLine:
    """Return the line of a floor or ceiling that moved points from `raw` to `held`."""
    moved = held - raw
    return PointsLine(name, "floor" if moved > 0 else "ceiling", moved, moved, clause, figures={"limit": held})


def weight_line(node: NodeTree, rule: str, points: Fraction, counted: Fraction) -> PointsLine:
    """Return the line that a node counts by its weight, for what is above it."""
    moved, figures = counted - points, {"have": points, "weight": node.node.share, "counted": counted}
    return PointsLine(rule, "weight", moved, moved, node.clause, figures=figures, titles=(node.node.title,))
