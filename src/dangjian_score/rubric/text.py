"""Bytes → text, and what a parser stumbled over said so that a clerk can find it."""

import re
from typing import Final, NamedTuple

import yaml

from dangjian_score.diagnostics import Code

MAX_BYTES: Final = 1_000_000

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""What YAML does not take as text, and a byte order mark that does not stand first."""

_SLIPS: Final = (("\t", "tab", True), ("\u3000", "wide space", True), ("\uff1a", "wide", False))
"""Characters that most likely made a line unreadable, the hint, and whether only the indentation counts."""


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


def misread(text: str, error: yaml.MarkedYAMLError) -> RefusedError:
    """Point at what the parser stumbled over or, just above it, at the slip that most likely made it stumble."""
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    at = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column + 1 if mark and mark.line == at else len(lines[at]) + 1
    for nearby in (at, max(at - 1, 0)):
        line = lines[nearby]
        indent = line[: len(line) - len(line.lstrip())]
        for slip, hint, only_indent in _SLIPS:
            if slip in (indent if only_indent else line):
                return RefusedError(Code.YAML_SYNTAX, Spot(nearby + 1, line.index(slip) + 1), hint=hint)
    return RefusedError(Code.YAML_SYNTAX, Spot(at + 1, column), hint="")
