"""A rubric: the tree of sections, items and parts, and what is said of the whole."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, assert_never

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from dangjian_score.diagnostics import Code
from dangjian_score.rubric.conditions import TAG, Model
from dangjian_score.rubric.fields import (
    Amount,
    AnyQuantity,
    Day,
    Flag,
    Identifier,
    Limit,
    Number,
    Places,
    Start,
    Text,
    problem,
)
from dangjian_score.rubric.rules import Rule

LANGUAGE: Final = "1"
"""Version of the language that this tool reads."""

NOT_YET: Final[Mapping[str, frozenset[str]]] = {
    "rubric": frozenset(
        ("attributes", "excluded", "vetoes", "grades_on", "reported_as", "tie_break", "selections", "rounds")
    ),
    "node": frozenset(("only", "if_na", "highest_per", "round", "rounds")),
    "measure": frozenset(("register", "percent", "ratio", "of", "difference", "change", "from", "points")),
    "grade": frozenset(("at_least", "if", "unless", "sections", "only")),
}
"""Keys of the language that this version cannot apply yet, by where they stand; rules have their own."""


class Source(Model):
    """Where a node comes from: the clause of the regulation, and what has to be said about its text."""

    document: Text | None = None
    clause: Text | None = None
    clauses: Text | None = None
    note: Text | None = None


class Node(Model):
    """A section, item or part. A leaf has `rules`; a group has `items`, and may have rules over all of them."""

    id: Identifier | None = None
    title: Text
    criterion: Text | None = None
    inspect: Text | None = None
    max: Amount | None = None
    ceiling: Limit | None = None
    floor: Limit | None = None
    start: Start | None = None
    assumed: Flag = False
    source: Source | None = None
    rules: tuple[Rule, ...] = ()
    items: tuple["Node", ...] = ()

    @model_validator(mode="after")
    def _has_content(self) -> "Node":
        if not self.rules and not self.items:
            raise problem(Code.NODE_COMBINATION, what="empty")
        if self.items and self.start is not None:
            raise problem(Code.NODE_COMBINATION, what="start on a group", at="start")
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether points come from rules alone."""
        return not self.items


Kind = Literal["base", "bonus", "penalty", "adjust"]
KINDS: Final[tuple[Kind, ...]] = ("base", "bonus", "penalty", "adjust")


class Section(Node):
    """A node of the first level; `kind` says how it enters the total."""

    kind: Kind = "base"


class Rounding(Model):
    """Decimals of a line and of the total; halves go away from zero."""

    places: Places = 2
    total: Places | None = None
    mode: Literal["half_up"] = "half_up"


class Span(Model):
    """A period by its first and last day."""

    from_: Day = Field(alias="from")
    to: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.from_ > self.to:
            raise problem(Code.UNREADABLE_VALUE, found=f"{self.from_}–{self.to}", expected="range")
        return self


def _year(raw: object) -> object:
    if isinstance(raw, str) and len(raw) == len("2024") and raw.isdecimal() and raw.isascii() and raw > "0000":
        return {"from": f"{raw}-01-01", "to": f"{raw}-12-31"}
    return raw


MeasureKind = Literal["yes_no", "count", "number", "percent", "level", "score", "date"]


def _built(raw: object) -> object:
    if raw == "votes":
        raise problem(Code.NOT_SUPPORTED, key="votes")
    return raw


class MeasureSpec(Model):
    """What a rubric says of a measure beyond its use."""

    type: Annotated[MeasureKind | None, BeforeValidator(_built)] = None
    min: AnyQuantity | None = None
    max: AnyQuantity | None = None
    hint: Text | None = None
    blank: Literal["error", "0", "是", "否", "无"] = "error"
    levels: tuple[Text, ...] = ()


def _grade(raw: object) -> str:
    return TAG.format("conditions" if isinstance(raw, dict) else "least")


def _no_conditions(raw: dict[str, Any]) -> Any:
    key = next(iter(raw))
    raise problem(Code.NOT_SUPPORTED if key in NOT_YET["grade"] else Code.UNKNOWN_KEY, key=key, near="", at=key)


Grade = Annotated[
    Annotated[Number, Tag("<least>")] | Annotated[Fraction, BeforeValidator(_no_conditions), Tag("<conditions>")],
    Discriminator(_grade),
]


def _known_version(version: str) -> str:
    if version != LANGUAGE:
        raise problem(Code.NOT_A_CHOICE, found=version[:20], choices=LANGUAGE)
    return version


class Rubric(Model):
    """A whole regulation, as one YAML file says it."""

    dangjian: Annotated[Text, AfterValidator(_known_version)]
    rubric: Identifier
    title: Text
    subject: Text = "单位"
    unit_column: Text | None = None
    period: Annotated[Span, BeforeValidator(_year)] | None = None
    source: Source | None = None
    total: Amount | None = None
    rounding: Rounding = Rounding()
    ceiling: Limit = "none"
    floor: Limit = Fraction(0)
    measures: Mapping[Text, MeasureSpec] = Field(default_factory=dict)
    sections: tuple[Section, ...] = Field(min_length=1)
    grades: Mapping[Text, Grade] = Field(default_factory=dict)

    @property
    def total_places(self) -> int:
        """Decimals of the total: as lines, unless said otherwise."""
        return self.rounding.places if self.rounding.total is None else self.rounding.total


def limit(value: Fraction | Literal["none"] | None, default: Fraction | None) -> Fraction | None:
    """Resolve a cap or floor as written: `none` lifts it, nothing written leaves the default."""
    if value == "none":
        return None
    return default if value is None else value


def carries(node: Node, kind: Kind) -> Fraction | None:
    """What a node carries: its `max`; a base group's is the sum of its items; None where nothing caps it."""
    if node.max is not None or kind != "base":
        return node.max
    parts = [carries(item, kind) for item in node.items]
    return sum((part for part in parts if part is not None), Fraction(0)) if node.items else None


def _usual_start(leaf: Node) -> Fraction | None:
    """Start full where rules only take, empty where they only give."""
    awards = [rule.verb == "award" for rule in leaf.rules]
    if all(awards):
        return Fraction(0)
    return None if any(awards) else leaf.max


def starts_at(leaf: Node, kind: Kind) -> Fraction | None:
    """Points of a leaf before its rules; None where a base leaf both deducts and awards and does not say."""
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
