"""The outline of a regulation: sections and items with their words, before any clause is read."""

from fractions import Fraction
from typing import Literal

from msgspec import Struct

Kind = Literal["base", "bonus", "penalty", "adjust", "veto"]
"""How a section enters the total; a list of vetoes enters it in no way."""


class Item(Struct, frozen=True):
    """An item: what it is about, how it is scored (`standard`), how that is checked (`inspect`).

    `content` is all that is said of what it is about, `criterion` the part of it that is no title. `clause` is its
    number in the regulation, `place` where it stands in the document. `max` is None where the document gives none.
    """

    title: str
    max: Fraction | None = None
    content: str = ""
    criterion: str = ""
    standard: str = ""
    inspect: str = ""
    clause: str = ""
    place: str = ""


class StatedSum(Struct, frozen=True):
    """What a document says that a section comes to: in its heading, or in a row 小计."""

    points: Fraction
    place: str


class OutlineSection(Struct, frozen=True):
    """A section with its items; without items `own` holds its words, whose clauses share its points."""

    title: str
    kind: Kind = "base"
    max: Fraction | None = None
    items: tuple[Item, ...] = ()
    own: Item | None = None
    clause: str = ""
    place: str = ""
    sums: tuple[StatedSum, ...] = ()


class Outline(Struct, frozen=True):
    """A regulation: title, sections in order, and the lines that belong to none of them (等次, 名额, 取舍)."""

    title: str
    sections: tuple[OutlineSection, ...]
    lines: tuple[str, ...]
    total: StatedSum | None = None
