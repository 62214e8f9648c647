"""Figures as Python source text, their arithmetic, and the body of the generated function."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from math import gcd, lcm
from typing import Final, TypeVar, assert_never

from msgspec import Struct, field

from dangjian_score.core.algebra import Comparator
from dangjian_score.core.points import Mode
from dangjian_score.engine.compiled.layout import RowLayout, RowSlot, odd

OPERATORS: Final[Mapping[Comparator, str]] = {
    "at_least": ">=",
    "at_most": "<=",
    "above": ">",
    "below": "<",
    "equals": "==",
}


LONGEST: Final = 10**100
"""Largest denominator that is worked out while compiling; Python refuses source text with longer numbers."""


class Lowered(Struct, frozen=True):
    """A figure: the text of an integer numerator `over` a denominator above 0, a number or a text."""

    text: str
    over: int | str = 1

    @property
    def constant(self) -> int | None:
        """The numerator where it is a number, else None."""
        return int(self.text) if self.text.lstrip("-").isdigit() else None


def is_plain(text: str) -> bool:
    """Return whether a text is a name or a number, which may be repeated without evaluating twice."""
    return text.isidentifier() or text.lstrip("-").isdigit()


ODD: Final = Lowered("odd()")


def numerators(amounts: Sequence[Lowered]) -> tuple[list[str], int] | None:
    """Return the numerators over the least common denominator, and that; None where a denominator is not known."""
    known = [amount.over for amount in amounts if isinstance(amount.over, int)]
    over = lcm(*known)
    if len(known) < len(amounts) or over > LONGEST:
        return None
    return [scaled(amount, over // each) for amount, each in zip(amounts, known, strict=True)], over


def times(text: str, factor: int | str) -> str:
    """Return the text of a product."""
    return text if factor == 1 else f"({text} * {factor})"


def reduced(left: int | str, right: int | str) -> tuple[int | str, int | str]:
    """Return two denominators divided by their greatest common divisor, where they are known."""
    if isinstance(left, str) or isinstance(right, str):
        return left, right
    common = gcd(left, right)
    return left // common, right // common


def multiplied(left: int | str, right: int | str) -> int | str:
    """Return the product of two denominators."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right if left * right <= LONGEST else f"({left} * {right})"
    return times(left, right) if isinstance(left, str) else times(str(right), left)


def scaled(amount: Lowered, factor: int) -> str:
    """Return the text of the numerator times a number."""
    known = amount.constant
    return times(amount.text, factor) if known is None else str(known * factor)


def is_lowest(amount: Lowered) -> bool:
    """Return whether an amount is a constant in lowest terms."""
    known = amount.constant
    return known is not None and isinstance(amount.over, int) and gcd(known, amount.over) == 1


def added(terms: Sequence[Lowered]) -> Lowered | None:
    """Return the sum, constants added while compiling; None where the common denominator is not known."""
    if (known := numerators(terms)) is None:
        return None
    texts, over = known
    whole = sum(int(text) for text, term in zip(texts, terms, strict=True) if term.constant is not None)
    others = [text for text, term in zip(texts, terms, strict=True) if term.constant is None]
    if whole or not others:
        others.insert(0, str(whole))
    return Lowered(others[0] if len(others) == 1 else f"({' + '.join(others)})", over)


def product(left: Lowered, right: Lowered) -> Lowered:
    """Return the product; a constant factor is reduced by the denominators."""
    constant, other = (right, left) if left.constant is None else (left, right)
    factor = constant.constant
    if factor is None or isinstance(constant.over, str):
        return Lowered(f"({left.text} * {right.text})", multiplied(left.over, right.over))
    over = multiplied(constant.over, other.over)
    if isinstance(over, int):
        common = gcd(factor, over)
        factor, over = factor // common, over // common
    if (known := other.constant) is not None:
        return Lowered(str(factor * known), over)
    text = f"(-{other.text})" if factor == -1 else times(other.text, factor)
    return Lowered(text, over)


