"""Workbooks that are nearly right: whatever is done to them, they end in sound sheets or in one finding."""

from random import Random

import pytest

from tests.fuzzing_workbooks import judged, made, seeds


@pytest.mark.parametrize("seed", range(8))
def test_changed_workbooks(seed: int) -> None:
    accepted = 0
    for number in range(seed * 50, seed * 50 + 50):
        sound, found = judged(made(Random(number)))  # noqa: S311
        assert sound != bool(found)
        accepted += sound
    assert 0 < accepted < 50


def test_there_is_enough_to_begin_with() -> None:
    assert len(seeds()) > 100
