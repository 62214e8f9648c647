"""Where 不适用 was entered: whether the rubric lets it stand, and whether an item says so as a whole."""

from collections.abc import Iterator

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine import exact
from dangjian_score.engine.counting import Holding, Lacking
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.phrases import WholeSteps
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.totals import DUE, WHOLE, Pass
from dangjian_score.engine.trees import reads


def check(node: NodeTree, ready: Ready) -> Iterator[Diagnostic]:
    """Hold a leaf's entries against what it lets be 不适用, and against each other.

    Attributes may never be 不适用, nor what a group's own rules read.
    """
    for name in reads(*(tree for rule in node.rules for tree in rule.trees)):
        if name in ready.unit.inapplicable and (node.nodes or name in node.attributes):
            yield at_cell(Code.NOT_APPLICABLE, ready.unit.inapplicable[name], measure=name, found="不适用")
    inapplicable = [name for name in node.inputs if name in ready.unit.inapplicable]
    if node.present is None:
        for name in inapplicable:
            yield at_cell(Code.NOT_APPLICABLE, ready.unit.inapplicable[name], measure=name, found="不适用")
        return
    members = {name for rule in node.rules for name in _optional(rule)}
    entered = [name for name in node.inputs if name in ready.values]
    for name in inapplicable:
        if name not in members and entered:
            told = {"unit": ready.unit.unit, "measure": name, "node": node.id, "other": entered[0]}
            yield at_cell(Code.PARTLY_APPLICABLE, ready.unit.inapplicable[name], **told)


def _optional(rule: RuleTree) -> tuple[str, ...]:
    """Name the measures that only stand as members of a list: such a one may drop out alone."""
    counting = rule.basis.of if isinstance(rule.basis, WholeSteps) else rule.basis
    guarded = () if rule.guard is None else reads(rule.guard)
    if not isinstance(counting, Holding | Lacking):
        return ()
    return tuple(name for name in reads(*counting.tests) if name not in guarded)


def nothing_applies(part: Pass, ready: Ready) -> bool:
    """Tell whether no base item of a pass is for the unit, though there are some."""
    steps = [step for step in part.steps if step.name.endswith(DUE) or step.name == WHOLE]
    if not any(step.name == DUE for step in steps):
        return False
    done = exact.run(steps, ready.values, {})
    return done[DUE] == 0 and done[WHOLE] != 0
