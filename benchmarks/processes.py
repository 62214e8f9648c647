"""What commands cost, each as a process of its own: seconds of CPU and of the clock, and the most memory it held."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from statistics import median

from msgspec import Struct

Command = tuple[str, ...]
_KILOBYTES_OF_MEGABYTE = 1024


class Cost(Struct, frozen=True):
    """CPU (user and system) in seconds, peak memory in MB, and seconds from start to end."""

    cpu: float
    peak: float
    wall: float


def run(command: Command) -> tuple[Cost, str]:
    """Run a command, byte code kept; give its cost and what it printed. One that fails ends the benchmark."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        printed, complaint = child.stdout.read(), child.stderr.read()  # short ones: no pipe fills up
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in ((0, 1) if "--partial" in command else (0,)):
        raise SystemExit(f"{child.returncode}: {' '.join(command)}\n{complaint}")
    wall = time.perf_counter() - start
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _KILOBYTES_OF_MEGABYTE, wall), printed


def medians(commands: Iterable[Command], runs: int, cost: Callable[[Command], Cost]) -> dict[Command, Cost]:
    """Run all commands in turn, again and again, so that a busy moment hits all of them alike."""
    costs: dict[Command, list[Cost]] = {command: [] for command in commands}
    for _ in range(runs):
        for command, taken in costs.items():
            taken.append(cost(command))
    return {
        command: Cost(*(median(getattr(one, part) for one in taken) for part in Cost.__struct_fields__))
        for command, taken in costs.items()
    }
