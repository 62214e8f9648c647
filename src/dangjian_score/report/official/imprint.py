"""What a result does not know of the papers made from it: who issues them, on which day, and until when to mend."""

from datetime import date

from msgspec import Struct


class Imprint(Struct, frozen=True):
    """What is not given is left blank, to be filled in by hand."""

    issuer: str = ""
    day: date | None = None
    mend_by: date | None = None
