"""The archive that a workbook is: looked over before anything is unpacked, then walked along known elements."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Final, Literal, Protocol
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType
from zipfile import BadZipFile, ZipInfo

from msgspec import Struct, field

from dangjian_score.core import limits
from dangjian_score.core.archives import opened

RefusalReason = Literal[
    "bomb", "cell twice", "damaged", "empty file", "encrypted", "entities", "et", "html", "long cell",
    "named otherwise",
    "no sheet", "not a workbook", "ods", "part missing", "part outside", "part twice", "pdf", "plain text", "slides",
    "string missing", "too large", "too many parts", "truncated", "unknown kind", "word", "xls", "xlsb", "xml 2003",
]  # fmt: skip


class UnreadableError(Exception):
    """Stops reading from within a parser's callbacks; nobody outside this room meets it.

    `part` is what is missing; `spot` the row and column, counted from 1, of the cell that is to blame; whoever knows
    the sheet names it.
    """

    def __init__(self, reason: RefusalReason, *, part: str = "", spot: tuple[int, int] | None = None) -> None:
        super().__init__(reason)
        self.reason: RefusalReason = reason
        self.part = part
        self.spot = spot
        self.sheet: str | None = None


SEPARATOR: Final = " "
"""What stands between a namespace and a name."""

WORKBOOK: Final = "xl/workbook.xml"
"""Where nearly every program puts the list of sheets."""

_TYPES: Final = "[Content_Types].xml"
_CHUNK: Final = 1 << 16
_OTHERS: Final[tuple[tuple[str, RefusalReason], ...]] = (
    ("word/", "word"),
    ("ppt/", "slides"),
    ("xl/workbook.bin", "xlsb"),
    ("content.xml", "ods"),
)
"""How parts of other kinds of documents begin."""


class Texts(list[str]):
    """The pieces of the text that is being read."""

    __slots__ = ()

    def whole(self) -> str:
        """Join them. Raises UnreadableError where that is too long for a cell."""
        return for_cell(self[0] if len(self) == 1 else "".join(self))


def for_cell(text: str) -> str:
    """Return a text that a cell can hold. Raises UnreadableError where it is longer."""
    if len(text) > limits.MAX_CELL_TEXT:
        raise UnreadableError("long cell")
    return text


class Cutter(Protocol):
    """Reads some of a part itself."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Give what of a chunk the parser has to read, piece by piece; an empty chunk is the end."""


class Package:
    """The parts of one workbook by name, in lower case; what is read of them is counted against the limits."""

    def __init__(self, data: bytes) -> None:
        """Look the archive over. Raises UnreadableError."""
        archive = opened(data, limits.MAX_BOOK_UNPACKED, limits.MAX_PARTS)
        if isinstance(archive, str):
            raise UnreadableError(archive)
        self._archive, self._parts = archive, _looked_over(archive.infolist())
        self._bytes = self._markup = self._values = self._rows = 0

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return name.lower() in self._parts

    def parse(self, name: str, prepare: Callable[[XMLParserType, Texts], Cutter | None]) -> None:
        """Run a part through a parser whose callbacks `prepare` sets, with a place for its texts.

        Raises UnreadableError, whatever is wrong with the part.
        """
        part = self._parts.get(name.lower())
        if part is None:
            raise UnreadableError("part missing", part=name)
        if self._bytes + part.file_size > limits.MAX_BOOK_XML:
            raise UnreadableError("too large")
        parser = ParserCreate(None, SEPARATOR)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _entities
        texts = Texts()
        cutter = prepare(parser, texts)
        try:
            self._weigh(part)
            self._feed(part, parser, texts, cutter)
        except (ExpatError, BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError) as error:
            raise UnreadableError("damaged") from error

    def hold(self, values: int, rows: int = 0) -> None:
        """Count values that are kept. Raises UnreadableError where there are too many."""
        self._values += values
        self._rows += rows
        if self._values > limits.MAX_BOOK_VALUES or self._rows > limits.MAX_BOOK_ROWS:
            raise UnreadableError("too large")

    def _weigh(self, part: ZipInfo) -> None:
        """Unpack once without a parser: what is too large is told from its marks in a tenth of the time."""
        values = self._values
        with self._archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self._bytes += len(chunk)
                self._markup += 2 * (chunk.count(b"<") + chunk.count(b"/>")) + chunk.count(b"=")
                values += chunk.count(b"<v>") + chunk.count(b"<is>") + chunk.count(b"<si>")
                if (
                    self._markup > limits.MAX_BOOK_MARKUP + limits.MARKUP_PER_VALUE * values
                    or values > limits.MAX_BOOK_VALUES
                ):
                    raise UnreadableError("too large")

    def _feed(self, part: ZipInfo, parser: XMLParserType, texts: Texts, cutter: Cutter | None) -> None:
        fed = 0
        for chunk in self._chunks(part):
            for piece in (chunk,) if cutter is None else cutter.pieces(chunk):
                fed += len(piece)
                parser.Parse(piece, False)
                if fed - parser.CurrentByteIndex > limits.MAX_XML_TAG or len(texts) > limits.MAX_TEXT_PIECES:
                    raise UnreadableError("too large")
        parser.Parse(b"", True)

    def _chunks(self, part: ZipInfo) -> Iterator[bytes]:
        """Unpack a part bit by bit, up to an empty one."""
        with self._archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
            yield b""


