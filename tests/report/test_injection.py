"""Hostile names in every format: what is built is built as with harmless names, and each name is there as text."""

import csv
import json
import os
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from io import BytesIO, StringIO
from itertools import zip_longest
from pathlib import Path

import pytest
from openpyxl import Workbook

from dangjian_score.core.facts import Evidence
from dangjian_score.core.names import FreeNames, file_name
from dangjian_score.core.watching import unwatched
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Unscored
from dangjian_score.engine.score import score
from dangjian_score.report.formats import FORMATS, reporter
from dangjian_score.report.view import ResultView, view_of
from dangjian_score.words.say import LANGUAGES, Language, load_words
from tests.injection import HARMLESS, HOSTILE, Looked, looked_at, seen
from tests.support import facts, rubric, run

Capture = pytest.CaptureFixture[str]
Names = Mapping[str, str]

RUBRIC = """dangjian: 1
rubric: test-1
title: {title}
subject: 党支部
total: {total}
attributes: [类型]
sections:
{sections}
grades: {{{grade}: 900, 差: 0}}
selections: [{{title: {title}, at_least: 1}}]
"""
SECTION = """  - title: {title}
    max: {max}
    items:
      - title: {title}
        criterion: {title}
        inspect: {title}
        max: {max}
        source: {{clause: 一, note: {title}}}
        rules: [{{deduct: 1, per: {measure}}}{judged}]
"""
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800]")
"""What no YAML may hold, or takes for a blank, and so no title."""


READ = [form for form in FORMATS if form != "parquet"]
"""Formats that somebody looks at; a .parquet file is data for programs."""


def quoted(title: str) -> str:
    """Write a title as YAML does; what would end a line of YAML is escaped."""
    text = json.dumps(title, ensure_ascii=False)
    return re.sub("[\x85\u2028\u2029]", lambda one: f"\\u{ord(one[0]):04x}", text)


def written(names: Names | None = None, judged: str = "") -> str:
    """Write a rubric whose titles are these names, or one with a single section."""
    titles = ["项"] if names is None else [*names.values()]
    most = 1000
    sections = (
        SECTION.format(title=quoted(title), max=most, measure=f"次数{at or ''}", judged=judged)
        for at, title in enumerate(titles)
    )
    title = quoted(titles[0])
    return RUBRIC.format(title=title, grade=title, total=most * len(titles), sections="".join(sections))


@cache
def view(hostile: bool, language: Language = "zh") -> ResultView:
    """Score units of these names, each with one deduction more, so that all stand in the same order."""
    names = HOSTILE if hostile else HARMLESS
    loaded = rubric(written(), head="")
    units = tuple(facts(name, {"次数": Fraction(at), "类型": name}) for at, name in enumerate(names.values()))
    unscored = tuple(Unscored(name, {"类型": name}, ("E021",)) for name in names.values())
    return view_of(
        score(compile_rubric(loaded.rubric), Evidence((), units, {}), unscored), loaded.source, (), load_words(language)
    )


def otherwise(hostile: Looked, harmless: Looked) -> list[tuple[str | None, str | None]]:
    """List where two documents are built otherwise."""
    pairs = zip_longest(hostile.built, harmless.built)
    return [(one, other) for one, other in pairs if one != other][:5]


def missing(shown: str, names: Names) -> list[str]:
    """List the attacks whose names are not there as they look; spaces do not count where texts are folded."""
    letters = "".join(shown.split())
    return [attack for attack, name in names.items() if "".join(seen(name).split()) not in letters]


