"""Events and groups of events in words: what groups are called, and how the worth of an event came about."""

from collections.abc import Mapping
from datetime import date

from dangjian_score.core.algebra import (
    Choice,
    Expr,
    Product,
    Quotient,
    Sum,
)
from dangjian_score.core.facts import Value
from dangjian_score.core.points import readable
from dangjian_score.engine import exact
from dangjian_score.engine.groups import GroupKey
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.words.say import Words


def group_name(keys: tuple[str, ...], key: GroupKey, words: Words) -> str:
    """Return the name of a group: “2024 年第 3 季度”, “张某 2024-05”."""
    return " ".join(_part(name, value, words) for name, value in zip(keys, key, strict=True))


def _part(name: str, value: Value | int, words: Words) -> str:
    if not is_period(name) or not isinstance(value, int):
        return str(value)
    day = date.fromordinal(value)
    year, week, _ = day.isocalendar()
    numbers = {
        "day": day.isoformat(),
        "week": f"{year}-{week}",
        "fortnight": day.isoformat(),
        "month": f"{day:%Y-%m}",
        "two_months": f"{day:%Y-%m}",
        "quarter": f"{day.year}-{(day.month + 2) // 3}",
        "half_year": f"{day.year}-{1 if day.month == 1 else 2}",
        "year": str(day.year),
    }
    first, _, second = numbers[name].partition("-")
    key = f"a {name} {second}" if name == "half_year" else f"a {name}"
    return words.text(key, text=numbers[name], first=first, second=second)


def working(worth: Expr, values: Mapping[str, Value]) -> str:
    """Return how the worth of an event came about (“10 × 0.5”); empty where it is one number of the regulation."""
    terms = _terms(worth, values)
    return terms if " " in terms else ""


def _terms(expr: Expr, values: Mapping[str, Value]) -> str:
    match expr:
        case Choice(test, then, otherwise):
            return _terms(then if exact.holds(test, values, {}) else otherwise, values)
        case Sum(terms):
            return " + ".join(text for term in terms if (text := _terms(term, values)) != "0")
        case Product(left, right):
            factors = (_factor(_terms(side, values)) for side in (left, right))
            return " × ".join(text for text in factors if text != "1") or "1"
        case Quotient(part, whole):
            return f"{_factor(_terms(part, values))} ÷ {_factor(_terms(whole, values))}"
        case _:
            return readable(exact.number(expr, values, {}))


def _factor(text: str) -> str:
    return f"({text})" if " + " in text else text
