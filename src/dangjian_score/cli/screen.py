"""What reaches the terminal or the pipe behind it: results, findings, bars while work takes long.

Text goes out by `put`, `tell`, `show` and what stands on them, and what acts unseen in it is written out here, whoever
it comes from; only our own colours and line breaks are left. `put_bytes` is for formats, which escape in their own way.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TextIO, TypeVar

import typer

from dangjian_score.api.writing import reason_of, unwritable
from dangjian_score.cli import READER_GONE
from dangjian_score.core.names import visible, visible_lines
from dangjian_score.core.watching import Watch, Work, unwatched

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from dangjian_score.api.inputs import InputError
    from dangjian_score.core.diagnostics import Diagnostic
    from dangjian_score.report.findings import Written
    from dangjian_score.words.say import Words

_PIPE_WIDTH = 100_000
"""Columns of a pipe: as many as it takes."""
_COLUMNS = re.compile("[0-9]{1,4}")
"""How a terminal's width may be written; what is longer is no width."""
_NARROWEST = 10
"""Columns that tables get at least: what is narrower shows nothing of them."""
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


def put(*lines: str) -> None:
    """Print lines of results."""
    _put("\n".join(map(visible, lines)))


def _put(text: str) -> None:
    """Print lines in which everything is visible, or a colour."""
    put_bytes(f"{text}\n".encode(sys.stdout.encoding if sys.stdout.isatty() else "utf-8", "replace"))


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


def tell(*lines: str) -> None:
    """Print lines about the run, beside the results."""
    _say("\n".join(map(visible, lines)))


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
    """Print findings beside the results; `texts` as for `findings_lines`."""
    _say(_findings(found, texts, words, sys.stderr, wanted))


def put_findings(
    found: "tuple[Diagnostic, ...]", texts: Mapping[str, str], words: "Words", wanted: bool | None
) -> None:
    """Print findings as results; `texts` as for `findings_lines`."""
    _put(_findings(found, texts, words, sys.stdout, wanted))


def _findings(
    found: "tuple[Diagnostic, ...]", texts: Mapping[str, str], words: "Words", stream: TextIO, wanted: bool | None
) -> str:
    from dangjian_score.report.findings import PIPE_WIDTH, findings_lines

    lines = findings_lines(found, texts, words, width(stream) if stream.isatty() else PIPE_WIDTH)
    painted = coloured(stream, wanted)
    return "\n".join(_line(line, painted=painted) for line in lines)


def _line(line: "Written", *, painted: bool) -> str:
    shown = ((visible(piece.text), _PAINTS.get(piece.role) if painted else None) for piece in line)
    return "".join(text if paint is None else f"\x1b[{paint}m{text}\x1b[0m" for text, paint in shown)


def _unplug(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, so that ending does not fail once more."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def width(stream: TextIO) -> int:
    """Count the columns of a terminal; a pipe has no limit."""
    if not stream.isatty():
        return _PIPE_WIDTH
    columns = os.environ.get("COLUMNS", "")
    wanted = int(columns) if _COLUMNS.fullmatch(columns) else 0
    with suppress(OSError):
        wanted = wanted or os.get_terminal_size(stream.fileno()).columns
    return max(wanted or _USUAL_WIDTH, _NARROWEST)


def coloured(stream: TextIO, wanted: bool | None) -> bool:
    """Tell whether a stream gets colours: as the user wants it, else where it is a terminal that shows them."""
    able = stream.isatty() and _understands_escapes(stream)
    if wanted is not None:
        return wanted
    return able and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in _DUMB


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
        console.print(_Visible(renderable))
    for line in text.getvalue().split("\n")[:-1]:
        _put(_shown(line.rstrip()))


class _Visible:
    """Shows a renderable with all that acts unseen in it written out; where it knew of that, its columns are right."""

    def __init__(self, renderable: "RenderableType") -> None:
        self._renderable = renderable

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Give what it consists of."""
        from rich.segment import Segment

        for text, style, control in console.render(self._renderable, options):
            yield Segment(visible_lines(text), style, control)


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

    class Steady(Console):
        """Leaves the cursor where it is: a signal that ends the program would leave it hidden."""

        def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002  Rich's signature
            return False

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Steady(stderr=True, width=width(sys.stderr), height=_ANY_HEIGHT)
    bar = Progress(*columns, console=console, transient=True)
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
