"""Real accidents, in processes of their own: signals, full disks, lost permissions, closed streams, odd targets."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.kills import kills
from dangjian_score.api import writing
from tests.cli.test_main import EVIDENCE, RUBRIC
from tests.support import run

Capture = pytest.CaptureFixture[str]

DANGJIAN: Final = (sys.executable, "-m", "dangjian_score")
SCORE: Final = ("score", "r.yaml", "e.csv")
OLD: Final = b"old and whole"
PATIENCE: Final = 60.0

STANDING: Final = """
import os, signal, time

for each in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):  # ignored where tests run in the background
    signal.signal(each, signal.SIG_DFL)
really, left = os.replace, [{number}]

def replace(*arguments):
    left[0] -= 1
    if left[0] == 0:
        open("standing", "w").close()
        time.sleep({patience})
    really(*arguments)

os.replace = replace
"""
"""Python runs this as it starts, so that the program stands still between writing files and putting one in place."""


def finished(command: Sequence[str], **how: Any) -> "subprocess.CompletedProcess[bytes]":
    """Run something to its end, whatever that is."""
    return subprocess.run(command, check=False, **how)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a rubric, evidence and an older result, to stand in."""
    (tmp_path / "r.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "e.csv").write_text(EVIDENCE, "utf-8")
    (tmp_path / "a.json").write_bytes(OLD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(desk: Path) -> set[str]:
    """List what is there, but for what a test starts with."""
    return {path.name for path in desk.iterdir()} - {"r.yaml", "e.csv", "a.json", "standing"}


def started(desk: Path, tmp: Path, number: int) -> "subprocess.Popen[bytes]":
    """Start scoring into two files; it stands still before it puts the file of this number in place."""
    tmp.mkdir()
    (tmp / "sitecustomize.py").write_text(STANDING.format(number=number, patience=PATIENCE))
    path = os.pathsep.join(filter(None, [str(tmp), os.environ.get("PYTHONPATH", "")]))
    command = [*DANGJIAN, *SCORE, "-o", "a.json", "-o", "b.csv"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})
    until = time.monotonic() + PATIENCE
    while not (desk / "standing").exists():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_leaves_the_old_files(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, sent: signal.Signals, number: int
) -> None:
    process = started(desk, tmp_path_factory.mktemp("s") / "site", number)
    process.send_signal(sent)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said.decode()) == (130, "已中断\n")
    assert (Path("a.json").read_bytes(), names(desk)) == (OLD, set())


def test_many_signals_at_once_are_one(desk: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    process = started(desk, tmp_path_factory.mktemp("s") / "site", 2)
    for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGINT) * 20:
        process.send_signal(sent)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said.decode()) == (130, "已中断\n")
    assert (Path("a.json").read_bytes(), names(desk)) == (OLD, set())


def test_a_signal_where_exceptions_are_ignored(desk: Path) -> None:
    """In what Python calls by itself an exception would be printed and forgotten."""
    code = (
        "import signal\nfrom dangjian_score.cli.ending import ending\nending.begin()\nending.farewell = 'bye'\n"
        "class Thing:\n    def __del__(self): signal.raise_signal(signal.SIGTERM)\n"
        "Thing()\nprint('on')"
    )
    ran = finished([sys.executable, "-c", code], capture_output=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"bye\n")


