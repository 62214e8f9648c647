"""Whether `dangjian validate` stays upright whatever it is given: inputs that are nearly rubrics, one a number.

They are made in tests/fuzzing.py: what ships, files with one mistake and rubrics that were thought up, with lines,
words, parts of the tree and bytes exchanged. Each goes through the gate; what is found must have a place and a sentence
in both languages, what is accepted must be a program. With --atheris (pip install atheris, which is no part of the
development set-up) the inputs are chosen by what code they reach. Anything that raises, or takes longer than ten
seconds, is saved.
"""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.fuzzing import Judged

SECONDS: Final = 10


class SlowError(Exception):
    """An input that takes too long."""


def ring(_signal: int, _frame: FrameType | None) -> None:
    raise SlowError


class Tried:
    """Counts what becomes of inputs, and saves those that break something."""

    def __init__(self, folder: Path, judged: "Callable[[bytes], Judged]", suffix: str = ".yaml") -> None:
        self._judged, self._suffix = judged, suffix
        self.inputs = self.accepted = self.broken = 0
        self.codes: Counter[str] = Counter()
        self.cpu, self.slowest = 0.0, 0.0
        self._folder, self._shown = folder, Counter[str]()

    def one(self, data: bytes, name: str) -> None:
        """Give one input to the gate."""
        self.inputs += 1
        start = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            accepted, found = self._judged(data)
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            self._save(error, data, name)
        else:
            self.accepted += accepted
            self.codes.update(
                {" ".join((one.code, *(said for key, said in one.args if key == "reason"))) for one in found}
            )
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        taken = time.process_time() - start
        self.cpu, self.slowest = self.cpu + taken, max(self.slowest, taken)

    def _save(self, error: Exception, data: bytes, name: str) -> None:
        self.broken += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{name}{self._suffix}").write_bytes(data)
        kind = type(error).__name__
        self._shown[kind] += 1
        if self._shown[kind] <= 5:
            print(f"{kind} {error!s:.80}: {name}", flush=True)

    def told(self) -> str:
        """Say how it went."""
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(self.codes.items()))
        each = self.cpu / max(self.inputs, 1) * 1000
        return (
            f"inputs {self.inputs}, accepted {self.accepted}, broken {self.broken}; CPU {self.cpu:.0f} s, "
            f"{each:.2f} ms each, slowest {self.slowest:.2f} s\n{len(self.codes)} codes: {codes}"
        )


def by_number(first: int, inputs: int, folder: Path) -> bool:
    """Try inputs in turn; tell whether all went well."""
    from tests.fuzzing import judged, made  # noqa: PLC0415  not before it is known whether they are to be watched

    tried = Tried(folder, judged)
    for seed in range(first, first + inputs):
        tried.one(made(Random(seed)), str(seed))  # noqa: S311  the same number gives the same
    print(tried.told())
    return not tried.broken


def by_coverage(seed: int, inputs: int, folder: Path) -> None:
    """Let atheris choose inputs by the code they reach, as text or as what chance draws; it ends the process."""
    import atheris  # noqa: PLC0415  not installed unless asked for

    with atheris.instrument_imports(include=["dangjian_score"]):
        from tests.fuzzing import Drawn, judged, made, seeds  # noqa: PLC0415

    tried, corpus = Tried(folder, judged), folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for at, text in enumerate((*seeds()[0], *seeds()[1])):
        (corpus / f"{at:03}").write_text(text, encoding="utf-8")
        (corpus / f"drawn{at:03}").write_bytes(b"\xff" + Random(at).randbytes(512))  # noqa: S311

    def one(data: bytes) -> None:
        tried.one(made(Drawn(data[1:])) if data[:1] == b"\xff" else data, f"a{tried.inputs}")
        if tried.inputs == inputs:
            print(tried.told(), flush=True)

    options = [f"-runs={inputs}", f"-seed={seed}", "-max_len=4096", "-timeout=60", str(corpus)]
    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


def try_numbers(
    doc: str | None, made: "Callable[[Random], bytes]", judged: "Callable[[bytes], Judged]", suffix: str
) -> None:
    """Try inputs that are made from a number each, and print counts; exit 1 where one breaks something."""
    options = argparse.ArgumentParser(description=doc)
    options.add_argument("--inputs", type=int, default=20_000, help="how many (default: 20000)")
    options.add_argument("--seed", type=int, default=0, help="the first one's number (default: 0)")
    options.add_argument("--save", type=Path, default=Path("fuzzed"), help="folder for what breaks (default: fuzzed)")
    asked = options.parse_args()
    signal.signal(signal.SIGVTALRM, ring)
    tried = Tried(asked.save, judged, suffix)
    for seed in range(asked.seed, asked.seed + asked.inputs):
        tried.one(made(Random(seed)), str(seed))  # noqa: S311  the same number gives the same
    print(tried.told())
    if tried.broken:
        sys.exit(1)


def main() -> None:
    """Try, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000, help="how many (default: 20000)")
    options.add_argument("--seed", type=int, default=0, help="the first one's number (default: 0)")
    options.add_argument("--atheris", action="store_true", help="let atheris choose the inputs")
    options.add_argument("--save", type=Path, default=Path("fuzzed"), help="folder for what breaks (default: fuzzed)")
    asked = options.parse_args()
    signal.signal(signal.SIGVTALRM, ring)
    if asked.atheris:
        by_coverage(asked.seed, asked.inputs, asked.save)
    elif not by_number(asked.seed, asked.inputs, asked.save):
        sys.exit(1)


if __name__ == "__main__":
    main()
