"""ZIP archives of documents and packs: unpacked within limits, written without clock and host."""

import re
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from os import SEEK_END
from typing import IO, Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from dangjian_score.core import limits

Fault = Literal[
    "part outside", "part twice", "encrypted", "damaged", "truncated", "bomb", "too large", "too many parts"
]

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every part: the first day of the ZIP format."""

UNREADABLE: Final = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, OverflowError)
"""Exceptions of archives that are damaged, encrypted, or no archives."""

_LARGE: Final = 1_000_000
"""Bytes to which any XML may unpack."""
_LOCKED: Final = 0x1
_CHUNK: Final = 1 << 16
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_END_ROOM: Final = _END_SIZE + 0xFFFF
"""Bytes at the end of an archive in which its last record begins."""
_WIDE_END: Final = b"PK\x06\x07"
"""The record before the last one where sizes are kept in 64 bits."""
_ENTRY_SIZE: Final = 400
"""Bytes of an entry in a table of contents, with a long name."""
_PART_START: Final = 64_000
"""Bytes at the start of a part that are read to find out the kind of a file."""


def opened(data: bytes, most: int, parts: int) -> ZipFile | Fault:
    """Open an archive, or return what is wrong with it by its table of contents.

    `most` limits the unpacked bytes of all parts, `parts` their number. No part unpacks to more than the table says.
    """
    table = _table_size(data[-_END_ROOM:])
    if table is None:
        return "truncated"
    if table > _ENTRY_SIZE * parts:
        return "too many parts"
    try:
        archive = ZipFile(BytesIO(data))
    except UNREADABLE:
        return "damaged"
    if len(archive.infolist()) > parts:
        return "too many parts"
    return _fault(archive.infolist(), most) or archive


def unpack(data: bytes, most: int, parts: int) -> dict[str, bytes] | Fault:
    """Return all parts of an archive by name, in their order, or what is wrong with it; limits as in `opened`."""
    archive = opened(data, most, parts)
    if isinstance(archive, str):
        return archive
    try:
        return {part.filename: content(archive, part) for part in archive.infolist()}
    except UNREADABLE:
        return "damaged"


def content(archive: ZipFile, part: ZipInfo) -> bytes:
    """Return the bytes of a part. Raises one of UNREADABLE where they are not what the table of contents says.

    They are unpacked bit by bit: asked for all, zipfile unpacks whatever there is and only then looks at the size.
    """
    with archive.open(part) as stream:
        data = b"".join(iter(lambda: stream.read(_CHUNK), b""))
    if len(data) != part.file_size:
        raise BadZipFile
    return data


def _table_size(tail: bytes) -> int | None:
    """Return how long the table of contents is, in bytes, by the end of an archive; None where it has no end."""
    whole = tail[-_END_SIZE:].startswith(_END) and tail.endswith(b"\0\0")
    end = len(tail) - _END_SIZE if whole else tail.rfind(_END)
    if end < 0:
        return None
    if tail[max(end - 20, 0) : end].startswith(_WIDE_END):
        return int.from_bytes(tail[max(end - 36, 0) : end - 28], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little")


def _fault(parts: list[ZipInfo], most: int) -> Fault | None:
    """Return what is wrong with a table of contents."""
    if any(_outside(part.orig_filename) for part in parts):
        return "part outside"
    if len({part.orig_filename.lower() for part in parts}) < len(parts):
        return "part twice"
    if any(part.flag_bits & _LOCKED for part in parts):
        return "encrypted"
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        return "damaged"
    if any(map(_bomb, parts)):
        return "bomb"
    return "too large" if sum(part.file_size for part in parts) > most else None


def packed(parts: Iterable[tuple[str, bytes | str]]) -> bytes:
    """Return an archive of parts without clock and host, so that equal content gives equal bytes."""
    archive = BytesIO()
    with ZipFile(archive, "w") as target:
        for name, content in parts:
            info = ZipInfo(name, EPOCH)
            info.create_system = 0  # else it tells Windows from Linux
            target.writestr(info, content, ZIP_DEFLATED)
    return archive.getvalue()


def stamped(archive: BytesIO, replaced: Mapping[str, bytes | str] | None = None) -> bytes:
    """Return an archive rewritten without clock and host."""
    with ZipFile(archive) as source:
        return packed((part, (replaced or {}).get(part) or source.read(part)) for part in source.namelist())


def part_start(file: IO[bytes], name: str) -> bytes:
    """Return the first bytes of a part of an archive; empty where there is no such part, or no readable archive."""
    file.seek(max(0, file.seek(0, SEEK_END) - _END_ROOM))
    if not 0 < (_table_size(file.read()) or 0) <= _ENTRY_SIZE * limits.MAX_PARTS:
        return b""
    try:
        with ZipFile(file) as archive, archive.open(name) as part:
            return part.read(_PART_START)
    except (*UNREADABLE, KeyError):
        return b""


def _outside(name: str) -> bool:
    return "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/")


def _bomb(part: ZipInfo) -> bool:
    xml = part.orig_filename.lower().endswith((".xml", ".rels"))
    return xml and part.file_size > max(_LARGE, part.compress_size * limits.MAX_RATIO)


AUTHOR: Final = "dangjian-score"
"""The author of every document, templates included."""
OUTPUT: Final = "dangjian-score output"
"""The category (类别) of documents for people. Templates have none, since they become evidence."""

_CORE: Final = "docProps/core.xml"
_PROPERTY: Final = r"<(?:\w+:)?{name}\b[^<>]*>([^<]*)<"


def is_output(file: IO[bytes]) -> bool:
    """Return whether a workbook or paper was written as a result, also after somebody saved it again.

    Versions before the category are known by the last editor, which office programs overwrite, and workbooks to mail
    back by the missing title, which templates always have.
    """
    core = part_start(file, _CORE).decode("utf-8", "replace")
    if _property(core, "category") == OUTPUT:
        return True
    by_us = _property(core, "creator") == AUTHOR
    return by_us and (_property(core, "lastModifiedBy") == AUTHOR or not _property(core, "title"))


def _property(core: str, name: str) -> str:
    found = re.search(_PROPERTY.format(name=name), core)
    return found[1].strip() if found else ""
