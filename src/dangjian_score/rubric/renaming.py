"""A rubric's text under another id, otherwise byte for byte."""

from codecs import BOM_UTF8

import yaml

from dangjian_score.rubric.source import SourceTree
from dangjian_score.rubric.text import Spot, decode


def renamed(data: bytes, document: SourceTree, identifier: str) -> bytes:
    """Replace the value of `rubric`, in whichever style it is written; `document` is what `data` has been read as."""
    text, spot = decode(data), document.values["rubric",]
    start, end = next(
        (one.start_mark.index, one.end_mark.index)
        for one in yaml.parse(text, Loader=yaml.SafeLoader)
        if one.start_mark and one.end_mark and Spot(one.start_mark.line + 1, one.start_mark.column + 1) == spot
    )
    old = text[start:end]
    line_end = old[len(old.rstrip()) :]  # a block scalar takes its last line break along
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    return mark + f"{text[:start]}{identifier}{line_end}{text[end:]}".encode()
