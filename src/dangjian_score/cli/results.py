"""The files a result is written to: formats by their suffixes, packs, the audit workbook, papers."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from dangjian_score.cli.loading import Opened
from dangjian_score.cli.outputs import refuse, suffix, targets
from dangjian_score.cli.papers import Papers
from dangjian_score.cli.scoring import Scored
from dangjian_score.cli.usage import BadChoiceError, NotTogetherError
from dangjian_score.watching import Watch, unwatched
from dangjian_score.words.say import Words

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


def _audited(target: Path, done: Scored, said: Words, watch: Watch) -> bytes:
    from dangjian_score.report.audit.workbook import audit_xlsx

    return audit_xlsx(done.evidence, done.result, said, watch) or refuse(target, "beyond a sheet", said)


def _packed(done: Scored, opened: Opened, view: "ResultView") -> bytes:
    """Put the result away with all it was made from."""
    from dangjian_score import __version__, packs
    from dangjian_score.report.as_json import result_json

    result = result_json(view, unwatched)
    rubric, inputs = (Path(opened.name).name, opened.data), done.inputs
    return packs.to_bytes(packs.Pack(__version__, rubric, inputs.evidence, inputs.units, result))
