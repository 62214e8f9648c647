"""Official papers of the rich scenario: whole against their files; their page, their sums, their bytes."""

import os
import subprocess
import sys
from fractions import Fraction
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from msgspec.structs import replace

from dangjian_score.core.watching import unwatched
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.papers import feedback_each, result_docx
from dangjian_score.report.official.shortcomings import shortcomings
from dangjian_score.report.official.wording import signature
from dangjian_score.rubric.standing import Span
from dangjian_score.words.assessments import assessment, counted
from dangjian_score.words.say import Language, load_words
from tests.papers import IMPRINT, VARIANTS, dump, golden, papers, texts
from tests.report.test_rich import PRIVATE
from tests.rich import changed, rich
from tests.support import ROOT

ZH = load_words("zh")


@pytest.mark.parametrize(("public", "language"), VARIANTS)
@pytest.mark.parametrize("name", ["notice", "feedback"])
def test_papers_whole(name: str, *, public: bool, language: Language) -> None:
    data = papers(public=public, language=language)[name]
    assert dump(data) == golden(name, public=public, language=language).read_text("utf-8")


def test_the_page_is_that_of_the_standard() -> None:
    """版心 156 mm by 225 mm, 37 mm above it and 28 mm beside it; 22 lines of 28 characters, and no more."""
    section: Any = Document(BytesIO(papers()["notice"])).sections[0]
    width, height = section.page_width.mm, section.page_height.mm
    margins = [section.top_margin.mm, section.left_margin.mm, section.bottom_margin.mm, section.right_margin.mm]
    assert [round(one) for one in (width, height, *margins)] == [210, 297, 37, 28, 35, 26]
    text = [round(width - margins[1] - margins[3], 1), round(height - margins[0] - margins[2], 1)]
    assert text == [156.0, 225.0]
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001
    lines, extra = int(grid.get(qn("w:linePitch"))), int(grid.get(qn("w:charSpace")))
    assert grid.get(qn("w:type")) == "linesAndChars"
    twips = (section.page_height - section.top_margin - section.bottom_margin) // 635
    assert twips // lines == 22
    points = Fraction((section.page_width - section.left_margin - section.right_margin) // 635, 20)
    assert points // (16 + Fraction(extra, 4096)) == 28
    assert points // (16 - Fraction(6, 20)) == 28  # what the styles say


def test_pages_are_numbered_from_their_outer_edges() -> None:
    paper: Any = Document(BytesIO(papers()["notice"]))
    assert paper.settings.odd_and_even_pages_header_footer
    section = paper.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        element = footer.paragraphs[0]._p  # noqa: SLF001
        assert "".join(one.text for one in element.iter(qn("w:t"))) == "— 1 —"
        assert element.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
        assert (element.pPr.jc.get(qn("w:val")), element.pPr.ind.get(qn(f"w:{side}Chars"))) == (side, "100")
        assert footer.paragraphs[0].style.font.size.pt == 14


def test_every_unit_of_one_file_begins_at_page_one() -> None:
    paper: Any = Document(BytesIO(papers()["feedback"]))
    starts = [one._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) for one in paper.sections]  # noqa: SLF001
    assert starts == ["1"] * len(rich().result.units)
    assert all(one.footer.paragraphs[0].text.startswith("—") for one in paper.sections)


def test_heads_of_tables_stand_on_every_page_and_rows_are_not_split() -> None:
    body: Any = Document(BytesIO(papers()["notice"])).element.body
    for table in body.iter(qn("w:tbl")):
        rows = table.findall(qn("w:tr"))
        assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
        assert sum(int(one.get(qn("w:w"))) for one in table.tblGrid) <= 8844


def test_rows_add_up_from_full_marks_to_the_total() -> None:
    """Sums by hand: 第六 lost 15 + 12.5 + 10, 13.5 + 5 and 6; 第四 1.5 of 90 and 2; 第七 the whole of B2 and 3.5."""
    sums = {}
    view = rich()
    for unit in view.result.units:
        detail = unit.trace()
        due = sum(node.due or 0 for node in detail.nodes if node.kind == "base")
        lost = -sum(each.lost * each.share for each in shortcomings(unit, detail, view, IMPRINT))
        added = sum(node.points for node in detail.nodes if node.kind == "bonus")
        moved = sum(line.points for line in detail.lines)
        assert due + lost + added + moved == unit.total, unit.unit
        sums[unit.unit] = (due, lost)
    assert sums["第六党支部"] == (100, -62)
    assert sums["第四党支部"] == (90, Fraction("-3.5"))
    assert sums["第七党支部"] == (100, Fraction("-23.5"))
    assert sums["第五党支部"] == (100, 0)


