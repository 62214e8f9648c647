"""What is wrong with a regulation that the model alone cannot see: its tree, its sums, its measures, its grades."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from dangjian_score.checks import (
    formulas,
    grades,
    measures,
    nodes,
    openness,
    reach,
    references,
    rounding,
    rounds,
    tables,
)
from dangjian_score.checks.study import Study
from dangjian_score.diagnostics import Code, Diagnostic, Path, Severity
from dangjian_score.points import plain
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import Node
from dangjian_score.rubric.source import SourceTree, placed

MAX_PARTS: Final = 80_000
"""Parts of all trees, in which a term stands wherever it is looked at: ten times those of a regulation of 500 items."""


def check(study: Study) -> tuple[Diagnostic, ...]:
    """Find all of it, in the order of the text. Where something is wrong, nothing less is said of the same place."""
    loaded, program = study.loaded, study.program
    if next(islice(program.parts(), MAX_PARTS, None), None) is not None:
        return (loaded.document.at_key(Code.TOO_LARGE, ("sections",), limit="parts", most=str(MAX_PARTS)),)
    found = {
        *nodes.check(loaded, program),
        *measures.check(loaded, program, study.names),
        *references.check(loaded, program),
        *formulas.check(loaded, program),
        *grades.check(loaded, program),
        *reach.check(loaded, program, study.names),
        *tables.check(loaded, program, study.names),
        *openness.check(loaded, program),
        *rounding.check(study),
        *_total(loaded),
        *_limits(loaded),
        *_comments(loaded.document),
        *rounds.check(loaded),
    }
    wrong = {one.path for one in found if one.severity is Severity.ERROR}
    holding = {path[:steps] for path in wrong for steps in range(len(path) + 1)}
    kept = (one for one in found if one.severity is Severity.ERROR or not _overlaps(one.path, wrong, holding))
    return tuple(sorted(kept, key=lambda one: one.sort_key))


def _overlaps(path: Path, others: set[Path], holding: set[Path]) -> bool:
    """Tell whether a place is `holding` one of the others, or lies in one; what is said of the whole does not."""
    return bool(path) and (path in holding or any(path[:steps] in others for steps in range(len(path))))


def _total(loaded: Loaded) -> Iterator[Diagnostic]:
    """Hold the base sections against the declared total."""
    rubric = loaded.rubric
    base: dict[Path, Node] = {("sections", at): one for at, one in enumerate(rubric.sections) if one.kind == "base"}
    if rubric.total is not None and base:
        yield from nodes.sums(loaded, base, rubric.total, ("total",))


def _limits(loaded: Loaded) -> Iterator[Diagnostic]:
    """Hold the total's own floor and ceiling against each other."""
    floor, ceiling = loaded.rubric.floor, loaded.rubric.ceiling
    if floor != "none" and ceiling != "none" and floor > ceiling:
        crossed = {"floor": plain(floor), "ceiling": plain(ceiling)}
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, ("ceiling",), **crossed)


def _comments(document: SourceTree) -> Iterator[Diagnostic]:
    """Say of comments right behind values that they are no part of them."""
    for path, comment in document.comments.items():
        place, order = placed(document.file, comment.spot), (comment.spot.line, comment.spot.column)
        yield Diagnostic(Code.COMMENT_IN_VALUE, place, (("comment", comment.text),), order, path=path)
