"""Names of measures: short, unique, as a person would head a column of the evidence."""

import re
from collections.abc import Iterable
from typing import Final

from dangjian_score.core.names import fold

MAX_NAME: Final = 14
"""Characters that a name should not exceed; a column is not read comfortably with more."""

_LEADING: Final = re.compile(
    r"^(?:的|次(?!数)|份(?!数)|凡是?|如果?|若|对于?|因|其中|以及|并且?|且|或者?|及|但|每|各|当年|年度内|年内|全年|被|经查实|经查|经核实|查实|被查实|经|"
    r"(?:有)?下列情形之一|在?检查中|在[^，、]{1,8}中|本单位|本支部|党支部|所属|出现|发现|存在)(?=.{2})"
)
_COUNTED: Final = re.compile(r"^(?:有|出现|发现|发生|存在|查实|查处)(?=.{2})")
_TRAILING: Final = re.compile(
    r"(?:的情况|情况|的行为|行为|情形|的现象|现象|的话|的|者|时|后|，|、|：|每|1|并|且|等|或|和|及|，)+$"
)
_QUOTED: Final = re.compile(r"[“”\"‘’]")
_UNNAMED: Final = re.compile(r"[#:{}\[\]|>&*!%@`'\ue000-\uf8ff]|[（(][^（）()]*[）)]|《[^》]*》")
_LOOSE: Final = re.compile(
    r"(?:按照?|依照|根据|严格按照?|认真|积极|及时地|全面|扎实|切实|深入)(?:上级|有关|相关|规定|要求|文件|制度|的|党委|通知|标准|组织|部门)+(?:进行|予以)?|"
    r"(?:认真|积极|全面|扎实|切实|深入|严格)(?=.{3})|进行|予以|给予|相关|有关|相应"
)
_COUNTING: Final = {
    "人次": "人次",
    "户次": "户次",
    "件次": "件次",
    "课时": "课时数",
    "学时": "学时数",
    "个月": "月数",
    "个": "数",
    "名": "人数",
    "样": "项数",
    "种": "项数",
    "类": "类数",
    "日": "天数",
    "小时": "小时数",
}


