"""What is wrong with the measures: one name taken for two things or written two ways, unfit bounds and blanks."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from dangjian_score.core.algebra import Is, Named, walk
from dangjian_score.core.columns import LEVEL
from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.names import fold
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Catalogue, Measure, Use, UsedAs, kind_of
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.rubric import measures
from dangjian_score.rubric.fields import Quantity
from dangjian_score.rubric.kinds.base import Counted
from dangjian_score.rubric.kinds.by import Leveled
from dangjian_score.rubric.kinds.votes import Ballot
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.measures import UNSAID, MeasureSpec


def check(loaded: Loaded, program: Program, names: Catalogue) -> Iterator[Diagnostic]:
    """Find all of it."""
    used = names.uses
    yield from _kinds(loaded, used)
    yield from _registers(loaded, program)
    yield from _spellings(loaded, used)
    yield from _units(loaded, program)
    yield from _levels(loaded, program, used)
    yield from _specs(loaded, program, names, used)


def _kinds(loaded: Loaded, used: tuple[UsedAs, ...]) -> Iterator[Diagnostic]:
    """Report the use that does not go with the declaration, or with the uses before it."""
    before: dict[tuple[str | None, str], dict[Use, UsedAs]] = {}
    for one in used:
        earlier = before.setdefault((one.register, one.measure), {})
        spec = loaded.rubric.measures.get(one.measure)
        declared = spec.type if spec else None
        if kind_of(frozenset((*earlier, one.use)), declared) is None:
            first = next(iter(earlier.values()), one)
            where = ("measures", one.measure) if declared else first.path
            line = str(loaded.document.values[where].line)
            told = {"measure": one.measure, "use": one.use, "other": declared or first.use, "line": line}
            found = loaded.document.diagnostic(Code.TYPE_CONFLICT, one.path, **told)
            yield loaded.document.beside(found, [where])
        else:
            earlier.setdefault(one.use, one)


def _registers(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Report registers that are taken for one figure, level or vote: their rows are counted or priced one by one."""
    rules = {(*node.path, "rules", at): rule for node in program.nodes for at, rule in enumerate(node.node.rules)}
    singles = [(path, key, name) for path, rule in rules.items() for key, name in rule.terms.single]
    singles += [(("attributes", at), "attributes", name) for at, name in enumerate(loaded.rubric.attributes)]
    for path, key, name in singles:
        if name in program.lexicon.registers:
            yield loaded.document.diagnostic(Code.RULE_COMBINATION, path, key=key, basis="register", register=name)


def _spellings(loaded: Loaded, used: tuple[UsedAs, ...]) -> Iterator[Diagnostic]:
    """Report names that differ only in width or spaces, which are one column, and those that may be meant as one."""
    first: dict[str, tuple[str, UsedAs]] = {}
    alike: dict[str, tuple[str, UsedAs]] = {}
    for one in used:
        for name in (one.measure, *([one.register] if one.register else [])):
            known, where = first.setdefault(fold(name), (name, one))
            near, there = alike.setdefault(_essence(name), (name, one))
            if known != name:
                found = loaded.document.diagnostic(Code.MEASURE_SPELLING, one.path, measure=name, other=known)
                yield loaded.document.beside(found, [where.path])
            elif fold(near) != fold(name):
                found = loaded.document.diagnostic(Code.SPELT_TWO_WAYS, one.path, measure=name, other=near)
                yield loaded.document.beside(found, [there.path])


_FILLERS: Final = frozenset("的之、，,和与及·-—_/（）()“”\"'")


def _essence(name: str) -> str:
    """Reduce a name to its characters in no order, without those that say nothing: 研究党建次数 is 党建研究次数.

    Digits keep theirs: 第12项 is not 第21项.
    """
    told = [char for char in fold(name) if char not in _FILLERS]
    return "".join((*sorted(char for char in told if not char.isdigit()), *(char for char in told if char.isdigit())))