@pytest.mark.parametrize(
    ("form", "harmless", "hostile"),
    [
        ("csv", "支部,1\r\n", "=1+1,1\r\n"),
        ("md", "## 支部", "## [支部](http://example.invalid)"),
        ("md", "| 支部 | 1 |\n| --- | --- |\n", "| 支 | 部 | 1 |\n| --- | --- | --- |\n"),
        ("html", "<p>支部</p>", "<p><b>支部</b></p>"),
        ("html", "<p title='支部'>x</p>", "<p title='支' onclick='部'>x</p>"),
        ("html", "<script>x = '支部'</script>", "<script>x = '<!--<script>'</script>"),
        ("html", "<a href='#u'>支部</a>", "<a href='javascript:x'>支部</a>"),
    ],
)
def test_what_acts_is_seen(form: str, harmless: str, hostile: str) -> None:
    """Else the tests below could not fail."""
    assert otherwise(looked_at(form, hostile.encode()), looked_at(form, harmless.encode()))
    assert looked_at(form, harmless.replace("部", "\u202e").encode()).acting == ["U+202E"]


def test_formulas_of_a_workbook_are_seen() -> None:
    looked = []
    for kind in ("s", "f"):
        book = Workbook()
        book.worksheets[0].cell(1, 1, "=1+1").data_type = kind
        saved = BytesIO()
        book.save(saved)
        looked.append(looked_at("xlsx", saved.getvalue()))
    assert otherwise(*looked)


def test_the_corpus_attacks_enough() -> None:
    assert len(HOSTILE) >= 30
    assert len(set(HOSTILE.values())) == len(HOSTILE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", READ)
def test_names_of_units_in_every_format(form: str, language: Language) -> None:
    write = reporter(form)
    hostile, harmless = (looked_at(form, write(view(one, language), unwatched)) for one in (True, False))
    assert hostile.acting == []
    assert otherwise(hostile, harmless) == []
    if form != "json":
        assert missing(hostile.shown, HOSTILE) == []


def test_json_keeps_names_as_they_are() -> None:
    document = json.loads(reporter("json")(view(True), unwatched).decode())
    assert [unit["unit"] for unit in document["units"]] == [*HOSTILE.values()]
    assert [unit["attributes"]["类型"] for unit in document["units"]] == [*HOSTILE.values()]


TITLES = {attack: name for attack, name in HOSTILE.items() if not UNFIT.search(name) and len(name) < 5000}


@cache
def titled(hostile: bool) -> ResultView:
    """Score two units by a rubric whose every title is one of the names; the first has lost a point everywhere."""
    names = TITLES if hostile else {attack: HARMLESS[attack] for attack in TITLES}
    loaded = rubric(written(names), head="")
    units = tuple(
        facts(unit, {"类型": "村", **{f"次数{at or ''}": Fraction(lost) for at in range(len(names))}})
        for unit, lost in (("甲", 0), ("乙", 1))
    )
    return view_of(score(compile_rubric(loaded.rubric), Evidence((), units, {})), loaded.source, (), load_words("zh"))


@pytest.mark.parametrize("form", READ)
def test_titles_of_a_rubric_in_every_format(form: str) -> None:
    write = reporter(form)
    hostile, harmless = (looked_at(form, write(titled(one), unwatched)) for one in (True, False))
    assert hostile.acting == []
    assert otherwise(hostile, harmless) == []
    if form != "json":
        assert missing(hostile.shown, {attack: " ".join(name.split()) for attack, name in TITLES.items()}) == []


EVIDENT = {attack: name for attack, name in HOSTILE.items() if "\x00" not in name and "\ud800" not in name}
"""The names that a .csv can carry; the reader leaves blanks around them out."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a rubric, evidence with hostile names and an older result with harmless figures."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(written(), "utf-8")
    save("e.csv", EVIDENT, shift=0)
    save("f.csv", EVIDENT, shift=1)
    return tmp_path


def save(path: str, names: Names, shift: int) -> None:
    text = StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["党支部", "次数", "类型"])
    rows.writerows([name, at + shift, name] for at, name in enumerate(names.values()))
    Path(path).write_text(text.getvalue(), "utf-8", newline="")


def read_back(names: Names) -> dict[str, str]:
    """Say what the reader makes of names: blanks, wherever they are, are one space or none."""
    return {attack: " ".join(name.split()) for attack, name in in_cells(names).items()}


def in_cells(names: Names) -> dict[str, str]:
    """Leave a lone apostrophe in front out: it keeps a spreadsheet from reading a formula, as in our own .csv."""
    return {attack: re.sub("(?s)^'(?!.*')", "", name) for attack, name in names.items()}


@pytest.mark.parametrize("colour", ["never", "always"])
@pytest.mark.parametrize("more", [(), ("--detail",), ("--public",)])
def test_the_screen(desk: Path, capfd: Capture, more: tuple[str, ...], colour: str) -> None:
    ran = run(capfd, "score", "r.yaml", "e.csv", "--color", colour, *more)
    assert ran.code == 0, ran.err
    for text in (ran.out, ran.err):
        assert looked_at("screen", text.encode()).acting == []
    assert missing(ran.out, read_back(EVIDENT)) == []


def test_evidence_in_a_workbook(desk: Path, capfd: Capture) -> None:
    """A workbook carries less than a .csv: what XML cannot hold. Excel's escapes mean what they say."""
    names = {
        attack: name
        for attack, name in EVIDENT.items()
        if not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x[0-9A-F]{4}_", name)
    }
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["党支部", "次数", "类型"])
    for at, name in enumerate(names.values(), start=2):
        sheet.cell(at, 2, at)
        for column in (1, 3):
            sheet.cell(at, column, name).data_type = "s"
    book.save("w.xlsx")
    document = json.loads(run(capfd, "score", "r.yaml", "w.xlsx", "--format", "json").out)
    kept = {"".join(unit["unit"].split()) for unit in document["units"]}
    assert {"".join(name.split()) for name in names.values()} <= kept


