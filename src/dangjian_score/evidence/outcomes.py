"""Result files (`dangjian.result/1`), read back to be compared or as evidence: strictly, and with all that is wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Annotated, Any, Final, TypeVar

from msgspec import Struct
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_file
from dangjian_score.core.names import fold
from dangjian_score.core.points import DECIMAL, FRACTION, read_number
from dangjian_score.core.strict_json import JsonFault, read_json
from dangjian_score.engine.compare import ComparedResult, Got, OutcomeItem, UnitOutcome, WhyAbsent
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
    "bool_type": "json flag",
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
    applies: StrictBool = True
    weight: _Exact = "1"
    counted: _Points | None = None
    counted_exact: _Exact | None = None
    nodes: Annotated[tuple["_Node", ...], FailFast()]


class _Round(_Part):
    nodes: Annotated[tuple[_Node, ...], FailFast()]


class _Unit(_Part):
    unit: StrictStr
    attributes: Mapping[StrictStr, StrictStr] = {}
    rank: Annotated[StrictInt, Field(ge=1)] | None
    total: _Points
    grade: StrictStr | None
    grade_candidates: tuple[StrictStr, ...] = ()
    nodes: Annotated[tuple[_Node, ...], FailFast()]
    rounds: Mapping[str, _Round] = {}


class _Named(_Part):
    unit: StrictStr
    attributes: Mapping[StrictStr, StrictStr] = {}


class _Days(_Part):
    from_: _Day = Field(alias="from")
    to: _Day


class _Rubric(_Part):
    """The rubric; what a run that could not use it leaves open is None."""

    id: StrictStr | None
    title: StrictStr | None
    sha256: StrictStr | None
    rules: StrictStr | None
    period: _Days | None = None
    full: _Exact | None = None


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


def read_outcome(data: bytes, file: str) -> ComparedResult | Findings:
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
    for key, value in (("id", rubric.id), ("title", rubric.title), ("sha256", rubric.sha256), ("rules", rubric.rules)):
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


def _outcome(whole: _File, interim: Interim | None) -> ComparedResult:
    absent: dict[str, WhyAbsent] = {unit.unit: "excluded" for unit in whole.excluded}
    absent |= {unit.unit: "unscored" for unit in whole.unscored}
    units = tuple(_unit(unit) for unit in whole.units)
    sections = (nodes for unit in whole.units for nodes in (unit.nodes, *(part.nodes for part in unit.rounds.values())))
    places = _places(node.points for nodes in sections for node in _all(nodes))
    rubric, total_places = whole.rubric, _places(unit.total for unit in whole.units)
    titles = rubric.id or "", rubric.title or "", rubric.sha256 or "", rubric.rules or ""
    return ComparedResult(*titles, units, absent, places, total_places, interim)


def _places(written: Iterable[str]) -> int:
    """Count the decimals that figures are written with."""
    return max((len(text.partition(".")[2]) for text in written), default=0)


def _unit(unit: _Unit) -> UnitOutcome:
    rounds: dict[str | None, tuple[_Node, ...]] = {name: part.nodes for name, part in unit.rounds.items()}
    sections = {name: tuple(map(_got, nodes)) for name, nodes in {**rounds, None: unit.nodes}.items()}
    return UnitOutcome(unit.unit, unit.rank, Fraction(unit.total), unit.grade, sections, unit.grade_candidates)


def _got(node: _Node) -> Got:
    most = None if node.max is None else Fraction(node.max)
    return Got(
        OutcomeItem(node.id, node.title, node.kind, most, Fraction(node.weight)),
        Fraction(node.exact or node.points),
        Fraction(node.counted_exact or node.counted or node.exact or node.points),
        tuple(map(_got, node.nodes)),
        node.applies,
    )


class ResultNode(Struct, frozen=True):
    """A node of a unit in a result that is evidence, with the path of its points."""

    id: str
    title: str
    points: Fraction
    applies: bool
    path: str
    nodes: tuple["ResultNode", ...]

    def below(self) -> Iterator["ResultNode"]:
        """Visit this node and all below it."""
        yield self
        for node in self.nodes:
            yield from node.below()


class UnitRead(Struct, frozen=True):
    """A unit of a result that is evidence, with its path; `total` is None where it is 不参评.

    `rate` is the total as a share of full marks, None where there are none. `nodes` are the sections that are scored
    once, `in_rounds` the ids of the other nodes.
    """

    unit: str
    attributes: Mapping[str, str]
    path: str
    row: int
    total: Fraction | None = None
    rate: Fraction | None = None
    nodes: tuple[ResultNode, ...] = ()
    in_rounds: frozenset[str] = frozenset()


class ResultFile(Struct, frozen=True):
    """A result that is evidence; `period` are its first and last day, `full` are full marks, None where unknown."""

    file: str
    rubric: str
    interim: Interim | None
    period: tuple[date, date] | None
    full: Fraction | None
    units: tuple[UnitRead, ...]
    unscored: tuple[str, ...]


def read_evidence_result(data: bytes, file: str) -> ResultFile | Findings:
    """Read a result as evidence; or return what is wrong with it, as `read_result` does."""
    read = read_result(data, file)
    if not isinstance(read, dict):
        return read
    whole = _File.model_validate(read)
    days, full = whole.rubric.period, None if whole.rubric.full is None else Fraction(whole.rubric.full)
    return ResultFile(
        file=file,
        rubric=whole.rubric.id or "",
        interim=interim_of(read),
        period=None if days is None else (date.fromisoformat(days.from_), date.fromisoformat(days.to)),
        full=full,
        units=(
            *(_listed(unit, at, full) for at, unit in enumerate(whole.units)),
            *(UnitRead(unit.unit, unit.attributes, f"excluded/{at}", 0) for at, unit in enumerate(whole.excluded)),
        ),
        unscored=tuple(unit.unit for unit in whole.unscored),
    )


def _listed(unit: _Unit, at: int, full: Fraction | None) -> UnitRead:
    path = f"units/{at}"
    nodes = tuple(_result_node(node, f"{path}/nodes/{number}") for number, node in enumerate(unit.nodes))
    often = frozenset(node.id for part in unit.rounds.values() for node in _all(part.nodes))
    total = Fraction(unit.total)
    return UnitRead(unit.unit, unit.attributes, path, at + 1, total, total / full if full else None, nodes, often)


def _result_node(node: _Node, path: str) -> ResultNode:
    return ResultNode(
        node.id,
        node.title,
        Fraction(node.exact or node.points),
        node.applies,
        f"{path}/points" if node.exact is None else f"{path}/exact",
        tuple(_result_node(lower, f"{path}/nodes/{number}") for number, lower in enumerate(node.nodes)),
    )
