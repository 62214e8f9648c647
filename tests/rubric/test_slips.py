"""Slips of the keyboard in a rubric: each is named at the very character, however far YAML reads on before it stumbles.

In each change `▲` stands before the character that is to be pointed at.
"""

from pathlib import Path

import pytest

from dangjian_score.checks.gate import validate
from tests.support import HEAD, run

RIGHT = """\
sections:
  - id: A
    title: 甲
    max: 10
    rules:
      - {deduct: 5, per_missing: 次数, of: 4}
      - deduct: 1
        if: 缺
"""
SPANS = "\u00a0\u00a0\u00a0\u00a0"

SIGNS = {
    "wide": [
        ("sections:", "sections▲："),
        ("  - id: A", "  - id▲：A"),
        ("title: 甲", "title▲：甲"),
        ("max: 10", "max▲： 10"),
        ("rules:", "rules▲："),
        ("{deduct: 5", "{deduct▲：5"),
        ("of: 4}", "of▲：4}"),
        ("deduct: 1\n", "deduct▲：1\n"),
        ("sections:", "source▲：\n  document: 甲\nsections:"),
        ("sections:", "period: {from▲：2025-01-01, to: 2025-12-31}\nsections:"),
        ("title: 甲", "title: 附件：说明\n    inspect▲：看"),
    ],
    "wide comma": [("5, per", "5▲，per"), ("次数, of", "次数▲，of"), ("max: 10", "max: 10▲，")],
    "brace comma": [("5, per", "5▲、per"), ("次数, of", "次数▲；of"), ("次数, of", "次数▲； of")],
    "wide brace": [
        ("{deduct: 5, per_missing: 次数, of: 4}", "▲｛deduct: 5, per_missing: 次数, of: 4｝"),
        ("of: 4}", "of: 4▲｝"),
        ("{deduct: 5, per_missing: 次数, of: 4}", "▲｛forfeit: true｝"),
    ],
    "wide bracket": [
        ("per_missing: 次数, of: 4", "if: ▲［缺］"),
        ("rules:\n", "only: {类型: [村▲］}\n    rules:\n"),
        ("sections:", "tie_break: ▲［A］\nsections:"),
    ],
    "wide quote": [
        ("title: 甲", "title: ▲“甲: 乙”"),
        ("id: A", "id: ▲‘A’"),
        ("max: 10", "max: ▲“10”"),
        ("per_missing: 次数, of: 4", "if: ▲“缺”"),
        ("{deduct: 5,", "{▲“deduct”: 5,"),
        ("{deduct: 5,", "{deduct: ▲＂5＂,"),
    ],
    "wide hash": [("max: 10", "max: 10 ▲＃分"), ("    max", "▲＃ 满分\n    max"), ("rules:", "rules: ▲＃ 两条")],
    "wide dash": [("  - id", "  ▲－ id"), ("  - id", "  ▲— id"), ("- deduct: 1", "▲– deduct: 1"), ("5,", "▲－5,")],
    "list comma": [
        ("per_missing: 次数, of: 4", "each_missing: [甲▲，乙]"),
        ("per_missing: 次数, of: 4", "each_missing: [甲▲、乙, 丙]"),
    ],
    "no space after colon": [
        ("max: 10", "max▲:10"),
        ("title: 甲", "title▲:甲"),
        ("- id: A", "- id▲:A"),
        ("{deduct: 5", "{deduct▲:5"),
        ("of: 4}", "of▲:4}"),
        ("if: 缺\n", "if▲:缺\n"),
    ],
    "no space after dash": [
        ("  - id", "  ▲-id"),
        ("- {deduct", "▲-{deduct"),
        ("- deduct: 1", "▲-deduct: 1"),
        ("sections:", "tie_break:\n  ▲-A\nsections:"),
    ],
    "tab": [("    max", "▲\tmax"), ("  - id", "  -▲\tid"), ("  - id", "▲\t- id")],
    "comment in text": [
        ("title: 甲", "title: 甲 ▲#1 号\n      楼"),
        ("title: 甲", "title: 甲\n    criterion: 会议 ▲# 三次\n\n      都要"),
    ],
    "comment in brackets": [("per_missing: 次数", "per_missing: 次数 ▲#一季度")],
}


def pointed(change: tuple[str, str]) -> tuple[str, tuple[int, int]]:
    """Make the rubric with a slip, and the place that `▲` marks."""
    right, wrong = change
    assert right in RIGHT
    text = HEAD + RIGHT.replace(right, wrong, 1)
    before = text[: text.index("▲")]
    return text.replace("▲", ""), (before.count("\n") + 1, len(before) - before.rfind("\n"))


