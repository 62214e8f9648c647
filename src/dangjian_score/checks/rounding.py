"""Decimals that a regulation does not speak of, and lines that are rounded though a grade may turn on it."""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from msgspec import Struct

from dangjian_score.checks.study import Study
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.points import decimals
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.lexicon import QUANTITY

_CHOICE: Final = 2
"""Grades of which one may be lost."""
_NAMED: Final = 5
"""Items that a finding names."""
_PER_CENT: Final = 2
"""Decimals that the sign % stands for."""


def check(study: Study) -> Iterator[Diagnostic]:
    """Ask for decimals that are not said; tell where lines are rounded, and a grade may turn on it."""
    document, program, rubric = study.loaded.document, study.program, study.loaded.rubric
    known, places = study.catalogue.measures, rubric.rounding.places
    if "rounding" not in rubric.model_fields_set:
        lines = _Decimals(known, rubric.total_places)
        if _divides(program) or any(lines.more(rule) for rule in program.rules):
            yield document.diagnostic(Code.ROUNDING_OPEN, (), places=str(rubric.total_places))
    marks = any(one.at_least is not None or one.below is not None for one in rubric.selections)
    if places is None or not (marks or len(rubric.grades) >= _CHOICE):
        return
    lines = _Decimals(known, places)
    cut = [node.id for node in program.nodes if any(lines.more(rule) for rule in node.rules)]
    if cut:
        nodes = "、".join(cut[:_NAMED]) + (" …" if len(cut) > _NAMED else "")
        yield document.diagnostic(Code.LINES_ROUNDED, ("rounding", "places"), places=str(places), nodes=nodes)


def _divides(program: Program) -> bool:
    """Tell whether sums of lines are weighed or scaled."""
    rubric = program.rubric
    if rubric.rounds is not None or rubric.reported_as is not None:
        return True
    return any(node.if_na == "rescale" or node.node.only for node in program.nodes if node.kind == "base")


class _Decimals(Struct, frozen=True):
    """Counts decimals where nobody enters more than `places`, which lines or the total are rounded to."""

    measures: Mapping[str, Measure]
    places: int

    def more(self, rule: RuleTree) -> bool:
        """Tell whether a line may come to more."""
        if isinstance(rule.basis, Judged) and rule.basis.combine is not None:
            return True
        needed = self.of(rule.before.of if isinstance(rule.before, a.Rounded) else rule.before)
        return needed is None or needed > self.places

    def of(self, expr: a.Expr) -> int | None:
        """Count those that a figure may have; None where it may never end. Events come in whole numbers."""
        if expr == QUANTITY:
            return 0
        match expr:
            case a.Const(value):
                return decimals(value)
            case a.Read():
                return self._entered(expr)
            case a.Sum() | a.Most() | a.Least() | a.Choice() | a.Named():
                below = [self.of(part) for part in a.children(expr) if not isinstance(part, a.Test)]
                return None if None in below else max((one for one in below if one is not None), default=0)
            case a.Product(left, right):
                one, other = self.of(left), self.of(right)
                return None if one is None or other is None else one + other
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
