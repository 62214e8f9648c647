"""Nodes of a rubric from the sections and items of an outline: rules, limits, and clauses that a person has to read."""

import re
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.points import plain
from dangjian_score.draft.grammar.clauses import Clause, clauses, requirements
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.phrases import modifier
from dangjian_score.draft.layout.outline import Item, Kind, OutlineSection
from dangjian_score.draft.naming import Names, short
from dangjian_score.draft.reading import DraftedMeasure, ItemContext, Reading, Value, texts_of
from dangjian_score.draft.rules import drafted
from dangjian_score.rubric.model import UNSETTLED


class DraftedItem(Struct, frozen=True):
    """An item: what the document says, its clauses as they were read, its node, and the clause of each of its rules."""

    item: Item
    readings: tuple[Reading, ...]
    node: dict[str, Value]
    origins: tuple[str, ...]


class DraftedSection(Struct, frozen=True):
    """A section with its node, which holds the items' nodes; `failing` says which sum of the document is wrong."""

    section: OutlineSection
    items: tuple[DraftedItem, ...]
    node: dict[str, Value]
    failing: str = ""

    @property
    def is_leaf(self) -> bool:
        """Whether its rules stand at the section itself."""
        return "items" not in self.node


class NodeBuilder:
    """Builds the nodes of a draft; names of measures are unique in all of it.

    `refused` are clauses whose rules the checks of rubrics did not take.
    """

    def __init__(self, names: Names, *, dated: bool, refused: frozenset[str]) -> None:
        self._names = names
        self._dated = dated
        self._refused = refused
        self.measures: list[DraftedMeasure] = []

    def sections(self, sections: tuple[OutlineSection, ...]) -> tuple[DraftedSection, ...]:
        """Build all sections that enter the total."""
        letters = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *(f"S{at}" for at in range(27, len(sections) + 1)))
        scored = [section for section in sections if section.kind != "veto"]
        built = tuple(self._section(*each) for each in zip(scored, letters, strict=False))
        used = {name for section in built for name in texts_of(section.node)}
        self.measures = [measure for measure in self.measures if measure.name in used]
        return built

    def _section(self, section: OutlineSection, letter: str) -> DraftedSection:
        if section.own is not None:
            return self._leaf(section, section.own, letter)
        parts = self._with_points(section)
        if parts is None:
            own = Item(section.title, section.max, "", "", _words(section.items), "", section.clause, section.place)
            return self._leaf(section, own, letter, shared=True)
        items = [self._item(item, section.kind) for item in parts]
        head: dict[str, Value] = {"id": letter, "title": section.title}
        total = sum((most for item in items if isinstance(most := item.node.get("max"), Fraction)), Fraction(0))
        failing = ""
        if section.kind == "base":
            head["max"] = total
            failing = _failing(section, total)
        else:
            head["kind"] = section.kind
            _limit(head, section.kind, section.max)
            failing = _unlimited(section)
        if section.clause or failing:
            head["source"] = _source(section.clause, failing)
        head["items"] = [{"id": f"{letter}{at}", **item.node} for at, item in enumerate(items, start=1)]
        return DraftedSection(section, tuple(items), head, failing)

    def _leaf(self, section: OutlineSection, own: Item, letter: str, *, shared: bool = False) -> DraftedSection:
        item = self._item(own, section.kind, shared=shared)
        node: dict[str, Value] = {"id": letter, **item.node}
        if section.kind != "base":
            most = node.pop("max", None)
            node = {"id": letter, "title": section.title, "kind": section.kind}
            _limit(node, section.kind, most if isinstance(most, Fraction) else section.max)
            node |= {key: value for key, value in item.node.items() if key not in ("title", "max")}
        failing = _unlimited(section)
        if failing:
            source = item.node.get("source")
            node["source"] = {**(source if isinstance(source, dict) else {}), "note": failing}
        return DraftedSection(section, (item,), node, failing)

    def _with_points(self, section: OutlineSection) -> list[Item] | None:
        """Return the items of a section with the points that are known; None where its clauses share its points.

        Of a base section, one item without points has what is left; several come to what their clauses give.
        """
        missing = [item for item in section.items if item.max is None]
        if section.kind != "base" or not missing:
            return list(section.items)
        known = sum((item.max for item in section.items if item.max is not None), Fraction(0))
        rest = None if section.max is None else section.max - known
        given = [self._given(item) for item in missing]
        if len(missing) == 1 and rest is not None and rest > 0:
            given = [rest]
        elif len(missing) == len(section.items) and rest is not None and not _come_to(given, rest):
            return None
        points = iter(given)
        return [item if item.max is not None else replace(item, max=next(points)) for item in section.items]

    def _given(self, item: Item) -> Fraction | None:
        """Return what the clauses of an item give in all, where that is all they do."""
        read = drafted(clauses(item.standard or item.criterion), ItemContext(item.title, None, self._dated), Names())
        amounts = [_award(rule) for rule in read.rules]
        known = [amount for amount in amounts if amount is not None]
        return sum(known, Fraction(0)) if known and len(known) == len(amounts) else None

    def _item(self, item: Item, kind: Kind, *, shared: bool = False) -> DraftedItem:
        text = item.standard or item.criterion
        unsaid: tuple[Reading, ...] = ()
        if item.max is None and kind == "base":
            most = _highest(text)
            item = replace(item, max=most)
            unsaid = (Reading(f"没有写本项分值，暂按 {plain(most)} 分", (), "unwritten", modifies=True),)
        scope = ItemContext(item.title, item.max, self._dated, item.content, kind == "bonus", kind == "penalty", shared)
        found = (self._unrefused(clause) for clause in clauses(text, requirements(item.content)))
        read = drafted(found, scope, self._names)
        self.measures += read.measures
        readings = _settled(read.readings, item.max, kind)
        rules: list[Value] = []
        origins: list[str] = []
        for reading in readings:
            for rule in reading.rules:
                rules.append(dict(rule))
                origins.append(reading.words)
        says_something = rules or any(each.why and not each.modifies for each in readings)
        for reading in (*readings, *(() if says_something else (_unsaid(text or item.title),))):
            if reading.why is not None and not reading.modifies:
                rules.append(self._judged(item, kind, reading, readings))
                origins.append(reading.words)
        start: Value | None = read.start
        if start is None and item.max is not None and _does("award", rules) and _does("deduct", rules):
            start = _beginning(item.max, readings)
            if start is None:
                start = "max"
                unsaid += (Reading("又有得分又有扣分，没有写从几分算起，暂从满分算起", (), "unwritten", modifies=True),)
        readings = (*unsaid, *readings)
        node = _node(item, kind, read.most, readings, rules, start)
        return DraftedItem(item, readings, node, tuple(origins))

    def _unrefused(self, clause: Clause) -> Clause:
        return replace(clause, phrase=None, why="refused") if clause.words in self._refused else clause

    def _judged(self, item: Item, kind: Kind, reading: Reading, readings: tuple[Reading, ...]) -> Value:
        """Return the rule of a clause that a person has to read: judged by hand within the points of the item."""
        costly = any(re.search("[扣减]", each.words) for each in (reading, *readings))
        gives = kind == "bonus" or (kind != "penalty" and not costly)
        about = re.sub("(?:酌情|加倍|减半|视情|适当)*[扣加给评]分$", "", short(reading.words, 10))
        name = self._names.new(f"{about}{'评分' if gives else '扣分'}", item.title)
        self.measures.append(DraftedMeasure(name, f"{UNSETTLED}：{reading.words}"))
        points = item.max if item.max is not None else _highest(reading.words)
        return {"award" if gives else "deduct": points, "judge": name, "note": f"{UNSETTLED}：{reading.words}"}


