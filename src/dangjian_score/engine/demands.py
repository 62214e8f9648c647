"""What the trees ask of one unit's facts before they may be evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine import exact
from dangjian_score.engine.algebra import Expr, reads
from dangjian_score.engine.exact import Values
from dangjian_score.engine.phrases import Judged, Share
from dangjian_score.engine.rules import RuleTree


@dataclass(frozen=True, slots=True)
class Due:
    """The measure has no value, and the rule needs one."""

    measure: str


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """The assessor's figure lies outside what the rule allows."""

    measure: str
    least: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class NoWhole:
    """A share of something that is not above 0; `measures` make up the whole."""

    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needless:
    """The assessor gave points though the rule does not apply."""

    measure: str


Demand = Due | OutOfRange | NoWhole | Needless


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule with the measures it reads, looked up once for all units."""

    rule: RuleTree
    measures: tuple[str, ...]
    guard: frozenset[str]

    @classmethod
    def by(cls, rule: RuleTree) -> "Asked":
        """Look up what a rule reads."""
        return cls(rule, reads(*rule.trees), frozenset(() if rule.guard is None else reads(rule.guard)))

    def unmet(self, values: Values) -> Iterator[Demand]:
        """Name what the rule lacks. An assessor's figure is due only where the rule applies; all else always is."""
        basis = self.rule.basis
        judged = basis.measure if isinstance(basis, Judged) else None
        missing = [name for name in self.measures if name not in values]
        yield from (Due(name) for name in missing if name != judged or name in self.guard)
        if any(name in self.guard for name in missing):
            return
        applies = self.rule.guard is None or exact.holds(self.rule.guard, values, {})
        if isinstance(basis, Judged):
            yield from _judged(basis, values, applies=applies)
        elif isinstance(basis, Share) and applies and not missing:
            yield from _whole(basis.whole, values)


def _judged(basis: Judged, values: Values, *, applies: bool) -> Iterator[Demand]:
    value = values.get(basis.measure)
    if value is None:
        if applies:
            yield Due(basis.measure)
    elif not applies:
        if exact.figure(value) != 0:
            yield Needless(basis.measure)
    elif not basis.least <= exact.figure(value) <= basis.most:
        yield OutOfRange(basis.measure, basis.least, basis.most)


def _whole(whole: Expr, values: Values) -> Iterator[Demand]:
    if exact.number(whole, values, {}) <= 0:
        yield NoWhole(reads(whole))
