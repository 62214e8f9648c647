"""The calendar cut into pieces; the days are looked up in a calendar, not worked out."""

from datetime import date

import pytest

from dangjian_score.engine.periods import Calendar
from dangjian_score.rubric.lexicon import PERIODS
from dangjian_score.rubric.standing import Span


def calendar(first: str, last: str, since: str | None = None, until: str | None = None) -> Calendar:
    def day(text: str | None) -> int | None:
        return None if text is None else date.fromisoformat(text).toordinal()

    span = Span.model_validate({"from": first, "to": last})
    return Calendar.of(span, day(since), day(until))


def due(calendar: Calendar, period: str) -> list[str]:
    return [date.fromordinal(start).isoformat() for start in calendar.due(period)]


def months(*numbers: int) -> list[str]:
    return [f"2024-{number:02}-01" for number in numbers]


@pytest.mark.parametrize(
    ("period", "number"),
    [
        ("day", 366),
        ("week", 53),  # 2024-01-01 is a Monday; the week of 2024-12-30 reaches into 2025
        ("fortnight", 26),  # 26 × 14 = 364; the two days left are no fortnight
        ("month", 12),
        ("two_months", 6),
        ("quarter", 4),
        ("half_year", 2),
        ("year", 1),
    ],
)
def test_a_year(period: str, number: int) -> None:
    starts = due(calendar("2024-01-01", "2024-12-31"), period)
    assert len(starts) == number - (period == "week")
    assert starts[0] == "2024-01-01"
    assert period in PERIODS


@pytest.mark.parametrize(
    ("period", "day", "start"),
    [
        ("day", "2024-05-17", "2024-05-17"),
        ("week", "2024-05-17", "2024-05-13"),  # a Friday, and its Monday
        ("week", "2024-12-31", "2024-12-30"),
        ("week", "2025-01-05", "2024-12-30"),  # week 1 of 2025
        ("fortnight", "2024-03-13", "2024-03-01"),
        ("fortnight", "2024-03-15", "2024-03-15"),
        ("month", "2024-02-29", "2024-02-01"),
        ("two_months", "2024-04-30", "2024-03-01"),
        ("quarter", "2024-06-30", "2024-04-01"),
        ("half_year", "2024-12-31", "2024-07-01"),
        ("year", "2024-12-31", "2024-01-01"),
    ],
)
def test_a_day_falls_into_its_piece(period: str, day: str, start: str) -> None:
    piece = calendar("2024-03-01", "2025-02-28").piece(period)
    assert date.fromordinal(piece(date.fromisoformat(day).toordinal())).isoformat() == start


def test_the_first_piece_is_due_though_it_began_before() -> None:
    assert due(calendar("2024-02-15", "2024-05-31"), "month") == [
        "2024-02-01",
        "2024-03-01",
        "2024-04-01",
        "2024-05-01",
    ]


def test_a_last_piece_that_is_incomplete_is_not_due() -> None:
    assert due(calendar("2024-01-01", "2024-05-30"), "month") == [
        "2024-01-01",
        "2024-02-01",
        "2024-03-01",
        "2024-04-01",
    ]
    assert due(calendar("2024-01-01", "2024-02-10"), "fortnight") == ["2024-01-01", "2024-01-15"]
    assert due(calendar("2024-01-01", "2024-02-11"), "fortnight") == ["2024-01-01", "2024-01-15", "2024-01-29"]


@pytest.mark.parametrize(
    ("since", "until", "starts"),
    [
        ("2024-04-01", None, ["2024-04-01", "2024-07-01", "2024-10-01"]),
        ("2024-03-31", None, ["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"]),
        (None, "2024-09-30", ["2024-01-01", "2024-04-01", "2024-07-01"]),
        (None, "2024-09-29", ["2024-01-01", "2024-04-01"]),
        ("2024-05-05", "2024-08-08", ["2024-04-01"]),
    ],
)
def test_pieces_before_a_unit_began_or_after_it_ended_are_not_due(
    since: str | None, until: str | None, starts: list[str]
) -> None:
    assert due(calendar("2024-01-01", "2024-12-31", since, until), "quarter") == starts


def test_december_is_followed_by_january() -> None:
    assert due(calendar("2024-11-01", "2025-02-28"), "month")[-2:] == ["2025-01-01", "2025-02-01"]
    assert due(calendar("2024-07-01", "2025-06-30"), "half_year") == ["2024-07-01", "2025-01-01"]


@pytest.mark.parametrize(
    ("period", "number"), [("year", 1), ("half_year", 2), ("month", 12), ("week", 52), ("day", 365)]
)
def test_the_last_year_of_the_calendar(period: str, number: int) -> None:
    """9999-12-31 is a Friday: its week does not end, and no day follows it."""
    assert len(due(calendar("9999-01-01", "9999-12-31"), period)) == number
    assert len(due(calendar("9999-01-01", "9999-12-31", until="9999-12-31"), period)) == number
