"""Rows of large tables, written straight into the sheets of a workbook that XlsxWriter has made.

XlsxWriter makes all that stands around them; it would hold every cell in memory and take four times as long.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from re import sub
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Formats = Mapping[tuple[bool, str], int]
"""Numbers of the formats of a column: of figures or others, by ground."""

_LEVEL: Final = 2
"""How hard rows are packed: the usual level takes three times as long and saves a fifth."""
_AT_ONCE: Final = 200
_END: Final = b"</sheetData>"


@dataclass(frozen=True, slots=True)
class Pour:
    """Rows for the end of a sheet's data, as XML; `corner` is the last cell they fill (`I900`)."""

    rows: Iterable[bytes]
    corner: str


def poured(packed: bytes, pours: Mapping[str, Pour]) -> bytes:
    """Pack a workbook anew with rows in its parts."""
    into = BytesIO()
    with ZipFile(BytesIO(packed)) as made, ZipFile(into, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as whole:
        for part in made.infolist():
            entry = ZipInfo(part.filename, part.date_time)
            entry.compress_type = ZIP_DEFLATED
            with whole.open(entry, "w") as out:
                out.writelines(_filled(made.read(part), pours.get(part.filename)))
    return into.getvalue()


def _filled(sheet: bytes, pour: Pour | None) -> Iterator[bytes]:
    if pour is None:
        yield sheet
        return
    before, end, after = sheet.partition(_END)
    yield sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:%s"/>' % pour.corner.encode(), before, count=1)
    rows = iter(pour.rows)
    while some := b"".join(islice(rows, _AT_ONCE)):
        yield some
    yield end + after
