"""Figures of a text, in digits and in Chinese numerals, marked by whether the other side has them."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import COUNTERS, NO_FIGURES, either
from dangjian_score.report.page.elements import Element, e

_NUMERAL: Final = "零〇一二两三四五六七八九十百半"
_COUNTER: Final = either(map(re.escape, sorted(COUNTERS, key=len, reverse=True)))
_PROTECTED: Final = either(map(re.escape, sorted(NO_FIGURES, key=len, reverse=True)))
_FIGURE: Final = re.compile(
    rf"(?P<word>{_PROTECTED}|[（(]\d{{1,2}}[）)]|(?:^|(?<=[；;。]))\s*\d{{1,2}}[.、．](?!\d))|(?<![\d.])\d+(?:\.\d+)?|百分之[{_NUMERAL}点\d]+|[{_NUMERAL}]+(?:点[{_NUMERAL}]+)?(?=分半?|{_COUNTER})"
)
_LEADING: Final = re.compile(r"\d+(?:\.\d+)?")
_BEHIND: Final = 3
"""Characters behind a numeral that say whether it is a figure (一次, 一般)."""


class FigureInText(Struct, frozen=True):
    """A figure in a text, from `start` to `end`."""

    start: int
    end: int
    value: Fraction


def figures(text: str) -> Iterator[FigureInText]:
    """Find the figures of a text."""
    for match in _FIGURE.finditer(text):
        value = None if match["word"] else _LEADING.match(evened(text[match.start() : match.end() + _BEHIND]))
        if value is not None:
            yield FigureInText(match.start(), match.end(), Fraction(value[0]))


def values(texts: Iterable[str]) -> frozenset[Fraction]:
    """Return the figures that stand in some texts."""
    return frozenset(figure.value for text in texts for figure in figures(text))


UNSAID: Final = frozenset({Fraction(0), Fraction(1)})
"""Figures that one side may leave out: 每次 is every 1, and what no row of a table gives is 0."""


def marked(text: str, other: frozenset[Fraction], *, lone: bool) -> Iterator[Element | str]:
    """Mark the figures of a text that the other side has, and where `lone` those that stand on this side alone."""
    at = 0
    for figure in figures(text):
        yield text[at : figure.start]
        shown = text[figure.start : figure.end]
        if figure.value in other:
            yield e("b", shown, class_="same")
        else:
            yield shown if not lone or figure.value in UNSAID else e("b", shown, class_="other")
        at = figure.end
    yield text[at:]
