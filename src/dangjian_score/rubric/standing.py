"""Models outside the sections: exclusions, vetoes, grades, ties, selections, periods and rounds."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric import fields
from dangjian_score.rubric.conditions import Condition
from dangjian_score.rubric.fields import (
    FROZEN,
    TAG,
    AnyQuantity,
    Count,
    Day,
    Flag,
    Identifier,
    MeasureName,
    Model,
    Number,
    Prose,
    Share,
    Text,
    problem,
)


class ClauseSource(Model):
    """Where something comes from: the clause or clauses of the regulation, and a note on their text.

    It is `assumed` where the text leaves open how it is to be read.
    """

    document: Text | None = None
    clause: Text | None = None
    clauses: Text | None = None
    note: Prose | None = None
    assumed: Flag = False

    @property
    def cited(self) -> str | None:
        """The clause and the clauses as the column 条款 says them; None where there are none."""
        return "、".join(text for text in (self.clause, self.clauses) if text is not None) or None


class WholeSource(ClauseSource):
    """Where a whole rubric comes from: `clauses` are all clauses of the regulation.

    `no_rule` are those of them that nothing is scored by, each with the reason.
    """

    NEEDS: ClassVar[fields.Needs] = {"no_rule": ("clauses",)}

    no_rule: Annotated[Mapping[Text, Text], FROZEN] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "WholeSource":
        self.check_needs()
        return self


class Exclusion(Model):
    """不参评: the unit is listed without total, grade and rank."""

    title: Text
    if_: Condition = Field(alias="if")
    assumed: Flag = False
    source: ClauseSource | None = None


class Unranked(Model):
    """只考核不定等次: the unit has points, but no rank, grade or honours, and no quota counts it."""

    title: Text | None = None
    if_: Condition = Field(alias="if")
    assumed: Flag = False
    source: ClauseSource | None = None


class Veto(Model):
    """一票否决: the best grade or the total left to the unit; no honours unless `selections: true`."""

    title: Text
    if_: Condition = Field(alias="if")
    grade: Text | None = None
    grade_at_most: Text | None = None
    total: Number | None = None
    selections: Flag = False
    assumed: Flag = False
    source: ClauseSource | None = None

    @property
    def lowers(self) -> bool:
        """Whether it limits the grade or the total, and does not bar from honours alone."""
        return not (self.grade is None and self.grade_at_most is None and self.total is None)

    @model_validator(mode="after")
    def _one_grade(self) -> "Veto":
        if self.grade is not None and self.grade_at_most is not None:
            raise problem(Code.RULE_COMBINATION, key="grade_at_most", basis="grade", at="grade_at_most")
        return self


class Quota(Model):
    """A share of units: which units are counted (those that are `unranked` never), and how a part of one is rounded."""

    NEEDS: ClassVar[fields.Needs] = dict.fromkeys(("quota_of", "quota_rounding", "at_least_one"), ("quota",))

    quota: Share | None = None
    quota_of: Literal["all", "taking_part"] = "all"
    quota_rounding: Literal["down", "nearest"] = "down"
    at_least_one: Flag = False

    def places_among(self, count: int) -> int | None:
        """Return the number of places among so many units; None without a quota."""
        if self.quota is None:
            return None
        share = self.quota * count
        places = floor(share if self.quota_rounding == "down" else share + Fraction(1, 2))
        return max(places, 1) if self.at_least_one and count else places


class Grade(Quota):
    """A grade: the total where it begins, the other conditions, and the most units that may have it."""

    SOME = (("at_least", "above"),)

    at_least: Number | None = None
    above: Number | None = None
    places: Count | None = None
    if_: Condition | None = Field(None, alias="if")
    unless: Condition | None = None
    sections: Annotated[Mapping[Identifier, AnyQuantity], FROZEN] = Field(default_factory=dict)
    assumed: Flag = False
    source: ClauseSource | None = None

    @model_validator(mode="after")
    def _one_start(self) -> "Grade":
        if self.at_least is None and self.above is None:
            raise problem(Code.KEY_MISSING, key="at_least")
        if self.at_least is not None and self.above is not None:
            raise problem(Code.RULE_COMBINATION, key="above", basis="at_least", at="above")
        if self.quota is not None and self.places is not None:
            raise problem(Code.RULE_COMBINATION, key="places", basis="quota", at="places")
        self.check_needs()
        return self

    @property
    def start(self) -> tuple[Fraction, bool]:
        """The total where it begins, and whether it begins only above that total."""
        if self.at_least is None:
            return self.above or Fraction(0), True
        return self.at_least, False

    @property
    def least(self) -> Fraction:
        """The total where it begins."""
        return self.start[0]

    @property
    def sense(self) -> Literal["at_least", "above"]:
        """How the total is compared with `least`."""
        return "above" if self.start[1] else "at_least"

    @property
    def is_plain(self) -> bool:
        """Whether the total is the only condition."""
        return self.if_ is None and self.unless is None and not self.sections and not self.is_limited

    @property
    def is_limited(self) -> bool:
        """Whether only so many units may have it: a share of them (`quota`), or a number (`places`)."""
        return self.quota is not None or self.places is not None

    def places_among(self, count: int) -> int | None:
        """Return the number of places among so many units; None where any number of units may have it."""
        return super().places_among(count) if self.places is None else self.places


def _grade(raw: object) -> object:
    return raw if isinstance(raw, dict) else {"at_least": raw}


AnyGrade = Annotated[Grade, BeforeValidator(_grade, json_schema_input_type=Grade | Number)]


class TieBreak(Model):
    """What units of equal total are compared by: the points of a section or item, or a measure."""

    SOME = (("points", "measure"),)

    points: Identifier | None = None
    measure: MeasureName | None = None
    lowest_first: Flag = False

    @model_validator(mode="after")
    def _one_figure(self) -> "TieBreak":
        if self.points is None and self.measure is None:
            raise problem(Code.KEY_MISSING, key="points")
        if self.points is not None and self.measure is not None:
            raise problem(Code.RULE_COMBINATION, key="measure", basis="points", at="measure")
        return self


def _tie_break(raw: object) -> object:
    return raw if isinstance(raw, dict) else {"points": raw}


AnyTieBreak = Annotated[TieBreak, BeforeValidator(_tie_break, json_schema_input_type=TieBreak | Identifier)]


class Selection(Quota):
    """评优, 通报: the units by their total or final grade, a share of the units (`quota`) or a number of `places`.

    With `lowest_first` it is a criticism of the last units, in the share or number that is given.
    """

    NEEDS: ClassVar[fields.Needs] = {**Quota.NEEDS, **dict.fromkeys(("within", "lowest_first"), ("quota", "places"))}
    SOME = (("quota", "places", "below", "at_least", "grade_at_least", "grade_at_most", "if"),)

    title: Text
    at_least: Number | None = None
    below: Number | None = None
    grade_at_least: Text | None = None
    grade_at_most: Text | None = None
    places: Count | None = None
    lowest_first: Flag = False
    within: Text | None = None
    if_: Condition | None = Field(None, alias="if")
    assumed: Flag = False
    source: ClauseSource | None = None

    @property
    def honours(self) -> bool:
        """Whether it is an honour; one by a total `below` a figure, a grade at most, or of the last is a criticism."""
        return self.below is None and self.grade_at_most is None and not self.lowest_first

    @model_validator(mode="after")
    def _consistent(self) -> "Selection":
        self.check_needs()
        for key in ("at_least", "grade_at_least"):
            if self.lowest_first and key in self.model_fields_set:
                raise problem(Code.RULE_COMBINATION, key=key, basis="lowest_first", at=key)
        limited = ("quota", "places")
        apart = limited if self.lowest_first else (*limited, "grade_at_most" if self.grade_at_most else "below")
        marks = [key for key in apart if key in self.model_fields_set]
        if len(marks) > 1:
            raise problem(Code.RULE_COMBINATION, key=marks[1], basis=marks[0], at=marks[1])
        if self.grade_at_least is not None and self.grade_at_most is not None:
            raise problem(Code.RULE_COMBINATION, key="grade_at_most", basis="grade_at_least", at="grade_at_most")
        if not (marks or self.is_marked or self.grade_at_most):
            raise problem(Code.KEY_MISSING, key="at_least")
        return self

    @property
    def is_marked(self) -> bool:
        """Whether units have something to reach beside a place."""
        return not (self.at_least is None and self.grade_at_least is None and self.if_ is None)

    @property
    def is_limited(self) -> bool:
        """Whether it has so many places."""
        return not (self.quota is None and self.places is None)

    @property
    def has_bound(self) -> bool:
        """Whether units have points or a grade to reach, or to stay below."""
        return not (self.at_least is None and self.below is None) or self.asks_grade

    @property
    def asks_grade(self) -> bool:
        """Whether it depends on the grades of units."""
        return not (self.grade_at_least is None and self.grade_at_most is None)


MAX_YEARS: Final = 100
"""Longest period in years; a rule may be applied to every day of it."""


def _check_span(first: date, last: date) -> None:
    if first > last:
        raise problem(Code.UNREADABLE_VALUE, found=f"{first}–{last}", expected="range")
    if last.year - first.year > MAX_YEARS:
        raise problem(Code.TOO_LARGE, limit="years", most=str(MAX_YEARS))


class Span(Model):
    """A period by its first and last day."""

    from_: Day = Field(alias="from")
    to: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        _check_span(self.from_, self.to)
        return self


class Round(Model):
    """One round: its weight, and the days it covers, where they are given."""

    NEEDS: ClassVar[fields.Needs] = {"from": ("to",), "to": ("from",)}

    weight: Share | None = None
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _whole_span(self) -> "Round":
        for key, given, other in (("to", self.to, self.from_), ("from", self.from_, self.to)):
            if given is None and other is not None:
                raise problem(Code.KEY_MISSING, key=key)
        if self.from_ and self.to:
            _check_span(self.from_, self.to)
        return self

    @property
    def span(self) -> Span | None:
        """The days it covers; None where they are not given."""
        return Span.model_construct(from_=self.from_, to=self.to) if self.from_ and self.to else None


def _weighed(raw: object) -> object:
    return raw if isinstance(raw, dict) else {"weight": raw}


def _named(raw: object) -> object:
    if isinstance(raw, list) and all(isinstance(name, str) for name in raw):
        return {name: {} for name in raw}
    return raw


_Spans = Annotated[Mapping[Text, Round], Field(min_length=2)]
_Names = Annotated[tuple[Text, ...], Field(min_length=2)]


class Combined(Model):
    """`{names: […], combine: mean}`: rounds of equal weight, averaged or added up."""

    names: Annotated[_Spans, BeforeValidator(_named, json_schema_input_type=_Names | _Spans), FROZEN]
    combine: Literal["mean", "sum"]


def _rounds(raw: object) -> str:
    return TAG.format("combined" if isinstance(raw, dict) and "names" in raw else "weighted")


Rounds = Annotated[
    Annotated[
        Mapping[Text, Annotated[Round, BeforeValidator(_weighed, json_schema_input_type=Share | Round)]],
        Field(min_length=2),
        FROZEN,
        Tag("<weighted>"),
    ]
    | Annotated[Combined, Tag("<combined>")],
    Discriminator(_rounds),
]


def rounds_of(rounds: Mapping[str, Round] | Combined | None) -> Mapping[str, Round]:
    """Return the rounds by name, in their order; empty where everything is scored once."""
    return {} if rounds is None else rounds.names if isinstance(rounds, Combined) else rounds


def weights_of(rounds: Mapping[str, Round] | Combined | None) -> Mapping[str, Fraction]:
    """Return the weight of each round."""
    if isinstance(rounds, Combined):
        share = Fraction(1, len(rounds.names)) if rounds.combine == "mean" else Fraction(1)
        return dict.fromkeys(rounds.names, share)
    return {name: round_.weight or Fraction(0) for name, round_ in rounds_of(rounds).items()}


_NUMERALS: Final = "一二三四五六七八九十"
_MONTHS: Final = (*_NUMERALS, "十一", "十二")
_USUAL_MONTHS: Final[Mapping[str, tuple[int, int]]] = {
    **{f"{number}月": (number, number) for number in range(1, 13)},
    **{f"{numeral}月": (number, number) for number, numeral in enumerate(_MONTHS, start=1)},
    **{f"{prefix}{_NUMERALS[at]}季度": (3 * at + 1, 3 * at + 3) for prefix in ("", "第") for at in range(4)},
    "上半年": (1, 6),
    "下半年": (7, 12),
}
"""The first and last month of rounds that are called by the calendar."""


def _usual_span(name: str, period: Span) -> Span | None:
    """Return the days of a period that the name of a round means; None where the period has no such days, or twice."""
    if name not in _USUAL_MONTHS:
        return None
    first, last = _USUAL_MONTHS[name]
    years = range(period.from_.year, period.to.year + 1)
    found = [(date(year, first, 1), date(year, last, monthrange(year, last)[1])) for year in years]
    within = [days for days in found if period.from_ <= days[0] and days[1] <= period.to]
    return Span.model_construct(from_=within[0][0], to=within[0][1]) if len(within) == 1 else None


def spans_of_rounds(rounds: Mapping[str, Round] | Combined | None, period: Span | None) -> Mapping[str, Span]:
    """Return the days of each round that has any: those given, else those that its name means (1月, 一季度, 上半年).

    Names mean nothing where their days overlap (一季度, 上半年).
    """
    given = {name: round_.span for name, round_ in rounds_of(rounds).items()}
    bare = [name for name, span in given.items() if span is None]
    usual = {name: span for name in bare if period and (span := _usual_span(name, period)) is not None}
    ordered = sorted(usual.values(), key=lambda span: span.from_)
    if any(before.to >= after.from_ for before, after in pairwise(ordered)):
        usual = {}
    return {name: found for name, span in given.items() if (found := span or usual.get(name)) is not None}
