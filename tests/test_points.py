"""Figures: what is read, what is refused, how they are rounded and written."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dangjian_score.core.points import MAX_DIGITS, decimals, fixed, percent, plain, read_number, read_percent, rounded

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=9)
PLACES = st.integers(0, 8)

READ = {
    "0": Fraction(0),
    "-0": Fraction(0),
    "7": Fraction(7),
    "-12": Fraction(-12),
    "0.5": Fraction(1, 2),
    "-0.25": Fraction(-1, 4),
    "100.00": Fraction(100),
    "1/3": Fraction(1, 3),
    "-2/4": Fraction(-1, 2),
    "0/9": Fraction(0),
    "9" * MAX_DIGITS: Fraction(10**30 - 1),
}
REFUSED = [
    *("", " ", "012", "-01", "00", "1_000", "1,000", "1e3", "1E3", ".5", "5.", "+1", "--1", "- 1", "1 ", " 1", "1\n"),
    *("１", "1．5", "٣", "½", "Ⅳ", "一", "0x1F", "1/0", "1/03", "1/-3", "1.5/2", "1/2/3", "1 / 3", "/3", "1/"),
    *("inf", ".inf", "nan", "Infinity", "true", "1%", "1.2.3", "12:30", "−1", "9" * (MAX_DIGITS + 1)),
]


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_plain_number_is_read(text: str, value: Fraction) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("80%", Fraction(4, 5)), ("0%", Fraction(0)), ("12.5%", Fraction(1, 8)), ("-5%", Fraction(-1, 20)),
     ("150%", Fraction(3, 2)), ("1/3%", Fraction(1, 300))],
)  # fmt: skip
def test_a_per_cent_is_read(text: str, value: Fraction) -> None:
    assert read_percent(text) == value


@pytest.mark.parametrize("text", ["80", "%", "80%%", "80 %", "080%", "80％", "8e1%", "%80", ""])
def test_what_is_no_per_cent_is_refused(text: str) -> None:
    assert read_percent(text) is None


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("0.124", 2, "0.12"), ("2.5", 0, "3"), ("-2.5", 0, "-3"),
     ("3.5", 0, "4"), ("0.5", 0, "1"), ("-0.5", 0, "-1"), ("0.49", 0, "0"), ("1.005", 2, "1.01"), ("2/3", 2, "0.67"),
     ("-1/3", 1, "-0.3"), ("7", 4, "7"), ("99.995", 2, "100")],
)  # fmt: skip
def test_halves_go_away_from_zero(value: str, places: int, expected: str) -> None:
    assert rounded(Fraction(value), places) == Fraction(expected)


@given(DECIMALS, PLACES)
@example(Decimal("0.000000005"), 8)
def test_rounding_agrees_with_decimal(value: Decimal, places: int) -> None:
    with localcontext(prec=60):
        expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert rounded(Fraction(value), places) == Fraction(expected)


@given(st.integers(-(10**6), 10**6), PLACES)
def test_exact_halves_agree_with_decimal(units: int, places: int) -> None:
    """Every value lies midway between two that can be written, where modes of rounding differ."""
    value = (Decimal(units) + Decimal("0.5")).scaleb(-places)
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert rounded(Fraction(value), places) == Fraction(expected)


@given(st.fractions(max_denominator=10_000), PLACES)
def test_rounding_moves_by_half_a_unit_at_most_and_is_even_in_sign(value: Fraction, places: int) -> None:
    result = rounded(value, places)
    assert abs(result - value) <= Fraction(1, 2 * 10**places)
    assert (result * 10**places).denominator == 1
    assert rounded(-value, places) == -result
    assert rounded(result, places) == result


@pytest.mark.parametrize(
    ("value", "expected"),
    [("4", 0), ("0", 0), ("0.5", 1), ("1/4", 2), ("1/5", 1), ("1/40", 3), ("1/1024", 10), ("1/3", None), ("7/6", None)],
)
def test_decimals_that_a_value_needs(value: str, expected: int | None) -> None:
    assert decimals(Fraction(value)) == expected


@given(DECIMALS.filter(bool))
def test_decimals_agree_with_decimal(value: Decimal) -> None:
    _, _, exponent = value.normalize().as_tuple()
    assert isinstance(exponent, int)
    assert decimals(Fraction(value)) == max(0, -exponent)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("17", 2, "17.00"), ("17.5", 0, "17.5"), ("0.125", 2, "0.125"), ("-0.05", 1, "-0.05"), ("0", 2, "0.00"),
     ("-3", 0, "-3"), ("1/3", 2, "1/3"), ("-1/3", 2, "-1/3"), ("1000000", 1, "1000000.0")],
)  # fmt: skip
def test_fixed_never_shows_less_than_there_is(value: str, places: int, expected: str) -> None:
    assert fixed(Fraction(value), places) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.50", "0.5"), ("4.0", "4"), ("1/3", "1/3"), ("-0.10", "-0.1"), ("0", "0"), ("100", "100")],
)
def test_plain_is_as_short_as_exactness_allows(value: str, expected: str) -> None:
    assert plain(Fraction(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4/5", "80%"),
        ("1/8", "12.5%"),
        ("0", "0%"),
        ("3/2", "150%"),
        ("1/3", "≈33.33%"),
        ("1167/3500", "≈33.34%"),
        ("2/3", "≈66.67%"),
    ],
)  # fmt: skip
def test_percent_is_written_as_clerks_do(value: str, expected: str) -> None:
    assert percent(Fraction(value)) == expected


@given(DECIMALS, PLACES)
def test_what_is_written_reads_back_as_the_same_value(value: Decimal, places: int) -> None:
    figure = Fraction(value)
    assert read_number(plain(figure)) == figure
    assert read_number(fixed(figure, places)) == figure
    assert read_percent(percent(figure)) == figure


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    """Whatever is read is a plain figure: `Fraction` reads it alike."""
    number = read_number(text)
    assert number is None or (text.isascii() and number == Fraction(text))


def test_what_is_too_long_to_be_written_exactly_is_cut() -> None:
    long = Fraction(10**4_300 + 1, 3 * 10**4_300)
    assert (fixed(long, 2), plain(-long)) == ("0.3333…", "-0.3333…")
    assert plain(Fraction(1, 2**4_000)) == "0…"
    assert plain(Fraction(1, 2**3_999)) == f"0.{5**3_999:03999d}"
    assert plain(Fraction(10**4_000 + 1, 3)) == f"{10**4_000 + 1}/3"
    assert plain(Fraction(1, 2**10)) == "0.0009765625"
    assert plain(Fraction(10**20_000 + 1, 3 * 10**19_999)) == "3.3333…"  # more digits than Python writes
