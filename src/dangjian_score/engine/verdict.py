"""What follows from the points, as steps: conditions outside the sections, the total after vetoes, the grade.

A condition is a step of 1 or 0 in each pass it may hold in; a grade is the number of its place, the best first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.algebra import (
    ONE,
    ZERO,
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Entered,
    Expr,
    Least,
    Most,
    Product,
    Ref,
    Step,
    Sum,
    Test,
)
from dangjian_score.engine.totals import REPORTED, TOTAL, Pass
from dangjian_score.engine.trees import reads, walk
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import Grade

FINAL, EARNED, GRADE = ":final", ":grade earned", ":grade"
"""Names of steps: the total after vetoes, the grade's place before and after them."""
_ASKED = ":asked "

Path = tuple[str | int, ...]


class Clause(Struct, frozen=True):
    """A condition outside the sections (不参评, 一票否决, 等次, 评优); `path` is its place in the YAML.

    `test` reads points of nodes over all rounds, `rounds` are the same condition with the points of each round.
    """

    test: Test
    path: Path
    rounds: Mapping[str, Test]

    @property
    def in_any(self) -> Test:
        """Test that it holds with the points of some round."""
        tests = self._apart
        return tests[0] if len(tests) == 1 else AnyHolds(tests)

    @property
    def in_every(self) -> Test:
        """Test that it holds with the points of every round."""
        tests = self._apart
        return tests[0] if len(tests) == 1 else AllHold(tests)

    @property
    def _apart(self) -> tuple[Test, ...]:
        """Give what the rounds ask; once, where all ask the same."""
        return tuple(dict.fromkeys(self.rounds.values())) or (self.test,)


def asked(path: Path) -> str:
    """Name the step that tells whether a condition holds on the evidence of a pass."""
    return f"{_ASKED}{' '.join(map(str, path))}"


def is_asked(step: str) -> bool:
    """Tell the steps of conditions from others."""
    return step.startswith(_ASKED)


def struck(at: int) -> str:
    """Name the step that tells whether a veto holds in any pass."""
    return f":veto {at}"


def best_grades(grades: Mapping[str, Grade]) -> list[str]:
    """Name the grades, best first."""
    return sorted(grades, key=lambda name: grades[name].at_least, reverse=True)


def asks(clauses: Iterable[Clause], round_: str | None) -> Iterator[Step]:
    """Ask the conditions of one pass: vetoes in each, grades and selections of the last, which is over all evidence.

    There a veto holds with the points of any round, what a grade or selection asks for with those of every round.
    Exclusions are asked before anything is scored.
    """
    for clause in clauses:
        match clause.path[0]:
            case "vetoes":
                test = clause.in_any if round_ is None else clause.rounds[round_]
                yield Step(asked(clause.path), _met(test))
            case "grades" | "selections" if round_ is None:
                yield Step(asked(clause.path), _met(clause.in_every))
            case _:
                pass


def _met(test: Test) -> Expr:
    """Tell whether a condition is answered by what was entered, and holds."""
    entered = tuple(Entered(measure) for measure in reads(test))
    met = Choice(test, ONE, ZERO)
    return Choice(AllHold(entered), met, ZERO) if entered else met


def looked_at(rubric: Rubric, clauses: Iterable[Clause]) -> tuple[str, ...]:
    """Name the nodes whose points, over all rounds, are looked at once more: by ties, grades, conditions."""
    in_grades = (node for grade in rubric.grades.values() for node in grade.sections)
    tests = (clause.in_every for clause in clauses)
    in_tests = (part.step for test in tests for part in walk(test) if isinstance(part, Ref))
    return tuple(dict.fromkeys((*rubric.tie_break, *in_grades, *in_tests)))


def points_over_rounds(nodes: Iterable[str], passes: Sequence[Pass]) -> Iterator[Step]:
    """Weigh points of nodes over the passes they are scored in; those of the last pass are what they are."""
    settled = {node.id for node in passes[-1].nodes}
    scored = {node.id for part in passes for node in part.nodes}
    for name in nodes:
        if name in scored - settled:
            yield Step(name, _weighed((part, Ref(part.at(name))) for part in passes if _has(part, name)))


def _has(part: Pass, node: str) -> bool:
    return any(one.id == node for one in part.nodes)


def _weighed(terms: Iterable[tuple[Pass, Expr]]) -> Expr:
    return Sum(tuple(Product(Const(part.share), term) for part, term in terms))


def verdict(rubric: Rubric, clauses: Sequence[Clause], passes: Sequence[Pass]) -> tuple[Step, ...]:
    """Apply vetoes: the total first, then the grade."""
    vetoes = enumerate(rubric.vetoes)
    total: Expr = Ref(TOTAL)
    for at, veto in vetoes:
        if veto.total is not None:
            total = Least(total, Choice(_so(struck(at)), Const(veto.total), Ref(TOTAL)))
    found = tuple(Step(struck(at), _ever(asked(("vetoes", at)), passes)) for at in range(len(rubric.vetoes)))
    return (*found, Step(FINAL, total), *(_grading(rubric, clauses, passes) if rubric.grades else ()))


def _so(step: str) -> Test:
    return Compare(Ref(step), "above", ZERO)


def _ever(step: str, passes: Iterable[Pass]) -> Expr:
    return Choice(AnyHolds(tuple(_so(part.at(step)) for part in passes)), ONE, ZERO)


def _grading(rubric: Rubric, clauses: Sequence[Clause], passes: Sequence[Pass]) -> Iterator[Step]:
    """Find the best grade that is reached and whose own conditions hold (the lowest asks for nothing), then lower it.

    A veto never raises it; one that leaves none puts it behind the last.
    """
    best_first = best_grades(rubric.grades)
    place = {name: Fraction(at) for at, name in enumerate(best_first, start=1)}
    conditions = {clause.path for clause in clauses}
    figure = Ref(REPORTED if rubric.grades_on == "base" else FINAL)
    earned: Expr = Const(place[best_first[-1]])
    for name in reversed(best_first[:-1]):
        grade = rubric.grades[name]
        own = tuple(_so(asked(path)) for path in [("grades", name)] if path in conditions)
        sections = tuple(_reaches(node, grade, passes) for node in grade.sections)
        reached = Compare(figure, "at_least", Const(grade.at_least))
        earned = Choice(AllHold((reached, *own, *sections)), Const(place[name]), earned)
    yield Step(EARNED, earned)
    lowered: Expr = Ref(EARNED)
    for at, veto in enumerate(rubric.vetoes):
        if limit := veto.grade or veto.grade_at_most:
            worst = place.get(limit, Fraction(len(place) + 1))
            lowered = Most(lowered, Choice(_so(struck(at)), Const(worst), ZERO))
    yield Step(GRADE, lowered)


def _reaches(node: str, grade: Grade, passes: Sequence[Pass]) -> Test:
    return Compare(Ref(node), "at_least", minimum(node, grade, passes))


def minimum(node: str, grade: Grade, passes: Sequence[Pass]) -> Expr:
    """Give what a grade asks of a section: points, or a share of what it carries for the unit."""
    least = grade.sections[node]
    if not least.percent:
        return Const(least.value)
    due = ((part, _due(part, node)) for part in passes if _has(part, node))
    return Product(Const(least.value), _weighed(due))


def _due(part: Pass, name: str) -> Expr:
    node = next(node for node in part.nodes if node.id == name)
    scaled = any(step.name == node.due for step in part.steps)
    return Ref(part.at(node.due)) if scaled else Const(node.max or Fraction(0))
