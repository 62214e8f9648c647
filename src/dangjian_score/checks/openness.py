"""What a regulation leaves open: ties, figures of our own, clauses that nothing stands for; ties after scoring."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from dangjian_score.core.diagnostics import Code, Diagnostic, Path, at_file
from dangjian_score.core.facts import SourceFile
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Result
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import Exclusion, Selection, Veto

Clause = tuple[int, ...]
"""第三条 is (3,), 一（二）1 is (1, 2, 1)."""

MOST: Final = 500
"""Clauses that a range is counted out to; no regulation has as many."""

_ALL: Final = 20_000
"""Clauses that are looked at in all; who names more has written something else."""

_DIGITS: Final = {digit: at for at, digit in enumerate("零一二三四五六七八九")}
_NUMERAL: Final = re.compile(r"[0-9]{1,4}|[零一二三四五六七八九十百]+")
_APART: Final = re.compile(r"[、,，;；]|\s+和\s*")
_RANGE: Final = re.compile(r"[-–—~～至]")


def uncovered(declared: str, named: Iterable[str]) -> tuple[str, ...]:
    """Name the declared clauses that no name stands for; one that names a whole chapter stands for all in it."""
    covering = {clause for text in named for clause, _ in _all_listed(text)}
    within = {clause[:at] for clause in covering for at in range(len(clause) + 1)}
    missing = (
        shown
        for clause, shown in _all_listed(declared)
        if clause not in within and not any(clause[:at] in covering for at in range(len(clause)))
    )
    return tuple(dict.fromkeys(missing))


def _all_listed(text: str) -> Iterator[tuple[Clause, str]]:
    """Read clauses that are set apart."""
    parts = dict.fromkeys(_APART.split(text))
    yield from islice((one for part in parts for one in _listed(part)), _ALL)


def _listed(part: str) -> list[tuple[Clause, str]]:
    """Read one clause, or every clause of a range, each as it would be written."""
    ends = _RANGE.split(part.strip())
    numbers = [_numbers(end) for end in ends]
    if len(ends) == 1 or len(numbers[0]) == 0:
        return [(numbers[0], part.strip())] if numbers[0] else []
    first, last = numbers[0], numbers[-1]
    last = (*first[: len(first) - len(last)], *last)  # 六（二）1 至 3
    if len(first) != len(last) or first[:-1] != last[:-1] or not first[-1] <= last[-1] < first[-1] + MOST:
        return [(one, end.strip()) for one, end in zip(numbers, ends, strict=True) if one]
    return [((*first[:-1], at), _like(ends[0].strip(), at)) for at in range(first[-1], last[-1] + 1)]


def _numbers(text: str) -> Clause:
    return tuple(_number(found) for found in _NUMERAL.findall(text))


def _number(text: str) -> int:
    """Read 12, 十二, 二十, 一百零三."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total, digit = total + (digit or 1) * (100 if char == "百" else 10), 0
    return total + digit


def _like(example: str, number: int) -> str:
    """Write a clause as its neighbour is written: the last numeral replaced."""
    *_, last = _NUMERAL.finditer(example)
    written = str(number) if last[0].isdigit() else _chinese(number)
    return example[: last.start()] + written + example[last.end() :]


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number >= 100:  # noqa: PLR2004
        return str(number)
    digits = "零一二三四五六七八九"
    head = "" if not tens else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones or not tens else "")


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    yield from _ties(loaded)
    yield from _assumed(loaded, program)
    yield from _clauses(loaded, program)


def _ties(loaded: Loaded) -> Iterator[Diagnostic]:
    rubric = loaded.rubric
    limited = [at for at, one in enumerate(rubric.selections) if one.quota is not None or one.places is not None]
    if limited and not rubric.tie_break:
        titles = "、".join(rubric.selections[at].title for at in limited)
        yield loaded.document.diagnostic(Code.TIES_OPEN, ("selections", limited[0]), titles=titles)


def _assumed(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    paths: dict[Path, str] = {}
    for node in program.nodes:
        if node.node.assumed:
            paths[*node.path, "assumed"] = node.id
        for at, rule in enumerate(node.node.rules):
            if rule.assumed:
                paths[*node.path, "rules", at] = node.id
    if paths:
        first, *others = paths
        told = {"count": str(len(paths)), "nodes": "、".join(dict.fromkeys(paths.values()))}
        yield loaded.document.beside(loaded.document.diagnostic(Code.FIGURES_ASSUMED, first, **told), others)


def _clauses(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Hold the clauses that the source declares against those that something stands for."""
    rubric = loaded.rubric
    if rubric.source is None or rubric.source.clauses is None:
        return
    others: tuple[Exclusion | Veto | Selection, ...] = (*rubric.excluded, *rubric.vetoes, *rubric.selections)
    sources = [*(node.node.source for node in program.nodes), *(one.source for one in others)]
    named = [source.clause for source in sources if source is not None and source.clause is not None]
    missing = uncovered(rubric.source.clauses, named)
    if missing:
        path = ("source", "clauses")
        yield loaded.document.diagnostic(Code.CLAUSES_UNCOVERED, path, missing="、".join(missing))


def still_open(result: Result, rubric: SourceFile) -> Iterator[Diagnostic]:
    """Find all of it; `rubric` is the file that leaves it open."""
    for chosen in result.selections:
        tied = [one.unit for one in chosen.displaced if one.why == "tie"]
        if tied:
            yield at_file(Code.TIE_PENDING, rubric.name, title=chosen.selection.title, units="、".join(tied))
