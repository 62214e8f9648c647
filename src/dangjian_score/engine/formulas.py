"""The spreadsheet carrier: expressions as formulas of cells, for office programs with binary floats.

Callers give the addresses of cells. Figures are rounded to 9 places where a float could change a result: before
rounding, before whole steps and in comparisons. Only functions of Excel 2007 are used.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, assert_never

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.core.points import Mode

GUARD: Final = 9
"""Decimals to which floats are trusted: far more than points have, far fewer than a double has."""

YES: Final = "是"
NO: Final = "否"
INAPPLICABLE: Final = "不适用"
"""The texts in cells of answers, and of measures that do not apply."""

DAYS: Final = 693_594
"""The ordinal day of day 0 of a spreadsheet."""

LONGEST: Final = 8_192
DEEPEST: Final = 64
"""Longest formula in characters, and deepest nesting of functions, that every office program takes."""

_OPERATORS: Final[Mapping[a.Comparator, str]] = {
    "at_least": ">=",
    "at_most": "<=",
    "above": ">",
    "below": "<",
    "equals": "=",
}
_MOST_MEMBERS: Final = 200
"""Members of `AND` and `OR`; they take 255."""
_LONGEST_TEXT: Final = 250
"""Characters of a text within a formula; 255 are taken."""

_TEXT: Final = re.compile('"[^"]*"')

Address = Callable[[str], str]
"""Returns the address of the cell of a name."""


class Formulas(Struct, frozen=True):
    """Formulas over cells; `fact`, `figure` and `step` give the cells of facts, figures of many and earlier steps."""

    fact: Address
    figure: Address
    step: Address

    def cell(self, expr: a.Expr) -> str:
        """Return the formula of a cell."""
        return f"={self.number(expr)}"

    def number(self, expr: a.Expr) -> str:
        """Return the text of an expression."""
        match expr:
            case a.Const(value):
                return f"({value.numerator}/{value.denominator})" if value.denominator > 1 else f"({value.numerator})"
            case a.Read(measure, "date"):
                return f"({self.fact(measure)}+{DAYS})"
            case a.Read(measure):
                return self.fact(measure)
            case a.Ref(step):
                return self.step(step)
            case a.Sum(terms):
                return f"({'+'.join(map(self.number, terms)) or 0})"
            case a.Product(left, right):
                return f"({self.number(left)}*{self.number(right)})"
            case a.Quotient(part, whole):
                return f"({self.number(part)}/{self.number(whole)})"
            case a.Most(left, right):
                return f"MAX({self.number(left)},{self.number(right)})"
            case a.Least(left, right):
                return f"MIN({self.number(left)},{self.number(right)})"
            case a.Choice(test, then, otherwise):
                return f"IF({self.test(test)},{self.number(then)},{self.number(otherwise)})"
            case a.Whole(of):
                return f"INT(ROUND({self.number(of)},{GUARD}))"
            case a.Named(of=of):
                return self.number(of)
            case a.Tally(name) | a.Grouped(name) | a.Statistic(name) | a.Placing(name):
                return self.figure(name)
            case a.Rounded(of, places, mode):
                return _rounded(f"ROUND({self.number(of)},{GUARD})", places, mode)
            case _:
                assert_never(expr)

    def test(self, test: a.Test) -> str:
        """Return the text of a test."""
        match test:
            case a.Yes(measure):
                return f'({self.fact(measure)}="{YES}")'
            case a.Is(measure, level):
                return f"EXACT({self.fact(measure)},{quoted(level)})"
            case a.Entered(measure):
                cell = self.fact(measure)
                return f'AND({cell}<>"",{cell}<>"{INAPPLICABLE}")'
            case a.Compare(left, how, right):
                return f"(ROUND({self.number(left)}-{self.number(right)},{GUARD}){_OPERATORS[how]}0)"
            case a.AllHold(tests):
                return self._all(tests)
            case a.AnyHolds(tests):
                return _joined("OR", [self.test(inner) for inner in tests]) if tests else "FALSE()"
            case a.Not(inner):
                return f"NOT({self.test(inner)})"
            case _:
                assert_never(test)

    def _all(self, tests: tuple[a.Test, ...]) -> str:
        """Return the text of tests that must all hold, as nested `IF` before members with figures.

        `AND` evaluates every member, but where an earlier test fails a figure may be missing or a divisor 0.
        """
        if not tests:
            return "TRUE()"
        figures = (at for at, test in enumerate(tests) if at and _has_figures(test))
        first = next(figures, len(tests))
        before = _joined("AND", [self.test(test) for test in tests[:first]])
        return before if first == len(tests) else f"IF({before},{self._all(tests[first:])},FALSE())"


def _rounded(figure: str, places: int, mode: Mode) -> str:
    """Return the text of a rounding; rounding half to even is composed, since spreadsheets lack it."""
    match mode:
        case "half_up":
            return f"ROUND({figure},{places})"
        case "up":
            return f"ROUNDUP({figure},{places})"
        case "down":
            return f"ROUNDDOWN({figure},{places})"
        case "half_even":
            whole = f"({figure}*{10**places})"
            is_half = f"ROUND(ABS({whole})-INT(ABS({whole}))-0.5,{GUARD})=0"
            return f"(IF({is_half},2*ROUND({whole}/2,0),ROUND({whole},0))/{10**places})"
        case _:
            assert_never(mode)


def _has_figures(test: a.Test) -> bool:
    return any(isinstance(part, a.Compare) for part in a.walk(test))


def quoted(text: str) -> str:
    """Return a text literal, in pieces of which none looks like a function, which writers of files may rename."""
    pieces = [piece for part in re.split(r"(?=\()", text) for piece in _cut(part)] or [""]
    doubled = (piece.replace('"', '""') for piece in pieces)
    return "&".join(f'"{piece}"' for piece in doubled)


def _cut(text: str) -> list[str]:
    return [text[at : at + _LONGEST_TEXT] for at in range(0, len(text), _LONGEST_TEXT)]


def fits(formula: str) -> bool:
    """Return whether every office program takes a formula."""
    deepest = depth = 0
    for character in _TEXT.sub("", formula):
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return len(formula) <= LONGEST and deepest <= DEEPEST


def _joined(function: str, members: list[str]) -> str:
    while len(members) > _MOST_MEMBERS:
        parts = [members[at : at + _MOST_MEMBERS] for at in range(0, len(members), _MOST_MEMBERS)]
        members = [f"{function}({','.join(part)})" for part in parts]
    return members[0] if len(members) == 1 else f"{function}({','.join(members)})"
