"""The 40 items of `regulation.py` as a JSON decision model for zen-engine (pip install zen-engine)."""

import json
from collections.abc import Sequence
from time import process_time
from typing import Any, Final

from benchmarks.regulation import SECTIONS, Row

_ITEMS: Final = (
    "max([0, 3 - 0.5 * max([0, 4 - 会次]) - min([1, 0.2 * 迟报])])",
    "缺席 >= 3 ? 0 : 3 - (缺席 >= 2 ? 1 : 缺席 >= 1 ? 0.5 : 0)",
    "出勤率 < 0.7 ? 0 : 出勤率 >= 0.95 ? 4 : 出勤率 >= 0.9 ? 3 : 出勤率 >= 0.8 ? 2 : 1",
    "3 - (计划 == '否' ? 1 : 0) - (总结 == '否' ? 1 : 0) - (台账 == '否' ? 0.5 : 0)",
    "评议 == '好' ? 2 : 评议 == '较好' ? 1.5 : 评议 == '一般' ? 1 : 0",
    "max([0, 打分 - min([1, 0.5 * 差错])])",
    "问题 == '是' ? 0 : max([0, 2 - 0.5 * 投诉])",
    "max([0, 3 - 0.1 * floor(max([0, 0.9 - 覆盖率]) * 100)])",
    "max([0, 2 - min([1.5, 0.5 * max([0, 超期 - 3])]) - (回复 == '否' ? 1 : 0)])",
)
_BEYOND: Final = (
    "min([2, 表彰])",
    "试点 == '是' and 类型 == '村' ? 2 : 0",
    "0 - 通报",
    "处分 == '撤职' ? -3 : 处分 == '警告' ? -1 : 0",
)


def seconds(head: Row, rows: Sequence[Row]) -> tuple[float, dict[str, float]]:
    """Evaluate all units; give the CPU seconds of a unit, and the totals. Raises ImportError without zen-engine."""
    import zen  # noqa: PLC0415  no dependency of the project

    keys = [f"c{at}" for at in range(len(head))]
    decision = zen.ZenEngine().create_decision(json.dumps(_model(dict(zip(map(str, head), keys, strict=True)))))
    units = [dict(zip(keys, row, strict=True)) for row in rows]
    start = process_time()
    totals = {str(unit["c0"]): float(decision.evaluate(unit)["result"]["total"]) for unit in units}
    return (process_time() - start) / len(units), totals


def _model(keys: dict[str, str]) -> dict[str, Any]:
    """Make the model: one node of expressions, the sum last. Columns have short Latin names."""

    def coded(text: str, section: str = "") -> str:
        for name in sorted(keys, key=len, reverse=True):
            if not section or name.endswith(section):
                text = text.replace(name.removesuffix(section) if section else name, keys[name])
        return text

    items = [coded(item, s) for s in SECTIONS for item in _ITEMS] + [coded(item) for item in _BEYOND]
    lines = [{"id": f"i{at}", "key": f"i{at}", "value": item} for at, item in enumerate(items)]
    lines.append({"id": "total", "key": "total", "value": " + ".join(f"$.i{at}" for at in range(len(items)))})
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
