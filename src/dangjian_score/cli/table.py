"""`dangjian table`: the scoring table (评分表) for a visit, blank or filled in for one unit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api.assessment import suffix
from dangjian_score.api.inputs import InputError, gather, read_units
from dangjian_score.cli import DONE, USAGE, screen
from dangjian_score.cli.completion import rubric_ids
from dangjian_score.cli.outputs import check_inputs, targets, write
from dangjian_score.cli.scoring import check_known, leave, only_rubric, scored
from dangjian_score.cli.template import brief_of
from dangjian_score.cli.usage import bad_value
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.api.inputs import Findings, RubricFile
    from dangjian_score.evidence.facts.units import Roster
    from dangjian_score.evidence.template.scoring_table import Visited
    from dangjian_score.report.official.scoring_table import ScoredTable

_FILES: Final = ("docx", "xlsx")


def table(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    output: Annotated[list[str], typer.Option("--output", "-o", help="opt.table_output", metavar="FILE")],
    evidence: Annotated[
        list[str] | None, typer.Argument(help="opt.table_evidence", metavar="[EVIDENCE]", show_default=False)
    ] = None,
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.table_units", metavar="FILE")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="opt.table_unit", metavar="NAME")] = None,
) -> None:
    """Write a table for each unit of a roster, a blank one without, or the one of a unit filled in."""
    words: Words = ctx.obj
    outputs = targets(output, _FILES)
    if len(outputs) < len(output):
        raise bad_value("-o", "-", [f"*.{form}" for form in _FILES])
    if bool(evidence) != (unit is not None):
        screen.tell(words.text("needs unit" if evidence else "needs evidence"))
        raise typer.Exit(USAGE)
    check_inputs(outputs, rubric, [*(evidence or ()), *(units or ())])
    opened = only_rubric(ctx, rubric)
    found: Findings = ()
    if evidence and unit is not None:
        tables = _filled(opened, evidence, units or [], unit, words)
    else:
        roster, found = read_units(opened.study, units or [])
        if has_errors(found):
            leave(ctx, InputError(found, opened.texts))
        tables = _Tables(opened, roster)
    write({target: tables.file(suffix(target), rubric, units or [], words) for target in outputs}, words)
    if found:
        screen.tell_findings(found, {}, words, ctx.color)
    raise typer.Exit(DONE)


class _Tables(Struct, frozen=True):
    """What is written: the tables of the units of a roster, or of one unit with what it is filled in with."""

    rubric: "RubricFile"
    roster: "Roster | None" = None
    visited: "Visited | None" = None
    scored: "ScoredTable | None" = None

    def file(self, form: str, rubric: str, units: Sequence[str], words: Words) -> bytes:
        """Write them in a format."""
        program = self.rubric.study.program
        if form == "docx":
            from dangjian_score.report.official.papers import tables_docx

            return tables_docx(program, words, self._names, self.scored)
        from dangjian_score.evidence.template.brief import ListedUnit
        from dangjian_score.evidence.template.drawing import write as drawn
        from dangjian_score.evidence.template.guide import with_tables
        from dangjian_score.report.explanation import of_the_whole, period_of

        brief = brief_of(self.rubric.study, self.roster, rubric, list(units), words)
        if self.visited is not None:
            facts = self.visited.facts
            brief = replace(brief, units=(ListedUnit(facts.unit, facts.attributes),))
        notes = (*filter(None, [period_of(program.rubric, words)]), *of_the_whole(program, words))
        return drawn(with_tables(brief, notes, self.visited))

    @property
    def _names(self) -> list[str]:
        if self.visited is not None:
            return [self.visited.facts.unit]
        return [] if self.roster is None else [listed.unit for listed in self.roster.units]


def _filled(rubric: "RubricFile", evidence: list[str], units: list[str], unit: str, words: Words) -> _Tables:
    """Score evidence, and take what a table of a unit is filled in with. Raises InputError."""
    from dangjian_score.evidence.template.scoring_table import Visited
    from dangjian_score.report.official.scoring_table import scored_table

    watch = screen.bars(words, quiet=False)
    done = scored(gather(rubric, evidence, units, watch), watch)
    results = {each.unit: each for each in done.result.units}
    check_known("unit", [unit], [*results], words)
    of_unit = scored_table(results[unit], done.view(words))
    facts = next(facts for facts in done.evidence.facts.units if facts.unit == unit)
    return _Tables(rubric, None, Visited(facts, of_unit.total, of_unit.points, of_unit.findings), of_unit)
