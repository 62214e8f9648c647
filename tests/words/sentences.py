"""Helpers for the tests of sentences."""

import re
from string import Formatter

QUOTED = re.compile(
    "说明|不适用|否|是|无|案件|数量|事项|级别|日期|扣完为止|单位|指标|填报值|自评值|考评值|弃权|回避|缺评"
)
"""Chinese that an English sentence may hold: what stands so in evidence and regulations."""

_CHINESE = re.compile("[\u4e00-\u9fff]")


def names(template: str) -> set[str]:
    """Return the names of the values in a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def is_english(text: str) -> bool:
    """Return whether a text has no Chinese except quoted terms."""
    return not _CHINESE.search(QUOTED.sub("", text))
