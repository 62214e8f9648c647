"""Work on a cluster: plans are made here; workers that have Polars carry them out on files that all can read.

Which cluster it is is for the caller: it spreads a function over tasks. What a worker returns counts, not what it
leaves behind, so tasks may be tried again, or twice at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, cast
from uuid import uuid4

import polars as pl

from dangjian_score.columnar.parts import as_written

ROWS_OF_A_PART: Final = 500_000
"""Rows of units that a task has at most: a second or two of one core, some 300 MB."""

Task = Mapping[str, Any]
"""A plan as Polars stores it (`plan`), the `folder` its rows go to (None: they are returned), how these are `written`,
which `polars` has to be there, and the `files` with their sizes."""
Answer = tuple[str, bytes]
"""`rows` in Arrow's format, the name of a `file`, or a problem and what it is about."""
Spread = Callable[[Callable[[Task], Answer], Sequence[Task]], Iterable[Answer]]
"""Has a function worked out for each task somewhere, and returns the answers in the order of the tasks."""
Problem = Literal["no polars", "other polars", "unseen", "unwritable"]


class WorkersError(Exception):
    """Raised where workers cannot do what is asked: what keeps them, and the file or version that it is about."""

    def __init__(self, problem: Problem, about: str) -> None:
        super().__init__(problem, about)
        self.problem, self.about = problem, about


class OnCluster:
    """Works out frames on a cluster; `folder` is one that this process and all workers can write to."""

    def __init__(self, spread: Spread, folder: Path, files: Iterable[Path]) -> None:
        self.rows_of_a_part, self.sends_plans = ROWS_OF_A_PART, True
        self._spread, self._folder = spread, folder
        self._needs = {"polars": _this_polars(), "files": {str(path): path.stat().st_size for path in files}}

    def collect(self, frames: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """Return the rows of each frame."""
        return [pl.read_ipc(BytesIO(rows)) for rows in self._answers(frames, folder=None)]

    def write(self, frames: Sequence[pl.LazyFrame], target: Path, metadata: Mapping[str, str]) -> None:
        """Write a folder with a file for each frame."""
        made = self._folder / "made"
        made.mkdir()
        names = self._answers(frames, folder=str(made), written=as_written(metadata))
        target.mkdir()
        for at, name in enumerate(names):
            (made / name.decode()).rename(target / f"part-{at:05}.parquet")

    def shared(self, rows: pl.DataFrame) -> pl.LazyFrame:
        """Write rows to a file that all workers read."""
        path = self._folder / f"{uuid4().hex}.parquet"
        rows.write_parquet(path)
        return pl.scan_parquet(path)

    def _answers(self, frames: Sequence[pl.LazyFrame], **asked: Any) -> list[bytes]:
        tasks = [{"plan": frame.serialize(), **self._needs, **asked} for frame in frames]
        answers = [*self._spread(worker(), tasks)]
        for kind, about in answers:
            if kind not in ("rows", "file"):
                raise WorkersError(cast("Problem", kind), about.decode())
        return [data for _, data in answers]


_SAMPLE: Final = "党支部"


def _this_polars() -> tuple[str, int]:
    """Return what tells whether another Polars understands plans, and hashes names to the same numbers."""
    return pl.__version__, pl.Series([_SAMPLE]).hash().item()


def worker() -> Callable[[Task], Answer]:
    """Return what a worker does with a task.

    It is made anew so that it is sent as code: as a function of a module it would need this package on each worker.
    It uses the standard library and Polars alone, with one thread unless the cluster's settings say otherwise.
    """

    def work(task: Task) -> Answer:
        import os  # noqa: PLC0415  all that it uses comes with it
        import sys  # noqa: PLC0415
        from io import BytesIO  # noqa: PLC0415
        from pathlib import Path  # noqa: PLC0415
        from uuid import uuid4  # noqa: PLC0415

        if "polars" not in sys.modules:
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
        try:
            import polars as pl  # noqa: PLC0415
        except ImportError:
            return "no polars", sys.executable.encode()
        if (pl.__version__, pl.Series([_SAMPLE]).hash().item()) != task["polars"]:
            return "other polars", pl.__version__.encode()
        for name, size in task["files"].items():
            if not Path(name).is_file() or Path(name).stat().st_size != size:
                return "unseen", name.encode()
        frame = pl.LazyFrame.deserialize(BytesIO(task["plan"]))
        if task["folder"] is None:
            return "rows", frame.collect(engine="streaming").write_ipc(None, compression="lz4").getvalue()
        path = Path(task["folder"], f"{uuid4().hex}.parquet")
        try:
            path.touch(exist_ok=False)
        except OSError:
            return "unwritable", task["folder"].encode()
        frame.sink_parquet(path, sync_on_close="all", **task["written"])
        return "file", path.name.encode()

    return work
