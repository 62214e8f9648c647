"""What the columns of tables are called, which of them each kind of table may have, and by which names they go."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.core import columns as col
from dangjian_score.core.names import fold
from dangjian_score.engine.catalogue import Catalogue

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    col.UNIT: ("单位名称", "被考核单位", "受考核单位", "被考核单位名称"),
    col.EVENT: ("事项名称", "事项类别", "事项类型"),
    col.LEVEL: ("等级", "事项级别", "事项等级"),
    col.DAY: ("时间", "发生日期", "发生时间", "事项日期", "事项时间"),
    col.AMOUNT: ("次数", "件数", "个数", "篇数", "人次", "起数", "条数", "数目", "总次数", "场次", "份数", "频次"),
    col.PERSON: ("姓名", "人员姓名", "当事人", "当事人姓名", "党员姓名", "人员名单"),
    col.CASE: ("案件编号", "案件号", "案号", "案件名称", "案件代码", "立案编号", "立案号"),
    col.ROUND: ("考核轮次", "轮次名称"),
    col.ASSESSOR: ("考核组", "评委姓名", "评委名称", "打分人", "评分人"),
    col.CATEGORY: ("评委类型", "评委身份", "评委分类", "评价主体", "测评主体", "打分人类别", "评分人类别"),
    col.BALLOT: ("测评项目", "测评内容"),
    col.ISSUED: ("发出票", "发放票数", "发票数", "应发票数"),
    col.RETURNED: ("收回票", "回收票数", "实收票数"),
    col.INVALID: ("无效票", "废票数", "废票"),
    col.ITEM: ("指标名称", "指标编号", "考核指标"),
    col.FILLED: ("填报数", "填报数值", "填报情况"),
    col.REVIEWED: ("核定值", "核定数", "审定值", "审核值", "复核值", "核实值", "确认值", "考核值", "考评数"),
    col.OWN: ("自评", "自查值", "自评数"),
    col.POINTS: ("调整分值", "调整分数"),
    col.REASON: ("调整理由", "核定理由"),
    col.APPROVER: ("批准", "审批人", "批准单位"),
    col.FIXED_GRADE: ("核定等次", "确定等次", "审定档次"),
    col.MEETING: ("审定会议", "会议名称", "研究会议"),
    col.ALIASES: ("又名", "曾用名", "简称"),
    col.SINCE: ("成立时间", "设立日期", "设立时间"),
    col.UNTIL: ("撤销时间", "注销日期"),
    col.EXPLANATION: ("扣分理由", "扣分说明", "扣分依据", "扣分事由", "失分原因"),
}
"""Other names of columns that are always understood; a column of the rubric's own of that name goes first."""
_EXPLAINING: Final = (col.EXPLANATION, *SYNONYMS[col.EXPLANATION])
_REASONS: Final = ("原因", "理由")
_WHY: Final = (*_EXPLAINING, *_REASONS, "说明")
"""What a column is called that explains a judged figure, after the name of its measure or right of it."""
_GIVEN: Final = re.compile("(?:扣分|评分|打分|得分|计分|分)$")
"""What the name of a judged measure ends with that the title of its explanations may leave out."""
_TAIL: Final = re.compile("(?:[及和与、/](?:扣分)?(?:依据|说明|原因|理由|情况|事由|证据|出处|备注))+$")
"""What a title may say besides that its column explains: `扣分原因及依据`."""
_BEHIND: Final = re.compile(r"(.+?)[(\[【〔](.+)[)\]】〕]")
"""A title with its measure in brackets behind: `扣分原因（材料）`."""
_BETWEEN: Final = re.compile(r"[\W_的]+")
_OUTRANKING: Final = re.compile("核定|核实|核查|审定|审核|认定|评定|复核|复查|考评|最终|确认|更正|修正")
"""What a column that corrects another is called after."""
_BESIDE: Final = re.compile("(?:人|时间|日期|单位|部门|意见|情况|依据|说明|备注|结果|等次|签字)$")
_ABOUT: Final = re.compile(
    "说明|备注|依据|排名|名次|分$|分值|权重|占比|等次|单位|情况|材料|附件|上年|去年|同期|上期|目标|任务|计划|应"
)
"""What a column that speaks of a measure, and is no other figure of it, is called after."""
_HINTS: Final[Mapping[str, re.Pattern[str]]] = {
    col.AMOUNT: re.compile("(?!.*[序分]).*[数次量]"),
    col.CASE: re.compile(".*(?:案|卷宗|线索|决定书)"),
    col.PERSON: re.compile("(?!经办|填表|填报|审核|联系|记录|登记|负责|批准).*(?:人|党员)$"),
}
"""Words by which a column of a register may be meant."""
_UNITS: Final = (
    "次|篇|个|起|宗|批|人|人次|条|项|件|名|场|期|份|家|户|天|节|学时|小时|课时|分|%|元|个数|必填|选填|组|考核组|"
    "是/否|是或否|填是或否|数字|整数|百分数|填数字"
)
_BRACKETED: Final = re.compile(rf"\((?:单位:)?(?:{_UNITS})\)")
_COUNTED_IN: Final = re.compile(rf"/(?:{_UNITS})$")
_NUMBERED: Final = re.compile(r"^(?:[0-9]{1,2}[.、]|\([0-9]{1,2}\)|[一二三四五六七八九十]+、)")
_MARKS: Final = "*:# "
_CLOSE: Final = 0.75
_SHORTEST: Final = 2
"""Characters that a name within another one must have."""

