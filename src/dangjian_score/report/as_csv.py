"""The ranking as .csv: one row a unit, opened by Excel and WPS with a double click."""

import csv
from io import StringIO

from dangjian_score.engine.result import Result
from dangjian_score.report.view import UnitView, view
from dangjian_score.words.say import Words

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def result_csv(result: Result, said: Words) -> bytes:
    """Write rank, unit, what the total is made of, total and grade, in UTF-8 with a byte order mark.

    Units that do not take part, or were not scored, come last, without figures.
    """
    units, rubric = view(result, said), result.rubric
    columns = [column.title for column in units[0].columns] if units else []
    heads = [rubric.subject, *rubric.attributes, *columns]
    ends = [said.label(key) for key, there in _endings(result) if there]
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    rank = said.label("provisional rank" if result.unscored else "rank")
    writer.writerow([rank, *map(_safe, heads), said.label("total"), *ends])
    writer.writerows(_row(unit, result) for unit in units)
    left_out = [(one.unit, one.attributes, said.label("excluded"), one.why) for one in result.excluded]
    left_out += [(one.unit, one.attributes, said.label("unscored"), one.problems) for one in result.unscored]
    for name, given, what, why in left_out:
        attributes = [_safe(given.get(attribute, "")) for attribute in rubric.attributes]
        writer.writerow(["", _safe(name), *attributes, *([""] * len(columns)), "", f"{what}: {'; '.join(why)}"])
    return text.getvalue().encode("utf-8-sig")


def _endings(result: Result) -> tuple[tuple[str, bool], ...]:
    """Say which columns follow the total."""
    rubric = result.rubric
    return (("grade", bool(rubric.grades)), ("veto", bool(rubric.vetoes)), ("selections", bool(rubric.selections)))


def _row(unit: UnitView, result: Result) -> list[str]:
    said = {"grade": unit.grade or "", "veto": "、".join(unit.vetoes), "selections": "、".join(unit.selections)}
    attributes = [_safe(unit.attributes.get(name, "")) for name in result.rubric.attributes]
    ends = [_safe(said[key]) for key, there in _endings(result) if there]
    points = [column.points for column in unit.columns]
    return [str(unit.rank), _safe(unit.unit), *attributes, *points, unit.total, *ends]


def _safe(text: str) -> str:
    """Keep a name from being taken for a formula; figures of our own need no such care."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
