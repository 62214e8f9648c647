"""A pack: a result with all it was made from, in one .zip that can be put away and recomputed years later.

`manifest.json` (`dangjian.pack/1`) names each file, what it is, what results call it, and its SHA-256. The same content
gives the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct

from dangjian_score.archives import EPOCH, UNREADABLE, fault
from dangjian_score.names import file_name

SCHEMA: Final = "dangjian.pack/1"
MANIFEST: Final = "manifest.json"
MAX_FILES: Final = 10_000
MAX_BYTES: Final = 400_000_000
"""Bytes of all files together, unpacked."""

Role = Literal["rubric", "evidence", "units", "result"]
Reason = Literal["not a pack", "pack damaged", "other pack", "pack incomplete", "pack too large"]

_READ_ONLY: Final = 0o100444 << 16
_ENTRY_START: Final = b"PK"


class Pack(Struct, frozen=True):
    """What is packed: files by what results call them; `units` are rosters, `result` the result as JSON.

    `changed` are files that are not what the manifest says.
    """

    version: str
    rubric: tuple[str, bytes]
    evidence: Mapping[str, bytes]
    units: Mapping[str, bytes]
    result: bytes
    changed: tuple[str, ...] = ()


def is_pack(data: bytes) -> bool:
    """Tell an archive from a result."""
    return data.startswith(_ENTRY_START)


def to_bytes(pack: Pack) -> bytes:
    """Write a pack."""
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
    """Give every file a path that is safe on any system."""
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
        version, listed = str(manifest["tool"]["version"]), [_listed(one) for one in manifest["files"]]
        schema = manifest["schema"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "pack damaged"
    if schema != SCHEMA:
        return "other pack"
    if any(one.path not in entries for one in listed):
        return "pack incomplete"
    contents = {one: archive.read(one.path) for one in listed}
    roles = {role: {one.name: data for one, data in contents.items() if one.role == role} for role in _ROLES}
    if len(roles["rubric"]) != 1 or len(roles["result"]) != 1 or not roles["evidence"]:
        return "pack incomplete"
    changed = tuple(one.path for one, data in contents.items() if sha256(data).hexdigest() != one.sha256)
    (rubric,), (result,) = roles["rubric"].items(), roles["result"].values()
    return Pack(version, rubric, roles["evidence"], roles["units"], result, changed)


_ROLES: Final = ("rubric", "evidence", "units", "result")


class _Listed(Struct, frozen=True):
    """A file as the manifest lists it."""

    path: str
    role: str
    name: str
    sha256: str


def _listed(one: Any) -> _Listed:
    return _Listed(*(str(one[key]) for key in ("path", "role", "name", "sha256")))
