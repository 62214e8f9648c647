"""From a regulation in Word, in a spreadsheet or as text to a rubric that is valid, its open clauses marked."""

import re
from collections.abc import Iterator
from os import fspath
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from dangjian_score.api import files
from dangjian_score.api.inputs import AnyPath, InputError, words_of
from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Severity, at_file

if TYPE_CHECKING:
    from dangjian_score.draft.documents.blocks import SourceDocument
    from dangjian_score.draft.regulation import Draft
    from dangjian_score.words.say import Language, Words


class DraftedRubric(Struct, frozen=True):
    """A draft: the rubric as YAML, and how many clauses became rules, how many are marked for a person to read."""

    draft: "Draft"
    yaml: bytes

    @property
    def settled(self) -> int:
        """The number of clauses that are written as rules."""
        return sum(reading.why is None for _, reading in self.draft.readings)

    @property
    def marked(self) -> int:
        """The number of clauses that are marked (待核)."""
        vetoes = sum(veto.marked for veto in self.draft.whole.vetoes)
        return sum(reading.why is not None for _, reading in self.draft.readings) + vetoes + len(self.draft.unread)

    def comparison(self, words: "Words") -> bytes:
        """Write the page that shows the regulation and its reading side by side, clause by clause."""
        from dangjian_score.draft.comparison import comparison_html

        return comparison_html(self.draft, self.yaml, words)


def draft_rubric(
    source: AnyPath, identifier: str | None = None, year: int | None = None, language: "Language" = "zh"
) -> DraftedRubric:
    """Read a regulation (.docx, .xlsx, .txt) and draft a rubric of it; what is not certain is marked, never guessed.

    The id is made from the file's name where none is given; `year` goes before the year that the document names.
    Raises InputError where the document cannot be read, or has no clause about points.
    """
    from dangjian_score.draft.documents.read import read_document

    name = fspath(source)
    data = files.read_bytes(Path(name), limits.MAX_EVIDENCE_FILE + 1)
    document = data if isinstance(data, Diagnostic) else read_document(name, data)
    if isinstance(document, Diagnostic):
        raise InputError((document,), {})
    return _valid(document, PurePath(name), identifier, None if year is None else str(year), words_of(language))


_ROUNDS: Final = 8
"""How often a draft is checked again after clauses that checks refuse were marked."""
_ID: Final = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")


def _valid(
    document: "SourceDocument", path: PurePath, identifier: str | None, year: str | None, words: "Words"
) -> DraftedRubric:
    """Draft until the checks of rubrics find no error: clauses whose rules they refuse are marked."""
    from dangjian_score.checks.gate import validate
    from dangjian_score.draft.regulation import draft_of
    from dangjian_score.draft.writing import rubric_yaml

    name = identifier or _ID.sub("-", path.stem).strip("-") or "xize"
    refused: frozenset[str] = frozenset()
    if not draft_of(document, year).sections:
        raise InputError((at_file(Code.DOCUMENT_UNUSABLE, str(path), reason="document items", part=""),), {})
    for _ in range(_ROUNDS):
        draft = draft_of(document, year, refused)
        drafted = DraftedRubric(draft, b"")
        comments = tuple(
            words.text(
                "draft comments", document=path.name, settled=str(drafted.settled), marked=str(drafted.marked)
            ).split("\n")
        )
        drafted = DraftedRubric(draft, rubric_yaml(draft, name, path.name, comments).encode())
        study, findings = validate(drafted.yaml, f"{name}.yaml")
        if study is not None:
            return drafted
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        more = frozenset(_culprits(draft, errors)) - refused
        if not more:
            break
        refused |= more
    raise InputError(findings, {f"{name}.yaml": drafted.yaml.decode()})


def _culprits(draft: "Draft", errors: list[Diagnostic]) -> Iterator[str]:
    """Return the clauses that errors are about: of the rule at their place, or of every rule that reads a measure."""
    for error in errors:
        match error.path:
            case ("sections", int(section), "items", int(item), "rules", int(rule), *_):
                yield draft.sections[section].items[item].origins[rule]
            case ("sections", int(section), "rules", int(rule), *_):
                yield draft.sections[section].items[0].origins[rule]
            case ("sections", int(section), "items", int(item), *_):
                yield from draft.sections[section].items[item].origins
            case ("sections", int(section), *_):
                yield from (words for item in draft.sections[section].items for words in item.origins)
            case ("measures", str(name), *_):
                yield from _readers(draft, name)
            case _:
                pass


def _readers(draft: "Draft", name: str) -> Iterator[str]:
    for item, reading in draft.readings:
        if any(f"'{name}'" in repr(rule) for rule in reading.rules):
            yield reading.words
        del item
