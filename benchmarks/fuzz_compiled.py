"""Whether compiled programs come to what is evaluated exactly, step by step, whatever the regulation and the figures.

The programs and units are drawn by tests/carriers/programs.py, one program a number, and held against each other by
tests/carriers/agreement.py; tests/carriers holds the same for a sample. What differs is printed with its number.
"""

import argparse
import sys
import time

from tests.carriers.agreement import agreement
from tests.carriers.programs import drawn, readied


def main() -> None:
    """Draw, compare, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rubrics", type=int, default=10_000, help="how many (default: 10000)")
    options.add_argument("--units", type=int, default=6, help="units of each (default: 6)")
    options.add_argument("--seed", type=int, default=0, help="the first one's number (default: 0)")
    asked = options.parse_args()
    same = odd = differing = 0
    start = time.process_time()
    for seed in range(asked.seed, asked.seed + asked.rubrics):
        one = drawn(seed, asked.units)
        found = agreement(one.program, readied(one))
        same, odd, differing = same + found.same, odd + found.odd, differing + len(found.wrong)
        for wrong in found.wrong:
            print(f"{seed} {wrong}", file=sys.stderr)
    took = time.process_time() - start
    print(f"{asked.rubrics} programs, {asked.rubrics * asked.units} units, of which {odd} lack something", end=", ")
    print(f"{same} values equal, {differing} differ, {took:.0f} s")
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()
