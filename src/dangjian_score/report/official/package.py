"""An office's own document (.docx) as a package of parts: whether it may be opened, and the parts that hold text.

Whatever is wrong with a document is found here, part by part and within limits, before anything is done with it. What
is let through can be parsed, edited and written back, and has nothing in it that acts or fetches when it is opened.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import join, normpath
from typing import Final, Literal, TypeAlias
from xml.parsers.expat import ExpatError, ParserCreate

from docx.opc.constants import CONTENT_TYPE, NAMESPACE, RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree
from msgspec import Struct

from dangjian_score.core import limits
from dangjian_score.core.archives import unpack

Refusal = Literal[
    "paper empty", "paper other", "paper doc", "paper locked", "paper damaged", "paper large", "paper unpacked",
    "paper xml", "paper nodes", "paper deep", "paper macros", "paper dotx", "paper strict", "paper entities",
    "paper encoding", "paper part", "paper part missing", "paper number", "paper fetched", "paper slots",
    "paper place", "paper many",
]  # fmt: skip
"""Why a file is no paper to write into; `words` has a sentence and a way out for each."""

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for it

_OLE: Final = b"\xd0\xcf\x11\xe0"
_TYPES: Final = "[Content_Types].xml"
_ROOT: Final = "_rels/.rels"
_OFFICE: Final = RELATIONSHIP_TYPE.OFFICE_DOCUMENT.removesuffix("officeDocument")
"""How types of relations begin; those of the strict kind of documents begin otherwise."""
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_WORD: Final = CONTENT_TYPE.WML_DOCUMENT_MAIN.removesuffix("document.main+xml")
"""How content types of parts begin that are Word's own."""
_TEXTS: Final = ("header", "footer", "footnotes", "endnotes", "comments")
"""Kinds of relations to parts with texts of their own."""
_ROOTS: Final[Mapping[str, str]] = {
    "styles": qn("w:styles"), "header": qn("w:hdr"), "footer": qn("w:ftr"), "footnotes": qn("w:footnotes"),
    "endnotes": qn("w:endnotes"), "comments": qn("w:comments"),
}  # fmt: skip
"""What such parts begin with."""
_ACTIVE_NAMES: Final = ("macroenabled", "vbaproject", "vbadata", "activex")
"""What content types say, and names of parts may say, of what acts in a document."""
_ACTIVE: Final = ("vbaproject", "wordvbadata", "control", "activexcontrolbinary", "attachedtoolbars")
"""Kinds of relations to it."""
_WHOLE_FILE: Final = "afchunk"
"""The kind of a relation to a file of any kind that is read in when the document is opened."""
_ENCODINGS: Final = ("utf-8", "utf-16")
"""Those that parts may have (ECMA-376, part 2); in both `<` and `=` are these bytes."""
_PARSER: Final = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, collect_ids=False, remove_comments=True, remove_pis=True
)
_is_deep: Final = etree.XPath(f"boolean({'/*' * (limits.MAX_XML_DEPTH + 1)})")


class UnusableError(Exception):
    """Stops looking a document over; whoever opens it makes a finding of it.

    `part` is the part that is to blame, `found` what was found in it.
    """

    def __init__(self, reason: Refusal, part: str = "", found: str = "") -> None:
        super().__init__(reason, part, found)
        self.reason: Refusal = reason
        self.part = part
        self.found = found


class PaperPackage(Struct, frozen=True):
    """The parts of a document by name; which is the document itself, which its styles, and which have texts of people.

    Texts are in the document, and in headers, footers, notes and comments.
    """

    parts: Mapping[str, bytes]
    document: str
    styles: str
    texts: tuple[str, ...]


class _Relation(Struct, frozen=True):
    """A relation of a part: `target` is the name of a part or, of an external one, any address."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of its type."""
        return self.type.rpartition("/")[2]


