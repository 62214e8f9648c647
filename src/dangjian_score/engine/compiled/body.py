"""A function while it is written: its lines, and what names mean in them."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from math import gcd
from typing import TypeVar

from msgspec import Struct, field

from dangjian_score.engine.compiled.amounts import Amount
from dangjian_score.engine.compiled.layout import RowLayout, RowSlot, odd

S = TypeVar("S")
T = TypeVar("T")


class Body(Struct):
    """The lines of a function, what they take from outside, and the denominators of pairs in lowest terms."""

    lines: list[str] = field(default_factory=list)
    outside: dict[str, object] = field(default_factory=lambda: {"odd": odd, "gcd": gcd})
    lowest: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=count)

    def name(self, letter: str = "t") -> str:
        """Give a name that nothing has."""
        return f"{letter}{next(self._numbers)}"

    def local(self, text: str) -> str:
        """Keep what a text comes to, and give its name."""
        self.lines.append(f"{(name := self.name())} = {text}")
        return name

    def constant(self, value: object) -> str:
        """Hand in a value, which never becomes text, and give its name."""
        self.outside[name := self.name("c")] = value
        return name

    def apart(self, lower: Callable[[S], T], tree: S) -> tuple[list[str], T]:
        """Give the lines that something needs instead of writing them."""
        outer, self.lines = self.lines, []
        result = lower(tree)
        inner, self.lines = self.lines, outer
        return inner, result


class RowPlace(Struct, frozen=True):
    """A place of a row, and the name it has in the text."""

    name: str
    slot: RowSlot

    @property
    def there(self) -> str:
        """Look at it; it must be there."""
        return f"({self.name} if {self.name} is not None else odd())" if self.slot.gaps else self.name


class NameScope(Struct, frozen=True):
    """What names mean where a step stands: places of a row, and steps that are done (`suffix` tells their pass)."""

    measures: Mapping[str, RowPlace]
    known: Mapping[str, RowPlace]
    done: Mapping[str, Amount]
    suffix: str = ""

    @classmethod
    def of(cls, layout: RowLayout, letter: str, done: Mapping[str, Amount], suffix: str = "") -> "NameScope":
        """Name the places of a row by a letter and their number."""
        places = [RowPlace(f"{letter}{at}", slot) for at, slot in enumerate(layout.slots)]
        measures = layout.names.measures
        known = zip(layout.names.known, places[len(measures) :], strict=True)
        return cls(dict(zip(measures, places, strict=False)), dict(known), done, suffix)


class Branch(Struct, frozen=True):
    """A branch of a choice: the lines that its test needs, the test, the lines of the amount, the amount."""

    asking: list[str]
    test: str
    before: list[str]
    then: Amount


def indented(lines: list[str]) -> list[str]:
    """Put lines into a block."""
    return [f" {line}" for line in lines]
