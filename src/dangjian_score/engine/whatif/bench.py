"""The bench: evidence scored once, then changed and scored anew as often as anybody asks.

Nothing is estimated: a change goes the way of all evidence, through preparation, steps, vetoes and grades. What cannot
have changed is not worked out again: steps that look at nothing new, units that are compared with the same figures.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from dangjian_score.engine import exact
from dangjian_score.engine.demands import Asked, Needless
from dangjian_score.engine.prepare import Preparer, Ready, excluded_by
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Standing, gather, stand
from dangjian_score.engine.trees import reads
from dangjian_score.engine.whatif.rerun import rerun, wired
from dangjian_score.facts import Evidence, UnitFacts
from dangjian_score.watching import Watch, unwatched

Passes = Mapping[str, Ready]
"""A unit's facts in each pass, by the pass's key."""


@dataclass(frozen=True, slots=True)
class State:
    """A unit as scored: its facts, every step, and where that leaves it."""

    unit: UnitFacts
    ready: Passes
    done: Mapping[str, Mapping[str, Fraction]]
    closed: Mapping[str, Fraction]
    standing: Standing


States = Mapping[int, State | None]
"""Units by their number that are other than they were; None: the unit no longer takes part."""


class Bench:
    """Evidence that was scored, with all it takes to score it changed."""

    def __init__(self, program: Program, evidence: Evidence, watch: Watch = unwatched) -> None:
        self.program, self.units = program, evidence.units
        self._preparers = {part.key: Preparer(program, part) for part in program.passes}
        self._steps = {part.key: wired(part.steps) for part in program.passes}
        self._closing = wired(program.closing)
        self._asked = {
            part.key: [Asked.by(rule) for node in part.nodes for rule in node.rules] for part in program.passes
        }
        self._alone = [self._prepared(unit) for unit in evidence.units]
        self._together = self._beside(self._alone)
        self.now: Sequence[State | None] = [
            None if self._is_out(self._alone[at]) else self._scored(at) for at in watch(range(len(self.units)), "units")
        ]

    def compares(self, names: Collection[str]) -> bool:
        """Tell whether measures of these names enter a comparison of units."""
        found = (pair for preparer in self._preparers.values() for pair in preparer.comparisons)
        trees = (tree for figure, population in found for tree in (figure.of, population) if tree is not None)
        return not set(reads(*trees)).isdisjoint(names)

    def after(self, changed: Mapping[int, UnitFacts]) -> States | None:
        """Score with some of the units that take part changed; None where such evidence could not be scored."""
        try:
            return dict(self._after(changed))
        except (_UnmetError, ZeroDivisionError):
            return None

    def _after(self, changed: Mapping[int, UnitFacts]) -> Iterator[tuple[int, State | None]]:
        alone = {at: self._prepared(unit) for at, unit in changed.items()}
        if self._compares_anew(alone):
            ready = dict(enumerate(self._beside([alone.get(at, one) for at, one in enumerate(self._alone)])))
        else:
            ready = {at: self._as_compared(at, one) for at, one in alone.items()}
        for at, beside in ready.items():
            if (was := self.now[at]) is not None:
                out = at in alone and self._is_out(alone[at])
                state = None if out else self._again(was, changed.get(at, was.unit), beside)
                if state is not was:
                    yield at, state

    def _prepared(self, unit: UnitFacts) -> Passes:
        return {key: preparer.alone(unit) for key, preparer in self._preparers.items()}

    def _is_out(self, alone: Passes) -> bool:
        return bool(excluded_by(self.program, list(alone.values())))

    def _beside(self, everybody: Sequence[Passes]) -> list[Passes]:
        """Set all units beside each other."""
        excluded = {one.unit.unit for passes in everybody if self._is_out(passes) for one in passes.values()}
        together = {
            key: preparer.together([passes[key] for passes in everybody], excluded)
            for key, preparer in self._preparers.items()
        }
        return [{key: units[at] for key, units in together.items()} for at in range(len(everybody))]

    def _as_compared(self, at: int, alone: Passes) -> Passes:
        """Take the figures of comparisons as they were."""
        return {
            key: replace(one, known={**one.known, **dict(self._compared(key, self._together[at][key]))})
            for key, one in alone.items()
        }

    def _compared(self, key: str, ready: Ready) -> Iterator[tuple[str, Fraction]]:
        for figure, _ in self._preparers[key].comparisons:
            if figure.name in ready.known:
                yield figure.name, ready.known[figure.name]

    def _compares_anew(self, changed: Mapping[int, Passes]) -> bool:
        """Tell whether a changed unit puts something else into a comparison."""
        if not any(preparer.comparisons for preparer in self._preparers.values()):
            return False
        return any(self._puts_in(at, one) != self._puts_in(at, self._alone[at]) for at, one in changed.items())

    def _puts_in(self, at: int, alone: Passes) -> object:
        if self._is_out(alone):
            return None
        beside = self._as_compared(at, alone)
        return tuple(preparer.put_in(beside[key]) for key, preparer in self._preparers.items())

    def _scored(self, at: int) -> State:
        ready = self._together[at]
        done, known = dict[str, Mapping[str, Fraction]](), dict[str, Fraction]()
        for part in self.program.passes:
            one = ready[part.key]
            done[part.key] = exact.run(part.steps, one.values, one.known)
            known |= {part.at(step.name): done[part.key][step.name] for step in part.steps}
        return self._state(self.units[at], ready, done, exact.run(self.program.closing, {}, known))

    def _state(
        self,
        unit: UnitFacts,
        ready: Passes,
        done: Mapping[str, Mapping[str, Fraction]],
        closed: Mapping[str, Fraction],
    ) -> State:
        standing = stand(self.program, gather(self.program, unit, ready, done, closed))
        return State(unit, ready, done, closed, standing)

    def _again(self, was: State, unit: UnitFacts, ready: Passes) -> State:
        """Score a unit anew, from what it was."""
        done, steps, same = dict[str, Mapping[str, Fraction]](), dict[str, Fraction](), True
        for part in self.program.passes:
            now, before = ready[part.key], was.ready[part.key]
            measures = frozenset(name for name, value in now.values.items() if value != before.values[name])
            known = {name: figure for name, figure in now.known.items() if figure != before.known.get(name)}
            same = same and not (measures or known)
            self._check(part.key, now, measures, known)
            done[part.key], moved = rerun(self._steps[part.key], now.values, was.done[part.key], measures, known)
            steps |= {part.at(name): done[part.key][name] for name in moved}
        if same:
            return was
        closed, _ = rerun(self._closing, {}, was.closed, frozenset(), steps)
        return self._state(unit, ready, done, closed)

    def _check(self, key: str, ready: Ready, measures: frozenset[str], known: Mapping[str, Fraction]) -> None:
        """Hold changed evidence against what rules ask for; a figure that is no longer asked for does no harm."""
        for asked in self._asked[key]:
            touched = not (measures.isdisjoint(asked.measures) and asked.figures.isdisjoint(known))
            if touched and any(not isinstance(demand, Needless) for demand in asked.unmet(ready)):
                raise _UnmetError


class _UnmetError(Exception):
    """A rule lacks something in changed evidence."""
