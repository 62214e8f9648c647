"""The model of a rubric: the tree of sections, items and parts, and the keys of the whole."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import prod
from typing import Annotated, Final, Literal, assert_never

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    Tag,
    WithJsonSchema,
    model_validator,
)

from dangjian_score.core.diagnostics import Code
from dangjian_score.core.points import Mode
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import Only
from dangjian_score.rubric.fields import (
    LISTED,
    TAG,
    Amount,
    Count,
    Day,
    Flag,
    Identifier,
    Limit,
    Model,
    Places,
    Positive,
    Prose,
    Share,
    Start,
    Text,
    Texts,
    problem,
)
from dangjian_score.rubric.kinds import Rule
from dangjian_score.rubric.measures import MAX_LEVELS, MAX_TERMS, MeasureSpec, written_out
from dangjian_score.rubric.source import Data, texts_in
from dangjian_score.rubric.standing import (
    AnyGrade,
    AnyTieBreak,
    ClauseSource,
    Exclusion,
    Rounds,
    Selection,
    Span,
    Unranked,
    Veto,
    WholeSource,
    rounds_of,
)

LANGUAGE: Final = "1"
"""Version of the language that this tool reads."""

UNSETTLED: Final = "待核"
"""How the note of a rule, a node or a source begins that a person has to check against the regulation."""

MAX_COMPARED: Final = 30
"""Most items of a group of which the best count: each is compared with each."""

IfNa = Literal["rescale", "full", "zero", "error"]


class BestOf(Model):
    """`{best: 3}`: of the items of a group the three with the most points count."""

    best: Count


class Node(Model):
    """A section, item or part. A leaf has `rules`; a group has `items`, and may have rules of its own.

    With a `weight` it is judged on its own scale, and that share of its points and of its maximum counts above it.
    """

    SOME = (("rules", "items"),)

    id: Identifier | None = None
    title: Text
    criterion: Prose | None = None
    inspect: Prose | None = None
    max: Amount | None = None
    weight: Share | None = None
    ceiling: Limit | None = None
    floor: Limit | None = None
    start: Start | None = None
    combine: BestOf | None = None
    only: Only | None = None
    if_na: IfNa | None = None
    rescale_in: Literal["group"] | None = None
    highest_per: Texts = ()
    due: Day | None = None
    assumed: Flag = False
    source: ClauseSource | None = None
    rules: tuple[Rule, ...] = ()
    items: tuple["Node", ...] = ()

    @model_validator(mode="after")
    def _has_content(self) -> "Node":
        if not self.rules and not self.items:
            raise problem(Code.NODE_COMBINATION, what="empty")
        if self.items and self.start is not None:
            raise problem(Code.NODE_COMBINATION, what="start on a group", at="start")
        for key, value in (("combine", self.combine), ("rescale_in", self.rescale_in)):
            if value is not None and not self.items:
                raise problem(Code.NODE_COMBINATION, what="group key on a leaf", at=key)
        if self.combine is not None and len(self.items) > MAX_COMPARED:
            raise problem(Code.TOO_LARGE, limit="compared items", most=str(MAX_COMPARED), at="items")
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether it has no items."""
        return not self.items

    @property
    def share(self) -> Fraction:
        """The share of its points that counts above it."""
        return Fraction(1) if self.weight is None else self.weight

    @property
    def best(self) -> int | None:
        """How many of its items count; None where all do."""
        return None if self.combine is None else self.combine.best


Kind = Literal["base", "bonus", "penalty", "adjust"]
KINDS: Final[tuple[Kind, ...]] = ("base", "bonus", "penalty", "adjust")


class Section(Node):
    """A node of the first level; `kind` is how it enters the total."""

    kind: Kind = "base"
    round: Text | None = None
    rounds: Literal["none", "each"] | None = None


class Rounding(Model):
    """Decimals of the total, of every line (`places`), and of sections and rounds; None is not rounded."""

    places: Places | None = None
    sections: Places | None = None
    total: Places | None = None
    mode: Mode = "half_up"


class ProductTotal(Model):
    """`{product: [A, B], over: 80}`: the base points are those of the sections multiplied, divided by `over`."""

    product: tuple[Identifier, ...] = Field(min_length=2)
    over: Positive


def _total(raw: object) -> str:
    return TAG.format("product" if isinstance(raw, dict) else "sum")


