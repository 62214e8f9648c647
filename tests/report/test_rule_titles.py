"""A title and a clause of a rule's own are in everything that is written about its points."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support import HEAD, run

Capture = pytest.CaptureFixture[str]

POOL = """total: 10
sections:
  - id: A
    title: 学习
    max: 10
    source: {clause: 第七条}
    rules: [{title: 缺学, source: {clause: 第七条（三）}, deduct: 1, per: 缺学次数}]
  - id: J
    title: 加分项
    kind: bonus
    max: 5
    source: {clause: 第八条}
    rules:
      - {title: 受到表彰, source: {clause: 第八条（一）}, award: 2, per: 表彰次数}
      - {title: 受到处理, source: {clause: 第八条（二）}, deduct: 1, if: 有处理}
"""
EVIDENCE = "党支部,缺学次数,表彰次数,有处理\n甲,1,2,是\n乙,0,0,否\n"
OWN = ("受到表彰", "第八条（一）")
HIDDEN = ("受到处理", "第八条（二）")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "r.yaml").write_text(HEAD + POOL, "utf-8")
    (tmp_path / "e.csv").write_text(EVIDENCE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(path: Path) -> str:
    """Read a file; of an archive all the parts that are text."""
    if path.suffix not in (".xlsx", ".docx"):
        return path.read_text("utf-8")
    with ZipFile(path) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_the_screen_and_explain(desk: Path, capfd: Capture) -> None:
    shown = run(capfd, "score", desk / "r.yaml", desk / "e.csv", "--unit", "甲", COLUMNS="200").out
    told = run(capfd, "explain", desk / "r.yaml", COLUMNS="200").out
    assert all(text in shown and text in told for text in (*OWN, *HIDDEN))


@pytest.mark.parametrize("form", ["xlsx", "html", "md", "json", "csv", "docx"])
def test_every_format(desk: Path, capfd: Capture, form: str) -> None:
    assert run(capfd, "score", desk / "r.yaml", desk / "e.csv", "-o", f"out.{form}").code == 0
    written = content(desk / f"out.{form}")
    if form in ("csv", "docx"):  # totals, and a notice: no lines of points
        assert OWN[0] not in written
        return
    assert all(text in written for text in (*OWN, *HIDDEN))


@pytest.mark.parametrize("form", ["xlsx", "html", "md", "json"])
def test_what_is_withheld_from_the_public_shows_the_clause_of_the_item(desk: Path, capfd: Capture, form: str) -> None:
    assert run(capfd, "score", desk / "r.yaml", desk / "e.csv", "-o", f"out.{form}", "--public").code == 0
    written = content(desk / f"out.{form}")
    assert all(text in written for text in OWN)
    assert not any(text in written for text in HIDDEN)


def test_the_letter_to_a_unit(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", desk / "r.yaml", desk / "e.csv", "--feedback", "letters").code == 0
    written = content(desk / "letters" / "甲.docx")
    assert all(text in written for text in ("缺学", "第七条（三）"))
    assert "第七条（三）" not in content(desk / "letters" / "乙.docx")


def test_the_audit_workbook(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", desk / "r.yaml", desk / "e.csv", "--audit", "a.xlsx").code == 0
    assert all(text in content(desk / "a.xlsx") for text in (*OWN, *HIDDEN))


def test_a_template_names_the_clause_of_the_rule(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "template", desk / "r.yaml", "-o", "t.xlsx").code == 0
    assert all(text in content(desk / "t.xlsx") for text in OWN)
