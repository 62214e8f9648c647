"""Two outcomes side by side: a document, and data (`dangjian.comparison/1`)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct

from dangjian_score.core.points import percent, plain
from dangjian_score.engine.compare import (
    Alone,
    ComparedResult,
    Comparison,
    How,
    ItemChange,
    ItemPair,
    OutcomeItem,
    UnitOutcome,
    UnitPair,
)
from dangjian_score.report.document import Change, Contract, Data, Document, DocumentColumn, Points, Row, Table
from dangjian_score.report.formatting import PLAIN, FigureFormat
from dangjian_score.words.say import Words

CONTRACT: Final = Contract(
    "dangjian.comparison/1",
    {"a": None, "b": None, "rubric": None, "units": [], "items": [], "only_a": [], "only_b": []},
)

_ITEMS_SHOWN: Final = 200
"""Items that a screen shows, the largest differences; files have all of them."""


class Sides(Struct, frozen=True):
    """What stands on either side: the files' names; `own` where one evidence holds what units say of themselves."""

    names: tuple[str, str]
    own: bool = False

    def title(self, words: Words) -> str:
        """Say what is compared."""
        key = "self comparison of" if self.own else "comparison of"
        return words.text(key, a=self.names[0], b=self.names[1])

    def heads(self, words: Words) -> tuple[str, str]:
        """Give the heads of the columns."""
        a, b = ("side self", "side assessed") if self.own else ("side a", "side b")
        return words.text(a), words.text(b)


def comparison_document(
    comparison: Comparison, sides: Sides, subject: str, words: Words, shown: Collection[str] = ()
) -> Document:
    """Set out what changed in the regulation, totals and items, of the units `shown` (none: of all)."""
    heads = sides.heads(words)
    units = [pair for pair in comparison.units if not shown or pair.unit in shown]
    items = [pair for pair in comparison.items if not shown or pair.unit in shown]
    total_places = max(comparison.a.total_places, comparison.b.total_places)
    return Document(
        sides.title(words),
        tables=[
            Table(
                words.text("total"),
                _total_columns(subject, heads, total_places, words),
                [_total(pair, words) for pair in units],
            ),
            _items(items, [DocumentColumn(subject, unit=True), *_item_columns(comparison, heads, words)], units, words),
        ],
        facts=[f"{head}  {name}" for head, name in zip(heads, sides.names, strict=True)],
        lead=[*_warnings(comparison, words), *_provisional(comparison, heads, words)],
        context=[_changes(comparison, heads, words)],
        notes=[*_alone(comparison, heads, words)],
    )


def _total_columns(subject: str, heads: tuple[str, str], places: int, words: Words) -> list[DocumentColumn]:
    rank, grade = words.text("rank"), words.text("grade")
    sides = [(what, head, form) for what, form in ((rank, PLAIN), (grade, None)) for head in heads]
    return [
        DocumentColumn(subject, unit=True),
        DocumentColumn(rank, PLAIN, on="screen"),
        DocumentColumn(grade, on="screen"),
        *(DocumentColumn(words.text("of side", what=what, side=head), form, on="sheet") for what, head, form in sides),
        *_figures(heads, places, words),
    ]


def _figures(heads: tuple[str, str], places: int, words: Words) -> list[DocumentColumn]:
    """Give the columns of both figures and their difference."""
    both = [DocumentColumn(head, FigureFormat(places)) for head in heads]
    return [*both, DocumentColumn(words.text("difference"), FigureFormat(places, signed=True))]


def _total(pair: UnitPair, words: Words) -> Row:
    a, b = pair.a, pair.b
    grades = _grade(a, words), _grade(b, words)
    grade = Change(*grades) if any(grades) else None
    return pair.unit, Change(a.rank, b.rank), grade, a.rank, b.rank, *grades, a.total, b.total, pair.difference


def _grade(unit: UnitOutcome, words: Words) -> str | None:
    """Return the grade of a unit, or that it is open."""
    is_open = unit.grade is None and unit.candidates
    return words.text("open grade", grades="、".join(unit.candidates)) if is_open else unit.grade


def _item_columns(comparison: Comparison, heads: tuple[str, str], words: Words) -> list[DocumentColumn]:
    places = max(comparison.a.places, comparison.b.places)
    return [
        DocumentColumn(words.text("item"), on="screen"),
        *(DocumentColumn(words.text(key), on="sheet") for key in ("round", "id", "item")),
        DocumentColumn(words.text("max"), PLAIN),
        *_figures(heads, places, words),
    ]


def _items(
    items: Sequence[ItemPair], columns: Sequence[DocumentColumn], units: Sequence[UnitPair], words: Words
) -> Table:
    rows = [_item(pair, words) for pair in items]
    more = len(rows) > _ITEMS_SHOWN
    return Table(
        words.text("items"),
        columns,
        rows,
        brief=rows[:_ITEMS_SHOWN],
        rest=words.text("more items", count=str(len(rows)), shown=str(_ITEMS_SHOWN)) if more else "",
        empty=words.text("no differences") if units else "",
    )


def _item(pair: ItemPair, words: Words) -> Row:
    item = pair.item
    titled = item.title + (words.text("own part") if pair.own else "")
    named = "  ".join(part for part in (pair.round, f"{item.id} {titled}") if part)
    return pair.unit, named, pair.round, item.id, titled, item.max, pair.a, pair.b, pair.difference


