"""Whether two readings of a clause say the same: rules as they stand in a rubric, wherever names of measures differ.

`unless` is as good as `if`, `each_missing` as `each`: which of them depends on how the measure is named. A condition
with figures is as good as one of yes or no where a plain one is expected.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

Rule = Mapping[str, Any]

SILENT: Final = ("note", "title", "source")
"""Keys that say nothing about points."""
NAMED: Final = (
    "per",
    "per_missing",
    "per_over",
    "judge",
    "by",
    "at_least",
    "below",
    "above",
    "at_most",
    "rank",
    "ratio",
)
"""Keys whose value is the name of a measure."""
BASES: Final = ("at_least", "below", "above", "at_most")
_FIGURE: Final = re.compile(r"(\d+(?:\.\d+)?)(%?)")


def same_rules(read: Iterable[Rule], wanted: Sequence[Rule], most: Fraction | None) -> bool:
    """Return whether rules say the same of an item of `most` points."""
    plain = any(isinstance(rule.get("if"), str) for rule in wanted)
    left, right = ([_canonical(rule, most, plain=plain) for rule in rules] for rules in (read, wanted))
    if len(left) == len(right) == 1 and _is_row(left[0], right[0]):
        return True
    forfeits = any("forfeit" in rule for rule in right)
    if not forfeits and any("award" in rule for rule in left) and not any("deduct" in rule for rule in left):
        left = [rule for rule in left if "forfeit" not in rule]  # where nothing is given, nothing can be lost
    return sorted(map(_key, left)) == sorted(map(_key, right))


def _is_row(read: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether what is wanted for every event stands in a table of events by level."""
    verb = next(iter(wanted))
    table = read.get(verb)
    return isinstance(table, Mapping) and "by" in read and {*wanted} == {verb, "per"} and wanted[verb] in table.values()


def figure(value: Any) -> Any:
    """Return a value with its figures in one form, as text: 0.5, 1/2 and '0.50' are the same."""
    match value:
        case bool():
            return value
        case int() | float() | Fraction():
            return str(Fraction(str(value)))
        case str():
            found = _FIGURE.fullmatch(value)
            return value if found is None else f"{Fraction(found[1])}{found[2]}"
        case Mapping():
            return {figure(key): figure(part) for key, part in value.items()}
        case list() | tuple():
            return [figure(part) for part in value]
        case _:
            return value


def _canonical(rule: Rule, most: Fraction | None, *, plain: bool) -> dict[str, Any]:
    found = {key: value for key, value in rule.items() if key not in SILENT}
    for denied, said in (("unless", "if"), ("each_missing", "each")):
        if denied in found:
            found[said] = _opposite(found.pop(denied))
    found = _unnamed(_stepped_down(found))
    if found.get("else") == 0:
        del found["else"]
    found = figure(_conditional(found))
    if plain and isinstance(found.get("if"), dict):
        found["if"] = "?"
    return _of_an_item(found, most)


def _stepped_down(rule: dict[str, Any]) -> dict[str, Any]:
    """Say what is taken for a figure that falls as what it costs to lie below bounds: nothing from the first one on."""
    table, rest = rule.get("deduct"), rule.get("else")
    if not isinstance(table, Mapping) or rest is None or "at_least" not in rule or next(iter(table.values())) != 0:
        return rule
    costs = [*[*table.values()][1:], rest]
    others = {key: value for key, value in rule.items() if key not in ("deduct", "else", "at_least")}
    return {"deduct": dict(zip(table, costs, strict=True)), "below": rule["at_least"], **others}


_OPPOSITES: Final = {"at_least": "below", "below": "at_least", "above": "at_most", "at_most": "above"}


def _opposite(condition: Any) -> Any:
    """Say a condition on one figure the other way round; one of yes or no depends on its name."""
    match condition:
        case {**measures} if len(measures) == 1 and isinstance(bound := next(iter(measures.values())), Mapping):
            return {name: {_OPPOSITES.get(key, key): value for key, value in bound.items()} for name in measures}
        case _:
            return condition


def _unnamed(rule: dict[str, Any]) -> dict[str, Any]:
    """Put `?` for names of measures; a list of them is as good as its length."""
    found = {key: "?" if key in NAMED and isinstance(value, str) else value for key, value in rule.items()}
    if "ratio" in found:
        found["of"] = "?"
    if "each" in found:
        found["each"] = len(found["each"])
    if "highest_per" in found:
        found["highest_per"] = "?"
    condition = found.get("if")
    if isinstance(condition, dict):
        joined = condition.keys() & {"all", "any", "not"}
        found["if"] = "?" if joined else {"?": [*condition.values()]}
    elif condition is not None:
        found["if"] = "?"
    return found


def _conditional(rule: dict[str, Any]) -> dict[str, Any]:
    """Write a table of one row as a condition: {90%: 5} of at_least gives 5 if it is 90% at least."""
    for basis in BASES:
        for verb in ("deduct", "award"):
            table = rule.get(verb)
            if basis in rule and isinstance(table, dict) and len(table) == 1 and "else" not in rule:
                ((bound, points),) = table.items()
                action = {"forfeit": True} if points == "all" else {verb: points}
                rest = {key: value for key, value in rule.items() if key not in (basis, verb)}
                return {**rest, **action, "if": {"?": [{basis: bound}]}}
    return rule


def _of_an_item(rule: dict[str, Any], most: Fraction | None) -> dict[str, Any]:
    """Take what costs all points of an item for a forfeit, and a cap of all its points for none."""
    if most is None:
        return rule
    found = dict(rule)
    if found.get("deduct") == str(most) and "if" in found and "judge" not in found:
        del found["deduct"]
        found["forfeit"] = True
    if found.get("up_to") == str(most):
        del found["up_to"]
    return found


def _key(rule: Mapping[str, Any]) -> str:
    return repr(sorted(rule.items(), key=repr))
