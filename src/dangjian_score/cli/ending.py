"""How the program ends. Signals all end it as Ctrl-C does, and none comes while files are being put back."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import current_thread, main_thread
from types import FrameType
from typing import Final, NoReturn

ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""Those a user or a system ends a program by; which there are depends on the system."""


def end_as_interrupted() -> None:
    """Have every one of them raise KeyboardInterrupt, but for those that are ignored (`nohup`)."""
    for one in ENDING:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, signal.default_int_handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let them wait until this is done; what came meanwhile comes then."""
    if current_thread() is not main_thread():  # signals come to the main thread alone
        yield
        return
    waiting: list[int] = []

    def wait(number: int, _: FrameType | None) -> None:
        waiting.append(number)

    usual = {one: signal.signal(one, wait) for one in ENDING}
    try:
        yield
    finally:
        for one, handler in usual.items():
            signal.signal(one, handler)
        for number in waiting:
            signal.raise_signal(number)


def end(code: int) -> NoReturn:
    """End at once, when all files are closed; to free every object first would take as long as to import them."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
