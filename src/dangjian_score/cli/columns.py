"""Which engine scores: columns for large tables where nothing but tables of units is asked for, else the exact one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import typer
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api.assessment import suffix
from dangjian_score.api.columns import (
    ROWS_SHOWN,
    BeyondSheetError,
    OnColumns,
    RowsError,
    ScoredUnits,
    UnfitForColumns,
    has_lines,
    is_ready,
    score_on_columns,
)
from dangjian_score.api.files import evidence_files, short_names
from dangjian_score.api.inputs import Findings, InputError, RubricFile, in_order
from dangjian_score.api.writing import unwritable
from dangjian_score.cli import screen
from dangjian_score.cli.usage import MisuseError
from dangjian_score.core.diagnostics import Severity, has_errors
from dangjian_score.words.say import Words

EXACT: Final = "exact"
COLUMNS: Final = "columns"
MANY: Final = 20_000
"""Units from which on tables that are not all files of columns, or outputs that are not, are scored on columns."""
_READ: Final = frozenset({"parquet", "arrow", "feather", "csv"})
_WRITTEN: Final = frozenset({"parquet", "csv", "xlsx"})


class ColumnJob(Struct, frozen=True):
    """Evidence that columns may score, by the names of its files, and the files that are written.

    `findings` are about files that are passed over. It is for columns alone where there are `more_than` so many units;
    None: however many there are.
    """

    evidence: Mapping[str, Path]
    targets: tuple[Path, ...]
    findings: Findings
    more_than: int | None = None


def asked_columns(
    engine: str | None, evidence: Iterable[str], outputs: Sequence[Path], *, plain: bool, many: int = MANY
) -> ColumnJob | None:
    """Return what columns may score; None where the exact engine has to.

    `plain` is false where more is asked for than files. Raises MisuseError where columns are asked for all the same.
    """
    if engine == EXACT or (engine is None and not (plain and outputs)):
        return None
    read, findings = evidence_files(evidence, frozenset())
    if engine == COLUMNS and has_errors(findings):
        raise InputError(findings, {})
    stored, written = {suffix(path) for path in read}, {suffix(path) for path in outputs}
    fits = plain and bool(outputs) and not has_errors(findings) and stored <= _READ and written <= _WRITTEN
    if engine == COLUMNS and not fits:
        raise MisuseError("columns alone")
    if engine == COLUMNS and not is_ready():
        raise MisuseError("columns extra")
    if not fits or not is_ready():
        return None
    targets = tuple(outputs)
    if engine == COLUMNS or ("csv" not in stored and written == {"parquet"}):
        return ColumnJob(short_names(read), targets, findings)
    return ColumnJob(short_names(read), targets, findings, many) if has_lines(read, many) else None


def scored_on_columns(
    rubric: RubricFile, job: ColumnJob, words: Words, folder: Path, *, only: bool, told: bool = False
) -> OnColumns | None:
    """Score on columns; None where the exact engine has to, which is said unless there are few units.

    What units may be `told` of by afterwards lies in the folder.

    Raises MisuseError where that must not be (`only`), RowsError where rows have errors, and OutputError for more
    units than a sheet holds.
    """
    try:
        forms = dict.fromkeys(map(suffix, job.targets))
        done = score_on_columns(rubric, job.evidence, forms, words, folder, job.more_than, told=told)
    except RowsError as error:
        tell_rows(error, words)
        raise
    except BeyondSheetError:
        book = next(path for path in job.targets if suffix(path) == "xlsx")
        raise unwritable(str(book), "units beyond a sheet") from None
    except UnfitForColumns as unfit:
        if only:
            why = {"why": unfit.reason, "about": unfit.about}
            raise MisuseError("columns unfit", rubric=rubric.id, engine=COLUMNS, **why) from None
        screen.tell(words.text("exact instead", why=unfit.reason, about=unfit.about))
        return None
    if done is None:
        return None
    return replace(done, summary=replace(done.summary, findings=in_order((*job.findings, *done.summary.findings))))


def tell_rows(error: RowsError, words: Words) -> None:
    """Say how many rows have errors where not all of them are shown."""
    if error.count > ROWS_SHOWN:
        screen.tell(words.text("odd rows", count=str(error.count), shown=str(ROWS_SHOWN)))


def remark(ctx: typer.Context, done: ScoredUnits, *, quiet: bool) -> None:
    """Say what was scored, and what was noted on the way."""
    words: Words = ctx.obj
    if done.near and not quiet:
        screen.tell(words.text("near units", count=str(done.near)))
    noted = tuple(finding for finding in done.findings if not quiet or finding.severity is not Severity.NOTE)
    if noted:
        screen.tell_findings(noted, {}, words, ctx.color)
    if not quiet:
        screen.tell(words.text("scored on columns", files=str(done.files), units=str(done.units)))
