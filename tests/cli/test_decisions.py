"""What decides a grade or a selection beside the points: by which clause, on which cells, with which effect.

Eleven units are ranked, so that 40 % are 4.4: four places of 优秀, for 一 (103), 六 (96), 七 (95) and 八 (94).
二 is vetoed, 三 and 五 do not meet the conditions of 优秀, 四 has 53 of 60 for A, of which 90 % are 54.
Of 良好 there are four places, which 三, 五, 十二 and 四 have, so that 十三 (85) is 合格.
"""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from rich.cells import cell_len

from tests.papers import texts
from tests.support import run
from tests.terminal import in_terminal

Capture = pytest.CaptureFixture[str]
RUBRIC = """
dangjian: 1
rubric: jue-ding
title: 党支部考核细则
subject: 党支部
period: 2025
total: 100
rounding: {places: 2, total: 2}
measures: {违纪案件: {register: true}}
sections:
  - {id: A, title: 组织建设, max: 60, rules: [{deduct: 1, per: 会议缺席次数}]}
  - {id: B, title: 教育管理, max: 40, rules: [{deduct: 1, per: 迟报次数}]}
  - {id: D, title: 加分项, kind: bonus, max: 3, source: {clause: 12}, rules: [{award: 2, per: 表彰次数}]}
excluded: [{title: 成立不满半年, if: 新成立, source: {clause: 第三条}}]
unranked: [{title: 流动党支部, if: 流动, source: {clause: 4}}]
vetoes:
  - {title: 发生安全事故, if: 安全事故, grade: 不合格, source: {clause: 8}}
  - {title: 党员受开除处分, if: {违纪案件: {at_least: 1}}, grade_at_most: 良好, source: {clause: 三（二）}}
  - {title: 数据造假, if: 造假, total: 70, selections: true, source: {clauses: 第十条}}
grades:
  优秀:
    at_least: 90
    sections: {A: 90%}
    if: {参学率: {at_least: 80%}}
    unless: 受通报
    quota: 40%
    quota_of: taking_part
    source: {clause: 6}
  良好: {at_least: 80, places: 4, source: {clause: 7}}
  合格: 60
  不合格: 0
selections:
  - {title: 先进党支部, at_least: 85, quota: 30%, quota_of: taking_part, source: {clause: 九}}
  - {title: 一等奖, places: 1}
  - {title: 二等奖, places: 2}
"""
MATRIX = """党支部,会议缺席次数,迟报次数,表彰次数,新成立,流动,安全事故,造假,参学率,受通报
一支部,0,0,2,否,否,否,否,95%,否
二支部,1,0,0,否,否,是,否,95%,否
三支部,2,0,0,否,否,否,否,70%,否
四支部,7,0,0,否,否,否,否,95%,否
五支部,3,0,0,否,否,否,否,95%,是
六支部,4,0,0,否,否,否,否,95%,否
七支部,1,4,0,否,否,否,否,95%,否
八支部,1,5,0,否,否,否,否,95%,否
九支部,1,6,0,否,否,否,是,95%,否
十支部,0,12,0,是,否,否,否,95%,否
十一支部,0,2,0,否,是,否,否,95%,否
十二支部,0,3,0,否,否,否,否,95%,否
十三支部,0,15,0,否,否,否,否,95%,否
"""
EVENTS = "党支部,事项,日期,人员\n十二支部,违纪案件,2025-03-02,张某\n"
BRIEF = {
    "一支部": "",
    "二支部": "一票否决：发生安全事故（第8条）",
    "三支部": "未达到优秀条件：参学率 70%，低于 80%（第6条）",
    "四支部": "未达到优秀条件：组织建设得 53 分，低于 54 分（满分的 90%）（第6条）",
    "五支部": "未达到优秀条件：受通报（第6条）",
    "九支部": "一票否决：数据造假（第十条）",
    "十一支部": "只考核不定等次：流动党支部（第4条）",
    "十二支部": "一票否决：党员受开除处分（条款三（二））",
    "十三支部": "良好名额 4 个已满（第7条）",
}
WORKING = "参加考核 11 个，按不超过 30% 折算为 3.3 个，舍去小数，名额 3 个"
VETOED = "因发生安全事故，依据第8条，实行“一票否决”，考核确定为不合格等次，取消评先评优资格"
EXPELLED = "因党员受开除处分（{}），依据条款三（二），实行“一票否决”，不得确定为优秀等次，取消评先评优资格"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("r.yaml", RUBRIC), ("汇总.csv", MATRIX), ("台账.csv", EVENTS)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def score(capfd: Capture, *more: str, **env: str) -> str:
    ran = run(capfd, "score", "r.yaml", "汇总.csv", "台账.csv", *more, **env)
    assert ran.code == 0, ran
    return ran.out


