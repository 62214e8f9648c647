"""The reason of a line in words: what was asked of a unit, what was found, and what is to be done."""

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from typing import Final, assert_never

from dangjian_score.core import algebra as a
from dangjian_score.core.algebra import (
    AllHold,
    AnyHolds,
    Compare,
    Const,
    Expr,
    Named,
    Not,
    Placing,
    Read,
    Statistic,
    Sum,
    Tally,
    Yes,
    reads,
    walk,
)
from dangjian_score.core.columns import DAY
from dangjian_score.core.facts import AbsenceReason, Value
from dangjian_score.core.points import percent, plain, rounded
from dangjian_score.engine import exact
from dangjian_score.engine.groups import MOST_LISTED, EventGroup
from dangjian_score.engine.panel import CategoryMean
from dangjian_score.engine.registers import PricedEvent
from dangjian_score.engine.result import Because, LineVerb
from dangjian_score.engine.rules import group_keys, innermost
from dangjian_score.rubric.kinds.by import Graded, Priced
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed
from dangjian_score.rubric.kinds.each import Lacking
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.kinds.per import Gap, Times
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.lexicon import QUANTITY, is_period
from dangjian_score.words.conditions import Writer, kind_of, shown
from dangjian_score.words.decisions import IDENTIFYING, event_name
from dangjian_score.words.events import group_name, working
from dangjian_score.words.say import Words

_REASONS: Final[tuple[AbsenceReason, ...]] = ("abstained", "recused", "absent")
"""Why assessors are left out, in the order of the sentence."""


