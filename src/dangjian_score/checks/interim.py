"""Whether a rubric can be scored before the end of its period, and units of which nothing is due then."""

from collections.abc import Iterator

from msgspec.structs import replace

from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Code, Diagnostic, Path, at_cell
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.interim import Impossible, Interim
from dangjian_score.engine.result import Result
from dangjian_score.rubric.standing import rounds_of


def as_far_as(study: Study, interim: Interim | Impossible | None, asked: str) -> Study | Diagnostic:
    """Return the study of what is due, or why a rubric cannot be scored as far as was `asked`."""
    if isinstance(interim, Impossible):
        return _refused(study, interim, asked)
    narrowed = replace(study, interim=interim)
    if not any(node.is_due for part in narrowed.program.passes for node in part.sections):
        return _refused(study, Impossible("nothing"), asked)
    return narrowed


def without_due(result: Result, evidence: Evidence) -> Iterator[Diagnostic]:
    """Note the units of an interim result of which nothing is due, unlike others: all that could be is blank."""
    cells = {unit.unit: unit.cell for unit in evidence.units}
    for unit in result.units if any(unit.due for unit in result.units) else ():
        if unit.due == 0:
            yield at_cell(Code.NOT_DUE, cells[unit.unit], what="idle", idle=unit.unit)


def _refused(study: Study, impossible: Impossible, asked: str) -> Diagnostic:
    rubric, period = study.rubric, study.rubric.period
    args = {
        impossible.why: "、".join(impossible.names) or asked,
        "asked": asked,
        "rounds": "、".join(rounds_of(rubric.rounds)),
        "from": period.from_.isoformat() if period else "",
        "to": period.to.isoformat() if period else "",
    }
    places: tuple[Path, ...] = (("rounds",), ("period",)) if rubric.rounds else (("period",),)
    path = next((path for path in places if path in study.document.keys), ())
    return study.document.at_key(Code.INTERIM_IMPOSSIBLE, path, **args)
