"""What the page compares: rows of a clause in the regulation's words beside what was understood."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.points import plain
from dangjian_score.draft.comparison.pieces import Piece, pieces
from dangjian_score.draft.nodes import DraftedItem, DraftedSection
from dangjian_score.draft.reading import DraftedMeasure, Reading, texts_of
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.rules import RuleTree
from dangjian_score.words.clauses import limits_text, rule_text
from dangjian_score.words.say import Words

Status = Literal["settled", "marked", "idle", "plain", "unsaid"]
"""Written as rules, to be decided by a person, without a rule of its own, without points, not in the document."""


class ComparedRow(Struct, frozen=True):
    """Words of the regulation and their reading in sentences; `why` they are marked, or what else is to be said.

    `asked` are the measures that the rules read, `line` where a marked one stands in the YAML.
    """

    status: Status
    source: tuple[str, ...]
    reading: tuple[str, ...] = ()
    why: str = ""
    asked: tuple[DraftedMeasure, ...] = ()
    line: int | None = None
    title: str = ""


class ItemRows(Struct, frozen=True):
    """An item: its title, number and place, its limits in words, what it is about, and its rows."""

    id: str
    title: str
    clause: str
    place: str
    limits: str
    about: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


class SectionRows(Struct, frozen=True):
    """A section with its items; `rows` say which sum of it fails."""

    drafted: DraftedSection
    node: NodeTree
    rows: tuple[ComparedRow, ...]
    items: tuple[ItemRows, ...]

    @property
    def all_rows(self) -> tuple[ComparedRow, ...]:
        """Its rows and those of its items."""
        return (*self.rows, *(row for item in self.items for row in item.rows))


class RowWriter:
    """Writes the rows of sections and items in one language."""

    def __init__(self, study: Study, measures: tuple[DraftedMeasure, ...], words: Words) -> None:
        self._study = study
        self._measures: Mapping[str, DraftedMeasure] = {measure.name: measure for measure in measures}
        self._words = words

    def section(self, drafted: DraftedSection, node: NodeTree) -> SectionRows:
        """Return the rows of a section."""
        nodes = (node,) if drafted.is_leaf else node.nodes
        items = tuple(self._item(*each) for each in zip(drafted.items, nodes, strict=True))
        return SectionRows(drafted, node, tuple(self._sums(drafted, node)), items)

    def _sums(self, drafted: DraftedSection, node: NodeTree) -> Iterator[ComparedRow]:
        """Say which sum of the document is wrong."""
        if drafted.failing and node.max is not None:
            words = self._words
            said = next(found for found in drafted.section.sums if found.points != node.max)
            place = place_text(said.place, words)
            why = words.text("beside sum", sum=plain(node.max), place=place, said=plain(said.points))
            source = words.text("beside sum said", said=plain(said.points), place=place)
            line = self._line((*node.path, "source", "note"))
            yield ComparedRow("marked", (source,), (words.text("beside sum is"),), why, (), line)

    def _item(self, drafted: DraftedItem, node: NodeTree) -> ItemRows:
        item, words = drafted.item, self._words
        text = item.standard or item.criterion
        about = [("content", item.content)] if _bare(item.content) not in _bare(item.title + text) else []
        about += [("inspect", item.inspect)] if item.inspect else []
        limits = [limits_text(node, words)] if limits_text(node, words) else []
        limits += [words.text("beside starts full")] if drafted.node.get("start") == "max" else []
        return ItemRows(
            node.id,
            item.title,
            item.clause,
            place_text(item.place, words),
            words.text("clause.then").join(limits),
            tuple(words.text(f"beside {key}", text=said) for key, said in about),
            tuple(self._rows(drafted, node, text)),
        )

    def _rows(self, drafted: DraftedItem, node: NodeTree, text: str) -> Iterator[ComparedRow]:
        rules: dict[str, deque[int]] = {}
        for at, words in enumerate(drafted.origins):
            rules.setdefault(words, deque()).append(at)
        said = [reading for reading in _all_readings(drafted) if reading.why != "unwritten"]
        for reading in drafted.readings:
            if reading.why == "unwritten":
                why = self._words.fill("{why!t}", why=f"draft {reading.why}")
                yield ComparedRow("marked", (), (reading.words,), why, (), self._line((*node.path, "source", "note")))
        for piece in pieces(text, said):
            if piece.reading is None:
                yield ComparedRow("plain", (piece.words,))
            else:
                count = 1 if piece.reading.why else len(piece.reading.rules)
                of_clause = rules.get(piece.reading.words, deque())
                taken = [of_clause.popleft() for _ in range(min(count, len(of_clause)))]
                yield self._row(piece, piece.reading, [node.written[at] for at in taken], node.path, taken)

    def _row(self, piece: Piece, reading: Reading, rules: list[RuleTree], path: Path, at: list[int]) -> ComparedRow:
        words = self._words
        said = tuple(rule_text(_unnoted(rule), words) for rule in rules)
        if reading.why is None:
            if not rules:
                return ComparedRow(
                    "idle", (piece.words,), (words.text("beside limit" if reading.modifies else "beside full"),)
                )
            used = dict.fromkeys(name for rule in reading.rules for name in texts_of(rule) if name in self._measures)
            return ComparedRow("settled", (piece.words,), said, asked=tuple(map(self._measures.__getitem__, used)))
        why = words.fill("{why!t}", why=f"draft {reading.why}")
        if not rules:
            line = self._line((*path, "source", "note"))
            return ComparedRow("marked", (piece.words,), (words.text("beside note"),), why, (), line)
        judged = words.text("beside judged") + words.text("line.colon")
        line = self._line((*path, "rules", at[0], "note"))
        return ComparedRow("marked", (piece.words,), tuple(judged + each for each in said), why, (), line)

    def _line(self, path: Path) -> int | None:
        return self._study.document.place(path).line


def _all_readings(drafted: DraftedItem) -> tuple[Reading, ...]:
    """Return the clauses of an item; where none is about points, the whole of it is one that a person has to read."""
    if drafted.origins and not any(each.rules or (each.why and not each.modifies) for each in drafted.readings):
        return (*drafted.readings, Reading(drafted.origins[0], (), "no figure"))
    return drafted.readings


def _unnoted(rule: RuleTree) -> RuleTree:
    """Return a rule without its note, which has the words that stand beside it."""
    return replace(rule, model=rule.model.model_copy(update={"note": None}))


_MARK: Final = re.compile(r"[\W_]")
_PLACES: Final = (
    ("table", re.compile(r"表 (?P<table>\d+) 第 (?P<row>\d+) 行")),
    ("sheet", re.compile(r"(?P<sheet>.+) 第 (?P<row>\d+) 行")),
    ("paragraph", re.compile(r"第 (?P<paragraph>\d+) 段")),
)
"""How places in a document are written."""


def _bare(text: str) -> str:
    return _MARK.sub("", text)


def place_text(place: str, words: Words) -> str:
    """Return a place in the document in the language of the page."""
    for key, pattern in _PLACES:
        if (match := pattern.fullmatch(place)) is not None:
            return words.text(f"beside place {key}", **match.groupdict())
    return place
