"""Every system call of the writing path fails in turn: the old files stay, or all new ones are there, and nothing else.

What stands in for `os` is seen by the two modules that write and by nothing else.
"""

import errno
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import Struct, field

from dangjian_score.api import writing
from dangjian_score.core import signals
from tests.cli.test_main import EVIDENCE, RUBRIC
from tests.support import Ran, run

Capture = pytest.CaptureFixture[str]
Fault = Callable[..., Any]

CALLS: Final = ("stat", "access", "open", "chown", "chmod", "write", "fsync", "close", "dup", "fstat")
NAMES: Final = ("link", "replace", "unlink", "mkdir", "rmdir")
OLD: Final = b"old and whole"
SCORE: Final = ("score", "r.yaml", "e.csv")


class System(Struct):
    """`os`, of which the calls from the `first` to the `last` go wrong."""

    fault: Fault
    first: int = -1
    last: int = -1
    made: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CALLS + NAMES:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            self.made.append(name)
            wrong = self.first <= len(self.made) - 1 <= self.last
            return self.fault(real, *arguments, **named) if wrong else real(*arguments, **named)

        return call


def refuse(number: int) -> Fault:
    """Fail with an error of the system; a handle is closed all the same."""

    def fault(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if real is os.close:
            real(*arguments)
        raise OSError(number, os.strerror(number))

    return fault


def interrupt_before(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    signal.raise_signal(signal.SIGINT)
    return real(*arguments, **named)


def interrupt_after(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    done = real(*arguments, **named)
    signal.raise_signal(signal.SIGINT)
    return done


FAULTS: Final[dict[str, Fault]] = {
    "ENOSPC": refuse(errno.ENOSPC),
    "EIO": refuse(errno.EIO),
    "EACCES": refuse(errno.EACCES),
    "before": interrupt_before,
    "after": interrupt_after,
}
SCENES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "new": (("a.json",), ()),
    "old": (("a.json",), ("a.json",)),
    "several": (("a.json", "b.csv", "c.md"), ("a.json", "c.md")),
}
"""The outputs of each scene, and those of them that are there already."""


class Desk(Struct):
    """A folder to work in; before each run it holds what it is to hold."""

    folder: Path
    outputs: Sequence[str]
    olds: Sequence[str]
    monkeypatch: pytest.MonkeyPatch
    capfd: Capture

    def run(self, system: System) -> Ran:
        for path in self.folder.iterdir():
            path.unlink()
        (self.folder / "r.yaml").write_text(RUBRIC, "utf-8")
        (self.folder / "e.csv").write_text(EVIDENCE, "utf-8")
        for name in self.olds:
            (self.folder / name).write_bytes(OLD)
        with self.monkeypatch.context() as patch:
            patch.setattr(writing, "os", system)
            patch.setattr(writing, "os", system)
            return run(self.capfd, *SCORE, *(part for name in self.outputs for part in ("-o", name)))

    def held(self) -> dict[str, bytes]:
        """Read the outputs that are there."""
        return {name: (self.folder / name).read_bytes() for name in self.outputs if (self.folder / name).exists()}

    def others(self) -> list[str]:
        """List what should not be there."""
        known = {"r.yaml", "e.csv", *self.outputs}
        return sorted(path.name for path in self.folder.iterdir() if path.name not in known)


@pytest.fixture(params=SCENES)
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, *SCENES[request.param], monkeypatch, capfd)


def undisturbed(desk: Desk) -> tuple[list[str], dict[str, bytes]]:
    """Run without faults: the calls that are made, and what the outputs then hold."""
    system = System(refuse(errno.EIO))
    assert desk.run(system).code == 0
    assert desk.others() == []
    assert desk.held().keys() == set(desk.outputs)
    return system.made, desk.held()


def test_every_kind_of_call_is_tried(desk: Desk) -> None:
    made, _ = undisturbed(desk)
    assert set(made) >= {"stat", "open", "write", "fsync", "close", "replace", "unlink"}
    assert ("link" in made) == ("chmod" in made) == bool(desk.olds)


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_call_fails_all_is_old_or_all_is_new(desk: Desk, fault: str) -> None:
    made, new = undisturbed(desk)
    old = dict.fromkeys(desk.olds, OLD)
    codes = set()
    for at, call in enumerate(made):
        ran = desk.run(System(FAULTS[fault], at, at))
        where = f"{fault} at {call}, call {at} of {len(made)}: exit {ran.code}"
        assert ran.code in ((0, 3) if fault[0] == "E" else (0, 130)), where
        assert desk.held() == (new if ran.code == 0 else old) or (ran.code == 130 and desk.held() == new), where
        assert not desk.others() or (call == "unlink" and desk.others()[0].endswith(writing.OLD)), where
        assert "Traceback" not in ran.err, where
        if ran.code == 3:
            assert "E040" in ran.err, where
            assert any(f"写不了文件 {name}：" in ran.err for name in desk.outputs), where
        codes.add((call, ran.code))
    stops = {"write", "fsync", "replace"} if fault[0] == "E" else {"write", "fsync", "replace", "open"}
    assert {(call, 3 if fault[0] == "E" else 130) for call in stops} <= codes


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS])
def test_from_whatever_call_on_the_disk_is_dead_nothing_old_is_lost(desk: Desk, number: int) -> None:
    """What cannot even be put back stays under a name of its own, which is told."""
    made, new = undisturbed(desk)
    told = 0
    for at in range(len(made)):
        ran = desk.run(System(refuse(number), at, 10_000))
        held = desk.held()
        if ran.code == 0:
            assert held == new
            continue
        assert ran.code == 3
        for name in desk.olds:
            if held[name] != OLD:
                assert held[name] == new[name]
                [kept] = [one for one in desk.others() if one.startswith(f".{name}.") and one.endswith(writing.OLD)]
                assert (desk.folder / kept).read_bytes() == OLD
                assert kept in ran.err
                told += 1
    assert told or not desk.olds