def opened(data: bytes) -> tuple[PaperPackage, Mapping[str, Element]]:
    """Look a document over; give its XML by the names of the parts as well. Raises UnusableError."""
    parts = _unpacked(data)
    types = _content_types(parts)
    xml = [name for name in parts if _is_xml(name, types[name])]
    _measure(parts, xml)
    roots = {name: parsed(parts, name) for name in xml}
    relations = {name: _relations(roots[name], name, types) for name in roots if name.lower().endswith(".rels")}
    document = _document(relations.get(_ROOT, ()), types)
    own = relations.get(_relations_of(document), ())
    kinds = {relation.target: relation.kind for relation in own if relation.type == _OFFICE + relation.kind}
    styles = next((name for name, kind in kinds.items() if kind == "styles"), None)
    if styles is None:
        raise UnusableError("paper part missing", str(PurePosixPath(document).with_name("styles.xml")))
    others = tuple(name for name, kind in kinds.items() if kind in _TEXTS)
    for name in (styles, *others):
        if types[name] != f"{_WORD}{kinds[name]}+xml" or roots[name].tag != _ROOTS[kinds[name]]:
            raise UnusableError("paper part", name)
    _check_document(roots[document], document, {relation.id: kinds.get(relation.target, "") for relation in own})
    return PaperPackage(parts, document, styles, (document, *others)), roots


def _unpacked(data: bytes) -> dict[str, bytes]:
    if not data:
        raise UnusableError("paper empty")
    if len(data) > limits.MAX_PAPER:
        raise UnusableError("paper large")
    if data.startswith(_OLE):
        raise UnusableError("paper locked" if "EncryptedPackage".encode("utf-16-le") in data else "paper doc")
    if not data.startswith(b"PK"):
        raise UnusableError("paper other")
    match unpack(data, limits.MAX_PAPER_UNPACKED, limits.MAX_PAPER_PARTS):
        case dict(parts):
            return {name: content for name, content in parts.items() if not name.endswith("/")}
        case "encrypted":
            raise UnusableError("paper locked")
        case "bomb" | "too large" | "too many parts":
            raise UnusableError("paper unpacked")
        case "part outside" | "part twice" | "damaged" | "truncated":
            raise UnusableError("paper damaged")


