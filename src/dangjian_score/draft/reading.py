"""What became of the clauses of an item: readings, rules as they stand in a rubric, and the measures that they read."""

from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct

from dangjian_score.draft.grammar.clauses import Why

Value = str | bool | Fraction | list["Value"] | dict[str, "Value"]
"""A value as it stands in a rubric; per cents and names are text."""
Rule = dict[str, Value]


class DraftedMeasure(Struct, frozen=True):
    """A measure that a rule reads: what is said of it in `measures`."""

    name: str
    hint: str
    unit: str = ""
    register: bool = False
    number: bool = False
    levels: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """A clause in the words of the regulation, and the rules it became; marked with `why` where it became none.

    A clause that adds nothing (扣完为止) has neither; `modifies` is one about the clauses before it (最多扣3分).
    """

    words: str
    rules: tuple[Rule, ...] = ()
    why: Why | None = None
    sentence: str = ""
    modifies: bool = False


class Drafted(Struct, frozen=True):
    """The readings of an item's clauses in their order, the measures of its rules, and its limits.

    `most` is a cap over all clauses, `start` where an item begins.
    """

    readings: tuple[Reading, ...]
    measures: tuple[DraftedMeasure, ...] = ()
    most: Fraction | None = None
    start: Fraction | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the order of the clauses."""
        return tuple(rule for reading in self.readings for rule in reading.rules)


class ItemContext(Struct, frozen=True):
    """What is known of an item when its clauses are read.

    `content` is what its cells say that it is about, `dated` whether the days of the period are known, `gives` whether
    figures without a verb are given (in a section of bonuses), `takes` whether they are taken. Several items may have
    its points in common (`shared`): then 不得分 is not about all of them.
    """

    title: str
    max: Fraction | None
    dated: bool
    content: str = ""
    gives: bool = False
    takes: bool = False
    shared: bool = False


def texts_of(value: Value) -> Iterator[str]:
    """Visit all texts of a value, and the keys of its mappings: names of measures are among them."""
    match value:
        case str():
            yield value
        case dict():
            yield from value
            for part in value.values():
                yield from texts_of(part)
        case list():
            for part in value:
                yield from texts_of(part)
        case _:
            pass