def test_a_disk_without_second_names(desk: Desk) -> None:
    """Sticks know no hard links: the old file is copied, and comes back as well."""
    made, new = undisturbed(desk)
    no_links = refuse(errno.EPERM)
    for at, call in enumerate(made):
        if call != "link":
            continue
        ran = desk.run(System(no_links, at, at))
        assert (ran.code, desk.held(), desk.others()) == (0, new, [])
        full = System(refuse(errno.ENOSPC), at, at + 1)  # neither a second name nor a copy
        ran = desk.run(full)
        assert (ran.code, desk.others()) == (3, [])
        assert desk.held() == dict.fromkeys(desk.olds, OLD)


def test_a_disk_that_takes_a_byte_at_a_time(desk: Desk) -> None:
    _, new = undisturbed(desk)

    def little(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return real(arguments[0], arguments[1][:100]) if real is os.write else real(*arguments, **named)

    assert desk.run(System(little, 0, 1_000_000)).code == 0
    assert desk.held() == new


def test_a_signal_between_a_failure_and_what_takes_it_back(desk: Desk) -> None:
    made, _ = undisturbed(desk)
    real, left = signals.undisturbed, [KeyboardInterrupt]

    def once() -> Any:
        if left:
            raise left.pop()
        return real()

    with desk.monkeypatch.context() as patch:
        patch.setattr(writing, "undisturbed", once)
        ran = desk.run(System(refuse(errno.ENOSPC), made.index("replace"), made.index("replace")))
    assert (ran.code, desk.held(), desk.others()) == (130, dict.fromkeys(desk.olds, OLD), [])


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP])
def test_a_folder_that_cannot_be_synced_is_no_failure(desk: Desk, number: int) -> None:
    made, new = undisturbed(desk)
    last = max(at for at, call in enumerate(made) if call == "fsync")
    assert desk.run(System(refuse(number), last, last)).code == 0
    assert (desk.held(), desk.others()) == (new, [])


def test_a_file_that_is_open_in_excel(desk: Desk) -> None:
    """So Windows says it; the clerk is told what to close."""

    def fault(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        error = PermissionError(errno.EACCES, "used by another process")
        error.winerror = 32  # type: ignore[attr-defined, unused-ignore]  # only Windows has it
        raise error

    made, _ = undisturbed(desk)
    at = made.index("replace")
    ran = desk.run(System(fault, at, at))
    assert (ran.code, desk.others()) == (3, [])
    assert "文件正在 Excel、WPS 里打开" in ran.err


def test_a_folder_that_was_made_goes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("u.csv").write_text("党支部\n一支部\n二支部\n", "utf-8")
    command = ("template", "r.yaml", "--units", "u.csv", "--form", "-o", "新/")
    system = System(refuse(errno.EIO))
    monkeypatch.setattr(writing, "os", system)
    monkeypatch.setattr(writing, "os", system)
    assert run(capfd, *command).code == 0
    assert len(list(Path("新").iterdir())) == 3  # two units, and the workbook of assessors
    for path in Path("新").iterdir():
        path.unlink()
    Path("新").rmdir()
    count = len(system.made)
    codes = []
    for at in range(count):
        system.made.clear()
        system.first = system.last = at
        codes.append(run(capfd, *command).code)
        assert Path("新").exists() == (codes[-1] == 0)
        for path in Path("新").iterdir() if codes[-1] == 0 else ():
            path.unlink()
        if codes[-1] == 0:
            Path("新").rmdir()
    assert set(codes) == {0, 3}
