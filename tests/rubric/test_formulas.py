"""Formulas: which lead back to themselves, and how much each comes to when it is written out."""

import pytest

from dangjian_score.rubric.measures import MAX_LEVELS, MAX_TERMS, MeasureSpec, circles, written_out


def measures(**formulas: str) -> dict[str, MeasureSpec]:
    """Give each measure as the sum of others, over 1."""
    return {
        name: MeasureSpec.model_validate({"ratio": terms.split(), "of": "1"} if terms else {})
        for name, terms in formulas.items()
    }


@pytest.mark.parametrize(
    ("formulas", "ways"),
    [
        ({"a": "b c", "b": "c", "c": ""}, []),
        ({"a": "a"}, ["a a"]),
        ({"a": "b", "b": "c", "c": "b"}, ["b c b"]),
        ({"a": "b", "b": "a a"}, ["a b a", "a b a"]),
        ({"a": "b", "b": "a c", "c": "b"}, ["a b a", "b c b"]),
    ],
)
def test_ways_that_lead_back(formulas: dict[str, str], ways: list[str]) -> None:
    assert [" ".join(way) for way in circles(measures(**formulas))] == ways


def test_what_a_name_comes_to() -> None:
    written = written_out(measures(a="b b x", b="y z", c="a"))
    # b is itself and two; a is itself, two times b, and x; c is itself and a. The 1 below is no name.
    assert written == {"a": (8, 2), "b": (3, 1), "c": (9, 3)}


def test_what_is_too_large_is_not_counted_to_its_end() -> None:
    doubling = measures(**{f"m{at}": f"m{at + 1} m{at + 1}" for at in range(MAX_LEVELS)})
    assert written_out(doubling)["m0"] == (MAX_TERMS + 1, MAX_LEVELS)
    chain = measures(**{f"m{at}": f"m{at + 1}" for at in range(5_000)})
    assert max(size.levels for size in written_out(chain).values()) > MAX_LEVELS
