"""Lines of Chinese and English text folded to a number of columns, where people would break them."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

_OPENERS: Final = frozenset("（“《【([{")
_CLOSERS: Final = frozenset("，。；：、！？）”》】%％,.;:!?)]}")
_SIGNS: Final = frozenset("×÷≥≤<>=+")
_JOINING: Final = frozenset("–→")


def folded(line: str, width: int) -> Iterator[str]:
    """Break one line into parts of at most `width` columns."""
    indent = line[: len(line) - len(line.lstrip())]
    part, taken = "", 0
    for piece in _pieces(line):
        if part.strip() and taken + cell_len(piece.rstrip()) > width:
            yield part.rstrip()
            part = indent + piece.lstrip()
            taken = cell_len(part)
        else:
            part += piece
            taken += cell_len(piece)
        while taken > width and _fitting(part.rstrip(), width) < len(part.rstrip()):
            cut = _cut(part, width)
            yield part[:cut].rstrip()
            part = part[cut:]
            taken = cell_len(part)
    yield part.rstrip()


def _cut(piece: str, width: int) -> int:
    """Say where to break what is longer than a line: behind its last space that fits, else anywhere."""
    fits = _fitting(piece, width)
    space = piece.rfind(" ", 1, fits + 1)
    return space + 1 if piece[:space].strip() and space > 0 else fits


def _fitting(piece: str, width: int) -> int:
    """Count the characters that fit, one at least."""
    taken = 0
    for at, char in enumerate(piece):
        taken += cell_len(char)
        if taken > width:
            return max(at, 1)
    return len(piece)


def _pieces(line: str) -> Iterator[str]:
    """Split a line where it may be broken."""
    start = 0
    for at in range(1, len(line)):
        if _may_break(line, at):
            yield line[start:at]
            start = at
    yield line[start:]


def _may_break(line: str, at: int) -> bool:
    before, after = line[at - 1], line[at]
    if not cell_len(after):  # an accent stays with its letter
        return False
    if after in _CLOSERS or before in _OPENERS or after == " " or not _JOINING.isdisjoint((before, after)):
        return False
    if before == " ":  # a number may begin a line behind a word, and what it counts stays with it
        word = line[: at - 1][-2:]
        if after.isascii():
            return word[-1:].isascii() or all(
                char not in _CLOSERS | _OPENERS | _SIGNS for char in word[-2:].rjust(2, "，")
            )
        return not word[-1:].isdigit() and word[-1:] not in _SIGNS
    return not (before.isascii() and after.isascii())
