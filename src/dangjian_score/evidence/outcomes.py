"""Result files (`dangjian.result/1`), read back as far as they are compared: strictly, and with all that is wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, StrictInt, StrictStr, ValidationError
from pydantic_core import PydanticCustomError

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_file
from dangjian_score.core.names import fold
from dangjian_score.core.points import DECIMAL, FRACTION, read_number
from dangjian_score.core.strict_json import JsonFault, read_json
from dangjian_score.engine.compare import Got, Outcome, OutcomeItem, UnitOutcome, WhyAbsent
from dangjian_score.engine.interim import Interim
from dangjian_score.rubric.fields import read_date
from dangjian_score.rubric.model import Kind

SCHEMA: Final = "dangjian.result/1"
_MOST: Final = 20
"""Findings that are reported of one file; what made it made the rest."""
_EXPECTED: Final = {
    "missing": "json missing",
    "string_type": "json text",
    "string_unicode": "json text",
    "int_type": "json whole",
    "greater_than_equal": "json whole",
    "tuple_type": "json list",
    "dict_type": "json object",
    "mapping_type": "json object",
    "model_type": "json object",
    "model_attributes_type": "json object",
    "literal_error": "json kind",
    "decimal": "json decimal",
    "day": "date",
    "string_pattern_mismatch": "json decimal",
    "string_too_long": "json decimal",
}
"""What should have stood there, by pydantic's kinds of error."""


def _decimal(raw: object) -> object:
    if not isinstance(raw, str) or read_number(raw) is None:
        raise PydanticCustomError("decimal", "a decimal as text")
    return raw


def _day(raw: object) -> object:
    if not isinstance(raw, str) or read_date(raw) is None:
        raise PydanticCustomError("day", "a day")
    return raw


_Day = Annotated[str, BeforeValidator(_day)]
_Points = Annotated[str, BeforeValidator(_decimal)]
_Exact = Annotated[StrictStr, Field(pattern=f"^(?:{DECIMAL}|{FRACTION})$", max_length=limits.MAX_EXACT)]
"""Points that have more decimals than are shown; a mean of many figures may be a long fraction."""


Document = dict[str, Any]
Findings = tuple[Diagnostic, ...]


class _Part(BaseModel):
    """A part of the file; keys that are not compared may be there."""

    model_config = ConfigDict(frozen=True, extra="ignore")


P = TypeVar("P", bound=_Part)


class _Node(_Part):
    id: StrictStr
    title: StrictStr
    kind: Kind
    max: _Points | None
    points: _Points
    exact: _Exact | None = None
    weight: _Exact = "1"
    counted: _Points | None = None
    counted_exact: _Exact | None = None
    nodes: Annotated[tuple["_Node", ...], FailFast()]


class _Round(_Part):
    nodes: Annotated[tuple[_Node, ...], FailFast()]


class _Unit(_Part):
    unit: StrictStr
    rank: Annotated[StrictInt, Field(ge=1)]
    total: _Points
    grade: StrictStr | None
    nodes: Annotated[tuple[_Node, ...], FailFast()]
    rounds: Mapping[str, _Round] = {}


class _Named(_Part):
    unit: StrictStr


class _Rubric(_Part):
    """What a run that could not use its rubric leaves open."""

    id: StrictStr | None
    title: StrictStr | None
    sha256: StrictStr | None


class _Finding(_Part):
    severity: StrictStr


class _Tool(_Part):
    name: StrictStr
    version: StrictStr


class _Head(_Part):
    schema_: StrictStr | None = Field(None, alias="schema")
    diagnostics: Annotated[tuple[_Finding, ...], FailFast()] = ()


class _File(_Part):
    tool: _Tool
    rubric: _Rubric
    units: Annotated[tuple[_Unit, ...], FailFast()]
    unscored: Annotated[tuple[_Named, ...], FailFast()] = ()
    excluded: Annotated[tuple[_Named, ...], FailFast()] = ()
    through: _Day | None = None
    rounds: tuple[StrictStr, ...] | None = None


def interim_of(document: Mapping[str, Any]) -> Interim | None:
    """Return how far the interim result in a document that was read goes; None of the whole period."""
    through, rounds = document.get("through"), document.get("rounds")
    if through is None and rounds is None:
        return None
    return Interim(tuple(rounds or ()), None if through is None else date.fromisoformat(through))


def read_outcome(data: bytes, file: str) -> Outcome | Findings:
    """Read what is compared of a result file; or return what is wrong with it, as `read_result` does."""
    read = read_result(data, file)
    return _outcome(_File.model_validate(read), interim_of(read)) if isinstance(read, dict) else read


