"""What `dangjian validate` takes for files made to harm, each in a process of its own, beside a small right rubric.

The files are those of tests/zoo.py, as large as they may be, and some that no library can make: pipes, endless files,
folders. CPU and memory are the child's, start of the interpreter included; the goal is a second and 200 MB. Of several
runs the cheapest counts, since a neighbour on the machine makes any of them dearer and none cheaper.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from tests.zoo import ZOO

SECONDS: Final = 1.0
MEGABYTES: Final = 200


class Used(NamedTuple):
    """What a run used, and how it ended."""

    cpu: float
    wall: float
    memory: float
    code: int
    printed: int

    def too_much(self, seconds: float, megabytes: float) -> bool:
        """Whether it misses the goal, or broke."""
        return self.cpu > seconds or self.memory > megabytes or self.code not in (0, 1, 3)


def run(arguments: list[str], folder: Path) -> Used:
    """Run `dangjian` once."""
    printed = folder / "printed"
    start = time.perf_counter()
    with printed.open("wb") as out:
        command = [sys.executable, "-m", "dangjian_score", *arguments]
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    cpu = usage.ru_utime + usage.ru_stime
    return Used(cpu, wall, usage.ru_maxrss / 1024, child.returncode, printed.stat().st_size)


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make every file, one after the other."""
    for name, beast in ZOO.items():
        path = folder / "hostile.yaml"
        path.write_bytes(beast.make(beast.large))
        yield name, path
    (folder / "sparse.yaml").touch()
    os.truncate(folder / "sparse.yaml", 10_000_000_000)
    yield "ten gigabytes of nothing", folder / "sparse.yaml"
    yield "an endless file", Path("/dev/zero")
    os.mkfifo(folder / "pipe.yaml")
    yield "a pipe that nobody writes to", folder / "pipe.yaml"
    (folder / "folder.yaml").mkdir()
    yield "a folder", folder / "folder.yaml"


def main() -> None:
    """Measure and print, the worst last."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="files whose name holds this")
    options.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = options.parse_args()
    used: dict[str, Used] = {}
    with TemporaryDirectory() as made:
        for name, path in files(Path(made)):
            if given.only in name:
                used[name] = min(run(["validate", str(path)], Path(made)) for _ in range(given.runs))
    tell(used)


TIMES: Final = 20
"""Goal for other commands: so many times what `--version` takes."""


def measure_zoo(doc: str | None, zoo: str, arguments: Callable[[Path, Path], list[str]], suffix: str) -> None:
    """Run a command on every file of a zoo, a module with `ZOO`, and print what each took.

    `arguments` gives those of the command: from a folder with `r.yaml` and `e.csv`, and the path of the file, which
    ends in `suffix`. Files are made in processes of their own: the children of a parent that made none are small.
    """
    options = argparse.ArgumentParser(description=doc)
    options.add_argument("--only", default="", help="files whose name holds this")
    options.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = options.parse_args()
    used: dict[str, Used] = {}
    with TemporaryDirectory() as made:
        folder, path = Path(made), Path(made) / f"hostile{suffix}"
        (folder / "r.yaml").write_text(RUBRIC, "utf-8")
        (folder / "e.csv").write_text("党支部,项目1\n一支部,1\n二支部,2\n", "utf-8")
        least = min(run(["--version"], folder) for _ in range(given.runs))
        for name in import_module(zoo).ZOO:
            if given.only in name:
                subprocess.run([sys.executable, "-c", _MAKE, zoo, name, str(path)], check=True)
                used[name] = min(run(arguments(folder, path), folder) for _ in range(given.runs))
    print(f"--version: {least.cpu:.3f} s")
    tell(used, seconds=TIMES * least.cpu, megabytes=300)


RUBRIC: Final = """dangjian: 1
rubric: hostile-1
title: 试
subject: 党支部
total: 10
sections: [{title: 甲, max: 10, rules: [{deduct: 1, per: 项目1}]}]
"""
_MAKE: Final = """
import sys
from importlib import import_module
beast = import_module(sys.argv[1]).ZOO[sys.argv[2]]
open(sys.argv[3], "wb").write(beast.make(beast.large))
"""


def tell(used: dict[str, Used], seconds: float = SECONDS, megabytes: float = MEGABYTES) -> None:
    """Print what each used, the worst last."""
    ordered = sorted(used.items(), key=lambda one: (one[1].too_much(seconds, megabytes), one[1].cpu))
    print(f"{'file':<34}{'CPU s':>7}{'wall s':>8}{'MB':>6}{'exit':>6}{'printed':>10}")
    for name, one in ordered:
        mark = "  too much" if one.too_much(seconds, megabytes) else ""
        print(f"{name:<34}{one.cpu:>7.2f}{one.wall:>8.2f}{one.memory:>6.0f}{one.code:>6}{one.printed:>10}{mark}")


if __name__ == "__main__":
    main()
