"""What is wrong with the measures: one name taken for two things or written two ways, unfit bounds and blanks."""

from collections.abc import Iterator

from dangjian_score.diagnostics import Code, Diagnostic
from dangjian_score.engine.algebra import Is, walk
from dangjian_score.engine.catalogue import Measure, UsedAs, catalogue, kind_of, uses
from dangjian_score.engine.program import Program
from dangjian_score.names import fold
from dangjian_score.points import plain
from dangjian_score.rubric.conditions import Term
from dangjian_score.rubric.fields import Quantity
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.model import MeasureSpec
from dangjian_score.rubric.rules import AnyRule, Counted, Per, PerMissing, PerOver, Ratio, Tiers
from dangjian_score.rubric.source import Path


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    used = uses(program)
    yield from _kinds(loaded, used)
    yield from _spellings(loaded, used)
    yield from _units(loaded, program)
    yield from _levels(loaded, program)
    known = catalogue(program)
    for name, spec in loaded.rubric.measures.items():
        if name not in {one.measure for one in used}:
            yield loaded.document.diagnostic(Code.MEASURE_UNUSED, ("measures", name), at_key=True, measure=name)
        elif name in known:
            yield from _spec(loaded, known[name], spec)


def _path(one: UsedAs) -> Path:
    return (*one.node.path, "rules", one.rule_at)


def _kinds(loaded: Loaded, used: tuple[UsedAs, ...]) -> Iterator[Diagnostic]:
    """Report the use that does not go with the declaration, or with the uses before it."""
    before: dict[str, list[UsedAs]] = {}
    for one in used:
        earlier = before.setdefault(one.measure, [])
        spec = loaded.rubric.measures.get(one.measure)
        declared = spec.type if spec else None
        if kind_of(frozenset(e.use for e in (*earlier, one)), declared) is None:
            where = ("measures", one.measure) if declared else _path(earlier[0])
            yield loaded.document.diagnostic(
                Code.TYPE_CONFLICT,
                _path(one),
                measure=one.measure,
                use=one.use,
                other=declared or earlier[0].use,
                line=str(loaded.document.values[where].line),
            )
        else:
            earlier.append(one)


def _spellings(loaded: Loaded, used: tuple[UsedAs, ...]) -> Iterator[Diagnostic]:
    """Report names that differ only in width or spaces: they would be one column."""
    first: dict[str, str] = {}
    for one in used:
        if (known := first.setdefault(fold(one.measure), one.measure)) != one.measure:
            yield loaded.document.diagnostic(Code.MEASURE_SPELLING, _path(one), measure=one.measure, other=known)


def _units(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Report rules that mix per cents with plain numbers, or count between per cents without a step."""
    for node in program.nodes:
        for at, rule in enumerate(node.node.rules):
            numbers = [term for term in _terms(rule) if isinstance(term, Quantity)]
            per_cents = [number for number in numbers if number.percent]
            path = (*node.path, "rules", at)
            if per_cents and any(not number.percent and number.value != 0 for number in numbers):
                yield loaded.document.diagnostic(Code.MIXED_UNITS, path)
            elif per_cents and isinstance(rule, Counted) and rule.every is None:
                yield loaded.document.diagnostic(Code.EVERY_MISSING, path)


def _terms(rule: AnyRule) -> tuple[Term, ...]:
    """Give the measures and numbers that a rule's basis sets against each other."""
    every = (rule.every,) if isinstance(rule, Counted) and rule.every else ()
    match rule:
        case Per():
            return (*rule.per, *every)
        case PerMissing():
            return (*rule.per_missing, *rule.of, *every)
        case PerOver():
            return (*rule.per_over, *rule.of, *every)
        case Ratio():
            return (*rule.ratio, *rule.of)
        case Tiers():
            return (*getattr(rule, rule.sense), *rule.entries)
        case _:
            return ()


def _levels(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Demand that levels are declared, and that rules name only those."""
    for node in program.nodes:
        for at, rule in enumerate(node.rules):
            tests = {part for tree in rule.trees for part in walk(tree) if isinstance(part, Is)}
            for test in sorted(tests, key=lambda one: (one.measure, one.level)):
                spec = loaded.rubric.measures.get(test.measure, MeasureSpec())
                path = (*node.path, "rules", at)
                if not spec.levels:
                    yield loaded.document.diagnostic(Code.LEVELS_MISSING, path, measure=test.measure)
                elif test.level not in (*spec.levels, "无"):
                    yield loaded.document.diagnostic(
                        Code.LEVEL_UNKNOWN,
                        path,
                        measure=test.measure,
                        level=test.level,
                        levels="、".join(spec.levels),
                    )


_BLANKS = {"0": {"count", "number", "score", "percent"}, "是": {"yes_no"}, "否": {"yes_no"}, "无": {"level"}}


def _spec(loaded: Loaded, measure: Measure, spec: MeasureSpec) -> Iterator[Diagnostic]:
    """Hold a measure's declared bounds and blank against its kind."""
    path = ("measures", measure.name)
    if spec.blank != "error" and measure.kind not in _BLANKS[spec.blank]:
        yield loaded.document.diagnostic(Code.BLANK_UNFIT, (*path, "blank"), blank=spec.blank, kind=measure.kind)
    for key in ("min", "max"):
        bound: Quantity | None = getattr(spec, key)
        if bound is not None and bound.value != 0 and bound.percent != (measure.kind == "percent"):
            yield loaded.document.diagnostic(Code.MIXED_UNITS, (*path, key))
    if measure.least is not None and measure.most is not None and measure.least > measure.most:
        least, most = plain(measure.least), plain(measure.most)
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, path, floor=least, ceiling=most)
