"""Bytes → text; what cannot be read as such is refused with its place."""

import re
from typing import Final, NamedTuple

from dangjian_score.diagnostics import Code

MAX_BYTES: Final = 1_000_000

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""What YAML does not take as text, and a byte order mark that does not stand first."""


class Spot(NamedTuple):
    """A place in the text, counted from 1."""

    line: int
    column: int


class RefusedError(Exception):
    """Ends the reading of a file; carries the finding out."""

    def __init__(self, code: Code, spot: Spot, **args: str) -> None:
        self.code, self.spot, self.told = code, spot, args


def decode(data: bytes) -> str:
    """Read bytes as UTF-8 text, with or without a byte order mark; anything else raises `RefusedError`."""
    start = Spot(1, 1)
    if len(data) > MAX_BYTES:
        raise RefusedError(Code.TOO_LARGE, start, limit="bytes", most=str(MAX_BYTES))
    if data.startswith(b"PK\x03\x04"):
        raise RefusedError(Code.NOT_THE_RUBRIC, start, found="xlsx")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError(Code.NOT_THE_RUBRIC, start, found="xls file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\x00" in data[:4] and data[:4] != b"\x00" * 4):
        raise RefusedError(Code.NOT_UTF8, start, encoding="UTF-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        raise RefusedError(Code.NOT_UTF8, _spot_of(before, len(before)), encoding=_guess(data)) from None
    if control := _CONTROL.search(text):
        hint = "mark" if control[0] == "\ufeff" else "control"
        raise RefusedError(Code.YAML_SYNTAX, _spot_of(text, control.start()), hint=hint)
    return text


def _spot_of(text: str, at: int) -> Spot:
    before = text[:at]
    return Spot(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _guess(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"
