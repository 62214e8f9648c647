"""Walks through XML along the elements that are known; what is unknown is passed over with all below it."""

from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers.expat import XMLParserType

from msgspec import Struct, field

from dangjian_score.evidence.archive import SEPARATOR, Texts
from dangjian_score.evidence.refusals import UnreadableError

MAIN: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # strict OOXML means the same by other names
)
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
REFERENCES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
DEEPEST: Final = 200
"""Levels of elements below one that is passed over."""
_TRUE: Final = ("1", "true", "on")

PROPERTIES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
    "http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
    "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    "http://purl.oclc.org/ooxml/officeDocument/customProperties",
)
_KNOWN: Final = frozenset([*MAIN, PACKAGE, *PROPERTIES])

Attributes = Mapping[str, str]


class ElementRule(Struct, frozen=True):
    """What to do at the start of an element, with its text at its end, and which elements are known below it."""

    start: Callable[[Attributes], None] | None = None
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


def flag(said: str | None) -> bool:
    """Read an attribute that is true or false."""
    return said in _TRUE


def pass_over(parser: XMLParserType, heard: Callable[[str, Attributes], None] | None = None) -> None:
    """Ignore the element that has just begun, and all below it, which `heard` is told of; then go on as before."""
    before = (parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler)
    depth = 1

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise UnreadableError("damaged")
        if heard is not None:
            heard(name.rpartition(SEPARATOR)[2], attributes)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth:
            parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = before

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, None
