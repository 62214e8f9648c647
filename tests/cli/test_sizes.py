"""Large inputs at the command line: what they come to, worked out by hand; how long they take is in benchmarks/."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from dangjian_score.report.official import drawing
from tests.support import run

Capture = pytest.CaptureFixture[str]

HEAD = "dangjian: 1\nrubric: sizes\ntitle: 大小\nsubject: 党支部\ntotal: 10\n"
CENTURY = "period: {from: 1925-01-01, to: 2024-12-31}\n"
DAYS = 36_525


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def register(rows: int) -> None:
    """Write events of one unit, each of its own person, 90 days apart."""
    first = date(1925, 1, 1)
    lines = (f"一,投诉,{first + timedelta(days=90 * at)},人{at}" for at in range(rows))
    Path("events.csv").write_text("\n".join(["单位,事项,日期,人员", *lines]), "utf-8")
    Path("roster.csv").write_text("党支部\n一\n", "utf-8")


@pytest.mark.parametrize(
    ("rule", "lost", "listed"),
    [
        ("per: 投诉, for_each: [人员, day], cap_each: 1", 200, "人0 1925-01-01，扣 0.0000001 分"),
        (
            "per_missing: 投诉, of: 1, for_each: [人员, day]",
            200 * DAYS - 200,
            "人0 1925-01-02 缺 1 次，扣 0.0000001 分",
        ),
        (
            "per_missing: 投诉, of: 1, for_each: [day, 人员]",
            200 * DAYS - 200,
            "1925-01-01 人1 缺 1 次，扣 0.0000001 分",
        ),
    ],
)
@pytest.mark.usefixtures("desk")
def test_every_day_of_a_century_for_every_person(capfd: Capture, rule: str, lost: int, listed: str) -> None:
    register(200)
    rules = f"sections: [{{title: 甲, max: 10, rules: [{{deduct: 0.0000001, {rule}}}]}}]\n"
    Path("r.yaml").write_text(HEAD + CENTURY + rules, "utf-8")
    ran = run(capfd, "score", "r.yaml", "events.csv", "--units", "roster.csv", "--format", "json")
    assert ran.code == 0
    (line,) = json.loads(ran.out)["units"][0]["nodes"][0]["lines"]
    assert line["figures"]["times"] == str(lost)
    assert line["which"][0] == listed
    assert len(line["which"]) == 100
    assert f"等 {lost} 个" in line["text"]


@pytest.mark.usefixtures("desk")
def test_a_notice_names_each_of_many_units(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name space that is declared again in each paragraph of a table makes the parser compare them all."""
    Path("r.yaml").write_text(HEAD + "sections: [{title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}]\n", "utf-8")
    rows = (f"第{at}支部,{at % 3}" for at in range(300))
    Path("e.csv").write_text("\n".join(["党支部,缺", *rows]), "utf-8")
    parsed: list[str] = []

    def parse(text: str) -> BaseOxmlElement:
        parsed.append(text)
        return parse_xml(text)

    monkeypatch.setattr(drawing, "parse_xml", parse)
    assert run(capfd, "score", "r.yaml", "e.csv", "-o", "x.docx", "-q").code == 0
    paper = Document("x.docx")
    names = [row.cells[1].text for row in paper.tables[0].rows[1:]]
    assert sorted(names) == sorted(f"第{at}支部" for at in range(300))
    assert max(text.count("xmlns:w=") for text in parsed) == 1
