"""What many units lost points by (共性问题): of each rule the problem in a few words, and how many units have it."""

from collections import Counter
from fractions import Fraction
from typing import Final

from msgspec import Struct

from dangjian_score.core import algebra as a
from dangjian_score.engine.result import Because, Detail, NodeResult, PointsLine
from dangjian_score.engine.rules import innermost
from dangjian_score.report.formatting import FigureFormat, written
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.kinds.by import Leveled, Priced
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.rubric.kinds.each import Holding, Lacking
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.kinds.per import Gap, Times
from dangjian_score.rubric.kinds.per_judged import JudgedEvents
from dangjian_score.rubric.kinds.ratio import ShareOf
from dangjian_score.rubric.kinds.tiers import TierEntry
from dangjian_score.rubric.kinds.votes import Ballot
from dangjian_score.words.assessments import counted
from dangjian_score.words.conditions import Writer
from dangjian_score.words.say import Words

SHARE: Final = FigureFormat(1, percent=True)
"""How shares of units are written."""
_FEWEST: Final = 2
"""Units that have what is called a problem of many."""
_TOLD: Final = 5
"""Problems that the sentence names."""

_Place = tuple[int, int, int]
"""Where a problem stands in the regulation: its node, rule and member of a list, counted from 0."""


class SharedProblem(Struct, frozen=True):
    """A problem: clause, item, what it is, how many units have it, and which share of all they are."""

    clause: str
    item: str
    what: str
    units: int
    share: Fraction


class Problems:
    """Counts the units that lost points by each rule, of a list by each of its members; in any round is once."""

    def __init__(self) -> None:
        self._counts = Counter[_Place]()
        self._known: dict[_Place, tuple[NodeResult, PointsLine]] = {}

    def add(self, detail: Detail) -> None:
        """Take in a unit."""
        places: dict[str, int] = {}
        for _, each in detail.all_nodes():
            places.setdefault(each.id, len(places))
        found: dict[_Place, tuple[NodeResult, PointsLine]] = {}
        for _, node, line in detail.all_lines():
            if node is not None and line.because is not None and (line.points < 0 or line.missing):
                rule = next(at for at, tree in enumerate(node.tree.written) if tree.name == line.rule)
                for member in _members(line.because):
                    found[places[node.id], rule, member] = node, line
        self._counts.update(found.keys())
        self._known |= found

    def shared(self, view: ResultView) -> list[SharedProblem]:
        """List what at least two units have, the most frequent first, else in the order of the regulation."""
        counts = {place: count for place, count in sorted(self._counts.items()) if count >= _FEWEST}
        return [self._told(place, count, view) for place, count in sorted(counts.items(), key=lambda found: -found[1])]

    def _told(self, place: _Place, count: int, view: ResultView) -> SharedProblem:
        (node, line), (_, _, member) = self._known[place], place
        what, share = _what(node, line, member, view.words), Fraction(count, len(view.result.units))
        return SharedProblem(line.clause or "", f"{node.id} {node.title}", what, count, share)


def sentence(problems: list[SharedProblem], view: ResultView) -> str:
    """Write the first problems out, to be pasted; empty where there are none."""
    words = view.words
    parts = (
        words.text(
            "shared problem",
            nth=words.text(f"nth {at}") if len(problems) > 1 else "",
            what=problem.what,
            units=counted(view.rubric.subject, problem.units, words),
            share=written(problem.share, SHARE),
        )
        for at, problem in enumerate(problems[:_TOLD], start=1)
    )
    told = words.text("clause.then").join(parts)
    return words.text("shared problems", problems=told) if told else ""


_WHOLE: Final = (-1,)


def _members(because: Because) -> tuple[int, ...]:
    """Return the members of a list that counted, by their places; of what is no list, or has a title, the whole."""
    counts = [member.counts for member in because.basis.members] if because.title is None else []
    return tuple(at for at, test in enumerate(counts) if test in because.which) or _WHOLE


def _what(node: NodeResult, line: PointsLine, member: int, words: Words) -> str:
    """Say in a few words what a rule found fault with, whatever the unit."""
    because, writer = line.because, Writer(words)
    if because is None:
        return node.title
    basis = innermost(because.basis)
    match basis:
        case _ if because.title is not None:
            return because.title
        case Gap(have=figure, side=side):
            key = f"problem events {side}" if a.figures(figure) else f"problem {side}"
            return words.text(key, name=writer.name(figure))
        case Assessed(measure=measure) if line.verb == "deduct":
            return measure  # is called after what is deducted for (总结质量扣分)
        case Lacking() if member >= 0:
            return writer.test(a.Not(basis.members[member].named))
        case Holding() if member >= 0:
            return writer.test(basis.members[member].named)
        case Once() if because.guard is not None:
            return writer.test(because.guard)
        case _:
            key = "problem award" if line.verb == "award" else "problem deduct"
            return words.text(key, name=_name(basis, node, writer, words))


def _name(basis: object, node: NodeResult, writer: Writer, words: Words) -> str:
    """Name what a phrase looks at: figures, a register or measures; else the item."""
    match basis:
        case Times(have=figure) | TierEntry(value=figure) | ShareOf(part=figure):
            return writer.name(figure)
        case Priced(events=tally) | JudgedEvents(events=tally):
            return writer.name(tally)
        case Assessed(measure=measure) | Ballot(measure=measure):
            return measure
        case Leveled(measures=measures):
            return words.text("comma").join(measures)
        case _:
            return node.title
