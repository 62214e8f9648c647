"""Bytes → a validated rubric, or every reason why it is none, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dangjian_score.diagnostics import Code, Diagnostic
from dangjian_score.facts import Source
from dangjian_score.rubric import conditions, counting, lookups, measures, model, standing
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.source import Data, Document, Path, read


@dataclass(frozen=True, slots=True)
class Loaded:
    """A rubric that the model accepts, the text it came from, and that file's identity."""

    rubric: Rubric
    document: Document
    source: Source


def load(data: bytes, file: str) -> Loaded | tuple[Diagnostic, ...]:
    """Read and validate a rubric; `file` is the name that findings carry. All that the model refuses comes at once."""
    document = read(data, file)
    if isinstance(document, Diagnostic):
        return (document,)
    try:
        rubric = Rubric.model_validate(document.data)
    except ValidationError as error:
        return _findings(document, error)
    return Loaded(rubric, document, Source(file, sha256(data).hexdigest()))


def _findings(document: Document, error: ValidationError) -> tuple[Diagnostic, ...]:
    details = error.errors(include_url=False)
    found = {_finding(document, one) for one in details if not _echo(one)}
    return tuple(sorted(found, key=lambda one: one.sort_key))


def _echo(error: ErrorDetails) -> bool:
    """Tell a list that is short only because its members were refused, each with a finding of its own."""
    return error["type"] == "too_short" and bool(error["input"])


def _finding(document: Document, error: ErrorDetails) -> Diagnostic:
    """Turn one of pydantic's errors into ours: its place in the YAML, our code, our arguments."""
    args: dict[str, str] = dict(error.get("ctx") or {}) if error["type"] in _CODES else {}
    path = _path(document, error["loc"])
    if "at" in args:
        path = (*path, args.pop("at"))
    at_key = "[key]" in error["loc"]
    match error["type"]:
        case "extra_forbidden":
            return _extra(document, path)
        case "missing":
            return document.diagnostic(Code.KEY_MISSING, path[:-1], key=str(path[-1]))
        case "literal_error":
            choices = str((error.get("ctx") or {})["expected"]).replace("'", "").replace(" or ", ", ")
            return document.diagnostic(Code.NOT_A_CHOICE, path, found=_text_at(document, path), choices=choices)
        case kind if kind in _CODES:
            code = Code(kind)
            at_key = at_key or code in (Code.KEY_ELSEWHERE, Code.RULE_COMBINATION)
            return document.diagnostic(code, path, at_key=at_key, **args)
        case kind:
            return document.diagnostic(Code.WRONG_SHAPE, path, expected=_SHAPES[kind])


def _extra(document: Document, path: Path) -> Diagnostic:
    """Tell a key that stands in the wrong place from one nobody knows."""
    key = str(path[-1])
    known = frozenset(_keys())
    if key in known:
        return document.diagnostic(Code.KEY_ELSEWHERE, path, at_key=True, key=key)
    near = next(iter(get_close_matches(key, sorted(known), n=1, cutoff=0.7)), "")
    return document.diagnostic(Code.UNKNOWN_KEY, path, at_key=True, key=key, near=near)


_CODES: Final = frozenset(Code)
_SHAPES: Final = {
    "tuple_type": "list",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "string_type": "text",
    "too_short": "list",
    "union_tag_invalid": "rule",
}


def _path(document: Document, loc: tuple[int | str, ...]) -> Path:
    """Drop from pydantic's location what is no step in the YAML: tags of unions and its mark for keys."""
    path: Path = ()
    for step in loc:
        made_up = step == "[key]" or (isinstance(step, str) and step.startswith("<"))
        if not made_up or (*path, step) in document.values:
            path = (*path, step)
    return path


def _text_at(document: Document, path: Path) -> str:
    data: Data = document.data
    for step in path:
        data = data[step]  # type: ignore[index]  # the path was walked by pydantic over this very tree
    return data[:40] if isinstance(data, str) else ""


def _keys() -> Iterator[str]:
    for module in (model, counting, lookups, conditions, measures, standing):
        for part in vars(module).values():
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _aliases(part.model_fields)


def _aliases(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, field in fields.items():
        yield field.alias or name
