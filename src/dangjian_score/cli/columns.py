"""Which engine scores: columns (Parquet in, one Parquet out, nothing else), here or on Spark, else the exact one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from dangjian_score.api.assessment import suffix
from dangjian_score.api.columns import ROWS_SHOWN, RowsError, ScoredUnits, UnfitForColumns, is_ready, score_on_columns
from dangjian_score.api.files import evidence_files, short_names
from dangjian_score.api.inputs import Findings, RubricFile
from dangjian_score.cli import outputs, screen
from dangjian_score.cli.ending import ending
from dangjian_score.cli.usage import MisuseError
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.words.say import Words

EXACT: Final = "exact"
COLUMNS: Final = "columns"
SPARK: Final = "spark"
_TABLE = "parquet"


class ColumnJob(Struct, frozen=True):
    """Evidence that columns may score, by the names of its files, what was passed over, and what is written.

    `engine` is the one that was asked for, if any.
    """

    evidence: Mapping[str, Path]
    findings: Findings
    target: Path
    engine: str | None


def asked_columns(
    engine: str | None, evidence: Iterable[str], targets: Sequence[Path], *, plain: bool
) -> ColumnJob | None:
    """Return what columns may score; None where the exact engine has to.

    `plain` is false where more is asked for than files. Raises MisuseError where columns are asked for all the same.
    """
    if engine == EXACT:
        return None
    read, findings = evidence_files(evidence, frozenset())
    suffixes = {suffix(path) for path in (*read, *targets)}
    fits = plain and bool(read) and not has_errors(findings) and suffixes == {_TABLE} and len(targets) == 1
    if engine is not None:
        _check(engine, fits=fits)
    return ColumnJob(short_names(read), findings, targets[0], engine) if fits and is_ready() else None


def _check(engine: str, *, fits: bool) -> None:
    """Refuse an engine that cannot do what is asked, or that lacks something."""
    from dangjian_score.api.spark import lacking

    if not fits:
        raise MisuseError("columns alone", engine=engine)
    if engine == COLUMNS and not is_ready():
        raise MisuseError("columns extra")
    if engine == SPARK and (missing := lacking()):
        raise MisuseError(missing)


def scored_on_columns(rubric: RubricFile, job: ColumnJob, words: Words, *, quiet: bool) -> ScoredUnits | None:
    """Score on columns and write the units; None where the exact engine has to, which is said.

    Raises MisuseError where that must not be, RowsError where rows have errors, and OutputError.
    """
    try:
        return _on_spark(rubric, job, words, quiet=quiet) if job.engine == SPARK else _here(rubric, job, words, quiet)
    except RowsError as error:
        if error.count > ROWS_SHOWN:
            screen.tell(words.text("odd rows", count=str(error.count), shown=str(ROWS_SHOWN)))
        raise
    except UnfitForColumns:
        if job.engine is not None:
            raise MisuseError("columns unfit", rubric=rubric.id, engine=job.engine) from None
        screen.tell(words.text("exact instead"))
        return None


def _here(rubric: RubricFile, job: ColumnJob, words: Words, quiet: bool) -> ScoredUnits:
    data, done = score_on_columns(rubric, job.evidence)
    outputs.write({job.target: data}, words, quiet=quiet)
    return done


def _on_spark(rubric: RubricFile, job: ColumnJob, words: Words, *, quiet: bool) -> ScoredUnits:
    from dangjian_score.api.spark import scored_by_spark

    with ending.taken_back():
        done = scored_by_spark(rubric, job.evidence, job.target)
    if not quiet:
        screen.tell(words.text("written", path=str(job.target)))
    return done
