"""Where units stand that a sentence is about: at the top or the end of the list, above or below a total."""

import re
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.core.points import plain
from dangjian_score.draft.whole.limits import NUMERALS, Keys

_N: Final = f"[\\d{''.join(NUMERALS)}]{{1,3}}"
_TOP: Final = re.compile(
    rf"前(?:(?P<share>\d+(?:\.\d+)?)%|(?P<places>{_N})(?:[名位个家]|的|者|，|$))|最高的(?P<best>{_N})[名位个家]"
    r"|第[一1](?:名|位|的)|首位|最高的(?=[^，\d]{0,6}(?:，|$))"
)
_END: Final = re.compile(
    rf"(?:后|末尾|末|倒数|最后|居末)第?(?:(?P<share>\d+(?:\.\d+)?)%|(?P<places>{_N})(?:[名位个家]|的|者|，|$))"
    rf"|末位的?(?P<tail>{_N})[名位个家]|末位(?P<behind>\d+(?:\.\d+)?)%|最低的(?P<worst>{_N})[名位个家]"
    r"|(?<!列为)末位|最后一名|倒数第一|最低的(?=[^，\d]{0,6}(?:，|$))"
)
_BELOW: Final = re.compile(
    r"(?:(?<!不)低于|不足|不满|不到|未达到|未达|(?<!不)少于)(?P<low>\d+(?:\.\d+)?)分|(?P<under>\d+(?:\.\d+)?)分(?:及|（含）)?以下"
)
_LEAST: Final = re.compile(
    r"(?P<least>\d+(?:\.\d+)?)分(?:（含）)?(?:及?以上|（含）以上)|(?:达到|不低于|不少于|≥)(?P<reached>\d+(?:\.\d+)?)分"
)


class StatedRank(Struct, frozen=True):
    """What a text says of where units stand; None where it says nothing."""

    top: Keys | None
    end: Keys | None
    below: Fraction | None
    least: Fraction | None

    @property
    def is_said(self) -> bool:
        """Whether the text says anything of it."""
        return any(part is not None for part in (self.top, self.end, self.below, self.least))


def rank_in(text: str) -> StatedRank:
    """Return what a text says of where units stand."""
    return StatedRank(
        _places(_TOP.search(text)), _places(_END.search(text)), _total(_BELOW.search(text)), _total(_LEAST.search(text))
    )


def _total(match: re.Match[str] | None) -> Fraction | None:
    return None if match is None else Fraction(next(filter(None, match.groups())))


def _places(match: re.Match[str] | None) -> Keys | None:
    """Return the share or the number of places that a rank says; the first or the last alone is one place."""
    if match is None:
        return None
    for name, value in match.groupdict().items():
        if value is not None:
            return (
                {"quota": f"{plain(Fraction(value))}%"} if name in ("share", "behind") else {"places": _number(value)}
            )
    return {"places": Fraction(1)}


def _number(text: str) -> Fraction:
    """Read 5, 五, 十二: places, which the figures of a text are not all made Arabic for."""
    if text.isdigit():
        return Fraction(text)
    tens, ten, ones = text.rpartition("十")
    return Fraction((NUMERALS.get(tens, 1) * 10 if ten else 0) + NUMERALS.get(ones, 0))
