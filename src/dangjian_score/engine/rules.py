"""Trees of rules: the phrase of a kind with guards, groups, steps and cap around it."""

from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.points import plain
from dangjian_score.engine.bounds import FigureSpan, Known, bounds
from dangjian_score.engine.interim import Horizon, Timing, timing
from dangjian_score.rubric.kinds.base import Counted, Grouping, RuleBase, RuleSetting, Verb
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.flat import Forfeit, Once
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.kinds.phrase import (
    ClauseWriter,
    Figures,
    LineWriter,
    Member,
    Phrase,
    PlainPhrase,
    Privacy,
    Unmet,
)
from dangjian_score.rubric.lexicon import Lexicon, guard_test, is_period, only
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

    def unmet(self, writer: LineWriter) -> Unmet:
        """“缺 2024 年 2 月”."""
        return Unmet(writer.say("lacking", which=writer.after_words(writer.uncounted())))

    def demand(self, writer: LineWriter) -> str:
        """“按季度落实：支部大会不少于 1”."""
        demand, each = self.of.demand(writer), writer.periods(self.total.keys)
        return writer.say("demand each", each=each, demand=demand) if demand and each else demand

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
        """As the inner phrase, with the step and what is counted in it."""
        return {**self.of.figures, "every": a.Const(self.every), "counted": self.of.expr}

    @property
    def members(self) -> tuple[Member, ...]:
        """As what is counted."""
        return self.of.members

    @property
    def privacy(self) -> Privacy:
        """As what is counted."""
        return self.of.privacy

    def line(self, writer: LineWriter) -> str:
        """As the inner phrase, with the step; where a part of a step is left, also how it counts."""
        text = self.of.line(writer) + writer.say("every", every=writer.written(self.every, self))
        is_whole = writer.value("counted") % self.every == 0
        return text if is_whole else text + writer.say(f"steps {self.mode}")

    def unmet(self, writer: LineWriter) -> Unmet:
        """As the inner phrase."""
        return self.of.unmet(writer)

    def demand(self, writer: LineWriter) -> str:
        """As the inner phrase."""
        return self.of.demand(writer)

    def clause(self, writer: ClauseWriter) -> str:
        """As the inner phrase, by the step, with the mode."""
        return self.of.clause(writer.stepping(self.every)) + writer.say(f"steps {self.mode}")


def innermost(phrase: Phrase) -> Phrase:
    """Return the phrase inside steps and groups."""
    while isinstance(phrase, ForEach | WholeSteps):
        phrase = phrase.of
    return phrase


def judged_column(phrase: Phrase) -> str | None:
    """Return the column with the figure of each event; None where events are not judged one by one."""
    inner = innermost(phrase)
    return inner.measure if isinstance(inner, JudgedEvents) else None


def groups_of(phrase: Phrase) -> a.Grouped | None:
    """Return the groups that a phrase sums over; None without groups."""
    inner = phrase.of if isinstance(phrase, WholeSteps) else phrase
    return inner.total if isinstance(inner, ForEach) else None


def group_keys(phrase: Phrase) -> tuple[str, ...]:
    """Return the keys of the groups of a phrase; empty without groups."""
    groups = groups_of(phrase)
    return () if groups is None else groups.keys


class RuleTree(Struct, frozen=True):
    """The trees of one rule of a node.

    `before` and `points` are the signed points before and after its own cap; `forfeits` is the test that it takes all
    points; `price` are the points for each time, where the phrase counts times. `scope` is the test that the rule and
    its node are for the unit; `applies` that the node is, that not all measures are 不适用 and, where the rule is due
    as soon as one is `entered`, that one is; the three trees contain both. `timing` is when it is due. `most` are the
    most points that it awards, before the end of the period for what is due; None without end.
    """

    name: str
    model: RuleBase
    timing: Timing
    basis: Phrase
    guard: a.Test | None
    price: Fraction | None
    before: a.Expr
    points: a.Expr
    forfeits: a.Test | None
    scope: a.Test | None
    entered: a.Test | None
    applies: a.Test | None
    most: a.Expr | None

    @property
    def verb(self) -> Verb:
        """Its verb."""
        return self.model.verb

    @property
    def counts(self) -> a.Test | None:
        """The test that it counts for the unit: it is for the unit and due, and the guard beside a basis holds.

        A guard without a basis is what the rule asks for, and groups have the guard each.
        """
        is_asked = isinstance(self.basis, Once) or groups_of(self.basis) is not None
        return a.both(self.applies, self.scope, None if is_asked else self.guard)

    @property
    def cap(self) -> Fraction | None:
        """Its own cap."""
        return self.model.up_to

    @property
    def optional(self) -> frozenset[str]:
        """The measures that it reads only as members of a list; each of them may be missing alone."""
        guarding = () if self.guard is None else a.reads(self.guard)
        return frozenset(a.reads(*(member.counts for member in self.basis.members))).difference(guarding)

    @property
    def trees(self) -> tuple[a.Tree, ...]:
        """The trees that read the evidence; none of a rule that is not due."""
        if self.timing == "pending":
            return ()
        others = self.guard, self.forfeits, self.most
        return (self.before, *(tree for tree in others if tree is not None))


class NodeSetting(Struct, frozen=True):
    """What the rules of a node have in common: the lexicon, the rounding of lines, the test that the node applies.

    `present` is given where 不适用 may occur: the test that anything else was entered. Without a `horizon` all rules
    are due.
    """

    lexicon: Lexicon
    rounding: Rounding
    attributes: tuple[str, ...] = ()
    scope: a.Test | None = None
    present: a.Test | None = None
    horizon: Horizon | None = None

    @property
    def applies(self) -> a.Test | None:
        """The test that rules are evaluated."""
        return a.both(self.scope, self.present)


