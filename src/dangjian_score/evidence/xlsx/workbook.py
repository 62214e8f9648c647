"""Workbooks (.xlsx, .xlsm) → sheets of raw cells, in one pass over the XML, within limits."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import PurePath
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import Cell
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Sheet, SheetRow, written
from dangjian_score.evidence.xlsx.archive import (
    REFERENCES,
    SEPARATOR,
    WORKBOOK,
    ElementRule,
    Package,
    RefusalReason,
    UnreadableError,
    XmlAttributes,
    bounded,
    flag,
    walk,
)
from dangjian_score.evidence.xlsx.formats import CellStyle, styles
from dangjian_score.evidence.xlsx.rows import Cells
from dangjian_score.evidence.xlsx.values import WorkbookCommons, strings
from dangjian_score.evidence.xlsx.worksheet import worksheet


class Relation(Struct, frozen=True):
    """A part that another one names: what it is to it, and its name; None where it lies outside."""

    kind: str
    target: str | None


class ListedSheet(Struct, frozen=True):
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    reference: str


class Contents(Struct, frozen=True):
    """The workbook's own part; `calculation` is what it says of when formulas were computed."""

    sheets: tuple[ListedSheet, ...]
    from_1904: bool
    calculation: XmlAttributes


def relations(package: Package, part: str) -> dict[str, Relation]:
    """Read what a part names, by id; nothing where it names nothing. "" is the package as a whole."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, Relation] = {}

    def relation(attributes: XmlAttributes) -> None:
        outside = attributes.get("TargetMode") == "External" or "Target" not in attributes
        target = None if outside else posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
        found[attributes.get("Id", "")] = Relation(attributes.get("Type", "").rpartition("/")[2], target)
        bounded(found, limits.MAX_BOOK_LISTED)

    if source in package:
        root = {"Relationships": ElementRule(below={"Relationship": ElementRule(relation)})}
        package.parse(source, partial(walk, root=root))
    return found


def contents(package: Package, part: str) -> Contents:
    """Read the list of sheets, from when days are counted, and when formulas were computed."""
    sheets: list[ListedSheet] = []
    first: list[bool] = []
    calculation: dict[str, str] = {}

    def sheet(attributes: XmlAttributes) -> None:
        references = (attributes.get(f"{space}{SEPARATOR}id", "") for space in REFERENCES)
        hidden = attributes.get("state", "visible") != "visible"
        sheets.append(ListedSheet(attributes.get("name", ""), hidden, next(filter(None, references), "")))
        bounded(sheets, limits.MAX_SHEETS)

    below = {
        "workbookPr": ElementRule(lambda attributes: first.append(flag(attributes.get("date1904")))),
        "sheets": ElementRule(below={"sheet": ElementRule(sheet)}),
        "calcPr": ElementRule(calculation.update),
    }
    package.parse(part, partial(walk, root={"workbook": ElementRule(below=below)}))
    return Contents(tuple(sheets), any(first), calculation)


_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HEAD: Final = 4_000
"""Bytes that tell text from markup."""
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"

_STARTS: Final[tuple[tuple[bytes, RefusalReason], ...]] = (
    (b"%PDF", "pdf"),
    (b"Rar!", "not a workbook"),
    (b"7z\xbc\xaf\x27\x1c", "not a workbook"),
    (b"\x1f\x8b", "not a workbook"),
    (b"PK\x05\x06", "not a workbook"),  # an archive without parts
    (b"\x09\x08", "xls"),  # before 1997 .xls was no container: BIFF 5, 4, 3, 2
    (b"\x09\x04", "xls"),
    (b"\x09\x02", "xls"),
    (b"\x09\x00\x04", "xls"),
)
_PAGES: Final = ("<html", "<!doctype html", "<head", "<meta", "<table", "<body", "<style", "<div", "mime-version:")


def refusal(data: bytes, suffix: str) -> RefusalReason | None:
    """Tell why these bytes are no workbook; None where they may be one, being an archive."""
    if not data.strip(b"\0 \t\r\n"):
        return "empty file"
    if data.startswith(_OLE):
        return _container(data, suffix)
    if data.startswith(_ZIP):
        return None
    return next((reason for start, reason in _STARTS if data.startswith(start)), None) or _text(data)


def _container(data: bytes, suffix: str) -> RefusalReason:
    """Tell what an OLE2 container holds by the names of its streams."""
    streams: tuple[tuple[str, RefusalReason], ...] = (
        ("EncryptedPackage", "encrypted"),
        ("WordDocument", "word"),
        ("PowerPoint Document", "slides"),
    )
    held = next((reason for name, reason in streams if name.encode("utf-16-le") in data), None)
    return held or ("et" if suffix in (".et", ".ett") else "xls")


def _text(data: bytes) -> RefusalReason:
    head = _decoded(data[:_HEAD])
    if head is None:
        return "unknown kind"
    start = head.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<?xml") and ("office:spreadsheet" in start or "excel.sheet" in start):
        return "xml 2003"
    if start.startswith(_PAGES) or (start.startswith(("<?xml", "<!--", "<!")) and "<html" in start):
        return "html"
    return "plain text"


def _decoded(head: bytes) -> str | None:
    """Read as text what is text; a letter that is cut off at the end does no harm."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if _CONTROL.search(head):
        return None
    return head.decode("utf-8", "replace")


