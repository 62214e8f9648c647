"""Results of a whole period or of what is due of it, worked out as a clerk would with a calculator.

It takes the YAML of a rubric as plain data (every scalar a text) and evidence as plain data. Slow and plain on purpose,
and sharing no code with the program: it exists to disagree with it.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Any, Final, NamedTuple

Data = Mapping[str, Any]
Row = Mapping[str, str]
Span = tuple[date, date]

NA: Final = "不适用"
YES: Final = "是"
ZERO: Final = Fraction(0)

PIECES: Final[Mapping[str, Callable[[date], Hashable]]] = {
    "month": lambda day: (day.year, day.month),
    "quarter": lambda day: (day.year, (day.month - 1) // 3),
    "half_year": lambda day: (day.year, (day.month - 1) // 6),
    "year": lambda day: day.year,
}
"""For a day, the name of the piece of the calendar it lies in."""

MONTHS: Final[Mapping[str, tuple[int, int]]] = {
    "一季度": (1, 3),
    "二季度": (4, 6),
    "三季度": (7, 9),
    "四季度": (10, 12),
    "上半年": (1, 6),
    "下半年": (7, 12),
}
"""The months of rounds that are called by the calendar."""

TABLES: Final = ("at_least", "above", "at_most", "below")


class Due(NamedTuple):
    """How far is scored: all, `through` a day, or some `rounds`; one `alone` is on its own scale."""

    through: date | None = None
    rounds: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class Sheet:
    """What was entered for a unit: facts by round (None: without one), events, rulings by round and node."""

    facts: Mapping[str | None, Mapping[str, str]]
    events: Sequence[Row] = ()
    since: date | None = None
    until: date | None = None
    rulings: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    panels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class Figures:
    """What comes of a unit; points and what is due by round and node."""

    points: dict[tuple[str | None, str], Fraction]
    due: dict[tuple[str | None, str], Fraction]
    total: Fraction = ZERO
    full: Fraction = ZERO
    rate: Fraction = ZERO
    rank: int = 0


def number(text: str) -> Fraction:
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def half_up(value: Fraction, places: str | None) -> Fraction:
    """Round half away from zero; None is not rounded."""
    if places is None:
        return value
    scale = 10 ** int(places)
    size = Fraction(floor(abs(value) * scale + Fraction(1, 2)), scale)
    return size if value >= 0 else -size


def listed(term: Any) -> list[Any]:
    return term if isinstance(term, list) else [term]


def is_number(text: Any) -> bool:
    return isinstance(text, str) and text[:1].isdigit()


def period_of(rubric: Data) -> Span | None:
    period = rubric.get("period")
    if isinstance(period, str):
        return date(int(period), 1, 1), date(int(period), 12, 31)
    return None if period is None else (date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def rounds_of(rubric: Data) -> dict[str, Span | None]:
    """Rounds with their days."""
    given = rubric.get("rounds", {})
    names = given.get("names", given)
    period = period_of(rubric)
    found: dict[str, Span | None] = {}
    for name in names:
        own = names[name] if isinstance(names, Mapping) else None
        if isinstance(own, Mapping) and "from" in own:
            found[name] = date.fromisoformat(own["from"]), date.fromisoformat(own["to"])
        elif name in MONTHS and period is not None:
            first, last = MONTHS[name]
            found[name] = date(period[0].year, first, 1), month_end(period[0].year, last)
        else:
            found[name] = None
    return found


def weights_of(rubric: Data, due: Sequence[str]) -> dict[str, Fraction]:
    """The weights of the rounds that are due: a mean is over these."""
    given = rubric.get("rounds", {})
    if given.get("combine") == "mean":
        return {name: Fraction(1, len(due)) for name in due}
    if given.get("combine") == "sum":
        return dict.fromkeys(due, Fraction(1))
    return {name: number(given[name]["weight"] if isinstance(given[name], Mapping) else given[name]) for name in due}


def day_of(row: Row) -> date | None:
    return date.fromisoformat(row["日期"]) if row.get("日期") else None


@dataclass
class Desk:
    """What is scored at one time for one unit: facts, events, and the days that are scored.

    `through` is given where a period has not ended: then rules may not be due.
    """

    rubric: Data
    sheet: Sheet
    facts: Mapping[str, str]
    events: Sequence[Row]
    first: date | None
    last: date | None
    through: date | None
    kept: dict[int, set[int]] = field(default_factory=dict)

    def is_register(self, name: Any) -> bool:
        spec = self.rubric.get("measures", {}).get(name) if isinstance(name, str) else None
        return isinstance(spec, Mapping) and spec.get("register") == "true"

    def own(self, register: str, events: Sequence[Row]) -> list[Row]:
        return [row for row in events if row["事项"] == register]

    def ended(self, period: str) -> list[Hashable]:
        """Pieces of a period that end within the days that are scored, and within the unit's existence."""
        assert self.first is not None
        assert self.last is not None
        since, until = self.sheet.since or date.min, self.sheet.until or date.max
        return [PIECES[period](day) for day in ends(period, self.first, self.last) if since <= day <= until]

    def any_ended(self, period: str) -> bool:
        assert self.first is not None
        assert self.last is not None
        return bool(ends(period, self.first, self.last))


