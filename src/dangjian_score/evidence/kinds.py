"""What a file really is, told from its first bytes, whatever its name says."""

import re
from typing import Final

from dangjian_score.evidence.refusals import Reason

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HEAD: Final = 4_000
"""Bytes that tell text from markup."""
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"

_STARTS: Final[tuple[tuple[bytes, Reason], ...]] = (
    (b"%PDF", "pdf"),
    (b"Rar!", "not a workbook"),
    (b"7z\xbc\xaf\x27\x1c", "not a workbook"),
    (b"\x1f\x8b", "not a workbook"),
    (b"PK\x05\x06", "not a workbook"),  # an archive without parts
    (b"\x09\x08", "xls"),  # before 1997 .xls was no container: BIFF 5, 4, 3, 2
    (b"\x09\x04", "xls"),
    (b"\x09\x02", "xls"),
    (b"\x09\x00\x04", "xls"),
)
_PAGES: Final = ("<html", "<!doctype html", "<head", "<meta", "<table", "<body", "<style", "<div", "mime-version:")


def refusal(data: bytes, suffix: str) -> Reason | None:
    """Tell why these bytes are no workbook; None where they may be one, being an archive."""
    if not data.strip(b"\0 \t\r\n"):
        return "empty file"
    if data.startswith(_OLE):
        return _container(data, suffix)
    if data.startswith(_ZIP):
        return None
    return next((reason for start, reason in _STARTS if data.startswith(start)), None) or _text(data)


def _container(data: bytes, suffix: str) -> Reason:
    """Tell what an OLE2 container holds by the names of its streams."""
    streams: tuple[tuple[str, Reason], ...] = (
        ("EncryptedPackage", "encrypted"),
        ("WordDocument", "word"),
        ("PowerPoint Document", "slides"),
    )
    held = next((reason for name, reason in streams if name.encode("utf-16-le") in data), None)
    return held or ("et" if suffix in (".et", ".ett") else "xls")


def _text(data: bytes) -> Reason:
    head = _decoded(data[:_HEAD])
    if head is None:
        return "unknown kind"
    start = head.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<?xml") and ("office:spreadsheet" in start or "excel.sheet" in start):
        return "xml 2003"
    if start.startswith(_PAGES) or (start.startswith(("<?xml", "<!--", "<!")) and "<html" in start):
        return "html"
    return "plain text"


def _decoded(head: bytes) -> str | None:
    """Read as text what is text; a letter that is cut off at the end does no harm."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if _CONTROL.search(head):
        return None
    return head.decode("utf-8", "replace")
