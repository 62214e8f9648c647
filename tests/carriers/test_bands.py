"""Quotas and selections of many units: settled by bands of merit, they are those of the exact engine unit by unit."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random

import polars as pl
import pytest

from dangjian_score.api.inputs import rubric_of
from dangjian_score.columnar import bands
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import CountedUnits, FinalGrades, Standing, select
from tests.carriers.engines import Agreed, held
from tests.sampling import runs, sampled
from tests.support import HEAD, facts, run

Capture = pytest.CaptureFixture[str]

SECTIONS = """attributes: [类别, 地区]
sections:
  - {id: A, title: 甲, max: 12, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, max: 6, rules: [{deduct: 0.5, per: 错}]}
"""
LIMITS = (
    "places: 2",
    "places: 7",
    "quota: 30%",
    "quota: 12.5%, quota_rounding: nearest",
    "quota: 20%, at_least_one: true",
)
CONDITIONS = ("造假", "{缺: {below: 5}}", "{错: {at_least: 2}}", "{points: A, at_least: 9}")
WITHIN = ("", "", ", within: 类别", ", within: 地区")


class Writer:
    """Writes what rubrics ask of units among each other, at random."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def text(self) -> str:
        """Write a rubric."""
        lines = [HEAD + SECTIONS.rstrip()]
        lines += self._some(0.6, f"groups: {self._rng.choice(('类别', '地区'))}")
        lines += self._some(0.5, "tie_break: [A, {measure: 序, lowest_first: true}]")
        lines += self._some(0.3, "excluded: [{title: 新成立, if: 新}]")
        lines += self._some(0.3, "unranked: [{title: 不定等次, if: {序: 3}}]")
        effect = self._rng.choice(("grade: 差", "grade_at_most: 良", "total: 9", "selections: true, total: 9"))
        lines += self._some(0.6, f"vetoes: [{{title: 有案, if: 有案, {effect}}}]")
        return "\n".join([*lines, self._grades(), self._selections(), ""])

    def _some(self, chance: float, line: str) -> list[str]:
        return [line] if self._rng.random() < chance else []

    def _limit(self) -> str:
        return self._rng.choice(LIMITS)

    def _condition(self) -> str:
        return f", if: {self._rng.choice(CONDITIONS)}" if self._rng.random() < 0.4 else ""

    def _grades(self) -> str:
        best = f"优: {{at_least: {self._rng.randint(10, 16)}, {self._limit()}{self._condition()}}}"
        good = f"良: {{at_least: {self._rng.randint(4, 9)}, {self._limit()}{self._condition()}}}"
        return f"grades: {{{best}, {good}, 中: {{at_least: 2, {self._limit()}}}, 差: 0}}"

    def _selections(self) -> str:
        within = self._rng.choice(WITHIN)
        kinds = [
            f"{{title: 先进, {self._limit()}{self._condition()}{within}}}",
            f"{{title: 先锋, at_least: {self._rng.randint(6, 14)}, {self._limit()}}}",
            f"{{title: 一等奖, places: 2{within}}}",
            f"{{title: 二等奖, places: 3{self._condition()}{within}}}",
            f"{{title: 奖励, grade_at_least: 良, {self._limit()}{within}}}",
            "{title: 表扬, grade_at_least: 良}",
            "{title: 约谈, below: 7}",
            f"{{title: 后进, lowest_first: true, {self._limit()}{within}}}",
        ]
        chosen = sorted(self._rng.sample(range(len(kinds)), self._rng.randint(1, 5)))
        return f"selections: [{', '.join(kinds[at] for at in chosen)}]"


def units_drawn(rng: Random, count: int) -> Evidence:
    """Draw units of which many are equal."""
    made = []
    for number in range(count):
        of = {"类别": rng.choice("甲乙丙"), "地区": rng.choice("东西")}
        figures = {name: Fraction(rng.randint(0, most)) for name, most in (("缺", 13), ("错", 12), ("序", 3))}
        flags = {name: rng.random() < 0.2 for name in ("造假", "新", "有案")}
        made.append(facts(f"第{number}支部", {**of, **figures, **flags}))
    return Evidence((), tuple(made), {})


