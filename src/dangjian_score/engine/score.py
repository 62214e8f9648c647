"""Score units: a program and evidence in, a result out; the details of a unit are traced when they are asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import groupby

from msgspec import Struct

from dangjian_score.core.algebra import Compare, figures, reads, refs, walk
from dangjian_score.core.facts import Evidence, UnitFacts
from dangjian_score.core.points import rounded
from dangjian_score.core.watching import Watch, unwatched
from dangjian_score.engine import exact
from dangjian_score.engine import step_names as s
from dangjian_score.engine.deciding import Decider, held_clauses, struck_vetoes
from dangjian_score.engine.dues import due_from
from dangjian_score.engine.evaluate import Scorer, ruled, scored_once, total_steps, weighted
from dangjian_score.engine.exact import Done
from dangjian_score.engine.grading import GradedUnits, as_fixed, final_grades, grade_all
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.prepare import Cohort, prepare
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import (
    Detail,
    Excluded,
    Pending,
    PointsLine,
    Result,
    RoundResult,
    TotalColumn,
    UnitResult,
    Unscored,
)
from dangjian_score.engine.standing import (
    Chosen,
    CountedUnits,
    Standing,
    group_of,
    group_ranks,
    merit,
    ranks,
    select,
    stand,
)
from dangjian_score.engine.totals import Pass
from dangjian_score.engine.trace import Trace, Tracer, limit_line, weight_line
from dangjian_score.rubric.model import KINDS, Kind
from dangjian_score.rubric.standing import rounds_of, spans_of_rounds


def precise(
    program: Program, standings: Sequence[Standing], others: Sequence[Standing] = ()
) -> Mapping[str, frozenset[str]]:
    """Return by unit the steps (nodes by id) whose figures differ, or pass a bound, only in digits not shown.

    They differ from those of the same units, or of `others`.
    """
    found: dict[str, set[str]] = {}
    for unit, step in (*_ties(program, (*standings, *others)), *_bounds(program, standings)):
        found.setdefault(unit, set()).add(step)
    return {unit: frozenset(steps) for unit, steps in found.items()}


def _ties(program: Program, standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
    """Find units of equal total whose order a section or item decides that is shown with equal points."""
    rubric = program.rubric
    nodes = [tie.points for tie in rubric.tie_break if tie.points is not None]
    ordered = sorted(standings, key=lambda standing: merit(program, standing)) if nodes else ()
    for _, equals in groupby(ordered, key=lambda standing: standing.total):
        together = list(equals)
        for node in nodes:
            shown: dict[object, set[object]] = {}
            for standing in together:
                shown.setdefault(rounded(standing.done[node], rubric.shown_places), set()).add(standing.done[node])
            for standing in together:
                if len(shown[rounded(standing.done[node], rubric.shown_places)]) > 1:
                    yield standing.unit, node


def _bounds(program: Program, standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
    """Find figures that are on one side of a bound, and on the other side as they are shown."""
    places, points = program.rubric.shown_places, {s.REPORTED, *(node.id for node in program.nodes)}
    steps = (*program.verdict, *(step for asked in program.asks.values() for step in asked))
    parts = dict.fromkeys(part for step in steps for part in walk(step.expr) if isinstance(part, Compare))
    asked = [(part, names) for part in parts if (names := refs(part.left)) and points.issuperset(names)]
    asked = [(part, names) for part, names in asked if not (reads(part) or figures(part))]
    for standing in standings if asked else ():
        for part, names in asked:
            value, bound = (exact.number(side, {}, standing.done) for side in (part.left, part.right))
            shown = rounded(value, places)
            if (value >= bound) != (shown >= bound) or (value > bound) != (shown > bound):
                yield from ((standing.unit, name) for name in names)


def score(
    program: Program, evidence: Evidence, unscored: tuple[Unscored, ...] = (), watch: Watch = unwatched
) -> Result:
    """Score every unit. The evidence must have passed `checks.evidence`: each measure that is due has its value.

    Quotas of selections count the `unscored` too, whose evidence did not pass and is not given.
    """
    program = program.with_rulings(ruled(evidence))
    cohort = prepare(program, evidence)
    scorer = Scorer(cohort)
    standings = {at: standing_of(scorer, at) for at in watch(cohort.taking_part, "units")}
    outcome = _outcome(cohort, tuple(standings.values()), cohort.countable(unit.attributes for unit in unscored))
    results = units_among(scorer, standings, outcome)
    return Result(
        program.rubric,
        evidence.sources,
        total_columns(program),
        _in_order(program, results),
        excluded_units(cohort),
        outcome.chosen,
        as_fixed(program, outcome.graded, cohort.units),
        unscored,
        program.interim,
        tuple(pending(program)),
        own_files=partial(_own_files, evidence.units),
    )


def standing_of(scorer: Scorer, at: int) -> Standing:
    """Return the standing of a unit by its place in the evidence."""
    cohort = scorer.cohort
    unit = cohort.units[at]
    return stand(scorer.program, unit, scorer.closed(at), cohort.unranked.get(unit.unit, ()))


class Outcome(Struct, frozen=True):
    """What all units come to among each other: grades, selections, ranks and ranks in groups, by unit.

    `others` are standings of units that are not asked about, from whose points those of the asked are to be told.
    """

    graded: GradedUnits
    chosen: tuple[Chosen, ...]
    ranks: Mapping[str, int]
    group_ranks: Mapping[str, int]
    others: tuple[Standing, ...] = ()


def _outcome(cohort: Cohort, standings: Sequence[Standing], countable: CountedUnits) -> Outcome:
    program = cohort.program
    graded = grade_all(program, standings, countable)
    chosen = select(program, standings, final_grades(graded, cohort.units), countable)
    in_group = group_ranks(program, standings) if program.rubric.groups else {}
    return Outcome(graded, chosen, ranks(program, standings), in_group)


def _own_files(units: Sequence[UnitFacts]) -> Mapping[str, frozenset[str]]:
    """Return the files that are about one unit alone, by that unit."""
    owners: dict[str, set[str]] = {}
    for unit in units:
        facts = (cell for fact in unit.facts.values() for cell in fact.cells)
        for cell in (unit.cell, *facts, *(event.cell for event in unit.events)):
            owners.setdefault(cell.file, set()).add(unit.unit)
    own = [(name, file) for file, (name, *others) in owners.items() if not others]
    return {unit: frozenset(file for name, file in own if name == unit) for unit, _ in own}


def _in_order(program: Program, results: Iterable[UnitResult]) -> tuple[UnitResult, ...]:
    """Sort units by group, in the order of the evidence, then by rank; those without a rank come last."""
    found = list(results)
    within = program.rubric.groups
    groups = {group: at for at, group in enumerate(dict.fromkeys(group_of(within, unit.attributes) for unit in found))}

    def place(unit: UnitResult) -> tuple[bool, int, int]:
        return unit.rank is None, groups[group_of(within, unit.attributes)], unit.rank or 0

    return tuple(sorted(found, key=place))


def excluded_units(cohort: Cohort) -> tuple[Excluded, ...]:
    """Return the units that do not take part, with why."""
    held = ((at, unit, cohort.excluded.get(unit.unit, ())) for at, unit in enumerate(cohort.units))
    return tuple(Excluded(unit.unit, unit.attributes, held_clauses(cohort, at, out)) for at, unit, out in held if out)


def units_among(scorer: Scorer, standings: Mapping[int, Standing], outcome: Outcome) -> Iterator[UnitResult]:
    """Visit the results of units, by their places in the evidence, from what all units come to."""
    cohort, program = scorer.cohort, scorer.program
    columns, to_the_digit = total_steps(program), precise(program, [*standings.values()], outcome.others)
    detailer, decider = Detailer(scorer), Decider(cohort, outcome.graded, outcome.chosen)
    titles = dict[str, list[str]]()
    for choice in outcome.chosen:
        for unit in choice.units:
            titles.setdefault(unit, []).append(choice.selection.title)
    for at, standing in standings.items():
        yield UnitResult(
            unit=standing.unit,
            rank=outcome.ranks.get(standing.unit),
            total=standing.total,
            kinds={kind: standing.done[s.of_kind(kind)] for kind in KINDS},
            grading=outcome.graded.units[standing.unit],
            columns=tuple(standing.done[step] for step in columns),
            trace=partial(detailer.detail, at, standing),
            attributes=standing.attributes,
            vetoes=tuple(veto.title for veto in standing.vetoes),
            selections=tuple(titles.get(standing.unit, ())),
            precise=to_the_digit.get(standing.unit, frozenset()),
            due=standing.due,
            rate=standing.rate,
            group_rank=outcome.group_ranks.get(standing.unit),
            ruling=cohort.units[at].grade_ruling if program.rubric.grades else None,
            taken=cohort.units[at].taken,
            decisions=decider.decisions(at, standing),
        )


def pending(program: Program) -> Iterator[Pending]:
    """Visit what is not due: rounds, then the topmost nodes of which nothing is due."""
    interim, rubric = program.interim, program.rubric
    if interim is None:
        return
    spans = spans_of_rounds(rubric.rounds, rubric.period)
    for name in rounds_of(rubric.rounds):
        if name not in interim.rounds:
            yield Pending(name, since=spans[name].to if name in spans else None)
    for node in program.not_due:
        yield Pending(node.node.title, node.id, due_from(node))


def total_columns(program: Program) -> tuple[TotalColumn, ...]:
    """Return the columns of `total_steps`: the rounds, then the sections that are scored once."""
    rounds = [TotalColumn(part.round or "") for part in weighted(program)]
    once = (section for _, section in scored_once(program) if section.is_due)
    return (*rounds, *(_column(section) for section in once))


def _column(section: NodeTree) -> TotalColumn:
    most = None if section.max is None else section.node.share * section.max
    return TotalColumn(section.node.title, most, section.id, section.node.weight)


class Detailer:
    """Works out the details of the units of a cohort."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer, self._program = scorer, scorer.program
        self._tracers = {
            part.key: Tracer(part, scorer.decoders[part.key].places, scorer.layouts[part.key])
            for part in self._program.passes
        }

    def detail(self, at: int, standing: Standing) -> Detail:
        """Return the detail of a unit by its place in the evidence."""
        found, closed = self._scorer.traceable(at)
        traces = {key: Trace(tracer, found[key]) for key, tracer in self._tracers.items()}
        return _TracedUnit(self._program, traces, closed, standing).detail()


