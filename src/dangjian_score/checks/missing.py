"""Values that are due and not there: blank, 不适用, or not given by assessors; one finding for one cause."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.algebra import reads
from dangjian_score.core.diagnostics import Code, Diagnostic, Place, at_cell, at_file
from dangjian_score.core.facts import Absence, Cell, Evidence, UnitFacts
from dangjian_score.engine import exact
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.step_names import DUE, WHOLE
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.judge import Judged


def inapplicable(node: NodeTree, ready: Ready) -> Iterator[Diagnostic]:
    """Hold a leaf's entries against what it lets be 不适用, and against each other.

    Attributes may never be 不适用, nor what a group's own rules read.
    """
    for name in reads(*(tree for rule in node.rules for tree in rule.trees)):
        if name in ready.unit.inapplicable and (node.nodes or name in node.attributes):
            yield at_cell(Code.NOT_APPLICABLE, ready.unit.inapplicable[name], measure=name, found="不适用")
    inapplicable = [name for name in node.inputs if name in ready.unit.inapplicable]
    if node.present is None:
        for name in inapplicable:
            yield at_cell(Code.NOT_APPLICABLE, ready.unit.inapplicable[name], measure=name, found="不适用")
        return
    members = {name for rule in node.rules for name in _optional(rule)}
    entered = [name for name in node.inputs if name in ready.values]
    for name in inapplicable:
        if name not in members and entered:
            told = {"unit": ready.unit.unit, "measure": name, "node": node.id, "other": entered[0]}
            yield at_cell(Code.PARTLY_APPLICABLE, ready.unit.inapplicable[name], **told)


def _optional(rule: RuleTree) -> tuple[str, ...]:
    """Name the measures that only stand as members of a list: such a one may drop out alone."""
    guarded = () if rule.guard is None else reads(rule.guard)
    members = reads(*(member.counts for member in rule.basis.members))
    return tuple(name for name in members if name not in guarded)


def nothing_applies(part: Pass, ready: Ready) -> bool:
    """Tell whether no base item of a pass is for the unit, though there are some."""
    steps = [step for step in part.steps if step.name.endswith(DUE) or step.name == WHOLE]
    if not any(step.name == DUE for step in steps):
        return False
    done = exact.run(steps, ready.values, {})
    return done[DUE] == 0 and done[WHOLE] != 0


_NAMED = 3
"""Measures that a finding names; of more it gives the number."""


def missing(measure: str, unit: UnitFacts, evidence: Evidence) -> Iterator[Diagnostic]:
    """Report a measure that has no value; nothing where another finding tells why."""
    if measure in unit.faults or _is_misspelt(measure, evidence):
        return
    if measure in unit.inapplicable:
        yield at_cell(Code.NOT_APPLICABLE, unit.inapplicable[measure], measure=measure, found="不适用")
    elif measure not in evidence.columns:
        yield at_file(Code.COLUMN_MISSING, evidence.sources[0].name, measure=measure)
    elif measure in unit.blanks:
        yield at_cell(Code.BLANK, unit.blanks[measure], unit=unit.unit, measure=measure)
    elif unit.unit not in evidence.misspelt:
        yield _without_row(measure, unit, evidence)


def _is_misspelt(measure: str, evidence: Evidence) -> bool:
    """Tell whether a misspelt title, or the misspelt name of a ballot, most likely means the measure."""
    return measure in evidence.misspelt or measure.partition("·")[0] in evidence.misspelt


def _without_row(measure: str, unit: UnitFacts, evidence: Evidence) -> Diagnostic:
    """Report that no row of the unit tells the measure: where its name stands, else in the table of the others."""
    table = evidence.columns[measure]
    if unit.entered:
        return at_cell(Code.UNIT_WITHOUT_DATA, unit.cell, unit=unit.unit, measure=measure)
    return Diagnostic(
        Code.UNIT_WITHOUT_DATA,
        Place(table.file, sheet=table.sheet),
        (("unit", unit.unit), ("measure", measure)),
        related=(_place(unit.cell),),
    )


def _place(cell: Cell) -> Place:
    return Place(cell.file, sheet=cell.sheet, cell=cell.address)


def collated(found: Collection[Diagnostic], evidence: Evidence) -> Iterator[Diagnostic]:
    """Join what has one cause: the measures that a unit has no row for, and the blanks of a row that is all blank."""
    concerned = {dict(one.args).get("unit", "") for one in found if one.code in (Code.BLANK, Code.UNIT_WITHOUT_DATA)}
    units = (unit for unit in evidence.units if unit.unit in concerned)
    empty = {unit.unit: unit for unit in units if not unit.facts.keys() - unit.attributes.keys()}
    groups: dict[tuple[object, ...], list[Diagnostic]] = defaultdict(list)
    for diagnostic in found:
        about = dict(diagnostic.args).get("unit", "")
        blank = diagnostic.code is Code.BLANK and about in empty and not empty[about].rounds
        if blank or diagnostic.code is Code.UNIT_WITHOUT_DATA:
            groups[blank, about, diagnostic.place.file, diagnostic.place.sheet].append(diagnostic)
        else:
            groups[diagnostic,].append(diagnostic)
    for group in groups.values():
        first = group[0]
        if len(group) == 1 and (first.code is not Code.UNIT_WITHOUT_DATA or first.place.cell):
            yield replace(first, code=Code.BLANK) if first.code is Code.UNIT_WITHOUT_DATA else first
            continue
        about = dict(first.args)["unit"]
        measures = [dict(diagnostic.args)["measure"] for diagnostic in group]
        more = str(len(measures)) if len(measures) > _NAMED else ""
        args = {"unit": about, "measure": "、".join(measures[:_NAMED]), "number": more}
        if first.code is Code.BLANK:
            cell = empty[about].cell
            yield at_cell(Code.UNIT_WITHOUT_DATA, cell, **args, row=cell.address)
        else:
            args["row"] = first.place.cell or ""
            yield Diagnostic(first.code, first.place, tuple(args.items()), first.order, first.related)


_SHOWN: Final = 10
"""Units that a note names."""


class Panels(Struct, frozen=True):
    """Looks at the assessors of each unit in one pass; `sizes` is how many there were, by rule and unit."""

    judging: tuple[tuple[RuleDemands, str], ...]
    round: str | None
    sizes: dict[str, dict[str, tuple[int, Cell]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, asked: Iterable[RuleDemands], round_: str | None) -> "Panels":
        """Take the rules that ask for assessors' figures."""
        bases = ((one, one.rule.basis) for one in asked)
        return cls(tuple((one, basis.measure) for one, basis in bases if isinstance(basis, Judged)), round_)

    def check(self, ready: Ready) -> Iterator[Diagnostic]:
        """Report figures of one unit that are due and blank, and say which assessors are left out."""
        due = [(asked.rule.name, measure) for asked, measure in self.judging if asked.judges(ready)]
        for rule, measure in due:
            figures, absences = (by.get(measure, {}) for by in (ready.unit.assessed, ready.unit.absences))
            cells = [one.cell for one in (*figures.values(), *absences.values())]
            if cells:
                self.sizes[rule][ready.unit.unit] = len(cells), min(cells)
            yield from _unanswered(ready.unit, measure)
        yield from _absent(ready.unit, tuple(dict.fromkeys(measure for _, measure in due)))

    def unequal(self) -> Iterator[Diagnostic]:
        """Name the units that fewer assessors judged than others; what was judged by the same ones is said once."""
        measures = {asked.rule.name: measure for asked, measure in self.judging}
        alike: dict[tuple[int, tuple[tuple[str, int], ...]], dict[str, Cell]] = defaultdict(dict)
        for rule, sizes in self.sizes.items():
            most = max(count for count, _ in sizes.values())
            fewer = {unit: (count, cell) for unit, (count, cell) in sizes.items() if count < most}
            if fewer:
                key = most, tuple((unit, count) for unit, (count, _) in fewer.items())
                alike[key].setdefault(measures[rule], next(cell for _, cell in fewer.values()))
        for (most, units), cells in alike.items():
            told = {"measures": "、".join(cells), "most": str(most), "round": self.round or ""}
            named = [f"{unit} {count}" for unit, count in units[:_SHOWN]]
            more = ["…"] if len(units) > _SHOWN else []
            yield at_cell(Code.ASSESSORS_UNEQUAL, min(cells.values()), **told, units="、".join([*named, *more]))


