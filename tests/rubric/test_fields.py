"""Scalars of a rubric: each field reads the text as it stands, or says what was expected."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from dangjian_score.rubric import fields
from dangjian_score.rubric.fields import All, Quantity

HALF = Fraction(1, 2)

READ: list[tuple[str, Any, Any]] = [
    ("Number", "-0.5", -HALF),
    ("Number", " 1/2 ", HALF),
    ("Amount", "0", Fraction(0)),
    ("Amount", "0.5", HALF),
    ("AnyQuantity", "50%", Quantity(HALF, percent=True)),
    ("AnyQuantity", "-0.5", Quantity(-HALF)),
    ("Entry", "all", All()),
    ("Entry", "2", Fraction(2)),
    ("Limit", "none", "none"),
    ("Limit", "-5", Fraction(-5)),
    ("Start", "max", "max"),
    ("Start", "3", Fraction(3)),
    ("Flag", "true", True),
    ("Flag", "false", False),
    ("Places", "0", 0),
    ("Places", "6", 6),
    ("Places", "2.0", 2),
    ("Day", "2024-02-29", date(2024, 2, 29)),
    ("Scalar", "是", True),
    ("Scalar", "true", True),
    ("Scalar", "否", False),
    ("Scalar", "false", False),
    ("Scalar", "50%", Quantity(HALF, percent=True)),
    ("Scalar", "0", Quantity(Fraction(0))),
    ("Scalar", "2024-02-29", date(2024, 2, 29)),
    ("Scalar", "no", "no"),
    ("Scalar", "警告", "警告"),
    ("Identifier", "A", "A"),
    ("Identifier", "3.10", "3.10"),
    ("Identifier", "zhibu-2024", "zhibu-2024"),
    ("Identifier", "甲-1", "甲-1"),
    ("Identifier", "A12", "A12"),
    ("Identifier", "A1234", "A1234"),
    ("Identifier", "001", "001"),
    ("Text", "两行\n  一句", "两行 一句"),
    ("Table", {"90%": "3"}, {Quantity(Fraction(9, 10), percent=True): Fraction(3)}),
    ("DeductTable", {"1": "2", "3": "all"}, {Quantity(Fraction(1)): Fraction(2), Quantity(Fraction(3)): All()}),
]

REFUSED: list[tuple[str, str, list[str]]] = [
    ("Scalar", "scalar", ["012", "1e3", "1_000", "2024-02-30"]),
    ("Number", "number", ["012", "1_000", "1e3", ".5", "5.", "+1", "１", "12:30", ".inf", "no", "5%", "9" * 31]),
    ("Amount", "amount", ["-1", "-1/3", "80%", "all", "none"]),
    ("AnyQuantity", "quantity", ["%", "080%", "九成", "80％"]),
    ("Entry", "entry", ["-1", "全部", "All", "5%"]),
    ("Limit", "limit", ["无", "None", "max", "5%"]),
    ("Start", "start", ["满分", "none", "5%"]),
    ("Flag", "flag", ["yes", "no", "True", "1", "0", "on", "是"]),
    ("Places", "places", ["7", "-1", "0.5", "99999999", "x"]),
    (
        "Day",
        "date",
        ["2024/3/5", "2024-3-5", "2024-02-30", "20240305", "2024-03-05T00:00", "2024年3月5日", "２０２４-03-05"],
    ),
    ("Identifier", "id", ["考核 一", "-a", "a-", "a..b", "a_b", "a/b", ":total", "a:b", "甲、乙", "Ａ"]),
]


def adapter(field: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(fields, field))


def refusal(field: str, raw: object) -> tuple[str, dict[str, str]]:
    with pytest.raises(ValidationError) as caught:
        adapter(field).validate_python(raw)
    (error,) = caught.value.errors()
    return error["type"], error["ctx"]


@pytest.mark.parametrize(("field", "raw", "value"), READ)
def test_read(field: str, raw: object, value: object) -> None:
    result = adapter(field).validate_python(raw)
    assert (result, type(result) is bool) == (value, type(value) is bool)


@pytest.mark.parametrize(
    ("field", "expected", "raw"), [(field, expected, raw) for field, expected, raws in REFUSED for raw in raws]
)
def test_refused(field: str, expected: str, raw: str) -> None:
    assert refusal(field, raw) == ("E012", {"found": raw[:40], "expected": expected})


@pytest.mark.parametrize("text", ["E021", "e012", "W002", "N006"])
def test_an_id_may_not_be_one_of_our_codes(text: str) -> None:
    assert refusal("Identifier", text) == ("E014", {"found": text})


@pytest.mark.parametrize("raw", [["5"], {"5": "5"}])
@pytest.mark.parametrize("field", ["Number", "Amount", "Flag", "Day", "Text", "Scalar", "Identifier"])
def test_a_list_or_mapping_is_no_scalar(field: str, raw: object) -> None:
    code, args = refusal(field, raw)
    assert (code, set(args)) == ("E011", {"expected"})


def test_a_long_text_is_quoted_in_part() -> None:
    assert refusal("Number", "长" * 60)[1]["found"] == "长" * 40


@pytest.mark.parametrize("field", ["Table", "DeductTable"])
def test_tables_do_not_change(field: str) -> None:
    table = adapter(field).validate_python({"1": "2"})
    with pytest.raises(TypeError):
        table[Quantity(Fraction(9))] = Fraction(9)
