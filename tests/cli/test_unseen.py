"""Nothing that acts unseen reaches a terminal, by whatever command, from whatever field, as a result or beside it."""

import re
from pathlib import Path

import pytest

from dangjian_score.cli.app import COMMANDS
from tests.injection import acting
from tests.support import run
from tests.unseen import ACTS, CASES, NAME, prepare

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the files, to stand in."""
    monkeypatch.chdir(tmp_path)
    prepare()
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_anything_act(command: str, desk: Path, capfd: Capture) -> None:
    if command in ("verify", "compare"):
        kept = run(capfd, "score", "r.yaml", NAME, "-o", "k.json", "-o", "k.zip")
        assert kept.code == 0, kept.err
        Path("b").mkdir()
        for path in Path(NAME).iterdir():
            Path("b", path.name).write_text(path.read_text("utf-8").replace(",1,", ",3,"), "utf-8")
    seen = 0
    for arguments in CASES[command]:
        for more in ([], ["--color", "always", "--lang", "en"]):
            ran = run(capfd, command, *arguments, *more)
            assert ran.code != 70, ran.err
            out = ran.out.removeprefix("\ufeff").replace("\r\n", "\n") if "csv" in arguments else ran.out
            for text in (out, ran.err):
                assert acting(re.sub("\x1b\\[[0-9;]*m", "", text) if more else text) == [], (arguments, text)
                assert "\x1b[31m" not in text  # no colour of ours
                assert "\u0301" * 4 not in text or {"json", "sarif"} & {*arguments}  # exact data
                seen += "[U+202E]" in text or "\\u202e" in text.lower()
    assert seen


@pytest.mark.parametrize(
    "arguments", [[ACTS], [f"--{ACTS}"], ["--lang", ACTS], ["--color", ACTS], ["score", f"--x{ACTS}"]]
)
def test_mistakes_in_the_command_line(arguments: list[str], capfd: Capture) -> None:
    ran = run(capfd, *arguments)
    assert (ran.code, acting(ran.err), ran.out) == (2, [], "")
    assert len(ran.err.splitlines()) == 2  # a line break in a value starts no line of its own


def test_a_line_break_in_a_value_starts_no_line(desk: Path, capfd: Capture) -> None:
    for arguments in (
        ["score", "r.yaml", NAME, "--unit", "x\nE001 y"],
        ["validate", "x\nE001 y"],
        ["codes", "x\nE001 y"],
    ):
        ran = run(capfd, *arguments)
        assert "\nE001 y" not in ran.err + ran.out
        assert ran.code in (2, 3)
