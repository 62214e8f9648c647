"""Attributes of units against the values that conditions name."""

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
    """The values of an attribute that the rubric names; `declared` where `measures` lists all that units may have."""

    attribute: str
    values: tuple[str, ...]
    declared: bool

    def near(self, value: str) -> str:
        """Return the named value that is likely meant; empty where none is, or where the values are declared."""
        return "" if self.declared else near_name(value, self.values)


class Stray(Struct, frozen=True):
    """An attribute value that the rubric does not name; `near` is the named value that is likely meant, or empty."""

    unit: UnitFacts
    cell: Cell
    value: str
    named: NamedValues
    near: str


def strays(program: Program, evidence: Evidence) -> tuple[Stray, ...]:
    """Return the attribute values that the rubric does not name; the reader refuses those that `measures` rules out."""
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
    """Yield the attributes that `only` and conditions test; `engine.demands` checks those that only tables look up."""
    scopes = (node.applies for node in program.nodes)
    guards = (rule.guard for rule in program.rules)
    tests = (test for test in (*scopes, *guards, *(clause.test for clause in program.clauses)) if test is not None)
    asked = {part.measure for test in tests for part in walk(test) if isinstance(part, Is)}
    values: dict[str, dict[str, None]] = {}
    for part in program.parts():
        if isinstance(part, Is) and part.measure in asked.intersection(program.rubric.attributes):
            values.setdefault(part.measure, {})[part.level] = None
    for attribute, named in values.items():
        yield NamedValues(attribute, tuple(named), bool(program.rubric.measures.get(attribute, UNSAID).levels))


def takes_part(program: Program, unit: UnitFacts) -> bool:
    """Return whether a unit is not excluded; one that cannot be read in full counts as taking part."""
    unreadable = unit.faults or any(event.faults for event in unit.events)
    rounds = {part.round for part in program.passes if part.round is not None}
    if unreadable or not program.rubric.excluded or not rounds <= unit.rounds.keys():
        return True
    return not excluded_by(program, [Preparer(program, part).alone(unit) for part in program.passes])


def check(program: Program, evidence: Evidence, found: Iterable[Stray]) -> Iterator[Diagnostic]:
    """Report values close to a named one, count the others, and report sections that are therefore for no unit."""
    others: dict[NamedValues, list[Stray]] = defaultdict(list)
    for stray in found:
        if stray.near:
            args = {"measure": stray.named.attribute, "found": stray.value, "near": stray.near}
            yield at_cell(Code.ATTRIBUTE_UNKNOWN, stray.cell, **args, levels="、".join(stray.named.values))
        others[stray.named].append(stray)
    for named, group in others.items():
        counts = Counter(stray.value for stray in group if not stray.near and not named.declared)
        if counts:
            yield at_cell(Code.ATTRIBUTE_UNNAMED, min(stray.cell for stray in group), **_counted(named, counts))
    settled = (named for named, group in others.items() if not any(stray.near for stray in group))
    yield from _for_nobody(program, evidence, frozenset(named.attribute for named in settled))


def _counted(named: NamedValues, counts: Mapping[str, int]) -> dict[str, str]:
    listed = [f"{value} {count}" for value, count in counts.items()]
    listed = [*listed[:_SHOWN], *(["…"] if len(listed) > _SHOWN else [])]
    return {"measure": named.attribute, "values": "、".join(listed), "levels": "、".join(named.values)}


def _for_nobody(program: Program, evidence: Evidence, attributes: frozenset[str]) -> Iterator[Diagnostic]:
    """Report sections and items that are for no unit because of these attributes, but not the items within them."""
    for section in program.sections if attributes else ():
        for node in _idle(section, evidence, attributes):
            only = "；".join(f"{name}：{'、'.join(values)}" for name, values in (node.node.only or {}).items())
            args = {"node": node.id, "title": node.node.title, "only": only}
            yield at_file(Code.SECTION_FOR_NOBODY, evidence.first_file, **args)


def _idle(node: NodeTree, evidence: Evidence, attributes: frozenset[str]) -> Iterator[NodeTree]:
    test = node.applies
    if test is not None and not attributes.isdisjoint(asked := reads(test)):
        units = evidence.units
        if all(unit.facts.keys() >= set(asked) and not exact.holds(test, unit.values, {}) for unit in units):
            yield node
            return
    for lower in node.nodes:
        yield from _idle(lower, evidence, attributes)
