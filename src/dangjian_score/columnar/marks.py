"""Rows of assessors → what each gave for a measure as points, and what of it needs a closer look."""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from typing import Final

import polars as pl
from msgspec import Struct

from dangjian_score.columnar.amounts import Amount, Column, Layers, UnfitError
from dangjian_score.columnar.lowering import ColumnLowering, Scope
from dangjian_score.columnar.parts import Here, Parts
from dangjian_score.columnar.registers import in_final_form
from dangjian_score.columnar.tables import FILE, ODD, ROW, UNIT, StoredTable, forms
from dangjian_score.columnar.values import flag, values_of
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import ASSESSOR, CATEGORY
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.engine.program import Program
from dangjian_score.evidence.facts.assessors import REASONS
from dangjian_score.evidence.tables.blocks import is_total
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory

_NAMES: Final = Measure(ASSESSOR, "text", None, None, None, ())
_SHAPE: Final = "·shape"
"""A column that is the same for tables with the same columns."""
NOBODY: Final = pl.lit(value=False)
"""The test that no row passes."""
TWICE: Final = "·twice"
"""A column by unit that tells whether an assessor has two rows."""


class Marks(Struct, frozen=True):
    """The rows of assessors: of each measure a column of points (`mark`) and one of what is in `doubt`.

    Points are null where nothing was given; their amounts are given by measure.
    """

    frame: pl.LazyFrame
    scope: Scope
    bases: Mapping[str, Assessed]
    amounts: Mapping[str, Amount]

    @property
    def twice(self) -> pl.Expr:
        """The test of the rows of a unit that an assessor has several of one kind."""
        return (pl.struct(_SHAPE, ASSESSOR).n_unique() != pl.len()).alias(TWICE)


def mark(measure: str) -> str:
    """Name the column with the points of what each assessor gave."""
    return f"{measure}·mark"


def excused(measure: str, rows: Scope) -> pl.Expr:
    """Return the test that a row has a word for no figure: 弃权, 回避, 缺评."""
    return pl.col(flag(measure)) if flag(measure) in rows.answers else NOBODY


def doubt(measure: str) -> str:
    """Name the column that tells whether what was given needs a closer look, where a rule reads it."""
    return f"{measure}·doubt"


def bases_of(program: Program) -> dict[str, Assessed]:
    """Return how each judged measure becomes one figure. Raises UnfitError where rules differ."""
    found: dict[str, Assessed] = {}
    for rule in program.rules:
        if isinstance(rule.basis, Assessed) and found.setdefault(rule.basis.measure, rule.basis) != rule.basis:
            raise UnfitError("assessors unlike", rule.basis.measure)
    return found


def fits_its_table(basis: Assessed) -> a.Test:
    """Return the test that what one assessor gave lies in the range of a rule, or in its table."""
    if isinstance(basis, Graded):
        return basis.table.listed or a.AllHold(())
    at_least = a.Compare(basis.worth, "at_least", a.Const(basis.least))
    return a.AllHold((at_least, a.Compare(basis.worth, "at_most", a.Const(basis.most))))


def marks_of(tables: Sequence[StoredTable], program: Program, known: Catalogue) -> Marks:
    """Take the rows of assessors. Raises UnfitError."""
    rows = pl.concat([table.frame(at) for at, table in enumerate(tables)], how="diagonal_relaxed")
    judged = {name: basis for name, basis in bases_of(program).items() if name in rows.collect_schema().names()}
    if any(map(is_total, rows.select(pl.col(ASSESSOR).cast(pl.String).unique().drop_nulls()).collect()[ASSESSOR])):
        raise UnfitError("notes alone")  # a line of totals, which is passed over
    shaped = _Shapes(tables, judged)
    rows = _emptied(rows, judged, shaped)
    values = values_of(
        Parts((rows,), Here()), {ASSESSOR: _NAMES, **{name: known.measures[name] for name in judged}}, (), forms(tables)
    )
    form = in_final_form(values, _doubts(judged, known, shaped))
    priced, layers = _priced(judged, known, shaped, form.scope)
    frame = layers.applied(form.taken(rows)).with_columns(priced.columns)
    return Marks(frame, form.scope, judged, priced.amounts)


class _Shapes:
    """Which tables have which columns. Raises UnfitError where two with different columns have a measure in common."""

    def __init__(self, tables: Sequence[StoredTable], judged: Collection[str]) -> None:
        names = [frozenset(table.titles) for table in tables]
        self._shapes = list(dict.fromkeys(names))
        self._of_files = [self._shapes.index(own) for own in names]
        shared = [name for name in judged if sum(name in shape for shape in self._shapes) > 1]
        if shared or (len(self._shapes) > 1 and any(CATEGORY in shape for shape in self._shapes)):
            raise UnfitError("assessors unlike")

    @property
    def column(self) -> pl.Expr:
        """The number of the shape of a row's table."""
        files = list(range(len(self._of_files)))
        return pl.col(FILE).replace_strict(files, self._of_files, return_dtype=pl.Int64).alias(_SHAPE)

    def has(self, measure: str) -> pl.Expr:
        """Return the test that a row's table has the column of a measure."""
        shape = next(at for at, names in enumerate(self._shapes) if measure in names)
        return pl.col(_SHAPE) == shape if len(self._shapes) > 1 else pl.lit(value=True)


