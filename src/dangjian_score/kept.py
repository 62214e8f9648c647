"""What was worked out before, to be used again."""

from typing import Final, TypeVar

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