def nobody_left(unit: UnitFacts, measure: str) -> Iterator[Diagnostic]:
    """Report that no assessor gave a figure that is due: the blanks, or where there is none that all are left out."""
    blanks = tuple(_unanswered(unit, measure))
    absences = unit.absences[measure].values()
    told = {"unit": unit.unit, "measure": measure, "assessors": str(len(absences))}
    yield from blanks or (at_cell(Code.BLANK, min(one.cell for one in absences), **told),)


def _unanswered(unit: UnitFacts, measure: str) -> Iterator[Diagnostic]:
    """Report the blanks that assessors left where their figure of a measure is due."""
    for assessor, absence in unit.absences.get(measure, {}).items():
        if absence.reason == "blank":
            yield at_cell(Code.BLANK, absence.cell, unit=unit.unit, measure=measure, assessor=assessor)


def _absent(unit: UnitFacts, measures: Iterable[str]) -> Iterator[Diagnostic]:
    """Say who left a row empty, once a row; where nobody is left, that is an error of its own."""
    rows: dict[tuple[str, str | None, int], dict[str, tuple[str, Absence]]] = defaultdict(dict)
    for measure in measures:
        if unit.assessed.get(measure):
            for assessor, absence in _left_empty(unit.absences.get(measure, {})):
                cell = absence.cell
                rows[cell.file, cell.sheet, cell.row][measure] = assessor, absence
    for by_measure in rows.values():
        assessor, first = next(iter(by_measure.values()))
        told = {"unit": unit.unit, "assessor": assessor, "measures": "、".join(by_measure)}
        yield at_cell(Code.ASSESSOR_ABSENT, first.cell, **told)


def _left_empty(absences: Mapping[str, Absence]) -> Iterator[tuple[str, Absence]]:
    return (one for one in absences.items() if one[1].reason == "absent")
