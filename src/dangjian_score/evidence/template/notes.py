"""What is said of a column: what to enter, what for, how it is checked and scored."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from dangjian_score.core.algebra import reads
from dangjian_score.core.facts import ballot
from dangjian_score.core.names import fold
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Catalogue, UsedAs
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree
from dangjian_score.evidence.template.checks import described
from dangjian_score.evidence.template.plan import Check
from dangjian_score.rubric.conditions import Only
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.measures import MeasureSpec
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.clauses import rule_text
from dangjian_score.words.say import Words

Path = tuple[str | int, ...]


class Purpose(Struct, frozen=True):
    """One reading: the nodes down to the one that reads, and its rule; without nodes a condition outside the sections.

    `path` is its place in the YAML, `only` the attributes that a unit must have to be asked: those of the nodes, since
    what the rules of a node read is asked of all its units.
    """

    path: Path
    nodes: tuple[NodeTree, ...] = ()
    rule: RuleTree | None = None
    only: tuple[Only, ...] = ()

    def concerns(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether a unit is asked; one whose attribute is not known is."""
        said = {name: fold(value) for name, value in attributes.items() if value}
        allowed = ((name, values) for only in self.only for name, values in only.items())
        return all(name not in said or said[name] in map(fold, values) for name, values in allowed)


class Purposes(Struct, frozen=True):
    """All of it: of measures and ballots by their names, of registers, of assessors' figures the rules that ask.

    `by_round` names what is asked in each round, and (None) for the whole.
    """

    inputs: Mapping[str, tuple[Purpose, ...]]
    registers: Mapping[str, tuple[Purpose, ...]]
    judged: Mapping[str, tuple[Judged, ...]]
    by_round: Mapping[str | None, frozenset[str]]

    @classmethod
    def of(cls, program: Program, known: Catalogue) -> "Purposes":
        """Look it up."""
        votes = {ballot(name, level): name for name, levels in known.ballots.items() for level in levels}
        inputs: dict[str, dict[Path, Purpose]] = {}
        registers: dict[str, dict[Path, Purpose]] = {}
        nodes = {node.path: node for node in program.nodes}
        for use in known.uses:
            purpose = _purpose(use, nodes)
            if use.register is not None:
                registers.setdefault(use.register, {}).setdefault(purpose.path, purpose)
            else:
                inputs.setdefault(votes.get(use.measure, use.measure), {}).setdefault(purpose.path, purpose)
        return cls(
            inputs={name: tuple(found.values()) for name, found in inputs.items()},
            registers={name: tuple(found.values()) for name, found in registers.items()},
            judged=_judged(program),
            by_round={round_: frozenset(votes.get(one, one) for one in read) for round_, read in _asked(program)},
        )

    def asked(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Tell whether a unit with these attributes is asked for something."""
        return any(purpose.concerns(attributes) for purpose in self.inputs.get(name, ()))


def _purpose(use: UsedAs, nodes: Mapping[Path, NodeTree]) -> Purpose:
    chain = tuple(nodes[use.path[:size]] for size in range(2, len(use.path) + 1, 2) if use.path[:size] in nodes)
    if not chain:
        return Purpose(use.path)
    node, only = chain[-1], tuple(one.node.only for one in chain if one.node.only is not None)
    rest = use.path[len(node.path) :]
    return Purpose(use.path, chain, node.rules[int(rest[1])] if rest[:1] == ("rules",) else None, only)


def _judged(program: Program) -> dict[str, tuple[Judged, ...]]:
    found: dict[str, tuple[Judged, ...]] = {}
    for rule in program.rules:
        if isinstance(rule.basis, Judged):
            found[rule.basis.measure] = (*found.get(rule.basis.measure, ()), rule.basis)
    return found


def _asked(program: Program) -> Iterator[tuple[str | None, frozenset[str]]]:
    """Say what the sections of each round read, and of the whole also what conditions outside the sections do."""
    asked: dict[str | None, set[str]] = {None: set(reads(*(clause.test for clause in program.clauses)))}
    for part in program.passes:
        rules = (rule for node in part.nodes for rule in node.rules)
        asked.setdefault(part.round, set()).update(reads(*(tree for rule in rules for tree in rule.trees)))
    yield from ((round_, frozenset(read)) for round_, read in asked.items())


_NODES_TOLD = 6
"""Items that a note speaks of; a measure that more of them read is told of these."""


def heading(node: NodeTree, words: Words) -> str:
    """Name a section or item, with what it carries."""
    title = node.node.title if node.node.id is None else f"{node.id} {node.node.title}"
    return words.text("heading", title=title, max="" if node.max is None else plain(node.max))


def heads(purpose: Purpose, rubric: Rubric, words: Words) -> tuple[str, str]:
    """Name what a reading belongs to: the section, and the item below it."""
    if purpose.nodes:
        section, *rest = purpose.nodes
        return heading(section, words), words.text("sheet below").join(heading(node, words) for node in rest)
    where, at = purpose.path[:2]
    match where:
        case "excluded":
            return words.text("excluded are"), rubric.excluded[int(at)].title
        case "vetoes":
            return words.text("vetoes are"), rubric.vetoes[int(at)].title
        case "selections":
            return words.text("selections"), rubric.selections[int(at)].title
        case _:
            return words.text("grade"), str(at)


def note_of(check: Check, spec: MeasureSpec, purposes: Iterable[Purpose], rubric: Rubric, words: Words) -> str:
    """Say all there is to know in one note."""
    lines = [words.text("to fill in", what=described(check, words))]
    if spec.hint is not None:
        lines.append(spec.hint)
    if spec.blank != "error":
        lines.append(words.text("blank is", what=spec.blank))
    return "\n".join((*lines, *_told(purposes, rubric, words)))


def _told(purposes: Iterable[Purpose], rubric: Rubric, words: Words) -> Iterator[str]:
    by_node: dict[tuple[str | int, ...], list[Purpose]] = {}
    for purpose in purposes:
        by_node.setdefault(purpose.nodes[-1].path if purpose.nodes else purpose.path, []).append(purpose)
    for group in [*by_node.values()][:_NODES_TOLD]:
        yield ""
        yield from _about(group, rubric, words)
    if len(by_node) > _NODES_TOLD:
        yield words.text("sheet more items", count=str(len(by_node) - _NODES_TOLD))


def _about(group: list[Purpose], rubric: Rubric, words: Words) -> Iterator[str]:
    """Tell of one item, or of one condition outside the sections."""
    if not group[0].nodes:
        yield words.text("colon").join(heads(group[0], rubric, words))
        return
    node = group[0].nodes[-1]
    yield words.text("sheet item", item=heading(node, words), clause=node.clause or "")
    if node.node.criterion is not None:
        yield words.text("asks for", what=node.node.criterion)
    if node.node.inspect is not None:
        yield words.text("is checked", what=node.node.inspect)
    rules = {purpose.rule.name: purpose.rule for purpose in group if purpose.rule is not None}
    for rule in rules.values():
        yield words.text("is scored", what=rule_text(rule, words))
