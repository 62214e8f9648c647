"""Letters to units: one block an item, gains apart, a receipt; by superior, edited as a sheet, beside last year.

甲 held meetings in three of four quarters (−2), has a rate of 70 % (5 of 10), three of four good votes (3.75 of 5) and
a member with a warning (−4): 5 − 2 + 5 + 3.75 + 10 − 4 + 2 = 19.75. 乙 lacks three meetings, of which the item holds 5
points, not 6, and is vetoed.
"""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.papers import texts
from tests.support import run

Capture = pytest.CaptureFixture[str]
RUBRIC = """dangjian: 1
rubric: fan-kui
title: 党支部考核细则
subject: 党支部
period: 2025
total: 30
rounding: {places: 2, total: 2, mode: half_up}
attributes: [所属党委]
measures: {会议: {register: true}, 违纪: {register: true, levels: [警告]}}
sections:
  - id: A
    title: 组织
    max: 20
    items:
      - {id: A1, title: 三会一课, max: 5, source: {clause: 一}, criterion: 支部大会每季度召开一次。,
         rules: [{deduct: 2, per_missing: 会议, of: 1, for_each: quarter}]}
      - {id: A2, title: 参学, max: 10, source: {clause: 二}, rules: [{award: {90%: 10, 60%: 5}, at_least: 参学率}]}
      - {id: A3, title: 民主测评, max: 5, source: {clause: 三}, rules: [{award: {好: 5, 差: 0}, votes: 测评}]}
  - {id: B, title: 作风, max: 10, rules: [{deduct: {警告: 4}, by: 违纪, for_each: 人员}]}
  - {id: C, title: 加分, kind: bonus, max: 5, rules: [{award: 1, per: 表彰次数}]}
grades: {优秀: 25, 合格: 15, 不合格: 0}
vetoes: [{title: 发生案件, if: 发生案件, grade: 不合格, source: {clause: 九}}]
"""
FILES = {
    "r.yaml": RUBRIC,
    "e.csv": "党支部,所属党委,参学率,表彰次数,发生案件\n甲,东党委,70%,2,否\n乙,东党委,95%,0,是\n丙,西党委,90%,0,否\n",
    "票.csv": "党支部,测评项,好,差\n甲,测评,3,1\n乙,测评,4,0\n丙,测评,4,0\n",
    "台账.csv": "党支部,事项,日期,级别,人员,案件\n甲,会议,2025-02-01,,,\n甲,会议,2025-05-01,,,\n甲,会议,2025-08-01,,,\n"
    "甲,违纪,2025-08-02,警告,张三,张三案\n乙,会议,2025-02-01,,,\n"
    + "".join(f"丙,会议,2025-{month}-01,,,\n" for month in ("02", "05", "08", "11")),
}
EVIDENCE = ("e.csv", "票.csv", "台账.csv")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def letter(capfd: Capture, unit: str, *more: str) -> list[str]:
    ran = run(capfd, "score", "r.yaml", *EVIDENCE, "--feedback", "f/", "-q", *more)
    assert (ran.code, ran.err) == (0, "")
    return texts(next(Path("f").rglob(f"{unit}.docx")).read_bytes())


def after(lines: list[str], label: str) -> list[str]:
    """Give what stands behind a label, block by block."""
    return [lines[at + 1] for at, text in enumerate(lines) if text == label]


def test_a_block_an_item(here: Path, capfd: Capture) -> None:
    lines = letter(capfd, "甲", "--mend-by", "2026-03-01")
    assert "总分19.75分，等次为合格。" in lines
    items = ["A1 三会一课（条款：一）", "A2 参学（条款：二）", "A3 民主测评（条款：三）", "B 作风"]
    assert [text for text in lines if text in items] == items
    assert after(lines, "考核要求")[0] == "支部大会每季度召开一次。"
    found = after(lines, "存在问题")
    assert found[0].startswith("会议：2025 年第 4 季度缺 1 ")
    assert found[1] == "参学率 70%，未达到 90%，得 5 分（达到 90% 得 10 分）"
    assert found[2] == "测评：好 3、差 1（3 × 5 ÷ 4 = 3.75 分），得 3.75 分"
    assert after(lines, "扣分")[-4:] == [
        "扣 2.00 分",
        "满分 10 分，得 5.00 分，未得 5.00 分",
        "满分 5 分，得 3.75 分，未得 1.25 分",
        "扣 4.00 分",
    ]
    demands = after(lines, "整改要求")
    assert len(demands) == 3  # none for votes
    assert demands[0].startswith("自下一考核期起，按季度落实，会议不少于 1")
    assert demands[1] == "自下一考核期起，参学率达到 90%。"
    assert "2026年3月1日前" in "".join(lines)
    assert [text for text in lines if text.endswith("加分情况")] == ["三、加分情况"]
    assert any("经支部委员会研究，□无异议　□申请复核" in text for text in lines)


def test_what_others_shall_not_read_is_not_there(here: Path, capfd: Capture) -> None:
    whole = "".join(letter(capfd, "甲"))
    for hidden in ("张三", "名", "e.csv", "台账.csv"):
        assert hidden not in whole, hidden
    assert "列第3名" in "".join(letter(capfd, "甲", "--with-rank"))