class _TracedUnit(Struct, frozen=True):
    """A unit with its traces by pass and its steps over all passes (`closed`)."""

    program: Program
    traces: Mapping[str, Trace]
    closed: Done
    standing: Standing

    def detail(self) -> Detail:
        once = [part for part in self.program.passes if part.weight is None]
        return Detail(
            lines=(
                *(line for part in once for line in self._joining(part)),
                *self._total_lines(),
                *self._veto_lines(),
            ),
            nodes=tuple(self.traces[part.key].section(section) for part, section in scored_once(self.program)),
            rounds={part.round: self._round(part) for part in weighted(self.program) if part.round},
        )

    def _round(self, part: Pass) -> RoundResult:
        return RoundResult(
            weight=part.share,
            base=self.traces[part.key].done[s.SCALED],
            lines=tuple(self._joining(part)),
            nodes=tuple(self.traces[part.key].section(section) for section in part.sections),
        )

    def _joining(self, part: Pass) -> Iterator[PointsLine]:
        """Visit the lines from the points of sections to those of a pass: weights, a product, the scale."""
        done = self.traces[part.key].done
        for section in part.sections:
            if section.node.weight is not None and (points := done[section.id]):
                yield weight_line(section, section.kind, points, done[s.counted(section.id)])
        base = {section.id: section for section in part.sections if section.kind == "base"}
        if base and (product := self.program.rubric.product) is not None:
            yield self._product([base[name] for name in product.product], done, product.over)
        if s.DUE in done and done[s.DUE] != done[s.WHOLE]:
            moved = done[s.SCALED] - done[s.SUM]
            figures = {"due": done[s.DUE], "have": done[s.SUM], "of": done[s.WHOLE], "scaled": done[s.SCALED]}
            yield PointsLine("base", "rescale", moved, moved, figures=figures)

    def _product(self, factors: Sequence[NodeTree], done: Done, over: Fraction) -> PointsLine:
        """Return the line of the points of sections that are multiplied."""
        points = [done[factor.id] for factor in factors]
        figures = {f"factor {at}": value for at, value in enumerate(points, start=1)}
        moved = done[s.SUM] - sum(points, Fraction(0))
        figures |= {"over": over, "product": done[s.SUM]}
        titles = tuple(factor.node.title for factor in factors)
        return PointsLine("base", "product", moved, moved, figures=figures, titles=titles)

    def _veto_lines(self) -> Iterator[PointsLine]:
        """Visit the vetoes that hold, with what they rest on; the first that sets the total moves it."""
        moved = self.standing.total - self.closed[s.TOTAL]
        held = struck_vetoes(self.program, self.closed, {key: trace.ready for key, trace in self.traces.items()})
        for veto, struck in zip(self.standing.vetoes, held, strict=True):
            points, moved = (moved, Fraction(0)) if veto.total == self.standing.total else (Fraction(0), moved)
            source = None if veto.source is None else veto.source.cited
            yield PointsLine("total", "veto", points, points, source, cells=struck.grounds.cells, struck=struck)

    def _weighing(self, name: str, step: str, points: Fraction) -> PointsLine:
        """Return the line of the points of all rounds."""
        rounds = {part.round or "": part for part in self.program.passes if part.weight is not None}
        figures = {name: self.closed[part.at(step)] for name, part in rounds.items()}
        weights = {name: part.share for name, part in rounds.items()}
        return PointsLine(name, "rounds", points, points, figures=figures, weights=weights, titles=tuple(rounds))

    def _of_rounds(self, kind: Kind) -> Fraction:
        """Return the points of a kind of sections over all rounds: those of the kind without sections scored once."""
        once = (part for part in self.program.passes if part.weight is None)
        step = s.of_kind_in_pass(kind)
        return self.closed[s.of_kind(kind)] - sum((self.traces[part.key].done[step] for part in once), Fraction(0))

    def _total_lines(self) -> Iterator[PointsLine]:
        done = self.closed
        if s.WEIGHED in done and weighted(self.program):
            yield self._weighing("base", s.SCALED, done[s.WEIGHED])
        for kind in KINDS[1:] if any(part.weight is not None for part in self.program.passes) else ():
            if weighed := self._of_rounds(kind):
                yield self._weighing(kind, s.of_kind_in_pass(kind), weighed)
        if self.program.rubric.reported_as is not None and (moved := done[s.REPORTED] - done[s.RAW]):
            yield PointsLine("base", "report", moved, moved, figures={"have": done[s.RAW], "scaled": done[s.REPORTED]})
        raw, held, total = (done[step] for step in (s.TOTAL_RAW, s.TOTAL_HELD, s.TOTAL))
        if held != raw:
            yield limit_line("total", raw, held, None)
        if total != held:
            yield PointsLine("total", "rounding", total - held, total - held, figures={"have": held, "kept": total})
