"""Whether a workbook's formulas were ever computed: what it says itself, which program wrote it, what they came to."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Final, Literal

from msgspec.structs import replace

from dangjian_score.evidence.archive import Package
from dangjian_score.evidence.elements import Attributes, ElementRule, flag, walk
from dangjian_score.evidence.parts import Relation
from dangjian_score.evidence.refusals import UnreadableError
from dangjian_score.evidence.sheets import BrokenCell, RawCell, Row, Sheet, written

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
    texts: dict[str, list[str]] = {"Application": [], "AppVersion": []}
    builds: list[str] = []

    def property_(said: Attributes) -> None:
        builds.extend([_MARK_OF_WPS] if said.get("name") == _MARK_OF_WPS else [])

    application = {name: ElementRule(text=found.append) for name, found in texts.items()}
    roots = {
        "extended-properties": ElementRule(below=application),
        "extendedProperties": ElementRule(below=application),
        "custom-properties": ElementRule(below={"property": ElementRule(property_)}),
        "customProperties": ElementRule(below={"property": ElementRule(property_)}),
    }
    for relation in related:
        if relation.kind in roots and relation.target is not None and relation.target in package:
            _parse(package, relation.target, roots[relation.kind])
    name, version = ("".join(found).strip() for found in texts.values())
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
