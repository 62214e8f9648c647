"""The catalogue of what evidence may hold: measures, columns of registers and ballots, each with its kind."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.columns import AMOUNT, CASE, DAY, LEVEL, PERSON, TURNOUT
from dangjian_score.core.facts import Value, ballot
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.rules import innermost
from dangjian_score.rubric.kinds.by import Graded, Leveled
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.kinds.votes import Ballot
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.rubric.measures import UNSAID, MeasureKind, MeasureSpec

Use = Literal["yes_no", "level", "count", "number", "percent", "score", "grades", "date", "text"]
"""The kind as which a rule reads a measure."""

_ACCEPTS: Mapping[MeasureKind, frozenset[Use]] = {
    "yes_no": frozenset({"yes_no", "text"}),
    "level": frozenset({"level", "text"}),
    "date": frozenset({"date", "text"}),
    "percent": frozenset({"percent"}),
    "count": frozenset({"count", "number", "text"}),
    "number": frozenset({"count", "number", "score", "text"}),
    "score": frozenset({"count", "number", "score"}),
    "votes": frozenset(),
    "text": frozenset({"text"}),
}
_INFERRED: tuple[MeasureKind, ...] = ("text", "yes_no", "level", "date", "percent", "count")
"""Kinds that follow from the use of a measure. One that is only compared, divided, ranked or averaged is a `number`,
the figure of an assessor a `score`."""

_BLANKS: Mapping[str, Value] = {"0": Fraction(0), "是": True, "否": False, "无": "无"}


class Measure(Struct, frozen=True):
    """One column of the evidence: its kind, its bounds, the value of a blank (None: a blank is an error).

    An `open` measure may have other values than `levels`. `describes` is true for attributes. With `abstains` a blank
    of an assessor is an abstention. What `is_read` from a result of another rubric has no column.
    """

    name: str
    kind: MeasureKind
    least: Fraction | None
    most: Fraction | None
    blank: Value | None
    levels: tuple[str, ...]
    open: bool = False
    describes: bool = False
    abstains: bool = False
    is_read: bool = False

    @property
    def is_key(self) -> bool:
        """Whether it may hold any text that identifies something: a person, a case, a type of units."""
        return self.kind == "text" or (self.kind == "level" and self.open)


class Catalogue(Struct, frozen=True):
    """Everything that evidence may hold.

    `measures` are those of matrices and forms, attributes included; `registers` the columns that are read of each
    register, `required` those that every row must fill in, `beside` those that are for others to read; `ballots` the
    levels of each vote, `turnout` the votes that count over the ballots issued or returned, each with that column;
    `judged` the measures that assessors give; `categories` the categories of assessors by which measures are combined;
    `judged_events` the registers whose events are judged one by one;
    `nodes` the nodes by id, for rulings; `in_rounds` the registers whose events belong to a round; `rolling` the
    registers whose rows outside the period are ignored; `uses` all readings of rules and conditions; `grades` those
    that a committee may fix.
    """

    measures: Mapping[str, Measure]
    attributes: tuple[str, ...]
    registers: Mapping[str, Mapping[str, Measure]]
    ballots: Mapping[str, tuple[str, ...]]
    turnout: frozenset[tuple[str, str]]
    judged: frozenset[str]
    categories: Mapping[str, tuple[str, ...]]
    judged_events: frozenset[str]
    nodes: Mapping[str, NodeTree]
    in_rounds: frozenset[str]
    rolling: frozenset[str]
    required: Mapping[str, tuple[str, ...]]
    beside: Mapping[str, tuple[str, ...]]
    uses: tuple["UsedAs", ...]
    grades: tuple[str, ...] = ()

    @property
    def required_columns(self) -> frozenset[str]:
        """The columns that every row of some register must fill in."""
        return frozenset(column for columns in self.required.values() for column in columns)

    @property
    def entered(self) -> "Catalogue":
        """The catalogue without the measures that are read from results."""
        return replace(self, measures={name: one for name, one in self.measures.items() if not one.is_read})

    def prices_none(self, measure: str, register: str | None = None) -> bool:
        """Return whether a rule lists 无 as a level of a measure, or of a column of a register."""
        return any(use.level == "无" and use.measure == measure and use.register == register for use in self.uses)


class UsedAs(Struct, frozen=True):
    """A reading of a measure, or of a column of `register`: the kind it is read as, and the path of the rule."""

    measure: str
    use: Use
    path: tuple[str | int, ...]
    register: str | None = None
    level: str | None = None


def uses(program: Program) -> tuple[UsedAs, ...]:
    """Return the readings of all rules and conditions, in the order of the text."""
    found: dict[UsedAs, None] = {}
    for path, trees in _trees(program):
        for tree in trees:
            for part in a.walk(tree):
                if isinstance(part, _READING):
                    found |= dict.fromkeys(_used(part, path))
    found |= dict.fromkeys(_graded(program))
    return (*found, *dict.fromkeys(_per_case(program)))


def _trees(program: Program) -> Iterator[tuple[tuple[str | int, ...], tuple[a.Tree, ...]]]:
    for node in program.nodes:
        if node.applies is not None:
            yield (*node.path, "only"), (node.applies,)
        for at, rule in enumerate(node.written):
            yield (*node.path, "rules", at), rule.trees
    yield from ((path, (tree,)) for path, tree in program.outside.items())


def _graded(program: Program) -> Iterator[UsedAs]:
    """Find the levels that assessors may give."""
    for node in program.nodes:
        for at, rule in enumerate(node.written):
            if isinstance(rule.basis, Graded) and rule.trees:
                path, measure = (*node.path, "rules", at), rule.basis.measure
                yield from (UsedAs(measure, "grades", path, None, level) for level in rule.basis.table.levels)


def _per_case(program: Program) -> Iterator[UsedAs]:
    """Find the columns by which nodes identify cases (`highest_per`)."""
    for node in program.nodes:
        if columns := node.node.highest_per:
            rules = (rule for lower in node.below() for rule in lower.rules)
            found = (figure for rule in rules for figure in a.figures(rule.basis.expr))
            for tally in (figure for figure in found if isinstance(figure, a.Tally)):
                path = (*node.path, "highest_per")
                yield from (UsedAs(column, "text", path, name) for name in tally.registers for column in columns)


_READING: Final = (a.Read, a.Yes, a.Is, a.Tally, a.Grouped)
"""The classes of nodes that read evidence."""


def _used(part: a.Tree, path: tuple[str | int, ...], register: str | None = None) -> Iterator[UsedAs]:
    match part:
        case a.Read(measure, kind):
            yield UsedAs(measure, kind, path, register)
        case a.Yes(measure):
            yield UsedAs(measure, "yes_no", path, register)
        case a.Is(measure, level):
            yield UsedAs(measure, "level", path, register, level)
        case a.Tally(registers=registers, where=where, worth=worth, highest_per=columns):
            for name in registers:
                for tree in (worth, *([where] if where else [])):
                    for inner in a.walk(tree):
                        yield from _used(inner, path, name)
                yield from (UsedAs(column, "text", path, name) for column in columns)
        case a.Grouped(keys=keys, over=over, each=each):
            named = [UsedAs(DAY, "date", path) if is_period(key) else UsedAs(key, "text", path) for key in keys]
            tallies = (figure for figure in a.figures(*over, each) if isinstance(figure, a.Tally))
            for name in (name for tally in tallies for name in tally.registers):
                yield from (UsedAs(use.measure, use.use, path, name) for use in named)
        case _:
            pass


def kind_of(used: frozenset[Use], declared: MeasureKind | None) -> MeasureKind | None:
    """Return the kind that fits every use; None where there is none.

    What several assessors give is read as nothing but their combined points.
    """
    if "grades" in used:
        return "level" if used == {"grades"} and declared in (None, "level") else None
    if declared is not None:
        return declared if used <= _ACCEPTS[declared] else None
    if "score" in used:
        return "score" if used <= _ACCEPTS["score"] else None
    if "number" in used and "count" not in used:
        return "number" if used <= _ACCEPTS["number"] else None
    return next((kind for kind in _INFERRED if used <= _ACCEPTS[kind]), None)


def catalogue(program: Program) -> Catalogue:
    """Return the catalogue; measures without a fitting kind are left out, and checks report them."""
    everything = uses(program)
    votes = [rule.basis for rule in program.rules if isinstance(rule.basis, Ballot)]
    ballots: dict[str, tuple[str, ...]] = {}
    for vote in votes:
        levels = (*ballots.get(vote.measure, ()), *(level for level, _ in vote.entries))
        ballots[vote.measure] = tuple(dict.fromkeys(levels))
    counted = {ballot(measure, name) for measure, levels in ballots.items() for name in (*levels, *TURNOUT)}
    entered = [use for use in everything if use.register is None and use.measure not in counted]
    return Catalogue(
        measures=_settled(program, entered, program.rubric.attributes, _open(program)),
        attributes=program.rubric.attributes,
        registers={name: _columns(program, everything, name) for name in _registers(everything)},
        ballots=ballots,
        turnout=frozenset((vote.measure, vote.over) for vote in votes if vote.over is not None),
        judged=frozenset(rule.basis.measure for rule in program.rules if isinstance(rule.basis, Assessed)),
        categories={
            rule.basis.measure: rule.basis.combine.categories
            for rule in program.rules
            if isinstance(rule.basis, Assessed) and isinstance(rule.basis.combine, ByCategory)
        },
        judged_events=frozenset(
            name
            for rule in program.rules
            if isinstance(basis := innermost(rule.basis), JudgedEvents)
            for name in basis.events.registers
        ),
        nodes={node.id: node for node in program.nodes},
        in_rounds=frozenset(_in_rounds(program)),
        rolling=frozenset(name for name, spec in program.rubric.measures.items() if spec.outside == "ignore"),
        required={name: spec.required for name, spec in program.rubric.measures.items() if spec.required},
        beside={name: spec.columns for name, spec in program.rubric.measures.items() if spec.columns},
        uses=everything,
        grades=tuple(program.rubric.grades),
    )


def _in_rounds(program: Program) -> Iterator[str]:
    sections = {section.path: section for part in program.passes if part.round is not None for section in part.sections}
    nodes = (node for section in sections.values() for node in section.below())
    for figure in a.figures(*(tree for node in nodes for rule in node.rules for tree in rule.trees)):
        yield from figure.registers if isinstance(figure, a.Tally) else ()


def _registers(everything: tuple[UsedAs, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(use.register for use in everything if use.register is not None))


def _columns(program: Program, everything: tuple[UsedAs, ...], register: str) -> Mapping[str, Measure]:
    """Return the columns of a register; those that distinguish events are always read."""
    own = [use for use in everything if use.register == register]
    own += [UsedAs(name, use, ()) for name, use in _ALWAYS.items()]
    declared = program.rubric.measures.get(register, UNSAID)
    read = {use.measure for use in own}
    own += [UsedAs(name, "text", ()) for name in declared.required if name not in read]
    open_ = frozenset(use.measure for use in own)
    settled = _settled(program, own, (), open_)
    if AMOUNT in settled and AMOUNT not in program.rubric.measures:
        settled[AMOUNT] = replace(settled[AMOUNT], least=None)  # the reader itself reports what is not above 0
    if LEVEL in settled and declared.levels:
        settled[LEVEL] = replace(settled[LEVEL], kind="level", levels=declared.levels, open=False)
    return settled


_ALWAYS: Mapping[str, Use] = {DAY: "date", AMOUNT: "number", LEVEL: "text", PERSON: "text", CASE: "text"}


def _open(program: Program) -> frozenset[str]:
    """Return the measures that may have other levels than rules list: attributes, tables with `else`."""
    bases = [rule.basis for rule in program.rules]
    tables = (table for table in bases if isinstance(table, Leveled) and table.otherwise is not None)
    named = (measure for table in tables for measure in table.measures)
    given = (basis.measure for basis in bases if isinstance(basis, Graded) and basis.table.otherwise is not None)
    return frozenset((*program.rubric.attributes, *named, *given))


def _settled(
    program: Program, used: list[UsedAs], attributes: tuple[str, ...], open_: frozenset[str]
) -> dict[str, Measure]:
    taken: dict[str, set[Use]] = {name: {"text"} for name in attributes}
    levels: dict[str, dict[str, None]] = {}
    for use in used:
        taken.setdefault(use.measure, set()).add(use.use)
        if use.level is not None:
            levels.setdefault(use.measure, {})[use.level] = None
    specs, settled = program.rubric.measures, dict[str, Measure]()
    for name, of in taken.items():
        spec = specs.get(name, UNSAID)
        if (kind := kind_of(frozenset(of), spec.declared)) is not None:
            known = spec.levels or tuple(level for level in levels.get(name, ()) if level != "无")
            measure = _measure(name, kind, spec, known, open_=name in open_ and not spec.levels)
            settled[name] = replace(measure, describes=name in attributes)
    return settled


def _measure(name: str, kind: MeasureKind, spec: MeasureSpec, levels: tuple[str, ...], *, open_: bool) -> Measure:
    least = None if spec.declared == "number" or spec.result else Fraction(0)
    most = Fraction(1) if kind == "percent" and not spec.result else None
    return Measure(
        name=name,
        kind=kind,
        least=least if spec.min is None else spec.min.value,
        most=most if spec.max is None else spec.max.value,
        blank=_BLANKS.get(spec.blank),
        levels=levels,
        open=open_,
        abstains=spec.blank == "弃权",
        is_read=spec.result is not None,
    )
