"""The regulation back in words, from the trees the engine runs, and how it rounds."""

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from dangjian_score.core.points import percent, plain
from dangjian_score.engine.algebra import (
    AnyHolds,
    Const,
    Expr,
    Figure,
    Is,
    Named,
    Product,
    Quotient,
    Read,
    Sum,
    Tally,
    Test,
    figures,
    walk,
)
from dangjian_score.engine.counting import Counting, Holding, Lacking, Missing, Once, Over, Times
from dangjian_score.engine.lexicon import QUANTITY, is_period
from dangjian_score.engine.lookups import Ballot, Judged, Leveled, Priced, ShareOf, TierEntry
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.phrases import ForEach, Phrase, WholeSteps
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.conditions import SIGNS, Writer, kind_of, shown
from dangjian_score.words.say import Words


def rounding_policy(rubric: Rubric, words: Words) -> str:
    """Say what is rounded, how, and what goes by it (“总分四舍五入保留两位小数，各项得分不取舍；名次按取舍后…”)."""
    rounding = rubric.rounding

    def kept(what: str, places: int) -> str:
        return words.text(f"policy {what}", how=rounding_of(rubric, places, words))

    total = kept("total", rubric.total_places)
    before = (("lines", rounding.places), ("sections", rounding.sections))
    others = words.text("policy and").join(kept(what, places) for what, places in before if places is not None)
    whole = words.text("policy also", others=others, total=total) if others else words.text("policy exact", total=total)
    if rubric.grades and rubric.grades_on == "base":
        return words.text("policy on base", kept=whole)
    return words.text(
        "policy", kept=whole, ranked=words.text("policy ranks grades" if rubric.grades else "policy ranks")
    )


def rounding_of(rubric: Rubric, places: int, words: Words) -> str:
    """Say how figures are rounded to so many decimals (“四舍五入保留两位小数”)."""
    return words.text(f"policy {rubric.rounding.mode}", to=words.text(f"policy {places}"))


def node_text(node: NodeTree, words: Words) -> str:
    """Say how an item is scored (“满分 1 分；研究党建次数应 4 次，每少 1 次扣 0.5 分，扣完为止”)."""
    writer = _Clause(words)
    return writer.say("then").join(part for part in writer.node(node) if part)


def rule_text(rule: RuleTree, words: Words) -> str:
    """Say what a rule does."""
    return _Clause(words).rule(rule)


def figure_text(figure: Figure, words: Words) -> str:
    """Name a figure of many, and say of events which count and what each is worth."""
    writer = _Clause(words)
    return writer.name(figure) + writer.of(figure)


