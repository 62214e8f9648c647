"""Results and findings as JSON, the contract with scripts: `dangjian.result/1`, `dangjian.findings/1`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dangjian_score import __version__
from dangjian_score.diagnostics import Diagnostic, Place, Severity
from dangjian_score.engine.result import Result
from dangjian_score.facts import Source
from dangjian_score.report.view import LineView, NodeView, RoundView, UnitView, selections, view
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words

SCHEMA = "dangjian.result/1"
FINDINGS_SCHEMA = "dangjian.findings/1"

TOOL = {"name": "dangjian-score", "version": __version__}


def result_json(result: Result, source: Source, diagnostics: Iterable[Diagnostic], said: Words) -> bytes:
    """Write a result out."""
    units = [_unit(unit) for unit in view(result, said)]
    more = {
        "unscored": [
            {"unit": one.unit, "attributes": dict(one.attributes), "problems": list(one.problems)}
            for one in result.unscored
        ],
        "excluded": [
            {"unit": one.unit, "attributes": dict(one.attributes), "why": list(one.why)} for one in result.excluded
        ],
        "selections": [
            {
                "title": one.title,
                "units": list(one.units),
                "displaced": [{"unit": unit, "why": why} for unit, why in one.displaced],
            }
            for one in selections(result, said)
        ],
    }
    return _document(result.rubric, source, result.evidence, units, diagnostics, said, more)


def failure_json(rubric: Rubric | None, source: Source | None, diagnostics: Iterable[Diagnostic], said: Words) -> bytes:
    """Write out why there is no result: no units, all diagnostics."""
    return _document(rubric, source, (), [], diagnostics, said)


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
    """Write a JSON document the one way it is written here."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _document(
    rubric: Rubric | None,
    source: Source | None,
    evidence: tuple[Source, ...],
    units: list[dict[str, Any]],
    diagnostics: Iterable[Diagnostic],
    said: Words,
    more: Mapping[str, Any] | None = None,
) -> bytes:
    return dumped(
        {
            "schema": SCHEMA,
            "tool": TOOL,
            "rubric": {
                "id": rubric.rubric if rubric else None,
                "title": rubric.title if rubric else None,
                "sha256": source.sha256 if source else None,
            },
            "evidence": [{"name": one.name, "sha256": one.sha256} for one in evidence],
            "units": units,
            **(more or {"unscored": [], "excluded": [], "selections": []}),
            "diagnostics": [diagnostic_json(found, said) for found in diagnostics],
        }
    )


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
