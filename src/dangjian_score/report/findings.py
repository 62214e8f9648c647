"""Diagnostics as text: place, code, sentence; for YAML the line itself and a caret."""

from collections.abc import Iterable, Mapping
from unicodedata import category

from rich.cells import cell_len

from dangjian_score.diagnostics import Diagnostic, Severity
from dangjian_score.words.say import Words

_CELLS_SHOWN = 8


def findings_text(found: Iterable[Diagnostic], texts: Mapping[str, str], said: Words) -> str:
    """Write findings in reading order, then how many there are; like ones about cells are folded.

    `texts` holds the text of files whose lines are to be shown.
    """
    ordered = sorted(found, key=lambda one: one.sort_key)
    lines = [line for group in _folded(ordered) for line in _finding(group, texts, said)]
    counts = {severity: sum(one.severity is severity for one in ordered) for severity in Severity}
    numbers = {f"{severity}s": str(count) for severity, count in counts.items()}
    return "\n".join([*lines, said.label("counted", **numbers)])


def _folded(found: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Group findings of one code in one sheet: errors by measure, notes all; findings in text stand alone."""
    groups: dict[object, list[Diagnostic]] = {}
    for one in found:
        about = "" if one.severity is Severity.NOTE else dict(one.args).get("measure")
        alike = (one.code, one.place.file, one.place.sheet, about)
        groups.setdefault(alike if one.place.cell and about is not None else one, []).append(one)
    return list(groups.values())


def _finding(group: list[Diagnostic], texts: Mapping[str, str], said: Words) -> list[str]:
    first = group[0]
    cells = [one.place.cell for one in group if one.place.cell]
    more = "…" if len(cells) > _CELLS_SHOWN else ""
    folded = said.label("more", count=str(len(group)), cells=" ".join(cells[:_CELLS_SHOWN]) + more)
    sentence = f"{first.place}: {first.code} {said.label(first.severity)}: {said.message(first)}"
    return [sentence + (folded if len(group) > 1 else ""), *_excerpt(first, texts)]


def _excerpt(found: Diagnostic, texts: Mapping[str, str]) -> list[str]:
    place = found.place
    lines = texts.get(place.file, "").splitlines()
    if place.line is None or place.column is None or place.line > len(lines):
        return []
    line = "".join(" " if category(char) == "Cc" else char for char in lines[place.line - 1])
    return [f"    {line.rstrip()}", f"    {' ' * cell_len(line[: place.column - 1])}^"]
