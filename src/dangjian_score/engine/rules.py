"""Trees of rules: the phrase of a kind with guards, groups, steps and cap around it."""

from fractions import Fraction
from typing import Literal

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.points import plain
from dangjian_score.rubric.kinds.base import Counted, Grouping, RuleBase, RuleSetting, Verb
from dangjian_score.rubric.kinds.flat import Forfeit
from dangjian_score.rubric.kinds.phrase import ClauseWriter, Figures, LineWriter, Member, Phrase, PlainPhrase, Privacy
from dangjian_score.rubric.lexicon import Lexicon, guard_test, only
from dangjian_score.rubric.model import Rounding


class ForEach(PlainPhrase, frozen=True):
    """每季度, 每人: the sum of a phrase over groups; with a `price`, as a number of prices."""

    of: Phrase
    total: a.Grouped
    price: Fraction | None

    @property
    def expr(self) -> a.Expr:
        """The points of all groups, or the number of prices in them."""
        return self.total if not self.price else a.Product(a.Const(1 / self.price), self.total)

    @property
    def privacy(self) -> Privacy:
        """As the inner phrase."""
        return self.of.privacy

    def line(self, writer: LineWriter) -> str:
        """Return what is counted, and the groups."""
        counted = writer.say("comma").join(dict.fromkeys(writer.name(tally) for tally in self.total.over))
        return writer.say("groups", name=counted, groups=writer.counted())

    def clause(self, writer: ClauseWriter) -> str:
        """“每季度：…，每季度最多 1 分”; with steps, the worth of a step over all groups."""
        each, cap = writer.periods(self.total.keys), self.total.cap
        sentence = writer.say("for each", each=each, text=self.of.clause(writer.stepping(None)))
        if cap is not None:
            sentence += writer.say("cap each", each=each, cap=plain(cap))
        if writer.every is not None:
            sentence += writer.say("in steps", every=plain(writer.every), act=writer.act())
        return sentence


class WholeSteps(PlainPhrase, frozen=True):
    """每满 k: whole steps of k; `started` also counts a step that is begun, `prorata` fractions of steps."""

    of: Phrase
    every: Fraction
    mode: Literal["whole", "started", "prorata"]

    @property
    def expr(self) -> a.Expr:
        """⌊N ÷ k⌋, −⌊−N ÷ k⌋ or N ÷ k."""
        share = a.Product(a.Const(1 / self.every), self.of.expr)
        if self.mode == "prorata":
            return share
        if self.mode == "whole":
            return a.Whole(share)
        minus = a.Const(Fraction(-1))
        return a.Product(minus, a.Whole(a.Product(minus, share)))

    @property
    def figures(self) -> Figures:
        """As the inner phrase, with the step."""
        return {**self.of.figures, "every": a.Const(self.every)}

    @property
    def members(self) -> tuple[Member, ...]:
        """As what is counted."""
        return self.of.members

    @property
    def privacy(self) -> Privacy:
        """As what is counted."""
        return self.of.privacy

    def line(self, writer: LineWriter) -> str:
        """As the inner phrase, with the step."""
        return self.of.line(writer) + writer.say("every", every=writer.written(self.every, self))

    def clause(self, writer: ClauseWriter) -> str:
        """As the inner phrase, by the step, with the mode."""
        return self.of.clause(writer.stepping(self.every)) + writer.say(f"steps {self.mode}")


def innermost(phrase: Phrase) -> Phrase:
    """Return the phrase inside steps and groups."""
    while isinstance(phrase, ForEach | WholeSteps):
        phrase = phrase.of
    return phrase


def group_keys(phrase: Phrase) -> tuple[str, ...]:
    """Return the keys of the groups of a phrase; empty without groups."""
    inner = phrase.of if isinstance(phrase, WholeSteps) else phrase
    return inner.total.keys if isinstance(inner, ForEach) else ()


