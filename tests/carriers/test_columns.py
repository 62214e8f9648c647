"""The columnar carrier comes to what is evaluated exactly: in every step, and in what is written from Parquet."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from dangjian_score.columnar import amounts as m
from dangjian_score.columnar import choices as c
from dangjian_score.columnar import events
from dangjian_score.columnar.again import Source
from dangjian_score.columnar.amounts import LARGEST, Amount, Column, Layers, UnfitError
from dangjian_score.columnar.odd import OddRowsError
from dangjian_score.columnar.parts import Here, Parts
from dangjian_score.columnar.registers import unit_key
from dangjian_score.columnar.rounding import rounded as rounded_columns
from dangjian_score.columnar.score import score
from dangjian_score.columnar.tables import UNIT, opened
from dangjian_score.core.points import Mode, rounded
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.evaluate import evaluate, ruled
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import compile_rubric
from dangjian_score.evidence.read import expectations
from tests.carriers.columns import agree, figures
from tests.carriers.programs import drawn, readied
from tests.report.audits import case_units, evidence_of
from tests.sampling import runs
from tests.shipped import NAMES
from tests.support import HEAD, rubric, run

Capture = pytest.CaptureFixture[str]
PROGRAMS, UNITS = runs(60, 30), 6


def test_random_programs_in_every_step() -> None:
    same = unfit = 0
    for seed in range(PROGRAMS):
        made = drawn(seed, UNITS)
        exact, units = [], []
        for unit in readied(made):
            try:
                exact.append(evaluate(made.program, unit[""].unit, unit).closed)
            except (KeyError, ZeroDivisionError, TypeError):
                continue
            units.append(unit)
        try:
            found = figures(made.program, units) if units else {}
        except UnfitError:
            unfit += 1
            continue
        for name in found.keys() & exact[0].keys() if exact else ():
            assert agree([done[name] for done in exact], found[name]), (seed, name)
            same += len(exact)
    assert same > PROGRAMS * 20
    assert unfit < PROGRAMS  # trees are given numbers of any size


@pytest.mark.parametrize("name", NAMES)
def test_shipped_rubrics_in_every_step(name: str) -> None:
    loaded, drawn_units = case_units(name)
    evidence = evidence_of(loaded, drawn_units)
    assert evidence is not None
    program = compile_rubric(loaded.rubric).with_rulings(ruled(evidence))
    cohort = prepare(program, evidence)
    units = [cohort.ready(at) for at in cohort.taking_part]
    exact = [evaluate(program, unit[program.passes[-1].key].unit, unit).closed for unit in units]
    try:
        found = figures(program, units)
    except UnfitError:
        assert name in ("sanxiang-ganbu", "sanxiang-zhibu")  # means of twelve months over figures of the unit
        return
    for step in found.keys() & exact[0].keys():
        assert agree([done[step] for done in exact], found[step]), step


@pytest.mark.parametrize("mode", ["half_up", "half_even", "up", "down"])
def test_rounding(mode: Mode) -> None:
    numbers = [*range(-40, 41)]
    frame = pl.LazyFrame({"a": numbers, "b": [abs(number) % 7 + 1 for number in numbers]})
    layers = Layers()
    over_8 = Amount(Column(pl.col("a")), -40, 40, 8)
    own = m.quotient(over_8, Amount(Column(pl.col("b")), 1, 7), layers)
    plain, divided = (rounded_columns(amount, 1, mode, layers) for amount in (over_8, own))
    made = layers.applied(frame).select("a", "b", plain=plain.column.expr, divided=divided.column.expr).collect()
    for number, whole, one, other in made.iter_rows():
        assert Fraction(one, plain.over) == rounded(Fraction(number, 8), 1, mode)
        assert Fraction(other, divided.over) == rounded(Fraction(number, 8 * whole), 1, mode)


@pytest.mark.parametrize("mode", ["half_up", "half_even", "up", "down"])
def test_sums_of_many_quotients_are_exact_or_in_doubt(mode: Mode) -> None:
    draw, count, terms = Random(7), 2000, 9  # noqa: S311
    parts = [[draw.randint(-60, 60) for _ in range(count)] for _ in range(terms)]
    wholes = [[draw.choice((1, 2, 3, 4, 7, 8, 12, 25, 997)) for _ in range(count)] for _ in range(terms)]
    columns = {f"a{at}": values for at, values in enumerate(parts)} | {f"b{at}": own for at, own in enumerate(wholes)}
    layers = Layers()
    quotients = [
        m.quotient(Amount(Column(pl.col(f"a{at}")), -60, 60), Amount(Column(pl.col(f"b{at}")), 1, 997), layers)
        for at in range(terms)
    ]
    total = m.added([m.constant(Fraction(1, 8)), *quotients], layers)
    assert total.width
    minus = m.product(m.constant(Fraction(-3, 2)), total)
    at_most = c.further(m.constant(20), total, layers, largest=False)
    limited = c.further(m.constant(2), at_most, layers, largest=True)
    made = [rounded_columns(amount, 1, mode, layers) for amount in (total, minus, limited)]
    tests = [
        c.compared(total, how, m.constant(value), layers).expr for how in ("at_least", "below") for value in (0, 3)
    ]
    frame = layers.applied(pl.LazyFrame(columns))
    shown = [amount.column.expr.alias(f"{at}") for at, amount in enumerate(made)]
    answers = [test.alias(f"t{at}") for at, test in enumerate(tests)]
    rows = frame.select(pl.any_horizontal(layers.doubts).alias("doubt"), *shown, *answers).collect().rows()
    doubtful = 0
    for at, (doubt, *found) in enumerate(rows):
        if doubt:
            doubtful += 1
            continue
        true = Fraction(1, 8) + sum(Fraction(part[at], whole[at]) for part, whole in zip(parts, wholes, strict=True))
        figures_ = (true, true * Fraction(-3, 2), max(Fraction(2), min(Fraction(20), true)))
        assert [Fraction(value, 10) for value in found[:3]] == [rounded(figure, 1, mode) for figure in figures_]
        assert found[3:] == [true >= 0, true >= 3, true < 0, true < 3]
    assert 0 < doubtful < (count if mode == "up" else count // 10)  # a limit is a boundary of rounding up


def test_what_does_not_fit_is_refused() -> None:
    large = Amount(Column(pl.col("a")), 0, LARGEST // 2)
    assert m.added([large, large], Layers()).most == LARGEST - 1
    with pytest.raises(UnfitError):
        m.added([large, large, large], Layers())
    with pytest.raises(UnfitError):
        m.product(large, large)
    with pytest.raises(UnfitError):
        rounded_columns(Amount(large.column, 0, LARGEST // 2, 3), 2, "half_up", Layers())
    with pytest.raises(UnfitError):
        m.constant(Fraction(1, 10**20))


RUBRIC = (
    HEAD
    + """period: 2025
