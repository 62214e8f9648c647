"""Every row of the patterns: its example is read by that row, to the rule that stands beside it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

import pytest

from dangjian_score.draft.grammar import phrases
from dangjian_score.draft.grammar.clauses import clauses, requirements
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.masks import Masks
from dangjian_score.draft.grammar.words import page
from dangjian_score.draft.layout.outline import Item, Kind, OutlineSection
from dangjian_score.draft.naming import Names
from dangjian_score.draft.nodes import DraftedItem, NodeBuilder
from dangjian_score.draft.periods import due_of
from dangjian_score.draft.quotas import thing_of
from tests.draft.equality import figure, same_rules

MOST: Final = Fraction(5)
"""Points of the item in which an example stands."""
UNSIGNED: Final = frozenset({"班子分工明确、团结协作（1分）", "获市级表彰1分/次", "获市级表彰每次1分"})
"""Examples without a verb: their points are given in a section of bonuses, and marked elsewhere."""


def rows(*groups: str) -> list[Any]:
    return [
        pytest.param(group, at, id=f"{group}-{at}-{row['example']}")
        for group in groups
        for at, row in enumerate(page("patterns.yaml")[group])
    ]


def read(text: str) -> DraftedItem:
    kind: Kind = "bonus" if text in UNSIGNED else "base"
    section = OutlineSection("某类", kind, items=(Item("某项", MOST, standard=text),))
    (built,) = NodeBuilder(Names(), dated=False, refused=frozenset()).sections((section,))
    return built.items[0]


@pytest.mark.parametrize(("group", "at"), rows("patterns", "modifiers"))
def test_an_example_is_read_to_its_rule(group: str, at: int) -> None:
    row = page("patterns.yaml")[group][at]
    readings = read(row["example"]).readings
    wanted = row["reads"] if isinstance(row["reads"], list) else [row["reads"]]
    rules = [rule for reading in readings for rule in reading.rules]
    assert [reading.why for reading in readings if reading.why] == []
    assert same_rules(rules, wanted, MOST), rules


@pytest.mark.parametrize(("group", "at"), rows("patterns", "modifiers"))
def test_a_row_reads_its_example(group: str, at: int) -> None:
    example = page("patterns.yaml")[group][at]["example"]
    texts = [Masks().masked(evened(example)), *(clause.phrase.text for clause in clauses(example) if clause.phrase)]
    assert at in [next(_fitting(group, text), None) for text in texts]


@pytest.mark.parametrize(("group", "at"), rows("requirements"))
def test_an_example_of_a_requirement(group: str, at: int) -> None:
    row = page("patterns.yaml")[group][at]
    asks = dict(row["asks"])
    (asked,) = requirements(row["example"])
    due = due_of(asked, dated=True)
    found = {
        "subject": thing_of(asked),
        "period": "year" if due is not None and due.for_each is None else due and due.for_each,
        "count": asked.count,
        "unit": asked.unit,
        "rate": None if asked.rate is None else f"{asked.rate}%",
    }
    assert {key: figure(found[key]) for key in asks} == figure(asks)
    assert at == next(_fitting(group, Masks().masked(evened(row["example"]))))


def _fitting(group: str, text: str) -> Iterator[int]:
    """Return the rows that fit a text, as the program tries them."""
    unsure = phrases.UNSURE.search(text) is not None
    for at, row in enumerate(phrases._rows(group)):  # noqa: SLF001
        passed = unsure and row.kind not in phrases._TAKES_UP_UNSURE  # noqa: SLF001
        conditions = (row.when is None or row.when.search(text)) and not (row.unless and row.unless.search(text))
        if conditions and not passed and row.pattern.fullmatch(text):
            yield at
