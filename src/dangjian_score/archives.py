"""Archives that documents are: looked over before anything is unpacked, and written the same each time."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from os import SEEK_END
from typing import IO, Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

Fault = Literal["part outside", "part twice", "encrypted", "damaged", "bomb", "too large"]

MAX_PARTS: Final = 10_000
MAX_RATIO: Final = 200
"""How far XML of some size may have been squeezed; documents' parts shrink to a twentieth, never to so little."""
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""When every part of an archive was made: the first day that archives know."""

UNREADABLE: Final = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What is raised by archives that are damaged, encrypted, or none."""

_LARGE: Final = 1_000_000
_LOCKED: Final = 0x1
_END: Final = b"PK\x05\x06"
_END_ROOM: Final = 22 + 0xFFFF
"""Bytes at the end of an archive among which its last record begins."""
_LONGEST_TABLE: Final = 400 * MAX_PARTS
"""Bytes of a table of contents that is read only to see whether a file is of a kind."""
_START: Final = 64_000


def fault(parts: list[ZipInfo], most: int) -> Fault | None:
    """Tell what is wrong with an archive by its table of contents; all parts together may claim `most` bytes."""
    if any(_outside(part.orig_filename) for part in parts):
        return "part outside"
    if len({part.orig_filename.lower() for part in parts}) < len(parts):
        return "part twice"
    if any(part.flag_bits & _LOCKED for part in parts):
        return "encrypted"
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        return "damaged"
    if any(_bomb(part) for part in parts):
        return "bomb"
    return "too large" if sum(part.file_size for part in parts) > most else None


def stamped(archive: BytesIO, replaced: Mapping[str, bytes | str] | None = None) -> bytes:
    """Write an archive again without clock and host in it: the same content gives the same bytes."""
    packed = BytesIO()
    with ZipFile(archive) as source, ZipFile(packed, "w") as target:
        for part in source.namelist():
            info = ZipInfo(part, EPOCH)
            info.create_system = 0  # else it tells Windows from Linux
            target.writestr(info, (replaced or {}).get(part) or source.read(part), ZIP_DEFLATED)
    return packed.getvalue()


def part_start(file: IO[bytes], name: str) -> bytes:
    """Read how a part of an archive begins; empty where there is no such part, or no archive that can be read."""
    end = file.seek(0, SEEK_END)
    file.seek(max(0, end - _END_ROOM))
    last = file.read()
    table = last[last.rfind(_END) :][12:16] if _END in last else b""
    if not table or int.from_bytes(table, "little") > _LONGEST_TABLE:
        return b""
    try:
        with ZipFile(file) as archive, archive.open(name) as part:
            return part.read(_START)
    except (*UNREADABLE, KeyError):
        return b""


def _outside(name: str) -> bool:
    return "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/")


def _bomb(part: ZipInfo) -> bool:
    xml = part.orig_filename.lower().endswith((".xml", ".rels"))
    return xml and part.file_size > max(_LARGE, part.compress_size * MAX_RATIO)