def _content_types(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Give the content type of every part; empty where it has none."""
    if _TYPES not in parts:
        raise UnusableError("paper other")
    _measure(parts, (_TYPES,))
    entries = _entries(parsed(parts, _TYPES), _TYPES, NAMESPACE.OPC_CONTENT_TYPES, "Types")
    by_suffix = [_values(entry, _TYPES, "Extension", "ContentType") for entry in entries("Default")]
    by_name = [_values(entry, _TYPES, "PartName", "ContentType") for entry in entries("Override")]
    said = (*parts, *(type_ for _, type_ in (*by_suffix, *by_name)))
    if any(word in text.lower() for text in said for word in _ACTIVE_NAMES):
        raise UnusableError("paper macros", _TYPES)
    defaults = {suffix.lower(): type_ for suffix, type_ in by_suffix}
    own = {name.lower(): type_ for name, type_ in by_name}
    return {
        name: own.get(f"/{name.lower()}") or defaults.get(PurePosixPath(name).suffix[1:].lower(), "") for name in parts
    }


def _is_xml(name: str, type_: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml")) or type_.endswith(("+xml", "/xml"))


def _measure(parts: Mapping[str, bytes], names: Iterable[str]) -> None:
    """Bound what parsing costs, in memory as well, by counting bytes; the largest part is to blame."""
    sizes = {name: len(parts[name]) for name in names}
    nodes = {name: parts[name].count(b"<") + parts[name].count(b"=") for name in sizes}
    counted: tuple[tuple[Refusal, dict[str, int], int], ...] = (
        ("paper xml", sizes, limits.MAX_PAPER_XML),
        ("paper nodes", nodes, limits.MAX_PAPER_NODES),
    )
    for reason, counts, most in counted:
        if sum(counts.values()) > most:
            raise UnusableError(reason, max(counts, key=lambda name: counts[name]))


def parsed(parts: Mapping[str, bytes], name: str) -> Element:
    """Parse a part. Raises UnusableError, but not for a part of a package."""
    _check_prolog(parts[name], name)
    try:
        root = etree.fromstring(parts[name], _PARSER)
    except etree.XMLSyntaxError as error:
        too_deep = error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT
        raise UnusableError("paper deep" if too_deep else "paper part", name) from error
    if _is_deep(root):
        raise UnusableError("paper deep", name)
    return root


class _RootReached(Exception):  # noqa: N818  no error
    """Ends the reading of a prolog."""


def _check_prolog(data: bytes, name: str) -> None:
    """Refuse other encodings, and a DTD before any element is read: it may give each of them a thousand attributes."""

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise UnusableError("paper encoding", name)

    def doctype(*_: object) -> None:
        raise UnusableError("paper entities", name)

    def root(*_: object) -> None:
        raise _RootReached

    parser = ParserCreate()
    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, doctype, root
    try:
        parser.Parse(data, True)
    except _RootReached:
        pass
    except ExpatError as error:
        raise UnusableError("paper part", name) from error


def _entries(root: Element, name: str, namespace: str, tag: str) -> Callable[[str], Iterator[Element]]:
    """Open a list that the package itself has; give its entries by their tag."""
    if root.tag != f"{{{namespace}}}{tag}":
        raise UnusableError("paper part", name)
    return lambda entry: root.iterchildren(f"{{{namespace}}}{entry}")


def _values(entry: Element, part: str, *keys: str) -> tuple[str, ...]:
    """Read attributes that an entry must have."""
    values = tuple(entry.get(key) for key in keys)
    if not all(values):
        raise UnusableError("paper part", part)
    return values


def _relations(root: Element, name: str, types: Mapping[str, str]) -> tuple[_Relation, ...]:
    """Read the relations of one part: each has an id of its own, leads to a part that is there, and harms nobody."""
    entries = _entries(root, name, NAMESPACE.OPC_RELATIONSHIPS, "Relationships")
    folder = join("/", str(PurePosixPath(name).parent.parent))
    found = tuple(_relation(entry, name, folder) for entry in entries("Relationship"))
    if len({relation.id for relation in found}) < len(found):
        raise UnusableError("paper part", name)
    for relation in found:
        kind = relation.kind.lower()
        if kind in _ACTIVE:
            raise UnusableError("paper macros", name)
        if kind == _WHOLE_FILE or (relation.external and kind != "hyperlink"):
            raise UnusableError("paper fetched", name, relation.target)
        if not relation.external and not types.get(relation.target):
            raise UnusableError("paper part" if relation.target in types else "paper part missing", relation.target)
    return found


def _relation(entry: Element, part: str, folder: str) -> _Relation:
    """Read a relation; targets within the package are given from the folder of the part whose relations these are."""
    id_, type_, target = _values(entry, part, "Id", "Type", "Target")
    match entry.get("TargetMode", "Internal"):
        case "External":
            return _Relation(id_, type_, target, external=True)
        case "Internal":
            return _Relation(id_, type_, normpath(join(folder, target))[1:], external=False)
        case _:
            raise UnusableError("paper part", part)


def _relations_of(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def _document(relations: tuple[_Relation, ...], types: Mapping[str, str]) -> str:
    """Find the part that is the document itself."""
    found = [relation for relation in relations if relation.kind == "officeDocument"]
    if any(relation.type.startswith(_STRICT) for relation in found):
        raise UnusableError("paper strict")
    if len(found) > 1:
        raise UnusableError("paper part", _ROOT)
    type_ = types[found[0].target] if found else ""
    if type_ == f"{_WORD}template.main+xml":
        raise UnusableError("paper dotx")
    if type_ != CONTENT_TYPE.WML_DOCUMENT_MAIN or found[0].type != RELATIONSHIP_TYPE.OFFICE_DOCUMENT:
        raise UnusableError("paper other")
    return found[0].target


def _check_document(root: Element, name: str, kinds: Mapping[str, str]) -> None:
    """Ask for a text, whose headers and footers are what they are said to be."""
    if root.tag != qn("w:document") or root.find(qn("w:body")) is None:
        raise UnusableError("paper part", name)
    for kind in ("header", "footer"):
        for reference in root.iter(qn(f"w:{kind}Reference")):
            if kinds.get(reference.get(qn("r:id"))) != kind:
                raise UnusableError("paper part", name)
