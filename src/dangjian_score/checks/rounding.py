"""Decimals: rounding that a regulation leaves out, and lines that are rounded though a grade may depend on it."""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from msgspec import Struct

from dangjian_score.checks.study import Study
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.points import decimals
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.lexicon import QUANTITY

_CHOICE: Final = 2
"""Grades from which on rounding can decide between two."""
_NAMED: Final = 5
"""Items that a finding names."""
_PER_CENT: Final = 2
"""Decimals that the sign % stands for."""


def check(study: Study) -> Iterator[Diagnostic]:
    """Report a missing `rounding` where more decimals may occur, and rounded lines that a threshold may depend on."""
    rubric, rules = study.rubric, study.program.rules
    if "rounding" not in rubric.model_fields_set:
        entered = _Decimals(study.catalogue.measures, rubric.total_places)
        if _divides(study) or any(entered.exceeded(rule) for rule in rules):
            yield study.document.diagnostic(Code.ROUNDING_OPEN, (), places=str(rubric.total_places))
    places = rubric.rounding.places
    marks = any(selection.at_least is not None or selection.below is not None for selection in rubric.selections)
    if places is None or not (marks or len(rubric.grades) >= _CHOICE):
        return
    lines = _Decimals(study.catalogue.measures, places)
    cut = [node.id for node in study.program.nodes if any(lines.exceeded(rule) for rule in node.rules)]
    if cut:
        args = {"places": str(places), "nodes": "、".join(cut[:_NAMED]) + (" …" if len(cut) > _NAMED else "")}
        yield study.document.diagnostic(Code.LINES_ROUNDED, ("rounding", "places"), **args)


def _divides(study: Study) -> bool:
    """Return whether sums of lines are weighted or scaled."""
    rubric = study.rubric
    if rubric.rounds is not None or rubric.reported_as is not None:
        return True
    return any(node.if_na == "rescale" or node.node.only for node in study.program.nodes if node.kind == "base")


class _Decimals(Struct, frozen=True):
    """Counts the decimals of lines; evidence has at most `places`, to which lines or the total are rounded."""

    measures: Mapping[str, Measure]
    places: int

    def exceeded(self, rule: RuleTree) -> bool:
        """Return whether a rule's line may have more than `places` decimals."""
        if isinstance(rule.basis, Judged) and rule.basis.combine is not None:
            return True
        needed = self.of(rule.before.of if isinstance(rule.before, a.Rounded) else rule.before)
        return needed is None or needed > self.places

    def of(self, expr: a.Expr) -> int | None:
        """Return how many decimals a figure may have; None where they may never end. Events are whole numbers."""
        if expr == QUANTITY:
            return 0
        match expr:
            case a.Const(value):
                return decimals(value)
            case a.Read():
                return self._entered(expr)
            case a.Sum() | a.Most() | a.Least() | a.Choice() | a.Named():
                below = [self.of(part) for part in a.children(expr) if not isinstance(part, a.Test)]
                return None if None in below else max((places for places in below if places is not None), default=0)
            case a.Product(left, right):
                first, second = self.of(left), self.of(right)
                return None if first is None or second is None else first + second
            case a.Quotient(part, a.Const(value)):
                return self.of(a.Product(part, a.Const(1 / value)))
            case a.Tally(worth=of) | a.Grouped(each=of):
                return self.of(of)
            case a.Whole() | a.Placing():
                return 0
            case a.Rounded(places=places):
                return places
            case a.Ref():  # points of other items, rounded as this line is
                return self.places
            case a.Quotient() | a.Statistic():
                return None
            case _:
                assert_never(expr)

    def _entered(self, read: a.Read) -> int:
        kind = self.measures[read.measure].kind if read.measure in self.measures else read.kind
        match kind:
            case "number" | "score":
                return self.places
            case "percent":
                return self.places + _PER_CENT
            case "count" | "votes" | "date" | "yes_no" | "level" | "text":
                return 0
            case _:
                assert_never(kind)
