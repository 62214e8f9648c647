"""The bench: evidence scored once, then changed and scored anew as often as anybody asks.

Nothing is estimated: a change goes the way of all evidence, through preparation, steps, vetoes and grades. What cannot
have changed is not worked out again: steps that look at nothing new, units that are compared with the same figures.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from dangjian_score.engine.demands import Asked, Needless
from dangjian_score.engine.evaluate import Evaluated, evaluate
from dangjian_score.engine.exact import Done
from dangjian_score.engine.prepare import Preparer, Ready, excluded_by
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Standing, stand
from dangjian_score.engine.totals import Pass
from dangjian_score.engine.trees import reads
from dangjian_score.engine.whatif.rerun import rerun, wired
from dangjian_score.facts import Evidence, UnitFacts
from dangjian_score.watching import Watch, unwatched

Passes = Mapping[str, Ready]
"""A unit's facts in each pass, by the pass's key."""


@dataclass(frozen=True, slots=True)
class State:
    """A unit as scored: its facts with every step, and where that leaves it."""

    steps: Evaluated
    standing: Standing

    @property
    def unit(self) -> UnitFacts:
        """Its facts."""
        return self.steps.unit

    @property
    def ready(self) -> Passes:
        """Its facts in each pass."""
        return self.steps.ready


States = Mapping[int, State | None]
"""Units by their number that are other than they were; None: the unit no longer takes part."""


class Bench:
    """Evidence that was scored, with all it takes to score it changed."""

    def __init__(self, program: Program, evidence: Evidence, watch: Watch = unwatched) -> None:
        self.program, self.units = program, evidence.units
        self._preparers = {part.key: Preparer(program, part) for part in program.passes}
        self._steps = {part.key: wired(part.steps) for part in program.passes}
        self._asks = {key: wired(steps) for key, steps in program.asks.items()}
        self._closing, self._verdict = wired(program.closing), wired(program.verdict)
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
        compared = {
            key: preparer.compared([passes[key] for passes in everybody], excluded)
            for key, preparer in self._preparers.items()
        }
        return [
            {key: one.beside(compared[key][at]) for key, one in passes.items()} for at, passes in enumerate(everybody)
        ]

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
        return self._state(evaluate(self.program, self.units[at], self._together[at]))

    def _state(self, steps: Evaluated) -> State:
        return State(steps, stand(self.program, steps.unit, steps.closed))

    def elsewhere(self, state: State, figures: Mapping[str, Fraction]) -> Standing:
        """Say where a unit would stand if some of the steps that vetoes and grades look at came to other figures."""
        closed, _ = rerun(self._verdict, {}, state.steps.closed, frozenset(), figures)
        return stand(self.program, state.unit, closed)

    def _again(self, was: State, unit: UnitFacts, ready: Passes) -> State:
        """Score a unit anew, from what it was."""
        done, steps = dict[str, Done](), dict[str, Fraction]()
        changes = {key: _changes(was.ready[key], now) for key, now in ready.items()}
        if not any(one.measures or one.known for one in changes.values()):
            return was
        for part in self.program.passes:
            now, one = ready[part.key], changes[part.key]
            self._check(part.key, now, one.measures, one.known)
            done[part.key], moved = rerun(
                self._steps[part.key], now.values, was.steps.done[part.key], one.measures, one.known
            )
            steps |= {part.at(name): done[part.key][name] for name in moved}
        closed, moved = rerun(self._closing, {}, was.steps.closed, frozenset(), steps)
        steps = {name: closed[name] for name in moved}
        for part in self.program.passes:
            steps |= self._asked_again(part, closed, ready[part.key], changes[part.key], steps)
        closed, _ = rerun(self._verdict, {}, closed, frozenset(), steps)
        return self._state(Evaluated(unit, ready, done, closed))

    def _asked_again(
        self, part: Pass, closed: Done, ready: Ready, changes: "_Changes", steps: Done
    ) -> dict[str, Fraction]:
        """Ask the conditions of a pass once more; give those that are met otherwise than before."""
        asks = self._asks[part.key]
        before = {**closed, **ready.known, **{one.step.name: closed[part.at(one.step.name)] for one in asks}}
        met, moved = rerun(asks, ready.values, before, changes.measures, {**steps, **changes.known})
        names = [one.step.name for one in asks if one.step.name in moved]
        return {part.at(name): met[name] for name in names}

    def _check(self, key: str, ready: Ready, measures: frozenset[str], known: Mapping[str, Fraction]) -> None:
        """Hold changed evidence against what rules ask for; a figure that is no longer asked for does no harm."""
        for asked in self._asked[key]:
            touched = not (measures.isdisjoint(asked.measures) and asked.figures.isdisjoint(known))
            if touched and any(not isinstance(demand, Needless) for demand in asked.unmet(ready)):
                raise _UnmetError


class _UnmetError(Exception):
    """A rule lacks something in changed evidence."""


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is other in a pass than it was: measures, and figures worked out before the steps."""

    measures: frozenset[str]
    known: Done


def _changes(was: Ready, now: Ready) -> _Changes:
    measures = frozenset(name for name, value in now.values.items() if value != was.values[name])
    return _Changes(measures, {name: one for name, one in now.known.items() if one != was.known.get(name)})