def _words(items: tuple[Item, ...]) -> str:
    """Return what items say, as one text."""
    texts = (item.standard or item.criterion for item in items)
    return "\n".join(
        text if item.title in text or not text else f"{item.title}。{text}"
        for item, text in zip(items, texts, strict=True)
    )


def _come_to(amounts: list[Fraction | None], total: Fraction) -> bool:
    return None not in amounts and sum(filter(None, amounts), Fraction(0)) == total


def _unsaid(words: str) -> Reading:
    """Return the reading of an item that says nothing about points."""
    return Reading(words, (), "no figure")


def _node(
    item: Item,
    kind: Kind,
    limit: Fraction | None,
    readings: tuple[Reading, ...],
    rules: list[Value],
    start: Value | None,
) -> dict[str, Value]:
    """Write an item; `limit` is over all its clauses, `start` where it begins."""
    node: dict[str, Value] = {"title": item.title}
    most = limit if limit is not None and kind != "base" else item.max
    if most is not None and kind == "penalty":
        node["floor"] = -most
    elif most is not None:
        node["max"] = most
    for key, text in (("criterion", item.criterion or _asked(item.standard)), ("inspect", item.inspect)):
        if text:
            node[key] = " ".join(text.split())
    if kind == "base" and limit is not None and item.max is not None and limit < item.max:
        node["floor"] = item.max - limit
    if kind == "base" and start is not None:
        node["start"] = start
    node["rules"] = rules
    open_ones = [reading.words for reading in readings if reading.why is not None and reading.modifies]
    note = f"{UNSETTLED}：{'；'.join(open_ones)}" if open_ones else ""
    if item.clause or note:
        node["source"] = _source(item.clause, note)
    return node


