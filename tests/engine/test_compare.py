"""Two outcomes side by side: the differences by hand, and what must hold of any two."""

from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from dangjian_score.engine.compare import (
    Alone,
    ComparedResult,
    Comparison,
    Got,
    ItemChange,
    OutcomeItem,
    RubricChange,
    UnitOutcome,
    WhyAbsent,
    compare,
)

ITEMS = (
    OutcomeItem("A", "甲类", "base", Fraction(10)),
    OutcomeItem("A1", "甲一", "base", Fraction(6)),
    OutcomeItem("A2", "甲二", "base", Fraction(4)),
    OutcomeItem("B", "乙类", "bonus", None),
)


def got(item: OutcomeItem, points: Fraction, nodes: tuple[Got, ...] = ()) -> Got:
    """Give points that all count."""
    return Got(item, points, points, nodes)


def unit(
    name: str, rank: int, first: str, second: str, bonus: str, held: str = "0", grade: str | None = None
) -> UnitOutcome:
    """Give a unit its points for A1, A2 and B; `held` is what the group's own limits moved."""
    group, single, two, other = ITEMS
    a1, a2 = got(single, Fraction(first)), got(two, Fraction(second))
    a = got(group, a1.points + a2.points + Fraction(held), (a1, a2))
    b = got(other, Fraction(bonus))
    return UnitOutcome(name, rank, a.points + b.points, grade, {None: (a, b)})


def outcome(
    *units: UnitOutcome, rubric: str = "r", sha: str = "0", absent: dict[str, WhyAbsent] | None = None
) -> ComparedResult:
    return ComparedResult(rubric, "试", sha, sha, units, absent or {}, 2, 2)


def items(found: Comparison) -> list[tuple[str, str, bool, Fraction]]:
    return [(item.unit, item.item.id, item.own, item.difference) for item in found.items]


def test_differences_the_largest_first() -> None:
    a = outcome(unit("一", 1, "6", "4", "1"), unit("二", 2, "5", "3", "0"), unit("三", 3, "1", "1", "0"))
    b = outcome(unit("二", 1, "5.5", "3", "2"), unit("一", 2, "6", "1", "1"), unit("三", 3, "1", "1", "0"))
    found = compare(a, b)
    assert [(pair.unit, pair.difference, pair.a.rank, pair.b.rank) for pair in found.units] == [
        ("一", Fraction(-3), 1, 2),
        ("二", Fraction("2.5"), 2, 1),
        ("三", Fraction(0), 3, 3),
    ]
    assert items(found) == [
        ("一", "A2", False, Fraction(-3)),
        ("二", "B", False, Fraction(2)),
        ("二", "A1", False, Fraction("0.5")),
    ]


def test_equal_differences_stand_in_the_order_of_the_regulation_then_of_rank() -> None:
    a = outcome(unit("一", 1, "6", "4", "1"), unit("二", 2, "5", "3", "1"))
    b = outcome(unit("一", 1, "5", "3", "1"), unit("二", 2, "4", "2", "1"))
    assert [(item.item.id, item.unit) for item in compare(a, b).items] == [
        ("A1", "一"),
        ("A1", "二"),
        ("A2", "一"),
        ("A2", "二"),
    ]


def test_of_a_group_only_what_it_moves_itself() -> None:
    a, b = outcome(unit("一", 1, "6", "4", "0")), outcome(unit("一", 1, "6", "4", "0", held="-2"))
    assert items(compare(a, b)) == [("一", "A", True, Fraction(-2))]


def test_units_of_one_side_and_why_not_of_the_other() -> None:
    a = outcome(unit("一", 1, "6", "4", "0"), unit("二", 2, "5", "4", "0"), absent={"三": "excluded"})
    b = outcome(unit(" 一", 1, "6", "4", "0"), unit("三", 2, "5", "4", "0"), absent={"二": "unscored"})
    found = compare(a, b)
    assert [pair.unit for pair in found.units] == [" 一"]  # white space tells no names apart
    assert (found.only_a, found.only_b) == ((Alone("二", "unscored"),), (Alone("三", "excluded"),))


