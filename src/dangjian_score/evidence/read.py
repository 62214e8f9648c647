"""Files of any number and kind (.xlsx, .csv, .parquet) → one evidence, with all that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from msgspec.structs import replace

from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_file, has_errors
from dangjian_score.core.facts import Evidence, SourceFile
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.evidence.facts.merge import Merger
from dangjian_score.evidence.facts.units import Roster, roster
from dangjian_score.evidence.files import read_sheets
from dangjian_score.evidence.sheets import CellAccount
from dangjian_score.evidence.tables.columns import SYNONYMS, UNIT, Expected
from dangjian_score.evidence.tables.find import SheetTable, find_tables
from dangjian_score.rubric.model import Rubric


def read_evidence(
    files: Mapping[str, bytes],
    rubric: Rubric,
    known: Catalogue,
    rosters: Mapping[str, bytes] | None = None,
    watch: Watch = unwatched,
    *,
    own: bool = False,
    account: CellAccount | None = None,
) -> tuple[Evidence, tuple[Diagnostic, ...]]:
    """Read files by name. The evidence holds what could be read; it may be scored only if no finding is an error.

    `rosters` fix which units there are; without them the units are those of matrices, forms and assessors. `own` takes
    of forms what units say of themselves (自评), and asks that there are some. `account` is filled with what became of
    every cell.
    """
    reading = _Reading(rubric, known, account or CellAccount())
    listed = None if rosters is None else reading.roster(rosters)
    merger = Merger(rubric, known, listed, reading.account)
    forms = 0
    spellings = frozenset(listed.spellings) if listed else frozenset()
    for table in reading.tables(watch(sorted(files.items()), "files"), own=own, units=spellings):
        merger.add(table)
        forms += table.kind == "form"
    found = reading.found
    if own and not forms and not has_errors(tuple(found)):
        found.append(Diagnostic(Code.NO_SELF_ASSESSMENT, Place(min(files))))
    evidence, said = merger.evidence(sorted(reading.sources, key=lambda source: (source.name, source.sha256)))
    found += said
    if not evidence.units and not has_errors(tuple(found)):
        found.append(Diagnostic(Code.NO_UNITS, Place(min(files))))
    reading.account.take_in(found)
    counts = reading.account.counts()
    sources = (replace(source, fates=counts.get(source.name, {})) for source in evidence.sources)
    return replace(evidence, sources=tuple(sources)), tuple(found)


def read_roster(files: Mapping[str, bytes], rubric: Rubric, known: Catalogue) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """Read a roster by itself."""
    reading = _Reading(rubric, known, CellAccount())
    listed = reading.roster(files)
    if not listed.units and not has_errors(tuple(reading.found)):
        reading.found.append(Diagnostic(Code.NO_UNITS, Place(min(files))))
    return listed, tuple(reading.found)


def expectations(rubric: Rubric, known: Catalogue) -> Expected:
    """Say what tables a rubric looks for."""
    own = rubric.unit_column or rubric.subject
    common = () if rubric.unit_column else (UNIT, "名称", "unit")
    names = (own, *SYNONYMS.get(own, ()), f"{own}名称", f"被考核{own}", *common, *(SYNONYMS[UNIT] if common else ()))
    return Expected(names, known, bool(rubric.rounds), dated=rubric.period is not None, ignored=rubric.ignore)


class _Reading:
    """Reads files into tables; gathers the sources, what is wrong with them, and what became of their cells."""

    def __init__(self, rubric: Rubric, known: Catalogue, account: CellAccount) -> None:
        self._expected = expectations(rubric, known)
        self._sources: dict[str, SourceFile] = {}
        self.account = account
        self.found: list[Diagnostic] = []

    @property
    def sources(self) -> Iterable[SourceFile]:
        """The files that were read."""
        return self._sources.values()

    def roster(self, files: Mapping[str, bytes]) -> Roster:
        """Read the roster's files."""
        expected = replace(self._expected, rounds=False, roster=True)
        listed, said = roster(self._tables(sorted(files.items()), expected))
        self.found += said
        return listed

    def tables(self, files: Iterable[tuple[str, bytes]], *, own: bool, units: frozenset[str]) -> Iterator[SheetTable]:
        """Read the files of evidence; `units` are the names of the roster in normal form."""
        return self._tables(files, replace(self._expected, own=own, units=units))

    def _tables(self, files: Iterable[tuple[str, bytes]], expected: Expected) -> Iterator[SheetTable]:
        for file, data in files:
            source = SourceFile(file, sha256(data).hexdigest())
            if source.sha256 in self._sources:
                self.found.append(at_file(Code.FILE_TWICE, file, first=self._sources[source.sha256].name))
                continue
            sheets = read_sheets(data, file)
            if isinstance(sheets, Diagnostic):
                self._sources[source.sha256] = source
                self.found.append(sheets)
                continue
            cells = sum(len(row) for sheet in sheets for row in sheet.rows.values())
            self._sources[source.sha256] = replace(source, cells=cells)
            for sheet in sheets:
                tables, said = find_tables(sheet, expected, self.account)
                self.found += said
                yield from tables
