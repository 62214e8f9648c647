"""Whether the reader of workbooks stays upright whatever it is given: inputs that are nearly workbooks, one a number.

They are made in tests/fuzzing_workbooks.py: the intake of the tests and what ships, with bytes, words, elements,
attributes, numbers and whole parts exchanged. Each ends in sheets that hold together, or in one finding with a sentence
in both languages. Anything that raises, or takes longer than ten seconds, is saved.
"""

import argparse
import signal
import sys
from pathlib import Path
from random import Random

from benchmarks.fuzz import Tried, ring
from tests.fuzzing_workbooks import judged, made


def main() -> None:
    """Try, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000, help="how many (default: 20000)")
    options.add_argument("--seed", type=int, default=0, help="the first one's number (default: 0)")
    options.add_argument("--save", type=Path, default=Path("fuzzed"), help="folder for what breaks (default: fuzzed)")
    asked = options.parse_args()
    signal.signal(signal.SIGVTALRM, ring)
    tried = Tried(asked.save, judged, ".xlsx")
    for seed in range(asked.seed, asked.seed + asked.inputs):
        tried.one(made(Random(seed)), str(seed))  # noqa: S311  the same number gives the same
    print(tried.told())
    if tried.broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
