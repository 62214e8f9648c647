"""The units that a workbook is written for."""

from collections.abc import Mapping

from msgspec import Struct, field

from dangjian_score.evidence.rosters import Roster
from dangjian_score.evidence.sheets import BrokenCell, RawCell
from dangjian_score.evidence.template.checks import NO, YES
from dangjian_score.evidence.template.plan import Filled


class ListedUnit(Struct, frozen=True):
    """A unit of the roster, with what is known of it."""

    name: str
    attributes: Mapping[str, Filled] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, str]:
        """Its attributes as text."""
        return {name: str(value) for name, value in self.attributes.items()}


def asked(roster: Roster) -> tuple[ListedUnit, ...]:
    """Take the units of a roster, with what can be written into cells of their attributes."""
    return tuple(
        ListedUnit(listed.unit, {name: entry for name, (raw, _) in listed.attributes.items() if (entry := _entry(raw))})
        for listed in roster.units
    )


def _entry(raw: RawCell | None) -> Filled | None:
    content = None if raw is None else raw.content
    match content:
        case bool():
            return YES if content else NO
        case BrokenCell():
            return None
        case _:
            return content
