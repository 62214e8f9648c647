"""What others say of units: assessors their figures (评分表), meetings their votes (测评票)."""

from collections.abc import Iterator, Sequence

from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.columns import ASSESSOR, BALLOT, ROUND
from dangjian_score.evidence.template.brief import Brief
from dangjian_score.evidence.template.checks import check_of, choice
from dangjian_score.evidence.template.notes import heads
from dangjian_score.evidence.template.plan import PlanColumn, Filled, Free, PlanGrid, PlanRow

ASSESSORS, BALLOTS = "评分表", "测评票"
PANEL_SPARE, PANEL_BEYOND = 40, 960


def assessors(brief: Brief, names: Sequence[str]) -> PlanGrid | None:
    """Plan the table of what assessors give; None where they give nothing in it."""
    if not names:
        return None
    said, rubric = brief.said, brief.program.rubric
    rounds = [brief.round_column(filled=bool(brief.units))] if brief.rounds else []
    above = {name: heads(brief.purposes.inputs[name][0], rubric, said) for name in names}
    scored = (brief.column(name, above[name], assessed=True) for name in names)
    return PlanGrid(
        kind="assessors",
        name=ASSESSORS,
        title=said.sheet("assessors title", title=rubric.title),
        hint=said.sheet("assessors hint"),
        columns=(
            brief.unit_column(filled=False),
            *rounds,
            PlanColumn(ASSESSOR, Free(), said.sheet("assessor note")),
            *scored,
        ),
        lines=tuple(_asked_for(brief, names)),
        heads=(said.sheet("head section"), said.sheet("head item")),
        kept=2 + len(rounds),
        spare=PANEL_SPARE if not brief.units else 0,
        beyond=PANEL_BEYOND,
    )


def _asked_for(brief: Brief, names: Sequence[str]) -> Iterator[PlanRow]:
    for unit in brief.units:
        for round_ in brief.rounds_for(names):
            cells: dict[str, Filled] = {brief.unit: unit.name, **({} if round_ is None else {ROUND: round_})}
            asked = {name for name in names if brief.asked_in(round_, name)}
            asked &= {name for name in names if brief.purposes.asked(name, unit.described)}
            closed = frozenset(names) - asked | ({ROUND} if brief.rounds and round_ is None else set())
            if asked:
                yield PlanRow(cells, frozenset(closed))


def ballots(brief: Brief) -> PlanGrid | None:
    """Plan the table of votes; None where nobody votes."""
    known, said = brief.known.ballots, brief.said
    if not known:
        return None
    levels = dict.fromkeys(level for of in known.values() for level in of)
    rounds = [brief.round_column(filled=bool(brief.units))] if brief.rounds else []
    votes = Measure("", "count", None, None, None, ())
    check = check_of(votes, said)
    return PlanGrid(
        kind="ballots",
        name=BALLOTS,
        title=said.sheet("ballots title", title=brief.program.rubric.title),
        hint=said.sheet("ballots hint"),
        columns=(
            brief.unit_column(filled=True),
            *rounds,
            PlanColumn(BALLOT, choice(known, said), width=18, open=not brief.units),
            *(PlanColumn(level, check, said.sheet("votes note")) for level in levels),
        ),
        lines=tuple(_votes(brief, tuple(levels))),
        kept=2 + len(rounds),
        spare=0 if brief.units else PANEL_SPARE,
        beyond=0 if brief.units else PANEL_BEYOND,
    )


def _votes(brief: Brief, levels: tuple[str, ...]) -> Iterator[PlanRow]:
    for unit in brief.units:
        for name, own in brief.known.ballots.items():
            if not brief.purposes.asked(name, unit.described):
                continue
            for round_ in brief.rounds_for([name]):
                if brief.asked_in(round_, name):
                    cells: dict[str, Filled] = {brief.unit: unit.name, BALLOT: name}
                    cells |= {} if round_ is None else {ROUND: round_}
                    yield PlanRow(cells, frozenset(levels) - set(own))
