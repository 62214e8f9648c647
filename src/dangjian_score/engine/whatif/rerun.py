"""Steps evaluated a second time: only those that look at something that has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dangjian_score.engine import exact
from dangjian_score.engine.algebra import Ref, Step
from dangjian_score.engine.exact import Values
from dangjian_score.engine.trees import figures, reads, walk


@dataclass(frozen=True, slots=True)
class Wired:
    """A step with what it looks at: measures, and figures or steps by name."""

    step: Step
    measures: frozenset[str]
    names: frozenset[str]


def wired(steps: Iterable[Step]) -> tuple[Wired, ...]:
    """Look up once what steps look at."""
    return tuple(_wired(step) for step in steps)


def _wired(step: Step) -> Wired:
    refs = (part.step for part in walk(step.expr) if isinstance(part, Ref))
    found = (figure.name for figure in figures(step.expr))
    return Wired(step, frozenset(reads(step.expr)), frozenset((*refs, *found)))


def rerun(
    steps: Iterable[Wired],
    values: Values,
    before: Mapping[str, Fraction],
    measures: frozenset[str],
    known: Mapping[str, Fraction],
) -> tuple[Mapping[str, Fraction], frozenset[str]]:
    """Give all that is known and done now, and the names of what is other than before.

    `measures` have changed their values, and `known` are the figures that have.
    """
    done, moved = {**before, **known}, set(known)
    for one in steps:
        if not (measures.isdisjoint(one.measures) and moved.isdisjoint(one.names)):
            points = exact.number(one.step.expr, values, done)
            if points != done[one.step.name]:
                done[one.step.name] = points
                moved.add(one.step.name)
    return done, frozenset(moved)