def _warnings(comparison: Comparison, words: Words) -> list[str]:
    """Say that two regulations are no longer one."""
    changed, a, b = comparison.rubric, comparison.a, comparison.b
    if changed.other:
        named = (words.text("of side", what=side.title, side=side.rubric) for side in (a, b))
        return [words.text("other rubric", **dict(zip("ab", named, strict=True)))]
    if changed.edited and not changed.items and not any(changed.rounds):
        return [words.text("rubric edited")]
    return [words.text("rubric changed")] if changed.edited else []


def _provisional(comparison: Comparison, heads: tuple[str, str], words: Words) -> Iterator[str]:
    """Say where ranks would be others if everybody had been scored."""
    for head, outcome in zip(heads, (comparison.a, comparison.b), strict=True):
        if count := sum(why == "unscored" for why in outcome.absent.values()):
            yield words.text("provisional side", side=head, count=str(count))


def _alone(comparison: Comparison, heads: tuple[str, str], words: Words) -> Iterator[str]:
    """Say which units stand on one side only."""
    for head, alone in zip(heads, comparison.alone, strict=True):
        if alone:
            yield words.text("alone", side=head, units="、".join(_unit_alone(unit, words) for unit in alone))


def _unit_alone(unit: Alone, words: Words) -> str:
    return unit.unit if unit.why is None else words.text("alone because", unit=unit.unit, why=words.text(unit.why))


def _changes(comparison: Comparison, heads: tuple[str, str], words: Words) -> Table:
    """Set out what became of items and rounds of the regulation: what changed, and how it was and is."""
    gone, new = comparison.rubric.rounds
    rows: list[Row] = [(words.text("a round", name=name), words.text("item gone"), name, "") for name in gone]
    rows += [(words.text("a round", name=name), words.text("item new"), "", name) for name in new]
    rows += [_change(change, words) for change in comparison.rubric.items]
    columns = [DocumentColumn(head) for head in (words.text("item"), words.text("rubric change"), *heads)]
    return Table(words.text("rubric changes"), columns, rows)


def _change(change: ItemChange, words: Words) -> Row:
    item = change.after or change.before
    name = change.id if item is None else f"{item.id} {item.title}"
    how = words.text("comma").join(words.text(f"item {how}") for how in change.how)
    return name, how, *(_stated(side, change.how, words) for side in (change.before, change.after))


def _stated(item: OutcomeItem | None, how: tuple[How, ...], words: Words) -> str:
    """Say of an item what changed about it; of one that came or went, what it carries."""
    if item is None:
        return ""
    most = words.text("no limit") if item.max is None else plain(item.max)
    texts: dict[How, str] = {"max": most, "kind": words.text(item.kind), "title": item.title}
    texts["weight"] = percent(item.weight)
    whole = how in (("gone",), ("new",))
    return words.text("comma").join(text for key, text in texts.items() if key in how or (whole and key == "max"))


def comparison_data(comparison: Comparison, sides: Sides) -> dict[str, Data]:
    """Give everything."""
    a, b, changed = comparison.a, comparison.b, comparison.rubric
    places, total_places = max(a.places, b.places), max(a.total_places, b.total_places)
    return {
        "a": _side_data(sides.names[0], a, own=sides.own),
        "b": _side_data(sides.names[1], b, own=False),
        "rubric": {
            "other": changed.other,
            "edited": changed.edited,
            "items": [*map(_change_data, changed.items)],
            "rounds": {"gone": changed.rounds[0], "new": changed.rounds[1]},
        },
        "units": [
            {
                "unit": pair.unit,
                "a": _unit_data(pair.a, total_places),
                "b": _unit_data(pair.b, total_places),
                "difference": Points(pair.difference, total_places),
            }
            for pair in comparison.units
        ],
        "items": [_item_data(pair, places) for pair in comparison.items],
        "only_a": [{"unit": unit.unit, "why": unit.why} for unit in comparison.only_a],
        "only_b": [{"unit": unit.unit, "why": unit.why} for unit in comparison.only_b],
    }


def _side_data(name: str, outcome: ComparedResult, *, own: bool) -> Data:
    rubric = {"id": outcome.rubric, "title": outcome.title, "sha256": outcome.sha256}
    return {"name": name, "rubric": rubric, "units": len(outcome.units), "self_assessed": own}


def _change_data(change: ItemChange) -> Data:
    a, b = (None if item is None else _item_of_rubric(item) for item in (change.before, change.after))
    return {"id": change.id, "change": change.how, "a": a, "b": b}


def _item_of_rubric(item: OutcomeItem) -> dict[str, Data]:
    weight = {} if item.weight == 1 else {"weight": item.weight}
    return {"title": item.title, "kind": item.kind, "max": item.max, **weight}


def _unit_data(unit: UnitOutcome, places: int) -> Data:
    return {"rank": unit.rank, "total": Points(unit.total, places), "grade": unit.grade}


def _item_data(pair: ItemPair, places: int) -> Data:
    return {
        "unit": pair.unit,
        "round": pair.round,
        "id": pair.item.id,
        "title": pair.item.title,
        "max": pair.item.max,
        "own": pair.own,
        "a": Points(pair.a, places),
        "b": Points(pair.b, places),
        "difference": Points(pair.difference, places),
    }
