"""Sentences on thresholds, deciding figures and items of a look ahead."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from dangjian_score.engine.registers import DAY
from dangjian_score.engine.whatif.deciding import Decider
from dangjian_score.engine.whatif.field import Outlook
from dangjian_score.engine.whatif.items import Effect, ItemStep
from dangjian_score.engine.whatif.marks import Obstacle, Near
from dangjian_score.facts import Event, Value
from dangjian_score.points import readable
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words

_TELLING: Final = ("级别", DAY, "人员", "案件")
"""Columns of a register that tell its events apart."""


def near_text(near: Near, titles: Mapping[str, str], words: Words) -> str:
    """Say how close a unit is, and what stands against it."""
    mark, gap = near.mark, readable(near.gap) if near.gap else ""
    values = {"gap": gap, "title": mark.title, "bound": readable(mark.bound), "becomes": near.becomes or ""}
    sentence = words.label(
        f"ahead {_how(near)} {mark.kind}", **values, node=_node(mark.node, titles), beside=mark.beside or ""
    )
    return words.label("ahead and").join((sentence, *(_block(one, titles, words) for one in near.blocked)))


def _how(near: Near) -> str:
    """Tell where a unit is: it may lose something, gain it, or be past the threshold and not have it."""
    mark = near.mark
    if mark.kind == "cut" and not near.gap:
        return "even" if near.held else "tied" if near.blocked else "late"
    if near.held:
        return "keep" if near.gap else "on"
    over = near.figure >= mark.bound
    if mark.kind == "below":
        return "past" if not over else "gain" if near.gap else "on"
    return "past" if over else "gain"


def _node(node: str | None, titles: Mapping[str, str]) -> str:
    return "" if node is None else f"{node} {titles[node]}"


def _block(block: Obstacle, titles: Mapping[str, str], words: Words) -> str:
    gap = "" if block.gap is None else readable(block.gap)
    names = block.names if block.why != "section" else (_node(name, titles) for name in block.names)
    return words.label(f"ahead block {block.why}", names=words.label("comma").join(names), gap=gap)


def decider_text(one: Decider, words: Words) -> str:
    """Say which figure is to be changed, and to what."""
    opinion = one.opinion
    names = words.label("comma").join(opinion.assessors)
    who = words.label("ahead judged by", measure=opinion.measure, names=names)
    text = words.label("ahead value", measure=who, was=readable(opinion.value), now=readable(one.to))
    return _in_round(opinion.round, text, words)


def item_text(item: ItemStep, words: Words) -> str:
    """Say what is more or less."""
    if item.event is not None:
        event = words.label("comma").join(_columns(item.event, words))
        text = words.label("ahead event", register=item.measure, told=event)
    else:
        was, now = (value_text(value, words) for value in (item.was, item.now))
        text = words.label("ahead value", measure=item.measure, was=was, now=now)
    return _in_round(item.round, text, words)


def _in_round(round_: str | None, text: str, words: Words) -> str:
    return text if round_ is None else words.label("ahead in round", round=round_, text=text)


def _columns(event: Event, words: Words) -> Iterator[str]:
    for name in _TELLING:
        fact = event.columns.get(name)
        if fact is not None and name == DAY and isinstance(fact.value, Fraction):
            yield date.fromordinal(int(fact.value)).isoformat()
        elif fact is not None:
            yield value_text(fact.value, words)


def value_text(value: Value | None, words: Words) -> str:
    """Write a value as one would enter it."""
    if isinstance(value, bool):
        return words.label("ahead yes" if value else "ahead no")
    return readable(value) if isinstance(value, Fraction) else value or ""


def effect_text(effect: Effect, rubric: Rubric, words: Words) -> str:
    """Say what else than the total would change."""
    if effect.after is None:
        return words.label("ahead leaves")
    found = [*_changes(effect.before, effect.after, rubric, words)]
    return words.label("ahead and").join(found) or words.label("ahead only points")


def _changes(before: Outlook, after: Outlook, rubric: Rubric, words: Words) -> Iterator[str]:
    if before.grade != after.grade:
        yield words.label("ahead new grade", was=before.grade or "–", now=after.grade or "–")
    if before.rank != after.rank:
        yield words.label("ahead new rank", was=str(before.rank), now=str(after.rank))
    honours = {one.title: one.honours for one in rubric.selections}
    for title in after.selections:
        if title not in before.selections:
            yield words.label("ahead won" if honours[title] else "ahead named", title=title)
    for title in before.selections:
        if title not in after.selections:
            yield words.label("ahead lost" if honours[title] else "ahead unnamed", title=title)
