"""The meaning of names and conditions of a rubric, as expressions and tests.

Names are measures that are entered or worked out, registers, and figures over all units.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT, DAY, LEVEL
from dangjian_score.rubric.conditions import (
    AllOf,
    AnyOf,
    Bounds,
    Comparand,
    Comparators,
    Condition,
    NotOf,
    OfAll,
    Only,
    PointsBound,
    Term,
)
from dangjian_score.rubric.fields import Quantity, Scalar
from dangjian_score.rubric.measures import MeasureSpec

PERIODS: Final = ("day", "week", "fortnight", "month", "two_months", "quarter", "half_year", "year")
"""Periods that `for_each` takes."""

QUANTITY: Final = a.Choice(a.Entered(AMOUNT), a.Read(AMOUNT, "number"), a.ONE)
"""How often an event counts: the value of its column 数量, once where that is blank."""

_POINTS, _ADDED_POINTS, _OVER_ALL = "得分", "得分之和", "各轮合成"
"""What the names of points end in: of one node, of several; what stands before it for those over all rounds."""

_DAYS, _MARKS = "天", "分"
"""The counters of what lies between two dates, and of points; a rate of points has none."""

_KINDS: Mapping[str, a.ReadingKind] = {"percent": "percent", "change": "percent", "ratio": "number", "points": "number"}


class Lexicon(Struct, frozen=True):
    """The names of a rubric, with what the expression of a name depends on.

    `population` is the node whose units are compared: figures over all units are worked out for each node.
    `inside` is the formula that is being expanded. `closing` are pairs (formula, term) that would close a circle; the
    term is not expanded there, and checks report it. `points` maps nodes to the steps of their points where those
    have other names, as in the conditions that are asked of every round. `titles` are the names of nodes for people.
    """

    measures: Mapping[str, MeasureSpec]
    registers: frozenset[str]
    population: str = ""
    inside: str = ""
    closing: frozenset[tuple[str, ...]] = frozenset()
    points: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def among(self, population: str) -> "Lexicon":
        """Return the lexicon for the rules of a node."""
        return replace(self, population=population)

    def figure(self, name: str, kind: a.ReadingKind) -> a.Expr:
        """Return the expression of a name that is read as `kind`."""
        spec = self.measures.get(name)
        if spec and spec.formula and (self.inside, name) not in self.closing:
            inner = replace(self, inside=name)
            return a.Named(name, inner.kind(name, kind), inner.formula(spec), inner.counter(name))
        if name in self.registers:
            return a.Named(name, "count", a.Tally(f":{name}", (name,), None, QUANTITY), self.counter(name))
        return a.Read(name, kind, self.counter(name))

    def counter(self, name: str) -> str:
        """Return the word that a measure counts in; 天 between dates, 分 of points; empty where nothing says it."""
        spec = self.measures.get(name)
        match spec:
            case None:
                return ""
            case MeasureSpec(counter=str(counter)):
                return counter
            case MeasureSpec(points=tuple()) if spec.declared != "percent":
                return _MARKS
            case MeasureSpec(difference=tuple(terms)) if self._are_dates(terms, name):
                return _DAYS
            case _:
                return ""

    def date(self, name: str) -> a.Expr:
        """Return the date that a name stands for; of one that is no date its plain reading, which checks refuse."""
        return self.figure(name, "date") if self.kind(name, "date") == "date" else a.Read(name, "date")

    def kind(self, name: str, otherwise: a.ReadingKind) -> a.ReadingKind:
        """Return the kind of a measure by its formula or declaration; `otherwise` where neither says it."""
        spec = self.measures.get(name)
        if spec is None:
            return otherwise
        if spec.formula == "difference":
            return self._kind_between(name, spec.difference or ())
        if spec.formula:
            return _KINDS[spec.formula]
        declared = spec.declared
        return declared if declared in ("count", "number", "percent", "score", "date") else otherwise

    def _kind_between(self, name: str, terms: tuple[Term, ...]) -> a.ReadingKind:
        """Return the kind of a difference: that of its terms; a number of days between two dates."""
        kinds = self._open_kinds(terms, name)
        return "number" if self._are_dates(terms, name) or not kinds else kinds[0]

    def _are_dates(self, terms: tuple[Term, ...], name: str) -> bool:
        return self._open_kinds(terms, name) == ["date"] * len(terms)

    def _open_kinds(self, terms: tuple[Term, ...], name: str) -> list[a.ReadingKind]:
        """Return the kinds of the terms of a formula, without those that would close a circle."""
        open_ = (term for term in terms if isinstance(term, str) and (name, term) not in self.closing)
        return [self.kind(term, "number") for term in open_]

    def formula(self, spec: MeasureSpec) -> a.Expr:
        """Return the expression of a measure that has a formula."""
        match spec.formula:
            case "percent":
                return a.Quotient(self._part(spec.percent), self._part(spec.of))
            case "ratio":
                return a.Quotient(self._part(spec.ratio), self._part(spec.of))
            case "difference":
                left, right = spec.difference or ()
                return _held(spec, a.difference(self._part((left,)), self._part((right,))))
            case "change":
                gap = a.difference(self._part(spec.change), self._part(spec.from_))
                return _held(spec, a.Quotient(gap, self._part(spec.from_)))
            case _:
                return self._points(spec.nodes, of_rounds=spec.over is None)

    def points_of(self, nodes: tuple[str, ...], *, of_rounds: bool) -> a.Named:
        """Return the points of nodes, added up, under a name that a measure of them might have."""
        *others, last = (self.titles.get(node, node) for node in nodes)
        name = f"{'、'.join(others)}与{last}" if others else last
        over = "" if of_rounds else _OVER_ALL
        suffix = _ADDED_POINTS if len(nodes) > 1 else _POINTS
        return a.Named(f"{name}{over}{suffix}", "number", self._points(nodes, of_rounds=of_rounds), _MARKS)

    def _points(self, nodes: tuple[str, ...], *, of_rounds: bool) -> a.Expr:
        steps = self.points if of_rounds else {}
        return a.Sum(tuple(a.Ref(steps.get(node, node)) for node in nodes))

    def _part(self, terms: tuple[Term, ...] | None) -> a.Expr:
        """Return the sum of the terms of a formula, each measure read as its declared kind."""
        terms = terms or ()
        usual = kind_beside(terms)
        added = tuple(self.term(term, self.kind(term, usual) if isinstance(term, str) else usual) for term in terms)
        return added[0] if len(added) == 1 else a.Sum(added)

    def added(self, terms: Iterable[Term], kind: a.ReadingKind) -> a.Expr:
        """Return the sum of the terms of a basis; of a single term the term itself."""
        added = tuple(self.term(term, kind) for term in terms)
        return added[0] if len(added) == 1 else a.Sum(added)

    def ranked(self, terms: tuple[Term, ...]) -> a.Expr:
        """Return the figure by which units are ranked: the sum of measures, each read as its declared kind."""
        return self._part(terms)

    def term(self, term: Term, kind: a.ReadingKind) -> a.Expr:
        """Return the expression of one term."""
        match term:
            case str():
                return self.figure(term, kind)
            case Quantity():
                return a.Const(term.value)
            case OfAll(statistic, measure):
                kind = self.kind(measure, "number" if kind == "count" else kind)
                name = f":{self.population} {statistic} {measure}"
                return a.Statistic(name, statistic, self.figure(measure, kind), measure, kind)
            case _:
                assert_never(term)


def _held(spec: MeasureSpec, figure: a.Expr) -> a.Expr:
    """Return the figure, not below 0 where the rubric says `min: 0`."""
    return figure if spec.min is None else a.Most(a.ZERO, figure)


COLUMNS = Lexicon({}, frozenset())
"""The lexicon of `where`, `plus` and `times`: their names are columns of a register."""


def kind_beside(terms: Iterable[Term]) -> a.ReadingKind:
    """Return the kind of figures that are compared with these terms: per cent beside a per cent, else a number."""
    return "percent" if any(isinstance(term, Quantity) and term.percent for term in terms) else "number"


def kind_counted(terms: Iterable[Term]) -> a.ReadingKind:
    """Return the kind of figures counted with these terms: a count beside whole numbers, else as `kind_beside`."""
    numbers = tuple(term for term in terms if isinstance(term, Quantity))
    if kind_beside(numbers) == "percent":
        return "percent"
    return "count" if all(number.value.denominator == 1 for number in numbers) else "number"


def is_period(key: str) -> bool:
    """Return whether a key of `for_each` is a period and not a column."""
    return key in PERIODS


def guard_test(if_: Condition | None, unless: Condition | None, lexicon: Lexicon) -> a.Test | None:
    """Return the test of `if` and `unless` together; None where neither is given."""
    return a.both(
        None if if_ is None else condition(if_, lexicon),
        None if unless is None else a.Not(condition(unless, lexicon)),
    )


def only(attributes: Only | None) -> a.Test | None:
    """Return the test of a unit's attributes that `only` asks for; None where it is not given."""
    tests = (tuple(a.Is(name, value) for value in values) for name, values in (attributes or {}).items())
    return a.both(*(members[0] if len(members) == 1 else a.AnyHolds(members) for members in tests))


