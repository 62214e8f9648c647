"""Progress of long work, and a bounded cache."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, Protocol, TypeVar

T = TypeVar("T")

Work = Literal["files", "units", "trials", "writing", "packing"]
"""The items of long work: files that are read, units that are scored or scored with changed evidence, output that is
written and packed."""


class Watch(Protocol):
    """Passes items on in order, and may show the progress."""

    def __call__(self, items: Sequence[T], work: Work, /) -> Iterable[T]:
        """Return `items` as an iterable."""
        ...


def unwatched(items: Sequence[T], _work: Work, /) -> Iterable[T]:
    """Return the items without showing progress."""
    return items


K = TypeVar("K")
V = TypeVar("V")

_MOST: Final = 20_000


class BoundedCache(dict[K, V]):
    """A cache that is cleared when it has too many entries."""

    def keep(self, key: K, value: V) -> V:
        """Store a value and return it."""
        if len(self) >= _MOST:
            self.clear()
        self[key] = value
        return value
