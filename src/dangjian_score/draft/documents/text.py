"""Text (.txt, .md, pasted from pages) → blocks: page numbers left out, broken lines joined, tables read."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dangjian_score.core import limits
from dangjian_score.draft.documents.blocks import Grid, Paragraph, SourceDocument
from dangjian_score.draft.documents.grids import CellBudget, GridBuilder
from dangjian_score.draft.documents.lines import Line, joined, margin_of, without_page_numbers
from dangjian_score.draft.documents.refusals import DocumentRefusedError

_ENCODINGS: Final = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED: Final = ("utf-8", "gb18030")
_BREAK: Final = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_QUOTED: Final = re.compile(
    r'(?:(?<=\t)"((?:[^"]|""){0,5000})"(?=[\t\n]|\Z)|^"((?:[^"]|""){0,5000})"(?=\t))', re.MULTILINE
)
"""A cell of several lines, as tables are pasted from a spreadsheet."""
_INNER: Final = "\x1f"
"""What stands for a break within a cell until the lines are parted; no text has it itself."""
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Characters without a width, and those that turn the direction of writing."""
_HARD_SPACE: Final = re.compile("[\u00a0\u202f]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PAGE: Final = ("<html", "<!doctype html", "<head", "<meta", "<table", "<body", "<style", "<div", "mime-version:")
_HEAD: Final = 4_000
"""Letters that tell text from markup."""
_HEADING: Final = re.compile(r"#{1,6}(?=\s)")
_BOLD: Final = re.compile(r"(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1")
_RULE: Final = re.compile(r":?-+:?")
"""What stands below the heads of a table of Markdown."""
_PIPE: Final = re.compile(r"(?<!\\)\|")
_LIST_NUMBER: Final = re.compile(r"[(（]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[.．、)）]|[①-⑳•●◆■○\-*·]")
"""What stands before the tab of a line that was pasted from a list."""


def read_text(data: bytes, *, markdown: bool) -> SourceDocument:
    """Read a text. Raises DocumentRefusedError where it is none, is markup, or is too long."""
    text = _decoded(data)
    start = text[:_HEAD].lstrip().lower()
    if start.startswith(_PAGE) or (start.startswith(("<?xml", "<!")) and "<html" in start):
        raise DocumentRefusedError("document html")
    if start.startswith("<?xml"):
        raise DocumentRefusedError("document xml 2003")
    lines = [Line(_clean(line, markdown=markdown), at) for line, at in _lines(text)]
    return SourceDocument(tuple(_blocks(without_page_numbers(lines))))


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield lines with their numbers; one that a cell of several lines is in is one line."""
    number = 1
    for line in _QUOTED.sub(_unquoted, _BREAK.sub("\n", text)).split("\n"):
        yield line, number
        number += 1 + line.count(_INNER)


def _unquoted(cell: re.Match[str]) -> str:
    text = cell[1] or cell[2] or ""
    return text.replace('""', '"').replace("\n", _INNER) if "\n" in text else cell[0]


def _decoded(data: bytes) -> str:
    """Read text in whatever it is written in. Raises DocumentRefusedError."""
    found = next(((mark, encoding) for mark, encoding in _ENCODINGS if data.startswith(mark)), None)
    if found is not None:
        encodings: tuple[str, ...] = (found[1],)
        data = data.removeprefix(found[0])
    elif b"\0" in data:
        encodings = ("utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be",)
    else:
        encodings = _UNMARKED
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        if len(data) > limits.MAX_DRAFT_TEXT:
            raise DocumentRefusedError("document text")
        return text
    raise DocumentRefusedError("document unknown")


def _clean(line: str, *, markdown: bool) -> str:
    """Take out what is not seen, and spaces that keep words together, but between Latin letters or digits."""
    seen = _UNSEEN.sub("", line)
    spaced = _HARD_SPACE.sub(_soft_space, seen)
    return _BOLD.sub(r"\2", spaced) if markdown else spaced


def _soft_space(space: re.Match[str]) -> str:
    start, end = space.span()
    if not 0 < start < end < len(space.string):
        return ""
    around = space.string[start - 1] + space.string[end]
    return " " if around.isascii() and around.isalnum() else ""


def _blocks(lines: Sequence[Line]) -> Iterator[Paragraph | Grid]:
    """Yield the tables, and between them the paragraphs, of a text."""
    parts = [*_parts(lines)]
    margin = margin_of([line.text for text, _ in parts for line in text])
    budget = CellBudget()
    for number, (text, rows) in enumerate(parts, start=1):
        yield from map(_paragraph, filter(lambda line: line.text.strip(), joined(text, margin)))
        yield from _grid(number, rows, budget)


def _parts(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[list[str]]]]:
    """Yield the rows of each table with the lines before it, and at last the lines that are left."""
    text: list[Line] = []
    at = 0
    while at < len(lines):
        rows, size = _run(lines, at, _by_tabs)
        if not rows:
            rows, size = _run(lines, at, _by_strokes)
        end = at + max(1, size)
        if not rows or _is_list(rows):
            text += lines[at:end]
        else:
            yield text, rows
            text = []
        at = end
    yield text, []


def _paragraph(line: Line) -> Paragraph:
    text = line.text.strip().replace(_INNER, "\n")
    marks = _HEADING.match(text)
    title = "" if marks is None else text.strip("#").strip()
    if marks is None or not title:
        return Paragraph(text, "", None, line.number)
    return Paragraph(title, "", marks.end(), line.number)


_BROKEN_CELL: Final = 3
"""Lines over which a cell of a row may go on."""


def _run(lines: Sequence[Line], at: int, split: Callable[[str], list[str]]) -> tuple[list[list[str]], int]:
    """Return the rows that begin at a line, all with as many fields, and how many lines they are; none, where not two.

    Lines without fields go on with the last cell of a row, where another row follows.
    """
    rows: list[list[str]] = []
    position = at
    while position < len(lines):
        fields = split(lines[position].text)
        if len(fields) > 1 and (not rows or len(fields) == len(rows[0])):
            rows.append(fields)
            position += 1
            continue
        if rows and (halves := _halves(lines, position, split, len(rows[0]))):
            rows.append(halves)
            position += 2
            continue
        more = (
            _going_on(lines, position, split, len(rows[0])) if len(rows) > 1 or (rows and len(rows[0]) > _MANY) else 0
        )
        if not more:
            break
        rows[-1][-1] += "\n" + "\n".join(lines[each].text.strip() for each in range(position, position + more))
        position += more
    return (rows, position - at) if len(rows) > 1 else ([], 0)


_MANY: Final = 2


def _halves(lines: Sequence[Line], position: int, split: Callable[[str], list[str]], width: int) -> list[str]:
    """Return the fields of a row that a break within a field parts into two lines; none where the two make no row."""
    if position + 1 >= len(lines):
        return []
    first, second = split(lines[position].text), split(lines[position + 1].text)
    if min(len(first), len(second)) < len(("field", "field")) or len(first) + len(second) != width + 1:
        return []
    return [*first[:-1], f"{first[-1]}\n{second[0]}", *second[1:]]


def _going_on(lines: Sequence[Line], position: int, split: Callable[[str], list[str]], width: int) -> int:
    """Return how many lines without fields stand before the next row as broad as those before; 0 where none follows."""
    for more in range(1, _BROKEN_CELL + 1):
        if position + more >= len(lines) or not lines[position + more - 1].text.strip():
            return 0
        if len(split(lines[position + more - 1].text)) > 1:
            return 0
        if len(split(lines[position + more].text)) == width:
            return more
    return 0


def _is_list(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether these are no rows, but items that a tab parts from their numbers."""
    return all(len(row) == len(("number", "item")) and _LIST_NUMBER.fullmatch(row[0]) for row in rows)


def _by_tabs(line: str) -> list[str]:
    return [field.strip().replace(_INNER, "\n") for field in line.split("\t")] if line.strip() else []


def _by_strokes(line: str) -> list[str]:
    text = line.strip()
    inner = text.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [field.strip().replace("\\|", "|").replace("<br>", "\n") for field in _PIPE.split(inner)]


def _grid(number: int, rows: Sequence[Sequence[str]], budget: CellBudget) -> Iterator[Grid]:
    builder = GridBuilder(budget)
    for row in rows:
        if not all(map(_RULE.fullmatch, row)):
            builder.begin_row()
            for field in row:
                builder.put(field, 1)
    grid = builder.grid(number)
    if grid is not None:
        yield grid