@cache
def ends(period: str, first: date, last: date) -> list[date]:
    """The last days of the pieces of a period that end from one day to another."""
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [day for day in days if PIECES[period](day) != PIECES[period](day + timedelta(days=1))]


# Conditions


def yes(text: str) -> bool:
    assert text in (YES, "否"), text
    return text == YES


def compares(value: Fraction, how: str, bound: str) -> bool:
    against = number(bound)
    return {
        "at_least": value >= against,
        "above": value > against,
        "at_most": value <= against,
        "below": value < against,
        "equals": value == against,
    }[how]


def holds(condition: Any, desk: Desk, events: Sequence[Row]) -> bool:
    if isinstance(condition, str):
        rows = desk.own(condition, events)
        return sum(map(quantity, rows)) > 0 if desk.is_register(condition) else yes(desk.facts[condition])
    (key, value), *others = condition.items()
    assert not others
    if key in ("all", "any"):
        answers = [holds(part, desk, events) for part in value]
        return all(answers) if key == "all" else any(answers)
    if key == "not":
        return not holds(value, desk, events)
    if desk.is_register(key):
        rows = desk.own(key, events)
        if "one_of" in value:
            return any(row["级别"] in value["one_of"] for row in rows)
        figure = sum(map(quantity, rows), ZERO)
    else:
        figure = number(desk.facts[key])
    if isinstance(value, str):
        return figure == number(value)
    return all(compares(figure, how, bound) for how, bound in value.items())


def names_in(condition: Any) -> list[str]:
    if isinstance(condition, str):
        return [condition]
    found = []
    for key, value in condition.items():
        if key in ("all", "any"):
            found += [name for part in value for name in names_in(part)]
        else:
            found += names_in(value) if key == "not" else [key]
    return found


def lasts(condition: Any) -> bool:
    """Whether a condition that holds goes on to hold: answers, numbers that are reached."""
    if isinstance(condition, str):
        return True
    (key, value), *_ = condition.items()
    if key in ("all", "any"):
        return all(map(lasts, value))
    if key == "not" or isinstance(value, str):
        return False
    return all(how in ("at_least", "above") and not bound.endswith("%") for how, bound in value.items())


# Rules


def basis_of(rule: Data) -> str:
    bases = ("per", "per_missing", "per_over", "each", "each_missing", "judge", "by", "ratio", "votes", "rank", *TABLES)
    return next((key for key in bases if key in rule), "flat")


def read_by(rule: Data, desk: Desk) -> list[str]:
    """The measures that a rule reads, registers aside."""
    basis = basis_of(rule)
    names = [] if basis == "flat" else [name for term in listed(rule[basis]) for name in names_in(term)]
    names += [term for term in listed(rule.get("of", [])) if isinstance(term, str)]
    names += [name for key in ("if", "unless") if key in rule for name in names_in(rule[key])]
    return [name for name in names if not is_number(name) and not desk.is_register(name)]


