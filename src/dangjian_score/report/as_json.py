"""Results and findings as JSON, the contract with scripts: `dangjian.result/1`, `dangjian.findings/1`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from dangjian_score.core import __version__
from dangjian_score.core.diagnostics import Diagnostic, Place, Severity
from dangjian_score.core.encodings import is_utf16
from dangjian_score.core.facts import Explanation, ResultUnit, RubricSource, TakenFigure
from dangjian_score.core.names import unseen
from dangjian_score.core.points import plain
from dangjian_score.core.watching import Watch
from dangjian_score.engine.decisions import (
    Decision,
    FixedGrade,
    FullGrade,
    Listed,
    MissedGrade,
    NoGrade,
    NotChosen,
    OpenGrade,
    StruckVeto,
)
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.result import Excluded, NodeResult, PointsLine, Result, RoundResult, UnitResult, Unscored
from dangjian_score.engine.standing import Chosen
from dangjian_score.engine.totals import reported_marks
from dangjian_score.report.formatting import exact
from dangjian_score.report.view import RATE_PLACES, ResultView
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.decisions import about, cited, clause_title
from dangjian_score.words.say import Words

SCHEMA = "dangjian.result/1"
FINDINGS_SCHEMA = "dangjian.findings/1"

TOOL = {"name": "dangjian-score", "version": __version__}


def result_json(view: ResultView, watch: Watch) -> bytes:
    """Write a result out, unit by unit."""
    result, words = view.result, view.words
    units: list[bytes] = []
    for unit in watch(result.units, "writing"):
        units += (b"," if units else b"", _inside(_unit(unit, view)))
    whole = _dumped(
        {
            **_heading(view.rubric, view.source, words),
            **({"public": True} if view.public else {}),
            **_interim(result),
            "evidence": [{"name": source.name or None, "sha256": source.sha256} for source in result.evidence],
            "units": [],
            "unscored": [_absent(unit, "problems") for unit in result.unscored],
            "excluded": [{**_absent(unit, "why"), **_held(unit, words)} for unit in result.excluded],
            **({"quotas": [_quota(quota) for quota in result.quotas]} if result.quotas else {}),
            "selections": [
                {
                    "title": chosen.selection.title,
                    "units": list(chosen.units),
                    "displaced": [
                        {"unit": unit, "reason": each.displaced.why, "why": view.passed_over(each)}
                        for unit, each in view.not_chosen(chosen)
                    ],
                    **({"quotas": [*_places(chosen)]} if chosen.counted else {}),
                }
                for chosen in result.selections
            ],
            "diagnostics": [diagnostic_json(found, words) for found in view.diagnostics],
        }
    )
    before, _, after = f"{whole}\n".partition(_NO_UNITS)
    end = "\n ]" if units else "]"
    return b"".join(((before + _UNITS).encode(), *units, (end + after).encode()))


def _places(chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Write how many places a selection with a quota has in each group."""
    for group, counted in chosen.counted.items():
        own = {} if group is None else {"group": group}
        share = None if chosen.selection.quota is None else plain(chosen.selection.quota)
        yield {**own, "counted": counted, "share": share, "places": chosen.selection.places_among(counted)}


def _held(unit: Excluded, words: Words) -> dict[str, Any]:
    """Write the clauses by which a unit does not take part, and the cells that they rest on."""
    return {
        "clauses": [
            {
                "title": clause_title(held.clause, words),
                "clause": None if held.clause.source is None else held.clause.source.cited,
                "cells": list(map(str, held.grounds.cells)),
            }
            for held in unit.held
        ]
    }


def _quota(quota: GradeQuota) -> dict[str, Any]:
    cut = {"units": list(quota.cut.units), "tied": list(quota.cut.tied), "left": list(quota.cut.left)}
    own = {} if quota.group is None else {"group": quota.group}
    return {"grade": quota.grade, **own, "counted": quota.counted, "places": quota.places, **cut}


_START: Final = re.compile(rb'\s*\{\s*"schema":\s*"dangjian\.')


