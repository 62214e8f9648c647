"""What `--public` hides is nowhere: not in a file of any format, nor in its properties, nor in what is printed."""

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from dangjian_score.report.formats import FORMATS, PACK
from tests.rich import EVIDENCE, RUBRIC
from tests.support import Ran, run

Capture = pytest.CaptureFixture[str]

FOLDER = "秘夹"
SECRETS = {
    "张三": "秘张三",
    "甲案": "秘案",
    "酒后驾车": "秘情",
    "赵书记": "秘赵",
    "总结迟交两日已补": "秘由",
    "甲,": "秘评委,",
}
"""What stands in the evidence for persons, cases, remarks, approvers, reasons and assessors, and what is put there."""
MARK = "秘"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with evidence full of secrets, to stand in."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(RUBRIC, "r.yaml")
    Path(FOLDER).mkdir()
    for path in EVIDENCE.iterdir():
        text = path.read_text("utf-8")
        for plain, secret in SECRETS.items():
            text = text.replace(plain if path.stem == "评分" or plain != "甲," else "\0", secret)
        (Path(FOLDER) / f"{MARK}{path.name}").write_text(text, "utf-8")
    with (Path(FOLDER) / f"{MARK}汇总.csv").open("a", encoding="utf-8") as file:
        file.write("\n备注：秘备注\n")  # a note is made of it
    return tmp_path


def contents(path: Path) -> Iterator[bytes]:
    """Give all that is in a file, and its name; of archives every part."""
    data = path.read_bytes()
    yield path.name.encode()
    if not data.startswith(b"PK"):
        yield data
        return
    with ZipFile(BytesIO(data)) as archive:
        for part in archive.infolist():
            yield part.filename.encode() + part.comment
            yield archive.read(part)


def said(ran: Ran) -> str:
    return ran.out + ran.err


def test_the_evidence_is_full_of_secrets(desk: Path, capfd: Capture) -> None:
    """Else the tests below could not fail."""
    shown = said(run(capfd, "score", "r.yaml", FOLDER, "--detail"))
    assert all(secret.strip(",") in shown for secret in ("秘张三", "秘案", "秘赵", "秘由", f"{MARK}汇总.csv", "秘备注"))


def test_no_file_and_no_screen_has_a_secret(desk: Path, capfd: Capture) -> None:
    outputs = [part for form in FORMATS for part in ("-o", f"out/r.{form}")]
    Path("out").mkdir()
    more = ("--detail", "--feedback", "out/f/", "--partial", "--public")
    ran = run(capfd, "score", "r.yaml", FOLDER, *outputs, *more)
    assert ran.code == 0, ran.err
    assert MARK not in said(ran)
    for form in ("json", "csv", "md"):
        assert MARK not in said(run(capfd, "score", "r.yaml", FOLDER, "--public", "--format", form))
    written = [path for path in Path("out").rglob("*") if path.is_file()]
    assert len(written) > len(FORMATS)
    for path in written:
        assert all(MARK.encode() not in part for part in contents(path)), path


@pytest.mark.parametrize("more", [(), ("--partial",), ("--format", "json"), ("--quiet", "--lang", "en")])
@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("台账", "第三党支部,处分,秘级,秘张三,秘案,2024-03-05,秘情"),  # a level that there is not
        ("台账", "秘支部,处分,警告,秘张三,秘案,2024-03-05,秘情"),  # a unit that nobody knows
        ("裁定", "第二党支部,秘项,2,秘由,秘赵,2024-12-20"),
        ("评分", "第一党支部,秘评委,秘分"),
        ("汇总", "第一党支部,机关,秘数"),
    ],
)
def test_what_is_wrong_is_told_without_secrets(
    desk: Path, capfd: Capture, file: str, wrong: str, more: tuple[str, ...]
) -> None:
    path = Path(FOLDER) / f"{MARK}{file}.csv"
    path.write_text(f"{path.read_text('utf-8').strip()}\n{wrong}\n", "utf-8")
    assert MARK in run(capfd, "score", "r.yaml", FOLDER, *more).err
    ran = run(capfd, "score", "r.yaml", FOLDER, *more, "--public")
    assert ran.code in ((1, 3) if "--partial" in more else (3,))
    assert MARK not in said(ran)
    assert "E0" in ran.err


@pytest.mark.parametrize("name", ["秘没有.csv", "秘夹2", "秘*.xlsx", f"{FOLDER}/秘坏.xlsx"])
def test_files_that_cannot_be_read(desk: Path, capfd: Capture, name: str) -> None:
    (desk / FOLDER / "秘坏.xlsx").write_bytes(b"PK")
    ran = run(capfd, "score", "r.yaml", name, "--public")
    assert (ran.code, MARK in said(ran)) == (3, False)
    assert "--public" in ran.err


@pytest.mark.parametrize("options", [("--audit", "a.xlsx"), ("--problems", "p.xlsx"), ("-o", f"r.{PACK}")])
def test_what_holds_the_evidence_is_not_for_the_public(desk: Path, capfd: Capture, options: tuple[str, str]) -> None:
    ran = run(capfd, "score", "r.yaml", FOLDER, *options, "--public")
    assert (ran.code, "不能和 --public 同用" in ran.err) == (2, True)
    assert not list(desk.glob("*.xlsx"))