def schedule_of(rule: Data) -> list[tuple[date, str]]:
    of = rule.get("of")
    return sorted((date.fromisoformat(day), amount) for day, amount in of.items()) if isinstance(of, Mapping) else []


def happens(rule: Data) -> bool:
    basis = basis_of(rule)
    match basis:
        case "per" | "per_over" | "by" | "judge":
            return True
        case "each":
            return all(map(lasts, rule["each"]))
        case "at_least" | "above":
            table = rule["deduct"]
            return not any(key.endswith("%") for key in table)
        case "flat":
            return "if" in rule and lasts(rule["if"])
        case _:
            return False


def when(rule: Data, desk: Desk, node_due: str | None, *, base: bool) -> str:
    """Return whether a rule is due for a unit: `all` of it, the `pieces` that have ended, or `later`."""
    if desk.through is None:
        return "all"
    basis, award = basis_of(rule), "award" in rule
    periods = [key for key in listed(rule.get("for_each", [])) if key in PIECES]
    days = [*listed(rule.get("due", [])), *(str(day) for day, _ in schedule_of(rule)[:1])]
    days += [node_due] if node_due is not None and not periods else []
    if days:
        return "all" if date.fromisoformat(days[0]) <= desk.through else "later"
    prices = basis in ("per", "by") and any(map(desk.is_register, listed(rule[basis])))
    if periods and (award or not (prices or happens(rule))):
        return "pieces" if all(map(desk.any_ended, periods)) else "later"
    if prices or periods:
        return "all"
    if award:
        return "later" if base else "all"
    if not happens(rule):
        return "later"
    read = read_by(rule, desk)
    return "all" if not base or not read or any(desk.facts.get(name) for name in read) else "later"


def quantity(row: Row) -> Fraction:
    return number(row.get("数量") or "1")


def price(rule: Data, basis: str, row: Row) -> Fraction:
    table = rule.get("deduct", rule.get("award"))
    worth = number(table) if basis == "per" else ZERO
    if basis == "by" and row["级别"] != "无":
        worth = number(table[row["级别"]]) if row["级别"] in table else number(rule["else"])
    for column, more in rule.get("plus", {}).items():
        worth += number(more) if yes(row[column]) else 0
    for column, factor in rule.get("times", {}).items():
        worth *= number(factor) if yes(row[column]) else 1
    return worth * quantity(row)


def priced(rule: Data, basis: str, desk: Desk, events: Sequence[Row]) -> list[tuple[Row, Fraction]]:
    """The events that a rule keeps, with their prices."""
    rows = [row for row in events if row["事项"] in listed(rule[basis])]
    if "where" in rule:
        rows = [row for row in rows if yes(row[rule["where"]])]
    pairs = [(row, price(rule, basis, row) if basis in ("per", "by") else quantity(row)) for row in rows]
    if "highest_per" in rule:
        pairs = dearest(pairs, rule["highest_per"])
    kept = desk.kept.get(id(rule))
    return pairs if kept is None else [pair for pair in pairs if id(pair[0]) in kept]


def dearest(pairs: Iterable[tuple[Row, Fraction]], columns: str | Sequence[str]) -> list[tuple[Row, Fraction]]:
    """Of the events with the same values in columns the dearest, of equal ones the earliest; blanks stand alone."""
    found: list[tuple[Row, Fraction]] = []
    best: dict[tuple[str, ...], tuple[Row, Fraction]] = {}
    for row, worth in pairs:
        case = tuple(row.get(column, "") for column in listed(columns))
        if not all(case):
            found.append((row, worth))
        elif case not in best or (-worth, row["日期"]) < (-best[case][1], best[case][0]["日期"]):
            best[case] = row, worth
    return found + list(best.values())


def counted(rule: Data, basis: str, desk: Desk, events: Sequence[Row]) -> Fraction:
    """The sum of what a rule counts: measures, numbers, events."""
    terms = listed(rule[basis])
    plain = [term for term in terms if not desk.is_register(term)]
    found = sum((number(term if is_number(term) else desk.facts[term]) for term in plain), ZERO)
    return found + sum((worth for _, worth in priced(rule, basis, desk, events)), ZERO)


