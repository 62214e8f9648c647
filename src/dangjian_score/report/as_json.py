"""Results and findings as JSON, the contract with scripts: `dangjian.result/1`, `dangjian.findings/1`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dangjian_score import __version__
from dangjian_score.diagnostics import Diagnostic, Place, Severity
from dangjian_score.facts import Source
from dangjian_score.report.view import AbsentView, LineView, NodeView, ResultView, RoundView, UnitView
from dangjian_score.rubric.model import Rubric
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

SCHEMA = "dangjian.result/1"
FINDINGS_SCHEMA = "dangjian.findings/1"

TOOL = {"name": "dangjian-score", "version": __version__}


def result_json(told: ResultView, said: Words, watch: Watch) -> bytes:
    """Write a result out."""
    rubric = told.rubric
    return dumped(
        {
            **_heading(rubric.id, rubric.title, rubric.sha256, said),
            **({"public": True} if told.public else {}),
            "evidence": [{"name": one.name, "sha256": one.sha256} for one in told.evidence],
            "units": [_unit(unit) for unit in watch(told.units, "writing")],
            "unscored": [_absent(one, "problems") for one in told.unscored],
            "excluded": [_absent(one, "why") for one in told.excluded],
            "selections": [
                {
                    "title": one.title,
                    "units": list(one.units),
                    "displaced": [{"unit": unit, "why": why} for unit, why in one.displaced],
                }
                for one in told.selections
            ],
            "diagnostics": [diagnostic_json(found, said) for found in told.diagnostics],
        }
    )


def failure_json(rubric: Rubric | None, source: Source | None, diagnostics: Iterable[Diagnostic], said: Words) -> bytes:
    """Write out why there is no result: no units, all diagnostics."""
    id_, title = (None, None) if rubric is None else (rubric.rubric, rubric.title)
    return dumped(
        {
            **_heading(id_, title, source.sha256 if source else None, said),
            **{key: [] for key in ("evidence", "units", "unscored", "excluded", "selections")},
            "diagnostics": [diagnostic_json(found, said) for found in diagnostics],
        }
    )


def _heading(id_: str | None, title: str | None, sha256: str | None, said: Words) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": TOOL,
        "language": said.language,
        "rubric": {"id": id_, "title": title, "sha256": sha256},
    }


def _absent(one: AbsentView, why: str) -> dict[str, Any]:
    return {"unit": one.unit, "attributes": one.attributes, why: list(one.why)}


def findings_json(found: Sequence[Diagnostic], texts: Mapping[str, str], said: Words) -> bytes:
    """Write out what was found in rubrics: `dangjian.findings/1`."""
    severities = [one.severity for one in found]
    return dumped(
        {
            "schema": FINDINGS_SCHEMA,
            "tool": TOOL,
            "files": list(texts),
            "counts": {f"{severity}s": severities.count(severity) for severity in Severity},
            "diagnostics": [diagnostic_json(one, said) for one in found],
        }
    )


def diagnostic_json(found: Diagnostic, said: Words) -> dict[str, Any]:
    """Give one finding as its JSON object."""
    return {
        "code": str(found.code),
        "severity": str(found.severity),
        "message": said.message(found),
        **_place(found.place),
        "related": [_place(place) for place in found.related],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
    }


def dumped(document: dict[str, Any]) -> bytes:
    """Write a JSON document the one way it is written here; half a character, which UTF-8 has not, as its escape."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace")


def _unit(unit: UnitView) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "attributes": unit.attributes,
        "rank": unit.rank,
        "total": unit.total,
        **unit.kinds,
        "grade": unit.grade,
        "vetoes": list(unit.vetoes),
        "selections": list(unit.selections),
        "lines": [_line(line) for line in unit.lines],
        "nodes": [_node(node) for node in unit.nodes],
        **({"rounds": {name: _round(one) for name, one in unit.rounds.items()}} if unit.rounds else {}),
    }


def _round(one: RoundView) -> dict[str, Any]:
    return {
        "weight": one.weight,
        "base": one.base,
        "lines": [_line(line) for line in one.lines],
        "nodes": [_node(node) for node in one.nodes],
    }


def _node(node: NodeView) -> dict[str, Any]:
    return {
        "id": node.id,
        "title": node.title,
        "kind": node.kind,
        "max": node.max,
        "start": node.start,
        "points": node.points,
        "applies": node.applies,
        "lines": [_line(line) for line in node.lines],
        "nodes": [_node(lower) for lower in node.nodes],
    }


def _line(line: LineView) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "verb": line.verb,
        "before": line.before,
        "points": line.points,
        "clause": line.clause,
        "text": line.text,
        "figures": line.figures,
        "which": list(line.which),
        "cells": list(line.cells),
    }
