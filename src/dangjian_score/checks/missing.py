"""Values that are due and missing: blank, 不适用, or not given by assessors; one finding for one cause."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.algebra import reads
from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import Absence, Cell, Evidence, UnitFacts
from dangjian_score.engine import exact
from dangjian_score.engine.demands import RuleDemands
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import Ready
from dangjian_score.engine.step_names import DUE, WHOLE, is_due
from dangjian_score.engine.totals import Pass
from dangjian_score.rubric.kinds.combine import Assessed


def inapplicable(node: NodeTree, ready: Ready) -> Iterator[Diagnostic]:
    """Report 不适用 where a node does not allow it, and beside other entries of a leaf.

    Attributes may never be 不适用, nor what a group's own rules read.
    """
    cells = ready.unit.inapplicable
    asking = [rule for rule in node.rules if rule.scope is None or ready.meets(rule.scope)]
    read = reads(*(tree for rule in asking for tree in rule.trees))
    refused = [name for name in read if node.nodes or name in node.attributes]
    for name in refused if node.present is not None else (*refused, *node.inputs):
        if name in cells and name in read:
            yield at_cell(Code.NOT_APPLICABLE, cells[name], measure=name, found="不适用")
    entered = [name for name in node.inputs if name in ready.values]
    if node.present is None or not entered:
        return
    members = {name for rule in node.rules for name in rule.optional}
    for name in node.inputs:
        if name in cells and name not in members:
            args = {"unit": ready.unit.unit, "measure": name, "node": node.id, "other": entered[0]}
            yield at_cell(Code.PARTLY_APPLICABLE, cells[name], **args)


def nothing_applies(part: Pass, ready: Ready) -> bool:
    """Return whether a pass has base items and none of them is for the unit; not while some may still be due."""
    steps = [step for step in part.steps if is_due(step.name)]
    if any(node.horizon is not None for node in part.nodes) or not any(step.name == DUE for step in steps):
        return False
    done = exact.run(steps, ready.values, {})
    return done[DUE] == 0 and done[WHOLE] != 0


_NAMED = 3
"""Measures that a finding names; of more it gives the number, too."""


def missing(measure: str, unit: UnitFacts, evidence: Evidence) -> Iterator[Diagnostic]:
    """Report a measure that has no value; nothing where another finding says why."""
    if measure in unit.faults or _is_misspelt(measure, evidence):
        return
    if measure in unit.inapplicable:
        yield at_cell(Code.NOT_APPLICABLE, unit.inapplicable[measure], measure=measure, found="不适用")
    elif (lacking := unit.not_taken.get(measure)) is not None:
        args = {"unit": unit.unit, "measure": measure, "file": lacking.cell.file, "reason": f"result {lacking.reason}"}
        found = at_cell(Code.RESULT_WITHOUT_UNIT, unit.cell, **args)
        yield replace(found, related=(at_cell(Code.RESULT_WITHOUT_UNIT, lacking.cell).place,))
    elif measure not in evidence.columns:
        yield at_file(Code.COLUMN_MISSING, evidence.first_file, measure=measure)
    elif measure in unit.blanks:
        yield at_cell(Code.BLANK, unit.blanks[measure], unit=unit.unit, measure=measure)
    elif unit.unit not in evidence.misspelt:
        yield _without_row(measure, unit, evidence)


def _is_misspelt(measure: str, evidence: Evidence) -> bool:
    """Return whether a misspelt column title, or the misspelt name of a ballot, is likely to mean the measure."""
    return measure in evidence.misspelt or measure.partition("·")[0] in evidence.misspelt


def _without_row(measure: str, unit: UnitFacts, evidence: Evidence) -> Diagnostic:
    """Report that the unit has no row with the measure: at the unit's name, or at the table of the other units."""
    args = {"unit": unit.unit, "measure": measure}
    found = at_cell(Code.UNIT_WITHOUT_DATA, unit.cell, **args)
    if unit.entered:
        return found
    table = evidence.columns[measure]
    at_table = at_file(Code.UNIT_WITHOUT_DATA, table.file, table.sheet, **args)
    return replace(at_table, related=(found.place,))


_JOINED: Final = (Code.BLANK, Code.UNIT_WITHOUT_DATA)


