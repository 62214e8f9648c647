"""What every sheet of the workbook is planned from: the rubric, what it asks for, and the units."""

from collections.abc import Collection, Mapping
from functools import cached_property

from msgspec import Struct, field

from dangjian_score.core.columns import ROUND
from dangjian_score.core.names import breadth
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.evidence.facts.units import Roster
from dangjian_score.evidence.sheets import BrokenCell, RawCell
from dangjian_score.evidence.template.checks import NO, YES, check_of, choice
from dangjian_score.evidence.template.notes import Purposes, note_of
from dangjian_score.evidence.template.plan import Check, Day, Filled, Free, ListedValues, PlanColumn
from dangjian_score.rubric.measures import UNSAID
from dangjian_score.rubric.standing import rounds_of
from dangjian_score.words.say import Words


class ListedUnit(Struct, frozen=True):
    """A unit of the roster, with what is known of it."""

    name: str
    attributes: Mapping[str, Filled] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, str]:
        """Its attributes as text."""
        return {name: str(value) for name, value in self.attributes.items()}


def asked(roster: Roster) -> tuple[ListedUnit, ...]:
    """Take the units of a roster, with what can be written into cells of their attributes."""
    return tuple(
        ListedUnit(listed.unit, {name: entry for name, (raw, _) in listed.attributes.items() if (entry := _entry(raw))})
        for listed in roster.units
    )


def _entry(raw: RawCell | None) -> Filled | None:
    content = None if raw is None else raw.content
    match content:
        case bool():
            return YES if content else NO
        case BrokenCell():
            return None
        case _:
            return content


UNIT_WIDTH = 20
NARROW, WIDEST = 10, 22
"""Of columns with figures, and of those with the longest choices."""


class Brief(Struct, frozen=True, dict=True):
    """What is to be planned; without units it is not known who will be scored."""

    program: Program
    known: Catalogue
    words: Words
    units: tuple[ListedUnit, ...] = ()

    @cached_property
    def purposes(self) -> Purposes:
        """What is entered for what."""
        return Purposes.of(self.program, self.known)

    @cached_property
    def rounds(self) -> tuple[str, ...]:
        """The rounds in their order."""
        return tuple(rounds_of(self.program.rubric.rounds))

    @cached_property
    def unit(self) -> str:
        """The title of the unit column."""
        return self.program.rubric.unit_column or self.program.rubric.subject

    @cached_property
    def alone(self) -> tuple[str, ...]:
        """Assessors' figures of which there may be several: they have a table of their own."""
        judged = self.purposes.judged
        return tuple(name for name in self.known.measures if any(one.combine for one in judged.get(name, ())))

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """What assessors give, of whatever kind."""
        return tuple(name for name in self.known.measures if name in self.known.judged)

    def asked_in(self, round_: str | None, name: str) -> bool:
        """Tell whether something is entered in the rows of a round.

        What every round asks for is added up for the whole; other things that the whole needs have rows without one.
        """
        by_round = self.purposes.by_round
        if round_ is not None or not self.rounds:
            return name in by_round.get(round_, ())
        often = all(name in by_round.get(one, ()) for one in self.rounds)
        measure = self.known.measures.get(name)
        adds_up = measure is None or measure.kind in ("count", "number", "score", "yes_no")
        return name in by_round[None] and not (often and adds_up)

    def rounds_for(self, names: Collection[str], *, every: bool = False) -> tuple[str | None, ...]:
        """Give the rounds that ask for any of this, or all of them; None for what is entered without a round."""
        whole = [None] if not self.rounds or any(self.asked_in(None, name) for name in names) else []
        return (*whole, *(one for one in self.rounds if every or any(self.asked_in(one, name) for name in names)))

    def check(self, name: str, *, assessed: bool = False) -> Check:
        """Say what the cells of a measure may hold: 不适用 where a base item lets it; elsewhere 0 says the same.

        `assessed` are those of assessors' own tables.
        """
        measure, nodes = self.known.measures[name], self._nodes(name)
        optional = any(node.kind == "base" and node.present is not None and name in node.inputs for node in nodes)
        judged, describes = self.purposes.judged.get(name, ()), name in self.known.attributes
        return check_of(measure, self.words, judged, optional=optional, describes=describes, assessed=assessed)

    def _nodes(self, name: str) -> tuple[NodeTree, ...]:
        return tuple(purpose.nodes[-1] for purpose in self.purposes.inputs.get(name, ()) if purpose.nodes)

    def column(self, name: str, heads: tuple[str, ...] = (), *, assessed: bool = False) -> PlanColumn:
        """Plan the column of a measure."""
        check, spec = self.check(name, assessed=assessed), self.program.rubric.measures.get(name, UNSAID)
        note = note_of(check, spec, self.purposes.inputs.get(name, ()), self.program.rubric, self.words)
        return PlanColumn(name, check, note, heads, _width(check))

    def unit_column(self, *, filled: bool) -> PlanColumn:
        """Plan the unit's column, written beforehand or with the roster's names to choose from."""
        offered = choice((one.name for one in self.units), self.words) if self.units and not filled else Free()
        return PlanColumn(self.unit, offered, width=UNIT_WIDTH, open=not (filled and self.units))

    def round_column(self, *, filled: bool) -> PlanColumn:
        """Plan the column of rounds."""
        return PlanColumn(ROUND, choice(self.rounds, self.words), self.words.text("round note"), open=not filled)


def _width(check: Check) -> int:
    match check:
        case ListedValues(values):
            return min(max(NARROW, *(breadth(value) + 3 for value in values)), WIDEST)
        case Day():
            return 12
        case Free():
            return 16
        case _:
            return NARROW
