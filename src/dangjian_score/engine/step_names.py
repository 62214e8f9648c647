"""Names of a program's steps. Nodes and rules have steps called as they are; the others hold a colon, as no id does."""

from typing import Final

from dangjian_score.rubric.model import Kind

TOTAL, TOTAL_RAW, TOTAL_HELD = ":total", ":total raw", ":total held"
"""The total, before its floor and ceiling, and before it is rounded."""
SUM, DUE, WHOLE, SCALED = ":sum", ":due", ":whole", ":scaled"
"""Of a pass: its base points, what its base sections carry for the unit and for all, and the points scaled to that."""
WEIGHED, RAW, REPORTED = ":weighed", ":base raw", ":base"
"""Base points of the rounds together, with what is scored once, and as they are reported."""
FINAL, EARNED, GRADE = ":final", ":grade earned", ":grade"
"""The total after vetoes; the grade's place before and after them."""

_ASKED: Final = ":asked "
_RULING: Final = ":ruling"

Path = tuple[str | int, ...]


def of_kind(kind: Kind) -> str:
    """The sections of one kind together."""
    return f":{kind}"


def of_kind_in_pass(kind: Kind) -> str:
    """The sections of one kind that a pass scores."""
    return f":pass {kind}"


def raw(node: str) -> str:
    """A node before its floor and ceiling."""
    return f"{node}:raw"


def held(node: str) -> str:
    """A node after its floor and ceiling, before a forfeit."""
    return f"{node}:held"


def kept(node: str) -> str:
    """A node after a forfeit, before rulings."""
    return f"{node}:kept"


def due(node: str) -> str:
    """What a node carries for the unit."""
    return f"{node}:due"


def ruling(node: str) -> str:
    """What a committee corrected at a node; a figure that is known beforehand."""
    return f"{node}{_RULING}"


def is_ruling(name: str) -> bool:
    """Tell the corrections of committees from other names."""
    return name.endswith(_RULING)


def before_cap(rule: str) -> str:
    """What a rule moves before its own cap."""
    return f"{rule}:before"


def asked(path: Path) -> str:
    """Whether a condition outside the sections holds on the evidence of a pass; `path` is its place in the YAML."""
    return f"{_ASKED}{' '.join(map(str, path))}"


def is_asked(step: str) -> bool:
    """Tell the steps of conditions from others."""
    return step.startswith(_ASKED)


def struck(veto: int) -> str:
    """Whether a veto holds in any pass."""
    return f":veto {veto}"
