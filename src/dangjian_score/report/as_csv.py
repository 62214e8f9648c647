"""The ranking as .csv: one row a unit, opened by Excel and WPS with a double click."""

import csv
from io import StringIO

from dangjian_score.names import visible
from dangjian_score.report.view import ResultView, UnitView
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""The full-width ones too: some spreadsheets take them for the others."""
_BLANKS = ("\t", "\r")


def result_csv(told: ResultView, said: Words, watch: Watch) -> bytes:
    """Write rank, unit, what the total is made of, total and grade, in UTF-8 with a byte order mark.

    Units that do not take part, or were not scored, come last, without figures.
    """
    rubric = told.rubric
    columns = [column.title for column in told.columns]
    heads = [rubric.subject, *rubric.attributes, *columns]
    ends = [said.label(key) for key, there in _endings(told) if there]
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    rank = said.label("provisional rank" if told.is_provisional else "rank")
    writer.writerow([rank, *map(_safe, heads), said.label("total"), *ends])
    writer.writerows(_row(unit, told) for unit in watch(told.units, "writing"))
    for what, absent in (("excluded", told.excluded), ("unscored", told.unscored)):
        for one in absent:
            attributes = [_safe(one.attributes.get(attribute, "")) for attribute in rubric.attributes]
            why = ": ".join(filter(None, (said.label(what), visible("; ".join(one.why)))))
            writer.writerow(["", _safe(one.unit), *attributes, *([""] * len(columns)), "", why])
    return text.getvalue().encode("utf-8-sig")


def _endings(told: ResultView) -> tuple[tuple[str, bool], ...]:
    """Say which columns follow the total."""
    rubric = told.rubric
    return (("grade", bool(rubric.grades)), ("veto", rubric.has_vetoes), ("selections", rubric.has_selections))


def _row(unit: UnitView, told: ResultView) -> list[str]:
    said = {"grade": unit.grade or "", "veto": "、".join(unit.vetoes), "selections": "、".join(unit.selections)}
    attributes = [_safe(unit.attributes.get(name, "")) for name in told.rubric.attributes]
    ends = [_safe(said[key]) for key, there in _endings(told) if there]
    points = [column.points for column in unit.columns]
    return [str(unit.rank), _safe(unit.unit), *attributes, *points, unit.total, *ends]


def _safe(text: str) -> str:
    """Keep a name from being taken for a formula, also behind spaces; figures of our own need no such care."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip().startswith(_STARTS_FORMULA) or text[:1] in _BLANKS else shown
