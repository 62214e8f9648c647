"""Files of evidence → sheets, by what their names and first bytes promise; Parquet and Arrow are read here."""

import math
import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import PurePath
from typing import Any, Final, Literal
from unicodedata import normalize

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.evidence import delimited
from dangjian_score.evidence.sheets import BrokenCell, Content, RawCell, Sheet

ARROW: Final = (".arrow", ".feather")
"""What files of Arrow end in."""
STORED: Final = (".parquet", *ARROW)
"""What files end in that hold columns of one type each."""
SUFFIXES: Final = (".xlsx", ".xlsm", ".csv", *STORED)
"""What evidence files end in."""
WORKBOOKS: Final = frozenset({
    ".xls", ".xlt", ".et", ".ett", ".xlsb", ".xltx", ".xltm", ".ods", ".ots", ".fods", ".xml", ".htm", ".html", ".mht",
    ".mhtml",
})  # fmt: skip
"""What other tables end in that are told by their contents: what they really are is said by name."""
TABLES: Final = frozenset({
    ".123", ".accdb", ".dbf", ".dif", ".gnumeric", ".mdb", ".numbers", ".prn", ".slk", ".sxc", ".tab", ".tsv", ".uos",
    ".wk1", ".wks",
})  # fmt: skip
"""What tables end in that nobody reads here."""
ARCHIVES: Final = frozenset({
    ".7z", ".arj", ".bz2", ".cab", ".gz", ".iso", ".lzh", ".rar", ".tar", ".tgz", ".xz", ".z", ".zip", ".zst",
})  # fmt: skip
"""What archives end in, in which tables may be."""

_DOCUMENTS: Final = frozenset({
    ".doc", ".docm", ".docx", ".dot", ".dotx", ".dps", ".dpt", ".epub", ".key", ".mpp", ".msg", ".odp", ".odt", ".ofd",
    ".pages", ".pot", ".potx", ".pps", ".ppsx", ".ppt", ".pptm", ".pptx", ".vsd", ".vsdx", ".wps", ".wpt", ".xmind",
    ".xps",
})  # fmt: skip
"""What documents end in that are archives or containers inside, as workbooks are."""
_CONTAINERS: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
)  # fmt: skip
"""How archives begin, and the files of older programs."""
_LOCKS: Final = re.compile(r"~\$.*|\.~.*|~.*\.tmp|\.~lock\..*#", re.IGNORECASE | re.DOTALL)
_OF_THE_SYSTEM: Final = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"})


def is_json(name: str) -> bool:
    """Return whether a file is named as a result of another rubric."""
    return suffix_of(name) == ".json"


FileKind = Literal["lock", "hidden", "table", "document", "unknown"]


def suffix_of(name: str) -> str:
    """Give what a file's name ends in, in lower case."""
    return PurePath(name).suffix.lower()


def kind_of(name: str) -> FileKind:
    """Say what the name of a file or folder promises: a `table` is evidence, or refused with a way out.

    Names that were damaged on their way (`证据．xlsx`, `证据.csv.bak`, `证据.csv.txt`) still promise a table.
    """
    if _LOCKS.fullmatch(name):
        return "lock"
    if name.startswith(".") or name.lower() in _OF_THE_SYSTEM:
        return "hidden"
    ends = PurePath(normalize("NFKC", name).replace("。", ".").strip(" .")).suffixes
    last = ends[-1].lower() if ends else ""
    if last in TABLES | ARCHIVES | WORKBOOKS or last in SUFFIXES:
        return "table"
    if last in _DOCUMENTS:
        return "document"
    inner = {re.split(r"\W", end[1:].lower())[0] for end in ends}
    damaged = any(f".{end}" in WORKBOOKS or f".{end}" in SUFFIXES for end in inner)
    return "table" if damaged else "unknown"


def is_container(start: bytes) -> bool:
    """Tell by its first bytes a file in which a table may be, as in archives and in what older programs save."""
    return start.startswith(_CONTAINERS)


