"""Packs: a result in one ZIP archive with the rubric, the evidence and the rosters that it was made from."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import IO, Annotated, Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Meta, Struct, ValidationError, convert, to_builtins
from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.core.archives import EPOCH, UNREADABLE, content, opened, part_start
from dangjian_score.core.names import FreeNames, file_name
from dangjian_score.core.strict_json import read_json

MANIFEST: Final = "manifest.json"

Role = Literal["rubric", "evidence", "units", "result"]
PackReason = Literal[
    "not a pack", "pack damaged", "other pack", "pack incomplete", "pack listed twice", "pack too large"
]
Oddity = Literal["pack content", "pack unlisted", "pack listing", "pack outside"]
"""How a pack may differ from what is written: a file is not what its hash says, or is on no list; the manifest says
something that would not be written for these files; there are bytes that belong to no file."""

_SCHEMA: Final = "dangjian.pack/1"
_UNIX: Final = 3
_READ_ONLY: Final = 0o100444 << 16
_ARCHIVE_START: Final = b"PK"
_MANIFEST_START: Final = re.compile(rb'\s*\{\s*"schema":\s*"dangjian\.pack/')
_SPARE: Final = limits.MAX_PACK - limits.MAX_MANIFEST
_LARGE: Final = 1_000_000
"""Bytes to which any pack may unpack, however small it is."""
_HEADER_SIZE: Final = 30
_ENTRY_SIZE: Final = 46
_END_SIZE: Final = 22
"""Bytes before a file, of its entry in the table of contents, and after that table; names come on top."""


class Pack(Struct, frozen=True):
    """The files of a pack by their names in results; `units` are rosters, `result` is the result as JSON."""

    version: str
    rubric: tuple[str, bytes]
    evidence: Mapping[str, bytes]
    units: Mapping[str, bytes]
    result: bytes


class PackChange(Struct, frozen=True):
    """Something in an archive that was not written so, and the path of the file."""

    oddity: Oddity
    path: str


class OpenedPack(Struct, frozen=True):
    """A pack that was read, and where it is not as it was written."""

    pack: Pack
    changes: tuple[PackChange, ...]


class _Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """A file as the manifest lists it."""

    path: str
    role: Role
    name: str
    sha256: str


class _Tool(Struct, frozen=True, forbid_unknown_fields=True):
    name: Literal["dangjian-score"]
    version: str


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    schema: Literal["dangjian.pack/1"]
    tool: _Tool
    files: Annotated[tuple[_Listing, ...], Meta(max_length=limits.MAX_PARTS)]


def is_output_pack(file: IO[bytes]) -> bool:
    """Return whether an archive was written as a pack, whatever happened to it since."""
    return _MANIFEST_START.match(part_start(file, MANIFEST)) is not None


def is_pack(data: bytes) -> bool:
    """Return whether data is an archive and not a result."""
    return data.startswith(_ARCHIVE_START)


def to_bytes(pack: Pack) -> bytes | None:
    """Return the bytes of a pack; None where it would be too large to be read again."""
    files = {path: data for path, _, _, data in _files(pack)}
    if len(pack.result) > limits.MAX_RESULT or len(files) >= limits.MAX_PARTS or sum(map(len, files.values())) > _SPARE:
        return None
    manifest = _manifest_bytes(_manifest_of(pack))
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path, data in {MANIFEST: manifest, **files}.items():
            entry = ZipInfo(path, EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _READ_ONLY  # else it tells Windows from Linux
            archive.writestr(entry, data, ZIP_DEFLATED)
    return packed.getvalue()


def _files(pack: Pack) -> Iterator[tuple[str, Role, str, bytes]]:
    """Visit the files in the order of the pack: a path that is safe on any system, role, name, content."""
    yield "result.json", "result", "result.json", pack.result
    groups: tuple[tuple[Role, Mapping[str, bytes]], ...] = (
        ("rubric", dict([pack.rubric])),
        ("evidence", pack.evidence),
        ("units", pack.units),
    )
    for role, files in groups:
        free = FreeNames()
        for name, data in sorted(files.items()):
            path = PurePosixPath(name.replace("\\", "/"))
            yield f"{role}/{file_name(path.stem, free, path.suffix)}", role, name, data


def _manifest_of(pack: Pack) -> _Manifest:
    listed = (_Listing(path, role, name, sha256(data).hexdigest()) for path, role, name, data in _files(pack))
    return _Manifest(_SCHEMA, _Tool("dangjian-score", pack.version), tuple(listed))


def _manifest_bytes(manifest: _Manifest) -> bytes:
    return (json.dumps(to_builtins(manifest), ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace")


def from_bytes(data: bytes) -> OpenedPack | PackReason:
    """Read a pack within the limits, or return why it is none."""
    if len(data) > limits.MAX_PACK:
        return "pack too large"
    most = min(limits.MAX_PACK, max(_LARGE, len(data) * limits.MAX_RATIO))
    archive = opened(data, most, limits.MAX_PARTS)
    if isinstance(archive, str):
        return "pack too large" if archive in ("too large", "too many parts", "bomb") else "pack damaged"
    try:
        document = _manifest_in(archive)
        if isinstance(document, str):
            return document
        manifest = convert(document, _Manifest)
        if len({listing.path for listing in manifest.files}) < len(manifest.files):
            return "pack listed twice"
        contents = {part.filename: content(archive, part) for part in archive.infolist()}
    except (*UNREADABLE, ValidationError):
        return "pack damaged"
    pack = _gathered(manifest, contents)
    if pack is None:
        return "pack incomplete"
    changes = (*_changed_files(manifest, contents), *_other_listings(manifest, pack, contents))
    more = (PackChange("pack outside", MANIFEST),) if _has_more(archive, data) else ()
    return OpenedPack(pack, (*changes, *more))


def _manifest_in(archive: ZipFile) -> dict[str, object] | PackReason:
    """Read the manifest of an archive as it stands there. Raises one of UNREADABLE."""
    part = next((part for part in archive.infolist() if part.filename == MANIFEST), None)
    if part is None:
        return "not a pack"
    if part.file_size > limits.MAX_MANIFEST:
        return "pack too large"
    document = read_json(content(archive, part))
    if not isinstance(document, dict):
        return "pack damaged"
    schema = document.get("schema")
    other = isinstance(schema, str) and schema.startswith("dangjian.pack/") and schema != _SCHEMA
    return "other pack" if other else document


def _gathered(manifest: _Manifest, contents: Mapping[str, bytes]) -> Pack | None:
    """Put together what a manifest lists; None where something is missing."""
    if any(listing.path not in contents for listing in manifest.files):
        return None
    roles: dict[Role, dict[str, bytes]] = {"rubric": {}, "evidence": {}, "units": {}, "result": {}}
    for listing in manifest.files:
        roles[listing.role][listing.name] = contents[listing.path]
    if len(roles["rubric"]) != 1 or len(roles["result"]) != 1 or not roles["evidence"]:
        return None
    (rubric,), (result,) = roles["rubric"].items(), roles["result"].values()
    return Pack(manifest.tool.version, rubric, roles["evidence"], roles["units"], result)


def _changed_files(manifest: _Manifest, contents: Mapping[str, bytes]) -> Iterator[PackChange]:
    listed = {listing.path: listing.sha256 for listing in manifest.files}
    for path, data in contents.items():
        if path not in listed and path != MANIFEST:
            yield PackChange("pack unlisted", path)
        elif path in listed and listed[path] != sha256(data).hexdigest():
            yield PackChange("pack content", path)


def _other_listings(manifest: _Manifest, pack: Pack, contents: Mapping[str, bytes]) -> Iterator[PackChange]:
    """Find where the manifest is not what would be written for its files: one path, one name and one place each."""
    expected = _manifest_of(pack).files
    for listed, written in zip_longest(manifest.files, expected):
        if listed is None or written is None or replace(listed, sha256=written.sha256) != written:
            yield PackChange("pack listing", (listed or written).path)
            return
    known = [MANIFEST, *(listing.path for listing in expected)]
    if contents[MANIFEST] != _manifest_bytes(manifest) or [path for path in contents if path in {*known}] != known:
        yield PackChange("pack listing", MANIFEST)


def _has_more(archive: ZipFile, data: bytes) -> bool:
    """Return whether an archive holds bytes that belong to no file, or was not packed as packs are."""
    end = 0
    for part in sorted(archive.infolist(), key=lambda part: part.header_offset):
        start = end + _HEADER_SIZE + len(part.orig_filename.encode())
        if part.header_offset != end or not _is_ours(part):
            return True
        end = start + part.compress_size
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        unpacker.decompress(data[start:end], part.file_size + 1)
        if not unpacker.eof or unpacker.unused_data:
            return True
    table = sum(_ENTRY_SIZE + len(part.orig_filename.encode()) for part in archive.infolist())
    return end + table + _END_SIZE != len(data)


def _is_ours(part: ZipInfo) -> bool:
    """Return whether a file is marked as those of packs are: packed, read only, without a time."""
    marks = (part.date_time, part.create_system, part.external_attr, part.internal_attr, part.compress_type)
    return marks == (EPOCH, _UNIX, _READ_ONLY, 0, ZIP_DEFLATED)
