"""Packs: what goes in comes out, the same bytes each time; whatever is no pack is told from one, and never raises."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any, get_args

import pytest

from dangjian_score.core import archives
from dangjian_score.core.archives import Pack, Reason, from_bytes, to_bytes

PACK = Pack(
    "0.1.0",
    ("细则.yaml", b"dangjian: 1"),
    {"a/汇总.csv": b"a", "b/汇总.csv": b"b", "CON.xlsx": b"c", "..\\..\\x.csv": b"d", "=1.csv": b"", "汇总.CSV": b"e"},
    {"a/汇总.csv": b"roster"},
    b"{}",
)


def test_what_goes_in_comes_out() -> None:
    assert from_bytes(to_bytes(PACK)) == PACK


def test_the_same_pack_has_the_same_bytes() -> None:
    assert to_bytes(PACK) == to_bytes(PACK)


def test_paths_are_safe_and_readable() -> None:
    with zipfile.ZipFile(io.BytesIO(to_bytes(PACK))) as archive:
        assert archive.namelist() == [
            "manifest.json",
            "result.json",
            "rubric/细则.yaml",
            "evidence/汇总.csv",
            "evidence/汇总 (2).csv",
            "evidence/_CON.xlsx",
            "evidence/x.csv",
            "evidence/=1.csv",
            "evidence/汇总 (3).CSV",
            "units/汇总.csv",
        ]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def _packed(files: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return into.getvalue()


def _files() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(to_bytes(PACK))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _told(change: Callable[[Any], object]) -> bytes:
    files = _files()
    manifest = json.loads(files["manifest.json"])
    change(manifest)
    return _packed({**files, "manifest.json": json.dumps(manifest).encode()})


def _without(name: str) -> bytes:
    return _packed({path: data for path, data in _files().items() if path != name})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK", "pack damaged"),
        (b"PK\x03\x04 and no more", "pack damaged"),
        (to_bytes(PACK)[:-40], "pack damaged"),
        (_packed({"a.txt": b""}), "not a pack"),
        (_packed({"manifest.json": b"{"}), "pack damaged"),
        (_packed({"manifest.json": b"[" * 100_000}), "pack damaged"),
        (_packed({"manifest.json": b"[]"}), "pack damaged"),
        (_packed({"manifest.json": b"\xff"}), "pack damaged"),
        (_told(lambda manifest: manifest.update(schema="dangjian.pack/2")), "other pack"),
        (_told(lambda manifest: manifest.pop("tool")), "pack damaged"),
        (_told(lambda manifest: manifest.update(files=[])), "pack incomplete"),
        (_told(lambda manifest: manifest["files"].pop(0)), "pack incomplete"),
        (_told(lambda manifest: manifest["files"].pop(1)), "pack incomplete"),
        (_without("rubric/细则.yaml"), "pack incomplete"),
        (_packed({**_files(), "../x": b""}), "pack damaged"),
        (_packed({str(at): b"" for at in range(10_000)} | {"manifest.json": b"{}"}), "pack too large"),
    ],
)
def test_what_is_no_pack(data: bytes, reason: Reason) -> None:
    assert from_bytes(data) == reason


def test_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 100)
    assert from_bytes(to_bytes(PACK)) == "pack too large"


def test_a_file_that_is_not_what_the_manifest_says() -> None:
    files = _files() | {"evidence/x.csv": b"other"}
    read = from_bytes(_packed(files))
    assert isinstance(read, Pack)
    assert read.changed == ("evidence/x.csv",)


def test_nothing_that_is_nearly_a_pack_raises() -> None:
    rng, data = random.Random(2026), to_bytes(PACK)  # noqa: S311  a seed, no secret
    outcomes = set()
    for _ in range(2_000):
        mutated = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            mutated[rng.randrange(len(mutated))] = rng.randrange(256)
        read = from_bytes(bytes(mutated[: rng.choice([len(data), rng.randrange(len(data))])]))
        outcomes.add(read if isinstance(read, str) else "pack")
    assert outcomes - {"pack"} <= set(get_args(Reason))
    assert "pack" in outcomes
    assert "pack damaged" in outcomes
