"""Which quota a clause about missing ones is about: the requirements before it, and how many are due."""

import re
from typing import Final

from msgspec.structs import replace

from dangjian_score.draft import naming
from dangjian_score.draft.grammar.clauses import Clause
from dangjian_score.draft.grammar.phrases import ClausePhrase
from dangjian_score.draft.periods import UNCERTAIN, DueCount, due_of

_AT_LEAST: Final = re.compile(
    r"(?:至少|不少于|不低于|应|需|要|不得少于|达到|达|完成|不少|固定)+(?:召开|开展|组织|举办|进行)?$"
)
_DOING: Final = re.compile(
    r"^(?:至少|不少于|不低于|固定|必须|应当|应|要|定期|按时|按期|认真|严格|坚持)*(?:召开|开展|举行|举办|组织召开|组织开展|组织|进行|上|讲)?"
)
_SAYS_NOTHING: Final = re.compile("无故|无正当理由|本人|实际|参加|次数|召开|开展")
_UNDONE: Final = re.compile(
    "(?:未|没有?|不)(?:按[^，]{1,4})?(?:召开|开展|完成|组织|举行|落实|达标|达到|参加|上报|报送|进行)?(?:要求|规定)?"
)
"""What says no more than that something is missing: 未开展的每缺1次扣1分."""


def asked_of(clause: Clause, phrase: ClausePhrase, *, dated: bool) -> list[tuple[ClausePhrase, DueCount]] | None:
    """Return the requirements that a clause about missing ones is about: the nearest that fit, in their order.

    None where they contradict each other.
    """
    if not clause.own_quota:
        return None
    about = _DOING.sub("", naming.cleaned(f"{phrase.subject}{phrase.object}"))
    about = _SAYS_NOTHING.sub("", "" if _UNDONE.fullmatch(about) else about)
    groups = clause.asked[:2] if phrase.unit in _PEOPLE else clause.asked
    for group in groups:
        fit = [each for each in group if each.count is not None and _counts(each, phrase.unit)]
        chosen = [each for each in fit if _is_about(each, about)] if about else fit
        if not chosen and len(fit) == 1 and phrase.unit not in ("次", "项", "人", "名", "个"):
            chosen = fit
        if chosen:
            agreed = _agreed(chosen)
            if agreed is None:
                return None
            chosen = agreed
            apart = [one for each in chosen for one in _apart(each)]
            named = [one for one in apart if about and (about in thing_of(one) or thing_of(one) in about)]
            if len(named) > 1 and not naming.members(about):
                named = [one for one in named if thing_of(one) == about]  # 党课, not 书记上党课
                if len(named) != 1:
                    return None
            chosen = named or apart
            found = [(each, due) for each in chosen if (due := due_of(each, dated=dated)) is not None]
            return found if len(found) == len(chosen) else []
    return []


def thing_of(asked: ClausePhrase) -> str:
    """Return what a requirement counts: 党员大会 in 每季度召开1次党员大会 as in 党员大会每季度召开1次."""
    counted, done, about = (
        _AT_LEAST.sub("", _DOING.sub("", naming.cleaned(text))) for text in (asked.object, asked.act, asked.subject)
    )
    return counted or (done if len(done) > 1 else "") or about or naming.cleaned(asked.subject)


def _apart(asked: ClausePhrase) -> list[ClausePhrase]:
    """Take things apart that share a figure: 党员大会、党课每季度1次."""
    thing = thing_of(asked)
    members = () if "或" in thing or re.match("[与对向在为给从和]", thing) else naming.members(thing)
    return [replace(asked, subject=member, object="", act="") for member in members] or [asked]


def _agreed(asked: list[ClausePhrase]) -> list[ClausePhrase] | None:
    """Drop the sum of a year behind what each period asks for (每季度1次，全年4次); None where they differ."""
    kept: list[ClausePhrase] = []
    for each in asked:
        due = due_of(each, dated=True)
        before = due_of(kept[-1], dated=True) if kept else None
        is_sum = (
            kept
            and due is not None
            and due.for_each is None
            and not naming.cleaned(each.subject)
            and not naming.cleaned(each.object)
        )
        if not is_sum or before is None or before.for_each is None:
            kept.append(each)
        elif before.for_each in UNCERTAIN:
            kept[-1] = replace(each, subject=kept[-1].subject, object=kept[-1].object)
        elif due is not None and before.yearly != due.of:
            return None
    return kept


def _is_about(asked: ClausePhrase, about: str) -> bool:
    """Return whether a requirement is about the thing that a clause names."""
    thing = thing_of(asked)
    whole = f"{asked.subject}{asked.act}{asked.object}"
    return bool(thing) and (about in whole or thing in about or any(part in about for part in naming.members(thing)))


def _counts(asked: ClausePhrase, missing: str) -> bool:
    """Return whether a counter of a requirement is the one that is missing."""
    both = {asked.unit, missing}
    alike = len(both) == 1 or any(both <= kinds for kinds in (_PEOPLE, _TIMES, _PIECES))
    return alike or (missing == "次" and bool(asked.period) and asked.unit in ("天", "日"))


_PEOPLE: Final = frozenset({"人", "名"})
_TIMES: Final = frozenset({"次", "期", "场", "回", "节", "堂", "课时", "轮", "遍"})
_PIECES: Final = frozenset({"篇", "条", "则"})
