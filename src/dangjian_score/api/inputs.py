"""From files to a rubric that may be applied and evidence that may be scored, or all that is wrong with them."""

from collections.abc import Iterable, Mapping
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api import files
from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Diagnostic, has_errors
from dangjian_score.core.watching import Watch, unwatched

if TYPE_CHECKING:
    from dangjian_score.checks.evidence import Common, Comparing
    from dangjian_score.checks.study import Study
    from dangjian_score.core.facts import Evidence
    from dangjian_score.engine.interim import Impossible, Interim
    from dangjian_score.engine.result import Unscored
    from dangjian_score.evidence.facts.units import Roster
    from dangjian_score.words.say import Language, Words

Findings = tuple[Diagnostic, ...]
AnyPath = str | PathLike[str]


def describe(
    findings: Iterable[Diagnostic], language: "Language" = "zh", texts: Mapping[str, str] | None = None
) -> str:
    """Write findings as the command line prints them: place, code and sentence of each, then how many there are.

    `texts` holds the text of files by name, such as `InputError.texts`; lines of these are shown.
    """
    from dangjian_score.report.findings import findings_text

    return findings_text(findings, texts or {}, words_of(language))


def words_of(language: "Language") -> "Words":
    """Return the texts of a language. Raises ValueError where there is none of that name."""
    from dangjian_score.words.say import LANGUAGES, load_words

    if language not in LANGUAGES:
        raise ValueError(f"no language is called {language!r}; there are {', '.join(LANGUAGES)}")
    return load_words(language)


class InputError(ValueError):
    """A rubric or evidence with errors. `str()` is all of them in Chinese; `describe` writes them in English too.

    `findings` are the errors, warnings and notes, in the order in which they are shown; `texts` holds the text of
    rubrics by file name, from which `str()` shows the lines in question.
    """

    def __init__(self, findings: Findings, texts: Mapping[str, str]) -> None:
        super().__init__(findings, texts)
        self.findings, self.texts = findings, texts

    def __str__(self) -> str:
        return describe(self.findings, texts=self.texts)


