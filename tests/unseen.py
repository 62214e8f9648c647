"""Files in which every text holds what acts unseen, and arguments of every command that show or name them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dangjian_score.report.findings import FINDING_FORMATS

ACTS: Final = "\x1b]x\x07\x1b[31m\x9b2J\u202e\u200b\u00ad\ufe0e\u3164\u2800\u034f\U000e0041\ue000\u2066" + "\u0301" * 9


def hostile(name: str) -> str:
    """Write a name in YAML with what acts unseen behind it."""
    escaped = "".join(char if char.isascii() and char.isprintable() else f"\\U{ord(char):08x}" for char in ACTS)
    return f'"{name}{escaped}"'


def rubric(sections: str = "") -> str:
    """Write a rubric in which every text is hostile."""
    h = hostile
    return f"""dangjian: 1
rubric: hostile
title: {h("细则")}
subject: {h("党支部")}
period: 2024
total: 20
rounding: {{places: 2}}
attributes: [{h("类型")}]
measures:
  {h("处分")}: {{register: true, levels: [{h("警告")}, {h("撤职")}]}}
sections:
  - id: A
    title: {h("组织")}
    max: 20
    items:
      - id: A1
        title: {h("会议")}
        criterion: {h("要开会")}
        inspect: {h("看记录")}
        max: 10
        source: {{clause: {h("一")}, note: {h("原文如此")}}}
        rules:
          - {{deduct: 1, per: {h("缺席")}, note: {h("每次")}}}
          - {{deduct: 1, per: {h("处分")}}}
          - {{deduct: 2, if: {h("造假")}}}
      - {{id: A2, title: {h("班子")}, max: 10, rules: [{{award: 10, judge: {h("班子")}, combine: mean}}]}}
{sections}grades: {{{h("优")}: 15, {h("差")}: 0}}
vetoes: [{{title: {h("一票否决")}, if: {h("出事")}, grade: {h("差")}}}]
selections: [{{title: {h("先进")}, places: 1}}, {{title: {h("后进")}, below: 12}}]
"""


def rubric_of_rounds() -> str:
    """Write a rubric whose rounds have hostile names."""
    h = hostile
    return f"""dangjian: 1
