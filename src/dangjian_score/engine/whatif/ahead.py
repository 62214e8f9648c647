"""What-if analysis: units close to a threshold, what decides it, and the effect of one item more or less."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from dangjian_score.core.facts import Event, Evidence, UnitFacts, Value
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.evaluate import ruled
from dangjian_score.engine.program import Program
from dangjian_score.engine.whatif.judged import Deciding, DecidingFigure, Judging, Ranks, stability
from dangjian_score.engine.whatif.near import Border, Near, borders, near
from dangjian_score.engine.whatif.rescoring import (
    Contest,
    Measures,
    Outlook,
    Rescorer,
    entries,
    with_value,
    without_event,
)
from dangjian_score.rubric.model import Rubric


class ItemStep(Struct, frozen=True):
    """One item more or less of a measure, in a round (None: for all rounds), or an event removed."""

    round: str | None
    measure: str
    was: Value | None = None
    now: Value | None = None
    event: Event | None = None


class Effect(Struct, frozen=True):
    """The effect of an item; `after` is None where the unit would no longer take part."""

    item: ItemStep
    before: Outlook
    after: Outlook | None

    @property
    def moved(self) -> Fraction:
        """The change of the total in points."""
        return Fraction(0) if self.after is None else self.after.total - self.before.total

    @property
    def is_grave(self) -> bool:
        """Whether more than the total would change."""
        return self.after is None or (self.after.grade, self.after.rank, self.after.selections) != (
            self.before.grade,
            self.before.rank,
            self.before.selections,
        )

    @property
    def weight(self) -> tuple[bool, bool, Fraction]:
        """The sort key: changes of grade or selections first, then of the rank, then by the change of the total."""
        called = self.after is None or (self.after.grade, self.after.selections) != (
            self.before.grade,
            self.before.selections,
        )
        return called, self.is_grave, abs(self.moved)


def effects(contest: Contest, measures: Measures, at: int) -> tuple[Effect, ...]:
    """Return the effects of all items of a unit, the most important first, without those that change nothing."""
    before, found = contest.now(at), []
    for item, unit in tries(contest.rescorer.units[at], measures):
        states = contest.rescorer.after({at: unit})
        if states:
            effect = Effect(item, before, contest.outlook(at, states))
            if effect.is_grave or effect.moved:
                found.append(effect)
    return tuple(sorted(found, key=lambda effect: effect.weight, reverse=True))


def tries(unit: UnitFacts, measures: Measures) -> Iterator[tuple[ItemStep, UnitFacts]]:
    """Visit every item more or less of a unit, with the changed unit."""
    for entry in entries(unit, measures):
        was = entry.fact.value
        for now in _beside(was, measures, entry.measure):
            yield ItemStep(entry.round, entry.measure, was, now), with_value(unit, entry, now, measures)
    rounds = {id(event): name for name, part in unit.rounds.items() for event in part.events}
    for event in unit.events:
        yield ItemStep(rounds.get(id(event)), event.register, event=event), without_event(unit, event)


def _beside(value: Value, measures: Measures, name: str) -> Iterator[Value]:
    """Visit the neighbouring values: the other answer; of a whole number one more and one less."""
    measure = measures[name]
    if isinstance(value, bool):
        yield not value
        return
    count = exact.figure(value)
    if count.denominator > 1:
        return
    if measure.most is None or count + 1 <= measure.most:
        yield count + 1
    if count - 1 >= (measure.least or 0):
        yield count - 1


class Close(Struct, frozen=True):
    """A threshold that a unit is close to, and the figures of assessors that decide it alone."""

    near: Near
    deciders: tuple[DecidingFigure, ...]


class UnitAhead(Struct, frozen=True):
    """A unit: its outcome now, the thresholds it is close to, and, if any, the effects of items.

    `ranks` is None where there are no figures of assessors.
    """

    unit: str
    now: Outlook
    close: tuple[Close, ...]
    effects: tuple[Effect, ...]
    ranks: Ranks | None


class Ahead(Struct, frozen=True):
    """All units that take part, in order of rank, and the ends of places. `within` is the distance that is close.

    `titles` are those of nodes by id; `step` is that of figures of assessors, where the user gives one.
    """

    rubric: Rubric
    within: Fraction
    step: Fraction | None
    units: tuple[UnitAhead, ...]
    borders: tuple[Border, ...]
    titles: Mapping[str, str]


def look_ahead(
    program: Program, evidence: Evidence, within: Fraction, step: Fraction | None = None, watch: Watch = unwatched
) -> Ahead:
    """Analyse evidence that has passed `checks.evidence`; `step` is that of figures of assessors."""
    program, rubric = program.with_rulings(ruled(evidence)), program.rubric
    measures = catalogue(program).measures
    contest = Contest(Rescorer(program, evidence, watch))
    judging = Judging(program, measures, step)
    found = {at: near(contest, at, within) for at in contest.numbers}
    items = pieces(measures, judging, rubric)
    close: dict[int, tuple[Close, ...]] = {}
    changes: dict[int, tuple[Effect, ...]] = {}
    for at in watch([at for at in found if found[at]], "trials"):
        deciding = Deciding(contest, judging, at)
        close[at] = tuple(Close(threshold, deciding.deciders(threshold)) for threshold in found[at])
        changes[at] = effects(contest, items, at)
    ranks = stability(contest, judging)
    units = tuple(
        UnitAhead(standing.unit, contest.now(at), close.get(at, ()), changes.get(at, ()), ranks.get(at))
        for at, standing in contest.standings.items()
    )
    titles = {node.id: node.node.title for node in program.nodes}
    return Ahead(rubric, within, step, units, borders(contest), titles)


def pieces(measures: Mapping[str, Measure], judging: Judging, rubric: Rubric) -> dict[str, Measure]:
    """Return the measures that are changed by one item: counts and yes/no, without attributes and judged measures.

    A number whose type the rubric does not declare may be a count too.
    """
    others = {*judging.rules, *rubric.attributes}
    declared = {name for name, spec in rubric.measures.items() if spec.declared is not None}
    return {
        name: measure
        for name, measure in measures.items()
        if name not in others
        and (measure.kind in ("count", "yes_no") or (measure.kind == "number" and name not in declared))
    }