def target(rule: Data, desk: Desk) -> Fraction:
    if schedule := schedule_of(rule):
        passed = [amount for day, amount in schedule if desk.through is None or day <= desk.through]
        return number((passed or [schedule[0][1]])[-1])
    return sum((number(term if is_number(term) else desk.facts[term]) for term in listed(rule["of"])), ZERO)


def looked_up(basis: str, table: Mapping[str, str], figure: Fraction) -> str | None:
    entries = sorted((number(key), entry) for key, entry in table.items())
    match basis:
        case "at_least":
            found = [entry for key, entry in entries if key <= figure][-1:]
        case "above":
            found = [entry for key, entry in entries if key < figure][-1:]
        case "at_most":
            found = [entry for key, entry in entries if key >= figure][:1]
        case _:
            found = [entry for key, entry in entries if key > figure][:1]
    return found[0] if found else None


def once(rule: Data, desk: Desk, events: Sequence[Row]) -> tuple[Fraction, bool]:
    """The points of a rule over some events, its steps and cap aside, and whether it takes all points."""
    if ("if" in rule and not holds(rule["if"], desk, events)) or (
        "unless" in rule and holds(rule["unless"], desk, events)
    ):
        return ZERO, False
    basis, worth = basis_of(rule), rule.get("deduct", rule.get("award"))
    match basis:
        case "flat":
            return (ZERO, True) if "forfeit" in rule else (number(worth), False)
        case "judge":
            given = desk.sheet.panels.get(rule["judge"])
            figures = [number(each) for each in given.values()] if given else [number(desk.facts[rule["judge"]])]
            return sum(figures, ZERO) / len(figures), False
        case "each" | "each_missing":
            members = [name for name in rule[basis] if desk.facts.get(name) not in (None, "", NA)]
            hits = [name for name in members if yes(desk.facts[name]) == (basis == "each")]
            return number(worth) * len(hits), False
        case "per":
            figure = counted(rule, basis, desk, events)
            return figure if any(map(desk.is_register, listed(rule["per"]))) else figure * number(worth), False
        case "per_missing":
            return max(ZERO, target(rule, desk) - counted(rule, basis, desk, events)) * number(worth), False
        case "per_over":
            return max(ZERO, counted(rule, basis, desk, events) - target(rule, desk)) * number(worth), False
        case "ratio":
            share = counted(rule, basis, desk, events) / target(rule, desk)
            return number(worth) * min(Fraction(1), share), False
        case "by":
            return levelled(rule, desk, events)
        case _:
            return tabled(rule, desk, events)


def tabled(rule: Data, desk: Desk, events: Sequence[Row]) -> tuple[Fraction, bool]:
    basis, worth = basis_of(rule), rule.get("deduct", rule.get("award"))
    entry = looked_up(basis, worth, counted(rule, basis, desk, events)) or rule.get("else", "0")
    return (ZERO, True) if entry == "all" else (number(entry), False)


def levelled(rule: Data, desk: Desk, events: Sequence[Row]) -> tuple[Fraction, bool]:
    table = rule.get("deduct", rule.get("award"))
    if desk.is_register(rule["by"]):
        return counted(rule, "by", desk, events), False
    level = desk.facts[rule["by"]]
    entry = "0" if level == "无" else table[level]
    return (ZERO, True) if entry == "all" else (number(entry), False)


def grouped(rule: Data, desk: Desk, timing: str) -> list[tuple[Fraction, bool]]:
    """The points of every group, each within its cap."""
    keys, basis = listed(rule["for_each"]), basis_of(rule)

    def key_of(row: Row) -> Hashable:
        return tuple(PIECES[key](date.fromisoformat(row["日期"])) if key in PIECES else row[key] for key in keys)

    names = listed(rule[basis]) if basis != "flat" else names_in(rule.get("if", rule.get("unless")))
    rows = [row for row in desk.events if row["事项"] in names]
    if basis != "flat":
        ids = {id(row) for row, _ in priced(rule, basis, desk, rows)}
        rows = [row for row in rows if id(row) in ids]
    there: list[Hashable] = list(dict.fromkeys(key_of(row) for row in rows))
    if len(keys) == 1 and keys[0] in PIECES:
        ended: list[Hashable] = [(piece,) for piece in desk.ended(keys[0])]
        short = basis == "per_missing" or timing == "pieces"
        there = ended if short else list(dict.fromkeys((*ended, *there)))
    found = []
    for group in there:
        points, takes = once(rule, desk, [row for row in rows if key_of(row) == group])
        found.append((min(points, number(rule["cap_each"])) if "cap_each" in rule else points, takes))
    return found