Computed = Literal["yes", "no", "unknown"]
"""Whether results that are stored with formulas can be believed."""

_CALCULATING: Final = re.compile(
    r"wps|kingsoft|libreoffice|openoffice|collabora|onlyoffice|numbers|google|yozo|永中|gnumeric", re.IGNORECASE
)
"""Programs with sheets that people see."""
_LIBRARIES: Final = re.compile(
    r"apache poi|npoi|excelize|sheetjs|openpyxl|xlsxwriter|exceljs|epplus|closedxml|phpspreadsheet|phpexcel|aspose"
    r"|spire|syncfusion|gembox|devexpress|jxls|docx4j|xlnt|libxl|kaku",
    re.IGNORECASE,
)
_EXCEL: Final = re.compile(r"microsoft (?:macintosh )?excel.*", re.IGNORECASE)
_VERSION: Final = re.compile(r"[0-9]{2}\.[0-9]{4}")
"""How Excel writes its version: `16.0300`. A library's own version stands there as `3.1`."""
_COPIED: Final = "12.0000"
"""The version of Excel 2007 that libraries write as theirs; it proves nothing."""
_MARK_OF_WPS: Final = "KSOProductBuildVer"


def computed(package: Package, related: Iterable[Relation], calculation: XmlAttributes) -> Computed:
    """Tell from the workbook's own part (`calcPr`) and its properties whether its formulas were computed.

    Libraries that only write formulas ask for it on opening; calculating by hand may have been left unfinished.
    """
    unfinished = calculation.get("calcCompleted") in _FALSE and (
        calculation.get("calcMode") == "manual" or calculation.get("calcOnSave") in _FALSE
    )
    if flag(calculation.get("fullCalcOnLoad")) or unfinished:
        return "no"
    application, version, build = _properties(package, related)
    if _LIBRARIES.search(application) or (
        _EXCEL.fullmatch(application) and version and not _VERSION.fullmatch(version)
    ):
        return "no"
    excel = _EXCEL.fullmatch(application) and version and version != _COPIED
    return "yes" if excel or build or _CALCULATING.search(application) else "unknown"


_FALSE: Final = ("0", "false", "off")


def _properties(package: Package, related: Iterable[Relation]) -> tuple[str, str, str]:
    """Read which program wrote a workbook: its name, its version, and the build of WPS; empty where nothing is said."""
    values: dict[str, list[str]] = {"Application": [], "AppVersion": []}
    builds: list[str] = []

    def property_(attributes: XmlAttributes) -> None:
        builds.extend([_MARK_OF_WPS] if attributes.get("name") == _MARK_OF_WPS else [])

    application = {name: ElementRule(text=found.append) for name, found in values.items()}
    roots = {
        "extended-properties": ElementRule(below=application),
        "extendedProperties": ElementRule(below=application),
        "custom-properties": ElementRule(below={"property": ElementRule(property_)}),
        "customProperties": ElementRule(below={"property": ElementRule(property_)}),
    }
    for relation in related:
        if relation.kind in roots and relation.target is not None and relation.target in package:
            _parse(package, relation.target, roots[relation.kind])
    name, version = ("".join(found).strip() for found in values.values())
    return name, version, "".join(builds)


