"""Templates that are nearly right: whatever is done to them, they are filled soundly or refused by a finding."""

from random import Random

import pytest

from tests.fuzzing_papers import judged, made, seeds
from tests.hostile_papers import packed
from tests.sampling import runs


@pytest.mark.parametrize("seed", range(runs(20, 1)))
def test_changed_templates(seed: int) -> None:
    accepted = 0
    for number in range(seed * 20, seed * 20 + 20):
        filled, found = judged(made(Random(number)))  # noqa: S311
        assert filled != bool(found)
        accepted += filled
    assert 0 < accepted < 20


def test_all_begin_as_sound_templates() -> None:
    assert [judged(packed(parts)) for parts in seeds()] == [(True, ())] * 4
