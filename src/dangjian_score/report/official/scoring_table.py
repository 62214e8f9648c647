"""The scoring table (评分表) on paper, to be filled in by hand; of a scored unit with its points and findings."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from dangjian_score.core.points import plain
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import UnitResult
from dangjian_score.engine.totals import full_marks
from dangjian_score.report.explanation import of_the_whole, period_of
from dangjian_score.report.official.drawing import GAP, Block, PaperCell, PaperColumn, PaperTable, Text, cells
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.shortcomings import gains, shortcomings
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Words
from dangjian_score.words.standards import SectionStandards, parts


class ScoredTable(Struct, frozen=True):
    """What a table of a unit is filled in with: its total with its grade, by the ids of nodes points and findings.

    `explained` are findings with what examiners wrote of them.
    """

    total: str
    grade: str
    points: Mapping[str, str]
    findings: Mapping[str, str]
    explained: Mapping[str, str]


_BLANK: Final = ScoredTable("", "", {}, {}, {})
_LINE: Final = "＿" * 12
"""Where the name of a unit is to be written."""


def scored_table(unit: UnitResult, view: ResultView) -> ScoredTable:
    """Take what the letter says of each item, and the points of all nodes, round by round."""
    detail, then = unit.trace(), view.words.text("clause.then")
    points: dict[str, list[str]] = {}
    findings: dict[str, list[str]] = {}
    explained: dict[str, list[str]] = {}
    for name, node in detail.all_nodes():
        text = view.node_points(unit, node.id, node.points, node.due) if node.applies else view.instead(node)
        points.setdefault(node.id, []).append(f"{name or ''} {text}".strip())
    for each in shortcomings(unit, detail, view, Imprint()):
        whole = then.join(each.found)
        findings.setdefault(each.node.id, []).append(f"{each.round or ''} {whole}".strip())
        with_words = then.join(filter(None, (whole, each.explained)))
        explained.setdefault(each.node.id, []).append(f"{each.round or ''} {with_words}".strip())
    for gain in gains(detail, view):
        text = f"{gain.round or ''} {then.join(gain.found)}".strip()
        findings.setdefault(gain.node.id, []).append(text)
        explained.setdefault(gain.node.id, []).append(text)
    joined = ({id_: "\n".join(texts) for id_, texts in of.items()} for of in (points, findings, explained))
    return ScoredTable(view.total(unit.total), view.grade(unit), *joined)


def title(program: Program, words: Words) -> str:
    """Return the title of a table."""
    return words.text("table title", title=program.rubric.title)


def scoring_table(program: Program, words: Words, unit: str, scored: ScoredTable | None = None) -> Iterator[Block]:
    """Write the table of a unit, with a blank line for the name where there is none."""
    found = scored or _BLANK
    period = period_of(program.rubric, words)
    yield Text("annex title", title(program, words))
    yield Text(
        "small cell", words.text("table unit", subject=program.rubric.subject, unit=unit or _LINE, period=period)
    )
    yield PaperTable(_columns(words), tuple(_rows(program, words, found)), small=True)
    if found.total:
        yield Text("small cell", words.text("explained unit", unit=unit, total=found.total, grade=found.grade))
    yield from (Text("small cell", note, keep=True) for note in of_the_whole(program, words))
    yield GAP
    yield Text("small cell", words.text("table signed"))


def _columns(words: Words) -> tuple[PaperColumn, ...]:
    keys = ("project", "content", "standard", "worth", "own", "reviewed", "reason")
    widths = (16, 34, 42, 6, 8, 8, 24)
    narrow = ("worth", "own", "reviewed")
    return tuple(
        PaperColumn(words.text(f"table head {key}"), "center" if key in narrow else "left", width)
        for key, width in zip(keys, widths, strict=True)
    )


def _rows(program: Program, words: Words, found: ScoredTable) -> Iterator[tuple[PaperCell, ...]]:
    base, others = parts(program, words)
    for part in base:
        yield from _part(part, words, found)
    if base:
        full = plain(full_marks(program.rubric))
        yield _sum(PaperCell(words.text("table total"), across=3), full, found.total)
    for part in others:
        yield from _part(part, words, found)


def _part(part: SectionStandards, words: Words, found: ScoredTable) -> Iterator[tuple[PaperCell, ...]]:
    for at, row in enumerate(part.rows):
        project = PaperCell("", joined=True) if at else _cell(part.title)
        points, why = found.points.get(row.node.id, ""), found.explained.get(row.node.id, "")
        yield (project, *map(_cell, (row.content, row.text, row.worth, "", points, why)))
    if part.section.nodes:
        lead, points = PaperCell(words.text("table subtotal"), across=2), found.points.get(part.section.id, "")
        yield (PaperCell("", joined=True), *_sum(lead, part.worth, points))


def _cell(text: str) -> PaperCell:
    """Set each line of a text as a paragraph."""
    first, *after = text.split("\n")
    return PaperCell(first, after=tuple(after))


def _sum(lead: PaperCell, worth: str, points: str) -> tuple[PaperCell, ...]:
    covered = [PaperCell("")] * (lead.across - 1)
    return (lead, *covered, *cells(worth, "", points, ""))
