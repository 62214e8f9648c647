"""Grades with the points where they begin, how totals are rounded, the period, and who is assessed."""

import re
from calendar import monthrange
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import either, page

GRADE: Final = either(page("words.yaml")["grades"])
_NAMED: Final = re.compile(
    rf"[“‘](?P<quoted>[^”’]{{1,8}})[”’]|(?P<grade>{GRADE})(?P<who>党员|党支部|党组织|支部|社区|村|单位)?(?=等次|等级|档次|等|档|[，、；。：:（）()]|$|党|支部|为|的|\d|≥|<|>)"
)
_CALLED: Final = re.compile(
    r"(?:为|评为|定为|确定为|命名为|列为)(?P<called>[^，。；“”\d为]{1,8}(?:支部|党组织|党员|单位|村|社区|学校))(?=[，。；、]|$)"
)
_BOUND: Final = re.compile(
    r"(?P<less><|＜|小于|不满|不足|低于|未满|未达到?)?\s*(?P<figure>\d+(?:\.\d+)?)\s*分?(?:（含[^（）]*）)?(?P<under>以下|及以下|往下)?"
)
_NO_GRADE: Final = re.compile(
    r"推荐|评选|整顿|授予|表彰|通报|取消|约谈|整改|名额|奖金|奖励|参评|扣\d|加\d|得\d|晋级|评先|评优|低于平均"
)


def grades_in(line: str) -> dict[str, Fraction]:
    """Read the grades of a line with the points where they begin; 75分至89分 begins at 75, 60分以下 at 0."""
    found: dict[str, Fraction] = {}
    tops: list[Fraction] = []
    piece = ""
    for part in re.split("[，；。、\n]", line):
        piece = f"{piece}{part}"
        names = [] if _NO_GRADE.search(piece) else _names(piece)
        said = piece.split("且")[0] if re.search("且(?!不[满足]|低于|小于|未)", piece) else piece
        bounds = [bound for bound in _BOUND.finditer(_WITHOUT.sub("", said)) if _is_bound(bound)]
        if names and bounds:
            lows = [Fraction(bound["figure"]) for bound in bounds if not bound["less"] and not bound["under"]]
            name = names[-1] if names[-1] not in found else names[0]
            tops += [] if lows else [Fraction(bounds[0]["figure"])]
            low = min(lows) if lows else Fraction(0)
            if low not in found.values():
                found.setdefault(name, low)
        elif names and _REST.search(piece):
            found.setdefault(names[-1], max(tops, default=Fraction(0)))
        elif not _NO_GRADE.search(piece) and (bounds or (names and len(piece) <= _SHORT_PIECE)):
            continue
        piece = ""
    return found if len(found) > 1 or Fraction(0) in found.values() else {}


_REST: Final = re.compile("其余|其他|以下的?为")


def _names(piece: str) -> list[str]:
    """Return the names of grades in a piece of a line."""
    called = re.search("(?:为|叫|是|列为|定为|属于)[“‘]", piece) is not None
    names = [
        match["quoted"] or f"{match['grade']}{match['who'] or ''}"
        for match in _NAMED.finditer(piece)
        if called or _is_grade(match)
    ]
    other = None if names else _CALLED.search(piece)
    return names if other is None else [other["called"]]


def _is_bound(match: re.Match[str]) -> bool:
    """Return whether a figure is points: it says so, or is of their size, and no year."""
    return "分" in match[0] or _LEAST <= Fraction(match["figure"]) < _YEARS


_LEAST, _YEARS = 30, 1900


def _is_grade(match: re.Match[str]) -> bool:
    return match["quoted"] is None or re.match(GRADE, match["quoted"]) is not None or "星" in match["quoted"]


_SHORT_PIECE: Final = 12
_WITHOUT: Final = re.compile(r"（(?:不)?含\d+分?）|\d+%")


_ROUNDING: Final = re.compile(
    r"保留(?:到)?(?:小数点?后?)?(?P<places>\d)位(?:小数)?|保留(?:小数点后)?(?P<after>\d)位|小数点后(?P<behind>\d)位|(?P<none>不保留小数)|精确到(?P<part>0\.0*1|个位|小数点后(?P<digits>\d)位)|取整|保留整数"
)


def rounding_of(lines: Iterable[str]) -> dict[str, Fraction | str]:
    """Return how the total is rounded, as it stands in a rubric; nothing where no line says it."""
    for line in lines:
        match = _ROUNDING.search(line)
        if match is None or not (
            "四舍五入" in line or "保留" in line or "精确" in line or "小数" in line or match["none"]
        ):
            continue
        places = match["places"] or match["after"] or match["behind"] or match["digits"]
        if places is None:
            places = str(len(match["part"]) - 2) if match["part"] and match["part"].startswith("0.") else "0"
        return {"total": Fraction(places), "mode": "half_up"}
    return {}


_YEAR: Final = re.compile(r"(20\d\d)年")
_ASSESSED: Final = re.compile(
    r"(?:考核|考评|评价)(?:年度|期|周期|期间)[^。，]{0,6}?(20\d\d)年?|(20\d\d)年度?(?:年终|年度|党建|工作)*(?:考核|考评)"
)
_MONTHS: Final = re.compile(r"(20\d\d)年(\d{1,2})月(?:起)?(?:至|-|—|到)(?:(20\d\d)年)?(\d{1,2})月(?!\d)")
_SPAN: Final = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日?(?:起)?(?:至|-|—|到)(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日")


def period_of(lines: Iterable[str]) -> tuple[str | None, tuple[str, str] | None]:
    """Return the year of the title, or the period that a line gives."""
    title, *rest = [evened(line) for line in lines]
    for line in (title, *rest):
        match = _SPAN.search(line)
        if match is not None:
            last_year = match[4] or match[1]
            return None, (_day(match[1], match[2], match[3]), _day(last_year, match[5], match[6]))
    for line in (title, *rest):
        months = _MONTHS.search(line)
        if months is not None:
            last = int(months[3] or months[1])
            return None, (
                _day(months[1], months[2], "1"),
                _day(str(last), months[4], str(monthrange(last, int(months[4]))[1])),
            )
    year = _YEAR.search(title) or next(filter(None, (_ASSESSED.search(line) for line in rest)), None)
    if year is None or ("修订" in title and f"{year[1]}年修订" in title):
        return None, None
    return next(filter(None, year.groups())), None


def _day(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02d}-{int(day):02d}"


def subject_of(title: str) -> str:
    """Return who is assessed, by the words of the title."""
    for word, subject in page("words.yaml")["subjects"].items():
        if word in title:
            return str(subject)
    return "单位"
