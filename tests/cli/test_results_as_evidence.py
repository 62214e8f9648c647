"""Results of other rubrics as evidence, as clerks meet them: what is read, what is refused, where it is found again."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dangjian_score import InputError, load_rubric, read_evidence, score
from dangjian_score.core.limits import MAX_RESULT
from tests.results import YEAR, child, node, result_bytes
from tests.support import run

Capture = pytest.CaptureFixture[str]

KID = "kid"
PARENT = """dangjian: 1
rubric: parent
title: 综合考核
subject: 单位
period: 2024
attributes: [所属镇]
measures:
  党建得分: {result: kid, points: total}
total: 100
sections:
  - {id: D, title: 党建, max: 40, if_na: rescale, rules: [{award: 40, ratio: 党建得分, of: 100}]}
  - {id: Y, title: 业务, max: 60, rules: [{deduct: 1, per: 差错数}]}
"""
ROWS = "单位,所属镇,差错数\n甲,东镇,1\n乙,西镇,0\n"
UNITS = (child("甲", "86.50", node("A", "26.5", node("A1", Fraction(40, 3))), node("B", 60)), child("乙", "90"))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out the parent, its own table, and the folder of evidence with the child's result."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(PARENT, "utf-8")
    (tmp_path / "e").mkdir()
    (tmp_path / "e/表.csv").write_text(ROWS, "utf-8")
    (tmp_path / "e/kid.json").write_bytes(result_bytes(KID, UNITS, about={"period": YEAR}))
    return tmp_path


def measure(desk: Path, spec: str) -> None:
    """Let the parent read something else."""
    text = PARENT.replace("{result: kid, points: total}", spec)
    (desk / "p.yaml").write_text(text, "utf-8")


def put(desk: Path, *units: Mapping[str, Any], file: str = "kid.json", **more: Any) -> None:
    """Write a result into the folder of evidence."""
    (desk / "e" / file).write_bytes(result_bytes(KID, units, **more))


def scored(capfd: Capture, *arguments: str) -> dict[str, Any]:
    """Score the folder and give the result."""
    ran = run(capfd, "score", "p.yaml", "e", "--format", "json", "-q", *arguments)
    assert ran.code == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    return document


def totals(document: Mapping[str, Any]) -> dict[str, str]:
    return {unit["unit"]: unit["total"] for unit in document["units"]}


def codes(capfd: Capture, *arguments: str) -> list[tuple[str, str]]:
    """Score the folder; give what is found, as codes with their places."""
    ran = run(capfd, "score", "p.yaml", "e", "--format", "json", "-q", *arguments)
    found = json.loads(ran.out)["diagnostics"]
    return [(one["code"], "!".join(filter(None, (one["file"], one["cell"])))) for one in found]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_result_in_utf16_is_named_as_such(desk: Path, capfd: Capture, encoding: str) -> None:
    """As `dangjian score … --format json > kid.json` writes it in Windows PowerShell."""
    path = desk / "e" / "kid.json"
    path.write_bytes(path.read_bytes().decode().encode(encoding))
    for evidence in ("e", "e/*"):
        ran = run(capfd, "score", "p.yaml", evidence, "-q")
        assert ran.code == 3
        assert ran.err.splitlines()[0].startswith(
            "kid.json: E080 错误: 这不是能用的结果文件：编码是 UTF-16，不是 UTF-8"
        )


class TestFigures:
    def test_a_total(self, desk: Path, capfd: Capture) -> None:
        """86.5 × 40 % + 59 = 93.6; 90 × 40 % + 60 = 96."""
        assert totals(scored(capfd)) == {"乙": "96.00", "甲": "93.60"}

    def test_files_and_patterns(self, desk: Path, capfd: Capture) -> None:
        ran = run(capfd, "score", "p.yaml", "e/表.csv", "e/kid.json", "-q")
        assert ran.code == 0
        assert "93.60" in ran.out
        ran = run(capfd, "score", "p.yaml", "e/*", "-q")
        assert ran.code == 0
        assert "93.60" in ran.out

    @pytest.mark.parametrize(
        ("points", "expected"),
        [
            ("A", "69.60"),  # 26.5 × 0.4 + 59
            ("A1", "64.33"),  # 40/3 × 0.4 + 59 = 64.333…, exactly
            ("B", "83.00"),  # 60 × 0.4 + 59
        ],
    )
    def test_nodes(self, points: str, expected: str, desk: Path, capfd: Capture) -> None:
        measure(desk, f"{{result: kid, points: {points}}}")
        put(desk, UNITS[0], child("乙", "90", node("A", 30, node("A1", 30)), node("B", 60)))
        assert totals(scored(capfd))["甲"] == expected

    def test_a_rate(self, desk: Path, capfd: Capture) -> None:
        """90 of 120 are 75 %; 40 × 75 % + 60 = 90."""
        (desk / "p.yaml").write_text(
            PARENT.replace("points: total", "points: rate").replace("of: 100}", "of: 100%}"), "utf-8"
        )
        put(desk, *UNITS, about={"full": "120"})
        assert totals(scored(capfd))["乙"] == "90.00"

    @pytest.mark.parametrize(("combine", "expected"), [("mean", "93.00"), ("sum", "99.00")])
    def test_units_below(self, combine: str, expected: str, desk: Path, capfd: Capture) -> None:
        """Mean of 80 and 90, deduct 85 × 0.4 = 34 + 59; their sum is more than 100, so 40 + 59."""
        measure(desk, f"{{result: kid, points: total, within: 所属镇, combine: {combine}}}")
        put(
            desk,
            *(
                child(f"{at}村", total, 所属镇=town)
                for at, (total, town) in enumerate((("80", "甲"), ("90", "甲"), ("70", "乙")))
            ),
        )
        assert totals(scored(capfd))["甲"] == expected

    def test_other_names_of_a_roster(self, desk: Path, capfd: Capture) -> None:
        (desk / "r.csv").write_text("单位,所属镇,别名\n甲,东镇,甲支部\n乙,西镇,\n", "utf-8")
        put(desk, child("甲支部", "86.5"), child("乙 ", "90"))
        assert totals(scored(capfd, "--units", "r.csv")) == {"乙": "96.00", "甲": "93.60"}

    def test_results_alone_name_the_units(self, desk: Path, capfd: Capture) -> None:
        (desk / "e/表.csv").unlink()
        (desk / "p.yaml").write_text(PARENT.replace("  - {id: Y", "  # ").replace("total: 100", "total: 40"), "utf-8")
        assert totals(scored(capfd)) == {"乙": "36.00", "甲": "34.60"}

    def test_missing_is_inapplicable(self, desk: Path, capfd: Capture) -> None:
        """59 of the 60 that are left, rescaled to 100: 98.33."""
        measure(desk, "{result: kid, points: total, missing: 不适用}")
        put(desk, UNITS[1])
        assert totals(scored(capfd)) == {"甲": "98.33", "乙": "96.00"}
        put(desk, UNITS[1], excluded=[{"unit": "甲", "attributes": {}, "why": ["新设"]}])
        assert totals(scored(capfd))["甲"] == "98.33"


Change = Callable[[Path], None]


def _twice(desk: Path) -> None:
    put(desk, *UNITS)
    put(desk, UNITS[0], child("乙", "70"), file="kid2.json")


def _two(desk: Path) -> None:
    measure(desk, "{result: kid, points: total}\n  其他得分: {result: other, points: total}")
    (desk / "p.yaml").write_text(f"{(desk / 'p.yaml').read_text('utf-8')}tie_break: [{{measure: 其他得分}}]\n", "utf-8")


def _entered(desk: Path) -> None:
    (desk / "e/表.csv").write_text("单位,所属镇,差错数,党建得分\n甲,东镇,1,80\n乙,西镇,0,90\n", "utf-8")


def _broken(desk: Path) -> None:
    (desk / "e/kid.json").write_bytes(result_bytes(KID, UNITS)[:-40])


def _bounded(desk: Path) -> None:
    measure(desk, "{result: kid, points: total, min: 0, max: 88}")


def _node(desk: Path) -> None:
    measure(desk, "{result: kid, points: C}")
    put(desk, UNITS[0], {**UNITS[0], "unit": "乙"})


def _below(desk: Path) -> None:
    measure(desk, "{result: kid, points: total, within: 所属镇, combine: mean}")
    put(desk, child("一村", "80", 所属镇="甲"), excluded=[{"unit": "二村", "attributes": {"所属镇": "乙"}}])


def _rate(desk: Path) -> None:
    measure(desk, "{result: kid, points: rate}")
    (desk / "p.yaml").write_text((desk / "p.yaml").read_text("utf-8").replace("of: 100}", "of: 100%}"), "utf-8")
    put(desk, *UNITS, about={"full": None})


REFUSED: Mapping[str, tuple[Change, list[tuple[str, str]]]] = {
    "no result": (lambda desk: (desk / "e/kid.json").unlink(), [("E103", "表.csv")]),
    "one of two results": (_two, [("E103", "表.csv")]),
    "interim, through a day": (lambda desk: put(desk, *UNITS, through="2024-06-30"), [("E104", "kid.json")]),
    "interim, of rounds": (lambda desk: put(desk, *UNITS, rounds=["1月"]), [("E104", "kid.json")]),
    "provisional": (
        lambda desk: put(desk, UNITS[0], unscored=[{"unit": "乙", "attributes": {}, "problems": ["E021"]}]),
        [("E104", "kid.json")],
    ),
    "another period": (
        lambda desk: put(desk, *UNITS, about={"period": {"from": "2023-01-01", "to": "2023-12-31"}}),
        [("E104", "kid.json")],
    ),
    "a unit is missing": (lambda desk: put(desk, UNITS[1]), [("E105", "表.csv!A2")]),
    "a unit does not take part": (
        lambda desk: put(desk, UNITS[1], excluded=[{"unit": "甲", "attributes": {}}]),
        [("E105", "表.csv!A2")],
    ),
    "two results of one unit": (_twice, [("E106", "kid2.json!units/0")]),
    "out of bounds": (_bounded, [("E027", "kid.json!units/1/total")]),
    "no such node": (_node, [("E107", "kid.json")]),
    "entered as well": (_entered, [("E109", "表.csv!D1")]),
    "nobody below": (_below, [("N029", "kid.json!excluded/0"), ("E105", "表.csv!A3")]),
    "full marks unknown": (_rate, [("E081", "kid.json")]),
    "broken JSON": (
        _broken,
        [("E080", "kid.json")],
    ),
    "a key is missing": (lambda desk: put(desk, {"unit": "甲"}), [("E081", "kid.json")] * 4),
    "not a decimal": (lambda desk: put(desk, child("甲", "1e3")), [("E081", "kid.json")]),
    "a unit twice in one file": (lambda desk: put(desk, UNITS[0], UNITS[0]), [("E081", "kid.json")]),
    "a run with errors": (
        lambda desk: put(desk, diagnostics=[{"severity": "error"}]),
        [("E080", "kid.json")],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str, desk: Path, capfd: Capture) -> None:
    change, expected = REFUSED[name]
    change(desk)
    assert sorted(codes(capfd)) == sorted(expected)
    assert run(capfd, "score", "p.yaml", "e", "-q").code == 3
    with pytest.raises(InputError):
        read_evidence(load_rubric("p.yaml"), "e")


def test_a_result_that_is_no_json_at_all(desk: Path, capfd: Capture) -> None:
    (desk / "x.json").write_bytes(b"\xff\xfe no json")
    ran = run(capfd, "score", "p.yaml", "e/表.csv", "x.json", "-q")
    assert ran.code == 3
    assert "E080" in ran.err


def test_a_node_that_is_scored_in_rounds(desk: Path, capfd: Capture) -> None:
    _node(desk)
    rounds = {"1月": {"nodes": [node("C", 10)]}}
    put(desk, *({**unit, "rounds": rounds} for unit in UNITS))
    ran = run(capfd, "score", "p.yaml", "e", "-q")
    assert "（C）分轮次计分" in ran.err


def test_a_node_that_is_not_for_the_unit(desk: Path, capfd: Capture) -> None:
    measure(desk, "{result: kid, points: A}")
    put(desk, child("甲", "50", node("A", 0, applies=False)), child("乙", "50", node("A", 50)))
    assert codes(capfd) == [("E105", "表.csv!A2")]


def test_one_missing_unit_is_left_out_in_part(desk: Path, capfd: Capture) -> None:
    put(desk, UNITS[1])
    ran = run(capfd, "score", "p.yaml", "e", "--partial", "-q")
    assert ran.code == 1
    assert "96.00" in ran.out
    assert "未评：甲（有错误 E105）" in ran.out


def test_what_one_unit_lacks_is_one_finding(desk: Path, capfd: Capture) -> None:
    text = PARENT.replace("\ntotal:", "\n  党建类: {result: kid, points: A}\ntotal:").replace(
        "of: 100}]}", "of: 党建类}]}"
    )
    (desk / "p.yaml").write_text(text, "utf-8")
    put(desk, {**UNITS[0], "unit": "乙"})
    ran = run(capfd, "score", "p.yaml", "e")
    assert ran.err.count("E105") == 1
    assert "“党建得分、党建类”取不到甲的得分：结果里没有这个单位（kid.json）" in ran.err


def test_a_total_that_may_be_negative_is_counted_from_0(desk: Path, capfd: Capture) -> None:
    """50 points off for each of 甲's 0.5, at most 40: 15 and 59; nothing off for 乙's 0."""
    text = PARENT.replace("points: total}", "points: total, min: 0}").replace(
        "award: 40, ratio: 党建得分, of: 100", "deduct: 50, per: 党建得分"
    )
    (desk / "p.yaml").write_text(text, "utf-8")
    put(desk, child("甲", "0.5"), child("乙", "0"))
    assert totals(scored(capfd)) == {"甲": "74.00", "乙": "100.00"}


class TestTold:
    def test_units_of_others(self, desk: Path, capfd: Capture) -> None:
        put(desk, *UNITS, child("丙", "70"))
        assert codes(capfd) == [("N028", "kid.json")]

    def test_units_below_nobody(self, desk: Path, capfd: Capture) -> None:
        measure(desk, "{result: kid, points: total, within: 所属镇, combine: mean}")
        villages = (child(f"{town}村", "80", 所属镇=town) for town in ("甲", "乙", "丙"))
        put(desk, *villages, child("无主村", "80"))
        ran = run(capfd, "score", "p.yaml", "e")
        assert "N028" in ran.err
        assert "丙村、无主村" in ran.err

    @pytest.mark.parametrize("named", [["e"], ["e/表.csv", "e/kid.json", "e/other.json"]])
    def test_a_result_nobody_asks_for(self, named: list[str], desk: Path, capfd: Capture) -> None:
        (desk / "e/other.json").write_bytes(result_bytes("other", UNITS))
        ran = run(capfd, "score", "p.yaml", *named)
        assert ran.code == 0
        assert "e/other.json: N015" in ran.err
        assert "没有填报项读它" in ran.err

    def test_a_rubric_that_reads_no_result_passes_over_all(self, desk: Path, capfd: Capture) -> None:
        (desk / "p.yaml").write_text(PARENT.replace("result: kid, points: total", "hint: 党建"), "utf-8")
        ran = run(capfd, "score", "p.yaml", "e")
        assert "e/kid.json: N015" in ran.err
        assert "是本工具写的结果" in ran.err

    def test_a_large_file_is_refused_before_it_is_read(self, desk: Path, capfd: Capture) -> None:
        with (desk / "e/kid.json").open("ab") as file:
            file.truncate(MAX_RESULT + 1)
        ran = run(capfd, "score", "p.yaml", "e", "-q")
        assert (ran.code, "E080" in ran.err) == (3, True), ran.err


class TestFoundAgain:
    def test_lines_and_units(self, desk: Path, capfd: Capture) -> None:
        ran = run(capfd, "score", "p.yaml", "e", "--detail", "-q", COLUMNS="160")
        assert "kid.json!units/0/total" in ran.out
        assert "党建得分 86.5，取自细则 kid 的结果 kid.json：甲，总分 86.5（类A 26.5、类B 60）" in ran.out

    def test_json(self, desk: Path, capfd: Capture) -> None:
        document = scored(capfd)
        taken = next(unit for unit in document["units"] if unit["unit"] == "甲")["results"]
        assert [(one["measure"], one["rubric"], one["of"], one["value"]) for one in taken] == [
            ("党建得分", "kid", "total", "86.5")
        ]
        (source,) = taken[0]["from"]
        assert (source["file"], source["place"], source["unit"]) == ("kid.json", "units/0/total", "甲")
        assert [(one["id"], one["points"]) for one in source["sections"]] == [("A", "26.50"), ("B", "60.00")]
        assert [one["name"] for one in document["evidence"]] == ["kid.json", "表.csv"]

    def test_not_for_the_public(self, desk: Path, capfd: Capture) -> None:
        text = run(capfd, "score", "p.yaml", "e", "--format", "json", "--public", "-q").out
        assert "kid.json" not in text
        assert "results" not in json.loads(text)["units"][0]

    @pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension:UserWarning")
    def test_files(self, desk: Path, capfd: Capture) -> None:
        files = ["o.xlsx", "o.html", "o.md", "o.docx"]
        outputs = [word for file in files for word in ("-o", file)]
        assert run(capfd, "score", "p.yaml", "e", "-q", *outputs, "--audit", "a.xlsx").code == 0
        assert "取自细则 kid 的结果 kid.json：甲" in (desk / "o.html").read_text("utf-8")
        assert "取自细则 kid 的结果 kid.json：甲" in (desk / "o.md").read_text("utf-8")
        rows = [*openpyxl.load_workbook(desk / "o.xlsx")["取自结果"].values]
        assert ("甲", "党建得分", "86.5", "kid.json!units/0/total", "甲，总分 86.5（类A 26.5、类B 60）") in [
            tuple(cell for cell in row if cell is not None) for row in rows
        ]
        origins = [row for row in openpyxl.load_workbook(desk / "a.xlsx")["出处"].values if "党建得分" in row]
        told = {"kid.json!units/0/total", "甲，总分 86.5（类A 26.5、类B 60）"}
        assert any(told <= {*row} for row in origins)

    def test_explain(self, desk: Path, capfd: Capture) -> None:
        whole = run(capfd, "explain", "p.yaml", "--format", "md").out
        assert "- 党建得分：取自细则 kid 的结果，是本单位的总分" in whole
        story = run(capfd, "explain", "p.yaml", "e", "--unit", "甲", "--format", "md").out
        assert "取自细则 kid 的结果 kid.json：甲，总分 86.5" in story

    def test_a_pack_is_verified_with_the_result_in_it(self, desk: Path, capfd: Capture) -> None:
        assert run(capfd, "score", "p.yaml", "e", "-o", "o.zip", "-q").code == 0
        ran = run(capfd, "verify", "o.zip")
        assert ran.code == 0
        assert "各用自己的考核数据另行核对（dangjian verify）：kid.json" in ran.out
        assert run(capfd, "score", "p.yaml", "e", "-o", "o.json", "-q").code == 0
        put(desk, UNITS[1], child("甲", "86.51"), about={"period": YEAR})
        ran = run(capfd, "verify", "o.json", "p.yaml", "e")
        assert ran.code == 1
        assert "kid.json" in ran.out

    def test_the_result_is_not_written_over(self, desk: Path, capfd: Capture) -> None:
        before = (desk / "e/kid.json").read_bytes()
        for command in ("score", "whatif", "raters"):
            ran = run(capfd, command, "p.yaml", "e", "-o", "e/kid.json")
            assert (ran.code, "E041" in ran.err) == (3, True), command
        assert (desk / "e/kid.json").read_bytes() == before


def test_the_api_reads_the_same_files(desk: Path) -> None:
    rubric = load_rubric("p.yaml")
    done = score(rubric, read_evidence(rubric, "e/表.csv", Path("e/kid.json")))
    assert {row["unit"]: str(row["total"]) for row in done.rows()} == {"甲": "93.60", "乙": "96.00"}
    assert ("kid.json!units/0/total",) in [line["cells"] for line in done.lines()]


def test_templates_have_no_column_and_name_the_rubric(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "template", "p.yaml", "-o", "t.xlsx").code == 0
    book = openpyxl.load_workbook(desk / "t.xlsx")
    assert not any(cell == "党建得分" for row in book["汇总表"].values for cell in row)
    assert any("党建得分（细则 kid）" in str(cell) for row in book["填表说明"].values for cell in row)


def test_a_part_of_the_year_needs_no_result_yet(desk: Path, capfd: Capture) -> None:
    """The ratio is due at the end of the year; the counted mistakes are due at once."""
    put(desk, UNITS[0], through="2024-06-30")
    document = scored(capfd, "--through", "2024-06-30")
    (desk / "e/kid.json").unlink()
    assert scored(capfd, "--through", "2024-06-30")["units"] == document["units"]
    assert {unit["unit"]: (unit["total"], unit["due"]) for unit in document["units"]} == {
        "甲": ("59.00", "60.00"),
        "乙": ("60.00", "60.00"),
    }


def test_rounds_read_results_in_what_is_scored_once(desk: Path, capfd: Capture) -> None:
    """Half of (60 - 1) and half of (60 - 3) beside 86.5 × 0.4: 58 + 34.6."""
    text = PARENT.replace("sections:", "rounds: {上半年: 50%, 下半年: 50%}\nsections:")
    (desk / "p.yaml").write_text(text.replace("max: 40,", "max: 40, rounds: none,"), "utf-8")
    rows = "".join(
        f"{unit},{half},{town},{count}\n"
        for unit, town in (("甲", "东镇"), ("乙", "西镇"))
        for half, count in (("上半年", 1), ("下半年", 3))
    )
    (desk / "e/表.csv").write_text(f"单位,轮次,所属镇,差错数\n{rows}", "utf-8")
    assert totals(scored(capfd))["甲"] == "92.60"
