"""Plan the steps of a program over all units: layers of columns, and the figure of each step among them."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.columnar.amounts import Amount, Layers, UnfitError, held
from dangjian_score.columnar.lowering import ColumnLowering, Scope
from dangjian_score.core.algebra import Ref, Step, walk
from dangjian_score.engine.program import Program


class ColumnPlan(Struct, frozen=True):
    """Columns to be worked out, and the figures of steps; those of passes are named by `Pass.at`."""

    layers: Layers
    done: Mapping[str, Amount]


class _Segment(Struct, frozen=True):
    """Steps with one scope; `suffix` distinguishes their names from those of other passes."""

    steps: tuple[Step, ...]
    scope: Scope
    suffix: str


def planned(program: Program, scopes: Mapping[str, Scope], wanted: Collection[str], layers: Layers) -> ColumnPlan:
    """Plan the steps that the wanted ones need; `scopes` are what the steps of each pass may read, by its key.

    Raises UnfitError.
    """
    done: dict[str, Amount] = {}
    segments = tuple(_segments(program, scopes, done))
    uses = _uses(segments, wanted)
    for segment in segments:
        lowering = ColumnLowering(segment.scope, layers)
        for step in segment.steps:
            name = f"{step.name}{segment.suffix}"
            if uses[name]:
                amount = _lowered(program, lowering, step)
                done[name] = held(amount, layers) if uses[name] > 1 else amount
    return ColumnPlan(layers, {name: done[name] for name in wanted})


def _lowered(program: Program, lowering: ColumnLowering, step: Step) -> Amount:
    """Lower a step; where columns cannot hold it, that is about the item whose step it is."""
    try:
        return lowering.amount(step.expr)
    except UnfitError as unfit:
        nodes = (node.id for node in program.nodes if re.match(rf"{re.escape(node.id)}(?!\w)", step.name))
        unfit.about = unfit.about or max(nodes, key=len, default="")
        raise


def _segments(program: Program, scopes: Mapping[str, Scope], done: Mapping[str, Amount]) -> Iterator[_Segment]:
    """Visit the steps by their scope, in the order of `evaluate`."""
    over_all = Scope({}, {}, {}, {}, done)
    for part in program.passes:
        yield _Segment(part.steps, replace(scopes[part.key], done=done, suffix=part.key), part.key)
    yield _Segment(program.closing, over_all, "")
    for part in program.passes:
        yield _Segment(program.asks[part.key], replace(scopes[part.key], done=done), part.key)
    yield _Segment(program.verdict, over_all, "")


def _uses(segments: Sequence[_Segment], wanted: Collection[str]) -> Counter[str]:
    """Count the uses of each step by the steps that are needed."""
    uses = Counter(wanted)
    for segment in reversed(segments):
        for step in reversed(segment.steps):
            if uses[f"{step.name}{segment.suffix}"]:
                uses.update(f"{node.step}{segment.scope.suffix}" for node in walk(step.expr) if isinstance(node, Ref))
    return uses
