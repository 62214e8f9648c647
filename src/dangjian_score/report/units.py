"""A .parquet file of units as a table for people, .csv or .xlsx: Chinese or English heads, in the order of ranks."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl
from xlsxwriter.utility import xl_rowcol_to_cell

from dangjian_score.core.names import breadth, order_key
from dangjian_score.core.sheet_style import MOST_COLUMNS, MOST_ROWS
from dangjian_score.core.watching import unwatched
from dangjian_score.report.as_csv import safe
from dangjian_score.report.book import GENERAL, Book, Pour, Style, decimals_format, rows_xml
from dangjian_score.rubric.model import Node, Rubric
from dangjian_score.words.say import Words

_ENDS: Final = ("total", "group_rank", "grade", "vetoes", "selections")
"""Columns behind the points of nodes, in this order."""
_WORDS: Final = {"vetoes": "veto", "group_rank": "group rank"}
_RANKS: Final = ("rank", "group_rank")
_KEPT: Final = 2
"""Columns of a sheet that stay in view: rank and unit."""
_WIDEST, _NARROWEST = 40, 8
_SAFE: Final = (
    r"^[\p{Han}A-Za-z0-9（）()]*"
    r"[\p{Han}--[年月日时分秒上下午〇○零一二三四五六七八九十廿卅]][\p{Han}A-Za-z0-9（）()]*$"
)
"""Names that no spreadsheet takes for anything else."""


def units_csv(path: Path, rubric: Rubric, words: Words) -> bytes:
    """Write the units as the ranking is written, with the points of all nodes: UTF-8 with a byte order mark."""
    frame, heads = _ranked(path, rubric), _heads(path, rubric, words)
    texts = [_safe_texts(frame[name]) if frame[name].dtype == pl.String else frame[name] for name in heads]
    shown = [
        column.cast(pl.String).fill_null(words.text("no rank") if name in _RANKS else "").alias(name)
        for name, column in zip(heads, texts, strict=True)
    ]
    made = BytesIO()
    above = pl.DataFrame([[safe(head)] for head in heads.values()], schema=[*heads])
    blank = pl.DataFrame(shown).select(pl.when(pl.all() != "").then(pl.all()))  # an empty text would have quotes
    for part in (above, blank):
        part.write_csv(made, include_header=False, include_bom=part is above, line_terminator="\r\n")
    return made.getvalue()


def fits_a_sheet(path: Path) -> bool:
    """Return whether a sheet can hold the units, below their heads."""
    scan = pl.scan_parquet(path, glob=False)
    count = int(scan.select(pl.len()).collect().item())
    return count < MOST_ROWS and len(scan.collect_schema()) <= MOST_COLUMNS


def units_xlsx(path: Path, rubric: Rubric, words: Words) -> bytes:
    """Write the units into one sheet."""
    frame, heads = _ranked(path, rubric), _heads(path, rubric, words)
    book = Book(rubric.title)
    sheet = book.add(words.text("sheet ranking"))
    widths = [_width(frame[name], head) for name, head in heads.items()]
    sheet.widen(widths)
    for at, head in enumerate(heads.values()):
        sheet.put(0, at, head, "header")
    sheet.lay_out((0, 1), _KEPT)
    looks = [book.formats(_style(frame[name]), _format(frame[name]), ()) for name in heads]
    ranks = [at for at, name in enumerate(heads) if name in _RANKS]
    none = words.text("no rank")

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in frame.select(*heads).iter_rows():
            if all(row[at] is not None for at in ranks):
                yield row
            else:
                yield tuple(none if at in ranks and entry is None else entry for at, entry in enumerate(row))

    corner = xl_rowcol_to_cell(frame.height, len(heads) - 1)
    poured = rows_xml(rows(), 1, range(len(heads)), [*zip(looks, widths, strict=True)])
    book.pour(sheet, Pour(poured, frame.height + 2, corner))
    return book.to_bytes(unwatched)


def _ranked(path: Path, rubric: Rubric) -> pl.DataFrame:
    """Read the units in the order of a result: by group, then by rank, then by name; those without a rank last."""
    frame = pl.read_parquet(path, glob=False)
    keys = [*map(order_key, frame["unit"])]
    frame = frame[sorted(range(frame.height), key=keys.__getitem__)]
    standing = [pl.col("rank").is_null(), *([_group(frame, rubric.groups)] if rubric.groups else []), pl.col("rank")]
    return frame.sort(standing, maintain_order=True)


def _group(frame: pl.DataFrame, name: str) -> pl.Expr:
    groups = frame[name].unique(maintain_order=True)
    return pl.col(name).replace_strict(groups, pl.Series(range(len(groups)), dtype=pl.Int64))


def _heads(path: Path, rubric: Rubric, words: Words) -> Mapping[str, str]:
    """Name the columns in the order of the ranking."""
    there, titles = pl.read_parquet_schema(path), {node.id or "": node.title for node in _nodes(rubric)}
    standing = ("rank", "unit", *rubric.attributes)
    nodes = [name for name in there if name not in (*standing, *_ENDS)]
    heads = {"rank": words.text("rank"), "unit": rubric.subject, **{name: name for name in rubric.attributes}}
    heads |= {name: _node_head(name, titles) for name in nodes}
    return heads | {name: words.text(_WORDS.get(name, name)) for name in _ENDS if name in there}


def _node_head(name: str, titles: Mapping[str, str]) -> str:
    """Return the title of a node, behind its round where it has one."""
    round_, _, own = name.rpartition(" ")
    return titles[name] if name in titles else f"{round_} {titles[own]}"


def _nodes(rubric: Rubric) -> Iterator[Node]:
    waiting: list[Node] = [*rubric.sections]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.items


def _safe_texts(column: pl.Series) -> pl.Series:
    """Keep texts from being taken for formulas, figures or days."""
    doubtful = ~column.str.contains(_SAFE).fill_null(value=True)
    if not doubtful.any():
        return column
    texts = column.filter(doubtful).unique()
    others = column.replace_strict(texts, pl.Series([*map(safe, texts)], dtype=pl.String), default=None)
    return pl.select(pl.when(doubtful).then(others).otherwise(column)).to_series().alias(column.name)


def _style(column: pl.Series) -> Style:
    return "text" if column.dtype == pl.String else "middle"


def _format(column: pl.Series) -> str:
    return decimals_format(column.dtype.scale) if isinstance(column.dtype, pl.Decimal) else GENERAL


def _width(column: pl.Series, head: str) -> float:
    longest = column.str.len_chars().max() if column.dtype == pl.String else None
    widest = max(breadth(head), 2 * longest if isinstance(longest, int) else 0)
    return min(max(widest, _NARROWEST), _WIDEST) + _KEPT
