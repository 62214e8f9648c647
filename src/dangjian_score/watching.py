"""How long work is watched: whoever works through many things hands them to a watcher first."""

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeVar

T = TypeVar("T")

Work = Literal["files", "units", "trials", "writing", "packing"]
"""What is worked through: files that are read, units that are scored, units whose evidence is tried otherwise, what is
written of them and packed."""


class Watch(Protocol):
    """Hands on all it is given, in order, and may show how far it is."""

    def __call__(self, items: Sequence[T], work: Work, /) -> Iterable[T]:
        """Hand on `items`."""
        ...


def unwatched(items: Sequence[T], _work: Work, /) -> Iterable[T]:
    """Hand on, and show nothing."""
    return items
