"""Grades, thresholds and rounds: a grade that starts at 0, in order and within reach; weights and days of rounds."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import prod

from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Code, Diagnostic, Path, has_errors
from dangjian_score.core.points import percent, plain
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.totals import best_grades
from dangjian_score.rubric.standing import Combined, Grade, Span, rounds_of, spans_of_rounds, weights_of


def check(study: Study) -> Iterator[Diagnostic]:
    """Check the grades and thresholds, and the weights and days of rounds."""
    yield from _bottom_grade(study)
    yield from _order_of_grades(study)
    yield from _thresholds(study)
    yield from _idle_vetoes(study)
    yield from _points_beyond(study)
    yield from _weights(study)
    rounds = rounds_of(study.rubric.rounds)
    dated = spans_of_rounds(study.rubric.rounds, study.rubric.period)
    yield from _overlaps(study, dated)
    outside = tuple(_outside(study, dated))
    yield from outside
    if dated and len(dated) == len(rounds) and not has_errors(outside):
        yield from _gaps(study, dated)


def _bottom_grade(study: Study) -> Iterator[Diagnostic]:
    """Require one grade that starts at 0 without conditions; of those that start alike all but the last have some."""
    grades, first = study.rubric.grades, dict[tuple[object, object], str]()
    for name, grade in grades.items():
        for asked in (None, _conditions(grade)):
            if (other := first.get((grade.start, asked))) is not None:
                yield study.document.beside(_grade(study, name, "alike", other), [("grades", other)])
                break
        first.setdefault((grade.start, _conditions(grade)), name)
    for name in best_grades(grades)[-1:]:
        if grades[name].start != (Fraction(0), False):
            yield _grade(study, name, "bottom")
        if not grades[name].is_plain:
            yield _grade(study, name, "conditions")


def _conditions(grade: Grade) -> str | None:
    """Return the conditions and the quota of a grade as text to be compared; None without any."""
    return None if grade.is_plain else repr((grade.if_, grade.unless, grade.sections, grade.quota, grade.places))


def _grade(study: Study, name: str, what: str, other: str = "") -> Diagnostic:
    args = {"what": what, "grade": name, "other": other, "least": plain(study.rubric.grades[name].least)}
    return study.document.diagnostic(Code.GRADE_BOTTOM, ("grades", name), **args)


def _order_of_grades(study: Study) -> Iterator[Diagnostic]:
    """Report grades that are written neither from the best to the worst nor the other way round."""
    starts = [(name, grade.least) for name, grade in study.rubric.grades.items()]
    falling = not starts or starts[0][1] >= starts[-1][1]
    for (before, upper), (name, lower) in pairwise(starts):
        if upper != lower and (upper > lower) != falling:
            args = {"grade": name, "least": plain(lower), "other": before, "first": plain(upper)}
            yield study.document.at_key(Code.GRADES_DISORDER, ("grades", name), **args)


def _thresholds(study: Study) -> Iterator[Diagnostic]:
    """Report thresholds above anything a unit can get."""
    rubric, nodes = study.rubric, {node.id: node for node in study.program.nodes}
    most = _most(study, with_extras=rubric.grades_on == "total")
    for name, grade in rubric.grades.items():
        yield from _beyond(study, ("grades", name), grade.least, most)
        for section, asked in grade.sections.items():
            ceiling = nodes[section].ceiling if section in nodes else None
            bound = Fraction(1) if asked.percent else ceiling
            yield from _beyond(study, ("grades", name, "sections", section), asked.value, bound)
    total = _most(study, with_extras=True)
    for at, selection in enumerate(rubric.selections):
        if selection.at_least is not None:
            yield from _beyond(study, ("selections", at, "at_least"), selection.at_least, total)


def _idle_vetoes(study: Study) -> Iterator[Diagnostic]:
    """Report vetoes that leave grades and totals as they are, where there are no honours to bar from."""
    rubric, honours = study.rubric, any(selection.honours for selection in study.rubric.selections)
    for at, veto in enumerate(rubric.vetoes):
        if rubric.grades and not veto.lowers and (veto.selections or not honours):
            yield study.document.diagnostic(Code.RULE_IDLE, ("vetoes", at), what="idle veto", key="")


def _points_beyond(study: Study) -> Iterator[Diagnostic]:
    """Report conditions on points above what the nodes carry."""
    ceilings = {node.id: node.ceiling for node in study.program.nodes}
    added = isinstance(study.rubric.rounds, Combined) and study.rubric.rounds.combine == "sum"
    for path, asked in study.points_asked:
        ends = [ceilings.get(node) for node in asked.points]
        known = [end for end in ends if end is not None]
        if asked.at_least is not None and len(known) == len(ends) and not (added and asked.over == "all"):
            yield from _beyond(study, (*path, "at_least"), asked.at_least.value, sum(known, Fraction(0)))


def _beyond(study: Study, path: Path, asked: Fraction, most: Fraction | None) -> Iterator[Diagnostic]:
    if most is not None and asked > most:
        yield study.document.diagnostic(Code.NEVER_REACHED, path, asked=plain(asked), most=plain(most))


def _most(study: Study, *, with_extras: bool) -> Fraction | None:
    """Return the most a unit's total can be, with bonus sections or without; None where nothing caps it."""
    rubric, sections, rounds = study.rubric, study.program.sections, study.rubric.rounds
    if isinstance(rounds, Combined) and rounds.combine == "sum":
        return None  # there is more to get than in one round
    base = [_ceiling(node) for node in sections if node.kind == "base"]
    extras = [_ceiling(node) for node in sections if node.kind in ("bonus", "adjust")] if with_extras else []
    known = [ceiling for ceiling in (*base, *extras) if ceiling is not None]
    if len(known) < len(base) + len(extras):
        return None
    own, product = known[: len(base)], rubric.product
    scaled = sum(own, Fraction(0)) if product is None else prod(own, start=1 / product.over)
    if rubric.reported_as is not None and base:
        scaled = rubric.reported_as
    most = sum(known[len(base) :], scaled)
    return most if rubric.ceiling == "none" else min(most, rubric.ceiling)


