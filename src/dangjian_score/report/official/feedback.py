"""What each unit is told (考核结果反馈书): its points, what it lost and why, and what to mend by when (整改清单).

A unit's paper names itself alone: of others it gives no more than how many there are.
"""

from collections.abc import Iterator

from dangjian_score.points import plain
from dangjian_score.report.losses import Account, Loss, accounts, due, lost
from dangjian_score.report.official.blocks import GAP, Block, Cell, Column, Grid, Text
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.wording import counted, day_text, heading, period, provisional, signature, titled
from dangjian_score.report.telling import cells_of
from dangjian_score.report.view import NodeView, ResultView, UnitView
from dangjian_score.words.say import Words


def title(unit: UnitView, said: Words) -> str:
    """Name the paper of a unit."""
    return said.label("feedback title", unit=unit.unit)


def feedback(unit: UnitView, told: ResultView, imprint: Imprint, said: Words) -> Iterator[Block]:
    """Write the paper of a unit."""
    opened = accounts(unit, told.rubric, said)
    yield from titled(title(unit, said), told, said)
    yield Text("salutation", said.label("feedback to", unit=unit.unit))
    yield from (Text("body", sentence) for sentence in _opening(unit, told, said) if sentence)
    yield heading(1, said.label("feedback points"), said)
    yield _points(unit, told, said)
    yield heading(2, said.label("feedback losses"), said)
    yield from _losses(opened, said)
    yield heading(3, said.label("feedback mending"), said)
    yield from _mending(opened, imprint, said)
    yield from (GAP, *signature(imprint, said))


def _opening(unit: UnitView, told: ResultView, said: Words) -> Iterator[str]:
    rubric, comma = told.rubric, said.label("comma")
    yield said.label("feedback opening", title=rubric.title, period=period(rubric, said))
    yield said.label(
        "feedback standing",
        total=unit.total,
        units=counted(rubric.subject, len(told.units), said),
        rank=str(unit.rank),
        grade=unit.grade or (said.label("paper none") if rubric.grades else ""),
    )
    yield provisional(told, said)
    for key, honours in (("feedback awards", True), ("feedback criticism", False)):
        titles = [one.title for one in told.selections if one.honours is honours and one.title in unit.selections]
        yield said.label(key, titles=comma.join(titles)) if titles else ""
    passed = [(one.title, why) for one in told.selections for name, why in one.displaced if name == unit.unit]
    named = [said.label("passed over", unit=award, why=why) for award, why in passed]
    yield said.label("feedback passed over", titles=comma.join(named)) if named else ""
    yield said.label("feedback vetoes", titles="" if told.public else comma.join(unit.vetoes)) if unit.vetoes else ""


def _points(unit: UnitView, told: ResultView, said: Words) -> Grid:
    """Account for the total: sections, what else moved it, and what it comes to."""
    columns = (
        Column(said.label("feedback part"), width=34),
        *(Column(said.label(key), "center", 10) for key in ("feedback full", "feedback got", "feedback lost")),
    )
    rows = [_section(node, told.rubric.places) for node in unit.nodes]
    rows += [_cells(line.text or said.label(line.rule), "", line.points, "") for line in unit.lines]
    return Grid(columns, (*rows, _cells(said.label("total"), "", unit.total, "")), True)


def _section(node: NodeView, places: int) -> tuple[Cell, ...]:
    if node.kind != "base":
        return _cells(node.title, node.max or "", node.points, "")
    return _cells(node.title, plain(due(node)), node.points, lost(node, places))


def _losses(opened: tuple[Account, ...], said: Words) -> Iterator[Block]:
    if not any(account.losses for account in opened):
        yield Text("body", said.label("feedback nothing lost"))
        return
    if any(line.cells for account in opened for one in account.losses for line in one.lines):
        yield Text("body", said.label("feedback check"), keep=True)
    columns = (
        Column(said.label("clause"), width=10),
        Column(said.label("item"), width=18),
        Column(said.label("why"), width=38),
        Column(said.label("points"), "right", 9),
    )
    for account in opened:
        if len(opened) > 1:
            key = "feedback once" if account.round is None else "feedback round"
            yield Text("subheading", said.label(key, round=account.round or ""))
        sum_ = _cells("", "", said.label("feedback sum", due=account.due), account.sum)
        yield Grid(columns, (*(_loss(one) for one in account.losses), sum_), True)


def _loss(one: Loss) -> tuple[Cell, ...]:
    cells = " ".join(filter(None, map(cells_of, one.lines)))
    return (Cell(_clause(one)), Cell(_item(one.node)), Cell(one.what, cells), Cell(one.points))


def _clause(one: Loss) -> str:
    return next((line.clause for line in one.lines if line.clause), one.node.clause or "")


def _item(node: NodeView) -> str:
    return f"{node.id} {node.title}"


def _mending(opened: tuple[Account, ...], imprint: Imprint, said: Words) -> Iterator[Block]:
    """List what is to be mended, once for all rounds; who does it, and how, is left to the unit."""
    nodes = {node.id: node for account in opened for node in account.nodes}
    if not nodes:
        yield Text("body", said.label("feedback nothing to mend"), keep=True)
        return
    by = said.label("feedback by", day=day_text(imprint.mend_by, said))
    yield Text("body", said.label("feedback mend", by=by), keep=True)
    columns = (
        Column(said.label("feedback number"), "center", 6),
        Column(said.label("item"), width=16),
        Column(said.label("feedback asked"), width=24),
        Column(said.label("feedback measure"), width=14),
        Column(said.label("feedback who"), "center", 9),
        Column(said.label("feedback deadline"), width=14),
    )
    rows = (
        _cells(str(at), _item(node), node.criterion or node.title, "", "", by)
        for at, node in enumerate(nodes.values(), 1)
    )
    yield Grid(columns, tuple(rows), True)


def _cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(map(Cell, texts))
