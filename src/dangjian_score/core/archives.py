"""ZIP archives of documents and packs: checked before they are unpacked, written without clock and host."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from os import SEEK_END
from pathlib import PurePosixPath
from typing import IO, Any, Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from msgspec import Struct

from dangjian_score.core.names import file_name

Fault = Literal["part outside", "part twice", "encrypted", "damaged", "bomb", "too large"]

MAX_PARTS: Final = 10_000
MAX_RATIO: Final = 200
"""Highest compression ratio of large XML parts; parts of documents shrink to a twentieth."""
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every part: the first day of the ZIP format."""

UNREADABLE: Final = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""Exceptions of archives that are damaged, encrypted, or no archives."""

_LARGE: Final = 1_000_000
_LOCKED: Final = 0x1
_ENTRY: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_END_ROOM: Final = 22 + 0xFFFF
"""Bytes at the end of an archive in which its last record begins."""
_LONGEST_TABLE: Final = 400 * MAX_PARTS
"""Longest table of contents, in bytes, that is read to find out the kind of a file."""
_PART_START: Final = 64_000
"""Bytes at the start of a part that are read to find out the kind of a file."""


def fault(parts: list[ZipInfo], most: int) -> Fault | None:
    """Return what is wrong with an archive by its table of contents; `most` limits the unpacked bytes of all parts."""
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


def unpack(data: bytes, *, most: int, parts: int) -> dict[str, bytes] | Fault:
    """Return every part of an archive by its name, or what is wrong; `most` limits the bytes of all parts together.

    What a part declares is checked first, and no more than that is ever unpacked of it.
    """
    if data.count(_ENTRY) > parts:
        return "too large"
    try:
        with ZipFile(BytesIO(data)) as archive:
            if wrong := fault(archive.infolist(), most):
                return wrong
            return {part.filename: _content(archive, part) for part in archive.infolist()}
    except (*UNREADABLE, OverflowError):
        return "damaged"


def _content(archive: ZipFile, part: ZipInfo) -> bytes:
    with archive.open(part) as file:
        content = file.read(part.file_size + 1)
    if len(content) != part.file_size:
        raise BadZipFile
    return content


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


def _part_start(file: IO[bytes], name: str) -> bytes:
    """Return the first bytes of a part of an archive; empty where there is no such part, or no readable archive."""
    end = file.seek(0, SEEK_END)
    file.seek(max(0, end - _END_ROOM))
    last = file.read()
    table = last[last.rfind(_END) :][12:16] if _END in last else b""
    if not table or int.from_bytes(table, "little") > _LONGEST_TABLE:
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
    return xml and part.file_size > max(_LARGE, part.compress_size * MAX_RATIO)


AUTHOR: Final = "dangjian-score"
"""The author of every document, templates included."""
OUTPUT: Final = "dangjian-score output"
"""The category (类别) of documents for people. Templates have none, since they become evidence."""

_CORE: Final = "docProps/core.xml"
_PROPERTY: Final = r"<(?:\w+:)?{name}\b[^>]*>([^<]*)<"


def is_output(file: IO[bytes]) -> bool:
    """Return whether a workbook or paper was written as a result, also after somebody saved it again.

    Versions before the category are known by the last editor, which office programs overwrite, and workbooks to mail
    back by the missing title, which templates always have.
    """
    core = _part_start(file, _CORE).decode("utf-8", "replace")
    if _property(core, "category") == OUTPUT:
        return True
    by_us = _property(core, "creator") == AUTHOR
    return by_us and (_property(core, "lastModifiedBy") == AUTHOR or not _property(core, "title"))


def _property(core: str, name: str) -> str:
    found = re.search(_PROPERTY.format(name=name), core)
    return found[1].strip() if found else ""


SCHEMA: Final = "dangjian.pack/1"
MANIFEST: Final = "manifest.json"
MAX_FILES: Final = 10_000
MAX_BYTES: Final = 400_000_000
"""Bytes of all files together, unpacked."""

Role = Literal["rubric", "evidence", "units", "result"]
Reason = Literal["not a pack", "pack damaged", "other pack", "pack incomplete", "pack too large"]

_READ_ONLY: Final = 0o100444 << 16
_ENTRY_START: Final = b"PK"
_MANIFEST_START: Final = re.compile(rb'\s*\{\s*"schema":\s*"dangjian\.pack/')


class Pack(Struct, frozen=True):
    """The files of a pack by their names in results; `units` are rosters, `result` is the result as JSON.

    `changed` are files whose hash differs from that in the manifest.
    """

    version: str
    rubric: tuple[str, bytes]
    evidence: Mapping[str, bytes]
    units: Mapping[str, bytes]
    result: bytes
    changed: tuple[str, ...] = ()


def is_output_pack(file: IO[bytes]) -> bool:
    """Return whether an archive was written as a pack, whatever happened to it since."""
    return _MANIFEST_START.match(_part_start(file, MANIFEST)) is not None


def is_pack(data: bytes) -> bool:
    """Return whether data is an archive and not a result."""
    return data.startswith(_ENTRY_START)


def to_bytes(pack: Pack) -> bytes:
    """Return the bytes of a pack."""
    files = dict(_files(pack))
    listed = [
        {"path": path, "role": role, "name": name, "sha256": sha256(data).hexdigest()}
        for path, (role, name, data) in files.items()
    ]
    manifest = {"schema": SCHEMA, "tool": {"name": "dangjian-score", "version": pack.version}, "files": listed}
    written = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace")
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path, data in {MANIFEST: written, **{path: data for path, (_, _, data) in files.items()}}.items():
            entry = ZipInfo(path, EPOCH)
            entry.create_system, entry.external_attr = 3, _READ_ONLY  # else it tells Windows from Linux
            archive.writestr(entry, data, ZIP_DEFLATED)
    return packed.getvalue()


def _files(pack: Pack) -> Iterator[tuple[str, tuple[Role, str, bytes]]]:
    """Visit the files with paths that are safe on any system."""
    yield "result.json", ("result", "result.json", pack.result)
    groups: tuple[tuple[Role, Mapping[str, bytes]], ...] = (
        ("rubric", dict([pack.rubric])),
        ("evidence", pack.evidence),
        ("units", pack.units),
    )
    for role, files in groups:
        taken: list[str] = []
        for name, data in files.items():
            path = PurePosixPath(name.replace("\\", "/"))
            taken.append(file_name(path.stem, taken, path.suffix))
            yield f"{role}/{taken[-1]}", (role, name, data)


def from_bytes(data: bytes) -> Pack | Reason:
    """Read a pack, or say why it is none."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _unpacked(archive)
    except UNREADABLE:
        return "pack damaged"


