"""The page docs/benchmarks.md with what `benchmarks.columns` measured, and the chart beside it."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from math import log
from pathlib import Path
from typing import Final

from benchmarks import chart
from benchmarks.columns import Measured, Run
from benchmarks.forty_items import UNSCORED

DOCS: Final = Path(__file__).parents[1] / "docs"
MOST_MEMORY: Final = 1.2 * 1024
"""Megabytes that columns are meant to need at the most."""
NAMES: Final[Mapping[str, str]] = {
    "columns": "本程序，按列",
    "exact": "本程序，逐单位",
    "polars": "手写 Polars",
    "polars-int": "手写 Polars，分数留作整数",
    UNSCORED: "只读写，不计分",
    "duckdb": "手写 DuckDB SQL",
    "zen": "zen-engine",
    "decimal": "Decimal 脚本",
    "read": "Polars 只读不算",
}
PACKAGES: Final = ("polars", "duckdb", "zen-engine")
SMALL: Final = 10
"""Seconds below which two decimals are shown."""
LARGE: Final = 100_000
"""Units from which growth is looked at: below, the start of the process is most of it."""

HEAD: Final = """# 计分有多快，和谁比

同一份细则、同样的单位，几种做法各算一遍，每个单位的总分和名次要完全相同，写出的表相同：单位、名次、总分、等次、每项得分
（`DECIMAL(9, 2)`）。没有一种做法的数是估的；没有量的空着。“只读写”的不计分，读写和本程序按列一样。

![处理器时间](benchmarks.svg)

"""
RERUN: Final = """
## 怎样重量

```text
pip install -r benchmarks/requirements.txt
python -m benchmarks.columns --write
```

同样的细则和数据现场生成，每次一样；大小、遍数的选项见 `python -m benchmarks.columns --help`。没有装的做法不量。
本程序算得对不对另有核对：`make proof`（两种计分方法对几千份细则逐格比较）。

## 怎样量的

- 每一遍是一个单独的进程，轮流跑，取中位数；时间含启动、导入、读写。处理器时间是用户加系统，内存是进程最多占过的。
- 别的做法下一个大小估计要超过 90 秒处理器时间的（可以换），不再量。
- 40 项轮流是五种规则：按次扣、按档、是否、按比例（四舍五入到分）、缺几次扣几分。手写的几种只会这一份细则，
  不核对数据，不留依据。