def _units(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Report rules that mix per cents with plain numbers, or count between per cents without a step."""
    names = program.lexicon
    for node in program.nodes:
        for at, rule in enumerate(node.node.rules):
            terms = (*rule.terms.counted, *rule.terms.against)
            numbers = [term for term in terms if isinstance(term, Quantity)]
            per_cents = [number for number in numbers if number.percent]
            path = (*node.path, "rules", at)
            if per_cents and any(not number.percent and number.value != 0 for number in numbers):
                yield loaded.document.diagnostic(Code.MIXED_UNITS, path)
            elif isinstance(rule, Counted) and rule.every is None:
                shares = any(isinstance(term, str) and names.kind(term, "count") == "percent" for term in terms)
                if per_cents or shares:
                    yield loaded.document.diagnostic(Code.EVERY_MISSING, path)


def _levels(loaded: Loaded, program: Program, used: tuple[UsedAs, ...]) -> Iterator[Diagnostic]:
    """Demand that levels are declared, or known from a table, and that rules name only those."""
    tabled = _tabled(program)
    describing = {*loaded.rubric.attributes, *(name for node in program.nodes for name in _told_apart(node))}
    for one in used:
        if one.level is None or (one.register is None and one.measure in describing):
            continue
        spec = loaded.rubric.measures.get(_declared(one), UNSAID)
        known = spec.levels or (tabled.get(one.measure, ()) if one.register is None else (one.level,))
        if known is not None and not known:
            yield loaded.document.diagnostic(Code.LEVELS_MISSING, one.path, measure=one.measure)
        elif known is not None and one.level not in (*known, "无"):
            yield loaded.document.diagnostic(
                Code.LEVEL_UNKNOWN, one.path, measure=one.measure, level=one.level, levels="、".join(known)
            )


def _tabled(program: Program) -> dict[str, tuple[str, ...] | None]:
    """Give the levels that tables know of each measure; None where a table takes any."""
    found: dict[str, tuple[str, ...] | None] = {}
    for table in (rule.basis for rule in program.rules if isinstance(rule.basis, Leveled)):
        for measure in table.measures:
            parts = (part for test, _ in table.entries for part in walk(test))
            levels = tuple(part.level for part in parts if isinstance(part, Is) and part.measure == measure)
            known = found.get(measure, ())
            found[measure] = None if known is None or table.otherwise is not None else (*known, *levels)
    return found


def _told_apart(node: NodeTree) -> Iterator[str]:
    """Name the attributes that a node or its rules are only for some values of."""
    for only in (node.node.only, *(rule.only for rule in node.node.rules)):
        yield from only or ()


def _declared(one: UsedAs) -> str:
    """Name the entry of `measures` that declares levels: the register's own for its 级别, else the column's."""
    return one.register if one.register and one.measure == LEVEL else one.measure


_COMPARED: Final = 200
"""Names that a misspelt one is held against; a rubric made to harm has thousands."""

_BLANKS = {"0": {"count", "number", "score", "percent"}, "是": {"yes_no"}, "否": {"yes_no"}, "无": {"level"}}
"""The kinds of measures that a blank may stand for such a value of."""


def _specs(loaded: Loaded, program: Program, known: Catalogue, used: tuple[UsedAs, ...]) -> Iterator[Diagnostic]:
    """Hold what is declared against what is used."""
    trees = [tree for rule in program.rules for tree in rule.trees]
    trees += [clause.test for clause in program.clauses]
    named = {part.name for tree in trees for part in walk(tree) if isinstance(part, Named)}
    votes = {rule.basis.measure for rule in program.rules if isinstance(rule.basis, Ballot)}
    named |= {part for name in named for part in name.split("、")}
    inside = {term for spec in loaded.rubric.measures.values() for term in measures.terms(spec)}
    names = {one.measure for one in used} | {one.register for one in used} | {*named, *votes, *inside}
    for name, spec in loaded.rubric.measures.items():
        if name not in names and name not in program.rubric.attributes:
            ends = {name[0], name[-1]}
            alike = sorted(one for one in names if one and not ends.isdisjoint((one[0], one[-1])))[:_COMPARED]
            near = next(iter(get_close_matches(name, alike, n=1, cutoff=0.7)), "")
            yield loaded.document.at_key(Code.MEASURE_UNUSED, ("measures", name), measure=name, near=near)
        elif name in known.measures:
            yield from _spec(loaded, known.measures[name], spec, judged=name in known.judged)
        if spec.outside == "ignore":
            yield from _rolling(loaded, program, name)


def _rolling(loaded: Loaded, program: Program, name: str) -> Iterator[Diagnostic]:
    """Demand that what is left out for its day is a register, and that there is a period."""
    path = ("measures", name, "outside")
    if name not in program.lexicon.registers:
        yield loaded.document.at_key(Code.REGISTER_EXPECTED, path, key="outside")
    elif loaded.rubric.period is None:
        yield loaded.document.at_key(Code.PERIOD_MISSING, path, key="outside")


def _spec(loaded: Loaded, measure: Measure, spec: MeasureSpec, *, judged: bool) -> Iterator[Diagnostic]:
    """Hold a measure's declared bounds and blank against its kind."""
    path = ("measures", measure.name)
    unfit = not judged if spec.blank == "弃权" else measure.kind not in _BLANKS.get(spec.blank, {measure.kind})
    if unfit:
        yield loaded.document.diagnostic(Code.BLANK_UNFIT, (*path, "blank"), blank=spec.blank, kind=measure.kind)
    for key in ("min", "max"):
        bound: Quantity | None = getattr(spec, key)
        if bound is not None and bound.value != 0 and bound.percent != (measure.kind == "percent"):
            yield loaded.document.diagnostic(Code.MIXED_UNITS, (*path, key))
    if measure.least is not None and measure.most is not None and measure.least > measure.most:
        least, most = plain(measure.least), plain(measure.most)
        yield loaded.document.diagnostic(Code.LIMITS_CROSSED, path, floor=least, ceiling=most)
