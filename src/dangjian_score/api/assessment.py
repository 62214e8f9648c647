"""Scoring, and what is done with a result: rows for tables, bytes of every format, files."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache, partial
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api.inputs import AnyPath, EvidenceFiles, Findings, RubricFile, in_order, words_of
from dangjian_score.api.writing import OutputError, overlaps, unwritable, write_whole
from dangjian_score.core import __version__
from dangjian_score.core.diagnostics import Code, at_file
from dangjian_score.core.watching import Watch, unwatched

if TYPE_CHECKING:
    from fractions import Fraction

    from dangjian_score.engine.result import Result, UnitResult
    from dangjian_score.report.view import ResultView
    from dangjian_score.words.say import Language, Words

Row = dict[str, object]


class Assessment(Struct, frozen=True):
    """Evidence that was scored, the result, and the warnings and notes about both.

    `result` is for the program itself.
    """

    evidence: EvidenceFiles
    result: "Result"
    findings: Findings

    def __repr__(self) -> str:
        return f"<Assessment of {len(self.result.units)} units by {self.evidence.rubric.id}>"

    def rows(self) -> list[Row]:
        """Give one row a unit, best first, for `pandas.DataFrame(assessment.rows())`.

        Columns: `unit`, its attributes by name, `rank`, `total`, of an interim result `due` and `rate` (a Fraction,
        None where nothing is due), `grade` (or None), `selections` (titles), then the points of sections and items by
        id, in rounds with the round's name before it (`"上半年 A1"`). A name that is taken gets a `_`. Points are
        exact: a Decimal, or a Fraction where that has no last decimal; None where an item does not apply and counts
        nothing. Units that do not take part or were left out have no row.
        """
        return [_row(unit, self) for unit in self.result.units]

    def lines(self, language: "Language" = "zh") -> list[Row]:
        """Give one row for each line of points: what moved a unit's points, how many, by which clause, and why.

        Columns: `unit`, `round`, `item` (None: the line belongs to the whole), `rule`, `clause`, `points`, `text` and
        `cells` (a tuple of `"证据.xlsx!汇总!C4"`).
        """
        view = self.view(words_of(language))
        return [row for unit in self.result.units for row in _lines(unit, view)]

    def view(self, words: "Words", *, public: bool = False) -> "ResultView":
        """View the result as formats show it."""
        from dangjian_score.report.view import view_of

        source = self.evidence.rubric.study.loaded.source
        return view_of(self.result, source, self.findings, words, public=public)


def _row(unit: "UnitResult", assessment: Assessment) -> Row:
    rubric = assessment.result.rubric
    places = rubric.shown_places
    own: Row = {"unit": unit.unit}
    total = _exact(unit.total, rubric.total_places)
    so_far: Row = {}
    if unit.due is not None:
        so_far = {"due": _exact(unit.due, places), "rate": unit.rate if unit.due else None}
    in_group: Row = {} if rubric.groups is None else {"group_rank": unit.group_rank}
    ends: Row = {"rank": unit.rank, **in_group, "total": total, **so_far, "grade": unit.grade}
    ends["selections"] = unit.selections
    taken = {*own, *ends}
    row = own | {_free(name, taken): unit.attributes.get(name) for name in rubric.attributes} | ends
    for round_, node in unit.trace().all_nodes():
        name = _free(node.id if round_ is None else f"{round_} {node.id}", taken)
        row[name] = _exact(node.points, places) if node.applies or node.points else None
    return row


def _free(name: str, taken: set[str]) -> str:
    """Return the name of a column that no other has, and take it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _exact(value: "Fraction", places: int) -> "Decimal | Fraction":
    """Return points unrounded, as a Decimal of at least so many decimals; 1/3, which has no last one, as it is."""
    from dangjian_score.core.points import decimals, fixed, is_long

    return value if decimals(value) is None or is_long(value) else Decimal(fixed(value, places))


