"""The trees mean the same as formulas of a spreadsheet, computed by LibreOffice."""

import zipfile
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import Workbook

from dangjian_score.engine import exact
from dangjian_score.engine.algebra import AllHold, AnyHolds, Compare, Const, Expr, Read, Rounded, Test, Whole
from dangjian_score.points import rounded
from dangjian_score.rubric.lookups import Rank
from dangjian_score.rubric.rules import AnyRule
from tests.carriers import office
from tests.carriers.formulas import GUARD, POINTS, Book, Formulas
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
    assert kinds == set(get_args(AnyRule)) - {Rank}


HAVE = Read("比率", "percent")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Whole(HAVE), "INT(ROUND('证据'!C7,9))"),
        (Rounded(HAVE, 2), "ROUND(ROUND('证据'!C7,9),2)"),
        (Const(Fraction(-1, 3)), "(-1/3)"),
    ],
)
def test_floats_are_guarded(expr: Expr, text: str) -> None:
    assert Formulas(7, {"比率": 3}, {}).number(expr) == text


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (Compare(HAVE, "below", Const(Fraction(4, 5))), "(ROUND('证据'!C7-(4/5),9)<0)"),
        (AllHold(()), "AND(TRUE())"),
        (AnyHolds(()), "OR(FALSE())"),
    ],
)
def test_comparisons_are_guarded_and_nothing_asked_is_all_but_not_any(test: Test, text: str) -> None:
    assert Formulas(7, {"比率": 3}, {}).test(test) == text


def _equal(found: object, value: Fraction) -> bool:
    """A double counts as its 15 significant digits; what is no number at all is an error value of the sheet."""
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return is_number and Fraction(format(found, ".15g")) == rounded(value, GUARD)
