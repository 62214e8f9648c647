"""Files of any number and kind → one evidence, with everything that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from dangjian_score.diagnostics import Code, Diagnostic, Place, at_file, has_errors
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence import columnar, delimited
from dangjian_score.evidence.columns import UNIT, Expected
from dangjian_score.evidence.merge import Merger
from dangjian_score.evidence.rosters import Roster, roster
from dangjian_score.evidence.sheets import MAX_FILE, Sheet
from dangjian_score.evidence.suffixes import ARCHIVES, SUFFIXES, TABLES, WORKBOOKS, suffix_of
from dangjian_score.evidence.tables import Table, find_table
from dangjian_score.facts import Evidence, Source
from dangjian_score.rubric.model import Rubric
from dangjian_score.watching import Watch, unwatched


def read_evidence(
    files: Mapping[str, bytes],
    rubric: Rubric,
    known: Catalogue,
    rosters: Mapping[str, bytes] | None = None,
    watch: Watch = unwatched,
    *,
    own: bool = False,
) -> tuple[Evidence, tuple[Diagnostic, ...]]:
    """Read files by name. The evidence holds what could be read; it may be scored only if no finding is an error.

    `rosters` fix which units there are; without them the units are those of matrices, forms and assessors. `own` takes
    of forms what units say of themselves (自评), and asks that there are some.
    """
    found: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    expected = replace(expectations(rubric, known), own=own)
    listed = None if rosters is None else _roster(rosters, rubric, known, sources, found)
    forms = 0
    merger = Merger(rubric, known, listed)
    for table in _tables(watch(sorted(files.items()), "files"), expected, sources, found):
        merger.add(table)
        forms += table.kind == "form"
    if own and not forms and not any(one.severity == "error" for one in found):
        found.append(Diagnostic(Code.NO_SELF_ASSESSMENT, Place(min(files))))
    evidence, said = merger.evidence(sorted(sources.values(), key=lambda source: (source.name, source.sha256)))
    found += said
    if not evidence.units and not any(one.severity == "error" for one in found):
        found.append(Diagnostic(Code.NO_UNITS, Place(min(files))))
    return evidence, tuple(found)


def read_roster(files: Mapping[str, bytes], rubric: Rubric, known: Catalogue) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """Read a roster by itself."""
    found: list[Diagnostic] = []
    listed = _roster(files, rubric, known, {}, found)
    if not listed.units and not has_errors(tuple(found)):
        found.append(Diagnostic(Code.NO_UNITS, Place(min(files))))
    return listed, tuple(found)


def _roster(
    files: Mapping[str, bytes], rubric: Rubric, known: Catalogue, sources: dict[str, Source], found: list[Diagnostic]
) -> Roster:
    expected = replace(expectations(rubric, known), rounds=False, roster=True)
    listed, said = roster(_tables(sorted(files.items()), expected, sources, found))
    found += said
    return listed


def expectations(rubric: Rubric, known: Catalogue) -> Expected:
    """Say what tables a rubric looks for."""
    names = (rubric.unit_column,) if rubric.unit_column else (rubric.subject, UNIT, "名称", "unit")
    return Expected(names, known, bool(rubric.rounds))


def _tables(
    files: Iterable[tuple[str, bytes]], expected: Expected, sources: dict[str, Source], found: list[Diagnostic]
) -> Iterator[Table]:
    """Read files into tables; `sources` gathers what was read."""
    for file, data in files:
        source = Source(file, sha256(data).hexdigest())
        if source.sha256 in sources:
            found.append(at_file(Code.FILE_TWICE, file, first=sources[source.sha256].name))
            continue
        sheets = read_sheets(data, file)
        if isinstance(sheets, Diagnostic):
            sources[source.sha256] = source
            found.append(sheets)
            continue
        sources[source.sha256] = replace(source, cells=sum(len(row) for one in sheets for row in one.rows.values()))
        for sheet in sheets:
            table, said = find_table(sheet, expected)
            found += said
            if table is not None:
                yield table


def read_sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read one file by what its name ends in."""
    suffix = suffix_of(file)
    if suffix in ARCHIVES:
        return at_file(Code.FILE_UNUSABLE, file, reason="archive")
    if suffix in TABLES:
        return at_file(Code.FILE_UNUSABLE, file, reason="other table")
    if len(data) > MAX_FILE:
        return at_file(Code.FILE_UNUSABLE, file, reason="too large")
    if suffix == ".csv":
        return delimited.sheets(data, file)
    if suffix == ".parquet":
        return columnar.sheets(data, file)
    if suffix not in SUFFIXES and suffix not in WORKBOOKS:
        return at_file(Code.FILE_UNUSABLE, file, reason="suffix")
    from dangjian_score.evidence import workbook  # noqa: PLC0415  .csv does without

    sheets = workbook.sheets(data, file)
    if suffix in SUFFIXES or isinstance(sheets, Diagnostic):
        return sheets
    return at_file(Code.FILE_UNUSABLE, file, reason="named otherwise")
