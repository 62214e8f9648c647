"""Which assessor's figure alone carries a unit over a threshold, and the least change of it that does.

Found by scoring the unit with the figure at its steps. Where more of a figure is more points for certain, the first
step that does is found by halving; else every step is tried, the nearest first.
"""

from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from msgspec import Struct

from dangjian_score.engine.verdict import best_grades
from dangjian_score.engine.whatif.bench import States
from dangjian_score.engine.whatif.field import Field
from dangjian_score.engine.whatif.judged import Judging, Opinion
from dangjian_score.engine.whatif.marks import Mark, Near


class Decider(Struct, frozen=True):
    """A figure that decides alone, and the nearest value of it that does."""

    opinion: Opinion
    to: Fraction


class Deciding:
    """Looks for the figures that decide about one unit."""

    def __init__(self, field: Field, judging: Judging, at: int) -> None:
        self._field, self._judging, self._at = field, judging, at
        self._unit, self._opinions = field.bench.units[at], tuple(judging.opinions(field.states[at]))
        self._tried: dict[tuple[Opinion, Fraction], States | None] = {}

    def deciders(self, near: Near) -> tuple[Decider, ...]:
        """Find every figure that decides about a threshold, the least change first."""
        found = (Decider(one, to) for one in self._opinions for to in self._least(one, near))
        return tuple(sorted(found, key=lambda one: abs(one.to - one.opinion.value)))

    def _least(self, opinion: Opinion, near: Near) -> Iterator[Fraction]:
        """Find the nearest value that carries the unit over, if any does."""

        def carries(steps: int) -> bool:
            states = self._states(opinion, opinion.moved(steps))
            return states is not None and self._holds(near.mark, states) != near.held

        if opinion.plainly and not self._is_prize(near.mark):
            upwards = near.held == (near.mark.kind == "below")
            direction = opinion.favours if upwards else -opinion.favours
            steps = opinion.room(direction)
            if steps and carries(direction * steps):
                first = bisect_left(range(1, steps), True, key=lambda n: carries(direction * n))
                yield opinion.moved(direction * (first + 1))
            return
        tries = ((d * n, opinion.moved(d * n)) for d in (1, -1) for n in range(1, opinion.room(d) + 1))
        nearest_first = sorted(tries, key=lambda one: abs(one[1] - opinion.value))
        yield from islice((value for steps, value in nearest_first if carries(steps)), 1)

    def _is_prize(self, mark: Mark) -> bool:
        """Tell prizes: a better one takes its winner out of the others, so that more points may be less."""
        return mark.at is not None and self._field.program.rubric.selections[mark.at].places is not None

    def _states(self, opinion: Opinion, value: Fraction) -> States | None:
        key = opinion, value
        if key not in self._tried:
            unit = self._judging.changed(self._unit, opinion, value)
            self._tried[key] = self._field.bench.after({self._at: unit})
        return self._tried[key]

    def _holds(self, mark: Mark, states: States) -> bool:
        """Tell whether the unit has what lies behind a threshold, after a change; of prizes a better one serves."""
        state = states.get(self._at, self._field.bench.now[self._at])
        if state is None:
            return False
        rubric = self._field.program.rubric
        if mark.at is None:
            ordered, grade = best_grades(rubric.grades), state.standing.grade
            return grade is not None and ordered.index(grade) <= ordered.index(mark.title)
        selections, own = rubric.selections, rubric.selections[mark.at]
        serving = {mark.at}
        if own.places is not None:
            serving |= {
                number
                for number, one in enumerate(selections[: mark.at])
                if one.places is not None and one.within == own.within
            }
        return not serving.isdisjoint(self._field.selected(self._at, states))
