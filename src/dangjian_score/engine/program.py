"""Compile a rubric to a program: named steps in order, expressions over measures, figures and earlier steps.

Rules, nodes and totals are all steps, so a carrier of expressions carries the whole regulation.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.algebra import ZERO, AllHold, Choice, Entered, Expr, Ref, Step, Test, Tree, reads, walk
from dangjian_score.core.diagnostics import Path
from dangjian_score.engine.decidable import decidable
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.nodes import NodeTree, scopes, section_tree
from dangjian_score.engine.registers import Plan
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.step_names import asked
from dangjian_score.engine.totals import (
    OutsideCondition,
    Pass,
    asks,
    closing,
    looked_at,
    points_over_rounds,
    scored_once,
    verdict,
)
from dangjian_score.rubric.lexicon import Lexicon, condition, guard_test
from dangjian_score.rubric.measures import circles
from dangjian_score.rubric.model import Node, Rubric
from dangjian_score.rubric.standing import Combined, weights_of


class Program(Struct, frozen=True, dict=True):
    """A compiled rubric: trees of sections, passes, steps over all passes, conditions, ties, and the lexicon of names.

    With `interim` only what is due then is in the passes, and `rubric` has no grades, selections and conditions that
    cannot be decided yet. Steps are evaluated in this order: those of each pass, `closing`, the conditions of each pass
    (`asks`), `verdict`.
    """

    rubric: Rubric
    sections: tuple[NodeTree, ...]
    passes: tuple[Pass, ...]
    closing: tuple[Step, ...]
    clauses: tuple[OutsideCondition, ...]
    ties: tuple[Step, ...]
    lexicon: Lexicon
    interim: Interim | None = None

    @cached_property
    def nodes(self) -> tuple[NodeTree, ...]:
        """All nodes, each before the nodes below it."""
        return tuple(node for section in self.sections for node in section.below())

    @cached_property
    def not_due(self) -> tuple[NodeTree, ...]:
        """The topmost nodes of which nothing is due yet, those of rounds aside."""
        if self.interim is None:
            return ()
        scored = {section.id for part in self.passes for section in part.sections}
        waiting = (
            section
            for section, model in zip(self.sections, self.rubric.sections, strict=True)
            if section.id not in scored and scored_once(self.rubric, model) and model.round is None
        )
        below = (node for section in self.passes[-1].sections for node in _topmost_not_due(section))
        return (*waiting, *below)

    @cached_property
    def rules(self) -> tuple[RuleTree, ...]:
        """All rules, in the order of the text."""
        return tuple(rule for node in self.nodes for rule in node.rules)

    @cached_property
    def asks(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps of conditions outside the sections and of ties, by the pass whose evidence they read."""
        found = {part.key: tuple(asks(self.clauses, part.round)) for part in self.passes}
        return {**found, self.passes[-1].key: (*found[self.passes[-1].key], *self.ties)}

    @cached_property
    def verdict(self) -> tuple[Step, ...]:
        """The steps of the total after vetoes, and of the grade."""
        return verdict(self.rubric, self.clauses, self.passes, interim=self.interim is not None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps before the conditions, of a rubric without rounds."""
        return (*self.passes[-1].steps, *self.closing)

    @property
    def outside(self) -> Mapping[Path, Tree]:
        """The trees outside the sections, of conditions and of ties, by their places in the YAML."""
        found: dict[Path, Tree] = {clause.path: clause.test for clause in self.clauses}
        return {**found, **{("tie_break", at): tie.expr for at, tie in enumerate(self.ties)}}

    def trees(self, part: Pass) -> tuple[Tree, ...]:
        """Return the trees of the rules of a pass and those outside the sections."""
        rules = (rule for node in part.nodes for rule in node.rules)
        return (*(tree for rule in rules for tree in rule.trees), *self.outside.values())

    def parts(self) -> Iterator[Tree]:
        """Visit the nodes of all trees of rules, of nodes and outside the sections."""
        applies = (node.applies for node in self.nodes if node.applies is not None)
        ruled = (tree for rule in self.rules for tree in rule.trees)
        for tree in (*applies, *ruled, *self.outside.values()):
            yield from walk(tree)

    def plan(self, part: Pass) -> Plan:
        """Return the plan of reducing events for a pass."""
        return Plan.of(self.trees(part), (scope for section in part.sections for scope in scopes(section)))

    def with_rulings(self, ruled: frozenset[str]) -> "Program":
        """Return the program with a step for each node that committees corrected; the trees are shared."""
        return replace(self, passes=tuple(replace(part, ruled=ruled) for part in self.passes)) if ruled else self

    def clause(self, *path: str | int) -> OutsideCondition | None:
        """Return a condition by its place in the YAML; None where there is none."""
        return next((clause for clause in self.clauses if clause.path == path), None)


def compile_rubric(rubric: Rubric, interim: Interim | None = None) -> Program:
    """Return the program of a rubric, for the whole period or for what is due before its end.

    One run makes it once, and evidence adds only `Program.with_rulings`.
    """
    lexicon = _lexicon(rubric)
    through = None if interim is None else interim.through
    sections = tuple(
        section_tree(rubric, lexicon, at, through if scored_once(rubric, section) and section.round is None else None)
        for at, section in enumerate(rubric.sections)
    )
    if interim is not None:
        rubric = decidable(rubric, lexicon, sections, interim)
    passes = tuple(_passes(rubric, sections, interim))
    clauses, ties = tuple(_clauses(rubric, lexicon, passes)), tuple(_ties(rubric, lexicon))
    settled = points_over_rounds(looked_at(rubric, clauses, ties), passes)
    steps = (*closing(rubric, passes, interim=interim is not None), *settled)
    return Program(rubric, sections, passes, steps, clauses, ties, lexicon, interim)


def _topmost_not_due(node: NodeTree) -> Iterator[NodeTree]:
    if not node.is_due:
        yield node
    else:
        for lower in node.nodes:
            yield from _topmost_not_due(lower)


def _lexicon(rubric: Rubric) -> Lexicon:
    """Return the lexicon of a rubric; registers are declared, or counted by rules with keys of events."""
    declared = (name for name, spec in rubric.measures.items() if spec.register_)
    nodes = (node for section in rubric.sections for node in _below(section))
    counted = (name for node in nodes for name in _registers(node))
    closing = frozenset(chain[-2:] for chain in circles(rubric.measures))
    return Lexicon(rubric.measures, frozenset((*declared, *counted)), closing=closing, titles=_titles(rubric))


def _titles(rubric: Rubric) -> Mapping[str, str]:
    """Return the names of nodes with an id: their titles; of equal titles each with its id before it."""
    named = [(node.id, node.title) for section in rubric.sections for node in _below(section) if node.id is not None]
    often = Counter(title for _, title in named)
    return {id_: title if often[title] == 1 else f"{id_} {title}" for id_, title in named}


def _below(node: Node) -> Iterator[Node]:
    yield node
    for item in node.items:
        yield from _below(item)


def _registers(node: Node) -> Iterator[str]:
    asking = (rule for rule in node.rules if rule.asks_for_events)
    yield from (term for rule in asking for term in rule.terms.counted if isinstance(term, str))


def _passes(rubric: Rubric, sections: tuple[NodeTree, ...], interim: Interim | None) -> Iterator[Pass]:
    """Visit the passes: sections of every round, sections of one round, sections scored once over all evidence."""
    settled = list(zip(sections, rubric.sections, strict=True))
    once = [(node, section) for node, section in settled if scored_once(rubric, section)]
    often = tuple(node for node, section in settled if not scored_once(rubric, section))
    for name, weight in _weights(rubric, interim).items():
        yield Pass(rubric, frozenset(), name, weight, often)
        if own := tuple(node for node, section in once if section.round == name):
            yield Pass(rubric, frozenset(), name, None, own)
    whole = tuple(node for node, section in once if section.round is None)
    due = interim is None or interim.through is not None
    yield Pass(rubric, frozenset(), None, None, whole if due else ())


def _weights(rubric: Rubric, interim: Interim | None) -> Mapping[str, Fraction]:
    """Return the weights of the rounds that are due; a mean is over these."""
    weights = weights_of(rubric.rounds)
    if interim is None:
        return weights
    if interim.alone:
        return dict.fromkeys(interim.rounds, Fraction(1))
    mean = isinstance(rubric.rounds, Combined) and rubric.rounds.combine == "mean"
    return {name: Fraction(1, len(interim.rounds)) if mean else weights[name] for name in interim.rounds}


def _clauses(rubric: Rubric, lexicon: Lexicon, passes: Iterable[Pass]) -> Iterator[OutsideCondition]:
    """Visit the conditions outside the sections, with the points over all rounds and with those of each round."""
    scored = {part.round: part for part in passes if part.round is not None and part.weight is not None}
    tests = dict(_tests(rubric, lexicon))
    on_points = any(isinstance(inner, Ref) for test in tests.values() for inner in walk(test))
    in_rounds = dict.fromkeys(scored, tests)
    if on_points:
        points = {name: {node.id: part.at(node.id) for node in part.nodes} for name, part in scored.items()}
        in_rounds = {name: dict(_tests(rubric, replace(lexicon, points=of))) for name, of in points.items()}
    for path, test in tests.items():
        yield OutsideCondition(test, path, {name: of_round[path] for name, of_round in in_rounds.items()})


def _ties(rubric: Rubric, lexicon: Lexicon) -> Iterator[Step]:
    """Visit the steps of what breaks ties; a measure that is 不适用 counts as 0."""
    for at, tie in enumerate(rubric.tie_break):
        figure: Expr = Ref(tie.points or "") if tie.measure is None else lexicon.ranked((tie.measure,))
        entered = tuple(Entered(measure) for measure in reads(figure))
        yield Step(asked(("tie_break", at)), Choice(AllHold(entered), figure, ZERO) if entered else figure)


def _tests(rubric: Rubric, lexicon: Lexicon) -> Iterator[tuple[Path, Test]]:
    for at, exclusion in enumerate(rubric.excluded):
        yield ("excluded", at), condition(exclusion.if_, lexicon)
    for at, unranked in enumerate(rubric.unranked):
        yield ("unranked", at), condition(unranked.if_, lexicon)
    for at, veto in enumerate(rubric.vetoes):
        yield ("vetoes", at), condition(veto.if_, lexicon)
    for name, grade in rubric.grades.items():
        if (test := guard_test(grade.if_, grade.unless, lexicon)) is not None:
            yield ("grades", name), test
    for at, selection in enumerate(rubric.selections):
        if selection.if_ is not None:
            yield ("selections", at), condition(selection.if_, lexicon)
