"""What is wrong with a regulation that the model alone cannot see: its tree, its sums, its measures, its grades."""

from collections.abc import Iterator
from fractions import Fraction

from dangjian_score.checks import formulas, measures, nodes, references
from dangjian_score.diagnostics import Code, Diagnostic
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.standing import best_grades
from dangjian_score.points import percent, plain
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import Combined, weights_of


def check(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Find all of it, in the order of the text."""
    program = compile_rubric(loaded.rubric)
    found = (
        *nodes.check(loaded, program),
        *measures.check(loaded, program),
        *references.check(loaded, program),
        *formulas.check(loaded, program),
        *_grades(loaded),
        *_total(loaded),
        *_limits(loaded),
        *_rounds(loaded),
    )
    return tuple(sorted(set(found), key=lambda one: one.sort_key))


def _total(loaded: Loaded) -> Iterator[Diagnostic]:
    """Hold the base sections against the declared total."""
    base = [section for section in loaded.rubric.sections if section.kind == "base"]
    wrong = None if loaded.rubric.total is None else nodes.differing_sum(base, loaded.rubric.total)
    if wrong is not None:
        yield loaded.document.diagnostic(Code.SUM_DIFFERS, ("total",), at_key=False, **wrong)


def _limits(loaded: Loaded) -> Iterator[Diagnostic]:
    """Hold the total's own floor and ceiling against each other."""
    floor, ceiling = loaded.rubric.floor, loaded.rubric.ceiling
    if floor != "none" and ceiling != "none" and floor > ceiling:
        crossed = {"floor": plain(floor), "ceiling": plain(ceiling)}
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, ("ceiling",), at_key=False, **crossed)


def _grades(loaded: Loaded) -> Iterator[Diagnostic]:
    """Demand one grade that starts at 0 and asks for nothing else, and no two that start alike."""
    grades, first = loaded.rubric.grades, dict[object, str]()
    for name, grade in grades.items():
        if first.setdefault(grade.at_least, name) != name:
            yield _grade(loaded, name, "alike", first[grade.at_least])
    for name in best_grades(grades)[-1:]:
        if grades[name].at_least != 0:
            yield _grade(loaded, name, "bottom")
        if not grades[name].is_plain:
            yield _grade(loaded, name, "conditions")


def _grade(loaded: Loaded, name: str, what: str, other: str = "") -> Diagnostic:
    least = plain(loaded.rubric.grades[name].at_least)
    path = ("grades", name)
    return loaded.document.diagnostic(Code.GRADE_BOTTOM, path, what=what, grade=name, other=other, least=least)


def _rounds(loaded: Loaded) -> Iterator[Diagnostic]:
    """Demand that weighted rounds make up the whole."""
    rounds = loaded.rubric.rounds
    if rounds is None or isinstance(rounds, Combined):
        return
    for name, one in rounds.items():
        if one.weight is None:
            yield loaded.document.diagnostic(Code.KEY_MISSING, ("rounds", name), key="weight")
    added = sum(weights_of(rounds).values(), Fraction(0))
    if added != 1 and all(one.weight is not None for one in rounds.values()):
        yield loaded.document.diagnostic(Code.WEIGHTS_DIFFER, ("rounds",), at_key=True, added=percent(added))
