"""What is wrong with a regulation that the model alone cannot see: its tree, its sums, its measures, its grades."""

from collections.abc import Iterator

from dangjian_score.checks import measures, nodes
from dangjian_score.diagnostics import Code, Diagnostic
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.points import plain
from dangjian_score.rubric.load import Loaded


def check(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Find all of it, in the order of the text."""
    program = compile_rubric(loaded.rubric)
    found = (
        *nodes.check(loaded, program),
        *measures.check(loaded, program),
        *_grades(loaded),
        *_total(loaded, program),
        *_limits(loaded),
    )
    return tuple(sorted(set(found), key=lambda one: one.sort_key))


def _total(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Hold the base sections against the declared total."""
    base = [section for section in program.sections if section.kind == "base"]
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
    """Demand one grade that starts at 0, and no two that start alike."""
    first: dict[object, str] = {}
    for name, least in loaded.rubric.grades.items():
        if first.setdefault(least, name) != name:
            yield loaded.document.diagnostic(
                Code.GRADE_BOTTOM,
                ("grades", name),
                what="alike",
                grade=name,
                other=first[least],
                least=plain(least),
            )
    if first and min(loaded.rubric.grades.values()) != 0:
        name = min(loaded.rubric.grades, key=lambda one: loaded.rubric.grades[one])
        start = plain(loaded.rubric.grades[name])
        yield loaded.document.diagnostic(
            Code.GRADE_BOTTOM, ("grades", name), what="bottom", grade=name, other="", least=start
        )
