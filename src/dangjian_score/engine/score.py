"""The pure function: a rubric and evidence in, a result out.

The points are the program's; the lines are asked of the same steps afterwards.
"""

from collections.abc import Iterator
from fractions import Fraction

from dangjian_score.engine import exact, program
from dangjian_score.engine.algebra import Expr, Test, reads
from dangjian_score.engine.exact import Done
from dangjian_score.engine.phrases import Holding, Lacking, Phrase, Steps
from dangjian_score.engine.program import NodeTree, Program, compile_rubric
from dangjian_score.engine.result import Because, Line, NodeResult, Result, UnitResult
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.standing import grade_of, ranks
from dangjian_score.facts import Evidence, UnitFacts
from dangjian_score.rubric.model import KINDS, Rubric


def score(rubric: Rubric, evidence: Evidence) -> Result:
    """Score every unit. The evidence must have passed `checks.evidence`: each measure that is due has its value."""
    compiled = compile_rubric(rubric)
    runs = [(unit, exact.run(compiled, unit.values)) for unit in evidence.units]
    rank = ranks({unit.unit: done[program.TOTAL] for unit, done in runs})
    units = [_unit(compiled, unit, done, rank[unit.unit]) for unit, done in runs]
    return Result(rubric, evidence.sources, tuple(sorted(units, key=lambda one: (one.rank, one.unit))))


def _unit(compiled: Program, unit: UnitFacts, done: Done, rank: int) -> UnitResult:
    trace = _Trace(unit, done)
    total = done[program.TOTAL]
    return UnitResult(
        unit=unit.unit,
        rank=rank,
        total=total,
        kinds={kind: done[program.of_kind(kind)] for kind in KINDS},
        grade=grade_of(total, compiled.rubric.grades),
        lines=tuple(_total_lines(done)),
        nodes=tuple(trace.node(section) for section in compiled.sections),
    )


def _total_lines(done: Done) -> Iterator[Line]:
    raw, held, total = (done[step] for step in (program.TOTAL_RAW, program.TOTAL_HELD, program.TOTAL))
    if held != raw:
        yield _limit_line("total", raw, held, None)
    if total != held:
        yield Line("total", "rounding", total - held, total - held)


def _limit_line(name: str, raw: Fraction, held: Fraction, clause: str | None) -> Line:
    moved = held - raw
    return Line(name, "floor" if moved > 0 else "ceiling", moved, moved, clause, limit=held)


class _Trace:
    """Asks one unit's evaluated steps for the lines that explain them."""

    def __init__(self, unit: UnitFacts, done: Done) -> None:
        self._facts, self._values, self._done = unit.facts, unit.values, done

    def node(self, tree: NodeTree) -> NodeResult:
        """Give a node's points with all below it."""
        return NodeResult(
            id=tree.id,
            title=tree.node.title,
            kind=tree.kind,
            clause=tree.clause,
            max=tree.max,
            start=tree.start,
            points=self._done[tree.id],
            lines=tuple(self._lines(tree)),
            nodes=tuple(self.node(lower) for lower in tree.nodes),
        )

    def _lines(self, tree: NodeTree) -> Iterator[Line]:
        for rule in tree.rules:
            before, points = self._done[program.before_cap(rule)], self._done[rule.name]
            if before != 0:
                yield Line(rule.name, rule.verb, before, points, tree.clause, self._because(rule))
        raw, held = self._done[tree.raw], self._done[tree.held]
        if held != raw:
            yield _limit_line(tree.id, raw, held, tree.clause)
        taken = self._done[tree.id] - held
        for rule in tree.rules:
            if rule.forfeits is not None and exact.holds(rule.forfeits, self._values, self._done):
                yield Line(rule.name, "forfeit", taken, taken, tree.clause, self._because(rule))
                taken = Fraction(0)

    def _because(self, rule: RuleTree) -> Because:
        basis = rule.basis
        which = tuple(test for test in _members(basis) if exact.holds(test, self._values, self._done))
        trees = (basis.expr, *([rule.forfeits] if rule.forfeits else []))
        looked_at: tuple[Expr | Test, ...] = which or trees
        measures = reads(*([rule.guard] if rule.guard else []), *looked_at)
        figures = {**basis.figures, "times": basis.expr}
        return Because(
            basis=basis,
            guard=rule.guard,
            price=rule.price,
            cap=rule.cap,
            figures={name: exact.number(expr, self._values, self._done) for name, expr in figures.items()},
            which=which,
            readings={name: self._facts[name] for name in measures},
            note=rule.note,
        )


def _members(basis: Phrase) -> tuple[Test, ...]:
    counting = basis.of if isinstance(basis, Steps) else basis
    return counting.counted if isinstance(counting, Holding | Lacking) else ()
