"""Scoring on columns: tables in, a table of units out, where a rubric and its evidence can be held in columns."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from dangjian_score.api.inputs import Findings, InputError, RubricFile, in_order
from dangjian_score.core.diagnostics import has_errors

if TYPE_CHECKING:
    from dangjian_score.columnar.again import Source
    from dangjian_score.columnar.score import Scored
    from dangjian_score.words.say import Words

_FIRST: Final = 10
"""Rows of each file that are read by the exact engine, too, for what there is to say of its columns."""
ROWS_SHOWN: Final = 100
"""Rows of which is told what is wrong with them."""
_PIECE: Final = 1 << 20


class UnfitForColumns(Exception):  # noqa: N818  it is no failure: the exact engine has to score
    """Raised where columns cannot hold a rubric or its evidence."""


class BeyondSheetError(ValueError):
    """Raised where there are more units, or columns, than a sheet can hold."""


class RowsError(InputError):
    """Rows of tables have errors; of the first hundred of `count` is told what is wrong."""

    def __init__(self, findings: Findings, texts: Mapping[str, str], count: int) -> None:
        super().__init__(findings, texts)
        self.count = count


class OnColumns(Struct, frozen=True):
    """What was scored: the units by format of file, how many files and units there were, and what was noted.

    `source` and `scored` are for the lines of units.
    """

    data: Mapping[str, bytes]
    files: int
    units: int
    findings: Findings
    source: "Source"
    scored: "Scored"


def is_ready() -> bool:
    """Return whether the extra `columns` is installed."""
    from importlib.util import find_spec

    return find_spec("polars") is not None


def has_lines(paths: Iterable[Path], more_than: int) -> bool:
    """Return whether files may hold more rows than that: lines of .csv files, rows of others."""
    left = more_than
    for path in paths:
        left -= _lines(path, left)
        if left < 0:
            return True
    return False


def _lines(path: Path, enough: int) -> int:
    """Count the lines below the header of a .csv, or the rows of another table, until there are more than enough."""
    if path.suffix.lower() != ".csv":
        from dangjian_score.columnar.tables import rows_in

        return rows_in(path)
    count = -1
    with path.open("rb") as file:
        while count <= enough and (piece := file.read(_PIECE)):
            count += piece.count(b"\n")
    return max(count, 0)


def score_on_columns(
    rubric: RubricFile,
    paths: Mapping[str, Path],
    forms: Iterable[str],
    words: "Words",
    folder: Path,
    more_than: int | None = None,
    *,
    told: bool = False,
) -> OnColumns | None:
    """Score evidence in files of columns and .csv files, by their names; None unless there are more units than that.

    What is worked out on the way lies in a folder, as long as units may be `told` of.
    Raises UnfitForColumns where the exact engine has to do it, RowsError where rows have errors, BeyondSheetError.
    """
    from dangjian_score.columnar.again import Source
    from dangjian_score.columnar.amounts import UnfitError
    from dangjian_score.columnar.closer import looked_at, names_in
    from dangjian_score.columnar.delimited import with_delimited
    from dangjian_score.columnar.odd import OddRowsError
    from dangjian_score.columnar.score import score
    from dangjian_score.columnar.tables import opened
    from dangjian_score.evidence.read import expectations

    study = rubric.study
    known, program = study.catalogue, study.program
    expected = expectations(study.loaded.rubric, known)
    try:
        tables = opened(paths, expected)
        if more_than is not None and sum(table.count() for table in tables.units) <= more_than:
            return None
        tables = with_delimited(tables, known, expected, folder)
        first = {table.name: table.first_rows(_FIRST) for table in tables.all}
        look = looked_at(tables, first, study.rubric, program, known, expected)
        source, target = Source(program, known, expected, tables), folder / "units.parquet"
        scored = score(source, target, told=told)
        if has_errors(look.found):
            raise UnfitError
        data = {form: _written(form, target, rubric, words) for form in forms}
        return OnColumns(data, len(paths), scored.places.count, in_order(look.found), source, scored)
    except UnfitError:
        raise UnfitForColumns from None
    except OddRowsError as odd:
        shown = {table.name: [*odd.rows.get(table.name, ())][:ROWS_SHOWN] for table in tables.all}
        shown = {table.name: [*shown[table.name], *table.noted] for table in tables.all}
        closer = looked_at(tables, shown, study.rubric, program, known, expected)
        if not has_errors(closer.found) or names_in(tables, shown) - closer.units:
            raise UnfitForColumns from None
        raise RowsError(in_order(closer.found), rubric.texts, odd.count) from None


def _written(form: str, units: Path, rubric: RubricFile, words: "Words") -> bytes:
    """Write the units in a format."""
    if form == "parquet":
        return units.read_bytes()
    from dangjian_score.report.units import fits_a_sheet, units_csv, units_xlsx

    if form == "csv":
        return units_csv(units, rubric.study.rubric, words)
    if not fits_a_sheet(units):
        raise BeyondSheetError
    return units_xlsx(units, rubric.study.rubric, words)
