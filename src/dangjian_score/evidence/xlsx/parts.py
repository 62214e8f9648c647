"""What stands in a workbook beside its cells: relationships, the list of sheets, styles, which program wrote it."""

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Final

from msgspec import Struct, field

from dangjian_score.evidence.xlsx.archive import (
    REFERENCES,
    SEPARATOR,
    Attributes,
    ElementRule,
    Package,
    UnreadableError,
    flag,
    walk,
)
from dangjian_score.evidence.xlsx.formats import NumberFormat, built_in, format_of

MAX_LISTED: Final = 10_000
"""Relationships of a part."""
MAX_SHEETS: Final = 1_000
MAX_STYLES: Final = 100_000
"""Styles of cells, fonts, and formats of numbers."""


class Relation(Struct, frozen=True):
    """A part that another one names: what it is to it, and its name; None where it lies outside."""

    kind: str
    target: str | None


class ListedSheet(Struct, frozen=True):
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    reference: str


class Contents(Struct, frozen=True):
    """The workbook's own part; `calculation` is what it says of when formulas were computed."""

    sheets: tuple[ListedSheet, ...]
    from_1904: bool
    calculation: Attributes


class Style(Struct, frozen=True):
    """What a cell's style says of its value: how numbers are shown, and whether all of it is struck out."""

    format: NumberFormat = field(default_factory=lambda: built_in("0"))
    struck: bool = False


def relations(package: Package, part: str) -> dict[str, Relation]:
    """Read what a part names, by id; nothing where it names nothing. "" is the package as a whole."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, Relation] = {}

    def one(said: Attributes) -> None:
        outside = said.get("TargetMode") == "External" or "Target" not in said
        target = None if outside else posixpath.normpath(posixpath.join("/", folder, said["Target"])).lstrip("/")
        found[said.get("Id", "")] = Relation(said.get("Type", "").rpartition("/")[2], target)
        _bounded(len(found), MAX_LISTED)

    if source in package:
        package.parse(
            source, partial(walk, root={"Relationships": ElementRule(below={"Relationship": ElementRule(one)})})
        )
    return found


def contents(package: Package, part: str) -> Contents:
    """Read the list of sheets, from when days are counted, and when formulas were computed."""
    sheets: list[ListedSheet] = []
    first: list[bool] = []
    calculation: dict[str, str] = {}

    def sheet(said: Attributes) -> None:
        reference = next((said[key] for space in REFERENCES if (key := f"{space}{SEPARATOR}id") in said), "")
        sheets.append(ListedSheet(said.get("name", ""), said.get("state", "visible") != "visible", reference))
        _bounded(len(sheets), MAX_SHEETS)

    below = {
        "workbookPr": ElementRule(lambda said: first.append(flag(said.get("date1904")))),
        "sheets": ElementRule(below={"sheet": ElementRule(sheet)}),
        "calcPr": ElementRule(calculation.update),
    }
    package.parse(part, partial(walk, root={"workbook": ElementRule(below=below)}))
    return Contents(tuple(sheets), any(first), calculation)


def styles(package: Package, part: str) -> tuple[Style, ...]:
    """Read the styles of cells, by their position."""
    own: dict[str, str] = {}
    struck: list[bool] = []
    cells: list[tuple[str, str]] = []

    def code(said: Attributes) -> None:
        own[said.get("numFmtId", "")] = said.get("formatCode", "")
        _bounded(len(own), MAX_STYLES)

    def font(_: Attributes) -> None:
        struck.append(False)
        _bounded(len(struck), MAX_STYLES)

    def strike(said: Attributes) -> None:
        struck[-1] = flag(said.get("val", "1"))

    def cell(said: Attributes) -> None:
        cells.append((said.get("numFmtId", "0"), said.get("fontId", "0")))
        _bounded(len(cells), MAX_STYLES)

    below = {
        "numFmts": ElementRule(below={"numFmt": ElementRule(code)}),
        "fonts": ElementRule(below={"font": ElementRule(font, below={"strike": ElementRule(strike)})}),
        "cellXfs": ElementRule(below={"xf": ElementRule(cell)}),
    }
    package.parse(part, partial(walk, root={"styleSheet": ElementRule(below=below)}))
    lined = {str(at) for at, line in enumerate(struck) if line}
    known = {(number, font): Style(_format(own, number), font in lined) for number, font in set(cells)}
    return tuple(known[named] for named in cells)


def _format(own: Mapping[str, str], number: str) -> NumberFormat:
    return format_of(own[number]) if number in own else built_in(number)


def _bounded(listed: int, most: int) -> None:
    if listed > most:
        raise UnreadableError("too large")