def test_files_through_the_command_line(desk: Path, capfd: Capture) -> None:
    """What comes by real evidence is what comes by the pure core."""
    targets = [f"o.{form}" for form in READ]
    assert run(capfd, "score", "r.yaml", "e.csv", *(part for one in targets for part in ("-o", one))).code == 0
    for form in READ:
        looked = looked_at(form, Path(f"o.{form}").read_bytes())
        assert looked.acting == []
        if form != "json":
            assert missing(looked.shown, read_back(EVIDENT)) == []


def test_comparisons(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", "r.yaml", "f.csv", "-o", "f.json").code == 0
    shown = run(capfd, "compare", "r.yaml", "e.csv", "f.json", "-o", "c.xlsx", "-o", "c.json")
    assert shown.code == 0, shown.err
    assert looked_at("screen", shown.out.encode()).acting == []
    save("e.csv", {attack: HARMLESS[attack] for attack in EVIDENT}, shift=0)
    save("f.csv", {attack: HARMLESS[attack] for attack in EVIDENT}, shift=1)
    assert run(capfd, "compare", "r.yaml", "e.csv", "f.csv", "-o", "h.xlsx").code == 0
    hostile, harmless = (looked_at("xlsx", Path(name).read_bytes()) for name in ("c.xlsx", "h.xlsx"))
    assert hostile.acting == []
    assert [one for one in otherwise(hostile, harmless) if "title" not in str(one)] == []
    assert missing(hostile.shown, read_back(EVIDENT)) == []
    units = {unit["unit"] for unit in json.loads(Path("c.json").read_text("utf-8"))["units"]}
    assert units == {*read_back(EVIDENT).values()}


def test_half_a_character_in_a_result(desk: Path, capfd: Capture) -> None:
    """JSON can say what UTF-8 cannot; it is shown as what it is."""
    assert run(capfd, "score", "r.yaml", "e.csv", "-o", "e.json").code == 0
    text = Path("e.json").read_text("utf-8").replace('"null甲"', '"支\\ud800部"')
    Path("broken.json").write_text(text, "utf-8")
    ran = run(capfd, "compare", "r.yaml", "broken.json", "e.csv")
    assert (ran.code, "支[U+D800]部" in ran.out) == (0, True)


JUDGED = "sections: [{title: 述职, max: 10, rules: [{award: 10, judge: 述职分, combine: mean}]}]\n"


def test_assessors(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(f"dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\n{JUDGED}", "utf-8")
    looked: list[Looked] = []
    for names in (EVIDENT, {attack: HARMLESS[attack] for attack in EVIDENT}):
        text = StringIO(newline="")
        rows = [[unit, judge, 5] for unit in ("甲", "乙") for judge in names.values()]
        csv.writer(text).writerows([["党支部", "评委", "述职分"], *rows])
        Path("j.csv").write_text(text.getvalue(), "utf-8", newline="")
        ran = run(capfd, "raters", "r.yaml", "j.csv", "-o", "a.xlsx")
        assert ran.code == 0, ran.err
        assert looked_at("screen", ran.out.encode()).acting == []
        looked.append(looked_at("xlsx", Path("a.xlsx").read_bytes()))
    assert looked[0].acting == []
    assert otherwise(*looked) == []
    assert missing(looked[0].shown, read_back(EVIDENT)) == []


def test_what_units_are_told(desk: Path, capfd: Capture) -> None:
    looked: list[Looked] = []
    for names in (EVIDENT, {attack: HARMLESS[attack] for attack in EVIDENT}):
        save("e.csv", names, shift=0)
        ran = run(capfd, "score", "r.yaml", "e.csv", "--feedback", "told.docx", "--issuer", "\u202e<w:t>{{标题}}")
        assert ran.code == 0, ran.err
        looked.append(looked_at("docx", Path("told.docx").read_bytes()))
    assert looked[0].acting == []
    assert otherwise(*looked) == []
    assert missing(looked[0].shown, read_back(EVIDENT)) == []


def test_looking_ahead(desk: Path, capfd: Capture) -> None:
    head = "dangjian: 1\nrubric: test-1\ntitle: 试\nsubject: 党支部\ngrades: {优秀: 6, 合格: 0}\n"
    Path("r.yaml").write_text(head + JUDGED, "utf-8")
    looked: list[Looked] = []
    for names in (EVIDENT, {attack: HARMLESS[attack] for attack in EVIDENT}):
        text = StringIO(newline="")
        csv.writer(text).writerows([["党支部", "述职分"], *([name, "5.5"] for name in names.values())])
        Path("e.csv").write_text(text.getvalue(), "utf-8", newline="")
        ran = run(capfd, "whatif", "r.yaml", "e.csv", "-o", "w.xlsx")
        assert ran.code == 0, ran.err
        assert looked_at("screen", ran.out.encode()).acting == []
        looked.append(looked_at("xlsx", Path("w.xlsx").read_bytes()))
    assert looked[0].acting == []
    assert otherwise(*looked) == []
    assert missing(looked[0].shown, read_back(EVIDENT)) == []


def test_problems_that_are_mailed_back(desk: Path, capfd: Capture) -> None:
    looked: list[Looked] = []
    for names in (EVIDENT, {attack: HARMLESS[attack] for attack in EVIDENT}):
        text = StringIO(newline="")
        rows = [[name, name if len(name) < 300 else "长", name] for name in names.values()]
        csv.writer(text).writerows([["党支部", "次数", "类型"], *rows])
        Path("bad.csv").write_text(text.getvalue(), "utf-8", newline="")
        ran = run(capfd, "score", "r.yaml", "bad.csv", "--problems", "p.xlsx")
        assert ran.code == 3
        assert looked_at("screen", ran.err.encode()).acting == []
        looked.append(looked_at("xlsx", Path("p.xlsx").read_bytes()))
    hostile, _ = looked
    assert hostile.acting == []
    assert not [one for one in hostile.built if one.startswith(("f ", "hyperlink "))]
    assert missing(hostile.shown, in_cells(EVIDENT)) == []  # as they were handed in


@pytest.mark.parametrize("options", [(), ("--form",)])
def test_templates(desk: Path, capfd: Capture, options: tuple[str, ...]) -> None:
    looked: list[Looked] = []
    for names in (EVIDENT, {attack: HARMLESS[attack] for attack in EVIDENT}):
        save("u.csv", names, shift=0)
        assert run(capfd, "template", "r.yaml", "--units", "u.csv", "-o", "t.xlsx", *options).code == 0
        looked.append(looked_at("xlsx", Path("t.xlsx").read_bytes()))
    hostile, harmless = looked
    assert hostile.acting == []
    assert missing(hostile.shown, read_back(EVIDENT)) == []
    assert acts(hostile) == acts(harmless)


def acts(looked: Looked) -> list[str]:
    """List what a workbook works out or leads to; how the sheets are called that it is about does not matter."""
    found = [one for one in looked.built if one.startswith(("f ", "formula", "hyperlink ", "definedName "))]
    return [re.sub(r"'(?:[^']|\'\')*'!|[^ ,!]+!", "SHEET!", one) for one in found]


def test_files_named_after_units(desk: Path, capfd: Capture) -> None:
    """One file a unit, in the folder and nowhere else, by names that Windows takes as well."""
    save("u.csv", EVIDENT, shift=0)
    before = {path.name for path in desk.parent.iterdir()}
    assert run(capfd, "template", "r.yaml", "--units", "u.csv", "--form", "-o", "out/").code == 0
    made = os.listdir("out")  # noqa: PTH208  with hidden ones
    assert len(made) == len(EVIDENT)
    assert {path.name for path in desk.parent.iterdir()} == before
    assert {path.name for path in desk.iterdir()} == {"r.yaml", "e.csv", "f.csv", "u.csv", "out"}
    assert [name for name in made if unfit(name)] == []
    assert len({name.casefold() for name in made}) == len(made)
    assert run(capfd, "validate", "out").code == 3  # there is no rubric there, and nothing is taken for one


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_name_made_a_file_name(attack: str) -> None:
    assert not unfit(file_name(HOSTILE[attack], FreeNames(), ".xlsx"))


NOT_IN_FILES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]')
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)


