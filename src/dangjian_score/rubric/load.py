"""Load a rubric: bytes to the validated model, or to all findings with their places."""

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from hashlib import sha256
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dangjian_score.core.diagnostics import Code, Diagnostic, Path, Severity
from dangjian_score.core.facts import RubricSource
from dangjian_score.rubric import slips
from dangjian_score.rubric.fields import all_models
from dangjian_score.rubric.mending import mended
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.reading import read
from dangjian_score.rubric.remedies import remedy
from dangjian_score.rubric.source import Data, SourceTree, placed, spot_within

MAX_FINDINGS: Final = 200
"""Findings that are reported of one file."""

MAX_TEXT: Final = 120
"""Characters of an argument of a finding; longer ones are cut."""

_ROUNDS: Final = 8
"""How often a broken rubric is validated again after its refused parts were removed."""


class Loaded(Struct, frozen=True):
    """A validated rubric, the tree of its text, and the file's name and hash."""

    rubric: Rubric
    document: SourceTree
    source: RubricSource


class BrokenRubric(Struct, frozen=True):
    """The findings of an invalid rubric; `rest` is the rubric without its refused parts, for further checks only."""

    findings: tuple[Diagnostic, ...]
    rest: Loaded | None = None


def load(data: bytes, file: str) -> Loaded | BrokenRubric:
    """Read and validate a rubric; `file` is its name in findings. All findings are returned at once."""
    document, refused = read(data, file)
    found = dict.fromkeys(refused)
    source = RubricSource(file, sha256(data).hexdigest(), rules=_rules(document))
    for _ in range(_ROUNDS):
        if document is None or len(found) > MAX_FINDINGS:
            break
        try:
            loaded = Loaded(Rubric.model_validate(document.data), document, source)
        except ValidationError as error:
            details = _not_short(document, error.errors(include_url=False))
            found |= dict.fromkeys(_findings(document, details[: MAX_FINDINGS + 1]))
            document = mended(document, [(_target(document, error), error["type"]) for error in details])
        else:
            return BrokenRubric(reported(found), loaded) if found else loaded
    return BrokenRubric(reported(found))


def _rules(document: SourceTree | None) -> str:
    """Return the SHA-256 of what a rubric says, whatever its title, period, comments and layout are."""
    data = document.data if document is not None and isinstance(document.data, dict) else {}
    ruled = {key: value for key, value in data.items() if key not in ("title", "period")}
    return sha256(json.dumps(ruled).encode()).hexdigest()


