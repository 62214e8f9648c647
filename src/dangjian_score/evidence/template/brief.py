"""What every sheet of the workbook is planned from: the rubric, what it asks for and why, and the units."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from msgspec import Struct, field

from dangjian_score.core.algebra import reads
from dangjian_score.core.columns import ROUND, TURNOUT, explanation_of
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.facts import ballot
from dangjian_score.core.names import breadth, fold
from dangjian_score.engine.catalogue import Catalogue, UsedAs
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import RuleTree, innermost
from dangjian_score.evidence.facts.units import Roster
from dangjian_score.evidence.sheets import BrokenCell, RawCell
from dangjian_score.evidence.template.checks import NO, YES, check_of, choice, described
from dangjian_score.evidence.template.plan import Check, Day, Filled, Free, ListedValues, PlanColumn
from dangjian_score.rubric.conditions import Only
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.measures import UNSAID, MeasureSpec
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import rounds_of
from dangjian_score.words.clauses import rule_text
from dangjian_score.words.say import Words
from dangjian_score.words.standards import heading


class Purpose(Struct, frozen=True):
    """One reading: the nodes down to the one that reads, and its rule; without nodes a condition outside the sections.

    `path` is its place in the YAML, `only` the attributes that a unit must have to be asked: those of the nodes, since
    what the rules of a node read is asked of all its units.
    """

    path: Path
    nodes: tuple[NodeTree, ...] = ()
    rule: RuleTree | None = None
    only: tuple[Only, ...] = ()

    @property
    def clause(self) -> str | None:
        """The clause of its rule, else of its node."""
        own = None if self.rule is None else self.rule.model.clause
        return own or (self.nodes[-1].clause if self.nodes else None)

    def concerns(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether a unit is asked; one whose attribute is not known is."""
        own = {name: fold(value) for name, value in attributes.items() if value}
        allowed = ((name, values) for only in self.only for name, values in only.items())
        return all(name not in own or own[name] in map(fold, values) for name, values in allowed)


