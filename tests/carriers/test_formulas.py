"""The trees mean the same as formulas of a spreadsheet, computed by LibreOffice."""

import zipfile
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import Workbook

from dangjian_score.core.algebra import (
    ZERO,
    AllHold,
    AnyHolds,
    Compare,
    Const,
    Entered,
    Expr,
    Is,
    Not,
    Product,
    Quotient,
    Read,
    Rounded,
    Sum,
    Tally,
    Test,
    Whole,
    Yes,
)
from dangjian_score.core.points import Mode
from dangjian_score.engine import exact
from dangjian_score.engine.formulas import DEEPEST, GUARD, LONGEST, fits, quoted
from dangjian_score.rubric.kinds import RULE_KINDS
from dangjian_score.rubric.kinds.per_judged import PerJudged
from dangjian_score.rubric.kinds.tiers import Rank
from tests.carriers import office
from tests.carriers.formulas import POINTS, Book, formulas
from tests.carriers.generate import samples

RUBRICS, UNITS = 40, 6


def _with_a_wrong_stored_value() -> bytes:
    """Make a workbook where A1 is `=1+1` and the value stored beside the formula says 41."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "=1+1"
    made, edited = BytesIO(), BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(edited, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert data.count(b"<f>1+1</f><v />") == 1 or data.count(b"<f>1+1</f><v></v>") == 1, data
                data = data.replace(b"<v />", b"<v>41</v>").replace(b"<v></v>", b"<v>41</v>")
            target.writestr(name, data)
    return edited.getvalue()


@pytest.mark.office
@pytest.mark.parametrize(("mode", "seen"), [(office.ALWAYS, 2), (office.NEVER, 41)])
def test_recalculation_is_forced(tmp_path: Path, mode: int, seen: int) -> None:
    """The setting that every check here rests on; without it the office program believes what is stored."""
    book = office.recalculated(_with_a_wrong_stored_value(), tmp_path, mode)
    assert book.worksheets[0]["A1"].value == seen


@pytest.mark.office
def test_formulas_agree_with_rationals_in_every_step(tmp_path: Path) -> None:
    book = Book()
    expected: dict[tuple[int, int], tuple[str, Fraction]] = {}
    kinds = set()
    for at, sample in enumerate(samples(99, RUBRICS, UNITS)):
        cells = book.add(sample.program, sample.units)
        kinds |= {type(rule) for node in sample.program.nodes for rule in node.node.rules}
        for unit, values in enumerate(sample.units):
            for step, value in exact.run(sample.program.steps, values, {}).items():
                expected[cells[step][unit]] = (f"rubric {at}, unit {unit}, {step}", value)
    computed = office.recalculated(book.bytes(), tmp_path)[POINTS]
    wrong = [
        (where, float(value), found)
        for cell, (where, value) in expected.items()
        if not _equal(found := computed.cell(*cell).value, value)
    ]
    assert wrong == []
    assert len(expected) > 10_000
    assert kinds == set(RULE_KINDS) - {Rank, PerJudged}


HALVES = ("0.125", "0.375", "0.5", "1.5", "2.5", "1.005", "2.675", "0.045", "19.995", "88.475", "99999.995")
FIGURES: list[Expr] = [
    *(Const(Fraction(half)) for half in HALVES),
    *(Sum((Const(Fraction(half) / 3),) * 3) for half in HALVES),
    *(Sum((Const(Fraction(half) - Fraction(1, 10)), Const(Fraction(1, 10)))) for half in HALVES),
    *(Product(Const(Fraction(third, 3)), Const(Fraction(3))) for third in (1, 2, 22, 26, 200)),
    *(Const(Fraction(third, 3)) for third in (1, 2, 22)),
    *(Const(Fraction(even, 100)) for even in (0, 5, 115, 435, 894, 10010)),
]
"""Halves, whole numbers and thirds, as one figure and as sums that floats come near to only."""


@pytest.mark.office
def test_every_way_of_rounding_agrees(tmp_path: Path) -> None:
    signed: list[Expr] = [*FIGURES, *(Product(Const(Fraction(-1)), figure) for figure in FIGURES)]
    asked = [Rounded(figure, places, mode) for figure in signed for places in range(4) for mode in get_args(Mode)]
    book = Workbook()
    for row, expr in enumerate(asked, start=1):
        book.worksheets[0].cell(row, 1, HERE.cell(expr))
    into = BytesIO()
    book.save(into)
    sheet = office.recalculated(into.getvalue(), tmp_path).worksheets[0]
    found = [sheet.cell(row, 1).value for row in range(1, len(asked) + 1)]
    expected = [exact.number(expr, {}, {}) for expr in asked]
    wrong = [case for case in zip(asked, expected, found, strict=True) if not _equal(case[2], case[1])]
    assert wrong == []


HAVE, DAY = Read("比率", "percent"), Read("日期", "date")
HERE = formulas(7, {"比率": 3, "日期": 4, "等级": 5, "答": 6, ":会": 7}, {})
BELOW = Compare(HAVE, "below", Const(Fraction(4, 5)))
IS_BELOW = "(ROUND('证据'!C7-(4/5),9)<0)"


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Whole(HAVE), "INT(ROUND('证据'!C7,9))"),
        (Rounded(HAVE, 2), "ROUND(ROUND('证据'!C7,9),2)"),
        (Const(Fraction(-1, 3)), "(-1/3)"),
        (DAY, "('证据'!D7+693594)"),  # 1 January 1900 is day 2 of spreadsheets that know no 29 February 1900
        (Quotient(HAVE, Const(Fraction(2))), "('证据'!C7/(2))"),
        (Sum(()), "(0)"),
        (Tally(":会", ("会",), None, ZERO), "'证据'!G7"),
    ],
)
def test_floats_are_guarded(expr: Expr, text: str) -> None:
    assert HERE.number(expr) == text


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (BELOW, IS_BELOW),
        (AllHold(()), "TRUE()"),
        (AnyHolds(()), "FALSE()"),
        (Not(Yes("答")), "NOT(('证据'!F7=\"是\"))"),
        (Is("等级", '"一"级'), 'EXACT(\'证据\'!E7,"""一""级")'),
        (Entered("比率"), "AND('证据'!C7<>\"\",'证据'!C7<>\"不适用\")"),
        (AnyHolds((Yes("答"), BELOW)), f"OR(('证据'!F7=\"是\"),{IS_BELOW})"),
        (AllHold((Yes("答"), Is("等级", "甲"))), "AND(('证据'!F7=\"是\"),EXACT('证据'!E7,\"甲\"))"),
    ],
)
def test_tests_as_text(test: Test, text: str) -> None:
    """Comparisons are guarded; nothing asked is all but not any."""
    assert HERE.test(test) == text


