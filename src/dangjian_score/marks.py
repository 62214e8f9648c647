"""How the documents that this program writes as results are marked, so that they are never read as evidence."""

import re
from typing import IO, Final

from dangjian_score.archives import part_start

AUTHOR: Final = "dangjian-score"
"""The author of every document, templates too."""
OUTPUT: Final = "dangjian-score output"
"""The category (类别) of what is written for people to read. Templates have none: filled in, they are evidence."""

_CORE: Final = "docProps/core.xml"
_PROPERTY: Final = r"<(?:\w+:)?{name}\b[^>]*>([^<]*)<"


def is_output(file: IO[bytes]) -> bool:
    """Tell a workbook or paper that was written as a result, also after somebody saved it again.

    Versions before the category wrote results as their own last editor, which offices overwrite, and workbooks to mail
    back without a title, which templates always have.
    """
    core = part_start(file, _CORE).decode("utf-8", "replace")
    if _property(core, "category") == OUTPUT:
        return True
    by_us = _property(core, "creator") == AUTHOR
    return by_us and (_property(core, "lastModifiedBy") == AUTHOR or not _property(core, "title"))


def _property(core: str, name: str) -> str:
    found = re.search(_PROPERTY.format(name=name), core)
    return found[1].strip() if found else ""
