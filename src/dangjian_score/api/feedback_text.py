"""The sheet of findings as somebody edited it (`--feedback-text`): what letters are to say."""

from collections.abc import Iterable, Mapping
from typing import Final

from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_file
from dangjian_score.evidence.files import read_sheets
from dangjian_score.evidence.sheets import Sheet, SheetRow, written
from dangjian_score.report.official.feedback_sheet import COLUMNS, ColumnKey
from dangjian_score.report.official.imprint import EditedText, ItemKey
from dangjian_score.words.say import LANGUAGES, load_words

_NEEDED: Final[frozenset[ColumnKey]] = frozenset({"unit", "id", "found"})
"""Columns that are always there; others are left out where nothing stands in them."""
_HEADS = {words.text(head): key for words in map(load_words, LANGUAGES) for key, head in COLUMNS.items()}
Places = dict[ColumnKey, int]


def read_feedback_text(
    data: bytes, file: str, expected: Iterable[ItemKey]
) -> Mapping[ItemKey, EditedText] | tuple[Diagnostic, ...]:
    """Read an edited sheet; it must have a row for each of the `expected` findings and for nothing else."""
    sheets = read_sheets(data, file)
    if isinstance(sheets, Diagnostic):
        return (sheets,)
    found: dict[ItemKey, EditedText] = {}
    wrong: list[Diagnostic] = []
    wanted = dict.fromkeys(expected)
    for sheet, places, row in _rows(sheets):
        texts = {key: _text(sheet.rows[row], at) for key, at in places.items()}
        key = texts["unit"], texts.get("round", ""), texts["id"]
        if key not in wanted or key in found:
            wrong.append(_unknown(sheet, row, places["id"], key))
        found[key] = EditedText(texts["found"], texts.get("demand", ""), texts.get("by", ""))
    if not found:
        return (at_file(Code.FEEDBACK_TEXT_MISSING, file, unit="", item=""),)
    wrong += [
        at_file(Code.FEEDBACK_TEXT_MISSING, file, unit=unit, item=" ".join(filter(None, (round_, item))))
        for unit, round_, item in wanted
        if (unit, round_, item) not in found
    ]
    return tuple(wrong) or found


def _rows(sheets: Iterable[Sheet]) -> Iterable[tuple[Sheet, Places, int]]:
    """Visit the rows below the heads of each sheet that has them."""
    for sheet in sheets:
        places: Places | None = None
        for number, row in sheet.rows.items():
            if places is not None:
                yield sheet, places, number
            elif (heads := _heads(row)).keys() >= _NEEDED:
                places = heads


def _heads(row: SheetRow) -> Places:
    named = ((at, written(cell).strip()) for at, cell in row.items())
    return {_HEADS[text]: at for at, text in named if text in _HEADS}


def _text(row: SheetRow, at: int) -> str:
    return "" if at not in row else written(row[at]).strip()


def _unknown(sheet: Sheet, row: int, column: int, key: ItemKey) -> Diagnostic:
    unit, round_, item = key
    cell = sheet.cell(row, column)
    place = Place(cell.file, sheet=cell.sheet, cell=cell.address)
    args = (("unit", unit), ("item", " ".join(filter(None, (round_, item)))))
    return Diagnostic(Code.FEEDBACK_TEXT_UNKNOWN, place, args, (row, column))