class Purposes(Struct, frozen=True):
    """All of it: of measures and ballots by their names, of registers, of assessors' figures the rules that ask.

    `judged_events` are the rules that judge events one by one, by the column with the figures.
    `by_round` names what is asked in each round, and (None) for the whole.
    """

    inputs: Mapping[str, tuple[Purpose, ...]]
    registers: Mapping[str, tuple[Purpose, ...]]
    judged: Mapping[str, tuple[Assessed, ...]]
    judged_events: Mapping[str, tuple[JudgedEvents, ...]]
    by_round: Mapping[str | None, frozenset[str]]

    @classmethod
    def of(cls, program: Program, known: Catalogue) -> "Purposes":
        """Look it up."""
        votes = {ballot(name, column): name for name, of in known.ballots.items() for column in (*of, *TURNOUT)}
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
            judged=_by_measure(rule.basis for rule in program.rules if isinstance(rule.basis, Assessed)),
            judged_events=_by_measure(
                basis for basis in (innermost(rule.basis) for rule in program.rules) if isinstance(basis, JudgedEvents)
            ),
            by_round={round_: frozenset(votes.get(name, name) for name in read) for round_, read in _asked(program)},
        )

    def asked(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Tell whether a unit with these attributes is asked for something."""
        return any(purpose.concerns(attributes) for purpose in self.inputs.get(name, ()))


def _purpose(use: UsedAs, nodes: Mapping[Path, NodeTree]) -> Purpose:
    chain = tuple(nodes[use.path[:size]] for size in range(2, len(use.path) + 1, 2) if use.path[:size] in nodes)
    if not chain:
        return Purpose(use.path)
    node, rest = chain[-1], use.path[len(chain[-1].path) :]
    rule = node.written[int(rest[1])] if rest[:1] == ("rules",) else None
    scopes = (*(above.node.only for above in chain), None if rule is None else rule.model.only)
    return Purpose(use.path, chain, rule, tuple(only for only in scopes if only is not None))


J = TypeVar("J", bound=Assessed | JudgedEvents)


def _by_measure(judged: Iterable[J]) -> dict[str, tuple[J, ...]]:
    found: dict[str, tuple[J, ...]] = {}
    for basis in judged:
        found[basis.measure] = (*found.get(basis.measure, ()), basis)
    return found


def _asked(program: Program) -> Iterator[tuple[str | None, frozenset[str]]]:
    """Say what the sections of each round read, and of the whole also what conditions outside the sections do."""
    asked: dict[str | None, set[str]] = {None: set(reads(*program.outside.values()))}
    for part in program.passes:
        rules = (rule for node in part.nodes for rule in node.rules)
        asked.setdefault(part.round, set()).update(reads(*(tree for rule in rules for tree in rule.trees)))
    yield from ((round_, frozenset(read)) for round_, read in asked.items())


_MOST_ITEMS = 6
"""Items that a note names; of others it says how many there are."""


def heads(purpose: Purpose, rubric: Rubric, words: Words) -> tuple[str, str]:
    """Name what a reading belongs to: the section, and the item below it."""
    if purpose.nodes:
        section, *rest = purpose.nodes
        return heading(section, words), words.text("sheet below").join(heading(node, words) for node in rest)
    where, at = purpose.path[:2]
    match where:
        case "excluded":
            return words.text("excluded are"), rubric.excluded[int(at)].title
        case "unranked":
            return words.text("unranked are"), rubric.unranked[int(at)].title or ""
        case "tie_break":
            return words.text("tie break"), ""
        case "vetoes":
            return words.text("vetoes are"), rubric.vetoes[int(at)].title
        case "selections":
            return words.text("selections"), rubric.selections[int(at)].title
        case _:
            return words.text("grade"), str(at)


def note_of(check: Check, spec: MeasureSpec, purposes: Iterable[Purpose], rubric: Rubric, words: Words) -> str:
    """Write the note of a column: what to enter, what a blank stands for, and what the figure is used for."""
    lines = [words.text("to fill in", what=described(check, words))]
    lines += hints(spec, words)
    if spec.blank != "error":
        lines.append(words.text("blank is", what=spec.blank))
    return "\n".join((*lines, *_uses(purposes, rubric, words)))


def hints(spec: MeasureSpec, words: Words) -> Iterator[str]:
    """Yield what a rubric says of a measure to those who fill it in: its counter, its hint."""
    yield from [words.text("counted in", counter=spec.counter)] if spec.counter else []
    yield from [spec.hint] if spec.hint else []


def _uses(purposes: Iterable[Purpose], rubric: Rubric, words: Words) -> Iterator[str]:
    by_node: dict[tuple[str | int, ...], list[Purpose]] = {}
    for purpose in purposes:
        by_node.setdefault(purpose.nodes[-1].path if purpose.nodes else purpose.path, []).append(purpose)
    for group in [*by_node.values()][:_MOST_ITEMS]:
        yield ""
        yield from _about(group, rubric, words)
    if len(by_node) > _MOST_ITEMS:
        yield words.text("sheet more items", count=str(len(by_node) - _MOST_ITEMS))


def _about(group: list[Purpose], rubric: Rubric, words: Words) -> Iterator[str]:
    """Describe the use in one item, or in one condition outside the sections."""
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
_EXPLANATION_WIDTH = 30


class Brief(Struct, frozen=True, dict=True):
    """What is to be planned; without units it is not known who will be scored.

    `rubric_file` and `rosters` are how a command names the rubric and, with the option, the rosters.
    """

    program: Program
    known: Catalogue
    words: Words
    rubric_file: str
    rosters: str
    units: tuple[ListedUnit, ...] = ()

    @cached_property
    def purposes(self) -> Purposes:
        """What is entered for what."""
        return Purposes.of(self.program, self.known)

    @cached_property
    def rounds(self) -> tuple[str, ...]:
        """The rounds that are due, in their order."""
        interim = self.program.interim
        return tuple(rounds_of(self.program.rubric.rounds)) if interim is None else interim.rounds

    @property
    def option(self) -> str:
        """The option that scores what the template holds; empty for the whole period."""
        interim = self.program.interim
        return "" if interim is None else interim.option

    def may_wait(self, name: str) -> bool:
        """Tell whether a measure may be left blank for now: all rules that read it are due only once it is entered."""
        rules = [purpose.rule for purpose in self.purposes.inputs.get(name, ()) if purpose.rule is not None]
        return bool(rules) and all(rule.timing == "entered" for rule in rules)

    @cached_property
    def unit(self) -> str:
        """The title of the unit column."""
        return self.program.rubric.unit_column or self.program.rubric.subject

    @cached_property
    def alone(self) -> tuple[str, ...]:
        """Assessors' figures of which there may be several: they have a table of their own."""
        judged = self.purposes.judged
        return tuple(name for name in self.known.measures if any(rule.combine for rule in judged.get(name, ())))

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
        often = all(name in by_round.get(each, ()) for each in self.rounds)
        measure = self.known.measures.get(name)
        adds_up = measure is None or measure.kind in ("count", "number", "score", "yes_no")
        return name in by_round[None] and not (often and adds_up)

    def rounds_for(self, names: Collection[str], *, every: bool = False) -> tuple[str | None, ...]:
        """Give the rounds that ask for any of this, or all of them; None for what is entered without a round."""
        whole = [None] if not self.rounds or any(self.asked_in(None, name) for name in names) else []
        return (*whole, *(each for each in self.rounds if every or any(self.asked_in(each, name) for name in names)))

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
        note += self.words.text("may wait") if self.may_wait(name) else ""
        return PlanColumn(name, check, note, heads, _width(check))

    def explaining(self, name: str, heads: tuple[str, ...] = ()) -> tuple[PlanColumn, ...]:
        """Plan the column that explains a measure by which somebody takes points; none for others."""
        rules = (purpose.rule for purpose in self.purposes.inputs.get(name, ()) if purpose.rule is not None)
        bases = (rule.basis for rule in rules if rule.verb == "deduct")
        if any(isinstance(basis, Assessed) and basis.measure == name for basis in bases):
            note = self.words.text("explanation note")
            return (PlanColumn(explanation_of(name), Free(), note, heads, _EXPLANATION_WIDTH),)
        return ()

    def unit_column(self, *, filled: bool, shared: bool = False) -> PlanColumn:
        """Plan the unit's column, written beforehand or with the roster's names to choose from.

        A `shared` row may be of several units.
        """
        names = tuple(unit.name for unit in self.units)
        offered = choice(names, self.words, strict=not shared) if names and not filled else Free()
        note = self.words.text("shared note") if shared else ""
        return PlanColumn(self.unit, offered, note, width=UNIT_WIDTH, open=not (filled and self.units))

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
