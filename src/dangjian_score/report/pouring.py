"""Rows of tables, written straight into the sheets of a workbook that XlsxWriter has made.

XlsxWriter makes all that stands around them; it would hold every cell in memory and take four times as long.
"""

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import islice
from re import sub
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec import Struct

Formats = Mapping[tuple[bool, str], int]
"""Numbers of the formats of a column: of figures or others, by ground."""

_LEVEL: Final = 2
"""How hard rows are packed: the usual level takes three times as long and saves a fifth."""
_AT_ONCE: Final = 200
_END: Final = b"</sheetData>"


class Pour(Struct, frozen=True):
    """Rows of a sheet as XML, to stand before the row `before` if it is there; `corner` is the sheet's last cell."""

    rows: Iterable[bytes]
    before: int
    corner: str


def poured(packed: bytes, pours: Mapping[str, Pour]) -> bytes:
    """Pack a workbook anew with rows in its parts."""
    into = BytesIO()
    with ZipFile(BytesIO(packed)) as made, ZipFile(into, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as whole:
        for part in made.infolist():
            with whole.open(part.filename, "w") as out:
                out.writelines(_filled(made.read(part), pours.get(part.filename)))
    return into.getvalue()


def _filled(sheet: bytes, pour: Pour | None) -> Iterator[bytes]:
    if pour is None:
        yield sheet
        return
    at = sheet.find(b'<row r="%d"' % pour.before)
    at = sheet.index(_END) if at < 0 else at
    yield sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:%s"/>' % pour.corner.encode(), sheet[:at], count=1)
    rows = iter(pour.rows)
    while some := b"".join(islice(rows, _AT_ONCE)):
        yield some
    yield sheet[at:]
