"""Each kind of rule, once: the model's class → a tree that says what it costs or earns, and when."""

from fractions import Fraction
from typing import assert_never

from msgspec import Struct

from dangjian_score.engine import conditions, events, lookups
from dangjian_score.engine.algebra import (
    ONE,
    ZERO,
    AllHold,
    Choice,
    Compare,
    Const,
    Expr,
    Grouped,
    Least,
    Placing,
    Product,
    ReadingKind,
    Sum,
    Tally,
    Test,
    both,
    figures,
    to_places,
)
from dangjian_score.engine.counting import Counting, Holding, Lacking, Missing, Once, Over, Times
from dangjian_score.engine.lexicon import Lexicon, kind_beside, kind_counted, value_of
from dangjian_score.engine.lookups import Ballot, Judged, Priced, ShareOf
from dangjian_score.engine.phrases import ForEach, Phrase, WholeSteps
from dangjian_score.rubric.conditions import Term
from dangjian_score.rubric.counting import (
    By,
    Counted,
    Each,
    EachMissing,
    Flat,
    Forfeit,
    Grouping,
    KeptEvents,
    Per,
    PerMissing,
    PerOver,
    Verb,
)
from dangjian_score.rubric.fields import All
from dangjian_score.rubric.lookups import Judge, Rank, Ratio, Sense, Tabled, Tiers, Votes
from dangjian_score.rubric.model import Rounding
from dangjian_score.rubric.rules import AnyRule


class RuleTree(Struct, frozen=True):
    """One rule of one node, as trees.

    `before` and `points` are what it moves before and after its own cap, signed; `forfeits` is when it
    takes everything; `price` is what one time costs, where there are times. `scope` tells for which units its node is,
    `applies` also that not everything entered for it is 不适用; `before`, `points` and `forfeits` contain both.
    """

    name: str
    verb: Verb
    basis: Phrase
    guard: Test | None
    price: Fraction | None
    cap: Fraction | None
    note: str | None
    before: Expr
    points: Expr
    forfeits: Test | None
    scope: Test | None
    applies: Test | None

    @property
    def before_cap(self) -> str:
        """Name the step of what it moves before its own cap."""
        return f"{self.name}:before"

    @property
    def trees(self) -> tuple[Expr | Test, ...]:
        """Everything the rule asks of the evidence."""
        return (
            self.before,
            *([self.guard] if self.guard else []),
            *([self.forfeits] if self.forfeits else []),
        )


class Setting(Struct, frozen=True):
    """Where a rule stands: what names mean, how lines are rounded, for which units the node is.

    `present` is given where 不适用 may occur: the test that anything else was entered.
    """

    names: Lexicon
    rounding: Rounding
    scope: Test | None = None
    present: Test | None = None

    @property
    def applies(self) -> Test | None:
        """When the rule is looked at."""
        return both(self.scope, self.present)


def build(rule: AnyRule, name: str, setting: Setting) -> RuleTree:
    """Make a rule's trees."""
    names = setting.names
    guard = both(conditions.only(rule.only), conditions.guard(rule.if_, rule.unless, names))
    basis = _phrase(rule, name, setting)
    price = _price(rule, names)
    taking = AllHold(()) if isinstance(rule, Forfeit) else takes_all(basis)
    applies = both(setting.applies, guard)
    if isinstance(rule, Grouping) and rule.for_each is not None:
        basis, taking = _for_each(rule, name, basis, guard, price, taking)
        applies = setting.applies
    if isinstance(rule, Counted) and rule.every is not None and isinstance(basis, Counting | ForEach):
        basis = WholeSteps(basis, rule.every.value, rule.steps or "whole")
    amount = basis.expr if price is None else Product(Const(price), basis.expr)
    capped = amount if rule.up_to is None else Least(amount, Const(rule.up_to))
    return RuleTree(
        name=name,
        verb=rule.verb,
        basis=basis,
        guard=guard,
        price=price,
        cap=rule.up_to,
        note=rule.note,
        before=_moved(rule.verb, applies, amount, setting.rounding),
        points=_moved(rule.verb, applies, capped, setting.rounding),
        forfeits=applies if applies and taking == AllHold(()) else taking and both(applies, taking),
        scope=setting.scope,
        applies=setting.applies,
    )


def _price(rule: AnyRule, names: Lexicon) -> Fraction | None:
    """Say what one time costs, where there are times."""
    if isinstance(rule, Per) and events.split(rule.per, names)[0]:
        return events.unit_price(rule)
    return rule.price if isinstance(rule, Flat | Counted) else None


