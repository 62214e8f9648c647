"""`dangjian explain`, and what `score` prints of rounds, vetoes and selections."""

import json
from pathlib import Path

import pytest

from tests.papers import texts
from tests.support import HEAD, run
from tests.terminal import in_terminal

RUBRIC = """
dangjian: 1
rubric: demo
title: 示范
subject: 党支部
period: 2024
rounds: {平时抽查: 10%, 年终考核: 90%}
attributes: [类型]
measures: {处分: {register: true}, 大会: {register: true}}
sections:
  - id: A
    title: 组织
    max: 60
    if_na: rescale
    source: {clause: 一, note: 名册不齐的另行通报}
    criterion: 名册齐全
    inspect: 查看名册
    rules: [{deduct: 1, per: 缺}]
  - {id: B, title: 学习, max: 40, rules: [{award: 40, ratio: 学时, of: 学时定额}]}
  - {id: C, title: 会议, kind: penalty, rules: [{deduct: 1, per_missing: 大会, of: 1, for_each: quarter}]}
  - {id: D, title: 处分, kind: penalty, rules: [{deduct: {警告: 2, 撤职: 5}, by: 处分, highest_per: 案件}]}
  - {id: E, title: 创新, kind: bonus, max: 5, rules: [{award: 5, judge: 创新评分, combine: mean}]}
vetoes: [{title: 受处分, if: {处分: 撤职}, grade_at_most: 一般}]
excluded: [{title: 新成立, if: 新成立}]
grades: {优秀: {at_least: 90, unless: {处分: {at_least: 3}}, sections: {B: 50%}}, 一般: 60, 较差: 0}
selections:
  - {title: 先进党支部, at_least: 85, quota: 50%, within: 类型}
  - {title: 一等奖, places: 1}
  - {title: 通报批评, below: 70}
"""
MATRIX = """党支部,类型,轮次,缺,学时,学时定额,新成立
甲支部,村,,,,,否
甲支部,村,平时抽查,2,36,40,
甲支部,村,年终考核,不适用,40,40,
乙支部,村,,,,,否
乙支部,村,平时抽查,0,40,40,
乙支部,村,年终考核,5,30,40,
丙支部,村,,,,,是
丙支部,村,平时抽查,0,40,40,
丙支部,村,年终考核,0,40,40,
"""
EVENTS = """党支部,事项,级别,案件,日期
甲支部,大会,,,2024-02-01
甲支部,大会,,,2024-05-01
甲支部,大会,,,2024-08-01
甲支部,大会,,,2024-11-01
甲支部,处分,警告,甲案,2024-03-01
甲支部,处分,撤职,甲案,2024-04-01
乙支部,大会,,,2024-11-01
"""
JUDGES = "党支部,评委,创新评分\n甲支部,张,4\n甲支部,李,5\n乙支部,张,1\n乙支部,李,0\n丙支部,张,3\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {"r.yaml": RUBRIC, "m.csv": MATRIX, "t.csv": EVENTS, "p.csv": JUDGES}
    for name, text in files.items():
        Path(name).write_text(text, "utf-8")
    return tmp_path


EVIDENCE = ("m.csv", "t.csv", "p.csv")


def test_the_whole_rubric_on_the_screen(folder: Path) -> None:
    shown = in_terminal("explain", folder / "r.yaml", columns=80)
    lines = [line.rstrip() for line in shown.splitlines()]
    assert max(map(len, lines)) <= 80
    assert lines[0] == "示范（党支部）"
    for text in (
        "考核期：2024年1月1日至2024年12月31日",
        "基本分满分 100 分；加分最多 5 分；扣分不封顶",
        "轮次：平时抽查 10%、年终考核 90%",
        "不参评：新成立：新成立",
        "一票否决：受处分：有级别为撤职的处分的，不得确定为优秀等次，取消评先评优资格",
        "等次：优秀（90 分以上，处分不足 3 次，B 学习得分不低于满分的 50%）；一般（60 分以上）；较差（其余）",
        "评优与通报：先进党支部（85 分以上、不超过各类型全部党支部的 50%（舍去小数））",
        "评优与通报：一等奖（前 1 名）",
        "评优与通报：通报批评（不到 70 分）",
    ):
        assert text.replace(" ", "") in "".join(lines).replace(" ", "")


