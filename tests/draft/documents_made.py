"""Documents to read: parts of .docx written by hand, workbooks, and what is expected of them written short."""

from collections.abc import Sequence

from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.draft.documents.blocks import Grid, GridCell, Paragraph, SourceDocument
from dangjian_score.draft.documents.read import read_document
from tests.hostile_papers import DOCUMENT, STYLES, W, packed, plain

NUMBERING = "word/numbering.xml"
OTHER_NAMES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def docx(content: str, *, numbering: str | None = None, styles: str | None = None) -> bytes:
    """Make a document of this content, with lists and styles that are given as XML."""
    parts = plain()
    parts[DOCUMENT] = f"<w:document {W} {OTHER_NAMES}><w:body>{content}<w:sectPr/></w:body></w:document>".encode()
    if styles is not None:
        parts[STYLES] = f"<w:styles {W}>{styles}</w:styles>".encode()
    if numbering is not None:
        parts[NUMBERING] = f"<w:numbering {W}>{numbering}</w:numbering>".encode()
    return packed(parts)


def p(text: str = "", properties: str = "") -> str:
    """Write a paragraph of one run."""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def in_list(text: str, list_: int | str, level: int = 0) -> str:
    """Write a paragraph of a list."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_}"/></w:numPr>')


def level(at: int, text: str, form: str = "decimal", more: str = "", start: int | str = 1) -> str:
    """Write a level of a list."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def definition(id_: int, *levels: str) -> str:
    """Write the definition of a list."""
    return f'<w:abstractNum w:abstractNumId="{id_}">{"".join(levels)}</w:abstractNum>'


def use(id_: int, definition_: int, more: str = "") -> str:
    """Write a list as paragraphs name it."""
    return f'<w:num w:numId="{id_}"><w:abstractNumId w:val="{definition_}"/>{more}</w:num>'


def style(id_: str, name: str, more: str = "", based_on: str = "") -> str:
    """Write a style of paragraphs."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/>{base}{more}</w:style>'


def table(*rows: str) -> str:
    """Write a table."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    """Write a row."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tc(*content: str, properties: str = "") -> str:
    """Write a cell of paragraphs, or of what is written already."""
    inner = "".join(text if text.startswith("<") else p(text) for text in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def blocks(data: bytes, name: str = "细则.docx") -> tuple[Paragraph | Grid, ...]:
    """Read a document that can be read."""
    found = read_document(name, data)
    assert isinstance(found, SourceDocument), found
    return found.blocks


def texts(data: bytes, name: str = "细则.docx") -> list[str]:
    """Read the paragraphs of a document, each behind its number."""
    return [f"{block.number}{block.text}" for block in blocks(data, name) if isinstance(block, Paragraph)]


def grid(data: bytes, name: str = "细则.docx") -> Grid:
    """Read the only table of a document."""
    (found,) = (block for block in blocks(data, name) if isinstance(block, Grid))
    return found


def shown(found: Grid) -> list[list[str]]:
    """Show what stands at each position of a grid."""
    return [[cell.text for cell in row] for row in found.rows]


def areas(found: Grid) -> set[tuple[str, int, int, int, int]]:
    """Show the cells of a grid: text, row, column, rows, columns."""
    return {(cell.text, cell.row, cell.column, cell.rows, cell.columns) for row in found.rows for cell in row}


def covered_soundly(rows: Sequence[Sequence[GridCell]], top: int = 1, left: int = 1) -> bool:
    """Tell whether rows are equally long, and each cell stands exactly where it says that it does."""
    at: dict[tuple[int, int], GridCell] = {
        (row, column): cell for row, cells in enumerate(rows, top) for column, cell in enumerate(cells, left)
    }
    inside = all(
        cell.row <= row < cell.row + cell.rows and cell.column <= column < cell.column + cell.columns
        for (row, column), cell in at.items()
    )
    return (
        inside
        and len({len(row) for row in rows}) == 1
        and all(at[cell.row, cell.column] is cell for cell in at.values())
    )


def refused(data: bytes, name: str = "细则.docx") -> str:
    """Tell why a document is not read."""
    found = read_document(name, data)
    assert isinstance(found, Diagnostic), name
    assert (found.code, found.place.file) == (Code.DOCUMENT_UNUSABLE, name)
    return dict(found.args)["reason"]
