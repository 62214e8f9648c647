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
from dangjian_score.core.points import percent, plain
from dangjian_score.evidence.facts.units import Roster
from dangjian_score.evidence.outcomes import ResultFile, ResultNode, UnitRead
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
    unit: UnitRead

    def place(self, path: str) -> Cell:
        """Return a place of the unit in its file."""
        return Cell(self.file.file, None, self.unit.row, 0, path)


class _Source(Struct, frozen=True):
    """The results of one rubric: units in normal form, and those of them for which two results are given."""

    files: tuple[ResultFile, ...]
    units: Mapping[str, _Listed]
    twice: Collection[str]

    @property
    def nowhere(self) -> Cell:
        """The place where a unit that is not listed would be."""
        return Cell(self.files[0].file, None, 0, 0, "units")


class _Gathered(Struct):
    """What was read for one unit, by measure."""

    figures: dict[str, TakenFigure] = field(default_factory=dict)
    lacking: dict[str, NotTaken] = field(default_factory=dict)
    inapplicable: dict[str, Cell] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)

    def lack(self, measure: str, spec: MeasureSpec, lacking: NotTaken) -> None:
        """Note that there is no figure: 不适用 where the rubric says so."""
        if spec.missing is None:
            self.lacking[measure] = lacking
        else:
            self.inapplicable[measure] = lacking.cell


def with_results(
    evidence: Evidence, read: ResultsRead, asked: Mapping[str, MeasureSpec], rubric: Rubric, roster: Roster | None
) -> tuple[Evidence, tuple[Diagnostic, ...]]:
    """Return the evidence with the figures of the measures that are `asked` of results, and all that is wrong.

    Where nothing else names units, those of the results are scored that are read unit by unit.
    """
    if not asked:
        return evidence, ()
    named = () if evidence.units or rubric.rounds else tuple(_named_by(read.files, asked))
    units = evidence.units or named
    spellings = roster.spellings if roster else {fold(unit.unit): unit.unit for unit in units}
    taking = _Taking(replace(evidence, units=units), spellings)
    for id_ in dict.fromkeys(spec.result or "" for spec in asked.values()):
        files = tuple(file for file in read.files if file.rubric == id_)
        measures = {name: spec for name, spec in asked.items() if spec.result == id_ and taking.is_free(name, spec)}
        final = [taking.is_final(file, rubric.period) for file in files]
        if files and all(final):
            taking.take(measures, taking.source(files))
        else:
            taking.leave(measures, "" if files or read.broken else id_)
    return taking.taken()


