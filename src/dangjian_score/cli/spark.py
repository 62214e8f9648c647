"""`--engine spark`: .parquet files, scored on a Spark cluster to a folder of such files."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NoReturn

import typer
from msgspec.structs import replace

from dangjian_score.api.assessment import suffix
from dangjian_score.api.columns import RowsError, UnfitForColumns
from dangjian_score.api.files import evidence_files, short_names
from dangjian_score.api.inputs import InputError, RubricFile, in_order
from dangjian_score.cli import DONE, screen
from dangjian_score.cli.columns import remark, tell_rows
from dangjian_score.cli.ending import ending
from dangjian_score.cli.usage import MisuseError
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.words.say import Words

SPARK: Final = "spark"


def on_spark(
    ctx: typer.Context,
    rubric: RubricFile,
    evidence: Iterable[str],
    outputs: Sequence[Path],
    *,
    plain: bool,
    quiet: bool,
) -> NoReturn:
    """Score on Spark, write the units, say what was noted, and exit; `plain` is false where more is asked for.

    Raises MisuseError where Spark cannot do that, InputError and OutputError.
    """
    from dangjian_score.api.spark import lacking, scored_by_spark

    words: Words = ctx.obj
    read, findings = evidence_files(evidence, frozenset())
    if has_errors(findings):
        raise InputError(findings, {})
    if not plain or len(outputs) != 1 or {suffix(path) for path in (*read, *outputs)} != {"parquet"}:
        raise MisuseError("spark alone")
    if missing := lacking():
        raise MisuseError(missing)
    try:
        with ending.taken_back():
            done = scored_by_spark(rubric, short_names(read), outputs[0])
    except RowsError as error:
        tell_rows(error, words)
        raise
    except UnfitForColumns as unfit:
        why = {"why": unfit.reason, "about": unfit.about}
        raise MisuseError("columns unfit", rubric=rubric.id, engine=SPARK, **why) from None
    if not quiet:
        screen.tell(words.text("written", path=str(outputs[0])))
    remark(ctx, replace(done, findings=in_order((*findings, *done.findings))), quiet=quiet)
    raise typer.Exit(DONE)
