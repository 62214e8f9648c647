"""Helpers for the tests of sentences."""

import re
from string import Formatter

QUOTED = re.compile(
    "评委类别|无效票数|待核|说明|人员|不适用|否|是|无|案件|数量|事项|级别|日期|扣完为止|单位|指标|填报值|自评值|考评值|弃权|回避|缺评"
)
"""Chinese that an English sentence may hold: what stands so in evidence and regulations."""

_CHINESE = re.compile("[\u4e00-\u9fff]")
_HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;!?]|[,;!?][\u4e00-\u9fff]")
_VALUE = re.compile(r"\{[^{}]*\}")
_ENGLISH = re.compile(r"\b(?:a|and|are|has|is|it|not|or|that|the|this|with)\b")
"""Words of English sentences that are no keys of a rubric, commands or options."""
_LATIN = re.compile("[a-z]{2}")


def names(template: str) -> set[str]:
    """Return the names of the values in a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def is_english(text: str) -> bool:
    """Return whether a text has no Chinese except quoted terms."""
    return not _CHINESE.search(QUOTED.sub("", text))


def is_chinese(text: str) -> bool:
    """Return whether a text is Chinese: no English sentence, no word alone, no half-width marks between characters."""
    bare = _VALUE.sub("", text)
    is_foreign = _ENGLISH.search(bare) or (_LATIN.search(bare) and not _CHINESE.search(bare))
    return not is_foreign and not _HALF_WIDTH.search(text)
