"""A look ahead: a document."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.engine.whatif.ahead import Ahead, Close, UnitAhead
from dangjian_score.engine.whatif.items import Effect
from dangjian_score.engine.whatif.places import Border
from dangjian_score.points import plain
from dangjian_score.report.document import DocumentColumn, Document, Row, Table
from dangjian_score.report.formatting import PLAIN, FigureFormat, shown
from dangjian_score.report.views.whatif_sentences import decider_text, effect_text, item_text, near_text
from dangjian_score.words.say import Words

_DECIDERS_SHOWN: Final = 2
_ITEMS_SHOWN: Final = 5
_LIGHT_ITEMS_SHOWN: Final = 2
"""What a screen shows of one threshold, and of one unit: items that change more than points, else a few; files have
all."""


def ahead_document(ahead: Ahead, words: Words, only: Collection[str] = ()) -> Document:
    """Set out what is close, where places end, items and ranks, of `only` these units (none: of all)."""
    units = [one for one in ahead.units if not only or one.unit in only]
    return Document(
        words.label("ahead of", title=ahead.rubric.title),
        tables=[
            _near(ahead, units, words),
            _borders(ahead, words),
            _items(ahead, units, words),
            _ranks(ahead, units, words),
        ],
        lead=[_counts(ahead, words, of_these=bool(only) and not any(one.close for one in units))],
    )


def _counts(ahead: Ahead, words: Words, *, of_these: bool) -> str:
    count = sum(bool(one.close) for one in ahead.units)
    key = "ahead nobody of these" if of_these else "ahead close" if count else "ahead nobody"
    return words.label(key, within=plain(ahead.within), count=str(count), all=str(len(ahead.units)))


def _near(ahead: Ahead, units: Sequence[UnitAhead], words: Words) -> Table:
    threshold, decided = words.label("ahead threshold"), words.label("ahead decided by")
    return Table(
        threshold,
        [
            DocumentColumn(ahead.rubric.subject, unit=True, once=True),
            DocumentColumn(words.label("rank"), PLAIN, on="sheet"),
            DocumentColumn(words.label("total"), FigureFormat(ahead.rubric.total_places), once=True),
            DocumentColumn(words.label("grade"), on="sheet"),
            DocumentColumn(words.label("gap"), PLAIN, on="sheet"),
            DocumentColumn(threshold),
            DocumentColumn(decided, on="screen"),
            DocumentColumn(decided, on="sheet"),
        ],
        [_close(one, close, ahead, words) for one in units for close in one.close],
        notes=[words.label("ahead decided note")] if any(one.ranks for one in units) else [],
    )


def _close(unit: UnitAhead, close: Close, ahead: Ahead, words: Words) -> Row:
    now, text = unit.now, near_text(close.near, ahead.titles, words)
    deciders = [decider_text(one, words) for one in close.deciders]
    few = deciders[:_DECIDERS_SHOWN]
    if len(deciders) > len(few):
        few.append(words.label("ahead more deciders", count=str(len(deciders))))
    lines = ("\n".join(some) or None for some in (few, deciders))
    return unit.unit, now.rank, now.total, now.grade, close.near.gap, text, *lines


def _borders(ahead: Ahead, words: Words) -> Table:
    heads = [DocumentColumn(words.label(key)) for key in ("selection", "ahead in", "ahead out")]
    columns = [*heads, DocumentColumn(words.label("gap"), PLAIN), DocumentColumn(words.label("ahead tied"))]
    heading = words.label("ahead borders")
    rows = [_border(one, ahead.rubric.total_places, words) for one in ahead.borders]
    return Table(heading, columns, rows, heading)


def _border(border: Border, places: int, words: Words) -> Row:
    def end(of: tuple[str, Fraction] | None) -> str | None:
        return None if of is None else words.label("ahead scored", unit=of[0], total=shown(of[1], places))

    title = border.title
    if border.group is not None:
        title = words.label("ahead border of", title=title, group=border.group)
    return title, end(border.last), end(border.first), border.gap, words.label("comma").join(border.tied) or None


def _items(ahead: Ahead, units: Sequence[UnitAhead], words: Words) -> Table:
    places, heading = ahead.rubric.total_places, words.label("ahead items")
    effects = [(one, effect) for one in units for effect in one.effects]
    few = [(one, effect) for one in units for effect in _weightiest(one.effects)]
    left = len(effects) - len(few)
    return Table(
        heading,
        [
            DocumentColumn(ahead.rubric.subject, unit=True, once=True),
            DocumentColumn(words.label("ahead item")),
            DocumentColumn(words.label("ahead moved"), FigureFormat(places, signed=True), on="sheet"),
            DocumentColumn(words.label("ahead new total"), FigureFormat(places)),
            DocumentColumn(words.label("ahead then")),
        ],
        [_effect(one, effect, ahead, words) for one, effect in effects],
        heading,
        brief=[_effect(one, effect, ahead, words) for one, effect in few],
        rest=words.label("ahead more items", count=str(left)) if left else "",
        empty=words.label("ahead no items") if any(one.close for one in units) else "",
    )


def _weightiest(effects: Sequence[Effect]) -> Sequence[Effect]:
    grave = [one for one in effects if one.is_grave]
    return grave[:_ITEMS_SHOWN] or effects[:_LIGHT_ITEMS_SHOWN]


def _effect(unit: UnitAhead, effect: Effect, ahead: Ahead, words: Words) -> Row:
    moved, total = (None, None) if effect.after is None else (effect.moved, effect.after.total)
    return unit.unit, item_text(effect.item, words), moved, total, effect_text(effect, ahead.rubric, words)


def _ranks(ahead: Ahead, units: Sequence[UnitAhead], words: Words) -> Table:
    step = words.label("ahead usual step") if ahead.step is None else words.label("ahead step", step=plain(ahead.step))
    places = [DocumentColumn(words.label(key), PLAIN) for key in ("rank", "ahead best", "ahead worst")]
    rows, unsettled = [], []
    for one in units:
        if one.ranks:
            ranks = one.ranks
            firm = words.label("ahead firm" if ranks.firm else "ahead open")
            rows.append((one.unit, ranks.now, ranks.best, ranks.worst, firm))
            unsettled += [] if ranks.firm else rows[-1:]
    settled = len(rows) - len(unsettled)
    return Table(
        words.label("rank"),
        [DocumentColumn(ahead.rubric.subject, unit=True), *places, DocumentColumn(words.label("ahead firm"), on="sheet")],
        rows,
        words.label("ahead ranks"),
        notes=[words.label("ahead ranks note", step=step)],
        brief=unsettled,
        rest=words.label("ahead firm others" if unsettled else "ahead all firm", count=str(settled)) if settled else "",
        empty=words.label("ahead nothing judged"),
    )
