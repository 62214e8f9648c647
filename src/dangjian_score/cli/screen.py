"""What reaches the terminal or the pipe behind it."""

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn, TextIO

import typer

from dangjian_score.cli import exits

if TYPE_CHECKING:
    from rich.console import RenderableType

_PIPE_WIDTH = 100_000
"""Columns of a pipe: as many as it takes."""


def prepare_streams() -> None:
    """Let a terminal that cannot show a character replace it, and give pipes UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding=None if stream.isatty() else "utf-8")


def put(text: str) -> None:
    """Print a line of results."""
    put_bytes(f"{text}\n".encode() if not sys.stdout.isatty() else text.encode(sys.stdout.encoding, "replace") + b"\n")


def put_bytes(data: bytes) -> None:
    """Write results as they are."""
    try:
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(data.decode())
        else:
            sys.stdout.flush()
            rest = memoryview(data)
            while rest:  # an unbuffered stream may take a part only
                rest = rest[stream.write(rest) :]
        sys.stdout.flush()
    except BrokenPipeError:
        reader_gone()


def tell(text: str) -> None:
    """Print a line about the run, beside the results."""
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  the one place that talks to people
    except BrokenPipeError:
        reader_gone()


def reader_gone() -> NoReturn:
    """End quietly; what is still buffered has nowhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(exits.READER_GONE)


def width(stream: TextIO) -> int:
    """Count the columns of a terminal; a pipe has no limit."""
    if not stream.isatty():
        return _PIPE_WIDTH
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) > 0 else os.get_terminal_size(stream.fileno()).columns


def show(renderables: "Iterable[RenderableType]") -> None:
    """Print tables as wide as the screen, in colour where it has any."""
    from io import StringIO

    from rich.console import Console

    terminal = sys.stdout.isatty()
    text = StringIO()
    console = Console(
        file=text,
        width=width(sys.stdout),
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for renderable in renderables:
        console.print(renderable)
    for line in text.getvalue().splitlines():
        put(line.rstrip())
