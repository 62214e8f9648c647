"""Data of a report as JSON: figures as text, and exactly beside it where they are shown rounded."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from dangjian_score.diagnostics import Diagnostic, of_results
from dangjian_score.points import plain
from dangjian_score.report.as_json import TOOL, diagnostic_json, dumped
from dangjian_score.report.document import Data, Points
from dangjian_score.report.formatting import exact, shown
from dangjian_score.words.say import Words


def data_json(schema: str, data: Mapping[str, Data], diagnostics: Iterable[Diagnostic], words: Words) -> bytes:
    """Write data out under the name of its schema, with all that was found on the way."""
    found = [diagnostic_json(one, words) for one in of_results(diagnostics)]
    return dumped({"schema": schema, "tool": TOOL, **_object(data), "diagnostics": found})


def _object(data: Mapping[str, Data]) -> dict[str, Any]:
    """Write an object; beside points that are shown rounded stands what they are exactly."""
    written: dict[str, Any] = {}
    for key, value in data.items():
        written[key] = _value(value)
        if isinstance(value, Points) and (text := exact(value.value, value.places)):
            written[f"{key}_exact"] = text
    return written


def _value(value: Data) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Points():
            return shown(value.value, value.places)
        case Fraction():
            return plain(value)
        case Mapping():
            return _object(value)
        case _:
            return [_value(one) for one in value]
