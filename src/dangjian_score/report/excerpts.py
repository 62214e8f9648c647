"""A line of a file with a caret below it, cut to the screen around the caret."""

import re
from bisect import bisect_left
from typing import Final

from rich.cells import cell_len

from dangjian_score.names import visible

_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for YAML; `str.splitlines` knows more, and would count other lines."""


def lines_of(text: str) -> list[str]:
    """Split a text as YAML counts its lines."""
    return _BREAK.split(text)


def excerpt(line: str, column: int, width: int) -> tuple[str, str]:
    """Give a line, cut to `width` screen columns, and a caret below its `column` (counted from 1)."""
    at = column - 1
    before = visible(line[max(at - width - 1, 0) : at])
    after = visible(line[at:].rstrip()[: width + 1])
    end = _start(after, width - width // 2)
    start = _start(before[::-1], width - max(cell_len(end), 1))[::-1]
    end = _start(after, width - cell_len(start))
    return (start + end).rstrip(), " " * cell_len(start) + "^"


def _start(text: str, room: int) -> str:
    """Keep as much of a text as fits, with an ellipsis where something is left out."""
    if cell_len(text) <= room:
        return text
    kept = bisect_left(range(len(text)), room, key=lambda at: cell_len(text[: at + 1]))
    return f"{text[:kept]}…"