TableKind = Literal["matrix", "form", "register", "assessors", "ballots", "rulings", "grade rulings", "roster"]


class Titles:
    """The names of columns that a kind of table may have, and what titles of columns mean.

    Columns may also explain the figures of `judged` measures.
    """

    def __init__(self, names: Iterable[str], judged: Collection[str] = ()) -> None:
        self.names = tuple(names)
        self._known = {fold(name): name for name in self.names}
        others = ((fold(other), name) for name in self.names for other in SYNONYMS.get(name, ()))
        self._known = {**dict(others), **self._known}
        self._explaining = _explaining(judged, self.names)

    def meaning(self, title: str) -> str | None:
        """Tell which column a title means: by its name or another one, a number before it and units behind it aside."""
        folded = fold(title)
        known = self._known.get(folded) or self._known.get(bare := _bare(folded))
        return known or self._explained(_TAIL.sub("", bare))

    def _explained(self, bare: str) -> str | None:
        """Tell which explanations a title means, a second word for them left out."""
        if not self._explaining:
            return known if (known := self._known.get(bare)) == col.EXPLANATION else None
        behind = _BEHIND.fullmatch(bare)
        turned = f"{behind[2]}{behind[1]}" if behind and behind[1] in _EXPLAINING else bare
        return self._explaining.get(_BETWEEN.sub("", turned))

    def around(self, title: str, among: Collection[str]) -> str:
        """Find the column among some whose name a title holds, or the other way round; the longest."""
        folded = _bare(fold(title))
        return max(sorted(name for name in among if _within(fold(name), folded)), key=len, default="")

    def near(self, title: str, among: Collection[str]) -> str:
        """Find the column among some that a title most likely means: one within the other, or nearly alike."""
        if within := self.around(title, among):
            return within
        folded = _bare(fold(title))
        spellings = {spelling: name for spelling, name in self._known.items() if name in among}
        close = get_close_matches(folded, sorted(spellings), n=1, cutoff=_CLOSE)
        return spellings[close[0]] if close else ""


def _explaining(judged: Collection[str], names: Collection[str]) -> Mapping[str, str]:
    """Find how titles may name the columns that explain measures: after the name, or what is left without its 评分.

    `names` are those of all columns: of two measures that begin alike (党课评分, 党课次数) 党课原因 may mean either.
    """
    whole = {f"{measure}{word}": measure for measure in judged for word in _WHY}
    stems = {measure: _GIVEN.sub("", measure) for measure in judged}
    counts = Counter(stems.values())
    others = {*names} - {*judged} - {*map(col.explanation_of, judged)}
    short = dict[str, str]()
    for measure, stem in stems.items():
        if stem and counts[stem] == 1:
            words = _EXPLAINING if any(name.startswith(stem) for name in others) else (*_EXPLAINING, *_REASONS)
            short |= {f"{stem}{word}": measure for word in words}
    titles = {**short, **whole}.items()
    return {_BETWEEN.sub("", fold(title)): col.explanation_of(measure) for title, measure in titles}


def explains(title: str) -> bool:
    """Tell whether a title without a measure says that its column explains the figures on its left."""
    return _TAIL.sub("", _bare(fold(title))) in _WHY


@lru_cache(maxsize=32)
def titles_of(names: tuple[str, ...], judged: tuple[str, ...] = ()) -> Titles:
    """Give the titles of columns; a folder of forms asks for the same again and again."""
    return Titles(names, judged)