def test_as_markdown(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = run(capfd, "explain", "r.yaml", "--format", "md").out
    assert (
        "| 条款 | 编号 | 指标 | 考核要求 | 计分办法 | 检查办法 | 说明 |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        in out
    )
    scored = "满分 60 分；“缺”每有 1，扣 1 分，扣完为止；不适用的按其余各项折算"
    assert f"| 一 | A | 组织 | 名册齐全 | {scored} | 查看名册 | 说明：名册不齐的另行通报 |\n" in out
    assert "|  | C | 会议 |  | 每季度“大会”应有 1 次，每少 1 次扣 1 分，扣分不封顶 |  |  |\n" in out
    assert out.endswith("- 评优与通报：通报批评（不到 70 分）\n")


def test_one_item(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", "r.yaml", "--item", "B", "--format", "md")
    assert ran.out.splitlines()[2:] == [
        "| 条款 | 编号 | 指标 | 考核要求 | 计分办法 | 检查办法 | 说明 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "|  | B | 学习 |  | 满分 40 分；按“学时”占“学时定额”的比例计算，最多得 40 分 |  |  |",
    ]


def test_one_units_story(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", "r.yaml", *EVIDENCE, "--unit", "甲支部", "--format", "md")
    assert (ran.code, ran.err) == (0, "")
    assert "甲支部: 总分 98.90 一般" in ran.out
    assert "| 缺 2，扣 2 × 1 = 2 分 -2.00<br>不适用 0.00 | 平时抽查 58.00 年终考核 0.00 |" in ran.out
    covering = "（同案另有 1 件不再计：甲案 警告 2024-03-01）"
    assert f"| 处分 1 次（甲案 撤职 2024-04-01，扣 5 分{covering}） -5.00 | -5.00 |" in ran.out
    assert "| 创新评分 4.5（限 0–5）（各评委：4、5） 4.50 | 4.50 |" in ran.out
    table = run(capfd, "explain", "r.yaml", *EVIDENCE, "--unit", "乙支部").out
    missed = "；".join(f"2024 年第 {quarter} 季度缺 1 次，扣 1 分" for quarter in (1, 2, 3))
    assert f"大会：{missed} -3.00" in table


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--item", "Z"), 2, "没有指标“Z”"),
        (("--format", "html"), 2, "应为：table, md"),
        (("m.csv",), 2, "请用 --unit 指明一个单位"),
        (("--unit", "甲支部"), 2, "请用 --unit 指明一个单位"),
        ((*EVIDENCE, "--unit", "甲支"), 2, "没有单位“甲支”，是不是“甲支部”？"),
    ],
)
def test_what_cannot_be_explained(
    folder: Path, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, told: str
) -> None:
    ran = run(capfd, "explain", "r.yaml", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_a_rubric_with_mistakes_is_not_explained(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text(RUBRIC.replace("places: 1", "places: 0"), "utf-8")
    ran = run(capfd, "explain", "bad.yaml")
    assert (ran.code, ran.out) == (3, "")
    assert "E012" in ran.err


def test_english(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = run(capfd, "explain", "r.yaml", "--lang", "en").out
    assert "for each quarter: 大会: 1 due, for each 1 short deduct 1 point, without a lower bound" in out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "分段统计：一季度（1月、2月、3月）；前两月（1月、2月）"),
        ("en", "Results of spans: 一季度 (1月、2月、3月)；前两月 (1月、2月)"),
    ],
)
def test_spans_of_rounds(folder: Path, capfd: pytest.CaptureFixture[str], language: str, said: str) -> None:
    rounds = "rounds: {names: [1月, 2月, 3月], combine: mean}\n"
    spans = f"{rounds}spans: {{一季度: [1月, 2月, 3月], 前两月: [1月, 2月]}}"
    whole = RUBRIC.replace("rounds: {平时抽查: 10%, 年终考核: 90%}", spans)
    Path("r.yaml").write_text(whole, "utf-8")
    assert f"- {said}\n" in run(capfd, "explain", "r.yaml", "--format", "md", "--lang", language).out
    Path("r.yaml").write_text(whole.replace(spans, rounds), "utf-8")
    assert said[:4] not in run(capfd, "explain", "r.yaml", "--lang", language).out


def test_what_score_prints(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "score", "r.yaml", *EVIDENCE)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    # 甲: 94 in the first round; in the second A is 不适用, so 40 of 40 make 100: 9.4 + 90 - 5 + 4.5
    assert ["1", "甲支部", "98.90", "一般", "一票否决：受处分", "94.00", "100.00", "0.00", "-5.00", "4.50"] in lines
    # 乙: 100 and 85 (55 + 30): 10 + 76.5 - 3 + 0.5
    assert ["2", "乙支部", "84.00", "一般", "100.00", "85.00", "-3.00", "0.00", "0.50"] in lines
    assert ["不参评：丙支部（新成立、m.csv!G8）"] in lines
    assert ["先进党支部", "无", "甲支部（一票否决：受处分）"] in lines
    assert ["一等奖", "乙支部", "甲支部（一票否决：受处分）"] in lines


def test_the_json_of_rounds_and_selections(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capfd, "score", "r.yaml", *EVIDENCE, "--format", "json").out)
    first = document["units"][0]
    assert (first["attributes"], first["vetoes"], first["selections"]) == ({"类型": "村"}, ["受处分"], [])
    assert {name: (one["weight"], one["base"]) for name, one in first["rounds"].items()} == {
        "平时抽查": ("0.1", "94.00"),
        "年终考核": ("0.9", "100.00"),
    }
    (scaled,) = first["rounds"]["年终考核"]["lines"]
    assert (scaled["verb"], scaled["points"], scaled["text"]) == (
        "rescale",
        "60.00",
        "应得 40，实得 40，折算 100（满分 100）",
    )
    assert first["rounds"]["年终考核"]["nodes"][0]["applies"] is False
    clauses = [{"title": "新成立", "clause": None, "cells": ["m.csv!G8"]}]
    assert document["excluded"] == [
        {"unit": "丙支部", "attributes": {"类型": "村"}, "why": ["新成立"], "clauses": clauses}
    ]
    assert document["selections"][1] == {
        "title": "一等奖",
        "units": ["乙支部"],
        "displaced": [{"unit": "甲支部", "reason": "veto", "why": "一票否决：受处分"}],
    }


