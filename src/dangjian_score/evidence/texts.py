"""Texts of workbooks: shared strings, escapes, and rich text of which a part is struck out, raised or lowered."""

import re
import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from dangjian_score.evidence.archive import Package
from dangjian_score.evidence.elements import Attributes, ElementRule, flag, walk
from dangjian_score.evidence.refusals import UnreadableError
from dangjian_score.evidence.sheets import BrokenCell, RawCell

MAX_TEXT: Final = 16_000_000
"""Letters of all shared strings."""

Mark = Literal["struck", "raised", "lowered"]
Run = tuple[str, Mark | None]
"""A piece of a text, and how it is written."""

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MARKED: Final = {"struck": "~~{}~~", "raised": "^{}", "lowered": "_{}"}
"""How a mark is shown where there is only plain text."""


def strings(package: Package, part: str) -> tuple[str | tuple[Run, ...], ...]:
    """Read the shared strings, how they are pronounced left out: as runs where any of them is marked."""
    found: list[str | tuple[Run, ...]] = []
    runs: list[Run] = []
    marks: list[Mark] = []
    letters = 0

    def heard(name: str, said: Attributes) -> None:
        marks.extend(mark_of(name, said))

    def text(piece: str) -> None:
        runs.append((piece, marks[0] if marks else None))

    def close() -> None:
        nonlocal letters
        whole = "".join(piece for piece, _ in runs)
        found.append(tuple(runs) if any(mark for _, mark in runs) else whole)
        runs.clear()
        package.hold(1)
        letters += len(whole)
        if letters > MAX_TEXT:
            raise UnreadableError("too large")

    looks = {name: ElementRule(partial(heard, name)) for name in ("strike", "vertAlign")}
    run = ElementRule(end=marks.clear, below={"t": ElementRule(text=text), "rPr": ElementRule(below=looks)})
    item = ElementRule(end=close, below={"t": ElementRule(text=text), "r": run})
    package.parse(part, partial(walk, root={"sst": ElementRule(below={"si": item})}))
    return tuple(found)


def mark_of(name: str, said: Attributes) -> tuple[Mark, ...]:
    """Read what an element of a run's properties says of how it is written; nothing where that changes no meaning."""
    match name, said.get("val"):
        case "strike", value if flag(value or "1"):
            return ("struck",)
        case "vertAlign", "superscript":
            return ("raised",)
        case "vertAlign", "subscript":
            return ("lowered",)
        case _:
            return ()


def rich(runs: Sequence[Run], *, formula: bool = False) -> RawCell | None:
    """Make a cell of runs: without a value where a part of it is marked, struck out where all of it is."""
    marks = {mark for piece, mark in runs if piece.strip()}
    text = unescaped("".join(piece for piece, _ in runs)).strip()
    if marks <= {None} or marks == {"struck"}:
        return RawCell(text, typed=True, struck="struck" in marks, formula=formula) if text else None
    shown = "".join(piece if mark is None else _MARKED[mark].format(piece) for piece, mark in runs)
    return RawCell(BrokenCell("rich", unescaped(shown).strip()), typed=True, formula=formula)


def unescaped(text: str) -> str:
    """Undo `_x000D_`, where it stands for a letter that does no harm on a screen."""
    return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter in "\t\n\r" or not unicodedata.category(letter).startswith("C") else escaped[0]