def unfit(name: str) -> bool:
    """Tell a name that a path, an option, a hidden file or a device could be made of; not by our own rules."""
    return (
        bool(NOT_IN_FILES.search(name))
        or name[0] in ".-~ "
        or name.endswith((" ", "."))
        or bool(DEVICES.fullmatch(name))
        or name in (".", "..", "")
        or len(name.encode()) > 255
        or any("\ud800" <= one <= "\udfff" for one in name)
    )


def test_arguments_that_act(desk: Path, capfd: Capture) -> None:
    """What a user typed is said back, and does nothing on the way."""
    evil = "\x1b[31m支\u202e部\udcff\x9b"
    for arguments, code in (
        (("score", "r.yaml", "e.csv", "--unit", evil), 2),
        (("score", f"{evil}.yaml", "e.csv"), 3),
        (("score", "r.yaml", f"{evil}.csv"), 3),
        (("score", "r.yaml", "e.csv", "-o", f"no/{evil}.csv"), 3),
        (("score", "r.yaml", "e.csv", "-o", f"{evil}.csv"), 0),
        (("validate", f"{evil}.yaml"), 3),
        (("validate", f"{evil}.yaml", "--format", "json"), 3),
        (("validate", f"{evil}.yaml", "--format", "github"), 3),
        (("score", "r.yaml", f"{evil}.csv", "--format", "json"), 3),
        (("score", f"--{evil}"), 2),
        ((evil,), 2),
        (("codes", evil), 2),
        (("explain", "r.yaml", "--item", evil), 2),
    ):
        ran = run(capfd, *arguments)
        assert ran.code == code, (arguments, ran.err)
        assert looked_at("screen", ran.err.encode()).acting == [], arguments
        assert looked_at("screen" if ran.out[:1] != "{" else "json", ran.out.encode()).acting == [], arguments