def moved(rule: Data, desk: Desk, timing: str) -> tuple[Fraction, bool]:
    """The signed points of a rule, and whether it takes all points."""
    parts = grouped(rule, desk, timing) if "for_each" in rule else [once(rule, desk, desk.events)]
    points, takes = sum((part for part, _ in parts), ZERO), any(taken for _, taken in parts)
    if "every" in rule:
        worth = number(rule.get("deduct", rule.get("award")))
        steps = points / worth / number(rule["every"])
        mode = rule.get("steps", "whole")
        points = worth * (steps if mode == "prorata" else ceil(steps) if mode == "started" else floor(steps))
    if "up_to" in rule:
        points = min(points, number(rule["up_to"]))
    places = desk.rubric.get("rounding", {}).get("places")
    return half_up(points if "award" in rule else -points, places), takes


def most_of(rule: Data, desk: Desk, timing: str) -> Fraction | None:
    """The most that an award can give for what is due of it; None where there is no most."""
    basis, worth = basis_of(rule), rule["award"]
    entries = [*worth.values(), rule.get("else", "0")] if isinstance(worth, Mapping) else []
    most: Fraction | None
    match basis:
        case "judge":
            most = number(worth["to"]) if isinstance(worth, Mapping) else number(worth)
        case "flat" | "ratio":
            most = number(worth)
        case "each" | "each_missing":
            most = number(worth) * len(rule[basis])
        case "per_missing":
            most = number(worth) * target(rule, desk)
        case "per_over" | "per":
            most = None
        case "by":
            most = None if desk.is_register(rule["by"]) else max(map(number, entries))
        case _:
            most = max(map(number, entries))
    caps = [number(rule[key]) for key in ("cap_each",) if key in rule]
    if "for_each" in rule:
        most = min([*caps, *([] if most is None else [most])], default=None)
        if timing == "pieces" and most is not None:
            most *= len(desk.ended(*listed(rule["for_each"])))
        elif timing != "pieces":
            most = None
    if "up_to" in rule:
        most = number(rule["up_to"]) if most is None else min(most, number(rule["up_to"]))
    return most


# Nodes


def start_of(leaf: Data, *, base: bool) -> Fraction:
    start = leaf.get("start")
    if start is not None:
        return number(leaf["max"] if start == "max" else start)
    awards = any("award" in rule for rule in leaf["rules"])
    return ZERO if awards or not base else number(leaf["max"])


@dataclass
class Marks:
    """What comes of one scoring, by node: points, what is carried, what would be without 不适用, what is due at all."""

    points: dict[str, Fraction]
    carried: dict[str, Fraction]
    whole: dict[str, Fraction]
    begun: set[str]


def applies(node: Data, desk: Desk) -> bool:
    attributes = desk.sheet.facts[None]
    return all(attributes[name] in listed(values) for name, values in node.get("only", {}).items())


def score_node(node: Data, desk: Desk, marks: Marks, kind: str, inherited: tuple[str | None, str]) -> None:
    """Score a node and what is below it; `inherited` are the day and the 不适用 of the nodes above."""
    own = node.get("due", inherited[0]), node.get("if_na", inherited[1])
    name, base = node["id"], kind == "base"
    if not applies(node, desk):
        blank_out(node, marks)
        return
    for item in node.get("items", ()):
        score_node(item, desk, marks, kind, own)
    rules = [(rule, when(rule, desk, own[0], base=base)) for rule in node.get("rules", ())]
    rules = [(rule, timing) for rule, timing in rules if timing != "later"]
    if rules or any(item["id"] in marks.begun for item in node.get("items", ())):
        marks.begun.add(name)
    if not node.get("items"):
        leaf(node, desk, marks, (own[1], base, rules))
        return
    below = [item["id"] for item in node["items"]]
    raw = sum((marks.points[item] for item in below), ZERO)
    marks.points[name] = settled(node, desk, raw, rules, base=base)
    cap = node.get("ceiling", node.get("max")) if base else None
    for sums in (marks.carried, marks.whole):
        sums[name] = sum((sums[item] for item in below), ZERO)
        if cap not in (None, "none"):
            sums[name] = min(sums[name], number(str(cap)))


