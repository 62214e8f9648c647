"""Days against the period: days on which something is due, days in conditions, years in titles."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal, assert_never

from msgspec import Struct

from dangjian_score.checks.study import PlacedRule, Study, placed_parts
from dangjian_score.core.columns import DAY
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.totals import scored_once
from dangjian_score.rubric.conditions import AllOf, AnyOf, Comparand, Comparators, Condition, NotOf, PointsBound
from dangjian_score.rubric.kinds.base import Grouping, KeptEvents, RuleBase, Targeted
from dangjian_score.rubric.kinds.each import Each, EachMissing
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.rubric.standing import Span


def check(study: Study) -> Iterator[Diagnostic]:
    """Check the days on which something is due, the days in conditions, and the years in titles."""
    for node in study.program.nodes:
        if node.node.due is not None:
            yield from _due(study, {(*node.path, "due"): node.node.due}, "due")
    for rule in study.rules:
        if rule.model.due is not None:
            yield from _due(study, {(*rule.path, "due"): rule.model.due}, "due")
        if schedule := _schedule(rule):
            yield from _due(study, schedule, _called(schedule))
        yield from _combined(study, rule, schedule)
    yield from _conditions(study)
    yield from _years(study)


def _schedule(rule: PlacedRule) -> Mapping[Path, date]:
    """Return the days of the schedule of a rule by their places; none where it has no schedule."""
    days = (day for day, _ in rule.model.schedule) if isinstance(rule.model, Targeted) else ()
    return {(*rule.path, "of", day.isoformat()): day for day in days}


def _called(schedule: Mapping[Path, date]) -> str:
    """Return how findings call a schedule: not `of` alone, which goes with everything."""
    return f"of: {{{min(schedule.values()).isoformat()}: …}}"


def _due(study: Study, days: Mapping[Path, date], key: str) -> Iterator[Diagnostic]:
    """Check days on which something is due, by their places: they need a period, and have no meaning in rounds."""
    rubric, first = study.rubric, next(iter(days))
    section, period = rubric.sections[int(first[1])], rubric.period
    if section.round is not None or not scored_once(rubric, section):
        yield study.document.at_key(Code.KEY_ELSEWHERE, first, key=key, section=section.title)
    elif period is None:
        yield study.document.at_key(Code.PERIOD_MISSING, first, key="due" if key == "due" else "schedule")
    else:
        for path, day in days.items():
            if not period.from_ <= day <= period.to:
                yield study.document.at_key(Code.DUE_OUTSIDE, path, day=day.isoformat(), **_bounds(period))


def _combined(study: Study, rule: PlacedRule, schedule: Mapping[Path, date]) -> Iterator[Diagnostic]:
    """Report a rule that says in several ways when it is due: for each piece of the period, by a schedule, on a day."""
    model, ways = rule.model, dict[str, Path]()
    if isinstance(model, Grouping) and any(map(is_period, model.for_each or ())):
        ways["for_each"] = (*rule.path, "for_each")
    if schedule:
        ways[_called(schedule)] = next(iter(schedule))
    if model.due is not None:
        ways["due"] = (*rule.path, "due")
    for key in [*ways][1:]:
        yield study.document.at_key(Code.RULE_COMBINATION, ways[key], key=key, basis=next(iter(ways)))


def _bounds(period: Span) -> dict[str, str]:
    return {"from": period.from_.isoformat(), "to": period.to.isoformat()}


class DayTest(Struct, frozen=True):
    """A comparison with a day in a condition: its place, what is compared (a measure, register or column), and how."""

    path: Path
    name: str
    how: Literal["before", "after", "equals"]
    day: date


def _conditions(study: Study) -> Iterator[Diagnostic]:
    """Warn of days outside the period in conditions; of registers, where all days of the period, or none, meet them."""
    period, registers = study.rubric.period, study.program.lexicon.registers
    if period is None:
        return
    found = [(test, test.name in registers) for path, asked in _asked(study) for test in _day_tests(asked, path)]
    for rule in study.rules:
        if isinstance(rule.model, KeptEvents) and rule.model.where is not None:
            found += [(test, test.name == DAY) for test in _day_tests(rule.model.where, (*rule.path, "where"))]
    for path, compared in placed_parts(study.rubric, Comparators):
        if compared.some is not None:
            found += [(test, test.name == DAY) for test in _day_tests(compared.some, (*path, "some"))]
    for test, of_events in found:
        holds = _of_all(test, period) if of_events else ""
        if holds or (not of_events and _is_outside(test, period)):
            args = {"measure": test.name, "day": test.day.isoformat(), **_bounds(period), "holds": holds}
            yield study.document.diagnostic(Code.DAY_OUTSIDE, test.path, **args)


def _of_all(test: DayTest, period: Span) -> Literal["every row", "no row", ""]:
    """Return whether all days of a period meet a comparison, or none does; empty where some do."""
    first, last, day = period.from_, period.to, test.day
    match test.how:
        case "before":
            return "no row" if day <= first else "every row" if day > last else ""
        case "after":
            return "no row" if day >= last else "every row" if day < first else ""
        case "equals":
            return "" if first <= day <= last else "no row"
        case _:
            assert_never(test.how)


def _is_outside(test: DayTest, period: Span) -> bool:
    """Return whether the day of a comparison is outside a period; `before` the next day only says that it is inside."""
    first, last, one = period.from_, period.to, timedelta(days=1)
    if test.how == "before":
        last += one if last < date.max else timedelta()
    if test.how == "after":
        first -= one if first > date.min else timedelta()
    return not first <= test.day <= last


def _asked(study: Study) -> Iterator[tuple[Path, Condition]]:
    """Visit the conditions on the measures and registers of a unit, with their places."""
    rubric = study.rubric
    for rule in study.rules:
        yield from _guards(rule.path, rule.model.if_, rule.model.unless)
        yield from _members(rule.model, rule.path)
    for name, grade in rubric.grades.items():
        yield from _guards(("grades", name), grade.if_, grade.unless)
    yield from ((("unranked", at, "if"), unranked.if_) for at, unranked in enumerate(rubric.unranked))
    yield from ((("excluded", at, "if"), exclusion.if_) for at, exclusion in enumerate(rubric.excluded))
    yield from ((("vetoes", at, "if"), veto.if_) for at, veto in enumerate(rubric.vetoes))
    for at, selection in enumerate(rubric.selections):
        yield from _guards(("selections", at), selection.if_)


def _guards(path: Path, if_: Condition | None, unless: Condition | None = None) -> Iterator[tuple[Path, Condition]]:
    if if_ is not None:
        yield (*path, "if"), if_
    if unless is not None:
        yield (*path, "unless"), unless


def _members(rule: RuleBase, path: Path) -> Iterator[tuple[Path, Condition]]:
    """Visit the conditions of the list of a rule."""
    match rule:
        case Each(each=members):
            yield from (((*path, "each", at), member) for at, member in enumerate(members))
        case EachMissing(each_missing=members):
            yield from (((*path, "each_missing", at), member) for at, member in enumerate(members))
        case _:
            pass


def _day_tests(asked: Condition, path: Path) -> Iterator[DayTest]:
    """Visit the comparisons with days in a condition."""
    match asked:
        case str() | PointsBound():
            pass
        case AllOf(all=members):
            yield from _of_members(members, (*path, "all"))
        case AnyOf(any=members):
            yield from _of_members(members, (*path, "any"))
        case NotOf(not_=member):
            yield from _day_tests(member, (*path, "not"))
        case _:
            for name, comparand in asked.items():
                yield from _compared(name, comparand, (*path, name))


def _of_members(members: Iterable[Condition], path: Path) -> Iterator[DayTest]:
    for at, member in enumerate(members):
        yield from _day_tests(member, (*path, at))


def _compared(name: str, comparand: Comparand, path: Path) -> Iterator[DayTest]:
    """Visit the days that a measure, register or column is compared with."""
    if isinstance(comparand, date):
        yield DayTest(path, name, "equals", comparand)
    if not isinstance(comparand, Comparators):
        return
    if comparand.before is not None:
        yield DayTest((*path, "before"), name, "before", comparand.before)
    if comparand.after is not None:
        yield DayTest((*path, "after"), name, "after", comparand.after)
    if isinstance(comparand.equals, date):
        yield DayTest((*path, "equals"), name, "equals", comparand.equals)
    for at, value in enumerate(comparand.one_of or ()):
        if isinstance(value, date):
            yield DayTest((*path, "one_of", at), name, "equals", value)


_YEAR: Final = r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
_YEARS: Final = re.compile(
    rf"(?P<first>{_YEAR})(?:\s*年?度?\s*(?:[-—–―~～至到]+)\s*(?P<last>{_YEAR}))?"
    r"(?P<of>\s*(?:学年|年度|年))?"
)
"""A year, or the first and the last of several (2023—2025 年)."""

_NUMBERED: Final = re.compile(r"[〔［\[【(（]\s*[0-9]{4}\s*[〕］\]】)）]\s*第?\s*[0-9]+\s*号")
"""The number of a document, which begins with the year of its publication (〔2023〕5 号)."""

_OF_EDITION: Final = re.compile(
    r"(?:\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?)?\s*"
    r"(?:版|修订|修正|印发|发布|制定|第\s*[0-9一二三四五六七八九十]+\s*[期号次])"
)
"""What makes the year before it that of an edition or a publication."""


class Years(Struct, frozen=True):
    """The years that a text names at one place, as it is written: one, or the first and last of several."""

    written: str
    first: int
    last: int
    is_assessed: bool
    """Whether it says 年度 or 学年: the year that is assessed, whenever the document is from."""

    def meet(self, period: Span) -> bool:
        """Return whether a year of the period is among them."""
        return self.first <= period.to.year and period.from_.year <= self.last

    def are_of_use_only_then(self, period: Span) -> bool:
        """Return whether a document of these years is not for the period: they are assessed, or later."""
        return self.is_assessed or self.first > period.to.year


def _years(study: Study) -> Iterator[Diagnostic]:
    """Note a title, and a document, of another year than the period.

    A document may be older than the period, or be issued after it where it names a year of the period, too.
    """
    rubric, period = study.rubric, study.rubric.period
    if period is None:
        return
    texts: dict[str, tuple[Path, str]] = {"the title": (("title",), rubric.title)}
    if rubric.source is not None and rubric.source.document is not None:
        texts["the document"] = ("source", "document"), rubric.source.document
    for what, (path, text) in texts.items():
        named = tuple(_named(text))
        if any(years.meet(period) for years in named):
            continue
        wrong = named if what == "the title" else [years for years in named if years.are_of_use_only_then(period)]
        for years in wrong[:1]:
            args = {"what": what, "written": years.written, **_bounds(period)}
            yield study.document.diagnostic(Code.YEAR_DIFFERS, path, **args)


def _named(text: str) -> Iterator[Years]:
    """Visit the years that a text names, without those of numbers and editions of documents."""
    plain = _NUMBERED.sub("", text)
    for found in _YEARS.finditer(plain):
        if not _OF_EDITION.match(plain, found.end()):
            first, last = int(found["first"]), int(found["last"] or found["first"])
            is_assessed = (found["of"] or "").strip() in ("年度", "学年")
            yield Years(found[0].strip(), first, last, is_assessed)
