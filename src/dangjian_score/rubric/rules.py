"""A rule as the YAML writes it: one verb, at most one basis, which tells its kind."""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Discriminator, Tag

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.counting import VERBS, By, Each, EachMissing, Flat, Forfeit, Per, PerMissing, PerOver
from dangjian_score.rubric.fields import TAG, problem
from dangjian_score.rubric.lookups import Judge, Rank, Ratio, Tiers, Votes

BASES: Final = {
    "per": Per,
    "per_missing": PerMissing,
    "per_over": PerOver,
    "each": Each,
    "each_missing": EachMissing,
    "at_least": Tiers,
    "above": Tiers,
    "at_most": Tiers,
    "below": Tiers,
    "rank": Rank,
    "by": By,
    "votes": Votes,
    "ratio": Ratio,
    "judge": Judge,
}


MAX_ENTRIES: Final = 200
"""Entries of all tables of one rule: they are looked up one within the other."""


def _entries(raw: dict[str, Any]) -> int:
    tables = [table for table in raw.values() if isinstance(table, dict)]
    return sum(len(table) + _entries(table) for table in tables)


def _consistent(raw: object) -> object:
    """Refuse what no kind of rule can be, before a kind is chosen."""
    if not isinstance(raw, dict):
        raise problem(Code.WRONG_SHAPE, expected="rule")
    verbs = [key for key in raw if key in VERBS]
    bases = [key for key in raw if key in BASES]
    if len(verbs) != 1:
        raise problem(Code.RULE_VERB, found="、".join(verbs))
    if len(bases) > 1:
        raise problem(Code.RULE_BASIS, found="、".join(bases), at=bases[1])
    if bases and "forfeit" in verbs:
        raise problem(Code.RULE_COMBINATION, key=bases[0], basis="forfeit", at=bases[0])
    if _entries(raw) > MAX_ENTRIES:
        raise problem(Code.TOO_LARGE, limit="entries", most=str(MAX_ENTRIES))
    return raw


def _kind(raw: dict[str, Any]) -> str:
    basis = next((key for key in raw if key in BASES), "forfeit" if "forfeit" in raw else "flat")
    return TAG.format(BASES[basis].__name__ if basis in BASES else basis)


AnyRule = Flat | Forfeit | Per | PerMissing | PerOver | Each | EachMissing | Tiers | Rank | By | Votes | Ratio | Judge

Rule = Annotated[
    Annotated[Flat, Tag("<flat>")]
    | Annotated[Forfeit, Tag("<forfeit>")]
    | Annotated[Per, Tag("<Per>")]
    | Annotated[PerMissing, Tag("<PerMissing>")]
    | Annotated[PerOver, Tag("<PerOver>")]
    | Annotated[Each, Tag("<Each>")]
    | Annotated[EachMissing, Tag("<EachMissing>")]
    | Annotated[Tiers, Tag("<Tiers>")]
    | Annotated[Rank, Tag("<Rank>")]
    | Annotated[By, Tag("<By>")]
    | Annotated[Votes, Tag("<Votes>")]
    | Annotated[Ratio, Tag("<Ratio>")]
    | Annotated[Judge, Tag("<Judge>")],
    Discriminator(_kind),
    BeforeValidator(_consistent),
]
