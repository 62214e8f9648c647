"""What a regulation leaves open: ties, rounding, figures of our own, clauses that nothing stands for."""

from collections.abc import Iterator
from typing import Final, assert_never

from dangjian_score.checks.clauses import uncovered
from dangjian_score.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.algebra import (
    Choice,
    Const,
    Expr,
    Grouped,
    Least,
    Most,
    Named,
    Placing,
    Product,
    Quotient,
    Read,
    Ref,
    Rounded,
    Statistic,
    Sum,
    Tally,
    Test,
    Whole,
)
from dangjian_score.engine.lexicon import QUANTITY
from dangjian_score.engine.lookups import Judged
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.trees import parts
from dangjian_score.points import decimals
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import Exclusion, Selection, Veto


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    yield from _ties(loaded)
    yield from _rounding(loaded, program)
    yield from _assumed(loaded, program)
    yield from _clauses(loaded, program)


def _ties(loaded: Loaded) -> Iterator[Diagnostic]:
    rubric = loaded.rubric
    limited = [at for at, one in enumerate(rubric.selections) if one.quota is not None or one.places is not None]
    if limited and not rubric.tie_break:
        titles = "、".join(rubric.selections[at].title for at in limited)
        yield loaded.document.diagnostic(Code.TIES_OPEN, ("selections", limited[0]), titles=titles)


def _rounding(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Ask for decimals that are not said; tell where lines are rounded, and a grade may turn on it."""
    rubric = loaded.rubric
    if "rounding" not in rubric.model_fields_set and _may_round(program):
        yield loaded.document.diagnostic(Code.ROUNDING_OPEN, (), places=str(rubric.total_places))
    places = rubric.rounding.places
    if places is None or len(rubric.grades) < _CHOICE:
        return
    cut = [node.id for node in program.nodes if any(_gives_more(rule, places) for rule in node.rules)]
    if cut:
        told = {"places": str(places), "nodes": "、".join(cut[:_NAMED]) + (" …" if len(cut) > _NAMED else "")}
        yield loaded.document.diagnostic(Code.LINES_ROUNDED, ("rounding", "places"), **told)


_CHOICE: Final = 2
"""Grades of which one may be lost."""
_NAMED: Final = 5
"""Items that a finding names."""


def _may_round(program: Program) -> bool:
    """Tell whether figures may come out with more decimals than the total keeps."""
    rubric = program.rubric
    if rubric.rounds is not None or rubric.reported_as is not None:
        return True
    if any(node.if_na == "rescale" or node.node.only for node in program.nodes if node.kind == "base"):
        return True
    return any(_gives_more(rule, rubric.total_places) for rule in program.rules)


def _gives_more(rule: RuleTree, places: int) -> bool:
    """Tell whether a line may come to more than so many decimals, though nobody enters more."""
    if isinstance(rule.basis, Judged) and rule.basis.combine is not None:
        return True
    before = rule.before.of if isinstance(rule.before, Rounded) else rule.before
    needed = _decimals(before, places)
    return needed is None or needed > places


def _decimals(expr: Expr, entered: int) -> int | None:
    """Count the decimals that a figure may have, of figures entered with so many; None where it may never end.

    Events come in whole numbers. Points of other items have as many decimals as the line is rounded to.
    """
    if expr == QUANTITY:
        return 0
    match expr:
        case Const(value):
            return decimals(value)
        case Read(kind="count" | "date"):
            return 0
        case Read(kind=kind):
            return entered + (_PER_CENT if kind == "percent" else 0)
        case Sum() | Most() | Least() | Choice() | Named():
            below = [_decimals(part, entered) for part in parts(expr) if not isinstance(part, Test)]
            return None if None in below else max((one for one in below if one is not None), default=0)
        case Product(left, right):
            one, other = _decimals(left, entered), _decimals(right, entered)
            return None if one is None or other is None else one + other
        case Quotient(part, Const(value)):
            return _decimals(Product(part, Const(1 / value)), entered)
        case Tally(worth=of) | Grouped(each=of):
            return _decimals(of, entered)
        case Whole() | Placing():
            return 0
        case Rounded(places=places):
            return places
        case Ref():
            return entered
        case Quotient() | Statistic():
            return None
        case _:
            assert_never(expr)


_PER_CENT: Final = 2
"""Decimals that the sign % stands for."""


def _assumed(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    paths: dict[Path, str] = {}
    for node in program.nodes:
        if node.node.assumed:
            paths[*node.path, "assumed"] = node.id
        for at, rule in enumerate(node.node.rules):
            if rule.assumed:
                paths[*node.path, "rules", at] = node.id
    if paths:
        first, *others = paths
        told = {"count": str(len(paths)), "nodes": "、".join(dict.fromkeys(paths.values()))}
        yield loaded.document.beside(loaded.document.diagnostic(Code.FIGURES_ASSUMED, first, **told), others)


def _clauses(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Hold the clauses that the source declares against those that something stands for."""
    rubric = loaded.rubric
    if rubric.source is None or rubric.source.clauses is None:
        return
    others: tuple[Exclusion | Veto | Selection, ...] = (*rubric.excluded, *rubric.vetoes, *rubric.selections)
    sources = [*(node.node.source for node in program.nodes), *(one.source for one in others)]
    named = [source.clause for source in sources if source is not None and source.clause is not None]
    missing = uncovered(rubric.source.clauses, named)
    if missing:
        path = ("source", "clauses")
        yield loaded.document.diagnostic(Code.CLAUSES_UNCOVERED, path, missing="、".join(missing))
