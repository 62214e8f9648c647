"""Clauses that belong together: rows of one table of bounds or levels; and clauses that contradict each other."""

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from dangjian_score.draft import naming
from dangjian_score.draft.grammar.clauses import Clause
from dangjian_score.draft.grammar.phrases import Phrase
from dangjian_score.draft.levels import PUNISHED, RATED

def consistent(clauses: list[Clause]) -> list[Clause]:
    """Mark clauses that say different points of one thing."""

    def said(at: int) -> tuple[str, str, str] | None:
        clause, phrase = clauses[at], clauses[at].phrase
        if phrase is None or phrase.kind not in ("each", "once"):
            return None
        about = naming.cleaned(f"{phrase.subject}{phrase.act}{phrase.object}")
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


def _goes_on(run: list[Clause], clause: Clause) -> bool:
    before, phrase = run[-1].phrase, clause.phrase
    if before is None or phrase is None:
        return False
    named = naming.cleaned(phrase.subject)
    first = naming.cleaned(run[0].phrase.subject if run[0].phrase else "")
    same = not named or named == first or first.endswith(named) or named.endswith(first)
    if before.kind == "tier" and _is_one(phrase):
        return same and before.unit == phrase.unit
    if phrase.kind == "tier" and (before.kind == "tier" or _is_first_of_tiers(before, phrase)):
        return same and (before.unit == phrase.unit or not phrase.unit)
    if phrase.kind == "level" and before.kind == "level":
        rated = bool(RATED.fullmatch(phrase.level) and RATED.fullmatch(before.level))
        if (
            not rated
            and (phrase.takes or before.takes)
            and not (PUNISHED.search(phrase.level) and PUNISHED.search(before.level))
        ):
            return False
        return (
            phrase.none
            or before.takes == phrase.takes
            and phrase.level not in [each.phrase.level for each in run if each.phrase]
        )
    if (
        before.kind == "tier"
        and phrase.kind in ("nothing", "once")
        and phrase.subject in ("其余", "其他", "其余的", "否则", "再低", "达不到", "没有", "无", "未达到", "其他情况")
    ):
        return True
    return False


def _is_one(phrase: Phrase) -> bool:
    """Return whether a clause that could stand for every time (1篇的得3分) names a single number."""
    return phrase.kind in ("each", "missing") and (phrase.every or 1) == 1 and "每" not in phrase.text


def _is_first_of_tiers(before: Phrase, phrase: Phrase) -> bool:
    """Return whether 迟到1次扣0.5分 is followed by 2次扣1分, so that it does not stand for every time."""
    return (
        _is_one(before)
        and phrase.unit == before.unit
        and (not phrase.subject or naming.cleaned(before.subject).endswith(naming.cleaned(phrase.subject)))
    )