@pytest.mark.parametrize("pieces", sampled([2, 3], 2))
def test_bands_give_what_units_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    monkeypatch.setattr(bands, "PIECES", pieces)
    for seed in range(runs(400, 30)):
        rng = Random(seed)  # noqa: S311  no secret hangs on it
        text = Writer(rng).text()
        found = held(rubric_of("r.yaml", text.encode()), units_drawn(rng, 70), tmp_path)
        assert isinstance(found, Agreed), text
        assert not found.wrong, (seed, text, found.wrong)


@pytest.mark.parametrize("seed", range(runs(60, 6)))
def test_what_is_told_of_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture, seed: int) -> None:
    """Who was chosen or passed over, and why, is what the exact engine tells, byte for byte."""
    monkeypatch.setattr(bands, "PIECES", 2)
    monkeypatch.chdir(tmp_path)
    rng = Random(1000 + seed)  # noqa: S311
    Path("r.yaml").write_text(Writer(rng).text(), "utf-8")
    units = units_drawn(rng, 60).units
    values = [{"党支部": unit.unit} | {name: fact.value for name, fact in unit.facts.items()} for unit in units]
    rows = [
        {name: int(value) if isinstance(value, Fraction) else value for name, value in row.items()} for row in values
    ]
    pl.DataFrame([row | dict(unit.attributes) for row, unit in zip(rows, units, strict=True)]).write_parquet(
        "u.parquet"
    )
    told = []
    for engine in ("columns", "exact"):
        ran = run(capfd, "score", "r.yaml", "u.parquet", "-o", "c.parquet", "--engine", engine, "--below", "100")
        assert ran.code == 0, ran.err
        told.append(ran.out)
    assert told[0] == told[1]


GROUPS = """attributes: [类别]
groups: 类别
sections: [{id: A, title: 甲, max: 10, rules: [{deduct: 1, per: 缺}]}]
vetoes: [{title: 有案, if: 有案}]
selections: [{title: 先进, places: 1}]
"""


def test_vetoes_are_told_down_to_the_last_that_is_chosen_in_any_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    """甲 has 5 points and is chosen in its group; of the barred ones in the other, 丁 has 6 and 戊 has 4."""
    monkeypatch.setattr(bands, "PIECES", 2)
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(HEAD + GROUPS, "utf-8")
    rows = {
        "党支部": list("甲乙丙丁戊"),
        "类别": list("一二二二二"),
        "缺": [5, 0, 1, 4, 6],
        "有案": [False] * 3 + [True] * 2,
    }
    pl.DataFrame(rows).write_parquet("u.parquet")
    for engine in ("columns", "exact"):
        ran = run(capfd, "score", "r.yaml", "u.parquet", "-o", "c.parquet", "--engine", engine, "--below", "100")
        (line,) = (line for line in ran.out.splitlines() if line.startswith("先进"))
        assert line.split() == ["先进", "乙、甲", "丁（一票否决：有案）"]


TWO_LINES = """sections: [{id: A, title: 甲, max: 100000, rules: [{deduct: 1, per: 缺}]}]
grades: {优: {at_least: 90000, quota: 30%}, 良: 0}
selections: [{title: 先进, quota: 5%}]
"""


def test_of_many_merits_few_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    """The lines fall behind the 3,000th and the 500th of 10,000 units, all of which differ."""
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(HEAD + TWO_LINES, "utf-8")
    pl.DataFrame({"党支部": [f"第{at}支部" for at in range(10_000)], "缺": range(10_000)}).write_parquet("u.parquet")
    seen = list[int]()

    def counting(program: Program, standings: Sequence[Standing], grades: FinalGrades, counted: CountedUnits) -> object:
        seen.append(len(standings))
        return select(program, standings, grades, counted)

    monkeypatch.setattr(bands, "select", counting)
    assert run(capfd, "score", "r.yaml", "u.parquet", "-o", "c.parquet", "--engine", "columns", "-q").code == 0
    found = pl.read_parquet("c.parquet")
    assert found.filter(pl.col("grade") == "优")["rank"].to_list() == [*range(1, 3001)]
    assert found.filter(pl.col("selections") == "先进")["rank"].to_list() == [*range(1, 501)]
    assert max(seen) < 200