def blank_out(node: Data, marks: Marks) -> None:
    marks.points[node["id"]] = marks.carried[node["id"]] = marks.whole[node["id"]] = ZERO
    for item in node.get("items", ()):
        blank_out(item, marks)


def leaf(node: Data, desk: Desk, marks: Marks, asked: tuple[str, bool, list[tuple[Data, str]]]) -> None:
    if_na, base, rules = asked
    name, most = node["id"], number(node.get("max", "0"))
    if not rules:
        marks.points[name] = marks.carried[name] = marks.whole[name] = ZERO
        return
    marks.carried[name] = marks.whole[name] = due_of(node, desk, rules) if base else ZERO
    measures = [measure for rule, _ in rules for measure in read_by(rule, desk)]
    if if_na != "error" and any(desk.facts.get(measure) == NA for measure in measures):
        marks.points[name] = most if if_na == "full" else ZERO
        if if_na == "rescale":
            marks.carried[name] = ZERO
        else:
            marks.carried[name] = marks.whole[name] = most
        return
    marks.points[name] = settled(node, desk, start_of(node, base=base), rules, base=base)


def settled(node: Data, desk: Desk, raw: Fraction, rules: list[tuple[Data, str]], *, base: bool) -> Fraction:
    """Points with those of rules, within the limits of the node."""
    lines = [moved(rule, desk, timing) for rule, timing in rules]
    raw += sum((points for points, _ in lines), ZERO)
    bottom, top = node.get("floor", "0" if base or node["kind"] == "bonus" else "none"), node.get("max", "none")
    top = node.get("ceiling", top)
    if bottom != "none":
        raw = max(raw, number(bottom))
    if top != "none":
        raw = min(raw, number(top))
    return min(ZERO, raw) if any(takes for _, takes in lines) else raw


def due_of(node: Data, desk: Desk, due: list[tuple[Data, str]]) -> Fraction:
    """What is due of a base leaf: its maximum, or less while some award is not due or is over pieces."""
    most, timings = number(node["max"]), {id(rule): timing for rule, timing in due}
    awards = [(rule, timings.get(id(rule), "later")) for rule in node["rules"] if "award" in rule]
    if all(timing == "all" for _, timing in awards):
        return most
    gives = [most_of(rule, desk, timing) for rule, timing in awards if timing != "later"]
    if None in gives:
        return most
    reached = start_of(node, base=True) + sum((each for each in gives if each is not None), ZERO)
    return min(most, max(number(node.get("floor", "0")), reached))


# Passes


def leaves(nodes: Iterable[Data]) -> Iterator[Data]:
    for node in nodes:
        yield from leaves(node["items"]) if "items" in node else [node]


def with_kind(node: Data, kind: str) -> dict[str, Any]:
    found = {**node, "kind": kind}
    if "items" in node:
        found["items"] = [with_kind(item, kind) for item in node["items"]]
    return found


@dataclass
class Part:
    """Sections scored together for one unit: points by node, base points after scaling, what is due, other kinds."""

    round: str | None
    weight: Fraction | None
    kinds: set[str]
    marks: Marks
    base: Fraction
    full: Fraction
    others: dict[str, Fraction]


