"""Completion as a shell asks for it, and in a real shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dangjian_score.api import files
from dangjian_score.cli.completion import SHELLS, rubric_ids
from dangjian_score.report.findings import FINDING_FORMATS
from dangjian_score.rubric.load import Loaded, load
from tests.support import run

Capture = pytest.CaptureFixture[str]
COMMANDS = {"score", "validate", "explain", "new", "rubrics", "codes", "completion"}


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("zh-mine.yaml", "e.csv", "z;$(x).yaml", ".zh.yaml"):
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / "zh-folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(line: str, shell: str = "bash", **environment: str) -> list[str]:
    """Complete the last word of a line, as the script of a shell does."""
    words = line.split(" ")
    protocol = {
        "_DANGJIAN_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
    }
    ran = subprocess.run(
        [sys.executable, "-m", "dangjian_score"],
        env={**os.environ, **protocol, **environment},
        capture_output=True,
        check=True,
    )
    assert ran.stderr == b""
    return ran.stdout.decode().strip("\r\n").splitlines()


def test_commands() -> None:
    assert asked("dangjian sco") == ["score"]
    assert set(asked("dangjian ")) >= COMMANDS


def test_ids_and_what_lies_beside_them() -> None:
    assert asked("dangjian score zh") == ["zhibu-xize-2", "zh-folder/", "zh-mine.yaml"]
    assert asked("dangjian explain zhi") == ["zhibu-xize-2"]
    assert asked("dangjian new mine --from zhi") == ["zhibu-xize-2"]
    assert asked("dangjian validate zhibu-xize-2 zuz") == ["zuzhi-mubiao"]


@pytest.mark.parametrize(
    "line", ["score zh-m", "score ./z", "score zhibu-xize-2 e", "score zhibu-xize-2 ", "score a -o "]
)
def test_where_only_files_fit_the_shell_completes_them(line: str) -> None:
    assert asked(f"dangjian {line}") == []
    assert asked(f"dangjian {line}", "zsh") == ["_files"]


def test_options_and_their_values() -> None:
    assert asked("dangjian score --fo") == ["--format"]
    assert set(asked("dangjian validate --")) == {
        "--format",
        "--strict",
        "--skip-others",
        "--lang",
        "--color",
        "--help",
    }
    assert asked("dangjian validate --format ") == ["text", *FINDING_FORMATS]
    assert asked("dangjian --color ") == ["auto", "always", "never"]
    assert asked("dangjian codes E01")[:2] == ["E010", "E011"]
    assert asked("dangjian completion ") == list(SHELLS)


@pytest.mark.parametrize("options", ["--lang en", "--color never --lang=en"])
def test_the_options_of_the_program_stand_anywhere(options: str) -> None:
    assert asked(f"dangjian {options} sco") == ["score"]
    assert asked(f"dangjian {options} score zhi") == ["zhibu-xize-2"]
    assert asked(f"dangjian score {options} zhi") == ["zhibu-xize-2"]
    assert asked(f"dangjian score zhibu-xize-2 {options} zhi") == []


def test_what_is_said_beside_them() -> None:
    assert asked("dangjian score zhi", "fish") == ["zhibu-xize-2\t党支部党建工作考核细则"]
    assert asked("dangjian score zhi", "zsh") == ["""_arguments '*: :(("zhibu-xize-2":"党支部党建工作考核细则"))'"""]
    assert asked("dangjian val", "powershell") == ["validate:::检查细则：所有问题一次列出，带行号和列号。"]
    assert asked("dangjian score --he", "fish") == ["--help\t显示这份说明"]
    for line in ("dangjian ", "dangjian score --"):
        said = asked(line, "fish", DANGJIAN_LANG="en", COLUMNS="20")
        assert said
        assert all(len(text.split("\t")) == 2 for text in said)
        assert not [char for text in said for char in text if "\u4e00" <= char <= "\u9fff"]


def test_titles_are_those_of_the_rubrics() -> None:
    titles = dict(rubric_ids(""))
    for path in files.shipped_rubrics():
        loaded = load(path.read_bytes(), path.name)
        assert isinstance(loaded, Loaded)
        assert titles[path.stem] == loaded.rubric.title


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script(capfd: Capture, shell: str) -> None:
    ran = run(capfd, "completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert f"complete_{shell}" in ran.out
    assert "_DANGJIAN_COMPLETE" in ran.out


def test_a_shell_nobody_knows(capfd: Capture) -> None:
    ran = run(capfd, "completion", "tcsh")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "SHELL 的值“tcsh”不对，应为：bash, zsh, fish, powershell")


BASH = """
eval "$(dangjian completion bash)"
complete -p dangjian
COMP_WORDS=(dangjian score zhi) COMP_CWORD=2
_dangjian_completion dangjian
printf '<%s>' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_in_bash(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "dangjian"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dangjian_score "$@"\n', "utf-8")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "--norc", "-c", BASH], env=environment, capture_output=True, check=True)
    registered, offered = ran.stdout.decode().splitlines()
    assert registered == "complete -o default -F _dangjian_completion dangjian"  # without an offer: files
    assert offered == "<zhibu-xize-2>"


ASKED = {"_DANGJIAN_COMPLETE": "complete_bash"}


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"_DANGJIAN_COMPLETE": "complete_tcsh"}, "_DANGJIAN_COMPLETE 的值“complete_tcsh”不对"),
        ({**ASKED}, "COMP_WORDS 的值“”不对"),
        ({**ASKED, "COMP_WORDS": "dangjian"}, "COMP_CWORD 的值“”不对"),
        (
            {**ASKED, "COMP_WORDS": "dangjian", "COMP_CWORD": "²"},
            "COMP_CWORD 的值“²”不对",
        ),
    ],
)
def test_what_no_shell_asks_for(environment: dict[str, str], wrong: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, **environment)
    assert (ran.code, ran.out, wrong in ran.err) == (2, "", True)


def test_only_names_that_show_all_that_is_in_them_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("甲.yaml", "甲\u3164.yaml", "甲\u200b.yaml"):
        Path(name).touch()
    assert ("甲.yaml", "") in rubric_ids("")
    assert not [name for name, _ in rubric_ids("") if "\u3164" in name or "\u200b" in name]
