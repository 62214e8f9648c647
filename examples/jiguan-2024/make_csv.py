"""Makes the evidence of six organisations for the regulation jiguan-xize-1. The same bytes every time."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

import yaml

HERE: Final = Path(__file__).parent
CASES: Final = HERE.parents[1] / "rubrics" / "jiguan-xize-1.cases.yaml"

ORGANISATIONS: Final[dict[str, dict[str, str]]] = {
    # What differs from one with full marks and nothing in print, in the order in which the office lists them.
    "区委办公室党支部": {
        "发展党员评分": "9.5",
        "组织设置管理评分": "9",
        "廉政信息评论篇数": "8",
        "品牌与创先争优评分": "9.5",
        "党建活动评分": "4.5",
        "市频道典型报道条数": "2",
        "市频道消息简讯条数": "5",
        "省级简讯综合条数": "1",
    },
    "区发展改革局机关党委": {
        "发展党员评分": "9",
        "党内统计评分": "4.5",
        "组织设置管理评分": "9",
        "党员教育管理评分": "9",
        "品牌与创先争优评分": "9",
        "公益活动评分": "4.5",
        "市频道消息简讯条数": "3",
    },
    "区教育局党总支": {
        "发展党员评分": "8.5",
        "组织设置管理评分": "8.5",
        "党员教育管理评分": "9",
        "廉政信息评论篇数": "4",
        "廉政责任制扣分": "0.5",
        "廉政责任制扣分原因": "责任清单未分解到科室",
        "参加会议评分": "4.5",
        "品牌与创先争优评分": "9.5",
        "公开承诺评分": "9",
        "综治维稳评分": "4",
        "市频道典型报道条数": "1",
        "市频道消息简讯条数": "2",
        "省级单独刊登条数": "1",
    },
    "区财政局党支部": {},
    "区卫生健康局党总支": {
        "发展党员评分": "6",
        "党费收缴评分": "3.5",
        "党内统计评分": "2",
        "党内统计评分扣分原因": "年报逾期 12 天，数据差错 7 处",
        "组织设置管理评分": "6.5",
        "党员教育管理评分": "7",
        "廉政信息评论篇数": "0",
        "廉政责任制扣分": "8",
        "廉政责任制扣分原因": "无年度部署、无检查，谈话提醒未落实",
        "参加会议评分": "3",
        "品牌与创先争优评分": "5",
        "公开承诺评分": "6",
        "综治维稳评分": "1.5",
        "综治维稳评分扣分原因": "发生一起越级上访未及时报告",
        "党建活动评分": "2.5",
        "公益活动评分": "3",
    },
    "区市场监管局机关党委": {
        "组织设置管理评分": "9.5",
        "党员教育管理评分": "9.5",
        "公开承诺评分": "9.5",
        "市频道典型报道条数": "3",
        "市频道消息简讯条数": "4",
        "省级单独刊登条数": "1",
        "省级简讯综合条数": "2",
        "中央单独刊登条数": "1",
        "中央简讯综合条数": "1",
    },
}

EXPLAINED: Final = {
    "党内统计评分": ("党内统计评分扣分原因",),
    "廉政责任制扣分": ("廉政责任制扣分原因",),
    "综治维稳评分": ("综治维稳评分扣分原因",),
}
"""The columns in which assessors say what points were taken for, by their measures."""
DUE: Final[dict[str, Sequence[int]]] = {"党建信息": (1,) * 12, "新闻线索": (2,) * 4}
"""What is due of each kind of text, by month and by quarter."""
SENT: Final[dict[str, dict[str, Sequence[int]]]] = {
    # What was sent otherwise.
    "区委办公室党支部": {"党建信息": (2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2), "新闻线索": (3, 2, 2, 3)},
    "区发展改革局机关党委": {"党建信息": (1, 0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1)},
    "区教育局党总支": {"新闻线索": (2, 1, 0, 2)},
    "区卫生健康局党总支": {"党建信息": (), "新闻线索": ()},
    "区市场监管局机关党委": {"党建信息": (2,) * 12, "新闻线索": (4,) * 4},
}
INNOVATIONS: Final = (("区市场监管局机关党委", "2024-09-12", "1.5", "非公企业党建指导站"),)
"""Whose, the day, the points that the assessors granted, what it is."""


def matrix() -> Iterator[list[str]]:
    """Lay out the header and a row an organisation."""
    entered: dict[str, str] = yaml.load(CASES.read_text(encoding="utf-8"), yaml.BaseLoader)["full"]  # noqa: S506  texts
    full = {title: entered.get(title, "") for name in entered for title in (name, *EXPLAINED.get(name, ()))}
    yield ["党组织", *full]
    for name, differs in ORGANISATIONS.items():
        if strange := set(differs) - set(full):
            raise KeyError(name, strange)
        yield [name, *({**full, **differs}.values())]


def register() -> Iterator[list[str]]:
    """Lay out the header and a row for what was sent in a month or a quarter, then the innovations."""
    if strange := {*SENT, *(name for name, *_ in INNOVATIONS)} - set(ORGANISATIONS):
        raise KeyError(strange)
    yield ["党组织", "事项", "日期", "数量", "核定加分", "说明"]
    for name in ORGANISATIONS:
        for kind, pieces in {**DUE, **SENT.get(name, {})}.items():
            for nth, count in enumerate(pieces, start=1):
                if count:
                    yield [name, kind, f"2024-{12 * nth // len(pieces):02}-20", str(count), "", ""]
    for name, day, points, what in INNOVATIONS:
        yield [name, "创新工作", day, "", points, what]


def table(rows: Iterable[list[str]]) -> bytes:
    """Write a file, with the byte order mark by which spreadsheets know UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


if __name__ == "__main__":
    (HERE / "证据").mkdir(exist_ok=True)
    (HERE / "证据" / "汇总表.csv").write_bytes(table(matrix()))
    (HERE / "证据" / "台账.csv").write_bytes(table(register()))
