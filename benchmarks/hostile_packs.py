"""What `dangjian verify` takes for packs and results made to harm, each in a process of its own.

The files are those of tests/hostile_packs.py, as large as they may be; CPU and memory are the child's, start of the
interpreter included. The goal is twenty times what `--version` takes, and 300 MB.
"""

from pathlib import Path

from benchmarks.hostile import measure_zoo


def arguments(folder: Path, kept: Path) -> list[str]:
    """Give the command line."""
    return ["verify", str(kept), f"{folder}/r.yaml", f"{folder}/e.csv"]


if __name__ == "__main__":
    measure_zoo(__doc__, "tests.hostile_packs", arguments, "")
