"""Names of the columns that tables of evidence have, whatever the rubric: one place for all rooms."""

from typing import Final

UNIT: Final = "单位"
ROUND: Final = "轮次"
ASSESSOR: Final = "评委"
CATEGORY: Final = "评委类别"
BALLOT: Final = "测评项"
ISSUED: Final = "发出票数"
RETURNED: Final = "收回票数"
INVALID: Final = "无效票数"
TURNOUT: Final = (ISSUED, RETURNED, INVALID)
"""Columns of ballots beside those of the levels."""

EVENT: Final = "事项"
DAY: Final = "日期"
LEVEL: Final = "级别"
AMOUNT: Final = "数量"
PERSON: Final = "人员"
CASE: Final = "案件"
REMARK: Final = "说明"
EXPLANATION: Final = "扣分原因"
"""The column with what an examiner wrote about a figure; of a matrix its title begins with the measure."""
DETAILS: Final = (REMARK, EXPLANATION, "备注", "题目", "文号", "事由", "内容", "依据")
"""Columns of a register that no rule looks at, but that tell two events from one."""
REGISTER: Final = (AMOUNT, LEVEL, DAY, PERSON, CASE, *DETAILS)
"""Columns that registers may have whether rules look at them or not."""

ITEM: Final = "指标"
FILLED: Final = "填报值"
REVIEWED: Final = "考评值"
OWN: Final = "自评值"
PROJECT: Final = "考核项目"
DEMAND: Final = "要求"
MANNER: Final = "填法"
CONTENT: Final = "考核内容"
STANDARD: Final = "评分标准"
WORTH: Final = "分值"
LABELS: Final = ("序号", PROJECT, DEMAND, MANNER, CONTENT, STANDARD, WORTH)
"""Columns of a form that explain the others."""
OWN_POINTS: Final = "自评分"
REVIEWED_POINTS: Final = "考评分"
BY_HAND: Final = (OWN_POINTS, REVIEWED_POINTS)
"""Columns of a scoring table with the points of whole items, which somebody worked out: no rule reads them."""
EXPLAINING: Final = (EXPLANATION, REMARK)
"""Columns that explain a judged figure in the row of a form or register, the one that goes first before the other."""
REMARKS: Final = (*EXPLAINING, "备注")
"""Columns of a form for whoever reads it."""

ITEM_TITLE: Final = "指标名称"
POINTS: Final = "调整分"
REASON: Final = "理由"
APPROVER: Final = "批准人"
FIXED_GRADE: Final = "审定等次"
MEETING: Final = "会议"

ALIASES: Final = "别名"
SINCE: Final = "成立日期"
UNTIL: Final = "撤销日期"

GUIDE: Final = "填表说明"
CHOICES: Final = "填表选项"
"""Sheets of our own templates beside those that are filled in."""

UNITS_MARK: Final = "dangjian.units/1"
"""The key in the metadata of a .parquet file of units by which it is known as a result."""
POINTS_DIGITS: Final = (9, 18)
"""Digits of the decimal columns of such a file that hold points: the first that are enough."""


def explanation_of(measure: str) -> str:
    """Return the title of the column that explains the figures of a judged measure."""
    return f"{measure.removesuffix(EXPLANATION[:2])}{EXPLANATION}"
