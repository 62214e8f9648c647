"""What scoring comes to: figures and where they came from, no sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dangjian_score.engine.algebra import Test
from dangjian_score.engine.phrases import Phrase
from dangjian_score.facts import Fact, Source
from dangjian_score.rubric.model import Kind, Rubric

LineVerb = Literal["deduct", "award", "forfeit", "floor", "ceiling", "rounding"]


@dataclass(frozen=True, slots=True)
class Because:
    """Why a rule moved points: what it depends on, its price and cap, and what the evidence said.

    `which` are the members of a list that counted, as tests that hold; `readings` the facts the rule looked at.
    """

    basis: Phrase
    guard: Test | None
    price: Fraction | None
    cap: Fraction | None
    figures: Mapping[str, Fraction]
    which: tuple[Test, ...]
    readings: Mapping[str, Fact]
    note: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """Points moved once: by a rule (with a reason), or by a floor, cap or rounding (with the `limit` that bit)."""

    rule: str
    verb: LineVerb
    before: Fraction
    points: Fraction
    clause: str | None = None
    because: Because | None = None
    limit: Fraction | None = None


@dataclass(frozen=True, slots=True)
class NodeResult:
    """One node's points: start + lines (+ the nodes below) = points. `max` is None where nothing caps it."""

    id: str
    title: str
    kind: Kind
    clause: str | None
    max: Fraction | None
    start: Fraction
    points: Fraction
    lines: tuple[Line, ...]
    nodes: tuple["NodeResult", ...]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit: `kinds` are the sums of its sections by kind; they and `lines` add up to the total."""

    unit: str
    rank: int
    total: Fraction
    kinds: Mapping[Kind, Fraction]
    grade: str | None
    lines: tuple[Line, ...]
    nodes: tuple[NodeResult, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All units in order of rank, and what they were scored by and from."""

    rubric: Rubric
    evidence: tuple[Source, ...]
    units: tuple[UnitResult, ...]
