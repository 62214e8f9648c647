"""What each unit is told (考核结果反馈书): its points, what it lost and why, and what to mend by when (整改清单).

A unit's paper names itself alone: of others it gives no more than how many there are.
"""

from collections.abc import Iterator
from fractions import Fraction

from dangjian_score.engine.result import Detail, NodeResult, UnitResult
from dangjian_score.report.losses import SectionLosses, LossRow, accounts
from dangjian_score.report.official.blocks import GAP, Block, PaperCell, PaperColumn, PaperTable, Text
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.wording import counted, day_text, heading, period, provisional, signature, titled
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.words.say import Words


def title(unit: UnitResult, said: Words) -> str:
    """Name the paper of a unit."""
    return said.label("feedback title", unit=unit.unit)


def feedback(unit: UnitResult, view: ResultView, imprint: Imprint) -> Iterator[Block]:
    """Write the paper of a unit."""
    said, detail = view.words, unit.trace()
    opened = accounts(detail, view)
    yield from titled(title(unit, said), view)
    yield Text("salutation", said.label("feedback to", unit=unit.unit))
    yield from (Text("body", sentence) for sentence in _opening(unit, view) if sentence)
    yield heading(1, said.label("feedback points"), said)
    yield _points(unit, detail, view)
    if view.rounds(detail):
        yield Text("body", view.rounding_note)
    yield heading(2, said.label("feedback losses"), said)
    yield from _losses(opened, view)
    yield heading(3, said.label("feedback mending"), said)
    yield from _mending(opened, imprint, said)
    yield from (GAP, *signature(imprint, said))


def _opening(unit: UnitResult, view: ResultView) -> Iterator[str]:
    rubric, said, selections = view.rubric, view.words, view.result.selections
    comma = said.label("comma")
    yield said.label("feedback opening", title=rubric.title, period=period(rubric, said))
    yield said.label(
        "feedback standing",
        total=view.total(unit.total),
        units=counted(rubric.subject, len(view.result.units), said),
        rank=str(unit.rank),
        grade=unit.grade or (said.label("paper none") if rubric.grades else ""),
    )
    yield provisional(view)
    for key, honours in (("feedback awards", True), ("feedback criticism", False)):
        alike = (one.selection.title for one in selections if one.selection.honours is honours)
        titles = [one for one in alike if one in unit.selections]
        yield said.label(key, titles=comma.join(titles)) if titles else ""
    named = [
        said.label("passed over", unit=one.selection.title, why=view.passed_over(each))
        for one in selections
        for each in one.displaced
        if each.unit == unit.unit
    ]
    yield said.label("feedback passed over", titles=comma.join(named)) if named else ""
    yield said.label("feedback vetoes", titles="" if view.public else comma.join(unit.vetoes)) if unit.vetoes else ""


def _points(unit: UnitResult, detail: Detail, view: ResultView) -> PaperTable:
    """Account for the total: sections, what else moved it, and what it comes to."""
    said = view.words
    columns = (
        PaperColumn(said.label("feedback part"), width=34),
        *(PaperColumn(said.label(key), "center", 10) for key in ("feedback full", "feedback got", "feedback lost")),
    )
    rows = [_section(unit, node, view) for node in detail.nodes]
    rows += [_cells(view.text(line) or said.label(line.rule), "", view.moved(line), "") for line in detail.lines]
    return PaperTable(columns, (*rows, _cells(said.label("total"), "", view.total(unit.total), "")), True)


def _section(unit: UnitResult, node: NodeResult, view: ResultView) -> tuple[PaperCell, ...]:
    points = view.node_points(unit, node.id, node.points, node.due)
    if node.kind != "base":
        return _cells(node.title, view.brief(node.max), points, "")
    due = node.due or Fraction(0)
    return _cells(node.title, view.brief(due), points, view.lost(due - node.points))


def _losses(opened: tuple[SectionLosses, ...], view: ResultView) -> Iterator[Block]:
    said = view.words
    if not any(account.losses for account in opened):
        yield Text("body", said.label("feedback nothing lost"))
        return
    if any(line.cells for account in opened for one in account.losses for line in one.lines):
        yield Text("body", said.label("feedback check"), keep=True)
    columns = (
        PaperColumn(said.label("clause"), width=10),
        PaperColumn(said.label("item"), width=18),
        PaperColumn(said.label("why"), width=38),
        PaperColumn(said.label("points"), "right", 9),
    )
    for account in opened:
        if len(opened) > 1:
            key = "feedback once" if account.round is None else "feedback round"
            yield Text("subheading", said.label(key, round=account.round or ""))
        sum_ = _cells("", "", said.label("feedback sum", due=view.brief(account.due)), view.lost(account.sum))
        yield PaperTable(columns, (*(_loss(one, view) for one in account.losses), sum_), True)


def _loss(one: LossRow, view: ResultView) -> tuple[PaperCell, ...]:
    cells = " ".join(filter(None, map(cells_of, one.lines)))
    return (PaperCell(_clause(one)), PaperCell(_item(one.node)), PaperCell(one.what, cells), PaperCell(view.lost(one.points)))


def _clause(one: LossRow) -> str:
    return next((line.clause for line in one.lines if line.clause), one.node.clause or "")


def _item(node: NodeResult) -> str:
    return f"{node.id} {node.title}"


def _mending(opened: tuple[SectionLosses, ...], imprint: Imprint, said: Words) -> Iterator[Block]:
    """List what is to be mended, once for all rounds; who does it, and how, is left to the unit."""
    nodes = {node.id: node for account in opened for node in account.nodes}
    if not nodes:
        yield Text("body", said.label("feedback nothing to mend"), keep=True)
        return
    by = said.label("feedback by", day=day_text(imprint.mend_by, said))
    yield Text("body", said.label("feedback mend", by=by), keep=True)
    columns = (
        PaperColumn(said.label("feedback number"), "center", 6),
        PaperColumn(said.label("item"), width=16),
        PaperColumn(said.label("feedback asked"), width=24),
        PaperColumn(said.label("feedback measure"), width=14),
        PaperColumn(said.label("feedback who"), "center", 9),
        PaperColumn(said.label("feedback deadline"), width=14),
    )
    rows = (
        _cells(str(at), _item(node), node.criterion or node.title, "", "", by)
        for at, node in enumerate(nodes.values(), 1)
    )
    yield PaperTable(columns, tuple(rows), True)


def _cells(*texts: str) -> tuple[PaperCell, ...]:
    return tuple(map(PaperCell, texts))
