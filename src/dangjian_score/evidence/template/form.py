"""The form (自查表): one unit's own sheet, one row a measure."""

from collections.abc import Iterator

from dangjian_score.evidence.columns import FILLED, ITEM, OWN, ROUND
from dangjian_score.evidence.template.brief import Brief
from dangjian_score.evidence.template.checks import described
from dangjian_score.evidence.template.notes import heads
from dangjian_score.evidence.template.plan import PlanColumn, Filled, Free, PlanGrid, PlanRow
from dangjian_score.evidence.template.units import ListedUnit

FORM_SHEET = "自查表"
PROJECT, DEMAND, MANNER = "考核项目", "要求", "填法"


def form(brief: Brief, unit: ListedUnit | None) -> PlanGrid | None:
    """Plan a unit's form, or one that any unit may fill in; None where units enter nothing of this kind."""
    lines = tuple(_form_lines(brief, unit or ListedUnit("")))
    if not lines:
        return None
    said = brief.said
    rounds = [PlanColumn(ROUND, width=12, open=False)] if brief.rounds else []
    return PlanGrid(
        kind="form",
        name=FORM_SHEET if unit is None else unit.name,
        title=said.sheet("form title", title=brief.program.rubric.title),
        hint=said.sheet("form hint"),
        columns=(
            PlanColumn(PROJECT, width=24, open=False, merged=True),
            PlanColumn(DEMAND, width=42, open=False, merged=True),
            *rounds,
            PlanColumn(ITEM, width=24, open=False),
            PlanColumn(MANNER, width=24, open=False),
            PlanColumn(OWN, Free(), said.sheet("own note"), width=12),
            PlanColumn(FILLED, Free(), said.sheet("value note"), width=12),
            PlanColumn(REMARK, Free(), width=18),
        ),
        lines=lines,
        above=((brief.unit, "" if unit is None else unit.name),),
        below=said.sheet("signed"),
        kept=0,
    )


def _form_lines(brief: Brief, unit: ListedUnit) -> Iterator[PlanRow]:
    """Write the rows: what describes the unit, then what it is asked for, round by round."""
    for name in brief.known.attributes:
        yield _line(brief, unit, name, None)
    names = [name for name in brief.known.measures if name not in (*brief.known.attributes, *brief.figures)]
    for round_ in brief.rounds_for(names):
        for name in names:
            if brief.asked_in(round_, name) and brief.purposes.asked(name, unit.described):
                yield _line(brief, unit, name, round_)


def _line(brief: Brief, unit: ListedUnit, name: str, round_: str | None) -> PlanRow:
    check = brief.check(name)
    cells: dict[str, Filled] = {ITEM: name, MANNER: described(check, brief.said)}
    if name in brief.known.attributes:
        cells[PROJECT] = brief.said.sheet("attributes")
        cells |= dict.fromkeys((OWN, FILLED), unit.attributes[name]) if name in unit.attributes else {}
        return PlanRow(cells, frozenset(), {OWN: check, FILLED: check})
    purpose = brief.purposes.inputs[name][0]
    section, item = heads(purpose, brief.program.rubric, brief.said)
    cells[PROJECT] = "\n".join(part for part in (section, item) if part)
    if purpose.nodes:
        node = purpose.nodes[-1].node
        cells[DEMAND] = "\n".join(text for text in (node.criterion, node.inspect) if text is not None)
    cells |= {} if round_ is None else {ROUND: round_}
    return PlanRow(cells, frozenset(), {OWN: check, FILLED: check})