def errors(text: str) -> list[tuple[str, tuple[int, int], dict[str, str]]]:
    found = (finding for finding in validate(text.encode(), "r.yaml")[1] if finding.severity == "error")
    return [(str(finding.code), finding.order, dict(finding.args)) for finding in found]


@pytest.mark.parametrize(
    ("hint", "change"), [(hint, change) for hint, changes in SIGNS.items() for change in changes], ids=repr
)
def test_a_sign_that_is_not_the_one_yaml_wants(hint: str, change: tuple[str, str]) -> None:
    text, place = pointed(change)
    assert errors(text) == [("E003", place, {"hint": hint})]


@pytest.mark.parametrize(
    ("place", "space", "change"),
    [
        ("indent", "no-break space", ("    title", f"▲{SPANS}title")),
        ("indent", "no-break space", ("    title", "   ▲\u00a0title")),
        ("indent", "no-break space", ("    title", "     ▲\u00a0title")),
        ("indent", "no-break space", ("    max", "▲\u202f   max")),
        ("indent", "wide space", ("    title", "▲\u3000\u3000title")),
        ("indent", "wide space", ("    rules", "  ▲\u3000rules")),
        ("indent", "other space", ("    max", "▲\u2003\u2003max")),
        ("indent", "unseen", ("    title", "    ▲\u200btitle")),
        ("indent", "unseen", ("  - id", "▲\u2060  - id")),
        ("indent", "no-break space", ("sections:", "source:\n▲\u00a0\u00a0document: 甲\nsections:")),
        ("at colon", "no-break space", ("title: 甲", "title:▲\u00a0甲")),
        ("at colon", "no-break space", ("max: 10", "max▲\u00a0: 10")),
        ("at colon", "wide space", ("max: 10", "max:▲\u300010")),
        ("at colon", "wide space", ("deduct: 5", "deduct▲\u3000: 5")),
        ("at colon", "no-break space", ("deduct: 5", "deduct:▲\u00a05")),
        ("at colon", "unseen", ("max: 10", "max: ▲\u200b10")),
        ("at dash", "no-break space", ("- id", "-▲\u00a0id")),
        ("at dash", "wide space", ("- {", "-▲\u3000{")),
        ("here", "no-break space", (", of", ",▲\u00a0of")),
    ],
)
def test_white_space_that_is_none(place: str, space: str, change: tuple[str, str]) -> None:
    text, spot = pointed(change)
    point = f"U+{ord(text.splitlines()[spot[0] - 1][spot[1] - 1]):04X}"
    assert errors(text) == [("E003", spot, {"place": place, "space": space, "point": point})]


@pytest.mark.parametrize(
    ("right", "text"),
    [
        ("title: 甲", "title: 附件：说明，要［2024］的“新”版 － 甲；乙、丙 ＃1"),
        ("title: 甲", "title: “双述双评”"),
        ("title: 甲", "title: 甲\u3000乙\u00a0丙"),
        ("title: 甲", "title: '#1：甲'"),
        ("title: 甲", "title: 甲\n    criterion: >-\n      一是：好\n      二是:多"),
        ("per_missing: 次数, of: 4", 'each_missing: ["甲，乙", 丙]'),
        ("per_missing: 次数, of: 4", "if: '［缺］：多'"),
        ("max: 10", "max: 10 # 满分：10"),
    ],
)
def test_in_texts_and_in_quotes_all_of_it_may_stand(right: str, text: str) -> None:
    assert errors(HEAD + RIGHT.replace(right, text, 1)) == []


def test_what_a_clerk_reads(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.yaml").write_text(HEAD + RIGHT.replace("    title", f"{SPANS}title"), "utf-8")
    ran = run(capfd, "validate", tmp_path / "r.yaml")
    assert ran.code == 1
    assert (
        "r.yaml:7:1: E003 错误: 这一行的 YAML 写法不对：缩进用了不间断空格（U+00A0），请删去或改用半角空格；" in ran.out
    )
    (tmp_path / "r.yaml").write_text(HEAD + RIGHT.replace("title: 甲", "title: 甲 #1 号"), "utf-8")
    ran = run(capfd, "validate", tmp_path / "r.yaml")
    assert ran.code == 0
    assert "r.yaml:7:14: N022 提示: “#1 号”是注释，没有算进前面的值" in ran.out
