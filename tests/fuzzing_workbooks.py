"""Inputs that are nearly workbooks, each from one number, and what must hold of whatever is read of them."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
from io import BytesIO
from random import Random
from typing import Final, get_args
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.evidence.files import read_sheets
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Sheet
from dangjian_score.evidence.xlsx.archive import RefusalReason
from dangjian_score.words.say import LANGUAGES, load_words
from tests.evidence.intake import CASES
from tests.support import ROOT
from tests.workbooks import SHEET, STRINGS, STYLES, Parts, packed

WORDS: Final = (
    *(
        "worksheet",
        "sheetData",
        "row",
        "c",
        "v",
        "f",
        "is",
        "t",
        "r",
        "rPh",
        "si",
        "sst",
        "s",
        "hidden",
        "ref",
        "mergeCell",
    ),
    *(
        "cols",
        "col",
        "min",
        "max",
        "xf",
        "numFmt",
        "numFmtId",
        "formatCode",
        "cellXfs",
        "date1904",
        "sheet",
        "r:id",
        "Id",
    ),
    *(
        "Type",
        "Target",
        "TargetMode",
        "name",
        "state",
        "veryHidden",
        "External",
        "workbook",
        "styleSheet",
        "xmlns",
        "x:c",
    ),
)
"""Names of elements and attributes."""

VALUES: Final = (
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "1.5",
        "1e5",
        "1e999",
        "-0",
        "60",
        "45356",
        "2958466",
        "9" * 40,
        "0x1",
        "１",
        "NaN",
        "INF",
    ),
    *(
        "true",
        "b",
        "e",
        "d",
        "n",
        "s",
        "str",
        "inlineStr",
        "A1",
        "a1",
        "B2",
        "XFD1048576",
        "XFE1",
        "A0",
        "A1:XFD1048576",
    ),
    *("C3:A1", "$A$1", "../../a", "/xl/workbook.xml", "rId1", "rId9", "yyyy-mm-dd", "[h]:mm", "0%", '"', "[", "\\"),
    *("2024-03-05", "2024-03-05T12:00:00", "#N/A", "_x000D_", "_xD83D_", "&amp;", "&#0;", "&lol;", "]]>", "<!--", "\0"),
    *("hidden", "General", "是", "党支部", "\U0001f600", "\ufffe", "9" * 400, "甲" * 400, "worksheets/sheet1.xml"),
)
"""Values: right, nearly right and nasty."""

_TAG: Final = re.compile(rb"<[^>]*>")
_ELEMENT: Final = re.compile(rb"<(\w+)\b[^>]*?(?:/>|>[^<]*(?:<(\w+)[^>]*>[^<]*</\2>[^<]*)*</\1>)")
_ATTRIBUTE: Final = re.compile(rb'([\w:]+)="([^"]*)"')
_NUMBER: Final = re.compile(rb"[0-9]+")
_LARGEST: Final = 20_000


@cache
def seeds() -> tuple[Parts, ...]:
    """Give the parts of the workbooks that inputs are made from."""
    shipped = (path.read_bytes() for path in sorted((ROOT / "examples").rglob("*.xlsx")))
    sound = (case.data for case in CASES.values() if case.found[:4] != "E028" and len(case.data) < _LARGEST)
    return tuple(map(_parts, (*sound, *shipped)))


def _parts(data: bytes) -> Parts:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def made(chance: Random) -> bytes:
    """Make an input: a workbook, changed here and there."""
    parts = dict(chance.choice(seeds()))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        if chance.random() < 0.1:
            _exchange(parts, chance)
        elif parts:
            telling = [name for name in sorted(parts) if name in (SHEET, STRINGS, STYLES)]
            name = chance.choice(telling if telling and chance.random() < 0.7 else sorted(parts))
            change = chance.choice((_bytes, _word, *[_element] * 3, *[_attribute] * 5, *[_number] * 5))
            parts[name] = change(parts[name], chance)
    data = packed(parts, chance.choice((ZIP_STORED, ZIP_DEFLATED)))
    if chance.random() < 0.05:
        data = data[: chance.randrange(len(data) + 1)]
    return _bytes(data, chance) if chance.random() < 0.05 else data


def _exchange(parts: Parts, chance: Random) -> None:
    """Drop, rename, copy or exchange parts."""
    name, other = chance.choice(sorted(parts)), chance.choice(sorted(chance.choice(seeds())))
    data = parts.pop(name)
    how = chance.randrange(4)
    if how:
        new = (other, name.upper(), f"{name}x", "../a", "a\\b")[chance.randrange(5)] if how == 1 else name
        parts[new] = parts.get(other, b"") if how == 2 else data
    if how == 3:
        parts[other] = data


def _bytes(data: bytes, chance: Random) -> bytes:
    """Flip, drop and insert bytes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        changed[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 2))
    return bytes(changed)


