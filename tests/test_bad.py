"""Every mistake a rubric can hold: the code, the line, and the whole text that a clerk reads about it.

A file of `bad/` holds one mistake and says `# expect: E012` at the end of its line; where no comment can stand there
(the mistake breaks the YAML), the first line says `# expect: E003 line 6`.
"""

import re
from pathlib import Path

import pytest

from dangjian_score.checks.gate import validate
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.words.say import explained
from tests.support import HEAD, ROOT, run
from tests.words.unshown import OF_RUBRICS

BAD = ROOT / "tests" / "bad"
GOLDEN = ROOT / "tests" / "golden" / "bad"
FILES = sorted(path.name for path in BAD.glob("*.yaml"))
SECTIONS = "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\n"

_EXPECT = re.compile(r"# expect: ([EWN]\d{3})(?: line (\d+))?$")

BYTES = {
    "gbk": (HEAD.encode("gbk"), "E002", (3, 8), {"encoding": "GBK"}),
    "utf-16": (HEAD.encode("utf-16"), "E002", (1, 1), {"encoding": "UTF-16"}),
    "no encoding": (b"title: \xff\xff\n", "E002", (1, 8), {"encoding": ""}),
    "empty": (b"", "E007", (1, 1), {"key": ""}),
    "only a comment": ("# 空\n".encode(), "E007", (1, 1), {"key": ""}),
    "a megabyte and one": (b"#" * 1_000_001, "E005", (1, 1), {"limit": "bytes", "most": "1000000"}),
    "many nodes": (b"[" + b"a," * 16_000 + b"]", "E005", (1, 32_000), {"limit": "nodes", "most": "16000"}),
    "workbook": (b"PK\x03\x04rest", "E058", (1, 1), {"found": "xlsx"}),
}
"""Mistakes that are no text: bytes, and the code, place and arguments they give."""


def findings(data: bytes, name: str = "r.yaml") -> tuple[Diagnostic, ...]:
    return validate(data, name)[1]


def expected(text: str) -> list[tuple[str, int]]:
    found = ((at, _EXPECT.search(line)) for at, line in enumerate(text.split("\n"), 1))
    return [(match[1], int(match[2] or at)) for at, match in found if match]


@pytest.mark.parametrize("name", FILES)
def test_the_mistake_is_found_on_its_line_and_nothing_else_is(name: str) -> None:
    data = (BAD / name).read_bytes()
    marks = expected(data.decode())
    assert len(marks) == 1
    # What only deserves a look is told beside an error, too; here the error matters.
    weight = marks[0][0][0]
    assert [
        (str(finding.code), finding.place.line) for finding in findings(data) if str(finding.code)[0] in {"E", weight}
    ] == marks


@pytest.mark.parametrize("name", FILES)
def test_what_a_clerk_reads(name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    ran = run(capfd, "validate", name)
    assert ran.out == (GOLDEN / name).with_suffix(".txt").read_text("utf-8")
    assert (ran.code, ran.err) == ("# expect: E" in (BAD / name).read_text("utf-8"), "")


def test_every_golden_text_has_its_file() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(Path(name).stem for name in FILES)


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_rubric(name: str) -> None:
    data, code, spot, args = BYTES[name]
    (found,) = findings(data)
    assert (found.code, (found.place.line, found.place.column), dict(found.args)) == (code, spot, args)


def test_what_a_clerk_reads_about_a_gbk_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes((HEAD + SECTIONS).encode("gbk"))
    ran = run(capfd, "validate", path)
    assert ran.code == 1
    assert "E002 错误: 文件不是 UTF-8 编码，看来是 GBK；请用编辑器“另存为 UTF-8”后再试" in ran.out


def test_every_code_about_rubrics_has_a_mistake() -> None:
    """A code is about rubrics where its page shows a piece of one, or could if text allowed it."""
    about = {code for code in Code if explained(code, "zh").shows_rubric or code in OF_RUBRICS}
    held = {code for name in FILES for code, _ in expected((BAD / name).read_text("utf-8"))}
    missing = about - held - {code for _, code, _, _ in BYTES.values()}
    assert not missing, "add a file with this mistake to tests/bad/ (and what is printed to tests/golden/bad/)"


def test_several_mistakes_come_in_one_run_in_reading_order() -> None:
    text = HEAD + "total: 05\nsections:\n  - title: 甲\n    max: x\n    rules: [{deduct: 1, iff: 缺}, {if: 缺}]\n"
    found = [(str(finding.code), finding.place.line, finding.place.column) for finding in findings(text.encode())]
    assert found == [("E012", 5, 8), ("E012", 8, 10), ("E008", 9, 25), ("E015", 9, 34)]