def test_a_figure_is_not_looked_at_where_what_stands_before_does_not_hold() -> None:
    assert HERE.test(AllHold((Yes("答"), BELOW, Yes("答")))) == (
        f"IF(('证据'!F7=\"是\"),AND({IS_BELOW},('证据'!F7=\"是\")),FALSE())"
    )


def test_long_lists_and_texts_are_taken_apart() -> None:
    many = HERE.test(AnyHolds(tuple(Is("等级", str(at)) for at in range(450))))
    assert many.startswith("OR(OR(")
    assert max(part.count("EXACT") for part in many.split("),OR(")) == 200
    assert quoted("甲" * 300) == f'"{"甲" * 250}"&"{"甲" * 50}"'
    assert quoted("") == '""'
    assert quoted("SORT(甲)") == '"SORT"&"(甲)"'


def test_what_no_office_program_takes_is_told() -> None:
    assert fits("(" * DEEPEST + ")" * DEEPEST)
    assert fits("1" * LONGEST)
    assert not fits("1" * (LONGEST + 1))
    assert not fits("(" * (DEEPEST + 1) + ")" * (DEEPEST + 1))
    assert fits('"' + "(" * (DEEPEST + 1) + '"')


def _equal(found: object, value: Fraction) -> bool:
    """A double counts to the places that formulas trust; what is no number at all is an error value of the sheet."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return abs(Fraction(found) - value) < Fraction(1, 10**GUARD)