def of_units(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {unit["unit"]: unit.get("decisions", []) for unit in document["units"]}


@pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
def test_the_ranking_of_every_file_says_what_decided(here: Path, capfd: Capture) -> None:
    outs = ("r.csv", "r.md", "r.xlsx", "r.html", "r.docx")
    score(capfd, *(part for out in outs for part in ("-o", out)))
    rows = list(csv.DictReader(StringIO(Path("r.csv").read_text("utf-8-sig"))))
    told = {row["党支部"]: row["等次说明"] for row in rows if row["等次"] and "不参评" not in row["等次"]}
    assert {unit: told[unit] for unit in BRIEF} == BRIEF
    assert {unit for unit, text in told.items() if not text} == {"一支部", "六支部", "七支部", "八支部"}
    sheet = load_workbook("r.xlsx")["总表"]
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    paper = {cell.text for row in Document("r.docx").tables[0].rows for cell in row.cells}
    page, markdown = (Path(name).read_text("utf-8") for name in ("r.html", "r.md"))
    for text in filter(None, BRIEF.values()):
        assert text in cells
        assert text in paper
        assert f"<span>{text}</span>" in page
        assert f"| {text} |" in markdown


def test_the_ranking_on_a_screen_of_80_columns(here: Path, capfd: Capture) -> None:
    shown = in_terminal("score", *(here / name for name in ("r.yaml", "汇总.csv", "台账.csv")), columns=80)
    assert max(map(cell_len, shown.splitlines())) <= 80
    ranking = shown.partition("不参评：")[0]
    assert "等次说明" in ranking
    assert not [line for line in ranking.splitlines() if line.lstrip()[:1] in tuple("：；）。，、")]
    (row,) = (line for line in ranking.splitlines() if " 九支部 " in line)
    assert row.split()[2:4] == ["70.00", "合格"]
    assert [part for part in row.split() if part[-3:-2] == "."] == ["70.00", "59.00", "34.00", "0.00"]


def test_what_decided_stands_below_a_ranking_that_has_no_room_for_it(here: Path) -> None:
    shown = in_terminal("score", *(here / name for name in ("r.yaml", "汇总.csv", "台账.csv")), columns=50)
    table, _, below = shown.partition("\n等次说明\n")
    assert "等次说明" not in table
    assert max(map(cell_len, shown.splitlines())) <= 50
    joined = "".join(below.partition("不参评：")[0].split())
    ranked = ("二支部", "三支部", "五支部", "十二支部", "四支部", "十三支部", "九支部", "十一支部")
    assert joined == "".join(f"{unit}：{BRIEF[unit]}".replace(" ", "") for unit in ranked)
    (row,) = (line for line in table.splitlines() if " 九支部 " in line and "70.00" in line)
    assert row.split()[2] == "70.00"


def test_a_notice_of_many_columns_keeps_names_on_a_line(here: Path, capfd: Capture) -> None:
    grouped = RUBRIC.replace("period: 2025\n", "period: 2025\nattributes: [类别]\ngroups: 类别\n")
    Path("r.yaml").write_text(grouped, "utf-8")
    units = [line.split(",")[0] for line in MATRIX.splitlines()[1:]]
    Path("名册.csv").write_text("党支部,类别\n" + "".join(f"{unit},机关\n" for unit in units), "utf-8")
    ruling = "党支部,审定等次,会议,日期,理由,批准人\n九支部,不合格,党委会,2025-12-30,造假,王\n"
    Path("审定.csv").write_text(ruling, "utf-8")
    more = ("审定.csv", "--units", "名册.csv", "-o", "n.docx")
    assert run(capfd, "score", "r.yaml", "汇总.csv", "台账.csv", *more).code == 0
    ranking, decided = Document("n.docx").tables[:2]
    heads = ["名次", "党支部", "总分", "类别", "组内名次", "建议等次", "审定等次", "评优"]
    assert [cell.text for cell in ranking.rows[0].cells] == heads
    told = {row.cells[0].text: row.cells[1].text for row in decided.rows[1:]}
    assert told["二支部"] == BRIEF["二支部"]
    assert set(told) == {unit for unit, text in BRIEF.items() if text}
    half = 105  # twentieths of a point: half a character of 五号
    widths = [int(str(column.width)) // 635 // half for column in ranking.columns if column.width is not None]
    assert widths[1] >= 2 * len("十三支部")
    assert sum(widths) <= 84


@pytest.mark.parametrize("columns", [30, 40, 57])
def test_lines_on_a_narrow_screen_keep_every_cell(here: Path, columns: int) -> None:
    files = (here / name for name in ("r.yaml", "汇总.csv", "台账.csv"))
    shown = in_terminal("score", *files, "--detail", "--unit", "九支部", columns=columns)
    lines = shown.partition("九支部  第")[2]
    assert max(map(cell_len, lines.splitlines())) <= columns
    assert {"汇总.csv!B10", "汇总.csv!C10"} <= {part for line in lines.splitlines() for part in line.split()}
    assert {"-1.00", "-6.00"} <= {part for line in lines.splitlines() for part in line.split()}


def test_the_lines_of_a_unit_say_clause_cell_and_effect(here: Path, capfd: Capture) -> None:
    told = score(capfd, "--detail", COLUMNS="200")
    assert any(line.split() == ["8", "总分", VETOED, "0.00", "汇总.csv!G3"] for line in told.splitlines())
    assert f"{EXPELLED.format('张某 2025-03-02')}" in told
    for sentence in (
        "得分达到优秀，但参学率 70%，低于 80%，依据第6条，不得确定为优秀等次（汇总.csv!I4）",
        "得分达到优秀，但组织建设得 53 分，低于 54 分（满分的 90%），依据第6条，不得确定为优秀等次",
        "得分达到优秀，但受通报，依据第6条，不得确定为优秀等次（汇总.csv!J6）",
        "符合良好的条件，因名额所限没有列入（名额 4 个），依据第7条，列为合格",
        f"未入选“先进党支部”（第九条）：名额已满（{WORKING}）",
        "未入选“先进党支部”（第九条）：一票否决：发生安全事故（第8条）",
        "未入选“二等奖”：已获一等奖，不再参评",
        "只考核，不排名次、不定等次（流动党支部（第4条））（汇总.csv!F12）",
        "不参评：十支部（成立不满半年（第三条）、汇总.csv!E11）",
        f"先进党支部：{WORKING}",
        "优秀：参加考核 11 个，按不超过 40% 折算为 4.4 个，舍去小数，名额 4 个，已列 4 个",
        "封顶 3",
    ):
        assert sentence in told, sentence


def test_the_result_for_scripts(here: Path, capfd: Capture) -> None:
    document = json.loads(score(capfd, "--format", "json"))
    units = of_units(document)
    assert units["二支部"][0] == {
        "kind": "veto",
        "about": "发生安全事故",
        "clause": "8",
        "effect": "考核确定为不合格等次，取消评先评优资格",
        "cells": ["汇总.csv!G3"],
        "text": VETOED,
    }
    assert [(one["kind"], one["about"], one["clause"], one["effect"], one["cells"]) for one in units["三支部"]] == [
        ("condition", "优秀", "6", "不得确定为优秀等次", ["汇总.csv!I4"])
    ]
    assert [(one["kind"], one["about"], one["clause"], one["effect"]) for one in units["十三支部"]] == [
        ("quota", "良好", "7", "不列入良好，列为合格"),
        ("selection", "先进党支部", "九", "不入选“先进党支部”"),
    ]
    assert [(one["kind"], one["effect"], one["cells"]) for one in units["九支部"]] == [
        ("veto", "总分最多计 70 分", ["汇总.csv!H10"])  # its own effect alone: it does not bar from honours
    ]
    assert [(one["kind"], one["clause"], one["cells"]) for one in units["十一支部"]] == [
        ("unranked", "4", ["汇总.csv!F12"])
    ]
    assert units["六支部"][0]["text"] == f"未入选“先进党支部”（第九条）：名额已满（{WORKING}）"
    assert document["excluded"][0]["clauses"] == [
        {"title": "成立不满半年", "clause": "第三条", "cells": ["汇总.csv!E11"]}
    ]
    first, _, second = document["selections"]
    assert first["quotas"] == [{"counted": 11, "share": "0.3", "places": 3}]
    assert {one["unit"]: one["reason"] for one in second["displaced"]} == {
        "一支部": "earlier",
        "二支部": "veto",
        "十二支部": "veto",
    }


def test_the_public_reads_no_reasons(here: Path, capfd: Capture) -> None:
    document = json.loads(score(capfd, "--format", "json", "--public"))
    units = of_units(document)
    assert units["二支部"][0] == {
        "kind": "veto",
        "about": None,
        "clause": None,
        "effect": "",
        "cells": [],
        "text": "一票否决",
    }
    assert units["五支部"][0]["text"] == "得分达到优秀，但不符合其他条件，不得确定为优秀等次"
    assert (
        units["四支部"][0]["text"] == "得分达到优秀，但组织建设得 53 分，低于 54 分（满分的 90%），不得确定为优秀等次"
    )
    assert units["十一支部"][0]["text"] == "只考核，不排名次、不定等次"
    whole = json.dumps(document, ensure_ascii=False)
    for hidden in ("安全事故", "造假", "开除", "张某", "受通报", "流动党支部", "成立不满半年", "!G3"):
        assert hidden not in whole, hidden


def test_letters_name_no_persons_and_no_cells_of_others(here: Path, capfd: Capture) -> None:
    score(capfd, "--feedback", "f/")
    letters = {path.stem: texts(path.read_bytes()) for path in Path("f").iterdir()}
    assert f"{VETOED}。" in letters["二支部"]
    # 台账.csv tells of this unit alone, so that it filed it
    assert f"{EXPELLED.format('2025-03-02')}（台账.csv!A2）。" in letters["十二支部"]
    assert "得分达到优秀，但参学率 70%，低于 80%，依据第6条，不得确定为优秀等次。" in letters["三支部"]
    assert f"未入选：先进党支部（名额已满（{WORKING}））。" in letters["六支部"]
    assert "未入选：二等奖（已获一等奖，不再参评）。" in letters["一支部"]
    assert "表彰次数 2，得 2 × 2 = 4 分；封顶 3" in letters["一支部"]
    assert not any("汇总.csv" in text or "张某" in text for lines in letters.values() for text in lines)


def test_a_letter_names_the_cells_that_the_unit_filed_itself(here: Path, capfd: Capture) -> None:
    head, *rows = MATRIX.splitlines()
    for row in rows:
        Path(f"{row.split(',')[0]}.csv").write_text(f"{head}\n{row}\n", "utf-8")
    files = [f"{row.split(',')[0]}.csv" for row in rows]
    assert run(capfd, "score", "r.yaml", *files, "台账.csv", "--feedback", "f/").code == 0
    assert f"{VETOED}（二支部.csv!G2）。" in texts(Path("f/二支部.docx").read_bytes())
    third = texts(Path("f/三支部.docx").read_bytes())
    assert "得分达到优秀，但参学率 70%，低于 80%，依据第6条，不得确定为优秀等次（三支部.csv!I2）。" in third


def test_the_notice_says_clause_and_effect_of_a_veto_without_persons(here: Path, capfd: Capture) -> None:
    score(capfd, "-o", "r.docx")
    paper = texts(Path("r.docx").read_bytes())
    assert VETOED in paper
    assert "因党员受开除处分，依据条款三（二），实行“一票否决”，不得确定为优秀等次，取消评先评优资格" in paper
    assert f"先进党支部：{WORKING}。" in paper
    assert "不参评：十支部（成立不满半年（第三条））。" in paper


def test_the_page_of_a_unit_names_the_cells_of_a_veto(here: Path, capfd: Capture) -> None:
    score(capfd, "-o", "r.html")
    page = Path("r.html").read_text("utf-8")
    assert f"{VETOED}（汇总.csv!G3）" in page
    told = run(capfd, "explain", "r.yaml", "汇总.csv", "台账.csv", "--unit", "二支部", "--format", "md").out
    assert f"{VETOED}（汇总.csv!G3）" in told


def test_without_decisions_the_screen_has_no_column_for_them(here: Path, capfd: Capture) -> None:
    Path("汇总.csv").write_text("\n".join(MATRIX.splitlines()[:2]) + "\n", "utf-8")
    assert "等次说明" not in run(capfd, "score", "r.yaml", "汇总.csv").out


SAFETY = """
dangjian: 1
rubric: cun-anquan
title: 村社区安全生产目标管理考核细则
subject: 村（社区）
period: 2025
total: 60
rounding: {places: 2, total: 2, mode: half_up}
measures: {一次死亡2人以上事故: {type: yes_no}}
sections: [{id: A, title: 安全事故, max: 60, rules: [{deduct: 30, per: 死亡人数}]}]
vetoes: [{title: 一次死亡2人以上, if: 一次死亡2人以上事故, grade: 不合格}]
grades: {优秀: 54, 合格: 36, 不合格: 0}
"""


def test_a_veto_without_a_clause_names_its_cell(
    tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("anquan.yaml").write_text(SAFETY, "utf-8")
    table = "村（社区）,死亡人数,一次死亡2人以上事故\n1村,0,否\n2村,0,是\n3村,1,否\n"
    Path("汇总.csv").write_text(table, "gb18030")
    told = run(capfd, "score", "anquan.yaml", "汇总.csv", "--detail", COLUMNS="160").out
    assert ["1", "2村", "60.00", "不合格", "一票否决：一次死亡2人以上", "60.00"] in [
        line.split() for line in told.splitlines()
    ]
    line = ["总分", "因一次死亡2人以上，实行“一票否决”，考核确定为不合格等次", "0.00", "汇总.csv!C3"]
    assert line in [line.split() for line in told.splitlines()]
    assert ["3", "3村", "30.00", "不合格", "30.00"] in [
        line.split() for line in told.splitlines()
    ]  # by its points alone


def test_the_clauses_of_a_source_are_the_clause_of_a_line(
    tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clause.yaml").write_text(
        "dangjian: 1\nrubric: clause\ntitle: 条款测试\nsubject: 村\ntotal: 10\n"
        "rounding: {places: 2, total: 2, mode: half_up}\n"
        "sections:\n  - {id: A, title: 甲, max: 10, source: {clauses: 1-2}, rules: [{deduct: 1, per: 缺席次数}]}\n",
        "utf-8",
    )
    Path("clause.csv").write_text("村,缺席次数\n甲村,2\n", "utf-8")
    told = run(capfd, "score", "clause.yaml", "clause.csv", "--detail").out
    line = ["1-2", "A", "甲", "缺席次数", "2，扣", "2", "×", "1", "=", "2", "分", "-2.00", "clause.csv!B2"]
    assert line in [line.split() for line in told.splitlines()]
