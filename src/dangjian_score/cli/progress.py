"""A bar on the terminal while work takes longer than a second; nothing in a pipe."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from threading import Timer
from typing import TypeVar

from dangjian_score.core.watching import Watch, Work, unwatched
from dangjian_score.words.say import Words

T = TypeVar("T")

DELAY = 1.0
"""Seconds after which a bar comes."""


def bars(words: Words, *, quiet: bool) -> Watch:
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
