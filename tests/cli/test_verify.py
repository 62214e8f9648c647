"""`verify`: the same, or the first difference; by result file and by pack."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile_packs import ZOO
from tests.report.test_rich import PRIVATE
from tests.rich import FOLDER
from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]

FILES = ("rubric.yaml", "evidence")
UNMOVED = "重算的每一条明细、每项得分、总分、等次和名次都没有变：变的是注释、换行、编码，或不影响得分的内容"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Path:
    """A folder with the rich scenario, its result and its pack."""
    shutil.copytree(FOLDER / "evidence", tmp_path / "evidence")
    shutil.copy(FOLDER / "rubric.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    ran = run(capfd, "score", *FILES, "-o", "r.json", "-o", "p.zip", "--quiet")
    assert ran.code == 0, ran.err
    return tmp_path


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")


def test_the_same(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, ran.out.split("：")[0]) == (0, "相同")
    assert "9 个单位" in ran.out


def test_a_pack_needs_nothing_else(desk: Path, capfd: Capture) -> None:
    for path in (desk / "evidence", desk / "rubric.yaml", desk / "r.json"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    ran = run(capfd, "verify", "p.zip")
    assert (ran.code, ran.out.split("：")[0]) == (0, "相同")


def test_what_a_rubric_leaves_open_is_the_same_wherever_the_rubric_lies(desk: Path, capfd: Capture) -> None:
    sections = "sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}]\n"
    (desk / "细则").mkdir()
    rubric = desk / "细则" / "t.yaml"
    rubric.write_text(f"{HEAD}grades: {{优: {{at_least: 5, places: 1}}, 其他: 0}}\n{sections}", "utf-8")
    (desk / "t.csv").write_text("党支部,缺\n甲,1\n乙,1\n", "utf-8")
    assert "W002 警告" in run(capfd, "score", "细则/t.yaml", "t.csv", "-o", "t.zip", "-o", "t.json").err
    assert run(capfd, "verify", "t.zip").code == 0
    assert run(capfd, "verify", "t.json", rubric, "t.csv").code == 0
    before = (desk / "t.json").read_bytes()
    assert run(capfd, "score", rubric, "t.csv", "-o", "t.json").code == 0
    assert (desk / "t.json").read_bytes() == before


def test_a_pack_is_held_against_other_files_where_these_are_given(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "verify", "p.zip", *FILES).code == 0
    _edit(desk / "evidence" / "汇总.csv", "第三党支部,村,3", "第三党支部,村,2")
    ran = run(capfd, "verify", "p.zip", *FILES)
    assert ran.code == 1
    assert "汇总.csv 的内容变了" in ran.out


def test_english_and_public_results_are_verified_as_they_were_written(desk: Path, capfd: Capture) -> None:
    run(capfd, "--lang", "en", "score", *FILES, "-o", "en.json", "--quiet")
    run(capfd, "score", *FILES, "-o", "public.json", "--public", "--quiet")
    for name in ("en.json", "public.json"):
        assert run(capfd, "verify", name, *FILES).code == 0, name


def test_partial_results(desk: Path, capfd: Capture) -> None:
    _edit(desk / "evidence" / "汇总.csv", "第三党支部,村,3", "第三党支部,村,")
    assert run(capfd, "score", *FILES, "--partial", "-o", "part.json", "-o", "part.zip").code == 1
    assert run(capfd, "verify", "part.json", *FILES).code == 0
    assert run(capfd, "verify", "part.zip").code == 0


def test_rosters_are_packed(desk: Path, capfd: Capture) -> None:
    names = ["第一党支部", "第二党支部", "第三党支部", "第四党支部", "第五党支部", "第六党支部", "第七党支部"]
    names += ["<第八>&“=支部”", "第九党支部", "第十党支部"]
    (desk / "roster.csv").write_text("\n".join(["党支部", *reversed(names)]), "utf-8")
    assert run(capfd, "score", *FILES, "--units", "roster.csv", "-o", "u.zip", "-o", "u.json").code == 0
    assert run(capfd, "verify", "u.zip").code == 0
    assert run(capfd, "verify", "u.json", *FILES, "--units", "roster.csv").code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("第三党支部,村,3", "第三党支部,村,2", "第三党支部 A1 第 1 条 限额前：原来 -5.00，重算 -10.00"),
        (
            "<第八>&“=支部”,企业,4,91%",
            "<第八>&“=支部”,企业,4,89%",
            "<第八>&“=支部” A3 第 1 条 限额前：原来 10.00，重算 5.00",
        ),
        ("第四党支部,村,4,不适用", "第四党支部,村,4,90%", "第四党支部 A3 第 1 条 规则：原来 A3，重算 A3/1"),
    ],
)
def test_evidence_that_changed(desk: Path, capfd: Capture, old: str, new: str, said: str) -> None:
    _edit(desk / "evidence" / "汇总.csv", old, new)
    ran = run(capfd, "verify", "r.json", *FILES)
    assert ran.code == 1
    assert ran.out.splitlines()[:2] == ["不同：考核数据文件 汇总.csv 的内容变了", f"不同：{said}"]


def test_a_rubric_that_changed_where_it_does_not_matter(desk: Path, capfd: Capture) -> None:
    _edit(desk / "rubric.yaml", "subject: 党支部", "subject: 党支部  # 对象")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, ran.out) == (1, f"不同：细则文件 的内容变了\n{UNMOVED}\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("gb18030"),
        lambda data: data.decode().encode("utf-16"),
    ],
    ids=["line ends", "mark", "GB18030", "UTF-16"],
)
def test_evidence_that_was_only_saved_in_another_way(
    desk: Path, capfd: Capture, change: Callable[[bytes], bytes]
) -> None:
    path = desk / "evidence" / "汇总.csv"
    path.write_bytes(change(path.read_bytes()))
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, ran.out) == (1, f"不同：考核数据文件 汇总.csv 的内容变了\n{UNMOVED}\n")
    _edit(desk / "rubric.yaml", "subject: 党支部", "subject: 党组织")
    assert UNMOVED not in run(capfd, "verify", "r.json", *FILES).out


def _unit(document: Any, name: str) -> Any:
    return next(unit for unit in document["units"] if unit["unit"] == name)


def _points(document: Any) -> None:
    _unit(document, "第六党支部")["nodes"][0]["nodes"][1]["points"] = "3.50"
    _unit(document, "第六党支部")["total"] = "39.0"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_points, ["第六党支部 A2 得分：原来 3.50，重算 2.50", "另有 1 处不同"]),
        (lambda it: _unit(it, "第六党支部").update(grade="一般"), ["第六党支部 等次：原来 一般，重算 较差"]),
        (lambda it: _unit(it, "第六党支部").update(rank=8), ["第六党支部 名次：原来 8，重算 9"]),
        (lambda it: it["units"].pop(), ["第六党支部：原来 没有，重算 有"]),
        (lambda it: it["units"].reverse(), None),
        (lambda it: it["selections"][0]["units"].pop(), ["评优 先进党支部 第二党支部：原来 没有，重算 第二党支部"]),
        (lambda it: it["excluded"].clear(), ["不参评 第十党支部：原来 没有，重算 有"]),
        (
            lambda it: _unit(it, "第五党支部")["vetoes"].clear(),
            ["第五党支部 一票否决 发生重大责任事故：原来 没有，重算 发生重大责任事故"],
        ),
        (lambda it: _unit(it, "第一党支部").update(extra=1), ["第一党支部 extra：原来 1，重算 没有"]),
        (lambda it: _unit(it, "第一党支部").update(extra="没有"), ["第一党支部 extra：原来 没有，重算 没有"]),
    ],
)
def test_a_result_that_was_touched(
    desk: Path, capfd: Capture, change: Callable[[Any], object], said: list[str] | None
) -> None:
    path = desk / "r.json"
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert ran.code == 1
    if said is None:
        assert ran.out == "不同：单位 顺序：原来 1 第六党支部，重算 1 第一党支部\n"
    else:
        assert ran.out.splitlines() == [f"不同：{said[0]}", *said[1:]]


def test_another_version_may_word_things_otherwise_but_count_alike(desk: Path, capfd: Capture) -> None:
    path = desk / "r.json"
    document = json.loads(path.read_bytes())
    document["tool"]["version"] = "0.0.9"
    _lines(document)[0]["text"] = "评 14.5"
    path.write_text(json.dumps(document), "utf-8")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, "0.0.9" in ran.err) == (0, True)
    changes = (
        _points,
        _wordless,
        lambda it: it["units"].pop(),
        lambda it: it.pop("language"),
        lambda it: _unit(it, "第一党支部")["attributes"].update(text="x"),
        lambda it: next(line for line in _all_lines(it) if line["which"])["which"].append("赵六"),
    )
    for change in changes:
        changed = json.loads(json.dumps(document))
        change(changed)
        path.write_text(json.dumps(changed), "utf-8")
        assert run(capfd, "verify", "r.json", *FILES).code == 1


def _wordless(document: Any) -> None:
    _lines(document)[0]["text"] = ""


def _all_lines(document: Any) -> list[Any]:
    """Give the lines of all nodes of all units."""
    waiting, lines = [node for unit in document["units"] for node in unit["nodes"]], []
    while waiting:
        node = waiting.pop()
        waiting += node["nodes"]
        lines += node["lines"]
    return lines


def _lines(document: Any) -> Any:
    return _unit(document, "第一党支部")["nodes"][0]["nodes"][1]["lines"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["units"].remove(_unit(it, "第二党支部")), "第二党支部：原来 没有，重算 有"),
        (lambda it: _lines(it).clear(), "第一党支部 A2 第 1 条：原来 没有，重算 有"),
        (lambda it: it["evidence"].pop(), "考核数据文件 评分.csv：原来 没有，重算 有"),
        (_wordless, "第一党支部 A2 第 1 条"),
    ],
)
def test_a_key_that_is_added_to_the_tool_explains_nothing(
    desk: Path, capfd: Capture, change: Callable[[Any], object], said: str
) -> None:
    path = desk / "r.json"
    document = json.loads(path.read_bytes())
    document["tool"]["build"] = 1
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert ran.code == 1
    assert said in ran.out


@pytest.mark.parametrize(
    "tool", [None, 1, "0.1.0", [], {}, {"name": "dangjian-score"}, {"name": "a", "version": 1}, {"version": ""}, ...]
)
def test_a_tool_of_another_shape(desk: Path, capfd: Capture, tool: object) -> None:
    path = desk / "r.json"
    document = json.loads(path.read_bytes()) | {"tool": tool}
    if tool is ...:
        del document["tool"]
    path.write_text(json.dumps(document), "utf-8")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, "E081" in ran.err, "tool" in ran.err) == (3, True, True)


def test_a_key_that_stands_twice(desk: Path, capfd: Capture) -> None:
    _edit(desk / "r.json", '"language": "zh",', '"language": "zh", "language": "zh",')
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, "E081" in ran.err, "language" in ran.err) == (3, True, True)


def test_the_hash_of_a_pack_is_printed_and_taken_back(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", *FILES, "-o", "q.zip")
    (printed,) = re.findall(r"SHA-256 ([0-9a-f]{64})", ran.err)
    assert printed == hashlib.sha256((desk / "q.zip").read_bytes()).hexdigest()
    assert run(capfd, "verify", "q.zip", "--sha256", printed.upper()).code == 0
    other = run(capfd, "verify", "q.zip", "--sha256", "0" * 64)
    assert (other.code, printed in other.out, "相同" in other.out) == (1, True, False)
    assert run(capfd, "verify", "q.zip", "--sha256", "abc").code == 2


def test_a_pack_of_another_version_than_its_result(desk: Path, capfd: Capture) -> None:
    with zipfile.ZipFile("p.zip") as archive, zipfile.ZipFile("q.zip", "w") as other:
        for name in archive.namelist():
            data = archive.read(name)
            other.writestr(name, data.replace(b'"version": "0', b'"version": "9') if name == "manifest.json" else data)
    ran = run(capfd, "verify", "q.zip")
    assert (ran.code, "manifest.json" in ran.out) == (1, True)


def test_a_pack_that_was_touched(desk: Path, capfd: Capture) -> None:
    with zipfile.ZipFile("p.zip") as archive, zipfile.ZipFile("q.zip", "w") as other:
        for name in archive.namelist():
            data = archive.read(name)
            other.writestr(name, data.replace("第三党支部,村,3".encode(), "第三党支部,村,2".encode()))
    ran = run(capfd, "verify", "q.zip")
    assert ran.code == 1
    assert ran.out.splitlines()[:4] == [
        "不同：包里的 evidence/汇总.csv 改过，和清单上的指纹对不上",
        "不同：存档包里有不属于任何文件的内容，或者重新压缩过",
        "不同：考核数据文件 汇总.csv 的内容变了",
        "不同：第三党支部 A1 第 1 条 限额前：原来 -5.00，重算 -10.00",
    ]


@pytest.mark.parametrize("arguments", [["r.json"], ["r.json", "rubric.yaml"], ["p.zip", "rubric.yaml"]])
def test_what_is_missing_is_said(desk: Path, capfd: Capture, arguments: list[str]) -> None:
    ran = run(capfd, "verify", *arguments)
    assert (ran.code, "再给细则和考核数据" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [("x.zip", b"PK\x05\x06", "E084"), ("x.json", b"{}", "E080"), ("x.json", b"", "E080"), ("none.json", None, "E0")],
)
def test_what_cannot_be_verified(desk: Path, capfd: Capture, name: str, data: bytes | None, code: str) -> None:
    if data is not None:
        (desk / name).write_bytes(data)
    ran = run(capfd, "verify", name, *FILES)
    assert (ran.code, ran.out) == (3, "")
    assert code in ran.err
    assert "没有核对" in ran.err


def test_a_unit_that_cannot_be_scored_any_more(desk: Path, capfd: Capture) -> None:
    _edit(desk / "evidence" / "汇总.csv", "第三党支部,村,3", "第三党支部,村,")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert ran.code == 1
    assert ran.out.splitlines()[0] == "不同：考核数据文件 汇总.csv 的内容变了"
    assert "第三党支部：原来 有，重算 没有" in ran.out


def test_a_partial_result_that_says_all_were_scored(desk: Path, capfd: Capture) -> None:
    _edit(desk / "evidence" / "汇总.csv", "第三党支部,村,3", "第三党支部,村,")
    run(capfd, "score", *FILES, "--partial", "-o", "part.json", "--quiet")
    document = json.loads((desk / "part.json").read_bytes())
    document["unscored"] = []
    (desk / "part.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    ran = run(capfd, "verify", "part.json", *FILES)
    assert (ran.code, "第三党支部：原来 没有，重算 有" in ran.out) == (1, True)


def test_evidence_of_which_nothing_can_be_scored(desk: Path, capfd: Capture) -> None:
    _edit(desk / "evidence" / "汇总.csv", "党支部,类型", "党支部,类型,类型")
    ran = run(capfd, "verify", "r.json", *FILES)
    assert (ran.code, ": E0" in ran.err) == (3, True)


def test_what_holds_the_evidence_is_not_for_the_public(desk: Path, capfd: Capture) -> None:
    for asked in (("-o", "x.zip"), ("--audit", "x.xlsx")):
        ran = run(capfd, "score", *FILES, "--public", *asked)
        assert (ran.code, "--public" in ran.err) == (2, True)
    assert not [*desk.glob("x.*")]


def test_the_public_screen(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", *FILES, "--public", "--detail", "--quiet")
    assert ran.code == 0
    assert [one for one in PRIVATE if one in ran.out] == []
    assert "不参评：第十党支部\n" in ran.out
    assert "单元格" not in ran.out


def test_packs_do_not_depend_on_where_files_lie(desk: Path, capfd: Capture, tmp_path_factory: Any) -> None:
    other = tmp_path_factory.mktemp("other") / "deep"
    shutil.copytree(desk / "evidence", other / "evidence")
    shutil.copy(desk / "rubric.yaml", other)
    run(capfd, "score", str(other / "rubric.yaml"), str(other / "evidence"), "-o", "q.zip", "--quiet")
    assert (desk / "q.zip").read_bytes() == (desk / "p.zip").read_bytes()


@pytest.mark.parametrize("name", [name for name, beast in ZOO.items() if beast.large <= 500_000])
def test_what_was_made_to_harm_is_refused_by_name(desk: Path, capfd: Capture, name: str) -> None:
    (desk / "kept").write_bytes(ZOO[name].make(ZOO[name].large // 10 or 1))
    ran = run(capfd, "verify", "kept", *FILES)
    assert (ran.code, ran.out) == (3, "")
    assert ZOO[name].code in ran.err
    assert "没有核对" in ran.err


RATIOS = """
dangjian: 1
rubric: ratios
title: 试
subject: 党支部
total: 10
measures: {率: {percent: 完成, of: 任务}}
sections:
  - id: A
    title: 甲
    max: 10
    rules: [{deduct: 1, per_missing: 率, of: {mean: 率}, every: 10%, steps: prorata}]
"""


def test_means_of_hundreds_of_ratios_are_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    """Their mean is a fraction of some thousand digits."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RATIOS, "utf-8")
    rows = "".join(f"U{at},500,{1000 + 17 * at}\n" for at in range(300))
    Path("e.csv").write_text(f"党支部,完成,任务\n{rows}", "utf-8")
    assert run(capfd, "score", "r.yaml", "e.csv", "-q", "-o", "r.json").code == 0
    exact = json.loads(Path("r.json").read_bytes())["units"][-1]["nodes"][0]["exact"]
    assert len(exact) > 1_000
    assert run(capfd, "verify", "r.json", "r.yaml", "e.csv").code == 0
    compared = run(capfd, "compare", "r.yaml", "r.json", "e.csv")
    assert (compared.code, "各项没有差别" in compared.out) == (0, True)
