"""The compiled carrier held against the exact one, step by step."""

from collections.abc import Iterator, Sequence

from dangjian_score.engine.compiled.carrier import compiled
from dangjian_score.engine.compiled.layout import OddCaseError, laid_out, names_of
from dangjian_score.engine.evaluate import evaluate
from dangjian_score.engine.prepare import Prepared
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import TOTAL
from dangjian_score.engine.verdict import FINAL
from dangjian_score.facts import UnitFacts


def differences(program: Program, units: Sequence[UnitFacts], prepared: Prepared) -> Iterator[tuple[str, bool]]:
    """Give for every step of every unit, all compiled and the totals alone, what it is and whether it is the same."""
    layouts, columns = {}, []
    for part in program.passes:
        names = names_of(program, part)
        layouts[part.key], rows = laid_out(names, [names.raw(r.values, r.known) for r in prepared.passes[part.key]])
        columns.append(rows)
    whole = compiled(program, layouts)
    totals = compiled(program, layouts, {TOTAL, FINAL, program.verdict[-1].name})
    for at, (unit, *rows) in enumerate(zip(units, *columns, strict=True)):
        if unit.unit in prepared.excluded:
            continue
        expected = evaluate(program, unit, prepared.of(at)).closed
        for one in (whole, totals):
            try:
                values = one.run(rows)
            except OddCaseError:
                yield f"{unit.unit}: odd", False
                continue
            assert {type(value) for value in values} == {int}
            for name in one.places:
                yield f"{unit.unit} {name}", one.figure(values, name) == expected[name]
        if set(whole.places) != set(expected):
            yield f"{unit.unit} {set(whole.places) ^ set(expected)}", False
