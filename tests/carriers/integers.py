"""A second carrier: the same trees lowered to integer arithmetic, as the text of one Python function.

An expression becomes two texts, of an integer numerator and of a denominator above 0. Denominators are known while the
text is made, but for what stands above a `Quotient`. It shares no arithmetic with `engine.exact`: no `Fraction` takes
part while the function runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, assert_never

from dangjian_score.engine.algebra import (
    AllHold,
    AnyHolds,
    Choice,
    Comparator,
    Compare,
    Const,
    Entered,
    Expr,
    Grouped,
    Is,
    Least,
    Most,
    Named,
    Not,
    Placing,
    Product,
    Quotient,
    Read,
    Ref,
    Rounded,
    Statistic,
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.program import Program
from dangjian_score.facts import Value, ballot
from dangjian_score.rubric.measures import MeasureKind

Pair = tuple[str, int | str]
"""Numerator and denominator; a denominator that is no number yet is an expression as well."""

Scaled = Mapping[str, bool | int | str]
Run = Callable[[Mapping[str, Value]], dict[str, tuple[int, int]]]

OPERATORS: Mapping[Comparator, str] = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<", "equals": "=="}


def compile_integers(program: Program) -> Run:
    """Make the function from one unit's facts to every step, as numerator and denominator."""
    known = catalogue(program)
    votes = {ballot(measure, level): 1 for measure, levels in known.ballots.items() for level in levels}
    scales = {name: _scale(measure.kind) for name, measure in known.measures.items()} | votes
    namespace: dict[str, Any] = {"half_up": half_up}
    exec(source(program, scales), namespace)  # noqa: S102  the text is made below, names are quoted
    generated: Callable[[Scaled], dict[str, tuple[int, int]]] = namespace["run"]
    return lambda values: generated({name: _scaled(value, scales[name]) for name, value in values.items()})


def source(program: Program, scales: Mapping[str, int]) -> str:
    """Write the function: two assignments a step."""
    lowering = _Lowering(scales, {})
    lines = ["def run(v):"]
    for at, step in enumerate(program.steps):
        numerator, denominator = lowering.number(step.expr)
        lines += [f"    n{at} = {numerator}", f"    d{at} = {denominator}"]
        lowering.done[step.name] = (f"n{at}", denominator if isinstance(denominator, int) else f"d{at}")
    pairs = ", ".join(f"{step.name!r}: (n{at}, d{at})" for at, step in enumerate(program.steps))
    return "\n".join([*lines, f"    return {{{pairs}}}", ""])


def half_up(numerator: int, denominator: int, scale: int) -> int:
    """Round to whole parts of `scale`, half away from zero."""
    parts, rest = divmod(abs(numerator) * scale, denominator)
    parts += rest * 2 >= denominator
    return -parts if numerator < 0 else parts


def _scale(kind: MeasureKind) -> int:
    return 1 if kind in ("count", "date") else 10**6


def _scaled(value: Value, scale: int) -> bool | int | str:
    if not isinstance(value, Fraction):
        return value
    if scale % value.denominator:
        raise ValueError(value)
    return value.numerator * (scale // value.denominator)


@dataclass(frozen=True, slots=True)
class _Lowering:
    scales: Mapping[str, int]
    done: dict[str, Pair]

    def number(self, expr: Expr) -> Pair:
        match expr:
            case Const(value):
                return f"({value.numerator})", value.denominator
            case Read(measure):
                # Read where it stands: an assessor's figure that is not due is not there.
                return f"v[{measure!r}]", self.scales[measure]
            case Ref(step):
                return self.done[step]
            case Sum(terms):
                numerators, denominator = _common([self.number(term) for term in terms])
                return f"({' + '.join(numerators) or 0})", denominator
            case Product(left, right):
                (a, b), (c, d) = self.number(left), self.number(right)
                return f"({a} * {c})", _times(b, d)
            case Quotient(part, whole):
                (a, b), (c, d) = self.number(part), self.number(whole)
                return f"({a} * {d})", f"({b} * {c})"
            case Most(left, right) | Least(left, right):
                numerators, denominator = _common([self.number(left), self.number(right)])
                return f"{'max' if isinstance(expr, Most) else 'min'}({', '.join(numerators)})", denominator
            case Choice(test, then, otherwise):
                return self._choice(self.test(test), self.number(then), self.number(otherwise))
            case Whole(of):
                numerator, denominator = self.number(of)
                return f"({numerator} // {denominator})", 1
            case Named(of=of):
                return self.number(of)
            case Tally(name) | Grouped(name) | Statistic(name) | Placing(name):
                return f"v[{name!r}]", self.scales[name]
            case Rounded(of, places):
                numerator, denominator = self.number(of)
                return f"half_up({numerator}, {denominator}, {10**places})", 10**places
            case _:
                assert_never(expr)

    def test(self, test: Test) -> str:
        match test:
            case Yes(measure):
                return f"(v[{measure!r}] is True)"
            case Is(measure, level):
                return f"(v[{measure!r}] == {level!r})"
            case Entered(measure):
                return f"({measure!r} in v)"
            case Compare(left, how, right):
                (a, b), (c, d) = self.number(left), self.number(right)
                return f"({a} * {d} {OPERATORS[how]} {c} * {b})"
            case AllHold(tests):
                return f"({' and '.join(map(self.test, tests)) or True})"
            case AnyHolds(tests):
                return f"({' or '.join(map(self.test, tests)) or False})"
            case Not(one):
                return f"(not {self.test(one)})"
            case _:
                assert_never(test)

    def _choice(self, test: str, then: Pair, otherwise: Pair) -> Pair:
        if isinstance(then[1], int) and isinstance(otherwise[1], int):
            (one, other), denominator = _common([then, otherwise])
            return f"({one} if {test} else {other})", denominator
        # A denominator that is worked out may be 0 where it is not chosen, so it is chosen as well.
        return f"({then[0]} if {test} else {otherwise[0]})", f"({then[1]} if {test} else {otherwise[1]})"


def _times(left: int | str, right: int | str) -> int | str:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return f"({left} * {right})"


def _common(pairs: list[Pair]) -> tuple[list[str], int | str]:
    """Bring fractions to one denominator: the least where all are known, else the product."""
    known = [denominator for _, denominator in pairs if isinstance(denominator, int)]
    if len(known) == len(pairs):
        least = lcm(*known)
        return [f"{numerator} * {least // each}" for (numerator, _), each in zip(pairs, known, strict=True)], least
    product: int | str = 1
    for _, denominator in pairs:
        product = _times(product, denominator)
    others = [[d for at, (_, d) in enumerate(pairs) if at != mine] for mine in range(len(pairs))]
    return [" * ".join(map(str, (n, *rest))) for (n, _), rest in zip(pairs, others, strict=True)], product
