"""Whether audit workbooks come to our figures whatever the evidence: LibreOffice computes every formula anew.

The units are drawn by tests/report/audits.py for every shipped rubric; tests/report holds the same for fewer.
A formula that comes to another value than the one stored is printed with its place.
"""

import argparse
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.carriers import office
from tests.report.audits import Drawer, audited, differences
from tests.shipped import NAMES


def main() -> None:
    """Draw, compute anew, compare, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sets", type=int, default=11, help="sets of evidence for each rubric (default: 11)")
    options.add_argument("--units", type=int, default=4, help="units in each set (default: 4)")
    options.add_argument("--seed", type=int, default=0, help="the number they are drawn by (default: 0)")
    asked = options.parse_args()
    formulas = differing = 0
    for name in NAMES:
        drawer = Drawer(name, Random(f"{name} {asked.seed}"))  # noqa: S311  the same number gives the same
        books = {f"{at}": audited(drawer.loaded, drawer.evidence(asked.units)).book for at in range(asked.sets)}
        with TemporaryDirectory() as folder:
            computed = office.all_recalculated(books, Path(folder))
        for key, book in books.items():
            count, wrong = differences(book, computed[key])
            formulas, differing = formulas + count, differing + len(wrong)
            for one in wrong:
                print(f"{name} {key} {one}", file=sys.stderr)
    print(f"{len(NAMES) * asked.sets} workbooks, {formulas} formulas, {differing} differ")


if __name__ == "__main__":
    main()
