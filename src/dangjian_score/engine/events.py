"""What a rule takes of registers: which events it keeps, and what each is worth."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from dangjian_score.engine.algebra import (
    ONE,
    ZERO,
    AnyHolds,
    Choice,
    Const,
    Expr,
    Is,
    Named,
    Product,
    Quotient,
    Read,
    Sum,
    Tally,
    Test,
    Yes,
    both,
)
from dangjian_score.engine.conditions import condition
from dangjian_score.engine.lexicon import COLUMNS, QUANTITY, Lexicon
from dangjian_score.engine.lookups import Leveled, Priced
from dangjian_score.rubric.conditions import Term
from dangjian_score.rubric.counting import By, KeptEvents, Per, Weighed
from dangjian_score.rubric.fields import All

LEVEL = "级别"
"""The column of a register that tells an event's level."""


def split(terms: tuple[Term, ...], names: Lexicon) -> tuple[tuple[str, ...], tuple[Term, ...]]:
    """Tell the registers among an operand's terms from the rest."""
    registers = tuple(term for term in terms if isinstance(term, str) and term in names.registers)
    return registers, tuple(term for term in terms if term not in registers)


def events(rule: KeptEvents, name: str, registers: tuple[str, ...]) -> Expr:
    """Count the events that a rule keeps; those of `per` in whole prices: one that costs twice the price is two."""
    if not isinstance(rule, Per):
        return _named(registers, _tally(rule, name, registers, QUANTITY))
    tally = _tally(rule, name, registers, _worth(rule, Const(rule.price)), _known_levels(rule))
    return _named(registers, Product(Const(1 / unit_price(rule)), tally))


def _named(registers: tuple[str, ...], counted: Expr) -> Expr:
    return Named("、".join(registers), "count", counted)


def unit_price(rule: Per) -> Fraction:
    """Say what one event costs; of events that cost nothing but what is added, a point."""
    price: Fraction = rule.price
    return price or Fraction(1)


def leveled(rule: By, measures: tuple[str, ...]) -> Leveled:
    """Write out a table over the levels of measures, or of a register's columns."""
    return Leveled(measures, tuple(_entries(rule, measures)), rule.else_)


def priced(rule: By, name: str) -> Priced:
    """Price each event by its level."""
    table = leveled(rule, (LEVEL, *rule.by[1:]))
    tally = _tally(rule, name, rule.by[:1], _worth(rule, table.expr), both(table.listed, _known_levels(rule)))
    if table.takes_all is None:
        return Priced(tally, table, None)
    return Priced(tally, table, _tally(rule, f"{name} all", rule.by[:1], Choice(table.takes_all, ONE, ZERO)))


def _tally(rule: KeptEvents, name: str, registers: tuple[str, ...], worth: Expr, listed: Test | None = None) -> Tally:
    where = None if rule.where is None else condition(rule.where, COLUMNS)
    return Tally(f":{name}", registers, where, worth, rule.highest_per, listed)


def _worth(rule: Weighed, amount: Expr) -> Expr:
    """Price one event: (amount + Σ plus) × Π times ÷ divided_by × 数量."""
    added = tuple(Choice(Yes(column), Const(more), ZERO) for column, more in (rule.plus or {}).items())
    worth: Expr = Sum((amount, *added)) if added else amount
    for column, factor in (rule.times or {}).items():
        worth = Product(worth, _factor(column, factor))
    if rule.divided_by is not None:
        worth = Quotient(worth, Read(rule.divided_by, "number"))
    return Product(worth, QUANTITY)


def _known_levels(rule: Weighed) -> Test | None:
    """Test that every table of `times` has an answer."""
    tables = ((column, factor) for column, factor in (rule.times or {}).items() if isinstance(factor, Mapping))
    return both(*(AnyHolds(tuple(Is(column, level) for level in table)) for column, table in tables))


def _factor(column: str, factor: Fraction | Mapping[str, Fraction] | str) -> Expr:
    match factor:
        case str():  # `value`: the column's own figure
            return Read(column, "number")
        case Mapping():
            chosen: Expr = ONE
            for level, by in reversed(list(factor.items())):
                chosen = Choice(Is(column, level), Const(by), chosen)
            return chosen
        case _:
            return Choice(Yes(column), Const(factor), ONE)


def _entries(rule: By, measures: tuple[str, ...]) -> Iterator[tuple[Test, Fraction | None]]:
    for level, entry in rule.price.items():
        first = Is(measures[0], level)
        if len(measures) == 1:
            yield first, None if isinstance(entry, All) else entry
        else:
            for second, points in entry.items():
                test = both(first, Is(measures[1], second))
                assert test is not None  # noqa: S101  of two tests that are there
                yield test, None if isinstance(points, All) else points
