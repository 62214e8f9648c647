"""Values that are due and not there: one finding for one cause, placed where it is to be mended."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from dangjian_score.diagnostics import Code, Diagnostic, Place, at_cell, at_file
from dangjian_score.facts import Cell, Evidence, UnitFacts

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