class Names:
    """The names that a draft has given out."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, wanted: str, title: str) -> str:
        """Return a name nobody has yet: as wanted, with the title of the item before it, or with a number behind it."""
        base = short(wanted) or short(title)
        joined = f"{short(title, 8)}{base}"
        numbered = (f"{base}{at}" for at in range(2, 10_000))
        name = next(name for name in (base, joined, *numbered) if fold(name) not in self._taken)
        self._taken.add(fold(name))
        return name

    def free(self, names: Iterable[str]) -> None:
        """Take names back that are no longer used."""
        self._taken -= {fold(name) for name in names}


def short(text: str, most: int = MAX_NAME) -> str:
    """Cut a clause down to what it is about; of a list the first member stays, with 等 for the others."""
    name = cleaned(text)
    while len(name) > most and "：" in name:
        name = cleaned(name.split("：", maxsplit=1)[1])
    if len(name) > most:
        name = _with_others(name)
    if len(name) > most:
        name = cleaned(_LOOSE.sub("", name)) or name
    if len(name) > most and (cut := re.search(r"的(?=.{3,}$)", name)):
        head, tail = name[: cut.start()], name[cut.end() :]
        name = cleaned(head if _WRONG.search(head) and not _WRONG.search(tail) else tail)
    if len(name) <= most + _LONGER:
        return name
    says_wrong = _WRONG.search(name[most - _LONGER :]) is not None  # 书记和主任未实现一肩挑: the end of it counts
    if says_wrong:
        return cleaned(re.sub("^[的和与及或、]+", "", name[-most:]))
    head, _, left = name[:most].rpartition("或")
    return f"{cleaned(head)}等" if head and left else cleaned(name[:most])


_MEMBERS: Final = re.compile("、|以及")
_SHARED_END: Final = re.compile("(?:未|不|没有?|无|缺)[^，、]{0,6}$")
"""What the last member of a list may say of all: 三会一课记录、主题党日记录不全."""


def _with_others(name: str) -> str:
    """Return the first member of a list, with what is said of all; the name itself where it is none."""
    first, *others = _MEMBERS.split(name)
    if not others or not first:
        return name
    shared = None if _WRONG.search(first) else _SHARED_END.search(others[-1])
    return f"{first}等{shared[0] if shared else ''}"


_LONGER: Final = 4
"""Characters that a name may have beyond what it should, rather than lose its end."""


_WRONG: Final = re.compile("[未不没无违缺]")


def cleaned(text: str) -> str:
    """Drop what says nothing at both ends of a clause, quotation marks, brackets and what names may not hold."""
    name = _UNNAMED.sub("", _QUOTED.sub("", text)).strip(" ，、：；。-—")
    before = None
    while before != name:
        before = name
        name = _TRAILING.sub("", _LEADING.sub("", name)).strip(" ，、：")
    return re.sub("，(?=或|以及|和)", "", name).replace("，", "且").replace(" ", "")


def counted(text: str, unit: str) -> str:
    """Name a number of things: 缺席次数, 未报送篇数."""
    ending = _COUNTING.get(unit, f"{unit}数")
    base = cleaned(_COUNTED.sub("", cleaned(text)))
    base = short(base, MAX_NAME - len(ending))
    return base if base.endswith(ending) else f"{base}{ending}"


def rate(text: str) -> str:
    """Name a rate."""
    base = short(re.sub(r"(?:应当?|要|必须|需)?(?:达到?|保持|为|在)?$", "", cleaned(text)))
    return base if re.search("[率比例度面]$", base) else f"{base}率"


def had(text: str) -> str:
    """Name a thing that is there: 计划 as 有计划, 按期公示 as it is."""
    base = short(text)
    done = re.match(
        r"有|无|未|没|不|已|按|及时|开展|建立|落实|制定|组织|召开|完成|设|明确|实行|坚持|定期|做到|做好|配备|健全", base
    )
    settled = re.search(r"(?:齐全|完整|健全|规范|到位|及时|落实|明确|完备|清晰|上墙|公开)$", base)
    return base if done or settled or len(base) > 6 else f"有{base}"  # noqa: PLR2004  longer ones are sentences


_LACKING: Final = re.compile(r"^(?:无|未|没|缺|不)|(?:未|不|没有|没|(?<!有)无)[^，、]{1,8}$")


def is_lacking(text: str) -> bool:
    """Return whether a text says what is wrong (未公示, 公示不及时), not what should be there."""
    return _LACKING.search(cleaned(text)) is not None


_LIST: Final = re.compile(r"、|，")
_LAST: Final = re.compile(r"以及|及(?![时格]|以[上下])其?|和|与|或者?")
"""What stands before the last member of a list."""
_SHARED: Final = re.compile(r"(?:未|不|没有|没)[^，、]{1,8}$")
"""What the last member of a list says of all: 收费标准、药品价格未公示."""
_TOGETHER: Final = re.compile("(?:未|没有?|不)(?:与|对|向|给|为|将|把|从|在)")
"""What is not done with several ones is one thing: 未与班子成员、党小组长签订责任书."""
_NOT: Final = re.compile(
    r"^(?:未(?:制定|建立|落实|开展|召开|设立|组织|成立|配备|签订|明确|公开|公示|报送|上报|参加|完成)|没有|未按要求|未按时|未及时|未按规定|未能|未|无|缺少|缺|不|有|没)"
)


def members(text: str) -> tuple[str, ...]:
    """Split a list (无计划、总结、记录) into its members, a negation before the first one carried over."""
    base = cleaned(text.replace("，", "、"))
    if re.search(r"等(?:\d+[项个种])?$|等[^级奖次]", text) or not re.search("[、，]|以及|和|及|或|与", base):
        return ()
    *first, last = _LIST.split(base)
    parts = [part for part in map(cleaned, (*first, *_LAST.split(last))) if part]
    if parts and _TOGETHER.match(parts[0]):
        return ()
    lead = _NOT.match(parts[0]) if parts else None
    if lead and not any(_NOT.match(part) for part in parts[1:]):
        parts = [parts[0], *(lead[0] + part for part in parts[1:])]
    shared = _SHARED.search(parts[-1]) if parts else None
    if shared is not None and not any(is_lacking(part) for part in parts[:-1]):
        parts = [*(part + shared[0] for part in parts[:-1]), parts[-1]]
    return tuple(parts) if len(parts) > 1 else ()
