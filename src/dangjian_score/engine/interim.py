"""Scoring before the end of the period: which rounds are due, and when a rule is due."""

import re
from datetime import date
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.core.names import fold
from dangjian_score.engine.periods import Calendar
from dangjian_score.rubric.kinds.base import Grouping, RuleBase, Targeted, Weighed
from dangjian_score.rubric.lexicon import Lexicon, is_period
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import Span, rounds_of, spans_of_rounds

_BARE: Final = re.compile(r"[\w,.-]+")
"""Names that need no quotes in a shell."""


class Interim(Struct, frozen=True):
    """What is scored of a period that has not ended: the `rounds` that are due, and all else `through` a day.

    Without a day rounds were named, and sections that are scored once are not due. A round `alone` has its own scale,
    whatever its weight is.
    """

    rounds: tuple[str, ...]
    through: date | None = None
    alone: bool = False

    @property
    def option(self) -> str:
        """The option of the command line that asks for it (`--rounds 1月,2月`)."""
        if self.through is not None:
            return f"--through {self.through.isoformat()}"
        names = ",".join(self.rounds)
        return f"--rounds {names}" if _BARE.fullmatch(names) else f'--rounds "{names}"'


Hindrance = Literal["no_period", "outside", "no_days", "no_rounds", "unknown", "nothing"]
"""Why a rubric cannot be scored so far: the place for the reason in the sentence of E100."""


class Impossible(Struct, frozen=True):
    """Why a rubric cannot be scored as far as was asked; `names` are the rounds in question."""

    why: Hindrance
    names: tuple[str, ...] = ()


def through(rubric: Rubric, day: date) -> Interim | Impossible | None:
    """Return what is due by a day; None where that is the last day of the period, when all is due."""
    if rubric.period is None:
        return Impossible("no_period")
    if not rubric.period.from_ <= day <= rubric.period.to:
        return Impossible("outside")
    spans, rounds = spans_of_rounds(rubric.rounds, rubric.period), rounds_of(rubric.rounds)
    if without := tuple(name for name in rounds if name not in spans):
        return Impossible("no_days", without)
    if day == rubric.period.to:
        return None
    return Interim(tuple(name for name in rounds if spans[name].to <= day), day)


def of_rounds(rubric: Rubric, names: tuple[str, ...]) -> Interim | Impossible:
    """Return what is due in rounds that are named, one by one or as a span; spelling is as free as in evidence."""
    rounds = rounds_of(rubric.rounds)
    if not rounds:
        return Impossible("no_rounds")
    known = {fold(name): of for name, of in (*rubric.spans.items(), *((name, (name,)) for name in rounds))}
    if unknown := tuple(name for name in names if fold(name) not in known):
        return Impossible("unknown", unknown)
    chosen = {name for asked in names for name in known[fold(asked)]}
    return Interim(tuple(name for name in rounds if name in chosen))


class Horizon(Struct, frozen=True):
    """How far a section that is scored once is scored: of the `period`, until the day `through`.

    `due` is the day that a node gives for its rules; `is_base` whether the section carries points.
    """

    period: Span
    through: date
    is_base: bool
    due: date | None = None

    @property
    def calendar(self) -> Calendar:
        """The days that are scored."""
        return Calendar(self.period.from_.toordinal(), self.through.toordinal())

    def first_end(self, period: str) -> date:
        """Return the last day of the first piece of a period of the calendar; that of the whole where it has none."""
        whole = Calendar.of(self.period)
        starts = whole.due(period)
        return date.fromordinal(whole.end(starts[0], period)) if starts else self.period.to


Timing = Literal["whole", "pieces", "entered", "pending"]
"""When a rule is due: `whole` now, as at the end of the period; `pieces` for the pieces of `for_each` that have ended;
`entered` for the units that have entered something for it; `pending` later."""


def timing(rule: RuleBase, lexicon: Lexicon, horizon: Horizon | None) -> Timing:
    """Return when a rule is due: without a horizon all of it is.

    What has happened counts at once: prices of events, and deductions once they are entered. What can still be made
    good, and awards, are due at the end of the period, or on the day that the rubric gives.
    """
    if horizon is None:
        return "whole"
    if (day := _day_of(rule, horizon)) is not None:
        return "whole" if day <= horizon.through else "pending"
    periods, awards = _periods(rule), rule.verb == "award"
    prices = isinstance(rule, Weighed) and any(term in lexicon.registers for term in rule.terms.counted)
    if periods and (awards or not (prices or rule.happens)):
        return "pieces" if all(map(horizon.calendar.due, periods)) else "pending"
    if prices or periods:
        return "whole"
    if awards:
        return "pending" if horizon.is_base else "whole"
    if not rule.happens:
        return "pending"
    return "entered" if horizon.is_base else "whole"


def first_due(rule: RuleBase, horizon: Horizon) -> date:
    """Return the day on which a rule that is not due will be due, at least in part."""
    ends = (horizon.first_end(key) for key in _periods(rule))
    return _day_of(rule, horizon) or max(ends, default=horizon.period.to)


def _day_of(rule: RuleBase, horizon: Horizon) -> date | None:
    """Return the day that the rubric gives for a rule: its own, the first of its schedule, else that of its node.

    None without a day, and where the rule counts by periods.
    """
    if rule.due is not None:
        return rule.due
    if isinstance(rule, Targeted) and rule.schedule:
        return rule.schedule[0][0]
    return None if _periods(rule) else horizon.due


def _periods(rule: RuleBase) -> tuple[str, ...]:
    """Return the periods by which a rule counts."""
    return tuple(filter(is_period, rule.for_each or ())) if isinstance(rule, Grouping) else ()
