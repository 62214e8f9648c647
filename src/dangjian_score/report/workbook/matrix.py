"""明细: a row a unit, a column an item, under the heads of its section and round."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from dangjian_score.report.book import Book, Entry, Filled, figure
from dangjian_score.report.sheets import Column, Row, Table, add_sheet, decimals_format
from dangjian_score.report.view import NodeView, ResultView, UnitView
from dangjian_score.report.workbook.titles import points_width, rank_column, titled
from dangjian_score.watching import Watch
from dangjian_score.words.say import Words

_LOST: Final = "#FBE3B5"
_INAPPLICABLE: Final = "—"


Nodes = Mapping[tuple[str | None, str], NodeView]
"""The nodes of a unit by round and id."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """A node in its round, and the heads above its column."""

    round: str | None
    node: NodeView
    above: tuple[str, ...]
    head: str


def add_matrix(book: Book, told: ResultView, said: Words, watch: Watch) -> None:
    """Add the sheet. A sum of one item that is never other than the item is left out."""
    points = [{(name, node.id): node for name, node in unit.all_nodes()} for unit in told.units]
    every = _slots(told.units[0], said) if told.units else ()
    slots = [slot for slot in every if not _repeats(slot, points)]
    table = Table(
        notes=[titled(told, said.label("matrix of", title=told.rubric.title), said), said.label("matrix note")],
        columns=_columns(slots, told, said),
        rows=[_row(unit, nodes, slots) for unit, nodes in zip(told.units, points, strict=True)],
        kept=2,
    )
    add_sheet(book, said.label("sheet matrix"), table, watch)


def _repeats(slot: _Slot, points: Sequence[Nodes]) -> bool:
    if len(slot.node.nodes) != 1:
        return False
    whole, part = (slot.round, slot.node.id), (slot.round, slot.node.nodes[0].id)
    return all(nodes[whole].points == nodes[part].points for nodes in points)


def _slots(unit: UnitView, said: Words) -> Iterator[_Slot]:
    for name, one in unit.rounds.items():
        for section in one.nodes:
            yield from _of_section(name, section, (said.label("a round", name=name),), said)
    once = (said.label("once"),) if unit.rounds else ()
    for section in unit.nodes:
        yield from _of_section(None, section, once, said)


def _of_section(round_: str | None, section: NodeView, above: tuple[str, ...], said: Words) -> Iterator[_Slot]:
    """Visit a section's items, each before the group it belongs to, which is a sum."""
    heads = (*above, said.label("over max", title=f"{section.id} {section.title}", max=section.max or ""))
    for node in _upwards(section):
        name = () if node is section else (f"{node.id} {node.title}",)
        total = (said.label("subtotal"),) if node.nodes else ()
        yield _Slot(round_, node, heads, " ".join((*name, *total)) or said.label("scored"))


def _upwards(node: NodeView) -> Iterator[NodeView]:
    for lower in node.nodes:
        yield from _upwards(lower)
    yield node


def _columns(slots: list[_Slot], told: ResultView, said: Words) -> list[Column]:
    places = told.rubric.places
    points, wide = decimals_format(places), points_width(places)
    return [
        rank_column(told, said),
        Column(told.rubric.subject, below=(said.label("clause"), said.label("max"))),
        *(
            Column(slot.head, points, slot.above, (slot.node.clause, _figure(slot.node.max)), wide, short=True)
            for slot in slots
        ),
        Column(said.label("total"), decimals_format(told.rubric.total_places), width=wide),
    ]


def _row(unit: UnitView, nodes: Nodes, slots: list[_Slot]) -> Row:
    points = (_points(nodes.get((slot.round, slot.node.id))) for slot in slots)
    return (unit.rank, unit.unit, *points, figure(unit.total))


def _points(node: NodeView | None) -> Entry | Filled:
    if node is None or not node.applies:
        return _INAPPLICABLE
    points = figure(node.points)
    return Filled(points, _LOST) if _has_lost(node, points, _figure(node.due)) else points


def _has_lost(node: NodeView, points: Entry, most: Entry) -> bool:
    """Whether points are missing from what a base node carries, or were taken off."""
    if node.kind != "base":
        return node.points.startswith("-")
    if isinstance(points, Decimal) and isinstance(most, Decimal):
        return points < most
    return node.due is not None and Fraction(node.points) < Fraction(node.due)


def _figure(text: str | None) -> Entry:
    return None if text is None else figure(text)
