"""All that is wrong with a rubric in one run: what cannot be read, what the model refuses, what the checks find."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from dangjian_score.checks import (
    bands,
    dates,
    formulas,
    measures,
    nodes,
    openness,
    reach,
    references,
    standing,
    unsettled,
)
from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Code, Diagnostic, Path, Severity, has_errors
from dangjian_score.rubric.load import MAX_FINDINGS, Loaded, load, reported
from dangjian_score.rubric.source import Hole, placed


def _comments(study: Study) -> Iterator[Diagnostic]:
    """Note comments right behind values, which are no part of them."""
    for path, comment in study.document.comments.items():
        place, order = placed(study.document.file, comment.spot), (comment.spot.line, comment.spot.column)
        yield Diagnostic(Code.COMMENT_IN_VALUE, place, (("comment", comment.text),), order, path=path)


CHECKS: Final[tuple[Callable[[Study], Iterator[Diagnostic]], ...]] = (
    nodes.check,
    measures.check,
    references.check,
    formulas.check,
    standing.check,
    dates.check,
    reach.check,
    bands.check,
    openness.check,
    unsettled.check,
    _comments,
)
"""Every check of a rubric."""

MAX_PARTS: Final = 80_000
"""Parts of all trees, counting a term wherever it is used: ten times those of a regulation of 500 items."""


def check(study: Study) -> tuple[Diagnostic, ...]:
    """Run all checks; return findings in the order of the text, and at the place of an error nothing but errors."""
    if next(islice(study.program.parts(), MAX_PARTS, None), None) is not None:
        return (study.document.at_key(Code.TOO_LARGE, ("sections",), limit="parts", most=str(MAX_PARTS)),)
    findings = {finding for run in CHECKS for finding in run(study)}
    wrong = {finding.path for finding in findings if finding.severity is Severity.ERROR}
    above = {path[:steps] for path in wrong for steps in range(len(path) + 1)}
    kept = (
        finding
        for finding in findings
        if finding.severity is Severity.ERROR or not _overlaps(finding.path, wrong, above)
    )
    return tuple(sorted(kept, key=lambda finding: finding.sort_key))


def _overlaps(path: Path, others: set[Path], above: set[Path]) -> bool:
    """Return whether a place other than the whole holds one of the others (is in `above`), or lies in one."""
    return bool(path) and (path in above or any(path[:steps] in others for steps in range(len(path))))


def validate(data: bytes, file: str) -> tuple[Study | None, tuple[Diagnostic, ...]]:
    """Read, validate and check a rubric; return it (None where it has an error) with all findings."""
    loaded = load(data, file)
    if isinstance(loaded, Loaded):
        study = Study(loaded)
        found = reported(check(study))
        return (None if has_errors(found) else study), found
    if loaded.rest is None:
        return None, loaded.findings
    rest = loaded.rest
    errors_first = sorted(check(Study(rest)), key=lambda finding: finding.severity is not Severity.ERROR)
    standing_ = (
        finding for finding in errors_first if not any(_rests_on(finding, hole, rest) for hole in rest.document.holes)
    )
    return None, reported({*loaded.findings, *islice(standing_, MAX_FINDINGS + 1)})


_INDEPENDENT: Final = frozenset(
    {
        Code.DUPLICATE_ID,
        Code.TYPE_CONFLICT,
        Code.TOO_MANY_PLACES,
        Code.MEASURE_SPELLING,
        Code.MEASURE_UNUSED,
        Code.LIMITS_CROSSED,
        Code.UNKNOWN_NAME,
        Code.CIRCLE,
        Code.DUE_OUTSIDE,
        Code.UNSETTLED,
    }
)
"""Findings that stay true when a part of the text at their place was refused.

