"""The ranking as .csv: one row a unit, opened by Excel and WPS with a double click."""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from typing import Final
from unicodedata import normalize

from dangjian_score.core.names import visible
from dangjian_score.core.watching import Watch
from dangjian_score.report.overview import FIGURES, ranking_columns, ranking_row
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import LANGUAGES, Words, load_words

_BOM: Final = "\ufeff".encode()
_ENDINGS: Final = (
    "group rank",
    "proposed grade",
    "fixed grade",
    "grade",
    "veto",
    "decided",
    "decided alone",
    "selections",
)
"""Columns that may follow the total, in this order."""
_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""The full-width ones too: some spreadsheets take them for the others."""
_BLANKS = ("\t", "\r")
_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_AMONG_DIGITS: Final = re.compile(
    rf"(?<=[\d.])\s*e\s*(?=[-+]?\d)|(?<=\d)t(?=\d)|(?<=\d)(?:\s*[ap]m|\s[ap])(?![a-z])"
    rf"|(?<![a-z])(?:{_MONTHS})(?![a-z])|上午|下午|[年月日时分秒]",
    re.IGNORECASE,
)
"""The letters that figures, days and times are written with: exponents, halves of the day, months."""
_FIGURE: Final = re.compile(r"[-+.,:/\\()%‰$¥€£\s]*\d[-+.,:/\\()%‰$¥€£\s\d]*")
_DAY_IN_WORDS: Final = re.compile("(?:[〇○零一二三四五六七八九十廿卅]+[年月日])+")
_CONSTANT: Final = re.compile("true|false|#[a-z0-9/]+[!?]?", re.IGNORECASE)
"""Truth values, and the errors that spreadsheets show."""


def result_csv(view: ResultView, watch: Watch) -> bytes:
    """Write rank, unit, what the total is made of, total and grade, in UTF-8 with a byte order mark.

    Units that do not take part, or were not scored, come last, without figures.
    """
    rubric, result, words = view.rubric, view.result, view.words
    columns = ranking_columns(view)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    until = words.text("titled", title="", state=view.until)
    writer.writerow([safe(column.head + (until if column.key == "due" else "")) for column in columns])
    are_figures = [column.key in FIGURES for column in columns]
    for unit in watch(result.units, "writing"):
        writer.writerow(map(_cell, ranking_row(unit, view), are_figures))
    for what, units in view.absences:
        if what == "unranked":  # they stand among the ranked, without a rank
            continue
        for absent in units:
            attributes = [safe(absent.attributes.get(attribute, "")) for attribute in rubric.attributes]
            why = ": ".join(filter(None, (words.text(what), visible("; ".join(absent.reasons)))))
            points = [column for column in columns if column.key in ("part", "total", "due", "rate")]
            writer.writerow(["", safe(absent.unit), *attributes, *([""] * len(points)), why])
    return text.getvalue().encode("utf-8-sig")


def is_output(start: bytes) -> bool:
    """Return whether a file starts as such a table: its header in either language, the best unit below, its line ends.

    The format has no place for a mark. A table of others must say all of this to be taken for ours.
    """
    if not start.startswith(_BOM) or b"\n" in start.replace(b"\r\n", b""):
        return False
    lines = csv.reader(StringIO(start.decode("utf-8-sig", "ignore"), newline=""))
    header, first = next(lines, []), next(lines, [])
    ranked = first[:1] == [""] or first[0].isdecimal() if first else False
    return ranked and any(_is_header(header, load_words(language)) for language in LANGUAGES)


def _is_header(cells: Sequence[str], words: Words) -> bool:
    ranks = (words.text("rank"), words.text("provisional rank"))
    total = next((head for head in map(words.text, ("total", "points so far")) if head in cells[2:]), None)
    if not cells or cells[0] not in ranks or total is None:
        return False
    after = cells[len(cells) - cells[::-1].index(total) :]
    interim = 2 if after and after[0].startswith(words.text("due")) else 0
    return list(after[interim:]) == [end for end in map(words.text, _ENDINGS) if end in after]


def _cell(text: str, is_figure: bool) -> str:
    """Write a cell; of our own figures only fractions could be taken for something else."""
    return text if is_figure and "/" not in text else safe(text)


def safe(text: str) -> str:
    """Keep a text from being taken for a formula, a figure or a day, as our own fractions would be."""
    shown = visible(text)
    return f"'{shown}" if text[:1] in _BLANKS or _is_converted(shown) else shown


def _is_converted(name: str) -> bool:
    """Tell whether a spreadsheet makes something else of a name when it opens a .csv, also behind spaces."""
    bare = normalize("NFKC", name).strip()
    if name.lstrip().startswith(_STARTS_FORMULA) or _CONSTANT.fullmatch(bare) or _DAY_IN_WORDS.fullmatch(bare):
        return True
    return _FIGURE.fullmatch(_AMONG_DIGITS.sub("", bare)) is not None
