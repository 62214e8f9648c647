"""Scoring on columns: Parquet in, Parquet out, where a rubric and its evidence can be held in columns."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from dangjian_score.api.inputs import Findings, InputError, RubricFile, in_order
from dangjian_score.core.diagnostics import has_errors

if TYPE_CHECKING:
    from dangjian_score.columnar.parts import Runner

_FIRST: Final = 10
"""Rows of each file that are read by the exact engine, too, for what there is to say of its columns."""
ROWS_SHOWN: Final = 100
"""Rows of which is told what is wrong with them."""


class UnfitForColumns(Exception):  # noqa: N818  it is no failure: the exact engine has to score
    """Raised where columns cannot hold a rubric or its evidence."""


class RowsError(InputError):
    """Rows of tables have errors; of the first hundred of `count` is told what is wrong."""

    def __init__(self, findings: Findings, texts: Mapping[str, str], count: int) -> None:
        super().__init__(findings, texts)
        self.count = count


class ScoredUnits(Struct, frozen=True):
    """What was scored: how many files and units there were, and what was noted."""

    files: int
    units: int
    findings: Findings


def is_ready() -> bool:
    """Return whether the extra `columns` is installed."""
    from importlib.util import find_spec

    return find_spec("polars") is not None


def score_on_columns(rubric: RubricFile, paths: Mapping[str, Path]) -> tuple[bytes, ScoredUnits]:
    """Score evidence in .parquet files, by their names, in this process; return the units as a .parquet file, too.

    Raises what `scored_to` raises.
    """
    from dangjian_score.columnar.parts import Here

    with TemporaryDirectory() as folder:
        target = Path(folder) / "units.parquet"
        done = scored_to(target, rubric, paths, Here())
        return target.read_bytes(), done


def scored_to(target: Path, rubric: RubricFile, paths: Mapping[str, Path], runner: "Runner") -> ScoredUnits:
    """Score evidence in .parquet files and have a runner write the units.

    Raises UnfitForColumns where the exact engine has to do it, RowsError where rows have errors; what was written is
    then of no use.
    """
    from dangjian_score.columnar.amounts import UnfitError
    from dangjian_score.columnar.closer import looked_at, names_in
    from dangjian_score.columnar.odd import OddRowsError
    from dangjian_score.columnar.score import score
    from dangjian_score.columnar.tables import opened
    from dangjian_score.evidence.read import expectations

    study = rubric.study
    known, program = study.catalogue, study.program
    expected = expectations(study.loaded.rubric, known)
    try:
        tables = opened(paths, expected)
        first = {table.name: table.first_rows(_FIRST) for table in tables.all}
        look = looked_at(tables, first, study.rubric, program, known, expected)
        units = score(program, known, tables, target, runner)
        if has_errors(look.found):
            raise UnfitError
        return ScoredUnits(len(paths), units, in_order(look.found))
    except UnfitError:
        raise UnfitForColumns from None
    except OddRowsError as odd:
        shown = {name: numbers[:ROWS_SHOWN] for name, numbers in odd.rows.items()}
        closer = looked_at(tables, shown, study.rubric, program, known, expected)
        if not has_errors(closer.found) or names_in(tables, shown) - closer.units:
            raise UnfitForColumns from None
        raise RowsError(in_order(closer.found), rubric.texts, odd.count) from None
