"""What stands in a workbook beside its cells: relationships, the list of sheets, number formats, shared strings."""

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import Final

from dangjian_score.evidence.archive import SEPARATOR, Package
from dangjian_score.evidence.elements import REFERENCES, Attributes, Element, walk
from dangjian_score.evidence.formats import BUILT_IN, Format, format_of
from dangjian_score.evidence.refusals import RefusedError

MAX_LISTED: Final = 10_000
"""Relationships of a part."""
MAX_SHEETS: Final = 1_000
MAX_STYLES: Final = 100_000
"""Styles of cells, and formats of numbers."""
MAX_TEXT: Final = 16_000_000
"""Letters of all shared strings."""

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE: Final = ("1", "true")


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another one names: what it is to it, and its name; None where it lies outside."""

    kind: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    reference: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The workbook's own part."""

    sheets: tuple[Listed, ...]
    from_1904: bool


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
        package.parse(source, partial(walk, root={"Relationships": Element(below={"Relationship": Element(one)})}))
    return found


def contents(package: Package, part: str) -> Contents:
    """Read the list of sheets, and from when days are counted."""
    sheets: list[Listed] = []
    first: list[bool] = []

    def sheet(said: Attributes) -> None:
        reference = next((said[key] for space in REFERENCES if (key := f"{space}{SEPARATOR}id") in said), "")
        sheets.append(Listed(said.get("name", ""), said.get("state", "visible") != "visible", reference))
        _bounded(len(sheets), MAX_SHEETS)

    below = {
        "workbookPr": Element(lambda said: first.append(flag(said.get("date1904")))),
        "sheets": Element(below={"sheet": Element(sheet)}),
    }
    package.parse(part, partial(walk, root={"workbook": Element(below=below)}))
    return Contents(tuple(sheets), any(first))


def formats(package: Package, part: str) -> tuple[Format, ...]:
    """Read what the styles of cells show numbers as, by the position of the style."""
    own: dict[str, str] = {}
    styles: list[str] = []

    def code(said: Attributes) -> None:
        own[said.get("numFmtId", "")] = said.get("formatCode", "")
        _bounded(len(own), MAX_STYLES)

    def style(said: Attributes) -> None:
        styles.append(said.get("numFmtId", "0"))
        _bounded(len(styles), MAX_STYLES)

    below = {
        "numFmts": Element(below={"numFmt": Element(code)}),
        "cellXfs": Element(below={"xf": Element(style)}),
    }
    package.parse(part, partial(walk, root={"styleSheet": Element(below=below)}))
    shown = {number: format_of(own[number]) if number in own else _built_in(number) for number in set(styles)}
    return tuple(shown[number] for number in styles)


def strings(package: Package, part: str) -> tuple[str, ...]:
    """Read the shared strings: runs joined, how they are pronounced left out."""
    found: list[str] = []
    runs: list[str] = []
    letters = 0

    def close() -> None:
        nonlocal letters
        whole = "".join(runs)
        runs.clear()
        found.append(whole)
        package.hold(1)
        letters += len(whole)
        if letters > MAX_TEXT:
            raise RefusedError("too large")

    text = Element(text=runs.append)
    item = Element(end=close, below={"t": text, "r": Element(below={"t": text})})
    package.parse(part, partial(walk, root={"sst": Element(below={"si": item})}))
    return tuple(found)


def flag(said: str | None) -> bool:
    """Read an attribute that is true or false."""
    return said in _TRUE


def unescaped(text: str) -> str:
    """Undo `_x000D_`, where it stands for a letter that does no harm on a screen."""
    return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter in "\t\n\r" or not unicodedata.category(letter).startswith("C") else escaped[0]


def _built_in(number: str) -> Format:
    return BUILT_IN.get(int(number), "figure") if number.isdecimal() and len(number) < _DIGITS else "figure"


def _bounded(listed: int, most: int) -> None:
    if listed > most:
        raise RefusedError("too large")


_DIGITS: Final = 6
