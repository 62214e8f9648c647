"""`dangjian validate`: which files it takes, what it prints in each format, and its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from rich.cells import cell_len

from dangjian_score.cli.validate import rubric_targets
from dangjian_score.report.findings import FINDING_FORMATS
from tests.support import HEAD, ROOT, run
from tests.terminal import in_terminal

GOOD = HEAD + "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\n"
BAD = HEAD + "total: 5\ntotal: 5\nsections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\n"
WARNED = GOOD + "source: {clauses: 1-2}\n"
NOTED = HEAD + "sections: [{title: 甲, max: 5, rules: [{deduct: 4, if: 缺}, {deduct: 2, if: 少}]}]\n"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of rubrics of every kind, to stand in."""
    for name, text in {
        "good.yaml": GOOD,
        "bad.yaml": BAD,
        "warned.yaml": WARNED,
        "noted.yaml": NOTED,
        "all/b.yml": GOOD,
        "all/a.yaml": GOOD,
        "all/deep/c.YAML": GOOD,
        "all/a.cases.yaml": "rubric: test-1\n",
        "all/.hidden.yaml": BAD,
        "all/.hidden/d.yaml": BAD,
        "all/compose.yaml": "services: {}\n",
        "all/notes.txt": "rubric: no",
        "empty/x.cases.yml": "rubric: test-1\n",
        "foreign/compose.yaml": "services: {}\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "all" / "utf16.yaml").write_bytes("服务".encode("utf-16"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def piped(text: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dangjian_score", "validate", *arguments]
    return subprocess.run(command, input=text, capture_output=True, check=False)


def codes(capfd: Capture, *arguments: str) -> list[tuple[str, str]]:
    document = json.loads(run(capfd, "validate", "--format", "json", *arguments).out)
    return [(one["file"], one["code"]) for one in document["diagnostics"]]


def test_a_folder_is_searched_and_what_is_no_rubric_is_named(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "validate", "all", "--format", "json")
    assert json.loads(ran.out)["files"] == [
        str(Path("all", name)) for name in ("a.yaml", "b.yml", Path("deep", "c.YAML"), "utf16.yaml")
    ]
    assert codes(capfd, "all") == [(str(Path("all", "utf16.yaml")), "E002")]
    assert ran.err == f"跳过 1 个不是细则的文件：{Path('all', 'compose.yaml')}\n"


def test_files_that_are_named_are_passed_over_as_in_folders_where_that_is_asked_for(desk: Path, capfd: Capture) -> None:
    names = ["all/compose.yaml", "all/a.cases.yaml", "all/.hidden.yaml", "all/a.yaml", "bad.yaml", "no.yaml"]
    ran = run(capfd, "validate", "--skip-others", *names)
    assert [line.split(":")[0] for line in ran.out.splitlines() if "错误: " in line] == ["bad.yaml", "no.yaml"]
    assert "all/a.yaml: 没有问题" in ran.out
    assert ran.err == "跳过 3 个不是细则的文件：all/compose.yaml all/a.cases.yaml all/.hidden.yaml\n"
    assert run(capfd, "validate", "--skip-others", "all/compose.yaml").code == 0
    assert run(capfd, "validate", "all/compose.yaml").code == 1


@pytest.mark.parametrize("folder", ["empty", "foreign"])
def test_a_folder_without_rubrics(desk: Path, capfd: Capture, folder: str) -> None:
    ran = run(capfd, "validate", folder, "good.yaml")
    assert ran.code == 3
    assert f"{folder}: E001 错误: 读不了这个文件：文件夹里没有细则" in ran.out
    assert "good.yaml: 没有问题" in ran.out


def test_a_file_named_twice_counts_once(desk: Path, capfd: Capture) -> None:
    shipped = str(ROOT / "rubrics" / "zhibu-xize-2.yaml")
    names = ["./good.yaml", "good.yaml", str(desk / "good.yaml"), "all", "all/a.yaml", "zhibu-xize-2", shipped]
    targets = rubric_targets(names)
    inside = [str(Path("all", name)) for name in ("a.yaml", "b.yml", Path("deep", "c.YAML"), "utf16.yaml")]
    assert targets.names == ("./good.yaml", *inside, "zhibu-xize-2")
    assert codes(capfd, "bad.yaml", "./bad.yaml") == [("bad.yaml", "E006")]


def test_a_path_is_called_as_the_user_called_it(desk: Path, capfd: Capture) -> None:
    (desk / "all" / "bad.yaml").write_text(BAD, "utf-8")
    assert codes(capfd, "./all/bad.yaml") == [("./all/bad.yaml", "E006")]


