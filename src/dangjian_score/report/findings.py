"""Diagnostics written out: as text with place, code, sentence and an excerpt of YAML; as JSON, SARIF, GitHub commands.

A new format for other programs is a function and a line in `FINDING_FORMATS`.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import fsencode
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct
from rich.cells import cell_len

from dangjian_score.core import __version__
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, Severity
from dangjian_score.core.names import visible
from dangjian_score.report.as_json import dumped, findings_json
from dangjian_score.words.say import Words, explained

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
"""Sheets whose notes of one code are listed sheet by sheet."""
_RELATED_SHOWN: Final = 4
_INDENT: Final = "    "
_NARROWEST: Final = 16

Lines = Mapping[str, list[str]]


class StyledText(Struct, frozen=True):
    """A part of a line; its `role` decides its colour: `error`, `warning`, `note`, `beside` a finding, or none."""

    text: str
    role: str = ""


Written = tuple[StyledText, ...]
"""A line, written out."""


_ADVICE: Final = ("why", "guess", "odd", "format")
"""What a finding says of one cell that it may not say of the next."""


def findings_text(found: Iterable[Diagnostic], texts: Mapping[str, str], words: Words) -> str:
    """Write findings as plain text; see `findings_lines`."""
    return "\n".join("".join(piece.text for piece in line) for line in findings_lines(found, texts, words))


def findings_lines(
    found: Iterable[Diagnostic], texts: Mapping[str, str], words: Words, width: int = PIPE_WIDTH
) -> list[Written]:
    """Write findings in reading order, then how many there are; like ones about cells are folded.

    `texts` holds the text of files whose lines are to be shown, cut to `width` screen columns.
    """
    ordered = sorted(found, key=lambda finding: finding.sort_key)
    shown = {place.file for finding in ordered for place in (finding.place, *finding.related)}
    lines = {file: lines_of(text) for file, text in texts.items() if file in shown}
    written = [line for group in _folded(ordered) for line in _finding(group, lines, words, width)]
    if any(finding.is_public for finding in ordered):
        return [*written, (StyledText(words.text("public findings")),)]
    severities = [finding.severity for finding in ordered]
    numbers = {f"{severity}s": str(severities.count(severity)) for severity in Severity}
    return [*written, (StyledText(words.text("counted", **numbers)),)]


def _folded(found: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Group findings of one code in one sheet: errors by measure and advice, notes all; findings in text stand alone.

    Of those that name no measure the first stand alone too, and the others together. Notes of one code in many sheets
    are one group, and so are notes on whole files that say the same.
    """
    groups: dict[object, list[Diagnostic]] = {}
    alone: Counter[object] = Counter()
    ordered = [*found]
    sheets = Counter(code for code, _, _ in {(each.code, each.place.file, each.place.sheet) for each in ordered})
    for finding in ordered:
        code, place, args = finding.code, finding.place, dict(finding.args)
        if code is Code.FILE_PASSED_OVER:
            groups.setdefault((code, finding.args), []).append(finding)
            continue
        note = finding.severity is Severity.NOTE
        about = "" if note or code is Code.COLUMN_MISSING else args.get("measure")
        spread = note and sheets[code] > _SHEETS_APART
        where = () if spread else (place.file, place.sheet)
        left = None if spread else args.get("left")  # cells of one column, which those of the next are not
        alike = (code, *where, about, left, *map(args.get, _ADVICE))
        alone[alike] += about is None
        together = (place.cell or code in _WITHOUT_CELL) and (about is not None or alone[alike] > _ALONE)
        groups.setdefault(alike if together or spread else finding, []).append(finding)
    return list(groups.values())


def _finding(group: list[Diagnostic], lines: Lines, words: Words, width: int) -> Iterator[Written]:
    first = group[0]
    kind = StyledText(f"{first.code} {words.text(first.severity)}", first.severity)
    sentence = words.message(first) + (_alike(group, words) if len(group) > 1 else "")
    where = "" if first.is_public else f"{first.place}: "
    yield StyledText(visible(where)), kind, StyledText(visible(f": {sentence}"))
    yield from _excerpt(first.place, first.severity, lines, width)
    for place in first.related[:_RELATED_SHOWN]:
        yield (StyledText(visible(f"  {words.text('see also', place=str(place))}")),)
        yield from _excerpt(place, "beside", lines, width)
    if len(first.related) > _RELATED_SHOWN:
        yield (StyledText("  …"),)