class ReasonWriter(Writer):
    """Writes the reason of a line of a verb, with its facts."""

    def __init__(self, because: Because, words: Words, verb: LineVerb) -> None:
        super().__init__(words, self._value)
        self._because, self._verb = because, verb

    def _value(self, expr: Expr) -> str | None:
        match expr:
            case Read(measure):
                reading = self._because.readings.get(measure)
                return None if reading is None else self.amount(reading, expr)
            case Named() | Statistic() | Placing():
                value = self._because.named.get(expr)
                return None if value is None else self.amount(value, expr)
            case _:
                return None

    def numbers(self, phrase: Phrase) -> dict[str, str]:
        """Return the figures of a phrase, and how often its price is due (`times`), as text."""
        figures = self._because.figures.items()
        return {key: plain(value) if key == "times" else self._figure(key, value, phrase) for key, value in figures}

    def _figure(self, key: str, value: Fraction, phrase: Phrase) -> str:
        """Return a figure of a phrase: of a gap with the counter of what it is counted in, or in percentage points."""
        figures = phrase.figures
        have = figures.get("have")
        if have is None or not ("gap" in figures or key == "every"):
            return shown(value, _kind(phrase))
        if kind_of(have) == "percent" and key in ("gap", "every"):
            return self.say("of percent", number=percent(value).removesuffix("%"))
        return self.required(value, have) if isinstance(figures.get(key), Const) else self.amount(value, have)

    def written(self, value: Fraction, phrase: Phrase) -> str:
        """Return the step of a phrase, written as its figures are."""
        return self._figure("every", value, phrase)

    @property
    def is_award(self) -> bool:
        """Whether the rule gives points."""
        return self._verb in ("award", "unoffered")

    def guarded(self) -> str:
        """Return what is to be done for the guard: that it holds where it gives points, else that it does not."""
        guard = self._because.guard
        if guard is None:
            return ""
        if not self.is_award:
            return self.wanted(Not(self._decided(guard)))
        return self.say("then").join(map(self.wanted, self._because.failing))

    def wanted(self, test: a.Test) -> str:
        """Return a condition as what is to be done (“按时换届”, “不再出现造假”, “参学率达到 90%”)."""
        match a.compared(test):
            case Yes(measure):
                plain_duty = self.bare(measure) != measure or self._is_deed(measure)
                return measure if plain_duty else self.say("demand yes", measure=measure)
            case Not(Yes(measure)):
                return self.say("demand none", name=measure)
            case Not(Not(inner)):
                return self.wanted(inner)
            case Not(AnyHolds(tests)) if a.levels_of(tests) is None:
                return self.say("then").join(self.wanted(Not(inner)) for inner in tests)
            case Compare(Named(name=name, of=Tally()), "above", Const(least)) if least == 0:
                return self.say("demand some", name=name)
            case Not(Compare(Named(name=name, of=Tally()), "above", Const(least))) if least == 0:
                return self.say("demand none", name=name)
            case Compare(counted, "below", least) if a.tests_counted(counted):
                return self.say("demand not", text=Writer(self._words).test(Compare(counted, "at_least", least)))
            case Compare(Read(kind="count") | Named(kind="count") as count, "below", Const(bound)) if bound == 1:
                return self.say("demand zero", name=self.name(count))
            case Compare(left, "at_most" | "equals", Const(bound)) if bound == 0:
                return self.say("demand zero", name=self.name(left))
            case AllHold(tests):
                return self.say("then").join(map(self.wanted, tests))
            case AnyHolds(tests):
                return self.say("or").join(map(self.wanted, tests))
            case Not(inner):
                return self.say("demand not", text=Writer(self._words).test(inner))
            case other:
                return Writer(self._words).test(other)

    def periods(self, keys: tuple[str, ...]) -> str:
        """Return the words for doing something in each period among these keys (“按季度”); empty without any."""
        return self.say("comma").join(self.say(f"by {key}") for key in keys if is_period(key))

    def value(self, name: str) -> Fraction:
        """Return one of the figures of the phrase, or how often its price is due (`times`)."""
        return self._because.figures[name]

    def each_earns(self, price: Fraction) -> str:
        """Return what each one that is counted gives (“每 1 次得 2 分”)."""
        inner = innermost(self._because.basis)
        word = self.counter(inner.have) if isinstance(inner, Gap | Times) else ""
        every = plain(self._because.figures.get("every", Fraction(1)))
        if every == "1" and not isinstance(inner, Gap | Times):
            return self.say("item earns", act=self.act(price))
        each = self.say("amount", number=every, word=word) if word else self.before_words(every)
        return self.say("each earns", each=each, act=self.act(price))

    def reading(self, measure: str) -> Value | None:
        """Return the value of a measure in the evidence; None where it has none."""
        return self._because.readings.get(measure)

    def guard(self) -> str:
        """Return the rule's guard in words, or the conditions in it that do not hold."""
        guard = self._because.guard
        if self._because.failing:
            return self.say("and").join(self._failing(test) for test in self._because.failing)
        return self.say("always") if guard is None else self.test(self._decided(guard))

    def _decided(self, test: a.Test) -> a.Test:
        """Return a guard, or a member of a list, with the parts that decide about it."""
        return self._because.decided.get(test, test)

    def _failing(self, test: a.Test) -> str:
        """Return that a condition does not hold, of a comparison with its figure (“参学率 50%，未达到 60%”)."""
        match test:
            case Compare(Read() as left, how, Const(bound)) if how != "equals" and left.kind != "date":
                return self.say(f"fails {how}", figure=self.figure(left), bound=self.required(bound, left))
            case _:
                return self.test(Not(test))

    def registered(self, expr: Expr) -> str | None:
        """Return a register with its number of events and each of them with its price; None for other figures.

        None, too, where the events are not there or not public.
        """
        if not self._lists_events(expr):
            return None
        count = sum((exact.number(QUANTITY, priced.event.values, {}) for priced in self._because.events), Fraction(0))
        return self.say("registered", name=self.name(expr), count=self.amount(count, expr), events=self.counted())

    def which_cost(self) -> bool:
        """Return whether events or groups are listed with the points of each, which need no price beside them."""
        match self._because.basis:
            case Times(have=counted) | Priced(events=counted) | JudgedEvents(events=counted):
                return self._lists_events(counted)
            case basis:
                return bool(group_keys(basis))

    def _lists_events(self, expr: Expr) -> bool:
        is_sum = isinstance(expr, Sum)  # of several figures none is told event by event
        return bool(self._because.events) and not is_sum and any(isinstance(part, Tally) for part in walk(expr))

    def uncounted(self) -> str:
        """Return the list of members that did not count, or of groups with less than a group can have."""
        because, comma = self._because, self.say("comma")
        if keys := group_keys(because.basis):
            names = [group_name(keys, group.key, self._words) for group in because.lacking]
            more = str(because.lacking_count) if because.lacking_count > MOST_LISTED else ""
            return self.say("listed", names=comma.join(names), count=more)
        return comma.join(map(self._lack, self._lacks))

    @property
    def _lacks(self) -> list[a.Test]:
        """The members of a list that are not there: those that count of one that counts what is missing."""
        because = self._because
        missing = isinstance(innermost(because.basis), Lacking)
        lacking = [member.named for member in because.basis.members if (member.counts in because.which) is missing]
        there = (test for test in lacking if because.readings.keys() >= set(reads(test)))  # without those 不适用
        return [*map(self._decided, there)]

    def _lack(self, test: a.Test) -> str:
        """Return a member that is not there; of a comparison with its figure (“学习次数 4，未达到 5”)."""
        return self._failing(test) if isinstance(test, Compare) else self.bare(Writer(self._words).test(test))

    def lacked(self) -> str:
        """Return the members that a unit lacks, as what is to be there."""
        wanted = (self.bare(test.measure) if isinstance(test, Yes) else self.wanted(test) for test in self._lacks)
        return self.say("comma").join(wanted)

    def counted(self) -> str:
        """Return the list of members, groups or events that counted: the first by name, and how many there are."""
        names = self.which()
        count = self._because.group_count or len(names)
        more = str(count) if count > MOST_LISTED else ""
        between = self.say("comma" if self._because.basis.members else "next")
        return self.say("listed", names=between.join(names[:MOST_LISTED]), count=more)

    def assessed(self) -> str:
        """Return what several assessors gave, how many should have given it, and why some did not."""
        because, comma = self._because, self.say("comma")
        counts = Counter(given for given in because.given if isinstance(given, str))
        known = because.basis.table.levels if isinstance(because.basis, Graded) else ()
        levels = {level: counts[level] for level in (*known, *counts) if counts[level]}
        figures = () if levels or because.categories else because.given
        text = self.say("given", figures=comma.join(shown(figure, "score") for figure in figures))
        of_levels = [self.say("level of", level=level, count=str(count)) for level, count in levels.items()]
        for parts in (of_levels, [*map(self._category, because.categories)]):
            text += self.say("panel", parts=comma.join(parts)) if parts else ""
        return text + self._left_out() + self._how()

    def _category(self, own: CategoryMean) -> str:
        args = {"count": str(own.count), "mean": shown(own.mean, "score"), "weight": percent(own.weight)}
        return self.say("category", category=own.category, **args)

    def _left_out(self) -> str:
        """Return how many assessors should have given a figure, and why some did not; empty where all did."""
        given, reasons = self._because.given, self._because.absences
        absent = (self.say(reason, count=str(reasons.count(reason))) for reason in _REASONS if reason in reasons)
        due, reasons_text = str(len(given) + len(reasons)), self.say("comma").join(absent)
        return self.say("left out", due=due, given=str(len(given)), reasons=reasons_text) if reasons else ""

    def _how(self) -> str:
        """Return how figures are combined, where assessors are left out or their number decides."""
        basis, given = self._because.basis, self._because.given
        how = basis.combine if isinstance(basis, Assessed) and given else None
        decides = isinstance(how, Trimmed) and how.at_least is not None
        if not (decides or self._because.absences):
            return ""
        match how:
            case Trimmed() if ends := how.left_out(len(given)):
                return self.say("by trimmed", given=str(len(given)), ends=str(ends))
            case Trimmed():
                return self.say("by mean", given=str(len(given)))
            case "mean" | "median":
                return self.say(f"by {how}", given=str(len(given)))
            case None | ByCategory():
                return ""
            case _:
                assert_never(how)

    def which(self) -> tuple[str, ...]:
        """Return the names of the members, the events or the first groups that counted."""
        because = self._because
        if because.groups and (keys := group_keys(because.basis)):
            return tuple(
                self._group(group_name(keys, group.key, self._words), group.amount) + self._priced(group)
                for group in because.groups
            )
        if members := because.basis.members:
            if isinstance(innermost(because.basis), Lacking):
                return tuple(map(self._lack, self._lacks))
            named = {member.counts: member.named for member in members}
            return tuple(self.test(self._decided(named[test])) for test in because.which)
        return tuple(text for slip in because.events if (text := self._event(slip)))

    def _group(self, name: str, amount: Fraction) -> str:
        """Return a group with its points; of meetings that are missing also how many (“第 3 季度缺 1 次，扣 2 分”)."""
        price, inner = self._because.price, innermost(self._because.basis)
        counts = isinstance(inner, Gap) and price and (amount / price).denominator == 1
        key = f"group {inner.side}" if isinstance(inner, Gap) and counts else "item"
        gap = self.amount(amount / price, inner.have) if isinstance(inner, Gap) and price else ""
        name = f"{name} " if counts and name[-1:].isascii() else name
        return self.say(key, name=name, gap=gap, act="" if self._verb == "forfeit" else self.act(amount))

    def _priced(self, group: EventGroup) -> str:
        """Return the events of a group that have a price each, and that they are worth more than a group can have."""
        if not isinstance(innermost(self._because.basis), Priced | JudgedEvents):
            return ""
        priced = [priced for priced in self._because.events if priced.group == group.key]
        events = self.say("next").join(text for each in priced if (text := self._event(each)))
        worth = sum((each.worth for each in priced), Fraction(0))
        limits = {"sum": plain(worth), "cap": plain(group.amount)} if worth > group.amount else {}
        return self.say("group events", events=events, **{"sum": "", "cap": "", **limits}) if events else ""

    def cost(self, places: int) -> str:
        """Return the verb of the line with its points, and how often the price is due (“扣 2 × 0.5 = 1 分”).

        It is empty where the text says it, and of awards without a price, whose points stand beside what is missing.
        """
        because = self._because
        times, price = because.figures["times"], because.price
        told = self._verb == "forfeit" or isinstance(because.basis, Assessed) or self.which_cost()
        if told or not times or (self.is_award and (price is None or isinstance(because.basis, Once))):
            return ""
        if price is None:
            return self.act(rounded(times, places))
        return self.act(times * price, "" if times == 1 else f"{plain(times)} × {plain(price)}")

    def act(self, points: Fraction, working: str = "") -> str:
        """Return the verb of the line with points, and how they came about."""
        verb = "award" if self.is_award else "deduct"
        if working:
            return self.say(f"worked {verb}", working=working, points=plain(points))
        if not (points or self.is_award):
            return self._words.text("clause.deduct nothing")
        return self._words.text(f"clause.{verb}", points=plain(points))

    def _event(self, priced: PricedEvent) -> str:
        """Return what identifies an event, the columns that its price rests on, its price, and what it covers."""
        columns, tally = priced.event.columns, priced.tally
        rests_on = reads(tally.worth, *([] if tally.where is None else [tally.where]))
        named = [event_name(priced.event)]
        named += [
            self._column(name, columns[name].value)
            for name in rests_on
            if name in columns and name not in (*IDENTIFYING, DAY)
        ]
        act = "" if self._verb == "forfeit" else self.act(priced.worth, working(tally.worth, priced.event.values))
        text = self.say("item", name=" ".join(filter(None, named)), act=act).strip()
        if priced.event.explanation is not None:
            head = self._words.text("remark" if self.is_award else "explanation")
            text += self.say("event explained", head=head, text=priced.event.explanation.text)
        if not priced.covers:
            return text
        covers = self.say("comma").join(filter(None, (event_name(other.event) for other in priced.covers)))
        return text + self.say("covering", count=str(len(priced.covers)), covers=covers)

    def _column(self, name: str, value: Value) -> str:
        """Return a column of an event with its value; of one that says yes, the name alone."""
        if isinstance(value, bool):
            return name if value else self.say("no", measure=name)
        return f"{name} {shown(value, 'number')}"


@lru_cache(maxsize=1024)
def _kind(basis: Phrase) -> str:
    trees = (basis.expr, *basis.figures.values())
    kinds = {kind_of(part) for tree in trees for part in walk(tree) if isinstance(part, Read | Named | Statistic)}
    return next((kind for kind in ("percent", "score") if kind in kinds), "number")
