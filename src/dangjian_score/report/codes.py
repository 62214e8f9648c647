"""The book of codes: a table of all, a page a code, and the whole as Markdown."""

from collections.abc import Iterable, Iterator
from textwrap import indent

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dangjian_score.core.diagnostics import Code, severity_of
from dangjian_score.report.as_md import escaped
from dangjian_score.report.screen import Prose
from dangjian_score.words.say import Explained, Words, explained

_INDENT = "    "


def listing(codes: Iterable[Code], words: Words) -> RenderableType:
    """Lay out a line a code; errors, warnings and notes stand apart."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for key in ("code", "severity"):
        table.add_column(words.text(key), no_wrap=True)
    table.add_column(words.text("what"), overflow="fold")
    above = ""
    for code in codes:
        severity = severity_of(code)
        if above not in ("", severity):
            table.add_section()
        table.add_row(Text(code), Text(words.text(severity)), Prose(explained(code, words.language).short))
        above = severity
    return table


def pages(codes: Iterable[Code], words: Words) -> Iterator[RenderableType]:
    """Lay out all that is to be said of each code."""
    for at, code in enumerate(codes):
        if at:
            yield Text("")
        yield from _page(code, words)


def _page(code: Code, words: Words) -> Iterator[RenderableType]:
    told = explained(code, words.language)
    yield Text(f"{code} {words.text(severity_of(code))}", style="bold")
    if told.sentence:
        yield Prose(told.sentence)
    advice = Table.grid(padding=(0, 2, 0, 0))
    advice.add_column(no_wrap=True)
    advice.add_column(overflow="fold")
    for key, text in _advice(told):
        advice.add_row(Text(words.text(key)), Prose(text))
    yield advice
    for key, example in _examples(told):
        yield Text(words.text(key))
        yield Prose(indent(example, _INDENT))


def _advice(told: Explained) -> Iterator[tuple[str, str]]:
    yield from ((key, text) for key, text in (("matters", told.why), ("mend", told.mend)) if text)


def _examples(told: Explained) -> Iterator[tuple[str, str]]:
    yield from ((key, text.rstrip()) for key, text in (("before", told.before), ("after", told.after)) if text)


def markdown(codes: Iterable[Code], words: Words) -> str:
    """Write a Markdown page: a table of the codes, and a section each."""
    codes = tuple(codes)
    keys = ("code", "severity", "what")
    lines = [f"# {words.text('codes')}", "", words.text("codes intro"), ""]
    lines += [f"| {' | '.join(words.text(key) for key in keys)} |", f"|{' --- |' * len(keys)}"]
    for code in codes:
        short = escaped(explained(code, words.language).short)
        lines.append(f"| [{code}](#{code.lower()}) | {words.text(severity_of(code))} | {short} |")
    return "\n".join([*lines, *(line for code in codes for line in _section(code, words))]) + "\n"


def _section(code: Code, words: Words) -> Iterator[str]:
    told = explained(code, words.language)
    yield from ("", f"## {code}", "", f"**{words.text(severity_of(code))}** {escaped(told.sentence)}".rstrip())
    for key, text in _advice(told):
        yield from ("", f"**{words.text(key)}** {escaped(text)}")
    for key, example in _examples(told):
        yield from ("", words.text(key), "", f"```{'yaml' if told.shows_rubric else 'text'}", example, "```")