rounding: {places: 2, total: 2, mode: half_up}
attributes: [类型]
measures: {会议: {register: true}, 处分: {levels: [警告, 撤职]}}
sections:
  - {id: A, title: 组织, max: 40, rules: [{deduct: 2, per_missing: 会议, of: 1, for_each: quarter}]}
  - {id: B, title: 参学, max: 20, rules: [{award: {90%: 20, 60%: 10}, at_least: 参学率}]}
  - {id: C, title: 完成, max: 40, rules: [{award: 40, ratio: 完成数, of: 任务数}]}
  - {id: D, title: 处分, kind: penalty, rules: [{deduct: {警告: 2, 撤职: 5}, by: 处分, highest_per: 案件}]}
  - {id: E, title: 次数, kind: penalty, rules: [{deduct: 1, per: 迟到, for_each: 人员, cap_each: 2}]}
grades: {优秀: {at_least: 80, quota: 40%}, 合格: 50, 不合格: 0}
vetoes: [{title: 造假, if: 造假, grade: 不合格}]
selections: [{title: 先进, at_least: 60, places: 2}]
tie_break: [{points: C}]
"""
)
MATRIX: dict[str, list[Any]] = {
    "党支部": ["甲支部", "乙支部", "丙支部", "丁支部", "戊支部"],
    "类型": ["机关", "机关", "企业", "企业", "企业"],
    "参学率": [Decimal("0.95"), Decimal("0.9"), Decimal("0.6"), Decimal("0.59"), Decimal(1)],
    "完成数": [3, 2, 5, 0, 9],
    "任务数": [3, 3, 4, 7, 9],
    "造假": [False, False, False, False, True],
}
EVENTS: dict[str, list[Any]] = {
    "党支部": ["甲支部"] * 5 + ["乙支部"] * 7,
    "事项": ["会议"] * 4 + ["处分", "会议", "会议", "处分", "处分", "迟到", "迟到", "迟到"],
    "日期": [
        *("2025-01-05", "2025-05-05", "2025-08-05", "2025-11-05", "2025-03-01"),
        *("2025-01-06", "2025-01-07", "2025-03-01", "2025-03-02", "2025-04-01", "2025-04-02", "2025-04-03"),
    ],
    "级别": [None] * 4 + ["警告", None, None, "警告", "撤职", None, None, None],
    "案件": [None] * 7 + ["王案", "王案", None, None, None],
    "人员": [None] * 9 + ["张", "张", "张"],
}
"""甲 meets every quarter and has a warning; 乙 meets twice in one, two cases of one, three times 张 of at most two."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text(RUBRIC, "utf-8")
    Path("e").mkdir()
    pl.DataFrame(MATRIX).write_parquet("e/单位.parquet")
    pl.DataFrame(EVENTS).with_columns(pl.col("日期").str.to_date()).write_parquet("e/台账.parquet")
    return tmp_path