def score_part(sections: Sequence[Data], desk: Desk, round_: str | None, weight: Fraction | None) -> Part:
    marks = Marks({}, {}, {}, set())
    rounding = desk.rubric.get("rounding", {})
    for section in sections:
        kind = section.get("kind", "base")
        named = with_kind(section, kind)
        if "highest_per" in section:
            keep_dearest(named, desk, base=kind == "base")
        score_node(named, desk, marks, kind, (None, "error" if kind == "base" else "zero"))
        ruled(named, desk, marks, round_)
        marks.points[section["id"]] = half_up(marks.points[section["id"]], rounding.get("sections"))
    base = [section["id"] for section in sections if section.get("kind", "base") == "base"]
    points, due, whole = (
        sum((sums[each] for each in base), ZERO) for sums in (marks.points, marks.carried, marks.whole)
    )
    whole = whole if due else ZERO
    if due != whole:
        points = half_up(points * whole / due, rounding.get("places") or rounding.get("sections"))
    others = {
        kind: sum((marks.points[each["id"]] for each in sections if each.get("kind") == kind), ZERO)
        for kind in ("bonus", "penalty", "adjust")
    }
    kinds = {section.get("kind", "base") for section in sections}
    return Part(round_, weight, kinds, marks, points, whole, others)


def ruled(section: Data, desk: Desk, marks: Marks, round_: str | None) -> None:
    """Add rulings on a section itself, the only ones that the oracle knows; on what is not due they wait."""
    text = desk.sheet.rulings.get((round_, section["id"]))
    if text is not None and section["id"] in marks.begun:
        marks.points[section["id"]] += half_up(number(text), desk.rubric.get("rounding", {}).get("places"))


def keep_dearest(section: Data, desk: Desk, *, base: bool) -> None:
    """Keep of the events of each case the dearest one, whichever rule of the section priced it."""
    pairs: list[tuple[Row, Fraction, int]] = []
    rules = [rule for node in leaves([section]) for rule in node["rules"]]
    due = [rule for rule in rules if basis_of(rule) in ("per", "by") and when(rule, desk, None, base=base) != "later"]
    for rule in due:
        if any(map(desk.is_register, listed(rule[basis_of(rule)]))):
            pairs += [(row, worth, id(rule)) for row, worth in priced(rule, basis_of(rule), desk, desk.events)]
            desk.kept[id(rule)] = set()
    copies = [(dict(row), worth) for row, worth, _ in pairs]
    best = {id(row) for row, _ in dearest(copies, section["highest_per"])}
    for (copy, _), (row, _, owner) in zip(copies, pairs, strict=True):
        if id(copy) in best:
            desk.kept[owner].add(id(row))


def is_once(rubric: Data, section: Data) -> bool:
    if "rounds" not in rubric or "round" in section:
        return True
    return section.get("rounds") == "none" if section.get("kind", "base") == "base" else section.get("rounds") != "each"


def round_of(row: Row, spans: Mapping[str, Span | None]) -> str | None:
    """The round of an event, by its column or its day."""
    if row.get("轮次"):
        return row["轮次"]
    day = day_of(row)
    inside = (
        name for name, span in spans.items() if span is not None and day is not None and span[0] <= day <= span[1]
    )
    return next(inside, None)


def due_rounds(rubric: Data, asked: Due) -> list[str]:
    spans = rounds_of(rubric)
    if asked.through is not None:
        return [name for name, span in spans.items() if span is not None and span[1] <= asked.through]
    return [name for name in spans if not asked.rounds or name in asked.rounds]


def parts_of(rubric: Data, sheet: Sheet, asked: Due) -> Iterator[Part]:
    """Score the parts of a rubric that are due."""
    spans, period, due = rounds_of(rubric), period_of(rubric), due_rounds(rubric, asked)
    events = [row for row in sheet.events if asked.through is None or (day_of(row) or asked.through) <= asked.through]
    attributes = {name: sheet.facts[None][name] for name in rubric.get("attributes", ())}
    sections = rubric["sections"]
    weights = dict.fromkeys(due, Fraction(1)) if asked.alone else weights_of(rubric, due)
    for name, weight in weights.items():
        facts = {**attributes, **sheet.facts.get(name, {})}
        first, last = spans[name] or period or (None, None)
        own = [row for row in events if round_of(row, spans) == name]
        often = [section for section in sections if not is_once(rubric, section)]
        yield score_part(often, Desk(rubric, sheet, facts, own, first, last, None), name, weight)
        if mine := [section for section in sections if section.get("round") == name]:
            yield score_part(mine, Desk(rubric, sheet, facts, own, first, last, None), name, None)
    if not asked.rounds:
        first, last = period or (None, None)
        apart = [section for section in sections if is_once(rubric, section) and "round" not in section]
        through = asked.through if last is not None and asked.through != last else None
        desk = Desk(rubric, sheet, sheet.facts[None], events, first, asked.through or last, through)
        yield score_part(apart, desk, None, None)


