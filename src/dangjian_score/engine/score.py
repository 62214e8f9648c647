"""The pure function: a rubric and evidence in, a result out.

The points are the program's; what explains them is traced when somebody asks for it.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec import Struct

from dangjian_score.engine.detail import Detailer
from dangjian_score.engine.evaluate import Scorer, columns, ruled, scored_once
from dangjian_score.engine.precise import precise
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.result import TotalColumn, Excluded, Result, UnitResult, Unscored
from dangjian_score.engine.selections import Chosen, select
from dangjian_score.engine.standing import Standing, ranks, stand
from dangjian_score.engine.totals import of_kind
from dangjian_score.facts import Evidence
from dangjian_score.rubric.model import KINDS, Rubric
from dangjian_score.watching import Watch, unwatched


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
            sorted((results.unit(at, one, rank[one.unit]) for at, one in standings.items()), key=lambda one: one.rank)
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
    for one in chosen:
        for unit in one.units:
            titles.setdefault(unit, []).append(one.selection.title)
    return titles


def _columns(program: Program) -> tuple[TotalColumn, ...]:
    """Name the rounds, then the sections that are scored once."""
    rounds = [TotalColumn(part.round or "") for part in program.passes if part.weight is not None]
    return (*rounds, *(TotalColumn(section.node.title, section.max, section.id) for _, section in scored_once(program)))
