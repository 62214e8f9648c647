"""The law that every point a base item lacks is lost or not earned, in a line with its reason."""

from fractions import Fraction

from dangjian_score.engine.result import NodeResult, Result

NOTHING = Fraction(0)


def assert_all_accounted_for(result: Result) -> None:
    """Check all nodes of all units."""
    for unit in result.units:
        for _, section in unit.trace().sections():
            _assert_below(section, counts=True)


def _assert_below(node: NodeResult, *, counts: bool) -> None:
    """Check a node and those below it; those that others of their group are better than lack nothing."""
    if counts:
        assert_accounted_for(node)
    else:
        assert all(line.missing == 0 for line in node.lines)
    passed_over = {id_ for line in node.lines if line.verb == "best" for id_ in line.titles}
    for lower in node.nodes:
        _assert_below(lower, counts=counts and lower.id not in passed_over)


def assert_accounted_for(node: NodeResult) -> None:
    """Check a node: max − points = lost + not earned − gained beyond the maximum ± limits. Others than items pass."""
    if node.kind != "base" or node.nodes or not node.applies:
        assert all(line.missing == 0 for line in node.lines)
        return
    due = node.due or NOTHING
    awards = [line for line in node.lines if line.verb == "award"]
    others = sum((line.points for line in node.lines if line.verb != "award"), NOTHING)
    awarded = sum((line.points for line in awards), NOTHING)
    not_earned = sum((line.missing for line in node.lines), NOTHING)
    gap = max(NOTHING, due - node.start)
    beyond = max(NOTHING, awarded - gap)
    assert due - node.points == not_earned - beyond - others + (due - node.start - gap)
    assert not_earned == max(NOTHING, gap - awarded)
    assert all(line.missing > 0 or line.verb == "beyond" for line in node.lines if line.missing)
    offers = [line for line in node.lines if line.verb in ("beyond", "unoffered")]
    assert len(offers) <= 1
    assert all(line.because is not None for line in node.lines if line.missing and line not in offers)
