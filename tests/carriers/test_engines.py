"""Both engines over the same Parquet files: shipped rubrics, random assessments, and what once differed."""

from collections import Counter
from pathlib import Path
from random import Random

import polars as pl
import pytest
from msgspec.structs import replace

from dangjian_score.api.inputs import rubric_of
from tests.carriers.engines import Agreed, held_without_errors
from tests.carriers.handed import FITTING, handed
from tests.carriers.whole_units import drawn
from tests.report.audits import Drawer, evidence_of
from tests.sampling import WHOLE, runs, sampled
from tests.shipped import NAMES
from tests.support import HEAD, ROOT, run

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", sampled(FITTING, 3, 1))
def test_units_drawn_for_shipped_rubrics(tmp_path: Path, name: str) -> None:
    drawer = Drawer(name, Random(name))  # noqa: S311
    evidence = evidence_of(drawer.loaded, drawer.evidence(runs(60, 20)))
    assert evidence is not None
    plain = (replace(unit, rulings=()) for unit in evidence.units if not unit.inapplicable)
    evidence = replace(evidence, units=tuple(plain))
    rubric = rubric_of(f"{name}.yaml", (ROOT / "rubrics" / f"{name}.yaml").read_bytes())
    found, faults = held_without_errors(rubric, evidence, tmp_path)
    assert isinstance(found, Agreed)
    assert (found.wrong, faults) == ((), [])


def test_cases_worked_out_by_hand(tmp_path: Path) -> None:
    came_to = Counter[str]()
    for each in handed() if WHOLE else sampled(handed(NAMES[::4]), 2):
        if not each.beyond:
            found, faults = held_without_errors(each.rubric, each.evidence, tmp_path)
            assert all(fault.noticed for fault in faults), each.name
            assert not isinstance(found, Agreed) or not found.wrong, (each.name, found)
            came_to[type(found).__name__] += 1
    assert came_to["Agreed"] > came_to.total() * 2 // 3


def test_random_assessments(tmp_path: Path) -> None:
    came_to, cells = Counter[str](), 0
    for seed in range(runs(100, 24)):  # `make proof` draws thousands
        made = drawn(seed, 12)
        found, faults = held_without_errors(made.rubric, made.evidence, tmp_path)
        assert all(fault.noticed for fault in faults), seed
        came_to[type(found).__name__] += 1
        if isinstance(found, Agreed):
            assert not found.wrong, seed
            cells += found.cells
    assert came_to["Agreed"] > came_to.total() * 6 // 10
    assert cells > came_to.total() * 50


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("e").mkdir()
    return tmp_path


def both(capfd: Capture, text: str) -> dict[str, dict[str, object]]:
    """Score `e` on columns and unit by unit, which must be the same; give that by unit."""
    Path("r.yaml").write_text(HEAD + text, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns", "-q")
    assert ran.code == 0, ran.err
    assert run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact", "-q").code == 0
    ours, exact = (
        {row["unit"]: row for row in pl.read_parquet(path).to_dicts()} for path in ("c.parquet", "x.parquet")
    )
    assert ours == exact
    return ours


def test_a_blank_beside_rounds_leaves_what_they_come_to(desk: Path, capfd: Capture) -> None:
    rows = {"党支部": ["甲支部"] * 3, "轮次": [None, "上半年", "下半年"], "次数": [None, 2, None], "缺": [None, 1, 1]}
    pl.DataFrame(rows).write_parquet("e/单位.parquet")
    found = both(
        capfd,
        """rounds: {上半年: 50%, 下半年: 50%}
measures: {次数: {blank: 0}}
sections:
  - {id: A, title: 缺, max: 10, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 次数, kind: bonus, rules: [{award: 1, per: 次数}]}
""",
    )
    assert str(found["甲支部"]["B"]) == "2.00"  # 2 + 0, and not the 0 of the blank without a round


def test_a_divisor_of_0_where_nothing_is_divided(desk: Path, capfd: Capture) -> None:
    pl.DataFrame({"党支部": ["甲支部", "乙支部"], "完成": [3, 0], "任务": [4, 0]}).write_parquet("e/单位.parquet")
    rule = "{award: 8, ratio: 完成, of: 任务, unless: {任务: 0}}"
    found = both(capfd, f"sections: [{{id: A, title: 完成, max: 8, rules: [{rule}]}}]\n")
    assert {unit: str(row["A"]) for unit, row in found.items()} == {"甲支部": "6.00", "乙支部": "0.00"}


def test_events_that_units_share(desk: Path, capfd: Capture) -> None:
    pl.DataFrame({"党支部": ["甲支部", "乙支部"], "缺": [0, 0]}).write_parquet("e/单位.parquet")
    rows = {
        "党支部": ["甲支部", "乙支部", "乙支部"],
        "事项": ["事故"] * 3,
        "责任单位数": [3, 3, 2],
        "数量": [None, 2, None],
    }
    pl.DataFrame(rows).write_parquet("e/台账.parquet")
    found = both(
        capfd,
        """sections:
  - {id: A, title: 事故, max: 10, rules: [{deduct: 4, per: 事故, divided_by: 责任单位数}]}
  - {id: B, title: 缺, max: 10, rules: [{deduct: 1, per: 缺}]}
""",
    )
    # 10 - 4/3, 10 - 2 × 4/3 - 4/2
    assert {unit: str(row["A"]) for unit, row in found.items()} == {"甲支部": "8.67", "乙支部": "5.33"}


def test_what_a_unit_lacks_is_told_beside_its_ballots(desk: Path, capfd: Capture) -> None:
    pl.DataFrame({"党支部": ["甲支部", "乙支部"], "缺": [1, None]}).write_parquet("e/单位.parquet")
    ballots = {"党支部": ["甲支部", "乙支部"], "测评项": ["测评"] * 2, "好": [1, 2], "差": [1, 0]}
    pl.DataFrame(ballots).write_parquet("e/测评票.parquet")
    rules = "[{award: {好: 10, 差: 0}, votes: 测评}, {deduct: 1, per: 缺}]"
    Path("r.yaml").write_text(
        HEAD + f"sections: [{{id: A, title: 测评, max: 10, start: 0, rules: {rules}}}]\n", "utf-8"
    )
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "单位.parquet!B3: E021" in ran.err, ran.err.count("E0")) == (3, True, 1)