def _for_each(
    rule: Grouping, name: str, basis: Phrase, guard: Test | None, price: Fraction | None, taking: Test | None
) -> tuple[ForEach, Test | None]:
    """Evaluate the rule once a group, guard and all; a forfeit in some group is one of the whole."""
    amount = basis.expr if price is None else Product(Const(price), basis.expr)
    own = [figure for figure in figures(basis.expr) if isinstance(figure, Tally)]
    guarding = [] if guard is None else [figure for figure in figures(guard) if isinstance(figure, Tally)]
    over, keys, shortfall = tuple(own or guarding), rule.for_each or (), isinstance(rule, PerMissing)

    def grouped(suffix: str, each: Expr, cap: Fraction | None) -> Grouped:
        each = each if guard is None else Choice(guard, each, ZERO)
        return Grouped(f":{name} {suffix}", keys, over, each, cap, shortfall)

    total = grouped("each", amount, rule.cap_each)
    if isinstance(rule, Forfeit):
        return ForEach(basis, total, price), Compare(total, "above", ZERO)
    taken = None if taking is None else Compare(grouped("all", Choice(taking, ONE, ZERO), None), "above", ZERO)
    return ForEach(basis, total, price), taken


def _phrase(rule: AnyRule, name: str, setting: Setting) -> Phrase:
    """Say what a rule's amount depends on, each group and step aside."""
    names, optional = setting.names, setting.present is not None
    match rule:
        case Flat() | Forfeit():
            return Once()
        case Per() | PerMissing() | PerOver():
            return _counting(rule, name, names)
        case Each(each=members):
            return Holding(tuple(conditions.condition(one, names) for one in members), optional)
        case EachMissing(each_missing=members):
            return Lacking(tuple(conditions.condition(one, names) for one in members), optional)
        case By() if rule.by[0] in names.registers:
            return events.priced(rule, name)
        case By():
            return events.leveled(rule, rule.by)
        case Tiers():
            kind = kind_beside((*value_of(rule), *rule.entries))
            return _tiers(rule, _added(rule, value_of(rule), name, names, kind), rule.sense)
        case Rank():
            value = names.added(rule.rank, kind_beside(rule.rank))
            return _tiers(rule, Placing(f":{name}", value, rule.lowest_first), "at_most")
        case Votes():
            return Ballot(rule.votes, tuple(rule.price.items()))
        case Ratio():
            kind = kind_beside(rule.ratio + rule.of)
            part = _added(rule, rule.ratio, name, names, kind)
            return ShareOf(rule.price, part, names.added(rule.of, kind), rule.beyond)
        case Judge():
            return Judged(rule.judge, *rule.range, rule.combine)
        case _:
            assert_never(rule)


def _counting(rule: Per | PerMissing | PerOver, name: str, names: Lexicon) -> Counting:
    every = () if rule.every is None else (rule.every,)
    match rule:
        case Per(per=counted):
            return Times(_added(rule, counted, name, names, kind_counted(counted + every)))
        case PerMissing(per_missing=have, of=of):
            kind = kind_counted(have + of + every)
            return Missing(names.added(of, kind), _added(rule, have, name, names, kind))
        case PerOver(per_over=have, of=of):
            kind = kind_counted(have + of + every)
            return Over(names.added(of, kind), _added(rule, have, name, names, kind))
        case _:
            assert_never(rule)


def _added(rule: KeptEvents, terms: tuple[Term, ...], name: str, names: Lexicon, kind: ReadingKind) -> Expr:
    """Add up what a basis names: the events that the rule keeps, and figures."""
    registers, others = events.split(terms, names)
    if not registers:
        return names.added(terms, kind)
    kept = events.events(rule, name, registers)
    return Sum((kept, names.added(others, kind))) if others else kept


def _tiers(rule: Tabled, value: Expr, sense: Sense) -> lookups.TierEntry:
    entries = sorted(
        ((key.value, None if isinstance(entry, All) else entry) for key, entry in rule.entries.items()),
        key=lambda entry: entry[0],
        reverse=sense in ("at_least", "above"),
    )
    return lookups.TierEntry(value, sense, tuple(entries), rule.else_ or Fraction(0))


def takes_all(basis: Phrase) -> Test | None:
    """Tell when a table's entry takes everything; None where no entry does."""
    match basis:
        case lookups.TierEntry() | lookups.Leveled():
            return basis.takes_all
        case Priced(taking=Tally() as taking):
            return Compare(taking, "above", ZERO)
        case _:
            return None


def _moved(verb: Verb, applies: Test | None, amount: Expr, rounding: Rounding) -> Expr:
    """What a line says: signed, nothing where the rule does not apply, rounded where the regulation says so."""
    if verb == "forfeit":
        return ZERO
    signed = Product(Const(Fraction(-1)), amount) if verb == "deduct" else amount
    moved = signed if applies is None else Choice(applies, signed, ZERO)
    return to_places(moved, rounding.places, rounding)
