"""What is said of a column: what to enter, what is asked for, how it is checked and scored, by which clause."""

from collections.abc import Iterable, Iterator

from dangjian_score.engine.nodes import NodeTree
from dangjian_score.evidence.template.checks import described
from dangjian_score.evidence.template.plan import Check
from dangjian_score.evidence.template.purposes import Purpose
from dangjian_score.points import plain
from dangjian_score.rubric.measures import MeasureSpec
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.clauses import rule_text
from dangjian_score.words.say import Words

_NODES_TOLD = 6
"""Items that a note speaks of; a measure that more of them read is told of these."""


def heading(node: NodeTree, said: Words) -> str:
    """Name a section or item, with what it carries."""
    title = node.node.title if node.node.id is None else f"{node.id} {node.node.title}"
    return said.sheet("heading", title=title, max="" if node.max is None else plain(node.max))


def heads(purpose: Purpose, rubric: Rubric, said: Words) -> tuple[str, str]:
    """Name what a reading belongs to: the section, and the item below it."""
    if purpose.nodes:
        section, *rest = purpose.nodes
        return heading(section, said), said.sheet("below").join(heading(node, said) for node in rest)
    where, at = purpose.path[:2]
    match where:
        case "excluded":
            return said.label("excluded are"), rubric.excluded[int(at)].title
        case "vetoes":
            return said.label("vetoes are"), rubric.vetoes[int(at)].title
        case "selections":
            return said.label("selections"), rubric.selections[int(at)].title
        case _:
            return said.label("grade"), str(at)


def note_of(check: Check, spec: MeasureSpec, purposes: Iterable[Purpose], rubric: Rubric, said: Words) -> str:
    """Say all there is to know in one note."""
    lines = [said.sheet("to fill in", what=described(check, said))]
    if spec.hint is not None:
        lines.append(spec.hint)
    if spec.blank != "error":
        lines.append(said.sheet("blank is", what=spec.blank))
    return "\n".join((*lines, *_told(purposes, rubric, said)))


def _told(purposes: Iterable[Purpose], rubric: Rubric, said: Words) -> Iterator[str]:
    by_node: dict[tuple[str | int, ...], list[Purpose]] = {}
    for purpose in purposes:
        by_node.setdefault(purpose.nodes[-1].path if purpose.nodes else purpose.path, []).append(purpose)
    for group in [*by_node.values()][:_NODES_TOLD]:
        yield ""
        yield from _about(group, rubric, said)
    if len(by_node) > _NODES_TOLD:
        yield said.sheet("more items", count=str(len(by_node) - _NODES_TOLD))


def _about(group: list[Purpose], rubric: Rubric, said: Words) -> Iterator[str]:
    """Tell of one item, or of one condition outside the sections."""
    if not group[0].nodes:
        yield said.sheet("colon").join(heads(group[0], rubric, said))
        return
    node = group[0].nodes[-1]
    yield said.sheet("item", item=heading(node, said), clause=node.clause or "")
    if node.node.criterion is not None:
        yield said.sheet("asks for", what=node.node.criterion)
    if node.node.inspect is not None:
        yield said.sheet("is checked", what=node.node.inspect)
    rules = {purpose.rule.name: purpose.rule for purpose in group if purpose.rule is not None}
    for rule in rules.values():
        yield said.sheet("is scored", what=rule_text(rule, said))
