"""Lower expressions to source text: integer arithmetic over denominators that are known while compiling.

After a division by a figure of the unit the denominator is a text too. Branches stay lazy: one that needs statements
becomes a block.
"""

from typing import Final, assert_never

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.points import Mode
from dangjian_score.engine.compiled.amounts import (
    ODD,
    Body,
    Branch,
    Lowered,
    NameScope,
    RowPlace,
    added,
    compared,
    indented,
    is_lowest,
    is_plain,
    multiplied,
    numerators,
    product,
    reduced,
    rounding,
    times,
)

DEEPEST: Final = 60
"""Brackets in a text above which it is assigned to a name; Python takes 200 nested ones."""


class Lowering(Struct, frozen=True):
    """Lowers expressions and tests into a body."""

    scope: NameScope
    body: Body

    def number(self, expr: a.Expr) -> Lowered:
        """Return the amount of an expression; one that is too deep is split into assignments."""
        amount = self._number(expr)
        return self.held(amount) if f"{amount.text}{amount.over}".count("(") > DEEPEST else amount

    def _number(self, expr: a.Expr) -> Lowered:
        match expr:
            case a.Const(value):
                return Lowered(str(value.numerator), value.denominator)
            case a.Ref(step):
                done = self.scope.done.get(f"{step}{self.scope.suffix}")
                return done or self._figure(self.scope.known.get(step))
            case a.Choice():
                return self._choice(expr)
            case a.Read(measure):
                return self._figure(self.scope.measures.get(measure))
            case a.Sum(terms):
                return self._sum([self.number(term) for term in terms])
            case a.Product(left, right):
                return product(self.number(left), self.number(right))
            case a.Named(of=of):
                return self.number(of)
            case a.Most(a.Least(of, a.Const() as most), a.Const() as least) if least.value <= most.value:
                return self._between(*map(self.number, (of, least, most)))
            case a.Most(left, right):
                return self._further(">", self.number(left), self.number(right))
            case a.Least(left, right):
                return self._further("<", self.number(left), self.number(right))
            case a.Quotient(part, whole):
                return self._quotient(self.number(part), self.number(whole))
            case a.Whole(of):
                amount = self.number(of)
                return amount if amount.over == 1 else Lowered(f"({amount.text} // {amount.over})")
            case a.Rounded(of, places, mode):
                return self._rounded(self.number(of), 10**places, mode)
            case a.Tally(name) | a.Grouped(name) | a.Statistic(name) | a.Placing(name):
                return self._figure(self.scope.known.get(name))
            case _:
                assert_never(expr)

    def held(self, amount: Lowered) -> Lowered:
        """Return the amount assigned to names, so that it can be used more than once."""
        text = amount.text if is_plain(amount.text) else self.body.local(amount.text)
        over = amount.over
        known = isinstance(over, int) or over.isidentifier()
        return Lowered(text, over if known else self.body.local(str(over)))

    def settled(self, amount: Lowered) -> Lowered:
        """Return the amount of a step assigned to names; a pair is reduced, lest it grows from step to step."""
        amount = self.held(amount)
        if isinstance(amount.over, int) or amount.over in self.body.lowest:
            return amount
        above, below, common = self.body.name(), self.body.name(), self.body.name()
        self.body.lines += [
            f"{above}, {below} = {amount.text}, {amount.over}",
            f"if ({common} := gcd({above}, {below})) > 1:",
            f" {above} //= {common}",
            f" {below} //= {common}",
        ]
        self.body.lowest.add(below)
        return Lowered(above, below)

    def _figure(self, place: RowPlace | None) -> Lowered:
        if place is None or place.slot.form == "answers":
            return ODD
        if place.slot.form == "scaled":
            return Lowered(place.there, place.slot.denominator)
        above, below = self.body.name(), self.body.name()
        self.body.lines.append(f"{above}, {below} = {place.there}")
        self.body.lowest.add(below)
        return Lowered(above, below)

    def _sum(self, terms: list[Lowered]) -> Lowered:
        """Return the sum; terms with known denominators are added first."""
        known = added([term for term in terms if isinstance(term.over, int)])
        total = known or Lowered("0")
        for term in terms:
            if known is None or isinstance(term.over, str):
                total = term if total.constant == 0 else self._plus(self.held(total), self.held(term))
        return total

    def _plus(self, left: Lowered, right: Lowered) -> Lowered:
        """Return the sum of two amounts of which a denominator is not known."""
        above = f"{times(left.text, right.over)} + {times(right.text, left.over)}"
        return self.held(Lowered(above, multiplied(left.over, right.over)))

    def _quotient(self, part: Lowered, whole: Lowered) -> Lowered:
        if (divisor := whole.constant) is not None and isinstance(whole.over, int):
            return product(part, Lowered(str(whole.over), divisor)) if divisor > 0 else ODD
        name, asked = self._named(whole.text)
        over, factor = reduced(part.over, whole.over)
        return Lowered(times(part.text, factor), multiplied(over, f"({name} if {asked} > 0 else odd())"))

    def _further(self, operator: str, left: Lowered, right: Lowered) -> Lowered:
        """Return the larger or smaller of two amounts."""
        if (known := numerators([left, right])) is not None:
            (mine, asked), (yours, asked_yours) = map(self._named, known[0])
            return Lowered(f"({mine} if {asked} {operator} {asked_yours} else {yours})", known[1])
        left, right = self.held(left), self.held(right)
        above, below = self.body.name(), self.body.name()
        test = f"{times(left.text, right.over)} {operator} {times(right.text, left.over)}"
        self.body.lines += [
            f"if {test}:",
            f" {above}, {below} = {left.text}, {left.over}",
            "else:",
            f" {above}, {below} = {right.text}, {right.over}",
        ]
        self._keep_lowest(below, [left, right])
        return Lowered(above, below)

    def _between(self, amount: Lowered, least: Lowered, most: Lowered) -> Lowered:
        """Return an amount limited to two constants."""
        if (known := numerators([amount, least, most])) is None:
            return self._further(">", self._further("<", amount, most), least)
        (text, low, high), over = known
        name, asked = self._named(text)
        return Lowered(f"({low} if {asked} < {low} else {name} if {name} < {high} else {high})", over)

    def _named(self, text: str) -> tuple[str, str]:
        """Return a name for a text, and the text that assigns it on first use."""
        if is_plain(text):
            return text, text
        name = self.body.name()
        return name, f"({name} := {text})"

    def _keep_lowest(self, below: str, amounts: list[Lowered]) -> None:
        """Note that a pair is in lowest terms where all amounts it is chosen from are."""
        if all(amount.over in self.body.lowest or is_lowest(amount) for amount in amounts):
            self.body.lowest.add(below)

    def _rounded(self, amount: Lowered, scale: int, mode: Mode) -> Lowered:
        """Return the amount rounded to a multiple of 1 ÷ `scale`, by magnitude whatever the sign."""
        if isinstance(amount.over, int) and scale % amount.over == 0:
            return amount
        amount = self.held(amount) if isinstance(amount.over, str) else amount
        factor, over = reduced(scale, amount.over)
        name, first = self._named(times(amount.text, factor))
        return Lowered(rounding(name, first, over, mode, self.body.name()), scale)

    def _choice(self, choice: a.Choice) -> Lowered:
        """Return a choice, and the choices in its other branch, as one conditional expression, else as blocks."""
        branches: list[Branch] = []
        last: a.Expr = choice
        while isinstance(last, a.Choice):
            asking, test = self.body.apart(self.test, last.test)
            if test == "True":
                last = last.then
                continue
            before, then = self.body.apart(self.number, last.then)
            branches.append(Branch(asking, test, before, then))
            last = last.otherwise
        if not branches:
            return self.number(last)
        before, end = self.body.apart(self.number, last)
        self.body.lines += branches[0].asking
        amounts = [*(branch.then for branch in branches), end]
        known = numerators(amounts)
        if (
            known is None
            or before
            or any(branch.before for branch in branches)
            or any(branch.asking for branch in branches[1:])
        ):
            return self._blocks(branches, before, amounts)
        texts, over = known
        cases = (f"{text} if {branch.test} else " for text, branch in zip(texts, branches, strict=False))
        return Lowered(f"({''.join(cases)}{texts[-1]})", over)

    def _blocks(self, branches: list[Branch], before_end: list[str], amounts: list[Lowered]) -> Lowered:
        """Write a choice as consecutive statements, since tables are longer than blocks may be nested."""
        above, below = self.body.name(), self.body.name()
        if (known := numerators(amounts)) is not None:
            chosen = [[f"{above} = {text}"] for text in known[0]]
        else:
            chosen = [[f"{above} = {amount.text}", f"{below} = {amount.over}"] for amount in amounts]
        unsettled = f"if {above} is None:"
        self.body.lines += [f"{above} = None"] if len(branches) > 1 else []
        for at, branch in enumerate(branches):
            case = [f"if {branch.test}:", *indented([*branch.before, *chosen[at]])]
            self.body.lines += [unsettled, *indented([*branch.asking, *case])] if at else case
        self.body.lines += ["else:" if len(branches) == 1 else unsettled, *indented([*before_end, *chosen[-1]])]
        self._keep_lowest(below, amounts)
        return Lowered(above, known[1] if known else below)

    def test(self, test: a.Test) -> str:
        """Return the text of a test; one that is too deep is split into assignments."""
        text = self._test(test)
        return self.body.local(text) if text.count("(") > DEEPEST else text

    def _test(self, test: a.Test) -> str:
        match test:
            case a.Compare(left, how, right):
                return compared(self.number(left), how, self.number(right))
            case a.Yes(measure):
                return f"{self._answer(measure)} is True"
            case a.Is(measure, level):
                return f"{self._answer(measure)} == {self.body.constant(level)}"
            case a.Entered(measure):
                place = self.scope.measures.get(measure)
                return f"{place.name} is not None" if place and place.slot.gaps else str(place is not None)
            case a.AllHold(tests):
                return self._joined(tests, "and")
            case a.AnyHolds(tests):
                return self._joined(tests, "or")
            case a.Not(inner):
                return f"(not {self.test(inner)})"
            case _:
                assert_never(test)

    def _answer(self, measure: str) -> str:
        place = self.scope.measures.get(measure)
        return ODD.text if place is None else place.there

    def _joined(self, tests: tuple[a.Test, ...], word: str) -> str:
        """Return the text of joined tests; the lines that a test needs only run where earlier tests leave it open."""
        texts: list[str] = []
        nothing = str(word == "and")
        for test in tests:
            lines, text = self.body.apart(self.test, test)
            if text == nothing:
                continue
            if lines and texts:
                name = self.body.local(f" {word} ".join(texts))
                held = name if word == "and" else f"not {name}"
                self.body.lines += [f"if {held}:", *indented([*lines, f"{name} = {text}"])]
                texts = [name]
            else:
                self.body.lines += lines
                texts.append(text)
        return f"({f' {word} '.join(texts)})" if len(texts) > 1 else texts[0] if texts else nothing