def test_the_csv_has_attributes_rounds_and_what_follows(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = run(capfd, "score", "r.yaml", *EVIDENCE, "--format", "csv").out.lstrip("\ufeff").splitlines()
    assert rows == [
        "名次,党支部,类型,平时抽查,年终考核,会议,处分,创新,总分,等次,等次说明,评优与通报",
        "1,甲支部,村,94.00,100.00,0.00,-5.00,4.50,98.90,一般,一票否决：受处分,",
        "2,乙支部,村,100.00,85.00,-3.00,0.00,0.50,84.00,一般,,一等奖",
        ",丙支部,村,,,,,,,不参评: 新成立; m.csv!G8",
    ]


def test_a_tie_across_the_cut_is_told(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("t.yaml").write_text(
        "dangjian: 1\nrubric: t\ntitle: 试\nsubject: 党支部\nselections: [{title: 先进, quota: 50%}]\n"
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}]\n",
        "utf-8",
    )
    Path("u.csv").write_text("党支部,缺\n甲,1\n乙,1\n", "utf-8")
    ran = run(capfd, "score", "t.yaml", "u.csv")
    assert ran.code == 0
    assert "W002 警告: “先进”并列待定：甲、乙 同分" in ran.err


def test_a_roster_is_given_by_units(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("名册.csv").write_text("党支部,类型\n甲支部,村\n乙支部,村\n丁支部,社区\n", "utf-8")
    ran = run(capfd, "score", "r.yaml", *EVIDENCE, "--units", "名册.csv")
    assert ran.code == 3
    assert "E043 错误: “丙支部”不在被考核单位之列" in ran.err
    assert "E044 错误: “丁支部”缺少轮次“平时抽查、" in ran.err


def test_conditions_outside_the_sections_read_as_phrases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(
        HEAD + "measures: {安全事故: {register: true}}\n"
        "sections:\n"
        "  - {id: A, title: 组织, max: 100, rules: [{deduct: 1, per: 甲}]}\n"
        "  - {id: B, title: 队伍, max: 100, rules: [{deduct: 1, per: 乙}]}\n"
        "vetoes: [{title: 死亡事故, if: {安全事故: {some: {死亡人数: {at_least: 2}}}}, grade: 差}]\n"
        "grades: {好: {at_least: 90, if: {any: [{points: A, at_least: 80}, {points: B, at_least: 80}], at_least: 2}},"
        " 差: 0}\n"
        "selections: [{title: 先进, at_least: 180, if: {points: [A, B], over: all, above: 185}}]\n",
        "utf-8",
    )
    out = run(capfd, "explain", "r.yaml").out
    assert "一票否决：死亡事故：有死亡人数达到 2 的安全事故的，考核确定为差等次，取消评先评优资格" in out
    assert "好（90 分以上，下列情形有 2 项以上（组织得分达到 80 分、队伍得分达到 80 分））" in out
    assert "评优与通报：先进（180 分以上、组织与队伍各轮合成得分之和超过 185 分）" in out


STANDING = """
period: 2024
ceiling: 105
rounds: {names: [一季度, 二季度], combine: mean}
measures: {季度得分: {points: A}}
sections:
  - {id: A, title: 日常, weight: 60%, max: 100, rules: [{deduct: 1, per: 问题数}]}
  - {id: B, title: 年终, weight: 40%, max: 100, round: 二季度, rules: [{deduct: 1, per: 年终问题数}]}
  - {id: C, title: 通报, kind: penalty, rounds: each, floor: -6, rules: [{deduct: 2, per: 通报次数}]}
  - {id: D, title: 表彰, kind: bonus, rounds: none, max: 3, rules: [{award: {1: 3}, rank: 表彰得分}]}
vetoes:
  - {title: 季度不合格, if: {季度得分: {below: 60}}, grade_at_most: 合格}
  - {title: 弄虚作假, if: 弄虚作假, total: 0, selections: true}
  - {title: 停止考核, if: 停止考核, grade: none}
grades:
  优秀: {at_least: 90, unless: {季度得分: {below: 80}}, sections: {B: 70}}
  良好: {above: 80, places: 5}
  合格: 0
selections:
  - {title: 先进, at_least: 90}
  - {title: 约谈, quota: 10%, lowest_first: true, below: 70}
  - {title: 末位, places: 2, lowest_first: true}
"""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            (
                "满分 100 分；得分按 40% 计入总分；只在二季度轮次计分；“年终问题数”每有 1，扣 1 分，扣完为止",
                "每轮都计；“通报次数”每有 1，扣 2 分，最多扣 6 分",
                "最多加 3 分；不分轮次，只计一次；按“表彰得分”从高到低的名次：第 1 名得 3 分",
                "- 基本分满分 100 分；加分最多 3 分；扣分最多 6 分\n",
                "- 总分不超过 105 分\n",
                "- 一票否决：季度不合格：任何一轮季度得分不足 60 分的，不得确定为优秀或良好等次，取消评先评优资格\n",
                "- 一票否决：弄虚作假：弄虚作假的，总分最多计 0 分，仍可评优\n",
                "- 一票否决：停止考核：停止考核的，不定等次，取消评先评优资格\n",
                "优秀（90 分以上，每一轮都符合：季度得分达到 80 分，B 年终得分不低于 70 分）；良好（高于 80 分）；",
                "；合格（其余）\n",
                "- 等次名额：良好不超过 5 个\n",
                "- 评优与通报：约谈（不到 70 分、名次在最后的不超过全部党支部的 10%（舍去小数））\n",
                "- 评优与通报：末位（最后 2 名）\n",
            ),
        ),
        (
            "en",
            (
                "counts by 40%; only in 二季度; ",
                "in every round; ",
                "a bonus of at most 3 points; once, outside the rounds; ",
                "by place by 表彰得分, highest first: 1 award 3 points",
                "- the total is at most 105\n",
                "季度不合格: in any round 季度得分 below 60 分: the grade cannot be 优秀 or 良好, no honours\n",
                "优秀 (from 90, in every round 季度得分 at least 80 分, the points of B 年终 at least 70)；",
                "良好 (above 80)；",
                "；合格 (the rest)\n",
            ),
        ),
    ],
)
def test_rounds_vetoes_and_grades_say_all_that_they_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    language: str,
    said: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(HEAD + STANDING, "utf-8")
    out = run(capfd, "explain", "r.yaml", "--format", "md", "--lang", language).out
    for text in said:
        assert text.replace("<", "&lt;") in out or text in out


