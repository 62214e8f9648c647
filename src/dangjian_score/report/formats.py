"""The formats a result can be written in, by suffix: a new reporter is a function and a line here.

Each is found only when it is asked for: some stand on libraries that take their time to load.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from dangjian_score.report.view import ResultView
from dangjian_score.watching import Watch

Reporter = Callable[[ResultView, Watch], bytes]

_REPORTERS: Final[Mapping[str, str]] = {
    "json": "as_json:result_json",
    "md": "as_md:result_md",
    "csv": "as_csv:result_csv",
    "docx": "official.papers:result_docx",
    "html": "page.as_html:result_html",
    "xlsx": "as_xlsx:result_xlsx",
}
"""Module and function of each format's reporter."""

FORMATS: Final = tuple(_REPORTERS)
"""Formats by name, which is also the suffix of their files."""


def reporter(name: str) -> Reporter:
    """Find the reporter of a format."""
    module, _, function = _REPORTERS[name].partition(":")
    found: Reporter = getattr(import_module(f"dangjian_score.report.{module}"), function)
    return found
