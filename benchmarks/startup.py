"""What starting the program costs, in CPU time of child processes, beside programs that do as little."""

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.processes import Command, medians, run
from benchmarks.regulation import rubric

PYTHON: Final = sys.executable
OURS: Final = (PYTHON, "-m", "dangjian_score")

HELLO: Final = """\
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    print(f"hello {name}")


app()
"""


def commands_in(folder: Path) -> dict[str, Command]:
    """Prepare the commands; files that they need go into a folder."""
    hello, forty = folder / "hello.py", folder / "forty.yaml"
    hello.write_text(HELLO, encoding="utf-8")
    forty.write_text(rubric(), encoding="utf-8")
    other = shutil.which("sqlite-utils")
    return {
        "python -c pass": (PYTHON, "-c", "pass"),
        "import typer, pydantic, yaml": (PYTHON, "-c", "import typer, pydantic, yaml"),
        "hello --help": (PYTHON, str(hello), "--help"),
        **({"sqlite-utils --version": (other, "--version")} if other else {}),
        "dangjian --version": (*OURS, "--version"),
        "dangjian --help": (*OURS, "--help"),
        "dangjian validate": (*OURS, "validate", str(forty)),
    }


PAIRS: Final = (
    ("dangjian --version", "python -c pass"),
    ("dangjian --version", "sqlite-utils --version"),
    ("dangjian --help", "hello --help"),
    ("dangjian validate", "import typer, pydantic, yaml"),
)


def measured(runs: int) -> Mapping[str, float]:
    with TemporaryDirectory() as folder:
        commands = commands_in(Path(folder))
        for command in commands.values():
            run(command)  # writes the caches of byte code
        costs = medians(commands.values(), runs, lambda command: run(command)[0])
    return {name: costs[command].cpu for name, command in commands.items()}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15, help="runs of each command (default: 15)")
    times = measured(options.parse_args().runs)
    print(f"{'command':<32}{'CPU ms':>8}")
    for name, seconds in times.items():
        print(f"{name:<32}{seconds * 1000:>8.0f}")
    print(f"\n{'of':<24}{'to':<32}{'ratio':>6}")
    for ours, theirs in PAIRS:
        ratio = f"{times[ours] / times[theirs]:.2f}" if theirs in times else "–"
        print(f"{ours:<24}{theirs:<32}{ratio:>6}")


if __name__ == "__main__":
    main()
