"""Rows that are about no unit: totals, lines to be signed, notes, headings; and names that are none."""

import re
from typing import Final

from dangjian_score.names import fold

_TOTAL: Final = re.compile(
    r"(?:本页|全部|所有|各|总|全[省市县区镇乡局校院])?"
    r"(?:合计|小计|总计|累计|汇总|共计|总和|总数|平均|均值|最高|最低|最大|最小|满分|标准分|标准分值|分值|权重|占比|中位|求和)"
    r"(?:得?分[数值]?|.?数|值|行|率|项|水平|成绩)?"
    r"|(?:最终|最后|综合|实际|总)?(?:得分|均分|总分|总评|扣分)|去掉.*最[高低].*|总.{1,2}数"
    r"|(?:加权|算术|年度)?平均.{0,4}|人均.{0,4}|均数?|计|(?:去年|上年度?|上期|同期).{0,4}|其中.*|以上.{0,2}共.*|共"
    r"|目标值?|任务数?|应报数?|标准差?|权数|基数|参考值|极差|排名|名次|增幅|及格线|优秀线|max|min|sum|average|avg"
    r"|全部(?:支部|单位|党支部)|[栏行列]次|序号"
)
_COUNT_OF_ALL: Final = re.compile(r"共?(?:计|有)?[0-9]+个?(?:支部|党支部|单位|部门|家)?|全部|[-—/]*")
"""What stands in the column of units beside the name of a total."""
_ENDS_AS_TOTAL: Final = re.compile(r".+(?:合计|小计|总计)|.{1,4}平均(?:[分数值]|水平|得分)?")
_ASIDE: Final = re.compile(r"\([^()]*\)|(?<![0-9.])共?[0-9.]+[个名家条项人次分%]*(?:支部|党支部|单位)?$")
_LONGEST: Final = 60
"""Characters of a name; longer ones are none of a family."""
_HEADING: Final = re.compile(
    r".*(?:[组类表篇批]|台账|名单|名册|.*\(续.*\)|部分|情况|汇总|统计|登记|附件.*|[0-9]{4}年.*|第.{1,3}[组批类季]度?)"
)
_LABEL: Final = re.compile(
    r".*(?::|年度|时间|日期|单位|部门|人|编号|名称|电话|地点|期间|文号|类别|项目|内容|指标).*|section|item"
)
_SIGNED: Final = re.compile(
    r"(?:填表|填报|制表|审核|审批|复核|经办|负责|统计|报送|联系|考核组?|监督)(?:人|单位|部门|日期|时间|电话|领导)?"
    r"|(?:单位|部门|主要|分管)?(?:负责人|领导|书记)?(?:签字|签名|签章|盖章|公章)|单位\(?盖章\)?|(?:主要|分管|单位)(?:负责人|领导)"
    r"|日期|年月日|电话"
)
_NOTED: Final = re.compile(r"(?:备?注|说明|备注|附注|填表说明|注意)[0-9]*")
_ENDING: Final = re.compile(
    r"\(?(?:以下空白|此页无正文|本页完|完|无正文|以下无正文|end)\)?|第[0-9]+页(?:,?共[0-9]+页)?|共[0-9]+页|数据来源.*"
)
_LABELLED: Final = re.compile(r"[一-鿿]{1,8}:.*")
"""A label, and what it labels: at the foot of a table it is nobody's row."""
_DATED: Final = re.compile(
    r"(?:[0-9]{4}(?:年|-|/|\.)[0-9]{1,2}(?:月|-|/|\.)(?:[0-9]{1,2}日?)?|[0-9]{1,2}月[0-9]{1,2}日|年月日)"
)
_ORDINAL: Final = "[一二三四五六七八九十]+"
_GROUP: Final = re.compile(rf"(?:第?{_ORDINAL}[、.章节]|\({_ORDINAL}\)|.+\(共?[0-9]+[个家]\)$).*")
_SENTENCE: Final = re.compile("[，。；！？]")
_NOTHING: Final = re.compile(r"[\W_0]*")


def is_total(text: str) -> bool:
    """Tell a line of totals, means, extremes or weights by its name: the whole name, colons and counts aside."""
    if len(text) > _LONGEST:
        return False
    whole = fold(text).partition(":")[0]
    name = _ASIDE.sub("", whole).strip(" :") or whole[:1]
    return bool(_TOTAL.fullmatch(name) or _ENDS_AS_TOTAL.fullmatch(name))


def is_ending(text: str) -> bool:
    """Tell what marks the end of a table or page: `以下空白`, `第1页`."""
    return bool(_ENDING.fullmatch(fold(text).strip("-_")))


def is_count_of_all(text: str) -> bool:
    """Tell what stands in place of a unit beside the name of a total: `4个支部`, a dash."""
    return bool(_COUNT_OF_ALL.fullmatch(fold(text)))


def is_signature(text: str) -> bool:
    """Tell a line to be signed or a note: `填表人：…`, `注：…`, a day alone."""
    folded = fold(text)
    head, colon, rest = folded.partition(":")
    if _NOTED.fullmatch(head) and (colon or not rest):
        return True
    if is_ending(text):
        return True
    return bool(_SIGNED.fullmatch(head.strip())) or bool(_DATED.fullmatch(folded))


def is_labelled(text: str) -> bool:
    """Tell a label with what it labels, `组长：王五`."""
    return bool(_LABELLED.fullmatch(fold(text)))


def is_group(text: str) -> bool:
    """Tell a heading over some units: `一、乡镇（10个）`."""
    return bool(_GROUP.fullmatch(fold(text)))


def is_heading(text: str, subject: str) -> bool:
    """Tell the title of a table by its words; what names the subject itself is rather one of its units."""
    folded = fold(text)
    named = fold(subject) in folded
    return is_total(text) or is_group(text) or is_sentence(text) or bool(not named and _HEADING.fullmatch(folded))


def is_label(text: str) -> bool:
    """Tell a word that stands before what it labels, or over groups of columns: `考核年度`, `类别`."""
    return bool(_LABEL.fullmatch(fold(text)))


def is_sentence(text: str) -> bool:
    """Tell a sentence, which is the name of nothing."""
    return bool(_SENTENCE.search(text))


def is_nothing(text: str) -> bool:
    """Tell what is never a name: dashes, zeros, punctuation alone."""
    return bool(_NOTHING.fullmatch(fold(text)))
