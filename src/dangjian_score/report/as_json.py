"""The result as JSON, the contract with scripts: `dangjian.result/1`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from dangjian_score import __version__
from dangjian_score.diagnostics import Diagnostic
from dangjian_score.engine.result import Result
from dangjian_score.facts import Source
from dangjian_score.report.view import LineView, NodeView, RoundView, UnitView, selections, view
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.say import Words

SCHEMA = "dangjian.result/1"


def result_json(result: Result, source: Source, diagnostics: Iterable[Diagnostic], said: Words) -> bytes:
    """Write a result out."""
    units = [_unit(unit) for unit in view(result, said)]
    more = {
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


def diagnostic_json(found: Diagnostic, said: Words) -> dict[str, Any]:
    """Give one finding as its JSON object."""
    place = found.place
    return {
        "code": str(found.code),
        "severity": str(found.severity),
        "message": said.message(found),
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
            "tool": {"name": "dangjian-score", "version": __version__},
            "rubric": {
                "id": rubric.rubric if rubric else None,
                "title": rubric.title if rubric else None,
                "sha256": source.sha256 if source else None,
            },
            "evidence": [{"name": one.name, "sha256": one.sha256} for one in evidence],
            "units": units,
            "unscored": [],
            **(more or {"excluded": [], "selections": []}),
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
