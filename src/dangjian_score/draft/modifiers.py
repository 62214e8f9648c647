"""Clauses about the clauses before them: caps, 就高, how steps are counted, where an item starts."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.draft.grammar.clauses import Clause, Why
from dangjian_score.draft.grammar.phrases import ClausePhrase
from dangjian_score.draft.reading import ItemContext, Reading

CASE: Final = "同一事项"
"""The column that says which events are one matter."""
_TOGETHER: Final = ("累计", "合计", "总计", "共计", "总分", "共扣", "共加")
_OF_SOME: Final = ("本条", "该条", "此条", "两项", "以上两")
"""What a cap says that is over some of the clauses before it."""


class Modified(Struct, frozen=True):
    """What a modifier changes: the reading before it, the cap over all clauses, or where the item starts."""

    reading: Reading | None = None
    most: Fraction | None = None
    start: Fraction | None = None


def change(
    readings: Sequence[Reading], clause: Clause, phrase: ClausePhrase, scope: ItemContext, *, is_last: bool
) -> Modified | Why:
    """Return what a modifier changes; `is_last` tells that no clause follows it. Why, where that is not certain."""
    last = next((reading for reading in reversed(readings) if not reading.modifies), None)
    match phrase.kind:
        case "start":
            return Modified(start=phrase.points)
        case "cap":
            return _capped(readings, last, clause, phrase, scope, is_last=is_last)
        case "highest":
            return _highest(readings, last)
        case "started":
            return _started(last)
        case _:
            return Modified()


def _highest(readings: Sequence[Reading], last: Reading | None) -> Modified | Why:
    """Let only the dearest event of a matter count, where the events of one clause have levels or own points."""
    if last is None or not any("by" in rule or ("per" in rule and "judge" in rule) for rule in last.rules):
        return "no base"
    beside = [reading for reading in readings if reading.sentence == last.sentence and reading is not last]
    if any("by" in rule for reading in beside for rule in reading.rules):
        return "no base"
    return Modified(replace(last, rules=tuple({**rule, "highest_per": CASE} for rule in last.rules)))


def _started(last: Reading | None) -> Modified | Why:
    """Count a step that is only begun."""
    if last is None or not any("every" in rule for rule in last.rules):
        return "no base"
    rules = tuple({**rule, "steps": "started"} if "every" in rule else rule for rule in last.rules)
    return Modified(replace(last, rules=rules))


def _capped(
    readings: Sequence[Reading],
    last: Reading | None,
    clause: Clause,
    phrase: ClausePhrase,
    scope: ItemContext,
    *,
    is_last: bool,
) -> Modified | Why:
    """Apply a cap to the clause before it in its sentence; in a sentence of its own it is over all clauses.

    A cap of what is given in an item of the base is over its own clauses alone: what an item takes may go further.
    """
    if phrase.points is None or (scope.max is not None and phrase.points == scope.max):
        return Modified()
    if any(reading.why and reading.sentence == clause.sentence for reading in readings):
        return "no base"  # it may be that of a clause that was not read
    is_beside = scope.gives or scope.takes
    scored = [reading for reading in readings if reading.rules]
    beside = [reading for reading in scored if reading.sentence == clause.sentence]
    if len(scored) > 1 and not beside and any(word in phrase.text for word in _OF_SOME):
        return "no base"
    together = any(word in phrase.text for word in _TOGETHER)
    over_all = not scored or (len(scored) > 1 and (not beside or (together and is_last and len(beside) == len(scored))))
    gives = any("award" in rule for reading in scored for rule in reading.rules)
    if over_all and ((gives and not is_beside) or (is_beside and not is_last)):
        return "no base"
    if together and not over_all and len(beside) > 1:
        return "no base"
    if over_all or last is None:
        return Modified(most=phrase.points)
    if len(last.rules) == 1 and "ratio" in last.rules[0]:
        return Modified(replace(last, rules=({**last.rules[0], "award": phrase.points},)))
    if len(last.rules) == 1:
        return Modified(replace(last, rules=({**last.rules[0], "up_to": phrase.points},)))
    alone = len(scored) == 1 and bool(last.rules) and is_last and (is_beside or not gives)
    return Modified(most=phrase.points) if alone else "no base"
