"""A session of Spark on this machine for tests, and clusters that are none."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from dangjian_score.api.spark import lacking
from dangjian_score.columnar.cluster import Answer, Task

Work = Callable[[Task], Answer]


def not_run(reason: str) -> NoReturn:
    """Skip a test that lacks something; on CI, where all has to be there, it fails."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def session_in(folder: Path) -> Iterator[Any]:
    """Start Spark with two workers."""
    if missing := lacking():
        not_run(f"{missing} is not installed: plans are NOT carried out by Spark")
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.shuffle.partitions": "2",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    builder: Any = SparkSession.builder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.master("local[2, 3]").config(map=settings).getOrCreate()  # a task may fail twice
        yield session
        session.stop()


def here(work: Work, tasks: Sequence[Task]) -> list[Answer]:
    """Do the work in this process."""
    return [work(task) for task in tasks]


def failing_once(context: Any, marks: Path) -> Callable[[Work, Sequence[Task]], list[Answer]]:
    """Return what has Spark lose the first answer of every task that writes, after it has written."""

    def spread(work: Work, tasks: Sequence[Task]) -> list[Answer]:
        def unlucky(at: int) -> Answer:
            answer = work(tasks[at])
            mark = marks / str(at)
            if answer[0] == "file" and not mark.exists():
                mark.touch()
                raise RuntimeError("lost")
            return answer

        return list(context.parallelize(range(len(tasks)), len(tasks)).map(unlucky).collect())

    return spread
