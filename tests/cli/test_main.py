"""The command line as a script sees it: exit codes, files, languages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dangjian_score.api import files
from dangjian_score.cli.app import COMMANDS
from tests.support import ROOT, run

RUBRIC = """dangjian: 1
rubric: test-1
title: 试
subject: 党支部
total: 10
sections:
  - id: A
    title: 甲
    max: 10
    source: {clause: 一}
    rules: [{deduct: 2, per: 缺席次数}, {deduct: 3, judge: 落实扣分, if: 落实不力}, {forfeit: true, if: 造假}]
grades: {优秀: 8, 合格: 4, 差: 0}
"""
HEAD = "党支部,缺席次数,落实不力,落实扣分,造假\n"
EVIDENCE = f"{HEAD}一支部,0,否,,否\n二支部,1,是,1.5,否\n三支部,9,否,,否\n四支部,1,否,,是\n"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a rubric and evidence, to stand in."""
    (tmp_path / "r.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "e.csv").write_text(EVIDENCE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scored(text: str) -> dict[str, tuple[int, str, str]]:
    return {unit["unit"]: (unit["rank"], unit["total"], unit["grade"]) for unit in json.loads(text)["units"]}


EXPECTED = {
    "一支部": (1, "10.00", "优秀"),
    "二支部": (2, "6.50", "合格"),  # 10 - 2 - 1.5
    "三支部": (3, "0.00", "差"),  # 10 - 18, not below 0
    "四支部": (3, "0.00", "差"),  # forfeited
}


def test_score_as_json(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "--format", "json")
    assert ran.code == 0
    assert scored(ran.out) == EXPECTED


def test_the_result_contract(desk: Path, capfd: Capture) -> None:
    document = json.loads(run(capfd, "score", "r.yaml", "e.csv", "--format", "json").out)
    heading = ["schema", "tool", "language", "rubric", "evidence"]
    keys = [*heading, "units", "unscored", "excluded", "selections", "diagnostics"]
    assert (list(document), document["schema"]) == (keys, "dangjian.result/1")
    assert [one["name"] for one in document["evidence"]] == ["e.csv"]
    assert len(document["rubric"]["sha256"]) == 64
    unit = document["units"][1]
    assert set(unit) >= {"unit", "attributes", "rank", "total", "base", "bonus", "penalty", "grade", "vetoes", "nodes"}
    first, second = unit["nodes"][0]["lines"]
    assert first == {
        "rule": "A/1",
        "verb": "deduct",
        "before": "-2.00",
        "points": "-2.00",
        "clause": "一",
        "text": "缺席次数 1，扣 2 分",
        "figures": {"have": "1", "times": "1", "price": "2"},
        "which": [],
        "cells": ["e.csv!B3"],
    }
    assert second["cells"] == ["e.csv!C3", "e.csv!D3"]
    assert [line["verb"] for line in document["units"][2]["nodes"][0]["lines"]] == ["deduct", "floor"]


def test_start_and_lines_are_points(desk: Path, capfd: Capture) -> None:
    document = json.loads(run(capfd, "score", "r.yaml", "e.csv", "--format", "json").out)

    def hundredths(text: str) -> int:
        return round(float(text) * 100)

    for node in (node for unit in document["units"] for node in unit["nodes"]):
        moved = sum(hundredths(line["points"]) for line in node["lines"])
        assert hundredths(node["start"]) + moved == hundredths(node["points"])


def test_files_are_written_whole_and_alike(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "-o", "a.json", "-o", "a.csv")
    assert ran.code == 0
    assert run(capfd, "score", "r.yaml", "e.csv", "-o", "b.json", "-o", "b.csv").code == 0
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()
    rows = Path("a.csv").read_text("utf-8-sig").splitlines()
    assert rows[:2] == ["名次,党支部,甲,总分,等次", "1,一支部,10.00,10.00,优秀"]
    assert sorted(path.name for path in desk.iterdir()) == ["a.csv", "a.json", "b.csv", "b.json", "e.csv", "r.yaml"]


def test_order_of_rows_and_files_changes_nothing(desk: Path, capfd: Capture) -> None:
    rows = EVIDENCE.splitlines()
    Path("x.csv").write_text("\n".join([rows[0], rows[4], rows[2]]), "utf-8")
    Path("y.csv").write_text("\n".join([rows[0], rows[3], rows[1]]), "utf-8")
    for order in (("x.csv", "y.csv"), ("y.csv", "x.csv")):
        assert scored(run(capfd, "score", "r.yaml", *order, "--format", "json").out) == EXPECTED


def test_a_folder_and_names_that_need_their_folder(desk: Path, capfd: Capture) -> None:
    rows = EVIDENCE.splitlines()
    for folder, part in (("甲", rows[1:3]), ("乙", rows[3:])):
        Path("来件", folder).mkdir(parents=True)
        Path("来件", folder, "证据.csv").write_text("\n".join([rows[0], *part]), "utf-8")
    Path("来件", "甲", "~$证据.xlsx").write_bytes(b"lock")
    ran = run(capfd, "score", "r.yaml", "来件", "--format", "json")
    assert scored(ran.out) == EXPECTED
    names = [one["name"] for one in json.loads(ran.out)["evidence"]]
    assert names == [str(Path("乙", "证据.csv")), str(Path("甲", "证据.csv"))]


BAD = f"{HEAD}一支部,,否,,否\n一支部,1,否,,否\n三支部,三,也许,,否\n四支部,1,是,9,否\n五支部,-1,否,2,否\n"


def test_all_problems_in_one_run_and_nothing_written(desk: Path, capfd: Capture) -> None:
    Path("e.csv").write_text(BAD, "utf-8")
    Path("old.json").write_text("old")
    ran = run(capfd, "score", "r.yaml", "e.csv", "-o", "old.json", "--format", "json")
    assert ran.code == 3
    document: dict[str, Any] = json.loads(ran.out)
    assert document["units"] == []
    found = {(one["code"], one["cell"]) for one in document["diagnostics"]}
    assert found == {
        ("E021", "B2"),
        ("E023", "A3"),
        ("E022", "B4"),
        ("E022", "C4"),
        ("E027", "D5"),  # 9, where the assessor has 0 to 3
        ("E027", "B6"),
        ("W001", "D6"),  # judged though the rule does not apply
    }
    assert Path("old.json").read_text() == "old"
    assert "有错误，没有计分，也没有写结果" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["score", "r.yaml"], 2, "缺少 EVIDENCE"),
        (["score"], 2, "缺少 RUBRIC"),
        (["scor"], 2, "没有命令“scor”，是不是“score”？"),
        (["score", "r.yaml", "e.csv", "--detial"], 2, "没有选项 --detial，是不是 --detail？"),
        (["score", "r.yaml", "e.csv", "--format"], 2, "选项 --format 要有一个值"),
        (["score", "r.yaml", "e.csv", "--detail=1"], 2, "选项 --detail 不带值"),
        (["score", "r.yaml", "e.csv", "--format", "xml"], 2, "--format 的值“xml”不对，应为：table, json, csv"),
        (["score", "r.yaml", "e.csv", "-o", "x.pdf"], 2, "-o 的值“x.pdf”不对"),
        (["score", "r.yaml", "e.csv", "--fail-under", "x"], 2, "--fail-under 的值“x”不对"),
        (["score", "r.yaml", "e.csv", "--unit", "一支"], 2, "没有单位“一支”，是不是“一支部”？"),
        (["rubrics", "x"], 2, "多出的参数：x"),
        (["--lang", "fr"], 2, "--lang 的值“fr”不对，应为：zh, en"),
        (["--lang="], 2, "--lang 的值“”不对，应为：zh, en"),
        (["score", "nope", "e.csv"], 3, "也没有这个编号的内置细则"),
        (["score", "no.yaml", "e.csv"], 3, "找不到文件"),
        (["score", "r.yaml", "no.csv"], 3, "找不到文件"),
        (["score", "r.yaml", "r.yaml"], 3, "考核数据只收 .xlsx、.xlsm、.csv"),
        (["score", "e.csv", "e.csv"], 3, "E011"),
        (["score", "r.yaml", "e.csv", "-o", "no/x.json"], 3, "所在的文件夹不存在"),
        (["score", "r.yaml", "e.csv", "-o", "e.csv"], 3, "输出 e.csv 就是输入文件"),
        (["score", "r.yaml", "e.csv", "--fail-under", "6"], 1, "2 个单位低于 6 分：三支部、四支部"),
        (["score", "r.yaml", "e.csv", "--fail-under", "0"], 0, "1 个文件，4 个单位"),
    ],
)
def test_exit_codes_and_what_is_said(desk: Path, capfd: Capture, arguments: list[str], code: int, said: str) -> None:
    ran = run(capfd, *arguments)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert Path("e.csv").read_text("utf-8") == EVIDENCE


