"""Rules and nodes as clauses in words, written from the trees that the engine runs; the rounding policy."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from dangjian_score.core import algebra as a
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.bounds import bounds
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.rules import RuleTree
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.phrase import Schedule
from dangjian_score.rubric.lexicon import QUANTITY, is_period, only
from dangjian_score.rubric.model import Rubric, Section
from dangjian_score.words.conditions import PhraseWriter, kind_of
from dangjian_score.words.grades import note_of
from dangjian_score.words.say import Words, day_text


def rounding_policy(rubric: Rubric, words: Words, *, by_rate: bool = False) -> str:
    """Return what is rounded, how, and what is ranked by it (“总分四舍五入保留两位小数，各项得分不取舍；名次…”).

    Interim results are ranked by their rates (`by_rate`).
    """
    rounding = rubric.rounding

    def kept(what: str, places: int) -> str:
        return words.text(f"policy {what}", how=rounding_of(rubric, places, words))

    total = kept("total", rubric.total_places)
    before = (("lines", rounding.places), ("sections", rounding.sections))
    others = words.text("comma").join(kept(what, places) for what, places in before if places is not None)
    whole = words.text("policy also", others=others, total=total) if others else words.text("policy exact", total=total)
    if by_rate:
        return words.text("policy by rate", kept=whole)
    if rubric.grades and rubric.grades_on == "base":
        return words.text("policy on base", kept=whole)
    ranked = words.text("policy ranks grades" if rubric.grades else "policy ranks")
    return words.text("policy", kept=whole, ranked=ranked)


def rounding_of(rubric: Rubric, places: int, words: Words) -> str:
    """Return how figures are rounded to so many decimals (“四舍五入保留两位小数”)."""
    return words.text(f"policy {rubric.rounding.mode}", to=words.text(f"policy {places}"))


def node_text(node: NodeTree, words: Words) -> str:
    """Return how an item is scored (“满分 1 分；研究党建次数应有 4 次，每少 1 次扣 0.5 分，扣完为止”)."""
    writer = _ClauseWords(words)
    return writer.say("then").join(part for part in _node(node, writer, words) if part)


def standard_text(node: NodeTree, words: Words) -> str:
    """Return how an item is scored, for a table that says elsewhere what base sections and their items carry."""
    writer = _ClauseWords(words)
    elsewhere = node.kind == "base" and (node.is_section or not node.nodes)
    return writer.say("then").join(part for part in _node(node, writer, words, with_max=not elsewhere) if part)


def limits_text(node: NodeTree, words: Words) -> str:
    """Return what holds of all rules of an item together: its points, how far they go up and down."""
    writer = _ClauseWords(words)
    return writer.say("then").join(part for part in _node(node, writer, words, with_rules=False) if part)


def node_notes(node: NodeTree, words: Words) -> tuple[str, ...]:
    """Return what is to be known of an item beside how it is scored: what is assumed, and how the source is read."""
    writer, source = _ClauseWords(words), node.node.source
    notes = [writer.say("assumed")] if node.node.assumed else []
    if source is not None and (source.assumed or source.note):
        notes.append(writer.say("reading" if source.assumed else "source note", note=note_of(source)))
    return tuple(notes)


def rule_text(rule: RuleTree, words: Words) -> str:
    """Return what a rule does (“缺半年总结的，扣 1 分”), behind the title and clause of its own."""
    writer = _RuleWords(words, rule)
    basis, guard = rule.basis, "" if rule.guard is None else writer.test(rule.guard)
    text = basis.clause(writer)
    if guard:
        text = writer.say("where so", test=writer.before_words(guard)) + text
    if rule.cap is not None:
        text += writer.say("rule cap", cap=plain(rule.cap))
    if rule.model.due is not None:
        text += writer.say("due on", day=day_text(rule.model.due, words))
    text += writer.say("note", note=rule.model.note) if rule.model.note else ""
    text += writer.say("rule assumed") if rule.model.assumed else ""
    if (source := rule.model.source) is not None and (source.assumed or source.note):
        text += writer.say("rule reading" if source.assumed else "rule source note", note=note_of(source))
    title, clause = rule.model.title, rule.model.clause
    own = writer.say("own title", title=title, clause=clause) if title and clause else title or clause
    return f"{own}{writer.say('colon')}{text}" if own else text


def figure_text(figure: a.Figure, words: Words) -> str:
    """Return the name of a figure of many events or units; of events also which count and what each is worth."""
    writer = _ClauseWords(words)
    return writer.name(figure) + writer.kept(figure)


def _node(
    node: NodeTree, writer: "_ClauseWords", words: Words, *, with_max: bool = True, with_rules: bool = True
) -> Iterator[str]:
    """Yield an item's points, its rules, and its limits."""
    model = node.node
    if with_max and node.max is not None:
        yield writer.say(f"max {node.kind}", max=plain(node.max))
    if model.weight is not None:
        above = "weighed in total" if isinstance(model, Section) else "weighed"
        yield writer.say(above, weight=percent(model.weight))
    if isinstance(model, Section):
        yield writer.say("in round", round=model.round) if model.round is not None else ""
        yield writer.say(f"rounds {model.rounds}") if model.rounds is not None else ""
    if model.best is not None:
        yield writer.say("best of", best=str(model.best))
    if model.only is not None:
        yield writer.say("only", who=writer.test(only(model.only) or a.AllHold(())))
    if node.written and node.start not in (0, node.max):
        yield writer.say("starts", start=plain(node.start))
    rules = [rule_text(rule, words) for rule in node.written] if with_rules else []
    end = _end(node, writer) if node.written else ""
    yield writer.say("then").join(rules) + (end if rules else end.removeprefix(writer.say("comma list")))
    if model.due is not None:
        yield writer.say("node due", day=day_text(model.due, words))
    if model.ceiling is not None:
        yield writer.say("endless") if node.ceiling is None else writer.say("cap", cap=plain(node.ceiling))
    if model.highest_per:
        yield writer.say("per case", columns=writer.columns(model.highest_per))
    if model.if_na is not None:
        yield writer.say(f"na {model.if_na}")
    if node.is_closed and any(lower.if_na == "rescale" for lower in node.below() if not lower.nodes):
        yield writer.say("rescaled within")


