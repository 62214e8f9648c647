"""From sections to the total: a pass adds up the sections scored together, the closing brings the passes together."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property

from msgspec import Struct

from dangjian_score.engine.algebra import ZERO, Choice, Compare, Const, Expr, Product, Quotient, Ref, Step, Sum
from dangjian_score.engine.nodes import NodeTree, carried, in_order, steps
from dangjian_score.engine.trees import held, to_places
from dangjian_score.rubric.model import KINDS, Kind, Rounding, Rubric, Section, combinations, limit
from dangjian_score.rubric.model import carried as carries
from dangjian_score.rubric.standing import weights_of

TOTAL, TOTAL_RAW, TOTAL_HELD = ":total", ":total raw", ":total held"
"""Names of the total's steps; no node's id holds a colon."""
SUM, DUE, WHOLE, SCALED = ":sum", ":due", ":whole", ":scaled"
"""Of a pass: its base points, what its base sections carry for the unit and for all, and the points scaled to that."""
WEIGHED, RAW, REPORTED = ":weighed", ":base raw", ":base"
"""Base points of the rounds together, with what is scored once, and as they are reported."""


def of_kind(kind: Kind) -> str:
    """Name the step that adds up the sections of one kind."""
    return f":{kind}"


class Pass(Struct, frozen=True, dict=True):
    """Sections that are scored together, on the evidence of one round or of all.

    `weight` is what they count, `ruled` are the nodes that committees corrected.
    """

    rubric: Rubric
    ruled: frozenset[str]
    round: str | None
    weight: Fraction | None
    sections: tuple[NodeTree, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Write it out: its nodes, then its sums."""
        base = [section for section in self.sections if section.kind == "base"]
        nodes = [step for section in self.sections for step in steps(section, self.ruled, self.rubric.rounding)]
        return (*in_order(nodes), *_scaled(self.rubric, base), *_kinds(self))

    @property
    def share(self) -> Fraction:
        """What it counts in the end; what is scored once counts in full."""
        return Fraction(1) if self.weight is None else self.weight

    @property
    def key(self) -> str:
        """Tell it from other passes."""
        once = " once" if self.round is not None and self.weight is None else ""
        return "" if self.round is None else f"@{self.round}{once}"

    @cached_property
    def nodes(self) -> tuple[NodeTree, ...]:
        """Every node that is scored in it, each before the ones below it."""
        return tuple(node for section in self.sections for node in section.below())

    def at(self, step: str) -> str:
        """Name one of its steps among those of all passes."""
        return f"{step}{self.key}"


def _kinds(part: Pass) -> Iterator[Step]:
    for kind in KINDS[1:]:
        yield Step(f":pass {kind}", Sum(tuple(Ref(one.id) for one in part.sections if one.kind == kind)))


def _scaled(rubric: Rubric, base: list[NodeTree]) -> Iterator[Step]:
    """Scale base points up where nodes do not apply: points ÷ what they carry × what everything carries."""
    yield Step(SUM, Sum(tuple(Ref(section.id) for section in base)))
    below = [node for section in base for node in section.below()]
    if all(node.applies is None and (node.present is None or node.if_na != "rescale") for node in below):
        yield Step(SCALED, Ref(SUM))
        return
    for section in base:
        yield from carried(section)
    whole = _whole(rubric, base)
    yield Step(DUE, Sum(tuple(Ref(section.due) for section in base)))
    yield Step(WHOLE, whole)
    rounding = rubric.rounding
    places = rounding.sections if rounding.places is None else rounding.places
    scaled = to_places(Quotient(Product(Ref(SUM), Ref(WHOLE)), Ref(DUE)), places, rounding)
    yield Step(SCALED, Choice(Compare(Ref(DUE), "equals", Ref(WHOLE)), Ref(SUM), scaled))


def _whole(rubric: Rubric, base: list[NodeTree]) -> Expr:
    """What everything carries: of the declared total what is left to these sections, else their sum for the unit."""
    own = [section.node for section in base]
    others = [one for one in rubric.sections if one.kind == "base" and one not in own]
    if rubric.total is not None:
        return Const(rubric.total - _most(others))
    leaves = (node for section in base for node in section.below() if not node.nodes)
    return Sum(tuple(_for_its_units(leaf) for leaf in leaves))


def _for_its_units(leaf: NodeTree) -> Expr:
    most = Const(leaf.max or Fraction(0))
    return most if leaf.applies is None else Choice(leaf.applies, most, ZERO)


def closing(rubric: Rubric, passes: Iterable[Pass]) -> tuple[Step, ...]:
    """Bring the passes together: weighted, reported as asked, with what adds and takes, between floor and ceiling."""
    passes, rounding = tuple(passes), rubric.rounding
    once = tuple(Ref(one.at(SCALED)) for one in passes if one.weight is None)
    rounds = tuple(Product(Const(one.weight), Ref(one.at(SCALED))) for one in passes if one.weight is not None)
    weighed = Sum((*once, Ref(WEIGHED))) if rounds else Sum(once)
    total = held(Ref(TOTAL_RAW), limit(rubric.floor, None), limit(rubric.ceiling, None))
    return (
        *((Step(WEIGHED, to_places(Sum(rounds), rounding.places, rounding)),) if rounds else ()),
        Step(RAW, weighed),
        Step(REPORTED, _reported(rubric)),
        *(Step(of_kind(kind), _added(kind, passes, rounding)) for kind in KINDS[1:]),
        Step(TOTAL_RAW, Sum(tuple(Ref(of_kind(kind)) for kind in KINDS))),
        Step(TOTAL_HELD, total),
        Step(TOTAL, to_places(Ref(TOTAL_HELD), rubric.total_places, rounding)),
    )


def _reported(rubric: Rubric) -> Expr:
    """Scale the base from all it could be to what it is reported as."""
    whole = full_marks(rubric)
    if rubric.reported_as is None or whole in (0, rubric.reported_as):
        return Ref(RAW)
    scaled = Product(Const(rubric.reported_as / whole), Ref(RAW))
    return to_places(scaled, rubric.rounding.places, rubric.rounding)


def full_marks(rubric: Rubric) -> Fraction:
    """What a unit can get of base sections over all rounds, before it is reported otherwise."""
    base = [section for section in rubric.sections if section.kind == "base"]
    once = [section for section in base if scored_once(rubric, section)]
    often = [section for section in base if not scored_once(rubric, section)]
    weights = sum(weights_of(rubric.rounds).values(), Fraction(0)) if often and rubric.rounds else Fraction(1)
    single = _most(once)
    return single + weights * (_most(often) if rubric.total is None else rubric.total - single)


def _most(sections: list[Section]) -> Fraction:
    return max((carries(sections, having) for having in combinations(sections)), default=Fraction(0))


def scored_once(rubric: Rubric, section: Section) -> bool:
    """Tell sections that stand outside the weighing of rounds."""
    if not rubric.rounds or section.round is not None:
        return True
    return section.rounds == "none" if section.kind == "base" else section.rounds != "each"


def _added(kind: Kind, passes: tuple[Pass, ...], rounding: Rounding) -> Expr:
    once = tuple(Ref(one.at(f":pass {kind}")) for one in passes if one.weight is None)
    rounds = tuple(
        Product(Const(one.weight), Ref(one.at(f":pass {kind}")))
        for one in passes
        if one.weight is not None and any(section.kind == kind for section in one.sections)
    )
    return Sum((*once, to_places(Sum(rounds), rounding.places, rounding))) if rounds else Sum(once)