def test_no_file_is_left_where_writing_fails(desk: Path, capfd: Capture) -> None:
    Path("folder.json").mkdir()
    before = sorted(path.name for path in desk.iterdir())
    ran = run(capfd, "score", "r.yaml", "e.csv", "-o", "good.csv", "-o", "folder.json")
    assert (ran.code, "E040" in ran.err) == (3, True)
    assert sorted(path.name for path in desk.iterdir()) == before


def test_unit_filters_what_is_shown_and_not_what_is_ranked(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "--unit", "二支部")
    assert "第 2 名" in ran.out
    assert "一支部" not in ran.out
    assert "缺席次数 1，扣 2 分" in ran.out
    everything = run(capfd, "score", "r.yaml", "e.csv", "--detail").out
    assert "扣完为止" in everything
    assert "不得分：造假" in everything


def test_a_pipe_is_as_wide_as_it_takes(desk: Path, capfd: Capture) -> None:
    long = "很长的支部名称" * 20
    Path("e.csv").write_text(f"{HEAD}{long},0,否,,否\n", "utf-8")
    assert long in run(capfd, "score", "r.yaml", "e.csv").out


def test_a_defect_of_ours(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("boom\n" + "a plan of a library " * 1000)

    monkeypatch.setattr(files, "candidates", fail)
    ran = run(capfd, "score", "r.yaml", "e.csv")
    assert ran.code == 70
    assert "工具自身出错（RuntimeError: boom a plan" in ran.err
    assert len(ran.err) < 700
    assert "Traceback" not in ran.err


def test_an_interruption(desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "candidates", interrupt)
    ran = run(capfd, "score", "r.yaml", "e.csv")
    assert (ran.code, ran.err.strip()) == (130, "已中断")


@pytest.mark.parametrize("arguments", [["--lang", "en"], ["--lang=en"]])
def test_english_by_option_and_by_environment(desk: Path, capfd: Capture, arguments: list[str]) -> None:
    for ran in (
        run(capfd, *arguments, "score", "r.yaml"),
        run(capfd, "score", *arguments, "r.yaml"),
        run(capfd, "score", "r.yaml", DANGJIAN_LANG="en"),
    ):
        assert (ran.code, ran.err) == (2, "EVIDENCE is missing\nsee dangjian score --help\n")


@pytest.mark.parametrize(
    ("locale", "missing"),
    [
        *((locale, "缺少 EVIDENCE") for locale in ("", "zh", "zh_CN.UTF-8", "zh-CN", "zh_TW", "zh-Hans-CN", "ZH")),
        *((locale, "EVIDENCE is missing") for locale in ("en", "en_US", "en-GB.UTF-8", "C", "C.UTF-8", "POSIX")),
    ],
)
def test_the_environment_names_the_language_as_locales_do(
    desk: Path, capfd: Capture, locale: str, missing: str
) -> None:
    assert run(capfd, "score", "r.yaml", DANGJIAN_LANG=locale).err.splitlines()[0] == missing


def test_a_language_of_the_environment_that_is_not_spoken(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", DANGJIAN_LANG="fr_FR.UTF-8")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "DANGJIAN_LANG 的值“fr_FR.UTF-8”不对，应为：zh, en")
    assert run(capfd, "--lang", "en", "score", "r.yaml", DANGJIAN_LANG="fr").err.startswith("EVIDENCE is missing")


@pytest.mark.parametrize("command", [[], *([command] for command in COMMANDS)])
def test_help_in_both_languages(capfd: Capture, command: list[str]) -> None:
    chinese = run(capfd, *command, "--help")
    english = run(capfd, *command, "--help", "--lang", "en")
    assert (chinese.code, english.code) == (0, 0)
    assert "Show this message" not in chinese.out
    assert chinese.out.startswith("用法: dangjian")
    assert not [char for char in english.out if "\u4e00" <= char <= "\u9fff"]


def test_rubrics_that_ship_by_id_and_by_path(capfd: Capture) -> None:
    listed = run(capfd, "rubrics").out
    for path in files.shipped_rubrics():
        assert path.stem in listed
        assert run(capfd, "validate", path.stem).code == 0
        assert run(capfd, "validate", path).code == 0


def test_version(capfd: Capture) -> None:
    assert run(capfd, "--version").out.startswith("dangjian-score ")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away(desk: Path, unbuffered: str) -> None:
    """Unbuffered, a stream takes part of the bytes and says so in passing; the rest must not be lost in silence."""
    rows = "".join(f"单位{at},0,否,,否\n" for at in range(3000))
    Path("e.csv").write_text(HEAD + rows, "utf-8")
    command = [sys.executable, "-m", "dangjian_score", "score", "r.yaml", "e.csv", "--format", "json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_a_quick_start(argument: str) -> None:
    """Neither the readers of workbooks, nor the models, nor any command is looked at before it is needed."""
    unneeded = {"openpyxl", "pydantic", "yaml", "rich.table", "dangjian_score.rubric.model", "dangjian_score.cli.score"}
    assert not unneeded & modules_after(argument)


def test_validating_needs_nothing_of_scoring() -> None:
    unneeded = {"typer._adapters", "openpyxl", "dangjian_score.cli.score", "dangjian_score.evidence"}
    assert not unneeded & modules_after("validate", "zhibu-xize-2")


def modules_after(*arguments: str) -> set[str]:
    """Name the modules that a command has imported."""
    code = "import sys; from dangjian_score.cli.app import main; main(sys.argv[1:], {}); print(*sys.modules)"
    command = [sys.executable, "-c", code, *arguments]
    shown = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return set(shown.splitlines()[-1].split())


def test_python_m_is_the_command() -> None:
    shown = subprocess.run([sys.executable, "-m", "dangjian_score", "--version"], capture_output=True, check=True)
    assert shown.stdout.startswith(b"dangjian-score ")


def test_short_names_tell_files_apart() -> None:
    paths = [Path("a/x.csv"), Path("b/x.csv"), Path("b/y.csv")]
    assert set(files.short_names(paths)) == {str(Path("a/x.csv")), str(Path("b/x.csv")), "y.csv"}
    assert files.short_names([Path("x.csv"), Path("a/x.csv")]).keys() == {"x.csv", str(Path("a/x.csv"))}


def test_the_root_is_the_checkout() -> None:
    assert files.shipped_folder() == ROOT / "rubrics"


def test_several_clauses_stand_beside_each_line(desk: Path, capfd: Capture) -> None:
    """一支部 loses 1 × 2 by the item (1-2) and 3 by a rule of its own (四、五（一）); the veto (6-7) leaves it 0."""
    rubric = (
        "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\nsections:\n"
        "  - id: A\n    title: 甲\n    max: 10\n    source: {clauses: 1-2}\n    rules:\n"
        "      - {deduct: 2, per: 缺席次数}\n"
        "      - {deduct: 3, if: 造假, source: {clause: 四, clauses: 五（一）}}\n"
        "vetoes: [{title: 否决, if: 造假, total: 0, source: {clauses: 6-7}}]\n"
    )
    (desk / "c.yaml").write_text(rubric, "utf-8")
    (desk / "c.csv").write_text("党支部,缺席次数,造假\n一支部,1,是\n", "utf-8")
    ran = run(capfd, "score", "c.yaml", "c.csv", "--detail")
    lines = ran.out.split("条款  ")[1].splitlines()[2:]
    assert [line.split()[0] for line in lines if line.strip()] == ["1-2", "四、五（一）", "6-7"]


def test_a_part_of_a_name_suggests_the_units_that_have_it(desk: Path, capfd: Capture) -> None:
    names = ("研发中心党支部", "产品研发党支部", "机关党支部")
    (desk / "e.csv").write_text(HEAD + "".join(f"{name},0,否,,否\n" for name in names), "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv", "--unit", "研发")
    assert (ran.code, ran.err) == (2, "没有单位“研发”，是不是“产品研发党支部”、“研发中心党支部”？\n")
    ran = run(capfd, "score", "r.yaml", "e.csv", "--unit", "机关支部")
    assert (ran.code, ran.err) == (2, "没有单位“机关支部”，是不是“机关党支部”？\n")


def test_a_row_that_is_passed_over_says_why(desk: Path, capfd: Capture) -> None:
    rows = "一、机关（2 个）,,,,\n一支部,0,否,,否\n二支部,1,否,,否\n合计,1,,,\n填表人：张三,,,,\n"
    (desk / "e.csv").write_text(HEAD + rows, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.csv")
    assert ran.err.splitlines()[:3] == [
        "e.csv!A2: N002 提示: “一、机关（2 个）”这一行不计分，已跳过：是分组的标题，不是单位",
        "e.csv!A5: N002 提示: “合计”这一行不计分，已跳过：是合计、平均之类，不是单位",
        "e.csv!A6: N002 提示: “填表人：张三”这一行不计分，已跳过：是落款或说明，不是单位",
    ]


@pytest.mark.parametrize("roster", [(), ("--units", "u.csv")])
def test_a_unit_that_is_spelt_with_a_space_is_the_same_unit(
    desk: Path, capfd: Capture, roster: tuple[str, ...]
) -> None:
    """张三 has one punishment of 2 points, whether a roster names him or the matrix alone."""
    rubric = (
        "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党员\nmeasures: {处分: {register: true}}\n"
        "sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺席}, {deduct: 2, per: 处分}]}]\n"
    )
    for name, text in (
        ("p.yaml", rubric),
        ("u.csv", "党员\n张三\n李四\n"),
        ("m.csv", "党员,缺席\n张三,0\n李四,1\n"),
        ("t.csv", "党员,事项\n张 三,处分\n"),
    ):
        (desk / name).write_text(text, "utf-8")
    ran = run(capfd, "score", "p.yaml", "m.csv", "t.csv", *roster, "--format", "json")
    assert {unit["unit"]: unit["total"] for unit in json.loads(ran.out)["units"]} == {"李四": "9.00", "张三": "8.00"}
    assert [line.split()[:2] for line in ran.err.splitlines() if line.startswith("t.csv")] == [["t.csv!A2:", "N016"]]
