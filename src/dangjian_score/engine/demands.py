"""What rules demand of the facts of a unit before their trees can be evaluated."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.algebra import figures
from dangjian_score.core.columns import CATEGORY
from dangjian_score.core.facts import Fact
from dangjian_score.engine import exact
from dangjian_score.engine.panel import worth
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.step_names import is_waived
from dangjian_score.rubric.kinds.by import Graded, Leveled
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed
from dangjian_score.rubric.kinds.phrase import Phrase


class _OfMeasure(Struct, frozen=True):
    measure: str


class Due(_OfMeasure, frozen=True):
    """The measure has no value but the rule needs one."""


class OutOfRange(Struct, frozen=True):
    """The figure of an assessor is outside the range of the rule."""

    measure: str
    fact: Fact
    least: Fraction
    most: Fraction


class NoWhole(Struct, frozen=True):
    """A division by a whole that is not above 0."""

    whole: a.Expr


class Needless(_OfMeasure, frozen=True):
    """An assessor gave points though the rule does not apply."""


class Unlisted(_OfMeasure, frozen=True):
    """A level that the table of the rule does not list, or a category of assessors by which it does not combine."""

    fact: Fact
    levels: tuple[str, ...]


class FewAssessors(_OfMeasure, frozen=True):
    """A trimmed mean of fewer figures than `least`, so that none would be left."""

    least: int


class NoneOfCategory(_OfMeasure, frozen=True):
    """No assessor of a category gave a figure."""

    category: str


class NotCombined(_OfMeasure, frozen=True):
    """Assessors gave different figures, and the rubric does not say how to combine them."""


Demand = Due | OutOfRange | NoWhole | Needless | Unlisted | FewAssessors | NoneOfCategory | NotCombined


class RuleDemands(Struct, frozen=True):
    """A rule with its readings, collected once for all units; with `always` all of them are due from every unit.

    `optional` are readings that a rule which is due once something is entered can do without.
    """

    rule: RuleTree
    measures: tuple[str, ...]
    guard: frozenset[str]
    figures: frozenset[str]
    always: bool
    wholes: tuple[a.Expr, ...]
    early: tuple[a.Expr, ...]
    late: bool
    optional: frozenset[str]

    @classmethod
    def by(cls, rule: RuleTree) -> "RuleDemands":
        """Collect the readings of a rule."""
        trees = rule.trees
        guard = frozenset(() if rule.guard is None else a.reads(rule.guard))
        found = figures(*trees)
        compared = [figure for figure in found if isinstance(figure, a.Statistic | a.Placing)]
        early = wholes(*compared, *([rule.guard] if rule.guard else []))
        names = frozenset(figure.name for figure in found)
        late = _on_points(*trees)
        judged = rule.basis.measure if isinstance(rule.basis, Assessed) else None
        always = judged is None or judged in guard or late or rule.guard is None
        optional = rule.optional if rule.timing == "entered" else frozenset[str]()
        return cls(rule, a.reads(*trees), guard, names, always, wholes(*trees), early, late, optional)

    @property
    def weighs(self) -> bool:
        """Whether its demands may depend on figures that are known beforehand, such as those of events."""
        asks = self.rule.guard is not None or self.wholes or isinstance(self.rule.basis, Assessed | Leveled)
        return bool(self.figures and asks)

    def concerns(self, ready: Ready) -> bool:
        """Return whether the rule is for the unit, and due; missing attributes are reported elsewhere."""
        if self.rule.entered is not None and not ready.holds(self.rule.entered):
            return False
        return self.rule.scope is None or ready.meets(self.rule.scope)

    def judges(self, ready: Ready) -> bool:
        """Return whether the rule needs the figure of an assessor; false while that cannot be decided."""
        if not isinstance(self.rule.basis, Assessed) or not self.concerns(ready):
            return False
        if self.always:
            return True
        known = self.guard <= ready.values.keys() and self.figures <= ready.known.keys()
        if not known or any(empty(self.early, ready)):
            return False
        return self._applies(ready) and (self.rule.guard is None or ready.holds(self.rule.guard))

    def _applies(self, ready: Ready) -> bool:
        """Return whether the rule is evaluated for the unit, its guard aside."""
        return self.rule.applies is None or ready.holds(self.rule.applies)

    @property
    def may_apply(self) -> a.Test | None:
        """The guard, as far as it does not depend on the points of other items."""
        tests = tuple(test for test in a.joined(self.rule.guard) if not _on_points(test))
        return a.AllHold(tests) if tests else None

    def _may_apply(self, ready: Ready) -> bool:
        return self.may_apply is None or ready.holds(self.may_apply)

    def unmet(self, ready: Ready) -> Iterator[Demand]:
        """Visit the demands that the facts do not meet. The figure of an assessor is due only where the rule applies.

        Of a rule whose figures are not known yet only the measures are checked. One that depends on the points of other
        items (`late`) must have what it needs wherever these may let it apply.
        """
        if not self.concerns(ready):
            return
        basis, values = self.rule.basis, ready.values
        judged = basis.measure if isinstance(basis, Assessed) else None
        known = values.keys() | ready.unit.inapplicable.keys() | self.optional
        missing = [name for name in self.measures if name not in known]
        due = [name for name in missing if name != judged or self.always]
        yield from map(Due, due)
        if due or not self._applies(ready):
            return
        if self.guard - values.keys():
            return  # partly 不适用, which is reported as an error of its own
        found = tuple(empty(self.early, ready))
        yield from found
        if found or self.figures - ready.known.keys():
            return
        applies = self._may_apply(ready)
        if isinstance(basis, Assessed):
            yield from _judged(basis, ready, applies=applies) if applies or not self.late else ()
        elif applies:
            yield from _answers(basis, ready)
            yield from empty(self.wholes, ready)


def _on_points(*trees: a.Tree) -> bool:
    """Return whether trees read the points of other items."""
    return any(not is_waived(step) for step in a.refs(*trees))


def wholes(*trees: a.Tree) -> tuple[a.Expr, ...]:
    """Return the expressions that trees divide by."""
    parts = (part for tree in trees for part in a.walk(tree))
    return tuple(dict.fromkeys(part.whole for part in parts if isinstance(part, a.Quotient)))


def empty(wholes: tuple[a.Expr, ...], ready: Ready) -> Iterator[NoWhole]:
    """Visit the wholes that are not above 0, as far as their values are known."""
    for whole in wholes:
        known = all(figure.name in ready.known for figure in figures(whole))
        if known and _entered(a.reads(whole), ready) and exact.number(whole, ready.values, ready.known) <= 0:
            yield NoWhole(whole)


def _judged(basis: Assessed, ready: Ready, *, applies: bool) -> Iterator[Demand]:
    fact = ready.facts.get(basis.measure)
    if fact is None:
        if applies:
            yield Due(basis.measure)
        return
    if not applies:
        if exact.figure(fact.value) != 0:
            yield Needless(basis.measure)
        return
    given = fact.parts or (fact,)
    yield from (unfit for mark in given if (unfit := _unfit(basis, mark)) is not None)
    yield from _uncombined(basis, given, ready)


def _unfit(basis: Assessed, mark: Fact) -> Demand | None:
    """Return the demand that one assessor's figure or level does not meet."""
    if isinstance(basis, Graded):
        listed = basis.table.listed is None or exact.holds(basis.table.listed, {basis.measure: mark.value}, {})
        return None if listed else Unlisted(basis.measure, mark, basis.table.levels)
    within = basis.least <= worth(basis, mark.value) <= basis.most
    return None if within else OutOfRange(basis.measure, mark, basis.least, basis.most)


