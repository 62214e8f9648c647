"""How the program ends when it is told to by a signal: at once, with one sentence, and no file half written.

An exception would come out at any line, of libraries too, and some of these show a traceback and go on. So the handler
ends the process itself; only while files are written does it raise KeyboardInterrupt, and what was begun is taken back.
"""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from dangjian_score.cli import INTERRUPTED
from dangjian_score.core.signals import ENDING

_ERROR_STREAM: Final = 2


class Ending:
    """What the first signal does; all that follow do nothing more. `farewell` is the last sentence."""

    def __init__(self) -> None:
        self.farewell = ""
        self._is_writing = False
        self._has_ended = False

    def begin(self) -> None:
        """Have every signal that ends programs end this one, but for those that are ignored (`nohup`)."""
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Have a signal raise KeyboardInterrupt, for what takes back what it has begun."""
        self._is_writing = True
        try:
            yield
        finally:
            self._is_writing = False

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        if self._has_ended:
            return
        self._has_ended = True
        if self._is_writing:
            raise KeyboardInterrupt
        atexit._run_exitfuncs()  # noqa: SLF001  openpyxl removes its temporary files there
        with suppress(OSError):
            os.write(_ERROR_STREAM, self._last_words())
        os._exit(INTERRUPTED)

    def _last_words(self) -> bytes:
        """Write the last sentence; on a terminal a bar, or `^C`, may stand on the line."""
        above = os.linesep if os.isatty(_ERROR_STREAM) else ""
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        return f"{above}{self.farewell}{os.linesep}".encode(encoding, "replace") if self.farewell else b""


ending: Final = Ending()
