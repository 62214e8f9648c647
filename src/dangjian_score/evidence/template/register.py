"""The register (台账): one row an event, whatever rule counts it."""

from collections.abc import Mapping, Sequence

from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.columns import EVENT
from dangjian_score.evidence.template.brief import Brief
from dangjian_score.evidence.template.checks import check_of, choice, day, quantity
from dangjian_score.evidence.template.plan import Check, PlanColumn, Free, PlanGrid
from dangjian_score.rubric.standing import rounds_of

REGISTER, REMARK = "台账", "说明"
REGISTER_SPARE, REGISTER_BEYOND = 50, 1950
_ORDER = ("日期", "级别", "数量", "人员", "案件")
_WIDE = {REMARK: 44, EVENT: 20, "案件": 20}


def register(brief: Brief) -> PlanGrid | None:
    """Plan the register; None where the rubric has none."""
    known, said = brief.known.registers, brief.said
    if not known:
        return None
    looked_at = columns_by_register(brief)
    own = dict.fromkeys(name for columns in looked_at.values() for name in columns)
    names = [name for name in (*_ORDER, *(one for one in own if one not in _ORDER)) if name in own or name == "日期"]
    rounds = [brief.round_column(filled=False)] if brief.rounds and _by_row(brief) else []
    events = PlanColumn(EVENT, choice(known, said), said.sheet("event note"), width=_WIDE[EVENT])
    return PlanGrid(
        kind="register",
        name=REGISTER,
        title=said.sheet("register title", title=brief.program.rubric.title),
        hint=said.sheet("register hint"),
        columns=(
            brief.unit_column(filled=False),
            *rounds,
            events,
            *(_column(brief, name, looked_at) for name in names if name != brief.unit),
            PlanColumn(REMARK, Free(), width=_WIDE[REMARK]),
        ),
        spare=REGISTER_SPARE,
        beyond=REGISTER_BEYOND,
    )


def _by_row(brief: Brief) -> bool:
    """Tell whether a row must say its round: it has a day only, and not all rounds have days."""
    spans = rounds_of(brief.program.rubric.rounds).values()
    return bool(brief.known.in_rounds) and any(one.span is None for one in spans)


def columns_by_register(brief: Brief) -> dict[str, tuple[str, ...]]:
    """Name the columns that rules look at, of each register."""
    return {
        register: tuple(dict.fromkeys(use.measure for use in brief.known.uses if use.register == register))
        for register in brief.known.registers
    }


def _column(brief: Brief, name: str, looked_at: Mapping[str, Sequence[str]]) -> PlanColumn:
    of = [register for register, columns in looked_at.items() if name in columns]
    measures = [brief.known.registers[register][name] for register in of]
    everywhere = len(of) == len(looked_at)
    told = brief.said.sheet("column all" if everywhere else "column of", of=brief.said.sheet("comma").join(of))
    note = brief.said.sheet("quantity note") if name == "数量" else told if of else brief.said.sheet("column none")
    return PlanColumn(name, _check(brief, name, measures), note, width=_WIDE.get(name, 12))


def _check(brief: Brief, name: str, measures: Sequence[Measure]) -> Check:
    """Say what a column may hold for whichever register."""
    if name == "日期":
        return day(None if brief.known.rolling else brief.program.rubric.period, brief.said)
    if name == "数量":
        return quantity(brief.said)
    levels = dict.fromkeys(level for measure in measures for level in measure.levels)
    if levels:
        closed = all(measure.kind == "level" and not measure.open for measure in measures)
        return choice(levels, brief.said, strict=closed)
    checks = {check_of(measure, brief.said) for measure in measures}
    return checks.pop() if len(checks) == 1 else Free()