OURS = """
source:
  document: 某细则
  clauses: 第一条至第三条
  no_rule: {第三条: 只说程序}
  note: 保留两位小数
  assumed: true
sections:
  - id: A
    title: 学习
    max: 100
    source: {clause: 第一条, note: 不论几次只扣一回, assumed: true}
    rules:
      - {deduct: 2, if: 缺课, assumed: true}
      - {deduct: 1, if: 迟到, source: {clause: 第二条, note: 迟到也算, assumed: true}}
excluded: [{title: 新建, if: 新建, assumed: true}]
unranked: [{title: 见习, if: 见习, assumed: true}]
vetoes: [{title: 触红线, if: 触红线, grade_at_most: 一星, assumed: true}]
grades: {五星: {at_least: 90, assumed: true}, 四星: 80, 一星: 0}
selections:
  - {title: 奖励, grade_at_least: 四星, assumed: true}
  - {title: 惩戒, grade_at_most: 一星}
"""


def test_what_is_ours_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(HEAD + OURS, "utf-8")
    out = run(capfd, "explain", "r.yaml", "--format", "md").out
    for text in (
        "缺课的，扣 2 分（暂拟分值）",
        "第二条：迟到的，扣 1 分（暂定理解：迟到也算）",
        "暂定理解：不论几次只扣一回",
        "- 不参评：新建：新建的，暂拟\n",
        "- 只考核不定等次：见习：见习的，暂拟\n",
        "- 一票否决：触红线：触红线的，不得确定为五星或四星等次，取消评先评优资格，暂拟\n",
        "- 等次：五星（90 分以上，暂拟）；四星（80 分以上）；一星（其余）\n",
        "- 评优与通报：奖励（等次为五星或四星，暂拟）\n",
        "- 评优与通报：惩戒（等次为一星）\n",
        "- 不计分的条款：第三条：只说程序\n",
    ):
        assert text in out
    found = run(capfd, "validate", "r.yaml").out
    assert (
        "N009 提示: 有 6 处分值、分数线或后果为暂拟（assumed，非原文），使用前请核定：A、五星、新建、见习、触红线、奖励"
        in found
    )
    assert (
        "N031 提示: 有 3 处为暂定理解（source 里写了 assumed），原文没有写明怎样计算，使用前请核定：A、test-1" in found
    )
    assert "W012" not in found


