"""Random programs: the random rubrics of `generate`, with rounds, vetoes, grades and rulings, and their trees changed.

Trees are changed in ways that no rubric can ask for: figures of many stand where measures did, something is divided by
figures of the unit anywhere, roundings go, move and change their mode, tests turn. So a unit may lack what a step
looks at; the carriers then have to say so.
"""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.algebra import (
    ONE,
    ZERO,
    Choice,
    Compare,
    Const,
    Expr,
    Figure,
    Grouped,
    Least,
    Most,
    Not,
    Placing,
    Product,
    Quotient,
    Rounded,
    Statistic,
    Step,
    Sum,
    Tally,
    Test,
    Whole,
)
from dangjian_score.core.facts import Value
from dangjian_score.core.points import Mode
from dangjian_score.engine.compiled.layout import RowColumns, columns_of
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.load import Loaded, load
from tests.carriers.generate import FactMaker, RubricWriter, condition
from tests.support import ready

SHARE = 0.08
"""Of the nodes of a tree those that are changed."""

ROUNDS = (
    "",
    "rounds: {上: 40%, 下: 60%}\n",
    "rounds: {names: [一, 二, 三], combine: mean}\n",
    "rounds: {上: 37.5%, 下: 62.5%}\n",
)
FIGURES: tuple[Expr, ...] = (
    Tally(":会", ("会",), None, ONE),
    Grouped(":每季", ("季",), (), ZERO, None, shortfall=False),
    Statistic(":均值", "mean", ZERO, "次", "number"),
    Placing(":名次", ZERO, lowest_first=False),
)
LEAST = Const(Fraction(1, 9))
"""What is divided by is no less: of others the compiled carrier says that it does not know."""
NUMBERS: tuple[Expr, ...] = (ONE, Const(Fraction(-7, 3)), Const(Fraction(5, 2)))


class Unit(Struct, frozen=True):
    """What a unit has in each pass, by the pass's key: values of measures, figures worked out beforehand."""

    values: Mapping[str, Mapping[str, Value]]
    known: Mapping[str, dict[str, Fraction]]


class Drawn(Struct, frozen=True):
    """A program with units to score."""

    text: str
    program: Program
    units: tuple[Unit, ...]


def drawn(seed: int, units: int) -> Drawn:
    """Make a program of a number; the same number gives the same."""
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    text = RubricWriter(rng).text() + rng.choice(ROUNDS) + _verdict(rng)
    loaded = load(text.encode(), "random.yaml")
    assert isinstance(loaded, Loaded), text
    plain = compile_rubric(loaded.rubric)
    maker = FactMaker(rng, plain)
    ruled = frozenset(node.id for node in plain.nodes if rng.random() < 0.2)
    program = plain.with_rulings(ruled)
    changed = program if rng.random() < 0.2 else _changed(program, rng)
    columns = {part.key: columns_of(changed, part) for part in changed.passes}
    return Drawn(text, changed, tuple(_unit(rng, columns, maker) for _ in range(units)))


def _verdict(rng: Random) -> str:
    vetoes = [f"{{title: 否, if: {condition(rng)}, {rng.choice(('total: 3', 'grade_at_most: 中', 'grade: 差'))}}}"]
    grades = f"grades: {{优: {{at_least: 9, if: {condition(rng)}}}, 中: {rng.choice(('4', '2.5'))}, 差: 0}}\n"
    return f"vetoes: [{', '.join(vetoes)}]\n{grades}"


def _unit(rng: Random, columns: Mapping[str, RowColumns], maker: FactMaker) -> Unit:
    """Draw what a unit has; now and then something lacks."""
    values, known = dict[str, dict[str, Value]](), dict[str, dict[str, Fraction]]()
    whole = maker.unit()
    for key, looked_at in columns.items():
        values[key] = maker.unit() if rng.random() < 0.2 else dict(whole)
        known[key] = {name: _figure(rng) for name in looked_at.known}
        for of in (values, known):
            if rng.random() < 0.05 and of[key]:
                of[key].pop(rng.choice(list(of[key])))
    return Unit(values, known)


def _figure(rng: Random) -> Fraction:
    return Fraction(rng.randint(-20, 40), rng.choice((1, 1, 2, 3, 7, 10, 1000, 10**19 + 7)))


def _changed(program: Program, rng: Random) -> Program:
    """Change the trees; over all passes no figures are known but those of steps."""
    inside, after = _Changer(rng, FIGURES), _Changer(rng, NUMBERS)
    passes = tuple(_with_steps(part, inside) for part in program.passes)
    changed = replace(program, passes=passes, closing=after.steps(program.closing))
    changed.__dict__["asks"] = {key: inside.steps(steps) for key, steps in program.asks.items()}
    changed.__dict__["verdict"] = after.steps(program.verdict)
    return changed


def _with_steps(part: Pass, changer: "_Changer") -> Pass:
    changed = replace(part)
    changed.__dict__["steps"] = changer.steps(part.steps)  # what is worked out once is what it says here
    return changed


class _Changer(Struct, frozen=True):
    """Changes trees; `figures` are what may stand anywhere."""

    rng: Random
    figures: tuple[Expr, ...]

    def steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Change steps."""
        return tuple(Step(step.name, self.number(step.expr)) for step in steps)

    def number(self, expr: Expr) -> Expr:
        """Change an expression, those below it first."""
        below: Expr = expr if isinstance(expr, get_args(Figure)) else self._below(expr)
        return self._other(below) if self.rng.random() < SHARE else below

    def test(self, test: Test) -> Test:
        """Change a test."""
        below: Test = self._below(test)
        return Not(below) if self.rng.random() < SHARE / 4 else below

    def _below(self, tree: Any) -> Any:
        """Change what stands below a node."""
        parts = {name: self._part(getattr(tree, name)) for name in tree.__struct_fields__}
        if isinstance(tree, Quotient):
            parts["whole"] = Most(parts["whole"], LEAST)  # tests that turn may have kept others away
        return replace(tree, **parts)

    def _part(self, part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(map(self._part, part))
        if isinstance(part, get_args(Expr)):
            return self.number(part)
        return self.test(part) if isinstance(part, get_args(Test)) else part

    def _other(self, expr: Expr) -> Expr:
        rng = self.rng
        if isinstance(expr, Rounded):
            return rng.choice((expr.of, replace(expr, mode=self._mode()), replace(expr, places=rng.randrange(3))))
        figure = rng.choice(self.figures)
        above = Most(rng.choice((figure, expr)), LEAST)
        return rng.choice(
            (
                figure,
                Quotient(expr, above),
                Choice(Compare(figure, rng.choice(("above", "at_least")), ONE), Quotient(expr, figure), expr),
                Rounded(expr, rng.randrange(4), self._mode()),
                Rounded(Quotient(expr, Const(Fraction(rng.randint(2, 8)))), rng.randrange(3), self._mode()),
                Product(expr, figure),
                Product(Const(Fraction(rng.randint(-9, 9), rng.randint(1, 7))), expr),
                Whole(expr),
                Most(expr, figure),
                Least(figure, expr),
                Sum((expr, figure, expr)),
            )
        )

    def _mode(self) -> Mode:
        return self.rng.choice(get_args(Mode))


def readied(drawn: Drawn) -> list[dict[str, Ready]]:
    """Give the units as the engine has them, by the keys of passes."""
    return [
        {key: replace(ready(values), known=dict(unit.known[key])) for key, values in unit.values.items()}
        for unit in drawn.units
    ]
