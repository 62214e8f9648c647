"""Clauses that belong together: rows of one table of bounds or levels; and clauses that contradict each other."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from msgspec.structs import replace

from dangjian_score.draft import naming
from dangjian_score.draft.grammar.clauses import Clause
from dangjian_score.draft.grammar.phrases import ClausePhrase
from dangjian_score.draft.levels import PRIZE, PUNISHED, RATED


def consistent(clauses: list[Clause]) -> list[Clause]:
    """Mark clauses that say different points of one thing."""

    def said(at: int) -> tuple[str, str, str] | None:
        clause, phrase = clauses[at], clauses[at].phrase
        if phrase is None or phrase.kind not in ("each", "once"):
            return None
        about = naming.cleaned(f"{phrase.subject}{phrase.act}{phrase.object}")
        before = clauses[at - 1] if at else None
        if before is not None and before.phrase is not None and before.sentence == clause.sentence and about:
            earlier = naming.cleaned(f"{before.phrase.subject}{before.phrase.act}{before.phrase.object}")
            if before.phrase.kind == phrase.kind and before.phrase.unit == phrase.unit and earlier.endswith(about):
                return said(at - 1)
        if not about and not clause.context and at and clauses[at - 1].sentence == clause.sentence:
            return said(at - 1)
        return (phrase.kind, about, phrase.unit) if about else None

    points: dict[tuple[str, str, str], set[Fraction]] = {}
    keys = [said(at) for at in range(len(clauses))]
    for clause, key in zip(clauses, keys, strict=True):
        if key is not None and clause.phrase is not None and clause.phrase.points is not None:
            points.setdefault(key, set()).add(clause.phrase.points)
    return [
        replace(clause, phrase=None, why="mixed") if key is not None and len(points.get(key, ())) > 1 else clause
        for clause, key in zip(clauses, keys, strict=True)
    ]


def runs(clauses: list[Clause]) -> Iterator[list[Clause]]:
    """Put together clauses that are rows of one table: bounds of one figure, levels of one thing."""
    run: list[Clause] = []
    for clause in clauses:
        if run and not _goes_on(run, clause):
            yield run
            run = []
        run.append(clause)
    if run:
        yield run


_REST: Final = frozenset(
    ("其余", "其他", "其余的", "否则", "再低", "达不到", "没有", "无", "未达到", "其他情况")
)  # fmt: skip
"""What lies below all bounds of a table."""


def _goes_on(run: list[Clause], clause: Clause) -> bool:
    """Return whether a clause is the next row of a table."""
    first, before, phrase = run[0].phrase, run[-1].phrase, clause.phrase
    if first is None or before is None or phrase is None:
        return False
    if phrase.kind == "level" and before.kind == "level":
        levels = {each.phrase.level for each in run if each.phrase is not None}
        apart = run[-1].sentence != clause.sentence and _is_prize(before) is not _is_prize(phrase)
        return not apart and _is_of_its_kind(before, phrase) and phrase.level not in levels
    if before.kind == "tier" and phrase.kind in ("nothing", "once"):
        return phrase.subject in _REST
    if not _is_about_it(first, phrase) or phrase.unit not in ("", before.unit):
        return False
    if phrase.kind == "tier":
        return before.kind == "tier" or _is_first_of_tiers(before, phrase)
    return before.kind == "tier" and _is_one(phrase)


def _is_about_it(first: ClausePhrase, phrase: ClausePhrase) -> bool:
    """Return whether a row is about what the first one is: it says nothing, or the end of it."""
    named, about = naming.cleaned(phrase.subject), naming.cleaned(first.subject)
    return named in about or named.endswith(about)


def _is_of_its_kind(before: ClausePhrase, phrase: ClausePhrase) -> bool:
    """Return whether two levels are of one kind: ratings, sanctions, or honours, which only give points."""
    if all(RATED.fullmatch(each.level) for each in (before, phrase)):
        return _is_about_it(before, phrase) and (phrase.none or before.takes == phrase.takes)
    if before.takes or phrase.takes:
        sanctions = all(PUNISHED.search(each.level) for each in (before, phrase))
        return sanctions and (phrase.none or before.takes == phrase.takes)
    honour, other = naming.cleaned(before.object), naming.cleaned(phrase.object)
    alike = honour.startswith(other) or other.startswith(honour)
    return alike and (_is_about_it(before, phrase) or _is_about_it(phrase, before))


def _is_prize(phrase: ClausePhrase) -> bool:
    return PRIZE.search(phrase.level) is not None


def _is_one(phrase: ClausePhrase) -> bool:
    """Return whether a clause that could stand for every time (1篇的得3分) names a single number."""
    return phrase.kind in ("each", "missing") and (phrase.every or 1) == 1 and "每" not in phrase.text


_LACKS: Final = ("缺", "少", "缺少")


def _is_first_of_tiers(before: ClausePhrase, phrase: ClausePhrase) -> bool:
    """Return whether 迟到1次扣0.5分 is followed by 2次扣1分, so that it does not stand for every time."""
    own = naming.cleaned(phrase.subject)
    return (
        _is_one(before)
        and phrase.low is not None
        and phrase.low <= len(("once", "twice"))
        and phrase.unit == before.unit
        and (own in ("", *_LACKS) or naming.cleaned(before.subject).endswith(own))
    )
