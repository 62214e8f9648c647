"""The compiled carrier held against the exact one, step by step."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.compiled.carrier import Compiled, compiled
from dangjian_score.engine.compiled.layout import OddCaseError, Row, columns_of, laid_out
from dangjian_score.engine.evaluate import evaluate
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import Program
from dangjian_score.engine.step_names import FINAL, TOTAL


class Agreed(Struct, frozen=True):
    """How many values are the same, for how many units neither carrier has any, and what is not the same."""

    same: int
    odd: int
    wrong: tuple[str, ...]


def agreement(program: Program, units: Sequence[Mapping[str, Ready]]) -> Agreed:
    """Compile a program for units, given by the keys of passes: all steps, and what the total and the last step need.

    Both are held against what is evaluated exactly. A figure that is not there has to be noticed by both carriers.
    """
    layouts, columns = {}, []
    for part in program.passes:
        read = columns_of(program, part)
        mine = [unit[part.key] for unit in units]
        layouts[part.key], rows = laid_out(read, [read.raw(ready.values, ready.known) for ready in mine])
        columns.append(rows)
    whole = compiled(program, layouts)
    total = compiled(program, layouts, {TOTAL, FINAL, program.verdict[-1].name})
    compared = [_compared(program, unit, rows, (whole, total)) for unit, rows in _together(units, columns)]
    return Agreed(
        same=sum(len(steps) for steps in compared if steps is not None),
        odd=compared.count(None),
        wrong=tuple(text for steps in compared if steps is not None for text in steps if text),
    )


def _together(
    units: Sequence[Mapping[str, Ready]], columns: Sequence[Sequence[Row]]
) -> Iterator[tuple[Mapping[str, Ready], tuple[Row, ...]]]:
    return zip(units, zip(*columns, strict=True), strict=True)


def _compared(
    program: Program, unit: Mapping[str, Ready], rows: Sequence[Row], carriers: tuple[Compiled, Compiled]
) -> list[str] | None:
    """Give a text for each value: empty where it is the same. None where neither carrier has values."""
    whole, total = (_values(carrier, rows) for carrier in carriers)
    try:
        exact = evaluate(program, unit[""].unit, unit).closed
    except (KeyError, ZeroDivisionError, TypeError):
        return None if whole is None else ["a value where there is none"]
    if whole is None or total is None or whole.keys() != exact.keys():
        return ["no value, or of other steps"]
    pairs = [(name, value) for values in (whole, total) for name, value in values.items()]
    return ["" if exact[name] == value else f"{name}: {value}, not {exact[name]}" for name, value in pairs]


def _values(carrier: Compiled, rows: Sequence[Row]) -> dict[str, Fraction] | None:
    try:
        values = carrier.run(rows)
    except OddCaseError:
        return None
    assert {type(value) for value in values} == {int}
    return {name: carrier.figure(values, name) for name in carrier.places}