def test_a_paper_names_no_other_unit() -> None:
    names = {unit.unit for unit in rich().result.units}
    for name, data in feedback_each(rich(), unwatched, IMPRINT, None).items():
        whole = "".join(texts(data)) + (Document(BytesIO(data)).core_properties.title or "")
        own = next(iter(unit for unit in names if unit in whole))
        assert {unit for unit in names if unit in whole} == {own}
        assert name.suffix == ".docx"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_public_reads_no_persons_cases_or_reasons(language: Language) -> None:
    whole = "".join(line for data in papers(public=True, language=language).values() for line in texts(data))
    assert [one for one in PRIVATE if one in whole] == []


def test_who_was_passed_over_is_not_named_to_all() -> None:
    lines = texts(papers()["notice"])
    awards = lines[lines.index("二、评优情况") : lines.index("三、通报批评情况")]
    assert not [one for one in awards if "第五" in one or "第四" in one]


def test_the_same_bytes_each_time() -> None:
    assert papers() == papers()


def test_the_same_bytes_in_another_process() -> None:
    code = "import hashlib; from tests.papers import papers; "
    code += "print([hashlib.sha256(one).hexdigest() for one in papers().values()])"
    told = set()
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=ROOT)
        told.add(done.stdout)
    assert len(told) == 1
    parts = [part.date_time for part in ZipFile(BytesIO(papers()["notice"])).infolist()]
    assert {*parts} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("title", "period", "named"),
    [
        ("党支部工作考核细则", ("2024-01-01", "2024-12-31"), "2024年党支部工作考核"),
        ("党建工作考核办法（试行）", ("2024-07-01", "2024-12-31"), "2024年下半年党建工作考核"),
        ("党建评分标准", ("2024-04-01", "2024-06-30"), "2024年第二季度党建考核"),
        ("2024年党建工作考评实施细则", ("2024-01-01", "2024-12-31"), "2024年党建工作考评"),
        ("工作考核办法（党员）", ("2024-02-01", "2024-02-29"), "2024年2月工作考核（党员）"),
        ("堡垒指数", None, "堡垒指数考核"),
        ("规定", ("2024-03-05", "2025-01-02"), "2024年3月5日至2025年1月2日规定考核"),
        ("考核细则", ("2024-02-01", "2024-04-30"), "2024年2月1日至2024年4月30日考核"),
    ],
)
def test_what_an_assessment_is_called(title: str, period: tuple[str, str] | None, named: str) -> None:
    span = None if period is None else Span.model_validate({"from": period[0], "to": period[1]})
    assert assessment(rich().rubric.model_copy(update={"title": title, "period": span}), None, ZH) == named


def test_the_signature_stands_over_the_day() -> None:
    """The day is 14 half characters wide and ends four characters before the edge; names are set over its middle."""
    issuer, day = signature(Imprint("县委", IMPRINT.day), ZH)
    assert (issuer.right, day.right) == (650, 400)  # (14 - 4) / 4 = 2.5 characters further in
    issuer, day = signature(Imprint("甲" * 20, IMPRINT.day), ZH)
    assert (issuer.right, day.right) == (0, 650)  # (40 - 14) / 4 = 6.5 characters
    assert signature(Imprint(), ZH)[1].text == "____年__月__日"


def test_people_are_counted_as_people() -> None:
    assert counted("党员", 3, ZH) == "3名党员"
    assert counted("党支部", 3, ZH) == "3个党支部"


def test_hostile_texts_are_texts() -> None:
    first, *others = rich().result.units
    name = "a</w:t>&<w:b/>\u202e\x00\x1b\ud800{{标题}}\n乙"
    odd = changed(rich(), units=(replace(first, unit=name), *others))
    lines = texts(result_docx(odd, unwatched, IMPRINT))
    assert "a</w:t>&<w:b/>[U+202E][U+0000][U+001B][U+D800]{{标题}} 乙" in lines


def test_names_of_files_are_safe_and_apart() -> None:
    units = rich().result.units
    wanted = ["con", "a/b", "a\\b", "../x", "A/B", "", "甲" * 200, "一支部", "一支部."]
    odd = changed(rich(), units=tuple(replace(unit, unit=one) for unit, one in zip(units, wanted, strict=True)))
    names = [str(name) for name in feedback_each(odd, unwatched, IMPRINT, None)]
    assert names[:6] == ["_con.docx", "a_b.docx", "a_b (2).docx", "_x.docx", "A_B (3).docx", "表.docx"]
    assert names[6:] == ["甲" * 60 + ".docx", "一支部.docx", "一支部 (2).docx"]
