"""Papers at the command line: an office's own document, files that are none, days, and where everything goes."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from dangjian_score.report.official.drawing import ROOM, Text, drawn, put_before
from dangjian_score.report.official.papers import OWN_STYLES, blank, to_bytes
from tests.carriers.office import soffice
from tests.hostile_papers import saved
from tests.papers import texts
from tests.rich import EVIDENCE, RUBRIC
from tests.support import run, weighed

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def office_paper(*pieces: str) -> Any:
    """Make an office's paper: a red head in a table, a placeholder cut into runs, a head of the page."""
    paper: Any = Document()
    paper.sections[0].left_margin = 1_000_000
    paper.sections[0].header.paragraphs[0].text = "{{落款}} 文件"
    paper.add_table(1, 1).cell(0, 0).text = "示例〔2024〕1号 {{日期}}"
    paragraph = paper.add_paragraph()
    for piece in pieces:
        paragraph.add_run(piece).bold = True
    paper.add_paragraph("抄送：{{ title }}，{{单位数}}。")
    return paper


def score(capfd: Capture, *more: str) -> Any:
    return run(capfd, "score", RUBRIC, EVIDENCE, "-q", *more)


def test_an_offices_own_paper(desk: Path, capfd: Capture) -> None:
    Path("t.docx").write_bytes(saved(office_paper("{", "{通", "报}", "}")))
    ran = score(
        capfd, "-o", "n.docx", "--notice-template", "t.docx", "--issuer", "县委", "--date", "2024-03-05",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    paper: Any = Document("n.docx")
    assert paper.sections[0].left_margin.mm == pytest.approx(1_000_000 / 36_000, abs=0.02)
    assert paper.sections[0].header.paragraphs[0].text == "县委 文件"
    lines = texts(Path("n.docx").read_bytes())
    assert lines[0] == "示例〔2024〕1号 2024年3月5日"
    assert lines[1] == "各党支部："  # no title and no signature: the paper has places of its own for them
    assert lines[-1] == "抄送：关于2024年党支部工作考核结果的通报，9个党支部。"
    assert "{" not in "".join(lines)
    assert "县委" not in lines


def test_a_template_is_kept_but_for_its_placeholders(desk: Path, capfd: Capture) -> None:
    Path("t.docx").write_bytes(saved(office_paper("{{通报}}")))
    assert score(capfd, "-o", "n.docx", "--notice-template", "t.docx").code == 0
    with ZipFile("t.docx") as before, ZipFile("n.docx") as after:
        assert {*before.namelist()} == {*after.namelist()}
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {"word/document.xml", "word/styles.xml", "word/header1.xml"}
    own = {style.name: style.element.xml for style in Document("t.docx").styles}
    found = {style.name: style.element.xml for style in Document("n.docx").styles}
    assert {name: found[name] for name in own} == own


def test_without_a_placeholder_the_notice_stands_at_the_end(desk: Path, capfd: Capture) -> None:
    Path("t.docx").write_bytes(saved(office_paper("正文")))
    assert score(capfd, "-o", "n.docx", "--notice-template", "t.docx").code == 0
    lines = texts(Path("n.docx").read_bytes())
    assert lines.index("正文") < lines.index("各党支部：")
    body: Any = Document("n.docx").element.body
    assert [one.tag for one in body][-2:] == [qn("w:p"), qn("w:sectPr")]  # a table must not be the last


def test_a_style_of_a_faces_name_is_the_offices(desk: Path, capfd: Capture) -> None:
    paper = office_paper("｛｛通报｝｝")
    paper.styles.add_style("公文正文", 1).font.bold = True
    Path("t.docx").write_bytes(saved(paper))
    assert score(capfd, "-o", "n.docx", "--notice-template", "t.docx").code == 0
    after: Any = Document("n.docx")
    body = next(one for one in after.paragraphs if one.text == "特此通报。")
    assert (body.style.name, body.style.font.bold) == ("公文正文", True)


def test_a_table_is_as_wide_as_the_text_of_the_template(desk: Path, capfd: Capture) -> None:
    paper = office_paper("{{notice}}")
    Path("t.docx").write_bytes(saved(paper))
    assert score(capfd, "-o", "n.docx", "--notice-template", "t.docx").code == 0
    after: Any = Document("n.docx")
    section = after.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) // 635
    widths = [int(one.get(qn("w:w"))) for one in after.tables[1]._tbl.tblGrid]  # noqa: SLF001
    assert room - len(widths) <= sum(widths) <= room


def test_a_placeholder_that_there_is_not(desk: Path, capfd: Capture) -> None:
    Path("t.docx").write_bytes(saved(office_paper("{{单位数量}}")))
    ran = score(capfd, "-o", "n.docx", "--notice-template", "t.docx")
    assert ran.code == 3
    assert "E091 错误: 模板里没有“单位数量”这种占位符，是不是“单位数”？" in ran.err


