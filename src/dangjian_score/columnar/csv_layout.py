"""What a comma-separated file holds: its header and its lines, where it may be read as a table without a second look.

What may not is for the exact engine (UnfitError): other encodings and separators, titles above the header, lone
carriage returns.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from dangjian_score.columnar.amounts import UnfitError
from dangjian_score.evidence.delimited import titles

_HEAD: Final = 200_000
"""Bytes of a file in which its header is looked for."""
_PIECE: Final = 1 << 22


class Layout(Struct, frozen=True):
    """What a file holds: the titles of its columns, how many without a title follow them, how many lines there are."""

    header: tuple[str, ...]
    untitled: int
    lines: int


def layout(path: Path) -> Layout:
    """Look at the start of a file, and for what keeps it from being read fast. Raises UnfitError."""
    with path.open("rb") as file:
        head = titles(file.read(_HEAD))
        file.seek(0)
        lines = sum(map(_lines, _pieces(iter(lambda: file.read(_PIECE) + file.readline(), b""))))
    if head is None:
        raise UnfitError
    named = [title for title in head if title]
    if not named or head[: len(named)] != tuple(named) or len({*named}) < len(named):
        raise UnfitError
    return Layout(tuple(named), len(head) - len(named), lines)


def _pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the mark at the start."""
    yield next(pieces, b"").removeprefix(BOM_UTF8)
    yield from pieces


def _lines(piece: bytes) -> int:
    """Count the line ends of whole lines."""
    is_old = b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n")
    if is_old or b"\0" in piece or BOM_UTF8 in piece:
        raise UnfitError
    return piece.count(b"\n")
