"""What parts of the program cost inside a process: the only benchmarks' module that calls the engine.

`python -m benchmarks.inside PART RUBRIC EVIDENCE` prints the CPU seconds of the part: of a unit for `totals`,
`prepared` and `zen`, of a line for `lines`, else of all.
"""

import gc
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from time import process_time
from typing import Final

from openpyxl import load_workbook

from benchmarks import decisions
from benchmarks.regulation import matrix
from dangjian_score.checks.study import Study
from dangjian_score.core.facts import Evidence
from dangjian_score.core.points import read_number
from dangjian_score.engine.evaluate import Scorer
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.score import score
from dangjian_score.engine.whatif.ahead import look_ahead
from dangjian_score.evidence.read import read_evidence
from dangjian_score.report.view import view_of
from dangjian_score.rubric.load import Loaded, load
from dangjian_score.words.say import load_words


class Case:
    """A rubric and evidence for it, read when they are asked for."""

    def __init__(self, rubric: str, evidence: str) -> None:
        loaded = load(Path(rubric).read_bytes(), rubric)
        assert isinstance(loaded, Loaded), loaded
        self.study, self.data, self.file = Study(loaded), Path(evidence).read_bytes(), evidence

    def read(self) -> Evidence:
        return read_evidence({self.file: self.data}, self.study.loaded.rubric, self.study.catalogue)[0]

    @cached_property
    def evidence(self) -> Evidence:
        return self.read()


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU of one call."""
    start = process_time()
    work()
    return process_time() - start


def openpyxl(case: Case) -> float:
    """Iterate over the file as it is."""

    def iterate() -> None:
        for sheet in load_workbook(case.file, read_only=True).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    _ = cell.value, cell.number_format

    return cpu(iterate)


def totals(case: Case) -> float:
    scorer = Scorer(prepare(case.study.program, case.evidence))
    return cpu(lambda: [scorer.closed(at) for at in scorer.cohort.taking_part]) / len(case.evidence.units)


def prepared(case: Case) -> float:
    """Prepare, events reduced and assessors combined, compile, and work out the totals."""
    program, evidence = case.study.program, case.evidence

    def work() -> None:
        scorer = Scorer(prepare(program, evidence))
        for at in scorer.cohort.taking_part:
            scorer.closed(at)

    return cpu(work) / len(case.evidence.units)


def lines(case: Case) -> float:
    """Trace and word every line of every unit; what scoring costs without them does not count."""
    result, count = score(case.study.program, case.evidence), 0
    view = view_of(result, case.study.loaded.source, (), load_words("zh"))

    def work() -> None:
        nonlocal count
        for unit in result.units:
            count += sum(bool(view.text(line)) for _, _, line in unit.trace().all_lines())

    return cpu(work) / count


def scoring(case: Case) -> float:
    _ = case.evidence
    return cpu(lambda: score(case.study.program, case.evidence))


def whatif(case: Case) -> float:
    within = read_number("1")
    assert within is not None
    _ = case.evidence
    return cpu(lambda: look_ahead(case.study.program, case.evidence, within, None))


def zen(case: Case) -> float:
    head, rows = matrix(len(case.evidence.units))
    seconds, theirs = decisions.seconds(head, rows)
    ours = {unit.unit: float(unit.total) for unit in score(case.study.program, case.evidence).units}
    assert all(abs(ours[unit] - total) < 1e-6 for unit, total in theirs.items()), "zen-engine has other totals"
    return seconds


PARTS: Final[Mapping[str, Callable[[Case], float]]] = {
    "read": lambda case: cpu(case.read),
    "openpyxl": openpyxl,
    "totals": totals,
    "prepared": prepared,
    "lines": lines,
    "score": scoring,
    "whatif": whatif,
    "zen": zen,
}

if __name__ == "__main__":
    gc.set_threshold(100_000)  # as the command has it
    print(PARTS[sys.argv[1]](Case(*sys.argv[2:])))
