"""The language page is run: each rule it shows, with the inputs and points it gives."""

import re
from fractions import Fraction

import pytest
import yaml

from dangjian_score.core.diagnostics import Code
from dangjian_score.engine.result import Result
from dangjian_score.evidence.tables.columns import SYNONYMS
from dangjian_score.rubric.kinds import RULE_KINDS
from tests.scenes import CLAUSE_HEAD, check_units
from tests.support import ROOT, points, rubric, run, scored_table

PAGE = (ROOT / "docs" / "rubric-language.md").read_text("utf-8")
SCENES = re.findall(r"```yaml sections\n(.*?)```\n\n```yaml units\n(.*?)```", PAGE, re.DOTALL)
SHOWN = re.findall(r"```yaml rule\n(.*?)\n```\n\n((?:\|.*\n)+)", PAGE)


def rows(table: str) -> list[list[str]]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().split("\n")]
    return [lines[0], *lines[2:]]


@pytest.mark.parametrize(("rule", "table"), SHOWN)
def test_a_rule_of_the_page(rule: str, table: str) -> None:
    loaded = rubric(f"sections:\n  - {{id: A, title: 甲, max: 10, rules: [{rule}]}}\n")
    head, *inputs = rows(table)
    units = [{"党支部": f"单位{at}", **dict(zip(head[:-1], row[:-1], strict=True))} for at, row in enumerate(inputs)]
    result, found = scored_table(loaded, units)
    assert isinstance(result, Result), found
    got = [points(result, unit["党支部"])["A"] for unit in units]
    assert got == [Fraction(row[-1]) for row in inputs]


@pytest.mark.parametrize(("sections", "units"), SCENES)
def test_a_scene_of_the_page(sections: str, units: str) -> None:
    said = yaml.load(units, Loader=yaml.CBaseLoader)  # noqa: S506
    assert len(said) >= 3
    check_units(rubric(sections, CLAUSE_HEAD), {f"单位{at:02}": unit for at, unit in enumerate(said, 1)})


def test_the_page_shows_every_kind() -> None:
    written = [text for pair in (*SHOWN, *SCENES) for text in pair]
    shown = set(re.findall(r"[a-z_]+(?=:)", " ".join(written)))
    fields = [field for kind in RULE_KINDS for field in kind.model_fields.items()]
    keys = {field.alias or name for name, field in fields}
    assert keys - shown == {"assumed", "note"}  # remarks, which move no points


def test_the_page_of_codes_is_what_the_program_writes(capfd: pytest.CaptureFixture[str]) -> None:
    """`make docs` writes it."""
    page = (ROOT / "docs" / "codes.md").read_text("utf-8")
    assert page == run(capfd, "codes", "--format", "md").out
    sections = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert sections == sorted(sections, key=lambda name: ("EWN".index(name[0]), name))
    assert {*sections} == {*Code}
    assert re.findall(r"^\| \[\w+\]\(#(\w+)\)", page, re.MULTILINE) == [name.lower() for name in sections]


def test_decisions_are_listed() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    assert {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")} == set(re.findall(r"\((0[^)]*)\)", index))


def test_the_page_for_writers_points_to_rubrics_that_ship() -> None:
    page = (ROOT / "docs" / "rubric-writer.md").read_text("utf-8")
    shipped = {path.stem for path in (ROOT / "rubrics").glob("*.yaml") if not path.name.endswith(".cases.yaml")}
    table = page.partition("| 写法 | 看哪一份 |")[2].partition("\n\n")[0]
    assert set(re.findall("`([a-z0-9-]+)`", table)) <= shipped


def test_the_page_of_evidence_lists_the_names_of_columns() -> None:
    page = (ROOT / "docs" / "evidence.md").read_text("utf-8")
    for column, names in SYNONYMS.items():
        assert f"| {column} | {'、'.join(names)} |" in page
