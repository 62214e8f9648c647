"""The options of `dangjian score` for what units get to read: letters, the sheet that they are edited in, last year."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api import files
from dangjian_score.api.assessment import suffix
from dangjian_score.api.inputs import InputError, RubricFile
from dangjian_score.cli.usage import MisuseError, bad_value
from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.core.watching import Watch

if TYPE_CHECKING:
    from dangjian_score.report.official.imprint import Imprint
    from dangjian_score.report.view import ResultView

_PAPER, _SHEET = "docx", "xlsx"


class Letters(Struct, frozen=True):
    """Where letters go: a file (`.docx`, or the sheet to edit), or a `folder`, there `by` an attribute in folders.

    `text` is an edited sheet, and `last_year` a result whose losses are marked.
    """

    file: Path | None
    folder: Path | None
    by: str | None
    text: Path | None
    last_year: Path | None

    @property
    def read(self) -> list[str]:
        """The files that are read for them."""
        return [str(path) for path in (self.text, self.last_year) if path is not None]

    def with_last_year(self, imprint: "Imprint", rubric: RubricFile) -> "Imprint":
        """Add what units lost last year. Raises InputError for a file that is no result of the rubric."""
        if self.last_year is None:
            return imprint
        from dangjian_score.cli.compare import read_result

        side = read_result(rubric, str(self.last_year))
        if side.outcome is None or side.findings:
            raise InputError(side.findings, {})
        units = ((unit.unit, got) for unit in side.outcome.units for _, got in unit.all_nodes())
        return replace(imprint, lost_before=frozenset((unit, got.item.id) for unit, got in units if got.is_loss))

    def written(self, view: "ResultView", imprint: "Imprint", watch: Watch) -> dict[Path, bytes]:
        """Write what is asked for. Raises InputError for an edited sheet that does not fit the result."""
        if self.file is None and self.folder is None:
            return {}
        imprint = self._edited(view, imprint, watch)
        if self.folder is not None:
            from dangjian_score.report.official.papers import feedback_each

            each = feedback_each(view, watch, imprint, self.by)
            return {self.folder / name: data for name, data in each.items()}
        if self.file is not None and suffix(self.file) == _SHEET:
            from dangjian_score.report.official.feedback_sheet import feedback_xlsx

            return {self.file: feedback_xlsx(view, watch, imprint)}
        from dangjian_score.report.official.papers import feedback_in_one

        return {self.file or Path(): feedback_in_one(view, watch, imprint)}

    def _edited(self, view: "ResultView", imprint: "Imprint", watch: Watch) -> "Imprint":
        if self.text is None:
            return imprint
        from dangjian_score.api.feedback_text import read_feedback_text
        from dangjian_score.report.official.feedback_sheet import told

        data = files.read_bytes(self.text, limits.MAX_EVIDENCE_FILE + 1)
        if isinstance(data, Diagnostic):
            raise InputError((data,), {})
        edited = read_feedback_text(data, str(self.text), (key for key, _ in told(view, imprint, watch)))
        if isinstance(edited, tuple):
            raise InputError(edited, {})
        return replace(imprint, edited=edited)


def asked_letters(feedback: str | None, by: str | None, text: str | None, last_year: str | None) -> Letters:
    """Take what the user typed. Raises MisuseError for options that say nothing together."""
    given = {"--feedback-by": by, "--feedback-text": text, "--compare": last_year}
    if feedback is None and (alone := next((option for option, value in given.items() if value is not None), None)):
        raise MisuseError("needs", option=alone, other="--feedback")
    folder = Path(feedback) if feedback is not None and _is_folder(feedback) else None
    file = Path(feedback) if feedback is not None and folder is None else None
    if by is not None and folder is None:
        raise MisuseError("needs", option="--feedback-by", other="--feedback FOLDER/")
    if text is not None and suffix(Path(text)) != _SHEET:
        raise bad_value("--feedback-text", text, [f"*.{_SHEET}"])
    if last_year is not None and suffix(Path(last_year)) != "json":
        raise bad_value("--compare", last_year, ["*.json"])
    edited, last = (None if name is None else Path(name) for name in (text, last_year))
    return Letters(file, folder, by, edited, last)


def _is_folder(feedback: str) -> bool:
    """Tell a folder from a file; what looks like a file of another kind is a slip."""
    path, known = Path(feedback), names_folder(feedback)
    if not known and suffix(path) not in (_PAPER, _SHEET) and (path.suffix or path == files.STANDARD):
        raise bad_value("--feedback", feedback, [f"*.{_PAPER}", f"*.{_SHEET}", "FOLDER/"])
    return known or suffix(path) not in (_PAPER, _SHEET)


def names_folder(name: str) -> bool:
    """Tell whether a name can only be that of a folder, or one is there."""
    return name.endswith(("/", "\\")) or (Path(name) != files.STANDARD and files.is_folder(Path(name)))