def build(rule: RuleBase, name: str, setting: NodeSetting) -> RuleTree:
    """Return the trees of a rule; of one that is not due they read nothing and move no points."""
    lexicon, when = setting.lexicon, timing(rule, setting.lexicon, setting.horizon)
    guard = a.both(only(rule.only), guard_test(rule.if_, rule.unless, lexicon))
    optional = setting.present is not None or when == "entered"
    through = None if setting.horizon is None else setting.horizon.through
    basis = rule.phrase(RuleSetting(name, lexicon, optional, through))
    price = rule.unit_price(lexicon)
    taking = a.AllHold(()) if isinstance(rule, Forfeit) else basis.takes_all
    when, entered = _entered(when, setting, basis.expr, guard, taking)
    if entered is not None:
        entered = a.both(*map(a.Entered, rule.only or ()), only(rule.only), entered)
    applies = a.both(setting.applies, entered)
    evaluated = a.both(applies, guard)
    if isinstance(rule, Grouping) and rule.for_each is not None:
        due_only = rule.COUNTS_SHORTFALL or when == "pieces"
        basis, taking = _for_each(rule, name, basis, guard, price, taking, due_only=due_only)
        evaluated = applies
    if isinstance(rule, Counted) and rule.every is not None:
        basis = WholeSteps(basis, rule.every.value, rule.steps or "whole")
    amount = basis.expr if price is None else a.Product(a.Const(price), basis.expr)
    capped = amount if rule.up_to is None else a.Least(amount, a.Const(rule.up_to))
    tree = RuleTree(
        name=name,
        model=rule,
        timing=when,
        basis=basis,
        guard=guard,
        price=price,
        before=_moved(rule.verb, evaluated, amount, setting.rounding),
        points=_moved(rule.verb, evaluated, capped, setting.rounding),
        forfeits=evaluated if evaluated and taking == a.AllHold(()) else taking and a.both(evaluated, taking),
        scope=a.both(setting.scope, only(rule.only)),
        entered=entered,
        applies=applies,
        most=None,
    )
    return replace(tree, most=_most(tree)) if when != "pending" else _not_due(tree)


def _entered(
    when: Timing, setting: NodeSetting, counted: a.Expr, guard: a.Test | None, taking: a.Test | None
) -> tuple[Timing, a.Test | None]:
    """Return when a rule is due, given what it reads, and the test that a unit has entered something for it.

    A rule that would be due once it is entered waits where it depends on other units or on the points of other items;
    where it reads events alone, it is due now.
    """
    trees = (counted, *([guard] if guard else []), *([taking] if taking else []))
    if when != "entered":
        return when, None
    if any(isinstance(part, a.Statistic | a.Placing | a.Ref) for tree in trees for part in a.walk(tree)):
        return "pending", None
    measures = tuple(measure for measure in a.reads(*trees) if measure not in setting.attributes)
    if not measures:
        return "whole", None
    return when, a.AnyHolds(tuple(map(a.Entered, measures)))


def _not_due(rule: RuleTree) -> RuleTree:
    """Return a rule that moves no points yet; its words stay."""
    return replace(rule, before=a.ZERO, points=a.ZERO, forfeits=None, entered=None)


def _most(rule: RuleTree) -> a.Expr | None:
    """Return the most points that a rule awards for what is due; None where there is no most."""
    if rule.verb != "award":
        return a.ZERO
    basis = rule.basis
    known = {basis.measure: FigureSpan(basis.least, basis.most)} if isinstance(basis, Assessed) else {}
    if rule.timing != "pieces":
        most = bounds(rule.points, known).most
        return None if most is None else a.Const(most)
    total = next(figure for figure in a.figures(basis.expr) if isinstance(figure, a.Grouped))
    each = most_of_group(total, known)
    if each is None or not all(map(is_period, total.keys)) or isinstance(basis, WholeSteps):
        return None if rule.cap is None else a.Const(rule.cap)
    most_of_all = a.Grouped(f"{total.name} most", total.keys, (), a.Const(each), None, shortfall=True)
    return most_of_all if rule.cap is None else a.Least(most_of_all, a.Const(rule.cap))


def most_of_group(total: a.Grouped, known: Known) -> Fraction | None:
    """Return the most points of a group; None without end."""
    each = bounds(total.each, known).most
    return total.cap if each is None or (total.cap is not None and total.cap < each) else each


def _for_each(
    rule: Grouping,
    name: str,
    basis: Phrase,
    guard: a.Test | None,
    price: Fraction | None,
    taking: a.Test | None,
    *,
    due_only: bool,
) -> tuple[ForEach, a.Test | None]:
    """Return the phrase over groups, each with the guard, and the test that some group takes all points.

    With `due_only` the pieces of periods that are due are groups, whatever events there are in others.
    """
    amount = basis.expr if price is None else a.Product(a.Const(price), basis.expr)
    own = [figure for figure in a.figures(basis.expr) if isinstance(figure, a.Tally)]
    guarding = [] if guard is None else [figure for figure in a.figures(guard) if isinstance(figure, a.Tally)]

    def grouped(suffix: str, each: a.Expr, cap: Fraction | None) -> a.Grouped:
        each = each if guard is None else a.Choice(guard, each, a.ZERO)
        return a.Grouped(f":{name} {suffix}", rule.for_each or (), tuple(own or guarding), each, cap, due_only)

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
