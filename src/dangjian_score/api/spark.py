"""Scoring on an existing Spark cluster, whose master and settings come from the environment, as ever."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dangjian_score.api.cluster import scored_in, scored_on_cluster, workplace
from dangjian_score.api.columns import ScoredUnits
from dangjian_score.api.columns import is_ready as has_polars
from dangjian_score.api.inputs import RubricFile
from dangjian_score.api.writing import unwritable

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import DataFrame

    from dangjian_score.columnar.cluster import Answer, Task


def lacking() -> Literal["spark extra", "spark java"] | None:
    """Return what is not installed that Spark needs; None if nothing is."""
    if find_spec("pyspark") is None or not has_polars():
        return "spark extra"
    home = os.environ.get("JAVA_HOME")
    return None if shutil.which("java", path=None if home is None else str(Path(home, "bin"))) else "spark java"


@contextmanager
def started() -> "Iterator[SparkContext]":
    """Start Spark, and end it; signals do what they did before.

    Spark on this machine alone (local) has the Python that this runs on, unless the environment names another.
    """
    from pyspark import SparkContext

    handler = signal.getsignal(signal.SIGINT)
    context = SparkContext.getOrCreate()
    signal.signal(signal.SIGINT, handler)
    if context.master is not None and context.master.startswith("local") and "PYSPARK_PYTHON" not in os.environ:
        context.pythonExec = sys.executable
    try:
        yield context
    finally:
        context.stop()


def scored_by_spark(rubric: RubricFile, tables: Mapping[str, Path], target: Path) -> ScoredUnits:
    """Start Spark and score .parquet files by their names. Raises what `score_on_cluster` does."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with started() as context:
            return scored_on_cluster(rubric, tables, target, _spread(context))
    except (Py4JError, PySparkException) as error:
        raise unwritable(str(target), "spark failed") from error


def score_on_spark(rubric: RubricFile, tables: "Mapping[str, DataFrame]", target: str | Path) -> ScoredUnits:
    """Score DataFrames of Spark by what to call them: tables of units, registers, ballots, by their columns.

    They are written once as .parquet beside the target, in a folder that all workers have to see, and removed after.
    Raises what `score_on_cluster` does.
    """
    context = next(iter(tables.values())).sparkSession.sparkContext
    with workplace(Path(target)) as folder:
        paths: dict[str, Path] = {}
        for at, (name, frame) in enumerate(tables.items()):
            written = _written(frame, folder / f"table-{at}")
            paths |= {f"{name}/{path.name[: len('part-00000')]}": path for path in written}
        return scored_in(folder, rubric, paths, Path(target), _spread(context))


def _written(frame: "DataFrame", folder: Path) -> list[Path]:
    """Have Spark write a DataFrame to a folder; return the files in the order of its rows, without empty ones."""
    import polars as pl

    frame.write.parquet(f"file://{folder}")  # Hadoop takes the per cent signs of a URI as they are
    files = sorted(folder.glob("part-*.parquet"))
    return [path for path in files if pl.scan_parquet(path).select(pl.len()).collect().item()] or files[:1]


def _spread(context: "SparkContext") -> "Callable[[Callable[[Task], Answer], Sequence[Task]], Iterable[Answer]]":
    """Return what has Spark do tasks, each as a task of its own."""
    return lambda work, tasks: context.parallelize(tasks, len(tasks)).map(work).collect()
