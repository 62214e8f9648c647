"""Which engine scores: columns for Parquet in and out where nothing else is asked for, else the exact one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from dangjian_score.api.assessment import suffix
from dangjian_score.api.columns import ROWS_SHOWN, OnColumns, RowsError, UnfitForColumns, is_ready, score_on_columns
from dangjian_score.api.files import evidence_files, short_names
from dangjian_score.api.inputs import RubricFile
from dangjian_score.cli import screen
from dangjian_score.cli.usage import MisuseError
from dangjian_score.words.say import Words

_TABLE = "parquet"


class ColumnJob(Struct, frozen=True):
    """Evidence that columns may score, by the names of its files, and the file that is written."""

    evidence: Mapping[str, Path]
    target: Path


def asked_columns(
    engine: str | None, evidence: Iterable[str], outputs: Sequence[Path], *, plain: bool
) -> ColumnJob | None:
    """Return what columns may score; None where the exact engine has to.

    `plain` is false where more is asked for than files. Raises MisuseError where columns are asked for all the same.
    """
    if engine == "exact":
        return None
    read, findings = evidence_files(evidence, frozenset())
    fits = plain and bool(read) and not findings and {suffix(path) for path in (*read, *outputs)} == {_TABLE}
    if engine == "columns" and not (fits and len(outputs) == 1):
        raise MisuseError("columns alone")
    if engine == "columns" and not is_ready():
        raise MisuseError("columns extra")
    return ColumnJob(short_names(read), outputs[0]) if fits and len(outputs) == 1 and is_ready() else None


def scored_on_columns(
    rubric: RubricFile, job: ColumnJob, words: Words, *, only: bool, told: bool = False
) -> OnColumns | None:
    """Score on columns; None where the exact engine has to, which is said. Units may be `told` of afterwards.

    Raises MisuseError where that must not be (`only`), and RowsError where rows have errors.
    """
    try:
        return score_on_columns(rubric, job.evidence, told=told)
    except RowsError as error:
        if error.count > ROWS_SHOWN:
            screen.tell(words.text("odd rows", count=str(error.count), shown=str(ROWS_SHOWN)))
        raise
    except UnfitForColumns:
        if only:
            raise MisuseError("columns unfit", rubric=rubric.id) from None
        screen.tell(words.text("exact instead"))
        return None
