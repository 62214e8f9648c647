"""From a rubric and the names of evidence files to a result, or all that is wrong with them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal, NoReturn

import typer

from dangjian_score import InputError, RubricFile, load_rubric
from dangjian_score.api.assessment import Assessment, assess
from dangjian_score.api.inputs import EvidenceFiles, Findings, refuse_errors, without_faulty
from dangjian_score.cli import UNUSABLE, USAGE, screen
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.core.watching import Watch
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.evidence import Common, Comparing

ToJson = Callable[[Findings], bytes]
"""Writes the document of a command that gives no result but findings."""

_PLACES_SHOWN: Final = 3


def leave(ctx: typer.Context, error: InputError, closing: str | None = None) -> NoReturn:
    """Print what is wrong with the input, then a closing sentence, and exit."""
    screen.tell_refusal(error, closing, ctx.obj, ctx.color)
    raise typer.Exit(UNUSABLE)


def only_rubric(ctx: typer.Context, name: str) -> RubricFile:
    """Open a rubric for a command that has nothing to write where it has errors."""
    try:
        return load_rubric(name)
    except InputError as error:
        leave(ctx, error)


@contextmanager
def also_printed(to_json: ToJson | None) -> Iterator[None]:
    """Print a JSON document with the findings of an InputError, which goes on to `main`."""
    try:
        yield
    except InputError as error:
        if to_json is not None:
            screen.put_bytes(to_json(error.findings))
        raise


def scored(evidence: EvidenceFiles, watch: Watch, to_json: ToJson | None = None) -> Assessment:
    """Score evidence; raises InputError where it has errors."""
    with also_printed(to_json):
        refuse_errors(evidence)
    return assess(evidence, watch)


def scored_in_part(
    ctx: typer.Context, evidence: EvidenceFiles, watch: Watch, to_json: ToJson | None = None
) -> Assessment:
    """Score the units without errors, or print why nobody can be scored then and exit."""
    if not evidence.files or not has_errors(evidence.findings):
        return scored(evidence, watch, to_json)
    sound = without_faulty(evidence)
    if not isinstance(sound, EvidenceFiles):
        if to_json is not None:
            screen.put_bytes(to_json(evidence.findings))
        leave(ctx, InputError(evidence.findings, evidence.rubric.texts), _why_nobody(sound, ctx.obj))
    return assess(sound, watch)


def _why_nobody(parted: "Comparing | Common | None", words: Words) -> str:
    """Say why not even some of the units can be scored."""
    from dangjian_score.checks.evidence import Common, Comparing

    match parted:
        case Comparing():
            return words.text("partial compares")
        case Common(errors):
            places = "、".join(str(finding.place) for finding in errors[:_PLACES_SHOWN])
            return words.text("partial common", count=str(len(errors)), places=places)
        case None:
            return words.text("partial nobody")


def check_known(what: Literal["unit", "item"], wanted: Iterable[str], known: Sequence[str], words: Words) -> None:
    """Check that the units or items a user named exist; exit with a suggestion where one does not."""
    from difflib import get_close_matches

    for name in wanted:
        if name not in known:
            near = next(iter(get_close_matches(name, known, n=1)), "")
            screen.tell(words.text(f"unknown {what}", **{what: name}, near=near))
            raise typer.Exit(USAGE)
