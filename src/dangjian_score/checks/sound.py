"""A compiled test that a unit has all that the plain rules of a pass demand; others are checked one by one.

Rules that depend on events, other units or other items are left to `engine.demands`, as are figures of assessors and
不适用.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import UnitFacts
from dangjian_score.engine.compiled.carrier import compiled_test
from dangjian_score.engine.compiled.layout import OddCaseError, Raw, Row, RowColumns, columns_read, laid_out
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import Preparer
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.by import Graded, Leveled
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed

_PANELS: Final = (Trimmed, ByCategory)
"""Ways of combining for which it matters how many assessors there are, or which."""


def is_plain(asked: RuleDemands) -> bool:
    """Return whether a rule depends on the unit's own entries alone, not on who gave them or on how many there are."""
    basis = asked.rule.basis
    of_panels = isinstance(basis, Graded) or (isinstance(basis, Assessed) and isinstance(basis.combine, _PANELS))
    return not (asked.late or asked.figures or of_panels)


def demanded(
    part: Pass,
    asked: Iterable[RuleDemands],
    entered: Iterable[str],
    wholes: Iterable[a.Expr],
    limits: Iterable[tuple[str, str]],
) -> a.Test:
    """Build the test that a unit has all that rules demand; `asked` are those that may be told by a test.

    `entered` are measures that are required whatever rules say; `wholes` are divisors outside the sections; `limits`
    are pairs of a measure and another one that it may not exceed.
    """
    return a.AllHold(
        (
            *map(a.Entered, entered),
            *(above(whole) for whole in wholes if not a.figures(whole)),
            *(_within(name, most) for name, most in limits),
            *map(_met, asked),
            _carries(part),
        )
    )


def sound(test: a.Test, preparer: Preparer, units: Sequence[UnitFacts]) -> list[bool]:
    """Return for each unit whether the test holds; False for a unit with 不适用 or figures of assessors."""
    columns = columns_read((test,))
    met = surely(test, columns, [preparer.raw(unit, columns, {}) for unit in units])
    return [_is_usual(unit) and holds for unit, holds in zip(map(preparer.slice_of, units), met, strict=True)]


def surely(test: a.Test, columns: RowColumns, raw: Sequence[Raw]) -> list[bool]:
    """Return for each row whether a test holds, by compiling it; False where the compiled test cannot tell."""
    layout, rows = laid_out(columns, raw)
    holds = compiled_test(test, layout)

    def met(row: Row) -> bool:
        try:
            return holds(row)
        except OddCaseError:
            return False

    return [met(row) for row in rows]


def _is_usual(unit: UnitFacts) -> bool:
    return not (unit.inapplicable or unit.assessed or unit.absences)


def above(whole: a.Expr) -> a.Test:
    """Build the test that a divisor is above 0."""
    return a.Compare(whole, "above", a.ZERO)


def _within(name: str, most: str) -> a.Test:
    """Build the test that a measure is no more than another one, where both are entered."""
    both = (a.Not(a.Entered(name)), a.Not(a.Entered(most)))
    return a.AnyHolds((*both, a.Compare(a.Read(name, "number"), "at_most", a.Read(most, "number"))))


def _met(asked: RuleDemands) -> a.Test:
    """Build the test that a rule has all it demands, as `RuleDemands.unmet` tells, or is not for the unit."""
    rule, basis = asked.rule, asked.rule.basis
    judged = basis.measure if isinstance(basis, Assessed) else None
    demands: list[a.Test] = [
        a.Entered(name) for name in asked.measures if (name != judged or asked.always) and name not in asked.optional
    ]
    demands += map(above, asked.early)
    if isinstance(basis, Assessed):
        demands.append(_judged(basis, asked))
    else:
        listed = (basis.listed,) if isinstance(basis, Leveled) and basis.listed is not None else ()
        demands.append(_unless_idle(asked, (*map(above, asked.wholes), *listed)))
    idle = tuple(a.Not(test) for test in (rule.scope, rule.entered) if test is not None)
    met = a.AllHold(tuple(demands))
    return a.AnyHolds((*idle, met)) if idle else met


def _unless_idle(asked: RuleDemands, tests: tuple[a.Test, ...]) -> a.Test:
    """Build the test that tests hold, or that the rule does not apply, whatever the points of other items are."""
    if not tests or asked.may_apply is None:
        return a.AllHold(tests)
    return a.AnyHolds((a.Not(asked.may_apply), a.AllHold(tests)))


def _judged(basis: Assessed, asked: RuleDemands) -> a.Test:
    """Build the test that an assessor's figure lies in its range where it is due, and is 0 or absent elsewhere."""
    entered, figure = a.Entered(basis.measure), a.Read(basis.measure, "score")
    least, most = a.Const(basis.least), a.Const(basis.most)
    within = a.AllHold((entered, a.Compare(figure, "at_least", least), a.Compare(figure, "at_most", most)))
    guard = asked.may_apply
    if guard is None:
        return within
    needless = a.AllHold(()) if asked.late else a.AnyHolds((a.Not(entered), a.Compare(figure, "equals", a.ZERO)))
    return a.AnyHolds((a.AllHold((guard, within)), a.AllHold((a.Not(guard), needless))))


def _carries(part: Pass) -> a.Test:
    """Build the test that some base item is for the unit, of each factor of a product, where there are any."""
    if not any(section.kind == "base" for section in part.sections) or any(node.horizon for node in part.sections):
        return a.AllHold(())
    base = [section for section in part.sections if section.kind == "base"]
    if part.rubric.product is not None:
        return a.AllHold(tuple(_applies([factor]) for factor in base))
    return _applies(base)


def _applies(sections: Iterable[NodeTree]) -> a.Test:
    """Build the test that some item of base sections is for the unit."""
    leaves = [node for section in sections for node in section.below() if not node.nodes and node.max]
    tests = (a.both(leaf.applies, leaf.present if leaf.if_na == "rescale" else None) for leaf in leaves)
    return a.AnyHolds(tuple(test or a.AllHold(()) for test in tests))