class RuleTree(Struct, frozen=True):
    """The trees of one rule of a node.

    `before` and `points` are the signed points before and after its own cap; `forfeits` is the test that it takes all
    points; `price` are the points for each time, where the phrase counts times. `scope` is the test that its node
    applies to the unit; `applies` also that not all measures are 不适用; the three trees contain both.
    """

    name: str
    verb: Verb
    basis: Phrase
    guard: a.Test | None
    price: Fraction | None
    cap: Fraction | None
    note: str | None
    before: a.Expr
    points: a.Expr
    forfeits: a.Test | None
    scope: a.Test | None
    applies: a.Test | None

    @property
    def trees(self) -> tuple[a.Tree, ...]:
        """The trees that read the evidence."""
        return (
            self.before,
            *([self.guard] if self.guard else []),
            *([self.forfeits] if self.forfeits else []),
        )


class NodeSetting(Struct, frozen=True):
    """What the rules of a node have in common: the lexicon, the rounding of lines, the test that the node applies.

    `present` is given where 不适用 may occur: the test that anything else was entered.
    """

    lexicon: Lexicon
    rounding: Rounding
    scope: a.Test | None = None
    present: a.Test | None = None

    @property
    def applies(self) -> a.Test | None:
        """The test that rules are evaluated."""
        return a.both(self.scope, self.present)


def build(rule: RuleBase, name: str, setting: NodeSetting) -> RuleTree:
    """Return the trees of a rule."""
    lexicon = setting.lexicon
    guard = a.both(only(rule.only), guard_test(rule.if_, rule.unless, lexicon))
    basis = rule.phrase(RuleSetting(name, lexicon, optional=setting.present is not None))
    price = rule.unit_price(lexicon)
    taking = a.AllHold(()) if isinstance(rule, Forfeit) else basis.takes_all
    applies = a.both(setting.applies, guard)
    if isinstance(rule, Grouping) and rule.for_each is not None:
        basis, taking = _for_each(rule, rule.for_each, name, basis, guard, price, taking)
        applies = setting.applies
    if isinstance(rule, Counted) and rule.every is not None:
        basis = WholeSteps(basis, rule.every.value, rule.steps or "whole")
    amount = basis.expr if price is None else a.Product(a.Const(price), basis.expr)
    capped = amount if rule.up_to is None else a.Least(amount, a.Const(rule.up_to))
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
        forfeits=applies if applies and taking == a.AllHold(()) else taking and a.both(applies, taking),
        scope=setting.scope,
        applies=setting.applies,
    )


def _for_each(
    rule: Grouping,
    keys: tuple[str, ...],
    name: str,
    basis: Phrase,
    guard: a.Test | None,
    price: Fraction | None,
    taking: a.Test | None,
) -> tuple[ForEach, a.Test | None]:
    """Return the phrase over groups, each with the guard, and the test that some group takes all points."""
    amount = basis.expr if price is None else a.Product(a.Const(price), basis.expr)
    own = [figure for figure in a.figures(basis.expr) if isinstance(figure, a.Tally)]
    guarding = [] if guard is None else [figure for figure in a.figures(guard) if isinstance(figure, a.Tally)]

    def grouped(suffix: str, each: a.Expr, cap: Fraction | None) -> a.Grouped:
        each = each if guard is None else a.Choice(guard, each, a.ZERO)
        return a.Grouped(f":{name} {suffix}", keys, tuple(own or guarding), each, cap, rule.COUNTS_SHORTFALL)

    total = grouped("each", amount, rule.cap_each)
    if isinstance(rule, Forfeit):
        return ForEach(basis, total, price), a.Compare(total, "above", a.ZERO)
    taken = (
        None if taking is None else a.Compare(grouped("all", a.Choice(taking, a.ONE, a.ZERO), None), "above", a.ZERO)
    )
    return ForEach(basis, total, price), taken


def _moved(verb: Verb, applies: a.Test | None, amount: a.Expr, rounding: Rounding) -> a.Expr:
    """Return the signed points of a line: 0 where the rule does not apply, rounded as the rubric says."""
    if verb == "forfeit":
        return a.ZERO
    signed = a.Product(a.Const(Fraction(-1)), amount) if verb == "deduct" else amount
    moved = signed if applies is None else a.Choice(applies, signed, a.ZERO)
    return a.to_places(moved, rounding.places, rounding.mode)