A new check decides: where the refused part, once it is corrected, could make the finding vanish (a sum that lacks a
refused item), its code does not stand here, and the finding is left out until the part can be read. A name in a finding
that stands here may still have been refused; `_rests_on` and `_lost_with` look after those.
"""

_NAMES: Final = ("measure", "name", "other", "level")
"""Arguments of findings that are names."""

_HOMES: Final[Mapping[str, Path]] = {
    "grade": ("grades",),
    "round": ("rounds",),
    "attribute": ("attributes",),
    "node": ("sections",),
    "base section": ("sections",),
}
"""Where names of each kind are defined."""


def _rests_on(finding: Diagnostic, hole: Hole, rest: Loaded) -> bool:
    """Return whether a finding about a broken rubric may vanish once the refused part `hole` is corrected."""
    about = _scope(finding.path)
    below = hole.path[len(about) :] if hole.path[: len(about)] == about else None
    if any(text in hole.words or text in hole.path for key, text in finding.args if key in _NAMES):
        return True
    if _lost_with(finding, hole.path):
        return True
    if finding.code in _INDEPENDENT:
        return False
    if below is None:  # the hole is above: an unreadable key, or perhaps the kind of the section
        section, key = hole.path[:2], hole.path[2:]
        return about[: len(hole.path)] == hole.path or (about[:2] == section and len(key) == 1 and _matters(key))
    if finding.code is Code.SUM_DIFFERS:
        return _carries(about, below, rest)
    return not any(step in ("items", "sections") for step in below)


def _lost_with(finding: Diagnostic, hole: Path) -> bool:
    """Return whether what a finding misses may have been written in the refused part."""
    match finding.code:
        case Code.UNKNOWN_NAME:
            home = _HOMES.get(dict(finding.args)["what"])
            if hole[:1] != home or "rules" in hole:
                return False
            return home != ("sections",) or hole[-1] == "id" or isinstance(hole[-1], int)
        case Code.MAY_BE_NEGATIVE:
            return hole[:1] == ("measures",)
        case Code.ID_BY_PLACE:
            return hole[:1] == ("sections",) and hole[-1] == "id"
        case Code.PERIOD_MISSING:
            return hole[:1] in (("period",), ("rounds",))
        case Code.LEVEL_UNKNOWN | Code.LEVELS_MISSING | Code.REGISTER_EXPECTED:
            return hole[:1] == ("measures",)
        case Code.KEY_ELSEWHERE if finding.path[-1:] in (("round",), ("rounds",), ("spans",)):
            return hole[:1] == ("rounds",)
        case Code.KEY_ELSEWHERE:  # a day in a section that is scored in rounds
            return hole[:2] == finding.path[:2] and hole[2:] in (("round",), ("rounds",))
        case Code.DAY_OUTSIDE:
            return hole[:1] == ("measures",)
        case _:
            return False


_APART: Final = frozenset(
    {"id", "title", "criterion", "inspect", "source", "assumed", "rules", "start", "floor", "ceiling", "if_na"}
    | {"highest_per", "round", "rounds", "rescale_in"}
)
"""Keys of a node that do not change its points, its kind or its units; an unknown key may be meant as one that does."""


def _matters(inside: Path) -> bool:
    """Return whether a place in a node may change the points it carries, or is the node as a whole."""
    return not inside or inside[0] not in {*_APART, "items"}


def _carries(group: Path, below: Path, rest: Loaded) -> bool:
    """Return whether the part refused below a group may have carried points of the group."""
    steps = 2  # the key of the list and the place in it
    if below[:1] not in (("items",), ("sections",)):
        return bool(group) and _matters(below)
    child, inside = group + below[:steps], below[steps:]
    return _matters(inside) or ((*child, "max") not in rest.document.values and _carries(child, inside, rest))


def _scope(path: Path) -> Path:
    """Return the part of the rubric around a place: a rule, a node, a member of a list or mapping at the top."""
    if path == ("total",):
        return ()
    if path[:1] != ("sections",):
        return path[: 1 if path[:1] in (("grades",), ("rounds",)) else 2]
    at = 0
    while path[at : at + 1] in (("sections",), ("items",)) and at + 1 < len(path):
        at += 2
    return path[: at + 2] if path[at : at + 1] == ("rules",) else path[:at]
