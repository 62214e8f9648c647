"""Conditions and figures in words, with the values of one unit or without."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Literal, assert_never

from dangjian_score.core import algebra as a
from dangjian_score.core.facts import Value
from dangjian_score.core.points import approximate, percent, plain, readable
from dangjian_score.rubric.lexicon import QUANTITY
from dangjian_score.words.say import Words, day_text, share_text

Known = Callable[[a.Expr], str | None]
"""Returns the value of a figure for one unit, as text; None where there is no unit, or no value."""


def _no_unit(_: a.Expr) -> None:
    """Return no value: there is no unit."""


class Writer:
    """Writes conditions and figures; `known` adds their values."""

    def __init__(self, words: Words, known: Known = _no_unit) -> None:
        self._words, self._known = words, known

    def say(self, key: str, **args: str) -> str:
        """Fill the text `line.key`."""
        return self._words.text(f"line.{key}", **args)

    def figure(self, expr: a.Expr) -> str:
        """Return the name of a figure with its value: “会议缺席次数 2”."""
        if isinstance(expr, a.Sum):
            return " + ".join(self.figure(term) for term in expr.terms)
        value = self._known(expr)
        return self.name(expr) if value is None else f"{self.name(expr)} {value}"

    def amount(self, value: Value, beside: a.Expr) -> str:
        """Return a value of a figure with its counter (“4 次”, “95%”), a day written out."""
        if kind_of(beside) == "date" and isinstance(value, Fraction):
            return day_text(date.fromordinal(int(value)), self._words)
        text, word = shown(value, kind_of(beside)), self.counter(beside)
        return self.say("amount", number=text, word=word) if word and isinstance(value, Fraction) else text

    def required(self, value: Fraction, beside: a.Expr) -> str:
        """Return a number of the regulation that a figure is set against: “4 次”, “三分之一”."""
        return share_text(value, self._words) if kind_of(beside) == "percent" else self.amount(value, beside)

    def before_words(self, text: str) -> str:
        """Return a text that words follow, set apart from them where it ends in a figure (“不足 60% ”的)."""
        return text + self.say("gap") if text[-1:].isascii() else text

    def after_words(self, text: str) -> str:
        """Return a text that follows words, set apart from them where it begins with a figure (不足“ 60%”)."""
        return self.say("gap") + text if text and text[0].isascii() else text

    def counter(self, expr: a.Expr) -> str:
        """Return the word that a figure counts in, 次 for events; empty where the rubric does not say it."""
        match expr:
            case a.Named(of=a.Tally() | a.Product(a.Const(), a.Tally()), counter=""):
                return self.say("time")
            case a.Tally():
                return self.say("time")
            case a.Read(counter=counter) | a.Named(counter=counter):
                return counter
            case a.Statistic(of=of):
                return self.counter(of)
            case a.Sum(terms):
                counters = {self.counter(term) for term in terms if not isinstance(term, a.Const)}
                return counters.pop() if len(counters) == 1 else ""
            case _:
                return ""

    def name(self, expr: a.Expr) -> str:
        """Return the name of a figure."""
        match expr:
            case a.Read(measure) | a.Named(name=measure):
                return measure
            case a.Const(value):
                return plain(value)
            case a.Statistic(which=which, measure=measure):
                return self.say(which, measure=measure)
            case a.Placing(of=of, lowest_first=lowest_first, within=within):
                key = "place lowest" if lowest_first else "place"
                return self.say(key, measure=self.name(of), within=within or "")
            case a.Sum(terms):
                return " + ".join(map(self.name, terms))
            case a.Tally(registers=registers):
                return self.say("comma").join(registers)
            case _ if expr == QUANTITY:
                return self.say("quantity")
            case a.Product(left, right):
                return f"{self._factor(left)} × {self._factor(right)}"
            case a.Quotient(part, whole):
                return f"{self._factor(part)} ÷ {self._factor(whole)}"
            case a.Choice(a.Is(measure)) if (rows := _by_level(expr, measure)) is not None:
                levels = self.say("comma").join(f"{level} {plain(worth)}" for level, worth in rows)
                return f"{measure}{self.say('aside', text=levels)}"
            case a.Choice(test, then, otherwise) if otherwise in (a.ZERO, a.ONE):
                return self.say("where", value=self.name(then), test=self.test(test))
            case a.Choice(test, then, otherwise):
                args = {"value": self.name(then), "test": self.test(test), "other": self.name(otherwise)}
                return self.say("choice", **args)
            case _:
                return " + ".join(dict.fromkeys(self.name(part) for part in a.walk(expr) if isinstance(part, a.Read)))

    def _factor(self, expr: a.Expr) -> str:
        text = self.name(expr)
        return f"({text})" if isinstance(expr, a.Sum) else text

    def test(self, test: a.Test) -> str:
        """Return a condition in words, with the values of its figures."""
        match test:
            case a.Yes(measure):
                return measure
            case a.Is(measure, level):
                return self._at("at level", measure, (level,))
            case a.Entered(measure):
                return self.say("entered", measure=measure)
            case a.Compare(a.Named(of=a.Tally(where=where)) as events, "above", a.Const(least)) if least == 0:
                return self.say("some", events=self._events(self.figure(events), where))
            case a.Compare(a.Named(of=a.Tally(where=where)) as events, how, a.Const(bound)):
                return self._compared(events, self._events(self.figure(events), where), how, self.amount(bound, events))
            case a.Compare(counted, ("at_least" | "below") as how, a.Const(least)) if tests := a.tests_counted(counted):
                which = self.say("comma").join(self._part(test, a.AnyHolds) for test in tests)
                return self.say("at least of" if how == "at_least" else "fewer of", least=plain(least), which=which)
            case a.Compare(left, how, right):
                return self._compared(left, self.figure(left), how, self._against(left, right))
            case a.AllHold(tests):
                return self.say("and").join(self._part(test, a.AnyHolds) for test in tests) or self.say("always")
            case a.AnyHolds(tests):
                return self._any(tests)
            case a.Not(inner):
                return self._not(inner)
            case _:
                assert_never(test)

    def _not(self, test: a.Test) -> str:
        """Return that a condition does not hold; of a comparison the opposite one."""
        match test:
            case a.Yes(measure):
                return self._without(measure)
            case a.Is(measure, level):
                return self._at("not at level", measure, (level,))
            case a.AnyHolds(tests) if (found := a.levels_of(tests)) is not None:
                return self._at("not at level", *found)
            case a.Compare(a.Named(of=a.Tally(where=where)) as events, "above", a.Const(least)) if least == 0:
                return self.say("none", events=self._events(self.name(events), where))
            case a.Compare(left, "equals", right):
                return self._compared(left, self.figure(left), "unequal", self._against(left, right))
            case a.Compare():
                return self.test(a.compared(a.Not(test)))
            case a.AllHold(tests):
                return self._any(tuple(map(a.Not, tests)))
            case a.AnyHolds(tests):
                return self.test(a.AllHold(tuple(map(a.Not, tests))))
            case a.Not(inner):
                return self.test(inner)
            case a.Entered(measure):
                return self.say("not entered", measure=measure)
            case _:
                assert_never(test)

    def _without(self, measure: str) -> str:
        """Return that a measure says no: “没有党员活动室”, “未建立制度”, else “委员都有联系点”为否."""
        bare = self.bare(measure)
        if bare != measure:
            return self.say("without", measure=bare)
        return self.say("undone" if self._is_deed(measure) else "no", measure=measure)

    def _is_deed(self, measure: str) -> bool:
        """Return whether the name of a measure begins with a verb of what is to be done (“按时换届”)."""
        return measure.startswith(tuple(self.say("verbs").split()))

    def bare(self, name: str) -> str:
        """Return the name of what is there or not, without the word for it (“有党员活动室”)."""
        return name.removeprefix(self.say("having"))

    def _events(self, name: str, where: a.Test | None) -> str:
        """Return the events of a register that count (“死亡人数不少于 2 的安全事故”)."""
        if where is None:
            return name
        return self.say("of which", events=name, test=self.before_words(_EventWriter(self._words).test(where)))

    def _against(self, left: a.Expr, right: a.Expr) -> str:
        """Return what a figure is compared with."""
        return self.required(right.value, left) if isinstance(right, a.Const) else self.figure(right)

    def _compared(self, left: a.Expr, figure: str, how: a.Comparator | Literal["unequal"], bound: str) -> str:
        """Return a comparison of `left`, whose words are `figure`; a figure that equals its bound says so itself."""
        has_value = self._has_value(left)
        if has_value and how == "equals":
            return figure
        key = f"{how} day" if kind_of(left) == "date" else how
        figure = self.say("with value", figure=figure) if has_value else figure
        return self.say(key, figure=figure, bound=self.after_words(bound))

    def _has_value(self, expr: a.Expr) -> bool:
        terms = expr.terms if isinstance(expr, a.Sum) else (expr,)
        return any(self._known(term) is not None for term in terms)

    def _part(self, test: a.Test, other: type[a.AllHold | a.AnyHolds]) -> str:
        """Return a member of a list, in brackets where it is itself a list joined by the other word."""
        text = self.test(test)
        several = isinstance(test, other) and len(test.tests) > 1 and a.levels_of(test.tests) is None
        return self.say("bracketed", text=text) if several else text

    def _at(self, key: str, measure: str, levels: tuple[str, ...]) -> str:
        return self.say(key, measure=measure, level=self.say("or levels").join(levels))

    def _any(self, tests: tuple[a.Test, ...]) -> str:
        """Return alternatives in words, of a unit those that hold; levels of one measure as one list."""
        if (found := a.levels_of(tests)) is not None:
            return self._at("at level", *found)
        return self.say("or" if self._known is _no_unit else "and").join(self._part(test, a.AllHold) for test in tests)


class PhraseWriter(Writer):
    """Writes conditions in words alone, as regulations do."""

    def say(self, key: str, **args: str) -> str:
        """Fill the text `clause.key`, or `line.key` where there is no such text."""
        own = f"clause.{key}"
        return self._words.text(own if own in self._words.texts else f"line.{key}", **args)

    def required(self, value: Fraction, beside: a.Expr) -> str:
        """Return a number of the regulation; nought has no counter."""
        return super().required(value, beside) if value or kind_of(beside) == "percent" else plain(value)

    def _compared(self, left: a.Expr, figure: str, how: a.Comparator | Literal["unequal"], bound: str) -> str:
        if how == "below" and not self._has_value(left) and (kind_of(left) == "percent" or self.counter(left)):
            return self.say("short of", figure=figure, bound=self.after_words(bound))
        return super()._compared(left, figure, how, bound)


class _EventWriter(PhraseWriter):
    """Writes conditions over the columns of an event, to stand before the name of the register."""

    def say(self, key: str, **args: str) -> str:
        """Fill the text of a key; of words that join conditions, those of a phrase without breaks."""
        return super().say(f"event {key}" if key in ("and", "or") else key, **args)


def _by_level(expr: a.Expr, measure: str) -> list[tuple[str, Fraction]] | None:
    """Return the worth of each level of a measure; None for what is no table of its levels."""
    rows = list[tuple[str, Fraction]]()
    while isinstance(expr, a.Choice):
        match expr:
            case a.Choice(a.Is(name, level), a.Const(worth), otherwise) if name == measure:
                rows.append((level, worth))
                expr = otherwise
            case _:
                return None
    return rows if expr in (a.ZERO, a.ONE) else None


def kind_of(expr: a.Expr) -> str:
    """Return the kind of figure that decides how a value is written."""
    if isinstance(expr, a.Placing):
        return "number"
    kinds = {part.kind for part in a.walk(expr) if isinstance(part, a.Read | a.Named | a.Statistic)}
    top = expr.kind if isinstance(expr, a.Read | a.Named | a.Statistic) else None
    return top or ("percent" if "percent" in kinds else "date" if "date" in kinds else "number")


def shown(value: Value, kind: str) -> str:
    """Return a value as text; it is exact, since points are rounded elsewhere."""
    if not isinstance(value, Fraction):
        return str(value)
    match kind:
        case "percent":
            return percent(value)
        case "score" | "grades":
            return approximate(value)
        case "date":
            return date.fromordinal(int(value)).isoformat()
        case _:
            return readable(value)
