"""All that is wrong with a rubric in one run: what cannot be read, what the model refuses, what the checks find."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from dangjian_score.checks import (
    formulas,
    grades,
    measures,
    nodes,
    openness,
    reach,
    references,
    rounding,
    rounds,
    tables,
)
from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Code, Diagnostic, Path, Severity, has_errors
from dangjian_score.core.points import plain
from dangjian_score.rubric.load import MAX_FINDINGS, Loaded, load, reported
from dangjian_score.rubric.model import Node
from dangjian_score.rubric.source import Hole, SourceTree, placed

MAX_PARTS: Final = 80_000
"""Parts of all trees, in which a term stands wherever it is looked at: ten times those of a regulation of 500 items."""


def check(study: Study) -> tuple[Diagnostic, ...]:
    """Find all of it, in the order of the text. Where something is wrong, nothing less is said of the same place."""
    loaded, program = study.loaded, study.program
    if next(islice(program.parts(), MAX_PARTS, None), None) is not None:
        return (loaded.document.at_key(Code.TOO_LARGE, ("sections",), limit="parts", most=str(MAX_PARTS)),)
    found = {
        *nodes.check(loaded, program),
        *measures.check(loaded, program, study.catalogue),
        *references.check(loaded, program),
        *formulas.check(loaded, program),
        *grades.check(loaded, program),
        *reach.check(loaded, program, study.catalogue),
        *tables.check(loaded, program, study.catalogue),
        *openness.check(loaded, program),
        *rounding.check(study),
        *_total(loaded),
        *_limits(loaded),
        *_comments(loaded.document),
        *rounds.check(loaded),
    }
    wrong = {one.path for one in found if one.severity is Severity.ERROR}
    holding = {path[:steps] for path in wrong for steps in range(len(path) + 1)}
    kept = (one for one in found if one.severity is Severity.ERROR or not _overlaps(one.path, wrong, holding))
    return tuple(sorted(kept, key=lambda one: one.sort_key))


def _overlaps(path: Path, others: set[Path], holding: set[Path]) -> bool:
    """Tell whether a place is `holding` one of the others, or lies in one; what is said of the whole does not."""
    return bool(path) and (path in holding or any(path[:steps] in others for steps in range(len(path))))


def _total(loaded: Loaded) -> Iterator[Diagnostic]:
    """Hold the base sections against the declared total."""
    rubric = loaded.rubric
    base: dict[Path, Node] = {("sections", at): one for at, one in enumerate(rubric.sections) if one.kind == "base"}
    if rubric.total is not None and base:
        yield from nodes.sums(loaded, base, rubric.total, ("total",))


def _limits(loaded: Loaded) -> Iterator[Diagnostic]:
    """Hold the total's own floor and ceiling against each other."""
    floor, ceiling = loaded.rubric.floor, loaded.rubric.ceiling
    if floor != "none" and ceiling != "none" and floor > ceiling:
        crossed = {"floor": plain(floor), "ceiling": plain(ceiling)}
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, ("ceiling",), **crossed)


def _comments(document: SourceTree) -> Iterator[Diagnostic]:
    """Say of comments right behind values that they are no part of them."""
    for path, comment in document.comments.items():
        place, order = placed(document.file, comment.spot), (comment.spot.line, comment.spot.column)
        yield Diagnostic(Code.COMMENT_IN_VALUE, place, (("comment", comment.text),), order, path=path)


_BY_THEMSELVES: Final = frozenset(
    {
        Code.DUPLICATE_ID,
        Code.TYPE_CONFLICT,
        Code.TOO_MANY_PLACES,
        Code.MEASURE_SPELLING,
        Code.MEASURE_UNUSED,
        Code.LIMITS_CROSSED,
        Code.UNKNOWN_NAME,
        Code.CIRCLE,
    }
)
"""Findings that stand whatever else is said where they are; only the names in them may be gone with a part."""

_NAMES: Final = ("measure", "name", "other", "level")

_HOMES: Final[Mapping[str, Path]] = {
    "grade": ("grades",),
    "round": ("rounds",),
    "attribute": ("attributes",),
    "node": ("sections",),
    "base section": ("sections",),
}
"""Where names of each kind are given."""


def validate(data: bytes, file: str) -> tuple[Study | None, tuple[Diagnostic, ...]]:
    """Read, validate and check a rubric; it is given only where it may be applied, that is without an error."""
    loaded = load(data, file)
    if isinstance(loaded, Loaded):
        study = Study(loaded)
        found = reported(check(study))
        return (None if has_errors(found) else study), found
    if loaded.rest is None:
        return None, loaded.findings
    rest = loaded.rest
    ordered = sorted(check(Study(rest)), key=lambda one: one.severity is not Severity.ERROR)
    standing = (one for one in ordered if not any(_rests_on(one, hole, rest) for hole in rest.document.holes))
    return None, reported({*loaded.findings, *islice(standing, MAX_FINDINGS + 1)})


def _rests_on(found: Diagnostic, hole: Hole, rest: Loaded) -> bool:
    """Tell whether a finding about the rest of a broken rubric may vanish when a refused part is mended."""
    about = _scope(found.path)
    below = hole.path[len(about) :] if hole.path[: len(about)] == about else None
    if any(text in hole.words or text in hole.path for key, text in found.args if key in _NAMES):
        return True
    if _lost_with(found, hole.path):
        return True
    if found.code in _BY_THEMSELVES:
        return False
    if below is None:  # a key above it that nobody can read, or what may be the kind of its section
        section, key = hole.path[:2], hole.path[2:]
        return about[: len(hole.path)] == hole.path or (about[:2] == section and len(key) == 1 and _matters(key))
    if found.code is Code.SUM_DIFFERS:
        return _carries(about, below, rest)
    return not any(step in ("items", "sections") for step in below)


def _lost_with(found: Diagnostic, hole: Path) -> bool:
    """Tell whether what a finding misses may have been given where something was refused."""
    match found.code:
        case Code.UNKNOWN_NAME:
            home = _HOMES.get(dict(found.args)["what"])
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
        case Code.KEY_ELSEWHERE:
            return hole[:1] == ("rounds",) and found.path[-1:] in (("round",), ("rounds",))
        case _:
            return False


_APART: Final = frozenset(
    {"id", "title", "criterion", "inspect", "source", "assumed", "rules", "start", "floor", "ceiling", "if_na"}
    | {"highest_per", "round", "rounds"}
)
"""Keys of a node that say nothing of what it carries, of its kind or for whom it is; an unknown key may be meant to."""


def _matters(inside: Path) -> bool:
    """Tell whether a place in a node may bear on what it carries, or is the node as a whole."""
    return not inside or inside[0] not in {*_APART, "items"}


def _carries(group: Path, below: Path, rest: Loaded) -> bool:
    """Tell whether what was refused below a group may have carried points for it."""
    steps = 2  # the key of the list and the place in it
    if below[:1] not in (("items",), ("sections",)):
        return bool(group) and _matters(below)
    child, inside = group + below[:steps], below[steps:]
    return _matters(inside) or ((*child, "max") not in rest.document.values and _carries(child, inside, rest))


def _scope(path: Path) -> Path:
    """Give the part of the rubric that a finding is about: a rule, a node, a member of a list or mapping at the top."""
    if path == ("total",):
        return ()
    if path[:1] != ("sections",):
        return path[: 1 if path[:1] in (("grades",), ("rounds",)) else 2]
    at = 0
    while path[at : at + 1] in (("sections",), ("items",)) and at + 1 < len(path):
        at += 2
    return path[: at + 2] if path[at : at + 1] == ("rules",) else path[:at]
