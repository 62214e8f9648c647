"""Documents of any kind → blocks, by what is in them; a finding where one cannot be read."""

from pathlib import PurePath
from typing import Final

from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.core.archives import opened
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.draft.documents.blocks import SourceDocument
from dangjian_score.draft.documents.paper import read_paper
from dangjian_score.draft.documents.parts import archive_of
from dangjian_score.draft.documents.refusals import DocumentRefusal, DocumentRefusedError
from dangjian_score.draft.documents.text import read_text
from dangjian_score.draft.documents.workbook import read_book
from dangjian_score.evidence.xlsx.archive import UnreadableError
from dangjian_score.report.official.package import UnusableError

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE: Final = b"\xd0\xcf\x11\xe0"
_BOOK: Final = "xl/"
_STARTS: Final[tuple[tuple[bytes, DocumentRefusal], ...]] = (
    (b"%PDF", "document pdf"),
    (b"{\\rtf", "document rtf"),
    (b"Rar!", "document archive"),
    (b"7z\xbc\xaf\x27\x1c", "document archive"),
    (b"\x1f\x8b", "document archive"),
    (b"\x09\x08", "xls"),  # before 1997 .xls was no container
    (b"\x09\x04", "xls"),
    (b"\x09\x02", "xls"),
)
"""How files of other kinds begin."""
_PARTS: Final[tuple[tuple[str, DocumentRefusal], ...]] = (
    ("ppt/", "document slides"),
    ("content.xml", "document odt"),
    ("ofd.xml", "document ofd"),
)
"""How parts of archives begin that are documents of other kinds."""
_STREAMS: Final[tuple[tuple[str, DocumentRefusal], ...]] = (
    ("EncryptedPackage", "paper locked"),
    ("WordDocument", "paper doc"),
    ("PowerPoint Document", "document slides"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
"""What the streams of a container of OLE2 are named by what it holds."""
_SUFFIXES: Final[dict[str, DocumentRefusal]] = {
    ".wps": "document wps", ".wpt": "document wps", ".et": "et", ".ett": "et", ".xls": "xls", ".xlt": "xls",
}  # fmt: skip
"""What such a container is by its name, where it has no password; all others are old documents of Word."""


_TYPES: Final = "[content_types].xml"
_BOOKS: Final = (".xlsx", ".xlsm")
_MARKDOWN: Final = (".md", ".markdown")


def read_document(name: str, data: bytes) -> SourceDocument | Diagnostic:
    """Read a document; a finding where it cannot be read, or holds no text."""
    try:
        document = _read(name, data)
    except (DocumentRefusedError, UnusableError) as refused:
        return at_file(Code.DOCUMENT_UNUSABLE, name, reason=refused.reason, part=refused.part)
    except UnreadableError as refused:
        return at_file(Code.DOCUMENT_UNUSABLE, name, reason=refused.reason, part=refused.part)
    if isinstance(document, Diagnostic):  # of the reader of workbooks
        return replace(document, code=Code.DOCUMENT_UNUSABLE)
    return document if document.blocks else at_file(Code.DOCUMENT_UNUSABLE, name, reason="document blank", part="")


def _read(name: str, data: bytes) -> SourceDocument | Diagnostic:
    """Read a document by how it begins. Raises DocumentRefusedError, UnusableError or UnreadableError."""
    if not data.strip(b"\0 \t\r\n"):
        raise DocumentRefusedError("paper empty")
    if len(data) > limits.MAX_EVIDENCE_FILE:
        raise DocumentRefusedError("paper large")
    suffix = PurePath(name).suffix.lower()
    if data.startswith(_OLE):
        raise DocumentRefusedError(_container(data, suffix))
    if data.startswith(_ZIP):
        return _unpacked(name, data, suffix)
    for start, reason in _STARTS:
        if data.startswith(start):
            raise DocumentRefusedError(reason)
    return read_text(data, markdown=suffix in _MARKDOWN)


def _container(data: bytes, suffix: str) -> DocumentRefusal:
    """Tell what a container of older programs holds: by its streams, and by its name."""
    held = next((reason for stream, reason in _STREAMS if stream.encode("utf-16-le") in data), None)
    return held if held == "paper locked" else _SUFFIXES.get(suffix, held or "paper doc")


def _unpacked(name: str, data: bytes, suffix: str) -> SourceDocument | Diagnostic:
    """Read an archive by the names of its parts; its own where these cannot be read."""
    archive = opened(data, limits.MAX_BOOK_UNPACKED, limits.MAX_PARTS)
    parts = [] if isinstance(archive, str) else [part.filename.lower() for part in archive.infolist()]
    if any(part.startswith(_BOOK) for part in parts) or (not parts and suffix in _BOOKS):
        return read_book(data, name)
    for start, reason in _PARTS:
        if any(part.startswith(start) for part in parts):
            raise DocumentRefusedError(reason)
    if not isinstance(archive, str) and _TYPES not in parts:
        raise DocumentRefusedError("document archive")
    if len(data) > limits.MAX_PAPER:
        raise DocumentRefusedError("paper large")
    return read_paper(archive_of(data))