def _given(measure: str) -> str:
    return f"{measure}·given"


def _emptied(rows: pl.LazyFrame, judged: Collection[str], shapes: _Shapes) -> pl.LazyFrame:
    """Tell where something stands, and take words for no figure out of columns of texts, with a `flag` instead."""
    schema = rows.collect_schema()
    rows = rows.with_columns(shapes.column)
    if CATEGORY not in schema:
        rows = rows.with_columns(pl.lit(None, pl.String).alias(CATEGORY))
    elif schema[CATEGORY] != pl.String:
        raise UnfitError("column type", CATEGORY)
    texts = [name for name in judged if schema[name] == pl.String]
    rows = rows.with_columns(pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)) for name in texts)
    absent = {name: pl.col(name).is_in(list(REASONS)).fill_null(value=False) for name in texts}
    flags = {name: pl.col(flag(name)).fill_null(value=False) for name in judged if flag(name) in schema} | absent
    given = [(pl.col(name).is_not_null() | flags.get(name, NOBODY)).alias(_given(name)) for name in judged]
    rows = rows.with_columns(*given, *(test.alias(flag(name)) for name, test in flags.items()))
    return rows.with_columns(pl.when(~pl.col(flag(name))).then(pl.col(name)).alias(name) for name in texts)


def _doubts(judged: Mapping[str, Assessed], known: Catalogue, shapes: _Shapes) -> list[pl.Expr]:
    """Return the tests of rows of no assessor, or of one of no category where measures go by that."""
    categories = {name for names in known.categories.values() for name in names}
    grouped = [name for name, basis in judged.items() if isinstance(basis.combine, ByCategory)]
    found = [pl.col(ASSESSOR).is_null()]
    if grouped:
        needed = pl.any_horizontal(_given(name) for name in grouped)
        there = pl.any_horizontal(shapes.has(name) for name in grouped)
        unknown = ~pl.col(CATEGORY).is_in(list(categories))
        found.append(there & unknown.fill_null(needed))
    return found


class _Priced(Struct, frozen=True):
    columns: tuple[pl.Expr, ...]
    amounts: Mapping[str, Amount]


def _priced(judged: Mapping[str, Assessed], known: Catalogue, shapes: _Shapes, scope: Scope) -> tuple[_Priced, Layers]:
    """Price what stands in each row, and tell what is in doubt: blanks, what a rule does not let assessors give."""
    layers, columns, amounts = Layers(), list[pl.Expr](), dict[str, Amount]()
    lowering = ColumnLowering(scope, layers)
    empty = ~pl.any_horizontal(_given(name) for name in judged)
    for name, basis in judged.items():
        worth, fitting = lowering.amount(basis.worth), lowering.answer(fits_its_table(basis))
        if not worth.is_plain or layers.doubts:
            raise UnfitError("never rounded", name)
        asked = [shapes.has(name)]
        if isinstance(basis.combine, ByCategory):
            asked.append(pl.col(_given(name)) | pl.col(CATEGORY).is_in(basis.combine.categories))
        is_asked = reduce(lambda one, two: one & two, asked).fill_null(value=False)
        there, doubts = is_asked & pl.col(name).is_not_null(), [~fitting.expr.fill_null(value=False)]
        if isinstance(basis.combine, ByCategory):
            doubts.append(~pl.col(CATEGORY).is_in(basis.combine.categories).fill_null(value=False))
        wrong = there & reduce(lambda one, two: one | two, doubts)
        blank = is_asked & pl.col(name).is_null() & ~excused(name, scope) & ~empty
        columns.append(pl.when(there).then(worth.column.expr.cast(pl.Int64)).alias(mark(name)))
        columns.append((wrong if known.measures[name].abstains else wrong | blank).alias(doubt(name)))
        amounts[name] = Amount(Column(pl.col(mark(name))), worth.least, worth.most, worth.over)
    return _Priced(tuple(columns), amounts), layers


def odd_places(marks: Marks, units: pl.DataFrame) -> pl.DataFrame:
    """Return the places of rows that need a closer look; `units` are those of which any row does."""
    about = marks.frame.join(units.lazy().select(UNIT, TWICE), on=UNIT, how="inner", nulls_equal=True)
    return about.filter(pl.col(ODD) | pl.col(TWICE)).select(FILE, ROW).collect()
