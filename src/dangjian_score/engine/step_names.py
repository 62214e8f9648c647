"""Names of the steps of a program. Nodes and rules have steps of their own ids; other names hold a colon."""

from typing import Final

from dangjian_score.core.diagnostics import Path
from dangjian_score.rubric.model import Kind

TOTAL, TOTAL_RAW, TOTAL_HELD = ":total", ":total raw", ":total held"
"""The total; before its floor and ceiling; after them, before rounding."""
SUM, DUE, WHOLE, SCALED = ":sum", ":due", ":whole", ":scaled"
"""Of a pass: the base points; the maximum of the base sections for the unit, and for all units; the scaled points."""
ROUND = ":round"
"""Of a pass over a round: the base points as they are reported, and those of all other kinds of sections."""
WEIGHED, RAW, REPORTED = ":weighed", ":base raw", ":base"
"""Base points of the rounds together; with sections scored once; as they are reported."""
FINAL, EARNED, GRADE = ":final", ":grade earned", ":grade"
"""The total after vetoes; the place of the grade before and after vetoes."""
FULL, RATE = ":full", ":rate"
"""Before the end of the period: the most base points for what is due; the total after vetoes as a share of that."""

_ASKED: Final = ":asked "
_HELD, _KEPT, _RULING, _BEFORE, _WAIVED = ":held", ":kept", ":ruling", ":before", ":waived"
_WITHIN: Final = ":within"


def of_kind(kind: Kind) -> str:
    """Return the step of all sections of a kind."""
    return f":{kind}"


def of_kind_in_pass(kind: Kind) -> str:
    """Return the step of the sections of a kind in one pass."""
    return f":pass {kind}"


def raw(node: str) -> str:
    """Return the step of a node before its floor and ceiling."""
    return f"{node}:raw"


def held(node: str) -> str:
    """Return the step of a node after its floor and ceiling, before a forfeit."""
    return f"{node}{_HELD}"


def kept(node: str) -> str:
    """Return the step of a node after a forfeit, before rulings."""
    return f"{node}{_KEPT}"


def is_limit(step: str) -> bool:
    """Return whether a step holds a node to its floor and ceiling, or applies a forfeit."""
    return step.endswith((_HELD, _KEPT))


def due(node: str) -> str:
    """Return the step of the points that a node carries for the unit."""
    return f"{node}{DUE}"


def counted(node: str) -> str:
    """Return the step of the points of a node by its weight, as they count above it."""
    return f"{node}:counted"


def chosen(node: str) -> str:
    """Return the step of whether an item is among the best of its group: 1, else 0."""
    return f"{node}:chosen"


def within(node: str) -> str:
    """Return the step of what the items of a group carry together for the unit."""
    return f"{node}{_WITHIN}"


def whole(node: str) -> str:
    """Return the step of what a group carries once its points are scaled within it."""
    return f"{node}{WHOLE}"


def scaled(node: str) -> str:
    """Return the step of the points of a group scaled within it, before its floor and ceiling."""
    return f"{node}{SCALED}"


def is_due(step: str) -> bool:
    """Return whether a step is about what nodes carry for the unit."""
    return step.endswith((DUE, WHOLE, _WITHIN))


def ruling(node: str) -> str:
    """Return the name of the points that a committee added to a node, a figure that is known beforehand."""
    return f"{node}{_RULING}"


def waived(node: str) -> str:
    """Return the name of a figure that is known beforehand: 1 where the unit entered 不适用 for a node, else 0."""
    return f"{node}{_WAIVED}"


def is_waived(name: str) -> bool:
    """Return whether a name is that of 不适用 entered for a node."""
    return name.endswith(_WAIVED)


def is_given(name: str) -> bool:
    """Return whether a name is that of a figure of a node that is known beforehand: points of rulings, 不适用."""
    return name.endswith((_RULING, _WAIVED))


def before_cap(rule: str) -> str:
    """Return the step of a rule before its own cap."""
    return f"{rule}{_BEFORE}"


def asked(path: Path) -> str:
    """Return the step of a condition outside the sections, evaluated in a pass; `path` is its place in the YAML."""
    return f"{_ASKED}{' '.join(map(str, path))}"


def is_asked(step: str) -> bool:
    """Return whether a step is that of a condition."""
    return step.startswith(_ASKED)


def met(grade: str) -> str:
    """Return the step of whether a unit meets all conditions of a grade; only rubrics with quotas of grades have it."""
    return f":meets {grade}"


def struck(veto: int) -> str:
    """Return the step of whether a veto holds in any pass."""
    return f":veto {veto}"
