"""What `dangjian score --notice-template` takes for documents made to harm, and for large sound ones.

The files are those of tests/hostile_papers.py, as large as they may be, each filled in a process of its own; CPU and
memory are the child's, start of the interpreter included. The goal is twenty times what `--version` takes, and 300 MB.
"""

from pathlib import Path

from benchmarks.hostile import measure_zoo


def arguments(folder: Path, paper: Path) -> list[str]:
    """Give the command line."""
    return [
        "score",
        f"{folder}/r.yaml",
        f"{folder}/e.csv",
        "-q",
        "-o",
        f"{folder}/n.docx",
        "--notice-template",
        str(paper),
    ]


if __name__ == "__main__":
    measure_zoo(__doc__, "tests.hostile_papers", arguments, ".docx")
