"""Findings as workflow commands, which GitHub shows beside the lines of a change."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

from dangjian_score.diagnostics import Diagnostic, Severity
from dangjian_score.names import visible
from dangjian_score.words.say import Words

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Final = {**_IN_TEXT, ":": "%3A", ",": "%2C"}


def findings_annotations(found: Sequence[Diagnostic], _texts: Mapping[str, str], said: Words) -> bytes:
    """Write one command a finding."""
    return "".join(f"{_command(one, said)}\n" for one in found).encode()


def _command(found: Diagnostic, said: Words) -> str:
    place = found.place
    properties = {
        "file": PurePath(place.file).as_posix(),
        "line": place.line,
        "col": place.column,
        "title": found.code,
    }
    told = ",".join(f"{key}={_escaped(str(it), _IN_PROPERTIES)}" for key, it in properties.items() if it is not None)
    text = "\n".join([said.message(found), *(said.label("see also", place=str(one)) for one in found.related)])
    return f"::{_COMMANDS[found.severity]} {told}::{_escaped(text, _IN_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(char) or visible(char) for char in text)
