"""What starting the program costs, in CPU time of child processes, beside programs that do as little."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

PYTHON: Final = sys.executable
OURS: Final = (PYTHON, "-m", "dangjian_score")
Command = Sequence[str]

HELLO: Final = """\
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "world") -> None:
    print(f"hello {name}")


app()
"""

ITEM: Final = """\
      - title: 项目{n}
        max: 2.5
        rules: [{{{rule}}}]
"""
RULES: Final = (
    "deduct: 0.5, per: 次数{n}",
    "deduct: 0.5, per_missing: 会次{n}, of: 4",
    "deduct: 0.5, each_missing: [甲{n}, 乙{n}, 丙{n}]",
    "forfeit: true, if: 情形{n}",
    "award: {{90%: 2.5, 80%: 1.5, 0%: 0}}, at_least: 比例{n}",
)


def rubric() -> str:
    """Write a rubric of four sections of ten items, of five kinds of rules."""
    sections = []
    for section in range(4):
        numbers = range(section * 10, section * 10 + 10)
        items = (ITEM.format(n=n, rule=RULES[n % len(RULES)].format(n=n)) for n in numbers)
        sections.append(f"  - title: 类别{section}\n    max: 25\n    items:\n{''.join(items)}")
    return "dangjian: 1\nrubric: forty\ntitle: 四十项\nsubject: 单位\ntotal: 100\nsections:\n" + "".join(sections)


def cpu(command: Command) -> float:
    """Run a command and give the seconds of CPU that it used, user and system together."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{child.returncode}: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


def medians(commands: Mapping[str, Command], runs: int) -> dict[str, float]:
    """Run all commands in turn, again and again, so that a busy moment hits all of them alike."""
    for command in commands.values():
        cpu(command)  # writes the caches of byte code
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(cpu(command))
    return {name: median(all_times) for name, all_times in times.items()}


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


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15, help="runs of each command (default: 15)")
    runs: int = options.parse_args().runs
    with TemporaryDirectory() as folder:
        times = medians(commands_in(Path(folder)), runs)
    print(f"{'command':<32}{'CPU ms':>8}")
    for name, seconds in times.items():
        print(f"{name:<32}{seconds * 1000:>8.0f}")
    print(f"\n{'of':<24}{'to':<32}{'ratio':>6}")
    for ours, theirs in PAIRS:
        ratio = f"{times[ours] / times[theirs]:.2f}" if theirs in times else "–"
        print(f"{ours:<24}{theirs:<32}{ratio:>6}")


if __name__ == "__main__":
    main()
