"""Groups in words: which quarter, which person."""

from datetime import date

from dangjian_score.engine.lexicon import is_period
from dangjian_score.engine.registers import Key
from dangjian_score.facts import Value
from dangjian_score.words.say import Words


def group_name(keys: tuple[str, ...], key: Key, said: Words) -> str:
    """Name a group: “2024 年第 3 季度”, “张某 2024-05”."""
    return " ".join(_part(name, value, said) for name, value in zip(keys, key, strict=True))


def _part(name: str, value: Value | int, said: Words) -> str:
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
    return said.label(key, text=numbers[name], first=first, second=second)
