"""What a paper says, as plain values: paragraphs and tables. Whoever draws them knows no results."""

from typing import Literal

from msgspec import Struct

FaceName = Literal[
    "title", "gap", "salutation", "body", "heading", "subheading", "signature", "annex", "annex title",
    "head", "cell", "small head", "small cell", "fine", "page number",
]  # fmt: skip
"""How a paragraph looks; `faces` says how."""
Align = Literal["left", "center", "right"]


class Text(Struct, frozen=True):
    """A paragraph; a page begins with it where it is a `new_page`, and with `keep` none ends with it.

    `right` is kept free on the right, in hundredths of a character.
    """

    face: FaceName
    text: str
    right: int = 0
    new_page: bool = False
    keep: bool = False


class PaperCell(Struct, frozen=True):
    """A cell of a table: a text, and one `beneath` it in fine print."""

    text: str
    beneath: str = ""


class PaperColumn(Struct, frozen=True):
    """A column: its head, and how its texts stand. `width` is in half-width characters; 0: as wide as its texts ask."""

    head: str
    align: Align = "left"
    width: int = 0


class PaperTable(Struct, frozen=True):
    """A table whose head stands again on every page; `small` is for many columns or long texts."""

    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[PaperCell, ...], ...]
    small: bool = False


Block = Text | PaperTable

GAP = Text("gap", "")
"""An empty line."""
