"""Workbooks (.xlsx, .xlsm) → sheets of raw cells, in one pass over the XML, within limits."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import PurePath
from typing import Final, Literal

from msgspec.structs import replace

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import Cell
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Row, Sheet, written
from dangjian_score.evidence.xlsx import parts, values
from dangjian_score.evidence.xlsx.archive import (
    WORKBOOK,
    Attributes,
    ElementRule,
    Package,
    Reason,
    UnreadableError,
    flag,
    walk,
)
from dangjian_score.evidence.xlsx.parts import Relation
from dangjian_score.evidence.xlsx.rows import Cells
from dangjian_score.evidence.xlsx.values import WorkbookCommons
from dangjian_score.evidence.xlsx.worksheet import worksheet

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HEAD: Final = 4_000
"""Bytes that tell text from markup."""
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"

_STARTS: Final[tuple[tuple[bytes, Reason], ...]] = (
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


def refusal(data: bytes, suffix: str) -> Reason | None:
    """Tell why these bytes are no workbook; None where they may be one, being an archive."""
    if not data.strip(b"\0 \t\r\n"):
        return "empty file"
    if data.startswith(_OLE):
        return _container(data, suffix)
    if data.startswith(_ZIP):
        return None
    return next((reason for start, reason in _STARTS if data.startswith(start)), None) or _text(data)


def _container(data: bytes, suffix: str) -> Reason:
    """Tell what an OLE2 container holds by the names of its streams."""
    streams: tuple[tuple[str, Reason], ...] = (
        ("EncryptedPackage", "encrypted"),
        ("WordDocument", "word"),
        ("PowerPoint Document", "slides"),
    )
    held = next((reason for name, reason in streams if name.encode("utf-16-le") in data), None)
    return held or ("et" if suffix in (".et", ".ett") else "xls")


def _text(data: bytes) -> Reason:
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


def computed(package: Package, related: Iterable[Relation], calculation: Attributes) -> Computed:
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

    def property_(said: Attributes) -> None:
        builds.extend([_MARK_OF_WPS] if said.get("name") == _MARK_OF_WPS else [])

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
    if any(raw.content not in (0, False) and not _uncomputed(raw) for raw in results):
        return sheets
    return tuple(replace(sheet, rows={at: _without(row) for at, row in sheet.rows.items()}) for sheet in sheets)


def _uncomputed(raw: RawCell) -> bool:
    return isinstance(raw.content, BrokenCell) and raw.content.why == "formula"


def _without(row: Row) -> Row:
    if not any(raw.formula and not _uncomputed(raw) for raw in row.values()):
        return row
    return {at: _never(raw) if raw.formula and not _uncomputed(raw) else raw for at, raw in row.items()}


def _never(raw: RawCell) -> RawCell:
    return replace(raw, content=BrokenCell("formula", written(raw)))


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read all worksheets of a workbook, hidden ones too; a finding where the file cannot be read."""
    if reason := refusal(data, PurePath(file).suffix.lower()):
        return _unusable(file, UnreadableError(reason))
    try:
        return _sheets(Package(data), file)
    except UnreadableError as refused:
        return _unusable(file, refused)


def _sheets(package: Package, file: str) -> tuple[Sheet, ...]:
    whole = parts.relations(package, "")
    part = _workbook(package, whole)
    contents, related = parts.contents(package, part), parts.relations(package, part)
    named = {relation.kind: relation.target for relation in related.values() if relation.target is not None}
    strings = values.strings(package, named["sharedStrings"]) if "sharedStrings" in named else ()
    styles = parts.styles(package, named["styles"]) if "styles" in named else ()
    answer = computed(package, whole.values(), contents.calculation)
    cells = Cells(WorkbookCommons(strings, styles or (parts.Style(),), contents.from_1904), believed=answer != "no")
    found: list[Sheet] = []
    for listed in contents.sheets:
        relation = related.get(listed.reference)
        if relation is None or relation.target is None:
            raise UnreadableError("part missing", part=f"{listed.name} {listed.reference}".strip())
        if relation.kind == "worksheet":  # others are charts, dialogs and old macros
            found.append(_one(package, relation.target, listed, file, cells))
    if not found:
        raise UnreadableError("no sheet")
    return believed(tuple(found)) if answer == "unknown" else tuple(found)


def _one(package: Package, part: str, listed: parts.ListedSheet, file: str, cells: Cells) -> Sheet:
    try:
        return worksheet(package, part, listed, file, cells)
    except UnreadableError as refused:
        refused.sheet = listed.name
        raise


def _workbook(package: Package, whole: Mapping[str, parts.Relation]) -> str:
    """Find the workbook's own part among those that the package names."""
    main = next((relation.target for relation in whole.values() if relation.kind == "officeDocument"), None)
    if main is None:
        raise (
            UnreadableError("part missing", part="_rels/.rels")
            if WORKBOOK in package
            else UnreadableError("not a workbook")
        )
    return main


def _unusable(file: str, refused: UnreadableError) -> Diagnostic:
    said = {"reason": refused.reason, **({"part": refused.part} if refused.part else {})}
    if refused.spot:
        return at_cell(Code.FILE_UNUSABLE, Cell(file, refused.sheet, *refused.spot), **said)
    return at_file(Code.FILE_UNUSABLE, file, refused.sheet, **said)
