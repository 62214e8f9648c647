"""Results of random rubrics, for the whole period and for what is due of it, against sums done without the program."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random

import pytest

from dangjian_score.api.assessment import assess
from dangjian_score.api.files import FilesRead
from dangjian_score.api.inputs import InputError, RubricFile, evidence_of, rubric_of
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.core.watching import unwatched
from dangjian_score.engine.result import Result
from tests.engine.accounting import assert_all_accounted_for
from tests.engine.interim_oracle import Data, Due, Figures, Sheet, due_rounds, is_once, rounds_of, score
from tests.engine.interim_samples import Maker, Sample, below, yaml_of
from tests.sampling import runs

SEEDS = range(runs(300, 20))
BLOCK = 10
"""Seeds of one test."""


def narrowed(rubric: RubricFile, asked: Due) -> RubricFile | None:
    """Narrow a rubric to what is asked for; None where nothing of that is due."""
    try:
        if asked.through is not None:
            return rubric.due_by(asked.through)
        return rubric.in_rounds(*asked.rounds) if asked.rounds else rubric
    except InputError as refused:
        codes = [finding.code for finding in refused.findings]
    assert codes == ["E100"]
    return None


def scored(rubric: RubricFile, sample: Sample, sheets: Mapping[str, Sheet], rows: list[str]) -> Result | None:
    """Score what was entered; None where it has errors, as where no item applies to a unit."""
    files, roster = sample.files(sheets, rows)
    evidence = evidence_of(rubric, FilesRead(files), FilesRead(roster), unwatched)
    wrong = {finding.code for finding in evidence.findings if finding.severity == "error"}
    assert wrong <= {"E067"}, evidence.findings
    return None if has_errors(evidence.findings) else assess(evidence).result


def difference(rubric: Data, result: Result, expected: Mapping[str, Figures]) -> list[tuple[object, ...]]:
    """List what is not as expected."""
    own = {node["id"]: section.get("round") for section in rubric["sections"] for node in below(section)}
    found: list[tuple[object, ...]] = []
    assert {unit.unit for unit in result.units} == expected.keys()
    assert_all_accounted_for(result)
    for unit in result.units:
        sums = expected[unit.unit]
        nodes = [((round_ or own[node.id], node.id), node) for round_, node in unit.trace().all_nodes()]
        found += [
            (unit.unit, *at, node.points, sums.points[at]) for at, node in nodes if node.points != sums.points[at]
        ]
        assert sums.points.keys() <= {at for at, _ in nodes}
        whole = [("total", unit.total, sums.total), ("rank", unit.rank, sums.rank)]
        if result.interim is not None:
            whole += [("due", unit.due, sums.full), ("rate", unit.rate, sums.rate)]
            base = [(at, node) for at, node in nodes if node.kind == "base"]
            found += [(unit.unit, *at, "due", node.due, sums.due[at]) for at, node in base if node.due != sums.due[at]]
        found += [(unit.unit, *figures) for figures in whole if figures[1] != figures[2]]
    return found


def asks(maker: Maker, sample: Sample) -> Iterator[Due]:
    """Ask for the whole period, for what is due by two days, and for some rounds."""
    yield Due()
    first, last = maker.period
    for _ in range(2):
        yield Due(first + timedelta(days=maker.random.randint(0, (last - first).days)))
    if names := list(rounds_of(sample.rubric)):
        drawn = maker.random.sample(names, maker.random.randint(1, len(names)))
        yield Due(rounds=tuple(name for name in names if name in drawn))


def made(seed: int) -> tuple[Maker, Sample, RubricFile] | None:
    """Make a sample; None where the rubric is refused, which now and then a table without sense is."""
    maker = Maker(Random(seed))  # noqa: S311  nothing secret
    sample = maker.sample()
    try:
        return maker, sample, rubric_of("r.yaml", yaml_of(sample.rubric))
    except InputError as refused:
        wrong = {finding.code for finding in refused.findings if finding.severity == "error"}
    assert wrong <= {"E018", "E057", "E072"}
    return None


def tried(seed: int) -> int:
    """Compare all results of a seed, and those of their stages; return how many there were."""
    tries, drawn = 0, made(seed)
    if drawn is None:
        return 0
    maker, sample, rubric = drawn
    names = list(rounds_of(sample.rubric))
    for asked in asks(maker, sample):
        sheets = sample.sheets if asked == Due() else maker.interim(sample, asked)
        if (narrow := narrowed(rubric, asked)) is None:
            assert not any(figures.full for figures in score(sample.rubric, sheets, asked).values()), (seed, asked)
            continue
        rows = due_rounds(sample.rubric, asked) if maker.chance(0.5) else names
        if (result := scored(narrow, sample, sheets, rows)) is None:
            continue
        tries += 1
        assert not difference(sample.rubric, result, score(sample.rubric, sheets, asked)), (seed, asked)
        there = {unit.unit: sheets[unit.unit] for unit in result.units}
        for name, stage in result.stages().items():
            rounds = tuple(sample.rubric.get("spans", {}).get(name, [name]))
            of_stage = score(sample.rubric, there, Due(rounds=rounds, alone=len(rounds) == 1))
            assert not difference(sample.rubric, stage, of_stage), (seed, asked, name)
    return tries


@pytest.mark.parametrize("start", SEEDS[::BLOCK])
def test_results_are_those_worked_out_apart(start: int) -> None:
    assert sum(map(tried, SEEDS[start : start + BLOCK])) > BLOCK


def ends(result: Result) -> dict[str, object]:
    """Give what a result says of each unit, what is due aside."""
    return {
        unit.unit: (unit.total, unit.rank, unit.kinds, [(at, node.points) for at, node in unit.trace().all_nodes()])
        for unit in result.units
    }


@pytest.mark.parametrize("seed", range(runs(60, 6)))
def test_the_last_day_and_all_rounds_are_the_whole_period(seed: int) -> None:
    if (drawn := made(seed)) is None:
        return
    maker, sample, rubric = drawn
    names = list(rounds_of(sample.rubric))
    annual = scored(rubric, sample, sample.sheets, names)
    if annual is None:
        return
    last = scored(rubric.due_by(maker.period[1]), sample, sample.sheets, names)
    assert last is not None
    assert ends(last) == ends(annual)
    sections = sample.rubric["sections"]
    if names and all(not is_once(sample.rubric, section) or "round" in section for section in sections):
        rounds = scored(rubric.in_rounds(*names), sample, sample.sheets, names)
        assert rounds is not None
        assert [unit.total for unit in rounds.units] == [unit.total for unit in annual.units]
