"""What a cell may hold, in words and as what spreadsheets call data validation."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar, assert_never

from msgspec.structs import replace
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from dangjian_score.core import books
from dangjian_score.core.columns import CHOICES
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.template.plan import Check, Day, FigureWithin, Free, ListedValues, PlanGrid
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.standing import Span
from dangjian_score.words.say import Words

YES: Final = "是"
NO: Final = "否"
NONE: Final = "无"
INAPPLICABLE: Final = "不适用"
ABSENT: Final = ("弃权", "回避", "缺评")
"""What assessors write who give no figure."""

_SHOWN: Final = 12
"""Choices that a sentence names; more are in the drop-down."""


def check_of(
    measure: Measure,
    words: Words,
    judged: Sequence[Assessed | JudgedEvents] = (),
    *,
    optional: bool = False,
    describes: bool = False,
    assessed: bool = False,
) -> Check:
    """Say what the cells of a measure may hold; where it is `optional`, 不适用 too.

    What `describes` a unit is never 无. Where it is `assessed`, assessors may say why they give no figure.
    """
    instead = (*((INAPPLICABLE,) if optional else ()), *(ABSENT if assessed else ()))
    match measure.kind:
        case "yes_no":
            return choice((YES, NO), words, instead=instead)
        case "level":
            values = measure.levels if describes else (*measure.levels, NONE)
            return choice(values, words, instead=instead, strict=not measure.open)
        case "date":
            return day(None, words, instead=instead)
        case "percent":
            return _explained(FigureWithin("percent", measure.least, measure.most, instead=instead), words)
        case "count":
            return _explained(FigureWithin("whole", measure.least, measure.most, instead=instead), words)
        case "number" | "score":
            least = min((rule.least for rule in judged), default=measure.least)
            bounds = (measure.most, max((rule.most for rule in judged), default=None))
            most = min((bound for bound in bounds if bound is not None), default=None)
            return _explained(FigureWithin("decimal", least, most, instead=instead), words)
        case "text" | "votes":
            return choice(measure.levels, words, strict=False) if measure.levels else Free()
        case _:
            assert_never(measure.kind)


def choice(values: Iterable[str], words: Words, *, instead: tuple[str, ...] = (), strict: bool = True) -> ListedValues:
    """Offer values."""
    return _explained(ListedValues(tuple(dict.fromkeys((*values, *instead))), strict), words)


def day(span: Span | None, words: Words, *, instead: tuple[str, ...] = ()) -> Day:
    """Ask for a day, within a span where there is one."""
    return _explained(Day(span.from_, span.to, instead) if span else Day(instead=instead), words)


def quantity(words: Words) -> FigureWithin:
    """Ask how many there were, above 0."""
    return _explained(FigureWithin("decimal", Fraction(0), positive=True), words)


def points(words: Words) -> FigureWithin:
    """Ask for points."""
    return _explained(FigureWithin("decimal"), words)


_Explained = TypeVar("_Explained", ListedValues, FigureWithin, Day)


def _explained(check: _Explained, words: Words) -> _Explained:
    """Add what a spreadsheet says of anything else."""
    return replace(check, wrong=words.text("wrong", what=described(check, words)))


def described(check: Check, words: Words) -> str:
    """Say what a cell may hold."""
    match check:
        case ListedValues(values, strict):
            shown = (*values[:_SHOWN], *(["…"] if len(values) > _SHOWN else []))
            return words.text("fill choice" if strict else "fill suggested", values=words.text("comma").join(shown))
        case FigureWithin(kind, least, most, positive):
            show = percent if kind == "percent" else plain
            bounds = {"least": "" if least is None else show(least), "most": "" if most is None else show(most)}
            text = words.text("fill positive") if positive else words.text(f"fill {kind}", **bounds)
        case Day(first, last):
            span = {} if first is None or last is None else {"first": first.isoformat(), "last": last.isoformat()}
            text = words.text("fill day", **span)
        case Free():
            return words.text("fill free")
        case _:
            assert_never(check)
    if INAPPLICABLE in check.instead:
        text = words.text("or instead", what=text, instead=INAPPLICABLE)
    return words.text("or absent", what=text) if set(ABSENT) <= set(check.instead) else text


_LONGEST: Final = 255
"""Characters of a list that spreadsheets take."""
_LONGEST_SENTENCE: Final = 225


class Checker:
    """Puts checks on sheets; keeps the long lists of a whole workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._lists: dict[tuple[str, ...], str] = {}

    def check(self, sheet: Worksheet, grid: PlanGrid, first: int) -> None:
        """Check every cell that may be filled in."""
        last = first + len(grid.lines) + grid.spare + grid.beyond - 1
        for check, area in _areas(grid, first, last):
            if (rule := self._rule(check, area.split(":", 1)[0])) is not None:
                rule.add(area)
                sheet.add_data_validation(rule)

    def _rule(self, check: Check, first: str) -> DataValidation | None:
        match check:
            case Free():
                return None
            case ListedValues(values, strict, wrong):
                return _validation(wrong, type="list", formula1=self._list(values), showErrorMessage=strict)
            case FigureWithin(wrong=wrong) | Day(wrong=wrong) if check.instead:
                return _validation(wrong, type="custom", formula1=_either(check, first))
            case FigureWithin(kind, least, most, positive, _, wrong):
                texts = (None if bound is None else plain(bound) for bound in (least, most))
                bounds = _between(*texts, positive=positive)
                return _validation(wrong, type="whole" if kind == "whole" else "decimal", **bounds)
            case Day(_, _, _, wrong):
                return _validation(wrong, type="date", **_between(*_days(check)))
            case _:
                assert_never(check)

    def _list(self, values: tuple[str, ...]) -> str:
        """Write a short list out; name the place of a long one, or of one that is not plain text without commas."""
        text = f'"{",".join(values)}"'
        plain_ = all(books.text_of(value) == value.strip() and not set(value) & set(',"\n') for value in values)
        if plain_ and len(text) <= _LONGEST and not text.startswith('"='):
            return text
        return self._lists.setdefault(values, f"choices_{len(self._lists) + 1}")

    def finish(self) -> None:
        """Write the long lists to their sheet."""
        if not self._lists:
            return
        sheet = self._workbook.create_sheet(CHOICES)
        sheet.sheet_state = "hidden"
        for column, (values, name) in enumerate(self._lists.items(), start=1):
            for row, value in enumerate(values, start=1):
                books.put(sheet, row, column, value)
            letter = get_column_letter(column)
            place = f"'{CHOICES}'!${letter}$1:${letter}${len(values)}"
            self._workbook.defined_names[name] = DefinedName(name, attr_text=place)


