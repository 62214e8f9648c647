"""What a regulation leaves open: rounding, ties, assumed figures, uncovered clauses; ties that remain after scoring."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import PurePath
from typing import Final, assert_never

from msgspec import Struct

from dangjian_score.checks.study import Study
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, Path, at_cell, at_file
from dangjian_score.core.facts import SourceFile
from dangjian_score.core.points import decimals
from dangjian_score.engine.catalogue import Measure
from dangjian_score.engine.result import Result
from dangjian_score.engine.rules import RuleTree
from dangjian_score.engine.standing import group_of
from dangjian_score.rubric.kinds.base import RuleBase
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.lexicon import QUANTITY
from dangjian_score.rubric.model import Node
from dangjian_score.rubric.standing import Exclusion, Grade, Selection, Unranked, Veto


def check(study: Study) -> Iterator[Diagnostic]:
    """Check that rounding is stated and ties can be broken; list assumed figures and uncovered clauses."""
    yield from _rounding(study)
    yield from _ties(study)
    yield from _assumed(study)
    yield from _clauses(study)


def _ties(study: Study) -> Iterator[Diagnostic]:
    rubric = study.rubric
    limited: dict[Path, str] = {("grades", name): name for name, grade in rubric.grades.items() if grade.is_limited}
    for at, selection in enumerate(rubric.selections):
        if selection.quota is not None or selection.places is not None:
            limited["selections", at] = selection.title
    if limited and not rubric.tie_break:
        yield study.document.diagnostic(Code.TIES_OPEN, next(iter(limited)), titles="、".join(limited.values()))


def _assumed(study: Study) -> Iterator[Diagnostic]:
    """List the figures that are ours, and the readings that are."""
    figures: dict[Path, str] = {}
    readings: dict[Path, str] = {}
    for path, name, part in _parts(study):
        if part.assumed:
            figures[*path, "assumed"] = name
        if part.source is not None and part.source.assumed:
            readings[*path, "source", "assumed"] = name
    if (whole := study.rubric.source) is not None and whole.assumed:
        readings["source", "assumed"] = study.rubric.rubric
    for code, paths in ((Code.FIGURES_ASSUMED, figures), (Code.READINGS_ASSUMED, readings)):
        if paths:
            first, *others = paths
            args = {"count": str(len(paths)), "nodes": "、".join(dict.fromkeys(paths.values()))}
            yield study.document.beside(study.document.diagnostic(code, first, **args), others)


_Part = Node | RuleBase | Grade | Exclusion | Unranked | Veto | Selection
"""What of a rubric may have a source of its own, and figures that are ours."""


def _parts(study: Study) -> Iterator[tuple[Path, str, _Part]]:
    """Visit every part of the rubric with its path and its name for people."""
    rubric = study.rubric
    for node in study.program.nodes:
        yield node.path, node.id, node.node
        yield from ((rule.path, node.id, rule.model) for rule in study.rules_of(node))
    yield from ((("grades", name), name, grade) for name, grade in rubric.grades.items())
    lists: dict[str, tuple[Exclusion | Unranked | Veto | Selection, ...]]
    lists = {"excluded": rubric.excluded, "unranked": rubric.unranked}
    lists |= {"vetoes": rubric.vetoes, "selections": rubric.selections}
    for key, parts in lists.items():
        yield from (((key, at), part.title or key, part) for at, part in enumerate(parts))


def _clauses(study: Study) -> Iterator[Diagnostic]:
    """Compare the clauses that the source declares with those that parts cite and those that have no rule."""
    source, document = study.rubric.source, study.document
    if source is None or source.clauses is None:
        return
    sources = {path: part.source for path, _, part in _parts(study)}
    cited = {(*path, "source"): own.cited for path, own in sources.items() if own is not None and own.cited is not None}
    if missing := uncovered(source.clauses, (*cited.values(), *source.no_rule)):
        yield document.diagnostic(Code.CLAUSES_UNCOVERED, ("source", "clauses"), missing="、".join(missing))
    for text in source.no_rule:
        path = ("source", "no_rule", text)
        if outside := uncovered(text, (source.clauses,)):
            yield document.at_key(Code.NO_RULE_UNFIT, path, clause="、".join(outside), why="no clause of the text")
        ruled = {where: both for where, named in cited.items() if (both := _ruled(text, named))}
        if ruled:
            clause = "、".join(dict.fromkeys(shown for both in ruled.values() for shown in both))
            yield document.beside(document.at_key(Code.NO_RULE_UNFIT, path, clause=clause, why="cited clause"), ruled)


def still_open(result: Result, rubric: SourceFile) -> Iterator[Diagnostic]:
    """Report ties that decide who is graded or selected and that the rubric file `rubric` does not break.

    They are kept with the result, wherever the file lies; so it goes by its bare name there, as the evidence does.

    A tie that reaches down to lower grades is reported once, at the best.
    """
    file = PurePath(rubric.name).name
    settled: set[str] = set()
    for quota in result.quotas:
        if not settled.issuperset(quota.cut.tied):
            settled.update(quota.cut.tied)
            yield at_file(Code.TIE_PENDING, file, title=quota.grade, units="、".join(quota.cut.tied))
    yield from _exceeded(result)
    for chosen in result.selections:
        tied = [displaced.unit for displaced in chosen.displaced if displaced.why == "tie"]
        if tied:
            yield at_file(Code.TIE_PENDING, file, title=chosen.selection.title, units="、".join(tied))


def _exceeded(result: Result) -> Iterator[Diagnostic]:
    """Report quotas of grades that the rulings of committees exceed."""
    within = result.rubric.groups
    for quota in result.quotas:
        members = [unit for unit in result.units if group_of(within, unit.attributes) == quota.group]
        holders = [unit for unit in members if unit.grade == quota.grade]
        fixed = [unit for unit in holders if unit.ruling is not None]
        if fixed and fixed[0].ruling is not None and len(holders) > quota.places:
            args = {"grade": quota.grade, "group": quota.group or "", "count": str(len(holders))}
            args |= {"places": str(quota.places), "units": "、".join(unit.unit for unit in fixed)}
            yield at_cell(Code.QUOTA_EXCEEDED, fixed[0].ruling.cell, **args)


Clause = tuple[int | str, ...]
"""第三条 is (3,), 一（二）1 is (1, 2, 1), 一（一）会议 4 is (1, 1, "会议", 4)."""

MOST: Final = 500
"""Clauses that a range may have; no regulation has as many."""

_ALL: Final = 20_000
"""Clauses that are looked at in all; a longer list is no list of clauses."""

_DIGITS: Final = {digit: at for at, digit in enumerate("零一二三四五六七八九")}
_NUMERAL: Final = re.compile(r"[0-9]{1,4}|[零一二三四五六七八九十百]+")
_PART: Final = re.compile(r"[0-9]{1,4}|[零一二三四五六七八九十百]+|[^\W\d_零一二三四五六七八九十百]+")
_UNSAYING: Final = str.maketrans("", "", "第条款项目章节篇部分点起是")
"""Characters that say nothing of which clause it is."""
_APART: Final = re.compile(r"[、,，;；]|\s+和\s*")
_RANGE: Final = re.compile(r"[-–—~～至]")


def uncovered(declared: str, named: Iterable[str]) -> tuple[str, ...]:
    """Return the declared clauses that no name covers; the name of a chapter covers all clauses in it."""
    covering = {clause for text in named for clause, _ in clauses_in(text)}
    within = {clause[:at] for clause in covering for at in range(len(clause) + 1)}
    missing = (
        shown
        for clause, shown in clauses_in(declared)
        if clause not in within and not any(clause[:at] in covering for at in range(len(clause)))
    )
    return tuple(dict.fromkeys(missing))


def _ruled(without: str, cited: str) -> tuple[str, ...]:
    """Return the clauses said to be without a rule that a part cites, whole or a piece of them."""
    pieces = {clause[:at] for clause, _ in clauses_in(cited) for at in range(1, len(clause) + 1)}
    return tuple(shown for clause, shown in clauses_in(without) if clause in pieces)


def clauses_in(text: str) -> Iterator[tuple[Clause, str]]:
    """Read a list of clauses and ranges of clauses, each clause with its text."""
    parts = dict.fromkeys(_APART.split(text))
    yield from islice((clause for part in parts for clause in _listed(part)), _ALL)


def _listed(part: str) -> list[tuple[Clause, str]]:
    """Read one clause, or every clause of a range, each as it would be written."""
    ends = _RANGE.split(part.strip())
    clauses = [_clause(end) for end in ends]
    if len(ends) == 1 or not clauses[0]:
        return [(clauses[0], part.strip())] if clauses[0] else []
    first, last = clauses[0], clauses[-1]
    last = (*first[: len(first) - len(last)], *last)  # 六（二）1 至 3
    start, end = first[-1], last[-1] if last else ""
    alike = len(first) == len(last) and first[:-1] == last[:-1]
    if not (alike and isinstance(start, int) and isinstance(end, int) and start <= end < start + MOST):
        return [(clause, end.strip()) for clause, end in zip(clauses, ends, strict=True) if clause]
    return [((*first[:-1], at), _like(ends[0].strip(), at)) for at in range(start, end + 1)]


def _clause(text: str) -> Clause:
    """Read the numerals of a clause, and the words between them that say of what it is; nothing without a numeral."""
    found = (_number(part) if _NUMERAL.fullmatch(part) else part.translate(_UNSAYING) for part in _PART.findall(text))
    parts = tuple(part for part in found if part != "")
    return parts if any(isinstance(part, int) for part in parts) else ()


def _number(text: str) -> int:
    """Read 12, 十二, 二十, 一百零三."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total, digit = total + (digit or 1) * (100 if char == "百" else 10), 0
    return total + digit


