"""Groups without events are counted, not made: the same sums and names as when each is made, however many there are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest

from dangjian_score.core.algebra import Grouped, Tally, figures
from dangjian_score.engine import exact
from dangjian_score.engine.catalogue import catalogue
from dangjian_score.engine.groups import MOST_LISTED, Groups
from dangjian_score.engine.periods import Calendar
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.registers import Reduced, reduce
from dangjian_score.rubric.lexicon import PERIODS, is_period
from dangjian_score.words.lines import line_text, which_names
from dangjian_score.words.say import load_words
from tests.engine.test_registers import events_of, flow
from tests.sampling import runs
from tests.scenes import of_unit, outcome
from tests.support import rubric

F = Fraction
HEAD = "measures: {事件: {register: true}, 请假: {register: true}}\n"
RULES: Sequence[Mapping[str, Any]] = (
    {"deduct": "2", "per_missing": "事件", "of": "2"},
    {"deduct": "2", "per_missing": "事件", "of": "2", "cap_each": "3"},
    {"deduct": "1", "per_missing": "事件", "of": "1", "if": {"请假": {"below": "1"}}},
    {"deduct": "1", "per": "事件"},
    {"deduct": "1", "per": "事件", "cap_each": "1.5", "unless": {"请假": {"at_least": "1"}}},
    {"award": "1/3", "per_over": "事件", "of": "1"},
    {"deduct": {"0": "1", "1": "0.5"}, "at_most": "事件"},
    {"deduct": {"0": "all", "1": "2"}, "at_most": "事件"},
    {"forfeit": "true", "if": {"事件": {"below": "1"}}},
)


def program_of(rule: Mapping[str, Any], keys: Sequence[str], period: str) -> Program:
    text = (
        f"period: {period}\n{HEAD}sections: [{{title: 甲, max: 9, rules: [{flow({**rule, 'for_each': [*keys]})}]}}]\n"
    )
    return compile_rubric(rubric(text).rubric)


def each_made(grouped: Grouped, reduced: Reduced, calendar: Calendar) -> Iterator[tuple[tuple[object, ...], Fraction]]:
    """Make every group, due or with events, and work it out by itself."""
    timed = [is_period(key) for key in grouped.keys]

    def key_of(columns: Mapping[str, Any]) -> tuple[Any, ...]:
        day = columns["日期"].value.numerator if any(timed) else 0
        pairs = zip(grouped.keys, timed, strict=True)
        return tuple(calendar.piece(key)(day) if is_time else columns[key].value for key, is_time in pairs)

    inner = [figure for figure in figures(grouped.each) if isinstance(figure, Tally)]
    events = {
        tally.name: [(key_of(own.event.columns), own.worth) for own in reduced.events[tally.name]] for tally in inner
    }
    held = {key for tally in grouped.over for key, _ in events[tally.name]}
    whole = set(held)
    if any(timed):
        due = [[*calendar.due(key)] if is_time else [None] for key, is_time in zip(grouped.keys, timed, strict=True)]
        heads = held if not all(timed) else {tuple(None for _ in timed)}
        made = {
            tuple(piece if is_time else part for piece, part, is_time in zip(pieces, head, timed, strict=True))
            for pieces in product(*due)
            for head in heads
        }
        whole = made if grouped.shortfall else made | held
    for key in sorted(whole, key=repr):
        worths = {name: sum((worth for own, worth in pairs if own == key), F(0)) for name, pairs in events.items()}
        amount = exact.number(grouped.each, {}, worths)
        yield key, amount if grouped.cap is None else min(amount, grouped.cap)


def rows_of(rng: Random, first: date, days: int) -> list[dict[str, str]]:
    return [
        {
            "事项": rng.choice(["事件", "事件", "请假"]),
            "日期": (first + timedelta(days=rng.randrange(days))).isoformat(),
            "人员": rng.choice("甲乙丙丁"),
            "案件": rng.choice("一二"),
            "数量": rng.choice(["1", "1", "2", "0"]),
        }
        for _ in range(rng.randrange(9))
    ]


@pytest.mark.parametrize("seed", range(runs(600, 150)))
def test_counting_gives_what_making_each_gives(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    first, days = date(2024, 1, 1) + timedelta(days=rng.randrange(40)), rng.choice([20, 45, 100])
    keys = rng.choice([["人员", "案件"], [rng.choice(PERIODS)], ["人员", rng.choice(PERIODS)]])
    keys = rng.choice([keys, keys[::-1], ["案件", rng.choice(PERIODS), "人员"], ["month", "人员", "week"]])
    last = first + timedelta(days=days - 1)
    program = program_of(rng.choice(RULES), keys, f"{{from: {first}, to: {last}}}")
    existed = [rng.choice([None, (first + timedelta(days=rng.randrange(-9, days))).toordinal()]) for _ in range(2)]
    calendar = Calendar(first.toordinal(), last.toordinal(), *existed)
    plan = program.plan(program.passes[0])
    rows = [row for row in rows_of(rng, first, days) if row["事项"] in catalogue(program).registers]
    reduced = reduce(plan, events_of(program, rows), {}, calendar)
    for grouped in plan.grouped:
        made = dict(each_made(grouped, reduced, calendar))
        groups, moving = reduced.groups[grouped.name], [(key, amount) for key, amount in made.items() if amount]
        assert reduced.figures[grouped.name] == sum(made.values(), F(0))
        assert groups.count == len(moving)
        assert [(group.key, group.amount) for group in groups.listed()] == moving[:MOST_LISTED]


def century(rule: Mapping[str, Any], keys: Sequence[str], persons: int) -> Groups:
    """Reduce one event of each person, each on a day of its own, over a hundred years."""
    program = program_of(rule, keys, "{from: 1925-01-01, to: 2024-12-31}")
    first = date(1925, 1, 1)
    rows = [
        {"事项": "事件", "人员": f"人{at:03}", "案件": "一", "日期": (first + timedelta(days=at)).isoformat()}
        for at in range(persons)
    ]
    calendar = Calendar(first.toordinal(), date(2024, 12, 31).toordinal())
    (groups,) = reduce(program.plan(program.passes[0]), events_of(program, rows), {}, calendar).groups.values()
    return groups


DAYS = 36_525
"""Of the hundred years to the end of 2024: 25 of them have a day more."""


@pytest.mark.parametrize(
    ("rule", "total", "count"),
    [
        ({"deduct": "1", "per": "事件"}, 300, 300),
        # a group without an event lacks two, one with an event lacks one
        ({"deduct": "1", "per_missing": "事件", "of": "2"}, 2 * 300 * DAYS - 300, 300 * DAYS),
    ],
)
def test_only_groups_with_events_are_made(rule: Mapping[str, Any], total: int, count: int) -> None:
    groups = century(rule, ["人员", "day"], 300)
    assert len(groups.held) == 300
    assert groups.due.count == 300 * DAYS
    assert (groups.total, groups.count) == (total, count)
    assert len(groups.listed()) == MOST_LISTED


def test_the_first_groups_are_named_and_all_are_counted() -> None:
    rules = "{deduct: 0.001, per_missing: 事件, of: 1, for_each: [人员, day]}"
    text = f"period: 2024\n{HEAD}sections: [{{id: X, title: 甲, max: 20, rules: [{rules}]}}]\n"
    event = {"事项": "事件", "人员": "张", "日期": "2024-01-02"}
    unit = of_unit(outcome(rubric(text), {"一": {"facts": {}, "events": [event]}}), "一")
    (line,) = unit.trace().nodes[0].lines
    assert line.points == F("-0.365")
    chinese, english = load_words("zh"), load_words("en")
    assert which_names(line, chinese)[:2] == (
        "张 2024-01-01 缺 1 次，扣 0.001 分",
        "张 2024-01-03 缺 1 次，扣 0.001 分",
    )
    assert len(which_names(line, chinese)) == line_text(line, chinese, 3).count("2024-") == MOST_LISTED
    assert "张 2024-04-10 缺 1 次，扣 0.001 分等 365 个" in line_text(line, chinese, 3)
    assert " and so on, 365 in all" in line_text(line, english, 3)
