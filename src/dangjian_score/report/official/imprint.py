"""What only the issuer of official papers knows."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct


class Posting(Struct, frozen=True):
    """Of a posting: its last day, and who takes objections (受理部门; the issuer where none is named)."""

    until: date | None = None
    department: str = ""
    phone: str = ""


ItemKey = tuple[str, str, str]
"""A unit, a round (empty for what is scored once) and the id of an item."""


class EditedText(Struct, frozen=True):
    """What somebody wrote about an item in place of the program: what was found, what is to be done, by when."""

    found: str
    demand: str
    by: str


class Imprint(Struct, frozen=True):
    """What is printed on papers beside the result; what is not given is left blank, to be filled in by hand.

    With a `posting` that is written, and no notice. Units read their ranks only `with_rank`. `lost_before` are units
    with the ids of items at which they lost points last year.
    """

    issuer: str = ""
    day: date | None = None
    mend_by: date | None = None
    posting: Posting | None = None
    with_rank: bool = False
    edited: Mapping[ItemKey, EditedText] = {}
    lost_before: frozenset[tuple[str, str]] = frozenset()
