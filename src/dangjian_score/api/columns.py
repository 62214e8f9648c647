"""Scoring on columns: tables in, a table of units out, where a rubric and its evidence can be held in columns."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api.files import read_bytes
from dangjian_score.api.inputs import Findings, InputError, RubricFile, in_order
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file, has_errors

if TYPE_CHECKING:
    from dangjian_score.columnar.again import Source
    from dangjian_score.columnar.amounts import Unfit
    from dangjian_score.columnar.odd import OddRowsError
    from dangjian_score.columnar.parts import Runner
    from dangjian_score.columnar.score import ScoredColumns
    from dangjian_score.columnar.tables import StoredTable, Tables
    from dangjian_score.words.say import Words

_FIRST: Final = 10
"""Rows of each file that are read by the exact engine, too, for what there is to say of its columns."""
ROWS_SHOWN: Final = 100
"""Rows of which is told what is wrong with them."""
_LOOKED_AT: Final = 2_000
"""Rows that may be odd for nothing but a warning."""
READ_WHOLE: Final = 1_000_000
"""Cells that are read again as a whole where rows are odd, in some ten seconds: all that is wrong is told then."""
_PIECE: Final = 1 << 20


class UnfitForColumns(Exception):  # noqa: N818  it is no failure: the exact engine has to score
    """Raised where columns cannot hold a rubric or its evidence: the reason, and what it is `about` ("": unknown)."""

    def __init__(self, reason: "Unfit", about: str = "") -> None:
        super().__init__(reason, about)
        self.reason, self.about = reason, about


class BeyondSheetError(ValueError):
    """Raised where there are more units, or columns, than a sheet can hold."""


class RowsError(InputError):
    """Rows of tables have errors; of the first hundred of `count` is told what is wrong."""

    def __init__(self, findings: Findings, texts: Mapping[str, str], count: int) -> None:
        super().__init__(findings, texts)
        self.count = count


class ScoredUnits(Struct, frozen=True):
    """What was scored: how many files and units there were, and what was noted.

    `near` is the number of units that the exact engine scored since a figure is too near to a boundary.
    """

    files: int
    units: int
    near: int
    findings: Findings


class OnColumns(Struct, frozen=True):
    """What was scored, and the units by format of file; `source` and `scored` are for the lines of units."""

    summary: ScoredUnits
    data: Mapping[str, bytes]
    source: "Source"
    scored: "ScoredColumns"


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
    from dangjian_score.columnar.parts import Here

    source, target = opened_source(rubric, paths), folder / "units.parquet"
    if more_than is not None and sum(table.count() for table in source.tables.units) <= more_than:
        return None
    source, scored, summary = scored_to(target, rubric, source, Here(), told=told)
    return OnColumns(summary, {form: _written(form, target, rubric, words) for form in forms}, source, scored)


def opened_source(rubric: RubricFile, paths: Mapping[str, Path]) -> "Source":
    """Open files by their names; each is told by its path as given, and opened by the absolute one.

    Raises InputError where one cannot be read, and UnfitForColumns.
    """
    from dangjian_score.columnar.again import Source
    from dangjian_score.columnar.amounts import UnfitError
    from dangjian_score.columnar.tables import opened
    from dangjian_score.evidence.read import expectations

    if broken := [*filter(None, map(_unreadable, paths, paths.values()))]:
        raise InputError(in_order(broken), {})
    study, absolute = rubric.study, {name: path.absolute() for name, path in paths.items()}
    expected = expectations(study.loaded.rubric, study.catalogue)
    try:
        return Source(study.program, study.catalogue, expected, opened(absolute, expected))
    except UnfitError as unfit:
        raise UnfitForColumns(unfit.reason, unfit.about) from None


def _unreadable(name: str, path: Path) -> Diagnostic | None:
    """Return why a file cannot be read as what its name says."""
    from dangjian_score.columnar.tables import why_unreadable

    first = read_bytes(path, 1)
    if isinstance(first, Diagnostic):
        return first
    suffix = path.suffix.lower()
    if suffix == ".csv" or (reason := why_unreadable(path)) is None:
        return None
    return at_file(Code.FILE_UNUSABLE, name, reason=reason if first else "empty file")


def scored_to(
    target: Path, rubric: RubricFile, source: "Source", runner: "Runner", *, told: bool = False
) -> tuple["Source", "ScoredColumns", ScoredUnits]:
    """Score files that are open and have a runner write the units; return what was read of the files, too.

    What is worked out on the way lies beside the target. Raises UnfitForColumns where the exact engine has to score,
    RowsError where rows have errors; what was written is then of no use.
    """
    from polars.exceptions import PolarsError

    from dangjian_score.columnar.amounts import UnfitError
    from dangjian_score.columnar.closer import looked_at
    from dangjian_score.columnar.delimited import with_delimited
    from dangjian_score.columnar.odd import OddRowsError
    from dangjian_score.columnar.score import score

    study, known, expected, tables = rubric.study, source.known, source.expected, source.tables
    try:
        tables = with_delimited(tables, known, expected, target.parent)
        first = {table.name: table.first_rows(_FIRST) for table in tables.all}
        look = looked_at(tables, first, study.rubric, source.program, known, expected)
        read = replace(source, tables=tables)
        noted = {*look.found}
        try:
            scored = score(read, target, runner, told=told)
        except OddRowsError as odd:
            if not (warned := _warned(odd, rubric, read)):
                raise
            read = replace(read, accepted=odd.rows)
            scored = score(read, target, runner, told=told)
            noted.update(warned)
        if has_errors(look.found) or any(each.code is Code.ROW_PASSED_OVER for each in look.found):
            raise UnfitError("notes alone")
        return read, scored, ScoredUnits(len(tables.all), scored.places.count, scored.near, in_order(noted))
    except UnfitError as unfit:
        raise UnfitForColumns(unfit.reason, unfit.about) from None
    except OddRowsError as odd:
        raise _refusal(odd, rubric, source, tables) from None
    except PolarsError:
        if broken := [*filter(None, map(_spoiled, source.tables.all))]:
            raise InputError(in_order(broken), {}) from None
        raise


def _warned(odd: "OddRowsError", rubric: RubricFile, source: "Source") -> Findings:
    """Return the warnings of odd rows of units where all that is odd is that they were judged needlessly, else none."""
    from dangjian_score.columnar.closer import looked_at, names_in

    tables = source.tables
    if odd.count > _LOOKED_AT or not odd.rows.keys() <= {table.name for table in tables.units}:
        return ()
    look = looked_at(tables, odd.rows, rubric.study.rubric, source.program, source.known, source.expected)
    needless = tuple(each for each in look.found if each.code is Code.JUDGED_NEEDLESSLY)
    named = {dict(each.args)["unit"] for each in needless}
    return needless if not has_errors(look.found) and names_in(tables, odd.rows) <= named else ()


def _refusal(odd: "OddRowsError", rubric: RubricFile, source: "Source", tables: "Tables") -> Exception:
    """Return what is wrong with odd rows: of little evidence all that is, else that of the first of these rows.

    It is UnfitForColumns where nothing is, or where those rows alone do not tell.
    """
    from dangjian_score.checks import evidence as checks
    from dangjian_score.columnar.amounts import UnfitError
    from dangjian_score.columnar.closer import looked_at, names_in
    from dangjian_score.evidence.read import read_evidence

    study = rubric.study
    if sum(table.count() * len(table.header) for table in source.tables.all) <= READ_WHOLE:
        files = {table.name: table.path.read_bytes() for table in source.tables.all}
        evidence, read = read_evidence(files, study.rubric, study.catalogue)
        found = (*read, *checks.check(study.program, evidence))
        return RowsError(in_order(found), rubric.texts, 0) if has_errors(found) else UnfitForColumns("notes alone")
    shown = {table.name: [*odd.rows.get(table.name, ())][:ROWS_SHOWN] for table in tables.all}
    shown = {table.name: [*shown[table.name], *table.noted] for table in tables.all}
    try:
        closer = looked_at(tables, shown, study.rubric, source.program, source.known, source.expected)
    except UnfitError as unfit:
        return UnfitForColumns(unfit.reason, unfit.about)
    if not has_errors(closer.found) or names_in(tables, shown) - closer.units:
        return UnfitForColumns("notes alone", next((name for name, rows in shown.items() if rows), ""))
    return RowsError(in_order(closer.found), rubric.texts, odd.count)


def _spoiled(table: "StoredTable") -> Diagnostic | None:
    """Return that the rows of a file of columns cannot be read."""
    from polars import all as every
    from polars.exceptions import PolarsError

    suffix = table.path.suffix.lower()
    if suffix == ".csv":
        return None
    try:
        table.scan().select(every().null_count()).collect(engine="streaming")
    except PolarsError:
        kind = "not parquet" if suffix == ".parquet" else "not arrow"
        return at_file(Code.FILE_UNUSABLE, table.name, reason=kind)
    return None


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
