"""Archives that documents are: looked over before anything is unpacked, and written the same each time."""

from collections.abc import Mapping
from io import BytesIO
from typing import Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

Fault = Literal["part outside", "part twice", "encrypted", "damaged", "bomb", "too large"]

MAX_PARTS: Final = 10_000
MAX_RATIO: Final = 200
"""How far XML of some size may have been squeezed; documents' parts shrink to a twentieth, never to so little."""
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""When every part of an archive was made: the first day that archives know."""

_LARGE: Final = 1_000_000
_LOCKED: Final = 0x1


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


def _outside(name: str) -> bool:
    return "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/")


def _bomb(part: ZipInfo) -> bool:
    xml = part.orig_filename.lower().endswith((".xml", ".rels"))
    return xml and part.file_size > max(_LARGE, part.compress_size * MAX_RATIO)
