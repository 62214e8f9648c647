"""Words of regulations, from `words.yaml`."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final


@cache
def page(name: str) -> Any:
    """Read a data file of the grammar."""
    import yaml  # noqa: PLC0415  only drafts need it

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    return yaml.load((files(__package__) / name).read_text("utf-8"), loader)  # noqa: S506  both loaders are safe


def words(name: str) -> tuple[str, ...]:
    """Return a list of words, longest first."""
    return tuple(sorted(page("words.yaml")[name], key=len, reverse=True))


def either(alternatives: Iterable[str]) -> str:
    """Return a pattern of several alternatives."""
    return f"(?:{'|'.join(alternatives)})"


COUNTERS: Final = words("counters")
NO_FIGURES: Final = words("no_figures")