def condition(written: Condition, lexicon: Lexicon) -> a.Test:
    """Return the test of a condition."""
    match written:
        case str():
            return _some(written, lexicon) if written in lexicon.registers else a.Yes(written)
        case AllOf(all=members):
            return a.AllHold(tuple(condition(member, lexicon) for member in members))
        case AnyOf(any=members, at_least=least):
            tests = tuple(condition(member, lexicon) for member in members)
            return a.AnyHolds(tests) if least is None else _at_least(least, tests)
        case NotOf(not_=member):
            return a.Not(condition(member, lexicon))
        case PointsBound(points=nodes, over=over):
            return _within(lexicon.points_of(nodes, of_rounds=over is None), written)
        case dict():
            ((measure, comparand),) = written.items()
            return _comparison(measure, comparand, lexicon)
        case _:
            assert_never(written)


def _at_least(least: int, tests: tuple[a.Test, ...]) -> a.Test:
    """Return the test that so many of the tests hold."""
    return a.Compare(a.count_of(tests), "at_least", a.Const(Fraction(least)))


def _within(figure: a.Expr, written: Bounds) -> a.Test:
    """Return the test that a figure lies within the bounds; one at least is given."""
    tests = tuple(a.Compare(figure, how, a.Const(bound.value)) for how, bound in written.bounds)
    return tests[0] if len(tests) == 1 else a.AllHold(tests)


