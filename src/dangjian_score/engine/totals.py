"""Steps from sections to the total and the grade: passes, rounds, scale, conditions, vetoes, grades."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Path
from dangjian_score.engine import step_names as s
from dangjian_score.engine.dues import carried, carries_all, due, dues, waived
from dangjian_score.engine.node_steps import counted, in_order, steps
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.rubric.model import KINDS, Kind, Rounding, Rubric, Section, combinations, limit
from dangjian_score.rubric.model import carried as carries
from dangjian_score.rubric.standing import Grade, weights_of


class Pass(Struct, frozen=True, dict=True):
    """Sections that are scored together, on the evidence of one round or of the whole.

    `weight` is that of the round, None for sections scored once; `ruled` are the nodes that committees corrected.
    """

    rubric: Rubric
    ruled: frozenset[str]
    round: str | None
    weight: Fraction | None
    sections: tuple[NodeTree, ...]

    @cached_property
    def steps(self) -> tuple[a.Step, ...]:
        """The steps of its nodes, then of its sums."""
        carrying = [section for section in self.sections if section.kind == "base"]
        nodes = [step for section in self.sections for step in steps(section, self.ruled, self.rubric.rounding)]
        if not all(carries_all(node) for section in carrying for node in section.below()):
            nodes += (step for section in carrying for step in dues(section))
        kinds, known = tuple(_kinds(self)), {step.name for step in nodes}
        scored = (*in_order(nodes), *_scaled(self.rubric, carrying, known), *kinds)
        if self.weight is None:
            return scored
        base = _as_reported(self.rubric, a.Ref(s.SCALED))
        return (*scored, a.Step(s.ROUND, a.Sum((base, *(a.Ref(kind.name) for kind in kinds)))))

    @property
    def share(self) -> Fraction:
        """The weight; 1 for sections that are scored once."""
        return Fraction(1) if self.weight is None else self.weight

    @property
    def key(self) -> str:
        """The suffix of its steps among those of all passes."""
        once = " once" if self.round is not None and self.weight is None else ""
        return "" if self.round is None else f"@{self.round}{once}"

    @cached_property
    def nodes(self) -> tuple[NodeTree, ...]:
        """All nodes that are scored in it, each before the nodes below it."""
        return tuple(node for section in self.sections for node in section.below())

    def at(self, step: str) -> str:
        """Return the name of one of its steps among those of all passes."""
        return f"{step}{self.key}"


def _kinds(part: Pass) -> Iterator[a.Step]:
    for kind in KINDS[1:]:
        own = tuple(counted(section) for section in part.sections if section.kind == kind)
        yield a.Step(s.of_kind_in_pass(kind), a.Sum(own))


def _scaled(rubric: Rubric, base: list[NodeTree], steps: Collection[str]) -> Iterator[a.Step]:
    """Scale base points up where nodes do not apply: points ÷ maximum of those that apply × maximum of all."""
    rounding, points = rubric.rounding, a.Ref(s.SUM)
    yield a.Step(s.SUM, _joined(rubric, [counted(section) for section in base], rounding))
    if not any(s.due(section.id) in steps for section in base):
        yield a.Step(s.SCALED, points)
        return
    yield a.Step(s.DUE, _joined(rubric, [due(section) for section in base]))
    yield a.Step(s.WHOLE, _whole(rubric, base))
    if rubric.product is not None:
        yield a.Step(s.SCALED, points)
        return
    places = rounding.sections if rounding.places is None else rounding.places
    carries, whole = a.Ref(s.DUE), a.Ref(s.WHOLE)
    scaled = a.to_places(a.Quotient(a.Product(points, whole), carries), places, rounding.mode)
    yield a.Step(s.SCALED, a.Choice(a.Compare(carries, "equals", whole), points, scaled))


def _joined(rubric: Rubric, points: list[a.Expr], rounding: Rounding | None = None) -> a.Expr:
    """Add up what base sections have or carry, or multiply it where the rubric says so."""
    if rubric.product is None or not points:
        return a.Sum(tuple(points))
    product: a.Expr = a.Const(1 / rubric.product.over)
    for factor in points:
        product = a.Product(product, factor)
    return product if rounding is None else a.to_places(product, rounding.places, rounding.mode)


def _whole(rubric: Rubric, base: list[NodeTree]) -> a.Expr:
    """Return the maximum of all base sections: the declared total less other sections, else what they carry together.

    While a part is not due it is what the sections carry, with what they lack for 不适用 unless they carry nothing.
    """
    if any(section.horizon is not None for section in base):
        if rubric.product is not None:
            return _joined(rubric, [due(section) for section in base])
        carries, lacking = a.Ref(s.DUE), waived(base)
        full = a.Sum((carries, *lacking))
        return a.Choice(a.Compare(carries, "above", a.ZERO), full, carries) if lacking else carries
    if rubric.sum_of_base is not None:
        own = [section.node for section in base]
        others = [section for section in rubric.sections if section.kind == "base" and section not in own]
        return a.Const(rubric.sum_of_base - _most(others))
    return _joined(rubric, [carried(section) for section in base])


def _carries(part: Pass) -> a.Expr:
    """Return the most base points for what is due in a pass."""
    if any(step.name == s.WHOLE for step in part.steps):
        return a.Ref(part.at(s.WHOLE))
    return _whole(part.rubric, [section for section in part.sections if section.kind == "base"])


def _full(rubric: Rubric, passes: Iterable[Pass]) -> a.Expr:
    """Return the most points for what is due in all passes, as they are reported."""
    return _as_reported(rubric, a.Sum(tuple(a.Product(a.Const(part.share), _carries(part)) for part in passes)))


def closing(rubric: Rubric, passes: Iterable[Pass], *, interim: bool) -> tuple[a.Step, ...]:
    """Return the steps over passes: weighted base points, other kinds of sections, the total and its limits.

    Before the end of the period (`interim`) also the most points for what is due.
    """
    passes, rounding = tuple(passes), rubric.rounding
    once, rounds = _by_weight(passes, s.SCALED)
    total = a.held(a.Ref(s.TOTAL_RAW), limit(rubric.floor, None), limit(rubric.ceiling, None))
    return (
        *((a.Step(s.WEIGHED, a.to_places(a.Sum(rounds), rounding.places, rounding.mode)),) if rounds else ()),
        a.Step(s.RAW, a.Sum((*once, a.Ref(s.WEIGHED)) if rounds else once)),
        a.Step(s.REPORTED, _reported(rubric)),
        *(a.Step(s.of_kind(kind), _added(kind, passes, rounding)) for kind in KINDS[1:]),
        a.Step(s.TOTAL_RAW, a.Sum(tuple(a.Ref(s.of_kind(kind)) for kind in KINDS))),
        a.Step(s.TOTAL_HELD, total),
        a.Step(s.TOTAL, a.to_places(a.Ref(s.TOTAL_HELD), rubric.total_places, rounding.mode)),
        *((a.Step(s.FULL, _full(rubric, passes)),) if interim else ()),
    )


def _by_weight(passes: Iterable[Pass], step: str) -> tuple[tuple[a.Expr, ...], tuple[a.Expr, ...]]:
    """Return a step of the passes that are scored once, and of the rounds, each times its weight."""
    once: list[a.Expr] = []
    rounds: list[a.Expr] = []
    for part in passes:
        points = a.Ref(part.at(step))
        if part.weight is None:
            once.append(points)
        else:
            rounds.append(a.Product(a.Const(part.weight), points))
    return tuple(once), tuple(rounds)


def _reported(rubric: Rubric) -> a.Expr:
    """Scale the base points from full marks to `reported_as`."""
    scaled = _as_reported(rubric, a.Ref(s.RAW))
    if isinstance(scaled, a.Ref):
        return scaled
    return a.to_places(scaled, rubric.rounding.places, rubric.rounding.mode)


def _as_reported(rubric: Rubric, points: a.Expr) -> a.Expr:
    whole = full_marks(rubric)
    if rubric.reported_as is None or whole in (0, rubric.reported_as):
        return points
    return a.Product(a.Const(rubric.reported_as / whole), points)


def full_marks(rubric: Rubric) -> Fraction:
    """Return the most base points over all rounds, before they are scaled to `reported_as`."""
    base = [section for section in rubric.sections if section.kind == "base"]
    once = [section for section in base if scored_once(rubric, section)]
    often = [section for section in base if not scored_once(rubric, section)]
    weights = sum(weights_of(rubric.rounds).values(), Fraction(0)) if often and rubric.rounds else Fraction(1)
    if rubric.product is not None:
        return weights * prod((_most([section]) for section in base), start=1 / rubric.product.over)
    single = _most(once)
    return single + weights * (_most(often) if rubric.sum_of_base is None else rubric.sum_of_base - single)


def reported_marks(rubric: Rubric) -> Fraction:
    """Return the full marks of a total: the most base points as they are reported."""
    return full_marks(rubric) if rubric.reported_as is None else rubric.reported_as


def _most(sections: list[Section]) -> Fraction:
    return max((carries(sections, having) for having in combinations(sections)), default=Fraction(0))


def scored_once(rubric: Rubric, section: Section) -> bool:
    """Return whether a section is not weighted by rounds."""
    if not rubric.rounds or section.round is not None:
        return True
    return section.rounds == "none" if section.kind == "base" else section.rounds != "each"


def _added(kind: Kind, passes: tuple[Pass, ...], rounding: Rounding) -> a.Expr:
    """Add up the sections of a kind; rounds without a section of the kind are left out."""
    own = [part for part in passes if part.weight is None or any(section.kind == kind for section in part.sections)]
    once, rounds = _by_weight(own, s.of_kind_in_pass(kind))
    return a.Sum((*once, a.to_places(a.Sum(rounds), rounding.places, rounding.mode)) if rounds else once)


class OutsideCondition(Struct, frozen=True):
    """A condition outside the sections (不参评, 一票否决, 等次, 评优); `path` is its place in the YAML.

    `test` reads the points of nodes over all rounds, `rounds` the points of each round.
    """

    test: a.Test
    path: Path
    rounds: Mapping[str, a.Test]

    @property
    def by_round(self) -> bool:
        """Whether the points of each round are looked at."""
        return any(test != self.test for test in self.rounds.values())

    @property
    def in_any(self) -> a.Test:
        """The test that it holds with the points of some round."""
        tests = self._apart
        return tests[0] if len(tests) == 1 else a.AnyHolds(tests)

    @property
    def in_every(self) -> a.Test:
        """The test that it holds with the points of every round."""
        tests = self._apart
        return tests[0] if len(tests) == 1 else a.AllHold(tests)

    @property
    def _apart(self) -> tuple[a.Test, ...]:
        """The distinct tests of the rounds."""
        return tuple(dict.fromkeys(self.rounds.values())) or (self.test,)


def best_grades(grades: Mapping[str, Grade]) -> list[str]:
    """Return the grades, best first; of those that begin alike the first written comes first."""
    return sorted(grades, key=lambda name: grades[name].start, reverse=True)


def better_grades(grades: Mapping[str, Grade], least: str | None) -> list[str]:
    """Return the grades above one, best first; none where there is no such grade."""
    ordered = best_grades(grades)
    return ordered[: ordered.index(least)] if least in ordered else []


def asks(clauses: Iterable[OutsideCondition], round_: str | None) -> Iterator[a.Step]:
    """Visit the steps of the conditions of one pass: vetoes in each pass, grades and selections in the last.

    The last pass is over all evidence. There a veto must hold with the points of some round, the condition of a grade
    or selection with those of every round. Exclusions are evaluated before scoring.
    """
    for clause in clauses:
        match clause.path[0]:
            case "vetoes":
                test = clause.in_any if round_ is None else clause.rounds[round_]
                yield a.Step(s.asked(clause.path), _met(test))
            case "grades" | "selections" if round_ is None:
                yield a.Step(s.asked(clause.path), _met(clause.in_every))
            case _:
                pass


def _met(test: a.Test) -> a.Expr:
    """Return 1 where all measures of a condition were entered and it holds, else 0."""
    entered = tuple(a.Entered(measure) for measure in a.reads(test))
    met = a.Choice(test, a.ONE, a.ZERO)
    return a.Choice(a.AllHold(entered), met, a.ZERO) if entered else met


def looked_at(rubric: Rubric, clauses: Iterable[OutsideCondition], ties: Iterable[a.Step]) -> tuple[str, ...]:
    """Return the nodes whose points over all rounds are read by ties, grades or conditions."""
    in_grades = (node for grade in rubric.grades.values() for node in grade.sections)
    tests = (clause.in_every for clause in clauses)
    in_tests = (part.step for test in tests for part in a.walk(test) if isinstance(part, a.Ref))
    return tuple(dict.fromkeys((*a.refs(*(tie.expr for tie in ties)), *in_grades, *in_tests)))


def points_over_rounds(nodes: Iterable[str], passes: Sequence[Pass]) -> Iterator[a.Step]:
    """Visit the steps of points weighted over passes, for nodes that are not scored in the last pass."""
    settled = {node.id for node in passes[-1].nodes}
    scored = {node.id for part in passes for node in part.nodes}
    for name in nodes:
        if name in scored - settled:
            yield a.Step(name, _weighed((part, a.Ref(part.at(name))) for part in passes if _has(part, name)))


def _has(part: Pass, node: str) -> bool:
    return any(inner.id == node for inner in part.nodes)


def _weighed(terms: Iterable[tuple[Pass, a.Expr]]) -> a.Expr:
    return a.Sum(tuple(a.Product(a.Const(part.share), term) for part, term in terms))


def verdict(
    rubric: Rubric, clauses: Sequence[OutsideCondition], passes: Sequence[Pass], *, interim: bool
) -> tuple[a.Step, ...]:
    """Return the steps of vetoes, of the total after them, of its rate (`interim`), and of the grade."""
    total: a.Expr = a.Ref(s.TOTAL)
    found = []
    for at, veto in enumerate(rubric.vetoes):
        ever = a.AnyHolds(tuple(_so(part.at(s.asked(("vetoes", at)))) for part in passes))
        found.append(a.Step(s.struck(at), a.Choice(ever, a.ONE, a.ZERO)))
        if veto.total is not None:
            total = a.Least(total, a.Choice(_so(s.struck(at)), a.Const(veto.total), a.Ref(s.TOTAL)))
    full = a.Ref(s.FULL)
    rate = a.Choice(a.Compare(full, "above", a.ZERO), a.Quotient(a.Ref(s.FINAL), full), a.ZERO)
    found += [a.Step(s.FINAL, total), *([a.Step(s.RATE, rate)] if interim else [])]
    return (*found, *(_grading(rubric, clauses, passes) if rubric.grades else ()))


def _so(step: str) -> a.Test:
    return a.Compare(a.Ref(step), "above", a.ZERO)


def _grading(rubric: Rubric, clauses: Sequence[OutsideCondition], passes: Sequence[Pass]) -> Iterator[a.Step]:
    """Visit the steps of the grade: the best whose conditions hold (the lowest has none), then lowered by vetoes.

    A veto never raises a grade; `none` is the place behind the last. Where grades have quotas, each grade has a step of
    its conditions, since units may be moved to a lower one.
    """
    best_first = best_grades(rubric.grades)
    place = {name: Fraction(at) for at, name in enumerate(best_first, start=1)}
    conditions = {clause.path for clause in clauses}
    figure = a.Ref(s.REPORTED if rubric.grades_on == "base" else s.FINAL)
    limited = any(grade.is_limited for grade in rubric.grades.values())
    earned: a.Expr = a.Const(place[best_first[-1]])
    for name in reversed(best_first[:-1]):
        grade = rubric.grades[name]
        own = tuple(_so(s.asked(path)) for path in [("grades", name)] if path in conditions)
        sections = tuple(_reaches(node, grade, passes) for node in grade.sections)
        meets: a.Test = a.AllHold((a.Compare(figure, grade.sense, a.Const(grade.least)), *own, *sections))
        if limited:
            yield a.Step(s.met(name), a.Choice(meets, a.ONE, a.ZERO))
            meets = _so(s.met(name))
        earned = a.Choice(meets, a.Const(place[name]), earned)
    yield a.Step(s.EARNED, earned)
    lowered: a.Expr = a.Ref(s.EARNED)
    for at, veto in enumerate(rubric.vetoes):
        if limit := veto.grade or veto.grade_at_most:
            worst = place.get(limit, Fraction(len(place) + 1))
            lowered = a.Most(lowered, a.Choice(_so(s.struck(at)), a.Const(worst), a.ZERO))
    yield a.Step(s.GRADE, lowered)


def _reaches(node: str, grade: Grade, passes: Sequence[Pass]) -> a.Test:
    return a.Compare(a.Ref(node), "at_least", minimum(node, grade, passes))


def minimum(node: str, grade: Grade, passes: Sequence[Pass]) -> a.Expr:
    """Return the minimum of a section for a grade: points, or a share of its maximum for the unit."""
    least = grade.sections[node]
    if not least.percent:
        return a.Const(least.value)
    dues = ((part, _due(part, node)) for part in passes if _has(part, node))
    return a.Product(a.Const(least.value), _weighed(dues))


def _due(part: Pass, name: str) -> a.Expr:
    node = next(node for node in part.nodes if node.id == name)
    scaled = any(step.name == s.due(node.id) for step in part.steps)
    return a.Ref(part.at(s.due(node.id))) if scaled else a.Const(node.max or Fraction(0))
