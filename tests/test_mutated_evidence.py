"""Spoiled evidence: nothing raises, and no total changes where nothing was said (the large run is `make fuzz`)."""

from random import Random

import pytest

from tests.evidence_subjects import SMALL, Subject, subjects
from tests.mutated_evidence import tried
from tests.mutations import LAYOUTS, MUTATIONS
from tests.sampling import runs

SUBJECTS = subjects()


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_is_spoiled_is_told_or_changes_nothing(name: str) -> None:
    subject = SUBJECTS[name]
    totals, _ = subject.before
    assert totals is not None, "evidence as it should be can be scored"
    count = runs(60, 30) if name in SMALL else runs(15, 5)
    done = [tried(subject, Random(seed)) for seed in range(count)]  # noqa: S311  the same number gives the same
    assert any(not one.silent for one in done)


@pytest.mark.parametrize("mutation", dict.fromkeys((*MUTATIONS, *LAYOUTS)), ids=lambda one: one.__name__)
def test_every_mutation_happens_and_changes_the_tables(mutation: object) -> None:
    chosen = [one for one in (*MUTATIONS, *LAYOUTS) if one is mutation]
    subject: Subject = SUBJECTS["rounds"]
    changed = 0
    for seed in range(20):
        files = {name: [[*row] for row in rows] for name, rows in subject.files.items()}
        if chosen[0](subject, files, Random(seed)) is not None:  # noqa: S311
            changed += files != subject.files
    assert changed > 5
