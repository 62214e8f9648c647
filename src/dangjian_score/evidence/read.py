"""Files of any number and kind (.xlsx, .csv, .parquet, results) → one evidence, with all that is wrong with them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.columns import UNIT
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_file, has_errors
from dangjian_score.core.facts import Evidence, SourceFile
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.stages import NOTHING_DEFERRED, Deferred
from dangjian_score.evidence.facts.merge import merge
from dangjian_score.evidence.facts.results import ResultsRead, with_results
from dangjian_score.evidence.facts.units import Roster, roster
from dangjian_score.evidence.files import is_json, read_sheets
from dangjian_score.evidence.outcomes import ResultFile, read_evidence_result
from dangjian_score.evidence.tables.account import CellAccount, SheetAccount
from dangjian_score.evidence.tables.columns import SYNONYMS, Expected, TableKind
from dangjian_score.evidence.tables.find import read_tables
from dangjian_score.evidence.tables.table import EvidenceTable
from dangjian_score.rubric.model import Rubric


def read_evidence(
    files: Mapping[str, bytes],
    rubric: Rubric,
    known: Catalogue,
    rosters: Mapping[str, bytes] | None = None,
    watch: Watch = unwatched,
    deferred: Deferred = NOTHING_DEFERRED,
    *,
    own: bool = False,
) -> tuple[Evidence, tuple[Diagnostic, ...]]:
    """Read files by name. The evidence holds what could be read; it may be scored only if no finding is an error.

    `rosters` fix which units there are; without them the units are those of matrices, forms and assessors. `own` takes
    of forms what units say of themselves (自评), and asks that there are some. What is `deferred` is not due: it is
    noted and left out.
    """
    read = read_accounted(files, rubric, known, rosters, watch, deferred, own=own)
    return read.evidence, read.found


class ReadEvidence(Struct, frozen=True):
    """The evidence, all that is wrong with it, and what became of every cell."""

    evidence: Evidence
    found: tuple[Diagnostic, ...]
    account: CellAccount


def read_accounted(
    files: Mapping[str, bytes],
    rubric: Rubric,
    known: Catalogue,
    rosters: Mapping[str, bytes] | None = None,
    watch: Watch = unwatched,
    deferred: Deferred = NOTHING_DEFERRED,
    *,
    own: bool = False,
) -> ReadEvidence:
    """Read files as `read_evidence` does, with the account of their cells."""
    reading = _Reading(rubric, known)
    listed = None if rosters is None else reading.roster(rosters)
    spellings = frozenset(listed.spellings) if listed else frozenset()
    results = {name: data for name, data in sorted(files.items()) if rubric.from_results and is_json(name)}
    sheets = [(name, data) for name, data in sorted(files.items()) if name not in results]
    read = reading.results(results)
    tables = reading.tables(watch(sheets, "files"), own=own, units=spellings)
    merged = merge(tables, rubric, known, listed, deferred)
    found = reading.found
    found += reading.without_register()
    if own and not reading.forms and not has_errors(tuple(found)):
        found.append(Diagnostic(Code.NO_SELF_ASSESSMENT, Place(min(files))))
    asked = {name: spec for name, spec in rubric.from_results.items() if name not in deferred.measures}
    has_register = merged.evidence.has_register or any(one.code is Code.NO_TABLE for one in found)  # it may be that one
    evidence = replace(merged.evidence, sources=tuple(reading.sources), has_register=has_register)
    evidence, taken = with_results(evidence, read, asked, rubric, listed)
    found += (*merged.found, *taken)
    if not evidence.units and not has_errors(tuple(found)):
        found.append(Diagnostic(Code.NO_UNITS, Place(min(files))))
    account = CellAccount(reading.accounts, merged.claims, found)
    counts = account.counts()
    sources = (replace(source, fates=counts.get(source.name, {})) for source in evidence.sources)
    return ReadEvidence(replace(evidence, sources=tuple(sources)), tuple(found), account)


def read_roster(files: Mapping[str, bytes], rubric: Rubric, known: Catalogue) -> tuple[Roster, tuple[Diagnostic, ...]]:
    """Read a roster by itself."""
    reading = _Reading(rubric, known)
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
    """Reads files into tables; keeps the sources, what is wrong with them, and the accounts of their sheets."""

    def __init__(self, rubric: Rubric, known: Catalogue) -> None:
        self._expected = expectations(rubric, known)
        self._rubrics = rubric.result_rubrics
        self._sources: dict[str, SourceFile] = {}
        self.accounts: list[SheetAccount] = []
        self.found: list[Diagnostic] = []
        self.forms = 0
        self._kinds: dict[str, set[TableKind]] = defaultdict(set)

    @property
    def sources(self) -> list[SourceFile]:
        """The files that were read, by name."""
        return sorted(self._sources.values(), key=lambda source: (source.name, source.sha256))

    def roster(self, files: Mapping[str, bytes]) -> Roster:
        """Read the roster's files."""
        listed, found = roster(self._tables(sorted(files.items()), replace(self._expected, rounds=False, roster=True)))
        self.found += found
        return listed

    def tables(
        self, files: Iterable[tuple[str, bytes]], *, own: bool, units: frozenset[str]
    ) -> Iterator[EvidenceTable]:
        """Read the files of evidence; `units` are the names of the roster in normal form."""
        for table in self._tables(files, replace(self._expected, own=own, units=units)):
            self.forms += table.kind == "form"
            self._kinds[table.sheet.file].add(table.kind)
            yield table

    def without_register(self) -> Iterator[Diagnostic]:
        """Report files with a form and no register where others have both: a sheet was left out."""
        forms = {file: "register" in kinds for file, kinds in self._kinds.items() if "form" in kinds}
        having = [file for file, has_register in forms.items() if has_register]
        for file in sorted(forms.keys() - having) if having else ():
            yield at_file(Code.FORM_WITHOUT_REGISTER, file, count=str(len(having)), other=having[0])

    def results(self, files: Mapping[str, bytes]) -> ResultsRead:
        """Read the results of other rubrics; one that no measure asks for is noted and passed over."""
        read: list[ResultFile] = []
        broken = False
        for file, data in files.items():
            source = self._source(file, data)
            result = None if source is None else read_evidence_result(data, file)
            if isinstance(result, tuple):
                self.found += result
                broken = True
            elif result is not None and result.rubric in self._rubrics:
                read.append(result)
            elif source is not None:
                self.found.append(at_file(Code.FILE_PASSED_OVER, file, reason="file unasked"))
                del self._sources[source.sha256]
        return ResultsRead(tuple(read), broken)

    def _source(self, file: str, data: bytes) -> SourceFile | None:
        """Remember a file; None where another has the same content, which is reported."""
        source = SourceFile(file, sha256(data).hexdigest())
        first = self._sources.setdefault(source.sha256, source)
        if first is not source:
            self.found.append(at_file(Code.FILE_TWICE, file, first=first.name))
            return None
        return source

    def _tables(self, files: Iterable[tuple[str, bytes]], expected: Expected) -> Iterator[EvidenceTable]:
        for file, data in files:
            source = self._source(file, data)
            if source is None:
                continue
            sheets = read_sheets(data, file)
            if isinstance(sheets, Diagnostic):
                self.found.append(sheets)
                continue
            cells = sum(len(row) for sheet in sheets for row in sheet.rows.values())
            self._sources[source.sha256] = replace(source, cells=cells)
            for sheet in sheets:
                tables, account = read_tables(sheet, expected)
                self.accounts.append(account)
                self.found += account.found
                yield from tables
