"""What the units' attributes say, held against the values that conditions name."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from dangjian_score.core.algebra import Is, reads, walk
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import Cell, Evidence, UnitFacts
from dangjian_score.core.names import fold, near_name
from dangjian_score.engine import exact
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import Preparer, excluded_by
from dangjian_score.engine.program import Program
from dangjian_score.rubric.measures import UNSAID

_SHOWN: Final = 20
"""Values that a note counts."""


class NamedValues(Struct, frozen=True):
    """The values of an attribute that the rubric names; `declared` where it lists all that units may have."""

    attribute: str
    values: tuple[str, ...]
    declared: bool

    def near(self, value: str) -> str:
        """Find the named value that is likely meant; empty where none is, or the value is declared."""
        return "" if self.declared else near_name(value, self.values)


class Stray(Struct, frozen=True):
    """A value of a unit's attribute that nothing names; `near` is the one that is likely meant, or empty."""

    unit: UnitFacts
    cell: Cell
    value: str
    named: NamedValues
    near: str


def strays(program: Program, evidence: Evidence) -> tuple[Stray, ...]:
    """Give the values of attributes that nothing names; those beside declared ones are refused while reading."""
    found: list[Stray] = []
    for named in _named(program):
        known, near = set(map(fold, named.values)), dict[str, str]()
        for unit in evidence.units:
            fact = unit.facts.get(named.attribute)
            if fact is not None and isinstance(value := fact.value, str) and fold(value) not in known:
                if value not in near:
                    near[value] = named.near(value)
                found.append(Stray(unit, fact.cell, value, named, near[value]))
    return tuple(found)


def _named(program: Program) -> Iterator[NamedValues]:
    """Look at the attributes that `only` and conditions ask about; what tables alone look up is checked there."""
    scopes = (node.applies for node in program.nodes)
    guards = (rule.guard for rule in program.rules)
    tests = (test for test in (*scopes, *guards, *(clause.test for clause in program.clauses)) if test is not None)
    asked = {part.measure for test in tests for part in walk(test) if isinstance(part, Is)}
    values: dict[str, dict[str, None]] = {}
    for part in program.parts():
        if isinstance(part, Is) and part.measure in asked.intersection(program.rubric.attributes):
            values.setdefault(part.measure, {})[part.level] = None
    for attribute, of in values.items():
        yield NamedValues(attribute, tuple(of), bool(program.rubric.measures.get(attribute, UNSAID).levels))


def takes_part(program: Program, unit: UnitFacts) -> bool:
    """Tell whether a unit is scored; one that cannot be read in full counts as if it were."""
    unreadable = unit.faults or any(event.faults for event in unit.events)
    rounds = {part.round for part in program.passes if part.round is not None}
    if unreadable or not program.rubric.excluded or not rounds <= unit.rounds.keys():
        return True
    return not excluded_by(program, [Preparer(program, part).alone(unit) for part in program.passes])


def check(program: Program, evidence: Evidence, found: Iterable[Stray]) -> Iterator[Diagnostic]:
    """Report what is nearly a named value; count the rest, and name sections that are for nobody therefore."""
    others: dict[NamedValues, list[Stray]] = defaultdict(list)
    for stray in found:
        if stray.near:
            told = {"measure": stray.named.attribute, "found": stray.value, "near": stray.near}
            yield at_cell(Code.ATTRIBUTE_UNKNOWN, stray.cell, **told, levels="、".join(stray.named.values))
        others[stray.named].append(stray)
    settled = {named: of for named, of in others.items() if not any(stray.near for stray in of)}
    for named, of in others.items():
        counts = Counter(stray.value for stray in of if not stray.near and not named.declared)
        if counts:
            yield at_cell(Code.ATTRIBUTE_UNNAMED, min(stray.cell for stray in of), **_counted(named, counts))
    yield from _for_nobody(program, evidence, frozenset(named.attribute for named in settled))


def _counted(named: NamedValues, counts: Mapping[str, int]) -> dict[str, str]:
    listed = [f"{value} {count}" for value, count in counts.items()]
    listed = [*listed[:_SHOWN], *(["…"] if len(listed) > _SHOWN else [])]
    return {"measure": named.attribute, "values": "、".join(listed), "levels": "、".join(named.values)}


def _for_nobody(program: Program, evidence: Evidence, attributes: frozenset[str]) -> Iterator[Diagnostic]:
    """Report sections and items that are for none of the units because of these attributes, the upper ones alone."""
    for section in program.sections if attributes else ():
        for node in _idle(section, evidence, attributes):
            told = {"node": node.id, "title": node.node.title, "only": _only(node)}
            yield at_file(Code.SECTION_FOR_NOBODY, evidence.sources[0].name, **told)


def _idle(node: NodeTree, evidence: Evidence, attributes: frozenset[str]) -> Iterator[NodeTree]:
    if node.applies is not None and not attributes.isdisjoint(asked := reads(node.applies)):
        test = node.applies
        if not any(
            not unit.facts.keys() >= set(asked) or exact.holds(test, unit.values, {}) for unit in evidence.units
        ):
            yield node
            return
    for lower in node.nodes:
        yield from _idle(lower, evidence, attributes)


def _only(node: NodeTree) -> str:
    return "；".join(f"{name}：{'、'.join(values)}" for name, values in (node.node.only or {}).items())
