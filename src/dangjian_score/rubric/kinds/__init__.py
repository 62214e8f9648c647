"""The model of a rule: one verb, at most one basis. A kind of rule is a class in a module here and in the list."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.fields import TAG, problem
from dangjian_score.rubric.kinds.base import VERBS, RuleBase
from dangjian_score.rubric.kinds.by import By
from dangjian_score.rubric.kinds.each import Each, EachMissing
from dangjian_score.rubric.kinds.flat import Flat, Forfeit
from dangjian_score.rubric.kinds.judge import Judge
from dangjian_score.rubric.kinds.per import Per, PerMissing, PerOver
from dangjian_score.rubric.kinds.per_judged import PerJudged
from dangjian_score.rubric.kinds.ratio import Ratio
from dangjian_score.rubric.kinds.tiers import Rank, Tiers
from dangjian_score.rubric.kinds.votes import Votes
from dangjian_score.rubric.source import Data

RULE_KINDS: Final[list[type[RuleBase]]] = [
    Flat,
    Forfeit,
    Per,
    PerJudged,
    PerMissing,
    PerOver,
    Each,
    EachMissing,
    Tiers,
    Rank,
    By,
    Votes,
    Ratio,
    Judge,
]
"""All kinds. A list, since mypy then reports a kind with an abstract member missing."""

BASES: Final[Mapping[str, type[RuleBase]]] = {basis: kind for kind in RULE_KINDS for basis in kind.BASES}
"""The kind of each basis."""

MAX_ENTRIES: Final = 200
"""Most entries of all tables of one rule together, since tables are nested."""


def _entries(raw: dict[str, Data]) -> int:
    tables = [table for table in raw.values() if isinstance(table, dict)]
    return sum(len(table) + _entries(table) for table in tables)


def _consistent(raw: object) -> object:
    """Raise the errors that are common to all kinds, before the kind is chosen."""
    if not isinstance(raw, dict):
        raise problem(Code.WRONG_SHAPE, expected="rule")
    verbs = [key for key in raw if key in VERBS]
    bases = [key for key in raw if key in BASES]
    if len(verbs) != 1:
        raise problem(Code.RULE_VERB, found="、".join(verbs))
    if len(bases) > 1 and not _JUDGED_EVENTS.issuperset(bases):
        raise problem(Code.RULE_BASIS, found="、".join(bases), form=_form_of_one(bases), at=bases[1])
    if bases and "forfeit" in verbs:
        raise problem(Code.RULE_COMBINATION, key=bases[0], basis="forfeit", at=bases[0])
    if _entries(raw) > MAX_ENTRIES:
        raise problem(Code.TOO_LARGE, limit="entries", most=str(MAX_ENTRIES))
    return raw


def _form_of_one(bases: list[str]) -> str:
    """Return how what two bases were most likely meant to say together is written with one of them."""
    if "per" in bases and "by" in bases:
        return "level form"
    return "condition form" if any(BASES[basis] is Tiers for basis in bases) else ""


_JUDGED_EVENTS: Final = frozenset({"per", "judge"})
"""The two bases that stand together: each event of a register at a figure of its own."""


def _kind_of(raw: dict[str, Data]) -> type[RuleBase]:
    if raw.keys() >= _JUDGED_EVENTS:
        return PerJudged
    usual = Forfeit if "forfeit" in raw else Flat
    return next((BASES[key] for key in raw if key in BASES), usual)


class _OfAnyKind:
    """An annotation that validates a rule as the kind that its keys mark."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        kinds = {_tag(kind): handler.generate_schema(kind) for kind in RULE_KINDS}
        by_kind = core_schema.tagged_union_schema(kinds, lambda raw: _tag(_kind_of(raw)))
        return core_schema.no_info_before_validator_function(_consistent, by_kind)


def _tag(kind: type[RuleBase]) -> str:
    return TAG.format(kind.__name__)


Rule = Annotated[RuleBase, _OfAnyKind()]
