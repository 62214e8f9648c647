"""Score all units at once: tables → figures of all steps as columns → ranks, grades and selections.

What columns cannot hold is for the exact engine (UnfitError), and so are rows that need a closer look (OddRowsError).
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Final

import polars as pl
from msgspec.structs import replace

from dangjian_score.checks.events import TallyDemands
from dangjian_score.checks.sound import demanded
from dangjian_score.columnar import amounts as m
from dangjian_score.columnar.amounts import Amount, Answer, Layers, UnfitError
from dangjian_score.columnar.ballots import odd_votes, with_votes
from dangjian_score.columnar.comparisons import compared
from dangjian_score.columnar.lowering import Lowering, Scope
from dangjian_score.columnar.plan import Plan, planned
from dangjian_score.columnar.registers import (
    Reducer,
    RegisterRows,
    UnitFigure,
    UnitRows,
    in_final_form,
    ranged,
    register_rows,
)
from dangjian_score.columnar.rounding import rounded
from dangjian_score.columnar.rounds import side_by_side, without_blanks
from dangjian_score.columnar.standing import (
    GRADE,
    GROUP_RANK,
    RANK,
    SELECTIONS,
    TAKING_PART,
    UNRANKED,
    Places,
    placed,
)
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, Tables
from dangjian_score.columnar.values import values_of
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import DETAILS, EVENT, UNITS_MARK
from dangjian_score.engine import step_names as s
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import innermost
from dangjian_score.engine.totals import Pass, best_grades
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed
from dangjian_score.rubric.kinds.phrase import Phrase
from dangjian_score.rubric.standing import rounds_of

_MOST_ODD: Final = 20_000


class OddRowsError(Exception):
    """Raised where rows of tables need a closer look: their numbers by file, and how many there are in all."""

    def __init__(self, rows: Mapping[str, Sequence[int]], count: int) -> None:
        super().__init__()
        self.rows, self.count = rows, count


def fits(program: Program) -> bool:
    """Return whether columns may score a program: without panels of assessors and results of other rubrics.

    Rounds are scored without registers, ballots and comparisons.
    """
    of_panels = any(_is_of_panel(innermost(rule.basis)) for rule in program.rules)
    of_a_part = program.interim is not None or any(node.horizon is not None for node in program.nodes)
    return not any((program.rubric.from_results, of_panels, of_a_part))


def _is_of_panel(basis: Phrase) -> bool:
    """Return whether it matters who gave a figure, and how many did."""
    return isinstance(basis, Graded) or (
        isinstance(basis, Assessed) and isinstance(basis.combine, Trimmed | ByCategory)
    )


def score(program: Program, known: Catalogue, tables: Tables, path: Path) -> int:
    """Score the units of tables and write them to a .parquet file; return how many there are.

    Raises UnfitError or OddRowsError where the exact engine has to do it.
    """
    if not fits(program):
        raise UnfitError
    layers = Layers()
    frame, scopes = _laid(program, known, tables, layers)
    first = [Lowering(scope, layers) for scope in scopes.values()]
    taking_part = m.opposite(m.joined((_clauses(program, each, "excluded") for each in first), every=False))
    unranked = m.joined((_clauses(program, each, "unranked") for each in first), every=False)
    if len(program.passes) == 1:
        scopes = {"": compared(program, UnitRows(frame, scopes[""]), taking_part, layers).scope}
    plan = planned(program, scopes, _wanted(program), layers)
    lowerings = {key: Lowering(replace(scope, done=plan.done, suffix=key), layers) for key, scope in scopes.items()}
    columns = [*_outcome(program, plan, lowerings)]
    odd = [_odd(program, part, lowerings[part.key]) for part in program.passes]
    flags = [
        taking_part.expr.fill_null(value=True).alias(TAKING_PART),
        unranked.expr.fill_null(value=False).alias(UNRANKED),
        reduce(lambda one, two: one | two, odd, _doubtful_name()).alias(ODD),
    ]
    names_twice = _names_twice(frame)
    frame = layers.applied(frame).with_columns(flags)
    places = placed(program, plan, frame)
    if places.odd or names_twice:
        _refuse_odd(frame, tables)
    return _written(program, frame, columns, places, path)


def _laid(
    program: Program, known: Catalogue, tables: Tables, layers: Layers
) -> tuple[pl.LazyFrame, Mapping[str, Scope]]:
    """Lay units out with all that their passes read; return that by the keys of passes."""
    rounds = tuple(rounds_of(program.rubric.rounds))
    rows = _units(without_blanks(known) if rounds else known, tables)
    if rounds:
        plans = [program.plan(part) for part in program.passes]
        figures = [a.figures(*program.trees(part)) for part in program.passes]
        if tables.ballots or any(not plan.is_empty for plan in plans) or any(figures):
            raise UnfitError
        frame, whole, by_round = side_by_side(rows, rounds, known)
        return frame, {part.key: whole if part.round is None else by_round[part.round] for part in program.passes}
    units = with_votes(rows, tables.ballots, known)
    if (odd_rows := odd_votes(units.frame, tables.ballots, known)) is not None:
        _refuse(odd_rows.collect(), [table.name for table in tables.ballots])
    laid = _with_events(units, _reduced(program, known, tables, units), layers)
    return laid.frame, {"": laid.scope}


def _wanted(program: Program) -> list[str]:
    """Name the steps that results show, and that ranks, grades and selections depend on."""
    nodes = [part.at(node.id) for part in program.passes for node in part.nodes]
    asked = [part.at(step.name) for part in program.passes for step in program.asks[part.key]]
    over_all = [step.name for step in (*program.closing, *program.verdict)]
    return [*dict.fromkeys((*nodes, *asked, *over_all))]


def _units(known: Catalogue, tables: Tables) -> UnitRows:
    frame = pl.concat([table.frame(at) for at, table in enumerate(tables.units)], how="vertical")
    if frame.collect_schema()[UNIT] != pl.String:
        raise UnfitError
    if not known.measures.keys() <= {*frame.collect_schema().names()}:
        raise UnfitError
    values = values_of(frame, known.measures, filter(known.prices_none, known.measures))
    made, scope = in_final_form(frame, values)
    return UnitRows(made, scope)


def _with_events(units: UnitRows, reduced: Sequence[UnitFigure], layers: Layers) -> UnitRows:
    """Join the figures of events to units."""
    frame, known = units.frame, dict[str, Amount]()
    for figure in reduced:
        frame = frame.join(figure.frame.lazy(), on=UNIT, how="left", maintain_order="left")
        frame = frame.with_columns(pl.col(figure.name).fill_null(0))
        amount = ranged(figure.frame, figure.name, 0, figure.over)
        if figure.empty is not None:
            frame = frame.with_columns(pl.col(figure.empties).fill_null(figure.all_empty))
            count = ranged(figure.frame, figure.empties, figure.all_empty, 1)
            amount = m.held(m.added([amount, m.product(figure.empty, count)], layers), layers)
        known[figure.name] = amount
    return UnitRows(frame, replace(units.scope, known=known))


def _reduced(program: Program, known: Catalogue, tables: Tables, units: UnitRows) -> list[UnitFigure]:
    """Reduce the registers to figures of units; rows that need a closer look raise OddRowsError."""
    plan = program.plan(program.passes[-1])
    if plan.is_empty:
        return []
    registers = dict.fromkeys(name for tally in plan.tallies for name in tally.registers)
    if not tables.registers or plan.scopes:
        raise UnfitError
    rows = pl.concat([table.frame(at) for at, table in enumerate(tables.registers)], how="diagonal_relaxed")
    period = program.rubric.period
    read = {name: register_rows(rows, name, known, period) for name in registers}
    demands = TallyDemands.of(plan, known.required)
    _refuse_rows(rows, read, demands, known, tables, units.frame)
    calendar = None if period is None else Calendar.of(period)
    return Reducer(read, units, calendar).figures(plan)


def _refuse_rows(
    rows: pl.LazyFrame,
    read: Mapping[str, RegisterRows],
    demands: Sequence[TallyDemands],
    known: Catalogue,
    tables: Tables,
    units: pl.LazyFrame,
) -> None:
    """Raise OddRowsError where a row of a register is of no known unit or event, lacks something, or stands twice."""
    places = [FILE, ROW]
    found = [rows.filter(~pl.col(EVENT).is_in(list(known.registers)).fill_null(value=False)).select(places)]
    found.append(rows.join(units.select(UNIT), on=UNIT, how="anti", nulls_equal=False).select(places))
    for name, register in read.items():
        layers = Layers()
        lowering = Lowering(register.scope, layers)
        whole = [lowering.answer(each.whole).expr for each in demands if name in each.tally.registers]
        sound = reduce(lambda one, two: one & two, whole, pl.lit(value=True)).fill_null(value=False)
        frame = layers.applied(register.frame)
        found.append(frame.filter(~sound | pl.col(ODD)).select(places))
        alike = [UNIT, *(column for column in register.columns if column not in DETAILS)]
        twice = frame.filter(pl.len().over(alike) > 1) if register.columns else frame.head(0)
        found.append(twice.select(places))
    _refuse(pl.concat(found).unique().collect(), [table.name for table in tables.registers])


def _refuse(odd: pl.DataFrame, names: Sequence[str]) -> None:
    if odd.height:
        first = odd.sort(FILE, ROW).head(_MOST_ODD)
        rows = {name: first.filter(pl.col(FILE) == at)[ROW].to_list() for at, name in enumerate(names)}
        raise OddRowsError({name: numbers for name, numbers in rows.items() if numbers}, odd.height)


def _names_twice(frame: pl.LazyFrame) -> bool:
    """Return whether two rows are of one unit."""
    unique, count = frame.select(pl.col(UNIT).n_unique().alias("unique"), pl.len()).collect(engine="streaming").row(0)
    return bool(unique != count)


def _doubtful_name() -> pl.Expr:
    """Return the test that a name is not surely that of a unit."""
    name = pl.col(UNIT)
    return (~name.str.contains(_PLAIN) | name.str.contains(_PERHAPS)).fill_null(value=True)


def _refuse_odd(frame: pl.LazyFrame, tables: Tables) -> None:
    """Raise OddRowsError with the rows that need a closer look, and those of which the unit has several."""
    found = [frame.filter(pl.col(ODD)), frame.filter(pl.len().over(UNIT) > 1)]
    rows = pl.concat([each.select(FILE, ROW) for each in found]).unique().collect()
    _refuse(rows, [table.name for table in tables.units])


_PLAIN: Final = r"^[\p{Han}A-Za-z0-9（）()]{2,60}$"
"""What names are made of that need no closer look."""
_PERHAPS: Final = (
    "[0-9]年|^[0-9（(]|合计|小计|总计|总和|总数|总评|总分|累计|汇总|共|计$|均|最高|最低|最大|最小|满分|标准|分值|权重|占比|中位|求和"
    "|得分|扣分|其中|去年|上年|同期|上期|目标|任务|应报|权数|基数|参考|极差|排名|名次|增幅|线$|[（(]|(?i:max|min|sum|average|avg|end)"
    "|填表|填报|制表|审核|审批|复核|经办|负责|报送|签|盖章|公章|日期|年月日|电话|^注|备注|说明|页|数据来源|空白|领导$|不详|暂|^[无没未不缺待]"
)
"""What may stand in the names of lines that are about no unit."""


def _odd(program: Program, part: Pass, lowering: Lowering) -> pl.Expr:
    """Return the test that a unit lacks something that the rules of a pass demand, where these are all plain."""
    asked = [RuleDemands.by(rule) for node in part.nodes for rule in node.rules]
    refs = a.refs(*(tree for demands in asked for tree in demands.rule.trees))
    if not {part.at(ref) for ref in refs} <= lowering.scope.done.keys():
        raise UnfitError
    clauses = () if part.round is not None else tuple(program.outside.values())
    limits = [(name, spec.at_most) for name, spec in program.rubric.measures.items() if spec.at_most is not None]
    if limits and part.round is not None:
        raise UnfitError
    named = (*program.rubric.attributes, *a.reads(*clauses))
    wholes = dict.fromkeys(inner.whole for tree in clauses for inner in a.walk(tree) if isinstance(inner, a.Quotient))
    sound = lowering.answer(demanded(part, asked, named, wholes, limits))
    return pl.col(ODD) | ~sound.expr.fill_null(value=False)


def _clauses(program: Program, lowering: Lowering, key: str) -> Answer:
    """Return whether any condition of a kind holds for a unit that has entered what it reads."""
    tests = [clause.test for clause in program.clauses if clause.path[0] == key]
    met = (a.AllHold((*map(a.Entered, a.reads(test)), test)) for test in tests)
    return m.joined(map(lowering.answer, met), every=False)


def _outcome(program: Program, plan: Plan, lowerings: Mapping[str, Lowering]) -> Iterator[pl.Expr]:
    """Give the columns of results: attributes, total, grade, vetoes, and the points of nodes as they are shown."""
    rubric, layers = program.rubric, plan.layers
    yield pl.col(UNIT).alias("unit")
    yield from (pl.col(name) for name in rubric.attributes)
    yield _shown(plan.done[s.FINAL], rubric.total_places, layers).alias("total")
    if rubric.grades:
        best_first = best_grades(rubric.grades)
        place = rounded(plan.done[s.GRADE], 0, "half_up", layers)
        names = pl.when(place.column.expr <= len(best_first)).then(place.column.expr)
        numbers = list(range(1, len(best_first) + 1))
        yield names.replace_strict(numbers, best_first, default=None, return_dtype=pl.String).alias("grade")
    if rubric.vetoes:
        struck = [
            pl.when(plan.done[s.struck(at)].column.expr > 0).then(pl.lit(veto.title))
            for at, veto in enumerate(rubric.vetoes)
        ]
        yield pl.concat_str(struck, separator="、", ignore_nulls=True).alias("vetoes")
    for part in program.passes:
        for node in part.nodes:
            points = _points(node, plan.done[part.at(node.id)], lowerings[part.key], rubric.shown_places)
            yield points.alias(_node_name(part, node))


def _node_name(part: Pass, node: NodeTree) -> str:
    """Name the column of a node: of one that every round scores with the round before its id."""
    return node.id if part.weight is None else f"{part.round} {node.id}"


def _points(node: NodeTree, points: Amount, lowering: Lowering, places: int) -> pl.Expr:
    """Give the points of a node; none where it is not scored for the unit and counts nothing."""
    shown = _shown(points, places, lowering.layers)
    if node.scored is None:
        return shown
    is_scored = lowering.answer(node.scored).expr | (points.column.expr != 0)
    return pl.when(is_scored).then(shown)


def _shown(amount: Amount, places: int, layers: Layers) -> pl.Expr:
    """Round an amount as it is shown, to a decimal column."""
    shown = rounded(amount, places, "half_up", layers)
    whole = m.times(shown, 10**places // shown.over).column
    unit = pl.lit(Decimal(1).scaleb(-places))
    return (layers.named(whole).expr.cast(pl.Decimal(18, 0)) * unit).cast(pl.Decimal(18, places))


def _written(program: Program, frame: pl.LazyFrame, columns: Sequence[pl.Expr], places: Places, path: Path) -> int:
    """Write the columns of units with their places, in the order of the tables."""
    keys = [key.meta.output_name() for key in places.keys]
    taking_part = frame.filter(pl.col(TAKING_PART))
    joined = taking_part.with_columns(places.keys).join(places.frame.lazy(), on=keys, how="left", maintain_order="left")
    found = {column.meta.output_name(): column for column in columns}
    found |= {name: pl.col(name) for name in places.frame.columns if name not in keys}
    found |= {name: pl.when(~pl.col(UNRANKED)).then(found[name]).alias(name) for name in (RANK, GRADE) if name in found}
    nodes = (_node_name(part, node) for part in program.passes for node in part.nodes)
    names = ("unit", *program.rubric.attributes, *_STANDING, *nodes)
    joined.select(found[name] for name in names if name in found).sink_parquet(
        path, maintain_order=True, row_group_size=_ROW_GROUP, metadata={UNITS_MARK: program.rubric.rubric}
    )
    return places.count


_ROW_GROUP: Final = 200_000
_STANDING: Final = (RANK, GROUP_RANK, "total", GRADE, "vetoes", SELECTIONS)
"""Columns between what units are and the points of nodes."""
