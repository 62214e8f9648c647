"""`dangjian new`: a start that validates and scores, copies that differ in their id alone, nothing overwritten."""

import json
from pathlib import Path
from typing import Any

import pytest

from dangjian_score.api import files
from dangjian_score.api.inputs import rubric_of
from dangjian_score.rubric.reading import read
from dangjian_score.rubric.source import renamed
from tests.support import HEAD, run
from tests.test_bad import SECTIONS

Capture = pytest.CaptureFixture[str]

UNITS = """\
党支部,党员大会次数,有年度计划,有会议记录,有党员名册,有年终总结,党员参学率,支部特色工作评分,表彰级别,弄虚作假
一支部,4,是,是,是,是,96%,30,省级,否
二支部,3,是,否,是,是,88%,21.5,无,否
三支部,5,是,是,是,是,75%,10,国家级,是
四支部,4,是,是,是,是,95%,20,无,否
"""
EVENTS = """\
党支部,事项,级别,案件
二支部,处分,警告,甲案
二支部,处分,严重警告,甲案
二支部,处分,撤职,乙案
"""
EXPECTED = {
    "一支部": ("103.00", "优秀", ["先进党支部"]),  # 20 + 20 + 30 + 30, and 3; of four units 30% is one
    "四支部": ("90.00", "优秀", []),  # 20 + 20 + 30 + 20
    "三支部": ("65.00", "较差", []),  # 20 + 20 + 10 + 10, and 5; vetoed
    "二支部": ("61.50", "较差", []),  # 15 + 15 + 20 + 21.5 - 4 - 6
}


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_start_is_sound_and_scores(capfd: Capture, language: str) -> None:
    ran = run(capfd, "new", "--lang", language)
    assert (ran.code, ran.out) == (0, "")
    checked = run(capfd, "validate", "wo-de-xize.yaml", "--format", "json")
    assert (checked.code, json.loads(checked.out)["diagnostics"]) == (0, [])
    Path("e.csv").write_text(UNITS, "utf-8")
    Path("t.csv").write_text(EVENTS, "utf-8")
    result = json.loads(run(capfd, "score", "wo-de-xize.yaml", "e.csv", "t.csv", "--format", "json").out)
    assert result["diagnostics"] == []
    assert {one["unit"]: (one["total"], one["grade"], one["selections"]) for one in result["units"]} == EXPECTED


def test_the_start_says_the_same_in_both_languages(capfd: Capture) -> None:
    chinese, english = (run(capfd, "new", "-o", "-", "--lang", language).out for language in ("zh", "en"))
    assert _data(chinese) == _data(english)
    assert chinese != english
    for text in (chinese, english):
        modeline, how = text.splitlines()[:2]
        assert modeline == "# yaml-language-server: $schema=rubric.schema.json"
        assert "dangjian schema --output rubric.schema.json" in how
        assert max(map(len, text.splitlines())) <= 120


def test_the_start_shows_the_usual_forms(capfd: Capture) -> None:
    text = run(capfd, "new", "-o", "-").out
    for form in (
        *("period:", "source:", "rounding:", "per_missing:", "each_missing:", "at_least:", "judge:", "register: true"),
        *("kind: bonus", "kind: penalty", "highest_per:", "vetoes:", "grades:", "tie_break:", "selections:"),
    ):
        assert form in text
    lines = text.splitlines()
    for at, line in enumerate(lines):  # every clause has its comment just above
        if line.lstrip().startswith(("- id: A1", "- id: A2", "- id: B1", "- id: B2", "- id: C", "- id: D", "vetoes")):
            assert lines[at - 1].lstrip().startswith("# 第 "), line


def test_what_comes_next_is_said(capfd: Capture) -> None:
    ran = run(capfd, "new", "甲-1", "-o", "a b.yaml")
    assert "已写入 a b.yaml" in ran.err
    assert "dangjian validate 'a b.yaml'" in ran.err
    assert "dangjian explain 'a b.yaml'" in ran.err
    assert run(capfd, "new", "x").err.startswith("已写入 x.yaml\n")
    assert run(capfd, "new", "x", "-o", "-").err == ""


@pytest.mark.parametrize("path", files.shipped_rubrics(), ids=lambda path: path.stem)
def test_every_rubric_that_ships_can_be_the_source(capfd: Capture, path: Path) -> None:
    assert run(capfd, "new", "mine", "--from", path.stem).code == 0
    old, new = path.read_bytes().split(b"\n"), Path("mine.yaml").read_bytes().split(b"\n")
    changed = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    assert changed == [(f"rubric: {path.stem}".encode(), b"rubric: mine")]
    assert run(capfd, "validate", "mine.yaml").code == 0


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("rubric: old", "rubric: new"),
        ("rubric:   old  # 编号", "rubric:   new  # 编号"),
        ('rubric: "old" # x', "rubric: new # x"),
        ("'rubric': 'old'", "'rubric': new"),
        ("rubric: >-\n  old\n# x", "rubric: new\n# x"),
        ('rubric: "\\u006fld"', "rubric: new"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_value_of_rubric_changes(line: str, becomes: str, line_end: str, mark: str) -> None:
    text = f"{mark}dangjian: 1\n# rubric: old 旧\n{{}}\ntitle: old\nsubject: 党支部\n{SECTIONS}".replace("\n", line_end)
    before = text.replace("{}", line.replace("\n", line_end)).encode()
    source = rubric_of("a.yaml", before)
    after = renamed(before, source.study.loaded.document, "new")
    assert after == text.replace("{}", becomes.replace("\n", line_end)).encode()
    assert _data(after.decode())["rubric"] == "new"


def test_a_source_that_is_no_rubric(capfd: Capture) -> None:
    Path("bad.yaml").write_text(HEAD, "utf-8")
    ran = run(capfd, "new", "x", "--from", "bad.yaml")
    assert (ran.code, "E010" in ran.err, Path("x.yaml").exists()) == (3, True, False)
    assert run(capfd, "new", "x", "--from", "no.yaml").code == 3


def test_nothing_is_overwritten(capfd: Capture) -> None:
    Path("x.yaml").write_text("mine", "utf-8")
    Path("dangling.yaml").symlink_to("nowhere")
    for arguments in (["x"], ["y", "-o", "x.yaml"], ["dangling"], ["x", "--from", "zhibu-xize-2"]):
        ran = run(capfd, "new", *arguments)
        assert ran.code == 3
        assert ran.err.startswith("E040 错误: 写不了文件")
        assert "文件已经存在" in ran.err
    assert Path("x.yaml").read_text("utf-8") == "mine"
    assert sorted(path.name for path in Path().iterdir()) == ["dangling.yaml", "x.yaml"]
    Path("folder.yaml").mkdir()
    assert "这是一个文件夹" in run(capfd, "new", "folder").err


@pytest.mark.parametrize("name", ["E014", "a b", "a/b", "-x-", "", "a..b", "甲、乙"])
def test_ids_that_are_none(capfd: Capture, name: str) -> None:
    ran = run(capfd, "new", "--", name)
    assert ran.code == 2
    assert "应为：字母、数字、汉字，可用 . 和 - 相连，不能是一个字母加三位数字" in ran.err
    assert not list(Path().iterdir())


def _data(text: str) -> dict[str, Any]:
    document, found = read(text.encode(), "a.yaml")
    assert not found
    assert document is not None
    assert isinstance(document.data, dict)
    return document.data