def _alike(group: list[Diagnostic], words: Words) -> str:
    """Say how many findings are folded into one, and where: what tells them apart in one sheet, or their files."""
    one_sheet = len({(found.place.file, found.place.sheet) for found in group}) == 1
    spots = [_spot(found) for found in group] if one_sheet else []
    places = spots or [PurePath(found.place.file).name for found in group]
    shown = " ".join(dict.fromkeys(places[:_CELLS_SHOWN])) + ("…" if len(places) > _CELLS_SHOWN else "")
    count = str(len(group))
    return words.text("more", count=count, cells=shown) if spots else words.text("more files", count=count, files=shown)


def _spot(found: Diagnostic) -> str:
    """Tell a finding from others in its sheet: by its cell, or by what is missing."""
    return found.place.cell or dict(found.args).get(_WITHOUT_CELL.get(found.code, ""), "")


def _excerpt(place: Place, role: str, lines: Lines, width: int) -> Iterator[Written]:
    """Show a place in a text: the line, and a caret of the role's colour."""
    here = lines.get(place.file, [])
    if place.line is None or place.column is None or place.line > len(here):
        return
    line, caret = excerpt(here[place.line - 1], place.column, max(width - len(_INDENT), _NARROWEST))
    yield (StyledText(f"{_INDENT}{line}"),)
    yield StyledText(f"{_INDENT}{caret[:-1]}"), StyledText(caret[-1], role)


_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Final = {**_IN_TEXT, ":": "%3A", ",": "%2C"}


def findings_annotations(found: Sequence[Diagnostic], _texts: Mapping[str, str], words: Words) -> bytes:
    """Write one command of GitHub's workflows a finding."""
    return "".join(f"{_command(finding, words)}\n" for finding in found).encode()


def _command(found: Diagnostic, words: Words) -> str:
    place = found.place
    properties = {
        "file": PurePath(place.file).as_posix(),
        "line": place.line,
        "col": place.column,
        "title": found.code,
    }
    given = ((key, str(value)) for key, value in properties.items() if value is not None)
    listed = ",".join(f"{key}={_escaped(value, _IN_PROPERTIES)}" for key, value in given)
    text = "\n".join([words.message(found), *(words.text("see also", place=str(place)) for place in found.related)])
    return f"::{_COMMANDS[found.severity]} {listed}::{_escaped(text, _IN_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return visible("".join(table.get(char, char) for char in text))


_SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_SARIF_LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}


def findings_sarif(found: Sequence[Diagnostic], _texts: Mapping[str, str], words: Words) -> bytes:
    """Write findings out as one run of SARIF; every code that occurs is a rule."""
    codes = sorted({finding.code for finding in found})
    driver = {
        "name": "dangjian-score",
        "version": __version__,
        "rules": [_rule(code, words) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "language": _SARIF_LANGUAGES[words.language],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code), words) for finding in found],
    }
    return dumped({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: Code, words: Words) -> dict[str, Any]:
    """Describe a code as the book does."""
    book = explained(code, words.language)
    advice = "\n\n".join(part for part in (book.why, book.mend) if part)
    help_text = {"help": {"text": advice}} if advice else {}
    return {"id": str(code), "shortDescription": {"text": book.short}, **help_text}


def _result(found: Diagnostic, at: int, words: Words) -> dict[str, Any]:
    related = [
        {
            "id": number,
            "physicalLocation": _location(place),
            "message": {"text": words.text("see also", place=str(place))},
        }
        for number, place in enumerate(found.related)
    ]
    return {
        "ruleId": str(found.code),
        "ruleIndex": at,
        "level": str(found.severity),
        "message": {"text": words.message(found)},
        "locations": [{"physicalLocation": _location(found.place)}],
        **({"relatedLocations": related} if related else {}),
    }


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    known = {key: number for key, number in region.items() if number is not None}
    return {"artifactLocation": {"uri": _uri(place.file)}, **({"region": known} if known else {})}


def _uri(file: str) -> str:
    """Give a path as a URI, relative where the path is."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(fsencode(path.as_posix()))


FindingsReporter = Callable[[Sequence[Diagnostic], Mapping[str, str], Words], bytes]
"""Findings in reading order, and the text of every file that was looked at, by its name."""

FINDING_FORMATS: Mapping[str, FindingsReporter] = {
    "json": findings_json,
    "sarif": findings_sarif,
    "github": findings_annotations,
}
"""Reporters by the name of their format."""