def test_a_units_story_leads_to_its_total(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    weighed = "{id: A, title: 组织, weight: 40%, max: 100, rules: [{deduct: 5, per: 缺}]}"
    head = "dangjian: 1\nrubric: demo\ntitle: 示范\nsubject: 党支部\n"
    Path("w.yaml").write_text(f"{head}sections:\n  - {weighed}\n", encoding="utf-8")
    Path("w.csv").write_text("党支部,缺\n甲支部,1\n", encoding="utf-8")
    told = run(capfd, "explain", "w.yaml", "w.csv", "--unit", "甲支部").out
    assert "组织 95 分 × 40%，计 38 分 -57.00" in told


COUNTED = """
measures:
  月数: {unit: 个月}
  走访: {register: true, unit: 户次}
  报送日: {type: date}
  截止日: {type: date}
  迟报天数: {difference: [报送日, 截止日], min: 0}
  成绩占比: {percent: 成绩字数, of: 全文字数}
sections:
  - id: A
    title: 信息
    max: 20
    floor: 0
    rules:
      - {deduct: 1, per_missing: 月数, of: 12}
      - {deduct: 0.5, per: 迟报天数}
      - {deduct: 1, per_over: 成绩占比, of: 100/3%, every: 5%, steps: started}
  - {id: B, title: 走访, kind: bonus, max: 4, rules: [{award: 1, per: 走访}]}
"""


def test_counters_shares_and_days_are_said_as_clerks_say_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """1167 of 3500 characters are 33.342…%, a hundredth of a point over a third; 10 January is 9 days late."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(HEAD + COUNTED, "utf-8")
    Path("m.csv").write_text(
        "党支部,月数,报送日,截止日,成绩字数,全文字数\n甲支部,10,2024-01-10,2024-01-01,1167,3500\n", "utf-8"
    )
    Path("t.csv").write_text("党支部,事项,日期,数量\n甲支部,走访,2024-03-01,3\n", "utf-8")
    clauses = run(capfd, "explain", "r.yaml", "--format", "md").out
    for clause in (
        "“月数”应有 12 个月，每少 1 个月扣 1 分",
        "“迟报天数”每有 1 天扣 0.5 分",
        "“成绩占比”以三分之一为限，每超过 5 个百分点扣 1 分（不足部分按足数计）",
        "最多加 4 分；“走访”每有 1 户次得 1 分",
        "- 基本分满分 20 分；加分最多 4 分\n",
    ):
        assert clause in clauses
    told = run(capfd, "explain", "r.yaml", "m.csv", "t.csv", "--unit", "甲支部", "--format", "md").out
    for line in ("12 个月", "10 个月", "2 个月", "迟报天数 9 天", "三分之一", "33.34%", "0.01 个百分点", "走访 3 户次"):
        assert line in told
    assert "总分 15.50" in told  # 20 - 2 - 4.5 - 1 + 3


def test_what_has_no_counter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = HEAD + "sections: [{id: A, title: 甲, max: 5, rules: [{deduct: 1, if: {到会率: {below: 60%}}}]}]\n"
    Path("r.yaml").write_text(whole + "measures: {到会率: {type: percent, unit: 次}}\n", "utf-8")
    assert "E017 错误: “unit”与“type: percent”不能合用" in run(capfd, "validate", "r.yaml").out


def test_files_to_lay_beside_the_regulation(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", "r.yaml", "-o", "说明.docx", "-o", "说明.md")
    assert (ran.code, ran.out) == (0, "")
    assert "已写入 说明.docx" in ran.err
    assert Path("说明.md").read_text("utf-8") == run(capfd, "explain", "r.yaml", "--format", "md").out
    paper = texts(Path("说明.docx").read_bytes())
    for text in (
        "示范（党支部）",
        "一、分项计分办法",
        "名册齐全",
        "检查：查看名册",
        "满分 60 分；“缺”每有 1，扣 1 分，扣完为止；不适用的按其余各项折算",
        "说明：名册不齐的另行通报",
        "二、总分、等次和评优",
        "一票否决：受处分：有级别为撤职的处分的，不得确定为优秀等次，取消评先评优资格",
    ):
        assert text in paper
    first = Path("说明.docx").read_bytes()
    run(capfd, "explain", "r.yaml", "-o", "说明.docx")
    assert Path("说明.docx").read_bytes() == first
    run(capfd, "explain", "r.yaml", *EVIDENCE, "--unit", "甲支部", "-o", "甲.docx")
    assert "甲支部：总分 98.90，一般。" in texts(Path("甲.docx").read_bytes())
    assert "应为：*.docx, *.md" in run(capfd, "explain", "r.yaml", "-o", "说明.pdf").err
    assert run(capfd, "explain", "r.yaml", "-o", "r.md", "-o", "r.md").code == 2


def test_a_title_that_names_those_it_is_for_does_not_name_them_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capfd, "explain", "gongsi-zhibu").out.startswith("公司党建工作考核办法（党支部）\n")
