"""Keys: the texts that tell persons, cases, levels, rounds, assessors and values of attributes from each other."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.engine.catalogue import Measure
from dangjian_score.evidence.cells import Fault, Good, Inapplicable, Reading, code_of, is_inapplicable
from dangjian_score.evidence.guesses import reasons
from dangjian_score.evidence.sheets import BrokenCell, RawCell, shown, written
from dangjian_score.facts import Cell
from dangjian_score.names import fold

_PLACEHOLDER: Final = re.compile(
    r"(?:暂|尚|目前)?(?:无|没有|未|不|缺|待)(?:编号|案号|案件编号|案件|立案|填写?|填报|定|明|详|知|涉及|补|查|有|缺)?"
    r"|空白?|略|暂缺|null|none|nil|nan|n/?a|x{2,4}"
)
_BARE: Final = re.compile(r"[\W_0]+")
_DITTO: Final = re.compile(r"同[上前].{0,3}|[上前]同|同|ditto|〃|々|↑|\"+")
_TRAILING: Final = ";,。、*."
_NONE: Final = "无"
_LONG: Final = 10**15
"""Numbers of more digits have lost some: a spreadsheet keeps 15."""
_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_EXPONENT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+")


class Key(Struct, frozen=True):
    """A text that tells something from others, as written; `folded` is its normal form."""

    text: str
    folded: str


class Unusable(Struct, frozen=True):
    """A cell that cannot be a key, and why: `ditto`, `long`, `dressed` by a number format, or an `error`."""

    why: str


def read_key(raw: RawCell | None) -> Key | Unusable | None:
    """Read a cell as a key; None where it is blank or holds only a placeholder."""
    if raw is None:
        return None
    if isinstance(raw.content, BrokenCell):
        return Unusable("error")
    if isinstance(raw.content, date) or (raw.dressed and isinstance(raw.content, Fraction)):
        return Unusable("dressed")
    text = " ".join(written(raw).split())
    folded = fold(text)
    if _ERROR.fullmatch(text):
        return Unusable("error")
    if _DITTO.fullmatch(folded):
        return Unusable("ditto")
    if (isinstance(raw.content, Fraction) and abs(raw.content) >= _LONG) or _EXPONENT.fullmatch(folded):
        return Unusable("long")
    folded = folded.rstrip(_TRAILING)
    blank = _PLACEHOLDER.fullmatch(folded.strip("()")) or _BARE.fullmatch(folded)
    return None if blank or not folded else Key(text, folded)


def unusable(why: Unusable, raw: RawCell, cell: Cell, column: str) -> Iterator[Diagnostic]:
    """Report a cell that cannot be a key; of one beneath a merge its sheet said so."""
    content = raw.content
    if isinstance(content, BrokenCell):
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
        levels = {*map(fold, measure.levels), *((_NONE,) if none_is_priced else ())}
        if key is None and (folded := fold(written(raw))) in levels:
            key = Key(written(raw), folded)
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
