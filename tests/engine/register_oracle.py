"""What a rule over a register amounts to for one unit, worked out as a clerk would with a list of slips.

Slow and plain on purpose, and sharing no code with the program: it exists to disagree with it.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Any

Row = Mapping[str, str]
Rule = Mapping[str, Any]
Span = tuple[date, date]
Group = tuple[date | None, list[Fraction]]

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
    "judge",
    "if",
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
            return any(same(row, column, member) for member in value)
        case "before":
            return date.fromisoformat(filled(row, column)) < date.fromisoformat(value)
        case "after":
            return date.fromisoformat(filled(row, column)) > date.fromisoformat(value)
        case _:
            raise ValueError(how)


def holds(condition: Any, row: Row) -> bool:
    if isinstance(condition, str):
        return yes(row, condition)
    answers = []
    for key, value in condition.items():
        if key == "all":
            answers.append(all(holds(part, row) for part in value))
        elif key == "any":
            answers.append(any(holds(part, row) for part in value))
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
    if "judge" in rule:
        money = number(filled(row, rule["judge"]))
    else:
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


def dearest(rows: Sequence[tuple[Row, Fraction]], columns: str | list[str]) -> list[tuple[Row, Fraction]]:
    """Of the rows with the same values of columns the dearest; equal: the earliest, without a date last."""
    names = [columns] if isinstance(columns, str) else columns

    def better(first: tuple[Row, Fraction], second: tuple[Row, Fraction]) -> bool:
        if first[1] != second[1]:
            return first[1] > second[1]
        if not cell(first[0], "日期") or not cell(second[0], "日期"):
            return bool(cell(first[0], "日期")) and not cell(second[0], "日期")
        return day_of(first[0]) < day_of(second[0])

    kept: list[tuple[Row, Fraction]] = []
    best: dict[str, tuple[Row, Fraction]] = {}
    for pair in rows:
        case = "|".join(cell(pair[0], name) or "" for name in names)
        if not all(cell(pair[0], name) for name in names):
            kept.append(pair)
        elif case not in best or better(pair, best[case]):
            best[case] = pair
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


def is_due(end: date | None, period: Span, since: date | None, until: date | None) -> bool:
    if end is None:
        return True
    return end <= period[1] and (since is None or end >= since) and (until is None or end <= until)


def groups(rule: Rule, rows: Sequence[tuple[Row, Fraction]], period: Span) -> dict[Hashable, Group]:
    """The prices in each group, and on which day its piece of the calendar ends, if it has one."""
    keys = rule.get("for_each", [])
    names = [keys] if isinstance(keys, str) else list(keys)
    kinds = [name for name in names if name in PIECES]
    columns = [name for name in names if name not in PIECES]
    heads = {tuple(filled(row, column) for column in columns) for row, _ in rows} if columns else {()}
    pieces: Mapping[Hashable, date | None] = calendar(kinds[0], period) if kinds else {None: None}
    result: dict[Hashable, Group] = {}
    for head in heads:
        for piece, end in pieces.items():
            result[head, piece] = (end, [])
    for row, money in rows:
        head = tuple(filled(row, column) for column in columns)
        piece = PIECES[kinds[0]](day_of(row), period[0]) if kinds else None
        result[head, piece][1].append(money)
    return result


def happened(condition: Any, rows: Sequence[Row]) -> bool:
    """Whether the register has as many rows of some kind as a guard asks for: one, where it says no number."""
    ((register, asked),) = condition.items()
    slips = [row for row in rows if row["事项"] == register and holds(asked["some"], row)]
    count = {"数量": str(sum((number(cell(row, "数量")) for row in slips), Fraction(0)))}
    bounds = {how: bound for how, bound in asked.items() if how != "some"} or {"above": "0"}
    return all(compares(count, "数量", how, bound) for how, bound in bounds.items())


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
        case _:
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
    if "if" in rule and not happened(rule["if"], slips):
        return Fraction(0)
    slips = [row for row in slips if "where" not in rule or holds(rule["where"], row)]
    priced = [(row, price(rule, basis, row)) for row in slips]
    if "highest_per" in rule:
        priced = dearest(priced, rule["highest_per"])
    total = Fraction(0)
    for end, prices in groups(rule, priced, period).values():
        if is_due(end, period, since, until) or (prices and basis != "per_missing"):
            total += group(rule, basis, prices)
    if "every" in rule:
        total = stepped(rule, total)
    return min(total, number(rule["up_to"])) if "up_to" in rule else total


LEVELS, POSTS, PERSONS, CASES = ("轻", "中", "重"), ("主职", "其他"), ("甲", "乙", "丙"), ("一", "二", "三")
AMOUNTS = ("0.5", "1", "1.5", "2", "3", "1/3")


COLUMNS = ("事项", "数量", "级别", "日期", "人员", "案件", "重复", "主动", "身份", "份额", "人数", "酌情")


def random_where(rng: Random, depth: int = 1) -> Any:
    day = (date(2024, 1, 1) + timedelta(days=rng.randrange(366))).isoformat()
    plain: list[Any] = [
        rng.choice(["重复", "主动"]),
        {"重复": rng.choice(["true", "false"])},
        {"身份": rng.choice(POSTS)},
        {"级别": {"one_of": rng.sample(LEVELS, 2)}},
        {"人数": {rng.choice(["at_least", "at_most", "above", "below", "equals"]): rng.choice(["1", "2", "3"])}},
        {"份额": {"at_least": "0.25", "below": "1"}},
        {"日期": {rng.choice(["before", "after"]): day}},
    ]
    if depth == 0 or rng.random() < 0.5:
        return rng.choice(plain)
    shape = rng.choice(["all", "any", "not"])
    inner = [random_where(rng, depth - 1) for _ in range(2)]
    return {shape: inner[0] if shape == "not" else inner}


def random_basis(rng: Random) -> dict[str, Any]:
    """A verb with its amount or table, the basis, and what belongs to the two."""
    verb, basis = rng.choice(["deduct", "award"]), rng.choice(BASES)
    if basis == "per" and rng.random() < 0.4:
        return {verb: rng.choice([{"from": "1", "to": "3"}, "3"]), "per": "事件", "judge": "酌情"}
    if basis == "per":
        return {verb: rng.choice(AMOUNTS), "per": "事件"}
    if basis in ("per_missing", "per_over"):
        return {verb: rng.choice(AMOUNTS), basis: "事件", "of": rng.choice(["1", "2", "3", "2.5"])}
    unlisted = {"else": rng.choice(AMOUNTS)} if rng.random() < 0.5 else {}
    if basis == "by":
        levels = LEVELS[: rng.randint(1, 3)] if unlisted else LEVELS
        if rng.random() < 0.6:
            return {verb: {level: rng.choice(AMOUNTS) for level in levels}, "by": "事件", **unlisted}
        posts = POSTS[: rng.randint(1, 2)] if unlisted else POSTS
        nested = {level: {post: rng.choice(AMOUNTS) for post in posts} for level in levels}
        return {verb: nested, "by": ["事件", "身份"], **unlisted}
    keys = sorted(rng.sample(range(6), rng.randint(1, 3)))
    entries = sorted(rng.sample(range(1, 9), len(keys)), reverse=basis in ("at_most", "below"))
    return {verb: {str(key): str(entry) for key, entry in zip(keys, entries, strict=True)}, basis: "事件", **unlisted}


def random_rule(rng: Random) -> dict[str, Any]:
    rule = random_basis(rng)
    often: dict[str, Any] = {"up_to": rng.choice(["1", "2.5", "5", "10"]), "where": random_where(rng)}
    often["highest_per"] = rng.choice(["案件", "案件", "人员", ["案件", "人员"]])
    often["for_each"] = rng.choice([*PIECES, "人员", "案件", *(["人员", kind] for kind in PIECES)])
    if "per" in rule or "by" in rule:
        times = {"主动": "0.5", "身份": {"主职": "1", "其他": rng.choice(["0.5", "0"])}, "份额": "value"}
        often["plus"] = {column: rng.choice(AMOUNTS) for column in rng.sample(["重复", "主动"], rng.randint(1, 2))}
        often["times"] = {column: times[column] for column in rng.sample(sorted(times), rng.randint(1, 3))}
        often["divided_by"] = "人数"
    if any(basis in rule for basis in ("per", "per_missing", "per_over")) and "judge" not in rule:
        often["every"] = rng.choice(["2", "3", "1.5"])
    rule |= {key: value for key, value in often.items() if rng.random() < 0.35}
    if "for_each" not in rule and rng.random() < 0.25:
        bounds = {rng.choice(["at_least", "above", "at_most", "below", "equals"]): rng.choice(["1", "2", "4"])}
        rule["if"] = {"事件": {"some": random_where(rng), **(bounds if rng.random() < 0.5 else {})}}
    if "for_each" in rule and rng.random() < 0.5:
        rule["cap_each"] = rng.choice(["0.5", "1", "2", "4"])
    if "every" in rule and rng.random() < 0.7:
        rule["steps"] = rng.choice(["whole", "started", "prorata"])
    return rule


def may_be_blank(rule: Rule) -> list[str]:
    """Columns nothing reads; a blank 案件 or 人员 stands alone in highest_per, a blank 数量 is 1."""
    keys = rule.get("for_each", [])
    names = [keys] if isinstance(keys, str) else keys
    blank = ["数量", *(column for column in ("案件", "人员") if column not in names)]
    dated = any(name in PIECES for name in names) or "日期" in str((rule.get("where"), rule.get("if")))
    # Two equal rows without a date cannot be told apart, and where groups follow it would matter which one stays.
    if not dated and not (names and "highest_per" in rule):
        blank.append("日期")
    return blank


def random_rows(rng: Random, rule: Rule) -> list[Row]:
    rows: list[Row] = []
    blank = may_be_blank(rule)
    # No day twice, for the same reason.
    for offset in rng.sample(range(366), rng.choice([0, 1, 3, 6, 12])):
        row = {
            "事项": "事件",
            "数量": rng.choice(["1", "1", "2", "3", "0"]),
            "级别": rng.choice(LEVELS),
            "日期": (date(2024, 1, 1) + timedelta(days=offset)).isoformat(),
            "人员": rng.choice(PERSONS),
            "案件": rng.choice(CASES),
            "重复": rng.choice(["是", "否"]),
            "主动": rng.choice(["是", "否"]),
            "身份": rng.choice(POSTS),
            "份额": rng.choice(["0.25", "0.3", "0.5", "1"]),
            "人数": rng.choice(["1", "2", "3"]),
            "酌情": rng.choice(["1", "1.5", "2", "3", "1.25"]),
        }
        rows.append(row | {column: "" for column in blank if rng.random() < 0.3})
    return rows


def random_case(rng: Random) -> tuple[Rule, list[Row]]:
    """A rule that a regulation might hold, and one unit's rows in 2024."""
    rule = random_rule(rng)
    return rule, random_rows(rng, rule)
