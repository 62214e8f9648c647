"""Rows of tables that need a closer look by the exact engine."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl

from dangjian_score.checks.events import TallyDemands
from dangjian_score.checks.sound import demanded
from dangjian_score.columnar import waived
from dangjian_score.columnar.amounts import Layers, UnfitError
from dangjian_score.columnar.lowering import ColumnLowering
from dangjian_score.columnar.parts import Parts
from dangjian_score.columnar.registers import RegisterRows
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, StoredTable
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT, EVENT, ROUND
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.program import Program
from dangjian_score.engine.totals import Pass
from dangjian_score.evidence.facts.merge import BETWEEN_UNITS
from dangjian_score.evidence.sheets import RawCell
from dangjian_score.evidence.tables.blocks import is_count_of_all
from dangjian_score.evidence.tables.cells import KeyText, read_key
from dangjian_score.evidence.tables.rows import is_name

_MOST_ODD: Final = 20_000
_PERHAPS: Final = (
    "^[0-9（共计其以全各总最本去上同综实目任应标权基参极排名增及优栏行列次序均人加算年填制审复经负统报联考监单部主领书签盖公日电备说附注此完无有所前]"
    "|^[没未不缺待暂尚]|^(?:中位|占比|分值|分管|求和|满分)|[章节计均平得总扣页]|数据来源|空白|不详|同上|[0-9线栏列]$"
    "|[^一-鿿0-9]|^.?$|^.{61}"
)
"""What may stand in the names of lines that are about no unit, and in those that have another spelling.

