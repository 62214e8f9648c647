"""`dangjian compare`: self-assessment beside assessment, or two years, per unit and item."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api import files
from dangjian_score.api.assessment import assess
from dangjian_score.api.inputs import EvidenceFiles, Findings, RubricFile, gather, in_order, read_units
from dangjian_score.cli import USAGE, screen
from dangjian_score.cli.analysis import Form, Outputs, Rosters, Rubric, Units, begin
from dangjian_score.cli.interim import Rounds, Through, asked_until
from dangjian_score.cli.usage import quoted
from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file, has_errors
from dangjian_score.core.names import fold
from dangjian_score.core.watching import Watch
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.engine.compare import ComparedResult
    from dangjian_score.evidence.facts.units import Roster
    from dangjian_score.report.views.comparison import Sides


class Side(Struct, frozen=True):
    """One side: what it comes to, where it could be read, and what was found on the way."""

    outcome: "ComparedResult | None"
    findings: Findings


def called(a: str, b: str | None) -> "Sides":
    """Call the sides by their files, as briefly as tells them apart."""
    from dangjian_score.report.views.comparison import Sides

    if b is None:
        return Sides((Path(a).name, Path(a).name), own=True)
    short = {path: name for name, path in files.short_names(dict.fromkeys([Path(a), Path(b)])).items()}
    first, second = (files.STANDARD_INPUT if path == files.STANDARD else short[path] for path in (Path(a), Path(b)))
    return Sides((first, second))


def read_sides(rubric: RubricFile, a: str, b: str | None, roster: list[str], watch: Watch) -> tuple[Side, Side]:
    """Read both sides; without `b`, what units say of themselves in `a`, and what counts."""
    if b is None:
        own, counted = gather(rubric, [a], roster, watch, own=True), gather(rubric, [a], roster, watch)
        return _both_count(_own(own, watch)), _both_count(_scored(counted, watch))
    units, found = read_units(rubric.study, roster)
    first, second = (
        _as_in_the_roster(read_result(rubric, name, found), units)
        if is_result(name)
        else _scored(gather(rubric, [name], roster, watch, beside=[other]), watch)
        for name, other in ((a, b), (b, a))
    )
    return first, second


def _both_count(side: Side) -> Side:
    """Leave out notes that a column of a form outranks another: here both columns are looked at."""
    return replace(side, findings=tuple(note for note in side.findings if note.code is not Code.SUPERSEDED))


def is_result(name: str) -> bool:
    """Tell a result file, by its suffix; standard input can be nothing else."""
    path = Path(name)
    return path == files.STANDARD or (path.suffix.lower() == ".json" and not files.is_folder(path))


def _scored(evidence: EvidenceFiles, watch: Watch) -> Side:
    from dangjian_score.engine.compare import outcome_of

    if has_errors(evidence.findings):
        return Side(None, evidence.findings)
    done = assess(evidence, watch)
    return Side(outcome_of(done.result, evidence.rubric.study.loaded.source), done.findings)


def _own(evidence: EvidenceFiles, watch: Watch) -> Side:
    """Score what units say of themselves; where they say nothing, that is the only finding."""
    side = _scored(evidence, watch)
    nothing = tuple(finding for finding in side.findings if finding.code is Code.NO_SELF_ASSESSMENT)
    return Side(None, nothing) if nothing else side


def read_result(rubric: RubricFile, name: str, noted: Findings = ()) -> Side:
    """Read a result file; one of another rubric is a finding. `noted` was found in the roster."""
    from dangjian_score.evidence.outcomes import read_outcome

    path = Path(name)
    data = files.read_bytes(path, limits.MAX_RESULT + 1)
    if isinstance(data, Diagnostic):
        return Side(None, (data,))
    file = files.STANDARD_INPUT if path == files.STANDARD else name
    read = read_outcome(data, file)
    if isinstance(read, tuple):
        return Side(None, read)
    other = at_file(Code.RESULT_OF_ANOTHER, file, title=read.title, found=read.rubric, rubric=rubric.id)
    findings = (*noted, other) if read.rubric != rubric.id else noted
    return Side(None if has_errors(noted) else read, findings)


def _apart(first: "ComparedResult", second: "ComparedResult", file: str, words: Words) -> Iterator[Diagnostic]:
    """Warn where one side is an interim result and the other is not one of the same rounds or through the same day."""
    from dangjian_score.report.view import until_text

    first_goes, second_goes = (outcome.interim and outcome.interim.option for outcome in (first, second))
    if first_goes != second_goes:
        sides = (until_text(outcome.interim, words) or words.text("whole period") for outcome in (first, second))
        yield at_file(Code.INTERIM_DIFFERS, file, **dict(zip(("first", "second"), sides, strict=True)))


def _of_another_year(name: str, words: Words) -> tuple[str, str]:
    """Say how evidence that was filled in for another rubric is compared."""
    path, result = quoted(name), quoted(f"{Path(name).stem}.json")
    return words.text("other year", side=Path(name).name), words.text("other year command", path=path, result=result)


def _as_in_the_roster(side: Side, roster: "Roster | None") -> Side:
    """Call the units of a result file as the roster does, which may have the name in the file as an alias."""
    if roster is None or side.outcome is None:
        return side
    there = {fold(unit.unit) for unit in side.outcome.units}

    def named(name: str) -> str:
        known = roster.spellings.get(fold(name), name)
        return name if fold(known) in there else known

    units = tuple(replace(unit, unit=named(unit.unit)) for unit in side.outcome.units)
    absent = {named(name): why for name, why in side.outcome.absent.items()}
    return replace(side, outcome=replace(side.outcome, units=units, absent=absent))


def compare(
    ctx: typer.Context,
    rubric: Rubric,
    a: Annotated[str, typer.Argument(help="opt.side_a", metavar="A")],
    b: Annotated[str | None, typer.Argument(help="opt.side_b", metavar="B", show_default=False)] = None,
    units: Rosters = None,
    output: Outputs = None,
    form: Form = "table",
    unit: Units = None,
    through: Through = None,
    rounds: Rounds = None,
) -> None:
    """Read both sides, set them beside each other, write every output or none."""
    if b is None and is_result(a):
        screen.tell(ctx.obj.text("needs b"))
        raise typer.Exit(USAGE)

    from dangjian_score.engine.compare import compare as compared
    from dangjian_score.report.views.comparison import CONTRACT, comparison_data, comparison_document

    until, sides, rosters = asked_until(through, rounds), [a] if b is None else [a, b], units or []
    results = [side for side in sides if is_result(side)]
    evidence = [side for side in sides if side not in results]
    analysis = begin(ctx, CONTRACT, rubric, [*evidence, *rosters], output, form, results)
    first, second = read_sides(until.of(analysis.rubric), a, b, rosters, analysis.watch)
    findings = in_order(dict.fromkeys((*first.findings, *second.findings)))
    if first.outcome is None or second.outcome is None:
        failed = [name for name, side in ((a, first), (b, second)) if name in evidence and side.outcome is None]
        analysis.fail(findings, _of_another_year(failed[0], ctx.obj) if len(failed) < len(sides) and failed else ())
    findings = in_order((*findings, *_apart(first.outcome, second.outcome, b or a, ctx.obj)))
    comparison, titles = compared(first.outcome, second.outcome), called(a, b)
    if form == "table" and all(any(unit.why is None for unit in alone) for alone in comparison.alone):
        screen.tell(ctx.obj.text("perhaps renamed"))
    analysis.finish(
        partial(comparison_document, comparison, titles, analysis.rubric.study.loaded.rubric.subject, ctx.obj),
        partial(comparison_data, comparison, titles),
        findings,
        [pair.unit for pair in comparison.units],
        unit,
    )