def collated(found: Collection[Diagnostic], evidence: Evidence) -> Iterator[Diagnostic]:
    """Join findings with one cause: measures that a unit has no row or no result for, the blanks of an empty row."""
    concerned = {dict(finding.args).get("unit", "") for finding in found if finding.code in _JOINED}
    units = (unit for unit in evidence.units if unit.unit in concerned)
    empty = {unit.unit: unit for unit in units if not unit.facts.keys() - unit.attributes.keys()}
    groups: dict[tuple[object, ...], list[Diagnostic]] = defaultdict(list)
    for finding in found:
        name = dict(finding.args).get("unit", "")
        blank = finding.code is Code.BLANK and name in empty and not empty[name].rounds
        if blank or finding.code is Code.UNIT_WITHOUT_DATA:
            groups[blank, name, finding.place.file, finding.place.sheet].append(finding)
        elif finding.code is Code.RESULT_WITHOUT_UNIT:
            groups[finding.code, finding.place, finding.related].append(finding)
        else:
            groups[finding,].append(finding)
    for group in groups.values():
        first = group[0]
        if len(group) == 1 and (first.code is not Code.UNIT_WITHOUT_DATA or first.place.cell):
            yield replace(first, code=Code.BLANK) if first.code is Code.UNIT_WITHOUT_DATA else first
            continue
        name = dict(first.args)["unit"]
        measures = [dict(finding.args)["measure"] for finding in group]
        more = str(len(measures)) if len(measures) > _NAMED else ""
        args = {"unit": name, "measure": "、".join(measures[:_NAMED]), "number": more}
        if first.code is Code.RESULT_WITHOUT_UNIT:
            yield replace(first, args=tuple({**dict(first.args), "measure": "、".join(measures)}.items()))
        elif first.code is Code.BLANK:
            cell = empty[name].cell
            yield at_cell(Code.UNIT_WITHOUT_DATA, cell, **args, row=cell.address)
        else:
            args["row"] = first.place.cell or ""
            yield replace(first, args=tuple(args.items()))


_SHOWN: Final = 10
"""Units that a note names."""


class Panels(Struct, frozen=True):
    """Checks the assessors of each unit in one pass; `sizes` counts them, with their first cell, by rule and unit."""

    judging: tuple[tuple[RuleDemands, str], ...]
    round: str | None
    sizes: dict[str, dict[str, tuple[int, Cell]]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, asked: Iterable[RuleDemands], round_: str | None) -> "Panels":
        """Take the rules that ask for assessors' figures."""
        bases = ((demands, demands.rule.basis) for demands in asked)
        return cls(tuple((demands, basis.measure) for demands, basis in bases if isinstance(basis, Assessed)), round_)

    def check(self, ready: Ready) -> Iterator[Diagnostic]:
        """Report figures of one unit that are due and blank, and note which assessors are left out."""
        due = [(demands.rule.name, measure) for demands, measure in self.judging if demands.judges(ready)]
        for rule, measure in due:
            figures, absences = ready.unit.assessed.get(measure, {}), ready.unit.absences.get(measure, {})
            cells = [*(fact.cell for fact in figures.values()), *(absence.cell for absence in absences.values())]
            if cells and measure not in ready.unit.faults:
                self.sizes[rule][ready.unit.unit] = len(cells), min(cells)
            yield from _unanswered(ready.unit, measure)
        yield from _absent(ready.unit, tuple(dict.fromkeys(measure for _, measure in due)))

    def unequal(self) -> Iterator[Diagnostic]:
        """Note the units that fewer assessors judged than others; rules with the same numbers share one note."""
        measures = {demands.rule.name: measure for demands, measure in self.judging}
        alike: dict[tuple[int, tuple[tuple[str, int], ...]], dict[str, Cell]] = defaultdict(dict)
        for rule, sizes in self.sizes.items():
            most = max(count for count, _ in sizes.values())
            fewer = {unit: (count, cell) for unit, (count, cell) in sizes.items() if count < most}
            if fewer:
                key = most, tuple((unit, count) for unit, (count, _) in fewer.items())
                alike[key].setdefault(measures[rule], next(cell for _, cell in fewer.values()))
        for (most, units), cells in alike.items():
            args = {"measures": "、".join(cells), "most": str(most), "round": self.round or ""}
            shown = [f"{unit} {count}" for unit, count in units[:_SHOWN]] + (["…"] if len(units) > _SHOWN else [])
            yield at_cell(Code.ASSESSORS_UNEQUAL, min(cells.values()), **args, units="、".join(shown))


def nobody_left(unit: UnitFacts, measure: str) -> Iterator[Diagnostic]:
    """Report that no assessor gave a figure that is due: the blank cells, or that all assessors are left out."""
    blanks = tuple(_unanswered(unit, measure))
    absences = unit.absences[measure].values()
    args = {"unit": unit.unit, "measure": measure, "assessors": str(len(absences))}
    yield from blanks or (at_cell(Code.BLANK, min(absence.cell for absence in absences), **args),)


def _unanswered(unit: UnitFacts, measure: str) -> Iterator[Diagnostic]:
    """Report the blank cells of assessors whose figure of a measure is due."""
    for assessor, absence in unit.absences.get(measure, {}).items():
        if absence.reason == "blank":
            yield at_cell(Code.BLANK, absence.cell, unit=unit.unit, measure=measure, assessor=assessor)


def _absent(unit: UnitFacts, measures: Iterable[str]) -> Iterator[Diagnostic]:
    """Note assessors who left a row empty, once a row; `nobody_left` reports measures without any figure."""
    rows: dict[tuple[str, str | None, int], dict[str, tuple[str, Absence]]] = defaultdict(dict)
    for measure in measures:
        if unit.assessed.get(measure):
            for assessor, absence in unit.absences.get(measure, {}).items():
                if absence.reason == "absent":
                    cell = absence.cell
                    rows[cell.file, cell.sheet, cell.row][measure] = assessor, absence
    for by_measure in rows.values():
        assessor, first = next(iter(by_measure.values()))
        args = {"unit": unit.unit, "assessor": assessor, "measures": "、".join(by_measure)}
        yield at_cell(Code.ASSESSOR_ABSENT, first.cell, **args)
