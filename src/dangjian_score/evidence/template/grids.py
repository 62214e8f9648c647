"""The grids of a workbook to be filled in: 汇总表, 台账, 自查表, 评分表, 测评票."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dangjian_score.core import columns as col
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.template.brief import Brief, ListedUnit, heads
from dangjian_score.evidence.template.checks import check_of, choice, day, described, quantity
from dangjian_score.evidence.template.plan import Check, Filled, Free, PlanColumn, PlanGrid, PlanRow
from dangjian_score.rubric.measures import UNSAID

MATRIX_SHEET = "汇总表"
MATRIX_SPARE, MATRIX_BEYOND = 40, 460
"""Rows that are drawn where nobody knows the units, and rows below them that are only checked."""


def matrix(brief: Brief) -> PlanGrid | None:
    """Plan it; None where nothing stands in its columns, but other tables name the units."""
    words, attributes = brief.words, brief.known.attributes
    names = tuple(name for name in brief.known.measures if name not in brief.alone)
    if not names and brief.known.measures:
        return None
    rounds = [brief.round_column(filled=bool(brief.units))] if brief.rounds else []
    describing = [brief.column(name, (words.text("attributes"), "")) for name in attributes]
    scored = [
        column
        for name in names
        if name not in attributes
        for above in [_heads(brief, name)]
        for column in (brief.column(name, above), *brief.explaining(name, above))
    ]
    return PlanGrid(
        kind="matrix",
        name=MATRIX_SHEET,
        title=words.text("matrix title", title=brief.program.rubric.title),
        hint=words.text("matrix hint", rounds=col.ROUND if brief.rounds else ""),
        columns=(brief.unit_column(filled=True), *rounds, *describing, *scored),
        lines=tuple(line for unit in brief.units for line in _matrix_lines(brief, unit, names)),
        heads=(words.text("head section"), words.text("head item")),
        kept=1 + len(rounds),
        spare=0 if brief.units else MATRIX_SPARE,
        beyond=0 if brief.units else MATRIX_BEYOND,
    )


def _heads(brief: Brief, name: str) -> tuple[str, ...]:
    """Name the section and the item that read a measure; of several sections each, with the first item there."""
    purposes, found = brief.purposes.inputs[name], dict[str, str]()
    for purpose in [one for one in purposes if one.nodes] or purposes[:1]:
        section, item = heads(purpose, brief.program.rubric, brief.words)
        found.setdefault(section, item)
    both = brief.words.text("clause.then")
    return both.join(found), both.join(dict.fromkeys(filter(None, found.values())))


def _matrix_lines(brief: Brief, unit: ListedUnit, names: tuple[str, ...]) -> Iterator[PlanRow]:
    """Write a unit's rows; what is not asked of it, or not in this round, stays empty."""
    entered = [name for name in names if name not in brief.known.attributes]
    for round_ in brief.rounds_for(entered, every=bool(set(brief.known.measures) - set(brief.known.attributes))):
        cells: dict[str, Filled] = {brief.unit: unit.name, **unit.attributes}
        if round_ is not None:
            cells[col.ROUND] = round_
        idle = {name for name in entered if not brief.asked_in(round_, name)}
        others = {name for name in entered if not brief.purposes.asked(name, unit.described)}
        described = {col.ROUND} if brief.rounds and round_ is None else set[str]()
        yield PlanRow(cells, _closed(idle | others) | described)


def _closed(names: Iterable[str]) -> frozenset[str]:
    """Return the columns that stay empty where measures are not asked for: their own, and those that explain them."""
    return frozenset(column for name in names for column in (name, col.explanation_of(name)))


REGISTER_SHEET = "台账"
REGISTER_SPARE, REGISTER_BEYOND = 50, 1950
_ORDER = (col.DAY, col.LEVEL, col.AMOUNT, col.PERSON, col.CASE)
_WIDE = {col.REMARK: 44, col.EVENT: 20, col.CASE: 20}


def register(brief: Brief) -> PlanGrid | None:
    """Plan the register; None where the rubric has none."""
    known, words = brief.known.registers, brief.words
    if not known:
        return None
    looked_at = columns_by_register(brief)
    own = dict.fromkeys(name for columns in looked_at.values() for name in columns)
    names = [name for name in dict.fromkeys((*_ORDER, *own)) if name in own or name == col.DAY]
    rounds = [brief.round_column(filled=False)] if brief.known.in_rounds else []
    of_members = brief.unit in col.REGISTER
    named = choice(known, words, strict=not brief.program.rubric.ignore)
    events = PlanColumn(col.EVENT, named, words.text("event note"), width=_WIDE[col.EVENT])
    return PlanGrid(
        kind="register",
        name=REGISTER_SHEET,
        title=words.text("register title", title=brief.program.rubric.title),
        hint=words.text("register hint", shared="" if of_members else words.text("register shared")),
        columns=(
            brief.unit_column(filled=False, shared=not of_members),
            *rounds,
            events,
            *(_column(brief, name, looked_at) for name in names if name != brief.unit),
            PlanColumn(col.REMARK, Free(), width=_WIDE[col.REMARK]),
        ),
        spare=REGISTER_SPARE,
        beyond=REGISTER_BEYOND,
    )


