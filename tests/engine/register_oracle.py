"""What a rule over a register amounts to for one unit, worked out as a clerk would with a list of slips.

Slow and plain on purpose, and sharing no code with the program: it exists to disagree with it.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

Row = Mapping[str, str]
Rule = Mapping[str, Any]
Span = tuple[date, date]

YES, NO = ("是", "true"), ("否", "false")
BASES = ("per", "by", "per_missing", "per_over", "at_least", "above", "at_most", "below")
OTHERS = {
    "deduct",
    "award",
    "of",
    "else",
    "where",
    "plus",
    "times",
    "divided_by",
    "highest_per",
    "for_each",
    "cap_each",
}
KNOWN = {*BASES, *OTHERS, "every", "steps", "up_to"}

# For a day, and the first day of the period, the name of the piece of the calendar it lies in.
PIECES: Mapping[str, Callable[[date, date], Hashable]] = {
    "day": lambda day, _: day,
    "week": lambda day, _: day.isocalendar()[:2],
    "fortnight": lambda day, first: (day - first).days // 14,
    "month": lambda day, _: (day.year, day.month),
    "two_months": lambda day, _: (day.year, (day.month - 1) // 2),
    "quarter": lambda day, _: (day.year, (day.month - 1) // 3),
    "half_year": lambda day, _: (day.year, (day.month - 1) // 6),
    "year": lambda day, _: day.year,
}


def number(text: str) -> Fraction:
    """0.5, 1/3 or 80%."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def cell(row: Row, column: str) -> str:
    text = row.get(column, "").strip()
    if not text and column == "数量":
        return "1"
    return text


def filled(row: Row, column: str) -> str:
    text = cell(row, column)
    if not text:
        raise ValueError(f"{column} is read and blank")
    return text


def yes(row: Row, column: str) -> bool:
    text = filled(row, column)
    if text not in YES + NO:
        raise ValueError(f"{column} is {text}, neither yes nor no")
    return text in YES


def day_of(row: Row) -> date:
    return date.fromisoformat(filled(row, "日期"))


def same(row: Row, column: str, value: str) -> bool:
    if value in YES + NO:
        return yes(row, column) == (value in YES)
    text = filled(row, column)
    try:
        return number(text) == number(value)
    except ValueError:
        return text == value


def compares(row: Row, column: str, how: str, value: Any) -> bool:
    match how:
        case "at_least":
            return number(filled(row, column)) >= number(value)
        case "at_most":
            return number(filled(row, column)) <= number(value)
        case "above":
            return number(filled(row, column)) > number(value)
        case "below":
            return number(filled(row, column)) < number(value)
        case "equals":
            return same(row, column, value)
        case "one_of":
            return any(same(row, column, one) for one in value)
        case "before":
            return date.fromisoformat(filled(row, column)) < date.fromisoformat(value)
        case "after":
            return date.fromisoformat(filled(row, column)) > date.fromisoformat(value)
    raise ValueError(how)


def holds(condition: Any, row: Row) -> bool:
    if isinstance(condition, str):
        return yes(row, condition)
    answers = []
    for key, value in condition.items():
        if key == "all":
            answers.append(all(holds(one, row) for one in value))
        elif key == "any":
            answers.append(any(holds(one, row) for one in value))
        elif key == "not":
            answers.append(not holds(value, row))
        elif isinstance(value, str):
            answers.append(same(row, key, value))
        else:
            answers.extend(compares(row, key, how, against) for how, against in value.items())
    return all(answers)


def amount_by_level(rule: Rule, row: Row, table: Any) -> Fraction:
    """The entry of the row's level; in a table of tables that of the level and then of the second column."""
    columns = ["级别"] if isinstance(rule["by"], str) else ["级别", rule["by"][1]]
    for column in columns:
        level = filled(row, column)
        if level in table:
            table = table[level]
        elif level == "无":
            return Fraction(0)
        elif "else" in rule:
            return number(rule["else"])
        else:
            raise ValueError(f"no entry for {level}")
    return number(table)


def price(rule: Rule, basis: str, row: Row) -> Fraction:
    """What one row costs; where the rule counts rows, how many it counts for."""
    quantity = number(cell(row, "数量"))
    if basis not in ("per", "by"):
        return quantity
    amount = rule.get("deduct", rule.get("award"))
    money = number(amount) if basis == "per" else amount_by_level(rule, row, amount)
    for column, more in rule.get("plus", {}).items():
        if yes(row, column):
            money += number(more)
    for column, factor in rule.get("times", {}).items():
        if factor == "value":
            money *= number(filled(row, column))
        elif isinstance(factor, str):
            money *= number(factor) if yes(row, column) else 1
        else:
            money *= number(factor[filled(row, column)])
    if "divided_by" in rule:
        money /= number(filled(row, rule["divided_by"]))
    return money * quantity


