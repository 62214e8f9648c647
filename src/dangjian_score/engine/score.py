"""The pure function: a rubric and evidence in, a result out, with as many decimals as explain its ranks."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct

from dangjian_score.core.algebra import Compare, reads, refs, walk
from dangjian_score.core.facts import Evidence
from dangjian_score.core.points import rounded
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine import exact
from dangjian_score.engine.evaluate import Scorer, columns, ruled, scored_once
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import Excluded, Result, TotalColumn, UnitResult, Unscored
from dangjian_score.engine.standing import Chosen, Standing, merit, ranks, select, stand
from dangjian_score.engine.step_names import REPORTED, of_kind
from dangjian_score.engine.trace import Detailer
from dangjian_score.rubric.model import KINDS, Rubric


def precise(program: Program, standings: Sequence[Standing]) -> Mapping[str, frozenset[str]]:
    """Name by unit the steps (nodes by their ids) whose figures differ, or pass a bound, only in digits not shown."""
    found: dict[str, set[str]] = {}
    for unit, step in (*_ties(program, standings), *_bounds(program, standings)):
        found.setdefault(unit, set()).add(step)
    return {unit: frozenset(steps) for unit, steps in found.items()}


def _ties(program: Program, standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
    """Find units of one total that a section parts which shows the same for them."""
    rubric = program.rubric
    ordered = sorted(standings, key=lambda standing: merit(program, standing)) if rubric.tie_break else ()
    for _, equals in groupby(ordered, key=lambda standing: standing.total):
        together = list(equals)
        for node in rubric.tie_break:
            shown: dict[object, set[object]] = {}
            for standing in together:
                shown.setdefault(rounded(standing.done[node], rubric.shown_places), set()).add(standing.done[node])
            for standing in together:
                if len(shown[rounded(standing.done[node], rubric.shown_places)]) > 1:
                    yield standing.unit, node


def _bounds(program: Program, standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
    """Find figures that stand on one side of a bound, and on the other as they are shown."""
    places, points = program.rubric.shown_places, {REPORTED, *(node.id for node in program.nodes)}
    steps = (*program.verdict, *(step for asked in program.asks.values() for step in asked))
    parts = dict.fromkeys(part for step in steps for part in walk(step.expr) if isinstance(part, Compare))
    asked = [(part, names) for part in parts if (names := refs(part.left)) and points.issuperset(names)]
    asked = [(part, names) for part, names in asked if not reads(part)]
    for standing in standings if asked else ():
        for part, names in asked:
            value, bound = (exact.number(side, {}, standing.done) for side in (part.left, part.right))
            shown = rounded(value, places)
            if (value >= bound) != (shown >= bound) or (value > bound) != (shown > bound):
                yield from ((standing.unit, name) for name in names)


def score(rubric: Rubric, evidence: Evidence, unscored: tuple[Unscored, ...] = (), watch: Watch = unwatched) -> Result:
    """Score every unit. The evidence must have passed `checks.evidence`: each measure that is due has its value.

    Quotas of selections count the `unscored` too, whose evidence did not pass and is not given.
    """
    program, units = compile_rubric(rubric, ruled(evidence)), evidence.units
    cohort = prepare(program, evidence)
    scorer = Scorer(cohort)
    standings = {at: stand(program, units[at], scorer.closed(at)) for at in watch(cohort.taking_part, "units")}
    rank = ranks(program, list(standings.values()))
    roster = [*(unit.attributes for unit in units), *(unit.attributes for unit in unscored)]
    chosen = select(program, list(standings.values()), roster)
    results = _Results(program, Detailer(scorer), _titles(chosen), precise(program, list(standings.values())))
    return Result(
        rubric,
        evidence.sources,
        _columns(program),
        tuple(
            sorted(
                (results.unit(at, unit, rank[unit.unit]) for at, unit in standings.items()), key=lambda unit: unit.rank
            )
        ),
        tuple(
            Excluded(unit.unit, unit.attributes, cohort.excluded[unit.unit])
            for unit in units
            if unit.unit in cohort.excluded
        ),
        chosen,
        unscored,
    )


class _Results(Struct, frozen=True):
    """Writes down what came of units; `selections` are titles, and `precise` steps, by unit."""

    program: Program
    detailer: Detailer
    selections: Mapping[str, Sequence[str]]
    precise: Mapping[str, frozenset[str]]

    def unit(self, at: int, standing: Standing, rank: int) -> UnitResult:
        done = standing.done
        return UnitResult(
            unit=standing.unit,
            rank=rank,
            total=standing.total,
            kinds={kind: done[of_kind(kind)] for kind in KINDS},
            grade=standing.grade,
            columns=tuple(done[step] for step in columns(self.program)),
            trace=partial(self.detailer.detail, at, standing),
            attributes=standing.attributes,
            vetoes=tuple(veto.title for veto in standing.vetoes),
            selections=tuple(self.selections.get(standing.unit, ())),
            precise=self.precise.get(standing.unit, frozenset()),
        )


def _titles(chosen: Sequence[Chosen]) -> Mapping[str, Sequence[str]]:
    """Give by unit the titles of the selections it is among, in the order of the rubric."""
    titles: dict[str, list[str]] = {}
    for choice in chosen:
        for unit in choice.units:
            titles.setdefault(unit, []).append(choice.selection.title)
    return titles


def _columns(program: Program) -> tuple[TotalColumn, ...]:
    """Name the rounds, then the sections that are scored once."""
    rounds = [TotalColumn(part.round or "") for part in program.passes if part.weight is not None]
    return (*rounds, *(TotalColumn(section.node.title, section.max, section.id) for _, section in scored_once(program)))
