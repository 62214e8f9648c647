"""不适用: cells that are blank for a reason, beside the columns that they stand in, and where that is an error."""

from collections.abc import Iterable, Iterator, Sequence

import polars as pl
from msgspec.structs import replace

from dangjian_score.checks.sound import demanded
from dangjian_score.columnar.amounts import Amount, Column, Layers
from dangjian_score.columnar.lowering import ColumnLowering, Scope
from dangjian_score.columnar.values import flag
from dangjian_score.core import algebra as a
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.step_names import waived
from dangjian_score.engine.totals import Pass


def is_flagged(scope: Scope, measure: str) -> bool:
    """Return whether a measure is 不适用 for any unit."""
    return flag(measure) in scope.answers


def with_waived(part: Pass, scope: Scope, layers: Layers) -> Scope:
    """Let a pass read for which nodes a unit entered 不适用 and nothing else: 1 for these, else 0."""
    lowering, known = ColumnLowering(scope, layers), dict(scope.known)
    for node in part.nodes:
        flagged = [name for name in node.inputs if is_flagged(scope, name)]
        if flagged and node.takes_blanks and node.present is not None:
            entered = a.AnyHolds(tuple(map(a.Entered, node.inputs)))
            test = lowering.answer(a.AllHold((a.Not(entered), _any(flagged))))
            expr = test.expr.fill_null(value=False).cast(pl.Int64)
            known[waived(node.id)] = Amount(Column(expr, test.column.layer, test.column.size + 1), 0, 1)
    return replace(scope, known=known)


def sound(part: Pass, asked: Iterable[RuleDemands], scope: Scope) -> Iterator[a.Test]:
    """Build the tests that rules whose measures may be 不适用 have all they demand, and that no 不适用 is an error."""
    for demands in asked:
        flagged = [name for name in demands.measures if is_flagged(scope, name)]
        members = demands.rule.optional.intersection(flagged)
        plain = demanded(part, (replace(demands, optional=demands.optional | members),), (), (), ())
        met = a.AllHold((plain, *map(_told, sorted(members))))
        idle = _idle(demands, flagged)
        yield met if idle is None else a.AnyHolds((met, idle))
    for node in part.nodes:
        wrong = (*_refused(node, scope), *_partly(node, scope))
        if wrong:
            applies = () if node.applies is None else (_meets(node.applies),)
            yield a.Not(a.AllHold((*applies, a.AnyHolds(wrong))))


def _told(measure: str) -> a.Test:
    """Return the test that a measure is entered or 不适用."""
    return a.AnyHolds((a.Entered(measure), a.Yes(flag(measure))))


def _any(measures: Sequence[str]) -> a.Test:
    return a.AnyHolds(tuple(a.Yes(flag(name)) for name in measures))


def _meets(test: a.Test) -> a.Test:
    """Return the test that what a condition reads is entered, and that it holds."""
    return a.AllHold((*map(a.Entered, a.reads(test)), test))


def _idle(demands: RuleDemands, flagged: Sequence[str]) -> a.Test | None:
    """Build the test that a rule is not evaluated since all that it lacks is 不适用."""
    applies = demands.rule.applies
    if applies is None:
        return None
    asked = (name for name in demands.measures if name not in demands.optional)
    there = (_told(name) if name in flagged else a.Entered(name) for name in asked)
    return a.AllHold((_any(flagged), *there, a.Not(applies)))


def _refused(node: NodeTree, scope: Scope) -> Iterator[a.Test]:
    """Build the tests that 不适用 stands where a node does not allow it."""
    for rule in node.rules:
        allowed = frozenset(node.inputs) if node.present is not None and not node.nodes else frozenset()
        read = [name for name in a.reads(*rule.trees) if name not in allowed and is_flagged(scope, name)]
        if read:
            scoped = () if rule.scope is None else (_meets(rule.scope),)
            yield a.AllHold((*scoped, _any(read)))


def _partly(node: NodeTree, scope: Scope) -> Iterator[a.Test]:
    """Build the test that 不适用 stands beside other entries of a leaf; members of sums may be left out."""
    members = {name for rule in node.rules for name in rule.optional}
    flagged = [name for name in node.inputs if name not in members and is_flagged(scope, name)]
    if flagged and node.present is not None:
        yield a.AllHold((a.AnyHolds(tuple(map(a.Entered, node.inputs))), _any(flagged)))


def reads_flagged(rule: RuleTree, scope: Scope) -> bool:
    """Return whether a measure that a rule reads is 不适用 for any unit."""
    return any(is_flagged(scope, name) for name in a.reads(*rule.trees))