def _looked_over(parts: list[ZipInfo]) -> dict[str, ZipInfo]:
    """Name the parts, or say that they are none of a workbook."""
    named = {part.orig_filename.lower(): part for part in parts}
    if WORKBOOK not in named:
        for start, reason in _OTHERS:
            if any(name.startswith(start) for name in named):
                raise UnreadableError(reason)
    if _TYPES.lower() not in named:
        raise UnreadableError("part missing", part=_TYPES) if WORKBOOK in named else UnreadableError("not a workbook")
    return named


def _entities(*_: object) -> None:
    raise UnreadableError("entities")


MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # strict OOXML means the same by other names
)
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
REFERENCES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_TRUE: Final = ("1", "true", "on")

PROPERTIES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
    "http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
    "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    "http://purl.oclc.org/ooxml/officeDocument/customProperties",
)
_KNOWN: Final = frozenset([*MAIN, PACKAGE, *PROPERTIES])

XmlAttributes = Mapping[str, str]


class ElementRule(Struct, frozen=True):
    """What to do at the start of an element, with its text at its end, and which elements are known below it."""

    start: Callable[[XmlAttributes], None] | None = None
    text: Callable[[str], None] | None = None
    end: Callable[[], None] | None = None
    below: Mapping[str, "ElementRule"] = field(default_factory=dict)


def walk(parser: XMLParserType, texts: Texts, root: Mapping[str, ElementRule]) -> None:
    """Set a parser's callbacks to go along the known elements."""
    path = [ElementRule(below=root)]

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(SEPARATOR)
        element = path[-1].below.get(local) if space in _KNOWN else None
        if element is None:
            if len(path) == 1:
                raise UnreadableError("damaged")
            pass_over(parser)
            return
        path.append(element)
        if element.text is not None:
            texts.clear()
            parser.CharacterDataHandler = texts.append
        if element.start is not None:
            element.start(attributes)

    def end(_: str) -> None:
        element = path.pop()
        if element.text is not None:
            parser.CharacterDataHandler = None
            element.text(texts.whole())
        if element.end is not None:
            element.end()

    parser.StartElementHandler = start
    parser.EndElementHandler = end


def flag(value: str | None) -> bool:
    """Read an attribute that is true or false."""
    return value in _TRUE


def bounded(listed: Sized, most: int) -> None:
    """Refuse a part that lists more of something than any workbook needs."""
    if len(listed) > most:
        raise UnreadableError("too large")


def pass_over(parser: XMLParserType, below: Callable[[str, XmlAttributes], None] | None = None) -> None:
    """Ignore the element that has just begun and all below it, for each of which `below` is called; then go on."""
    before = (parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler)
    depth = 1

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.MAX_XML_DEPTH:
            raise UnreadableError("damaged")
        if below is not None:
            below(name.rpartition(SEPARATOR)[2], attributes)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth:
            parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = before

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, None