def _comparison(measure: str, comparand: Comparand, lexicon: Lexicon) -> a.Test:
    """Return the test of a measure; of a register, of its number of events and of some one event."""
    written = comparand
    if not isinstance(written, Comparators):
        written = Comparators.model_construct({"equals"}, equals=comparand)
    if written.some is not None:
        return _of_some(measure, condition(written.some, COLUMNS), written, lexicon)
    tests = list(_of_figure(measure, written, lexicon))
    if measure not in lexicon.registers:
        tests += _of_day(measure, written, lexicon)
    elif (where := a.both(*_of_event(measure, written, lexicon))) is not None:
        tests.append(_some(measure, lexicon, where))
    return tests[0] if len(tests) == 1 else a.AllHold(tuple(tests))


def _of_figure(measure: str, written: Comparators, lexicon: Lexicon) -> Iterator[a.Test]:
    """Compare the value of a measure, or the number of events of a register."""
    for how, bound in written.bounds:
        yield a.Compare(lexicon.figure(measure, kind_beside((bound,))), how, a.Const(bound.value))
    if written.equals is not None and _is_figure(written.equals, measure, lexicon):
        yield _equals(measure, written.equals, lexicon)
    if written.one_of is not None and all(_is_figure(value, measure, lexicon) for value in written.one_of):
        yield a.AnyHolds(tuple(_equals(measure, value, lexicon) for value in written.one_of))


def _is_figure(value: Scalar, measure: str, lexicon: Lexicon) -> bool:
    """Return whether a value is about the measure as a whole and not about an event of a register."""
    return measure not in lexicon.registers or isinstance(value, Quantity | bool)


def _of_event(register: str, written: Comparators, lexicon: Lexicon) -> Iterator[a.Test]:
    """Compare the columns of one event of a register: its level, its day."""
    if written.equals is not None and not _is_figure(written.equals, register, lexicon):
        yield _in_column(written.equals)
    if written.one_of is not None and not all(_is_figure(value, register, lexicon) for value in written.one_of):
        yield a.AnyHolds(tuple(map(_in_column, written.one_of)))
    yield from _of_day(DAY, written, COLUMNS)


def _of_day(measure: str, written: Comparators, lexicon: Lexicon) -> Iterator[a.Test]:
    if written.before is not None:
        yield a.Compare(lexicon.date(measure), "below", day_number(written.before))
    if written.after is not None:
        yield a.Compare(lexicon.date(measure), "above", day_number(written.after))


def _in_column(value: Scalar) -> a.Test:
    return _equals(DAY if isinstance(value, date) else LEVEL, value, COLUMNS)


def _some(register: str, lexicon: Lexicon, where: a.Test | None = None) -> a.Test:
    """Return the test that a register has an event, for which `where` holds."""
    return a.Compare(_events(register, where, lexicon), "above", a.ZERO)


def _of_some(register: str, where: a.Test, written: Comparators, lexicon: Lexicon) -> a.Test:
    """Return the test of the number of events for which `where` holds; without a number, that there is one."""
    events, equal = _events(register, where, lexicon), written.equals
    exactly = a.Compare(events, "equals", a.Const(equal.value)) if isinstance(equal, Quantity) else None
    return a.both(_within(events, written) if written.bounds else None, exactly) or _some(register, lexicon, where)


def _events(register: str, where: a.Test | None, lexicon: Lexicon) -> a.Named:
    """Return the number of events of a register, of those for which `where` holds."""
    name = f":{register}" if where is None else f":{register} {where!r}"
    return a.Named(register, "count", a.Tally(name, (register,), where, QUANTITY), lexicon.counter(register))


def _equals(measure: str, value: Scalar, lexicon: Lexicon) -> a.Test:
    match value:
        case bool() if measure in lexicon.registers:
            return _some(measure, lexicon) if value else a.Not(_some(measure, lexicon))
        case bool():
            return a.Yes(measure) if value else a.Not(a.Yes(measure))
        case Quantity():
            return a.Compare(lexicon.figure(measure, kind_beside((value,))), "equals", a.Const(value.value))
        case date():
            return a.Compare(lexicon.date(measure), "equals", day_number(value))
        case str():
            return a.Is(measure, value)
        case _:
            assert_never(value)


def day_number(day: date) -> a.Const:
    """Return a day as trees hold it: its ordinal, 1 being 0001-01-01."""
    return a.Const(Fraction(day.toordinal()))