def _end(node: NodeTree, writer: "_ClauseWords") -> str:
    """Return how far deductions go (“，扣完为止”); empty without deductions."""
    if not any(rule.verb == "deduct" for rule in node.written):
        return ""
    if node.floor is None:
        return writer.say("bottomless") if any(map(_is_endless, node.written)) else ""
    if node.floor == 0:
        return writer.say("to nothing")
    beyond = node.floor < node.start == 0
    return writer.say("to most", most=plain(-node.floor)) if beyond else writer.say("to", floor=plain(node.floor))


def _is_endless(rule: RuleTree) -> bool:
    """Return whether there is no end to what a rule deducts."""
    return not isinstance(rule.basis, Assessed) and bounds(rule.points, {}).least is None


class _ClauseWords(PhraseWriter):
    """Writes clauses, which hold for every unit."""

    def kept(self, expr: a.Expr) -> str:
        """Return which events count, and their worth where it is not 1."""
        return "".join(self._kept(figure) for figure in a.figures(expr) if isinstance(figure, a.Tally))

    def _kept(self, tally: a.Tally) -> str:
        text = "" if tally.where is None else self.say("kept", test=self.before_words(self.test(tally.where)))
        if (worth := self._worth(tally.worth)) is not None:
            text += self.say("worth column" if self._is_column(tally.worth) else "worth", worth=worth)
        return text + (self.say("dearest", columns=self.columns(tally.highest_per)) if tally.highest_per else "")

    def columns(self, names: Iterable[str]) -> str:
        """Join the columns of registers that identify a case."""
        return self.say("and columns").join(names)

    def _worth(self, worth: a.Expr) -> str | None:
        """Return a price that the row decides beside its level, without the factor of the quantity; else None."""
        match worth:
            case _ if self._alone(worth) is not None:
                return None
            case a.Product(a.Read() | a.Sum() | a.Product() | a.Quotient() as weighed, counted) if counted == QUANTITY:
                return self.name(weighed)
            case _:
                return None

    @staticmethod
    def _alone(worth: a.Expr) -> a.Read | None:
        """Return the column whose figure alone is the price, times the quantity."""
        match worth:
            case a.Product(a.Product(a.Const(value), a.Read() as column), counted) if (
                counted == QUANTITY and value == 1
            ):
                return column
            case _:
                return None

    @staticmethod
    def _is_column(worth: a.Expr) -> bool:
        """Return whether the price is the figure in a column of the row."""
        return isinstance(worth, a.Product) and isinstance(worth.left, a.Read)

    def name(self, expr: a.Expr) -> str:
        """Return the name of a figure in quotation marks, or a price without."""
        text = super().name(expr)
        return self.say("quoted", name=text) if isinstance(expr, a.Named | a.Tally | a.Read) else text


