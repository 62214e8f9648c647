"""Feedback to each unit (考核结果反馈书): where its points went, why, and what to mend by when (整改清单)."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.engine.result import Detail, NodeResult, PointsLine, UnitResult
from dangjian_score.report.official.drawing import GAP, Block, PaperCell, PaperColumn, PaperTable, Text, cells
from dangjian_score.report.official.wording import (
    Imprint,
    counted,
    day_or_blank,
    heading,
    not_final,
    opening,
    signature,
    titled,
)
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.words.say import Words

_TELLING = ("floor", "ruling")
"""Of sections that add or take: lines that belong to what is taken though they give points back."""


_COUNTING = ("weight", "best")
"""Lines that say what counts of an item: what it loses is told as it counts."""


class LossRow(Struct, frozen=True):
    """A row: at which node, what happened, points lost (negative) or given back, the lines it rests on."""

    node: NodeResult
    what: str
    points: Fraction
    lines: tuple[PointsLine, ...]


class SectionLosses(Struct, frozen=True):
    """What base sections carry for the unit, and all rows with their sum: base points and what was taken are both.

    `round` is None for what is scored once.
    """

    round: str | None
    due: Fraction
    losses: tuple[LossRow, ...]

    @property
    def sum(self) -> Fraction:
        """What was lost in all (negative)."""
        return sum((loss.points for loss in self.losses), Fraction(0))

    @property
    def nodes(self) -> tuple[NodeResult, ...]:
        """Name the nodes that lost more than was given back, in the order of the text."""
        sums: dict[str, Fraction] = {}
        nodes = {loss.node.id: loss.node for loss in self.losses}
        for loss in self.losses:
            sums[loss.node.id] = sums.get(loss.node.id, Fraction(0)) + loss.points
        return tuple(node for id_, node in nodes.items() if sums[id_] < 0)


def accounts(detail: Detail, view: ResultView) -> tuple[SectionLosses, ...]:
    """Open the accounts of a unit in which something is due or lost."""
    kept = [*((name, round_.nodes) for name, round_ in detail.rounds.items()), (None, detail.nodes)]
    opened = [SectionLosses(name, _due(nodes), tuple(_loss_rows(nodes, view))) for name, nodes in kept]
    return tuple(account for account in opened if account.losses or account.due)


def _due(nodes: Iterable[NodeResult]) -> Fraction:
    return sum(((node.due or Fraction(0)) * node.share for node in nodes if node.kind == "base"), Fraction(0))


def _loss_rows(nodes: Iterable[NodeResult], view: ResultView) -> Iterator[LossRow]:
    for node in nodes:
        if node.kind != "bonus":
            yield from _weighed(node, _of_base(node, view) if node.kind == "base" else _taken(node, view))


def _weighed(node: NodeResult, rows: Iterable[LossRow]) -> Iterator[LossRow]:
    """Give the rows of a node with the points that count above it."""
    yield from rows if node.share == 1 else (replace(row, points=row.points * node.share) for row in rows)


def _of_base(node: NodeResult, view: ResultView) -> Iterator[LossRow]:
    """Give the lines of a leaf that begins full, and of another what it lacks; then those of a group itself.

    Items that do not count are left out.
    """
    left_out = {id_ for line in node.lines if line.verb == "best" for id_ in line.titles}
    for lower in node.nodes:
        yield from _weighed(lower, _of_base(lower, view)) if lower.id not in left_out else ()
    due = node.due or Fraction(0)
    if node.nodes or (due and node.start == node.max):
        lines = (line for line in node.lines if line.verb not in _COUNTING)
        yield from (LossRow(node, view.text(line), _lost(line), (line,)) for line in lines)
    elif lacking := node.points - due:
        why = view.words.text("comma").join(filter(None, map(view.text, node.lines)))
        points = view.points_of(node.points, due)
        yield LossRow(
            node, view.words.text("lacking", max=view.brief(due), points=points, why=why), lacking, node.lines
        )


def _lost(line: PointsLine) -> Fraction:
    """Return what a line of a group takes or gives back; of scaled points, what they lose by the scale."""
    if line.verb != "rescale":
        return line.points
    return line.points - line.figures["of"] + line.figures["due"]


def _taken(node: NodeResult, view: ResultView) -> Iterator[LossRow]:
    """Give what a section takes; of one that is made public there is the sum alone."""
    for lower in node.nodes:
        yield from _weighed(lower, _taken(lower, view))
    if not node.nodes and not node.lines and node.points < 0:
        yield LossRow(node, view.words.text(node.kind), node.points, ())
    for line in node.lines:
        if line.verb in _TELLING or (line.points < 0 and line.verb not in ("ceiling", *_COUNTING)):
            yield LossRow(node, view.text(line), line.points, (line,))


def title(unit: UnitResult, words: Words) -> str:
    """Name the paper of a unit."""
    return words.text("feedback title", unit=unit.unit)


def feedback(unit: UnitResult, view: ResultView, imprint: Imprint) -> Iterator[Block]:
    """Write the paper of a unit."""
    words, detail = view.words, unit.trace()
    opened = accounts(detail, view)
    yield from titled(title(unit, words), view)
    yield Text("salutation", words.text("feedback to", unit=unit.unit))
    yield from (Text("body", sentence) for sentence in _opening(unit, view) if sentence)
    yield heading(1, words.text("feedback points"), words)
    yield _points(unit, detail, view)
    yield from (Text("body", sentence) for sentence in view.taken(unit))
    if view.rounds(detail):
        yield Text("body", view.rounding_note)
    yield heading(2, words.text("feedback losses"), words)
    yield from _losses(opened, view)
    yield heading(3, words.text("feedback mending"), words)
    yield from _mending(opened, imprint, words)
    yield from (GAP, *signature(imprint, words))


def _opening(unit: UnitResult, view: ResultView) -> Iterator[str]:
    rubric, words, selections = view.rubric, view.words, view.result.selections
    comma, ranked = words.text("comma"), len(view.result.units) - len(dict(view.absences)["unranked"])
    yield words.text("feedback opening", **opening(view))
    yield words.text(
        "feedback standing",
        head=view.total_head,
        total=view.total(unit.total),
        due=view.due(unit.due),
        rate=view.rate(unit),
        units=counted(rubric.subject, ranked, words),
        rank="" if unit.rank is None else str(unit.rank),
        group=unit.attributes.get(rubric.groups or "", "") if unit.group_rank else "",
        group_rank="" if unit.group_rank is None else str(unit.group_rank),
        grade="" if unit.rank is None else view.grade(unit) or (words.text("not graded") if rubric.grades else ""),
    )
    yield from (words.text("feedback reason", reason=reason) for reason in view.grade_reasons(unit))
    yield from not_final(view)
    for key, honours in (("feedback awards", True), ("feedback criticism", False)):
        alike = (chosen.selection.title for chosen in selections if chosen.selection.honours is honours)
        titles = [title for title in alike if title in unit.selections]
        yield words.text(key, titles=comma.join(titles)) if titles else ""
    named = [
        words.text("passed over", unit=chosen.selection.title, why=view.passed_over(displaced, chosen.selection))
        for chosen, displaced in view.displacements.get(unit.unit, ())
    ]
    yield words.text("feedback passed over", titles=comma.join(named)) if named else ""
    yield words.text("feedback vetoes", titles="" if view.public else comma.join(unit.vetoes)) if unit.vetoes else ""


def _points(unit: UnitResult, detail: Detail, view: ResultView) -> PaperTable:
    """Account for the total: sections, what else moved it, and what it comes to."""
    words = view.words
    columns = (
        PaperColumn(words.text("feedback part"), width=34),
        *(PaperColumn(words.text(key), "center", 10) for key in ("feedback full", "feedback got", "feedback lost")),
    )
    rows = [_section(unit, node, view) for node in detail.nodes]
    rows += [cells(view.text(line) or words.text(line.rule), "", view.moved(line), "") for line in detail.lines]
    return PaperTable(columns, (*rows, cells(words.text("total"), "", view.total(unit.total), "")), True)


def _section(unit: UnitResult, node: NodeResult, view: ResultView) -> tuple[PaperCell, ...]:
    points = view.node_points(unit, node.id, node.points, node.due)
    if node.kind != "base":
        return cells(node.title, view.brief(node.max), points, "")
    due = node.due or Fraction(0)
    return cells(node.title, view.brief(due), points, view.lost(due - node.points))


def _losses(opened: tuple[SectionLosses, ...], view: ResultView) -> Iterator[Block]:
    words = view.words
    if not any(account.losses for account in opened):
        yield Text("body", words.text("feedback nothing lost"))
        return
    if any(line.cells for account in opened for loss in account.losses for line in loss.lines):
        yield Text("body", words.text("feedback check"), keep=True)
    columns = (
        PaperColumn(words.text("clause"), width=10),
        PaperColumn(words.text("item"), width=18),
        PaperColumn(words.text("why"), width=38),
        PaperColumn(words.text("points"), "right", 9),
    )
    for account in opened:
        if len(opened) > 1:
            key = "feedback once" if account.round is None else "feedback round"
            yield Text("subheading", words.text(key, round=account.round or ""))
        sum_ = cells("", "", words.text("feedback sum", due=view.brief(account.due)), view.lost(account.sum))
        yield PaperTable(columns, (*(_loss(loss, view) for loss in account.losses), sum_), True)


def _loss(loss: LossRow, view: ResultView) -> tuple[PaperCell, ...]:
    clauses = dict.fromkeys(line.clause for line in loss.lines if line.clause)
    clause = view.words.text("comma").join(clauses) or loss.node.clause or ""
    evidence = " ".join(filter(None, map(cells_of, loss.lines)))
    return (
        PaperCell(clause),
        PaperCell(_item(loss.node)),
        PaperCell(loss.what, evidence),
        PaperCell(view.lost(loss.points)),
    )


def _item(node: NodeResult) -> str:
    return f"{node.id} {node.title}"


def _mending(opened: tuple[SectionLosses, ...], imprint: Imprint, words: Words) -> Iterator[Block]:
    """List what is to be mended, once for all rounds; who does it, and how, is left to the unit."""
    nodes = {node.id: node for account in opened for node in account.nodes}
    if not nodes:
        yield Text("body", words.text("feedback nothing to mend"), keep=True)
        return
    by = words.text("feedback by", day=day_or_blank(imprint.mend_by, words))
    yield Text("body", words.text("feedback mend", by=by), keep=True)
    columns = (
        PaperColumn(words.text("feedback number"), "center", 6),
        PaperColumn(words.text("item"), width=16),
        PaperColumn(words.text("feedback asked"), width=24),
        PaperColumn(words.text("feedback measure"), width=14),
        PaperColumn(words.text("feedback who"), "center", 9),
        PaperColumn(words.text("feedback deadline"), width=14),
    )
    rows = (
        cells(str(at), _item(node), node.criterion or node.title, "", "", by)
        for at, node in enumerate(nodes.values(), 1)
    )
    yield PaperTable(columns, tuple(rows), True)
