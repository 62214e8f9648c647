"""The files a result is written to: formats by their suffixes, packs, the audit workbook, papers."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import typer
from msgspec import Struct

from dangjian_score.cli import exits, files, screen
from dangjian_score.cli.files import Opened
from dangjian_score.cli.scoring import Scored
from dangjian_score.cli.usage import BadChoiceError, NotTogetherError
from dangjian_score.cli.writing import refuse, suffix, targets
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.report.official.template import Template
    from dangjian_score.report.official.wording import Imprint
    from dangjian_score.report.view import ResultView

_PAPER: Final = "docx"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Papers(Struct, frozen=True):
    """What is asked of papers: where feedback goes (a file, or a folder), what is printed on them, and on what."""

    feedback: Path | None
    by_unit: bool
    imprint: "Imprint"
    template: "Template | None"

    @property
    def folder(self) -> Path | None:
        """The folder that takes a file a unit."""
        return self.feedback if self.by_unit else None

    @property
    def named(self) -> tuple[Path, ...]:
        """The file of feedback, where it is one."""
        return () if self.feedback is None or self.by_unit else (self.feedback,)

    def notice(self, view: "ResultView", watch: Watch) -> bytes:
        """Write the notice."""
        from dangjian_score.report.official.papers import result_docx

        return result_docx(view, watch, self.imprint, self.template)

    def feedback_files(self, view: "ResultView", watch: Watch) -> dict[Path, bytes]:
        """Write what units are told, where that is asked for."""
        if self.feedback is None:
            return {}
        from dangjian_score.report.official.papers import feedback_each, feedback_in_one

        if not self.by_unit:
            return {self.feedback: feedback_in_one(view, watch, self.imprint)}
        each = feedback_each(view, watch, self.imprint)
        return {self.feedback / name: data for name, data in each.items()}


def asked(
    ctx: typer.Context,
    feedback: str | None,
    mend_by: str | None,
    template: str | None,
    issuer: str | None,
    day: str | None,
) -> Papers:
    """Take what the user typed. Usage errors are raised; a paper that cannot be written into ends the program."""
    from dangjian_score.report.official.wording import Imprint

    imprint = Imprint(issuer or "", _day("--date", day), _day("--mend-by", mend_by))
    target = None if feedback is None else Path(feedback)
    by_unit = feedback is not None and _is_folder(feedback)
    return Papers(target, by_unit, imprint, None if template is None else _template(ctx, template))


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise BadChoiceError(option, text, "YYYY-MM-DD") from None


def _is_folder(feedback: str) -> bool:
    """Tell a folder from a file; what looks like a file of another kind is a slip."""
    path = Path(feedback)
    if feedback.endswith(("/", "\\")) or files.is_folder(path):
        return True
    if suffix(path) == _PAPER:
        return False
    if path.suffix or path == files.STANDARD:
        raise BadChoiceError("--feedback", feedback, f"*.{_PAPER}, FOLDER/")
    return True


def _template(ctx: typer.Context, name: str) -> "Template":
    from dangjian_score.report.official.template import MAX_FILE, Template, open_template

    data = files.read_bytes(Path(name), MAX_FILE + 1)
    opened = (data,) if isinstance(data, Diagnostic) else open_template(data, name)
    return opened if isinstance(opened, Template) else _leave(ctx, opened)


def _leave(ctx: typer.Context, found: tuple[Diagnostic, ...]) -> NoReturn:
    words: Words = ctx.obj
    screen.tell_findings(found, {}, words, ctx.color)
    screen.tell(words.text("nothing written"))
    raise typer.Exit(exits.UNUSABLE)


if TYPE_CHECKING:
    from dangjian_score.report.view import ResultView

_PACK: Final = "zip"


class Results(Struct, frozen=True):
    """What is to be written: files by format (`-o`), the audit workbook, papers."""

    files: list[Path]
    audit: Path | None
    papers: Papers

    @property
    def named(self) -> list[Path]:
        """The files that the user named."""
        return [*self.files, *self.papers.named, *([self.audit] if self.audit else [])]

    def written(self, view: "ResultView", done: Scored, opened: Opened, watch: Watch) -> dict[Path, bytes]:
        """Write everything out. What no sheet can hold ends the program."""
        outputs = {target: self._file(target, view, done, opened, watch) for target in self.files}
        if self.audit is not None:
            outputs[self.audit] = _audited(self.audit, done, view.words, watch)
        return outputs | self.papers.feedback_files(view, watch)

    def _file(self, target: Path, view: "ResultView", done: Scored, opened: Opened, watch: Watch) -> bytes:
        from dangjian_score.report.formats import reporter

        match suffix(target):
            case "zip":
                return _packed(done, opened, view)
            case "docx":
                return self.papers.notice(view, watch)
            case form:
                return reporter(form)(view, watch)


def wanted(output: Iterable[str] | None, audit: str | None, papers: Papers, *, public: bool) -> Results:
    """Take what the user asks for. Packs and audit workbooks hold the evidence: there are none for the public."""
    from dangjian_score.report.formats import FORMATS

    files = targets(output, (*FORMATS, _PACK))
    if audit is not None and suffix(Path(audit)) != "xlsx":
        raise BadChoiceError("--audit", audit, "*.xlsx")
    for option, there in (("--audit", audit is not None), ("-o *.zip", _PACK in map(suffix, files))):
        if public and there:
            raise NotTogetherError(option, "--public")
    return Results(files, None if audit is None else Path(audit), papers)


def _audited(target: Path, done: Scored, words: Words, watch: Watch) -> bytes:
    from dangjian_score.report.audit.workbook import audit_xlsx

    return audit_xlsx(done.evidence, done.result, words, watch) or refuse(target, "beyond a sheet", words)


def _packed(done: Scored, opened: Opened, view: "ResultView") -> bytes:
    """Put the result away with all it was made from."""
    from dangjian_score import __version__
    from dangjian_score.core import archives
    from dangjian_score.report.as_json import result_json

    result = result_json(view, unwatched)
    rubric, inputs = (Path(opened.name).name, opened.data), done.inputs
    return archives.to_bytes(archives.Pack(__version__, rubric, inputs.evidence, inputs.units, result))