def _ceiling(section: NodeTree) -> Fraction | None:
    """Return the most points of a section that count."""
    return None if section.ceiling is None else section.node.share * section.ceiling


def _round_path(study: Study, name: str) -> Path:
    """Return the place of a round in the YAML."""
    return ("rounds", *(("names",) if isinstance(study.rubric.rounds, Combined) else ()), name)


def _weights(study: Study) -> Iterator[Diagnostic]:
    """Require that every weighted round has a weight, and that the weights add up to 1."""
    rounds = study.rubric.rounds
    if rounds is None or isinstance(rounds, Combined):
        return
    without = [name for name, round_ in rounds.items() if round_.weight is None]
    for name in without:
        yield study.document.diagnostic(Code.KEY_MISSING, ("rounds", name), key="weight")
    added = sum(weights_of(rounds).values(), Fraction(0))
    if added != 1 and not without:
        yield study.document.at_key(Code.WEIGHTS_DIFFER, ("rounds",), added=percent(added))


def _overlaps(study: Study, dated: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Report a round that has days of another one: a row of a register might belong to either."""
    in_text = list(dated)
    running: list[str] = []
    for name, span in sorted(dated.items(), key=lambda pair: (pair[1].from_, pair[1].to)):
        running = [other for other in running if dated[other].to >= span.from_]
        for other in running:
            first, second = sorted((name, other), key=in_text.index)
            args = {"round": second, "other": first, "days": _days(span.from_, min(span.to, dated[other].to))}
            found = study.document.at_key(Code.ROUNDS_OVERLAP, _round_path(study, second), **args)
            yield study.document.beside(found, [_round_path(study, first)])
        running.append(name)


def _outside(study: Study, dated: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Report rounds outside the period: an error where no day is inside, a warning where some are."""
    period = study.rubric.period
    if period is None:
        return
    for name, span in dated.items():
        args = {"round": name, "days": _days(span.from_, span.to), "period": _days(period.from_, period.to)}
        if span.to < period.from_ or span.from_ > period.to:
            yield study.document.at_key(Code.ROUND_OUTSIDE, _round_path(study, name), **args)
        elif span.from_ < period.from_ or span.to > period.to:
            yield study.document.at_key(Code.ROUNDS_GAP, _round_path(study, name), gap="", **args)


def _gaps(study: Study, dated: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Report days (of the period, where there is one) that belong to no round though every round has its days."""
    spans = sorted((span.from_.toordinal(), span.to.toordinal()) for span in dated.values())
    first, last = spans[0][0], max(end for _, end in spans)
    if (period := study.rubric.period) is not None:
        first, last = period.from_.toordinal(), period.to.toordinal()
    reached = first - 1
    for start, end in (*spans, (last + 1, last + 1)):
        gap = reached + 1, min(start, last + 1) - 1
        if gap[0] <= gap[1]:
            days = _days(*map(date.fromordinal, gap))
            yield study.document.at_key(Code.ROUNDS_GAP, ("rounds",), gap=days, round="", days="", period="")
        reached = max(reached, end)


def _days(first: date, last: date) -> str:
    return f"{first.isoformat()} 至 {last.isoformat()}" if first != last else first.isoformat()
