"""Packs: what goes in comes out, the same bytes each time; whatever is no pack is told from one, and never raises."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from hashlib import sha256
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.core.archives import EPOCH
from dangjian_score.core.packs import OpenedPack, Pack, PackChange, PackReason, from_bytes, to_bytes
from tests.edits import edited, places

PACK = Pack(
    "0.1.0",
    ("细则.yaml", b"dangjian: 1"),
    {"a/汇总.csv": b"a", "b/汇总.csv": b"b", "CON.xlsx": b"c", "..\\..\\x.csv": b"d", "=1.csv": b"", "汇总.CSV": b"e"},
    {"a/汇总.csv": b"roster"},
    b"{}",
)


def packed(pack: Pack) -> bytes:
    data = to_bytes(pack)
    assert data is not None
    return data


def opened(data: bytes) -> OpenedPack:
    read = from_bytes(data)
    assert isinstance(read, OpenedPack)
    return read


DATA = packed(PACK)


def test_files_are_packed_here_as_they_are_there() -> None:
    assert opened(_zipped(_files())).changes == ()


def test_what_goes_in_comes_out() -> None:
    assert opened(DATA) == OpenedPack(PACK, ())


def test_the_same_pack_has_the_same_bytes_whatever_the_order_of_its_files() -> None:
    turned = replace(PACK, evidence=dict(reversed([*PACK.evidence.items()])))
    assert packed(turned) == packed(PACK) == DATA


def test_paths_are_safe_and_readable() -> None:
    with zipfile.ZipFile(io.BytesIO(DATA)) as archive:
        assert archive.namelist() == [
            "manifest.json",
            "result.json",
            "rubric/细则.yaml",
            "evidence/x.csv",
            "evidence/=1.csv",
            "evidence/_CON.xlsx",
            "evidence/汇总.csv",
            "evidence/汇总 (2).csv",
            "evidence/汇总 (3).CSV",
            "units/汇总.csv",
        ]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def _zipped(files: dict[str, bytes], extra: bytes = b"", **marks: Any) -> bytes:
    """Pack files as packs are, but for these marks; `extra` stands behind each file, as if it belonged to it."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, data in files.items():
            part = zipfile.ZipInfo(name, EPOCH)
            part.create_system, part.external_attr, part.compress_type = 3, 0o100444 << 16, zipfile.ZIP_DEFLATED
            for mark, value in marks.items():
                setattr(part, mark, value)
            archive.writestr(part, data)
    return into.getvalue() if not extra else _padded(into.getvalue(), extra)


