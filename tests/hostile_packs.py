"""Packs and results made to harm, each of a size that can be doubled, with the code they are refused by."""

import json
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_TOOL: Final = '"tool": {"name": "dangjian-score", "version": "0.1.0"}'
_RUBRIC: Final = '"rubric": {"id": "x", "title": "x", "sha256": "0", "rules": "0"}'
_HEAD: Final = f'{{"schema": "dangjian.result/1", {_TOOL}, {_RUBRIC}, '
_NODE: Final = '{{"id": "{id}", "title": "x", "kind": "base", "max": null, "points": "0", "nodes": [{nodes}]}}'
_UNIT: Final = '{{"unit": "{unit}", "rank": 1, "total": "0", "grade": null, "nodes": [{nodes}]}}'
_SHORT: Final = 1_000
"""Bytes that a file claims to have where it has more."""


class Beast(Struct, frozen=True):
    """A file: how it is made of a size, how large it can be made, and the code of the finding (or none)."""

    make: Callable[[int], bytes]
    large: int
    code: str


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, data in files:
            archive.writestr(ZipInfo(name, EPOCH), data, ZIP_DEFLATED)
    return made.getvalue()


def _listed(listings: Iterable[tuple[str, str, str]]) -> bytes:
    files = [{"path": path, "role": role, "name": name, "sha256": "0"} for path, role, name in listings]
    manifest = {"schema": "dangjian.pack/1", "tool": {"name": "dangjian-score", "version": "0.1.0"}, "files": files}
    return json.dumps(manifest).encode()


_NEEDED: Final = (("result.json", "result", "result.json"), ("rubric/r.yaml", "rubric", "r.yaml"))


def _names_of_one_file(count: int) -> bytes:
    listings = [*_NEEDED, *(("evidence/e.csv", "evidence", f"{at}.csv") for at in range(count))]
    files = [("result.json", b"{}"), ("rubric/r.yaml", b""), ("evidence/e.csv", bytes(900_000))]
    return _zipped([("manifest.json", _listed(listings)), *files])


def _one_name_for_all(count: int) -> bytes:
    paths = [f"evidence/{at}.csv" for at in range(count)]
    listings = [*_NEEDED, *((path, "evidence", f"{path[9]}/汇总.csv") for path in paths)]
    files = [("result.json", b"{}"), ("rubric/r.yaml", b""), *((path, b"") for path in paths)]
    return _zipped([("manifest.json", _listed(listings)), *files])


def _claims_less(size: int) -> bytes:
    data = _zipped([("manifest.json", bytes(size))])
    return data.replace(size.to_bytes(4, "little"), _SHORT.to_bytes(4, "little"))


def _result(units: str) -> bytes:
    return f'{_HEAD}"units": [{units}]}}'.encode()


def _nested(levels: int) -> str:
    nodes = ""
    for level in range(levels):
        nodes = _NODE.format(id=level, nodes=nodes)
    return nodes


ZOO: Final = {
    "names for one file": Beast(_names_of_one_file, 9_000, "E084"),
    "files of one name": Beast(_one_name_for_all, 9_000, "E080"),
    "empty files": Beast(lambda n: _zipped((str(at), b"") for at in range(n)), 300_000, "E084"),
    "zeros": Beast(lambda n: _zipped([("manifest.json", bytes(n))]), 1_000_000_000, "E084"),
    "small files of zeros": Beast(lambda n: _zipped((str(at), bytes(999_999)) for at in range(n)), 2_000, "E084"),
    "more than it claims": Beast(_claims_less, 1_000_000_000, "E084"),
    "brackets in a manifest": Beast(lambda n: _zipped([("manifest.json", b"[" * n)]), 7_000_000, "E084"),
    "brackets": Beast(lambda n: b"[" * n, 99_000_000, "E080"),
    "numbers": Beast(lambda n: _result("0," * n + "0"), 49_000_000, "E080"),
    "objects": Beast(lambda n: _result("{}," * n + "{}"), 200_000, "E081"),
    "too many objects": Beast(lambda n: _result("{}," * n + "{}"), 30_000_000, "E080"),
    "blanks": Beast(lambda n: b" " * n, 99_000_000, "E080"),
    "a text": Beast(lambda n: b'"' + b"a" * n + b'"', 99_000_000, "E080"),
    "a text of escapes": Beast(lambda n: _result('"' + "\\u4e00" * n + '"'), 160_000, "E081"),
    "a number": Beast(lambda n: _result("1" * n), 90_000_000, "E080"),
    "a key again and again": Beast(lambda n: _result("{" + '"a": 0,' * n + '"a": 0}'), 200_000, "E081"),
    "nodes in nodes": Beast(lambda n: _result(_UNIT.format(unit="x", nodes=_nested(n))), 450, "E080"),
    "units of one name": Beast(lambda n: _result(",".join([_UNIT.format(unit="x", nodes="")] * n)), 60_000, "E081"),
    "nodes of one id": Beast(
        lambda n: _result(_UNIT.format(unit="x", nodes=",".join([_NODE.format(id="x", nodes="")] * n))), 60_000, "E081"
    ),
}  # fmt: skip
"""The files by name."""
