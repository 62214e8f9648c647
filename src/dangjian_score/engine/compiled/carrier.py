"""Compile a program, or a single test or expression, to a Python function over rows."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import Any

from msgspec import Struct

from dangjian_score.core.algebra import Expr, Ref, Step, Test, walk
from dangjian_score.engine.compiled.amounts import Body, Lowered, NameScope
from dangjian_score.engine.compiled.layout import Row, RowColumns, RowLayout
from dangjian_score.engine.compiled.lowering import Lowering
from dangjian_score.engine.program import Program

Run = Callable[[Sequence[Row]], tuple[int, ...]]


class At(Struct, frozen=True):
    """An index among the returned values."""

    at: int


figure = lru_cache(maxsize=1 << 16)(Fraction)
"""Return the fraction of a numerator and denominator; cached, since a few thousand values recur."""


class Decoder:
    """Decodes returned values into figures, equal steps once; `places` is the index of each step's figure."""

    def __init__(self, returned: Mapping[str, tuple[int, int | At]]) -> None:
        """Take the places of steps among the returned values, by the names of steps in their pass."""
        known = {(at, over): name for name, (at, over) in returned.items() if isinstance(over, int)}
        others = {(at, over.at): name for name, (at, over) in returned.items() if isinstance(over, At)}
        self._names = (*known.values(), *others.values())
        self._overs, self._others = [over for _, over in known], list(others)
        self._pick = itemgetter(*(at for at, _ in known), 0, 0)  # of one place alone it would give no tuple
        place = {returned[name]: at for at, name in enumerate(self._names)}
        self.places = {name: place[where] for name, where in returned.items()}

    def figures(self, values: Sequence[int]) -> list[Fraction]:
        """Return all figures."""
        found = list(map(figure, self._pick(values), self._overs))
        return found + [figure(values[at], values[over]) for at, over in self._others]

    def listed(self, done: Mapping[str, Fraction]) -> list[Fraction]:
        """Return the figures of steps that another carrier evaluated, in the same order."""
        return [done[name] for name in self._names]


class Compiled(Struct, frozen=True):
    """A compiled program: `run` takes one row for each pass and returns numerators and unknown denominators.

    `run` raises `OddCaseError` for a unit that `engine.exact` has to score. `places` are for each step the index of its
    numerator, and its denominator or the index of that. Steps of passes are named by `Pass.at`.
    """

    run: Run
    places: Mapping[str, tuple[int, int | At]]

    def figure(self, values: Sequence[int], name: str) -> Fraction:
        """Return the figure of a step. Raises KeyError."""
        at, over = self.places[name]
        return figure(values[at], over if isinstance(over, int) else values[over.at])


def compiled(program: Program, layouts: Mapping[str, RowLayout], wanted: Collection[str] | None = None) -> Compiled:
    """Compile the steps that the wanted steps need, by default all; `layouts` are by the keys of passes."""
    body, done = Body(), dict[str, Lowered]()
    segments = tuple(_segments(program, layouts, done))
    uses = None if wanted is None else _uses(segments, wanted)
    for at, part in enumerate(program.passes):
        body.lines += _unpacked(f"rows[{at}]", layouts[part.key], _letter(at))
    for segment in segments:
        lowering = Lowering(segment.scope, body)
        for step in segment.steps:
            name = f"{step.name}{segment.suffix}"
            if uses is None or uses[name]:
                amount = lowering.number(step.expr)
                once = uses is not None and uses[name] == 1 and isinstance(amount.over, int)
                done[name] = amount if once else lowering.settled(amount)
    return _returning({name: done[name] for name in (done if wanted is None else wanted)}, body)


def compiled_test(test: Test, layout: RowLayout) -> Callable[[Row], bool]:
    """Compile a test of one row. The function raises `OddCaseError` where it reads a missing value."""
    run: Callable[[Row], bool] = _over_row(layout, lambda lowering: lowering.test(test))
    return run


def compiled_number(expr: Expr, layout: RowLayout) -> Callable[[Row], tuple[int, int]]:
    """Compile an expression over one row to its numerator and denominator. Raises as `compiled_test`."""

    def pair(lowering: Lowering) -> str:
        amount = lowering.number(expr)
        return f"{amount.text}, {amount.over}"

    run: Callable[[Row], tuple[int, int]] = _over_row(layout, pair)
    return run


def _over_row(layout: RowLayout, lower: Callable[[Lowering], str]) -> Any:
    body = Body()
    body.lines += _unpacked("row", layout, "m")
    returned = lower(Lowering(NameScope.of(layout, "m", {}), body))
    body.lines.append(f"return {returned}")
    return _function("row", body)


class _Segment(Struct, frozen=True):
    """Steps with one scope; `suffix` distinguishes their names from those of other passes."""

    steps: tuple[Step, ...]
    scope: NameScope
    suffix: str


def _segments(program: Program, layouts: Mapping[str, RowLayout], done: Mapping[str, Lowered]) -> Iterator[_Segment]:
    """Visit the steps by their scope, in the order of `evaluate`."""
    over_all = NameScope.of(RowLayout(RowColumns((), ()), ()), "", done)
    rows = [(part, layouts[part.key], _letter(at)) for at, part in enumerate(program.passes)]
    for part, layout, letter in rows:
        yield _Segment(part.steps, NameScope.of(layout, letter, done, part.key), part.key)
    yield _Segment(program.closing, over_all, "")
    for part, layout, letter in rows:
        yield _Segment(program.asks[part.key], NameScope.of(layout, letter, done), part.key)
    yield _Segment(program.verdict, over_all, "")


def _uses(segments: Sequence[_Segment], wanted: Collection[str]) -> Counter[str]:
    """Count the uses of each step by the steps that are needed."""
    uses = Counter(wanted)
    for segment in reversed(segments):
        for step in reversed(segment.steps):
            if uses[f"{step.name}{segment.suffix}"]:
                uses.update(f"{node.step}{segment.scope.suffix}" for node in walk(step.expr) if isinstance(node, Ref))
    return uses


def _returning(amounts: Mapping[str, Lowered], body: Body) -> Compiled:
    """Compile the return of the amounts of steps, equal ones once."""
    texts: dict[str, int] = {}

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    places = {
        name: (place(amount.text), amount.over if isinstance(amount.over, int) else At(place(amount.over)))
        for name, amount in amounts.items()
    }
    body.lines.append(f"return ({''.join(f'{text}, ' for text in texts)})")
    return Compiled(_function("rows", body), places)


def _letter(at: int) -> str:
    """Return the prefix of names for the row of a pass."""
    return f"r{at}_"


def _unpacked(row: str, layout: RowLayout, letter: str) -> list[str]:
    names = "".join(f"{letter}{at}, " for at in range(len(layout.slots)))
    return [f"{names}= {row}"] if names else []


def _function(argument: str, body: Body) -> Any:
    """Return the function of a body."""
    namespace = dict(body.outside)
    text = "\n ".join([f"def run({argument}):", *body.lines])
    exec(text, namespace)  # noqa: S102  the text is generated here; names and values of the evidence are never part of it
    return namespace["run"]
