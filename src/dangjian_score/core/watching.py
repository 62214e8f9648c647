"""Watching long work, and bounded caches."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, Protocol, TypeVar

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


K = TypeVar("K")
V = TypeVar("V")

_MOST: Final = 20_000


class BoundedCache(dict[K, V]):
    """Values by key; all of them are forgotten where there are too many."""

    def keep(self, key: K, value: V) -> V:
        """Take in a value and give it back."""
        if len(self) >= _MOST:
            self.clear()
        self[key] = value
        return value
