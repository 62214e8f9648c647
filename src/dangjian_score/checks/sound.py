"""Units that a pass finds nothing to ask of: one compiled test of all that rules demand, so that few are looked at.

What rests on events, on other units or on other items is left to `demands`, as are entries of assessors and 不适用.
"""

from collections.abc import Iterable, Iterator, Sequence

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import UnitFacts
from dangjian_score.engine.compiled.carrier import compiled_test
from dangjian_score.engine.compiled.layout import OddCaseError, Raw, Row, RowColumns, columns_read, laid_out
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.prepare import Preparer
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.by import Leveled
from dangjian_score.rubric.kinds.judge import Judged


def is_plain(asked: RuleDemands) -> bool:
    """Tell whether a rule rests on what is entered of the unit alone; a trimmed mean rests on how many gave figures."""
    basis = asked.rule.basis
    trimmed = isinstance(basis, Judged) and basis.combine == "trimmed_mean"
    return not (asked.late or asked.figures or trimmed)


def demanded(part: Pass, asked: Iterable[RuleDemands], entered: Iterable[str], wholes: Iterable[a.Expr]) -> a.Test:
    """Test that nothing is missing that plain rules demand of a unit.

    `entered` are measures that are asked for whatever rules say; `wholes` are divided by outside the sections.
    """
    return a.AllHold(
        (
            *map(a.Entered, entered),
            *(above(whole) for whole in wholes if not a.figures(whole)),
            *(_met(one) for one in asked if is_plain(one)),
            _carries(part),
        )
    )


def sound(test: a.Test, preparer: Preparer, units: Sequence[UnitFacts]) -> list[bool]:
    """Tell for each unit whether it has all that is demanded; of one with unusual entries nobody can tell so."""
    columns = columns_read((test,))
    met = surely(test, columns, [preparer.raw(unit, columns, {}) for unit in units])
    return [_is_usual(unit) and one for unit, one in zip(map(preparer.slice_of, units), met, strict=True)]


def surely(test: a.Test, columns: RowColumns, raw: Sequence[Raw]) -> list[bool]:
    """Tell for each of many whether a test holds, by compiling it; False too where that does not answer."""
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
    """Test that what is divided by is something."""
    return a.Compare(whole, "above", a.ZERO)


def _met(asked: RuleDemands) -> a.Test:
    """Test that a rule has all it demands, or is not for the unit."""
    rule, basis = asked.rule, asked.rule.basis
    judged = basis.measure if isinstance(basis, Judged) else None
    demands: list[a.Test] = [a.Entered(measure) for measure in asked.measures if measure != judged]
    demands += map(above, asked.wholes)
    if isinstance(basis, Judged):
        demands.append(_judged(basis, rule.guard))
    if isinstance(basis, Leveled) and basis.listed is not None:
        demands.append(basis.listed)
    met = a.AllHold(tuple(demands))
    return met if rule.scope is None else a.AnyHolds((a.Not(rule.scope), met))


def _judged(basis: Judged, guard: a.Test | None) -> a.Test:
    """Test that a figure lies in its range where it is due, and is not there where it is not."""
    entered, figure = a.Entered(basis.measure), a.Read(basis.measure, "score")
    within = a.AllHold(
        (
            entered,
            a.Compare(figure, "at_least", a.Const(basis.least)),
            a.Compare(figure, "at_most", a.Const(basis.most)),
        )
    )
    return (
        within if guard is None else a.AnyHolds((a.AllHold((guard, within)), a.AllHold((a.Not(guard), a.Not(entered)))))
    )


def _carries(part: Pass) -> a.Test:
    """Test that some base item is for the unit, where there are any."""
    return (
        a.AnyHolds(tuple(_tests(part))) if any(section.kind == "base" for section in part.sections) else a.AllHold(())
    )


def _tests(part: Pass) -> Iterator[a.Test]:
    for leaf in (node for node in part.nodes if node.kind == "base" and not node.nodes and node.max):
        yield a.both(leaf.applies, leaf.present if leaf.if_na == "rescale" else None) or a.AllHold(())
