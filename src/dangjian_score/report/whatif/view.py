"""One view of a look ahead for every format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine.whatif.ahead import Ahead, Close, UnitAhead
from dangjian_score.engine.whatif.places import Border
from dangjian_score.points import fixed, plain
from dangjian_score.report.comparison.view import signed
from dangjian_score.report.whatif.sentences import decider_text, effect_text, item_text, near_text
from dangjian_score.words.say import Words


@dataclass(frozen=True, slots=True)
class CloseRow:
    """A threshold that a unit is close to, in text; `deciders` the least change first."""

    unit: str
    rank: int
    total: str
    grade: str | None
    text: str
    gap: Fraction
    deciders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BorderRow:
    """Where places end, in text; `last` and `first` with their totals."""

    title: str
    last: str
    first: str
    gap: str
    tied: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item more or less of a unit, in text; `grave` where more than the total would be other."""

    unit: str
    item: str
    moved: str
    total: str
    text: str
    grave: bool


@dataclass(frozen=True, slots=True)
class RankRow:
    """How firm a rank is."""

    unit: str
    now: int
    best: int
    worst: int
    firm: bool


@dataclass(frozen=True, slots=True)
class AheadView:
    """Everything, in text. `counts` says how many units are close; `ranks` are empty where nobody judged anything."""

    title: str
    counts: str
    close: tuple[CloseRow, ...]
    borders: tuple[BorderRow, ...]
    items: tuple[ItemRow, ...]
    ranks: tuple[RankRow, ...]
    ranks_note: str


def view(ahead: Ahead, said: Words, shown: Iterable[str] = ()) -> AheadView:
    """Write everything out; `shown` keeps only these units."""
    wanted = frozenset(shown)
    units = [one for one in ahead.units if not wanted or one.unit in wanted]
    places = ahead.rubric.total_places
    step = said.label("ahead usual step") if ahead.step is None else said.label("ahead step", step=plain(ahead.step))
    return AheadView(
        title=said.label("ahead of", title=ahead.rubric.title),
        counts=_counts(ahead, said, of_these=bool(wanted) and not any(one.close for one in units)),
        close=tuple(_close(unit, one, ahead, said) for unit in units for one in unit.close),
        borders=tuple(_border(one, places, said) for one in ahead.borders),
        items=tuple(row for unit in units for row in _items(unit, ahead, said)),
        ranks=tuple(
            RankRow(one.unit, one.ranks.now, one.ranks.best, one.ranks.worst, one.ranks.firm)
            for one in units
            if one.ranks
        ),
        ranks_note=said.label("ahead ranks note", step=step),
    )


def _counts(ahead: Ahead, said: Words, *, of_these: bool) -> str:
    count = sum(bool(one.close) for one in ahead.units)
    key = "ahead nobody of these" if of_these else "ahead close" if count else "ahead nobody"
    return said.label(key, within=plain(ahead.within), count=str(count), all=str(len(ahead.units)))


def _close(unit: UnitAhead, close: Close, ahead: Ahead, said: Words) -> CloseRow:
    return CloseRow(
        unit=unit.unit,
        rank=unit.now.rank,
        total=fixed(unit.now.total, ahead.rubric.total_places),
        grade=unit.now.grade,
        text=near_text(close.near, ahead.titles, said),
        gap=close.near.gap,
        deciders=tuple(decider_text(one, said) for one in close.deciders),
    )


def _border(border: Border, places: int, said: Words) -> BorderRow:
    def end(of: tuple[str, Fraction] | None) -> str:
        return "" if of is None else said.label("ahead scored", unit=of[0], total=fixed(of[1], places))

    title = border.title
    if border.group is not None:
        title = said.label("ahead border of", title=title, group=border.group)
    gap = "" if border.gap is None else plain(border.gap)
    return BorderRow(title, end(border.last), end(border.first), gap, said.label("comma").join(border.tied))


def _items(unit: UnitAhead, ahead: Ahead, said: Words) -> Iterator[ItemRow]:
    places = ahead.rubric.total_places
    for effect in unit.effects:
        moved = "" if effect.after is None else signed(fixed(effect.moved, places))
        total = "" if effect.after is None else fixed(effect.after.total, places)
        told = effect_text(effect, ahead.rubric, said)
        yield ItemRow(unit.unit, item_text(effect.item, said), moved, total, told, effect.is_grave)
