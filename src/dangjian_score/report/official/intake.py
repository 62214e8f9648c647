"""Whether a file is a document that may be written into, told before it is opened."""

from io import BytesIO
from typing import Final, Literal
from zipfile import BadZipFile, ZipFile

from dangjian_score.archives import MAX_PARTS, fault

Refusal = Literal[
    "paper empty", "paper other", "paper doc", "paper locked", "paper damaged", "paper large", "paper macros",
    "paper dotx", "paper entities", "paper slots",
]  # fmt: skip
"""Why a file is no paper to write into; `words` has a sentence and a way out for each."""

MAX_FILE: Final = 20_000_000
MAX_UNPACKED: Final = 200_000_000
"""Bytes of all parts, pictures as well."""
MAX_XML: Final = 30_000_000
"""Bytes of XML; a hundred pages take one or two millions."""

_OLE: Final = b"\xd0\xcf\x11\xe0"
_TYPES: Final = "[Content_Types].xml"
_DOCUMENT: Final = b"wordprocessingml.document.main+xml"
_PATTERN: Final = b"wordprocessingml.template.main+xml"
_MACROS: Final = b"macroEnabled"
_ENTITIES: Final = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def refusal(data: bytes) -> Refusal | None:
    """Tell why these bytes are no document that may be opened."""
    if not data:
        return "paper empty"
    if len(data) > MAX_FILE:
        return "paper large"
    if data.startswith(_OLE):
        return "paper locked" if "EncryptedPackage".encode("utf-16-le") in data else "paper doc"
    if not data.startswith(b"PK"):
        return "paper other"
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _of_parts(archive)
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError, KeyError):
        return "paper damaged"


def _of_parts(archive: ZipFile) -> Refusal | None:
    parts = archive.infolist()
    match fault(parts, MAX_UNPACKED):
        case None:
            pass
        case "encrypted":
            return "paper locked"
        case "bomb" | "too large":
            return "paper large"
        case "part outside" | "part twice" | "damaged":
            return "paper damaged"
    written = [part for part in parts if part.filename.lower().endswith((".xml", ".rels", ".vml"))]
    if len(parts) > MAX_PARTS or sum(part.file_size for part in written) > MAX_XML:
        return "paper large"
    return _of_types(archive.read(_TYPES), archive.namelist()) or (
        "paper entities" if any(mark in archive.read(part) for part in written for mark in _ENTITIES) else None
    )


def _of_types(types: bytes, names: list[str]) -> Refusal | None:
    if _MACROS in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        return "paper macros"
    if _PATTERN in types:
        return "paper dotx"
    return None if _DOCUMENT in types else "paper other"
