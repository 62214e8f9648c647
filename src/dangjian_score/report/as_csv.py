"""The ranking as .csv: one row a unit, opened by Excel and WPS with a double click."""

import csv
from io import StringIO

from dangjian_score.engine.result import Result
from dangjian_score.report.view import UnitView, view
from dangjian_score.words.say import Words

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def result_csv(result: Result, said: Words) -> bytes:
    """Write rank, unit, sections, total and grade, in UTF-8 with a byte order mark."""
    units = view(result, said)
    rubric = result.rubric
    heads = [section.title for section in rubric.sections]
    grade = [said.label("grade")] if rubric.grades else []
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([said.label("rank"), _safe(rubric.subject), *map(_safe, heads), said.label("total"), *grade])
    writer.writerows(_row(unit, with_grade=bool(grade)) for unit in units)
    return text.getvalue().encode("utf-8-sig")


def _row(unit: UnitView, *, with_grade: bool) -> list[str]:
    grade = [_safe(unit.grade or "")] if with_grade else []
    return [str(unit.rank), _safe(unit.unit), *(node.points for node in unit.nodes), unit.total, *grade]


def _safe(text: str) -> str:
    """Keep a name from being taken for a formula; figures of our own need no such care."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
