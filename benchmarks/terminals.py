"""What commands take, and what reaches the terminal, where every text acts unseen and the environment is odd.

The files and arguments are those of tests/unseen.py; every command runs once in each environment, in a process of its
own. CPU and memory are the child's, start of the interpreter included. A fault is a defect (70), a traceback, or a
character that acts.
"""

import argparse
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.hostile import run
from tests.injection import acting
from tests.unseen import CASES, NAME, prepare

ENVIRONMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "usual": {},
    "no columns": {"COLUMNS": "0", "LINES": "0"},
    "columns of no number": {"COLUMNS": "²", "LINES": "x"},
    "columns without end": {"COLUMNS": "9" * 5_000},
    "no terminal": {"TERM": "dumb", "NO_COLOR": "1"},
    "an unknown terminal": {"TERM": "\x1b[2J", "FORCE_COLOR": "yes"},
    "no UTF-8": {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    "another language": {"DANGJIAN_LANG": "en", "LC_ALL": "xx_XX.GBK"},
}
_COLOUR: Final = re.compile("\x1b\\[[0-9;]*m")


def main() -> None:
    """Run all, and print by environment how many ended how, the dearest run, and every fault."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="commands whose name holds this")
    given = options.parse_args()
    print(f"{'environment':24}{'runs':>6}{'max CPU s':>11}{'max MB':>8}  exits")
    faults: list[str] = []
    with TemporaryDirectory() as made:
        os.chdir(made)
        prepare()
        run(["score", "r.yaml", NAME, "-o", "k.json", "-o", "k.zip"], Path(made))
        for name, variables in ENVIRONMENTS.items():
            used, exits = [], dict[int, int]()
            for arguments in _arguments(given.only):
                before = dict(os.environ)
                os.environ.update(variables)
                used.append(run(arguments, Path(made)))
                os.environ.clear()
                os.environ.update(before)
                exits[used[-1].code] = exits.get(used[-1].code, 0) + 1
                faults += [f"{name}: {arguments!r}: {fault}" for fault in _faults(used[-1].code, Path(made))]
            most = max(one.cpu for one in used), max(one.memory for one in used)
            print(f"{name:24}{len(used):6}{most[0]:11.2f}{most[1]:8.0f}  {dict(sorted(exits.items()))}")
    print(*faults, f"{len(faults)} faults", sep="\n")


def _arguments(only: str) -> Iterator[list[str]]:
    return ([command, *given] for command, cases in CASES.items() if only in command for given in cases)


def _faults(code: int, folder: Path) -> Iterator[str]:
    printed = (folder / "printed").read_text("utf-8", "replace").replace("\ufeff", "").replace("\r\n", "\n")
    if code not in (0, 1, 2, 3):
        yield f"exit {code}"
    if "Traceback" in printed:
        yield "a traceback"
    if acts := acting(_COLOUR.sub("", printed)):
        yield f"acts: {acts!r}"


if __name__ == "__main__":
    main()
