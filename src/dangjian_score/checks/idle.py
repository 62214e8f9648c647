"""Cells that are filled in for units that no provision reading them applies to (`only`)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Cell, Evidence, Value
from dangjian_score.engine import exact
from dangjian_score.engine.prepare import Preparer
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass

_SHOWN: Final = 5
"""Cells that a note names."""


def check(program: Program, evidence: Evidence) -> Iterator[Diagnostic]:
    """Count the cells of each measure that are for units outside the scope of every rule that reads it."""
    idle: dict[str, dict[Cell, None]] = defaultdict(dict)
    for part in program.passes:
        scopes, preparer = _scopes(program, part), Preparer(program, part)
        units = evidence.units if scopes else ()
        for unit in (preparer.slice_of(unit) for unit in units if part.round is None or part.round in unit.rounds):
            values = unit.values
            for name, tests in scopes.items():
                if name in unit.facts and not any(_may_hold(test, values) for test in tests):
                    idle[name] |= dict.fromkeys(unit.facts[name].cells)
    for name, found in idle.items():
        first, *others = sorted(found)
        shown = [first.address, *(_beside(cell, first) for cell in others[: _SHOWN - 1])]
        more = "…" if len(found) > _SHOWN else ""
        yield at_cell(Code.OUT_OF_SCOPE, first, measure=name, count=str(len(found)), cells=" ".join(shown), more=more)


def _scopes(program: Program, part: Pass) -> Mapping[str, tuple[a.Test, ...]]:
    """Return the tests of the units that rules are for by the measures that they read.

    Measures that anything reads for all units are left out, and those that bound others.
    """
    scopes: dict[str, dict[a.Test, None]] = defaultdict(dict)
    bounds = {spec.at_most for spec in program.rubric.measures.values() if spec.at_most is not None}
    always = {*program.rubric.attributes, *bounds, *a.reads(*program.outside.values())}
    for rule in (rule for node in part.nodes for rule in node.rules):
        if rule.scope is None:
            always.update(a.reads(*rule.trees))
        else:
            for name in a.reads(*rule.trees):
                scopes[name][rule.scope] = None
    return {name: tuple(tests) for name, tests in scopes.items() if name not in always}


def _may_hold(test: a.Test, values: Mapping[str, Value]) -> bool:
    """Return whether units with these values are meant, or are missing an attribute, which is reported elsewhere."""
    return not values.keys() >= set(a.reads(test)) or exact.holds(test, values, {})


def _beside(cell: Cell, first: Cell) -> str:
    return cell.address if (cell.file, cell.sheet) == (first.file, first.sheet) else str(cell)
