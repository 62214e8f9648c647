"""Random evidence for whole rubrics: units with what their rules ask for, events, rounds, panels, blanks and 不适用."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from random import Random
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api.inputs import InputError, RubricFile, rubric_of
from dangjian_score.core.columns import AMOUNT, CASE, ISSUED, RETURNED
from dangjian_score.core.facts import Cell, Event, Evidence, Fact, UnitFacts, Value, ballot
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.demands import Demand, FewAssessors, NoneOfCategory
from dangjian_score.engine.prepare import Preparer, Ready
from dangjian_score.rubric.standing import rounds_of, spans_of_rounds
from tests.carriers.assessors import judged
from tests.carriers.generate import FactMaker
from tests.carriers.whole_rubrics import WholeWriter
from tests.support import facts

NOWHERE: Final = Cell("events.csv", None, 2, 1)
MOST_EVENTS: Final = 9
FEW: Final = ("张某", "李某", "王某")
CASES: Final = ("甲案", "乙案")
YEAR = date(2024, 1, 1).toordinal(), date(2024, 12, 31).toordinal()


class Assessment(Struct, frozen=True):
    """A rubric with the evidence of some units; the evidence may still have errors."""

    rubric: RubricFile
    evidence: Evidence


def drawn(seed: int, units: int) -> Assessment:
    """Draw a rubric that checks accept, and units; the same seed gives the same."""
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    while True:
        try:
            rubric = rubric_of("random.yaml", WholeWriter(rng).text().encode())
        except InputError:
            continue
        maker = UnitMaker(rng, rubric)
        made = tuple(maker.whole_unit(f"第{number}支部") for number in range(units))
        return Assessment(rubric, Evidence((), made, {}, has_register=bool(rubric.study.catalogue.registers)))


class UnitMaker(FactMaker):
    """Makes units with events and rounds."""

    def __init__(self, rng: Random, rubric: RubricFile) -> None:
        program = rubric.study.program
        super().__init__(rng, program)
        self._known = rubric.study.catalogue
        self._registers = rubric.study.catalogue.registers
        self._program = program
        self._rounds = tuple(rounds_of(program.rubric.rounds))
        spans = spans_of_rounds(program.rubric.rounds, program.rubric.period)
        self._spans = {name: (span.from_.toordinal(), span.to.toordinal()) for name, span in spans.items()}
        nodes = (node for part in program.passes for node in part.nodes)
        self._waivable = [node.inputs for node in nodes if node.takes_blanks and node.present is not None]
        self._required = rubric.study.catalogue.required
        self._preparer = Preparer(program, program.passes[-1])
        self._events: tuple[Event, ...] = ()

    def whole_unit(self, name: str) -> UnitFacts:
        """Make one unit."""
        if not self._rounds:
            return judged(self._rng, self._program, self._part(name, None, {}))
        whole = self._cells()
        described = {attribute: whole[attribute] for attribute in self._known.attributes}
        inside = {round_: self._part(name, round_, described) for round_ in self._rounds}
        return replace(facts(name, whole), apart=facts(name, whole), rounds=inside)

    def _part(self, name: str, round_: str | None, described: Mapping[str, Value]) -> UnitFacts:
        """Make the evidence of a round, or of a unit without rounds; some items are 不适用."""
        self._events = tuple(self._drawn_events(self._spans.get(round_ or "", YEAR)))
        values = {**self._cells(), **described}
        waived = {name for inputs in self._waivable if self._rng.random() < 0.1 for name in inputs}
        kept = {name: value for name, value in values.items() if name not in waived}
        cells = {name: NOWHERE for name in sorted(waived) if name in self._measures}
        return replace(facts(name, kept), events=self._events, inapplicable=cells)

    def _cells(self) -> dict[str, Value]:
        """Draw values as cells hold them: levels for those that panels give, ballots that add up, some blanks."""
        values = self.unit()
        for name, measure in self._measures.items():
            if measure.kind == "level" and isinstance(values.get(name), Fraction):
                values[name] = self._rng.choice(measure.levels)
        for name, levels in self._known.ballots.items():
            values |= self._turnout(name, [ballot(name, level) for level in levels], values)
        blanks = {name: measure.blank for name, measure in self._measures.items() if measure.blank is not None}
        return {name: value for name, value in values.items() if value != blanks.get(name) or self._rng.random() < 0.3}

    def _value(self, measure: Measure, above: int | None = None) -> Value:
        if measure.blank is not None and above is None and self._rng.random() < 0.2:
            return measure.blank
        return super()._value(measure, above)

    def _turnout(self, name: str, levels: list[str], values: Mapping[str, Value]) -> dict[str, Value]:
        """Give the ballots returned and issued that go with votes; somebody voted."""
        votes = {level: number for level in levels if isinstance(number := values[level], Fraction)}
        votes[levels[0]] = max(votes[levels[0]], Fraction(1))
        returned = sum(votes.values(), Fraction(0))
        return {**votes, ballot(name, RETURNED): returned, ballot(name, ISSUED): returned + self._rng.randrange(3)}

    def _unmet(self, values: Mapping[str, Value]) -> list[Demand]:
        """Leave out what a panel has to give; it is drawn afterwards."""
        return [demand for demand in super()._unmet(values) if not isinstance(demand, FewAssessors | NoneOfCategory)]

    def _ready(self, values: Mapping[str, Value]) -> Ready:
        if self._rounds or not self._registers:
            alone = super()._ready(values)
        else:
            alone = self._preparer.alone(replace(facts("甲", values), events=self._events))
        return alone.beside(self._preparer.compared([alone], ())[0]) if self._preparer.comparisons else alone

    # Events

    def _drawn_events(self, days: tuple[int, int]) -> Iterator[Event]:
        seen = set[tuple[str, ...]]()
        for _ in range(self._rng.randrange(MOST_EVENTS) if self._registers else 0):
            register = self._rng.choice(list(self._registers))
            columns = {name: self._cell(register, name, each, days) for name, each in self._registers[register].items()}
            told = {name: Fact(value, NOWHERE) for name, value in columns.items() if value is not None}
            event = (register, *map(str, columns.values()))
            if event not in seen:
                seen.add(event)
                yield Event(register, NOWHERE, told)

    def _cell(self, register: str, name: str, measure: Measure, days: tuple[int, int]) -> Value | None:
        optional = {AMOUNT: 0.7, CASE: 0.3}
        if name not in self._required.get(register, ()) and self._rng.random() < optional.get(name, 0):
            return None
        match name:
            case "数量":
                return Fraction(self._rng.randint(1, 3))
            case "日期":
                return Fraction(self._rng.randint(*days))
            case "单位数":
                return Fraction(self._rng.randint(1, 4))
            case "酌定":
                return Fraction(self._rng.randint(2, 10), 4)
            case "案件" | "人员":
                return self._rng.choice(CASES if name == CASE else FEW)
            case _ if measure.kind == "level":
                return self._rng.choice(measure.levels)
            case _:
                return self._value(measure, above=0) if measure.kind == "number" else self._value(measure)
