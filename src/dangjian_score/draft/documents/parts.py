"""The parts of a .docx that say what stands in it: the document, its styles and its numbering.

Nothing else is unpacked, so that what acts or is fetched when a document is opened does no harm here.
"""

from collections.abc import Mapping
from posixpath import dirname, join, normpath
from typing import Final
from zipfile import ZipFile, ZipInfo

from docx.oxml.ns import qn
from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.core.archives import UNREADABLE, content, opened
from dangjian_score.draft.documents.refusals import DocumentRefusedError
from dangjian_score.report.official.package import Element, parsed

_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL: Final = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
"""How strict documents, and all others, name the same elements."""
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DOCUMENT: Final = "word/document.xml"
"""Where nearly every program puts the document."""
_OWN: Final = ("styles", "numbering")

VALUE: Final = qn("w:val")
_LONGEST_NUMBER: Final = 9
"""Digits of a number that is read; no list, level or span has more."""


class DocumentParts(Struct, frozen=True):
    """The body of a document, its styles and its numbering; None where it has none."""

    body: Element
    styles: Element | None
    numbering: Element | None


def archive_of(data: bytes) -> ZipFile:
    """Open an archive. Raises DocumentRefusedError."""
    archive = opened(data, limits.MAX_PAPER_UNPACKED, limits.MAX_PAPER_PARTS)
    match archive:
        case ZipFile():
            return archive
        case "encrypted":
            raise DocumentRefusedError("paper locked")
        case "bomb" | "too large" | "too many parts":
            raise DocumentRefusedError("paper unpacked")
        case "part outside" | "part twice" | "damaged" | "truncated":
            raise DocumentRefusedError("paper damaged")


def document_parts(archive: ZipFile) -> DocumentParts:
    """Read the parts of a document. Raises DocumentRefusedError, or UnusableError where the XML of one is refused."""
    package = _Package(archive)
    whole = package.relations("")
    name = whole.get("officeDocument", _DOCUMENT)
    root = package.root(name)
    body = root.find(qn("w:body"))
    if root.tag != qn("w:document") or body is None:
        raise DocumentRefusedError("paper part", name)
    own = package.relations(name)
    styles, numbering = (package.root(own[kind]) if kind in own else None for kind in _OWN)
    return DocumentParts(body, styles, numbering)


class _Package:
    """The parts of an archive by name, in lower case; what is parsed of them is counted against the limits."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._parts: Mapping[str, ZipInfo] = {part.filename.lower(): part for part in archive.infolist()}
        self._bytes = self._nodes = 0

    def root(self, name: str) -> Element:
        """Parse a part. Raises DocumentRefusedError or UnusableError."""
        part = self._parts.get(name.lower())
        if part is None:
            raise DocumentRefusedError("paper part missing", name)
        self._bytes += part.file_size
        if self._bytes > limits.MAX_PAPER_XML:
            raise DocumentRefusedError("document xml", name)
        try:
            data = content(self._archive, part)
        except UNREADABLE as error:
            raise DocumentRefusedError("paper damaged", name) from error
        self._nodes += data.count(b"<") + data.count(b"=")
        if self._nodes > limits.MAX_PAPER_NODES:
            raise DocumentRefusedError("document nodes", name)
        return parsed({name: data.replace(_STRICT, _USUAL)}, name)

    def relations(self, name: str) -> dict[str, str]:
        """Read which parts a part names, by the last word of their kind; the first one of each; "" is the package."""
        folder = dirname(name)
        source = join(folder, "_rels", f"{name.rpartition('/')[2]}.rels")
        if source.lower() not in self._parts:
            return {}
        found: dict[str, str] = {}
        for relation in self.root(source).iterchildren(_RELATIONSHIP):
            kind, target = relation.get("Type", "").rpartition("/")[2], relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                found.setdefault(kind, normpath(join("/", folder, target)).lstrip("/"))
        return found


def value_of(parent: Element | None, tag: str) -> str | None:
    """Return what a child says (`w:val`); "" where it says nothing, None where there is no such child."""
    child = None if parent is None else parent.find(qn(tag))
    return None if child is None else child.get(VALUE, "")


def number_of(text: str | None) -> int | None:
    """Read a whole number that is not negative; None where there is none."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number and text is not None else None


def is_on(parent: Element | None, tag: str) -> bool | None:
    """Tell whether a property that is on or off is on; None where it is not there."""
    said = value_of(parent, tag)
    return None if said is None else said not in ("0", "false", "off")
