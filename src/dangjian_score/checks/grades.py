"""Grades and thresholds: one that starts at 0, no two alike, in order, and within reach."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.points import plain
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import best_grades
from dangjian_score.rubric.load import Loaded


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    yield from _bottom(loaded)
    yield from _order(loaded)
    yield from _reach(loaded, program)


def _bottom(loaded: Loaded) -> Iterator[Diagnostic]:
    """Demand one grade that starts at 0 and asks for nothing else, and no two that start alike."""
    grades, first = loaded.rubric.grades, dict[object, str]()
    for name, grade in grades.items():
        if (other := first.setdefault(grade.at_least, name)) != name:
            yield loaded.document.beside(_grade(loaded, name, "alike", other), [("grades", other)])
    for name in best_grades(grades)[-1:]:
        if grades[name].at_least != 0:
            yield _grade(loaded, name, "bottom")
        if not grades[name].is_plain:
            yield _grade(loaded, name, "conditions")


def _grade(loaded: Loaded, name: str, what: str, other: str = "") -> Diagnostic:
    least = plain(loaded.rubric.grades[name].at_least)
    return loaded.document.diagnostic(
        Code.GRADE_BOTTOM, ("grades", name), what=what, grade=name, other=other, least=least
    )


def _order(loaded: Loaded) -> Iterator[Diagnostic]:
    """Find grades that are not written from the best to the worst, or the other way round."""
    starts = [(name, grade.at_least) for name, grade in loaded.rubric.grades.items()]
    falling = not starts or starts[0][1] >= starts[-1][1]
    for (before, one), (name, other) in pairwise(starts):
        if one != other and (one > other) != falling:
            told = {"grade": name, "least": plain(other), "other": before, "first": plain(one)}
            yield loaded.document.at_key(Code.GRADES_DISORDER, ("grades", name), **told)


def _reach(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find thresholds above anything a unit can get."""
    rubric, nodes = loaded.rubric, {node.id: node for node in program.nodes}
    most = _most(loaded, program, with_extras=rubric.grades_on == "total")
    for name, grade in rubric.grades.items():
        yield from _beyond(loaded, ("grades", name), grade.at_least, most)
        for section, asked in grade.sections.items():
            carried = nodes[section].ceiling if section in nodes else None
            bound = Fraction(1) if asked.percent else carried
            yield from _beyond(loaded, ("grades", name, "sections", section), asked.value, bound)
    total = _most(loaded, program, with_extras=True)
    for at, selection in enumerate(rubric.selections):
        if selection.at_least is not None:
            yield from _beyond(loaded, ("selections", at, "at_least"), selection.at_least, total)


def _beyond(loaded: Loaded, path: Path, asked: Fraction, most: Fraction | None) -> Iterator[Diagnostic]:
    if most is not None and asked > most:
        yield loaded.document.diagnostic(Code.NEVER_REACHED, path, asked=plain(asked), most=plain(most))


def _most(loaded: Loaded, program: Program, *, with_extras: bool) -> Fraction | None:
    """Give the most a unit's total can be; None where nothing caps it."""
    rubric = loaded.rubric
    base = [node.ceiling for node in program.sections if node.kind == "base"]
    extras = [node.ceiling for node in program.sections if node.kind in ("bonus", "adjust")] if with_extras else []
    known = [end for end in (*base, *extras) if end is not None]
    if len(known) < len(base) + len(extras) or (rubric.rounds is not None and _adds_up(loaded)):
        return None
    scaled = rubric.reported_as if rubric.reported_as is not None and base else sum(known[: len(base)], Fraction(0))
    most = sum(known[len(base) :], scaled)
    return most if rubric.ceiling == "none" else min(most, rubric.ceiling)


def _adds_up(loaded: Loaded) -> bool:
    """Tell whether rounds are added up, so that there is more to get than in one."""
    return getattr(loaded.rubric.rounds, "combine", None) == "sum"
