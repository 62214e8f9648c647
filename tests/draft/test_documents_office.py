"""What an office program writes is read, and lists have the numbers that it prints."""

import subprocess
from pathlib import Path

import pytest

from dangjian_score.draft.documents.blocks import Grid, Paragraph
from tests.carriers.office import soffice
from tests.draft.documents_made import areas, blocks, definition, docx, grid, in_list, level, texts, use

pytestmark = pytest.mark.office

PAGE = """<html><head><meta charset="utf-8"></head><body><h1>党支部考核细则</h1><p>为规范考核，制定本细则。</p>
<h2>组织建设（20分）</h2><ol><li>按期换届
<ol type="a"><li>未换届扣5分</li><li>缺额扣2分</li></ol></li><li>书记到位</li></ol>
<p>说明<br>第二行</p><ol start="5"><li>从五开始</li></ol>
<table border=1><tr><th rowspan=2>项目</th><th colspan=2>内容</th><th>分值</th></tr>
<tr><td>甲</td><td>乙</td><td>5</td></tr><tr><td rowspan=2>组织</td><td>丙</td><td colspan=2>丁</td></tr>
<tr><td>戊<ol><li>子</li><li>丑</li></ol></td><td>80%</td><td>0.5</td></tr></table><p>附则</p></body></html>"""

LEVELS = definition(
    1, level(0, "第%1章", "chineseCounting"), level(1, "%1、%2", "upperLetter"), level(2, "%2.%3", "decimalZero")
)
ANEW = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
FORMS = (
    "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographTraditional", "japaneseCounting",
    "upperLetter", "lowerLetter", "upperRoman", "lowerRoman", "decimalZero",
)  # fmt: skip


def lists() -> dict[str, bytes]:
    """Make documents of lists: levels in all orders, one that begins anew, every format up to 112."""
    orders = [1, 0, 2, 1, 1, 0, 1, 2, 2, 0, 2]
    made = {
        "levels": docx("".join(in_list("条", 1, at) for at in orders), numbering=LEVELS + use(1, 1)),
        "anew": docx(
            "".join(in_list("条", list_) for list_ in (1, 2, 3, 3, 1)),
            numbering=definition(1, level(0, "%1.")) + use(1, 1) + use(2, 1) + use(3, 1, ANEW),
        ),
    }
    for form in FORMS:
        numbering = definition(1, level(0, "（%1）", form)) + use(1, 1)
        made[form] = docx("".join([in_list("条", 1)] * 112), numbering=numbering)
    return made


def run_office(folder: Path, kind: str, out: Path, *files: Path) -> None:
    """Convert files."""
    command = [soffice(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", str(out), *map(str, files)],
        check=True,
        capture_output=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page as a document and a workbook, and the lists as texts."""
    folder = tmp_path_factory.mktemp("office")
    page = folder / "page.html"
    page.write_text(PAGE, "utf-8")
    for name, data in lists().items():
        (folder / f"{name}.docx").write_bytes(data)
    run_office(folder, "txt:Text (encoded):UTF8", folder, *folder.glob("*.docx"))
    run_office(folder, "docx:MS Word 2007 XML", folder, page)
    return folder


def test_a_page_that_was_saved_as_a_document(folder: Path) -> None:
    data = (folder / "page.docx").read_bytes()
    written = [(block.number, block.text, block.heading) for block in blocks(data) if isinstance(block, Paragraph)]
    assert written == [
        ("", "党支部考核细则", 1),
        ("", "为规范考核，制定本细则。", None),
        ("", "组织建设（20分）", 2),
        ("1.", "按期换届", None),
        ("a.", "未换届扣5分", None),
        ("b.", "缺额扣2分", None),
        ("2.", "书记到位", None),
        ("", "说明\n第二行", None),
        ("5.", "从五开始", None),
        ("", "附则", None),
    ]
    assert isinstance(blocks(data)[-2], Grid)
    assert areas(grid(data)) == {
        ("项目", 1, 1, 2, 1), ("内容", 1, 2, 1, 2), ("分值", 1, 4, 1, 1), ("甲", 2, 2, 1, 1), ("乙", 2, 3, 1, 1),
        ("5", 2, 4, 1, 1), ("组织", 3, 1, 2, 1), ("丙", 3, 2, 1, 1), ("丁", 3, 3, 1, 2),
        ("戊\n1. 子\n2. 丑", 4, 2, 1, 1), ("80%", 4, 3, 1, 1), ("0.5", 4, 4, 1, 1),
    }  # fmt: skip


@pytest.mark.parametrize("name", lists())
def test_lists_have_the_numbers_that_the_program_prints(folder: Path, name: str) -> None:
    printed = (folder / f"{name}.txt").read_text("utf-8-sig").replace(" ", "").split()
    assert texts((folder / f"{name}.docx").read_bytes()) == printed