def _parse(package: Package, part: str, root: ElementRule) -> None:
    """Read properties; a workbook whose properties are damaged is still one."""
    try:
        package.parse(part, partial(walk, root={"Properties": root}))
    except UnreadableError as refused:
        if refused.reason != "damaged":
            raise


def believed(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Take nothing from formulas that all came to 0: most likely a library wrote that in place of their results."""
    results = [raw for sheet in sheets for row in sheet.rows.values() for raw in row.values() if raw.formula]
    if any(raw.content not in (0, False) and not _is_uncomputed(raw) for raw in results):
        return sheets
    return tuple(replace(sheet, rows={at: _uncomputed(row) for at, row in sheet.rows.items()}) for sheet in sheets)


def _is_uncomputed(raw: RawCell) -> bool:
    return isinstance(raw.content, BrokenCell) and raw.content.why == "formula"


def _uncomputed(row: SheetRow) -> SheetRow:
    """Take their results away from the formulas of a row."""
    doubted = {at: raw for at, raw in row.items() if raw.formula and not _is_uncomputed(raw)}
    without = {at: replace(raw, content=BrokenCell("formula", written(raw))) for at, raw in doubted.items()}
    return {**row, **without} if doubted else row


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read all worksheets of a workbook, hidden ones too; a finding where the file cannot be read."""
    try:
        if reason := refusal(data, PurePath(file).suffix.lower()):
            raise UnreadableError(reason)
        return _sheets(Package(data), file)
    except UnreadableError as refused:
        args = {"reason": refused.reason, **({"part": refused.part} if refused.part else {})}
        if refused.spot:
            return at_cell(Code.FILE_UNUSABLE, Cell(file, refused.sheet, *refused.spot), **args)
        return at_file(Code.FILE_UNUSABLE, file, refused.sheet, **args)


def _sheets(package: Package, file: str) -> tuple[Sheet, ...]:
    whole = relations(package, "")
    part = _workbook(package, whole)
    listed, related = contents(package, part), relations(package, part)
    targets = {relation.kind: relation.target for relation in related.values() if relation.target is not None}
    texts = strings(package, targets["sharedStrings"]) if "sharedStrings" in targets else ()
    looks = styles(package, targets["styles"]) if "styles" in targets else ()
    answer = computed(package, whole.values(), listed.calculation)
    cells = Cells(WorkbookCommons(texts, looks or (CellStyle(),), listed.from_1904), believed=answer != "no")
    found: list[Sheet] = []
    for sheet in listed.sheets:
        relation = related.get(sheet.reference)
        if relation is None or relation.target is None:
            raise UnreadableError("part missing", part=f"{sheet.name} {sheet.reference}".strip())
        if relation.kind == "worksheet":  # others are charts, dialogs and old macros
            found.append(_sheet(package, relation.target, sheet, file, cells))
    if not found:
        raise UnreadableError("no sheet")
    return believed(tuple(found)) if answer == "unknown" else tuple(found)


def _sheet(package: Package, part: str, listed: ListedSheet, file: str, cells: Cells) -> Sheet:
    try:
        return worksheet(package, part, cells, file, listed.name, hidden=listed.hidden)
    except UnreadableError as refused:
        refused.sheet = listed.name
        raise


def _workbook(package: Package, whole: Mapping[str, Relation]) -> str:
    """Find the workbook's own part among those that the package names."""
    for relation in whole.values():
        if relation.kind == "officeDocument" and relation.target is not None:
            return relation.target
    if WORKBOOK in package:
        raise UnreadableError("part missing", part="_rels/.rels")
    raise UnreadableError("not a workbook")
