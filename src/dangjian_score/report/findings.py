"""Diagnostics as text: place, code, sentence; for YAML the line itself and a caret."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dangjian_score.diagnostics import Diagnostic, Place, Severity
from dangjian_score.names import visible
from dangjian_score.report.excerpts import excerpt, lines_of
from dangjian_score.words.say import Words

PIPE_WIDTH: Final = 160
"""Screen columns of an excerpt where there is no screen."""

_CELLS_SHOWN: Final = 8
_ALONE: Final = 20
_RELATED_SHOWN: Final = 4
_INDENT: Final = "    "
_NARROWEST: Final = 16

Lines = Mapping[str, list[str]]


def plain(_role: str, text: str) -> str:
    """Leave a piece of text as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Look:
    """How text is laid out: the screen's columns, and how a piece is coloured by its role.

    Roles are `error`, `warning`, `note` and, for what stands beside a finding, `beside`.
    """

    width: int = PIPE_WIDTH
    paint: Callable[[str, str], str] = plain


PLAIN: Final = Look()


_ADVICE: Final = ("guess", "odd", "format")
"""What a finding says of one cell that it may not say of the next."""


def findings_text(found: Iterable[Diagnostic], texts: Mapping[str, str], said: Words, look: Look = PLAIN) -> str:
    """Write findings in reading order, then how many there are; like ones about cells are folded.

    `texts` holds the text of files whose lines are to be shown.
    """
    ordered = sorted(found, key=lambda one: one.sort_key)
    shown = {place.file for one in ordered for place in (one.place, *one.related)}
    lines = {file: lines_of(text) for file, text in texts.items() if file in shown}
    written = [line for group in _folded(ordered) for line in _finding(group, lines, said, look)]
    severities = [one.severity for one in ordered]
    numbers = {f"{severity}s": str(severities.count(severity)) for severity in Severity}
    return "\n".join([*written, said.label("counted", **numbers)])


def _folded(found: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Group findings of one code in one sheet: errors by measure and advice, notes all; findings in text stand alone.

    Of those that name no measure the first stand alone too, and the others together.
    """
    groups: dict[object, list[Diagnostic]] = {}
    alone: Counter[object] = Counter()
    for one in found:
        args = dict(one.args)
        about = "" if one.severity is Severity.NOTE else args.get("measure")
        alike = (one.code, one.place.file, one.place.sheet, about, *map(args.get, _ADVICE))
        alone[alike] += about is None
        together = one.place.cell and (about is not None or alone[alike] > _ALONE)
        groups.setdefault(alike if together else one, []).append(one)
    return list(groups.values())


def _finding(group: list[Diagnostic], lines: Lines, said: Words, look: Look) -> Iterator[str]:
    first = group[0]
    cells = [one.place.cell for one in group if one.place.cell]
    more = "…" if len(cells) > _CELLS_SHOWN else ""
    folded = said.label("more", count=str(len(group)), cells=" ".join(cells[:_CELLS_SHOWN]) + more)
    kind = look.paint(first.severity, f"{first.code} {said.label(first.severity)}")
    sentence = visible(said.message(first)) + (folded if len(group) > 1 else "")
    yield f"{visible(str(first.place))}: {kind}: {sentence}"
    yield from _excerpt(first.place, first.severity, lines, look)
    for place in first.related[:_RELATED_SHOWN]:
        yield f"  {said.label('see also', place=visible(str(place)))}"
        yield from _excerpt(place, "beside", lines, look)
    if len(first.related) > _RELATED_SHOWN:
        yield "  …"


def _excerpt(place: Place, role: str, lines: Lines, look: Look) -> Iterator[str]:
    """Show a place in a text: the line, and a caret of the role's colour."""
    here = lines.get(place.file, [])
    if place.line is None or place.column is None or place.line > len(here):
        return
    line, caret = excerpt(here[place.line - 1], place.column, max(look.width - len(_INDENT), _NARROWEST))
    yield f"{_INDENT}{line}"
    yield f"{_INDENT}{caret[:-1]}{look.paint(role, caret[-1])}"
