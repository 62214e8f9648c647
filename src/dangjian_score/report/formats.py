"""The formats a result can be written in, by suffix: a new reporter is a function and a line here."""

from collections.abc import Callable, Mapping

from dangjian_score.diagnostics import Diagnostic
from dangjian_score.engine.result import Result
from dangjian_score.facts import Source
from dangjian_score.report.as_csv import result_csv
from dangjian_score.report.as_json import result_json
from dangjian_score.words.say import Words

Reporter = Callable[[Result, Source, tuple[Diagnostic, ...], Words], bytes]

FORMATS: Mapping[str, Reporter] = {
    "json": result_json,
    "csv": lambda result, _source, _diagnostics, said: result_csv(result, said),
}
"""Reporters by the name of their format, which is also the suffix of their files."""
