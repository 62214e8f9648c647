"""The book of codes: a table of all, a page a code, and the whole as Markdown."""

from collections.abc import Iterable, Iterator
from textwrap import indent

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dangjian_score.core.diagnostics import Code, severity_of
from dangjian_score.report.as_md import escaped, table, table_row
from dangjian_score.report.screen import Prose, ruled_table
from dangjian_score.words.say import Explained, Words, explained

_INDENT = "    "


def listing(codes: Iterable[Code], words: Words) -> RenderableType:
    """Lay out a line a code; errors, warnings and notes stand apart."""
    listed = ruled_table()
    for key in ("code", "severity"):
        listed.add_column(words.text(key), no_wrap=True)
    listed.add_column(words.text("what"), overflow="fold")
    above = ""
    for code in codes:
        severity = severity_of(code)
        if above not in ("", severity):
            listed.add_section()
        listed.add_row(Text(code), Text(words.text(severity)), Prose(explained(code, words.language).short))
        above = severity
    return listed


def pages(codes: Iterable[Code], words: Words) -> Iterator[RenderableType]:
    """Lay out all of each code."""
    for at, code in enumerate(codes):
        if at:
            yield Text("")
        yield from _page(code, words)


def _page(code: Code, words: Words) -> Iterator[RenderableType]:
    book = explained(code, words.language)
    yield Text(f"{code} {words.text(severity_of(code))}", style="bold")
    if book.sentence:
        yield Prose(book.sentence)
    advice = Table.grid(padding=(0, 2, 0, 0))
    advice.add_column(no_wrap=True)
    advice.add_column(overflow="fold")
    for key, text in _advice(book):
        advice.add_row(Text(words.text(key)), Prose(text))
    yield advice
    for key, example in _examples(book):
        yield Text(words.text(key))
        yield Prose(indent(example, _INDENT))


def _advice(book: Explained) -> Iterator[tuple[str, str]]:
    yield from ((key, text) for key, text in (("matters", book.why), ("mend", book.mend)) if text)


def _examples(book: Explained) -> Iterator[tuple[str, str]]:
    yield from ((key, text.rstrip()) for key, text in (("before", book.before), ("after", book.after)) if text)


def markdown(codes: Iterable[Code], words: Words) -> str:
    """Write a Markdown page: a table of the codes, and a section each."""
    codes = tuple(codes)
    keys = ("code", "severity", "what")
    lines = [f"# {words.text('codes')}", "", words.text("codes intro"), ""]
    lines += table([words.text(key) for key in keys], ())
    for code in codes:
        short = escaped(explained(code, words.language).short)
        lines.append(table_row((f"[{code}](#{code.lower()})", words.text(severity_of(code)), short)))
    return "\n".join([*lines, *(line for code in codes for line in _section(code, words))]) + "\n"


def _section(code: Code, words: Words) -> Iterator[str]:
    book = explained(code, words.language)
    yield from ("", f"## {code}", "", f"**{words.text(severity_of(code))}** {escaped(book.sentence)}".rstrip())
    for key, text in _advice(book):
        yield from ("", f"**{words.text(key)}** {escaped(text)}")
    for key, example in _examples(book):
        yield from ("", words.text(key), "", f"```{'yaml' if book.shows_rubric else 'text'}", example, "```")
