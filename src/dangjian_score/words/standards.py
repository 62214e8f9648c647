"""What stands in a scoring table (评分表) in every format: the items of each section and how they are scored."""

from collections.abc import Iterator

from msgspec import Struct

from dangjian_score.core.points import plain
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.words.clauses import standard_text
from dangjian_score.words.say import Words


class Standard(Struct, frozen=True):
    """A row: what an item asks for and how that is checked (考核内容), and how it is scored (评分标准).

    Of a group of items `worth` is empty: each of them has its own.
    """

    node: NodeTree
    content: str
    text: str
    worth: str


class SectionStandards(Struct, frozen=True):
    """A section (考核项目) with its rows."""

    section: NodeTree
    title: str
    rows: tuple[Standard, ...]

    @property
    def worth(self) -> str:
        """What the section carries; empty where there is no limit."""
        return "" if self.section.max is None else plain(self.section.max)


def parts(program: Program, words: Words) -> tuple[tuple[SectionStandards, ...], tuple[SectionStandards, ...]]:
    """Return the sections that make up the full marks, and those beside them."""
    found = [_part(section, words) for section in program.sections]
    base = tuple(part for part in found if part.section.kind == "base")
    return base, tuple(part for part in found if part.section.kind != "base")


def heading(node: NodeTree, words: Words) -> str:
    """Name a section or item, with what it carries."""
    return words.text("heading", title=named(node), max="" if node.max is None else plain(node.max))


def named(node: NodeTree) -> str:
    """Name a section or item, behind its id where it has one."""
    return node.node.title if node.node.id is None else f"{node.node.id} {node.node.title}"


def _part(section: NodeTree, words: Words) -> SectionStandards:
    is_base = section.kind == "base"
    kind = "" if is_base else words.text(f"table {section.kind}")
    in_a_row = bool(section.written) or not section.nodes
    own = "" if in_a_row else standard_text(section, words)
    title = "\n".join(filter(None, (kind, heading(section, words) if is_base else named(section), own)))
    nodes = [node for node in section.below() if in_a_row or node is not section]
    return SectionStandards(section, title, tuple(_row(node, words) for node in nodes))


def _row(node: NodeTree, words: Words) -> Standard:
    worth = "" if node.max is None or node.nodes else plain(node.max)
    return Standard(node, "\n".join(_content(node, words)), standard_text(node, words), worth)


def _content(node: NodeTree, words: Words) -> Iterator[str]:
    yield named(node)
    if node.node.criterion is not None:
        yield node.node.criterion
    if node.node.inspect is not None:
        yield words.text("is checked", what=node.node.inspect)
