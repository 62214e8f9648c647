"""What every kind of document is read into: paragraphs and grids of cells, in their order."""

from msgspec import Struct


class Paragraph(Struct, frozen=True):
    """A paragraph as written, without the number that Word made; breaks and tabs inside are line feeds and tabs.

    `number` is the number Word made, as it prints (`一、`, `（二）`, `3.`), "" without. `heading` is 0 for a title, 1
    and more for headings, None for text. `line` counts paragraphs of a document outside tables, or lines of a text,
    from 1, empty ones as well; texts in a box have the line of the paragraph that the box belongs to.
    """

    text: str
    number: str
    heading: int | None
    line: int


class GridCell(Struct, frozen=True):
    """A cell: its paragraphs joined by line feeds, each behind the number that Word made for it.

    `row` and `column` are those of its top left corner, from 1, in a workbook those of the sheet; `rows` and `columns`
    say how far it is merged, within the grid.
    """

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


class Grid(Struct, frozen=True):
    """A table of a document, or a sheet: all rows are equally long, a merged cell stands at every position it covers.

    `number` counts the tables of a document or the sheets of a workbook, from 1; `name` is the title of a sheet.
    """

    number: int
    name: str
    rows: tuple[tuple[GridCell, ...], ...]


class SourceDocument(Struct, frozen=True):
    """A document that was read; it has at least one block."""

    blocks: tuple[Paragraph | Grid, ...]
