"""A rubric with what checks ask of it: the program, the catalogue, its rules by place, the span of every measure."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.columns import AMOUNT
from dangjian_score.core.diagnostics import Path
from dangjian_score.engine.bounds import FigureSpan, Known
from dangjian_score.engine.catalogue import Catalogue, catalogue
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.stages import Deferred, deferred
from dangjian_score.rubric.conditions import PointsBound
from dangjian_score.rubric.fields import Model
from dangjian_score.rubric.kinds.base import RuleBase
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.source import SourceTree

M = TypeVar("M", bound=Model)


def placed_parts(whole: object, kind: type[M], path: Path = ()) -> Iterator[tuple[Path, M]]:
    """Visit the parts of a kind in a model, each with its place in the YAML."""
    match whole:
        case Model():
            if isinstance(whole, kind):
                yield path, whole
            for name, field in type(whole).model_fields.items():
                if name in whole.model_fields_set:
                    yield from placed_parts(getattr(whole, name), kind, (*path, field.alias or name))
        case tuple():
            for at, part in enumerate(whole):
                yield from placed_parts(part, kind, (*path, at))
        case Mapping():
            for key, part in whole.items():
                if isinstance(key, str):
                    yield from placed_parts(part, kind, (*path, key))
        case _:
            pass


def in_columns(path: Path) -> bool:
    """Return whether a place lies in a condition over the columns of an event."""
    return not {"where", "some"}.isdisjoint(path)


class PlacedRule(Struct, frozen=True):
    """A rule with its node and its place in the YAML: as it is written (`model`) and as the engine runs it (`tree`)."""

    node: NodeTree
    path: Path
    model: RuleBase
    tree: RuleTree


class Study(Struct, frozen=True, dict=True):
    """A rubric as it was read, and what follows from it; each part is worked out when it is first asked for.

    `interim` is what is scored of a period that has not ended, None for all of it.
    """

    loaded: Loaded
    interim: Interim | None = None

    @property
    def rubric(self) -> Rubric:
        """The model that was read."""
        return self.loaded.rubric

    @property
    def document(self) -> SourceTree:
        """The text with the place of every node."""
        return self.loaded.document

    @cached_property
    def annual(self) -> Program:
        """The trees of its rules and conditions for the whole period."""
        return compile_rubric(self.rubric)

    @cached_property
    def program(self) -> Program:
        """The trees of what is scored: for the whole period, or as far as `interim` goes."""
        return self.annual if self.interim is None else compile_rubric(self.rubric, self.interim)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The measures, registers and ballots that evidence may hold, whether they are due or not."""
        return catalogue(self.annual)

    @cached_property
    def asked(self) -> Catalogue:
        """The measures, registers and ballots that are due."""
        if self.interim is None:
            return self.catalogue
        scored = {section.id for part in self.program.passes for section in part.sections}
        due = tuple(section for section in self.program.sections if section.id in scored)
        return catalogue(replace(self.program, sections=due))

    @cached_property
    def deferred(self) -> Deferred:
        """What of evidence is not due."""
        return deferred(self.annual, self.program)

    @cached_property
    def spans(self) -> Known:
        """The bounds of every measure and register column."""
        return spans_of(self.catalogue)

    @cached_property
    def points_asked(self) -> tuple[tuple[Path, PointsBound], ...]:
        """The conditions over points of nodes, in the order of the text."""
        return tuple(placed_parts(self.rubric, PointsBound))

    @property
    def points_named(self) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """The ids of nodes whose points measures and conditions look at, with the place of the list."""
        for name, spec in self.rubric.measures.items():
            yield ("measures", name, "points"), spec.nodes
        for path, asked in self.points_asked:
            yield (*path, "points"), asked.points

    def rules_of(self, node: NodeTree) -> Iterator[PlacedRule]:
        """List the rules of a node, in the order of the text."""
        for at, tree in enumerate(node.written):
            yield PlacedRule(node, (*node.path, "rules", at), tree.model, tree)

    @cached_property
    def rules(self) -> tuple[PlacedRule, ...]:
        """Every rule, in the order of the text."""
        return tuple(rule for node in self.program.nodes for rule in self.rules_of(node))


def spans_of(catalogue: Catalogue) -> Known:
    """Return the bounds of every measure and register column; the reader takes no 数量 below 0."""
    columns = chain.from_iterable(columns.values() for columns in catalogue.registers.values())
    measures = (*columns, *catalogue.measures.values())
    spans = {measure.name: FigureSpan(measure.least, measure.most) for measure in measures}
    return spans | {AMOUNT: FigureSpan(Fraction(0), None)}