def is_output(start: bytes) -> bool:
    """Return whether a file starts as JSON of this program: a result, or an analysis."""
    return _START.match(_in_utf8(start)) is not None


def _in_utf8(start: bytes) -> bytes:
    """Return the start of a text in UTF-8; in some shells `>` writes UTF-16, and its reader says so."""
    return start.decode("utf-16", "ignore").encode() if is_utf16(start) else start


_RUBRIC: Final = re.compile(
    rb'\s*\{\s*"schema":\s*"dangjian\.result/.*?"rubric":\s*\{\s*"id":\s*"([^"\\]*)"', re.DOTALL
)


def rubric_named(start: bytes) -> str | None:
    """Return the id of the rubric that a file names which starts as a result; None for other files."""
    found = _RUBRIC.match(_in_utf8(start))
    return None if found is None else found[1].decode(errors="replace")


_UNITS: Final = '\n "units": ['
"""Where the units stand in the document: by its indent nowhere else, since no text in it has a line break."""
_NO_UNITS: Final = f"{_UNITS}]"


def _inside(unit: dict[str, Any]) -> bytes:
    """Write a unit as it stands in the list of units."""
    return f"\n{_dumped(unit)}".replace("\n", "\n  ").encode()


def failure_json(
    rubric: Rubric | None, source: RubricSource | None, diagnostics: Iterable[Diagnostic], words: Words
) -> bytes:
    """Write out why there is no result: no units, all diagnostics."""
    return dumped(
        {
            **_heading(rubric, source, words),
            **{key: [] for key in ("evidence", "units", "unscored", "excluded", "selections")},
            "diagnostics": [diagnostic_json(found, words) for found in diagnostics],
        }
    )


def _interim(result: Result) -> dict[str, Any]:
    """Write how far an interim result goes, and what is not due."""
    interim = result.interim
    if interim is None:
        return {}
    pending = [
        {"id": part.id, "title": part.title, "due": None if part.since is None else part.since.isoformat()}
        for part in result.pending
    ]
    until = {"rounds": list(interim.rounds)} if interim.through is None else {"through": interim.through.isoformat()}
    return {**until, "pending": pending}


def _heading(rubric: Rubric | None, source: RubricSource | None, words: Words) -> dict[str, Any]:
    about: dict[str, Any] = dict.fromkeys(("id", "title", "sha256", "rules", "period", "full"))
    if rubric is not None:
        days = rubric.period
        about |= {"id": rubric.rubric, "title": rubric.title, "full": plain(reported_marks(rubric))}
        about["period"] = None if days is None else {"from": days.from_.isoformat(), "to": days.to.isoformat()}
    if source is not None:
        about |= {"sha256": source.sha256, "rules": source.rules}
    return {"schema": SCHEMA, "tool": TOOL, "language": words.language, "rubric": about}


def _absent(unit: Excluded | Unscored, why: str) -> dict[str, Any]:
    return {"unit": unit.unit, "attributes": dict(unit.attributes), why: list(unit.why)}


def findings_json(found: Sequence[Diagnostic], texts: Mapping[str, str], words: Words) -> bytes:
    """Write out what was found in rubrics: `dangjian.findings/1`."""
    severities = [finding.severity for finding in found]
    return dumped(
        {
            "schema": FINDINGS_SCHEMA,
            "tool": TOOL,
            "files": list(texts),
            "counts": {f"{severity}s": severities.count(severity) for severity in Severity},
            "diagnostics": [diagnostic_json(finding, words) for finding in found],
        }
    )


def diagnostic_json(found: Diagnostic, words: Words) -> dict[str, Any]:
    """Give one finding as its JSON object."""
    return {
        "code": str(found.code),
        "severity": str(found.severity),
        "message": words.message(found),
        **_place(found.place),
        "related": [_place(place) for place in found.related],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file or None,
        "sheet": place.sheet,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
    }


def dumped(document: dict[str, Any]) -> bytes:
    """Write a JSON document the one way it is written here."""
    return f"{_dumped(document)}\n".encode()


