"""What `dangjian score --notice-template` takes for documents made to harm, and for large sound ones.

The files are those of tests/hostile_papers.py, as large as they may be, each filled in a process of its own; CPU and
memory are the child's, start of the interpreter included. The goal is twenty times what `--version` takes, and 300 MB.
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
    from tests.hostile_papers import ZOO  # noqa: PLC0415  a parent that made no files is small, and so are its children

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="files whose name holds this")
    options.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = options.parse_args()
    used = {}
    with TemporaryDirectory() as made:
        folder = Path(made)
        rubric, evidence, paper = folder / "r.yaml", folder / "e.csv", folder / "t.docx"
        rubric.write_text(RUBRIC, "utf-8")
        evidence.write_text("党支部,项目1\n一支部,1\n二支部,2\n", "utf-8")
        least = min(run(["--version"], folder) for _ in range(given.runs))
        arguments = ["score", str(rubric), str(evidence), "-q", "-o", str(folder / "n.docx")]
        for name in ZOO:
            if given.only in name:
                subprocess.run([sys.executable, "-c", _MAKE, name, str(paper)], check=True)
                used[name] = min(run([*arguments, "--notice-template", str(paper)], folder) for _ in range(given.runs))
    print(f"--version: {least.cpu:.3f} s")
    tell(used, seconds=TIMES * least.cpu, megabytes=300)


_MAKE: Final = """
import sys
from tests.hostile_papers import ZOO
beast = ZOO[sys.argv[1]]
open(sys.argv[2], "wb").write(beast.make(beast.large))
"""


if __name__ == "__main__":
    main()