def read_result(data: bytes, file: str) -> Document | Findings:
    """Read a result file; or return what is wrong where it is none, or is not as `dangjian score` writes it."""
    if len(data) > limits.MAX_RESULT:
        return (_no_result(file, "too large result"),)
    document = read_json(data)
    if isinstance(document, JsonFault):
        return (_no_json(document, file),)
    head = _taken(_Head, document)
    if isinstance(head, ValidationError):
        return (_no_result(file, "no result"),)
    if head.schema_ != SCHEMA:
        other = head.schema_ if head.schema_ and head.schema_.startswith("dangjian.") else ""
        return (_no_result(file, "other schema" if other else "no result", other),)
    whole = _taken(_File, document)
    if isinstance(whole, ValidationError):
        return tuple(_finding(wrong, file) for wrong in whole.errors(include_url=False)[:_MOST])
    if not whole.units and any(finding.severity == "error" for finding in head.diagnostics):
        return (_no_result(file, "failed run"),)
    return (*_unsaid(whole.rubric, file), *islice(_twice(whole, file), _MOST)) or document


def _taken(part: type[P], document: object) -> P | ValidationError:
    try:
        return part.model_validate(document)
    except ValidationError as error:
        return error


def _no_result(file: str, reason: str, schema: str = "") -> Diagnostic:
    return at_file(Code.NO_RESULT, file, reason=reason, schema=schema)


def _no_json(fault: JsonFault, file: str) -> Diagnostic:
    if fault.reason == "key twice":
        return _damaged(file, fault.key, "", "json key once")
    args = (("reason", fault.reason), ("schema", ""))
    return Diagnostic(Code.NO_RESULT, Place(file, fault.line, fault.column), args, (fault.line or 0, fault.column or 0))


def _damaged(file: str, path: str, found: str, expected: str) -> Diagnostic:
    return at_file(Code.RESULT_DAMAGED, file, at=path, found=found, expected=expected)


def _finding(error: Any, file: str) -> Diagnostic:
    kind, at = error["type"], "/".join(map(str, error["loc"]))
    scalar = kind != "missing" and isinstance(error["input"], str | int | float | None)
    return _damaged(file, at, str(error["input"]) if scalar else "", _EXPECTED.get(kind, "json object"))


def _unsaid(rubric: _Rubric, file: str) -> Iterator[Diagnostic]:
    for key, value in rubric:
        if value is None:
            yield _damaged(file, f"rubric/{key}", "", "json text")


def _twice(whole: _File, file: str) -> Iterator[Diagnostic]:
    """Find units, and items of a unit, that stand twice: which of the two counts, nobody can say."""
    seen: set[str] = set()
    for at, unit in enumerate(whole.units):
        if fold(unit.unit) in seen:
            yield _damaged(file, f"units/{at}/unit", unit.unit, "json once")
        seen.add(fold(unit.unit))
        for nodes in (unit.nodes, *(part.nodes for part in unit.rounds.values())):
            for id_, count in Counter(node.id for node in _all(nodes)).most_common(1):
                if count > 1:
                    yield _damaged(file, f"units/{at}/nodes", id_, "json once")


def _all(nodes: tuple[_Node, ...]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _all(node.nodes)


def _outcome(whole: _File, interim: Interim | None) -> Outcome:
    absent: dict[str, WhyAbsent] = {unit.unit: "excluded" for unit in whole.excluded}
    absent |= {unit.unit: "unscored" for unit in whole.unscored}
    units = tuple(_unit(unit) for unit in whole.units)
    sections = (nodes for unit in whole.units for nodes in (unit.nodes, *(part.nodes for part in unit.rounds.values())))
    places = _places(node.points for nodes in sections for node in _all(nodes))
    rubric, total_places = whole.rubric, _places(unit.total for unit in whole.units)
    titles = rubric.id or "", rubric.title or "", rubric.sha256 or ""
    return Outcome(*titles, units, absent, places, total_places, interim)


def _places(written: Iterable[str]) -> int:
    """Count the decimals that figures are written with."""
    return max((len(text.partition(".")[2]) for text in written), default=0)


def _unit(unit: _Unit) -> UnitOutcome:
    rounds: dict[str | None, tuple[_Node, ...]] = {name: part.nodes for name, part in unit.rounds.items()}
    sections = {name: tuple(map(_got, nodes)) for name, nodes in {**rounds, None: unit.nodes}.items()}
    return UnitOutcome(unit.unit, unit.rank, Fraction(unit.total), unit.grade, sections)


def _got(node: _Node) -> Got:
    most = None if node.max is None else Fraction(node.max)
    return Got(
        OutcomeItem(node.id, node.title, node.kind, most, Fraction(node.weight)),
        Fraction(node.exact or node.points),
        Fraction(node.counted_exact or node.counted or node.exact or node.points),
        tuple(map(_got, node.nodes)),
    )