class _Taking:
    """Takes figures from results; keeps what is wrong."""

    def __init__(self, evidence: Evidence, spellings: Mapping[str, str]) -> None:
        self._evidence, self._spellings = evidence, spellings
        self._gathered = {unit.unit: _Gathered() for unit in evidence.units}
        self._rows = dict(evidence.rows)
        self._found: dict[Diagnostic, None] = {}

    def _report(self, finding: Diagnostic) -> None:
        self._found[finding] = None

    def is_final(self, file: ResultFile, period: Span | None) -> bool:
        """Return whether a result may be evidence for a period; report why not."""
        wrong: dict[str, str] = {}
        if file.interim is not None:
            through = file.interim.through
            wrong["result interim"] = "、".join(file.interim.rounds) if through is None else through.isoformat()
        if file.unscored:
            wrong["result provisional"] = _names(file.unscored)
        if period is not None and file.period is not None and (period.from_, period.to) != file.period:
            wrong["result period"] = "—".join(day.isoformat() for day in file.period)
        for reason, more in wrong.items():
            self._report(at_file(Code.RESULT_UNFIT, file.file, reason=reason, more=more))
        return not wrong

    def is_free(self, measure: str, spec: MeasureSpec) -> bool:
        """Return whether a measure is not entered as well; report where it is."""
        column = self._evidence.columns.get(measure)
        if column is not None:
            self._report(at_cell(Code.RESULT_ENTERED, column, measure=measure, rubric=spec.result or ""))
            self.leave([measure], "")
        return column is None

    def leave(self, measures: Collection[str], missing: str) -> None:
        """Leave measures without figures, for which something else is reported, or the rubric without a result."""
        for gathered in self._gathered.values():
            gathered.faults.update(measures)
        if missing and measures:
            first = self._evidence.first_file
            self._report(at_file(Code.RESULT_MISSING, first, measure="、".join(measures), rubric=missing))

    def _key(self, name: str) -> str:
        """Return the normal form of a name, the same for all names of a unit of the roster."""
        return fold(self._spellings.get(fold(name), name))

    def source(self, files: tuple[ResultFile, ...]) -> _Source:
        """Gather the units of all results of a rubric; report those that stand twice, once for two files."""
        units: dict[str, _Listed] = {}
        twice: set[str] = set()
        beside: dict[tuple[str, str], list[tuple[_Listed, _Listed]]] = defaultdict(list)
        for listed in (_Listed(file, unit) for file in files for unit in file.units):
            key = self._key(listed.unit.unit)
            first = units.setdefault(key, listed)
            if first is not listed:
                twice.add(key)
                beside[first.file.file, listed.file.file].append((first, listed))
        for pairs in beside.values():
            (first, again), names = pairs[0], _names([listed.unit.unit for _, listed in pairs])
            args = {"unit": names, "rubric": again.file.rubric, "first": str(first.place(first.unit.path))}
            self._report(at_cell(Code.RESULT_UNIT_TWICE, again.place(again.unit.path), **args))
        return _Source(files, units, twice)

    def take(self, measures: Mapping[str, MeasureSpec], source: _Source) -> None:
        """Take the figures of measures for every unit from the results of one rubric."""
        for measure, spec in measures.items():
            if not self._has_marks(source, spec):
                self.leave([measure], "")
                continue
            self._report_strangers(source, spec)
            below = {} if spec.within is None else self._below(source, spec.within)
            for unit in self._gathered:
                if spec.within is None:
                    self._take_own(unit, measure, spec, source)
                else:
                    self._take_below(unit, measure, spec, source, below.get(self._key(unit), ()))

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

    def _below(self, source: _Source, within: str) -> Mapping[str, list[_Listed]]:
        """Return the units of a result by the unit that they belong to, in normal form."""
        below: dict[str, list[_Listed]] = defaultdict(list)
        for listed in source.units.values():
            below[self._key(listed.unit.attributes.get(within, ""))].append(listed)
        return below

    def _take_own(self, unit: str, measure: str, spec: MeasureSpec, source: _Source) -> None:
        """Take the figure of the unit of the same name."""
        gathered, listed = self._gathered[unit], source.units.get(self._key(unit))
        if listed is None:
            gathered.lack(measure, spec, NotTaken("missing", source.nowhere))
            return
        read = None if self._key(unit) in source.twice else self._figure(unit, listed, measure, spec)
        if read is None:
            gathered.faults.add(measure)
        elif read.figure is None:
            reason: NotTakenReason = "excluded" if read.total is None else "inapplicable"
            gathered.lack(measure, spec, NotTaken(reason, read.cell))
        else:
            self._keep(gathered, measure, spec, _taken(spec, listed, read.figure, (read,)))

    def _take_below(
        self, unit: str, measure: str, spec: MeasureSpec, source: _Source, below: Sequence[_Listed]
    ) -> None:
        """Take what the units below a unit come to."""
        gathered = self._gathered[unit]
        found = [each for each in (self._figure(unit, one, measure, spec) for one in below) if each is not None]
        if len(found) < len(below) or any(self._key(listed.unit.unit) in source.twice for listed in below):
            gathered.faults.add(measure)
            return
        figures = [each.figure for each in found if each.figure is not None]
        left_out = tuple(each for each in found if each.figure is None)
        if left_out:
            args = {"unit": unit, "measure": measure, "units": _names([each.unit for each in left_out])}
            self._report(at_cell(Code.RESULT_LEFT_OUT, left_out[0].cell, **args))
        if not figures:
            gathered.lack(measure, spec, NotTaken("nobody", source.nowhere))
            return
        value = sum(figures, Fraction(0)) / (len(figures) if spec.combine == "mean" else 1)
        taken = _taken(spec, below[0], value, tuple(each for each in found if each.figure is not None))
        self._keep(gathered, measure, spec, replace(taken, combine=spec.combine, left_out=left_out))

    def _keep(self, gathered: _Gathered, measure: str, spec: MeasureSpec, taken: TakenFigure) -> None:
        """Keep a figure; report one that is out of the bounds of the measure."""
        least, most = (None if bound is None else bound.value for bound in (spec.min, spec.max))
        if (least is not None and taken.value < least) or (most is not None and taken.value > most):
            write = percent if taken.of == RATE else plain
            limits = {"least": "" if least is None else write(least), "most": "" if most is None else write(most)}
            args = {"measure": measure, "found": write(taken.value), "kind": "number", "levels": "", **limits}
            self._report(at_cell(Code.OUT_OF_RANGE, taken.units[0].cell, **args))
            gathered.faults.add(measure)
        else:
            gathered.figures[measure] = taken

    def _figure(self, unit: str, listed: _Listed, measure: str, spec: MeasureSpec) -> ResultUnit | None:
        """Read a figure that is for one of our units; None where the result has no such node, which is reported."""
        there, of = listed.unit, spec.figure_of_result
        if there.total is None:
            return ResultUnit(there.unit, listed.place(there.path), None)
        self._rows[listed.file.file, None, there.row] = ((0, unit),)
        sections = tuple(ResultSection(node.id, node.title, node.points) for node in there.nodes)
        if of in (TOTAL, RATE):
            figure = there.total if of == TOTAL else there.rate
            return ResultUnit(there.unit, listed.place(f"{there.path}/total"), figure, there.total, sections)
        node = _node(there, of)
        if node is None:
            known = "、".join(each.id for section in there.nodes for each in section.below())
            args = {"measure": measure, "node": of, "known": known, "rounds": of if of in there.in_rounds else ""}
            self._report(at_file(Code.RESULT_WITHOUT_NODE, listed.file.file, **args))
            return None
        figure = node.points if node.applies else None
        return ResultUnit(there.unit, listed.place(node.path), figure, there.total, sections)

    def taken(self) -> tuple[Evidence, tuple[Diagnostic, ...]]:
        """Return the evidence with all that was taken, and what is wrong."""
        units = tuple(_with(unit, self._gathered[unit.unit]) for unit in self._evidence.units)
        return replace(self._evidence, units=units, rows=self._rows), tuple(self._found)


def _node(unit: UnitRead, id_: str) -> ResultNode | None:
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
