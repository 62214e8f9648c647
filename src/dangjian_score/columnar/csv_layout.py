"""What a comma-separated file holds: its header and its lines, where it may be read as a table without a second look.

What may not is for the exact engine (UnfitError): other encodings and separators, titles above the header, lone
carriage returns.
"""

from codecs import BOM_UTF8
from pathlib import Path
from typing import Final

from msgspec import Struct

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.evidence.delimited import titles

_HEAD: Final = 200_000
"""Bytes of a file in which its header is looked for."""
_PIECE: Final = 1 << 22


class Layout(Struct, frozen=True):
    """What a file holds: the titles of its columns, how many without a title follow them, how many lines there are.

    `letters` are the bytes below the header, line ends aside.
    """

    header: tuple[str, ...]
    untitled: int
    lines: int
    letters: int


def layout(path: Path) -> Layout:
    """Look at the start of a file, and for what keeps it from being read fast. Raises UnfitError."""
    with path.open("rb") as file:
        head = titles(file.read(_HEAD))
        file.seek(0)
        first = file.readline().removeprefix(BOM_UTF8)
        found = [_counted(first), *map(_counted, iter(lambda: file.read(_PIECE) + file.readline(), b""))]
    if head is None:
        raise UnfitError("layout of csv", path.name)
    named = [title for title in head if title]
    if not named or head[: len(named)] != tuple(named) or len({*named}) < len(named):
        raise UnfitError("layout of csv", path.name)
    lines, letters = (sum(counts) for counts in zip(*found, strict=True))
    return Layout(tuple(named), len(head) - len(named), lines, letters - found[0][1])


def _counted(piece: bytes) -> tuple[int, int]:
    """Count the line ends of whole lines, and their other bytes."""
    returns = piece.count(b"\r") if b"\r" in piece else 0
    if (returns and returns != piece.count(b"\r\n")) or b"\0" in piece or BOM_UTF8 in piece:
        raise UnfitError("layout of csv")
    lines = piece.count(b"\n")
    return lines, len(piece) - lines - returns