def _like(example: str, number: int) -> str:
    """Replace the last numeral of a clause, in the same digits."""
    *_, last = _NUMERAL.finditer(example)
    written = str(number) if last[0].isdigit() else _chinese(number)
    return example[: last.start()] + written + example[last.end() :]


def _chinese(number: int) -> str:
    """Write 12 as 十二; numbers from 100 stay in digits."""
    tens, ones = divmod(number, 10)
    if number >= 100:  # noqa: PLR2004
        return str(number)
    digits = "零一二三四五六七八九"
    head = "" if not tens else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones or not tens else "")


_CHOICE: Final = 2
"""Grades from which on rounding can decide between two."""
_NAMED: Final = 5
"""Items that a finding names."""
_PER_CENT: Final = 2
"""Decimals that the sign % stands for."""


def _rounding(study: Study) -> Iterator[Diagnostic]:
    """Report a missing `rounding` where more decimals may occur, and rounded lines that a threshold may depend on."""
    rubric, rules = study.rubric, study.program.rules
    if "rounding" not in rubric.model_fields_set:
        entered = _Decimals(study.catalogue.measures, rubric.total_places)
        if _divides(study) or any(entered.exceeded(rule) for rule in rules):
            yield study.document.diagnostic(Code.ROUNDING_OPEN, (), places=str(rubric.total_places))
    places = rubric.rounding.places
    marks = any(selection.at_least is not None or selection.below is not None for selection in rubric.selections)
    if places is None or not (marks or len(rubric.grades) >= _CHOICE):
        return
    lines = _Decimals(study.catalogue.measures, places)
    cut = [node.id for node in study.program.nodes if any(lines.exceeded(rule) for rule in node.rules)]
    if cut:
        args = {"places": str(places), "nodes": "、".join(cut[:_NAMED]) + (" …" if len(cut) > _NAMED else "")}
        yield study.document.diagnostic(Code.LINES_ROUNDED, ("rounding", "places"), **args)


