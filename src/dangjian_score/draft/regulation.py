"""Put a draft together: sections, items and rules of an outline, each clause with what became of it."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.points import plain
from dangjian_score.draft.grammar.clauses import Clause, clauses, requirements
from dangjian_score.draft.layout.outline import Item, Kind, Outline, Section
from dangjian_score.draft.naming import Names, short
from dangjian_score.draft.rules import Drafted, Measure, Reading, Rule, Scope, Value, drafted
from dangjian_score.draft.standing import Whole, whole_of


class DraftedItem(Struct, frozen=True):
    """An item of the draft: what the document says, the clauses as they were read, and the node of the rubric."""

    item: Item
    readings: tuple[Reading, ...]
    node: dict[str, Value]


class DraftedSection(Struct, frozen=True):
    """A section of the draft with its node; `failing` says which sum of the document does not fit."""

    section: Section
    items: tuple[DraftedItem, ...]
    node: dict[str, Value]
    failing: str = ""


class Draft(Struct, frozen=True):
    """A regulation as it was understood."""

    title: str
    sections: tuple[DraftedSection, ...]
    whole: Whole
    measures: tuple[Measure, ...]
    total: Fraction | None

    @property
    def readings(self) -> Iterator[tuple[DraftedItem, Reading]]:
        """Every clause with its item, in the order of the document."""
        for section in self.sections:
            for item in section.items:
                yield from ((item, reading) for reading in item.readings)


MARK: Final = "待核"
"""How the note of a clause begins that a person has to read."""


def draft_of(outline: Outline, year: str | None, refused: frozenset[str] = frozenset()) -> Draft:
    """Read an outline; `year` overrides the year of the document, `refused` are clauses that checks did not take."""
    scored = [section for section in outline.sections if section.kind != "veto"]
    whole = whole_of(outline, outline.lines)
    if year is not None:
        whole = replace(whole, year=year, period=None)
    builder = _Builder(dated=whole.year is not None or whole.period is not None, refused=refused)
    sections = tuple(builder.section(section, letter) for section, letter in zip(scored, _letters(), strict=False))
    base = [section.node.get("max") for section in sections if "kind" not in section.node]
    total = sum((most for most in base if isinstance(most, Fraction)), Fraction(0)) if base else None
    return Draft(outline.title, sections, whole, tuple(builder.measures), total)


def _letters() -> Iterator[str]:
    yield from "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from (f"S{at}" for at in count(27))


class _Builder:
    """Builds the nodes; names of measures are unique in the whole draft."""

    def __init__(self, *, dated: bool, refused: frozenset[str]) -> None:
        self._names = Names()
        self._dated = dated
        self._refused = refused
        self.measures: list[Measure] = []

    def section(self, section: Section, letter: str) -> DraftedSection:
        """Build a section: a group of items, or a leaf whose clauses share its points."""
        kind: Kind = section.kind
        parts = section.items if section.own is None else (section.own,)
        items = self._with_points(section, [self._item(item, kind) for item in parts])
        head: dict[str, Value] = {"id": letter, "title": section.title}
        if kind != "base":
            head["kind"] = kind
        if section.own is not None or len(items) == 1 and items[0].item.title == section.title:
            node = {**head, **{key: value for key, value in items[0].node.items() if key not in ("id", "title")}}
            self._limit(node, kind, section.max)
            return DraftedSection(section, tuple(items), node)
        nodes = [{"id": f"{letter}{at}", **item.node} for at, item in enumerate(items, start=1)]
        total = sum((most for item in items if isinstance(most := item.node.get("max"), Fraction)), Fraction(0))
        failing = "" if kind != "base" else _failing(section, total)
        if kind == "base":
            head["max"] = total
        else:
            self._limit(head, kind, section.max)
        if section.clause or failing:
            head["source"] = _source(section.clause, failing)
        head["items"] = list(nodes)
        return DraftedSection(section, tuple(items), head, failing)

    def _limit(self, node: dict[str, Value], kind: Kind, most: Fraction | None) -> None:
        """Write the cap of a section beside the base."""
        if kind == "penalty":
            most = most if most is not None else node.pop("max", None)  # type: ignore[assignment]
            node.pop("max", None)
            if isinstance(most, Fraction):
                node["floor"] = -most
        elif most is not None and kind != "adjust":
            node["max"] = most

    def _with_points(self, section: Section, items: list[DraftedItem]) -> list[DraftedItem]:
        """Give the one item without points what its section has left; others without points come to what they give."""
        if section.kind != "base":
            return items
        missing = [at for at, item in enumerate(items) if item.item.max is None and section.own is None]
        known = sum((item.item.max for item in items if item.item.max is not None), Fraction(0))
        for at in missing:
            item = items[at]
            rest = section.max - known if len(missing) == 1 and section.max is not None and section.max > known else None
            points = rest if rest is not None else _given(item.readings)
            items[at] = self._item(replace(item.item, max=points), "base", again=item)
        return items

    def _item(self, item: Item, kind: Kind, again: DraftedItem | None = None) -> DraftedItem:
        scope = Scope(item.title, item.max, self._dated, item.content, gives=kind == "bonus", takes=kind == "penalty")
        known = requirements(item.content)
        texts = item.standard or item.criterion
        found = [self._unrefused(clause) for clause in clauses(texts, known)]
        if again is not None:
            gone = {measure.name for measure in again_measures(again)}
            self.measures = [measure for measure in self.measures if measure.name not in gone]
            self._names.free(gone)
        read = drafted(iter(found), scope, self._names)
        self.measures += read.measures
        return DraftedItem(item, *self._node(item, kind, read, texts))

    def _unrefused(self, clause: Clause) -> Clause:
        return replace(clause, phrase=None, why="refused") if clause.words in self._refused else clause

    def _node(self, item: Item, kind: Kind, read: Drafted, texts: str) -> tuple[tuple[Reading, ...], dict[str, Value]]:
        readings = _settled(read.readings, item.max, kind)
        node: dict[str, Value] = {"title": item.title}
        most = read.most if read.most is not None and kind != "base" else item.max
        if most is not None:
            node["max"] = most
        if item.criterion:
            node["criterion"] = " ".join(item.criterion.split())
        if item.inspect:
            node["inspect"] = " ".join(item.inspect.split())
        if read.most is not None and kind == "base" and item.max is not None and read.most < item.max:
            node["floor"] = item.max - read.most
        if kind == "base" and _gives(readings) and _takes(readings):
            node["start"] = "max"
        rules: list[Value] = [dict(rule) for reading in readings for rule in reading.rules]
        rules += [self._judged(item, kind, reading, readings) for reading in readings if reading.why is not None]
        if not rules:
            rules = [self._judged(item, kind, Reading(texts or item.title, (), "no figure"), readings)]
        node["rules"] = rules
        if item.clause:
            node["source"] = {"clause": item.clause}
        return readings, node

    def _judged(self, item: Item, kind: Kind, reading: Reading, readings: tuple[Reading, ...]) -> Value:
        """Return the rule of a clause that a person has to read: judged by hand within the points of the item."""
        gives = kind == "bonus" or (kind == "base" and not _takes(readings) and not any(_is_costly(each.words) for each in readings))
        word = "评分" if gives else "扣分"
        name = self._names.new(f"{short(reading.words, 10)}{word}", item.title)
        self.measures.append(Measure(name, f"{MARK}：{reading.words}"))
        points = item.max if item.max is not None else _highest(reading.words)
        return {"award" if gives else "deduct": points, "judge": name, "note": f"{MARK}：{reading.words}"}


def again_measures(item: DraftedItem) -> Iterator[Measure]:
    """Return the measures that only the rules of an item read."""
    for name in _names_in(item.node.get("rules")):
        yield Measure(name, "")


def _names_in(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, part in value.items():
                yield from _names_in(part)
                yield str(key)
        case list():
            for part in value:
                yield from _names_in(part)
        case _:
            pass


def _settled(readings: tuple[Reading, ...], most: Fraction | None, kind: Kind) -> tuple[Reading, ...]:
    """Drop what an item has anyway: full marks for what is done, where the other clauses only take points."""
    if kind != "base" or most is None or not any("deduct" in rule for reading in readings for rule in reading.rules):
        return readings
    full = [all(rule.get("award") == most and "if" in rule for rule in reading.rules) and bool(reading.rules) for reading in readings]
    return tuple(replace(reading, rules=()) if drop else reading for reading, drop in zip(readings, full, strict=True))


def _gives(readings: tuple[Reading, ...]) -> bool:
    return any("award" in rule for reading in readings for rule in reading.rules)


def _takes(readings: tuple[Reading, ...]) -> bool:
    return any("deduct" in rule for reading in readings for rule in reading.rules)


def _is_costly(words: str) -> bool:
    return "扣" in words or "减" in words


def _given(readings: tuple[Reading, ...]) -> Fraction | None:
    """Return what the clauses of an item give in all, where each gives a figure."""
    amounts: list[Fraction] = []
    for reading in readings:
        for rule in reading.rules:
            award = rule.get("award")
            if isinstance(award, dict):
                award = max((value for value in award.values() if isinstance(value, Fraction)), default=None)
            if isinstance(award, Fraction):
                members = rule.get("each")
                amounts.append(award * len(members) if isinstance(members, list) else award)
    return sum(amounts, Fraction(0)) or None


def _highest(words: str) -> Fraction:
    import re  # noqa: PLC0415

    from dangjian_score.draft.grammar.figures import evened  # noqa: PLC0415

    figures = [Fraction(each) for each in re.findall(r"(\d+(?:\.\d+)?)分", evened(words))]
    return max(figures, default=Fraction(100))


def _failing(section: Section, total: Fraction) -> str:
    wrong = [found for found in section.sums if found.points != total]
    if not wrong:
        return ""
    return f"{MARK}：各项合计 {plain(total)} 分，{wrong[0].place}写的是 {plain(wrong[0].points)} 分"


def _source(clause: str, note: str) -> dict[str, Value]:
    return {key: value for key, value in (("clause", clause), ("note", note)) if value}