class _Clause(Writer):
    """Words for rules without the facts of any unit."""

    def say(self, key: str, **args: str) -> str:
        """Fill a template of clauses, else of lines."""
        own = f"clause.{key}"
        return self._words.text(own if own in self._words.texts else f"line.{key}", **args)

    # Items

    def node(self, node: NodeTree) -> Iterator[str]:
        """Say what an item carries, its rules, and where it ends."""
        said = node.node
        yield self._carries(node)
        if said.only is not None:
            told = self.say("comma").join(value for values in said.only.values() for value in values)
            yield self.say("only", who=told)
        if node.rules and node.start not in (0, node.max):
            yield self.say("starts", start=plain(node.start))
        rules = [self.rule(rule) for rule in node.rules]
        yield self.say("then").join(rules) + (self._end(node) if rules else "")
        yield self._ceiling(node)
        if said.highest_per is not None:
            yield self.say("per case", column=said.highest_per)
        if said.if_na is not None:
            yield self.say(f"na {said.if_na}")
        if said.assumed:
            yield self.say("assumed")

    def _carries(self, node: NodeTree) -> str:
        if node.kind == "base":
            return "" if node.max is None else self.say("max", max=plain(node.max))
        return self.say("at most", max=plain(node.max)) if node.max is not None else ""

    def _end(self, node: NodeTree) -> str:
        """Say how far deductions go: by custom to nothing."""
        if not any(rule.verb == "deduct" for rule in node.rules):
            return ""
        if node.floor is None:
            return self.say("bottomless")
        return self.say("to nothing") if node.floor == 0 else self.say("to", floor=plain(node.floor))

    def _ceiling(self, node: NodeTree) -> str:
        if node.node.ceiling is None:
            return ""
        return self.say("endless") if node.ceiling is None else self.say("cap", cap=plain(node.ceiling))

    # Rules

    def rule(self, rule: RuleTree) -> str:
        """Say what a rule does."""
        text = self._guarded(rule)
        if rule.cap is not None:
            text += self.say("rule cap", cap=plain(rule.cap))
        return text + (self.say("note", note=rule.note) if rule.note else "")

    def _guarded(self, rule: RuleTree) -> str:
        basis, guard = rule.basis, "" if rule.guard is None else self.test(rule.guard)
        if isinstance(basis, Once):
            return self.say("where flat", test=guard) + self._act(rule) if guard else self._act(rule)
        text = self._basis(basis, rule)
        return self.say("where so", test=guard) + text if guard else text

    def _act(self, rule: RuleTree, points: Fraction | None = None) -> str:
        """Say the verb with its points; None takes or gives what the rule's price is."""
        points = rule.price if points is None else points
        return self.say(rule.verb) if points is None else self.say(rule.verb, points=plain(points))

    def _entry(self, rule: RuleTree, points: Fraction | None) -> str:
        return self.say("forfeit all") if points is None else self._act(rule, points)

    def _basis(self, basis: Phrase, rule: RuleTree) -> str:
        match basis:
            case Once():
                return self._act(rule)
            case Times() | Missing() | Over() | Holding() | Lacking():
                return self._counted(basis, rule, "")
            case WholeSteps(of, every, mode):
                return self._steps(of, every, rule) + self.say(f"steps {mode}")
            case ForEach():
                return self._each(basis, rule)
            case TierEntry(value, sense, entries, otherwise):
                kind = kind_of(value)
                rows = [f"{SIGNS[sense]} {shown(key, kind)} {self._entry(rule, entry)}" for key, entry in entries]
                rows += [self.say("else", act=self._act(rule, otherwise))] if otherwise else []
                listed = self.say("comma list").join(rows)
                return self.say("table", name=self.name(value), rows=listed) + self.of(value)
            case Leveled(measures):
                return self.say("table", name=self.say("comma").join(measures), rows=self._levels(basis, rule))
            case Priced(events, levels):
                return self.say("events", name=self.name(events), rows=self._levels(levels, rule)) + self.of(events)
            case Ballot(measure, entries):
                rows = [self._row(level, self._act(rule, points)) for level, points in entries]
                return self.say("ballot", name=measure, rows=self.say("comma list").join(rows))
            case ShareOf(amount, part, whole, beyond):
                names = {"part": self.name(part), "whole": self.name(whole), "act": self._act(rule, amount)}
                return self.say("share beyond" if beyond else "share", **names)
            case Judged(measure, least, most, combine):
                told = {"name": measure, "least": plain(least), "most": plain(most)}
                return self.say(f"judged {rule.verb}", **told) + (self.say(f"combine {combine}") if combine else "")
            case _:
                assert_never(basis)

    def _steps(self, of: Counting | ForEach, every: Fraction, rule: RuleTree) -> str:
        if isinstance(of, ForEach):
            return self._each(of, rule) + self.say("in steps", every=plain(every), act=self._act(rule))
        return self._counted(of, rule, self._step(of, every))

    def _counted(self, basis: Counting, rule: RuleTree, step: str) -> str:
        act = self._act(rule)
        match basis:
            case Times(have):
                step = step or self._step(basis, Fraction(1))
                return self.say("per", name=self.name(have), step=step, act=act) + self.of(have)
            case Missing(of, have) | Over(of, have):
                step = step or self._step(basis, Fraction(1))
                key = "per missing" if isinstance(basis, Missing) else "per over"
                due = self._due(of.value, have) if isinstance(of, Const) else self.name(of)
                return self.say(key, name=self.name(have), of=due, step=step, act=act) + self.of(have)
            case Holding(tests) | Lacking(tests):
                key = "each" if isinstance(basis, Holding) else "each missing"
                which = self.say("comma").join(self._part(test, AnyHolds) for test in tests)
                return self.say(key, which=which, step=step or ("" if isinstance(basis, Holding) else " 1 "), act=act)
            case _:
                assert_never(basis)

    def _step(self, basis: Counting, every: Fraction) -> str:
        if isinstance(basis, Holding | Lacking):
            return f" {plain(every)} "
        return self._amount(every, basis.have)

    def _amount(self, number: Fraction, beside: Expr) -> str:
        """Write a number with what it counts: times, unless the measure's name says otherwise (篇数 → 篇)."""
        if kind_of(beside) == "percent":
            return self.say("of percent", number=plain(number * 100))
        match beside:
            case Named(of=of) if figures(of):
                return self.say("of times", number=plain(number), word=self.say("time"))
            case Read(measure, "count") if measure.endswith("数") and len(measure) > 1:
                return self.say("of times", number=plain(number), word=measure[-2])
            case _:
                return self.say("of number", number=plain(number))

    def _due(self, number: Fraction, beside: Expr) -> str:
        return percent(number) if kind_of(beside) == "percent" else self._amount(number, beside).strip()

    def _levels(self, table: Leveled, rule: RuleTree) -> str:
        rows = [self._row(self._level_names(test), self._entry(rule, entry)) for test, entry in table.entries]
        rows += [self.say("else", act=self._act(rule, table.otherwise))] if table.otherwise else []
        return self.say("comma list").join(rows)

    def _row(self, level: str, act: str) -> str:
        return self.say("row", level=level, act=act)

    def _level_names(self, test: Test) -> str:
        return " ".join(part.level for part in walk(test) if isinstance(part, Is))

    def _each(self, basis: ForEach, rule: RuleTree) -> str:
        keys = basis.total.keys
        each = "".join(self.say(f"each {key}") if is_period(key) else self.say("each of", column=key) for key in keys)
        text = self.say("for each", each=each, text=self._basis(basis.of, rule))
        cap = basis.total.cap
        return text + (self.say("cap each", each=each, cap=plain(cap)) if cap is not None else "")

    def of(self, value: Expr) -> str:
        """Say which events count, and what each is worth where that is not just one."""
        return "".join(self._kept(figure) for figure in figures(value) if isinstance(figure, Tally))

    def _kept(self, tally: Tally) -> str:
        text = "" if tally.where is None else self.say("kept", test=self.test(tally.where))
        if (worth := self._worth(tally.worth)) is not None:
            text += self.say("worth", worth=worth)
        return text + (self.say("dearest", column=tally.highest_per) if tally.highest_per else "")

    def _worth(self, worth: Expr) -> str | None:
        """Write out a price that depends on more than the level; that it counts by number goes without saying."""
        match worth:
            case Product(Sum() | Product() | Quotient() as weighed, counted) if counted == QUANTITY:
                return self.name(weighed)
            case _:
                return None

    def name(self, expr: Expr) -> str:
        """Name a figure in quotation marks, a price as it is."""
        text = super().name(expr)
        return self.say("quoted", name=text) if isinstance(expr, Named | Tally | Read) else text