def _dumped(part: dict[str, Any]) -> str:
    """Write a part; what acts unseen is escaped, so that the data is exact and does nothing to a screen."""
    text = json.dumps(part, ensure_ascii=False, indent=1)
    for char in unseen(text):
        text = text.replace(char, json.dumps(char)[1:-1])
    return text


def _unit(unit: UnitResult, view: ResultView) -> dict[str, Any]:
    detail = unit.trace()
    stages = {name: (stage, stage.of(unit.unit)) for name, stage in view.stages.items()}
    own = {name: {} if here is None else _standing(here, stage) for name, (stage, here) in stages.items()}
    rounds = {name: {**_round(round_, view), **own.get(name, {})} for name, round_ in detail.rounds.items()}
    spans = {name: standing for name, standing in own.items() if name in view.rubric.spans and standing}
    return {
        "unit": unit.unit,
        "attributes": dict(unit.attributes),
        **_standing(unit, view),
        "selections": list(unit.selections),
        **({"decisions": [_decision(decision, unit, view) for decision in unit.decisions]} if unit.decisions else {}),
        **({"results": [_taken(name, taken, view) for name, taken in unit.taken.items()]} if unit.taken else {}),
        "lines": [_line(line, view) for line in detail.lines],
        "nodes": [_node(node, view) for node in detail.nodes],
        **({"rounds": rounds} if rounds else {}),
        **({"spans": spans} if spans else {}),
    }


_KINDS: Final[Mapping[type[Decision], str]] = {
    StruckVeto: "veto",
    MissedGrade: "condition",
    FullGrade: "quota",
    OpenGrade: "tie",
    FixedGrade: "ruling",
    NoGrade: "unranked",
    NotChosen: "selection",
    Listed: "list",
}
"""What decisions are called."""


def _decision(decision: Decision, unit: UnitResult, view: ResultView) -> dict[str, Any]:
    """Write what decided about a unit beside its points, by which clause and cells, and its effect."""
    text, effect = view.decision_texts(decision, unit)
    return {
        "kind": _KINDS[type(decision)],
        "about": about(decision),
        "clause": cited(decision),
        "effect": effect,
        "cells": list(map(str, view.cells_under(decision))),
        "text": text,
    }


def _taken(measure: str, taken: TakenFigure, view: ResultView) -> dict[str, Any]:
    """Write a figure that was read from a result of another rubric, with the units of that result."""
    return {
        "measure": measure,
        "rubric": taken.rubric,
        "of": taken.of,
        "value": plain(taken.value),
        "combine": taken.combine,
        "from": [_result_unit(unit, view) for unit in taken.units],
        "left_out": [_result_unit(unit, view) for unit in taken.left_out],
    }


def _result_unit(unit: ResultUnit, view: ResultView) -> dict[str, Any]:
    sections = ({"id": each.id, "title": each.title, **_figure("points", each.points, view)} for each in unit.sections)
    return {
        "file": unit.cell.file,
        "place": unit.cell.path,
        "unit": unit.unit,
        "figure": None if unit.figure is None else plain(unit.figure),
        "total": None if unit.total is None else plain(unit.total),
        "sections": list(sections),
    }


def _standing(unit: UnitResult, view: ResultView) -> dict[str, Any]:
    """Write where a unit stands: rank, total, what is due of an interim result, kinds of points, grade, vetoes."""
    kinds = (_figure(kind, points, view, f"{kind}_exact") for kind, points in unit.kinds.items())
    return {
        "rank": unit.rank,
        "total": view.total(unit.total),
        **_so_far(unit, view),
        **{key: text for kind in kinds for key, text in kind.items()},
        **({} if view.rubric.groups is None else {"group_rank": unit.group_rank}),
        "grade": unit.grade,
        **_grading(unit, view),
        "vetoes": list(unit.vetoes),
    }


