"""Files of any number and kind → one evidence, with everything that is wrong with them."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import PurePath

from dangjian_score.diagnostics import Code, Diagnostic, Place, at_file
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence import delimited
from dangjian_score.evidence.merge import Merger
from dangjian_score.evidence.rosters import Roster, roster
from dangjian_score.evidence.sheets import MAX_FILE, Sheet
from dangjian_score.evidence.tables import Expected, Table, find_table
from dangjian_score.facts import Evidence, Source
from dangjian_score.rubric.model import Rubric

SUFFIXES = (".xlsx", ".xlsm", ".csv")
"""What evidence files end in."""
_TABLES = (".xls", ".xlt", ".et", ".ett", ".xlsb", ".xltx", ".xltm", ".ods", ".fods", ".xml", ".htm", ".html")
"""What other tables end in; what they really are is said by name."""


def read_evidence(
    files: Mapping[str, bytes], rubric: Rubric, known: Catalogue, rosters: Mapping[str, bytes] | None = None
) -> tuple[Evidence, tuple[Diagnostic, ...]]:
    """Read files by name. The evidence holds what could be read; it may be scored only if no finding is an error.

    `rosters` fix which units there are; without them the units are those of matrices and assessors.
    """
    found: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    names = (rubric.unit_column,) if rubric.unit_column else (rubric.subject, "单位", "名称", "unit")
    expected = Expected(names, known, bool(rubric.rounds))
    listed: Roster | None = None
    if rosters is not None:
        as_roster = Expected(names, known, rounds=False, roster=True)
        listed, said = roster(_tables(rosters, as_roster, sources, found))
        found += said
    merger = Merger(rubric, known, listed)
    for table in _tables(files, expected, sources, found):
        merger.add(table)
    evidence, said = merger.evidence(sorted(sources.values(), key=lambda source: (source.name, source.sha256)))
    found += said
    if not evidence.units and not any(one.severity == "error" for one in found):
        found.append(Diagnostic(Code.NO_UNITS, Place(min(files))))
    return evidence, tuple(found)


def _tables(
    files: Mapping[str, bytes], expected: Expected, sources: dict[str, Source], found: list[Diagnostic]
) -> Iterator[Table]:
    """Read files into tables; `sources` gathers what was read."""
    for file, data in sorted(files.items()):
        source = Source(file, sha256(data).hexdigest())
        if source.sha256 in sources:
            found.append(at_file(Code.FILE_TWICE, file, first=sources[source.sha256].name))
            continue
        sources[source.sha256] = source
        sheets = read_sheets(data, file)
        for sheet in (sheets,) if isinstance(sheets, Diagnostic) else sheets:
            if isinstance(sheet, Diagnostic):
                found.append(sheet)
                continue
            table, said = find_table(sheet, expected)
            found += said
            if table is not None:
                yield table


def read_sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read one file by what its name ends in."""
    suffix = PurePath(file).suffix.lower()
    if len(data) > MAX_FILE:
        return at_file(Code.FILE_UNUSABLE, file, reason="too large")
    if suffix == ".csv":
        return delimited.sheets(data, file)
    if suffix not in SUFFIXES + _TABLES:
        return at_file(Code.FILE_UNUSABLE, file, reason="suffix")
    from dangjian_score.evidence import workbook  # noqa: PLC0415  .csv does without

    sheets = workbook.sheets(data, file)
    if suffix in SUFFIXES or isinstance(sheets, Diagnostic):
        return sheets
    return at_file(Code.FILE_UNUSABLE, file, reason="named otherwise")
