"""From a rubric and the names of evidence files to a result, or all that is wrong with them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal, NoReturn

import typer
from msgspec import Struct

from dangjian_score import InputError, RubricFile, load_rubric
from dangjian_score.api.assessment import Assessment, assess
from dangjian_score.api.inputs import EvidenceFiles, Findings, without_faulty
from dangjian_score.cli import UNUSABLE, USAGE, screen
from dangjian_score.cli.interim import Until
from dangjian_score.core.diagnostics import for_public, has_errors
from dangjian_score.core.names import fold, nearest
from dangjian_score.core.watching import Watch
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.evidence import Common, Comparing

ToJson = Callable[[Findings], bytes]
"""Writes the document of a command that gives no result but findings."""

_PLACES_SHOWN: Final = 3
_NEAR_SHOWN: Final = 5
_ALL: Final = Until()


def leave(ctx: typer.Context, error: InputError, closing: str | None = None) -> NoReturn:
    """Print what is wrong with the input, then a closing sentence, and exit."""
    screen.tell_refusal(error, closing, ctx.obj, ctx.color)
    raise typer.Exit(UNUSABLE)


def only_rubric(ctx: typer.Context, name: str, until: Until = _ALL) -> RubricFile:
    """Open a rubric for a command that has nothing to write where it has errors."""
    try:
        return until.of(load_rubric(name))
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


class Refusal(Struct, frozen=True):
    """How evidence with errors is refused: the document of its findings, if one is asked for, and who reads them."""

    to_json: ToJson | None = None
    public: bool = False

    def error(self, evidence: EvidenceFiles) -> InputError:
        """Print the document, and make the error."""
        findings = for_public(evidence.findings) if self.public else evidence.findings
        if self.to_json is not None:
            screen.put_bytes(self.to_json(findings))
        return InputError(findings, evidence.rubric.texts)


_USUAL: Final = Refusal()


def scored(evidence: EvidenceFiles, watch: Watch, refusal: Refusal = _USUAL) -> Assessment:
    """Score evidence; raises InputError where it has errors."""
    if has_errors(evidence.findings):
        raise refusal.error(evidence)
    return assess(evidence, watch)


def scored_in_part(ctx: typer.Context, evidence: EvidenceFiles, watch: Watch, refusal: Refusal = _USUAL) -> Assessment:
    """Score the units without errors, or print why nobody can be scored then and exit."""
    if not evidence.files or not has_errors(evidence.findings):
        return scored(evidence, watch, refusal)
    sound = without_faulty(evidence)
    if not isinstance(sound, EvidenceFiles):
        leave(ctx, refusal.error(evidence), _why_nobody(sound, ctx.obj, public=refusal.public))
    return assess(sound, watch)


def _why_nobody(parted: "Comparing | Common | None", words: Words, *, public: bool) -> str:
    """Say why not even some of the units can be scored."""
    from dangjian_score.checks.evidence import Common, Comparing

    match parted:
        case Comparing():
            return words.text("partial compares")
        case Common(errors):
            places = "" if public else "、".join(str(finding.place) for finding in errors[:_PLACES_SHOWN])
            return words.text("partial common", count=str(len(errors)), places=places)
        case None:
            return words.text("partial nobody")


def check_known(what: Literal["unit", "item"], wanted: Iterable[str], known: Sequence[str], words: Words) -> None:
    """Check that the units or items a user named exist; exit with suggestions where one does not."""
    for name in wanted:
        if name not in known:
            holding = [other for other in known if fold(name) in fold(other)][:_NEAR_SHOWN]
            near = f"”{words.text('comma')}“".join(holding or filter(None, [nearest(name, known)]))
            screen.tell(words.text(f"unknown {what}", **{what: name}, near=near))
            raise typer.Exit(USAGE)
