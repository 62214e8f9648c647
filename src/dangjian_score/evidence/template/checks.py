"""What a cell may hold, from what the catalogue and the rules say of a measure; and the same in words."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal, assert_never

from msgspec.structs import replace

from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.lookups import Judged
from dangjian_score.evidence.template.plan import Check, ListedValues, Day, Figure, Free
from dangjian_score.points import percent, plain
from dangjian_score.rubric.standing import Span
from dangjian_score.words.say import Words

YES: Final = "是"
NO: Final = "否"
NONE: Final = "无"
INAPPLICABLE: Final = "不适用"
ABSENT: Final = ("弃权", "回避", "缺评")
"""What assessors write who give no figure."""

_SHOWN: Final = 12
"""Choices that a sentence names; more are in the drop-down."""


def check_of(
    measure: Measure,
    said: Words,
    judged: tuple[Judged, ...] = (),
    *,
    optional: bool = False,
    describes: bool = False,
    assessed: bool = False,
) -> Check:
    """Say what the cells of a measure may hold; where it is `optional`, 不适用 too.

    What `describes` a unit is never 无. Where it is `assessed`, assessors may say why they give no figure.
    """
    instead = (*((INAPPLICABLE,) if optional else ()), *(ABSENT if assessed else ()))
    match measure.kind:
        case "yes_no":
            return choice((YES, NO), said, instead=instead)
        case "level":
            values = measure.levels if describes else (*measure.levels, NONE)
            return choice(values, said, instead=instead, strict=not measure.open)
        case "date":
            return day(None, said, instead=instead)
        case "percent":
            return _figure("percent", measure.least, measure.most, said, instead)
        case "count":
            return _figure("whole", measure.least, measure.most, said, instead)
        case "number" | "score":
            least = min((one.least for one in judged), default=measure.least)
            bounds = (measure.most, max((one.most for one in judged), default=None))
            return _figure("decimal", least, _least(bounds), said, instead)
        case "text" | "votes":
            return choice(measure.levels, said, strict=False) if measure.levels else Free()
        case _:
            assert_never(measure.kind)


def _least(bounds: Iterable[Fraction | None]) -> Fraction | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def choice(values: Iterable[str], said: Words, *, instead: tuple[str, ...] = (), strict: bool = True) -> ListedValues:
    """Offer values."""
    offered = tuple(dict.fromkeys((*values, *instead)))
    check = ListedValues(offered, strict)
    return replace(check, wrong=said.sheet("wrong", what=described(check, said)))


def day(span: Span | None, said: Words, *, instead: tuple[str, ...] = ()) -> Day:
    """Ask for a day, within a span where there is one."""
    check = Day(span.from_, span.to, instead) if span else Day(instead=instead)
    return replace(check, wrong=said.sheet("wrong", what=described(check, said)))


def quantity(said: Words) -> Figure:
    """Ask how many there were, above 0."""
    check = Figure("decimal", Fraction(0), positive=True)
    return replace(check, wrong=said.sheet("wrong", what=described(check, said)))


def _figure(
    kind: Literal["whole", "decimal", "percent"],
    least: Fraction | None,
    most: Fraction | None,
    said: Words,
    instead: tuple[str, ...],
) -> Figure:
    check = Figure(kind, least, most, instead=instead)
    return replace(check, wrong=said.sheet("wrong", what=described(check, said)))


def described(check: Check, said: Words) -> str:
    """Say what a cell may hold."""
    match check:
        case ListedValues(values, strict):
            shown = (*values[:_SHOWN], *(["…"] if len(values) > _SHOWN else []))
            return said.sheet("fill choice" if strict else "fill suggested", values=said.sheet("comma").join(shown))
        case Figure(kind, least, most, positive):
            show = percent if kind == "percent" else plain
            bounds = {"least": "" if least is None else show(least), "most": "" if most is None else show(most)}
            text = said.sheet("fill positive") if positive else said.sheet(f"fill {kind}", **bounds)
        case Day(first, last):
            span = {} if first is None or last is None else {"first": first.isoformat(), "last": last.isoformat()}
            text = said.sheet("fill day", **span)
        case Free():
            return said.sheet("fill free")
        case _:
            assert_never(check)
    if INAPPLICABLE in check.instead:
        text = said.sheet("or instead", what=text, instead=INAPPLICABLE)
    return said.sheet("or absent", what=text) if set(ABSENT) <= set(check.instead) else text
