"""Whether scoring stays upright whatever evidence it is given: tables that a clerk spoiled, one a number.

They are made in tests/mutated_evidence.py of the rubrics in tests/evidence_subjects.py (all that ship and some small
ones): cells blanked, garbled and moved, rows dropped, doubled and exchanged, columns, rounds and files missing, tables
laid out in other ways. Nothing may raise, and no total may change where nothing was said; tests/evidence holds the same
for a sample. What breaks that is printed with its number.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from random import Random

from tests.evidence_subjects import subjects
from tests.mutated_evidence import tried


def main() -> None:
    """Try, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=5_000, help="how many (default: 5000)")
    options.add_argument("--seed", type=int, default=0, help="the first one's number (default: 0)")
    asked = options.parse_args()
    everybody = subjects()
    done, silent, broken = Counter[str](), 0, 0
    start = time.process_time()
    for seed in range(asked.seed, asked.seed + asked.inputs):
        chance = Random(seed)  # noqa: S311  the same number gives the same
        name = chance.choice(sorted(everybody))
        try:
            found = tried(everybody[name], chance)
        except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
            broken += 1
            print(f"{seed} {name}\n{traceback.format_exc()}", file=sys.stderr)
        else:
            done.update(found.done)
            silent += found.silent
    took = time.process_time() - start
    print(f"{asked.inputs} inputs, {broken} broken, {silent} without a word, {took:.0f} s")
    print(", ".join(f"{mutation} {count}" for mutation, count in done.most_common()))
    if broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
