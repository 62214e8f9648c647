"""The files that commands write: which are asked for, that none is read or named twice, and that all are written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from msgspec import Struct

from dangjian_score.api import files
from dangjian_score.api.assessment import Assessment, suffix, to_bytes
from dangjian_score.api.inputs import EvidenceFiles, InputError
from dangjian_score.api.writing import Contents, OutputError, identity, overlaps, unwritable, write_whole
from dangjian_score.cli import READER_GONE, screen
from dangjian_score.cli.ending import ending
from dangjian_score.cli.letters import Letters
from dangjian_score.cli.usage import MisuseError, bad_value
from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.watching import Watch
from dangjian_score.report.formats import PACK, SUFFIXES
from dangjian_score.words.say import LANGUAGES, Words, load_words

if TYPE_CHECKING:
    from dangjian_score.report.as_xlsx import Signatory
    from dangjian_score.report.official.imprint import Imprint, Posting
    from dangjian_score.report.official.template import Template
    from dangjian_score.report.view import ResultView


def targets(paths: Iterable[str] | None, known: Iterable[str]) -> list[Path]:
    """Take the files to be written; a suffix that is no format is a usage error. `-` gets the results anyhow."""
    formats = [*known]
    taken = [Path(path) for path in paths or () if Path(path) != files.STANDARD]
    for path in taken:
        if suffix(path) not in formats:
            raise bad_value("-o", str(path), [f"*.{form}" for form in formats])
    return taken


def check_inputs(
    outputs: Iterable[Path],
    rubric: str,
    evidence: Iterable[str],
    others: Iterable[str] = (),
    results: frozenset[str] = frozenset(),
) -> None:
    """Refuse to write two results to one file, or over what is read: the rubric, the evidence, and `others`.

    A result of an earlier run that lies among the evidence is not read, so it may be replaced, unless it is one of the
    rubrics whose `results` are evidence.
    """
    named: dict[object, Path] = {}
    for target in outputs:
        if (first := named.setdefault(identity(target), target)) is not target:
            raise MisuseError("same output", left=str(first), right=str(target))
    read = [*map(Path, others), *(path for path in [files.rubric_path(rubric)] if isinstance(path, Path))]
    over = [*overlaps(named.values(), read).values()]
    found = overlaps(named.values(), files.candidates(evidence, results)).items()
    over += [target for path, target in found if not files.why_ours(path, results)]
    if over:
        raise OutputError(at_file(Code.OUTPUT_OVER_INPUT, str(over[0]), path=str(over[0])))


def check_free(outputs: Iterable[Path]) -> None:
    """Refuse to write over a file that nobody named, or through a link that leads nowhere; devices take anything."""
    for target in outputs:
        if target.is_file() or (target.is_symlink() and not target.exists()):
            raise unwritable(str(target), "exists")


def write(outputs: Mapping[Path, Contents], words: Words, *, quiet: bool = False, folder: Path | None = None) -> None:
    """Write everything and say so, or raise OutputError; `folder` is made where it is missing, and those in it."""
    within = [target for target in outputs if folder is not None and folder in target.parents]
    folders = [folder] if folder is not None else []
    try:
        with ending.taken_back():
            failed = write_whole(outputs, dict.fromkeys((*folders, *(target.parent for target in within))))
    except BrokenPipeError:
        raise typer.Exit(READER_GONE) from None
    if failed is not None:
        raise OutputError(failed)
    if folder is not None and (others := _left_over(folder, outputs)):
        names = "、".join(path.name for path in others[:_NAMES_SHOWN]) + ("…" if len(others) > _NAMES_SHOWN else "")
        screen.tell(words.text("left over", path=str(folder), count=str(len(others)), files=names))
    if quiet:
        return
    for target in (target for target in outputs if target not in within):
        screen.tell(words.text("written", path=str(target)))
        data = outputs[target]
        if suffix(target) == PACK and isinstance(data, bytes):
            screen.tell(words.text("written sha256", sha256=sha256(data).hexdigest()))
    if within:
        screen.tell(words.text("written many", path=str(folder), count=str(len(within))))


_NAMES_SHOWN: Final = 5


def _left_over(folder: Path, outputs: Iterable[Path]) -> list[Path]:
    """List the papers of an earlier run in a folder that this one did not write anew."""
    written = {*map(identity, outputs)}
    papers = (path for path in sorted(folder.glob(f"*.{_PAPER}")) if identity(path) not in written)
    return [path for path in papers if files.is_output(path)]


_PAPER: Final = "docx"
_WORKBOOK: Final = "xlsx"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Papers(Struct, frozen=True):
    """Options of papers: what units get to read, what is printed on papers, and on what."""

    letters: Letters
    imprint: "Imprint"
    template: "Template | None"


def asked_papers(
    letters: Letters,
    mend_by: str | None,
    template: str | None,
    issuer: str | None,
    day: str | None,
    posting: "Posting | None",
    *,
    with_rank: bool,
) -> Papers:
    """Take what the user typed. Raises MisuseError, and InputError for a template that cannot be written into."""
    from dangjian_score.report.official.imprint import Imprint

    imprint = Imprint(issuer or "", _day("--date", day), _day("--mend-by", mend_by), posting, with_rank)
    if posting and posting.until and imprint.day and posting.until < imprint.day:
        raise bad_value("--posting-until", posting.until.isoformat(), [f"≥ {imprint.day}"])
    return Papers(letters, imprint, None if template is None else _template(template))


def asked_posting(asked: bool, until: str | None, department: str | None, phone: str | None) -> "Posting | None":
    """Take what is to stand on a posting, if one is asked for. Raises MisuseError for what goes with nothing else."""
    from dangjian_score.report.official.imprint import Posting

    given = {"--posting-until": until, "--department": department, "--phone": phone}
    if asked:
        return Posting(_day("--posting-until", until), department or "", phone or "")
    if alone := next((option for option, value in given.items() if value is not None), None):
        raise MisuseError("needs", option=alone, other="--posting")
    return None


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise bad_value(option, text, ["YYYY-MM-DD"]) from None


def _template(name: str) -> "Template":
    from dangjian_score.report.official.template import Template, open_template

    data = files.read_bytes(Path(name), limits.MAX_PAPER + 1)
    opened = (data,) if isinstance(data, Diagnostic) else open_template(data, name)
    if not isinstance(opened, Template):
        raise InputError(opened, {})
    return opened


class Results(Struct, frozen=True):
    """What is to be written of a result: files by format (`-o`), the audit workbook, papers; who signed a workbook."""

    files: list[Path]
    audit: Path | None
    papers: Papers
    signed: "Mapping[Signatory, str]"

    @property
    def named(self) -> list[Path]:
        """The files that the user named."""
        return [*self.files, *(path for path in (self.papers.letters.file, self.audit) if path)]

    def written(self, view: "ResultView", done: Assessment, watch: Watch) -> dict[Path, bytes]:
        """Write everything out. Raises OutputError for what no sheet can hold, and InputError for edited letters."""
        outputs = {target: self._file(suffix(target), view, done, watch) for target in self.files}
        if self.audit is not None:
            outputs[self.audit] = _audited(self.audit, done, view.words, watch)
        letters = self.papers.letters
        imprint = letters.with_last_year(self.papers.imprint, done.evidence.rubric)
        return outputs | letters.written(view, imprint, watch)

    def _file(self, form: str, view: "ResultView", done: Assessment, watch: Watch) -> bytes:
        if form == _PAPER:
            from dangjian_score.report.official.papers import result_docx

            return result_docx(view, watch, self.papers.imprint, self.papers.template)
        if form == _WORKBOOK:
            from dangjian_score.report.as_xlsx import result_xlsx

            return result_xlsx(view, watch, self.signed)
        return to_bytes(done, form, view, watch)


def asked_results(
    output: Iterable[str] | None, audit: str | None, papers: Papers, signed: Sequence[str], *, public: bool
) -> Results:
    """Take what the user asks for. Packs and audit workbooks hold the evidence: there are none for the public."""
    taken = targets(output, SUFFIXES)
    names = _signatures(signed) if signed else {}
    if names and _WORKBOOK not in map(suffix, taken):
        raise MisuseError("needs", option="--signed", other=f"-o *.{_WORKBOOK}")
    if papers.imprint.posting is not None and _PAPER not in map(suffix, taken):
        raise MisuseError("needs", option="--posting", other=f"-o *.{_PAPER}")
    if audit is not None and suffix(Path(audit)) != _WORKBOOK:
        raise bad_value("--audit", audit, ["*.xlsx"])
    for option, there in (("--audit", audit is not None), ("-o *.zip", PACK in map(suffix, taken))):
        if public and there:
            raise MisuseError("not together", option=option, other="--public")
    return Results(taken, None if audit is None else Path(audit), papers, names)


def _signatures(signed: Iterable[str]) -> "Mapping[Signatory, str]":
    """Take who signs as what (`制表=张三`), by names of the line in any language; several for one stand together."""
    from dangjian_score.report.as_xlsx import SIGNATORIES

    languages = [*map(load_words, LANGUAGES)]
    known = {words.text(f"sign {who}"): who for words in languages for who in SIGNATORIES}
    taken: dict[Signatory, str] = {}
    for text in signed:
        who, _, name = (part.strip() for part in text.replace("＝", "=").partition("="))
        if who not in known or not name:
            raise bad_value("--signed", text, (f"{label}=…" for label in known))
        taken[known[who]] = "、".join(filter(None, (taken.get(known[who]), name)))
    return taken


def _audited(target: Path, done: Assessment, words: Words, watch: Watch) -> bytes:
    from dangjian_score.engine.stages import stages
    from dangjian_score.report.audit.workbook import Scored, audit_xlsx

    study, facts = done.evidence.rubric.study, done.evidence.facts
    measures = study.catalogue.measures
    rounds = stages(study.rubric, measures, facts, study.interim)
    book = audit_xlsx(Scored(study.program, facts, done.result, measures, rounds), words, watch)
    if book is None:
        raise unwritable(str(target), "beyond a sheet")
    return book


def write_problems(target: Path | None, evidence: EvidenceFiles, words: Words) -> None:
    """Write the workbook of what has to be put right in evidence, if one is asked for; say so where that is nothing."""
    if target is None or not evidence.files:
        return
    from dangjian_score.evidence.problems import problems_book
    from dangjian_score.evidence.read import expectations

    study, rosters = evidence.rubric.study, evidence.rosters.keys() - evidence.files.keys()
    expected = expectations(study.loaded.rubric, study.catalogue)
    book = problems_book(evidence.files, rosters, evidence.findings, expected, words)
    if book is None:
        screen.tell(words.text("no problems", path=str(target)))
    else:
        write({target: book}, words)