def test_standard_input() -> None:
    ran = piped(BAD.encode(), "-", "-")
    assert ran.returncode == 1
    assert ran.stdout.decode().startswith("<stdin>:6:1: E006 错误: ")
    assert "    total: 5\n    ^\n" in ran.stdout.decode()
    english = piped(BAD.encode(), "-", "--format", "json", "--lang", "en")
    assert json.loads(english.stdout)["diagnostics"][0]["file"] == "<stdin>"
    assert piped(GOOD.encode(), "-").returncode == 0


def test_standard_input_that_is_closed(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = run(capfd, "validate", "-")
    assert (ran.code, ran.out.splitlines()[0]) == (3, "<stdin>: E001 错误: 读不了这个文件：标准输入已关闭")


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("good.yaml", [], 0),
        ("good.yaml", ["--strict"], 0),
        ("noted.yaml", ["--strict"], 0),
        ("warned.yaml", [], 0),
        ("warned.yaml", ["--strict"], 1),
        ("bad.yaml", [], 1),
        ("no.yaml", [], 3),
        ("no-such-id", [], 3),
    ],
)
@pytest.mark.parametrize("form", ["text", *FINDING_FORMATS])
def test_the_exit_code_is_the_same_in_every_format(
    desk: Path, capfd: Capture, name: str, arguments: list[str], code: int, form: str
) -> None:
    assert run(capfd, "validate", name, *arguments, "--format", form).code == code


def test_an_unreadable_file_among_bad_ones(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "validate", "bad.yaml", "no.yaml", "good.yaml")
    assert ran.code == 3
    assert ran.out.index("good.yaml: 没有问题") < ran.out.index("bad.yaml:6:1") < ran.out.index("no.yaml: E001")
    assert ran.out.endswith("2 个错误，0 个警告，0 个提示\n")


@pytest.mark.parametrize(("name", "counted"), [("noted.yaml", "0 个警告，1 个提示"), ("warned.yaml", "1 个警告")])
def test_a_rubric_with_remarks_only_says_that_it_can_be_used(
    desk: Path, capfd: Capture, name: str, counted: str
) -> None:
    ran = run(capfd, "validate", name)
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{name}: 没有错误，可以计分（")
    assert counted in lines[-1]
    assert (ran.code, ran.err) == (0, "")


def test_why_warnings_do_not_pass_is_said(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "validate", "warned.yaml", "--strict").err == "按 --strict，有警告就不通过\n"
    assert run(capfd, "validate", "bad.yaml", "warned.yaml", "--strict").err == ""


def test_documents_where_there_is_nothing_to_say(desk: Path, capfd: Capture) -> None:
    document = json.loads(run(capfd, "validate", "good.yaml", "--format", "json").out)
    assert (document["files"], document["diagnostics"]) == (["good.yaml"], [])
    sarif = json.loads(run(capfd, "validate", "good.yaml", "--format", "sarif").out)
    assert sarif["runs"][0]["results"] == []
    assert run(capfd, "validate", "good.yaml", "--format", "github").out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_sarif_of_a_name_that_is_no_text(capfd: Capture) -> None:
    """As every Chinese name is where the locale is C."""
    (result,) = json.loads(run(capfd, "validate", "\udcd6\udca4.yaml", "--format", "sarif").out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "%D6%A4.yaml"


def test_sarif_of_every_mistake(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "tests" / "bad")
    names = sorted(path.name for path in Path().glob("*.yaml"))
    document = json.loads(run(capfd, "validate", *names, "--format", "sarif").out)
    jsonschema.Draft4Validator(json.loads((ROOT / "tests/schemas/sarif-2.1.0.json").read_text("utf-8"))).validate(
        document
    )
    (results,) = (one["results"] for one in document["runs"])
    assert {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results} == set(names)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_help_page(capfd: Capture, language: str) -> None:
    page = run(capfd, "validate", "--help", "--lang", language).out
    forms = ("、" if language == "zh" else ", ").join(["text", *FINDING_FORMATS])
    for part in ("RUBRIC...", "--format FORMAT", forms, "--strict", "--color auto|always|never", "--lang zh|en"):
        assert part in page
    assert [line.split()[0] for line in page.splitlines() if line.startswith("  --")][-1] == "--help"


def test_a_format_nobody_knows(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "validate", "good.yaml", "--format", "xml")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "--format 的值“xml”不对，应为：text, json, sarif, github")


def test_a_rubric_of_one_line_of_a_megabyte(desk: Path) -> None:
    text = f"{{dangjian: 1, rubric: a, title: {'长' * 320_000}, oops: 1, subject: 甲}}"
    ran = piped(text.encode(), "-")
    assert ran.returncode == 1
    assert len(ran.stdout) < 2_000
    lines = ran.stdout.decode().splitlines()
    at = next(number for number, line in enumerate(lines) if "E008" in line)
    line, caret = lines[at + 1 : at + 3]
    assert max(map(cell_len, (line, caret))) <= 164
    assert line[:5] == "    …"
    assert line.index("oops") == next(end for end in range(len(line)) if cell_len(line[:end]) == caret.index("^"))


