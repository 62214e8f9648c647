"""Conditions of the rubric → tests."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from dangjian_score.core import algebra as a
from dangjian_score.core.columns import DAY, LEVEL
from dangjian_score.rubric.conditions import AllOf, AnyOf, Comparators, NotOf, Only
from dangjian_score.rubric.fields import Quantity
from dangjian_score.rubric.lexicon import COLUMNS, QUANTITY, Lexicon, kind_beside

_BOUNDS: tuple[a.Comparator, ...] = ("at_least", "at_most", "above", "below")


def guard(if_: object | None, unless: object | None, names: Lexicon) -> a.Test | None:
    """Join what `if` and `unless` say."""
    return a.both(
        None if if_ is None else condition(if_, names), None if unless is None else a.Not(condition(unless, names))
    )


def only(said: Only | None) -> a.Test | None:
    """Test a unit's attributes."""
    if said is None:
        return None
    return a.both(*(_one_of(name, values) for name, values in said.items()))


def _one_of(name: str, values: tuple[str, ...]) -> a.Test:
    tests = tuple(a.Is(name, value) for value in values)
    return tests[0] if len(tests) == 1 else a.AnyHolds(tests)


def condition(said: object, names: Lexicon) -> a.Test:
    """Turn a condition of the model into a test."""
    match said:
        case str():
            return _some(said) if said in names.registers else a.Yes(said)
        case AllOf(all=members):
            return a.AllHold(tuple(condition(member, names) for member in members))
        case AnyOf(any=members):
            return a.AnyHolds(tuple(condition(member, names) for member in members))
        case NotOf(not_=member):
            return a.Not(condition(member, names))
        case dict():
            ((measure, comparand),) = said.items()
            return _comparison(measure, comparand, names)
        case _:
            raise TypeError(said)


def _comparison(measure: str, comparand: object, names: Lexicon) -> a.Test:
    said = (
        comparand if isinstance(comparand, Comparators) else Comparators.model_construct({"equals"}, equals=comparand)
    )
    tests = list(_counted(measure, said, names))
    if rows := list(_told(measure, said, names)):
        together = rows[0] if len(rows) == 1 else a.AllHold(tuple(rows))
        tests += [_some(measure, together)] if measure in names.registers else rows
    return tests[0] if len(tests) == 1 else a.AllHold(tuple(tests))


def _counted(measure: str, said: Comparators, names: Lexicon) -> Iterator[a.Test]:
    """Compare figures; of a register, the number of its events."""
    for how in _BOUNDS:
        if (bound := getattr(said, how)) is not None:
            yield a.Compare(names.figure(measure, kind_beside((bound,))), how, a.Const(bound.value))
    equal = tuple(value for value in (said.equals,) if _is_figure(value, measure, names))
    yield from (_equals(measure, value, names) for value in equal)
    if said.one_of is not None and all(_is_figure(value, measure, names) for value in said.one_of):
        yield a.AnyHolds(tuple(_equals(measure, value, names) for value in said.one_of))


def _is_figure(value: object, measure: str, names: Lexicon) -> bool:
    """Tell what is asked of the measure as a whole from what is asked of some event of a register."""
    return value is not None and (measure not in names.registers or isinstance(value, Quantity | bool))


def _told(measure: str, said: Comparators, names: Lexicon) -> Iterator[a.Test]:
    """Compare days; of a register, what some one event says: its level, its day."""
    event = measure in names.registers
    day = DAY if event else measure
    if event and said.equals is not None and not _is_figure(said.equals, measure, names):
        yield _row(said.equals)
    if event and said.one_of is not None and not all(_is_figure(value, measure, names) for value in said.one_of):
        yield a.AnyHolds(tuple(_row(value) for value in said.one_of))
    if said.before is not None:
        yield a.Compare(a.Read(day, "date"), "below", _day(said.before))
    if said.after is not None:
        yield a.Compare(a.Read(day, "date"), "above", _day(said.after))


def _row(value: object) -> a.Test:
    return _equals(DAY if isinstance(value, date) else LEVEL, value, COLUMNS)


def _some(register: str, where: a.Test | None = None) -> a.Test:
    """Ask for some event of a register."""
    name = f":{register}" if where is None else f":{register} {where!r}"
    return a.Compare(a.Named(register, "count", a.Tally(name, (register,), where, QUANTITY)), "above", a.ZERO)


def _equals(measure: str, value: object, names: Lexicon) -> a.Test:
    match value:
        case bool() if measure in names.registers:
            return _some(measure) if value else a.Not(_some(measure))
        case bool():
            return a.Yes(measure) if value else a.Not(a.Yes(measure))
        case Quantity():
            return a.Compare(names.figure(measure, kind_beside((value,))), "equals", a.Const(value.value))
        case date():
            return a.Compare(a.Read(measure, "date"), "equals", _day(value))
        case _:
            return a.Is(measure, str(value))


def _day(day: date) -> a.Const:
    return a.Const(Fraction(day.toordinal()))
