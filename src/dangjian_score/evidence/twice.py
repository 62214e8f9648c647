"""Rows that say the same as another row: one event told twice, or two that should be looked at."""

from collections.abc import Callable, Hashable

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.facts import Cell

Details = tuple[str, ...]


class Twice:
    """Remembers what rows mean, and reports those that mean the same as one before them."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self._found = found
        self._first: dict[Hashable, tuple[Callable[[], Details], Cell]] = {}
        self._others: dict[Hashable, dict[Details, Cell]] = {}

    def says(
        self, meaning: Hashable, details: Callable[[], Details], cell: Cell, about: str, *, within_a_file: bool = True
    ) -> bool:
        """Tell whether a row says what another one says, which is an error.

        Where only the `details` differ (a subject, a number of a document, a remark) both count, with a warning; they
        are asked for where they matter. `within_a_file` is false for rows that may well be alike in one file, such as
        ballots.
        """
        if meaning not in self._first:
            self._first[meaning] = details, cell
            return False
        said, first = self._first[meaning]
        before = self._others.get(meaning) or self._others.setdefault(meaning, {said(): first})
        own = details()
        same = before.get(own)
        if same is not None and (within_a_file or same.file != cell.file):
            self._found.append(at_cell(Code.EVENT_TWICE, cell, first=str(same), measure=about))
            return True
        if within_a_file:
            self._found.append(at_cell(Code.PERHAPS_TWICE, cell, first=str(first), measure=about))
        before.setdefault(own, cell)
        return False
