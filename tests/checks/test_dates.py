"""Days and years against the period, and spans of rounds; `tests/bad` holds one file for each mistake."""

import pytest

from dangjian_score.checks.gate import check, validate
from dangjian_score.checks.study import Study
from tests.support import HEAD, ROOT, rubric

CODES = ("E011", "E012", "E013", "E017", "E019", "E068", "E071", "E101", "W021", "N027")
RULES = "rules: [{deduct: 1, unless: 有计划}]"
MEETINGS = "{deduct: 1, per_missing: 会议, of: 1, for_each: quarter%s}"
SCHEDULED = "{deduct: 1, per_missing: 次数, of: {%s: 1, 2024-12-31: 4}%s}"


def found(text: str, head: str = HEAD) -> list[tuple[str, int | None]]:
    findings = check(Study(rubric(text, head)))
    return [(str(one.code), one.place.line) for one in findings if one.code in CODES]


def leaf(rule: str, more: str = "", top: str = "period: 2024") -> str:
    return f"{top}\nsections:\n- title: 甲\n  max: 5{more}\n  rules:\n  - {rule}\n"


ROUNDS = "period: 2024\nrounds: {上半年: 40%, 下半年: 60%}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(leaf("{deduct: 1, unless: 有计划, due: 2024-01-01}"), [], id="first day"),
        pytest.param(leaf("{deduct: 1, unless: 有计划, due: 2024-12-31}"), [], id="last day"),
        pytest.param(leaf("{deduct: 1, unless: 有计划, due: 2025-01-01}"), [("E101", 10)], id="after it"),
        pytest.param(leaf("{deduct: 1, unless: 有计划}", "\n  due: 2023-12-31"), [("E101", 9)], id="of a node"),
        pytest.param(leaf(SCHEDULED % ("2024-06-30", "")), [], id="schedule"),
        pytest.param(leaf(SCHEDULED.replace("12-31", "09-30") % ("2024-06-30", "")), [], id="schedule that ends early"),
        pytest.param(leaf(SCHEDULED % ("2023-06-30", "")), [("E101", 10)], id="schedule that begins before"),
        pytest.param(
            leaf("{award: 5, ratio: 完成数, of: {2023-12-31: 1, 2025-12-31: 4}}"), [("E101", 10)] * 2, id="each day"
        ),
        pytest.param(leaf(SCHEDULED % ("2023-06-30", ""), top="total: 5"), [("E068", 10)], id="schedule, no period"),
        pytest.param(
            leaf("{deduct: 1, unless: 有计划, due: 2024-12-31}", top="total: 5"), [("E068", 10)], id="day, no period"
        ),
        pytest.param(leaf(MEETINGS % ""), [], id="pieces"),
        pytest.param(leaf(MEETINGS % ", due: 2024-06-30"), [("E017", 10)], id="pieces and day"),
        pytest.param(leaf(MEETINGS.replace("quarter", "人员") % ", due: 2024-06-30"), [], id="persons and day"),
        pytest.param(leaf(SCHEDULED % ("2024-06-30", ", due: 2024-06-30")), [("E017", 10)], id="schedule and day"),
        pytest.param(leaf(SCHEDULED % ("2024-06-30", ", for_each: month")), [("E017", 10)], id="schedule and pieces"),
        pytest.param(
            leaf(SCHEDULED % ("2024-06-30", ", for_each: month, due: 2024-06-30")), [("E017", 10)] * 2, id="all three"
        ),
        pytest.param(
            f"period: 2024\nsections:\n- title: 甲\n  due: 2024-06-30\n  items:\n"
            f"  - {{title: 乙, max: 5, due: 2024-09-30, {RULES}}}\n",
            [],
            id="nearest wins",
        ),
    ],
)
def test_when_something_is_due(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("", ["E019"]),
        (", round: 下半年", ["E019"]),
        (", rounds: none", []),
        (", kind: bonus", []),
        (", kind: bonus, rounds: each", ["E019"]),
    ],
)
def test_days_have_no_meaning_where_rounds_say_when(section: str, expected: list[str]) -> None:
    other = f"- {{title: 乙, max: 5, {RULES}}}\n"
    award = "award: 1, if: 好" if "bonus" in section else "deduct: 1, unless: 有计划"
    for more, own in ((", due: 2024-06-30", ""), ("", ", due: 2024-06-30")):
        text = f"{ROUNDS}\nsections:\n{other}- {{title: 甲, max: 5{section}{more}, rules: [{{{award}{own}}}]}}\n"
        assert [code for code, _ in found(text)] == expected
    if "bonus" not in section:
        of = "{deduct: 1, per_missing: 次数, of: {2023-06-30: 1, 2024-06-30: 2}}"
        text = f"{ROUNDS}\nsections:\n{other}- {{title: 甲, max: 5{section}, rules: [{of}]}}\n"
        assert [code for code, _ in found(text)] == (expected or ["E101"])