def test_a_signal_while_modules_are_imported(desk: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\n")
    (site / "typer.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    ran = finished([*DANGJIAN, *SCORE], capture_output=True, env={**os.environ, "PYTHONPATH": path})
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"")


def test_kills_at_random_moments() -> None:
    """A few; `python -m benchmarks.kills` does many."""
    assert [kill for kill in kills(5, seed=3, names=["score"]) if kill.faults] == []


def test_a_signal_that_is_ignored_stays_ignored(desk: Path) -> None:
    """So `nohup` works."""
    code = "import signal, sys; from dangjian_score.cli.ending import ending; ending.begin(); "
    code += "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"True\n"


@pytest.mark.parametrize("number", [1, 2])
def test_a_kill_leaves_whole_files_and_the_next_run_works(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, number: int, capfd: Capture
) -> None:
    process = started(desk, tmp_path_factory.mktemp("s") / "site", number)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    held, left = Path("a.json").read_bytes(), names(desk)
    Path("standing").unlink()
    assert left
    assert all(name[0] == "." and name.endswith((writing.NEW, writing.OLD)) for name in left)
    assert run(capfd, *SCORE, "-o", "a.json", "-o", "b.csv").code == 0
    assert held == (OLD if number == 1 else Path("a.json").read_bytes())
    assert number == 1 or OLD in [Path(name).read_bytes() for name in left]
    assert names(desk) == left | {"b.csv"}
    Path("b.csv").unlink()
    assert run(capfd, "score", "r.yaml", ".", "--format", "json").code == 0  # what is left over is no evidence


def test_a_file_too_large_for_the_user(desk: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*DANGJIAN, *SCORE, "-o", "b.csv", "-o", "a.json"]
    ran = finished(command, capture_output=True, env=quiet, preexec_fn=limit)
    assert ran.returncode == 3
    assert "写不了文件 a.json：文件超过了系统允许的大小" in ran.stderr.decode()
    assert (Path("a.json").read_bytes(), names(desk)) == (OLD, set())


def in_namespace(desk: Path, options: str) -> "subprocess.CompletedProcess[bytes]":
    """Score into a disk of its own in `disk`, which goes with the process; it holds an old result too."""
    Path("disk").mkdir()
    script = (
        f"mount -t tmpfs -o size=32k none disk && cp a.json disk/ && mount -o remount,{options} disk || exit 99\n"
        '"$@"; code=$?; ls -A disk; cat disk/a.json; exit $code'
    )
    command = [*DANGJIAN, *SCORE, "--quiet", "--format", "csv", "-o", "disk/b.csv", "-o", "disk/a.json"]
    unshare = shutil.which("unshare") or pytest.skip("this system has no namespaces")
    ran = finished(
        [unshare, "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", *command], capture_output=True
    )
    if ran.returncode in (1, 99) and b"E040" not in ran.stderr:
        pytest.skip(f"no disks can be mounted here: {ran.stderr.decode()}")
    return ran


def test_a_full_disk(desk: Path) -> None:
    rows = "".join(f"单位{at},0,否,,否\n" for at in range(300))
    Path("e.csv").write_text(EVIDENCE + rows, "utf-8")
    ran = in_namespace(desk, "rw")
    assert ran.returncode == 3
    assert "写不了文件 disk/a.json：磁盘空间不够" in ran.stderr.decode()
    assert ran.stdout == b"a.json\n" + OLD


def test_a_disk_that_is_read_only(desk: Path) -> None:
    ran = in_namespace(desk, "ro")
    assert ran.returncode == 3
    assert "写不了文件 disk/" in ran.stderr.decode()
    assert "这里只能读，不能写" in ran.stderr.decode()
    assert ran.stdout == b"a.json\n" + OLD


def powerless(command: Sequence[str]) -> list[str]:
    """Have root heed permissions as others must."""
    if os.geteuid():
        return [*command]
    setpriv = shutil.which("setpriv") or pytest.skip("run by root, who may do anything, and cannot be held back")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search", *command]


@pytest.mark.parametrize(("locked", "mode"), [("out", 0o555), ("out/a.json", 0o444)])
def test_a_permission_that_is_lost(desk: Path, locked: str, mode: int) -> None:
    Path("out").mkdir()
    Path("a.json").rename("out/a.json")
    Path(locked).chmod(mode)
    try:
        command = powerless([*DANGJIAN, *SCORE, "-o", "b.csv", "-o", "out/a.json"])
        ran = finished(command, capture_output=True)
        assert (ran.returncode, "没有权限" in ran.stderr.decode()) == (3, True)
        assert (Path("out/a.json").read_bytes(), names(desk)) == (OLD, {"out"})
        assert os.listdir("out") == ["a.json"]  # noqa: PTH208  with hidden ones
    finally:
        Path(locked).chmod(0o755)


@pytest.mark.parametrize(
    "arguments", [[*SCORE, "--format", "json"], [*SCORE], ["--help"], ["validate", "r.yaml"], ["codes"], ["schema"]]
)
def test_standard_output_that_takes_nothing(desk: Path, arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        ran = finished([*DANGJIAN, *arguments], stdout=full, stderr=subprocess.PIPE)
    assert ran.returncode == 3
    assert ran.stderr.decode().endswith("E040 错误: 写不了文件 <stdout>：磁盘空间不够\n")


@pytest.mark.parametrize("arguments", [[*SCORE], ["--help"], ["--version"], ["schema"]])
def test_standard_output_that_is_closed(desk: Path, arguments: list[str]) -> None:
    ran = finished(["sh", "-c", 'exec "$@" >&-', "sh", *DANGJIAN, *arguments], capture_output=True)
    assert ran.returncode == 3
    assert "E040 错误: 写不了文件 <stdout>：已经关闭\n" in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()


@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_files_are_written_whatever_is_closed(desk: Path, streams: str) -> None:
    """A file that is opened never gets the number of a stream, and with it what the stream was to say."""
    command = ["sh", "-c", f'exec "$@" {streams}', "sh", *DANGJIAN, "new", "x", "-o", "x.yaml"]
    assert finished(command, capture_output=True).returncode == 0
    assert Path("x.yaml").read_bytes().startswith(b"#")
    assert finished([*DANGJIAN, "validate", "x.yaml"], capture_output=True).returncode == 0


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_nobody_to_be_told(desk: Path, stream: str) -> None:
    command = ["sh", "-c", f'exec "$@" {stream}', "sh", *DANGJIAN, *SCORE, "--format", "csv", "-o", "b.csv"]
    ran = finished(command, capture_output=True)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == Path("b.csv").read_bytes()
    command[-1] = "no/b.csv"
    assert finished(command, capture_output=True).returncode == 3


@pytest.mark.parametrize("arguments", [["score", "--help"], ["codes"], ["validate", "r.yaml"], ["schema"]])
def test_a_reader_that_is_gone_before_the_first_line(desk: Path, arguments: list[str]) -> None:
    reading, writing_end = os.pipe()
    os.close(reading)
    ran = finished([*DANGJIAN, *arguments], stdout=writing_end, stderr=subprocess.PIPE)
    os.close(writing_end)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_the_first_line_of_a_pipe_and_the_files_beside(desk: Path) -> None:
    script = '("$@"; echo $? >code) | head -1 >line'
    command = ["sh", "-c", script, "sh", *DANGJIAN, *SCORE, "-o", "b.csv", "--quiet", "--format", "json"]
    Path("e.csv").write_text(EVIDENCE + "".join(f"单位{at},0,否,,否\n" for at in range(3000)), "utf-8")
    assert finished(command, capture_output=True).stderr == b""
    assert (Path("code").read_text(), Path("line").read_text()) == ("141\n", "{\n")
    assert Path("b.csv").read_text("utf-8-sig").count("\n") == 3005


def test_mode_and_owner_stay(desk: Path, capfd: Capture) -> None:
    Path("a.json").chmod(0o640)
    if os.geteuid() == 0:
        os.chown("a.json", 1234, 2345)
    before = Path("a.json").stat()
    old_mask = os.umask(0o027)
    try:
        assert run(capfd, *SCORE, "-o", "a.json", "-o", "b.csv").code == 0
    finally:
        os.umask(old_mask)
    after = Path("a.json").stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert Path("b.csv").stat().st_mode & 0o777 == 0o640  # 0666 but for what the mask takes


def test_links_stay_and_lead_to_the_new_file(desk: Path, capfd: Capture) -> None:
    Path("far").mkdir()
    Path("a.json").rename("far/a.json")
    Path("a.json").symlink_to("far/a.json")
    Path("b.csv").symlink_to("far/none-yet.csv")
    assert run(capfd, *SCORE, "-o", "a.json", "-o", "b.csv").code == 0
    assert Path("a.json").is_symlink()
    assert Path("b.csv").is_symlink()
    assert Path("far/a.json").read_bytes().startswith(b"{")
    assert sorted(os.listdir("far")) == ["a.json", "none-yet.csv"]  # noqa: PTH208  with hidden ones
    Path("c.csv").symlink_to("c.csv")
    ran = run(capfd, *SCORE, "-o", "c.csv")
    assert (ran.code, "链接绕成了圈" in ran.err) == (3, True)


def same_name(desk: Path) -> str:
    return "./a.json"


def link(desk: Path) -> str:
    Path("l.json").symlink_to("a.json")
    return "l.json"


def second_name(desk: Path) -> str:
    os.link("a.json", "h.json")
    return "h.json"


def linked_folder(desk: Path) -> str:
    Path("here").symlink_to(".")
    return "here/a.json"


def dangling(desk: Path) -> str:
    Path("a.json").unlink()
    Path("d.json").symlink_to(desk / "a.json")
    return "d.json"


@pytest.mark.parametrize("other", [same_name, link, second_name, linked_folder, dangling])
def test_two_outputs_that_are_one_file(desk: Path, other: Callable[[Path], str], capfd: Capture) -> None:
    name = other(desk)
    before = {path: path.read_bytes() for path in desk.glob("*.json") if path.exists()}
    ran = run(capfd, *SCORE, "-o", "a.json", "-o", name)
    assert (ran.code, ran.out) == (2, "")
    assert f"两个输出是同一个文件：a.json 和 {Path(name)}" in ran.err
    assert {path: path.read_bytes() for path in desk.glob("*.json") if path.exists()} == before


def test_an_input_is_never_written_over(desk: Path, capfd: Capture) -> None:
    Path("l.csv").symlink_to("e.csv")
    os.link("e.csv", "h.csv")
    for name in ("e.csv", "./e.csv", "l.csv", "h.csv", str(desk / "e.csv")):
        ran = run(capfd, *SCORE, "-o", name)
        assert (ran.code, "就是输入文件" in ran.err) == (3, True)
    assert Path("e.csv").read_text("utf-8") == EVIDENCE


def test_a_target_that_is_a_folder(desk: Path, capfd: Capture) -> None:
    Path("f.json").mkdir()
    ran = run(capfd, *SCORE, "-o", "b.csv", "-o", "f.json")
    assert (ran.code, "写不了文件 f.json：这是一个文件夹" in ran.err) == (3, True)
    assert names(desk) == {"f.json"}


def test_devices_are_written_to(desk: Path, capfd: Capture) -> None:
    Path("n.json").symlink_to("/dev/null")
    assert run(capfd, *SCORE, "-o", "n.json").code == 0
    assert Path("/dev/null").is_char_device()
    Path("f.json").symlink_to("/dev/full")
    ran = run(capfd, *SCORE, "-o", "a.json", "-o", "f.json")
    assert (ran.code, "写不了文件 f.json：磁盘空间不够" in ran.err) == (3, True)
    assert (Path("a.json").read_bytes(), names(desk)) == (OLD, {"n.json", "f.json"})


def test_a_named_pipe_is_written_to(desk: Path, capfd: Capture) -> None:
    os.mkfifo("p.csv")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(Path("p.csv").read_bytes()))
    reader.start()
    assert run(capfd, *SCORE, "-o", "p.csv", "-o", "b.csv").code == 0
    reader.join(PATIENCE)
    assert read == [Path("b.csv").read_bytes()]
    assert Path("p.csv").is_fifo()


def test_a_named_pipe_whose_reader_goes_away(desk: Path) -> None:
    os.mkfifo("p.json")
    Path("e.csv").write_text(EVIDENCE + "".join(f"单位{at},0,否,,否\n" for at in range(3000)), "utf-8")
    command = [*DANGJIAN, *SCORE, "-o", "a.json", "-o", "p.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        with Path("p.json").open("rb") as pipe:
            pipe.read(10)
        said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (141, (b"", b""))
    assert (Path("a.json").read_bytes(), names(desk)) == (OLD, {"p.json"})


def test_standard_output_by_its_names(desk: Path) -> None:
    plain = subprocess.run([*DANGJIAN, "schema"], capture_output=True, check=True).stdout
    assert plain.startswith(b"{")
    for name in ("-", "/dev/stdout", "/dev/fd/1"):
        ran = subprocess.run([*DANGJIAN, "schema", "-o", name], capture_output=True, check=True)
        assert ran.stdout == plain
        with Path("log").open("wb") as log:
            log.write(b"before\n")
            log.flush()
            subprocess.run([*DANGJIAN, "schema", "-o", name], stdout=log, check=True)
            log.write(b"after\n")
        assert Path("log").read_bytes() == b"before\n" + plain + b"after\n"


def test_the_file_that_standard_output_goes_to(desk: Path) -> None:
    """What is printed there must not be lost under what is written there."""
    with Path("b.csv").open("wb") as file:
        command = [*DANGJIAN, *SCORE, "--quiet", "-o", "b.csv"]
        assert finished(command, stdout=file).returncode == 0
    written = Path("b.csv").read_text("utf-8")
    assert "名次,党支部" in written
    assert "名次  党支部" in written


def test_a_dash_is_standard_output(desk: Path, capfd: Capture) -> None:
    """The format is the one that `--format` asks for; files are written beside."""
    plain = run(capfd, *SCORE, "--format", "json").out
    ran = run(capfd, *SCORE, "--format", "json", "-o", "-", "-o", "a.json")
    assert (ran.code, ran.out) == (0, plain)
    assert Path("a.json").read_text("utf-8") == plain
    assert not Path("-").exists()


def test_new_writes_over_nothing(desk: Path, capfd: Capture) -> None:
    Path("x.yaml").symlink_to("nowhere")
    for name in ("r.yaml", "x.yaml"):
        ran = run(capfd, "new", "x", "-o", name)
        assert (ran.code, "文件已经存在" in ran.err) == (3, True)
    assert run(capfd, "new", "x", "-o", "/dev/null").code == 0
    assert Path("r.yaml").read_text("utf-8") == RUBRIC
