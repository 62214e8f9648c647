"""What `dangjian verify` takes for packs and results made to harm, each in a process of its own.

The files are those of tests/hostile_packs.py, as large as they may be; CPU and memory are the child's, start of the
interpreter included. The goal is twenty times what `--version` takes, and 300 MB.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.hostile import run, tell
from benchmarks.hostile_workbooks import RUBRIC

TIMES: Final = 20


def main() -> None:
    """Measure and print, the worst last."""
    from tests.hostile_packs import ZOO  # noqa: PLC0415  a parent that made no files is small, and so are its children

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="files whose name holds this")
    options.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = options.parse_args()
    used = {}
    with TemporaryDirectory() as made:
        folder = Path(made)
        rubric, evidence, kept = folder / "r.yaml", folder / "e.csv", folder / "kept"
        rubric.write_text(RUBRIC, "utf-8")
        evidence.write_text("党支部,项目1\n一支部,1\n二支部,2\n", "utf-8")
        least = min(run(["--version"], folder) for _ in range(given.runs))
        for name in ZOO:
            if given.only in name:
                subprocess.run([sys.executable, "-c", _MAKE, name, str(kept)], check=True)
                arguments = ["verify", str(kept), str(rubric), str(evidence)]
                used[name] = min(run(arguments, folder) for _ in range(given.runs))
    print(f"--version: {least.cpu:.3f} s")
    tell(used, seconds=TIMES * least.cpu, megabytes=300)


_MAKE: Final = """
import sys
from tests.hostile_packs import ZOO
beast = ZOO[sys.argv[1]]
open(sys.argv[2], "wb").write(beast.make(beast.large))
"""


if __name__ == "__main__":
    main()
