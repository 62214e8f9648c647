"""Whether columns come to what the exact engine comes to, in every cell that both write, whatever the regulation.

Both score the same Parquet files (tests/carriers/engines.py): those of all rubrics and cases that were worked out by
hand (tests/carriers/handed.py), and of rubrics and units drawn at random, one a number (tests/carriers/whole_units.py).
Points of every node, totals, ranks, grades, selections and vetoes are compared. What differs is printed with its name.
With `--spark` columns are worked out by Spark on this machine with two workers, a few units a task.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from msgspec import Struct, field

from dangjian_score.api.inputs import RubricFile
from dangjian_score.columnar import cluster
from dangjian_score.core.facts import Evidence
from tests.carriers.engines import Agreed, Carrier, Faulty, Refused, by_cluster, held_without_errors, here
from tests.carriers.handed import handed
from tests.carriers.spark import session_in
from tests.carriers.whole_units import drawn

UNITS_OF_A_TASK = 8
"""Units of a task of Spark: few, so that most rubrics are scored in several."""
FEATURES = {
    "rounds": r"rounds: \{",
    "rounds of a section": r"rounds?: (none|each|上半年|第一轮)",
    "registers": r"register: true",
    "events by period or column": r"for_each:",
    "highest_per": r"highest_per:",
    "shared events": r"divided_by:",
    "ballots": r"votes:",
    "panels": r"combine: (mean|median|trimmed)|combine: \{trim",
    "panels by category": r"combine: \{(领导|上级)",
    "不适用": r"if_na:",
    "ranks of a figure": r"rank:",
    "means, medians, best": r"of: \{(mean|median|best):",
    "weights": r"weight:",
    "best of a group": r"best:",
    "product": r"product:",
    "attributes": r"only:",
    "blanks": r"blank:",
    "places of each line": r"places: \d, |places: \d\}",
    "sections rounded": r"sections: \d",
    "groups": r"groups:",
    "excluded": r"excluded:",
    "unranked": r"unranked:",
    "vetoes": r"vetoes:",
    "grades": r"grades:",
    "grades under quotas": r"grades: .*(quota|places):",
    "conditions on grades": r"grades: .*(if|unless):",
    "selections": r"selections: \[",
    "ties": r"tie_break:",
}
"""What to count among rubrics, by how it is written."""


class Tally(Struct):
    """What was compared, and what was not; from .csv if `texts`, by what works columns out."""

    carrier: Carrier = here
    rubrics: Counter[str] = field(default_factory=Counter[str])
    agreed: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    drawn: Counter[str] = field(default_factory=Counter[str])
    units: int = 0
    cells: int = 0
    faults: int = 0
    differing: int = 0
    texts: bool = False

    def add(self, name: str, rubric: RubricFile, evidence: Evidence) -> None:
        """Score evidence with both engines and count what comes of it."""
        written = {key for key, pattern in FEATURES.items() if re.search(pattern, rubric.data.decode())}
        self.drawn.update(written)
        with TemporaryDirectory() as folder:
            found, faults = held_without_errors(rubric, evidence, Path(folder), texts=self.texts, carrier=self.carrier)
        self.faults += len(faults)
        for fault in faults:
            if not fault.noticed:
                self._wrong(name, f"columns score what has {'、'.join(sorted(fault.codes))}")
        match found:
            case Agreed(units, cells, wrong):
                self.rubrics["agreed"] += 1
                self.agreed.update(written)
                self.units, self.cells = self.units + units, self.cells + cells
                for line in wrong:
                    self._wrong(name, line)
            case Refused(why):
                self.rubrics["refused"] += 1
                self.refused[why] += 1
            case Faulty():
                self.rubrics["only with errors"] += 1

    def _wrong(self, name: str, text: str) -> None:
        self.differing += 1
        print(f"{name}: {text}", file=sys.stderr)

    def lines(self) -> Iterator[str]:
        """Say what was compared, why some were not, and how often each thing was among them."""
        counts = ", ".join(f"{count} {what}" for what, count in self.rubrics.most_common())
        yield f"{self.rubrics.total()} rubrics: {counts}"
        yield f"{self.units} units, {self.cells} cells compared, {self.differing} differ"
        yield f"{self.faults} evidences with errors before, refused by both engines"
        yield from (f"{count:6}  exact engine: {why}" for why, count in self.refused.most_common())
        yield from (f"{self.agreed[what]:6} of {count} agreed with {what}" for what, count in self.drawn.items())


def main() -> None:
    """Compare what was handed in and what is drawn, and print counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rubrics", type=int, default=2_000, help="how many to draw (default: 2000)")
    options.add_argument("--units", type=int, default=50, help="units of each (default: 50)")
    options.add_argument(
        "--first", type=int, default=0, help="the first one's number (default: 0, and then those by hand, too)"
    )
    options.add_argument("--csv", action="store_true", help="write those at random as .csv")
    options.add_argument("--spark", action="store_true", help="have Spark work columns out")
    asked = options.parse_args()
    start = time.process_time()
    with _on_spark() if asked.spark else nullcontext(here) as carrier:
        tallies = {"At random": Tally(carrier, texts=asked.csv)}
        if not asked.first:
            tallies = {"By hand": _by_hand(carrier), **tallies}
        for seed in range(asked.first, asked.first + asked.rubrics):
            made = drawn(seed, asked.units)
            tallies["At random"].add(str(seed), made.rubric, made.evidence)
    for title, tally in tallies.items():
        print(f"{title}:", *tally.lines(), sep="\n")
    print(f"{time.process_time() - start:.0f} s")
    sys.exit(any(tally.differing for tally in tallies.values()))


@contextmanager
def _on_spark() -> Iterator[Carrier]:
    """Start Spark, and have it work out columns in tasks of few units."""
    with TemporaryDirectory() as folder, session_in(Path(folder)) as session:
        context = session.sparkContext
        with patch.object(cluster, "ROWS_OF_A_PART", UNITS_OF_A_TASK):
            yield by_cluster(lambda work, tasks: context.parallelize(tasks, len(tasks)).map(work).collect())


def _by_hand(carrier: Carrier) -> Tally:
    tally = Tally(carrier)
    for each in handed():
        if each.beyond:
            tally.rubrics["beyond columns"] += 1
            tally.refused[each.beyond] += 1
        else:
            tally.add(each.name, each.rubric, each.evidence)
    return tally


if __name__ == "__main__":
    main()
