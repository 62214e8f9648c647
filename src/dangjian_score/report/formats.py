"""The formats a result can be written in, by suffix: a new reporter is a function and an entry in the table.

Each is imported when it is asked for: some stand on libraries that take their time to load.
"""

from collections.abc import Callable, Mapping
from typing import Final

from dangjian_score.core.watching import Watch
from dangjian_score.report.view import ResultView

Reporter = Callable[[ResultView, Watch], bytes]


def _json() -> Reporter:
    from dangjian_score.report.as_json import result_json

    return result_json


def _md() -> Reporter:
    from dangjian_score.report.as_md import result_md

    return result_md


def _csv() -> Reporter:
    from dangjian_score.report.as_csv import result_csv

    return result_csv


def _docx() -> Reporter:
    from dangjian_score.report.official.papers import result_docx

    return result_docx


def _html() -> Reporter:
    from dangjian_score.report.page.as_html import result_html

    return result_html


def _xlsx() -> Reporter:
    from dangjian_score.report.as_xlsx import result_xlsx

    return result_xlsx


_REPORTERS: Final[Mapping[str, Callable[[], Reporter]]] = {
    "json": _json,
    "md": _md,
    "csv": _csv,
    "docx": _docx,
    "html": _html,
    "xlsx": _xlsx,
}

FORMATS: Final = tuple(_REPORTERS)
"""Formats by name, which is also the suffix of their files."""


def reporter(name: str) -> Reporter:
    """Find the reporter of a format."""
    return _REPORTERS[name]()
