"""A rule of a node as trees: its kind's phrase with guards, groups, steps and cap around it."""

from fractions import Fraction
from typing import Literal

from msgspec import Struct

from dangjian_score.core.algebra import (
    ONE,
    ZERO,
    AllHold,
    Choice,
    Compare,
    Const,
    Expr,
    Grouped,
    Least,
    Product,
    Tally,
    Test,
    Whole,
    both,
    figures,
    to_places,
)
from dangjian_score.core.points import plain
from dangjian_score.rubric import condition_tests
from dangjian_score.rubric.kinds.base import Counted, Grouping, RuleBase, RuleSetting, Verb
from dangjian_score.rubric.kinds.flat import Forfeit
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, Member, Phrase, PlainPhrase, Privacy
from dangjian_score.rubric.lexicon import Lexicon
from dangjian_score.rubric.model import Rounding


class ForEach(PlainPhrase, frozen=True):
    """每季度, 每人: what a phrase comes to in every group, added up; in whole prices, where there is one (`price`)."""

    of: Phrase
    total: Grouped
    price: Fraction | None

    @property
    def expr(self) -> Expr:
        """Count the points of all groups, or the prices in them."""
        return self.total if not self.price else Product(Const(1 / self.price), self.total)

    @property
    def privacy(self) -> Privacy:
        """As what is counted."""
        return self.of.privacy

    def line(self, writer: LineWriter) -> str:
        """Name what is counted, and the groups."""
        counted = writer.say("comma").join(dict.fromkeys(writer.name(tally) for tally in self.total.over))
        return writer.say("groups", name=counted, groups=writer.counted())

    def clause(self, writer: ClauseWriter) -> str:
        """“每季度：…，每季度最多 1 分”; in steps, what a step of all groups is worth."""
        each, cap = writer.periods(self.total.keys), self.total.cap
        sentence = writer.say("for each", each=each, text=self.of.clause(writer.stepping(None)))
        if cap is not None:
            sentence += writer.say("cap each", each=each, cap=plain(cap))
        if writer.every is not None:
            sentence += writer.say("in steps", every=plain(writer.every), act=writer.act())
        return sentence


class WholeSteps(PlainPhrase, frozen=True):
    """每满 k: whole steps of k; `started` counts one begun, `prorata` parts of one."""

    of: Phrase
    every: Fraction
    mode: Literal["whole", "started", "prorata"]

    @property
    def expr(self) -> Expr:
        """⌊N ÷ k⌋, −⌊−N ÷ k⌋ or N ÷ k."""
        share = Product(Const(1 / self.every), self.of.expr)
        if self.mode == "prorata":
            return share
        if self.mode == "whole":
            return Whole(share)
        minus = Const(Fraction(-1))
        return Product(minus, Whole(Product(minus, share)))

    @property
    def figures(self) -> Figures:
        """As what is counted, and the step."""
        return {**self.of.figures, "every": Const(self.every)}

    @property
    def members(self) -> tuple[Member, ...]:
        """As what is counted."""
        return self.of.members

    @property
    def privacy(self) -> Privacy:
        """As what is counted."""
        return self.of.privacy

    def line(self, writer: LineWriter) -> str:
        """As what is counted, and the step."""
        return self.of.line(writer) + writer.say("every", every=writer.written(self.every, self))

    def clause(self, writer: ClauseWriter) -> str:
        """As what is counted, by the step, and what a step begun is worth."""
        return self.of.clause(writer.stepping(self.every)) + writer.say(f"steps {self.mode}")


def innermost(phrase: Phrase) -> Phrase:
    """Give the phrase without the steps and groups it is counted in."""
    while isinstance(phrase, ForEach | WholeSteps):
        phrase = phrase.of
    return phrase


def group_keys(phrase: Phrase) -> tuple[str, ...]:
    """Give the keys of the groups that a phrase is counted in; none where there are no groups."""
    inner = phrase.of if isinstance(phrase, WholeSteps) else phrase
    return inner.total.keys if isinstance(inner, ForEach) else ()


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


class NodeSetting(Struct, frozen=True):
    """Where the rules of a node stand: what names mean, how lines are rounded, for which units the node is.

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


def build(rule: RuleBase, name: str, setting: NodeSetting) -> RuleTree:
    """Make a rule's trees."""
    names = setting.names
    guard = both(condition_tests.only(rule.only), condition_tests.guard(rule.if_, rule.unless, names))
    basis = rule.phrase(RuleSetting(name, names, optional=setting.present is not None))
    price = rule.unit_price(names)
    taking = AllHold(()) if isinstance(rule, Forfeit) else basis.takes_all
    applies = both(setting.applies, guard)
    if isinstance(rule, Grouping) and rule.for_each is not None:
        basis, taking = _for_each(rule, rule.for_each, name, basis, guard, price, taking)
        applies = setting.applies
    if isinstance(rule, Counted) and rule.every is not None:
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


def _for_each(
    rule: Grouping,
    keys: tuple[str, ...],
    name: str,
    basis: Phrase,
    guard: Test | None,
    price: Fraction | None,
    taking: Test | None,
) -> tuple[ForEach, Test | None]:
    """Evaluate the rule once a group, guard and all; a forfeit in some group is one of the whole."""
    amount = basis.expr if price is None else Product(Const(price), basis.expr)
    own = [figure for figure in figures(basis.expr) if isinstance(figure, Tally)]
    guarding = [] if guard is None else [figure for figure in figures(guard) if isinstance(figure, Tally)]

    def grouped(suffix: str, each: Expr, cap: Fraction | None) -> Grouped:
        each = each if guard is None else Choice(guard, each, ZERO)
        return Grouped(f":{name} {suffix}", keys, tuple(own or guarding), each, cap, rule.COUNTS_SHORTFALL)

    total = grouped("each", amount, rule.cap_each)
    if isinstance(rule, Forfeit):
        return ForEach(basis, total, price), Compare(total, "above", ZERO)
    taken = None if taking is None else Compare(grouped("all", Choice(taking, ONE, ZERO), None), "above", ZERO)
    return ForEach(basis, total, price), taken


def _moved(verb: Verb, applies: Test | None, amount: Expr, rounding: Rounding) -> Expr:
    """What a line says: signed, nothing where the rule does not apply, rounded where the regulation says so."""
    if verb == "forfeit":
        return ZERO
    signed = Product(Const(Fraction(-1)), amount) if verb == "deduct" else amount
    moved = signed if applies is None else Choice(applies, signed, ZERO)
    return to_places(moved, rounding.places, rounding.mode)
