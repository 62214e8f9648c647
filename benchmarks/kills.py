"""Signals at random moments of random commands: how they end, what they say, and what they leave lying about.

One to five signals, some at once, at a moment drawn from all of a run: while modules are imported, files read, units
scored, outputs put in place, the process ended. Before the first line of the program (while the interpreter starts)
nothing of ours can heed a signal; by the handlers in `/proc` these kills are told from the others and counted apart.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct

ROOT: Final = Path(__file__).parents[1]
OURS: Final = (sys.executable, "-m", "dangjian_score")
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
RUBRIC: Final = "zhibu-xize-2"
EVIDENCE: Final = ROOT / "examples" / "zhibu-2024" / "证据.xlsx"
OLD: Final = b"old and whole"
COMMANDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "score": (("score", RUBRIC, "e.xlsx", "-o", "a.json", "-o", "a.csv"), ("a.json", "a.csv")),
    "score, all": (
        ("score", RUBRIC, "e.xlsx", "-o", "a.xlsx", "-o", "a.html", "-o", "a.docx", "-o", "a.zip", "--audit", "b.xlsx"),
        ("a.xlsx", "a.html", "a.docx", "a.zip", "b.xlsx"),
    ),
    "template": (("template", RUBRIC, "-o", "t.xlsx"), ("t.xlsx",)),
    "whatif": (("whatif", RUBRIC, "e.xlsx", "-o", "w.json"), ("w.json",)),
    "validate": (("validate", RUBRIC), ()),
    "version": (("--version",), ()),
}
"""By name: what is run, and the files it writes; of these the first is there before."""
PATIENCE: Final = 60.0
_TEMPORARY: Final = "temporary"
"""The folder for temporary files of libraries."""
_NOISE: Final = ("Traceback", "Exception ignored", "Error:")


class Kill(Struct, frozen=True):
    """A kill and what came of it; `early` before the program's first line, `faults` are what must not be."""

    command: str
    moment: float
    signals: Sequence[str]
    early: bool
    code: int
    faults: Sequence[str]


def kills(count: int, seed: int, names: Sequence[str] = tuple(COMMANDS)) -> Iterator[Kill]:
    """Kill so many runs of these commands."""
    draw = random.Random(seed)  # noqa: S311
    with TemporaryDirectory() as folder:
        desk = Path(folder)
        (desk / "e.xlsx").write_bytes(EVIDENCE.read_bytes())
        (desk / _TEMPORARY).mkdir()
        whole = {name: _whole(desk, name) for name in names}
        for _ in range(count):
            name = draw.choice(names)
            yield _killed(desk, name, *whole[name], draw)


def _whole(desk: Path, name: str) -> tuple[float, dict[str, bytes]]:
    """Run a command to its end, twice so that files are cached: how long it takes, and what it writes."""
    arguments, outputs = COMMANDS[name]
    for _ in range(2):
        started = time.monotonic()
        subprocess.run([*OURS, *arguments], cwd=desk, capture_output=True, check=True)
        taken = time.monotonic() - started
    return taken, {output: (desk / output).read_bytes() for output in outputs}


def _killed(desk: Path, name: str, taken: float, new: Mapping[str, bytes], draw: random.Random) -> Kill:
    arguments, outputs = COMMANDS[name]
    for path in desk.iterdir():
        if path.is_file() and path.name != "e.xlsx":
            path.unlink()
    old = dict.fromkeys(outputs[:1], OLD)
    for output, data in old.items():
        (desk / output).write_bytes(data)
    sent = [draw.choice(SIGNALS) for _ in range(draw.randint(1, 5))]
    gaps = [draw.choice((0, 0, 0.0002, 0.002)) for _ in sent]
    moment = draw.uniform(0, taken)
    process = subprocess.Popen(
        [*OURS, *arguments],
        cwd=desk,
        env={**os.environ, "TMPDIR": str(desk / _TEMPORARY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    time.sleep(moment)
    early = not _heeds(process.pid)
    for number, gap in zip(sent, gaps, strict=True):
        process.send_signal(number)
        time.sleep(gap)
    _, said = process.communicate(timeout=PATIENCE)
    code = process.returncode
    faults = [] if early else [*_faults(code, said.decode(errors="replace"))]
    held = {output: (desk / output).read_bytes() for output in outputs if (desk / output).exists()}
    others = {path.name for path in desk.rglob("*")} - {"e.xlsx", _TEMPORARY, *outputs}
    if held not in (old, new) or (code == 0 and held != new):
        faults.append(f"neither old nor new: {sorted(held)}")
    faults += [f"left: {other}" for other in sorted(others)]
    return Kill(name, moment, [number.name for number in sent], early, code, faults)


def _heeds(pid: int) -> bool:
    """Tell whether a process has handlers of its own; one that has ended (its handlers are gone) has had them."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return True
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), None)
    return caught is None or "State:\tZ" in status or bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def _faults(code: int, said: str) -> Iterator[str]:
    if code not in (0, 130):
        yield f"exit {code}"
    yield from (f"says {noise}: {said[-300:]}" for noise in _NOISE if noise in said)


def main() -> None:
    """Kill, and print what came of it; exit 1 where anything did that must not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for number in SIGNALS:  # what a shell ignores in the background would be ignored by what is started, too
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    codes: dict[bool, Counter[int]] = {False: Counter(), True: Counter()}
    wrong = 0
    for kill in kills(options.kills, options.seed):
        codes[kill.early][kill.code] += 1
        if kill.faults:
            wrong += 1
            print(f"{kill.command} after {kill.moment:.3f} s, {' '.join(kill.signals)}: {'; '.join(kill.faults)}")
    for early, counted in codes.items():
        when = "before the first line" if early else "from the first line on"
        print(f"{when}: {counted.total()} kills, by exit code {dict(sorted(counted.items()))}")
    print(f"{wrong} kills went wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
