"""Lines of points in words: what moved the points of one unit, with its figures."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final, assert_never

from dangjian_score.core.algebra import Const, Expr, Named, Placing, Read, Statistic, walk
from dangjian_score.core.columns import CASE, DAY, LEVEL, PERSON
from dangjian_score.core.facts import AbsenceReason, Event, Value
from dangjian_score.core.points import percent, plain, rounded
from dangjian_score.engine.groups import MOST_LISTED, GroupKey
from dangjian_score.engine.panel import CategoryMean
from dangjian_score.engine.registers import PricedEvent
from dangjian_score.engine.result import Because, PointsLine, StruckVeto
from dangjian_score.engine.rules import group_keys, judged_column
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.words.conditions import Writer, kind_of, shown
from dangjian_score.words.grades import veto_effects
from dangjian_score.words.say import Words


def group_name(keys: tuple[str, ...], key: GroupKey, words: Words) -> str:
    """Return the name of a group: “2024 年第 3 季度”, “张某 2024-05”."""
    return " ".join(_part(name, value, words) for name, value in zip(keys, key, strict=True))


def _part(name: str, value: Value | int, words: Words) -> str:
    if not is_period(name) or not isinstance(value, int):
        return str(value)
    day = date.fromordinal(value)
    year, week, _ = day.isocalendar()
    numbers = {
        "day": day.isoformat(),
        "week": f"{year}-{week}",
        "fortnight": day.isoformat(),
        "month": f"{day:%Y-%m}",
        "two_months": f"{day:%Y-%m}",
        "quarter": f"{day.year}-{(day.month + 2) // 3}",
        "half_year": f"{day.year}-{1 if day.month == 1 else 2}",
        "year": str(day.year),
    }
    first, _, second = numbers[name].partition("-")
    key = f"a {name} {second}" if name == "half_year" else f"a {name}"
    return words.text(key, text=numbers[name], first=first, second=second)


_IDENTIFYING = (PERSON, CASE, LEVEL)
"""Columns of an event that identify it, together with its day."""
_REASONS: Final[tuple[AbsenceReason, ...]] = ("abstained", "recused", "absent")
"""Why assessors are left out, in the order of the sentence."""


def line_text(line: PointsLine, words: Words, places: int) -> str:
    """Return what a line did and why (“民主生活会次数：应 2，实 1，少 1，1 × 2”).

    Points are rounded to `places`; figures of evidence, and those of rounding, are exact. Where the reason of a line is
    not public, the text says only that.
    """
    figures = {name: plain(rounded(value, places)) for name, value in line.figures.items()}
    match line.verb:
        case "floor" | "ceiling" | "rescale" | "report":
            return words.text(f"line.{line.verb}", **figures)
        case "weight":
            share = percent(line.figures["weight"])
            return words.text("line.weight", title=line.titles[0], **{**figures, "weight": share})
        case "best":
            return words.text("line.best of", items="、".join(line.titles), **figures)
        case "product":
            factors = (f"{title} {figures[f'factor {at}']}" for at, title in enumerate(line.titles, start=1))
            shown_figures = {key: figures[key] for key in ("over", "product")}
            return words.text("line.product", factors=" × ".join(factors), **shown_figures)
        case "rounding":
            return words.text("line.rounding", **{name: shown(value, "number") for name, value in line.figures.items()})
        case "veto":
            return words.text("veto") if line.struck is None else _veto(line.struck, words)
        case "rounds":
            return _rounds(line, figures, words)
        case "inapplicable":
            points = plain(rounded(line.points, places)) if line.points else ""
            return words.text("line.inapplicable", points=points)
        case "not due":
            return words.text("line.not due")
        case "ruling":
            ruling = line.ruling
            if ruling is None:
                return words.text("ruling")
            return words.text("line.ruling", why=ruling.reason, who=ruling.approver)
        case "forfeit" | "deduct" | "award":
            if line.because is None:
                return words.text("not public")
            why = _why(line, line.because, words)
            text = words.text("line.forfeit", why=why) if line.verb == "forfeit" else why
            return text if line.because.title is None else f"{line.because.title}{words.text('line.colon')}{text}"
        case _:
            assert_never(line.verb)


def _veto(struck: StruckVeto, words: Words) -> str:
    """Return which veto holds, the first events that it rests on, and what it does."""
    comma = words.text("comma")
    events = comma.join(filter(None, map(event_name, struck.events[:MOST_LISTED])))
    effects = veto_effects(struck.veto, words) + ([words.text("veto no honours")] if struck.bars else [])
    effect = words.text("clause.comma list").join(effects)
    return words.text("line.veto", title=struck.veto.title, events=events, effect=effect)


def event_name(event: Event) -> str:
    """Return what tells an event from others: person, case, level and day."""
    columns = event.columns
    named = [str(columns[name].value) for name in _IDENTIFYING if name in columns]
    return " ".join((*named, shown(columns[DAY].value, "date")) if DAY in columns else named)


def _rounds(line: PointsLine, figures: Mapping[str, str], words: Words) -> str:
    """Return how rounds are combined: each by its weight, or all alike."""
    parts = [f"{name} {figures[name]}" for name in line.titles]
    shares = set(line.weights.values())
    if shares not in ({Fraction(1)}, {Fraction(1, len(parts))}):
        weighed = (f"{part} × {percent(line.weights[name])}" for part, name in zip(parts, line.titles, strict=True))
        return " + ".join(weighed)
    alike = "added" if shares == {Fraction(1)} else "averaged"
    return words.text(f"line.{alike}", parts=" + ".join(parts), count=str(len(parts)))


def which_names(line: PointsLine, words: Words) -> tuple[str, ...]:
    """Return the names of what counted: members of a list (of `each_missing` the missing ones), groups, or events."""
    return _LineWords(line.because, words, priced=line.verb != "forfeit").which() if line.because else ()


def _why(line: PointsLine, because: Because, words: Words) -> str:
    writer = _LineWords(because, words, priced=line.verb != "forfeit")
    text = because.basis.line(writer)
    if because.price is not None and not isinstance(because.basis, Once):
        text += writer.say("times", times=plain(because.figures["times"]), price=plain(because.price))
    if because.guard is not None and not isinstance(because.basis, Once):
        text += writer.say("guarded", guard=writer.test(because.guard))
    if because.cap is not None and line.is_capped:
        text += writer.say("capped", cap=plain(because.cap))
    return text + (writer.say("note", note=because.note) if because.note else "")


class _LineWords(Writer):
    """Writes the reason of a line, with its facts; `priced` where events cost points one by one."""

    def __init__(self, because: Because, words: Words, *, priced: bool) -> None:
        super().__init__(words, self._value)
        self._because, self._priced = because, priced

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

    def reading(self, measure: str) -> Value | None:
        """Return the value of a measure in the evidence; None where it has none."""
        return self._because.readings.get(measure)

    def guard(self) -> str:
        """Return the rule's guard in words."""
        guard = self._because.guard
        return self.say("always") if guard is None else self.test(guard)

    def events(self) -> str:
        """Return the list of events that counted."""
        return self.say("events", events=self.counted())

    def counted(self) -> str:
        """Return the list of members, groups or events that counted: the first by name, and how many there are."""
        names = self.which()
        count = self._because.group_count or len(names)
        more = str(count) if count > MOST_LISTED else ""
        return self.say("listed", names=self.say("comma").join(names[:MOST_LISTED]), count=more)

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
        if keys := group_keys(because.basis):
            return tuple(
                self.say("item", name=group_name(keys, group.key, self._words), points=plain(group.amount))
                for group in because.groups
            )
        if members := because.basis.members:
            named = {member.counts: member.named for member in members}
            return tuple(self.test(named[test]) for test in because.which)
        return tuple(text for slip in because.events if (text := self._event(slip)))

    def _event(self, slip: PricedEvent) -> str:
        columns, named = slip.event.columns, [event_name(slip.event)]
        judged = judged_column(self._because.basis)
        if judged is not None and judged in columns and columns[judged].value != slip.worth:
            named.append(self.say("counted as", name=judged, figure=shown(columns[judged].value, "score")))
        points = plain(slip.worth) if self._priced else ""
        return self.say("item", name=" ".join(filter(None, named)), points=points).strip()


@lru_cache(maxsize=1024)
def _kind(basis: Phrase) -> str:
    trees = (basis.expr, *basis.figures.values())
    kinds = {kind_of(part) for tree in trees for part in walk(tree) if isinstance(part, Read | Named | Statistic)}
    return "percent" if "percent" in kinds else "number"