def reported(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return findings in order, at most `MAX_FINDINGS` (errors before warnings and notes), long arguments cut."""
    ordered = sorted(found, key=lambda finding: finding.sort_key)
    severities = list(Severity)
    kept = sorted(ordered, key=lambda finding: severities.index(finding.severity))[:MAX_FINDINGS]
    shown = [_clipped(finding) for finding in sorted(kept, key=lambda finding: finding.sort_key)]
    if len(ordered) > MAX_FINDINGS:
        shown.append(replace(shown[-1], code=Code.MORE_FINDINGS, args=(("shown", str(MAX_FINDINGS)),), related=()))
    return tuple(shown)


def _clipped(found: Diagnostic) -> Diagnostic:
    args = ((name, text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…") for name, text in found.args)
    return replace(found, args=tuple(args), related=found.related[:MAX_FINDINGS])


def _findings(document: SourceTree, details: Iterable[ErrorDetails]) -> Iterator[Diagnostic]:
    for error in details:
        if not _echo(document, error):
            found = _finding(document, error)
            at_key = found.code is Code.UNKNOWN_KEY or "[key]" in error["loc"]
            yield _slip(document, found, at_key=at_key) or found


def _slip(document: SourceTree, found: Diagnostic, *, at_key: bool) -> Diagnostic | None:
    """Return the finding of the typing slip behind a refused key or text; None where there is none."""
    path, slip = found.path, None
    if path not in (document.keys if at_key else document.values):
        return None
    text = str(path[-1]) if at_key else _text_at(document, path)
    match found.code:
        case Code.UNKNOWN_KEY:
            slip = slips.slip_of_key(text)
        case Code.RULE_VERB:
            keys = ((key, slips.slip_of_key(str(key[-1]))) for key in document.keys if key[:-1] == path)
            path, slip = next((key for key in keys if key[1] is not None), (path, None))
            text, at_key = str(path[-1]), True
        case Code.UNREADABLE_VALUE | Code.NOT_A_CHOICE | Code.BAD_ID:
            slip = slips.slip_of_value(text)
        case Code.WRONG_SHAPE:
            slip = slips.slip_of_mapping(text, frozenset(_keys()))
        case _:
            return None
    start = (document.keys if at_key else document.values).get(path)
    spot = start and slip and spot_within(document.lines, start, text, slip.at)
    if slip is None or spot is None:
        return None
    args = slip.args_at(document.lines[spot.line - 1], spot.column - 1)
    place, order = placed(document.file, spot), (spot.line, spot.column)
    return Diagnostic(Code.YAML_SYNTAX, place, tuple(args.items()), order, path=path)


def _not_short(document: SourceTree, errors: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """Drop the errors of lists that are too short only because their members were refused."""
    errors = list(errors)
    refused = {error["loc"][:steps] for error in errors for steps in range(len(error["loc"]))}
    left_out = {hole.path[:steps] for hole in document.holes for steps in range(len(hole.path) + 1)}

    def short(error: ErrorDetails) -> bool:
        only_so = error["type"] == "too_short" and bool(error["input"])
        return only_so and (error["loc"] in refused or _path(document, error["loc"]) in left_out)

    return [error for error in errors if not short(error)]


def _echo(document: SourceTree, error: ErrorDetails) -> bool:
    """Return whether an error only follows from a refused part, which has its own finding."""
    path = _path(document, error["loc"])
    if error["type"] == "missing":
        return any(hole.path in (path, path[:-1]) for hole in document.holes)
    if error["type"] == "extra_forbidden" and path[-3:-2] == ("rules",) and path[-1] in frozenset[str | int](_keys()):
        return any(hole.path[:-1] == path[:-1] for hole in document.holes)  # it may belong to what was refused
    return any(hole.path[: len(path)] == path for hole in document.holes)


def _finding(document: SourceTree, error: ErrorDetails) -> Diagnostic:
    """Turn an error of pydantic into a finding: place in the YAML, code, arguments."""
    args = {name: text for name, text in _context(error).items() if name != "at"}
    path = _target(document, error)
    at_key = "[key]" in error["loc"]
    match error["type"]:
        case "extra_forbidden":
            return _extra(document, path)
        case "missing":
            return document.diagnostic(Code.KEY_MISSING, path[:-1], key=str(path[-1]))
        case "literal_error":
            choices = str((error.get("ctx") or {})["expected"]).replace("'", "").replace(" or ", ", ")
            return document.diagnostic(Code.NOT_A_CHOICE, path, found=_text_at(document, path)[:40], choices=choices)
        case kind if kind in _CODES:
            code = Code(kind)
            at_key = at_key or code in (Code.KEY_ELSEWHERE, Code.RULE_COMBINATION)
            args |= remedy(document, code, path) if "form" not in args else {}
            return (document.at_key if at_key else document.diagnostic)(code, path, **args)
        case "too_short" if error["input"]:
            return document.diagnostic(Code.WRONG_SHAPE, path, expected="two or more")
        case kind:
            forms = remedy(document, Code.WRONG_SHAPE, path)
            return document.diagnostic(Code.WRONG_SHAPE, path, expected=_SHAPES[kind], **forms)


def _context(error: ErrorDetails) -> dict[str, str]:
    return dict(error.get("ctx") or {}) if error["type"] in _CODES else {}


def _target(document: SourceTree, error: ErrorDetails) -> Path:
    """Return the path an error is about: that of the value, or of the key in it that `at` names."""
    path, at = _path(document, error["loc"]), _context(error).get("at")
    return path if at is None else (*path, at)


def _extra(document: SourceTree, path: Path) -> Diagnostic:
    """Return the finding of an unexpected key: known elsewhere in the language, or unknown."""
    key = str(path[-1])
    known = frozenset(_keys())
    if key in known:
        return document.at_key(Code.KEY_ELSEWHERE, path, key=key, **remedy(document, Code.KEY_ELSEWHERE, path))
    near = next(iter(get_close_matches(key, sorted(known), n=1, cutoff=0.7)), "")
    return document.at_key(Code.UNKNOWN_KEY, path, key=key, near=near)


_CODES: Final = frozenset(Code)
_SHAPES: Final = {
    "tuple_type": "list",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "string_type": "text",
    "too_short": "list",
    "too_long": "two at most",
    "union_tag_invalid": "rule",
}


def _path(document: SourceTree, loc: tuple[int | str, ...]) -> Path:
    """Return pydantic's location without tags of unions and its mark for keys."""
    path: Path = ()
    for step in loc:
        made_up = step == "[key]" or (isinstance(step, str) and step.startswith("<"))
        if not made_up or (*path, step) in document.values:
            path = (*path, step)
    return path


def _text_at(document: SourceTree, path: Path) -> str:
    data: Data = document.data
    for step in path:
        data = data[step]  # type: ignore[index]  # the path was walked by pydantic over this very tree
    return data if isinstance(data, str) else ""


def _keys() -> Iterator[str]:
    for model in all_models():
        for name, field in model.model_fields.items():
            yield field.alias or name