def read_sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read one file by what its name ends in."""
    suffix = suffix_of(file)
    if suffix in ARCHIVES:
        return at_file(Code.FILE_UNUSABLE, file, reason="archive")
    if suffix in TABLES:
        return at_file(Code.FILE_UNUSABLE, file, reason="other table")
    if len(data) > limits.MAX_EVIDENCE_FILE:
        return at_file(Code.FILE_UNUSABLE, file, reason="too large")
    if suffix == ".csv":
        return delimited.sheets(data, file)
    if suffix in STORED:
        return column_sheets(data, file)
    if suffix not in SUFFIXES and suffix not in WORKBOOKS:
        return at_file(Code.FILE_UNUSABLE, file, reason="suffix")
    from dangjian_score.evidence.xlsx import workbook  # noqa: PLC0415  .csv does without

    sheets = workbook.sheets(data, file)
    if suffix in SUFFIXES or isinstance(sheets, Diagnostic):
        return sheets
    return at_file(Code.FILE_UNUSABLE, file, reason="named otherwise")


def column_sheets(data: bytes, file: str) -> tuple[Sheet, ...] | Diagnostic:
    """Read a file of columns; a finding where it is none, or where pyarrow (the extra `parquet`) is missing."""
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
    except ImportError:
        return at_file(Code.FILE_UNUSABLE, file, reason="parquet extra")
    if not data:
        return at_file(Code.FILE_UNUSABLE, file, reason="empty file")
    of_arrow = suffix_of(file) in ARROW
    try:
        table = _arrow_table(data) if of_arrow else _parquet_table(data)
        if isinstance(table, str):
            return at_file(Code.FILE_UNUSABLE, file, reason=table)
        columns = [_values(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError):  # what pyarrow says of broken files
        return at_file(Code.FILE_UNUSABLE, file, reason="not arrow" if of_arrow else "not parquet")
    lengths = [len(value) for column in columns for value in column if isinstance(value, str)]
    if max(lengths, default=0) > limits.MAX_CELL_TEXT:
        return at_file(Code.FILE_UNUSABLE, file, reason="long cell")
    if sum(lengths) > limits.MAX_EVIDENCE_FILE:
        return at_file(Code.FILE_UNUSABLE, file, reason="too large")
    rows = {1: {at: RawCell(name) for at, name in enumerate(table.column_names, start=1) if name}}
    for number, record in enumerate(zip(*columns, strict=True), start=2):
        contents = ((at, content_of(value)) for at, value in enumerate(record, start=1))
        cells = {at: RawCell(content, typed=True) for at, content in contents if content is not None}
        if cells:
            rows[number] = cells
    return (Sheet(file, None, hidden=False, rows=rows),)


def _parquet_table(data: bytes) -> Any:
    """Return the table of a .parquet file, equal texts once; or why it is not read."""
    from pyarrow import parquet  # noqa: PLC0415

    held = parquet.ParquetFile(BytesIO(data))
    if held.metadata.num_rows * held.metadata.num_columns > limits.MAX_UNLIKE_CELLS:
        return "too many cells"
    parts = [held.schema.column(at) for at in range(len(held.schema))]
    if any(part.max_repetition_level for part in parts):
        return "lists in cells"
    return parquet.ParquetFile(BytesIO(data), read_dictionary=[part.path for part in parts]).read()


def _arrow_table(data: bytes) -> Any:
    """Return the table of a file of Arrow; or why it is not read."""
    import pyarrow as pa  # noqa: PLC0415

    held = pa.ipc.open_file(pa.BufferReader(data))
    if any(pa.types.is_nested(of) for of in held.schema.types):
        return "lists in cells"
    table = held.read_all()
    return "too many cells" if table.num_rows * table.num_columns > limits.MAX_UNLIKE_CELLS else table


def _values(column: Any) -> list[Any]:
    """Return the values of a column; those of equal texts are one object, however often they stand there."""
    values: list[Any] = []
    for chunk in column.chunks:
        if hasattr(chunk, "dictionary"):
            texts = chunk.dictionary.to_pylist()
            values += [None if at is None else texts[at] for at in chunk.indices.to_pylist()]
        else:
            values += chunk.to_pylist()
    return values


def content_of(value: Any) -> Content | None:
    """Take a value of a file of columns as the content of a cell; None where it is blank."""
    match value:
        case None | bool():
            return value
        case int():
            return Fraction(value)
        case float() if math.isfinite(value):
            return Fraction(format(value, ".15g"))
        case Decimal() if value.is_finite():
            return Fraction(value)
        case datetime() if value.time() != datetime.min.time():
            return BrokenCell("time", str(value))
        case datetime():
            return value.date()
        case date():
            return value
        case str():
            return value.strip() or None
        case _:
            return BrokenCell("error", str(value)[:30])