def columns_by_register(brief: Brief) -> dict[str, tuple[str, ...]]:
    """Name the columns that rules look at, that must be filled in, or that are for others, of each register."""
    known = brief.known
    return {
        register: tuple(
            dict.fromkeys(
                (
                    *(use.measure for use in known.uses if use.register == register),
                    *known.required.get(register, ()),
                    *known.beside.get(register, ()),
                )
            )
        )
        for register in known.registers
    }


def _column(brief: Brief, name: str, looked_at: Mapping[str, Sequence[str]]) -> PlanColumn:
    of = [register for register, columns in looked_at.items() if name in columns]
    columns = (brief.known.registers[register] for register in of)
    measures = [own[name] for own in columns if name in own]
    everywhere = len(of) == len(looked_at)
    words, comma = brief.words, brief.words.text("comma")
    lines = [brief.program.rubric.measures.get(name, UNSAID).hint or ""]
    if name == col.AMOUNT:
        lines.append(words.text("quantity note"))
    elif of:
        lines.append(words.text("column all" if everywhere else "column of", of=comma.join(of)))
    elif name != col.DAY or brief.program.rubric.period is None:
        lines.append(words.text("column none"))
    required = [register for register in of if name in brief.known.required.get(register, ())]
    lines.append(words.text("column required", of=comma.join(required)) if required else "")
    return PlanColumn(name, _check(brief, name, measures), "\n".join(filter(None, lines)), width=_WIDE.get(name, 12))


def _check(brief: Brief, name: str, measures: Sequence[Measure]) -> Check:
    """Say what a column may hold for whichever register."""
    if name == col.DAY:
        return day(None if brief.known.rolling else brief.program.rubric.period, brief.words)
    if name == col.AMOUNT:
        return quantity(brief.words)
    levels = dict.fromkeys(level for measure in measures for level in measure.levels)
    if levels:
        closed = all(measure.kind == "level" and not measure.open for measure in measures)
        return choice(levels, brief.words, strict=closed)
    judged = brief.purposes.judged_events.get(name, ())
    checks = {check_of(measure, brief.words, judged) for measure in measures}
    return checks.pop() if len(checks) == 1 else Free()


FORM_SHEET = "自查表"