def read(path: str) -> dict[str, dict[str, object]]:
    return {row["unit"]: row for row in pl.read_parquet(path).to_dicts()}


def test_both_engines_write_the_same(desk: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "按列计分" in ran.err) == (0, True)
    assert run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact", "-q").code == 0
    found = read("c.parquet")
    assert found == read("x.parquet")
    assert pl.read_parquet("c.parquet").schema == pl.read_parquet("x.parquet").schema
    # 甲: 40 + 20 + 40 - 2; 乙: 40 - 3 × 2 + 20 + 26.67 - 5 - 2; 戊: 40 - 8 + 20 + 40, vetoed
    totals = {unit: str(row["total"]) for unit, row in found.items()}
    assert totals == {"甲支部": "98.00", "乙支部": "73.67", "丙支部": "82.00", "丁支部": "32.00", "戊支部": "92.00"}
    assert {unit: row["grade"] for unit, row in found.items()}["戊支部"] == "不合格"
    assert run(capfd, "score", "r.yaml", "e", "-o", "d.parquet", "-q").code == 0
    assert Path("c.parquet").read_bytes() == Path("d.parquet").read_bytes()


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"党支部": pl.col("党支部").cast(pl.Categorical)}, "党支部"),
        ({"党支部": pl.lit(7)}, "党支部"),
        ({"党支部": pl.lit(None)}, "党支部"),
        ({"事项": pl.lit(7)}, "事项"),
    ],
)
def test_registers_whose_names_are_no_texts(desk: Path, capfd: Capture, change: dict[str, pl.Expr], about: str) -> None:
    pl.read_parquet("e/台账.parquet").with_columns(**change).write_parquet("e/台账.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    assert (ran.code, f"这一列的类型或写法按列读不了（{about}）" in ran.err) == (2, True), ran.err
    assert run(capfd, "score", "r.yaml", "e", "-o", "c.parquet").code in (0, 3)


def test_a_register_without_the_column_that_its_events_are_grouped_by(desk: Path, capfd: Capture) -> None:
    more = "  - {id: Z, title: 旷课, kind: penalty, rules: [{deduct: 1, per: 旷课, for_each: 地点, cap_each: 1}]}\n"
    text = Path("r.yaml").read_text("utf-8")
    Path("r.yaml").write_text(text.replace("sections:\n", f"sections:\n{more}", 1), "utf-8")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    assert (ran.code, "地点" in ran.err) == (2, True), ran.err


def test_tables_without_a_unit(desk: Path, capfd: Capture) -> None:
    for path in Path("e").iterdir():
        pl.read_parquet(path).clear().write_parquet(path)
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "E036" in ran.err) == (3, True), ran.err


