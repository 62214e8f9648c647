"""Whether any document is filled as a notice template or refused: inputs that are nearly templates, one a number.

They are made in tests/fuzzing_papers.py: templates with placeholders everywhere, in which elements, attributes, texts,
relations, types, bytes and whole parts are dropped, repeated, moved and exchanged. Each is filled, and then opens in
python-docx and is well-formed, or is refused by a finding with a sentence in both languages. Anything that raises, or
takes longer than ten seconds, is saved.
"""

import argparse
import signal
import sys
from pathlib import Path
from random import Random

from benchmarks.fuzz import Tried, ring
from tests.fuzzing_papers import judged, made


def main() -> None:
    """Try, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000, help="how many (default: 20000)")
    options.add_argument("--seed", type=int, default=0, help="the first one's number (default: 0)")
    options.add_argument("--save", type=Path, default=Path("fuzzed"), help="folder for what breaks (default: fuzzed)")
    asked = options.parse_args()
    signal.signal(signal.SIGVTALRM, ring)
    tried = Tried(asked.save, judged, ".docx")
    for seed in range(asked.seed, asked.seed + asked.inputs):
        tried.one(made(Random(seed)), str(seed))  # noqa: S311  the same number gives the same
    print(tried.told())
    if tried.broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
