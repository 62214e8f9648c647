"""Families of cases that are too many for every run: a fixed part by default, all of them with DANGJIAN_TESTS=all.

What is left out never depends on chance, so two runs of one tree try the same cases. `make test-all` sets the variable.
"""

import os
from collections.abc import Collection, Iterable
from typing import Final, TypeVar

WHOLE: Final = os.environ.get("DANGJIAN_TESTS") == "all"

T = TypeVar("T")


def sampled(family: Iterable[T], every: int, first: int = 0, always: Collection[T] = ()) -> list[T]:
    """Return every so many-th member from the first on, and those that are always tried; or the whole family.

    Tests that ask different things of one family start at different members, so that each member is in some test.
    """
    return [one for at, one in enumerate(family) if WHOLE or at % every == first or one in always]


def runs(whole: int, sample: int) -> int:
    """Return how many cases a generator makes: in the whole run, and by default."""
    return whole if WHOLE else sample