def form(brief: Brief, unit: ListedUnit | None) -> PlanGrid | None:
    """Plan a unit's form, or one that any unit may fill in; None where units enter nothing of this kind."""
    lines = tuple(_form_lines(brief, unit or ListedUnit("")))
    if not lines:
        return None
    words = brief.words
    rounds = [PlanColumn(col.ROUND, width=12, open=False)] if brief.rounds else []
    return PlanGrid(
        kind="form",
        name=FORM_SHEET if unit is None else unit.name,
        title=words.text("form title", title=brief.program.rubric.title),
        hint=words.text("form hint"),
        columns=(
            PlanColumn(col.PROJECT, width=24, open=False, merged=True),
            PlanColumn(col.DEMAND, width=42, open=False, merged=True),
            *rounds,
            PlanColumn(col.ITEM, width=24, open=False),
            PlanColumn(col.MANNER, width=24, open=False),
            PlanColumn(col.OWN, Free(), words.text("own note"), width=12),
            PlanColumn(col.FILLED, Free(), words.text("value note"), width=12),
            PlanColumn(col.REMARK, Free(), width=18),
        ),
        lines=lines,
        above=((brief.unit, "" if unit is None else unit.name),),
        below=words.text("signed"),
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
    cells: dict[str, Filled] = {col.ITEM: name, col.MANNER: described(check, brief.words)}
    if name in brief.known.attributes:
        cells[col.PROJECT] = brief.words.text("attributes")
        cells |= dict.fromkeys((col.OWN, col.FILLED), unit.attributes[name]) if name in unit.attributes else {}
        return PlanRow(cells, frozenset(), {col.OWN: check, col.FILLED: check})
    purpose = brief.purposes.inputs[name][0]
    section, item = heads(purpose, brief.program.rubric, brief.words)
    cells[col.PROJECT] = "\n".join(part for part in (section, item) if part)
    if purpose.nodes:
        node = purpose.nodes[-1].node
        cells[col.DEMAND] = "\n".join(text for text in (node.criterion, node.inspect) if text is not None)
    cells |= {} if round_ is None else {col.ROUND: round_}
    return PlanRow(cells, frozenset(), {col.OWN: check, col.FILLED: check})


ASSESSORS, BALLOTS = "评分表", "测评票"
PANEL_SPARE, PANEL_BEYOND = 40, 960


def assessors(brief: Brief, names: Sequence[str]) -> PlanGrid | None:
    """Plan the table of what assessors give; None where they give nothing in it."""
    if not names:
        return None
    words, rubric = brief.words, brief.program.rubric
    rounds = [brief.round_column(filled=bool(brief.units))] if brief.rounds else []
    above = {name: heads(brief.purposes.inputs[name][0], rubric, words) for name in names}
    scored = (
        column
        for name in names
        for column in (brief.column(name, above[name], assessed=True), *brief.explaining(name, above[name]))
    )
    categories = dict.fromkeys(category for name in names for category in brief.known.categories.get(name, ()))
    category = PlanColumn(col.CATEGORY, choice(categories, words), words.text("category note"))
    return PlanGrid(
        kind="assessors",
        name=ASSESSORS,
        title=words.text("assessors title", title=rubric.title),
        hint=words.text("assessors hint"),
        columns=(
            brief.unit_column(filled=False),
            *rounds,
            PlanColumn(col.ASSESSOR, Free(), words.text("assessor note")),
            *([category] if categories else []),
            *scored,
        ),
        lines=tuple(_asked_for(brief, names)),
        heads=(words.text("head section"), words.text("head item")),
        kept=2 + len(rounds),
        spare=PANEL_SPARE if not brief.units else 0,
        beyond=PANEL_BEYOND,
    )


def _asked_for(brief: Brief, names: Sequence[str]) -> Iterator[PlanRow]:
    for unit in brief.units:
        for round_ in brief.rounds_for(names):
            cells: dict[str, Filled] = {brief.unit: unit.name, **({} if round_ is None else {col.ROUND: round_})}
            asked = {name for name in names if brief.asked_in(round_, name)}
            asked &= {name for name in names if brief.purposes.asked(name, unit.described)}
            described = {col.ROUND} if brief.rounds and round_ is None else set[str]()
            if asked:
                yield PlanRow(cells, _closed(set(names) - asked) | described)


def ballots(brief: Brief) -> PlanGrid | None:
    """Plan the table of votes; None where nobody votes."""
    known, words = brief.known.ballots, brief.words
    if not known:
        return None
    levels = dict.fromkeys(level for of in known.values() for level in of)
    rounds = [brief.round_column(filled=bool(brief.units))] if brief.rounds else []
    votes = Measure("", "count", None, None, None, ())
    check = check_of(votes, words)
    return PlanGrid(
        kind="ballots",
        name=BALLOTS,
        title=words.text("ballots title", title=brief.program.rubric.title),
        hint=words.text("ballots hint"),
        columns=(
            brief.unit_column(filled=True),
            *rounds,
            PlanColumn(col.BALLOT, choice(known, words), width=18, open=not brief.units),
            *(PlanColumn(level, check, words.text("votes note")) for level in levels),
            *(PlanColumn(name, check, _turnout_note(brief, name)) for name in col.TURNOUT),
        ),
        lines=tuple(_votes(brief, tuple(levels))),
        kept=2 + len(rounds),
        spare=0 if brief.units else PANEL_SPARE,
        beyond=0 if brief.units else PANEL_BEYOND,
    )


def _turnout_note(brief: Brief, name: str) -> str:
    """Say what a column of ballots beside the levels is for, and which votes count over its ballots."""
    over = sorted(ballot for ballot, column in brief.known.turnout if column == name)
    return brief.words.text("turnout note", ballots=brief.words.text("comma").join(over))


def _votes(brief: Brief, levels: tuple[str, ...]) -> Iterator[PlanRow]:
    for unit in brief.units:
        for name, own in brief.known.ballots.items():
            if not brief.purposes.asked(name, unit.described):
                continue
            for round_ in brief.rounds_for([name]):
                if brief.asked_in(round_, name):
                    cells: dict[str, Filled] = {brief.unit: unit.name, col.BALLOT: name}
                    cells |= {} if round_ is None else {col.ROUND: round_}
                    yield PlanRow(cells, frozenset(levels) - set(own))