def _grading(unit: UnitResult, view: ResultView) -> dict[str, Any]:
    """Write how a grade came about: by quotas, by a committee, or why there is none."""
    rubric, ruling, found = view.rubric, unit.ruling, dict[str, Any]()
    if view.result.quotas or view.is_ruled:
        found["proposed_grade"] = unit.grading.grade
    if view.result.quotas:
        found["grade_candidates"] = list(unit.grading.candidates)
        found["grade_passed_over"] = list(unit.grading.passed_over)
    if ruling is not None:
        day = date.fromordinal(ruling.day).isoformat()
        own = {"reason": ruling.reason, "approver": ruling.approver, "cell": str(ruling.cell)}
        found["grade_ruling"] = {"meeting": ruling.meeting, "day": day, **({} if view.public else own)}
    if rubric.unranked:
        found["unranked"] = list(view.why_unranked(unit))
    return found


def _so_far(unit: UnitResult, view: ResultView) -> dict[str, str | None]:
    """Write what is due of a unit in an interim result, and its rate."""
    if unit.due is None:
        return {}
    due = _figure("due", unit.due, view, "due_exact")
    if not unit.due or unit.rate is None:
        return {**due, "rate": None}
    more = exact(unit.rate, RATE_PLACES)
    return {**due, "rate": view.rate(unit), **({} if more is None else {"rate_exact": more})}


def _figure(name: str, value: Fraction, view: ResultView, exact_name: str = "exact") -> dict[str, str]:
    """Write points as they are shown, and beside them exactly where that is not the same."""
    more = exact(value, view.places)
    return {name: view.points(value)} | ({} if more is None else {exact_name: more})


def _round(round_: RoundResult, view: ResultView) -> dict[str, Any]:
    return {
        "weight": plain(round_.weight),
        **_figure("base", round_.base, view),
        "lines": [_line(line, view) for line in round_.lines],
        "nodes": [_node(node, view) for node in round_.nodes],
    }


def _node(node: NodeResult, view: ResultView) -> dict[str, Any]:
    return {
        "id": node.id,
        "title": node.title,
        "kind": node.kind,
        "max": None if node.max is None else plain(node.max),
        "start": plain(node.start),
        **_due(node, view),
        **_figure("points", node.points, view),
        **_counted(node, view),
        "applies": node.applies,
        "lines": [_line(line, view) for line in node.lines],
        "nodes": [_node(lower, view) for lower in node.nodes],
    }


def _counted(node: NodeResult, view: ResultView) -> dict[str, str]:
    """Write the weight of a node, and the points that count above it where these are other points."""
    weight = {} if node.tree.node.weight is None else {"weight": plain(node.tree.node.weight)}
    counted = {} if node.counted == node.points else _figure("counted", node.counted, view, "counted_exact")
    return {**weight, **counted}


def _due(node: NodeResult, view: ResultView) -> dict[str, str | None]:
    """Write the most points that a base node can have in an interim result; other nodes carry none."""
    if view.result.interim is None:
        return {}
    if node.kind != "base" or node.due is None:
        return {"due": None}
    return {**_figure("due", node.due, view, "due_exact")}


def _line(line: PointsLine, view: ResultView) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "verb": line.verb,
        **_figure("before", line.before, view, "before_exact"),
        **_figure("points", line.points, view),
        **(_figure("missing", line.missing, view, "missing_exact") if line.missing else {}),
        "clause": line.clause,
        "text": view.text(line),
        "figures": {name: plain(figure) for name, figure in _figures(line).items()},
        "which": list(view.which(line)),
        **({"explanations": list(map(_explanation, line.explanations))} if line.explanations else {}),
        "cells": list(map(str, line.cells)),
    }


def _explanation(given: Explanation) -> dict[str, str]:
    assessor = {} if given.assessor is None else {"assessor": given.assessor}
    return {**assessor, "text": given.text, "cell": str(given.cell)}


def _figures(line: PointsLine) -> Mapping[str, Fraction]:
    because = line.because
    if because is None:
        return line.figures
    price = {} if because.price is None else {"price": because.price}
    named = {figure.name: value for figure, value in because.named.items()}
    return {**because.figures, **named, **line.figures, **price}
