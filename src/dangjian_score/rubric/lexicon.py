"""What the names of a rubric stand for: measures that are entered or worked out, registers, figures over all units."""

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT
from dangjian_score.rubric.conditions import OfAll, Term
from dangjian_score.rubric.fields import Quantity
from dangjian_score.rubric.measures import MeasureSpec

PERIODS: Final = ("day", "week", "fortnight", "month", "two_months", "quarter", "half_year", "year")
"""Pieces of time that a rule may be applied to one by one."""

QUANTITY: Final = a.Choice(a.Entered(AMOUNT), a.Read(AMOUNT, "number"), a.ONE)
"""How often an event counts: its 数量; blank is once."""

_KINDS: Mapping[str, a.ReadingKind] = {"percent": "percent", "change": "percent", "ratio": "number", "points": "number"}


class Lexicon(Struct, frozen=True):
    """Looks names up for one rule; `population` tells figures over all units apart by who is compared.

    `inside` is the formula being written out, `closing` the steps from one to another that would close a circle: there
    the name is left as it is (checks report it). `points` are the steps that hold the points of nodes, where these are
    not called as the nodes: those of one round, for conditions that are asked of each.
    """

    measures: Mapping[str, MeasureSpec]
    registers: frozenset[str]
    population: str = ""
    inside: str = ""
    closing: frozenset[tuple[str, ...]] = frozenset()
    points: Mapping[str, str] = field(default_factory=dict)

    def among(self, population: str) -> "Lexicon":
        """Look names up for a node."""
        return replace(self, population=population)

    def figure(self, name: str, kind: a.ReadingKind) -> a.Expr:
        """Give the figure a name stands for where it is taken for `kind`."""
        spec = self.measures.get(name)
        if spec and spec.formula and (self.inside, name) not in self.closing:
            inner = replace(self, inside=name)
            return a.Named(name, inner.kind(name, kind), inner.formula(spec))
        if name in self.registers:
            return a.Named(name, "count", a.Tally(f":{name}", (name,), None, QUANTITY))
        return a.Read(name, kind)

    def kind(self, name: str, otherwise: a.ReadingKind) -> a.ReadingKind:
        """Tell what a measure is by its formula or declaration."""
        spec = self.measures.get(name)
        if spec is None:
            return otherwise
        if spec.formula == "difference":
            return self._kind_between(name, spec.difference or ())
        if spec.formula:
            return _KINDS[spec.formula]
        return spec.type if spec.type in ("count", "number", "percent", "score", "date") else otherwise

    def _kind_between(self, name: str, terms: tuple[Term, ...]) -> a.ReadingKind:
        """Tell what a difference is: what its terms are, but a number of days between dates."""
        open_ = [term for term in terms if isinstance(term, str) and (name, term) not in self.closing]
        kinds = [self.kind(term, "number") for term in open_]
        between_dates = kinds == ["date"] * len(terms)
        return "number" if between_dates or not kinds else kinds[0]

    def formula(self, spec: MeasureSpec) -> a.Expr:
        """Write out how a measure is worked out."""
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
                steps = {} if spec.over == "all" else self.points
                return a.Sum(tuple(a.Ref(steps.get(node, node)) for node in spec.points or ()))

    def _part(self, terms: tuple[Term, ...] | None) -> a.Expr:
        """Add up the terms of a formula, each measure as what it is declared to be."""
        terms = terms or ()
        usual = kind_beside(terms)
        added = tuple(self.term(term, self.kind(term, usual) if isinstance(term, str) else usual) for term in terms)
        return added[0] if len(added) == 1 else a.Sum(added)

    def added(self, terms: Iterable[Term], kind: a.ReadingKind) -> a.Expr:
        """Add up what a basis names; one term stands as it is."""
        added = tuple(self.term(term, kind) for term in terms)
        return added[0] if len(added) == 1 else a.Sum(added)

    def term(self, term: Term, kind: a.ReadingKind) -> a.Expr:
        """Give one term's figure."""
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
    """Take less than nothing for nothing where the rubric says `min: 0`."""
    return figure if spec.min is None else a.Most(a.ZERO, figure)


COLUMNS = Lexicon({}, frozenset())
"""Names inside `where`, `plus` and `times`: columns of a register, each what stands there."""


def kind_beside(terms: Iterable[Term]) -> a.ReadingKind:
    """Tell what figures set against these numbers are: per cents beside per cents, else any number."""
    return "percent" if any(isinstance(term, Quantity) and term.percent for term in terms) else "number"


def kind_counted(terms: Iterable[Term]) -> a.ReadingKind:
    """Tell what figures counted together with these numbers are: as `kind_beside`, but whole beside whole ones."""
    numbers = tuple(term for term in terms if isinstance(term, Quantity))
    if kind_beside(numbers) == "percent":
        return "percent"
    return "count" if all(number.value.denominator == 1 for number in numbers) else "number"


def is_period(key: str) -> bool:
    """Tell a period from a column in `for_each`."""
    return key in PERIODS
