"""Signals by which a user or a system ends a program: which there are, and how they wait."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Final

ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK") if hasattr(signal, name)
)
"""The signals; which there are depends on the system."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let signals that end the program wait until this is done; those that came meanwhile come then.

    Ctrl-C waits first and comes last, so that what it raises leaves no other signal waiting for ever.
    """
    if current_thread() is not main_thread():  # signals come to the main thread alone
        yield
        return
    waiting: list[int] = []

    def wait(number: int, _: FrameType | None) -> None:
        waiting.append(number)

    handlers = {number: signal.getsignal(number) for number in ENDING}
    usual = {number: handler for number, handler in handlers.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for number in usual:
            signal.signal(number, wait)
        yield
    finally:
        for number, handler in reversed(usual.items()):
            signal.signal(number, handler)
        for number in waiting:
            signal.raise_signal(number)
