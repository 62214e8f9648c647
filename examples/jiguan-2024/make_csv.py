"""Makes 证据.csv, the evidence of six organisations for the regulation jiguan-xize-1. The same bytes every time."""

import csv
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
        "党建信息篇数": "15",
        "新闻线索篇数": "10",
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
        "党建信息篇数": "11",
        "公益活动评分": "4.5",
        "市频道消息简讯条数": "3",
    },
    "区教育局党总支": {
        "发展党员评分": "8.5",
        "组织设置管理评分": "8.5",
        "党员教育管理评分": "9",
        "廉政信息评论篇数": "4",
        "廉政责任制扣分": "0.5",
        "参加会议评分": "4.5",
        "品牌与创先争优评分": "9.5",
        "公开承诺评分": "9",
        "综治维稳评分": "4",
        "新闻线索篇数": "5",
        "市频道典型报道条数": "1",
        "市频道消息简讯条数": "2",
        "省级单独刊登条数": "1",
    },
    "区财政局党支部": {},
    "区卫生健康局党总支": {
        "发展党员评分": "6",
        "党费收缴评分": "3.5",
        "党内统计评分": "2",
        "组织设置管理评分": "6.5",
        "党员教育管理评分": "7",
        "廉政信息评论篇数": "0",
        "廉政责任制扣分": "8",
        "参加会议评分": "3",
        "品牌与创先争优评分": "5",
        "公开承诺评分": "6",
        "综治维稳评分": "1.5",
        "党建信息篇数": "0",
        "新闻线索篇数": "0",
        "党建活动评分": "2.5",
        "公益活动评分": "3",
    },
    "区市场监管局机关党委": {
        "组织设置管理评分": "9.5",
        "党员教育管理评分": "9.5",
        "公开承诺评分": "9.5",
        "党建信息篇数": "24",
        "新闻线索篇数": "16",
        "市频道典型报道条数": "3",
        "市频道消息简讯条数": "7",
        "省级单独刊登条数": "1",
        "省级简讯综合条数": "2",
        "中央单独刊登条数": "1",
        "中央简讯综合条数": "1",
    },
}


def table() -> bytes:
    """Make the whole file, with the byte order mark by which spreadsheets know UTF-8."""
    full: dict[str, str] = yaml.load(CASES.read_text(encoding="utf-8"), yaml.BaseLoader)["full"]  # noqa: S506  texts only
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["党组织", *full])
    for name, differs in ORGANISATIONS.items():
        if strange := set(differs) - set(full):
            raise KeyError(name, strange)
        writer.writerow([name, *({**full, **differs}.values())])
    return text.getvalue().encode("utf-8-sig")


if __name__ == "__main__":
    (HERE / "证据.csv").write_bytes(table())
