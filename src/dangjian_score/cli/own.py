"""Results that this program wrote, however they are called, told from evidence by what they say of themselves."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Final

from dangjian_score.evidence.suffixes import suffix_of

_HEAD: Final = 16_000
"""Bytes in which a text says what it is."""
_DOCUMENT: Final = re.compile(rb'\s*\{\s*"schema":\s*"dangjian\.')
_PAGE: Final = b'<meta name="generator" content="dangjian-score '


def is_own(path: Path) -> bool:
    """Tell a file that was written as an output; one that cannot be read is none, whoever reads it says why."""
    recognise = _RECOGNISERS.get(suffix_of(path.name))
    try:
        if recognise is None or not path.is_file():
            return False
        with path.open("rb") as file:
            return recognise(file)
    except (OSError, ValueError):
        return False


def _document(file: IO[bytes]) -> bool:
    from dangjian_score.marks import is_output

    return is_output(file)


def _pack(file: IO[bytes]) -> bool:
    from dangjian_score.archives import part_start
    from dangjian_score.packs import MANIFEST

    return _DOCUMENT.match(part_start(file, MANIFEST)) is not None


def _json(file: IO[bytes]) -> bool:
    return _DOCUMENT.match(file.read(_HEAD)) is not None


def _html(file: IO[bytes]) -> bool:
    return _PAGE in file.read(_HEAD)


def _csv(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_csv import is_result_csv

    return is_result_csv(file.read(_HEAD))


def _md(file: IO[bytes]) -> bool:
    from dangjian_score.report.as_md import is_result_md

    return is_result_md(file.read(_HEAD))


_RECOGNISERS: Final[Mapping[str, Callable[[IO[bytes]], bool]]] = {
    ".xlsx": _document, ".docx": _document, ".zip": _pack, ".json": _json, ".html": _html, ".csv": _csv, ".md": _md,
}  # fmt: skip
"""By the suffixes of the formats that are written."""
