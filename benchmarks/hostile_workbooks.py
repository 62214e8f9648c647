"""What `dangjian score` takes for workbooks made to harm, and for large sound ones, each in a process of its own.

The files are those of tests/workbooks.py, as large as they may be. CPU and memory are the child's, start of the
interpreter included. Of several runs the cheapest counts, since a neighbour makes any of them dearer and none cheaper.
"""

from pathlib import Path

from benchmarks.hostile import measure_zoo


def arguments(folder: Path, book: Path) -> list[str]:
    """Give the command line."""
    return ["score", f"{folder}/r.yaml", str(book)]


if __name__ == "__main__":
    measure_zoo(__doc__, "tests.workbooks", arguments, ".xlsx")
