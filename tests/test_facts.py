"""Facts as the rows that they stand in: figures are picked by name, those that were added or replaced among them."""

from fractions import Fraction

from dangjian_score.core.facts import Cell, Fact, FactLayout, RowFacts

LAYOUT = FactLayout({"甲": 0, "乙": 1}, (("e.csv", None, 0, 2), ("e.csv", None, 0, 3)))
ROW = RowFacts(LAYOUT, (5,), (Fraction(1), None), {})


def fact(value: int) -> Fact:
    return Fact(Fraction(value), Cell("f.csv", None, 2, 2))


def test_figures_are_picked_in_the_order_asked_for() -> None:
    assert ROW.picked(("乙", "甲", "丙")) == (None, 1, None)


def test_what_was_added_is_picked_where_it_is_asked_for() -> None:
    added = ROW.joined({"丙": fact(3), "丁": fact(4)})
    assert added.picked(("丙", "甲")) == (3, 1)
    assert added.picked(("乙",)) == (None,)


def test_what_was_put_in_the_place_of_a_fact_is_picked() -> None:
    changed = ROW.replaced("甲", fact(9))
    assert changed.picked(("甲", "乙")) == (9, None)
    assert changed["甲"] == fact(9)
    assert ROW["甲"] == Fact(Fraction(1), Cell("e.csv", None, 5, 2))


def test_a_fact_in_the_place_of_none_is_added() -> None:
    changed = ROW.replaced("丙", fact(3))
    assert changed.picked(("甲", "丙")) == (1, 3)
    assert [*changed] == ["甲", "丙"]
