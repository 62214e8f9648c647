"""Conditions and figures in words, with or without the facts of one unit."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import assert_never

from dangjian_score.core.algebra import (
    ONE,
    ZERO,
    AllHold,
    AnyHolds,
    Choice,
    Compare,
    Const,
    Entered,
    Expr,
    Is,
    Named,
    Not,
    Placing,
    Product,
    Quotient,
    Read,
    Statistic,
    Sum,
    Tally,
    Test,
    Yes,
    walk,
)
from dangjian_score.core.facts import Value
from dangjian_score.core.points import percent, plain, readable
from dangjian_score.rubric.lexicon import QUANTITY
from dangjian_score.words.say import Words

SIGNS = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<", "equals": "="}

Known = Callable[[Expr], str | None]
"""Gives what a figure comes to for the unit that is spoken of; None where no unit is."""


def nobody(_: Expr) -> None:
    """Speak of no unit."""


class Writer:
    """Writes conditions and figures; `known` adds what they come to."""

    def __init__(self, words: Words, known: Known = nobody) -> None:
        self._words, self._known = words, known

    def say(self, key: str, **args: str) -> str:
        """Fill a line's template."""
        return self._words.text(f"line.{key}", **args)

    def figure(self, expr: Expr) -> str:
        """Name a figure and say what it comes to: “会议缺席次数 2”."""
        if isinstance(expr, Sum):
            return " + ".join(self.figure(term) for term in expr.terms)
        value = self._known(expr)
        return self.name(expr) if value is None else f"{self.name(expr)} {value}"

    def name(self, expr: Expr) -> str:
        """Name a figure."""
        match expr:
            case Read(measure) | Named(name=measure):
                return measure
            case Const(value):
                return plain(value)
            case Statistic(which=which, measure=measure):
                return self.say(which, measure=measure)
            case Placing(of=of):
                return self.say("place", measure=self.name(of))
            case Sum(terms):
                return " + ".join(map(self.name, terms))
            case Tally(registers=registers):
                return self.say("comma").join(registers)
            case _ if expr == QUANTITY:
                return self.say("quantity")
            case Product(left, right):
                return f"{self._factor(left)} × {self._factor(right)}"
            case Quotient(part, whole):
                return f"{self._factor(part)} ÷ {self._factor(whole)}"
            case Choice(test, then, otherwise) if otherwise in (ZERO, ONE):
                return self.say("where", value=self.name(then), test=self.test(test))
            case Choice(test, then, otherwise):
                told = {"value": self.name(then), "test": self.test(test), "other": self.name(otherwise)}
                return self.say("choice", **told)
            case _:
                return " + ".join(dict.fromkeys(self.name(part) for part in walk(expr) if isinstance(part, Read)))

    def _factor(self, expr: Expr) -> str:
        text = self.name(expr)
        return f"({text})" if isinstance(expr, Sum) else text

    def test(self, test: Test) -> str:
        """Say a condition, with the figures it looked at."""
        match test:
            case Yes(measure):
                return measure
            case Is(measure, level):
                return f"{measure}{self.say('colon')}{level}"
            case Entered(measure):
                return self.say("entered", measure=measure)
            case Compare(Named(of=Tally(where=where)) as events, "above", Const(least)) if least == 0:
                told = "" if where is None else self.say("of which", test=self.test(where))
                return self.say("some", events=self.figure(events), told=told)
            case Compare(left, how, Const(bound)):
                return f"{self.figure(left)} {SIGNS[how]} {shown(bound, kind_of(left))}"
            case Compare(left, how, right):
                return f"{self.figure(left)} {SIGNS[how]} {self.figure(right)}"
            case AllHold(tests):
                return self.say("and").join(self._part(one, AnyHolds) for one in tests) or self.say("always")
            case AnyHolds(tests):
                return self._any(tests)
            case Not(Yes(measure)):
                return self.say("no", measure=measure)
            case Not(one):
                return self.say("not", test=self.test(one))
            case _:
                assert_never(test)

    def _part(self, test: Test, other: type[AllHold | AnyHolds]) -> str:
        """Say a member of a list; one that joins its own members by the other word goes into brackets."""
        text = self.test(test)
        return self.say("bracketed", text=text) if isinstance(test, other) and len(test.tests) > 1 else text

    def _any(self, tests: tuple[Test, ...]) -> str:
        """Say alternatives; levels of one measure are named in one breath."""
        measures = {test.measure for test in tests if isinstance(test, Is)}
        if len(measures) == 1 and all(isinstance(test, Is) for test in tests):
            levels = self.say("comma").join(test.level for test in tests if isinstance(test, Is))
            return f"{measures.pop()}{self.say('colon')}{levels}"
        return self.say("or").join(self._part(one, AllHold) for one in tests)


def kind_of(expr: Expr) -> str:
    """Tell what kind of figure it is, for writing one down."""
    kinds = {part.kind for part in walk(expr) if isinstance(part, Read | Named | Statistic)}
    top = expr.kind if isinstance(expr, Read | Named | Statistic) else None
    return top or ("percent" if "percent" in kinds else "date" if "date" in kinds else "number")


def shown(value: Value, kind: str) -> str:
    """Write a value down."""
    if not isinstance(value, Fraction):
        return str(value)
    match kind:
        case "percent":
            return percent(value)
        case "date":
            return date.fromordinal(int(value)).isoformat()
        case _:
            return readable(value)