def _divides(study: Study) -> bool:
    """Return whether sums of lines are weighted, scaled or multiplied."""
    rubric, nodes = study.rubric, study.program.nodes
    if rubric.rounds is not None or rubric.reported_as is not None or rubric.product is not None:
        return True
    scaled = (node.if_na == "rescale" or node.node.only for node in nodes if node.kind == "base")
    return any(scaled) or any(node.node.weight is not None for node in nodes)


class _Decimals(Struct, frozen=True):
    """Counts the decimals of lines; evidence has at most `places`, to which lines or the total are rounded."""

    measures: Mapping[str, Measure]
    places: int

    def exceeded(self, rule: RuleTree) -> bool:
        """Return whether a rule's line may have more than `places` decimals."""
        if isinstance(rule.basis, Assessed) and rule.basis.combine is not None:
            return True
        needed = self.of(rule.before.of if isinstance(rule.before, a.Rounded) else rule.before)
        return needed is None or needed > self.places

    def of(self, expr: a.Expr) -> int | None:
        """Return how many decimals a figure may have; None where they may never end. Events are whole numbers."""
        if expr == QUANTITY:
            return 0
        match expr:
            case a.Const(value):
                return decimals(value)
            case a.Read():
                return self._entered(expr)
            case a.Sum() | a.Most() | a.Least() | a.Choice() | a.Named():
                below = [self.of(part) for part in a.children(expr) if not isinstance(part, a.Test)]
                return None if None in below else max((places for places in below if places is not None), default=0)
            case a.Product(left, right):
                first, second = self.of(left), self.of(right)
                return None if first is None or second is None else first + second
            case a.Quotient(part, a.Const(value)) if value:
                return self.of(a.Product(part, a.Const(1 / value)))
            case a.Tally(worth=of) | a.Grouped(each=of):
                return self.of(of)
            case a.Whole() | a.Placing():
                return 0
            case a.Rounded(places=places):
                return places
            case a.Ref():  # points of other items, rounded as this line is
                return self.places
            case a.Quotient() | a.Statistic():
                return None
            case _:
                assert_never(expr)

    def _entered(self, read: a.Read) -> int:
        kind = self.measures[read.measure].kind if read.measure in self.measures else read.kind
        match kind:
            case "number" | "score" | "grades":
                return self.places
            case "percent":
                return self.places + _PER_CENT
            case "count" | "votes" | "date" | "yes_no" | "level" | "text":
                return 0
            case _:
                assert_never(kind)
