"""The README and the pages of docs: what they tell people to type is typed, what they show is what is printed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from openpyxl import load_workbook

from dangjian_score import load_rubric, write
from dangjian_score.cli.app import COMMANDS, main
from dangjian_score.core.diagnostics import Code
from dangjian_score.evidence.read import read_evidence
from dangjian_score.report.formats import SUFFIXES
from dangjian_score.words.say import LANGUAGES, load_words
from tests.carriers.parquet import tables
from tests.draft.papers import written
from tests.filling import Filler
from tests.support import ROOT, run
from tests.terminal import in_terminal

TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
LINKED = [
    *(ROOT / name for name in TEXTS),
    *ROOT.glob("C*.md"),
    ROOT / "examples/README.md",
    *ROOT.glob("docs/adr/*.md"),
]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CLUSTERS = {"spark", "dask", "ray"}
"""What tests/carriers/test_spark.py runs."""
NEEDS_SHELL = re.compile(r"[|<>;&$*`]|^(?!dangjian )")
UNITS = re.findall(r"^ +\d+ +(\S+) +\d", TEXTS["README.md"], re.MULTILINE)[:12]


def blocks(language: str) -> list[Any]:
    """Collect what the pages fence in as this language, by page and place."""
    return [
        pytest.param(text, id=f"{Path(page).stem}-{at}")
        for page, whole in TEXTS.items()
        for at, (said, text) in enumerate(BLOCK.findall(whole), 1)
        if said.split()[:1] == [language] and CLUSTERS.isdisjoint(said.split())
    ]


def typed() -> list[str]:
    """Collect all that is to be typed at a shell."""
    shown = [line.removeprefix("$ ") for one in blocks("console") for line in one.values[0].splitlines()]
    return [*shown, *(line for one in blocks("sh") for line in one.values[0].splitlines())]


@pytest.mark.parametrize("block", blocks("console"))
def test_a_page_shows_what_is_printed(block: str) -> None:
    first, shown = block.split("\n", 1)
    assert first.startswith("$ dangjian ")
    printed = in_terminal(*first.split()[2:], columns=80)
    assert shown.strip() in "\n".join(line.rstrip() for line in printed.splitlines())


def dangjian(line: str, folder: Path) -> None:
    """Type a line at a shell in this folder; a line that needs no shell runs in this process."""
    if not NEEDS_SHELL.search(line):
        with chdir(folder):
            assert main(shlex.split(line, comments=True)[1:], {}) == 0, line
        return
    script = f'dangjian() {{ "$0" -m dangjian_score "$@"; }}; {line}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run(
        ["bash", "-c", script, sys.executable], check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"


def fill_in(workbooks: list[Path], rubric: Path) -> None:
    """Do what people do between `template` and `score`."""
    study = load_rubric(rubric).study
    for path in workbooks:
        units = (path.stem,) if path.stem in UNITS else tuple(UNITS)
        path.write_bytes(Filler(study, units).filled(path.read_bytes()))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out the files that the pages speak of: evidence of two years, a roster, filled forms, letter paper."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "examples").symlink_to(ROOT / "examples")
    rubric = (ROOT / "rubrics/zhibu-xize-2.yaml").read_text("utf-8")
    for name in ("细则.yaml", "细则文件夹/细则.yaml", "wo-de-xize.yaml"):
        (desk / name).parent.mkdir(exist_ok=True)
        (desk / name).write_text(rubric, "utf-8")
    for name in ("证据", "2023年证据", "2024年证据", "自评", "考评"):
        (desk / name).mkdir()
        shutil.copy(ROOT / "examples/zhibu-2024/证据.xlsx", desk / name)
    changed = load_workbook(desk / "2024年证据/证据.xlsx")
    table, register = changed["汇总表"], changed["台账"]
    table["AU10"] = 0  # a unit that did better, and below one that is gone
    gone = table.cell(table.max_row, 2).value
    table.delete_rows(table.max_row)
    register.delete_rows(next(cell.row for cell in register["A"] if cell.value == gone), register.max_row)
    changed.save(desk / "2024年证据/证据.xlsx")
    regulation = yaml.safe_load((ROOT / "tests/draft/corpus/01-zhibu-liulie.yaml").read_text("utf-8"))
    (desk / "细则.docx").write_bytes(written(regulation)[1])
    (desk / "名册.csv").write_text("党支部\n" + "".join(f"{unit}\n" for unit in UNITS), "utf-8")
    dangjian("dangjian template 细则.yaml --units 名册.csv --form -o 自查表文件夹/", desk)
    fill_in([*(desk / "自查表文件夹").iterdir()], desk / "细则.yaml")
    (desk / "旧细则.yaml").write_text(rubric.replace("title: 党建工作保障", "title: 工作保障"), "utf-8")
    dangjian("dangjian score 旧细则.yaml 2023年证据 -o 2023年.json", desk)
    (desk / "数据").mkdir()
    study, sheet = load_rubric(desk / "细则.yaml").study, ROOT / "examples/zhibu-2024/证据.xlsx"
    evidence, _ = read_evidence({sheet.name: sheet.read_bytes()}, study.rubric, study.catalogue)
    tables(desk / "数据", evidence, study.catalogue, study.rubric.subject)
    paper = Document()
    paper.add_paragraph("{{通报}}")
    paper.save(str(desk / "红头.docx"))
    return desk


@pytest.mark.parametrize("block", blocks("sh"))
def test_what_a_page_says_can_be_typed(block: str, desk: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(desk, folder, symlinks=True)
    if "dangjian new wo-de-xize" in block:
        (folder / "wo-de-xize.yaml").unlink()
    blank: set[Path] = set()
    for line in block.splitlines():
        if line.startswith("make "):  # CI runs these themselves
            assert f"\n{line.split()[1]}:" in (ROOT / "Makefile").read_text("utf-8")
        elif line.startswith("dangjian template"):
            before = {*folder.rglob("*.xlsx")}
            dangjian(line, folder)
            blank |= {*folder.rglob("*.xlsx")} - before
        elif line and not line.startswith("#"):
            named = {word.rstrip("/") for word in line.split()}
            fill_in([path for path in blank if path.relative_to(folder).parts[0] in named], folder / "细则.yaml")
            dangjian(line, folder)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_of_a_page_runs_and_prints_what_is_shown(block: str, desk: Path, tmp_path: Path) -> None:
    """What it prints stands behind `# →`."""
    folder = shutil.copytree(desk, tmp_path / "desk", symlinks=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "-c", block]
    ran = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == re.findall(r"^# → (.*)$", block, re.MULTILINE)


def test_every_command_is_shown() -> None:
    assert set(re.findall(r"\bdangjian ([a-z]+)", "\n".join(typed()))) == {*COMMANDS}
    assert {said.partition(" ")[0] for whole in TEXTS.values() for said, _ in BLOCK.findall(whole)} <= {
        *("sh", "console", "bat", "json", "yaml", "text", "csv", "python", "")
    }


def test_the_options_that_are_named_exist(capfd: pytest.CaptureFixture[str]) -> None:
    known: dict[str, set[str]] = {
        name: set(re.findall(r"--[a-z-]+", run(capfd, name, "--help").out)) for name in COMMANDS
    }
    for page, text in TEXTS.items():
        for span in (*re.findall(r"`([^`\n]+)`", BLOCK.sub("", text)), *typed()):
            command = re.match(r"(?:dangjian )?([a-z]+)", span)
            of = known.get(command[1] if command else "", set().union(*known.values()))
            if not span.startswith(("pip", "python -m benchmarks")):
                assert set(re.findall(r"(?<![\w-])--[a-z-]+", span)) <= of, f"{page}: {span}"


NAMES_FORMATS = {
    "README.md": r"^\| `score` \|.*$",
    "docs/clerk.md": r"^\| 后缀 \|(?:.*\n\|)+.*$",
    "docs/scripts.md": r"^\| `write\(.*$",
}
"""Where pages name all formats of results."""


def test_every_format_is_named_where_formats_are_named() -> None:
    places = {page: "".join(re.findall(where, TEXTS[page], re.MULTILINE)) for page, where in NAMES_FORMATS.items()}
    places |= {f"-o in {language}": load_words(language).text("help.opt.output") for language in LANGUAGES}
    places["dangjian_score.write"] = str(write.__doc__)
    named = {place: set(re.findall(r"\.([a-z]+)\b", text)) for place, text in places.items()}
    missing = {place: {*SUFFIXES} - suffixes for place, suffixes in named.items() if not {*SUFFIXES} <= suffixes}
    assert not missing, f"name these formats of report/formats.py there, too: {missing}"


def test_the_codes_that_are_named_exist() -> None:
    for page, text in TEXTS.items():
        assert set(re.findall(r"\b[EWN]\d{3}\b", text)) <= {*Code}, page


def anchors(text: str) -> set[str]:
    """Give the anchors of headings, as they are made where pages are read."""
    heads = re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", LINKED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", page.read_text("utf-8"))):
        if not target.startswith("http"):
            name, _, anchor = target.partition("#")
            there = page.parent / name if name else page
            assert there.exists(), target
            assert not anchor or anchor in anchors(there.read_text("utf-8")), target


MODULES = [path.as_posix() for path in (ROOT / "src").rglob("*.py")]


NAMING = [page for page in LINKED if page.parent.name != "examples"]


@pytest.mark.parametrize("page", NAMING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_that_are_named_exist(page: Path) -> None:
    """They are named from a room of `src` or from the root: `report/formats.py`, `tests/rich.py`."""
    named = set(re.findall(r"`([a-z_][\w/]*\.py)`", page.read_text("utf-8")))
    elsewhere = {name for name in named if not any(module.endswith(f"/{name}") for module in MODULES)}
    missing = {name for name in elsewhere if not (ROOT / name).exists()}
    assert not missing, f"{page.name} names modules that are not there: {missing}"


PRINTS = {
    "dangjian.findings/1": ("validate", "wo-de-xize.yaml", "--format", "json"),
    "dangjian.comparison/1": ("compare", "细则.yaml", "2023年.json", "2024年证据", "--format", "json"),
}


def same_keys(shown: Any, printed: Any) -> bool:
    """Compare keys and kinds; of lists that are not shown empty the first members."""
    match shown, printed:
        case dict(), dict():
            return shown.keys() == printed.keys() and all(same_keys(shown[key], printed[key]) for key in shown)
        case [first, *_], list():
            return bool(printed) and same_keys(first, printed[0])
        case _:
            return type(shown) is type(printed) or None in (shown, printed)


@pytest.mark.parametrize("block", blocks("json"))
def test_json_has_the_keys_that_are_shown(
    block: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shown = json.loads(block)
    monkeypatch.chdir(shutil.copytree(desk, tmp_path / "desk", symlinks=True))
    if shown["schema"] == "dangjian.findings/1":
        Path("wo-de-xize.yaml").write_text((ROOT / "tests/bad/id-twice.yaml").read_text("utf-8"), "utf-8")
    assert same_keys(shown, json.loads(run(capfd, *PRINTS[shown["schema"]]).out))


def test_the_readme_stays_short() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 260
