"""Measures: one name taken for two things or written two ways, undeclared levels, unfit bounds and blanks."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from dangjian_score.checks.study import PlacedRule, Study
from dangjian_score.core import algebra as a
from dangjian_score.core.columns import LEVEL
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.names import fold
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Measure, Use, UsedAs, kind_of
from dangjian_score.rubric.fields import Quantity
from dangjian_score.rubric.kinds.base import Counted
from dangjian_score.rubric.kinds.by import Graded, Leveled
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.votes import Ballot
from dangjian_score.rubric.measures import UNSAID, MeasureSpec, terms

_COMPARED: Final = 200
"""Names that a misspelt one is compared with; a rubric made to harm has thousands."""

_FILLERS: Final = frozenset("的之、，,和与及·-—_/（）()“”\"'")

_COMPARABLE: Final = ({"count"}, {"number"}, {"count", "number"}, {"percent"}, {"score"}, {"date"})
"""Kinds of figures that may be held against each other."""

_BLANKS: Final = {"0": {"count", "number", "score", "percent"}, "是": {"yes_no"}, "否": {"yes_no"}, "无": {"level"}}
"""The kinds of measures that a blank may stand for such a value of."""


def check(study: Study) -> Iterator[Diagnostic]:
    """Check how every measure is used, and what is declared of it."""
    yield from _kinds(study)
    yield from _spellings(study)
    yield from _levels(study)
    yield from _combined(study)
    for rule in study.rules:
        yield from _registers(study, rule)
        yield from _quantities(study, rule)
    for at, name in enumerate(study.rubric.attributes):
        if name in study.program.lexicon.registers:
            args = {"key": "attributes", "basis": "register", "register": name}
            yield study.document.diagnostic(Code.RULE_COMBINATION, ("attributes", at), **args)
        elif name in study.rubric.from_results:
            args = {"key": "attributes", "basis": "result"}
            yield study.document.diagnostic(Code.RULE_COMBINATION, ("attributes", at), **args)
    yield from _unused(study)
    for name, spec in study.rubric.measures.items():
        if (measure := study.catalogue.measures.get(name)) is not None:
            yield from _spec(study, measure, spec)
        yield from _of_register(study, name, spec)
        if spec.at_most is not None:
            yield from _limit(study, name, spec.at_most)


_NO_FIGURES: Final = frozenset({"yes_no", "level", "date", "score"})
"""Uses that a measure with a formula, which is a figure, cannot have; a formula that is a date is read as a figure."""


def _kinds(study: Study) -> Iterator[Diagnostic]:
    """Report the use that does not go with the declaration, or with the uses before it."""
    before: dict[tuple[str | None, str], dict[Use, UsedAs]] = {}
    for use in study.catalogue.uses:
        earlier = before.setdefault((use.register, use.measure), {})
        spec = study.rubric.measures.get(use.measure, UNSAID)
        declared: str | None = spec.declared
        if spec.formula and use.register is None and use.use in _NO_FIGURES:
            declared = study.program.lexicon.kind(use.measure, "number")
        elif kind_of(frozenset((*earlier, use.use)), spec.declared) is not None:
            earlier.setdefault(use.use, use)
            continue
        first = next(iter(earlier.values()), use)
        where = ("measures", use.measure) if declared else first.path
        line = str(study.document.values[where].line)
        args = {"measure": use.measure, "use": use.use, "other": declared or first.use, "line": line}
        found = study.document.diagnostic(Code.TYPE_CONFLICT, use.path, **args)
        yield study.document.beside(found, [where])


def _registers(study: Study, rule: PlacedRule) -> Iterator[Diagnostic]:
    """Report registers that are taken for one figure, level or vote: their rows are counted or priced one by one."""
    for key, name in rule.model.terms.single:
        if name in study.program.lexicon.registers:
            args = {"key": key, "basis": "register", "register": name}
            yield study.document.diagnostic(Code.RULE_COMBINATION, rule.path, **args)


def _combined(study: Study) -> Iterator[Diagnostic]:
    """Report rules that combine what assessors give for a measure in another way than a rule before them."""
    first: dict[str, tuple[PlacedRule, object]] = {}
    for rule in study.rules:
        way: tuple[object, ...]
        match rule.tree.basis:
            case Graded(measure, table=table, combine=combine):
                way = combine, table
            case Assessed(measure, combine=combine):
                way = (combine,)
            case _:
                continue
        known, before = first.setdefault(measure, (rule, way))
        if way != before:
            args = {"measure": measure, "line": str(study.document.values[known.path].line)}
            found = study.document.diagnostic(Code.COMBINED_TWO_WAYS, rule.path, **args)
            yield study.document.beside(found, [known.path])


def _spellings(study: Study) -> Iterator[Diagnostic]:
    """Report names that differ only in width or spaces, which are one column, and those that may be meant as one."""
    first: dict[str, tuple[str, UsedAs]] = {}
    alike: dict[str, tuple[str, UsedAs]] = {}
    for use in study.catalogue.uses:
        for name in (use.measure, *([use.register] if use.register else [])):
            known, where = first.setdefault(fold(name), (name, use))
            near, there = alike.setdefault(_essence(name), (name, use))
            if known != name:
                found = study.document.diagnostic(Code.MEASURE_SPELLING, use.path, measure=name, other=known)
                yield study.document.beside(found, [where.path])
            elif fold(near) != fold(name):
                found = study.document.diagnostic(Code.SPELT_TWO_WAYS, use.path, measure=name, other=near)
                yield study.document.beside(found, [there.path])


def _essence(name: str) -> str:
    """Reduce a name to its sorted characters without fillers, then its digits in order.

    研究党建次数 equals 党建研究次数; 第12项 differs from 第21项.
    """
    chars = [char for char in fold(name) if char not in _FILLERS]
    return "".join((*sorted(char for char in chars if not char.isdigit()), *(char for char in chars if char.isdigit())))


def _quantities(study: Study, rule: PlacedRule) -> Iterator[Diagnostic]:
    """Report a rule that mixes per cents with plain numbers, or counts between per cents without a step."""
    operands = (*rule.model.terms.counted, *rule.model.terms.against)
    numbers = [term for term in operands if isinstance(term, Quantity)]
    per_cents = [number for number in numbers if number.percent]
    if per_cents and any(not number.percent and number.value != 0 for number in numbers):
        yield study.document.diagnostic(Code.MIXED_UNITS, rule.path)
    elif isinstance(rule.model, Counted) and rule.model.every is None:
        kind = study.program.lexicon.kind
        if per_cents or any(isinstance(term, str) and kind(term, "count") == "percent" for term in operands):
            yield study.document.diagnostic(Code.EVERY_MISSING, rule.path)


def _levels(study: Study) -> Iterator[Diagnostic]:
    """Require that levels are declared, or known from a table, and that rules name only those."""
    tabled = _tabled(study)
    scopes = [node.node.only for node in study.program.nodes] + [rule.model.only for rule in study.rules]
    describing = {*study.rubric.attributes, *(name for only in scopes for name in only or ())}
    for use in study.catalogue.uses:
        if use.level is None or (use.register is None and use.measure in describing):
            continue
        # A register's 级别 is declared by the register's own entry.
        declared = use.register if use.register and use.measure == LEVEL else use.measure
        spec = study.rubric.measures.get(declared, UNSAID)
        if spec.formula is not None:  # a figure, which `_kinds` reports
            continue
        known = spec.levels or (tabled.get(use.measure, ()) if use.register is None else (use.level,))
        if known is None:
            continue
        if not known:
            yield study.document.diagnostic(Code.LEVELS_MISSING, use.path, measure=use.measure)
        elif use.level not in (*known, "无"):
            args = {"measure": use.measure, "level": use.level, "levels": "、".join(known)}
            yield study.document.diagnostic(Code.LEVEL_UNKNOWN, use.path, **args)


def _tabled(study: Study) -> Mapping[str, tuple[str, ...] | None]:
    """Return the levels that tables list of each measure; None where a table takes any."""
    found: dict[str, tuple[str, ...] | None] = {}
    for table in (rule.basis for rule in study.program.rules if isinstance(rule.basis, Leveled)):
        for measure in table.measures:
            parts = (part for test, _ in table.entries for part in a.walk(test))
            levels = tuple(part.level for part in parts if isinstance(part, a.Is) and part.measure == measure)
            known = found.get(measure, ())
            found[measure] = None if known is None or table.otherwise is not None else (*known, *levels)
    given = (rule.basis for rule in study.program.rules if isinstance(rule.basis, Graded))
    return found | {basis.measure: basis.table.levels if basis.table.otherwise is None else None for basis in given}


def _unused(study: Study) -> Iterator[Diagnostic]:
    """Report declared measures that nothing uses, with the used name that is likely meant."""
    rubric, program = study.rubric, study.program
    trees = [tree for rule in program.rules for tree in rule.trees] + [*program.outside.values()]
    used = {part.name for tree in trees for part in a.walk(tree) if isinstance(part, a.Named)}
    used |= {part for name in used for part in name.split("、")}
    used |= {rule.basis.measure for rule in program.rules if isinstance(rule.basis, Ballot)}
    used |= {term for spec in rubric.measures.values() for term in terms(spec)}
    used |= {name for use in study.catalogue.uses for name in (use.measure, use.register) if name is not None}
    for name in rubric.measures:
        if name not in used and name not in rubric.attributes:
            ends = {name[0], name[-1]}
            alike = sorted(other for other in used if other and not ends.isdisjoint((other[0], other[-1])))[:_COMPARED]
            near = next(iter(get_close_matches(name, alike, n=1, cutoff=0.7)), "")
            yield study.document.at_key(Code.MEASURE_UNUSED, ("measures", name), measure=name, near=near)


def _of_register(study: Study, name: str, spec: MeasureSpec) -> Iterator[Diagnostic]:
    """Require that a measure with keys of registers is one, and that there is a period where rows may lie outside."""
    for key in ("outside", "required", "columns"):
        path = ("measures", name, key)
        if key in spec.model_fields_set and name not in study.program.lexicon.registers:
            yield study.document.at_key(Code.REGISTER_EXPECTED, path, key=key)
        elif key == "outside" and spec.outside == "ignore" and study.rubric.period is None:
            yield study.document.at_key(Code.PERIOD_MISSING, path, key=key)


def _limit(study: Study, name: str, most: str) -> Iterator[Diagnostic]:
    """Require that a measure which another one may not exceed is entered, and a figure of the same kind."""
    path, known = ("measures", name, "at_most"), study.catalogue.measures
    if most not in known:
        args = {"what": "measure", "known": "、".join(known)}
        yield study.document.diagnostic(Code.UNKNOWN_NAME, path, name=most, **args)
    elif name in known and {known[name].kind, known[most].kind} not in _COMPARABLE:
        if "percent" in {known[name].kind, known[most].kind}:
            yield study.document.diagnostic(Code.MIXED_UNITS, path)
        else:
            odd = next(one for one in (name, most) if known[one].kind in ("yes_no", "level", "text", "date", "votes"))
            line = str(study.document.values[path].line)
            args = {"measure": odd, "use": "number", "other": known[odd].kind, "line": line}
            yield study.document.diagnostic(Code.TYPE_CONFLICT, path, **args)


def _spec(study: Study, measure: Measure, spec: MeasureSpec) -> Iterator[Diagnostic]:
    """Check a measure's declared bounds and blank against its kind."""
    document, path = study.document, ("measures", measure.name)
    if spec.blank == "弃权":
        unfit = measure.name not in study.catalogue.judged
    else:
        unfit = measure.kind not in _BLANKS.get(spec.blank, {measure.kind})
    if unfit:
        yield document.diagnostic(Code.BLANK_UNFIT, (*path, "blank"), blank=spec.blank, kind=measure.kind)
    for key, bound in (("min", spec.min), ("max", spec.max)):
        if bound is not None and bound.value != 0 and bound.percent != (measure.kind == "percent"):
            yield document.diagnostic(Code.MIXED_UNITS, (*path, key))
    if measure.least is not None and measure.most is not None and measure.least > measure.most:
        least, most = plain(measure.least), plain(measure.most)
        yield document.diagnostic(Code.LIMITS_CROSSED, path, floor=least, ceiling=most)
