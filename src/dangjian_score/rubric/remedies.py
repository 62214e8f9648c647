"""The form that would work where a key or value of a rubric is refused, as arguments of its finding."""

import re
from collections.abc import Mapping
from typing import Final

from dangjian_score.core.diagnostics import Code, Path
from dangjian_score.rubric.fields import Model
from dangjian_score.rubric.kinds import BASES
from dangjian_score.rubric.mending import rule_of
from dangjian_score.rubric.model import Node, Rubric, Section
from dangjian_score.rubric.source import Data, SourceTree
from dangjian_score.rubric.standing import WholeSource

_SPAN: Final = re.compile(r"\s*[0-9.]+\s*分?\s*[-–—~～至到]\s*[0-9.]+\s*分?\s*")
"""A range as regulations write it: 1-5, 1 至 5 分."""


def remedy(document: SourceTree, code: Code, path: Path) -> Mapping[str, str]:
    """Return the arguments that name the form: `form`, or `bases` that a key goes with; none where none is known."""
    rule, key = _rule_at(document, path), path[-1] if path else ""
    if code is Code.KEY_ELSEWHERE:
        bases = "、".join(basis for basis, kind in BASES.items() if _has(kind, str(key)))
        in_rule = rule is not None
        return {"bases": bases} if in_rule and bases else _named(_home(str(key), in_rule=in_rule, of_rules=bool(bases)))
    if code not in (Code.WRONG_SHAPE, Code.UNREADABLE_VALUE) or rule is None:
        return {}
    if "times" in path:
        return _named("factor form")
    return _named(_form_of_price(rule, rule[str(key)]) if key in ("deduct", "award") else "")


def _named(form: str) -> Mapping[str, str]:
    return {"form": form} if form else {}


def _rule_at(document: SourceTree, path: Path) -> Mapping[str, Data] | None:
    """Return the rule that a path leads into; None outside rules, or where it is no mapping."""
    rule: Data = document.data
    for step in rule_of(path) or ():
        rule = rule[step]  # type: ignore[index]  # the path was walked by pydantic over this very tree
    return rule if isinstance(rule, dict) and rule is not document.data else None


def _form_of_price(rule: Mapping[str, Data], price: Data) -> str:
    """Return how the points of a rule are written that are no single number."""
    if "judge" in rule or (isinstance(price, dict) and "from" in price) or _SPAN.fullmatch(str(price)):
        return "range form"
    named = isinstance(price, str) and not any(char.isdecimal() for char in price)
    return "column form" if named and "per" in rule else ""


def _home(key: str, *, in_rule: bool, of_rules: bool) -> str:
    """Return where a known key belongs that stands elsewhere."""
    if in_rule and key in ("from", "to", "max"):
        return "cap form" if key == "max" else "range form"
    homes: dict[str, type[Model]] = {"on a node": Node, "on a section": Section, "on top": Rubric}
    homes["in the source on top"] = WholeSource
    return "in a rule" if of_rules else next((home for home, model in homes.items() if _has(model, key)), "")


def _has(model: type[Model], key: str) -> bool:
    return any((field.alias or name) == key for name, field in model.model_fields.items())
