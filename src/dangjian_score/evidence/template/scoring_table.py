"""The scoring table (评分表) of a unit: items, how they are scored, and cells for what is found on a visit.

It is a form, so that what is filled in is read as evidence: a row for each measure, beside the item that reads it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Final

from msgspec import Struct

from dangjian_score.core import columns as col
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.facts import UnitFacts, Value
from dangjian_score.core.names import lines_of
from dangjian_score.core.sheet_style import FORM_LINE
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.totals import full_marks
from dangjian_score.evidence.template.brief import Brief, ListedUnit, Purpose, heads
from dangjian_score.evidence.template.checks import INAPPLICABLE, NO, YES, described, points
from dangjian_score.evidence.template.grids import ASSESSORS, BALLOTS, REGISTER_SHEET
from dangjian_score.evidence.template.plan import Check, Filled, Free, PlanColumn, PlanGrid, PlanRow
from dangjian_score.rubric.kinds.judge import Judged
from dangjian_score.rubric.measures import MeasureKind
from dangjian_score.words.standards import SectionStandards, Standard, parts

SHEET: Final = "考核评分表"
_WIDTHS: Final = {
    col.PROJECT: 12,
    col.CONTENT: 27,
    col.STANDARD: 33,
    col.WORTH: 6,
    col.ITEM: 16,
    col.MANNER: 14,
    col.OWN_POINTS: 7,
    col.REVIEWED: 8,
    col.REVIEWED_POINTS: 7,
    col.EXPLANATION: 18,
    col.ROUND: 8,
}
_LEADING: Final = (col.PROJECT, col.CONTENT, col.STANDARD, col.WORTH)
_FILLED_IN: Final = {
    col.OWN_POINTS: "table own note",
    col.REVIEWED: "value note",
    col.REVIEWED_POINTS: "table points note",
    col.EXPLANATION: "explanation note",
}
"""Columns that are filled in, with the notes on them."""
_TALLEST: Final = 300
"""Points that a row may be high so that a page has room for it; the texts of an item go over several rows."""


class Visited(Struct, frozen=True):
    """What a table is filled in with: facts of a unit, its total, and by the ids of nodes their points and findings."""

    facts: UnitFacts
    total: str
    points: Mapping[str, str]
    findings: Mapping[str, str]


def scoring_table(brief: Brief, unit: ListedUnit | None, notes: Iterable[str], visited: Visited | None) -> PlanGrid:
    """Plan the table of a unit, or a blank one for any; `notes` say what stands outside the items."""
    words = brief.words
    return PlanGrid(
        kind="form",
        name=SHEET if unit is None else unit.name,
        title=words.text("table title", title=brief.program.rubric.title),
        hint=words.text("table hint"),
        columns=tuple(_columns(brief)),
        lines=tuple(_Lines(brief, unit or ListedUnit(""), visited).lines()),
        above=((brief.unit, "" if unit is None else unit.name),),
        notes=tuple(notes),
        below=words.text("table signed"),
        kept=0,
        whole=len(_LEADING),
    )


def _columns(brief: Brief) -> Iterator[PlanColumn]:
    """Plan the columns: what is written, what is asked, and what is filled in."""
    words, by_hand = brief.words, points(brief.words)
    for name in _LEADING:
        check = by_hand if name == col.WORTH else Free()
        yield PlanColumn(name, check, width=_WIDTHS[name], open=False, merged=True)
    for name in (*((col.ROUND,) if brief.rounds else ()), col.ITEM, col.MANNER):
        yield PlanColumn(name, width=_WIDTHS[name], open=False)
    for name, key in _FILLED_IN.items():
        whole = name in col.BY_HAND
        yield PlanColumn(name, by_hand if whole else Free(), words.text(key), width=_WIDTHS[name], merged=whole)


class _Lines(Struct, frozen=True, dict=True):
    """The rows of the table of a unit."""

    brief: Brief
    unit: ListedUnit
    visited: Visited | None

    def lines(self) -> Iterator[PlanRow]:
        """Write what describes the unit, the sections that make up the full marks, the others, and conditions."""
        words, rubric = self.brief.words, self.brief.program.rubric
        for name in self.brief.known.attributes:
            yield self._answer({col.PROJECT: words.text("attributes")}, name, None)
        base, others = parts(self.brief.program, words)
        for part in base:
            yield from self._part(part)
        if base:
            total = "" if self.visited is None else self.visited.total
            yield self._sum({col.PROJECT: words.text("table total"), col.WORTH: full_marks(rubric)}, total)
        for part in others:
            yield from self._part(part)
        yield from self._outside()

    def _part(self, part: SectionStandards) -> Iterator[PlanRow]:
        for row in part.rows:
            yield from self._item(row, part.title)
        if part.section.nodes:
            subtotal = self.brief.words.text("table subtotal")
            lead: dict[str, Filled] = {col.PROJECT: part.title, col.CONTENT: subtotal}
            lead |= {} if part.section.max is None else {col.WORTH: part.section.max}
            yield self._sum(lead, self._points(part.section))

    def _sum(self, lead: Mapping[str, Filled], reviewed: str) -> PlanRow:
        return PlanRow({**lead, **({col.REVIEWED_POINTS: reviewed} if reviewed else {})}, _UNASKED)

    def _points(self, node: NodeTree) -> str:
        return "" if self.visited is None else self.visited.points.get(node.id, "")

    def _item(self, row: Standard, project: str) -> Iterator[PlanRow]:
        """Write an item: a row for each measure that it is the first to read, and what is entered elsewhere."""
        node = row.node
        lead: dict[str, Filled] = {col.PROJECT: project, col.CONTENT: row.content, col.STANDARD: row.text}
        lead |= {col.WORTH: node.max} if row.worth and node.max is not None else {}
        lead |= {col.REVIEWED_POINTS: text} if (text := self._points(node)) else {}
        rows = [*self._asked(node, lead)]
        if elsewhere := "\n".join(self._elsewhere(node)):
            rows.append(PlanRow({**lead, col.MANNER: elsewhere}, _UNASKED))
        rows += [PlanRow(lead, _UNASKED)] * (_needed(lead) - len(rows))
        if self.visited is not None and (found := self.visited.findings.get(node.id)):
            rows = _with_findings(rows, found, self.brief)
        if len(rows) == 1 and (name := rows[0].cells.get(col.ITEM)) and _is_all(node, str(name)):
            rows = [_joined(rows[0])]
        yield from rows

    def _asked(self, node: NodeTree, lead: Mapping[str, Filled]) -> Iterator[PlanRow]:
        names = self._first.get(node.path, ())
        for round_ in self.brief.rounds_for(names):
            for name in names:
                if self.brief.asked_in(round_, name) and self.brief.purposes.asked(name, self.unit.described):
                    yield self._answer(lead, name, round_)

    def _answer(self, lead: Mapping[str, Filled], name: str, round_: str | None) -> PlanRow:
        """Write a row in which a measure is entered."""
        check = self.brief.check(name)
        cells: dict[str, Filled] = {**lead, col.ITEM: name, col.MANNER: described(check, self.brief.words)}
        cells |= {} if round_ is None else {col.ROUND: round_}
        if (value := self._value(name, round_)) is not None:
            cells[col.REVIEWED] = value
        if explained := self._explained(name, round_):
            cells[col.EXPLANATION] = explained
        checks: dict[str, Check] = {col.REVIEWED: check}
        return PlanRow(cells, frozenset(), checks)

    def _value(self, name: str, round_: str | None) -> Filled | None:
        """Say what evidence holds of a measure, else of an attribute the roster."""
        if self.visited is None or name in self.brief.known.attributes:
            return self.unit.attributes.get(name)
        facts = _of_round(self.visited.facts, round_)
        if name in facts.inapplicable:
            return INAPPLICABLE
        fact = facts.facts.get(name)
        return None if fact is None else _entered(fact.value, self.brief.known.measures[name].kind)

    def _explained(self, name: str, round_: str | None) -> str:
        if self.visited is None:
            return ""
        texts = _of_round(self.visited.facts, round_).explanations.get(name, ())
        return "\n".join(explanation.text for explanation in texts)

    def _elsewhere(self, node: NodeTree) -> Iterator[str]:
        """Say what of an item is entered in other tables, or in the row of another item."""
        words, known, purposes = self.brief.words, self.brief.known, self.brief.purposes
        comma = words.text("comma")
        here = self._first.get(node.path, ())
        read = [name for name, of in purposes.inputs.items() if any(_last(one) == node.path for one in of)]
        apart = {
            REGISTER_SHEET: [name for name, of in purposes.registers.items() if node.path in map(_last, of)],
            BALLOTS: [name for name in read if name in known.ballots],
            ASSESSORS: [name for name in read if name in self.brief.alone],
        }
        yield from (
            words.text("table elsewhere", sheet=sheet, names=comma.join(of)) for sheet, of in apart.items() if of
        )
        again = [name for name in read if name in self._own and name not in here]
        if again:
            yield words.text("table again", names=comma.join(again))
        if here and not any(purposes.asked(name, self.unit.described) for name in here):
            yield words.text("table not asked")

    def _outside(self) -> Iterator[PlanRow]:
        """Write what conditions outside the sections read and no item does."""
        for name in self._own:
            purpose = self._home(name)
            if not purpose.nodes:
                place, title = heads(purpose, self.brief.program.rubric, self.brief.words)
                lead = {col.PROJECT: place, col.CONTENT: title}
                yield from (
                    self._answer(lead, name, round_)
                    for round_ in self.brief.rounds_for([name])
                    if self.brief.asked_in(round_, name)
                )

    def _home(self, name: str) -> Purpose:
        """Return the first reading of a measure by an item, else by a condition."""
        purposes = self.brief.purposes.inputs[name]
        return next((purpose for purpose in purposes if purpose.nodes), purposes[0])

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """The measures that are entered in this table, attributes aside."""
        brief = self.brief
        return tuple(name for name in brief.known.measures if name not in (*brief.known.attributes, *brief.alone))

    @cached_property
    def _first(self) -> Mapping[Path, tuple[str, ...]]:
        """The measures by the place of the node that is the first to read them."""
        found: dict[Path, tuple[str, ...]] = {}
        for name in self._own:
            path = _last(self._home(name))
            found[path] = (*found.get(path, ()), name)
        return found


_UNASKED: Final = frozenset({col.REVIEWED})
"""What is closed in a row without a measure."""


def _last(purpose: Purpose) -> Path:
    return purpose.nodes[-1].path if purpose.nodes else purpose.path


def _of_round(facts: UnitFacts, round_: str | None) -> UnitFacts:
    return (facts.apart or facts) if round_ is None else facts.rounds.get(round_, facts)


def _entered(value: Value, kind: MeasureKind) -> Filled:
    """Write a fact as it is entered."""
    match value:
        case bool():
            return YES if value else NO
        case Fraction() if kind == "date":
            return date.fromordinal(int(value))
        case _:
            return value


def _needed(lead: Mapping[str, Filled]) -> int:
    """Count the rows that the texts of an item need."""
    texts = {name: lead[name] for name in (col.CONTENT, col.STANDARD)}
    lines = max(lines_of(str(text), _WIDTHS[name] - 1) for name, text in texts.items())
    return ceil(lines * FORM_LINE / _TALLEST)


def _is_all(node: NodeTree, measure: str) -> bool:
    """Tell whether what an assessor gives is the points of an item, unchanged: then one cell holds both."""
    if node.nodes or len(node.written) != 1:
        return False
    rule = node.written[0]
    basis = rule.basis
    plainly = rule.verb == "award" and rule.guard is None and rule.cap is None and node.start == 0
    fits = isinstance(basis, Judged) and basis.measure == measure and (node.max is None or basis.most <= node.max)
    return plainly and fits


def _joined(row: PlanRow) -> PlanRow:
    cells = {name: entry for name, entry in row.cells.items() if name != col.REVIEWED_POINTS}
    return PlanRow(cells, row.closed, row.checks, (col.REVIEWED, col.REVIEWED_POINTS))


def _with_findings(rows: list[PlanRow], found: str, brief: Brief) -> list[PlanRow]:
    """Write what was found into the first row whose reasons are not read as those of an assessor."""
    for at, row in enumerate(rows):
        if row.cells.get(col.ITEM) not in brief.known.judged:
            cells = {**row.cells, col.EXPLANATION: found}
            return [*rows[:at], PlanRow(cells, row.closed, row.checks), *rows[at + 1 :]]
    return rows
