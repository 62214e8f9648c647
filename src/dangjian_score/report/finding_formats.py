"""The formats that findings can be written in for other programs: a new one is a function and a line in the table."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from dangjian_score import __version__
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, Severity
from dangjian_score.core.names import visible
from dangjian_score.report.as_json import dumped, findings_json
from dangjian_score.words.say import Words, explained

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Final = {**_IN_TEXT, ":": "%3A", ",": "%2C"}


def findings_annotations(found: Sequence[Diagnostic], _texts: Mapping[str, str], words: Words) -> bytes:
    """Write one command a finding."""
    return "".join(f"{_command(one, words)}\n" for one in found).encode()


def _command(found: Diagnostic, words: Words) -> str:
    place = found.place
    properties = {
        "file": PurePath(place.file).as_posix(),
        "line": place.line,
        "col": place.column,
        "title": found.code,
    }
    told = ",".join(f"{key}={_escaped(str(it), _IN_PROPERTIES)}" for key, it in properties.items() if it is not None)
    text = "\n".join([words.message(found), *(words.text("see also", place=str(one)) for one in found.related)])
    return f"::{_COMMANDS[found.severity]} {told}::{_escaped(text, _IN_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(char) or visible(char) for char in text)


SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}


def findings_sarif(found: Sequence[Diagnostic], _texts: Mapping[str, str], words: Words) -> bytes:
    """Write findings out as one run; every code that occurs is a rule."""
    codes = sorted({one.code for one in found})
    driver = {
        "name": "dangjian-score",
        "version": __version__,
        "rules": [_rule(code, words) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "language": _LANGUAGES[words.language],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code), words) for one in found],
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


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
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


FindingsReporter = Callable[[Sequence[Diagnostic], Mapping[str, str], Words], bytes]
"""Findings in reading order, and the text of every file that was looked at, by its name."""

FINDING_FORMATS: Mapping[str, FindingsReporter] = {
    "json": findings_json,
    "sarif": findings_sarif,
    "github": findings_annotations,
}
"""Reporters by the name of their format."""