def _word(data: bytes, chance: Random) -> bytes:
    """Put one word for another, wherever it stands."""
    old, new = chance.choice(WORDS).encode(), chance.choice((*WORDS, *VALUES)).encode()
    return data.replace(old, new, chance.choice((1, 2, -1)))


def _somewhere(
    pattern: re.Pattern[bytes], data: bytes, chance: Random, new: Callable[[re.Match[bytes]], bytes]
) -> bytes:
    """Put something in the place of what is found somewhere."""
    found = list(pattern.finditer(data))
    if not found:
        return data
    here = chance.choice(found)
    return data[: here.start()] + new(here) + data[here.end() :]


def _element(data: bytes, chance: Random) -> bytes:
    """Drop, repeat, nest and exchange elements and tags."""
    pattern = chance.choice((_TAG, _ELEMENT))
    other = chance.choice(pattern.findall(data) or [b""])
    piece = other if isinstance(other, bytes) else b""
    return _somewhere(
        pattern, data, chance, lambda at: chance.choice((b"", at[0] * 2, at[0] * 300, piece, b"<a>" + at[0] + b"</a>"))
    )


def _attribute(data: bytes, chance: Random) -> bytes:
    """Rename, drop, repeat and refill attributes."""
    value, name = chance.choice(VALUES).encode(), chance.choice(WORDS).encode()
    return _somewhere(
        _ATTRIBUTE,
        data,
        chance,
        lambda at: chance.choice(
            (b"", name + b'="' + at[2] + b'"', at[1] + b'="' + value + b'"', at[0] + b" " + at[0])
        ),
    )


def _number(data: bytes, chance: Random) -> bytes:
    """Put another value for a number."""
    value = chance.choice((*VALUES, str(chance.randrange(100)), str(chance.randrange(10**7)))).encode()
    return _somewhere(_NUMBER, data, chance, lambda _: value)


# What must hold


def judged(data: bytes) -> tuple[bool, tuple[Diagnostic, ...]]:
    """Read bytes as a workbook: whether there are sheets, and what is found instead. Anything else raises."""
    read = read_sheets(data, "e.xlsx")
    if isinstance(read, Diagnostic):
        assert read.code is Code.FILE_UNUSABLE
        assert dict(read.args)["reason"] in get_args(RefusalReason)
        assert all(load_words(language).message(read) for language in LANGUAGES)
        return False, (read,)
    assert read
    for sheet in read:
        _hold_together(sheet)
    return True, ()


def _hold_together(sheet: Sheet) -> None:
    assert list(sheet.rows) == sorted(sheet.rows)
    assert sheet.hidden_rows <= set(sheet.rows)
    for number, row in sheet.rows.items():
        assert 1 <= number <= 1_048_576
        assert row
        assert list(row) == sorted(row)
        assert 1 <= min(row) <= max(row) <= 16_384
        assert all(map(_sound, row.values()))


def _sound(cell: RawCell) -> bool:
    match cell.content:
        case str() as text:
            return text.strip() == text != ""
        case bool() | Fraction() | date() | BrokenCell():
            return cell.typed