def _uncombined(basis: Assessed, given: tuple[Fact, ...], ready: Ready) -> Iterator[Demand]:
    """Visit what keeps the figures of assessors from becoming one."""
    match basis.combine:
        case None if len({mark.value for mark in given}) > 1:
            yield NotCombined(basis.measure)
        case Trimmed(at_least=None) as how if len(given) < how.fewest:
            yield FewAssessors(basis.measure, how.fewest)
        case ByCategory() as how:
            entered = [ready.unit.categories.get(name) for name in ready.unit.assessed.get(basis.measure, {})]
            known = [category for category in entered if category is not None]
            yield from (
                Unlisted(CATEGORY, category, how.categories)
                for category in known
                if category.value not in how.categories
            )
            there = {category.value for category in known}
            yield from (NoneOfCategory(basis.measure, name) for name in how.categories if name not in there)
        case _:
            pass


def _answers(basis: Phrase, ready: Ready) -> Iterator[Demand]:
    """Visit the demand of a level that the table does not list."""
    if isinstance(basis, Leveled) and basis.listed is not None and _entered(basis.measures, ready):
        found = (Unlisted(measure, ready.facts[measure], basis.levels) for measure in basis.measures)
        yield from () if ready.holds(basis.listed) else found


def _entered(measures: Iterable[str], ready: Ready) -> bool:
    return all(measure in ready.values for measure in measures)
