"""The same input gives the same bytes, whatever the machine: hashes, language, time zone, mask, the order of files."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.outputs import commands, prepare
from tests.support import ROOT

MACHINES: tuple[tuple[str, int, Mapping[str, str]], ...] = (
    ("forwards", 0o022, {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}),
    ("backwards", 0o077, {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Shanghai"}),
    ("folder", 0o000, {"PYTHONHASHSEED": "2", "LC_ALL": "zh_CN.GBK", "TZ": "America/New_York"}),
)
"""The order in which evidence is named, the mask, and the environment; a locale that a system lacks is C."""


def started(desk: Path, order: str, mask: int, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    command = [sys.executable, "-X", "utf8", "-m", "tests.outputs", str(desk), order]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": paths, **environment}, umask=mask, stdout=subprocess.PIPE
    )


def test_every_output_is_the_same_everywhere(tmp_path: Path) -> None:
    first = tmp_path / "0"
    first.mkdir()
    prepare(first)
    for at in range(1, len(MACHINES)):
        shutil.copytree(first, tmp_path / str(at))
    running = [started(tmp_path / str(at), *machine) for at, machine in enumerate(MACHINES)]
    printed = [process.communicate(timeout=120)[0] for process in running]
    usual, *others = map(json.loads, printed)
    assert {name.partition(":")[0] for name in usual} == set(commands([], []))
    assert len(usual) > 100  # with the papers of each unit
    for other in others:
        assert other.keys() == usual.keys()
        assert [name for name, found in usual.items() if other[name] != found] == []
