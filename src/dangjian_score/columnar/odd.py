"""Rows of tables that need a closer look by the exact engine."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl

from dangjian_score.checks.events import TallyDemands
from dangjian_score.checks.sound import demanded
from dangjian_score.columnar.amounts import Layers, UnfitError
from dangjian_score.columnar.lowering import Lowering
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import RegisterRows
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, Table
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT, EVENT
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass

_MOST_ODD: Final = 20_000
_PLAIN: Final = r"^[\p{Han}A-Za-z0-9（）()]{2,60}$"
"""What names are made of that need no closer look."""
_PERHAPS: Final = (
    "[0-9]年|^[0-9（(]|合计|小计|总计|总和|总数|总评|总分|累计|汇总|共|计$|均|最高|最低|最大|最小|满分|标准|分值|权重|占比|中位|求和"
    "|得分|扣分|其中|去年|上年|同期|上期|目标|任务|应报|权数|基数|参考|极差|排名|名次|增幅|线$|[（(]|(?i:max|min|sum|average|avg|end)"
    "|填表|填报|制表|审核|审批|复核|经办|负责|报送|签|盖章|公章|日期|年月日|电话|^注|备注|说明|页|数据来源|空白|领导$|不详|暂|^[无没未不缺待]"
)
"""What may stand in the names of lines that are about no unit."""
_NAME: Final = "·name"


class OddRowsError(Exception):
    """Raised where rows of tables need a closer look: their numbers by file, and how many there are in all."""

    def __init__(self, rows: Mapping[str, Sequence[int]], count: int) -> None:
        super().__init__()
        self.rows, self.count = rows, count


def refuse(odd: pl.DataFrame, tables: Sequence[Table]) -> None:
    """Raise OddRowsError if there are odd rows, given by their places."""
    if odd.height:
        first = odd.sort(FILE, ROW).head(_MOST_ODD)
        rows = {table.name: first.filter(pl.col(FILE) == at)[ROW].to_list() for at, table in enumerate(tables)}
        raise OddRowsError({name: numbers for name, numbers in rows.items() if numbers}, odd.height)


def refuse_units(units: Parts, tables: Sequence[Table]) -> None:
    """Raise OddRowsError with the rows of units that are odd, and those of which the unit has several."""
    found = [units.whole.filter(pl.col(ODD)), units.whole.filter(pl.len().over(UNIT) > 1)]
    refuse(pl.concat([each.select(FILE, ROW) for each in found]).unique().collect(), tables)


def refuse_events(
    rows: pl.LazyFrame,
    read: Mapping[str, RegisterRows],
    demands: Sequence[TallyDemands],
    known: Catalogue,
    units: pl.LazyFrame,
    tables: Sequence[Table],
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
        alike = [
            pl.col(UNIT),
            *(_meant(column, register) for column in known.registers[name] if column in register.columns),
        ]
        found.append(frame.filter(pl.len().over(alike) > 1).select(places))
    refuse(pl.concat(found).unique().collect(), tables)


def _meant(column: str, register: RegisterRows) -> pl.Expr:
    """Return a column of a register as it is read: without an amount an event counts once."""
    if column != AMOUNT:
        return pl.col(column)
    figure = register.scope.figures.get(AMOUNT)
    return pl.col(AMOUNT).fill_null(1 if figure is None else figure.over)


def names_twice(units: Parts) -> bool:
    """Return whether two rows may be of one unit: their names have the same hash."""
    hashes = units.each(lambda frame: frame.select(pl.col(UNIT).hash().alias(_NAME))).collect()[_NAME]
    return hashes.n_unique() != len(hashes)


def doubtful_name() -> pl.Expr:
    """Return the test that a name is not surely that of a unit."""
    name = pl.col(UNIT)
    return (~name.str.contains(_PLAIN) | name.str.contains(_PERHAPS)).fill_null(value=True)


def lacking(program: Program, part: Pass, lowering: Lowering) -> pl.Expr:
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