def _areas(grid: PlanGrid, first: int, last: int) -> Iterator[tuple[Check, str]]:
    """Give the cells of each check: whole columns, or runs of lines that are checked alike."""
    for number, column in enumerate(grid.columns, start=1):
        letter = get_column_letter(number)
        own = [line.checks.get(column.title, column.check) for line in grid.lines]
        own += [column.check] * (last - first + 1 - len(own))
        start = 0
        for at in range(1, len(own) + 1):
            if at == len(own) or own[at] != own[start]:
                if column.open:
                    yield own[start], f"{letter}{first + start}:{letter}{first + at - 1}"
                start = at


def _validation(wrong: str, **how: Any) -> DataValidation:
    how = {"showErrorMessage": True, **how}
    wrong = books.text_of(wrong)
    short = wrong if len(wrong) <= _LONGEST_SENTENCE else f"{wrong[: _LONGEST_SENTENCE - 1]}…"
    return DataValidation(allow_blank=True, error=short, errorStyle="stop", **how)


def _between(least: str | None, most: str | None, *, positive: bool = False) -> dict[str, str]:
    match least, most:
        case None, None:
            return {"operator": "between", "formula1": "-1000000000000000", "formula2": "1000000000000000"}
        case str(), None:
            return {"operator": "greaterThan" if positive else "greaterThanOrEqual", "formula1": least}
        case None, str():
            return {"operator": "lessThanOrEqual", "formula1": most}
        case _:
            return {"operator": "between", "formula1": least or "", "formula2": most or ""}


def _days(check: Day) -> tuple[str, str]:
    """Give the days as a spreadsheet's formulas."""
    first, last = check.first or date(1900, 3, 1), check.last or date(9999, 12, 31)
    return f"DATE({first.year},{first.month},{first.day})", f"DATE({last.year},{last.month},{last.day})"


def _either(check: FigureWithin | Day, cell: str) -> str:
    """Ask for a number within bounds, or for one of the words that may stand instead."""
    tests = [f"ISNUMBER({cell})"]
    if isinstance(check, Day):
        least, most = _days(check)
        tests += [f"{cell}>={least}", f"{cell}<={most}"]
    else:
        tests += [] if check.least is None else [f"{cell}{'>' if check.positive else '>='}{plain(check.least)}"]
        tests += [] if check.most is None else [f"{cell}<={plain(check.most)}"]
        tests += [f"{cell}=INT({cell})"] if check.kind == "whole" else []
    words = [f'{cell}="{word}"' for word in check.instead]
    is_word = words[0] if len(words) == 1 else f"OR({','.join(words)})"
    return f"IF({is_word},TRUE,AND({','.join(tests)}))"
