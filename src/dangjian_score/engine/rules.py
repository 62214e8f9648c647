"""Each kind of rule, once: the model's class → a tree that says what it costs or earns, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import assert_never

from dangjian_score.engine import phrases
from dangjian_score.engine.algebra import (
    ZERO,
    AllHold,
    AnyHolds,
    Choice,
    Comparator,
    Compare,
    Const,
    Expr,
    Is,
    Least,
    Not,
    Product,
    Read,
    ReadingKind,
    Rounded,
    Sum,
    Test,
    Yes,
)
from dangjian_score.engine.phrases import Phrase
from dangjian_score.rubric.conditions import AllOf, AnyOf, Comparators, NotOf, Term
from dangjian_score.rubric.fields import All, Quantity
from dangjian_score.rubric.rules import (
    AnyRule,
    Counted,
    Each,
    EachMissing,
    Flat,
    Forfeit,
    Judge,
    Per,
    PerMissing,
    PerOver,
    Ratio,
    Tiers,
    Verb,
)


@dataclass(frozen=True, slots=True)
class RuleTree:
    """One rule of one node, as trees.

    `before` and `points` are what it moves before and after its own cap, signed and rounded; `forfeits` is when it
    takes everything; `price` is what one time costs, where there are times.
    """

    name: str
    verb: Verb
    basis: Phrase
    guard: Test | None
    price: Fraction | None
    cap: Fraction | None
    note: str | None
    before: Expr
    points: Expr
    forfeits: Test | None

    @property
    def trees(self) -> tuple[Expr | Test, ...]:
        """Everything the rule asks of the evidence."""
        return (
            self.before,
            *([self.guard] if self.guard else []),
            *([self.forfeits] if self.forfeits else []),
        )


def build(rule: AnyRule, name: str, places: int) -> RuleTree:
    """Make a rule's trees; `places` are the decimals of a line."""
    guard, basis = _guard(rule), phrase(rule)
    price = rule.price if isinstance(rule, Flat | Counted) else None
    amount = basis.expr if price is None else Product(Const(price), basis.expr)
    capped = amount if rule.up_to is None else Least(amount, Const(rule.up_to))
    return RuleTree(
        name=name,
        verb=rule.verb,
        basis=basis,
        guard=guard,
        price=price,
        cap=rule.up_to,
        note=rule.note,
        before=_moved(rule.verb, guard, amount, places),
        points=_moved(rule.verb, guard, capped, places),
        forfeits=_forfeits(rule, basis, guard),
    )


def phrase(rule: AnyRule) -> Phrase:
    """Say what a rule's amount depends on."""
    match rule:
        case Flat() | Forfeit():
            return phrases.Once()
        case Per() | PerMissing() | PerOver() | Each() | EachMissing():
            counted = _counting(rule)
            return counted if rule.every is None else phrases.Steps(counted, rule.every.value, rule.steps or "whole")
        case Tiers():
            return _tiers(rule)
        case Ratio():
            kind = _kind(rule.ratio + rule.of)
            return phrases.Share(rule.price, _added(rule.ratio, kind), _added(rule.of, kind), rule.beyond)
        case Judge():
            return phrases.Judged(rule.judge, *rule.range)
        case _:
            assert_never(rule)


def _counting(rule: Per | PerMissing | PerOver | Each | EachMissing) -> phrases.Counting:
    every = () if rule.every is None else (rule.every,)
    match rule:
        case Per(per=counted):
            return phrases.Times(_added(counted, _kind(counted + every)))
        case PerMissing(per_missing=have, of=of):
            kind = _kind(have + of + every)
            return phrases.Missing(_added(of, kind), _added(have, kind))
        case PerOver(per_over=have, of=of):
            kind = _kind(have + of + every)
            return phrases.Over(_added(of, kind), _added(have, kind))
        case Each(each=members):
            return phrases.Holding(tuple(condition(member) for member in members))
        case EachMissing(each_missing=members):
            return phrases.Lacking(tuple(condition(member) for member in members))
        case _:
            assert_never(rule)


