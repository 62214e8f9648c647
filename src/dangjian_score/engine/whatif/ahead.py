"""The whole look ahead: rubric and evidence in, what is close and what would change it out."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from dangjian_score.engine.catalogue import Measure, catalogue
from dangjian_score.engine.evaluate import ruled
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.whatif.bench import Bench
from dangjian_score.engine.whatif.deciding import Decider, Deciding
from dangjian_score.engine.whatif.field import Field, Outlook
from dangjian_score.engine.whatif.items import Effect, effects
from dangjian_score.engine.whatif.judged import Judging
from dangjian_score.engine.whatif.marks import Near
from dangjian_score.engine.whatif.near import near
from dangjian_score.engine.whatif.places import Border, borders
from dangjian_score.engine.whatif.stability import Ranks, stability
from dangjian_score.facts import Evidence
from dangjian_score.rubric.model import Rubric
from dangjian_score.watching import Watch, unwatched


class Close(Struct, frozen=True):
    """A threshold that a unit is close to, and the assessors' figures that decide it alone."""

    near: Near
    deciders: tuple[Decider, ...]


class UnitAhead(Struct, frozen=True):
    """A unit: what comes of it now, what it is close to, and where it is, what one item more or less would change.

    `ranks` is None where nobody judged anything.
    """

    unit: str
    now: Outlook
    close: tuple[Close, ...]
    effects: tuple[Effect, ...]
    ranks: Ranks | None


class Ahead(Struct, frozen=True):
    """All units that take part, in order of rank, and where places end. `within` are the points that are close.

    `titles` are those of nodes, by id; `step` is that of assessors' figures where the user says one.
    """

    rubric: Rubric
    within: Fraction
    step: Fraction | None
    units: tuple[UnitAhead, ...]
    borders: tuple[Border, ...]
    titles: Mapping[str, str]


def look_ahead(
    rubric: Rubric, evidence: Evidence, within: Fraction, step: Fraction | None = None, watch: Watch = unwatched
) -> Ahead:
    """Look ahead. The evidence must have passed `checks.evidence`; `step` is that of assessors' figures."""
    program = compile_rubric(rubric, ruled(evidence))
    measures = catalogue(program).measures
    field = Field(Bench(program, evidence, watch))
    judging = Judging(program, measures, step)
    found = {at: near(field, at, within) for at in field.numbers}
    looker = _Looker(field, judging, pieces(measures, judging, rubric))
    explored = {at: looker.unit(at, found[at]) for at in watch([at for at in found if found[at]], "trials")}
    ranks = stability(field, judging)
    units = []
    for at, standing in field.standings.items():
        close, changed = explored.get(at, ((), ()))
        now = field.now(at)
        units.append(UnitAhead(standing.unit, now, close, changed, ranks.get(at)))
    titles = {node.id: node.node.title for node in program.nodes}
    return Ahead(rubric, within, step, tuple(units), borders(field), titles)


def pieces(measures: Mapping[str, Measure], judging: Judging, rubric: Rubric) -> dict[str, Measure]:
    """Choose what is entered piece by piece: counts and yes or no, but nothing that describes or is judged.

    A number that the rubric does not declare as one may be a count as well.
    """
    others = {*judging.rules, *rubric.attributes}
    declared = {name for name, spec in rubric.measures.items() if spec.type is not None}
    return {
        name: one
        for name, one in measures.items()
        if name not in others and (one.kind in ("count", "yes_no") or (one.kind == "number" and name not in declared))
    }


class _Looker(Struct, frozen=True):
    """Looks at units that are close to something."""

    field: Field
    judging: Judging
    items: Mapping[str, Measure]

    def unit(self, at: int, found: tuple[Near, ...]) -> tuple[tuple[Close, ...], tuple[Effect, ...]]:
        deciding = Deciding(self.field, self.judging, at)
        close = tuple(Close(one, deciding.deciders(one)) for one in found)
        return close, effects(self.field, self.items, at)