def test_rows_are_grouped_by_names_where_two_have_the_same_hash(
    desk: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart, alike = (Parts((pl.LazyFrame({UNIT: names}),), Here()) for names in (["甲", "乙"], ["甲", "乙", "甲"]))
    assert [unit_key(units).meta.eq(pl.col(UNIT)) for units in (apart, alike)] == [False, True]
    assert run(capfd, "score", "r.yaml", "e", "-o", "hashes.parquet", "-q").code == 0
    monkeypatch.setattr(events, "unit_key", lambda _: pl.col(UNIT))
    assert run(capfd, "score", "r.yaml", "e", "-o", "names.parquet", "-q").code == 0
    assert Path("names.parquet").read_bytes() == Path("hashes.parquet").read_bytes()


UNROUNDED = (
    HEAD
    + "rounding: {total: 1, mode: half_up}\nsections:\n"
    + "".join(
        f"  - {{id: I{at}, title: 项{at}, max: 10.05, rules: [{{award: 10.05, ratio: 完成{at}, of: 任务{at}}}]}}\n"
        for at in range(9)
    )
    + "  - {id: Z, title: 名次, max: 10, rules: [{award: {1: 10, 3: 5}, else: 0, rank: 完成0}]}\n"
    + "grades: {优秀: 60, 合格: 0}\ntie_break: [{measure: 任务0}]\n"
)


def near_units() -> tuple[list[str], pl.DataFrame]:
    """Return the names of 300 units, and their figures: nine shares of the first 20 add up to just 10.05."""
    draw, names = Random(11), [f"第{at}支部" for at in range(300)]  # noqa: S311
    rows = [(whole, draw.randint(0, whole)) for whole in draw.choices((3, 6, 7, 13, 40, 997), k=9 * len(names))]
    units = [rows[at * 9 : at * 9 + 9] for at in range(len(names))]
    for unit in units[:20]:
        cuts = sorted(draw.sample(range(1, 997), 8))
        unit[:] = [(997, end - start) for start, end in zip([0, *cuts], [*cuts, 997], strict=True)]
    columns: dict[str, list[Any]] = {"党支部": names}
    for at in range(9):
        columns[f"任务{at}"], columns[f"完成{at}"] = ([unit[at][place] for unit in units] for place in (0, 1))
    return names, pl.DataFrame(columns)


def test_units_near_a_boundary_are_scored_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    """Nine quotients are too many for exact columns; nine shares of 997 that add up to 997 come to 10.05, so 10.1."""
    monkeypatch.chdir(tmp_path)
    names, units = near_units()
    units.write_parquet("e.parquet")
    Path("r.yaml").write_text(UNROUNDED, "utf-8")
    ran = run(capfd, "score", "r.yaml", "e.parquet", "-o", "c.parquet", "--engine", "columns", "--unit", names[3])
    exactly = run(capfd, "score", "r.yaml", "e.parquet", "-o", "x.parquet", "--engine", "exact", "--unit", names[3])
    assert ran.code == exactly.code == 0
    assert ran.out == exactly.out
    assert read("c.parquet") == read("x.parquet")
    assert "20 个单位有分数正在取舍的界线上" in ran.err
    assert {row["total"] for name, row in read("c.parquet").items() if name in names[:20]} <= {
        Decimal("10.1"),
        Decimal("15.1"),
        Decimal("20.1"),
    }


def test_names_that_only_look_odd_stay_on_columns(desk: Path, capfd: Capture) -> None:
    names = ["甲支部", "乙支部", "中共某县机关支部", "无锡路（筹）支部", "A座3号支部"]
    pl.DataFrame({**MATRIX, "党支部": names}).write_parquet("e/单位.parquet")
    assert run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns").code == 0
    assert [*read("c.parquet")] == names


def test_the_public_sees_no_vetoes_by_name(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", "r.yaml", "e", "-o", "p.parquet", "--public", "-q").code == 0
    assert {row["vetoes"] for row in read("p.parquet").values()} == {"", "一票否决"}


def test_a_result_among_the_evidence_is_passed_over(desk: Path, capfd: Capture) -> None:
    assert run(capfd, "score", "r.yaml", "e", "-o", "e/结果.parquet", "-q").code == 0
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "exact")
    assert (ran.code, "e/结果.parquet" in ran.err) == (0, True)


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("完成数", [3, None, 5, 0, 9], "单位.parquet!D3: E021 错误: “乙支部”缺“完成数”的值"),
        ("任务数", [3, 3, 0, 7, 9], "单位.parquet!E4: E031"),
        ("参学率", [0.95, 0.9, 0.6, 1.59, 1.0], "E034"),
        ("党支部", ["甲支部", "乙支部", "丙支部", "丁支部", "丁支部"], "单位.parquet!A6: E023"),
        ("造假", ["是", "否", "也许", "否", "是"], "单位.parquet!F4: E022"),
        ("党支部", ["甲支部", "乙支部", "丙支部", "丁支部", "合计"], "单位.parquet!A6: E088"),
        ("党支部", ["甲支部", "丑支部", "丙支部", "丁支部", "戊支部"], "台账.parquet!A7: E043"),
        ("党支部", ["甲支部", "乙支部", "丙支部(筹)", "丁支部", "丙支部（筹）"], "单位.parquet!A6: E029"),
        ("党支部", ["甲支部", "乙支部", "丁 支部", "丁支部", "戊支部"], "单位.parquet!A5: E029"),
    ],
)
def test_rows_with_errors_are_told_as_ever(
    desk: Path, capfd: Capture, column: str, values: list[Any], told: str
) -> None:
    pl.DataFrame({**MATRIX, column: values}).write_parquet("e/单位.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, Path("c.parquet").exists()) == (3, False)
    assert told in ran.err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"日期": ["2024-01-05", *EVENTS["日期"][1:]]}, "台账.parquet!C2: E045"),
        ({"事项": ["开会", *EVENTS["事项"][1:]]}, "台账.parquet!B2: E074"),
        ({"级别": [None] * 4 + ["开除", *EVENTS["级别"][5:]]}, "台账.parquet!D6: E022"),
        ({"日期": [EVENTS["日期"][1], *EVENTS["日期"][1:]]}, "台账.parquet!A3: E046"),
        ({"人员": [None] * 10 + ["张", "张"]}, "台账.parquet!"),
    ],
)
def test_rows_of_registers_with_errors(desk: Path, capfd: Capture, change: dict[str, list[Any]], told: str) -> None:
    rows = pl.DataFrame({**EVENTS, **change}).with_columns(pl.col("日期").str.to_date())
    rows.write_parquet("e/台账.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, told in ran.err) == (3, True)


def test_a_column_that_is_missing_is_told_as_ever(desk: Path, capfd: Capture) -> None:
    pl.DataFrame(MATRIX).drop("任务数").write_parquet("e/单位.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "E025 错误: 所有考核数据表里都找不到“任务数”" in ran.err) == (3, True), ran.err


def test_many_rows_with_errors_are_counted(desk: Path, capfd: Capture) -> None:
    many: dict[str, list[Any]] = {name: values * 40 for name, values in MATRIX.items()}
    many["党支部"] = [f"第{at}支部" for at in range(200)]
    many["完成数"] = [None] * 200
    pl.DataFrame(many, schema_overrides={"完成数": pl.Int64}).write_parquet("e/单位.parquet")
    Path("e/台账.parquet").unlink()
    Path("r.yaml").write_text(
        HEAD + "sections: [{id: A, title: 完成, max: 9, rules: [{deduct: 1, per: 完成数}]}]\n", "utf-8"
    )
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, "有 200 行要改，下面是前 100 行里的" in ran.err) == (3, True)


def test_what_columns_cannot_hold_is_scored_exactly(desk: Path, capfd: Capture) -> None:
    ruling = {"党支部": ["丁支部"], "指标": ["B"], "调整分": [3], "理由": ["复核"], "批准人": ["考核组"]}
    pl.DataFrame(ruling).write_parquet("e/核定调整.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    why = "有核定调整、审定等次的表，或用不上的轮次（核定调整.parquet）"
    assert (ran.code, f"不能按列计分：{why}；改为逐单位计分" in ran.err) == (0, True)
    assert str(read("c.parquet")["丁支部"]["B"]) == "3.00"
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    assert (ran.code, "不能按列计分" in ran.err) == (2, True)


VOTED = (
    HEAD
    + """rounding: {places: 2, total: 2, mode: half_up}
sections:
  - {id: A, title: 测评, max: 40, rules: [{award: {好: 40, 一般: 20, 差: 0}, votes: 民主测评}]}
  - {id: B, title: 完成, max: 60, rules: [{deduct: 1, per: 缺}]}
"""
)
BALLOTS = {
    "党支部": ["甲支部", "乙支部", "甲支部"],
    "测评项": ["民主测评"] * 3,
    "好": [5, 2, 1],
    "一般": [1, 3, 0],
    "差": [0, 2, 1],
    "收回票数": [6, 7, 2],
}


def test_votes_are_added_up(desk: Path, capfd: Capture) -> None:
    Path("r.yaml").write_text(VOTED, "utf-8")
    for path in Path("e").iterdir():
        path.unlink()
    pl.DataFrame({"党支部": ["甲支部", "乙支部"], "缺": [1, 0]}).write_parquet("e/单位.parquet")
    pl.DataFrame(BALLOTS).write_parquet("e/测评票.parquet")
    assert run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns").code == 0
    # 甲: (6 × 40 + 1 × 20) ÷ 8 = 32.5, 乙: (2 × 40 + 3 × 20) ÷ 7 = 20
    assert {unit: str(row["A"]) for unit, row in read("c.parquet").items()} == {"甲支部": "32.50", "乙支部": "20.00"}
    for wrong, told in (({"收回票数": [6, 8, 2]}, "F3: E"), ({"党支部": ["甲支部", "丑支部", "甲支部"]}, "A3: E043")):
        pl.DataFrame({**BALLOTS, **wrong}).write_parquet("e/测评票.parquet")
        ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
        assert (ran.code, f"测评票.parquet!{told}" in ran.err) == (3, True), ran.err


def test_columns_are_asked_for_alone(desk: Path, capfd: Capture) -> None:
    for more in (["-o", "c.html"], ["-o", "c.parquet", "--detail"], []):
        ran = run(capfd, "score", "r.yaml", "e", "--engine", "columns", *more)
        assert (ran.code, "--engine columns 只读 .parquet" in ran.err) == (2, True)
    assert run(capfd, "score", "r.yaml", "e", "--engine", "fast").code == 2


def test_rows_that_may_be_wrong_are_named(desk: Path) -> None:
    pl.DataFrame({**MATRIX, "完成数": [3, None, 5, None, 9]}).write_parquet("e/单位.parquet")

    loaded = rubric(RUBRIC, head="")
    program = compile_rubric(loaded.rubric)
    known = catalogue(program)
    expected = expectations(loaded.rubric, known)
    found = opened({path.name: path for path in Path("e").iterdir()}, expected)
    with pytest.raises(OddRowsError) as raised:
        score(Source(program, known, expected, found), Path("out.parquet"))
    assert (raised.value.rows, raised.value.count) == ({"单位.parquet": [3, 5]}, 2)


ROUNDS = (
    HEAD
    + """rounds: {上半年: 40%, 下半年: 60%}
attributes: [类型]
rounding: {places: 2, total: 2, mode: half_up}
sections:
  - {id: A, title: 会议, max: 60, rules: [{deduct: 1, per: 缺}, {deduct: 5, unless: 有计划}]}
  - {id: B, title: 完成, max: 40, rules: [{award: 40, ratio: 完成数, of: 任务数}]}
  - {id: C, title: 加分, kind: bonus, rounds: none, max: 5, rules: [{award: 1, per: 奖}]}
grades: {优秀: 90, 合格: 0}
vetoes: [{title: 缺得太多, if: {缺: {at_least: 30}}, grade: 合格}]
"""
)
OF_ROUNDS: dict[str, list[Any]] = {
    "党支部": ["甲支部", "甲支部", "甲支部", "乙支部", "乙支部", "乙支部"],
    "轮次": ["上半年", "下半年", None, None, "下半年", "上半年"],
    "类型": ["机关", None, "机关", "企业", "企业", "企业"],
    "缺": [1, 2, None, None, 20, 10],
    "有计划": [True, False, None, None, True, True],
    "完成数": [1, 2, None, None, 3, 0],
    "任务数": [3, 2, None, None, 3, 7],
    "奖": [None, None, 2, 7, None, None],
}


@pytest.fixture
def rounds(desk: Path) -> Path:
    Path("r.yaml").write_text(ROUNDS, "utf-8")
    Path("e/台账.parquet").unlink()
    pl.DataFrame(OF_ROUNDS).write_parquet("e/单位.parquet")
    return desk


def test_rounds(rounds: Path, capfd: Capture) -> None:
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet", "--engine", "columns")
    assert ran.code == 0, ran.err
    assert run(capfd, "score", "r.yaml", "e", "-o", "x.parquet", "--engine", "exact", "-q").code == 0
    found = read("c.parquet")
    assert found == read("x.parquet")
    # 甲: 0.4 × (59 + 13.33) + 0.6 × (53 + 40) + 2 = 86.73; 乙: 0.4 × 50 + 0.6 × (40 + 40) + 5, 30 missing in all
    assert {unit: str(row["total"]) for unit, row in found.items()} == {"甲支部": "86.73", "乙支部": "73.00"}
    assert [found["乙支部"][name] for name in ("vetoes", "上半年 A", "下半年 B", "C")] == [
        "缺得太多",
        Decimal("50.00"),
        Decimal("40.00"),
        Decimal("5.00"),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"轮次": ["上半年", "上半年", None, None, "下半年", "上半年"]}, "单位.parquet!A3: E023"),
        ({"轮次": ["上半年", "全年", None, None, "下半年", "上半年"]}, "单位.parquet!B3: E"),
        ({"轮次": ["上半年", None, None, None, "下半年", "上半年"]}, "单位.parquet!A"),
        ({"类型": ["机关", "企业", "机关", "企业", "企业", "企业"]}, "单位.parquet!C3: E026"),
        ({"缺": [1, None, None, None, 20, 10]}, "单位.parquet!D3: E021"),
        ({"任务数": [3, 0, None, None, 3, 7]}, "单位.parquet!G3: E031"),
    ],
)
def test_rows_of_rounds_with_errors(rounds: Path, capfd: Capture, change: dict[str, list[Any]], told: str) -> None:
    pl.DataFrame({**OF_ROUNDS, **change}).write_parquet("e/单位.parquet")
    ran = run(capfd, "score", "r.yaml", "e", "-o", "c.parquet")
    assert (ran.code, told in ran.err) == (3, True), ran.err
    assert "不能按列计分" not in ran.err