def test_whole_texts_stand_in_no_head_of_a_page(desk: Path, capfd: Capture) -> None:
    paper = office_paper("")
    paper.sections[0].footer.paragraphs[0].text = "{{附件}}"
    Path("t.docx").write_bytes(saved(paper))
    ran = score(capfd, "-o", "n.docx", "--notice-template", "t.docx")
    assert ran.code == 3
    assert "占位符 {{通报}}、{{附件}} 只能放在正文里" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--date", "2024-02-30"], 2, "--date 的值“2024-02-30”不对，应为：YYYY-MM-DD"),
        (["--mend-by", "20240230"], 2, "--mend-by 的值“20240230”不对"),
        (["--feedback", "x.pdf"], 2, "--feedback 的值“x.pdf”不对，应为：*.docx, *.xlsx, FOLDER/"),
        (["--feedback", "-"], 2, "--feedback 的值“-”不对"),
        (["--feedback", "no/such"], 3, "所在的文件夹不存在"),
        (["--notice-template", "no.docx"], 3, "找不到文件"),
        (["-o", "t.docx", "--notice-template", "t.docx"], 3, "输出 t.docx 就是输入文件"),
        (["--feedback", "t.docx", "--notice-template", "t.docx"], 3, "输出 t.docx 就是输入文件"),
    ],
)
def test_slips(desk: Path, capfd: Capture, arguments: list[str], code: int, said: str) -> None:
    Path("t.docx").write_bytes(before := saved(office_paper("{{通报}}")))
    ran = score(capfd, *arguments)
    assert ran.code == code
    assert said in ran.err
    assert Path("t.docx").read_bytes() == before


def test_feedback_never_goes_over_the_template(desk: Path, capfd: Capture) -> None:
    Path("f").mkdir()
    Path("f/第一党支部.docx").write_bytes(before := saved(Document()))
    ran = score(capfd, "--feedback", "f", "--notice-template", "f/第一党支部.docx")
    assert (ran.code, "E041" in ran.err) == (3, True)
    assert [one.read_bytes() for one in Path("f").iterdir()] == [before]


def test_a_file_each_or_all_in_one(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", RUBRIC, EVIDENCE, "--feedback", "反馈", "--mend-by", "2025-01-31")
    assert (ran.code, "已写入 反馈：9 个文件" in ran.err) == (0, True)
    assert score(capfd, "--feedback", "反馈.docx", "--mend-by", "2025-01-31").code == 0
    each = {line for one in Path("反馈").iterdir() for line in texts(one.read_bytes())}
    assert each == {*texts(Path("反馈.docx").read_bytes())}
    assert any("2025年1月31日前" in line for line in each)


def test_nothing_is_written_where_one_output_fails(desk: Path, capfd: Capture) -> None:
    Path("x.json").mkdir()
    assert score(capfd, "-o", "n.docx", "--feedback", "f.docx", "-o", "x.json").code == 3
    assert [one.name for one in desk.iterdir()] == ["x.json"]


def test_rounds_have_accounts_of_their_own(desk: Path, capfd: Capture) -> None:
    """一支部: 平时 89 of 100, 年终 93: 11 and 7 lost, by hand."""
    assert run(capfd, "score", *weighed(desk), "--feedback", "f", "-q").code == 0
    lines = texts(Path("f/一支部.docx").read_bytes())
    heads = [line for line in lines if line.startswith(("平时抽查（", "年终考核（"))]
    assert heads == ["平时抽查（满分 100，扣 11.00 分）", "年终考核（满分 100，扣 7.00 分）"]


def converted(folder: Path, *papers: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice(), profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, papers)], capture_output=True, timeout=180, check=True)


@pytest.mark.office
def test_an_office_program_sets_22_lines_of_28_characters(tmp_path: Path) -> None:
    paper = blank()
    body: Any = paper.element.body
    put_before(body.sectPr, drawn([Text("body", "字" * (28 * 50 - 2))], OWN_STYLES, ROOM))
    (tmp_path / "p.docx").write_bytes(to_bytes(paper, "t"))
    converted(tmp_path, tmp_path / "p.docx")
    told = subprocess.run(["pdftotext", "-raw", str(tmp_path / "p.pdf"), "-"], capture_output=True, check=True)
    pages = [[line for line in page.splitlines() if "字" in line] for page in told.stdout.decode().split("\f")[:-1]]
    assert [len(page) for page in pages] == [22, 22, 6]
    assert [{len(line) for line in page} for page in pages] == [{26, 28}, {28}, {28}]


@pytest.mark.office
def test_an_office_program_opens_what_is_written(desk: Path, capfd: Capture) -> None:
    Path("t.docx").write_bytes(saved(office_paper("{{通报}}")))
    assert score(capfd, "-o", "n.docx", "--feedback", "f.docx", "--notice-template", "t.docx").code == 0
    converted(desk, Path("n.docx"), Path("f.docx"))
    for name, said in (("n.pdf", "各党支部："), ("f.pdf", "整改要求")):
        told = subprocess.run(["pdftotext", "-raw", name, "-"], capture_output=True, check=True).stdout.decode()
        assert said in told


def test_letters_of_units_that_are_gone_are_named(desk: Path, capfd: Capture) -> None:
    own = desk / "反馈"
    assert score(capfd, "--feedback", "反馈/").code == 0
    for name in ("撤销党支部.docx", "合并党支部.docx"):
        shutil.copy(own / "第一党支部.docx", own / name)
    (own / "会议通知.docx").write_bytes(b"PK")  # not ours
    left = (
        "反馈 里还有 2 份以前写的文书，这次没有换新：合并党支部.docx、撤销党支部.docx；单位已经不在的，请删去，不要发出"
    )
    for quiet in ([], ["-q"]):
        assert left in score(capfd, "--feedback", "反馈/", *quiet).err.splitlines()
    for name in ("撤销党支部.docx", "合并党支部.docx"):
        (own / name).unlink()
    assert "以前写的文书" not in score(capfd, "--feedback", "反馈/").err
