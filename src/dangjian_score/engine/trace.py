"""Trace the points of units in one pass: the results of nodes, their lines, and the reason of each line.

Where the steps of nodes stand and what tests and reasons read is worked out once a pass (`traced`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Absence, Cell, Event, Explanation
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine import exact
from dangjian_score.engine.compiled.layout import RowLayout
from dangjian_score.engine.evaluate import Traceable
from dangjian_score.engine.groups import Groups
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.panel import CategoryMean, by_category, marks
from dangjian_score.engine.registers import PricedEvent
from dangjian_score.engine.result import Because, LineVerb, NamedFigure, NodeResult, PointsLine
from dangjian_score.engine.rules import RuleTree, groups_of
from dangjian_score.engine.totals import Pass
from dangjian_score.engine.traced import Atoms, Slots, TracedNode, TracedRule, TracedTest, TreeContents
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.kinds.phrase import Phrase

_NONE: Final = Fraction(0)


class LineReason(Struct, frozen=True):
    """Why a rule moved points, and the measures whose cells it rests on."""

    because: Because
    measures: tuple[str, ...]


class Tracer:
    """Traces the units of one pass; the reason of a rule is worked out once for equal values."""

    def __init__(self, part: Pass, places: Mapping[str, int], layout: RowLayout) -> None:
        """Take the places of the steps of the pass among figures, and the layout of rows."""
        names = (*layout.columns.measures, *layout.columns.known)
        slots = Slots(places, {name: at for at, name in enumerate(names)})
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

    def _node(self, node: TracedNode, *, counts: bool = True) -> NodeResult:
        """Return the result of a node; it lacks no points where it is, or is below, none of the best of its group."""
        tree, figures = node.tree, self._figures
        counts = counts and not self._is_passed_over(node)
        applies = node.scored is None or self._holds(node.scored)
        return NodeResult(
            tree,
            tree.max if node.due is None else figures[node.due],
            tree.start if applies else _NONE,
            figures[node.points],
            self._counted(node),
            tuple(self._lines(node, counts=counts) if applies else self._inapplicable(node)),
            tuple(self._node(lower, counts=counts) for lower in node.nodes) if node.nodes else (),
            applies,
        )

    def _counted(self, node: TracedNode) -> Fraction:
        """Return the points of a node that count above it."""
        return _NONE if self._is_passed_over(node) else self._figures[node.counted]

    def _is_passed_over(self, node: TracedNode) -> bool:
        """Return whether other items of its group are better."""
        return node.chosen is not None and not self._figures[node.chosen]

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

    def _lines(self, node: TracedNode, *, counts: bool) -> list[PointsLine]:
        figures, clause = self._figures, node.tree.clause
        lines = self._joining(node) if node.nodes else []
        lines += self._by_rules(node, self._gap(node) if counts else _NONE)
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

    def _by_rules(self, node: TracedNode, gap: Fraction) -> Iterator[PointsLine]:
        """Visit the lines of rules that move points, or could have given some of the `gap` that a base leaf lacks."""
        figures = self._figures
        awarded = sum((figures[points] for rule, _, points in node.rules if rule.rule.verb == "award"), _NONE)
        lacking = max(_NONE, gap - awarded)
        missing = self._missing(node, gap) if lacking else {}
        for rule, before, points in node.rules:
            if figures[before] or rule.rule.name in missing:
                line = self._line(rule, rule.rule.verb, figures[before], figures[points], node.tree.clause)
                more = missing.get(rule.rule.name)
                yield line if more is None else replace(line, missing=more, figures={"gap": gap})
        offered = sum(missing.values(), _NONE)
        if lacking != offered:
            verb: LineVerb = "beyond" if offered > lacking else "unoffered"
            shown, more = {"lacking": lacking, "offered": offered}, lacking - offered
            if verb == "unoffered" and (ruled_out := self._ruled_out(node)) is not None:
                because, cells = self._guard(ruled_out)
            else:
                because, cells = None, ()
            clause = node.tree.clause
            yield PointsLine(
                node.tree.id, verb, _NONE, _NONE, clause, because, figures=shown, cells=cells, missing=more
            )

    def _ruled_out(self, node: TracedNode) -> TracedRule | None:
        """Return the first award of a leaf that only its guard keeps from the unit; None without one."""
        awards = (rule for rule, _, _ in node.rules if rule.rule.verb == "award" and rule.rule.guard is not None)
        for traced in awards:
            scope = a.both(traced.rule.applies, traced.rule.scope)
            is_for_it = scope is None or exact.holds(scope, self.ready.values, self.done)
            if is_for_it and traced.counts is not None and not self._holds(traced.counts):
                return traced
        return None

    def _guard(self, traced: TracedRule) -> tuple[Because, tuple[Cell, ...]]:
        """Return the guard of a rule as a reason of its own, with its cells; the rest may not be in the evidence."""
        rule, facts = traced.rule, self.ready.facts
        names = dict.fromkeys(name for contents in traced.guard for name in contents.reads if name in facts)
        because = Because(
            basis=Once(),
            guard=rule.guard,
            price=None,
            cap=None,
            figures={},
            which=(),
            readings={name: facts[name].value for name in names},
            note=None,
            named=dict(self._named(traced.guard)),
            failing=self._failing(rule),
            decided=self._decided(rule),
        )
        return because, tuple(cell for name in names for cell in facts[name].cells)

    def _gap(self, node: TracedNode) -> Fraction:
        """Return the points that awards may give to a base leaf which does not start with all of its points, else 0."""
        if node.tree.kind != "base" or node.nodes:
            return _NONE
        due = node.tree.max if node.due is None else self._figures[node.due]
        return max(_NONE, (due or _NONE) - node.tree.start)

    def _missing(self, node: TracedNode, gap: Fraction) -> Mapping[str, Fraction]:
        """Return the points that each award could still give of a gap, by the name of the rule."""
        missing = dict[str, Fraction]()
        for traced, _, points in node.rules:
            if traced.rule.verb != "award" or not (traced.counts is None or self._holds(traced.counts)):
                continue
            most = gap if traced.rule.most is None else exact.number(traced.rule.most, self.ready.values, self.done)
            if (more := min(most, gap) - self._figures[points]) > 0:
                missing[traced.rule.name] = more
        return missing

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
        return bool(might) and self._is_passed_over(item)

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
        explanations = self._explanations(traced.rule.basis)
        cells += (each.cell for each in explanations)
        if events := reason.because.events:
            cells += (cell for priced in events for cell in _cells_of(priced.event, traced.judged))
        own = traced.rule.model.clause or clause
        because = reason.because
        return PointsLine(
            traced.rule.name, verb, before, points, own, because, cells=tuple(cells), explanations=explanations
        )

    def reason(self, traced: TracedRule) -> LineReason:
        """Work out why a rule moved points."""
        rule, basis, facts = traced.rule, traced.rule.basis, self.ready.facts
        members = [(member.test, contents) for member, contents in traced.members if self._holds(member)]
        are_all = rule.verb == "award" or not members  # what an award lacks is told, too
        decided, guard = self._decided(rule), traced.guard
        if rule.guard is not None and rule.guard in decided:
            guard = (TreeContents.of(decided[rule.guard]),)
        contents = (*guard, *(traced.own if are_all else (inner for _, inner in members)))
        names = dict.fromkeys((*(name for inner in contents for name in inner.reads), *basis.mentions))
        readings = {name: facts[name].value for name in names if name in facts}
        judged = facts[basis.measure].parts if isinstance(basis, Assessed) else ()
        groups = self._groups(contents)
        short = groups if rule.verb == "award" and traced.most_each is not None else None
        lacking, lacking_count = ((), 0) if short is None else short.lacking(traced.most_each or _NONE)
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
            events=self._events(contents, basis),
            groups=() if groups is None else groups.listed(),
            group_count=0 if groups is None else groups.count,
            absences=tuple(absence.reason for absence in self._absences(basis)),
            categories=self._categories(basis),
            failing=self._failing(rule),
            lacking=lacking,
            lacking_count=lacking_count,
            decided=decided,
        )
        return LineReason(because, tuple(readings))

    def _failing(self, rule: RuleTree) -> tuple[a.Test, ...]:
        """Return the conditions of a rule that do not hold; of one over groups each has its own."""
        if groups_of(rule.basis) is not None:
            return ()
        failing = (test for test in a.joined(rule.guard) if not exact.holds(test, self.ready.values, self.done))
        return tuple(exact.deciding(test, self.ready.values, self.done) for test in failing)

    def _decided(self, rule: RuleTree) -> Mapping[a.Test, a.Test]:
        """Return the parts that decide about the guard of a rule and members of its list; groups have their own."""
        values, tests = self.ready.values, [member.named for member in rule.basis.members]
        if groups_of(rule.basis) is not None:
            return {}
        tests += [] if rule.guard is None else [rule.guard]
        known = (test for test in tests if all(name in values for name in a.reads(test)))
        pairs = ((test, exact.deciding(test, values, self.done)) for test in known)
        return {test: parts for test, parts in pairs if parts != test}

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

    def _explanations(self, basis: Phrase) -> tuple[Explanation, ...]:
        return self.ready.unit.explanations.get(basis.measure, ()) if isinstance(basis, Assessed) else ()

    def _named(self, contents: Iterable[TreeContents]) -> Iterator[tuple[NamedFigure, Fraction]]:
        """Visit the named figures with their values; those that only exist inside a group are left out."""
        pairs = (pair for inner in contents for pair in inner.named)
        known = (named for named, figures in pairs if all(figure in self.done for figure in figures))
        yield from ((named, exact.number(named, self.ready.values, self.done)) for named in known)

    def _events(self, contents: Sequence[TreeContents], basis: Phrase) -> tuple[PricedEvent, ...]:
        """Return the events that counted, each with the key of its group."""
        if not self.ready.reduced.events:
            return ()
        tallies = dict.fromkeys(tally for inner in reversed(contents) for tally in inner.tallies)
        found: dict[Cell, PricedEvent] = {}
        for priced in (priced for tally in tallies for priced in self.ready.reduced.events[tally]):
            if priced.worth != 0:  # the price of the rule comes before what its guard counts
                found.setdefault(priced.event.cell, priced)
        grouped = groups_of(basis)
        if grouped is None:
            return tuple(found.values())
        key_of, own = self.ready.reduced.keys[grouped.name], {tally.name for tally in grouped.over}
        return tuple(
            replace(priced, group=key_of(priced.event)) if priced.tally.name in own else priced
            for priced in found.values()
        )

    def _groups(self, contents: Sequence[TreeContents]) -> Groups | None:
        if not self.ready.reduced.groups:
            return None
        names = (name for inner in reversed(contents) for name in inner.groups)
        return next((self.ready.reduced.groups[name] for name in names), None)


def _cells_of(event: Event, judged: str | None) -> tuple[Cell, ...]:
    """Return the cell that stands for an event; of one that is judged those of its figure and its explanation, too."""
    if judged is None:
        return (event.cell,)
    beside = (event.columns.get(judged), event.explanation)
    return (event.cell, *(each.cell for each in beside if each is not None))


def limit_line(name: str, raw: Fraction, held: Fraction, clause: str | None) -> PointsLine:
    """Return the line of a floor or ceiling that moved points from `raw` to `held`."""
    moved = held - raw
    return PointsLine(name, "floor" if moved > 0 else "ceiling", moved, moved, clause, figures={"limit": held})


def weight_line(node: NodeTree, rule: str, points: Fraction, counted: Fraction) -> PointsLine:
    """Return the line that a node counts by its weight, for what is above it."""
    moved, figures = counted - points, {"have": points, "weight": node.node.share, "counted": counted}
    return PointsLine(rule, "weight", moved, moved, node.clause, figures=figures, titles=(node.node.title,))