def test_what_changed_in_the_regulation() -> None:
    def only(*nodes: Got, rubric: str = "r", sha: str = "0") -> ComparedResult:
        return outcome(UnitOutcome("一", 1, Fraction(0), None, {None: nodes}), rubric=rubric, sha=sha)

    before, gone = got(OutcomeItem("A", "旧名", "base", Fraction(5)), Fraction(1)), got(ITEMS[3], Fraction(0))
    after = got(OutcomeItem("A", "新名", "bonus", None), Fraction(3))
    new = got(OutcomeItem("C", "丙", "base", Fraction(2)), Fraction(2))
    found = compare(only(before, gone), only(after, new, sha="1"))
    assert found.rubric.items == (
        ItemChange(before.item, after.item),
        ItemChange(None, new.item),
        ItemChange(gone.item, None),
    )
    assert [item.how for item in found.rubric.items] == [("max", "kind", "title"), ("new",), ("gone",)]
    assert (found.rubric.other, found.rubric.edited) == (False, True)
    assert items(found) == [("一", "A", False, Fraction(2))]  # what has one id is compared all the same
    assert compare(only(before), only(before, rubric="s")).rubric.other


def test_rounds_are_told_apart() -> None:
    def year(**points: str) -> ComparedResult:
        sections: dict[str | None, tuple[Got, ...]] = {
            name: (got(ITEMS[1], Fraction(text)),) for name, text in points.items()
        }
        return outcome(UnitOutcome("一", 1, Fraction(0), None, sections))

    found = compare(year(平时="1", 年中="2", 年终="3"), year(平时="1", 年终="5", 加试="2"))
    assert [(item.round, item.difference) for item in found.items] == [("年终", 2)]
    assert found.rubric.rounds == (("年中",), ("加试",))


figures = st.integers(0, 24).map(lambda quarters: str(Fraction(quarters, 4)))
members = st.tuples(figures, figures, figures, figures)


@st.composite
def outcomes(draw: st.DrawFn) -> ComparedResult:
    """Give an outcome of some units, ranked by their totals."""
    given_ = draw(st.dictionaries(st.sampled_from("一二三四五六"), members))
    units = sorted(
        (unit(name, 1, *figures) for name, figures in given_.items()),
        key=lambda outcome: (-outcome.total, outcome.unit),
    )
    ranked = [
        UnitOutcome(
            outcome.unit, 1 + sum(other.total > outcome.total for other in units), outcome.total, None, outcome.sections
        )
        for outcome in units
    ]
    return outcome(*ranked)


@given(outcomes())
def test_nothing_differs_from_itself(outcome: ComparedResult) -> None:
    found = compare(outcome, outcome)
    assert (found.items, found.only_a, found.only_b, found.rubric) == (
        (),
        (),
        (),
        RubricChange(False, False, (), ((), ())),
    )
    assert all(pair.difference == 0 for pair in found.units)


@given(outcomes(), outcomes())
def test_the_other_way_round_every_sign_turns(a: ComparedResult, b: ComparedResult) -> None:
    there, back = compare(a, b), compare(b, a)
    assert {(pair.unit, pair.difference) for pair in there.units} == {
        (pair.unit, -pair.difference) for pair in back.units
    }
    assert sorted(items(there)) == sorted((*key, -difference) for *key, difference in items(back))
    assert (there.only_a, there.only_b) == (back.only_b, back.only_a)


@given(outcomes(), outcomes())
def test_items_and_groups_add_up_to_the_difference_of_a_unit(a: ComparedResult, b: ComparedResult) -> None:
    found = compare(a, b)
    for pair in found.units:
        assert sum(item.difference for item in found.items if item.unit == pair.unit) == pair.difference


@given(outcomes(), outcomes())
def test_large_differences_come_first(a: ComparedResult, b: ComparedResult) -> None:
    found = compare(a, b)
    for sizes in ([abs(pair.difference) for pair in found.units], [abs(item.difference) for item in found.items]):
        assert all(first >= second for first, second in pairwise(sizes))


@given(outcomes(), outcomes(), st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing_but_the_order_of_equals(
    a: ComparedResult, b: ComparedResult, random: Random
) -> None:
    shuffled = list(a.units)
    random.shuffle(shuffled)
    other = compare(outcome(*shuffled), b)
    same = compare(a, b)
    assert (other.units, other.items, other.only_b) == (same.units, same.items, same.only_b)
    assert set(other.only_a) == set(same.only_a)