rubric: rounds
title: 轮次
subject: {h("党支部")}
total: 10
rounds: {{{h("平时")}: 10%, {h("年终")}: 90%}}
sections: [{{id: A, title: {h("组织")}, max: 10, rules: [{{deduct: 1, per: {h("缺席")}}}]}}]
"""


def csv(*rows: str) -> str:
    """Write a table in which every cell is hostile but figures, days, yes and no, and heads that we know."""
    plain = re.compile(r"[\d-]*|是|否|也许|评委|轮次|事项|级别|人员|日期|说明|又名|备注")
    cells = ([cell if plain.fullmatch(cell) else cell + ACTS for cell in row.split(",")] for row in rows)
    return "\n".join(",".join(row) for row in cells) + "\n"


NAME: Final = f"证{ACTS.replace('/', '')}"
EVIDENCE: Final = f"{NAME}/{NAME}.csv"
FAULTY: Final = f"{NAME}坏.csv"


def prepare() -> None:
    """Write hostile files, whose names are hostile too, into the working directory."""
    Path("r.yaml").write_text(rubric(), "utf-8")
    wrong = f"  - {{id: B, title: {hostile('乙')}, max: 3, rules: [{{deduct: 1, per: {hostile('缺 席')}}}]}}\n"
    Path(f"{NAME}.yaml").write_text(rubric(wrong).replace("places: 1", f"places: {hostile('多')}"), "utf-8")
    Path(NAME).mkdir()
    heads, events, marks = "党支部,类型,缺席,造假,出事,备注", "党支部,事项,级别,人员,日期,说明", "党支部,评委,班子"
    rows = ("一支部,村,1,否,否,好", "二支部,局,0,是,否,好", "三支部,局,0,否,是,好")
    given = [f"{unit}支部,{rater},{8 + (rater == '甲')}" for unit in "一二三" for rater in "甲乙"]
    Path(EVIDENCE).write_text(csv(heads, *rows), "utf-8")
    Path(NAME, "台账.csv").write_text(csv(events, "一支部,处分,警告,张三,2024-03-05,酒后"), "utf-8")
    Path(NAME, "评分.csv").write_text(csv(marks, *given), "utf-8")
    wrong_rows = ("一支部,村,也许,也许,否,好", "一支部,局,1,否,否,好", "四支部,,,否,否,")
    Path(FAULTY).write_text(csv(heads, *wrong_rows), "utf-8")
    Path("u.csv").write_text(csv("党支部,又名", "一支部,老一支部", "二支部,", "三支部,", "五支部,"), "utf-8")
    Path("rounds.yaml").write_text(rubric_of_rounds(), "utf-8")
    in_rounds = [f"{unit}支部,{name},1" for unit in "一二" for name in ("平时", "年终")]
    Path("轮.csv").write_text(csv("党支部,轮次,缺席", *in_rounds), "utf-8")
    regulation = (
        f"细则{ACTS}\n一、组织{ACTS}（10分）\n1.班子{ACTS}（10分）未换届{ACTS}的扣2分；不力{ACTS}的酌情扣分。\n"
    )
    Path(f"{NAME}.txt").write_text(regulation, "utf-8")
    Path("缺轮.csv").write_text(csv("党支部,轮次,缺席", *in_rounds[:3], "二支部,平日,1"), "utf-8")


E: Final = NAME
CASES: Final[Mapping[str, list[list[str]]]] = {
    "draft": [[f"{NAME}.txt", "-o", "d.yaml"], [f"{NAME}.txt", "-o", "-"], [f"{NAME}.txt", "-o", f"{NAME}/无/d.yaml"]],
    "score": [
        ["r.yaml", E],
        ["r.yaml", E, "--detail"],
        ["r.yaml", E, "--public"],
        ["r.yaml", E, "--unit", f"一支部{ACTS}"],
        ["r.yaml", E, "--unit", f"无{ACTS}"],
        ["r.yaml", E, "--units", "u.csv"],
        ["r.yaml", E, "--fail-under", "20"],
        ["r.yaml", E, "-o", f"{NAME}.csv"],
        ["r.yaml", E, "-o", f"{NAME}/无/r.csv"],
        ["r.yaml", E, "-o", EVIDENCE],
        *(["r.yaml", E, "--format", form] for form in ("json", "csv", "md")),
        ["r.yaml", FAULTY],
        ["r.yaml", FAULTY, "--partial"],
        ["rounds.yaml", "轮.csv", "--detail"],
        ["rounds.yaml", "缺轮.csv"],
        ["rounds.yaml", "缺轮.csv", "--partial"],
        ["r.yaml", FAULTY, "--format", "json"],
        ["r.yaml", FAULTY, "--problems", f"{NAME}.xlsx"],
        ["r.yaml", E, "--format", ACTS],
        ["r.yaml", E, "--date", ACTS],
        ["r.yaml", E, "--notice-template", f"{NAME}.docx"],
        [f"{NAME}.yaml", E],
        ["r.yaml", f"{NAME}无"],
    ],
    "validate": [
        *(
            [name, *form]
            for name in ("r.yaml", f"{NAME}.yaml", ".", f"{NAME}无", f"{NAME}无.yaml")
            for form in ([], *(["--format", form] for form in FINDING_FORMATS))
        ),
        ["r.yaml", "--format", ACTS],
    ],
    "template": [
        ["r.yaml", "-o", f"{NAME}.xlsx"],
        ["r.yaml", "--form", "--units", "u.csv", "-o", f"{NAME}表/"],
        [f"{NAME}.yaml"],
        ["r.yaml", "--units", FAULTY, "-o", "t.xlsx"],
    ],
    "table": [
        ["r.yaml", "-o", f"{NAME}.xlsx", "-o", f"{NAME}.docx"],
        ["r.yaml", E, "--unit", f"一支部{ACTS}", "-o", f"{NAME}.xlsx", "-o", f"{NAME}.docx"],
        ["r.yaml", E, "--unit", ACTS, "-o", "t.xlsx"],
        [f"{NAME}.yaml", "-o", "t.xlsx"],
        ["r.yaml", "--units", FAULTY, "-o", "t.docx"],
    ],
    "explain": [
        ["r.yaml"],
        ["r.yaml", "--format", "md"],
        ["r.yaml", "--item", "A1"],
        ["rounds.yaml"],
        ["rounds.yaml", "轮.csv", "--unit", f"一支部{ACTS}"],
        ["r.yaml", "--item", ACTS],
        ["r.yaml", E, "--unit", f"一支部{ACTS}"],
        ["r.yaml", E, "--unit", f"一支部{ACTS}", "--format", "md"],
        ["r.yaml", E, "--unit", ACTS],
    ],
    "compare": [["r.yaml", E, E], ["r.yaml", E, "b"], ["r.yaml", E, E, "--format", "json"], ["r.yaml", E, FAULTY]],
    "raters": [["r.yaml", E], ["r.yaml", E, "--format", "json"], ["r.yaml", FAULTY]],
    "verify": [["k.json", "r.yaml", E], ["k.zip"], ["k.json", "r.yaml", "b"], [f"{NAME}.json", "r.yaml", E], [ACTS]],
    "whatif": [
        ["rounds.yaml", "轮.csv"],
        ["r.yaml", E, "--format", "json"],
        ["r.yaml", E, "--within", "5", "--step", ACTS],
    ],
    "new": [
        ["x", "--from", "r.yaml", "-o", "-"],
        ["x", "--from", f"{NAME}.yaml"],
        [ACTS],
        ["x", "-o", f"{NAME}/x.yaml"],
    ],
    "completion": [["bash"], ["zsh"], ["fish"], ["powershell"], [ACTS]],
    "rubrics": [[], [ACTS]],
    "codes": [[], ["E029"], ["--format", "md"], [ACTS]],
    "schema": [[], ["-o", f"{NAME}/无/x"]],
}
"""Arguments by command; a command that has none here fails."""
