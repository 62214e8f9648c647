"""A report as typed tables and data: figures stay figures until a renderer writes them."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from dangjian_score.core.diagnostics import Diagnostic, of_results
from dangjian_score.core.facts import SourceFile
from dangjian_score.core.points import plain
from dangjian_score.report.as_json import TOOL, diagnostic_json, dumped
from dangjian_score.report.formatting import FigureFormat, exact, shown
from dangjian_score.words.say import Words


class Change(Struct, frozen=True):
    """What a rank or a grade was and is; None where there is none. Only screens have room for both in one column."""

    before: str | int | None
    after: str | int | None


Cell = str | int | Fraction | Change | None
Row = Sequence[Cell]


class DocumentColumn(Struct, frozen=True):
    """A column: its head, and how its figures are written (None: it holds text).

    `on` names the only medium that has it. A screen gives a `unit` part of its width before the name folds, and
    leaves a cell empty where the row above has it and `once` is enough, which is about the same.
    """

    head: str
    figures: FigureFormat | None = None
    on: Literal["screen", "sheet"] | None = None
    unit: bool = False
    once: bool = False


class Table(Struct, frozen=True):
    """A table: `name` is that of its sheet, `heading` stands above it on a screen, `notes` explain it.

    A screen shows the `brief` rows, and says in `rest` what it leaves out. A table without rows is left out, and
    `empty` says so.
    """

    name: str
    columns: Sequence[DocumentColumn]
    rows: Sequence[Row]
    heading: str = ""
    notes: Sequence[str] = ()
    brief: Sequence[Row] | None = None
    rest: str = ""
    empty: str = ""


class Document(Struct, frozen=True):
    """A report: its title, what is to be read first (`lead`), tables, and notes.

    `facts` say on a screen what the title says. The tables of `context` (what changed in the regulation) come first on
    a screen and last in a workbook.
    """

    title: str
    tables: Sequence[Table]
    facts: Sequence[str] = ()
    lead: Sequence[str] = ()
    context: Sequence[Table] = ()
    notes: Sequence[str] = ()


class Points(Struct, frozen=True):
    """Points in data, with the decimals they are shown with."""

    value: Fraction
    places: int


Data: TypeAlias = "bool | int | str | Fraction | Points | Sequence[Data] | Mapping[str, Data] | None"
"""What scripts get: objects, lists and figures; fractions are written as short as exactness allows."""


class Contract(Struct, frozen=True):
    """What scripts may rely on: the name of the schema, and what there is where nothing could be worked out."""

    schema: str
    nothing: Mapping[str, Data]


def sources_data(sources: Iterable[SourceFile]) -> Data:
    """List files by name and fingerprint."""
    return [{"name": source.name, "sha256": source.sha256} for source in sources]


def data_json(schema: str, data: Mapping[str, Data], diagnostics: Iterable[Diagnostic], words: Words) -> bytes:
    """Write data out under the name of its schema, with all that was found on the way."""
    found = [diagnostic_json(finding, words) for finding in of_results(diagnostics)]
    return dumped({"schema": schema, "tool": TOOL, **_object(data), "diagnostics": found})


def _object(data: Mapping[str, Data]) -> dict[str, Any]:
    """Write an object; beside points that are shown rounded stands what they are exactly."""
    written: dict[str, Any] = {}
    for key, value in data.items():
        written[key] = _value(value)
        if isinstance(value, Points) and (text := exact(value.value, value.places)):
            written[f"{key}_exact"] = text
    return written


def _value(value: Data) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Points():
            return shown(value.value, value.places)
        case Fraction():
            return plain(value)
        case Mapping():
            return _object(value)
        case _:
            return [*map(_value, value)]
