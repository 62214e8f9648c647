"""What an editor sees of a scalar: JSON Schema for each reader in `fields`.

Editors type what stands in the YAML before a schema is asked (`4` is a number there, `80%` and `1/3` are text, `是` is
text and `true` is not), while our readers take the text itself. So a shape admits every type that a text the reader
accepts may arrive as, and refuses only what the reader refuses in any typing.
"""

from collections.abc import Container, Mapping
from typing import Any, Final

from dangjian_score.points import DECIMAL, FRACTION

Shape = dict[str, Any]
"""A JSON Schema, draft 7."""
Needs = Mapping[str, tuple[str, ...]]
"""By key, the keys of which one has to stand beside it."""
Some = tuple[tuple[str, ...], ...]
"""Groups of keys, of each of which one has to stand."""

_NUMBER: Final = f"{DECIMAL}|{FRACTION}"
_PERCENT: Final = f"(?:{_NUMBER})%"
_EXPONENT: Final = "-?[0-9.]+e[-+]?[0-9]+"
"""How a long number looks that an editor read as a number before it became a key."""


def _whole_text(pattern: str) -> str:
    """Readers strip what they read."""
    return rf"^\s*(?:{pattern})\s*$"


def figure(*others: str, **limits: int) -> Shape:
    """A number, or text of one of the other patterns."""
    return {"type": ["number", "string"], **limits, "pattern": _whole_text("|".join((*others, _NUMBER)))}


def whole(least: int, most: int | None = None) -> Shape:
    """A whole number."""
    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    return {"type": ["integer", "string"], **limits, "pattern": _whole_text(_NUMBER)}


def written(pattern: str) -> Shape:
    """Text that is text to everybody."""
    return {"type": "string", "pattern": _whole_text(pattern)}


def choices(*texts: str) -> Shape:
    """One of these texts; a digit arrives as a number."""
    return {"enum": [one for text in texts for one in ((int(text), text) if text.isdecimal() else (text,))]}


_USUAL: Final = ["string", "number"]
_UNUSUAL: Final[Shape] = {"not": {"type": [*_USUAL, "array", "object"]}}
"""`true` or `null`: not named, as editors propose what is named."""
SCALAR: Final[Shape] = {"anyOf": [{"type": _USUAL}, _UNUSUAL]}
"""Any scalar: names may look like numbers, `true` or `null`."""
NUMBER: Final = figure()
AMOUNT: Final = figure(minimum=0)
QUANTITY: Final = figure(_PERCENT, _EXPONENT)
ENTRY: Final = figure("all", minimum=0)
LIMIT: Final = figure("none")
START: Final = figure("max")
SHARE: Final = written(_PERCENT)
DAY: Final = written("[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEAR: Final = whole(1, 9999)
FLAG: Final[Shape] = {"type": ["boolean", "string"], "pattern": _whole_text("true|false")}


def identifier(pattern: str) -> Shape:
    """An id; `3.10`, `1` or `true` arrives typed."""
    return {"anyOf": [{"type": _USUAL, "pattern": _whole_text(f"{pattern}|{_EXPONENT}")}, _UNUSUAL]}


def expecting(term: str, shape: Shape) -> Shape:
    """Name the term for what is expected here; editors that know `errorMessage` say it instead of their own words."""
    if "anyOf" not in shape:
        return {**shape, "errorMessage": term}
    usual, *others = shape["anyOf"]
    return {"anyOf": [{**usual, "errorMessage": term}, *others]}


def mapping_keys(shape: Shape) -> Shape:
    """What keys of a mapping must look like that are read by this shape; all keys are text by then."""
    usual: Shape = shape.get("anyOf", [shape])[0]
    return {name: usual[name] for name in ("pattern", "errorMessage")} if "pattern" in usual else {}


def together(known: Container[str], needs: Needs, some: Some) -> Shape:
    """Which keys of a mapping come together."""
    groups = [tuple(key for key in group if key in known) for group in some]
    dues = [_one_of(group) for group in groups if group]
    shape: Shape = {"dependencies": {key: _one_of(others) for key, others in needs.items()}} if needs else {}
    return shape | (dues[0] if len(dues) == 1 else {"allOf": dues} if dues else {})


def _one_of(keys: tuple[str, ...]) -> Shape:
    dues: list[Shape] = [{"required": [key]} for key in keys]
    return {"anyOf": dues} if len(dues) > 1 else dues[0]
