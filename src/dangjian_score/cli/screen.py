"""What reaches the terminal or the pipe behind it: results, findings, bars while work takes long."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TextIO, TypeVar

import typer

from dangjian_score.api.writing import reason_of, unwritable
from dangjian_score.cli import READER_GONE
from dangjian_score.core.names import visible
from dangjian_score.core.watching import Watch, Work, unwatched

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dangjian_score.api.inputs import InputError
    from dangjian_score.core.diagnostics import Diagnostic
    from dangjian_score.report.findings import Look
    from dangjian_score.words.say import Words

_PIPE_WIDTH = 100_000
"""Columns of a pipe: as many as it takes."""
_USUAL_WIDTH = 80
"""Columns of a terminal that does not say how many it has."""
_ANY_HEIGHT = 25
"""Rows; nothing depends on them, but Rich asks the terminal for both where one is not given."""
_DUMB = ("dumb", "unknown")
_PAINTS = {"error": "1;31", "warning": "1;33", "note": "1;34", "beside": "36"}
"""Colours of what findings are made of, as terminals know them."""
_RULE = "─"

STANDARD_OUTPUT = "<stdout>"
"""How findings call standard output, in every language."""


def prepare_streams() -> None:
    """Let a terminal that cannot show a character replace it, and give pipes UTF-8.

    Streams that are closed get one that takes nothing, or anything; files that are opened must not come in their place.
    """
    sys.stdout = sys.stdout or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  it stays
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding=None if stream.isatty() else "utf-8")


def put(text: str) -> None:
    """Print a line of results."""
    put_bytes(
        f"{text}\n".encode(errors="replace")
        if not sys.stdout.isatty()
        else text.encode(sys.stdout.encoding, "replace") + b"\n"
    )


def put_bytes(data: bytes) -> None:
    """Write results as they are; where the reader has gone end quietly, where they cannot be written say so."""
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
        _unplug(sys.stdout)
        raise typer.Exit(READER_GONE) from None
    except OSError as error:
        _unplug(sys.stdout)
        raise unwritable(STANDARD_OUTPUT, reason_of(error)) from error


def tell(text: str) -> None:
    """Print lines about the run, beside the results; what acts unseen in them is written out."""
    _say("\n".join(map(visible, text.split("\n"))))


def _say(text: str) -> None:
    """Print beside the results; where standard error takes nothing, the run goes on."""
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  the one place that talks to people
    except OSError:
        _unplug(sys.stderr)


def tell_failure(failed: "Diagnostic", words: "Words") -> None:
    """Say why something could not be written."""
    tell(f"{failed.code} {words.text(failed.severity)}: {words.message(failed)}")


def tell_refusal(error: "InputError", closing: str | None, words: "Words", wanted: bool | None) -> None:
    """Print what is wrong with the input, and last what therefore was not done."""
    tell_findings(error.findings, error.texts, words, wanted)
    if closing is not None:
        tell(closing)


def tell_findings(
    found: "tuple[Diagnostic, ...]", texts: Mapping[str, str], words: "Words", wanted: bool | None
) -> None:
    """Print findings beside the results; `texts` as for `findings_text`."""
    from dangjian_score.report.findings import findings_text

    _say(findings_text(found, texts, words, look(sys.stderr, wanted)))


def _unplug(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, so that ending does not fail once more."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def width(stream: TextIO) -> int:
    """Count the columns of a terminal; a pipe has no limit."""
    if not stream.isatty():
        return _PIPE_WIDTH
    columns = os.environ.get("COLUMNS", "")
    return int(columns if columns.isdecimal() else 0) or os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH


def coloured(stream: TextIO, wanted: bool | None) -> bool:
    """Tell whether a stream gets colours: as the user wants it, else where it is a terminal that shows them."""
    able = stream.isatty() and _understands_escapes(stream)
    if wanted is not None:
        return wanted
    return able and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in _DUMB


def look(stream: TextIO, wanted: bool | None) -> "Look":
    """Say how findings are laid out on a stream."""
    from dangjian_score.report.findings import PIPE_WIDTH, Look, plain

    columns = width(stream) if stream.isatty() else PIPE_WIDTH
    return Look(columns, _painted if coloured(stream, wanted) else plain)


def _painted(role: str, text: str) -> str:
    return f"\x1b[{_PAINTS[role]}m{text}\x1b[0m"


def _understands_escapes(stream: TextIO) -> bool:
    """Have a Windows console read escape sequences; old ones cannot. Other terminals all do."""
    if sys.platform != "win32":
        return True
    import ctypes
    import msvcrt

    handle, mode = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno())), ctypes.c_uint32()
    kernel = ctypes.windll.kernel32
    return bool(kernel.GetConsoleMode(handle, ctypes.byref(mode)) and kernel.SetConsoleMode(handle, mode.value | 4))


def show(renderables: "Iterable[RenderableType]", wanted: bool | None) -> None:
    """Print tables as wide as the screen, in colour where it gets any."""
    from io import StringIO

    from rich.console import Console

    colours = coloured(sys.stdout, wanted)
    text = StringIO()
    console = Console(
        file=text,
        width=width(sys.stdout),
        height=_ANY_HEIGHT,
        force_terminal=colours,
        color_system="standard" if colours else None,
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for renderable in renderables:
        console.print(renderable)
    for line in text.getvalue().splitlines():
        put(_shown(line.rstrip()))


def _shown(line: str) -> str:
    """Draw rules by hyphens where a terminal has no better."""
    try:
        _RULE.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return line.replace(_RULE, "-")
    return line


T = TypeVar("T")

DELAY = 1.0
"""Seconds after which a bar comes."""


def bars(words: "Words", *, quiet: bool) -> Watch:
    """Watch by bars beside the results, where there is a terminal to show them."""
    if quiet or not sys.stderr.isatty():
        return unwatched

    def watch(items: Sequence[T], work: Work, /) -> Iterable[T]:
        return _watched(items, words.text(f"working on {work}"))

    return watch


def _watched(items: Sequence[T], label: str) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=len(items))
    timer = Timer(DELAY, bar.start)
    timer.daemon = True
    timer.start()
    try:
        for item in items:
            yield item
            bar.advance(task)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
