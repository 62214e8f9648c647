"""The corpus of regulations: its files can be built and read back, and what is expected of them is well formed."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import count
from typing import Any

import pytest
import yaml
from docx import Document
from openpyxl import load_workbook

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from tests.draft.papers import Region, described, regions, written
from tests.support import ROOT, errors, rubric

CORPUS = [
    pytest.param(described(path), id=path.stem) for path in sorted((ROOT / "tests" / "draft" / "corpus").glob("*.yaml"))
]
HEAD = "dangjian: 1\nrubric: zhu-tiao\ntitle: 逐条\nsubject: 党支部\nperiod: 2024\ntotal: 100\n"
TABLE: list[list[Any]] = [["项目", "内容", "<"], ["^", "甲\n乙", 2], ["合计", "<", 2]]


def test_merged_cells_are_whole() -> None:
    assert regions(TABLE) == {
        Region(0, 0, 1, 0): "项目",
        Region(0, 1, 0, 2): "内容",
        Region(1, 1, 1, 1): "甲\n乙",
        Region(1, 2, 1, 2): 2,
        Region(2, 0, 2, 1): "合计",
        Region(2, 2, 2, 2): 2,
    }
    with pytest.raises(ValueError, match="rectangle"):
        regions([["甲", "<"], ["^", "乙"]])


def test_a_paper_of_word() -> None:
    blocks = [{"text": "办法", "style": "title"}, {"text": "组织", "numbered": [0, "chinese"]}, {"rows": TABLE}]
    name, data = written({"kind": "docx", "document": blocks})
    paper = Document(BytesIO(data))
    grid = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert name == "细则.docx"
    assert [paragraph.text for paragraph in paper.paragraphs] == ["办法", "组织"]
    assert "w:numPr" in paper.paragraphs[1]._p.xml  # noqa: SLF001
    assert grid == [["项目", "内容", "内容"], ["项目", "甲\n乙", "2"], ["合计", "合计", "2"]]


def test_a_sheet() -> None:
    _, data = written({"kind": "xlsx", "document": [{"text": "办法"}, {"rows": TABLE}]})
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["办法", None, None],
        ["项目", "内容", None],
        [None, "甲\n乙", 2],
        ["合计", None, 2],
    ]
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A1:C1", "A2:A3", "B2:C2", "A4:B4"}


@pytest.mark.parametrize("spec", CORPUS)
def test_a_document_holds_its_clauses(spec: dict[str, Any]) -> None:
    written(spec)
    expected = spec["expected"]
    document, at = "\n".join(_bare(text) for text in _texts(spec)), 0
    names = {title for section in expected["sections"] for title in _names(section)}
    for title in [expected["title"], *names]:
        assert _bare(title) in document
    for clause in expected["clauses"]:
        words = _bare(clause["clause"])
        assert words in document[at:]
        at = document.index(words, at) + len(words)
        assert clause["in"] in names
        assert ("rules" in clause) != clause.get("marked", False), clause


@pytest.mark.parametrize("spec", CORPUS)
def test_sums_are_right_where_they_are_not_said_to_fail(spec: dict[str, Any]) -> None:
    failing = spec["expected"].get("failing_sums", [])
    for section in spec["expected"]["sections"]:
        points = [points for _, points in section.get("items", [])]
        if points and "kind" not in section:
            assert (sum(points) == section["max"]) == (section["title"] not in failing), section["title"]


@pytest.mark.parametrize("spec", CORPUS)
def test_expected_rules_are_rules(spec: dict[str, Any]) -> None:
    for clause in spec["expected"]["clauses"]:
        for rules in [clause.get("rules", []), *clause.get("or", [])]:
            if rules:
                _check_rules(rules)


@pytest.mark.parametrize("spec", CORPUS)
def test_what_comes_after_the_points_is_well_formed(spec: dict[str, Any]) -> None:
    numbers, expected = count(1), spec["expected"]
    vetoes = [{"title": "否决"} | veto for veto in expected.get("vetoes", []) if "marked" not in veto]
    named = {
        "sections": [{"id": "X", "title": "甲", "max": 100, "rules": [{"deduct": 1, "per": "问题数"}]}],
        "vetoes": [_named(veto, numbers) for veto in vetoes],
        "selections": [{"title": f"评选{next(numbers)}"} | choice for choice in expected.get("selections", [])],
    } | {key: expected[key] for key in ("grades", "rounding") if key in expected}
    loaded = rubric(yaml.safe_dump(named, allow_unicode=True, sort_keys=False), HEAD)
    assert errors(checks.check(Study(loaded))) == []


def _check_rules(rules: list[dict[str, Any]]) -> None:
    numbers = count(1)
    named = [_named(rule, numbers) for rule in rules]
    levels = [pair for rule in named if "by" in rule for pair in _levels(rule)]
    awards = any("award" in rule for rule in named)
    node = {"id": "X", "title": "甲", "max": 100, "rules": named} | ({"start": 50} if awards else {})
    measures = {name: {"levels": known} for name, known in levels}
    body = {"sections": [node]} | ({"measures": measures} if measures else {})
    loaded = rubric(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), HEAD)
    assert errors(checks.check(Study(loaded))) == [], rules


def _named(value: Any, numbers: Iterator[int]) -> Any:
    """Give each open name a name of its own."""
    match value:
        case "?":
            return f"填报项{next(numbers)}"
        case dict():
            return {key: _named(part, numbers) for key, part in value.items()}
        case list():
            return [_named(part, numbers) for part in value]
        case _:
            return value


def _levels(rule: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Return each measure of a rule by levels with its levels."""
    table = rule["award" if "award" in rule else "deduct"]
    for name in rule["by"] if isinstance(rule["by"], list) else [rule["by"]]:
        yield name, [str(level) for level in table]
        table = next(iter(table.values()))


def _names(section: Mapping[str, Any]) -> list[str]:
    return [section["title"], *(title for title, _ in section.get("items", []))]


def _texts(spec: Mapping[str, Any]) -> Iterator[str]:
    if spec["kind"] == "txt":
        yield spec["document"]
        return
    for block in spec["document"]:
        yield from [str(cell) for row in block["rows"] for cell in row] if "rows" in block else [str(block["text"])]


def _bare(text: str) -> str:
    return "".join(_PAGE.sub("", text).split())


_PAGE = re.compile(r"^\s*[—-]\s*\d+\s*[—-]\s*$", re.MULTILINE)
"""The number of a page, which may stand in the middle of a sentence."""