class _RuleWords(_ClauseWords):
    """Writes the clause of one rule, counted in steps of `every` where there is one."""

    def __init__(self, words: Words, rule: RuleTree, every: Fraction | None = None) -> None:
        super().__init__(words)
        self.verb, self.every, self._rule = rule.verb, every, rule

    def stepping(self, every: Fraction | None) -> "_RuleWords":
        """Return the same writer for another step."""
        return _RuleWords(self._words, self._rule, every)

    def member(self, test: a.Test) -> str:
        """Return a condition as a member of a list."""
        return self._part(test, a.AnyHolds)

    def act(self, points: Fraction | None = None) -> str:
        """Return the verb with points, by default with the rule's price."""
        points = self._rule.price if points is None else points
        if points == 0 and self.verb == "deduct":
            return self.say("deduct nothing")
        return self.say(self.verb, points="" if points is None else plain(points))

    def valued(self, expr: a.Expr) -> str | None:
        """Return the sentence of events that are worth what a column says; None where they have another price."""
        tallies = [figure for figure in a.figures(expr) if isinstance(figure, a.Tally)]
        column = self._alone(tallies[0].worth) if len(tallies) == 1 and self.every is None else None
        if column is None:
            return None
        return self.say(f"valued {self.verb}", name=self.name(expr), column=self.name(column))

    def entry(self, points: Fraction | None) -> str:
        """Return the verb with the points of a table's entry; None takes all points."""
        return self.say("forfeit") if points is None else self.act(points)

    def step(self, beside: a.Expr) -> str:
        """Return the step with the counter of a figure (“2 次”); a number without one is set apart (“2，”)."""
        step = self.every or Fraction(1)
        if kind_of(beside) == "percent":
            return self.say("of percent", number=plain(step * 100))
        return self.amount(step, beside) if self.counter(beside) else self.say("of number", number=plain(step))

    def due(self, amount: a.Expr, schedule: Schedule, beside: a.Expr) -> str:
        """Return what a figure must come to (“有 4 次”, “达到 95%”): an amount, or the amounts of a schedule."""
        if schedule:
            return self.say("due by days", days=self._schedule(schedule, beside))
        if isinstance(amount, a.Const) and self.counter(beside):
            return self.say("due counted", amount=self.required(amount.value, beside))
        return self.say("due reached", amount=self.against(amount, schedule, beside).rstrip())

    def against(self, amount: a.Expr, schedule: Schedule, beside: a.Expr) -> str:
        """Return what a figure is set against, to stand among words: an amount, or the amounts of a schedule."""
        if schedule:
            return self.before_words(self._schedule(schedule, beside))
        if not isinstance(amount, a.Const):
            return self.name(amount)
        return self.after_words(self.before_words(self.required(amount.value, beside)))

    def _schedule(self, amounts: Schedule, beside: a.Expr) -> str:
        """Return what is due by each day (“2024年6月30日前累计 2 次、…”)."""
        parts = (
            self.say("by day", day=day_text(day, self._words), amount=self.required(amount.value, beside))
            for day, amount in amounts
        )
        return self.say("comma").join(parts)

    def bound(self, how: a.Comparator, key: Fraction, beside: a.Expr) -> str:
        """Return the key of a table with its comparison (“达到 90% 的”)."""
        reached = self._compared(beside, "", how, self.required(key, beside)).strip()
        return self.say("reaching", bound=self.before_words(reached))

    def places(self, first: int, last: int) -> str:
        """Return the places from `first` to `last` (“第 2–3 名”)."""
        return self.say("places", places=str(first) if last <= first else f"{first}–{last}")

    def periods(self, keys: tuple[str, ...]) -> str:
        """Return the words for applying a rule to each group of these keys (“每季度”)."""
        return "".join(self.say(f"each {key}") if is_period(key) else self.say("each of", column=key) for key in keys)
