"""Results of other rubrics → figures of units, each with its place in the file."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell, at_file
from dangjian_score.core.facts import (
    Cell,
    Evidence,
    Fact,
    NotTaken,
    NotTakenReason,
    ResultSection,
    ResultUnit,
    TakenFigure,
    UnitFacts,
    joined,
)
from dangjian_score.core.names import fold, order_key
from dangjian_score.evidence.facts.units import Roster
from dangjian_score.evidence.outcomes import ListedUnit, ResultFile, ResultNode
from dangjian_score.rubric.measures import RATE, TOTAL, MeasureSpec
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import Span

_NAMED: Final = 10
"""Units that a note names."""


class ResultsRead(Struct, frozen=True):
    """The result files that could be read; `broken` where others could not."""

    files: tuple[ResultFile, ...]
    broken: bool


class _Listed(Struct, frozen=True):
    """A unit with the file that lists it."""

    file: ResultFile
    unit: ListedUnit

    def place(self, path: str) -> Cell:
        """Return a place of the unit in its file."""
        return Cell(self.file.file, None, self.unit.row, 0, path)


class _Source(Struct, frozen=True):
    """The results of one rubric by unit in normal form; `twice` are units for which two results are given."""

    units: Mapping[str, _Listed]
    twice: Collection[str]
    files: tuple[ResultFile, ...]


class _Gathered(Struct):
    """What was read for one unit, by measure."""

    figures: dict[str, TakenFigure] = field(default_factory=dict)
    lacking: dict[str, NotTaken] = field(default_factory=dict)
    inapplicable: dict[str, Cell] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)


def with_results(
    evidence: Evidence, read: ResultsRead, asked: Mapping[str, MeasureSpec], rubric: Rubric, roster: Roster | None
) -> tuple[Evidence, tuple[Diagnostic, ...]]:
    """Return the evidence with the figures of the measures that are `asked` of results, and all that is wrong.

    Where nothing else names units, those of the results are scored that are read unit by unit.
    """
    if not asked:
        return evidence, ()
    named = () if evidence.units or rubric.rounds else tuple(_named_by(read.files, asked))
    taking = _Taking(replace(evidence, units=evidence.units or named), read, rubric.period, roster)
    for measure, spec in asked.items():
        taking.take(measure, spec)
    return taking.taken()


class _Taking:
    """Takes figures from results; keeps what is wrong."""

    def __init__(
        self,
        evidence: Evidence,
        read: ResultsRead,
        period: Span | None,
        roster: Roster | None,
    ) -> None:
        self._evidence, self._broken = evidence, read.broken
        self._found: dict[Diagnostic, None] = {}
        self._missing: dict[str, list[str]] = defaultdict(list)
        self._days = None if period is None else (period.from_, period.to)
        unfit = {file.file for file in read.files if not self._is_final(file)}
        self._unfit = {file.rubric for file in read.files if file.file in unfit}
        by_rubric: dict[str, list[ResultFile]] = defaultdict(list)
        for file in read.files:
            if file.file not in unfit:
                by_rubric[file.rubric].append(file)
        self._units = evidence.units
        self._spellings = roster.spellings if roster else {fold(unit.unit): unit.unit for unit in self._units}
        self._sources = {rubric: self._source(rubric, files) for rubric, files in by_rubric.items()}
        self._gathered = {unit.unit: _Gathered() for unit in self._units}
        self._rows = dict(evidence.rows)

    def _report(self, finding: Diagnostic) -> None:
        self._found[finding] = None

    def _is_final(self, file: ResultFile) -> bool:
        """Return whether a result may be evidence; report why not."""
        wrong: dict[str, str] = {}
        if file.interim is not None:
            through = file.interim.through
            wrong["result interim"] = "、".join(file.interim.rounds) if through is None else through.isoformat()
        if file.unscored:
            wrong["result provisional"] = _names(file.unscored)
        if self._days is not None and file.period not in (None, self._days):
            wrong["result period"] = "—".join(day.isoformat() for day in file.period or ())
        for reason, more in wrong.items():
            self._report(at_file(Code.RESULT_UNFIT, file.file, reason=reason, more=more))
        return not wrong

    def _key(self, name: str) -> str:
        """Return the normal form of a name, the same for all names of a unit of the roster."""
        return fold(self._spellings.get(fold(name), name))

    def _source(self, rubric: str, files: Sequence[ResultFile]) -> _Source:
        """Gather the units of all results of a rubric; report those that stand twice."""
        units: dict[str, _Listed] = {}
        twice: set[str] = set()
        for listed in (_Listed(file, unit) for file in files for unit in file.units):
            first = units.setdefault(self._key(listed.unit.unit), listed)
            if first is not listed:
                twice.add(self._key(listed.unit.unit))
                args = {"unit": listed.unit.unit, "rubric": rubric, "first": str(first.place(first.unit.path))}
                self._report(at_cell(Code.RESULT_UNIT_TWICE, listed.place(listed.unit.path), **args))
        return _Source(units, twice, tuple(files))

    def take(self, measure: str, spec: MeasureSpec) -> None:
        """Take the figure of a measure for every unit."""
        rubric, source = spec.result or "", self._sources.get(spec.result or "")
        column = self._evidence.columns.get(measure)
        if column is not None:
            self._report(at_cell(Code.RESULT_ENTERED, column, measure=measure, rubric=rubric))
        elif source is None and not (self._broken or rubric in self._unfit):
            self._missing[rubric].append(measure)
        if column is not None or source is None or rubric in self._unfit or not self._has_marks(source, spec):
            for gathered in self._gathered.values():
                gathered.faults.add(measure)
            return
        self._report_strangers(source, spec)
        below = self._below(source, spec)
        for unit in self._units:
            if spec.within is None:
                self._take_own(unit.unit, measure, spec, source)
            else:
                self._take_below(unit.unit, measure, spec, below[self._key(unit.unit)], source)

    def _has_marks(self, source: _Source, spec: MeasureSpec) -> bool:
        """Return whether a rate can be worked out, where one is asked for; report where it cannot."""
        lacking = [file for file in source.files if not file.full] if spec.figure_of_result == RATE else []
        for file in lacking:
            found = at_file(Code.RESULT_DAMAGED, file.file, at="rubric/full", found="", expected="json missing")
            none = at_file(Code.RESULT_UNFIT, file.file, reason="result without marks", more="")
            self._report(found if file.full is None else none)
        return not lacking

    def _report_strangers(self, source: _Source, spec: MeasureSpec) -> None:
        """Note the units of a result that are none of ours, nor below one."""
        ours = set(map(fold, self._gathered))
        strangers: dict[str, list[str]] = defaultdict(list)
        for listed in source.units.values():
            name = listed.unit.unit if spec.within is None else listed.unit.attributes.get(spec.within, "")
            if listed.unit.total is not None and self._key(name) not in ours:
                strangers[listed.file.file].append(listed.unit.unit)
        for file, names in strangers.items():
            args = {"units": _names(names), "count": str(len(names)), "within": spec.within or ""}
            self._report(at_file(Code.RESULT_OF_OTHERS, file, **args))

    def _below(self, source: _Source, spec: MeasureSpec) -> Mapping[str, list[_Listed]]:
        """Return the units of a result by the unit that they belong to, in normal form."""
        below: dict[str, list[_Listed]] = defaultdict(list)
        for listed in source.units.values():
            below[self._key(listed.unit.attributes.get(spec.within or "", ""))].append(listed)
        return below

    def _take_own(self, unit: str, measure: str, spec: MeasureSpec, source: _Source) -> None:
        """Take the figure of the unit of the same name."""
        gathered, listed = self._gathered[unit], source.units.get(self._key(unit))
        if listed is None:
            nowhere = Cell(source.files[0].file, None, 0, 0, "units")
            self._lack(gathered, measure, spec, NotTaken("missing", nowhere))
            return
        self._rows[listed.file.file, None, listed.unit.row] = ((0, unit),)
        read = None if self._key(unit) in source.twice else self._figure(listed, measure, spec)
        if read is None:
            gathered.faults.add(measure)
        elif read.figure is None:
            reason: NotTakenReason = "excluded" if read.total is None else "inapplicable"
            self._lack(gathered, measure, spec, NotTaken(reason, read.cell))
        else:
            gathered.figures[measure] = _taken(spec, listed, read.figure, (read,))

    def _take_below(
        self, unit: str, measure: str, spec: MeasureSpec, below: Sequence[_Listed], source: _Source
    ) -> None:
        """Take what the units below a unit come to."""
        gathered = self._gathered[unit]
        for listed in below:
            self._rows[listed.file.file, None, listed.unit.row] = ((0, unit),)
        read = [self._figure(listed, measure, spec) for listed in below]
        if None in read or any(self._key(listed.unit.unit) in source.twice for listed in below):
            gathered.faults.add(measure)
            return
        found = [each for each in read if each is not None]
        counted = tuple(each for each in found if each.figure is not None)
        left_out = tuple(each for each in found if each.figure is None)
        if left_out:
            args = {"unit": unit, "measure": measure, "units": _names([each.unit for each in left_out])}
            self._report(at_cell(Code.RESULT_LEFT_OUT, left_out[0].cell, **args))
        if not counted:
            nowhere = Cell(source.files[0].file, None, 0, 0, "units")
            self._lack(gathered, measure, spec, NotTaken("nobody", nowhere))
            return
        whole = sum((each.figure or Fraction(0) for each in counted), Fraction(0))
        value = whole / len(counted) if spec.combine == "mean" else whole
        taken = _taken(spec, below[0], value, counted)
        gathered.figures[measure] = replace(taken, combine=spec.combine, left_out=left_out)

    def _lack(self, gathered: _Gathered, measure: str, spec: MeasureSpec, lacking: NotTaken) -> None:
        if spec.missing is None:
            gathered.lacking[measure] = lacking
        else:
            gathered.inapplicable[measure] = lacking.cell

    def _figure(self, listed: _Listed, measure: str, spec: MeasureSpec) -> ResultUnit | None:
        """Read the figure of a unit; None where its result has no such node, which is reported."""
        unit, of = listed.unit, spec.figure_of_result
        if unit.total is None:
            return ResultUnit(unit.unit, listed.place(unit.path), None)
        sections = tuple(ResultSection(node.id, node.title, node.points) for node in unit.nodes)
        path, figure = f"{unit.path}/total", unit.total
        if of == RATE:
            figure /= listed.file.full or 1
        elif of != TOTAL:
            node = _node(unit, of)
            if node is None:
                known = "、".join(each.id for section in unit.nodes for each in section.below())
                args = {"measure": measure, "node": of, "known": known, "rounds": of if of in unit.in_rounds else ""}
                self._report(at_cell(Code.RESULT_WITHOUT_NODE, listed.place(f"{unit.path}/nodes"), **args))
                return None
            if not node.applies:
                return ResultUnit(unit.unit, listed.place(node.path), None, unit.total, sections)
            path, figure = node.path, node.points
        return ResultUnit(unit.unit, listed.place(path), figure, unit.total, sections)

    def taken(self) -> tuple[Evidence, tuple[Diagnostic, ...]]:
        """Return the evidence with all that was taken; report the rubrics of which there is no result."""
        for rubric, measures in self._missing.items():
            first = min(each.name for each in self._evidence.sources)
            self._report(at_file(Code.RESULT_MISSING, first, measure="、".join(measures), rubric=rubric))
        units = tuple(_with(unit, self._gathered[unit.unit]) for unit in self._units)
        return replace(self._evidence, units=units, rows=self._rows), tuple(self._found)


def _node(unit: ListedUnit, id_: str) -> ResultNode | None:
    return next((node for section in unit.nodes for node in section.below() if node.id == id_), None)


def _taken(spec: MeasureSpec, listed: _Listed, value: Fraction, units: tuple[ResultUnit, ...]) -> TakenFigure:
    node = _node(listed.unit, spec.figure_of_result)
    return TakenFigure(spec.result or "", spec.figure_of_result, node.title if node else "", value, units)


def _named_by(files: Sequence[ResultFile], asked: Mapping[str, MeasureSpec]) -> Iterator[UnitFacts]:
    """Return the units that results name which are read unit by unit."""
    rubrics = {spec.result for spec in asked.values() if spec.within is None}
    named: dict[str, UnitFacts] = {}
    for file in (file for file in files if file.rubric in rubrics):
        for unit in file.units:
            place = Cell(file.file, None, unit.row, 0, unit.path)
            named.setdefault(fold(unit.unit), UnitFacts(unit.unit, place, {}))
    yield from sorted(named.values(), key=lambda unit: order_key(unit.unit))


def _with(unit: UnitFacts, gathered: _Gathered) -> UnitFacts:
    """Return a unit with what was taken for it, which is given without a round."""
    facts = {measure: _fact(taken) for measure, taken in gathered.figures.items()}
    apart = unit.apart
    return replace(
        unit,
        facts=joined(unit.facts, facts),
        faults=unit.faults | gathered.faults,
        inapplicable={**unit.inapplicable, **gathered.inapplicable},
        taken=gathered.figures,
        not_taken=gathered.lacking,
        apart=None if apart is None else _with(replace(apart, apart=None), gathered),
    )


def _fact(taken: TakenFigure) -> Fact:
    parts = tuple(Fact(unit.figure or Fraction(0), unit.cell) for unit in taken.units)
    return Fact(taken.value, taken.units[0].cell, parts if taken.combine else ())


def _names(units: Sequence[str]) -> str:
    return "、".join(units[:_NAMED]) + ("…" if len(units) > _NAMED else "")