HANDED_IN = "{deduct: 1, if: {报送日: {%s}}}"
IN_REGISTER = "{deduct: 1, per: 投诉, where: {日期: {%s}}}"
OF_REGISTER = "{deduct: 1, if: {投诉: {%s}}}"
MEASURES = "period: 2024\nmeasures: {报送日: {type: date}, 投诉: {register: true}}"


@pytest.mark.parametrize(
    ("comparison", "of_measure", "of_register"),
    [
        ("before: 2023-12-31", "", "no row"),
        ("before: 2024-01-01", None, "no row"),
        ("before: 2024-01-02", None, None),
        ("before: 2024-12-31", None, None),
        ("before: 2025-01-01", None, "every row"),
        ("before: 2025-01-02", "", "every row"),
        ("after: 2025-01-01", "", "no row"),
        ("after: 2024-12-31", None, "no row"),
        ("after: 2024-12-30", None, None),
        ("after: 2024-01-01", None, None),
        ("after: 2023-12-31", None, "every row"),
        ("after: 2023-12-30", "", "every row"),
        ("equals: 2023-12-31", "", "no row"),
        ("equals: 2024-01-01", None, None),
        ("equals: 2024-12-31", None, None),
        ("equals: 2025-01-01", "", "no row"),
        ("one_of: [2024-05-01, 2025-05-01]", "", "no row"),
    ],
)
def test_days_in_conditions(comparison: str, of_measure: str | None, of_register: str | None) -> None:
    for rule, expected in ((HANDED_IN, of_measure), (IN_REGISTER, of_register), (OF_REGISTER, of_register)):
        text = leaf(rule % comparison, top=MEASURES)
        findings = [one for one in check(Study(rubric(text))) if one.code == "W021"]
        holds = [(one.place.line, dict(one.args)["holds"]) for one in findings]
        assert holds == ([] if expected is None else [(11, expected)])
        assert found(text.replace("period: 2024", "total: 5")) == []


def test_a_day_of_a_column_is_no_day_of_the_register() -> None:
    text = "{deduct: 1, per: 投诉, where: {办结日: {before: %s}}}"
    assert found(leaf(text % "2024-01-01", top=MEASURES)) == []
    assert found(leaf(text % "2023-12-01", top=MEASURES)) == [("W021", 11)]


@pytest.mark.parametrize(
    "written",
    [
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, unless: %s}]}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, each: [缺, %s]}]}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, each_missing: [%s]}]}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: {all: [缺, {any: [{not: %s}]}]}}]}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\nexcluded: [{title: 乙, if: %s}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\nvetoes: [{title: 乙, if: %s, total: 0}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\nselections: [{title: 乙, if: %s}]",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\ngrades: {好: {at_least: 4, if: %s}, 差: 0}",
        "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\ngrades: {好: {at_least: 4, unless: %s}, 差: 0}",
    ],
)
def test_conditions_everywhere(written: str) -> None:
    for asked, codes in (("{报送日: 2023-05-04}", ["W021"]), ("{报送日: 2024-05-04}", [])):
        text = f"{MEASURES}\n{written % asked}\n"
        assert [code for code, _ in found(text)] == codes


def titled(title: str, document: str = "", period: str = "2024") -> list[str]:
    source = f"source: {{document: '{document}'}}\n" if document else ""
    head = f"dangjian: 1\nrubric: test-1\ntitle: '{title}'\n{source}"
    text = f"{head}period: {period}\nsections: [{{title: 甲, max: 5, {RULES}}}]\n"
    found = check(Study(rubric(text, "")))
    return [f"{dict(one.args)['what']} {dict(one.args)['written']}" for one in found if one.code == "N027"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("党支部考核细则", []),
        ("2024年度党支部考核细则", []),
        ("2023年度党支部考核细则", ["the title 2023年度"]),
        ("2025 年党支部考核细则", ["the title 2025 年"]),
        ("党支部考核细则（2023）", ["the title 2023"]),
        ("党支部考核细则（2023版）", []),
        ("党支部考核细则（2022 年修订）", []),
        ("党支部考核细则（2022年6月印发）", []),
        ("党支部考核细则（2022年6月1日发布）", []),
        ("党建〔2023〕5号文件考核细则", []),
        ("党建〔2023〕文件考核细则", ["the title 2023"]),
        ("2023—2025年规划考核细则", []),
        ("2023年至2025年规划考核细则", []),
        ("2021—2023年规划考核细则", ["the title 2021—2023年"]),
        ("2023年度总结、2024年度计划考核", []),
        ("第12023号考核", []),
    ],
)
def test_the_year_of_a_title(title: str, expected: list[str]) -> None:
    assert titled(title) == expected


