"""`dangjian score`: the main job."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from dangjian_score.api.assessment import Assessment, suffix, to_bytes
from dangjian_score.api.chosen import ChosenOnColumns
from dangjian_score.api.inputs import Findings, RubricFile, gather, load_rubric
from dangjian_score.api.writing import Contents
from dangjian_score.cli import DONE, FOUND, screen
from dangjian_score.cli.chosen import MOST, Below, Lines, Shown, Unit, UnitsAsked, asked_units, show
from dangjian_score.cli.columns import COLUMNS, EXACT, asked_columns, remark, scored_on_columns
from dangjian_score.cli.completion import choice_of, rubric_ids
from dangjian_score.cli.interim import Rounds, Through, asked_until
from dangjian_score.cli.letters import asked_letters
from dangjian_score.cli.outputs import asked_papers, asked_posting, asked_results, check_inputs, write, write_problems
from dangjian_score.cli.scoring import Refusal, ToJson, also_printed, scored, scored_in_part
from dangjian_score.cli.spark import SPARK, on_spark
from dangjian_score.cli.usage import MisuseError, bad_value
from dangjian_score.core.diagnostics import Code, Severity, for_public
from dangjian_score.core.facts import Fate
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.api.columns import OnColumns
    from dangjian_score.engine.result import Result

_STANDARD_OUTPUT = ("table", "json", "csv", "md")
_ENGINES = (EXACT, COLUMNS, SPARK)


def score(
    ctx: typer.Context,
    rubric: Annotated[str, typer.Argument(help="opt.rubric", metavar="RUBRIC", autocompletion=rubric_ids)],
    evidence: Annotated[list[str], typer.Argument(help="opt.evidence", metavar="EVIDENCE")],
    units: Annotated[list[str] | None, typer.Option("--units", help="opt.units", metavar="FILE")] = None,
    output: Annotated[list[str] | None, typer.Option("--output", "-o", help="opt.output", metavar="FILE")] = None,
    form: Annotated[
        str, typer.Option("--format", help="opt.format", metavar="FORMAT", autocompletion=choice_of(*_STANDARD_OUTPUT))
    ] = "table",
    unit: Unit = None,
    below: Below = None,
    lines: Lines = None,
    detail: Annotated[bool, typer.Option("--detail", help="opt.detail")] = False,
    partly: Annotated[bool, typer.Option("--partial", help="opt.partial")] = False,
    problems: Annotated[str | None, typer.Option("--problems", help="opt.problems", metavar="FILE.xlsx")] = None,
    audit: Annotated[str | None, typer.Option("--audit", help="opt.audit", metavar="FILE.xlsx")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="opt.quiet")] = False,
    public: Annotated[bool, typer.Option("--public", help="opt.public")] = False,
    feedback: Annotated[str | None, typer.Option("--feedback", help="opt.feedback", metavar="PATH")] = None,
    feedback_by: Annotated[
        str | None, typer.Option("--feedback-by", help="opt.feedback_by", metavar="ATTRIBUTE")
    ] = None,
    feedback_text: Annotated[
        str | None, typer.Option("--feedback-text", help="opt.feedback_text", metavar="FILE.xlsx")
    ] = None,
    last_year: Annotated[str | None, typer.Option("--compare", help="opt.last_year", metavar="FILE.json")] = None,
    mend_by: Annotated[str | None, typer.Option("--mend-by", help="opt.mend_by", metavar="DATE")] = None,
    with_rank: Annotated[bool, typer.Option("--with-rank", help="opt.with_rank")] = False,
    template: Annotated[
        str | None, typer.Option("--notice-template", help="opt.notice_template", metavar="FILE.docx")
    ] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="opt.issuer", metavar="TEXT")] = None,
    date: Annotated[str | None, typer.Option("--date", help="opt.date", metavar="DATE")] = None,
    posting: Annotated[bool, typer.Option("--posting", help="opt.posting")] = False,
    posting_until: Annotated[
        str | None, typer.Option("--posting-until", help="opt.posting_until", metavar="DATE")
    ] = None,
    department: Annotated[str | None, typer.Option("--department", help="opt.department", metavar="TEXT")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="opt.phone", metavar="TEXT")] = None,
    signed: Annotated[list[str] | None, typer.Option("--signed", help="opt.signed", metavar="WHO=NAME")] = None,
    fail_under: Annotated[str | None, typer.Option("--fail-under", help="opt.fail_under", metavar="N")] = None,
    through: Through = None,
    rounds: Rounds = None,
    by_round: Annotated[bool, typer.Option("--by-round", help="opt.by_round")] = False,
    engine: Annotated[
        str | None, typer.Option("--engine", help="opt.engine", metavar="ENGINE", autocompletion=choice_of(*_ENGINES))
    ] = None,
) -> None:
    """Read everything, score if nothing is wrong, write every output or none."""
    words: Words = ctx.obj
    mended = None if problems is None else Path(problems)
    _check_choices(form, mended, fail_under, engine)
    until = asked_until(through, rounds)
    for option, given in (("--through", through), ("--rounds", rounds)):
        if posting and given:  # selections are of the whole period
            raise MisuseError("one of", option="--posting", other=option)
    posted = asked_posting(posting, posting_until, department, phone)
    letters = asked_letters(feedback, feedback_by, feedback_text, last_year)
    papers = asked_papers(letters, mend_by, template, issuer, date, posted, with_rank=with_rank)
    results = asked_results(output, audit, papers, signed or (), public=public)
    if public and mended is not None:
        raise MisuseError("not together", option="--problems", other="--public")
    read, others = [*evidence, *(units or [])], [*([template] if template else []), *letters.read]
    chosen = asked_units(unit, below, lines)
    check_inputs([*results.named, *chosen.files, *([mended] if mended else [])], rubric, read, others)
    watch = screen.bars(words, quiet=quiet)
    with also_printed(_failure(form, None, words)):
        opened = until.of(load_rubric(rubric))
    if feedback_by is not None and feedback_by not in opened.study.rubric.attributes:
        raise bad_value("--feedback-by", feedback_by, opened.study.rubric.attributes)
    if posting:
        _check_posting(opened)
    asked = opened.study.rubric.result_rubrics
    check_inputs([*results.named, *chosen.files], rubric, read, others, asked)
    more = (units, detail, partly, problems, audit, public, feedback, fail_under, by_round, form != "table")
    _on_columns(ctx, opened, evidence, results.named, chosen, engine, plain=not any(more), quiet=quiet)
    handed_in = gather(opened, evidence, units or [], watch)
    write_problems(mended, handed_in, words)
    refusal = Refusal(_failure(form, opened, words), public)
    done = scored_in_part(ctx, handed_in, watch, refusal) if partly else scored(handed_in, watch, refusal)
    view = done.view(words, public=public)
    names = chosen.of(view, words)
    with TemporaryDirectory() as folder:
        outputs = results.written(view, done, watch) | chosen.written(view, names, Path(folder))
        check_inputs(outputs, rubric, read, others, asked)
        write(outputs, words, quiet=quiet, folder=letters.folder)
    if form == "table":
        detailed = [unit for unit in view.result.units if names is None or unit.unit in names]
        most, most_detailed = MOST if output else None, MOST if lines else None
        show(ctx, view, Shown(names, detailed if detail or names else None, most, most_detailed, by_round))
    else:
        screen.put_bytes(to_bytes(done, form, view))
    chosen.remark(names, words)
    _remark(ctx, done, quiet=quiet, public=public)
    raise typer.Exit(_gate(done.result, fail_under, words))


def _on_columns(
    ctx: typer.Context,
    rubric: RubricFile,
    evidence: Iterable[str],
    outputs: Sequence[Path],
    chosen: UnitsAsked,
    engine: str | None,
    *,
    plain: bool,
    quiet: bool,
) -> None:
    """Score on columns, write and show what is asked for, and exit; or return where the exact engine has to score."""
    if engine == SPARK:
        is_whole = chosen.choice.is_all and not chosen.files
        on_spark(ctx, rubric, evidence, outputs, plain=plain and is_whole, quiet=quiet)
    job = asked_columns(engine, evidence, outputs, plain=plain)
    if job is None:
        return
    words: Words = ctx.obj
    with TemporaryDirectory() as name:
        folder, told = Path(name), not chosen.choice.is_all
        done = scored_on_columns(rubric, job, words, folder, only=engine == COLUMNS, told=told)
        if done is not None:
            _write_columns(ctx, job.targets, done, chosen.on_columns(rubric, done, words, folder), chosen, quiet=quiet)


def _write_columns(
    ctx: typer.Context,
    targets: Iterable[Path],
    done: "OnColumns",
    units: ChosenOnColumns,
    chosen: UnitsAsked,
    *,
    quiet: bool,
) -> NoReturn:
    """Write what was scored on columns, show the units that are asked about, say what was noted, and exit."""
    words: Words = ctx.obj
    outputs: dict[Path, Contents] = {target: done.data[suffix(target)] for target in targets}
    if chosen.lines is not None:
        outputs[chosen.lines] = units.lines_file()
    view = None if chosen.choice.is_all else units.view(MOST)
    write(outputs, words, quiet=quiet)
    if view is not None:
        names = frozenset(units.names)
        show(ctx, view, Shown(names, units.results(), MOST, MOST if chosen.lines else None))
        chosen.remark(names, words)
    remark(ctx, done.summary, quiet=quiet)
    raise typer.Exit(DONE)


def _failure(form: str, rubric: RubricFile | None, words: Words) -> ToJson | None:
    """Make what prints a result without units, where results are asked for as JSON."""
    if form != "json":
        return None

    def to_json(findings: Findings) -> bytes:
        from dangjian_score.report.as_json import failure_json

        if rubric is None:
            return failure_json(None, None, findings, words)
        return failure_json(rubric.study.loaded.rubric, rubric.study.loaded.source, findings, words)

    return to_json


def _check_choices(form: str, problems: Path | None, fail_under: str | None, engine: str | None) -> None:
    from dangjian_score.core.points import read_number

    if form not in _STANDARD_OUTPUT:
        raise bad_value("--format", form, _STANDARD_OUTPUT)
    if engine is not None and engine not in _ENGINES:
        raise bad_value("--engine", engine, _ENGINES)
    if problems is not None and suffix(problems) != "xlsx":
        raise bad_value("--problems", str(problems), ["*.xlsx"])
    if fail_under is not None and read_number(fail_under) is None:
        raise bad_value("--fail-under", fail_under, ["85", "59.5 …"])


def _check_posting(rubric: RubricFile) -> None:
    """Refuse to post a list that there is none of."""
    if not any(selection.honours for selection in rubric.study.rubric.selections):
        raise MisuseError("nothing to post", rubric=rubric.id)


def _remark(ctx: typer.Context, done: Assessment, *, quiet: bool, public: bool) -> None:
    """Say beside the result what was noted on the way, and what was read."""
    words: Words = ctx.obj
    noted = tuple(finding for finding in done.findings if not quiet or finding.severity is not Severity.NOTE)
    if public:
        own = tuple(finding for finding in noted if finding.place.file == done.evidence.rubric.name)
        noted = (*own, *for_public(finding for finding in noted if finding not in own))
    if noted:
        screen.tell_findings(noted, {}, words, ctx.color)
    if not quiet:
        screen.tell(_summary(done, words))


def _summary(done: Assessment, words: Words) -> str:
    """Say in one line what was read, scored and noted."""
    passed_over = sum(finding.code is Code.FILE_PASSED_OVER for finding in done.findings)
    fates = Counter[Fate]()
    for source in done.result.evidence:
        fates.update(source.fates)
    counts = {
        "files": len(done.result.evidence),
        "units": len(done.result.units),
        "cells": fates.total(),
        "used": fates[Fate.USED],
        "heading": fates[Fate.HEADING],
        "rest": fates[Fate.PASSED_OVER] + fates[Fate.SUPERSEDED] + fates[Fate.FAULTY],
        "notes": sum(finding.severity is Severity.NOTE for finding in done.findings),
    }
    shown = {name: str(count) for name, count in counts.items()}
    return words.text("summary", **shown, passed_over=str(passed_over) if passed_over else "")


def _gate(result: "Result", fail_under: str | None, words: Words) -> int:
    """Hold every total, of interim results the rate in per cent, against what was asked for; say who was left out."""
    from dangjian_score.core.points import read_number

    least = None if fail_under is None else read_number(fail_under)
    figures = {unit.unit: unit.total if unit.rate is None else unit.rate * 100 for unit in result.units}
    low = [] if least is None else [unit for unit, figure in figures.items() if figure < least]
    if low:
        key = "below" if result.interim is None else "below rate"
        screen.tell(words.text(key, count=str(len(low)), least=str(fail_under), units="、".join(low[:20])))
    return FOUND if low or result.unscored else DONE
