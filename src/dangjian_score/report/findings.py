"""Diagnostics as text: place, code, sentence; for YAML the line itself and a caret."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from dangjian_score.core.diagnostics import Code, Diagnostic, Place, Severity
from dangjian_score.core.names import visible
from dangjian_score.words.say import Words

_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for YAML; `str.splitlines` knows more, and would count other lines."""


def lines_of(text: str) -> list[str]:
    """Split a text as YAML counts its lines."""
    return _BREAK.split(text)


def excerpt(line: str, column: int, width: int) -> tuple[str, str]:
    """Give a line, cut to `width` screen columns, and a caret below its `column` (counted from 1)."""
    at = column - 1
    before = visible(line[max(at - width - 1, 0) : at])
    after = visible(line[at:].rstrip()[: width + 1])
    end = _start(after, width - width // 2)
    start = _start(before[::-1], width - max(cell_len(end), 1))[::-1]
    end = _start(after, width - cell_len(start))
    return (start + end).rstrip(), " " * cell_len(start) + "^"


def _start(text: str, room: int) -> str:
    """Keep as much of a text as fits, with an ellipsis where something is left out."""
    if cell_len(text) <= room:
        return text
    kept = bisect_left(range(len(text)), room, key=lambda at: cell_len(text[: at + 1]))
    return f"{text[:kept]}…"


PIPE_WIDTH: Final = 160
"""Screen columns of an excerpt where there is no screen."""

_CELLS_SHOWN: Final = 8
_WITHOUT_CELL: Final = {Code.COLUMN_MISSING: "measure", Code.UNIT_WITHOUT_DATA: "unit"}
"""Findings about a whole sheet, and what tells one from another where several are folded."""
_ALONE: Final = 20
_SHEETS_APART: Final = 5
"""Sheets whose notes of one code are told sheet by sheet."""
_RELATED_SHOWN: Final = 4
_INDENT: Final = "    "
_NARROWEST: Final = 16

Lines = Mapping[str, list[str]]


def plain(_role: str, text: str) -> str:
    """Leave a piece of text as it is."""
    return text


class Look(Struct, frozen=True):
    """How text is laid out: the screen's columns, and how a piece is coloured by its role.

    Roles are `error`, `warning`, `note` and, for what stands beside a finding, `beside`.
    """

    width: int = PIPE_WIDTH
    paint: Callable[[str, str], str] = plain


PLAIN: Final = Look()


_ADVICE: Final = ("guess", "odd", "format")
"""What a finding says of one cell that it may not say of the next."""


def findings_text(found: Iterable[Diagnostic], texts: Mapping[str, str], words: Words, look: Look = PLAIN) -> str:
    """Write findings in reading order, then how many there are; like ones about cells are folded.

    `texts` holds the text of files whose lines are to be shown.
    """
    ordered = sorted(found, key=lambda one: one.sort_key)
    shown = {place.file for one in ordered for place in (one.place, *one.related)}
    lines = {file: lines_of(text) for file, text in texts.items() if file in shown}
    written = [line for group in _folded(ordered) for line in _finding(group, lines, words, look)]
    severities = [one.severity for one in ordered]
    numbers = {f"{severity}s": str(severities.count(severity)) for severity in Severity}
    return "\n".join([*written, words.text("counted", **numbers)])


def _folded(found: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Group findings of one code in one sheet: errors by measure and advice, notes all; findings in text stand alone.

    Of those that name no measure the first stand alone too, and the others together. Notes of one code in many sheets
    are one group, and so are notes on whole files that say the same.
    """
    groups: dict[object, list[Diagnostic]] = {}
    alone: Counter[object] = Counter()
    ordered = [*found]
    sheets = Counter(code for code, _, _ in {(one.code, one.place.file, one.place.sheet) for one in ordered})
    for one in ordered:
        if one.code is Code.FILE_PASSED_OVER:
            groups.setdefault((one.code, one.args), []).append(one)
            continue
        note, args = one.severity is Severity.NOTE, dict(one.args)
        about = "" if note or one.code is Code.COLUMN_MISSING else args.get("measure")
        spread = note and sheets[one.code] > _SHEETS_APART
        where = () if spread else (one.place.file, one.place.sheet)
        alike = (one.code, *where, about, *map(args.get, _ADVICE))
        alone[alike] += about is None
        together = (one.place.cell or one.code in _WITHOUT_CELL) and (about is not None or alone[alike] > _ALONE)
        groups.setdefault(alike if together or spread else one, []).append(one)
    return list(groups.values())


def _finding(group: list[Diagnostic], lines: Lines, words: Words, look: Look) -> Iterator[str]:
    first = group[0]
    kind = look.paint(first.severity, f"{first.code} {words.text(first.severity)}")
    sentence = visible(words.message(first)) + (_alike(group, words) if len(group) > 1 else "")
    yield f"{visible(str(first.place))}: {kind}: {sentence}"
    yield from _excerpt(first.place, first.severity, lines, look)
    for place in first.related[:_RELATED_SHOWN]:
        yield f"  {words.text('see also', place=visible(str(place)))}"
        yield from _excerpt(place, "beside", lines, look)
    if len(first.related) > _RELATED_SHOWN:
        yield "  …"


def _alike(group: list[Diagnostic], words: Words) -> str:
    """Say how many findings are told as one, and where: what tells them apart in one sheet, or their files."""
    one_sheet = len({(one.place.file, one.place.sheet) for one in group}) == 1
    spots = [_spot(one) for one in group] if one_sheet else []
    places = spots or [visible(PurePath(one.place.file).name) for one in group]
    shown = " ".join(dict.fromkeys(places[:_CELLS_SHOWN])) + ("…" if len(places) > _CELLS_SHOWN else "")
    count = str(len(group))
    return words.text("more", count=count, cells=shown) if spots else words.text("more files", count=count, files=shown)


def _spot(found: Diagnostic) -> str:
    """Tell a finding from others in its sheet: by its cell, or by what is missing."""
    return found.place.cell or dict(found.args).get(_WITHOUT_CELL.get(found.code, ""), "")


def _excerpt(place: Place, role: str, lines: Lines, look: Look) -> Iterator[str]:
    """Show a place in a text: the line, and a caret of the role's colour."""
    here = lines.get(place.file, [])
    if place.line is None or place.column is None or place.line > len(here):
        return
    line, caret = excerpt(here[place.line - 1], place.column, max(look.width - len(_INDENT), _NARROWEST))
    yield f"{_INDENT}{line}"
    yield f"{_INDENT}{caret[:-1]}{look.paint(role, caret[-1])}"
