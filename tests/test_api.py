"""The package as scripts and notebooks use it: what it gives, what it refuses, and that the command gives the same."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from pathlib import Path
from types import FrameType

import pytest

import dangjian_score
from dangjian_score import (
    Assessment,
    InputError,
    OutputError,
    RubricFile,
    describe,
    load_rubric,
    read_evidence,
    score,
    write,
)
from dangjian_score.core.diagnostics import Code
from dangjian_score.engine.program import compile_rubric
from dangjian_score.report.formats import PACK, SUFFIXES
from tests.support import ROOT, errors, run

RUBRIC = """dangjian: 1
rubric: api-1
title: 接口
subject: 党支部
rounding: {total: 1}
attributes: [类型]
sections:
  - id: A
    title: 甲
    items:
      - {id: A1, title: 学习, max: 10, source: {clause: 一}, rules: [{award: 10, ratio: 学时, of: 60}]}
      - {id: A2, title: 会议, max: 10, source: {clause: 二}, rules: [{deduct: 1.5, per: 缺席次数}]}
  - {id: rank, title: 企业, only: {类型: 企业}, max: 5, source: {clause: 三}, rules: [{deduct: 1, per: 缺勤次数}]}
grades: {优秀: 20, 合格: 0}
selections: [{title: 先进, places: 1}]
"""
EVIDENCE = "党支部,类型,学时,缺席次数,缺勤次数\n一支部,机关,50,0,\n二支部,企业,60,1,2\n"
BAD = "党支部,类型,学时,缺席次数,缺勤次数\n一支部,机关,五十,0,\n二支部,企业,60,,2\n"

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "r.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "e.csv").write_text(EVIDENCE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assessed() -> Assessment:
    rubric = load_rubric("r.yaml")
    return score(rubric, read_evidence(rubric, "e.csv"))


def test_rows_are_exact() -> None:
    """一支部: 10 x 50/60 = 25/3, and 10; 18.33 is 18.3. 二支部: 10, 10 - 1.5 and 5 - 2; 21.5."""
    first, second = assessed().rows()
    assert first == {
        "unit": "二支部",
        "类型": "企业",
        "rank": 1,
        "total": Decimal("21.5"),
        "grade": "优秀",
        "selections": ("先进",),
        "A": Decimal("18.5"),
        "A1": Decimal(10),
        "A2": Decimal("8.5"),
        "rank_": Decimal(3),
    }
    assert second == {
        "unit": "一支部",
        "类型": "机关",
        "rank": 2,
        "total": Decimal("18.3"),
        "grade": "合格",
        "selections": (),
        "A": Fraction(55, 3),
        "A1": Fraction(25, 3),
        "A2": Decimal(10),
        "rank_": None,  # the section is for enterprises
    }
    assert list(first) == list(second)
    assert (str(first["A1"]), str(first["total"])) == ("10.00", "21.5")


def test_rows_make_a_table_of_pandas() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed: its tables are not tried")
    frame = pandas.DataFrame(assessed().rows())
    assert list(frame["total"]) == [Decimal("21.5"), Decimal("18.3")]
    assert frame["total"].sum() == Decimal("39.8")


def test_lines_name_clauses_and_cells() -> None:
    lines = assessed().lines()
    moved = [(line["unit"], line["item"], line["clause"], line["points"], line["cells"]) for line in lines]
    assert moved == [
        ("二支部", "A1", "一", Decimal(10), ("e.csv!C3",)),
        ("二支部", "A2", "二", Decimal("-1.5"), ("e.csv!D3",)),
        ("二支部", "rank", "三", Decimal(-2), ("e.csv!E3",)),
        ("一支部", "A1", "一", Fraction(25, 3), ("e.csv!C2",)),
        ("一支部", None, None, Fraction(-1, 30), ()),  # 18.3 - 55/3
    ]
    assert [lines[1]["text"], lines[1]["round"], lines[1]["rule"]] == ["缺席次数 1，扣 1.5 分", None, "A2/1"]
    assert assessed().lines("en")[1]["text"] == "缺席次数 1, deduct 1.5 points"


def test_points_of_rounds_have_their_own_columns(desk: Path) -> None:
    rounds = "period: 2024\nrounds: {上: {weight: 40%}, 下: {weight: 60%}}\nsections:\n"
    section = "  - {id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺席次数}]}\n"
    Path("r.yaml").write_text(RUBRIC.partition("rounding")[0] + rounds + section, "utf-8")
    Path("e.csv").write_text("党支部,轮次,缺席次数\n一支部,上,1\n一支部,下,2\n", "utf-8")
    (row,) = assessed().rows()
    assert (row["上 A"], row["下 A"], row["total"]) == (9, 8, Decimal("8.4"))  # 9 x 40% + 8 x 60%


def test_a_rubric_that_ships_and_one_of_a_path() -> None:
    shipped = load_rubric("zhibu-xize-2")
    assert (shipped.id, shipped.title) == ("zhibu-xize-2", "党支部党建工作考核细则")
    assert load_rubric(ROOT / "rubrics/zhibu-xize-2.yaml").data == shipped.data


def test_notes_hang_on_what_is_returned() -> None:
    rubric = load_rubric("r.yaml")
    assert Code.TIES_OPEN in {finding.code for finding in rubric.findings}
    Path("照片.txt").write_text("x", "utf-8")
    Path("来件").mkdir()
    for name in ("e.csv", "照片.txt"):
        Path(name).rename(Path("来件", name))
    evidence = read_evidence(rubric, "来件")
    found = [(finding.code, finding.place.file) for finding in evidence.findings]
    assert found == [("N017", "e.csv"), ("N015", "来件/照片.txt")]  # nothing is said of 机关 in the rubric
    assert evidence.files == {"e.csv": EVIDENCE.encode()}
    assert "来件/照片.txt: N015 提示" in describe(score(rubric, evidence).findings)
    assert "N015 note" in describe(evidence.findings, "en")


@pytest.mark.parametrize(
    ("name", "code"), [("no.yaml", "E001"), ("no-such-id", "E001"), ("e.csv", "E011"), ("bad.yaml", "E012")]
)
def test_a_rubric_is_refused(name: str, code: str) -> None:
    Path("bad.yaml").write_text(RUBRIC.replace("max: 5", "max: 五"), "utf-8")
    with pytest.raises(InputError) as caught:
        load_rubric(name)
    assert code in {finding.code for finding in caught.value.findings}
    assert name in str(caught.value)


def test_a_refusal_shows_the_lines() -> None:
    Path("bad.yaml").write_text(RUBRIC.replace("deduct: 1.5", "deduct: -1"), "utf-8")
    with pytest.raises(InputError) as caught:
        load_rubric("bad.yaml")
    assert "bad.yaml:12:" in str(caught.value)
    assert "deduct: -1" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  our own


def test_evidence_is_refused_with_all_that_is_wrong() -> None:
    Path("bad.csv").write_text(BAD, "utf-8")
    with pytest.raises(InputError) as caught:
        read_evidence(load_rubric("r.yaml"), "bad.csv", "no.csv")
    found = {(finding.code, str(finding.place)) for finding in errors(caught.value.findings)}
    assert found == {("E022", "bad.csv!C2"), ("E021", "bad.csv!D3"), ("E001", "no.csv")}
    assert "3 个错误" in str(caught.value)


def test_a_roster_fixes_the_units() -> None:
    Path("名册.csv").write_text("党支部\n一支部\n二支部\n三支部\n", "utf-8")
    rubric = load_rubric("r.yaml")
    for rosters in ("名册.csv", [Path("名册.csv")]):
        with pytest.raises(InputError) as caught:
            read_evidence(rubric, "e.csv", rosters=rosters)
        assert {finding.code for finding in errors(caught.value.findings)} == {"E095"}


def test_values_are_shown_in_short() -> None:
    """A notebook shows what a cell comes to; files are long."""
    done = assessed()
    assert repr((done.evidence.rubric, done.evidence)) == "(<RubricFile r.yaml>, <EvidenceFiles e.csv>)"
    assert repr(done) == "<Assessment of 2 units by api-1>"


def test_evidence_belongs_to_its_rubric() -> None:
    rubric = load_rubric("r.yaml")
    evidence = read_evidence(rubric, "e.csv")
    assert score(load_rubric("r.yaml"), evidence).rows() == score(rubric, evidence).rows()
    with pytest.raises(ValueError, match="another rubric"):
        score(load_rubric("zhibu-xize-2"), evidence)


@pytest.mark.parametrize("form", SUFFIXES)
@pytest.mark.parametrize("more", [(), ("--lang", "en"), ("--public",)])
def test_the_command_and_the_package_write_the_same(capfd: Capture, form: str, more: tuple[str, ...]) -> None:
    public = "--public" in more
    if public and form == PACK:
        with pytest.raises(ValueError, match="no public format"):
            write(assessed(), f"a.{form}", public=True)
        return
    assert run(capfd, "score", "r.yaml", "e.csv", "-q", "-o", f"a.{form}", *more).code == 0
    write(assessed(), Path(f"b.{form}"), language="en" if "en" in more else "zh", public=public)
    assert Path(f"a.{form}").read_bytes() == Path(f"b.{form}").read_bytes()


def test_what_cannot_be_written_leaves_all_as_it_was(desk: Path) -> None:
    done, before = assessed(), sorted(desk.iterdir())
    Path("old.json").write_text("old")
    for path, code in (("no/x.json", "E040"), ("e.csv", "E041"), (desk / "e.csv", "E041")):
        with pytest.raises(OutputError) as caught:
            write(done, path)
        assert (caught.value.finding.code, Path("e.csv").read_text("utf-8")) == (code, EVIDENCE)
    assert "e.csv" in str(caught.value)
    with pytest.raises(ValueError, match=r"\.pdf"):
        write(done, "x.pdf")
    Path("old.json").unlink()
    assert sorted(desk.iterdir()) == before


def test_the_decimal_context_of_the_caller_changes_nothing(desk: Path) -> None:
    rubric = load_rubric("r.yaml")
    assessment = score(rubric, read_evidence(rubric, "e.csv"))
    write(assessment, "a.xlsx")
    with localcontext(Context(prec=2, traps=[Inexact])):
        write(assessment, "b.xlsx")
    assert (desk / "a.xlsx").read_bytes() == (desk / "b.xlsx").read_bytes()


def test_names_that_mean_nothing_are_refused() -> None:
    rubric = load_rubric("r.yaml")
    assessment = score(rubric, read_evidence(rubric, "e.csv"))
    for name in ("", "a\0b"):
        with pytest.raises(InputError) as refused:
            read_evidence(rubric, name)
        assert [finding.code for finding in refused.value.findings if finding.code.startswith("E")] == ["E001"]
    with pytest.raises(InputError):
        load_rubric("")
    with pytest.raises(OutputError):
        write(assessment, "a\0.json")
    for language in ("fr", "EN"):
        with pytest.raises(ValueError, match="no language"):
            assessment.lines(language)  # type: ignore[arg-type]


def test_importing_costs_little() -> None:
    code = "import sys; from dangjian_score import RubricFile; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    assert not {"pydantic", "yaml", "openpyxl", "rich", "typer", "xlsxwriter", "docx"} & {*loaded}


def test_all_that_is_offered_is_there() -> None:
    assert all(hasattr(dangjian_score, name) for name in dangjian_score.__all__)
    assert {*dangjian_score.__all__} <= {*dir(dangjian_score)}
    with pytest.raises(AttributeError, match="no attribute"):
        _ = dangjian_score.nothing
    assert isinstance(load_rubric("r.yaml"), RubricFile)


def compilations(work: Callable[[], object]) -> int:
    """Count how often a rubric is compiled."""
    count = 0

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call" and frame.f_code is compile_rubric.__code__

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "r.yaml", "e.csv", "--audit", "a.xlsx", "-o", "a.zip", "--partial", "--problems", "p.xlsx"),
        ("whatif", "r.yaml", "e.csv"),
        ("compare", "r.yaml", "e.csv", "e.csv"),
        ("explain", "r.yaml", "e.csv", "--unit", "一支部"),
        ("validate", "r.yaml"),
    ],
)
def test_a_run_compiles_its_rubric_once(capfd: Capture, arguments: tuple[str, ...]) -> None:
    assert compilations(lambda: run(capfd, *arguments)) == 1


def test_the_package_compiles_a_rubric_once() -> None:
    assert compilations(lambda: write(assessed(), "a.xlsx")) == 1
