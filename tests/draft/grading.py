"""Grade the drafts of the corpus: how many clauses are right, marked, silently wrong, missing.

`python -m tests.draft.grading` prints the figures as a table.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from dangjian_score.checks.gate import validate
from dangjian_score.core.diagnostics import Diagnostic, Severity
from dangjian_score.draft.documents.blocks import SourceDocument
from dangjian_score.draft.documents.read import read_document
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.nodes import DraftedItem, DraftedSection
from dangjian_score.draft.reading import Reading
from dangjian_score.draft.regulation import Draft, draft_of
from dangjian_score.draft.whole.grades import DraftedGrade
from dangjian_score.draft.writing import rubric_yaml
from tests.draft.equality import figure, same_rules
from tests.draft.papers import described, written
from tests.sampling import sampled
from tests.support import ROOT

EVERYTHING: Final = sorted((ROOT / "tests" / "draft" / "corpus").glob("*.yaml"))
CORPUS: Final = sampled(EVERYTHING, 3)
"""The documents that are graded in a run of the tests."""
Verdict = Literal["right", "marked", "wrong", "missing"]
Spec = Mapping[str, Any]
_SIGNS: Final = re.compile(r"[，,。；;：:（）()、“”\s]")


class ClauseGrade(Struct, frozen=True):
    """What became of a clause: what was wanted, and what was read. A clause that had to be marked and is, is right."""

    clause: str
    verdict: Verdict
    wanted: str
    read: str


class Counted(Struct, frozen=True):
    """So many of what a document has were read as they should be; `failed` tells the others."""

    right: int
    failed: tuple[str, ...]

    @property
    def all(self) -> int:
        """How many there are."""
        return self.right + len(self.failed)


class Graded(Struct, frozen=True):
    """A document of the corpus, and how its draft did.

    `items` are those with the title and the points of the document, `whole` grades, vetoes, selections and rounding,
    `sums` the sections whose sums fail. `errors` are findings about the rubric.
    """

    name: str
    kind: str
    clauses: tuple[ClauseGrade, ...]
    items: Counted
    whole: Counted
    sums: Counted
    errors: tuple[Diagnostic, ...]


class Read(Struct, frozen=True):
    """A clause of a draft, with its item; `text` is what it says, without signs."""

    item: DraftedItem
    reading: Reading
    text: str


@cache
def graded() -> tuple[Graded, ...]:
    """Grade the documents of a run."""
    return _graded(CORPUS)


def _graded(paths: Iterable[Path]) -> tuple[Graded, ...]:
    return tuple(grade(path.stem, described(path)) for path in paths)


def grade(name: str, spec: Spec) -> Graded:
    """Draft a document of the corpus, and compare it with what is expected."""
    draft, expected = drafted(spec), spec["expected"]
    _, findings = validate(rubric_yaml(draft, "xize", f"{name}.{spec['kind']}", ()).encode(), f"{name}.yaml")
    return Graded(
        name,
        spec["kind"],
        tuple(_clauses(draft, expected["clauses"])),
        _counted(_items(draft, list(expected["sections"]))),
        _counted(_whole(draft, expected)),
        _counted(_sums(draft, expected.get("failing_sums", ()))),
        tuple(finding for finding in findings if finding.severity is Severity.ERROR),
    )


def drafted(spec: Spec) -> Draft:
    """Draft a document of the corpus."""
    document = read_document(*written(spec))
    assert isinstance(document, SourceDocument), document
    return draft_of(document, None)


def bare(text: str) -> str:
    """Return a text without signs and blanks, its figures in one form."""
    return _SIGNS.sub("", evened(_SIGNS_BETWEEN.sub("", text)))


_SIGNS_BETWEEN: Final = re.compile(r"[ \u3000\n]")


# Clauses


def _clauses(draft: Draft, expected: Iterable[Spec]) -> Iterator[ClauseGrade]:
    readings = [Read(item, reading, bare(reading.words)) for item, reading in draft.readings]
    unread = [bare(text) for text in draft.unread]
    taken: set[int] = set()
    for clause in expected:
        found = _matched(clause, readings, taken)
        taken.update(found)
        matched = [readings[at] for at in found]
        yield ClauseGrade(
            clause["clause"], _verdict(clause, matched, unread), _wanted(clause), "；".join(map(_shown, matched))
        )


def _matched(clause: Spec, readings: Sequence[Read], taken: set[int]) -> list[int]:
    """Find the readings of a clause: the first that overlaps and is free, and those after it that it holds too.

    Where none is free it is the first that overlaps: several expected clauses may be rows of one table.
    """
    text, titles = bare(clause["clause"]), {bare(read.item.item.title) for read in readings}
    title = bare(clause["in"])
    overlapping = [
        at
        for at, read in enumerate(readings)
        if _overlap(text, read.text) and (title not in titles or title == bare(read.item.item.title))
    ]
    free = [at for at in overlapping if at not in taken]
    if not free:
        return overlapping[:1]
    run = free[:1]
    for at in free[1:]:
        more = readings[run[0]].text != text and readings[at].text in text
        if not more or at != run[-1] + 1:
            break
        run.append(at)
    return run


def _overlap(text: str, read: str) -> bool:
    """Return whether two texts are about one clause: one holds the other, or they begin or end alike."""
    if not read:
        return False
    long = min(len(text), len(read)) > _ALIKE
    ends = long and text[-_ALIKE:] == read[-_ALIKE:]
    begins = len(text) > _BEGINNING and text[:_BEGINNING] in read
    return text in read or read in text or ends or begins


_ALIKE: Final = 8
_BEGINNING: Final = 6


def _verdict(clause: Spec, matched: Sequence[Read], unread: Sequence[str]) -> Verdict:
    may_mark = clause.get("marked", False) or clause.get("may_mark", False)
    text = bare(clause["clause"])
    if not matched:
        listed = any(text[-_BEGINNING:] in other or other[-_BEGINNING:] in text for other in unread)
        return ("right" if may_mark else "marked") if listed else "missing"
    if any(read.reading.why for read in matched):
        return "right" if may_mark else "marked"
    if clause.get("marked"):
        return "wrong"
    rules = [rule for read in matched for rule in read.reading.rules]
    options = [clause["rules"], *clause.get("or", ())]
    most = matched[0].item.item.max
    return "right" if any(same_rules(rules, option, most) for option in options) else "wrong"


def _wanted(clause: Spec) -> str:
    return "待核" if clause.get("marked") else str([figure(rule) for rule in clause["rules"]])


def _shown(read: Read) -> str:
    why = read.reading.why
    return f"{read.reading.words}: {[figure(rule) for rule in read.reading.rules] if why is None else f'待核 {why}'}"


# Items, the whole, sums: each with whether it is right


Told = Iterator[tuple[str, bool]]


def _counted(told: Told) -> Counted:
    found = [*told]
    return Counted(sum(right for _, right in found), tuple(name for name, right in found if not right))


def _items(draft: Draft, sections: Iterable[Spec]) -> Told:
    read = [(bare(item.item.title), item.item.max) for section in draft.sections for item in section.items]
    for section in sections:
        for title, most in section.get("items") or [(section["title"], section.get("max"))]:
            wanted = None if most is None else Fraction(str(most))
            right = any(bare(title) == named and wanted in (None, points) for named, points in read)
            yield f"{title} {most}", right
    for section in sections:
        if section.get("kind") in ("bonus", "penalty") and section.get("max") is not None:
            limits = [_limit(each) for each in draft.sections if each.section.kind == section["kind"]]
            yield f"limit {section['kind']} {section['max']}", Fraction(str(section["max"])) in limits
    base = [_points(section) for section in sections if section.get("kind", "base") == "base"]
    total = sum(base, Fraction(0))
    yield f"total {total}, read {draft.total}", draft.total in (None, total) or not total


def _limit(section: DraftedSection) -> Fraction:
    """Return how much a section beside the base gives or takes at most: its own limit, or those of its items."""
    nodes = [section.node] if {"max", "floor"} & section.node.keys() else [item.node for item in section.items]
    limits = [abs(limit) for node in nodes for key in ("max", "floor") if isinstance(limit := node.get(key), Fraction)]
    return sum(limits, Fraction(0))


def _points(section: Spec) -> Fraction:
    """Return what a section comes to: its items, or what it says."""
    points = [most for _, most in section.get("items") or [(None, section.get("max"))]]
    return Fraction(0) if None in points else sum((Fraction(str(most)) for most in points), Fraction(0))


def _whole(draft: Draft, expected: Spec) -> Told:
    whole = draft.whole
    read: dict[str, Any] = {
        "grades": {name: _grade(grade) for name, grade in whole.grades.named.items()},
        "rounding": {key: whole.rounding[key] for key in ("total",) if key in whole.rounding},
        "vetoes": [veto.effect for veto in whole.vetoes],
        "selections": [chosen.keys for chosen in whole.selections],
    }
    for key, found in read.items():
        if key in expected:
            yield f"{key}: {figure(expected[key])}; read {figure(found)}", figure(found) == _said(key, expected[key])


def _grade(grade: DraftedGrade) -> dict[str, Any]:
    return {"above" if grade.above else "at_least": grade.least, **grade.limit}


def _said(key: str, expected: Any) -> Any:
    """Return what is expected of the whole, as far as it is compared."""
    match key:
        case "grades":
            return figure({name: low if isinstance(low, dict) else {"at_least": low} for name, low in expected.items()})
        case "rounding":
            return figure({"total": expected["total"]})
        case _:
            return [figure({name: part for name, part in each.items() if name not in _PASSED}) for each in expected]


_PASSED: Final = frozenset({"if", "title", "marked", "may_mark", "within"})
"""What is not compared of vetoes and selections."""


def _sums(draft: Draft, titles: Iterable[str]) -> Told:
    for title in titles:
        yield title, any(section.failing and section.section.title == title for section in draft.sections)


# Figures


def counts(documents: Iterable[Graded]) -> Counter[str]:
    """Count the verdicts."""
    return Counter(clause.verdict for document in documents for clause in document.clauses)


def table(documents: Sequence[Graded]) -> str:
    """Write the figures as a table in Markdown, by kind of document."""
    lines = ["| 文件 | 份数 | 条数 | 读对 | 待核 | 读错未标 | 漏掉 |", "|---|--:|--:|--:|--:|--:|--:|"]
    for kind in (*sorted({document.kind for document in documents}), None):
        chosen = [document for document in documents if kind in (None, document.kind)]
        found = counts(chosen)
        verdicts: tuple[Verdict, ...] = ("right", "marked", "wrong", "missing")
        cells = [f"{found[verdict]}（{100 * found[verdict] / found.total():.1f}%）" for verdict in verdicts]
        row = [f".{kind}" if kind else "合计", str(len(chosen)), str(found.total()), *cells]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def _report(documents: Sequence[Graded]) -> Iterator[str]:
    """Tell everything that is not as it should be."""
    for document in documents:
        wrong = [clause for clause in document.clauses if clause.verdict != "right"]
        yield from (
            f"{document.name} {clause.verdict} | {clause.clause} | {clause.wanted} | {clause.read}" for clause in wrong
        )
        for what, counted in (("item", document.items), ("whole", document.whole), ("sum", document.sums)):
            yield from (f"{document.name} {what} | {failed}" for failed in counted.failed)
        yield from (f"{document.name} {error.code} | {error.path} {error.args}" for error in document.errors)


if __name__ == "__main__":
    everything = _graded(EVERYTHING)
    lines = [*_report(everything)] if "--all" in sys.argv else []
    sys.stdout.write("\n".join([*lines, table(everything), ""]))