def _lines(unit: "UnitResult", view: "ResultView") -> Iterator[Row]:
    for round_, node, line in unit.trace().all_lines():
        yield {
            "unit": unit.unit,
            "round": round_,
            "item": None if node is None else node.id,
            "rule": line.rule,
            "clause": line.clause,
            "points": _exact(line.points, view.places),
            "missing": _exact(line.missing, view.places),
            "text": view.text(line),
            "cells": tuple(map(str, line.cells)),
        }


def score(rubric: RubricFile, evidence: EvidenceFiles) -> Assessment:
    """Score every unit. Raises ValueError where the evidence was read for another rubric or part of its period."""
    if evidence.rubric.data != rubric.data:
        raise ValueError("the evidence was read for another rubric")
    if evidence.rubric.study.interim != rubric.study.interim:
        raise ValueError("the evidence was read for another part of the period")
    return assess(evidence)


def assess(evidence: EvidenceFiles, watch: Watch = unwatched) -> Assessment:
    """Score every unit of evidence without errors, and find what the result leaves open."""
    from dangjian_score.checks.interim import without_due
    from dangjian_score.checks.openness import still_open
    from dangjian_score.engine.score import score as score_units
    from dangjian_score.engine.stages import stage_results

    study = evidence.rubric.study
    result = score_units(study.program, evidence.facts, evidence.unscored, watch)
    if study.rubric.rounds:
        rounds = partial(stage_results, study.rubric, study.catalogue.measures, evidence.facts, study.interim)
        result = replace(result, stages=cache(rounds))
    noted = (*still_open(result, study.loaded.source), *without_due(result, evidence.facts))
    return Assessment(evidence, result, in_order((*evidence.findings, *noted)))


def write(assessment: Assessment, path: AnyPath, *, language: "Language" = "zh", public: bool = False) -> None:
    """Write a result in the format of the file's suffix: .xlsx, .html, .docx, .json, .csv, .md, .parquet or .zip.

    The file is there whole, or as it was. `public` leaves out persons, cases and reasons of sanctions. Raises
    OutputError where the file cannot be written or is one of the inputs, ValueError where no format has the suffix or
    where a .zip, which holds the evidence, is to be public.
    """
    from dangjian_score.report.formats import PACK, SUFFIXES

    target = Path(fspath(path))
    form, evidence = suffix(target), assessment.evidence
    if form not in SUFFIXES or (public and form == PACK):
        raise ValueError(f"no {'public ' if public else ''}format is called {target.suffix!r}")
    read = (*evidence.paths, *([evidence.rubric.path] if evidence.rubric.path else []))
    if overlaps([target], read):
        raise OutputError(at_file(Code.OUTPUT_OVER_INPUT, str(target), path=str(target)))
    view = assessment.view(words_of(language), public=public)
    failed = write_whole({target: to_bytes(assessment, form, view)})
    if failed is not None:
        raise OutputError(failed)


def suffix(target: Path) -> str:
    """Give the format that a file's name asks for."""
    return target.suffix.lower().lstrip(".")


def to_bytes(assessment: Assessment, form: str, view: "ResultView", watch: Watch = unwatched) -> bytes:
    """Write a view of a result in a format."""
    from dangjian_score.report.formats import PACK, reporter

    if form == PACK:
        return _packed(assessment, view)
    try:
        return reporter(form)(view, watch)
    except ImportError:
        raise unwritable(f"*.{form}", "columns extra") from None


def _packed(assessment: Assessment, view: "ResultView") -> bytes:
    """Put the result away with all it was made from. Raises OutputError where that is too much."""
    from dangjian_score.core import packs
    from dangjian_score.report.as_json import result_json

    evidence = assessment.evidence
    rubric = Path(evidence.rubric.name).name, evidence.rubric.data
    result = result_json(view, unwatched)
    packed = packs.to_bytes(packs.Pack(__version__, rubric, evidence.files, evidence.rosters, result))
    if packed is None:
        raise unwritable("*.zip", "beyond a pack")
    return packed
