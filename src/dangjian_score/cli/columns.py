"""Which engine scores: columns for Parquet in and out where nothing else is asked for, else the exact one."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from dangjian_score.api.assessment import suffix
from dangjian_score.api.columns import OnColumns, UnfitForColumns, is_ready, score_on_columns
from dangjian_score.api.files import candidates
from dangjian_score.api.inputs import RubricFile
from dangjian_score.cli import screen
from dangjian_score.cli.usage import MisuseError
from dangjian_score.words.say import Words

_TABLE = "parquet"


def may_use_columns(
    engine: str | None, evidence: Iterable[str], outputs: Sequence[Path], *, plain: bool
) -> Path | None:
    """Return the file that columns may write; None where the exact engine has to score.

    Raises MisuseError where columns are asked for and something else is, too.
    """
    if engine == "exact":
        return None
    read = candidates(evidence, frozenset())
    fits = plain and bool(read) and {suffix(path) for path in (*read, *outputs)} == {_TABLE} and len(outputs) == 1
    if engine == "columns" and not fits:
        raise MisuseError("columns alone")
    if engine == "columns" and not is_ready():
        raise MisuseError("columns extra")
    return outputs[0] if fits and is_ready() else None


def scored_on_columns(rubric: RubricFile, evidence: Iterable[str], words: Words, *, only: bool) -> OnColumns | None:
    """Score on columns; None where the exact engine has to, which is said.

    Raises MisuseError where that must not be (`only`), and InputError where rows have errors.
    """
    try:
        return score_on_columns(rubric, evidence)
    except UnfitForColumns:
        if only:
            raise MisuseError("columns unfit", rubric=rubric.id) from None
        screen.tell(words.text("exact instead"))
        return None
