"""Regulations as files: the bytes of a document of the corpus (docx, xlsx, txt), built from what its YAML says.

A block is `{text, style?, numbered?}` or `{rows}`; in rows, `^` is merged with the cell above, `<` with the one on its
left.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from msgspec import Struct
from openpyxl import Workbook
from openpyxl.styles import Alignment

FORMS = {
    "chinese": ("chineseCounting", "%{}、"),
    "bracket": ("chineseCounting", "（%{}）"),
    "arabic": ("decimal", "%{}."),
    "paren": ("decimal", "(%{})"),
}
"""How Word counts, and what it writes around the number of a level."""
STYLES = {"title": "Title", "heading1": "Heading 1", "heading2": "Heading 2", "heading3": "Heading 3"}
ABSTRACT, NUMBERING = 90, 90
"""Ids of the numbering, clear of those of Word's empty document."""


class Region(Struct, frozen=True):
    """A cell with what is merged into it, by the first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def merged(self) -> bool:
        return (self.top, self.left) != (self.bottom, self.right)


def described(path: Path) -> dict[str, Any]:
    """Read a document of the corpus, and what is expected of it."""
    said: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return said


def written(spec: Mapping[str, Any]) -> tuple[str, bytes]:
    """Give the name and the bytes of the file that a document of the corpus describes."""
    match spec["kind"]:
        case "docx":
            data = _docx(spec["document"])
        case "xlsx":
            data = _xlsx(spec["document"])
        case "txt":
            data = str(spec["document"]).encode("utf-8")
        case kind:
            raise ValueError(f"unknown kind of document: {kind}")
    return f"细则.{spec['kind']}", data


def regions(rows: Sequence[Sequence[Any]]) -> dict[Region, Any]:
    """Give the cells of a table, merged ones whole, with what stands in them; raise where a merge is no rectangle."""
    width = len(rows[0])
    owners: dict[tuple[int, int], list[tuple[int, int]]] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for y, row in enumerate(rows):
        if len(row) != width:
            raise ValueError(f"row {y + 1} has {len(row)} cells, not {width}: {row}")
        for x, value in enumerate(row):
            at = owner[y - 1, x] if value == "^" else owner[y, x - 1] if value == "<" else (y, x)
            owner[y, x] = at
            owners.setdefault(at, []).append((y, x))
    return {_region(cells): rows[y][x] for (y, x), cells in owners.items()}


def _region(cells: Sequence[tuple[int, int]]) -> Region:
    tops, lefts = [y for y, _ in cells], [x for _, x in cells]
    region = Region(min(tops), min(lefts), max(tops), max(lefts))
    if (region.bottom - region.top + 1) * (region.right - region.left + 1) != len(cells):
        raise ValueError(f"merged cells are no rectangle: {cells}")
    return region


def _docx(blocks: Sequence[Mapping[str, Any]]) -> bytes:
    paper = Document()
    levels = dict(block["numbered"] for block in blocks if "numbered" in block)
    if levels:
        _define_numbering(paper, levels)
    for block in blocks:
        if "rows" in block:
            _docx_table(paper, block["rows"])
        else:
            paragraph = paper.add_paragraph(str(block["text"]), style=STYLES.get(block.get("style", "")))
            if "numbered" in block:
                _number(paragraph, block["numbered"][0])
    return _saved(paper)


def _docx_table(paper: Any, rows: Sequence[Sequence[Any]]) -> None:
    table = paper.add_table(len(rows), len(rows[0]), style="Table Grid")
    for region, value in regions(rows).items():
        cell = table.cell(region.top, region.left)
        if region.merged:
            cell = cell.merge(table.cell(region.bottom, region.right))
        first, *rest = str(value).split("\n")
        cell.paragraphs[0].text = first
        for line in rest:
            cell.add_paragraph(line)


def _define_numbering(paper: Any, levels: Mapping[int, str]) -> None:
    root = paper.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum", {qn("w:abstractNumId"): str(ABSTRACT)})
    abstract.append(_valued("w:multiLevelType", "multilevel"))
    for level in sorted(levels):
        count, text = FORMS[levels[level]]
        definition = OxmlElement("w:lvl", {qn("w:ilvl"): str(level)})
        definition.append(_valued("w:start", "1"))
        definition.append(_valued("w:numFmt", count))
        definition.append(_valued("w:suff", "nothing"))
        definition.append(_valued("w:lvlText", text.format(level + 1)))
        abstract.append(definition)
    root.insert(0, abstract)  # Word wants what is abstract before what uses it
    numbering = OxmlElement("w:num", {qn("w:numId"): str(NUMBERING)})
    numbering.append(_valued("w:abstractNumId", str(ABSTRACT)))
    root.append(numbering)


def _number(paragraph: Any, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = NUMBERING


def _valued(name: str, value: str) -> Any:
    return OxmlElement(name, {qn("w:val"): value})


def _xlsx(blocks: Sequence[Mapping[str, Any]]) -> bytes:
    book = Workbook()
    sheet = book.create_sheet("考核细则", 0)
    del book["Sheet"]
    row = 1
    for at, block in enumerate(blocks):
        rows = block["rows"] if "rows" in block else [[block["text"], *["<"] * (_width(blocks, at) - 1)]]
        _fill(sheet, row, rows)
        row += len(rows)
    return _saved(book)


def _width(blocks: Sequence[Mapping[str, Any]], at: int) -> int:
    """Count the columns of the next table, or of the last one after all tables."""
    later, earlier = ([block["rows"] for block in part if "rows" in block] for part in (blocks[at:], blocks[:at]))
    return len((later or earlier[-1:] or [[[""]]])[0][0])


def _fill(sheet: Any, offset: int, rows: Sequence[Sequence[Any]]) -> None:
    for region, value in regions(rows).items():
        cell = sheet.cell(offset + region.top, region.left + 1)
        cell.value = None if value == "" else value
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        if region.merged:
            sheet.merge_cells(
                start_row=offset + region.top,
                start_column=region.left + 1,
                end_row=offset + region.bottom,
                end_column=region.right + 1,
            )


def _saved(document: Any) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()
