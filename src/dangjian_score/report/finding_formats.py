"""The formats that findings can be written in for other programs: a new one is a function and a line here."""

from collections.abc import Callable, Mapping, Sequence

from dangjian_score.diagnostics import Diagnostic
from dangjian_score.report.as_annotations import findings_annotations
from dangjian_score.report.as_json import findings_json
from dangjian_score.report.as_sarif import findings_sarif
from dangjian_score.words.say import Words

FindingsReporter = Callable[[Sequence[Diagnostic], Mapping[str, str], Words], bytes]
"""Findings in reading order, and the text of every file that was looked at, by its name."""

FINDING_FORMATS: Mapping[str, FindingsReporter] = {
    "json": findings_json,
    "sarif": findings_sarif,
    "github": findings_annotations,
}
"""Reporters by the name of their format."""