def compared(left: Lowered, how: Comparator, right: Lowered) -> str:
    """Return the text of a comparison."""
    known = right.constant
    if known is not None and isinstance(left.over, int) and isinstance(right.over, int):
        return _against(left.text, how, known * left.over, right.over)
    mine, yours = reduced(left.over, right.over)
    return f"{times(left.text, yours)} {OPERATORS[how]} {times(right.text, mine)}"


def _against(text: str, how: Comparator, bound: int, over: int) -> str:
    """Return the comparison of an integer with bound ÷ over, as one with the nearest integer of equal result."""
    match how:
        case "at_least" | "below":
            return f"{text} {OPERATORS[how]} {-(-bound // over)}"
        case "at_most" | "above":
            return f"{text} {OPERATORS[how]} {bound // over}"
        case "equals":
            return f"{times(text, over)} == {bound}"
        case _:
            assert_never(how)


def rounding(name: str, first: str, over: int | str, mode: Mode, near: str) -> str:
    """Return the text of `name` ÷ `over` rounded to a whole number.

    `first` is the text that assigns the name on first use; `near` is an unused name.
    """
    twice = times(over, 2) if isinstance(over, str) else over * 2
    match mode:
        case "half_up":
            up, down = f"({name} * 2 + {over}) // {twice}", f"({over} - {name} * 2) // {twice}"
            return f"({up} if {first} >= 0 else -({down}))"
        case "half_even":
            found = f"({near} := ({first} * 2 + {over}) // {twice})"
            return f"({near} & -2 if {found} * {twice} == {name} * 2 + {over} else {near})"
        case "up":
            return f"(-(-{name} // {over}) if {first} >= 0 else {name} // {over})"
        case "down":
            return f"({name} // {over} if {first} >= 0 else -(-{name} // {over}))"
        case _:
            assert_never(mode)


S = TypeVar("S")
T = TypeVar("T")


class Body(Struct):
    """The lines of a function, its globals (`outside`), and the denominators of pairs in lowest terms."""

    lines: list[str] = field(default_factory=list)
    outside: dict[str, object] = field(default_factory=lambda: {"odd": odd, "gcd": gcd})
    lowest: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=count)

    def name(self, letter: str = "t") -> str:
        """Return an unused name."""
        return f"{letter}{next(self._numbers)}"

    def local(self, text: str) -> str:
        """Assign the value of a text to a new name and return the name."""
        self.lines.append(f"{(name := self.name())} = {text}")
        return name

    def constant(self, value: object) -> str:
        """Add a value to the globals and return its name; it never becomes source text."""
        self.outside[name := self.name("c")] = value
        return name

    def apart(self, lower: Callable[[S], T], tree: S) -> tuple[list[str], T]:
        """Return the lines that lowering a tree needs, without adding them, and its result."""
        outer, self.lines = self.lines, []
        result = lower(tree)
        inner, self.lines = self.lines, outer
        return inner, result


class RowPlace(Struct, frozen=True):
    """A slot of a row with its name in the source text."""

    name: str
    slot: RowSlot

    @property
    def there(self) -> str:
        """The text of its value, which must not be missing."""
        return f"({self.name} if {self.name} is not None else odd())" if self.slot.gaps else self.name


class NameScope(Struct, frozen=True):
    """The names that a step can use: slots of a row, and amounts of earlier steps (`suffix` is that of their pass)."""

    measures: Mapping[str, RowPlace]
    known: Mapping[str, RowPlace]
    done: Mapping[str, Lowered]
    suffix: str = ""

    @classmethod
    def of(cls, layout: RowLayout, letter: str, done: Mapping[str, Lowered], suffix: str = "") -> "NameScope":
        """Return the scope of a row; slots are named by a letter and their number."""
        places = [RowPlace(f"{letter}{at}", slot) for at, slot in enumerate(layout.slots)]
        measures = layout.columns.measures
        known = zip(layout.columns.known, places[len(measures) :], strict=True)
        return cls(dict(zip(measures, places, strict=False)), dict(known), done, suffix)


class Branch(Struct, frozen=True):
    """A branch of a choice: lines that the test needs, the test, lines that the amount needs, the amount."""

    asking: list[str]
    test: str
    before: list[str]
    then: Lowered


def indented(lines: list[str]) -> list[str]:
    """Return lines indented as a block."""
    return [f" {line}" for line in lines]
