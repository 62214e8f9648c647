"""The regulation of 40 items, units for it, and engines beside ours that score it as one would write it by hand.

`python -m benchmarks.forty_items ENGINE UNITS.parquet OUTPUT.parquet` scores with one of them. All write the same
table as ours: unit, rank, total, grade, and points of items as DECIMAL(9, 2); `polars-int` leaves points in hundredths.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl

ITEMS: Final = 40
KINDS: Final = 5
NAMES: Final = tuple(f"I{at}" for at in range(ITEMS))
TIERS: Final = ((9000, 200), (8000, 150), (6000, 100))
"""Shares of 10,000 and what they give, in hundredths of a point."""
UNSCORED: Final = "unscored"
"""The engine that does not score."""
GRADES: Final = {"优秀": 8000, "良好": 6000, "一般": 0}


def rubric() -> str:
    """Write the regulation: five kinds of rules in turn."""
    rules = (
        "deduct: 0.5, per: 缺{}",
        "award: {{90%: 2, 80%: 1.5, 60%: 1}}, else: 0, at_least: 率{}",
        "award: 2, if: 有{}",
        "award: 2, ratio: 完成{0}, of: 任务{0}",
        "deduct: 1, per_missing: 次{}, of: 4",
    )
    items = [
        f"  - {{id: I{at}, title: 第{at}项, max: 2.5, rules: [{{{rules[at % KINDS].format(at)}}}]}}"
        for at in range(ITEMS)
    ]
    head = "dangjian: 1\nrubric: columns\ntitle: 测\nsubject: 党支部\nrounding: {places: 2, total: 2, mode: half_up}\n"
    return "\n".join([head + "sections:", *items, "grades: {优秀: 80, 良好: 60, 一般: 0}", ""])


def write_units(path: Path, units: int) -> None:
    """Write units with figures that follow from their number alone, as .parquet or .csv."""
    number = pl.int_range(units, dtype=pl.Int64)

    def drawn(at: int, below: int) -> pl.Expr:
        return ((number + at * 7919) * 2_654_435_761 % 4_294_967_291 // 64 % below).cast(pl.Int64)

    columns = [(pl.lit("第") + number.cast(pl.String) + pl.lit("支部")).alias("党支部")]
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                columns.append(drawn(at, 6).alias(f"缺{at}"))
            case 1:
                share = (drawn(at, 7001) + 3000).cast(pl.Decimal(18, 4)) / pl.lit(10_000).cast(pl.Decimal(18, 0))
                columns.append(share.cast(pl.Decimal(10, 4)).alias(f"率{at}"))
            case 2:
                columns.append((drawn(at, 10) < 9).alias(f"有{at}"))
            case 3:
                columns += [(drawn(at, 19) + 1).alias(f"任务{at}"), drawn(at + 100, 20).alias(f"完成{at}")]
            case _:
                columns.append(drawn(at, 6).alias(f"次{at}"))
    made = pl.select(columns).lazy()
    if path.suffix == ".csv":
        answers = pl.selectors.boolean().replace_strict({True: "是", False: "否"}, return_dtype=pl.String)
        made.with_columns(answers).sink_csv(path)
    else:
        made.sink_parquet(path)


def _in_polars(source: Path) -> pl.LazyFrame:
    points = []
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                made = (250 - 50 * pl.col(f"缺{at}")).clip(lower_bound=0)
            case 1:
                rate = pl.col(f"率{at}").to_physical().cast(pl.Int64)
                made = pl.lit(0, pl.Int64)
                for least, gives in reversed(TIERS):
                    made = pl.when(rate >= least).then(pl.lit(gives, pl.Int64)).otherwise(made)
            case 2:
                made = pl.col(f"有{at}").cast(pl.Int64) * 200
            case 3:
                task = pl.col(f"任务{at}")
                made = (400 * pl.min_horizontal(f"完成{at}", f"任务{at}") + task) // (2 * task)
            case _:
                made = (250 - 100 * (4 - pl.col(f"次{at}")).clip(lower_bound=0)).clip(lower_bound=0)
        points.append(made.alias(f"I{at}"))
    total = pl.sum_horizontal(NAMES).alias("total")
    grade = pl.when(pl.col("total") >= 8000).then(pl.lit("优秀")).when(pl.col("total") >= 6000).then(pl.lit("良好"))
    frame = pl.scan_parquet(source).select(pl.col("党支部").alias("unit"), *points).with_columns(total)
    ranked = frame.with_columns(
        pl.col("total").rank("min", descending=True).cast(pl.Int64).alias("rank"),
        grade.otherwise(pl.lit("一般")).alias("grade"),
    )
    return ranked.select("unit", "rank", "total", "grade", *NAMES)


def in_points(name: str) -> pl.Expr:
    """Return a column of hundredths as decimals."""
    return pl.col(name).cast(pl.Int128).reinterpret(dtype=pl.Decimal(9, 2))


def by_polars_int(source: Path, target: Path) -> None:
    """Score with Polars, as somebody would who writes it for this one regulation: in hundredths of a point."""
    _in_polars(source).sink_parquet(target)


def by_polars(source: Path, target: Path) -> None:
    """Score with Polars, and write points as decimals."""
    _in_polars(source).with_columns(map(in_points, ("total", *NAMES))).sink_parquet(target)


def by_nobody(source: Path, target: Path) -> None:
    """Read all columns and write a table of the same shape as we do, without scoring: we cannot be below that."""
    from dangjian_score.columnar.parts import written  # noqa: PLC0415  the others do without it

    kinds = (("缺", 0), ("有", 1), ("有", 0), ("完成", 0), ("次", 0))
    figures = [f"{kind}{at + ahead}" for at in range(ITEMS) for kind, ahead in (kinds[at % KINDS],)]
    points = [(pl.col(name).cast(pl.Int64) * 50).alias(item) for name, item in zip(figures, NAMES, strict=True)]
    rates, tasks = (pl.sum_horizontal(pl.selectors.starts_with(name)) for name in ("率", "任务"))
    frame = pl.scan_parquet(source).select(
        pl.col("党支部").alias("unit"),
        tasks.alias("rank"),
        rates.to_physical().cast(pl.Int64).alias("total"),
        pl.lit("一般").alias("grade"),
        *points,
    )
    written(frame.with_columns(map(in_points, ("total", *NAMES))), target, {})


def by_duckdb(source: Path, target: Path) -> None:
    """Score with one statement of DuckDB."""
    import duckdb  # noqa: PLC0415

    points = []
    for at in range(ITEMS):
        match at % KINDS:
            case 0:
                made = f"greatest(250 - 50 * 缺{at}, 0)"
            case 1:
                tiers = f"when 率{at} >= 0.9 then 200 when 率{at} >= 0.8 then 150 when 率{at} >= 0.6 then 100"
                made = f"case {tiers} else 0 end"
            case 2:
                made = f"case when 有{at} then 200 else 0 end"
            case 3:
                made = f"(400 * least(完成{at}, 任务{at}) + 任务{at}) // (2 * 任务{at})"
            case _:
                made = f"greatest(250 - 100 * greatest(4 - 次{at}, 0), 0)"
        points.append(f"{made} as I{at}")
    shown = ", ".join(f"cast({name}::smallint * 0.01 as decimal(9, 2)) as {name}" for name in NAMES)
    grade = "case when total >= 8000 then '优秀' when total >= 6000 then '良好' else '一般' end"
    items = f"select 党支部 as unit, {', '.join(points)} from '{source}'"  # noqa: S608  names of this module
    totals = f"select *, {' + '.join(NAMES)} as total from ({items})"  # noqa: S608
    ranked = f"select *, rank() over (order by total desc) as rank, {grade} as grade from ({totals})"  # noqa: S608
    of_total = "cast(total::smallint * 0.01 as decimal(9, 2)) as total"
    query = f"select unit, rank, {of_total}, grade, {shown} from ({ranked})"  # noqa: S608
    duckdb.sql("set threads = 2")
    duckdb.sql(f"copy ({query}) to '{target}' (format parquet)")


def by_zen(source: Path, target: Path) -> None:
    """Evaluate a JSON decision model of zen-engine for each unit."""
    import zen  # noqa: PLC0415

    decision = zen.ZenEngine().create_decision(json.dumps(_model()))
    rows = []
    for unit in _rows(source):
        number = {name: float(value) if isinstance(value, Decimal) else value for name, value in unit.items()}
        result = decision.evaluate({_latin(name): value for name, value in number.items()})["result"]
        rows.append((unit["党支部"], round(result["total"]), [round(result[name]) for name in NAMES]))
    _write(rows, target)


def _latin(name: str) -> str:
    """Spell a column as expressions of zen-engine can."""
    for spelled, word in {"党支部": "u", "缺": "q", "率": "r", "有": "y", "任务": "t", "完成": "d", "次": "c"}.items():
        name = name.replace(spelled, word)
    return name


def _model() -> dict[str, Any]:
    kinds = (
        "max([0, 250 - 50 * q{}])",
        "r{0} >= 0.9 ? 200 : r{0} >= 0.8 ? 150 : r{0} >= 0.6 ? 100 : 0",
        "y{} ? 200 : 0",
        "floor((400 * min([d{0}, t{0}]) + t{0}) / (2 * t{0}))",
        "max([0, 250 - 100 * max([0, 4 - c{}])])",
    )
    lines = [{"id": name, "key": name, "value": kinds[at % KINDS].format(at)} for at, name in enumerate(NAMES)]
    lines.append({"id": "total", "key": "total", "value": " + ".join(f"$.{name}" for name in NAMES)})
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "score", "type": "expressionNode", "name": "score", "content": {"expressions": lines}},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "score"},
            {"id": "2", "sourceId": "score", "targetId": "out"},
        ],
    }


def by_decimal(source: Path, target: Path) -> None:
    """Score unit by unit with decimals, as a script would."""
    cent, zero, full = Decimal("0.01"), Decimal(0), Decimal("2.5")
    kinds: tuple[Callable[[Mapping[str, Any], int], Decimal], ...] = (
        lambda unit, at: max(zero, full - Decimal("0.5") * unit[f"缺{at}"]),
        lambda unit, at: next(
            (Decimal(gives) / 100 for least, gives in TIERS if unit[f"率{at}"] * 10_000 >= least), zero
        ),
        lambda unit, at: Decimal(2) if unit[f"有{at}"] else zero,
        lambda unit, at: (2 * Decimal(min(unit[f"完成{at}"], unit[f"任务{at}"])) / unit[f"任务{at}"]).quantize(
            cent, ROUND_HALF_UP
        ),
        lambda unit, at: max(zero, full - max(0, 4 - unit[f"次{at}"])),
    )
    rows = []
    for unit in _rows(source):
        points = [kinds[at % KINDS](unit, at) for at in range(ITEMS)]
        rows.append((unit["党支部"], int(sum(points) * 100), [int(each * 100) for each in points]))
    _write(rows, target)


def _rows(source: Path) -> Iterable[Mapping[str, Any]]:
    return pl.read_parquet(source).iter_rows(named=True)


def _write(rows: list[tuple[str, int, list[int]]], target: Path) -> None:
    """Rank units by their totals and write the table; points are hundredths."""
    ranks: dict[int, int] = {}
    for at, (_, total, _) in enumerate(sorted(rows, key=lambda row: -row[1]), start=1):
        ranks.setdefault(total, at)
    grades = [next(name for name, least in GRADES.items() if total >= least) for _, total, _ in rows]
    columns: dict[str, list[Any]] = {
        "unit": [unit for unit, _, _ in rows],
        "rank": [ranks[total] for _, total, _ in rows],
        "total": [total for _, total, _ in rows],
        "grade": grades,
        **{name: [points[at] for _, _, points in rows] for at, name in enumerate(NAMES)},
    }
    pl.DataFrame(columns).with_columns(map(in_points, ("total", *NAMES))).write_parquet(target)


ENGINES: Final[Mapping[str, Callable[[Path, Path], None]]] = {
    "polars-int": by_polars_int,
    "polars": by_polars,
    UNSCORED: by_nobody,
    "duckdb": by_duckdb,
    "zen": by_zen,
    "decimal": by_decimal,
}

if __name__ == "__main__":
    ENGINES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
