"""Sheet 说明: what the workbook is, how to read it, how to check it, what it leaves out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from dangjian_score.engine.result import Result
from dangjian_score.fitting import lines_of, row_height
from dangjian_score.report.audit.book import AuditSheet, Style
from dangjian_score.report.audit.heads import Head
from dangjian_score.report.audit.layout import AuditLayout
from dangjian_score.rubric.standing import rounds_of
from dangjian_score.words.rounding import rounding_policy

_WIDTH: Final = 110
_LINE: Final = 16
_READ: Final = frozenset({"facts", "figures", "points", "totals"})
_NAMED: Final = 20
"""Units and headings that are named; of more the first ones."""


def write_guide(sheet: AuditSheet, layout: AuditLayout, result: Result, unheld: Sequence[Head]) -> None:
    """Write it out; `unheld` are headings of cells whose formula no office program would take."""
    sheet.widen([_WIDTH])
    title = layout.said.label("audit title", title=result.rubric.title, sheet=layout.sheet("guide"))
    texts: list[tuple[str, Style]] = [(title, "title"), *_texts(layout, result), *_limits(layout, result, unheld)]
    for row, (text, style) in enumerate(texts):
        sheet.put(row, 0, text, style)
        if style == "note":
            sheet.raw.set_row(row, row_height(_LINE * lines_of(text, _WIDTH - 2) + 4))
    sheet.page(1, 0, _WIDTH)


def _texts(layout: AuditLayout, result: Result) -> Iterator[tuple[str, Style]]:
    label, rubric = layout.said.label, result.rubric
    names = {key: layout.sheet(key) for key in layout.sheets}
    told = {**names, "subject": rubric.subject, "rounds": "、".join(rounds_of(rubric.rounds))}
    yield label("audit is"), "note"
    yield label("audit head read"), "head"
    for key in (key for key in layout.sheets if key in _READ):
        yield label(f"audit read {key}", **told), "note"
    yield label("audit rounding", policy=rounding_policy(rubric, layout.said), **told), "note"
    yield label("audit head check"), "head"
    for action in ("check", "recalculate", "change"):
        yield label(f"audit do {action}", **told), "note"
    yield label("audit head limits"), "head"
    if "figures" in layout.sheets:
        yield label("audit fixed", **told), "note"
    yield label("audit not here"), "note"


def _limits(layout: AuditLayout, result: Result, unheld: Sequence[Head]) -> Iterator[tuple[str, Style]]:
    label, rubric = layout.said.label, result.rubric
    for key, units in (("excluded", result.excluded), ("unscored", result.unscored)):
        if units:
            yield label(f"audit {key}", units=_some([one.unit for one in units])), "note"
    if unheld:
        named = Counter(f"{head.id} {head.what}".strip() for head in unheld)
        yield label("audit too long", count=str(len(unheld)), names=_some([*named])), "note"
    yield label("audit from", title=rubric.title, id=rubric.rubric), "note"
    for source in result.evidence:
        yield label("audit evidence", name=source.name, sha256=source.sha256), "note"


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")
