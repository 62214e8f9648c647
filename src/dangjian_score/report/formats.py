"""The formats of results, by suffix: what writes each, and what recognises a file that was written in it.

A new format is a file with these two functions, and an entry in the table. Modules are imported when a function of
theirs is needed: some stand on libraries that take their time to load, and recognising a file does without those.
"""

from collections.abc import Callable, Mapping
from os import SEEK_END
from typing import IO, TYPE_CHECKING, Final

from msgspec import Struct

from dangjian_score.core.columns import UNITS_MARK
from dangjian_score.core.watching import Watch

if TYPE_CHECKING:
    from dangjian_score.report.view import ResultView

Reporter = Callable[["ResultView", Watch], bytes]

_TEXT_START: Final = 16_000
"""Bytes at the start of a text file that are read to recognise it."""


_FOOTER: Final = 1_000_000
"""Bytes at the end of a .parquet file in which its metadata are."""


class Format(Struct, frozen=True):
    """How a format is written, and whether a file with its suffix is an output of this program."""

    reporter: Callable[[], Reporter]
    is_output: Callable[[IO[bytes]], bool]


def _json() -> Reporter:
    from dangjian_score.report.as_json import result_json

    return result_json


def _is_json(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_json import is_output

    return is_output(file.read(_TEXT_START))


def _md() -> Reporter:
    from dangjian_score.report.as_md import result_md

    return result_md


def _is_md(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_md import is_output

    return is_output(file.read(_TEXT_START))


def _csv() -> Reporter:
    from dangjian_score.report.as_csv import result_csv

    return result_csv


def _is_csv(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_csv import is_output

    return is_output(file.read(_TEXT_START))


def _docx() -> Reporter:
    from dangjian_score.report.official.papers import result_docx

    return result_docx


def _html() -> Reporter:
    from dangjian_score.report.page.as_html import result_html

    return result_html


def _is_html(file: IO[bytes]) -> bool:
    from dangjian_score.report.page.as_html import is_output

    return is_output(file.read(_TEXT_START))


def _xlsx() -> Reporter:
    from dangjian_score.report.as_xlsx import result_xlsx

    return result_xlsx


def _parquet() -> Reporter:
    from dangjian_score.report.as_parquet import result_parquet

    return result_parquet


def _is_parquet(file: IO[bytes]) -> bool:
    file.seek(0, SEEK_END)
    file.seek(max(0, file.tell() - _FOOTER))
    return UNITS_MARK.encode() in file.read(_FOOTER)


def _is_document(file: IO[bytes]) -> bool:
    from dangjian_score.core.archives import is_output

    return is_output(file)


def _is_pack(file: IO[bytes]) -> bool:
    from dangjian_score.core.packs import is_output_pack

    return is_output_pack(file)


def rubric_named(suffix: str, file: IO[bytes]) -> str | None:
    """Return the id of the rubric of a result that can be evidence; None for what is none."""
    if suffix != "json":
        return None
    from dangjian_score.report.as_json import rubric_named as named

    return named(file.read(_TEXT_START))


_FORMATS: Final[Mapping[str, Format]] = {
    "json": Format(_json, _is_json),
    "md": Format(_md, _is_md),
    "csv": Format(_csv, _is_csv),
    "docx": Format(_docx, _is_document),
    "html": Format(_html, _is_html),
    "xlsx": Format(_xlsx, _is_document),
    "parquet": Format(_parquet, _is_parquet),
}

FORMATS: Final = tuple(_FORMATS)
"""Formats that show a result, by name, which is also the suffix of their files."""

PACK: Final = "zip"
"""The format that holds the rubric and the evidence beside the result, so that a view is not enough to write it."""

SUFFIXES: Final = (*FORMATS, PACK)
"""All suffixes that a result can be written to."""


def reporter(name: str) -> Reporter:
    """Return the function that writes a format."""
    return _FORMATS[name].reporter()


def is_output(suffix: str, file: IO[bytes]) -> bool:
    """Return whether a file with this suffix was written by this program: a result, an analysis, a paper, a pack."""
    if suffix == PACK:
        return _is_pack(file)
    return suffix in _FORMATS and _FORMATS[suffix].is_output(file)