Such names are tested one by one.
"""


class OddRowsError(Exception):
    """Raised where rows of tables need a closer look: their numbers by file, and how many there are in all."""

    def __init__(self, rows: Mapping[str, Sequence[int]], count: int) -> None:
        super().__init__()
        self.rows, self.count = rows, count


def refuse(odd: pl.DataFrame, tables: Sequence[StoredTable]) -> None:
    """Raise OddRowsError if there are odd rows, given by their places."""
    if odd.height:
        first = odd.sort(FILE, ROW).head(_MOST_ODD)
        rows = {table.name: first.filter(pl.col(FILE) == at)[ROW].to_list() for at, table in enumerate(tables)}
        raise OddRowsError({name: numbers for name, numbers in rows.items() if numbers}, odd.height)


def refuse_units(units: Parts, names: pl.DataFrame, tables: Sequence[StoredTable]) -> None:
    """Raise OddRowsError with the rows of units that are odd, and those with odd names."""
    places = [FILE, ROW]
    found = units.each(lambda frame: frame.filter(ODD).select(places)).collect()
    refuse(pl.concat([found, names]).unique(), tables)


def refuse_events(
    rows: pl.LazyFrame,
    read: Mapping[str, RegisterRows],
    demands: Sequence[TallyDemands],
    known: Catalogue,
    units: pl.LazyFrame,
    tables: Sequence[StoredTable],
) -> None:
    """Raise OddRowsError where a row of a register is of no known unit or event, lacks something, or stands twice."""
    places = [FILE, ROW]
    found = [rows.filter(~pl.col(EVENT).is_in(list(known.registers)).fill_null(value=False)).select(places)]
    found += of_no_unit(rows, units)
    for name, register in read.items():
        layers = Layers()
        lowering = ColumnLowering(register.scope, layers)
        whole = [lowering.answer(each.whole).expr for each in demands if name in each.tally.registers]
        sound = reduce(lambda one, two: one & two, whole, pl.lit(value=True)).fill_null(value=False)
        frame = layers.applied(register.frame)
        found.append(frame.filter(~sound | pl.col(ODD)).select(places))
        told = [column for column in (*known.registers[name], ROUND) if column in register.columns]
        found += _alike(frame, [pl.col(UNIT), *(_meant(column, register) for column in told)])
    refuse(pl.concat(found).unique().collect(engine="streaming"), tables)


def of_no_unit(rows: pl.LazyFrame, units: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """Give the places of rows that name no unit, if there are any.

    Raises UnfitError where what they name may be several units, or one in another spelling.
    """
    names = rows.select(UNIT).unique().join(units.select(UNIT), on=UNIT, how="anti", nulls_equal=False)
    unknown = names.collect(engine="streaming")[UNIT]
    refuse_spellings(unknown)
    if len(unknown):
        yield rows.filter(pl.col(UNIT).is_in(unknown.drop_nulls().to_list()).fill_null(value=True)).select(FILE, ROW)


def refuse_spellings(names: pl.Series) -> None:
    """Raise UnfitError where a name that no unit has may stand for several units, or for one in another spelling."""
    if any(fold(name) != name or BETWEEN_UNITS.search(name) for name in names.drop_nulls()):
        raise UnfitError("notes alone")


def _alike(rows: pl.LazyFrame, columns: Sequence[pl.Expr]) -> Iterator[pl.LazyFrame]:
    """Give the places of rows that are alike in columns, if there are any: hashes tell sooner that there are none."""
    hashes = rows.select(pl.struct(columns).hash()).collect(engine="streaming").to_series()
    if hashes.n_unique() < len(hashes):
        yield rows.filter(pl.len().over(columns) > 1).select(FILE, ROW)


def _meant(column: str, register: RegisterRows) -> pl.Expr:
    """Return a column of a register as it is read: without an amount an event counts once."""
    if column != AMOUNT:
        return pl.col(column)
    figure = register.scope.figures.get(AMOUNT)
    return pl.col(AMOUNT).fill_null(1 if figure is None else figure.over)


def odd_names(units: Parts, heads: Collection[str]) -> pl.DataFrame:
    """Return the places of rows whose name is not surely that of a unit, or may be that of another row, too.

    `heads` are the titles of columns of units, in normal form.
    """
    hashes = units.each(lambda frame: frame.select(pl.col(UNIT).hash())).collect()[UNIT]
    perhaps = _named(units, is_doubtful(pl.col(UNIT)) | pl.col(UNIT).is_in(list(heads)))
    folded = {name: fold(name) for name in perhaps[UNIT].drop_nulls()}
    spelled = Counter(folded.values())
    doubtful = [name for name, form in folded.items() if spelled[form] > 1 or not is_sure(name, heads)]
    found = [perhaps.filter(pl.col(UNIT).is_null() | pl.col(UNIT).is_in(doubtful))]
    if respelled := [form for name, form in folded.items() if form != name]:
        found.append(_named(units, pl.col(UNIT).is_in(respelled)))
    if hashes.n_unique() < len(hashes):
        found.append(units.whole.filter(pl.len().over(UNIT) > 1).select(FILE, ROW, UNIT).collect())
    return pl.concat(each.select(FILE, ROW) for each in found)


def is_doubtful(name: pl.Expr) -> pl.Expr:
    """Return the test that a name may have another spelling, or be none."""
    return name.str.contains(_PERHAPS)


def _named(units: Parts, test: pl.Expr) -> pl.DataFrame:
    """Return the places and names of units whose name passes a test, or is missing."""
    passing = test.fill_null(value=True)
    return units.each(lambda frame: frame.filter(passing).select(FILE, ROW, UNIT)).collect()


def is_sure(name: str, heads: Collection[str]) -> bool:
    """Return whether a name is that of a unit, as it stands."""
    key = read_key(RawCell(name, typed=True))
    return isinstance(key, KeyText) and key.text == name and not is_count_of_all(name) and is_name(name, heads)


def lacking(program: Program, part: Pass, lowering: ColumnLowering) -> pl.Expr:
    """Return the test that a unit lacks something that the rules of a pass demand, where these are all plain."""
    asked = [RuleDemands.by(rule) for node in part.nodes for rule in node.rules]
    refs = a.refs(*(tree for demands in asked for tree in demands.rule.trees))
    if not {part.at(ref) for ref in refs} <= lowering.scope.done.keys():
        raise UnfitError("demands on points")
    clauses = () if part.round is not None else tuple(program.outside.values())
    limits = [(name, spec.at_most) for name, spec in program.rubric.measures.items() if spec.at_most is not None]
    if limits and part.round is not None:
        raise UnfitError("limits in rounds", limits[0][0])
    named = (*program.rubric.attributes, *a.reads(*clauses))
    wholes = dict.fromkeys(inner.whole for tree in clauses for inner in a.walk(tree) if isinstance(inner, a.Quotient))
    flagged = [demands for demands in asked if waived.reads_flagged(demands.rule, lowering.scope)]
    plain = [demands for demands in asked if demands not in flagged] if flagged else asked
    met = demanded(part, plain, named, wholes, limits)
    sound = lowering.answer(a.AllHold((met, *waived.sound(part, flagged, lowering.scope))) if flagged else met)
    return ~sound.expr.fill_null(value=False)