def _bare(folded: str) -> str:
    return _COUNTED_IN.sub("", _BRACKETED.sub("", _NUMBERED.sub("", folded))).strip(_MARKS)


def _within(name: str, title: str) -> bool:
    shorter, longer = sorted((name, title), key=len)
    return len(shorter) >= _SHORTEST and shorter in longer


def is_unit_word(text: str) -> bool:
    """Tell what figures are counted in: `次`, `（%）`, `单位：个`."""
    return bool(_BRACKETED.fullmatch(f"({fold(text).strip('()')})"))


def corrects(title: str) -> bool:
    """Tell whether a column by its title corrects another one; who did so and when is no correction."""
    folded = fold(title)
    return bool(_OUTRANKING.search(folded)) and not _BESIDE.search(folded)


def is_about(title: str) -> bool:
    """Tell whether a column that names a measure is about it, not another figure of it: `到会率说明`."""
    return bool(_ABOUT.search(fold(title)))


def hinted(title: str, among: Collection[str]) -> str:
    """Find the column of a register, among some, that a title may mean by its words."""
    folded = fold(title)
    return next((name for name, words in _HINTS.items() if name in among and words.match(folded)), "")


def without_digits(title: str) -> str:
    """Leave out the number that tells a column from another of its name: `缺席次数2`."""
    return fold(title).rstrip("0123456789")


class Expected(Struct, frozen=True):
    """What tables may hold: names of the unit column, best first, and columns by kind of table.

    `units` are the names of the roster in normal form. `ignored` are columns that the rubric passes over. `own` asks of
    forms for what units say of themselves (自评), not for what counts.
    """

    unit_names: tuple[str, ...]
    known: Catalogue
    rounds: bool
    dated: bool = False
    roster: bool = False
    own: bool = False
    units: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    @property
    def explaining(self) -> frozenset[str]:
        """The columns beside those of judged measures that say what for points were given or taken."""
        return frozenset(map(col.explanation_of, self.known.judged)) - self.known.measures.keys()

    def columns(self, kind: TableKind) -> tuple[str, ...]:
        """Name the columns that are looked at, with those that are always understood."""
        known = self.known
        rounds = (col.ROUND,) if self.rounds else ()
        match kind:
            case "matrix":
                return (*rounds, *known.measures, *sorted(self.explaining))
            case "form":
                return (col.ITEM, col.FILLED, col.REVIEWED, col.OWN, *rounds, *col.LABELS, *col.REMARKS)
            case "register":
                own = (column for columns in known.registers.values() for column in columns)
                beside = (column for columns in known.beside.values() for column in columns)
                return (col.EVENT, *rounds, *dict.fromkeys((*own, *col.REGISTER, *beside)))
            case "assessors":
                categories = (col.CATEGORY,) if known.categories else ()
                return (col.ASSESSOR, *categories, *rounds, *sorted(known.judged), *sorted(self.explaining))
            case "ballots":
                levels = (level for levels in known.ballots.values() for level in levels)
                return (col.BALLOT, *rounds, *dict.fromkeys((*levels, *col.TURNOUT)))
            case "rulings":
                return (col.ITEM, col.ITEM_TITLE, col.POINTS, col.REASON, col.APPROVER, col.DAY, *rounds)
            case "grade rulings":
                return (col.FIXED_GRADE, col.MEETING, col.DAY, col.REASON, col.APPROVER)
            case "roster":
                return (col.ALIASES, col.SINCE, col.UNTIL, *known.attributes)

    def titles(self, kind: TableKind) -> Titles:
        """Say what titles of columns mean; of tables with a column for each measure they may also explain one."""
        judged = sorted(self.known.judged) if kind in ("matrix", "assessors") else ()
        return titles_of(self.columns(kind), tuple(judged))

    def looked_at(self, kind: TableKind) -> frozenset[str]:
        """Name the columns that may move points: a title that may mean one of these must not be passed over."""
        if kind == "register":
            used = {use.measure for use in self.known.uses if use.register is not None} | self.known.required_columns
            dated, rounds = {col.DAY} if self.dated else set(), {col.ROUND} if self.rounds else set()
            return frozenset(used | {col.EVENT, col.AMOUNT} | dated | rounds)
        idle = {"form": {col.OWN, *col.LABELS, *col.REMARKS} - ({col.OWN} if self.own else set())}
        return frozenset(self.columns(kind)) - idle.get(kind, set()) - self.explaining
