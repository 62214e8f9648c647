"""`dangjian draft`: what it writes, refuses and says on the screen."""

from pathlib import Path

import pytest
import yaml

from dangjian_score.core.names import breadth
from tests.support import run
from tests.terminal import in_terminal

Capture = pytest.CaptureFixture[str]
REGULATION = """某局党支部考核细则
一、组织建设（20分）
1.制度（10分）：无计划的扣1分；工作不力的酌情扣分。
2.会议（10分）：缺席一次扣0.5分；党员大会每季度召开1次，每少1次扣1分。
"""
"""Three clauses that are settled, one that is not."""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("细则.txt").write_text(REGULATION, "utf-8")
    return tmp_path


def test_a_rubric_stands_beside_the_document(capfd: Capture) -> None:
    ran = run(capfd, "draft", "细则.txt")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "已写入 细则.yaml\n"
        "读懂 3 条，待核 1 条\n"
        "  待核 制度（第 3 段）：工作不力的酌情扣分——写法不定，算不出几分\n"
        "接下来：dangjian validate 细则.yaml 检查；dangjian explain 细则.yaml 和原文对着看\n"
    )
    assert yaml.safe_load(Path("细则.yaml").read_text("utf-8"))["rubric"] == "细则"
    assert run(capfd, "validate", "细则.yaml").code == 0


def test_a_file_is_only_overwritten_where_it_is_named(capfd: Capture) -> None:
    Path("细则.yaml").write_text("旧", "utf-8")
    ran = run(capfd, "draft", "细则.txt")
    assert (ran.code, Path("细则.yaml").read_text("utf-8")) == (3, "旧")
    assert "E040" in ran.err
    assert "细则.yaml" in ran.err
    assert run(capfd, "draft", "细则.txt", "-o", "细则.yaml").code == 0
    assert Path("细则.yaml").read_text("utf-8") != "旧"


def test_the_rubric_on_standard_output(capfd: Capture) -> None:
    ran = run(capfd, "draft", "细则.txt", "-o", "-")
    assert ran.code == 0
    assert yaml.safe_load(ran.out)["title"] == "某局党支部考核细则"
    assert ran.err.startswith("读懂 3 条，待核 1 条\n")
    assert "接下来" not in ran.err
    assert [path.name for path in Path().iterdir()] == ["细则.txt"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--report", "对照.docx"], "--report 的值“对照.docx”不对，应为：*.html"),
        (["--period", "1800"], "--period 的值“1800”不对"),
        (["--period", "去年"], "--period 的值“去年”不对"),
        (["--id", "甲 乙"], "ID 的值“甲 乙”不对"),
        (["--report", "a.html", "-o", "a.html"], "-o 的值“a.html”不对，应为：*.yaml"),
    ],
)
def test_options_that_are_no_good(capfd: Capture, options: list[str], said: str) -> None:
    ran = run(capfd, "draft", "细则.txt", *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert [path.name for path in Path().iterdir()] == ["细则.txt"]


VETOES = """一票否决
1.发生违纪案件的，年度考核定为不合格。
2.被媒体曝光的，降低一个等次。
优秀比例不超过30%，按得分从高到低评定。
本细则由组织科负责解释。
"""


def test_what_stands_below_a_list_of_vetoes_is_none(capfd: Capture) -> None:
    grades = "二、等次\n90分以上为优秀，60分以上不足90分为合格，60分以下为不合格。\n"
    Path("细则.txt").write_text(f"{REGULATION}{grades}三、{VETOES}", "utf-8")
    ran = run(capfd, "draft", "细则.txt")
    assert [line for line in ran.err.split("\n") if "待核" in line] == [
        "读懂 3 条，待核 2 条",
        "  待核 制度（第 3 段）：工作不力的酌情扣分——写法不定，算不出几分",
        "  待核 一票否决：媒体曝光——后果没有完全读懂",
    ]
    found = yaml.safe_load(Path("细则.yaml").read_text("utf-8"))
    assert [veto.get("grade") for veto in found["vetoes"]] == ["不合格", None]
    assert found["grades"] == {"优秀": {"at_least": 90, "quota": "30%"}, "合格": 60, "不合格": 0}


def test_an_id(capfd: Capture) -> None:
    assert run(capfd, "draft", "细则.txt", "--id", "ju-xize").code == 0
    assert yaml.safe_load(Path("细则.yaml").read_text("utf-8"))["rubric"] == "ju-xize"


def test_a_period(capfd: Capture) -> None:
    assert run(capfd, "draft", "细则.txt", "--period", "2024", "-o", "x.yaml").code == 0
    found = yaml.safe_load(Path("x.yaml").read_text("utf-8"))
    assert found["period"] == 2024
    (rule,) = [each for each in found["sections"][0]["items"][1]["rules"] if "per_missing" in each]
    assert (rule["of"], rule["for_each"]) == (1, "quarter")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("坏.docx", b"PK\x03\x04", "E122"),
        ("空.txt", "今天天气很好\n".encode(), "E122"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "E122"),
        ("没有.docx", None, "E001"),
    ],
)
def test_documents_that_cannot_be_drafted(capfd: Capture, name: str, data: bytes | None, code: str) -> None:
    if data is not None:
        Path(name).write_bytes(data)
    ran = run(capfd, "draft", name)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"{name}: {code} 错误: ")
    assert not Path(name).with_suffix(".yaml").exists()


def test_a_document_without_items_says_so(capfd: Capture) -> None:
    Path("空.txt").write_text("今天天气很好\n", "utf-8")
    assert "没有读到考核项目" in run(capfd, "draft", "空.txt").err


def test_in_english(capfd: Capture) -> None:
    ran = run(capfd, "draft", "细则.txt", "--lang", "en")
    assert ran.code == 0
    lines = ran.err.splitlines()
    assert lines[:2] == ["written: 细则.yaml", "3 clauses settled, 1 marked"]
    assert lines[2].startswith("  marked: 制度 (")
    assert lines[2].endswith("): 工作不力的酌情扣分 (the wording leaves the points open)")
    assert "3 clauses settled, 1 marked" in Path("细则.yaml").read_text("utf-8").splitlines()[1]


def test_places_are_said_in_english(capfd: Capture) -> None:
    assert "第 3 段" not in run(capfd, "draft", "细则.txt", "--lang", "en").err


def test_the_document_is_not_overwritten(capfd: Capture) -> None:
    ran = run(capfd, "draft", "细则.txt", "-o", "细则.txt")
    assert (ran.code, Path("细则.txt").read_text("utf-8")) == (2, REGULATION)


def test_a_rubric_is_no_workbook(capfd: Capture) -> None:
    assert run(capfd, "draft", "细则.txt", "-o", "细则.xlsx").code == 2


def test_what_a_terminal_shows_has_its_width(desk: Path) -> None:
    shown = in_terminal("draft", "--help", columns=80)
    assert max(map(breadth, shown.splitlines())) <= 80


def test_lines_on_the_screen_have_its_width(capfd: Capture) -> None:
    long = "经常性工作落实不力且未按要求整改到位造成不良影响的由考核小组视情节轻重酌情扣分"
    Path("细则.txt").write_text(REGULATION.replace("工作不力的酌情扣分", long), "utf-8")
    ran = run(capfd, "draft", "细则.txt", COLUMNS="80")
    assert ran.code == 0
    assert long in "".join(ran.err.split())
