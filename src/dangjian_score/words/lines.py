"""Sentences about one unit: what happened in a line of points, made from its figures."""

from datetime import date
from fractions import Fraction
from typing import assert_never

from dangjian_score.engine.algebra import (
    AllHold,
    AnyHolds,
    Compare,
    Const,
    Expr,
    Is,
    Not,
    Read,
    Sum,
    Test,
    Yes,
    walk,
)
from dangjian_score.engine.phrases import (
    Holding,
    Judged,
    Lacking,
    Missing,
    Once,
    Over,
    Phrase,
    Share,
    Steps,
    Tiers,
    Times,
)
from dangjian_score.engine.result import Because, Line
from dangjian_score.facts import Value
from dangjian_score.points import percent, plain
from dangjian_score.words.say import Words

_SIGNS = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<", "equals": "="}


def line_text(line: Line, said: Words) -> str:
    """Say what a line did and why (“民主生活会次数:应 2,实 1,少 1,1 × 2”)."""
    limit = "" if line.limit is None else plain(line.limit)
    match line.verb:
        case "floor" | "ceiling" | "rounding":
            return said.fill(said.lines[line.verb], limit=limit)
        case "forfeit":
            return said.fill(said.lines["forfeit"], why=_why(line, said))
        case "deduct" | "award":
            return _why(line, said)
        case _:
            assert_never(line.verb)


def which_names(line: Line, said: Words) -> tuple[str, ...]:
    """Name the members of a list that counted, as conditions; a lacking one by what is lacking."""
    return _Writer(line.because, said).which() if line.because else ()


def _why(line: Line, said: Words) -> str:
    because = line.because
    if because is None:
        return ""
    writer = _Writer(because, said)
    text = writer.basis(because.basis)
    if because.price is not None and not isinstance(because.basis, Once):
        text += writer.say("times", times=plain(because.figures["times"]), price=plain(because.price))
    if because.guard is not None and not isinstance(because.basis, Once):
        text += writer.say("guarded", guard=writer.test(because.guard))
    if because.cap is not None and line.points != line.before:
        text += writer.say("capped", cap=plain(because.cap))
    return text + (writer.say("note", note=because.note) if because.note else "")


class _Writer:
    """Words for one reason, with the facts it rests on."""

    def __init__(self, because: Because, said: Words) -> None:
        self._because, self._said = because, said

    def say(self, key: str, **args: str) -> str:
        """Fill a line's template."""
        return self._said.fill(self._said.lines[key], **args)

    def basis(self, basis: Phrase) -> str:
        """Say what the amount rests on."""
        figures = {key: self._figure(key, basis) for key in self._because.figures}
        match basis:
            case Once():
                guard = self._because.guard
                return self.say("always") if guard is None else self.test(guard)
            case Times(have):
                return self._read(have)
            case Tiers(value):
                return self._read(value)
            case Missing(_, have) | Over(_, have):
                name = f"{self._names(have)}{self.say('colon')}"
                return self.say("missing" if isinstance(basis, Missing) else "over", name=name, **figures)
            case Holding():
                return self.say("holding", which=self._which())
            case Lacking():
                return self.say("lacking", which=self._which())
            case Steps(of, every):
                shown = percent(every) if _is_percent(basis) else plain(every)
                return self.basis(of) + self.say("every", every=shown)
            case Share(amount):
                return self.say("share", amount=plain(amount), **figures)
            case Judged(measure):
                return self.say("judged", name=measure, **figures)
            case _:
                assert_never(basis)

    def _figure(self, key: str, basis: Phrase) -> str:
        value = self._because.figures[key]
        return percent(value) if key != "times" and _is_percent(basis) else plain(value)

    def which(self) -> tuple[str, ...]:
        """Name the members that counted."""
        lacking = isinstance(_counting(self._because.basis), Lacking)
        tests = (test.test if lacking and isinstance(test, Not) else test for test in self._because.which)
        return tuple(self.test(test) for test in tests)

    def _which(self) -> str:
        return self.say("comma").join(self.which())

    def _names(self, expr: Expr) -> str:
        return " + ".join(part.measure for part in walk(expr) if isinstance(part, Read))

    def _read(self, expr: Expr) -> str:
        """Write out readings with their values: “会议缺席次数 2”."""
        match expr:
            case Sum(terms):
                return " + ".join(self._read(term) for term in terms)
            case Read(measure, kind):
                return f"{measure} {_shown(self._because.readings[measure].value, kind)}"
            case Const(value):
                return plain(value)
            case _:
                return self._names(expr)

    def test(self, test: Test) -> str:
        """Say a condition, with the figures it looked at."""
        match test:
            case Yes(measure):
                return measure
            case Is(measure, level):
                return f"{measure}{self.say('colon')}{level}"
            case Compare(Read(_, kind) as read, how, Const(bound)):
                return f"{self._read(read)} {_SIGNS[how]} {_shown(bound, kind)}"
            case Compare(left, how, right):
                return f"{self._read(left)} {_SIGNS[how]} {self._read(right)}"
            case AllHold(tests):
                return self.say("and").join(self.test(one) for one in tests) or self.say("always")
            case AnyHolds(tests):
                return self.say("or").join(self.test(one) for one in tests)
            case Not(Yes(measure)):
                return self.say("no", measure=measure)
            case Not(one):
                return self.say("not", test=self.test(one))
            case _:
                assert_never(test)


def _counting(basis: Phrase) -> Phrase:
    return basis.of if isinstance(basis, Steps) else basis


def _is_percent(basis: Phrase) -> bool:
    trees = (basis.expr, *basis.figures.values())
    return any(isinstance(part, Read) and part.kind == "percent" for tree in trees for part in walk(tree))


def _shown(value: Value, kind: str) -> str:
    if not isinstance(value, Fraction):
        return str(value)
    match kind:
        case "percent":
            return percent(value)
        case "date":
            return date.fromordinal(int(value)).isoformat()
        case _:
            return plain(value)
