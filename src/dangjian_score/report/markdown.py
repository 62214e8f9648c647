"""What the Markdown pages share."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from dangjian_score.names import visible


def escaped(text: str) -> str:
    """Keep text from being taken for Markdown or HTML."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for mark in "|*_`[]#~":
        text = text.replace(mark, f"\\{mark}")
    return text


def row(cells: Iterable[str]) -> str:
    """Write a row of a table; its cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], figures: Collection[int] = ()) -> Iterator[str]:
    """Write a table of plain text; the columns at `figures` are set to the right."""
    yield row(map(escaped, heads))
    yield row("---:" if at in figures else "---" for at in range(len(heads)))
    yield from (row(map(escaped, cells)) for cells in rows)