def dearest(rows: Sequence[tuple[Row, Fraction]], column: str) -> list[tuple[Row, Fraction]]:
    """Of the rows with one value of a column the dearest; equal: the earliest, without a date last."""

    def better(one: tuple[Row, Fraction], other: tuple[Row, Fraction]) -> bool:
        if one[1] != other[1]:
            return one[1] > other[1]
        if not cell(one[0], "日期") or not cell(other[0], "日期"):
            return bool(cell(one[0], "日期")) and not cell(other[0], "日期")
        return day_of(one[0]) < day_of(other[0])

    kept: list[tuple[Row, Fraction]] = [pair for pair in rows if not cell(pair[0], column)]
    best: dict[str, tuple[Row, Fraction]] = {}
    for pair in rows:
        value = cell(pair[0], column)
        if value and (value not in best or better(pair, best[value])):
            best[value] = pair
    return kept + list(best.values())


def looked_up(rule: Rule, basis: str, table: Mapping[str, str], count: Fraction) -> Fraction:
    entries = sorted((number(key), number(entry)) for key, entry in table.items())
    if basis == "at_least":
        answers = [entry for key, entry in entries if key <= count][-1:]
    elif basis == "above":
        answers = [entry for key, entry in entries if key < count][-1:]
    elif basis == "at_most":
        answers = [entry for key, entry in entries if key >= count][:1]
    else:
        answers = [entry for key, entry in entries if key > count][:1]
    return answers[0] if answers else number(rule.get("else", "0"))


def group(rule: Rule, basis: str, prices: Sequence[Fraction]) -> Fraction:
    """The rule over the rows of one group, capped there."""
    amount = rule.get("deduct", rule.get("award"))
    result = sum(prices, Fraction(0))
    if basis == "per_missing":
        result = number(amount) * max(Fraction(0), number(rule["of"]) - result)
    elif basis == "per_over":
        result = number(amount) * max(Fraction(0), result - number(rule["of"]))
    elif basis not in ("per", "by"):
        result = looked_up(rule, basis, amount, result)
    return min(result, number(rule["cap_each"])) if "cap_each" in rule else result


def calendar(kind: str, period: Span) -> dict[Hashable, date]:
    """The pieces of a period with their natural ends: the last one is followed beyond the period."""
    ends: dict[Hashable, date] = {}
    day = period[0]
    while day <= period[1] or PIECES[kind](day, period[0]) in ends:
        ends[PIECES[kind](day, period[0])] = day
        day += timedelta(days=1)
    return ends


def is_due(end: date, period: Span, since: date | None, until: date | None) -> bool:
    return end <= period[1] and (since is None or end >= since) and (until is None or end <= until)


def groups(
    rule: Rule, rows: Sequence[tuple[Row, Fraction]], period: Span
) -> dict[Hashable, tuple[date, list[Fraction]]]:
    """The prices in each group, and on which day the group's piece of the calendar ends."""
    told = rule.get("for_each", [])
    names = [told] if isinstance(told, str) else list(told)
    kinds = [name for name in names if name in PIECES]
    columns = [name for name in names if name not in PIECES]
    heads = {tuple(filled(row, column) for column in columns) for row, _ in rows} if columns else {()}
    pieces = calendar(kinds[0], period) if kinds else {None: period[1]}
    result: dict[Hashable, tuple[date, list[Fraction]]] = {}
    for head in heads:
        for piece, end in pieces.items():
            result[head, piece] = (end, [])
    for row, money in rows:
        head = tuple(filled(row, column) for column in columns)
        piece = PIECES[kinds[0]](day_of(row), period[0]) if kinds else None
        result[head, piece][1].append(money)
    return result


def stepped(rule: Rule, total: Fraction) -> Fraction:
    amount = number(rule.get("deduct", rule.get("award")))
    steps = total / amount / number(rule["every"])
    match rule.get("steps", "whole"):
        case "whole":
            return floor(steps) * amount
        case "started":
            return ceil(steps) * amount
        case "prorata":
            return steps * amount
    raise ValueError(rule["steps"])


def points(
    rule: Rule, rows: Sequence[Row], period: Span, since: date | None = None, until: date | None = None
) -> Fraction:
    """What the rule takes or gives for one unit, before rounding and the item's cap."""
    if unknown := set(rule) - KNOWN:
        raise ValueError(f"cannot handle {unknown}")
    (basis,) = (name for name in BASES if name in rule)
    register = rule[basis] if isinstance(rule[basis], str) else rule[basis][0]
    slips = [row for row in rows if row["事项"] == register]
    slips = [row for row in slips if not cell(row, "日期") or period[0] <= day_of(row) <= period[1]]
    slips = [row for row in slips if "where" not in rule or holds(rule["where"], row)]
    priced = [(row, price(rule, basis, row)) for row in slips]
    if "highest_per" in rule:
        priced = dearest(priced, rule["highest_per"])
    total = Fraction(0)
    for end, prices in groups(rule, priced, period).values():
        timed = "for_each" not in rule or is_due(end, period, since, until) or not has_period(rule)
        if timed or (prices and basis != "per_missing"):
            total += group(rule, basis, prices)
    if "every" in rule:
        total = stepped(rule, total)
    return min(total, number(rule["up_to"])) if "up_to" in rule else total


def has_period(rule: Rule) -> bool:
    told = rule.get("for_each", [])
    return any(name in PIECES for name in ([told] if isinstance(told, str) else told))