def _beginning(most: Fraction, readings: tuple[Reading, ...]) -> Value | None:
    """Return where an item of `most` points begins in which points are given and taken; None where it is not clear.

    What is added (加2分) comes on top; what is given (得2分) is a part of its points, so it begins with the others.
    """
    parts = [
        _award(rule)
        for reading in readings
        if not _ADDED.search(evened(reading.words))
        for rule in reading.rules
        if "award" in rule
    ]
    known = [part for part in parts if part is not None]
    rest = most - sum(known, Fraction(0))
    if len(known) < len(parts) or rest < 0:
        return None
    return rest if known else "max"


_ADDED: Final = re.compile(r"(?:(?<!参)加|奖)[^，。；]{0,6}\d")


def _does(verb: str, rules: list[Value]) -> bool:
    return any(isinstance(rule, dict) and verb in rule for rule in rules)


_SHORT: Final = 3
_POINTS: Final = re.compile(r"分(?![工管析类享别布])")


def _asked(standard: str) -> str:
    """Return the sentences of running text that ask for something and say nothing about points."""
    sentences = [sentence.strip() for sentence in re.split("[。；\n]", standard)]
    return "；".join(
        each for each in sentences if len(each) > _SHORT and not _POINTS.search(each) and modifier(evened(each)) is None
    )


def _settled(readings: tuple[Reading, ...], most: Fraction | None, kind: Kind) -> tuple[Reading, ...]:
    """Drop full marks for what is done, where the other clauses only take points: an item has them anyway."""
    takes = any("deduct" in rule for reading in readings for rule in reading.rules)
    if kind != "base" or most is None or not takes:
        return readings
    return tuple(_without_full(reading, most) for reading in readings)


def _without_full(reading: Reading, most: Fraction) -> Reading:
    """Drop the rule of full marks; where it names a figure (4次以上得满分), what is below it is not said."""
    if not reading.rules or not all(rule.get("award") == most and "if" in rule for rule in reading.rules):
        return reading
    plain_words = all(isinstance(rule["if"], str) for rule in reading.rules)
    return replace(reading, rules=(), why=None if plain_words else "mixed")


def _award(rule: dict[str, Value]) -> Fraction | None:
    """Return the most that a rule gives; None where it gives no figure, or without limit."""
    award = rule.get("award")
    if "per" in rule or "by" in rule:
        limit = rule.get("up_to")
        return limit if isinstance(limit, Fraction) else None
    if isinstance(award, dict):
        return max((value for value in award.values() if isinstance(value, Fraction)), default=None)
    members = rule.get("each")
    if isinstance(award, Fraction):
        return award * len(members) if isinstance(members, list) else award
    return Fraction(0) if "forfeit" in rule else None


def _highest(words: str) -> Fraction:
    """Return the highest figure of a clause, for an item whose points are not known; a hundred without one."""
    found = (Fraction(each) for each in re.findall(r"(\d+(?:\.\d+)?)分", evened(words)))
    return max(filter(None, found), default=Fraction(100))


def _limit(node: dict[str, Value], kind: Kind, most: Fraction | None) -> None:
    """Write the cap of a section beside the base."""
    if most is None or kind == "adjust":
        return
    if kind == "penalty":
        node["floor"] = -most
    else:
        node["max"] = most


def _unlimited(section: OutlineSection) -> str:
    """Return what to check of a section that gives and takes points within a limit: rubrics have no key for both."""
    if section.kind != "adjust" or section.max is None:
        return ""
    return f"{UNSETTLED}：原文写的限额 {plain(section.max)} 分没有写进来，加分和扣分各限多少要看清"


def _failing(section: OutlineSection, total: Fraction) -> str:
    wrong = [found for found in section.sums if found.points != total]
    if not wrong:
        return ""
    return f"{UNSETTLED}：各项合计 {plain(total)} 分，{wrong[0].place}写的是 {plain(wrong[0].points)} 分"


def _source(clause: str, note: str) -> dict[str, Value]:
    return {key: value for key, value in (("clause", clause), ("note", note)) if value}