def _unpacked(archive: ZipFile) -> Pack | Reason:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if MANIFEST not in entries:
        return "not a pack"
    if wrong := fault(archive.infolist(), MAX_BYTES):
        return "pack too large" if wrong == "too large" else "pack damaged"
    if len(entries) > MAX_FILES:
        return "pack too large"
    try:
        manifest: Any = json.loads(archive.read(MANIFEST))
        version, listed = str(manifest["tool"]["version"]), [_listed(entry) for entry in manifest["files"]]
        schema = manifest["schema"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "pack damaged"
    if schema != SCHEMA:
        return "other pack"
    if any(file.path not in entries for file in listed):
        return "pack incomplete"
    contents = {file: archive.read(file.path) for file in listed}
    roles = {role: {file.name: data for file, data in contents.items() if file.role == role} for role in _ROLES}
    if len(roles["rubric"]) != 1 or len(roles["result"]) != 1 or not roles["evidence"]:
        return "pack incomplete"
    changed = tuple(file.path for file, data in contents.items() if sha256(data).hexdigest() != file.sha256)
    (rubric,), (result,) = roles["rubric"].items(), roles["result"].values()
    return Pack(version, rubric, roles["evidence"], roles["units"], result, changed)


_ROLES: Final = ("rubric", "evidence", "units", "result")


class _PackedFile(Struct, frozen=True):
    """A file as the manifest lists it."""

    path: str
    role: str
    name: str
    sha256: str


def _listed(entry: Any) -> _PackedFile:
    return _PackedFile(*(str(entry[key]) for key in ("path", "role", "name", "sha256")))