def full_marks(rubric: Data) -> Fraction:
    """The most base points of the whole period."""
    most = ZERO
    shares = sum(weights_of(rubric, list(rounds_of(rubric))).values(), ZERO)
    for section in rubric["sections"]:
        if section.get("kind", "base") == "base":
            most += number(section["max"]) * (1 if is_once(rubric, section) else shares)
    return most


def score_unit(rubric: Data, sheet: Sheet, asked: Due) -> Figures:
    parts = list(parts_of(rubric, sheet, asked))
    rounding = rubric.get("rounding", {})
    places = rounding.get("places")
    factor = number(rubric["reported_as"]) / full_marks(rubric) if "reported_as" in rubric else Fraction(1)

    def over(of: Callable[[Part], Fraction], kind: str) -> Fraction:
        apart = sum((of(part) for part in parts if part.weight is None), ZERO)
        often = [part for part in parts if part.weight is not None and kind in part.kinds]
        return apart + half_up(sum((of(part) * (part.weight or ZERO) for part in often), ZERO), places)

    base = over(lambda part: part.base, "base")
    total = half_up(base * factor, places) if factor != 1 else base
    for kind in ("bonus", "penalty", "adjust"):
        total += over(lambda part, kind=kind: part.others[kind], kind)  # type: ignore[misc]
    if rubric.get("floor", "0") != "none":
        total = max(total, number(rubric.get("floor", "0")))
    if rubric.get("ceiling", "none") != "none":
        total = min(total, number(rubric["ceiling"]))
    total = half_up(total, rounding.get("total", places or "2"))
    for veto in rubric.get("vetoes", ()):
        if vetoed(rubric, sheet, asked, veto):
            total = min(total, number(veto["total"]))
    found = Figures({}, {}, total)
    for part in parts:
        found.points |= {(part.round, node): points for node, points in part.marks.points.items()}
        found.due |= {(part.round, node): due for node, due in part.marks.carried.items()}
        found.full += part.full * (1 if part.weight is None else part.weight) * factor
    found.rate = total / found.full if found.full > 0 else ZERO
    return found


def vetoed(rubric: Data, sheet: Sheet, asked: Due, veto: Data) -> bool:
    """Whether a veto holds for what is due: on events in any round or of all, on answers where they are entered."""
    due, spans = due_rounds(rubric, asked), rounds_of(rubric)
    events = [row for row in sheet.events if asked.through is None or (day_of(row) or asked.through) <= asked.through]
    if asked.rounds:
        events = [row for row in events if round_of(row, spans) in (*due, None)]
    facts = [sheet.facts[None], *(sheet.facts.get(name, {}) for name in due)]
    for entered in facts:
        desk = Desk(rubric, sheet, entered, events, None, None, None)
        if all(desk.is_register(name) or entered.get(name) for name in names_in(veto["if"])) and holds(
            veto["if"], desk, events
        ):
            return True
    return False


def score(rubric: Data, sheets: Mapping[str, Sheet], asked: Due) -> dict[str, Figures]:
    """Return the figures of the units there are by then, ranked by rate; for the whole period by total."""
    there = {name: sheet for name, sheet in sheets.items() if (sheet.since or date.min) <= (asked.through or date.max)}
    found = {name: score_unit(rubric, sheet, asked) for name, sheet in there.items()}
    whole = asked == Due()
    merits = {name: figures.total if whole else figures.rate for name, figures in found.items()}
    for name, figures in found.items():
        figures.rank = 1 + sum(merit > merits[name] for merit in merits.values())
    return found