AnyTotal = Annotated[Annotated[Amount, Tag("<sum>")] | Annotated[ProductTotal, Tag("<product>")], Discriminator(_total)]

_USUAL: Final = 2
"""Decimals where the rubric gives none."""

_Year = Annotated[str, WithJsonSchema(fields.YEAR)]


def _year(raw: object) -> object:
    if isinstance(raw, str) and len(raw) == len("2024") and raw.isdecimal() and raw.isascii() and raw > "0000":
        return {"from": f"{raw}-01-01", "to": f"{raw}-12-31"}
    if isinstance(raw, str):
        raise problem(Code.UNREADABLE_VALUE, found=raw[:40], expected="period")
    if not isinstance(raw, dict):
        raise problem(Code.WRONG_SHAPE, expected="period")
    return raw


def _known_version(version: str) -> str:
    if version != LANGUAGE:
        raise problem(Code.NOT_A_CHOICE, found=version[:20], choices=LANGUAGE)
    return version


class Rubric(Model):
    """A whole regulation: the root of the YAML file."""

    dangjian: Annotated[
        Text, AfterValidator(_known_version), WithJsonSchema(fields.whole(int(LANGUAGE), int(LANGUAGE)))
    ]
    rubric: Identifier
    title: Text
    subject: Text = "单位"
    unit_column: Text | None = None
    period: Annotated[Span, BeforeValidator(_year, json_schema_input_type=Span | _Year)] | None = None
    source: WholeSource | None = None
    total: AnyTotal | None = None
    rounding: Rounding = Rounding()
    ceiling: Limit = "none"
    floor: Limit = Fraction(0)
    reported_as: Amount | None = None
    attributes: tuple[Text, ...] = ()
    ignore: tuple[Text, ...] = ()
    measures: Mapping[Text, MeasureSpec] = Field(default_factory=dict)
    sections: tuple[Section, ...] = Field(min_length=1)
    groups: Text | None = None
    excluded: tuple[Exclusion, ...] = ()
    unranked: Annotated[tuple[Unranked, ...], LISTED] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: Mapping[Text, AnyGrade] = Field(default_factory=dict)
    grades_on: Literal["total", "base"] = "total"
    tie_break: tuple[AnyTieBreak, ...] = ()
    selections: tuple[Selection, ...] = ()
    rounds: Rounds | None = None
    spans: Mapping[Text, Annotated[tuple[Text, ...], Field(min_length=2)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _few_combinations(self) -> "Rubric":
        looked_at = sum(_looked_at(node) for section in self.sections for node in _below(section))
        if looked_at * prod(1 + len(values) for values in named_values(self.sections).values()) > MAX_COMBINATIONS:
            raise problem(Code.TOO_LARGE, limit="combinations", most=str(MAX_COMBINATIONS), at="sections")
        return self

    @model_validator(mode="after")
    def _few_rounds(self) -> "Rubric":
        nodes = sum(1 + len(node.rules) for section in self.sections for node in _below(section))
        if self.rounds is not None and nodes * len(rounds_of(self.rounds)) > MAX_SCORINGS:
            raise problem(Code.TOO_LARGE, limit="scorings", most=str(MAX_SCORINGS), at="rounds")
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _short_formulas(cls, raw: Data, handler: ModelWrapValidatorHandler["Rubric"]) -> "Rubric":
        """Check the size of formulas wherever their names stand in the text, in any condition or operand."""
        rubric = handler(raw)
        written = written_out({name: spec for name, spec in rubric.measures.items() if spec.formula})
        if any(size.levels > MAX_LEVELS for size in written.values()):
            raise problem(Code.TOO_LARGE, limit="formula levels", most=str(MAX_LEVELS), at="measures")
        names = (" ".join(text.split()) for text in texts_in(raw))
        if written and sum(written[name].terms for name in names if name in written) > MAX_TERMS:
            raise problem(Code.TOO_LARGE, limit="formula terms", most=str(MAX_TERMS), at="measures")
        return rubric

    @property
    def from_results(self) -> Mapping[str, MeasureSpec]:
        """The measures that are read from results of other rubrics."""
        return {name: spec for name, spec in self.measures.items() if spec.result is not None}

    @property
    def result_rubrics(self) -> frozenset[str]:
        """The ids of the rubrics whose results are read."""
        return frozenset(spec.result for spec in self.measures.values() if spec.result is not None)

    @property
    def sum_of_base(self) -> Fraction | None:
        """What the base sections add up to, where the rubric says it."""
        return None if isinstance(self.total, ProductTotal) else self.total

    @property
    def product(self) -> ProductTotal | None:
        """The sections that are multiplied to the base points; None where base sections are added up."""
        return self.total if isinstance(self.total, ProductTotal) else None

    @property
    def total_places(self) -> int:
        """Decimals of the total: as given, else those of lines, else two."""
        return next(places for places in (self.rounding.total, self.rounding.places, _USUAL) if places is not None)

    @property
    def shown_places(self) -> int:
        """Least number of decimals that points are shown with."""
        if self.rounding.places is not None:
            return self.rounding.places
        return max(_USUAL, self.rounding.sections or 0, self.total_places)


def limit(value: Fraction | Literal["none"] | None, default: Fraction | None) -> Fraction | None:
    """Return a cap or floor: None for `none`, `default` where nothing is written."""
    if value == "none":
        return None
    return default if value is None else value


Attributes = Mapping[str, str]


def admits(only: Only | None, attributes: Attributes) -> bool:
    """Return whether a node or rule applies to units with these attributes."""
    return only is None or all(attributes.get(name) in values for name, values in only.items())


MAX_COMBINATIONS: Final = 100_000
"""Most nodes and `only` values × combinations of attributes: 200 items for ten types of units in forty places."""

MAX_SCORINGS: Final = 50_000
"""Most nodes and rules × rounds: 400 items in every week of a year."""


def combinations(nodes: Iterable[Node]) -> Iterator[Attributes]:
    """Visit every combination of the attribute values that `only` names at or below nodes; "" is any other value."""
    named = named_values(nodes)
    for chosen in product(*(("", *values) for values in named.values())):
        yield dict(zip(named, chosen, strict=True))


def named_values(nodes: Iterable[Node]) -> Mapping[str, tuple[str, ...]]:
    """Return by attribute the values that `only` names at or below nodes."""
    named: dict[str, dict[str, None]] = {}
    for node in (below for top in nodes for below in _below(top)):
        for name, values in (node.only or {}).items():
            named.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: tuple(values) for name, values in named.items()}


def _looked_at(node: Node) -> int:
    """Return 1 and the number of values that decide whether a node applies to a unit."""
    return 1 + sum(len(values) for values in (node.only or {}).values())


def _below(node: Node) -> Iterator[Node]:
    yield node
    for item in node.items:
        yield from _below(item)


def carries(node: Node, kind: Kind) -> Fraction | None:
    """Return the maximum points of a node on its own scale: its `max`, else what the items of a base group come to.

    None without a cap. Where items apply to some units only, it is the most that any unit can get.
    """
    if node.max is not None or kind != "base":
        return node.max
    return max((_of_items(node, having) for having in combinations(node.items)), default=None) or None


def carried(nodes: Iterable[Node], attributes: Attributes, best: int | None = None) -> Fraction:
    """Return the sum of the maxima of base nodes, as they count, for units with these attributes; without a `max`, 0.

    Of a group whose `best` items count it is the sum of as many maxima.
    """
    admitted = (node for node in nodes if admits(node.only, attributes))
    most = (node.share * (_of_items(node, attributes) if node.max is None else node.max) for node in admitted)
    return sum(sorted(most, reverse=True)[:best], Fraction(0))


def counted(node: Node, kind: Kind) -> Fraction | None:
    """Return the maximum points of a node as they count above it; None without a cap."""
    most = carries(node, kind)
    return None if most is None else node.share * most


def _of_items(group: Node, attributes: Attributes) -> Fraction:
    """Return what the items of a group come to at most."""
    return carried(group.items, attributes, group.best)


def _usual_start(leaf: Node) -> Fraction | None:
    """Return full points where no rule awards, None where rules award and deduct, else 0."""
    verbs = {rule.verb for rule in leaf.rules}
    if "award" not in verbs:
        return leaf.max
    return None if "deduct" in verbs else Fraction(0)


def starts_at(leaf: Node, kind: Kind) -> Fraction | None:
    """Return the points of a leaf before its rules; None where a base leaf deducts and awards without `start`."""
    match leaf.start:
        case "max":
            return leaf.max
        case Fraction() as start:
            return start
        case None if kind != "base":
            return Fraction(0)
        case None:
            return _usual_start(leaf)
        case _:
            assert_never(leaf.start)