- 手写的台账只算数：不核对单位是否存在、日期是否在考核期、有没有重复的行；本程序都核对。
- 内存带宽：读进的列和写出的列在内存里的字节，除以墙上时间，再除以量得的带宽（全部核同时拷贝内存，读和写都计）。
"""


def write(measured: Measured) -> None:
    """Write the page and the chart."""
    (DOCS / "benchmarks.md").write_text(page(measured), "utf-8")
    (DOCS / "benchmarks.svg").write_bytes(chart.svg(measured.items, NAMES))


def page(measured: Measured) -> str:
    """Write what was measured as Markdown."""
    parts = [HEAD + _conditions(measured), "\n## 40 项，Parquet 到 Parquet\n\n", *_items(measured)]
    if measured.events:
        units = measured.events[0].units
        title = f"\n## 台账：{units:,} 个单位，{units * 10:,} 行\n\n"
        parts += [title, *_beside(measured.events, "polars")]
    parts.append("\n## .csv\n\n")
    if measured.csv:
        parts += [f"{measured.csv[0].units:,} 个单位 × 40 项，写出 .parquet：\n\n", *_beside(measured.csv, "read")]
    else:
        parts.append("没有量：按列计分还不读 .csv。\n")
    return "".join((*parts, "\n## 目标\n\n", *_aims(measured), *_out_of_reach(measured), RERUN))


def _conditions(measured: Measured) -> str:
    found = [f"{name} {installed}" for name in PACKAGES if (installed := _version(name))]
    python = f"Python {platform.python_version()}"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{platform.system()}，{platform.machine()}，{os.cpu_count()} 核，内存 {memory:.0f} GB"
    bandwidth = f"内存带宽 {measured.bandwidth / 1e9:.1f} GB/秒"
    times = f"每个数是 {measured.runs} 遍的中位数" if measured.runs > 1 else "每个数只量了一遍"
    busy = f"开始时机器平均负载 {measured.load:.1f}"
    return f"{machine}，{bandwidth}；{python}，{'，'.join(found)}。{times}，{busy}。\n"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _items(measured: Measured) -> Iterator[str]:
    sizes = sorted({run.units for run in measured.items})
    yield "处理器时间、墙上时间、最多占的内存：\n\n"
    yield _row("", *(f"{size:,}" for size in sizes)) + _row(*["---"] * (len(sizes) + 1))
    for engine, runs in _by_engine(measured.items).items():
        yield _row(NAMES[engine], *(_cell(runs.get(size)) for size in sizes))
    yield "\n和本程序按列比（本程序的处理器时间 ÷ 它的），单位多十倍时间多几次方，用到内存带宽的百分之几：\n\n"
    yield _row("", *(f"{size:,}" for size in sizes), "几次方", "带宽") + _row(*["---"] * (len(sizes) + 3))
    ours = _by_engine(measured.items)["columns"]
    for engine, runs in _by_engine(measured.items).items():
        ratios = [f"{ours[size].cost.cpu / runs[size].cost.cpu:.2f}" if size in runs else "" for size in sizes]
        growth, largest = _growth(runs), runs[max(runs)]
        share = largest.moved / largest.cost.wall / measured.bandwidth
        yield _row(NAMES[engine], *ratios, "" if growth is None else f"{growth:.2f}", f"{share:.1%}")
    yield f"\n几次方从最后两个大小算，小的一个至少 {LARGE:,} 个单位；带宽按量过的最大的一个。\n"


def _by_engine(runs: Sequence[Run]) -> dict[str, dict[int, Run]]:
    found: dict[str, dict[int, Run]] = {}
    for run in runs:
        found.setdefault(run.engine, {})[run.units] = run
    return found


def _growth(runs: Mapping[int, Run]) -> float | None:
    """Return the exponent of growth between the two largest sizes; None where these are small."""
    *_, smaller, larger = (0, 0, *sorted(runs))
    if smaller < LARGE:
        return None
    return log(runs[larger].cost.cpu / runs[smaller].cost.cpu) / log(larger / smaller)


def _beside(runs: Sequence[Run], other: str) -> Iterator[str]:
    yield _row("", "处理器时间，墙上时间，内存") + _row("---", "---")
    yield from (_row(NAMES[run.engine], _cell(run)) for run in runs)
    yield f"\n按列的处理器时间是“{NAMES[other]}”的 {_ratio(runs, other):.2f} 倍。\n"


def _ratio(runs: Sequence[Run], other: str) -> float:
    cpu = {run.engine: run.cost.cpu for run in runs}
    return cpu["columns"] / cpu[other]


def _aims(measured: Measured) -> Iterator[str]:
    """Say what columns are meant to reach, and whether they do."""
    largest = max(run.units for run in measured.items)
    at_largest = [run for run in measured.items if run.units == largest]
    there = {run.engine for run in at_largest}
    aims = [
        (f"{largest:,} 个单位，处理器时间不多于{NAMES[other]} 的 {most} 倍", _ratio(at_largest, other), most)
        for other, most in (("polars", 1.2), ("duckdb", 0.4))
        if other in there
    ]
    if measured.events:
        aims.append(("台账，处理器时间不多于手写 Polars 的 1.5 倍", _ratio(measured.events, "polars"), 1.5))
    if measured.csv:
        aims.append((".csv，处理器时间不多于 Polars 只读的 1.5 倍", _ratio(measured.csv, "read"), 1.5))
    growth = _growth(_by_engine(measured.items)["columns"])
    yield _row("目标", "量得", "") + _row(*["---"] * 3)
    for text, found, most in aims:
        yield _row(text, f"{found:.2f} 倍", "到了" if found <= most else "没有到")
    peak = next(run.cost.peak for run in at_largest if run.engine == "columns")
    yield _row(
        f"{largest:,} 个单位，内存不多于 1.2 GB", f"{peak / 1024:.1f} GB", "到了" if peak <= MOST_MEMORY else "没有到"
    )
    if growth is not None:
        yield _row("单位多十倍，时间不多于十倍", f"{10**growth:.1f} 倍", "到了" if growth <= 1 else "没有到")


def _out_of_reach(measured: Measured) -> Iterator[str]:
    """Say what keeps columns from what they are meant to reach."""
    largest = max(run.units for run in measured.items)
    cpu = {(run.engine, run.units): run.cost.cpu for run in measured.items}
    yield "\n"
    if ("duckdb", largest) in cpu:
        unscored, polars = (cpu[name, largest] / cpu["duckdb", largest] for name in (UNSCORED, "polars"))
        yield f"- 只读这些列、写这样的表，就用了手写 DuckDB SQL 的 {unscored:.2f} 倍；"
        yield f"什么也不核对的手写 Polars 用了 {polars:.2f} 倍。\n"
    for run in measured.csv:
        if run.engine == "read" and (ours := cpu.get(("columns", run.units))) is not None:
            yield f"- 同样的单位从 Parquet 计分，就用了 Polars 只读 .csv 的 {ours / run.cost.cpu:.2f} 倍。\n"


def _cell(run: Run | None) -> str:
    if run is None:
        return ""
    memory = f"{run.cost.peak / 1024:.1f} GB" if run.cost.peak >= 1024 else f"{run.cost.peak:.0f} MB"
    return f"{_seconds(run.cost.cpu)}，{_seconds(run.cost.wall)}，{memory}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} 秒" if seconds < SMALL else f"{seconds:.0f} 秒"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
