"""Phrases: a clause of a regulation, matched from end to end by one row of `patterns.yaml`."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.draft.grammar.words import COUNTERS, either, page, words

Kind = Literal[
    "step", "above", "judged", "ratio", "missing", "over", "each", "respective", "each_of", "level", "tier", "nothing",
    "full", "once", "cap", "floor", "uncapped", "highest", "started", "whole", "start", "asked",
]  # fmt: skip
"""What a clause says; from `cap` on it is about the clauses before."""

MODIFIERS: Final[frozenset[Kind]] = frozenset({"cap", "floor", "uncapped", "highest", "started", "whole", "start"})


class ClausePhrase(Struct, frozen=True, kw_only=True):
    """What one row of the patterns took from a clause; figures are None where the row has none.

    `subject` is what the clause is about, `object` what stands behind the counter, `act` between the verb and it.
    `takes` is whether points are taken, `signed` whether the clause says so, `worth` what full marks are said to be.
    """

    kind: Kind
    text: str
    subject: str = ""
    object: str = ""
    act: str = ""
    unit: str = ""
    level: str = ""
    period: str = ""
    takes: bool = False
    signed: bool = False
    none: bool = False
    full: bool = False
    points: Fraction | None = None
    every: Fraction | None = None
    base: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    over: Fraction | None = None
    count: Fraction | None = None
    rate: Fraction | None = None
    worth: Fraction | None = None
    amounts: tuple[Fraction, ...] = ()


class _Row(Struct, frozen=True):
    kind: Kind
    pattern: re.Pattern[str]
    when: re.Pattern[str] | None
    unless: re.Pattern[str] | None


UNSURE: Final = re.compile(either(words("unsure")))
"""Words that leave open how many points a clause is about."""
_TAKES_UP_UNSURE: Final[frozenset[Kind]] = frozenset({"judged", "ratio", "highest", "started", "whole", "cap"})
_CAPPING: Final = re.compile("最多|最高(?=[扣加得记计不为])|封顶|合计[^，]{0,4}[扣加不]|满分\\d")
_TAKES_UP_CAPS: Final[frozenset[Kind]] = frozenset({"judged", "ratio"})
"""What has a cap of its own; otherwise a clause with a cap is about those before it."""
_FIGURES: Final = ("points", "every", "base", "low", "high", "over", "count", "rate", "worth")
_TEXTS: Final = ("subject", "object", "act", "unit", "level", "period")
_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")


def scoring(clause: str) -> ClausePhrase | None:
    """Return what a clause says about points; None where no row takes up all of it."""
    return _first("patterns", clause)


def modifier(clause: str) -> ClausePhrase | None:
    """Return what a clause says about the clauses before it; None where it is not of that kind."""
    return _first("modifiers", clause)


def requirement(clause: str) -> ClausePhrase | None:
    """Return what a clause asks for in figures; None where it asks for nothing that can be counted."""
    found = _first("requirements", clause)
    if found is not None and found.count is None and found.rate is None:
        return replace(found, count=Fraction(1), unit="次")
    return found


def _first(group: str, clause: str) -> ClausePhrase | None:
    return next(_matches(group, clause), None)


def _matches(group: str, clause: str) -> Iterator[ClausePhrase]:
    unsure = UNSURE.search(clause) is not None
    capping = group == "patterns" and _CAPPING.search(clause) is not None
    for row in _rows(group):
        if unsure and row.kind not in _TAKES_UP_UNSURE:
            continue
        if capping and row.kind not in _TAKES_UP_CAPS:
            continue
        if (row.when and not row.when.search(clause)) or (row.unless and row.unless.search(clause)):
            continue
        match = row.pattern.fullmatch(clause)
        if match is not None:
            yield _phrase(row.kind, clause, match)


def _phrase(kind: Kind, clause: str, match: re.Match[str]) -> ClausePhrase:
    found = {name: text for name, text in match.groupdict().items() if text is not None}
    values: dict[str, Any] = {name: found[name] for name in _TEXTS if name in found}
    values |= {name: Fraction(found[name]) for name in _FIGURES if name in found}
    if "amounts" in found:
        values["amounts"] = tuple(Fraction(each) for each in _FIGURE.findall(found["amounts"]))
    return ClausePhrase(
        kind=kind,
        text=clause,
        takes="take" in found,
        signed="take" in found or "give" in found,
        none="none" in found,
        full="full" in found,
        **values,
    )


@cache
def _rows(group: str) -> tuple[_Row, ...]:
    terms = _terms()
    return tuple(
        _Row(row.get("kind", "asked"), re.compile(_filled(row["pattern"], terms)), *_conditions(row))
        for row in page("patterns.yaml")[group]
    )


def _conditions(row: dict[str, str]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    when, unless = row.get("when"), row.get("unless")
    return (None if when is None else re.compile(when)), (None if unless is None else re.compile(unless))


def _terms() -> dict[str, str]:
    lists = {
        name: either(words(name)) for name in ("take", "give", "nothing", "itself", "levels", "punishments", "ratings")
    }
    terms = {
        **lists,
        "units": either(words("units")),
        "bounds": either(words("bounds")),
        "counters": either(map(re.escape, COUNTERS)),
    }
    for name, pattern in page("patterns.yaml")["terms"].items():
        terms[name] = _filled(pattern, terms)
    return terms


_TERM: Final = re.compile(r"\{([a-z_]+)\}")


def _filled(pattern: str, terms: dict[str, str]) -> str:
    return _TERM.sub(lambda match: terms[match[1]], pattern)