class RubricFile(Struct, frozen=True):
    """A rubric without errors: the name of its file in findings, its bytes, and the warnings and notes about it.

    `study` is for the program itself, as `path` is, where the file lies; None where it came by standard input, say.
    """

    name: str
    data: bytes
    study: "Study"
    findings: Findings
    path: Path | None = None

    @property
    def id(self) -> str:
        """Its `rubric:`."""
        return self.study.loaded.rubric.rubric

    @property
    def title(self) -> str:
        """Its `title:`."""
        return self.study.loaded.rubric.title

    def due_by(self, day: date) -> "RubricFile":
        """Return the rubric for scoring what is due by a day; on the last day of its period that is all of it.

        Raises InputError where the rubric has no period, the day lies outside it, or nothing is due.
        """
        from dangjian_score.engine.interim import through

        return self._as_far_as(through(self.study.rubric, day), day.isoformat())

    def in_rounds(self, *names: str) -> "RubricFile":
        """Return the rubric for scoring some rounds, or spans of rounds, alone.

        Raises InputError where it has none of such a name, ValueError where none is named.
        """
        if not names:
            raise ValueError("no round is named")

        from dangjian_score.engine.interim import of_rounds

        return self._as_far_as(of_rounds(self.study.rubric, names), "、".join(names))

    def _as_far_as(self, interim: "Interim | Impossible | None", asked: str) -> "RubricFile":
        from dangjian_score.checks.interim import as_far_as

        study = as_far_as(self.study, interim, asked)
        if isinstance(study, Diagnostic):
            raise InputError((study,), self.texts)
        return replace(self, study=study)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text for excerpts, by the name of the file."""
        return {self.name: self.data.decode("utf-8-sig", "replace")}

    def __repr__(self) -> str:
        return f"<RubricFile {self.name}>"


def load_rubric(source: AnyPath) -> RubricFile:
    """Read, validate and check a rubric: a file, or one that ships, by its id (`"zhibu-xize-2"`).

    Raises InputError with all that is wrong where it has an error or cannot be read.
    """
    name = fspath(source)
    path = files.rubric_path(name)
    if isinstance(path, Diagnostic):
        raise InputError((path,), {path.place.file: ""})
    data = files.read_bytes(path, limits.MAX_RUBRIC + 1)
    if isinstance(data, Diagnostic):
        raise InputError((data,), {data.place.file: ""})
    if path == files.STANDARD:
        return rubric_of(files.STANDARD_INPUT, data)
    return replace(rubric_of(name if Path(name) == path else path.name, data), path=path.absolute())


def rubric_of(name: str, data: bytes) -> RubricFile:
    """Validate and check the bytes of a rubric; `name` is what findings call it. Raises InputError."""
    from dangjian_score.checks.gate import validate

    study, findings = validate(data, name)
    if study is None:
        raise InputError(findings, {name: data.decode("utf-8-sig", "replace")})
    return RubricFile(name, data, study, findings)


class EvidenceFiles(Struct, frozen=True):
    """Evidence for a rubric: files and rosters by the names that results call them, and what was noted of them.

    `facts` are what the files say, `unscored` the units that are left out for their errors, and `paths` where the files
    lie: these are for the program itself.
    """

    rubric: RubricFile
    files: Mapping[str, bytes]
    rosters: Mapping[str, bytes]
    facts: "Evidence"
    findings: Findings
    unscored: "tuple[Unscored, ...]" = ()
    paths: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        return f"<EvidenceFiles {' '.join(self.files)}>"


def read_evidence(
    rubric: RubricFile, path: AnyPath, *paths: AnyPath, rosters: AnyPath | Iterable[AnyPath] = ()
) -> EvidenceFiles:
    """Read and check evidence: files, folders with all below them, and patterns (`"证据/*.xlsx"`).

    `rosters` are files that fix which units there are. Raises InputError with all that is wrong where anything is an
    error: a cell that cannot be read, a unit named twice, a measure that is due and missing.
    """
    named = [rosters] if isinstance(rosters, str | PathLike) else rosters
    evidence = gather(rubric, [fspath(each) for each in (path, *paths)], [fspath(each) for each in named])
    refuse_errors(evidence)
    return evidence


def refuse_errors(evidence: EvidenceFiles) -> None:
    """Raise InputError where any finding about evidence is an error."""
    if has_errors(evidence.findings):
        raise InputError(evidence.findings, evidence.rubric.texts)


def gather(
    rubric: RubricFile,
    names: Iterable[str],
    rosters: Iterable[str] = (),
    watch: Watch = unwatched,
    *,
    beside: Iterable[str] = (),
    own: bool = False,
) -> EvidenceFiles:
    """Read and check evidence and rosters; errors are among the findings.

    Files are called by the shortest names that also tell them from those `beside` them. `own` takes of forms what units
    say of themselves.
    """
    read = files.read_all(names, beside, rubric.study.rubric.result_rubrics)
    return evidence_of(rubric, read, files.read_all(rosters), watch, own=own)


def evidence_of(
    rubric: RubricFile, evidence: files.FilesRead, rosters: files.FilesRead, watch: Watch, *, own: bool = False
) -> EvidenceFiles:
    """Take facts from files that were read, and check them; see `gather`."""
    from dangjian_score.checks import evidence as checks
    from dangjian_score.core.facts import Evidence
    from dangjian_score.evidence.read import read_evidence as facts_in

    study, facts, findings = rubric.study, Evidence((), (), {}), [*evidence.findings, *rosters.findings]
    if evidence.contents:
        listed = rosters.contents or None
        read = evidence.contents, study.rubric, study.catalogue, listed, watch, study.deferred
        facts, noted = facts_in(*read, own=own)
        findings += [*noted, *checks.check(study.program, facts)]
    paths = tuple(path.absolute() for path in (*evidence.paths, *rosters.paths))
    return EvidenceFiles(rubric, evidence.contents, rosters.contents, facts, in_order(findings), paths=paths)


def read_units(study: "Study", names: list[str]) -> "tuple[Roster | None, Findings]":
    """Read the rosters of these names alone; None where there is none, or none that can be read."""
    if not names:
        return None, ()
    from dangjian_score.evidence.read import read_roster

    read = files.read_all(names)
    if not read.contents:
        return None, read.findings
    roster, noted = read_roster(read.contents, study.loaded.rubric, study.catalogue)
    return roster, in_order((*read.findings, *noted))


def in_order(findings: Iterable[Diagnostic]) -> Findings:
    """Sort findings as they are shown."""
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))


def without_faulty(evidence: EvidenceFiles) -> "EvidenceFiles | Comparing | Common | None":
    """Leave out the units that have errors; or return why nobody can be scored then. None: no unit is left."""
    from dangjian_score.checks.evidence import Parted, part

    parted = part(evidence.rubric.study.program, evidence.facts, evidence.findings)
    if not isinstance(parted, Parted):
        return parted
    return replace(evidence, facts=parted.sound, unscored=parted.unscored) if parted.sound.units else None
