"""Workbooks (.xlsx, .xlsm) → sheets of raw cells, in one pass over the XML, within bounds whatever the file holds."""

from collections.abc import Mapping
from pathlib import PurePath

from dangjian_score.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.evidence import kinds, parts, texts
from dangjian_score.evidence.archive import WORKBOOK, Package
from dangjian_score.evidence.computed import believed, computed
from dangjian_score.evidence.refusals import UnreadableError
from dangjian_score.evidence.rows import Cells
from dangjian_score.evidence.sheets import Sheet
from dangjian_score.evidence.values import WorkbookCommons
from dangjian_score.evidence.worksheet import worksheet
from dangjian_score.facts import Cell


def sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read all worksheets of a workbook, hidden ones too; a finding where the file cannot be read."""
    if reason := kinds.refusal(data, PurePath(file).suffix.lower()):
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
    strings = texts.strings(package, named["sharedStrings"]) if "sharedStrings" in named else ()
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
            UnreadableError("part missing", part="_rels/.rels") if WORKBOOK in package else UnreadableError("not a workbook")
        )
    return main


def _unusable(file: str, refused: UnreadableError) -> Diagnostic:
    said = {"reason": refused.reason, **({"part": refused.part} if refused.part else {})}
    if refused.spot:
        return at_cell(Code.FILE_UNUSABLE, Cell(file, refused.sheet, *refused.spot), **said)
    return at_file(Code.FILE_UNUSABLE, file, refused.sheet, **said)
