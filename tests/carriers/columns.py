"""The columnar carrier over units that are made ready, so that it can be held against the exact one step by step."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import polars as pl

from dangjian_score.columnar.amounts import LARGEST, Amount, Column, Layers, UnfitError
from dangjian_score.columnar.lowering import Scope
from dangjian_score.columnar.plan import planned
from dangjian_score.core.facts import Value
from dangjian_score.engine.compiled.layout import columns_of
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import Program

Ends = tuple[Fraction, Fraction]
"""The least and the most that a figure may be: the same but for those in fixed point."""


def figures(program: Program, units: Sequence[Mapping[str, Ready]]) -> dict[str, list[Ends | None]]:
    """Work out all steps of units, given by the keys of passes; None for units in doubt. Raises UnfitError."""
    series: dict[str, pl.Series] = {"·": pl.Series([0] * len(units))}
    scopes = {
        part.key: _scope(program, part.key, [unit[part.key] for unit in units], series) for part in program.passes
    }
    steps = [(step.name, part.key) for part in program.passes for step in (*part.steps, *program.asks[part.key])]
    wanted = [f"{name}{key}" for name, key in steps] + [step.name for step in (*program.closing, *program.verdict)]
    plan = planned(program, scopes, wanted, Layers())
    frame = plan.layers.applied(pl.LazyFrame(series))
    parts = plan.done
    chosen = [amount.column.expr.cast(pl.Int64).alias(f"{name} above") for name, amount in parts.items()]
    chosen += [
        amount.divisor.column.expr.cast(pl.Int64).alias(f"{name} below")
        for name, amount in parts.items()
        if amount.divisor is not None
    ]
    doubt = pl.any_horizontal(pl.lit(value=False), *plan.layers.doubts).fill_null(value=False).alias("doubt")
    made = frame.select(pl.col("·"), doubt, *chosen).collect()
    return {name: _values(made, name, amount) for name, amount in parts.items()}


def _values(made: pl.DataFrame, name: str, amount: Amount) -> list[Ends | None]:
    above = made[f"{name} above"].to_list()
    below = [1] * len(above) if amount.divisor is None else made[f"{name} below"].to_list()
    assert all(amount.least <= value <= amount.most for value in above if value is not None), name
    return [
        None
        if doubt
        else (Fraction(value, amount.over * divisor), Fraction(value + amount.width, amount.over * divisor))
        for value, divisor, doubt in zip(above, below, made["doubt"], strict=True)
    ]


def agree(exact: Sequence[Fraction], found: Sequence[Ends | None]) -> bool:
    """Return whether figures lie within the ends of those that are in no doubt."""
    return all(ends is None or ends[0] <= value <= ends[1] for value, ends in zip(exact, found, strict=True))


def _scope(program: Program, key: str, units: Sequence[Ready], series: dict[str, pl.Series]) -> Scope:
    part = next(part for part in program.passes if part.key == key)
    columns = columns_of(program, part)
    read, answers, entered, known = dict[str, Amount](), dict[str, str](), dict[str, str](), dict[str, Amount]()
    for measure in columns.measures:
        values = [unit.values.get(measure) for unit in units]
        name = f"{measure} of {key}"
        if None in values:
            entered[measure] = name
        if all(value is None or isinstance(value, Fraction) for value in values):
            read[measure] = _column(name, values, series)
            answers[measure] = name
        else:
            series[name] = pl.Series(values)
            answers[measure] = name
    for figure in columns.known:
        values = [unit.known.get(figure) for unit in units]
        if any(value is not None for value in values):
            known[figure] = _column(f"{figure} known {key}", values, series)
    return Scope(read, answers, entered, known, {})


def _column(name: str, values: Sequence[Value | None], series: dict[str, pl.Series]) -> Amount:
    held = [value for value in values if isinstance(value, Fraction)]
    over = lcm(*(value.denominator for value in held))
    whole = [int(value * over) if isinstance(value, Fraction) else None for value in values]
    there = [number for number in whole if number is not None] or [0]
    if max(map(abs, there)) > LARGEST:
        raise UnfitError("beyond 63 bits")
    series[name] = pl.Series(whole, dtype=pl.Int64)
    return Amount(Column(pl.col(name)), min(there), max(there), over)
