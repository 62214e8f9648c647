"""Conditions of the rubric → tests."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from dangjian_score.core.algebra import (
    ZERO,
    AllHold,
    AnyHolds,
    Comparator,
    Compare,
    Const,
    Is,
    Named,
    Not,
    Read,
    Tally,
    Test,
    Yes,
    both,
)
from dangjian_score.core.facts import DAY, LEVEL
from dangjian_score.rubric.conditions import AllOf, AnyOf, Comparators, NotOf, Only
from dangjian_score.rubric.fields import Quantity
from dangjian_score.rubric.lexicon import COLUMNS, QUANTITY, Lexicon, kind_beside

_BOUNDS: tuple[Comparator, ...] = ("at_least", "at_most", "above", "below")


def guard(if_: object | None, unless: object | None, names: Lexicon) -> Test | None:
    """Join what `if` and `unless` say."""
    return both(
        None if if_ is None else condition(if_, names), None if unless is None else Not(condition(unless, names))
    )


def only(said: Only | None) -> Test | None:
    """Test a unit's attributes."""
    if said is None:
        return None
    return both(*(_one_of(name, values) for name, values in said.items()))


def _one_of(name: str, values: tuple[str, ...]) -> Test:
    tests = tuple(Is(name, value) for value in values)
    return tests[0] if len(tests) == 1 else AnyHolds(tests)


def condition(said: object, names: Lexicon) -> Test:
    """Turn a condition of the model into a test."""
    match said:
        case str():
            return _some(said) if said in names.registers else Yes(said)
        case AllOf(all=members):
            return AllHold(tuple(condition(member, names) for member in members))
        case AnyOf(any=members):
            return AnyHolds(tuple(condition(member, names) for member in members))
        case NotOf(not_=member):
            return Not(condition(member, names))
        case dict():
            ((measure, comparand),) = said.items()
            return _comparison(measure, comparand, names)
        case _:
            raise TypeError(said)


def _comparison(measure: str, comparand: object, names: Lexicon) -> Test:
    said = (
        comparand if isinstance(comparand, Comparators) else Comparators.model_construct({"equals"}, equals=comparand)
    )
    tests = list(_counted(measure, said, names))
    if rows := list(_told(measure, said, names)):
        together = rows[0] if len(rows) == 1 else AllHold(tuple(rows))
        tests += [_some(measure, together)] if measure in names.registers else rows
    return tests[0] if len(tests) == 1 else AllHold(tuple(tests))


def _counted(measure: str, said: Comparators, names: Lexicon) -> Iterator[Test]:
    """Compare figures; of a register, the number of its events."""
    for how in _BOUNDS:
        if (bound := getattr(said, how)) is not None:
            yield Compare(names.figure(measure, kind_beside((bound,))), how, Const(bound.value))
    equal = tuple(value for value in (said.equals,) if _is_figure(value, measure, names))
    yield from (_equals(measure, value, names) for value in equal)
    if said.one_of is not None and all(_is_figure(value, measure, names) for value in said.one_of):
        yield AnyHolds(tuple(_equals(measure, value, names) for value in said.one_of))


def _is_figure(value: object, measure: str, names: Lexicon) -> bool:
    """Tell what is asked of the measure as a whole from what is asked of some event of a register."""
    return value is not None and (measure not in names.registers or isinstance(value, Quantity | bool))


def _told(measure: str, said: Comparators, names: Lexicon) -> Iterator[Test]:
    """Compare days; of a register, what some one event says: its level, its day."""
    event = measure in names.registers
    day = DAY if event else measure
    if event and said.equals is not None and not _is_figure(said.equals, measure, names):
        yield _row(said.equals)
    if event and said.one_of is not None and not all(_is_figure(value, measure, names) for value in said.one_of):
        yield AnyHolds(tuple(_row(value) for value in said.one_of))
    if said.before is not None:
        yield Compare(Read(day, "date"), "below", _day(said.before))
    if said.after is not None:
        yield Compare(Read(day, "date"), "above", _day(said.after))


def _row(value: object) -> Test:
    return _equals(DAY if isinstance(value, date) else LEVEL, value, COLUMNS)


def _some(register: str, where: Test | None = None) -> Test:
    """Ask for some event of a register."""
    name = f":{register}" if where is None else f":{register} {where!r}"
    return Compare(Named(register, "count", Tally(name, (register,), where, QUANTITY)), "above", ZERO)


def _equals(measure: str, value: object, names: Lexicon) -> Test:
    match value:
        case bool() if measure in names.registers:
            return _some(measure) if value else Not(_some(measure))
        case bool():
            return Yes(measure) if value else Not(Yes(measure))
        case Quantity():
            return Compare(names.figure(measure, kind_beside((value,))), "equals", Const(value.value))
        case date():
            return Compare(Read(measure, "date"), "equals", _day(value))
        case _:
            return Is(measure, str(value))


def _day(day: date) -> Const:
    return Const(Fraction(day.toordinal()))