def _tiers(rule: Tiers) -> Phrase:
    value = next(getattr(rule, key) for key in Tiers.SENSES if getattr(rule, key) is not None)
    entries = sorted(
        ((key.value, None if isinstance(entry, All) else entry) for key, entry in rule.entries.items()),
        key=lambda entry: entry[0],
        reverse=rule.sense in ("at_least", "above"),
    )
    kind = _kind((*value, *rule.entries))
    return phrases.Tiers(_added(value, kind), rule.sense, tuple(entries), rule.else_ or Fraction(0))


def _kind(terms: Iterable[Term]) -> ReadingKind:
    """Tell what figures beside these numbers are: per cents beside per cents, whole ones beside whole ones."""
    numbers = [term for term in terms if isinstance(term, Quantity)]
    if any(number.percent for number in numbers):
        return "percent"
    return "count" if all(number.value.denominator == 1 for number in numbers) else "number"


def _added(terms: tuple[Term, ...], kind: ReadingKind) -> Expr:
    """Add up what a basis names; one term stands as it is."""
    added = tuple(Const(term.value) if isinstance(term, Quantity) else Read(term, kind) for term in terms)
    return added[0] if len(added) == 1 else Sum(added)


def _moved(verb: Verb, guard: Test | None, amount: Expr, places: int) -> Expr:
    """What a line says: signed, nothing where the guards do not let it, rounded once."""
    if verb == "forfeit":
        return ZERO
    signed = Product(Const(Fraction(-1)), amount) if verb == "deduct" else amount
    return Rounded(signed if guard is None else Choice(guard, signed, ZERO), places)


def _forfeits(rule: AnyRule, basis: Phrase, guard: Test | None) -> Test | None:
    if isinstance(rule, Forfeit):
        return guard or AllHold(())
    if isinstance(basis, phrases.Tiers) and (within := basis.takes_all):
        return within if guard is None else AllHold((guard, within))
    return None


def _guard(rule: AnyRule) -> Test | None:
    tests = [] if rule.if_ is None else [condition(rule.if_)]
    tests += [] if rule.unless is None else [Not(condition(rule.unless))]
    return AllHold(tuple(tests)) if len(tests) > 1 else tests[0] if tests else None


def condition(said: object) -> Test:
    """Turn a condition of the model into a test."""
    match said:
        case str():
            return Yes(said)
        case AllOf(all=members):
            return AllHold(tuple(condition(member) for member in members))
        case AnyOf(any=members):
            return AnyHolds(tuple(condition(member) for member in members))
        case NotOf(not_=member):
            return Not(condition(member))
        case dict():
            ((measure, comparand),) = said.items()
            return _comparison(measure, comparand)
        case _:
            raise TypeError(said)


_BOUNDS: tuple[Comparator, ...] = ("at_least", "at_most", "above", "below")


def _comparison(measure: str, comparand: object) -> Test:
    if not isinstance(comparand, Comparators):
        return _equals(measure, comparand)
    bounds = ((how, getattr(comparand, how)) for how in _BOUNDS)
    tests: list[Test] = [
        Compare(Read(measure, _kind((bound,))), how, Const(bound.value)) for how, bound in bounds if bound is not None
    ]
    if comparand.equals is not None:
        tests.append(_equals(measure, comparand.equals))
    if comparand.one_of is not None:
        tests.append(AnyHolds(tuple(_equals(measure, one) for one in comparand.one_of)))
    if comparand.before is not None:
        tests.append(Compare(Read(measure, "date"), "below", _day(comparand.before)))
    if comparand.after is not None:
        tests.append(Compare(Read(measure, "date"), "above", _day(comparand.after)))
    return tests[0] if len(tests) == 1 else AllHold(tuple(tests))


def _equals(measure: str, value: object) -> Test:
    match value:
        case bool():
            return Yes(measure) if value else Not(Yes(measure))
        case Quantity():
            return Compare(Read(measure, _kind((value,))), "equals", Const(value.value))
        case date():
            return Compare(Read(measure, "date"), "equals", _day(value))
        case _:
            return Is(measure, str(value))


def _day(day: date) -> Const:
    return Const(Fraction(day.toordinal()))