def test_a_limit_and_a_veto_are_told_with_their_clauses(here: Path, capfd: Capture) -> None:
    lines = letter(capfd, "乙")
    assert "应扣 6.00 分，扣完为止，实扣 5.00 分" in lines
    assert "因发生案件，依据第九条，实行“一票否决”，考核确定为不合格等次。" in lines


def test_who_lost_nothing_is_told_so(here: Path, capfd: Capture) -> None:
    assert "没有扣分和未得分。" in letter(capfd, "丙")


def test_cells_are_named_in_what_the_unit_itself_handed_in(here: Path, capfd: Capture) -> None:
    for unit, rate in (("甲", "70%"), ("乙", "95%"), ("丙", "90%")):
        (here / f"{unit}.csv").write_text(f"党支部,参学率\n{unit},{rate}\n", "utf-8")
    (here / "e.csv").write_text(
        "党支部,所属党委,表彰次数,发生案件\n甲,东党委,2,否\n乙,东党委,0,是\n丙,西党委,0,否\n", "utf-8"
    )
    ran = run(capfd, "score", "r.yaml", *EVIDENCE, "甲.csv", "乙.csv", "丙.csv", "--feedback", "f/", "-q")
    assert ran.code == 0, ran.err
    whole = "".join(texts((here / "f" / "甲.docx").read_bytes()))
    assert "甲.csv!B2" in whole
    assert "票.csv" not in whole


def test_a_superior_gets_its_letters_and_a_summary(here: Path, capfd: Capture) -> None:
    letter(capfd, "甲", "--feedback-by", "所属党委")
    found = {str(path.relative_to("f")).replace("\\", "/") for path in Path("f").rglob("*.docx")}
    assert found == {"东党委/甲.docx", "东党委/乙.docx", "东党委/汇总.docx", "西党委/丙.docx", "西党委/汇总.docx"}
    lines = texts(Path("f/东党委/汇总.docx").read_bytes())
    mean = "22.38"  # (19.75 + 25) ÷ 2 = 22.375
    assert f"平均 {mean} 分；优秀 0 个，占 0%，合格 1 个，占 50%，不合格 1 个，占 50%。" in "".join(lines)
    refused = run(capfd, "score", "r.yaml", *EVIDENCE, "--feedback", "g/", "--feedback-by", "类别")
    assert refused.code == 2
    assert "所属党委" in refused.err


def edited(capfd: Capture, change: dict[str, str | None]) -> None:
    """Write the sheet and change cells by what stands in them."""
    assert run(capfd, "score", "r.yaml", *EVIDENCE, "--feedback", "文字.xlsx", "-q").code == 0
    book = load_workbook("文字.xlsx")
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value in change:
                cell.value = change[str(cell.value)]
    book.save("改好.xlsx")


def test_the_sheet_is_printed_as_it_was_edited(here: Path, capfd: Capture) -> None:
    edited(capfd, {"自下一考核期起，参学率达到 90%。": "组织补课，逐人登记。", "扣 4.00 分": None})
    demands = after(letter(capfd, "甲", "--feedback-text", "改好.xlsx"), "整改要求")
    assert demands[1] == "组织补课，逐人登记。"


def test_an_edited_sheet_of_another_result_is_refused(here: Path, capfd: Capture) -> None:
    edited(capfd, {"甲": "丁"})
    ran = run(capfd, "score", "r.yaml", *EVIDENCE, "--feedback", "f/", "--feedback-text", "改好.xlsx")
    assert ran.code == 3
    assert ran.err.count("E120") == 4
    assert ran.err.count("E121") == 4
    assert not Path("f").exists()
    Path("空.xlsx").write_bytes(Path("改好.xlsx").read_bytes())
    book = load_workbook("空.xlsx")
    book.worksheets[0].delete_rows(1, 20)
    book.save("空.xlsx")
    ran = run(capfd, "score", "r.yaml", *EVIDENCE, "--feedback", "f/", "--feedback-text", "空.xlsx")
    assert (ran.code, ran.err.count("E121")) == (3, 1)


def test_what_was_lost_last_year_again_is_marked(here: Path, capfd: Capture) -> None:
    (here / "去年.csv").write_text(FILES["e.csv"].replace("70%", "95%"), "utf-8")
    ran = run(capfd, "score", "r.yaml", "去年.csv", *EVIDENCE[1:], "-o", "去年.json", "-q")
    assert ran.code == 0, ran.err
    lines = letter(capfd, "甲", "--compare", "去年.json")
    assert "A1 三会一课（条款：一）（上年同项也有扣分）" in lines
    assert "A2 参学（条款：二）" in lines
    refused = run(capfd, "score", "r.yaml", *EVIDENCE, "--feedback", "f/", "--compare", "没有.json")
    assert refused.code == 3


@pytest.mark.parametrize(
    "options",
    [
        ["--feedback-by", "所属党委"],
        ["--feedback-text", "改好.xlsx"],
        ["--compare", "去年.json"],
        ["--feedback", "f.docx", "--feedback-by", "所属党委"],
        ["--feedback", "f/", "--feedback-text", "改好.docx"],
        ["--feedback", "f/", "--compare", "去年.xlsx"],
    ],
)
def test_options_that_say_nothing_alone(here: Path, capfd: Capture, options: list[str]) -> None:
    assert run(capfd, "score", "r.yaml", *EVIDENCE, *options).code == 2
