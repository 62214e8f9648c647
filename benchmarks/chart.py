"""A chart of CPU seconds by units, both logarithmic, each engine labelled beside its last point."""

import warnings
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from benchmarks.columns import Run

OURS: Final = ("columns", "exact")
COLOURS: Final[Mapping[str, str]] = {
    "columns": "#c8102e",
    "exact": "#e58a96",
    "polars": "#1f6f8b",
    "polars-int": "#7fb3c6",
    "duckdb": "#b07d12",
    "zen": "#6a4c93",
    "decimal": "#4f7942",
}
INK: Final = "#333333"
GAP: Final = 0.052
"""The least distance between two labels, as a share of the height."""


def svg(runs: Sequence[Run], names: Mapping[str, str]) -> bytes:
    """Draw the chart, the same bytes each time; text stays text, so that no font is needed."""
    import matplotlib as mpl  # noqa: PLC0415  it is wanted for the chart alone

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "dangjian-score", "font.family": "sans-serif"}):
        figure, axes = plt.subplots(figsize=(9, 5.4))
        ends = {engine: _line(axes, engine, runs) for engine in dict.fromkeys(run.engine for run in runs)}
        sizes = sorted({run.units for run in runs})
        _style(axes, sizes)
        last = {engine: end[1] for engine, end in ends.items() if end[0] == sizes[-1]}
        heights = _apart(axes, last)
        for engine, end in ends.items():
            _label(axes, end, heights.get(engine), names[engine], engine)
        figure.subplots_adjust(left=0.085, right=0.765, top=0.9, bottom=0.12)
        made = BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # whoever shows the text has the font
            figure.savefig(made, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    return made.getvalue()


def _line(axes: Any, engine: str, runs: Sequence[Run]) -> tuple[float, float]:
    points = sorted((run.units, run.cost.cpu) for run in runs if run.engine == engine)
    wide = engine in OURS
    axes.plot(
        *zip(*points, strict=True),
        color=COLOURS[engine],
        linewidth=2.6 if wide else 1.5,
        marker="o",
        markersize=5.5 if wide else 4,
        zorder=3 if wide else 2,
    )
    return points[-1]


def _style(axes: Any, sizes: Sequence[int]) -> None:
    axes.set(xscale="log", yscale="log")
    axes.set_xticks(sizes, [_units(size) for size in sizes])
    axes.minorticks_off()
    ticks = [
        tick for tick in (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000) if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]
    ]
    axes.set_yticks(ticks, [f"{tick:g} 秒" for tick in ticks])
    axes.grid(visible=True, axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.tick_params(colors=INK, length=0, labelsize=11)
    axes.set_xlabel("单位", color=INK, fontsize=11)
    axes.set_title("40 项，从 Parquet 到 Parquet 的处理器时间（含启动）", loc="left", color=INK, fontsize=13, pad=14)


def _units(size: int) -> str:
    return f"{size / 10_000:g} 万" if size >= 10_000 else f"{size:,}"


def _apart(axes: Any, heights: Mapping[str, float]) -> dict[str, float]:
    """Return heights of labels, as shares of the axes, that do not cover each other."""
    to_share = axes.transData + axes.transAxes.inverted()
    left = axes.get_xlim()[0]
    shares = sorted((float(to_share.transform((left, height))[1]), engine) for engine, height in heights.items())
    placed: dict[str, float] = {}
    below = float("-inf")
    for share, engine in shares:
        below = placed[engine] = max(share, below + GAP)
    over = max(below - 1, 0)
    return {engine: height - over for engine, height in placed.items()}


def _label(axes: Any, end: tuple[float, float], height: float | None, name: str, engine: str) -> None:
    """Write the name of an engine: beside the chart at a height, or at its last point where the line ends before."""
    beside: dict[str, Any] = {"xytext": (1.02, height), "textcoords": "axes fraction", "va": "center"}
    beside["arrowprops"] = {"arrowstyle": "-", "color": COLOURS[engine], "linewidth": 0.6, "alpha": 0.5, "shrinkB": 4}
    there: dict[str, Any] = {"xytext": (-4, 9), "textcoords": "offset points", "ha": "left"}
    style: dict[str, Any] = {
        "color": COLOURS[engine],
        "fontsize": 11,
        "fontweight": "bold" if engine in OURS else "normal",
    }
    axes.annotate(name, xy=end, **style, **(there if height is None else beside))
