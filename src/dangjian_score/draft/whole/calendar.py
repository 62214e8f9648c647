"""How totals are rounded, the period of a regulation, and who is assessed."""

import re
from calendar import monthrange
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import page

_ROUNDING: Final = re.compile(
    r"保留(?:到)?(?:小数点?后?)?(?P<places>\d)位(?:小数)?|保留(?:小数点后)?(?P<after>\d)位|小数点后(?P<behind>\d)位|(?P<none>不保留小数)|取(?:小数点后)?(?P<taken>\d)位(?:小数)?|精确到(?P<part>0\.0*1|个位|小数点后(?P<digits>\d)位)|取整|保留整数|按整数"
)


def rounding_of(lines: Iterable[str]) -> dict[str, Fraction | str]:
    """Return how the total is rounded, as it stands in a rubric; nothing where no line says it."""
    for line in lines:
        parts = [part for part in re.split("[，。；]", line) if _ROUNDING.search(part)]
        of_total = [part for part in parts if re.search("总|综合|最终|最后", part)]
        match = _ROUNDING.search((of_total or parts or [line])[0])
        if match is None or not (
            "四舍五入" in line or "保留" in line or "精确" in line or "小数" in line or match["none"]
        ):
            continue
        places = match["places"] or match["after"] or match["behind"] or match["digits"] or match["taken"]
        if places is None:
            places = str(len(match["part"]) - 2) if match["part"] and match["part"].startswith("0.") else "0"
        mode = "down" if re.search("(?:其余|尾数|以后|后面)(?:的)?(?:舍去|舍弃|不计)|不四舍五入", line) else "half_up"
        return {"total": Fraction(places), "mode": mode}
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
