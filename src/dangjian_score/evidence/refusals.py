"""Why a file is no workbook that can be read. `words` has a sentence and a way out for each reason."""

from typing import Literal

Reason = Literal[
    "bomb", "cell twice", "damaged", "empty file", "encrypted", "entities", "et", "html", "named otherwise",
    "no sheet", "not a workbook", "ods", "part missing", "part outside", "part twice", "pdf", "plain text", "slides",
    "string missing", "too large", "too many parts", "truncated", "unknown kind", "word", "xls", "xlsb", "xml 2003",
]  # fmt: skip


class UnreadableError(Exception):
    """Stops reading from within a parser's callbacks; nobody outside this room meets it.

    `part` is what is missing; `spot` the row and column, counted from 1, of the cell that is to blame; whoever knows
    the sheet names it.
    """

    def __init__(self, reason: Reason, *, part: str = "", spot: tuple[int, int] | None = None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.part = part
        self.spot = spot
        self.sheet: str | None = None
