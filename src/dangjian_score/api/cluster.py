"""Scoring on a cluster: tables in a folder that all workers see, a folder of .parquet files beside them."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from dangjian_score.api.columns import ScoredUnits, UnfitForColumns, opened_source, scored_to
from dangjian_score.api.files import evidence_files, is_output, short_names
from dangjian_score.api.inputs import InputError, RubricFile, in_order
from dangjian_score.api.writing import NEW, OLD, reason_of, sync_folder, unwritable
from dangjian_score.core.diagnostics import Code, at_file, has_errors
from dangjian_score.core.signals import undisturbed

if TYPE_CHECKING:
    from dangjian_score.columnar.cluster import Spread

_NAME_LENGTH: Final = 40
_RESULT: Final = "result"
_DONE: Final = "_SUCCESS"
"""An empty file that Hadoop's programs put beside the parts; nothing is lost with it."""


def score_on_cluster(rubric: RubricFile, evidence: str | Path, target: str | Path, spread: "Spread") -> ScoredUnits:
    """Score evidence in .parquet files (a folder, a pattern, or one file) on a cluster, to a folder of such files.

    `spread(work, tasks)` has the cluster do `work(task)` for each of the tasks, and returns what that returns, in
    their order. Workers need Polars in the version of this process, and see all files by the same paths.
    Raises InputError, OutputError, and UnfitForColumns where the exact engine has to score.
    """
    paths, findings = evidence_files([str(evidence)], frozenset())
    if has_errors(findings):
        raise InputError(findings, {})
    if any(path.suffix.lower() != ".parquet" for path in paths):
        raise UnfitForColumns("parquet alone")
    done = scored_on_cluster(rubric, short_names(paths), Path(target), spread)
    return replace(done, findings=in_order((*findings, *done.findings)))


def scored_on_cluster(rubric: RubricFile, tables: Mapping[str, Path], target: Path, spread: "Spread") -> ScoredUnits:
    """Score tables by the names of their files. Raises what `score_on_cluster` does."""
    with workplace(target) as folder:
        return scored_in(folder, rubric, tables, target, spread)


def scored_in(
    folder: Path, rubric: RubricFile, tables: Mapping[str, Path], target: Path, spread: "Spread"
) -> ScoredUnits:
    """Score in a folder made for that, and put what is written there in place of the target."""
    from dangjian_score.columnar.cluster import OnCluster, WorkersError

    source = opened_source(rubric, tables)
    names = {str(table.path): table.name for table in source.tables.all}
    try:
        *_, done = scored_to(folder / _RESULT, rubric, source, OnCluster(spread, folder, map(Path, names)))
        _put_in_place(folder / _RESULT, target)
    except WorkersError as error:
        reason = f"workers {error.problem}"
        if error.problem == "unseen":
            unseen = names.get(error.about, error.about)
            raise InputError((at_file(Code.FILE_UNREADABLE, unseen, reason=reason),), {}) from None
        raise unwritable(str(target), reason) from None
    except OSError as error:
        raise unwritable(str(target), reason_of(error)) from error
    return done


@contextmanager
def workplace(target: Path) -> Iterator[Path]:
    """Make a hidden folder beside a target for what is not in place yet, and remove it at the end.

    Raises OutputError where that cannot be, or where the target holds what is no result.
    """
    if target.is_dir() and not all(path.name == _DONE or is_output(path) for path in target.iterdir()):
        raise unwritable(str(target), "other files")
    folder = _beside(target, NEW)
    try:
        folder.mkdir()
    except OSError as error:
        raise unwritable(str(target), reason_of(error)) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _beside(target: Path, ending: str) -> Path:
    place = target.absolute()
    return place.with_name(f".{place.name[:_NAME_LENGTH]}.{token_hex(6)}{ending}")


def _put_in_place(made: Path, target: Path) -> None:
    """Replace a target, if there is one, by a folder that is complete."""
    old = _beside(target, OLD)
    with undisturbed():
        sync_folder(str(made))
        with suppress(FileNotFoundError):
            target.rename(old)
        try:
            made.rename(target)
        except OSError:
            with suppress(FileNotFoundError):
                old.rename(target)
            raise
        sync_folder(str(target.absolute().parent))
    if old.is_dir() and not old.is_symlink():
        shutil.rmtree(old, ignore_errors=True)
    else:
        old.unlink(missing_ok=True)
