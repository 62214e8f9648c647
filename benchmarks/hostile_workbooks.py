"""What `dangjian score` takes for workbooks made to harm, and for large sound ones, each in a process of its own.

The files are those of tests/workbooks.py, as large as they may be. CPU and memory are the child's, start of the
interpreter included. Of several runs the cheapest counts, since a neighbour makes any of them dearer and none cheaper.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.hostile import run, tell

RUBRIC: Final = """dangjian: 1
rubric: hostile-1
title: 试
subject: 党支部
total: 10
sections: [{title: 甲, max: 10, rules: [{deduct: 1, per: 项目1}]}]
"""


def main() -> None:
    """Measure and print, the worst last."""
    from tests.workbooks import ZOO  # noqa: PLC0415  a parent that made no files is small, and so are its children

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="files whose name holds this")
    options.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = options.parse_args()
    used = {}
    with TemporaryDirectory() as made:
        rubric, path = Path(made) / "r.yaml", Path(made) / "hostile.xlsx"
        rubric.write_text(RUBRIC, "utf-8")
        for name in ZOO:
            if given.only in name:
                subprocess.run([sys.executable, "-c", _MAKE, name, str(path)], check=True)
                arguments = ["score", str(rubric), str(path)]
                used[name] = min(run(arguments, Path(made)) for _ in range(given.runs))
    tell(used, seconds=2, megabytes=300)


_MAKE: Final = """
import sys
from tests.workbooks import ZOO
beast = ZOO[sys.argv[1]]
open(sys.argv[2], "wb").write(beast.make(beast.large))
"""


if __name__ == "__main__":
    main()
