"""Thresholds, units close to them, and what bars a unit."""

from fractions import Fraction
from typing import Literal

from msgspec import Struct

Kind = Literal["grade", "section", "mark", "below", "cut"]
"""What a threshold is: a grade's least total, what it asks of a section, the least total of a selection, the total that
a criticism begins below, the end of a selection's places."""
Why = Literal["veto", "condition", "section", "full", "tie"]


class Obstacle(Struct, frozen=True):
    """What stands against a unit: `names` are vetoes or the section; `gap` the points it lacks in that section."""

    why: Why
    names: tuple[str, ...] = ()
    gap: Fraction | None = None


class Mark(Struct, frozen=True):
    """A threshold: of the grade or selection `title` (`at` is the selection's number), in points; `node` for sections.

    Of a cut `bound` is the total at its other side, that of the unit `beside`.
    """

    kind: Kind
    title: str
    bound: Fraction
    at: int | None = None
    node: str | None = None
    beside: str | None = None


class Near(Struct, frozen=True):
    """A unit close to a threshold: its figure there, whether it has what lies behind it, and what it would have.

    `held` is about the grade or selection, not the figure: a unit may be above the bound and barred. `becomes` is the
    grade on the other side. Being named by a criticism counts as held.
    """

    mark: Mark
    figure: Fraction
    held: bool
    becomes: str | None = None
    blocked: tuple[Obstacle, ...] = ()

    @property
    def gap(self) -> Fraction:
        """How far the unit is from the threshold, on whichever side."""
        return abs(self.figure - self.mark.bound)