def test_a_school_year_has_two() -> None:
    period = "{from: 2023-09-01, to: 2024-08-31}"
    assert titled("2023年考核", period=period) == titled("2023-2024学年考核", period=period) == []
    assert titled("2022-2023学年考核", period=period) == []
    assert titled("2021-2022学年考核", period=period) == ["the title 2021-2022学年"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("考核办法（2017 年第 1 期）", []),
        ("考核办法（2022，市委）", []),
        ("组发〔2023〕5号", []),
        ("组发〔2025〕5号", []),
        ("2023年5月印发的考核办法", []),
        ("2022 年度考核工作方案", ["the document 2022 年度"]),
        ("2025年考核工作方案", ["the document 2025年"]),
        ("2025年1月通知：2024年度考核", []),
        ("2022—2023学年、2025年度考核", ["the document 2022—2023学年"]),
    ],
)
def test_the_year_of_a_document(document: str, expected: list[str]) -> None:
    assert titled("细则", document) == expected


def test_no_year_differs_without_a_period_nor_in_what_ships() -> None:
    head = "dangjian: 1\nrubric: test-1\ntitle: 2023年度考核\n"
    assert found(f"sections: [{{title: 甲, max: 5, {RULES}}}]\n", head) == []
    shipped = [path for path in (ROOT / "rubrics").glob("*.yaml") if "cases" not in path.name]
    codes = {one.code for path in shipped for one in validate(path.read_bytes(), path.name)[1]}
    assert len(shipped) > 15
    assert codes.isdisjoint({"E101", "W021", "N027"})


def errors_in(text: str) -> list[tuple[str, int | None]]:
    return [
        (str(one.code), one.place.line) for one in validate((HEAD + text).encode(), "r.yaml")[1] if one.code in CODES
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            leaf("{deduct: 1, unless: 有计划, due: 2023-01-01}", top="period: 2024\ntotal: x"),
            [("E012", 6), ("E101", 11)],
            id="whatever else is wrong",
        ),
        pytest.param(
            leaf("{deduct: 1, unless: 有计划, due: 2023-01-01}", top="period: 202x"), [("E012", 5)], id="period gone"
        ),
        pytest.param(
            f"rounds: {{上半年: 4, 下半年: 60%}}\nspans: {{全年: [上半年, 三季度]}}\n"
            f"sections: [{{title: 甲, max: 5, {RULES}}}]\n",
            [("E012", 5)],
            id="rounds gone",
        ),
        pytest.param(
            f"{ROUNDS}\nsections:\n- {{title: 甲, max: 5, rounds: x, due: 2024-06-30, {RULES}}}\n"
            f"- {{title: 乙, max: 5, due: 2024-06-30, {RULES}}}\n",
            [("E013", 8), ("E019", 9)],
            id="whether it is in rounds is open",
        ),
        pytest.param(
            leaf(OF_REGISTER % "before: 2024-01-01", top=MEASURES.replace("true}", "true, min: x}")),
            [("E012", 6)],
            id="a register that is not read",
        ),
    ],
)
def test_parts_that_cannot_be_read(text: str, expected: list[tuple[str, int]]) -> None:
    assert errors_in(text) == expected


def test_spans_of_rounds() -> None:
    sections = f"sections: [{{title: 甲, max: 5, {RULES}}}]\n"
    rounds = "rounds: {names: [1月, 2月, 3月], combine: mean}\n"
    assert found(f"{rounds}spans: {{年初: [1月, 2月], 一季度: [1月, 2月, 3月]}}\n{sections}") == []
    spans = "spans:\n  1月: [1月, 2月]\n  年初: [2月, 2月]\n  二季度: [3月, 4月, 4月]\n"
    expected = [("E011", 7), ("E011", 8), ("E071", 9), ("E071", 9), ("E011", 9)]
    assert sorted(found(f"{rounds}{spans}{sections}")) == sorted(expected)