def _padded(data: bytes, extra: bytes) -> bytes:
    """Put bytes behind what is packed of the first file, and count them as packed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first, table = archive.infolist()[0], archive.start_dir
    end = 30 + len(first.filename) + first.compress_size
    old, new = ((first.compress_size + more).to_bytes(4, "little") for more in (0, len(extra)))
    body = data[:end].replace(old, new, 1) + extra + data[end:table]
    entries, tail = data[table:-22].replace(old, new, 1), data[-22:]
    moved = bytearray(entries)
    at = 0
    while at < len(moved):
        offset = int.from_bytes(moved[at + 42 : at + 46], "little")
        if offset:
            moved[at + 42 : at + 46] = (offset + len(extra)).to_bytes(4, "little")
        at += 46 + int.from_bytes(moved[at + 28 : at + 30], "little")
    return body + bytes(moved) + tail[:16] + (table + len(extra)).to_bytes(4, "little") + tail[20:]


def _files() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(DATA)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _written(manifest: Any) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def _told(change: Callable[[Any], object]) -> bytes:
    files = _files()
    manifest = json.loads(files["manifest.json"])
    change(manifest)
    return _zipped({**files, "manifest.json": _written(manifest)})


def _without(name: str) -> bytes:
    return _zipped({path: data for path, data in _files().items() if path != name})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK", "pack damaged"),
        (b"PK\x03\x04 and no more", "pack damaged"),
        (DATA[:-40], "pack damaged"),
        (_zipped({"a.txt": b""}), "not a pack"),
        (_zipped({"manifest.json": b"{"}), "pack damaged"),
        (_zipped({"manifest.json": b"[" * 100_000}), "pack damaged"),
        (_zipped({"manifest.json": b"[]"}), "pack damaged"),
        (_zipped({"manifest.json": b"\xff"}), "pack damaged"),
        (_told(lambda manifest: manifest.update(schema="dangjian.pack/2")), "other pack"),
        (_told(lambda manifest: manifest.pop("tool")), "pack damaged"),
        (_told(lambda manifest: manifest.update(files=[])), "pack incomplete"),
        (_told(lambda manifest: manifest["files"].pop(0)), "pack incomplete"),
        (_told(lambda manifest: manifest["files"].pop(1)), "pack incomplete"),
        (_told(lambda manifest: manifest["files"].append(manifest["files"][2])), "pack listed twice"),
        (_told(lambda manifest: manifest["files"].append(1)), "pack damaged"),
        (_told(lambda manifest: manifest["tool"].update(build=1)), "pack damaged"),
        (_without("rubric/细则.yaml"), "pack incomplete"),
        (_zipped({**_files(), "../x": b""}), "pack damaged"),
        (_zipped({str(at): b"" for at in range(10_000)} | {"manifest.json": b"{}"}), "pack too large"),
    ],
)
def test_what_is_no_pack(data: bytes, reason: PackReason) -> None:
    assert from_bytes(data) == reason


@pytest.mark.parametrize(("limit", "most"), [("MAX_PACK", 100), ("MAX_MANIFEST", 100), ("MAX_PARTS", 9)])
def test_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(limits, limit, most)
    assert from_bytes(DATA) == "pack too large"


def test_a_small_pack_does_not_unpack_to_much() -> None:
    zeros = bytes(1_200_000)
    assert from_bytes(_zipped({**_files(), "evidence/x.csv": zeros})) == "pack too large"
    noise = random.Random(1).randbytes(1_200_000)  # noqa: S311  a seed, no secret
    assert opened(_zipped({**_files(), "evidence/x.csv": noise})).pack.evidence["..\\..\\x.csv"] == noise


def test_a_pack_that_could_not_be_read_again_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_RESULT", 1)
    assert to_bytes(PACK) is None


LISTED = "evidence/x.csv"


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (_zipped(_files() | {LISTED: b"other"}), [("pack content", LISTED)]),
        (_zipped(_files() | {"evidence/e.csv": b""}), [("pack unlisted", "evidence/e.csv")]),
        (_zipped(_files() | {"evidence/": b""}), [("pack unlisted", "evidence/")]),
        (_zipped(dict(reversed(_files().items()))), [("pack listing", "manifest.json")]),
        (_told(lambda manifest: manifest["files"].reverse()), [("pack listing", "units/汇总.csv")]),
        (_told(lambda manifest: manifest["files"][2].update(name="e.csv")), [("pack listing", LISTED)]),
        (_told(lambda manifest: manifest["files"][0].update(sha256="0")), [("pack content", "result.json")]),
        (_told(lambda manifest: manifest.update(schema=manifest.pop("schema"))), [("pack listing", "manifest.json")]),
        (DATA + b"more", [("pack outside", "manifest.json")]),
        (b"more" + DATA, [("pack outside", "manifest.json")]),
        (_zipped(_files(), extra=b"hidden"), [("pack outside", "manifest.json")]),
        (_zipped(_files(), external_attr=0o120777 << 16), [("pack outside", "manifest.json")]),
        (_zipped(_files(), date_time=(2024, 1, 1, 0, 0, 0)), [("pack outside", "manifest.json")]),
        (_zipped(_files(), compress_type=zipfile.ZIP_STORED), [("pack outside", "manifest.json")]),
    ],
)
def test_a_pack_that_is_not_as_it_was_written(data: bytes, changes: list[tuple[str, str]]) -> None:
    assert [(change.oddity, change.path) for change in opened(data).changes] == changes


def test_a_listing_stands_for_the_file_at_its_path() -> None:
    def hide(manifest: Any) -> None:
        manifest["files"][2].update(path="hidden.bin", sha256=sha256(b"y").hexdigest())

    files = _files() | {"hidden.bin": b"y"}
    manifest = json.loads(files["manifest.json"])
    hide(manifest)
    read = opened(_zipped(files | {"manifest.json": _written(manifest)}))
    assert read.changes == (PackChange("pack unlisted", LISTED), PackChange("pack listing", "hidden.bin"))


def test_every_edit_of_a_manifest_is_found() -> None:
    files = _files()
    manifest = json.loads(files["manifest.json"])
    for place in places(manifest):
        for other in edited(manifest, place):
            read = from_bytes(_zipped({**files, "manifest.json": _written(other)}))
            is_other_version = isinstance(read, OpenedPack) and read.pack.version != PACK.version
            assert not isinstance(read, OpenedPack) or read.changes or is_other_version, place


@pytest.mark.parametrize("path", _files())
def test_every_edit_of_a_file_is_found(path: str) -> None:
    files = _files()
    data = files.pop(path)
    edits = [files, {**files, path: data + b" "}, {**files, f"{path}.bak": data}, {**files, path: b""}]
    for other in edits[:3] + edits[3:] * (data != b""):
        read = from_bytes(_zipped(other))
        assert not isinstance(read, OpenedPack) or read.changes, other.keys()


def test_nothing_that_is_nearly_a_pack_raises() -> None:
    rng, data = random.Random(2026), DATA  # noqa: S311  a seed, no secret
    outcomes = set()
    for _ in range(2_000):
        mutated = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            mutated[rng.randrange(len(mutated))] = rng.randrange(256)
        read = from_bytes(bytes(mutated[: rng.choice([len(data), rng.randrange(len(data))])]))
        outcomes.add(read if isinstance(read, str) else "pack")
    assert outcomes - {"pack"} <= set(get_args(PackReason))
    assert "pack" in outcomes
    assert "pack damaged" in outcomes
