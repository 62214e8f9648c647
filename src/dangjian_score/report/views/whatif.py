"""A look ahead: a document, its sentences, and data (`dangjian.whatif/1`)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from dangjian_score.core.columns import CASE, DAY, LEVEL, PERSON
from dangjian_score.core.facts import Event, SourceFile, Value
from dangjian_score.core.points import plain, readable
from dangjian_score.engine.whatif.ahead import Ahead, Close, Effect, ItemStep, UnitAhead
from dangjian_score.engine.whatif.judged import DecidingFigure
from dangjian_score.engine.whatif.near import Border, Near, Obstacle
from dangjian_score.engine.whatif.rescoring import Outlook
from dangjian_score.report.document import Contract, Data, Document, DocumentColumn, Points, Row, Table, sources_data
from dangjian_score.report.formatting import PLAIN, FigureFormat, shown
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words

_TELLING: Final = (LEVEL, DAY, PERSON, CASE)
"""Columns of a register that tell its events apart."""


def near_text(near: Near, titles: Mapping[str, str], words: Words) -> str:
    """Say how close a unit is, and what stands against it."""
    mark, gap = near.mark, readable(near.gap) if near.gap else ""
    values = {"gap": gap, "title": mark.title, "bound": readable(mark.bound), "becomes": near.becomes or ""}
    sentence = words.text(
        f"ahead {_how(near)} {mark.kind}", **values, node=_node(mark.node, titles), beside=mark.beside or ""
    )
    return words.text("ahead and").join((sentence, *(_block(obstacle, titles, words) for obstacle in near.blocked)))


def _how(near: Near) -> str:
    """Tell where a unit is: it may lose something, gain it, or be past the threshold and not have it."""
    mark = near.mark
    if mark.kind == "cut" and not near.gap:
        return "even" if near.held else "tied" if near.blocked else "late"
    if near.held:
        return "keep" if near.gap else "on"
    over = mark.reached_by(near.figure)
    if mark.strict and not near.gap:
        return "at"
    if mark.kind == "below":
        return "past" if not over else "gain" if near.gap else "on"
    return "past" if over else "gain"


def _node(node: str | None, titles: Mapping[str, str]) -> str:
    return "" if node is None else f"{node} {titles[node]}"


def _block(block: Obstacle, titles: Mapping[str, str], words: Words) -> str:
    gap = "" if block.gap is None else readable(block.gap)
    names = block.names if block.why != "section" else (_node(name, titles) for name in block.names)
    return words.text(f"ahead block {block.why}", names=words.text("comma").join(names), gap=gap)


def decider_text(decider: DecidingFigure, words: Words) -> str:
    """Say which figure is to be changed, and to what."""
    opinion = decider.opinion
    names = words.text("comma").join(opinion.assessors)
    who = words.text("ahead judged by", measure=opinion.measure, names=names)
    text = words.text("ahead value", measure=who, was=readable(opinion.value), now=readable(decider.to))
    return _in_round(opinion.round, text, words)


def item_text(item: ItemStep, words: Words) -> str:
    """Say what is more or less."""
    if item.event is not None:
        event = words.text("comma").join(_columns(item.event, words))
        text = words.text("ahead event", register=item.measure, told=event)
    else:
        was, now = (value_text(value, words) for value in (item.was, item.now))
        text = words.text("ahead value", measure=item.measure, was=was, now=now)
    return _in_round(item.round, text, words)


def _in_round(round_: str | None, text: str, words: Words) -> str:
    return text if round_ is None else words.text("ahead in round", round=round_, text=text)


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
        return words.text("ahead yes" if value else "ahead no")
    return readable(value) if isinstance(value, Fraction) else value or ""


def effect_text(effect: Effect, rubric: Rubric, words: Words) -> str:
    """Say what else than the total would change."""
    if effect.after is None:
        return words.text("ahead leaves or unranked" if rubric.unranked else "ahead leaves")
    found = [*_changes(effect.before, effect.after, rubric, words)]
    return words.text("ahead and").join(found) or words.text("ahead only points")


def _changes(before: Outlook, after: Outlook, rubric: Rubric, words: Words) -> Iterator[str]:
    if before.grade != after.grade:
        yield words.text("ahead new grade", was=before.grade or "–", now=after.grade or "–")
    if before.rank != after.rank:
        yield words.text("ahead new rank", was=str(before.rank), now=str(after.rank))
    honours = {selection.title: selection.honours for selection in rubric.selections}
    for title in after.selections:
        if title not in before.selections:
            yield words.text("ahead won" if honours[title] else "ahead named", title=title)
    for title in before.selections:
        if title not in after.selections:
            yield words.text("ahead lost" if honours[title] else "ahead unnamed", title=title)


_DECIDERS_SHOWN: Final = 2
_ITEMS_SHOWN: Final = 5
_LIGHT_ITEMS_SHOWN: Final = 2
"""What a screen shows of one threshold, and of one unit: items that change more than points, else a few; files have
all."""


def ahead_document(ahead: Ahead, words: Words, only: Collection[str] = ()) -> Document:
    """Set out what is close, where places end, items and ranks, of `only` these units (none: of all)."""
    units = [unit for unit in ahead.units if not only or unit.unit in only]
    return Document(
        words.text("ahead of", title=ahead.rubric.title),
        tables=[
            _near(ahead, units, words),
            _borders(ahead, words),
            _items(ahead, units, words),
            _ranks(ahead, units, words),
        ],
        lead=[_counts(ahead, words, of_these=bool(only) and not any(unit.close for unit in units))],
    )


def _counts(ahead: Ahead, words: Words, *, of_these: bool) -> str:
    count = sum(bool(unit.close) for unit in ahead.units)
    key = "ahead nobody of these" if of_these else "ahead close" if count else "ahead nobody"
    return words.text(key, within=plain(ahead.within), count=str(count), all=str(len(ahead.units)))


def _near(ahead: Ahead, units: Sequence[UnitAhead], words: Words) -> Table:
    threshold, decided = words.text("ahead threshold"), words.text("ahead decided by")
    return Table(
        threshold,
        [
            DocumentColumn(ahead.rubric.subject, unit=True, once=True),
            DocumentColumn(words.text("rank"), PLAIN, on="sheet"),
            DocumentColumn(words.text("total"), FigureFormat(ahead.rubric.total_places), once=True),
            DocumentColumn(words.text("grade"), on="sheet"),
            DocumentColumn(words.text("gap"), PLAIN, on="sheet"),
            DocumentColumn(threshold),
            DocumentColumn(decided, on="screen"),
            DocumentColumn(decided, on="sheet"),
        ],
        [_close(unit, close, ahead, words) for unit in units for close in unit.close],
        notes=[words.text("ahead decided note")] if any(unit.ranks for unit in units) else [],
    )


def _close(unit: UnitAhead, close: Close, ahead: Ahead, words: Words) -> Row:
    now, text = unit.now, near_text(close.near, ahead.titles, words)
    deciders = [decider_text(decider, words) for decider in close.deciders]
    few = deciders[:_DECIDERS_SHOWN]
    if len(deciders) > len(few):
        few.append(words.text("ahead more deciders", count=str(len(deciders))))
    lines = ("\n".join(some) or None for some in (few, deciders))
    return unit.unit, now.rank, now.total, now.grade, close.near.gap, text, *lines


def _borders(ahead: Ahead, words: Words) -> Table:
    heads = [DocumentColumn(words.text(key)) for key in ("selection", "ahead in", "ahead out")]
    columns = [*heads, DocumentColumn(words.text("gap"), PLAIN), DocumentColumn(words.text("ahead tied"))]
    heading = words.text("ahead borders")
    rows = [_border(border, ahead.rubric.total_places, words) for border in ahead.borders]
    return Table(heading, columns, rows, heading)


def _border(border: Border, places: int, words: Words) -> Row:
    def end(of: tuple[str, Fraction] | None) -> str | None:
        return None if of is None else words.text("ahead scored", unit=of[0], total=shown(of[1], places))

    title = border.title
    if border.group is not None:
        title = words.text("ahead border of", title=title, group=border.group)
    return title, end(border.last), end(border.first), border.gap, words.text("comma").join(border.tied) or None


def _items(ahead: Ahead, units: Sequence[UnitAhead], words: Words) -> Table:
    places, heading = ahead.rubric.total_places, words.text("ahead items")
    effects = [(unit, effect) for unit in units for effect in unit.effects]
    few = [(unit, effect) for unit in units for effect in _weightiest(unit.effects)]
    left = len(effects) - len(few)
    return Table(
        heading,
        [
            DocumentColumn(ahead.rubric.subject, unit=True, once=True),
            DocumentColumn(words.text("ahead item")),
            DocumentColumn(words.text("ahead moved"), FigureFormat(places, signed=True), on="sheet"),
            DocumentColumn(words.text("ahead new total"), FigureFormat(places)),
            DocumentColumn(words.text("ahead then")),
        ],
        [_effect(unit, effect, ahead, words) for unit, effect in effects],
        heading,
        brief=[_effect(unit, effect, ahead, words) for unit, effect in few],
        rest=words.text("ahead more items", count=str(left)) if left else "",
        empty=words.text("ahead no items") if any(unit.close for unit in units) else "",
    )


def _weightiest(effects: Sequence[Effect]) -> Sequence[Effect]:
    grave = [effect for effect in effects if effect.is_grave]
    return grave[:_ITEMS_SHOWN] or effects[:_LIGHT_ITEMS_SHOWN]


def _effect(unit: UnitAhead, effect: Effect, ahead: Ahead, words: Words) -> Row:
    moved, total = (None, None) if effect.after is None else (effect.moved, effect.after.total)
    return unit.unit, item_text(effect.item, words), moved, total, effect_text(effect, ahead.rubric, words)


def _ranks(ahead: Ahead, units: Sequence[UnitAhead], words: Words) -> Table:
    step = words.text("ahead usual step") if ahead.step is None else words.text("ahead step", step=plain(ahead.step))
    places = [DocumentColumn(words.text(key), PLAIN) for key in ("rank", "ahead best", "ahead worst")]
    rows, unsettled = [], []
    for unit in units:
        if unit.ranks:
            ranks = unit.ranks
            firm = words.text("ahead firm" if ranks.firm else "ahead open")
            rows.append((unit.unit, ranks.now, ranks.best, ranks.worst, firm))
            unsettled += [] if ranks.firm else rows[-1:]
    settled = len(rows) - len(unsettled)
    return Table(
        words.text("rank"),
        [
            DocumentColumn(ahead.rubric.subject, unit=True),
            *places,
            DocumentColumn(words.text("ahead firm"), on="sheet"),
        ],
        rows,
        words.text("ahead ranks"),
        notes=[words.text("ahead ranks note", step=step)],
        brief=unsettled,
        rest=words.text("ahead firm others" if unsettled else "ahead all firm", count=str(settled)) if settled else "",
        empty=words.text("ahead nothing judged"),
    )


CONTRACT: Final = Contract(
    "dangjian.whatif/1", {"evidence": [], "within": None, "step": None, "units": [], "borders": []}
)


def ahead_data(ahead: Ahead, evidence: Iterable[SourceFile]) -> dict[str, Data]:
    """Give everything."""
    places = ahead.rubric.total_places
    return {
        "evidence": sources_data(evidence),
        "within": ahead.within,
        "step": ahead.step,
        "units": [_unit(unit, places) for unit in ahead.units],
        "borders": [_border_data(border, places) for border in ahead.borders],
    }


def _unit(unit: UnitAhead, places: int) -> Data:
    ranks = unit.ranks
    return {
        "unit": unit.unit,
        **_outlook(unit.now, places),
        "near": [*map(_close_data, unit.close)],
        "items": [_effect_data(effect, places) for effect in unit.effects],
        "ranks": None if ranks is None else {"best": ranks.best, "worst": ranks.worst, "firm": ranks.firm},
    }


def _outlook(outlook: Outlook, places: int) -> dict[str, Data]:
    total = Points(outlook.total, places)
    return {"rank": outlook.rank, "total": total, "grade": outlook.grade, "selections": outlook.selections}


def _close_data(close: Close) -> Data:
    near, mark = close.near, close.near.mark
    return {
        "threshold": {
            "kind": mark.kind,
            "title": mark.title,
            "bound": mark.bound,
            "node": mark.node,
            "beside": mark.beside,
        },
        "figure": near.figure,
        "gap": near.gap,
        "held": near.held,
        "becomes": near.becomes,
        "blocked": [{"why": block.why, "names": block.names, "gap": block.gap} for block in near.blocked],
        "decided_by": [*map(_decider, close.deciders)],
    }


def _decider(decider: DecidingFigure) -> Data:
    opinion = decider.opinion
    return {
        "round": opinion.round,
        "measure": opinion.measure,
        "assessors": opinion.assessors,
        "from": opinion.value,
        "to": decider.to,
        "least": opinion.least,
        "most": opinion.most,
        "step": opinion.step,
    }


def _effect_data(effect: Effect, places: int) -> Data:
    item = effect.item
    return {
        "round": item.round,
        "measure": item.measure,
        "event": None if item.event is None else str(item.event.cell),
        "from": item.was,
        "to": item.now,
        "moved": None if effect.after is None else effect.moved,
        "after": None if effect.after is None else _outlook(effect.after, places),
    }


def _border_data(border: Border, places: int) -> Data:
    def end(of: tuple[str, Fraction] | None) -> Data:
        return None if of is None else {"unit": of[0], "total": Points(of[1], places)}

    return {
        "selection": border.title,
        "group": border.group,
        "last": end(border.last),
        "first": end(border.first),
        "gap": border.gap,
        "tied": border.tied,
    }
