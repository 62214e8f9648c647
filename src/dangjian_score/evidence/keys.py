"""Keys: the texts that tell persons, cases, levels, rounds, assessors and values of attributes from each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.cells import Fault, Good, Inapplicable, Reading, code_of, is_inapplicable
from dangjian_score.evidence.guesses import reasons
from dangjian_score.evidence.sheets import Broken, RawCell, shown, written
from dangjian_score.facts import Cell
from dangjian_score.names import fold

_PLACEHOLDERS: Final = frozenset(
    map(fold, ("无", "没有", "不详", "待定", "未知", "暂无", "空", "NULL", "N/A", "NA", "NONE", "NIL"))
)
_BARE: Final = re.compile(r"[\W_]+")
_DITTO: Final = frozenset(["同上", "〃", '"', '""', "同前", "上同", "々"])
_NONE: Final = "无"
_LONG: Final = 10**15
"""Numbers of more digits have lost some: a spreadsheet keeps 15."""
_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_EXPONENT: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Key:
    """A text that tells something from others, as written; `folded` is its normal form."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell that cannot be a key, and why: `ditto`, `long`, or `error`."""

    why: str


def read_key(raw: RawCell | None) -> Key | Unusable | None:
    """Read a cell as a key; None where it is blank or holds only a placeholder."""
    if raw is None:
        return None
    if isinstance(raw.content, Broken):
        return Unusable("error")
    text = " ".join(written(raw).split())
    folded = fold(text)
    if _ERROR.fullmatch(text):
        return Unusable("error")
    if folded in _DITTO:
        return Unusable("ditto")
    if (isinstance(raw.content, Fraction) and abs(raw.content) >= _LONG) or _EXPONENT.fullmatch(folded):
        return Unusable("long")
    blank = folded in _PLACEHOLDERS or _BARE.fullmatch(folded)
    return None if blank or not folded else Key(text, folded)


def unusable(why: Unusable, raw: RawCell, cell: Cell, column: str) -> Iterator[Diagnostic]:
    """Report a cell that cannot be a key; of one beneath a merge its sheet said so."""
    content = raw.content
    if isinstance(content, Broken):
        if content.why != "beneath":
            args = {"found": shown(raw), "measure": column, "kind": "text", "levels": "", **reasons(content)}
            yield at_cell(code_of(content), cell, **args)
    elif why.why == "error":
        yield at_cell(Code.CELL_ERROR, cell, found=shown(raw), measure=column)
    else:
        yield at_cell(Code.KEY_UNUSABLE, cell, found=shown(raw), measure=column, why=why.why)


class Spellings:
    """The spelling that each key was first written in, by column; another spelling of the same key is a note."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self._found = found
        self._first: dict[tuple[str, str], str] = {}
        self._noted: set[tuple[str, str]] = set()

    def read(self, measure: Measure, raw: RawCell, cell: Cell, *, none_is_priced: bool) -> Reading | None:
        """Read a key; None where it is blank. A level that rules know is given in their spelling."""
        key = read_key(raw)
        if key is None and none_is_priced and fold(written(raw)) == _NONE:
            key = Key(_NONE, _NONE)
        match key:
            case None:
                return None
            case Unusable() as why:
                self._found += unusable(why, raw, cell, measure.name)
                return Fault(Code.KEY_UNUSABLE)
            case Key() if is_inapplicable(raw):
                return Inapplicable()
            case Key():
                named = next((level for level in measure.levels if fold(level) == key.folded), None)
                if named is None:
                    return Good(self.first(measure.name, key, cell))
                return Good(self.known(measure.name, named, key, cell))

    def first(self, column: str, key: Key, cell: Cell) -> str:
        """Give the spelling that stands for a key, and note where this one differs."""
        text = self._first.setdefault((column, key.folded), key.text)
        if text != key.text and (column, key.text) not in self._noted:
            self._noted.add((column, key.text))
            self._found.append(at_cell(Code.SPELLINGS_ALIKE, cell, measure=column, found=key.text, first=text))
        return text

    def known(self, column: str, name: str, key: Key, cell: Cell) -> str:
        """Give the rubric's spelling of a key, and note where this one differs."""
        self._first.setdefault((column, key.folded), name)
        return self.first(column, key, cell)
