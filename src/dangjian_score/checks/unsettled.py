"""Notes that begin with 待核: readings of the regulation that a person has not confirmed yet."""

from collections.abc import Iterator

from dangjian_score.checks.study import Study, placed_parts
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.rubric.model import UNSETTLED
from dangjian_score.rubric.standing import ClauseSource


def check(study: Study) -> Iterator[Diagnostic]:
    """Report each such note of a rule or a source at its place."""
    for path, note in _notes(study):
        text = " ".join(note.split())
        if text.startswith(UNSETTLED):
            words = text.removeprefix(UNSETTLED).lstrip("：: ")
            yield study.document.diagnostic(Code.UNSETTLED, path, words=words)


def _notes(study: Study) -> Iterator[tuple[Path, str]]:
    """Visit the notes of rules and of sources, each with its place."""
    for rule in study.rules:
        if rule.model.note is not None:
            yield (*rule.path, "note"), rule.model.note
    for path, source in placed_parts(study.rubric, ClauseSource):
        if source.note is not None:
            yield (*path, "note"), source.note