@pytest.mark.parametrize("columns", [40, 80])
def test_no_excerpt_is_wider_than_the_screen(columns: int) -> None:
    shown = in_terminal(
        "validate", "tests/bad/key-twice-width.yaml", "tests/checks/twenty.yaml", columns=columns, code=1
    )
    excerpts = [line for line in shown.splitlines() if line.startswith("    ")]
    assert len(excerpts) > 20
    assert max(map(cell_len, excerpts)) <= columns


def test_colours_of_a_terminal() -> None:
    shown = in_terminal("validate", "tests/bad/key-twice.yaml", columns=80, escapes=True, code=1)
    assert "\x1b[1;31mE006 错误\x1b[0m: " in shown
    assert "    \x1b[1;31m^\x1b[0m\n" in shown
    assert "    \x1b[36m^\x1b[0m\n" in shown


@pytest.mark.parametrize(
    ("option", "environment", "coloured"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"TERM": "dumb"}, False),
        ("never", {}, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_who_decides_about_colours(option: str, environment: dict[str, str], coloured: bool) -> None:
    for command, code in ((("validate", "tests/bad/id-twice.yaml"), 1), (("rubrics",), 0)):
        shown = in_terminal("--color", option, *command, columns=80, escapes=True, code=code, **environment)
        assert ("\x1b[" in shown) is coloured
        assert max(map(cell_len, shown.splitlines())) <= 120 or coloured


@pytest.mark.parametrize("option", ["always", "auto", "never"])
def test_a_pipe_gets_colours_only_where_they_are_asked_for(option: str) -> None:
    ran = piped(BAD.encode(), "-", f"--color={option}")
    assert (b"\x1b[1;31mE006" in ran.stdout) is (option == "always")
    assert b"\x1b" not in piped(BAD.encode(), "-", f"--color={option}", "--format", "json").stdout


def test_findings_about_evidence_are_coloured_too(desk: Path) -> None:
    (desk / "e.csv").write_text("单位,缺\n一,也许\n", "utf-8")
    command = [sys.executable, "-m", "dangjian_score", "score", "good.yaml", "e.csv", "--color", "always"]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert b"\x1b[1;31mE0" in ran.stderr


def test_a_colour_nobody_knows(capfd: Capture) -> None:
    ran = run(capfd, "rubrics", "--color", "pink")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "--color 的值“pink”不对，应为：auto, always, never")
    assert run(capfd, "--color").code == 2


def test_a_terminal_that_cannot_draw_rules() -> None:
    shown = in_terminal("rubrics", "--lang", "en", columns=80, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert shown.splitlines()[1].strip() == "-" * len(shown.splitlines()[1].strip())
    assert "zhibu-xize-2" in shown


@pytest.mark.skipif(os.name == "nt", reason="names of files")
def test_a_file_name_does_not_steer_the_terminal(desk: Path, capfd: Capture) -> None:
    (desk / "a\x1b[31m.yaml").write_text(BAD, "utf-8")
    assert "\x1b" not in run(capfd, "validate", "a\x1b[31m.yaml").out


def test_files_that_are_none(desk: Path, capfd: Capture) -> None:
    """An endless file is read as far as a rubric may go; a pipe that nobody writes to is not waited for."""
    os.mkfifo("pipe.yaml")
    Path("loop.yaml").symlink_to("loop.yaml")
    with Path("sparse.yaml").open("wb") as sparse:
        sparse.truncate(10_000_000_000)
    said = {
        "/dev/zero": "/dev/zero:1:1: E005",
        "sparse.yaml": "sparse.yaml:1:1: E005",
        "pipe.yaml": "pipe.yaml:1:1: E007",
        "loop.yaml": "loop.yaml: E001",
        "a" * 5_000: f"{'a' * 5_000}: E001",
        f"{'a' * 300}.yaml": f"{'a' * 300}.yaml: E001",
    }
    for name, start in said.items():
        assert run(capfd, "validate", name).out.startswith(start)


def test_a_folder_of_files_that_are_none(tmp_path: Path, capfd: Capture) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    with (tmp_path / "sparse.yaml").open("wb") as sparse:
        sparse.truncate(10_000_000_000)
    ran = run(capfd, "validate", tmp_path)
    assert ran.code == 3
    assert [line.split(": ")[1].split()[0] for line in ran.out.splitlines() if "E0" in line] == ["E001"]
