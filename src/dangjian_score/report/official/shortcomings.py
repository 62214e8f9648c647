"""What a unit lost, item by item, as it is told to the unit itself: what was asked, what was found, what is to be done.

Persons, cases and what single assessors gave are left out; so are cells of sheets that others filled in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.engine.result import Because, Detail, LineVerb, NodeResult, PointsLine, UnitResult
from dangjian_score.report.official.imprint import Imprint, ItemKey
from dangjian_score.report.public import discreet
from dangjian_score.report.view import ResultView, cells_of
from dangjian_score.rubric.kinds.combine import Assessed
from dangjian_score.words.clauses import node_text
from dangjian_score.words.lines import demand_text
from dangjian_score.words.say import Words

_NOTHING: Final = Fraction(0)
_COUNTING: Final = ("weight", "best", "rescale")
"""Lines of a group about how its items count."""
_LIMITING: Final = ("floor", "ceiling", "rounding", "beyond")
"""Lines that are no finding of their own: they limit what others cost."""


class Shortcoming(Struct, frozen=True):
    """An item that a unit lost points at: what was asked, what was found, how that costs, what is to be done.

    `lost` are its points on the item's own scale; `share` is how much of them counts. `found` has a text for each rule,
    `explained` is what examiners wrote. `demand` is empty where there is no duty, and `cells` where the unit did not
    fill in the sheet itself. It was lost `again` if the unit lost points there last year, too; `by` is a deadline of
    its own. `section` is the title of the section, where items of several have the same title.
    """

    round: str | None
    section: str
    node: NodeResult
    clause: str
    required: str
    found: tuple[str, ...]
    explained: str
    lost: Fraction
    cost: str
    demand: str
    cells: str
    share: Fraction

    again: bool = False
    by: str = ""

    def key(self, unit: str) -> ItemKey:
        """Return what names it among those of all units."""
        return unit, self.round or "", self.node.id


class Gain(Struct, frozen=True):
    """An item beside the base points that gave a unit points, and why."""

    round: str | None
    section: str
    node: NodeResult
    clause: str
    found: tuple[str, ...]
    points: Fraction


def shortcomings(unit: UnitResult, detail: Detail, view: ResultView, imprint: Imprint) -> tuple[Shortcoming, ...]:
    """List what a unit lost, in the order of the text, round by round, as it was edited."""
    own, sections = view.own_files(unit), _sections(detail)
    found = (
        _shortcoming(name, sections.get((name, node.id), ""), node, share, lost, own, view)
        for name, section in detail.sections()
        for node, share in _counting(section)
        if (lost := _lost(node)) > 0
    )
    return tuple(_edited(each, unit.unit, imprint) for each in found)


def _sections(detail: Detail) -> Mapping[tuple[str | None, str], str]:
    """Return the titles of the sections of items whose title stands in several sections, by round and id."""
    often = Counter((round_, title) for round_, part in detail.sections() for title in {n.title for n in part.below()})
    return {
        (round_, node.id): part.title
        for round_, part in detail.sections()
        for node in part.below()
        if often[round_, node.title] > 1
    }


def _edited(each: Shortcoming, unit: str, imprint: Imprint) -> Shortcoming:
    each = replace(each, again=(unit, each.node.id) in imprint.lost_before)
    edited = imprint.edited.get(each.key(unit))
    if edited is None:
        return each
    return replace(each, found=(edited.found,) if edited.found else (), demand=edited.demand, by=edited.by)


def gains(detail: Detail, view: ResultView) -> tuple[Gain, ...]:
    """List what gave a unit points beside its base points."""
    found, sections = [], _sections(detail)
    for name, section in detail.sections():
        for node in section.below():
            lines = [
                line
                for line in node.lines
                if line.verb == "ceiling" or (line.points > 0 and line.verb in ("award", "ruling"))
            ]
            if node.kind != "base" and not node.nodes and node.points > 0:
                texts = tuple(view.text(discreet(line)) for line in lines)
                title = sections.get((name, node.id), "")
                found.append(Gain(name, title, node, _clauses(lines, node, view.words), texts, node.points))
    return tuple(found)


def scaling(detail: Detail, view: ResultView) -> tuple[str, ...]:
    """Say of groups how the points of their items count: scaled where some are 不适用, the best ones alone, limited."""
    return tuple(
        view.words.text("of node", node=node.title, text=view.text(line))
        for _, node, line in detail.all_lines()
        if node is not None and (line.verb in ("rescale", "best") or (node.nodes and line.verb == "ceiling"))
    )


def _counting(section: NodeResult) -> Iterator[tuple[NodeResult, Fraction]]:
    """Visit the nodes of a section that may cost points, with the share of theirs that counts; bonuses cost none.

    Items that are not among the best of their group are left out.
    """
    if section.kind != "bonus":
        yield from _below(section, section.share)


def _below(node: NodeResult, share: Fraction) -> Iterator[tuple[NodeResult, Fraction]]:
    left_out = {id_ for line in node.lines if line.verb == "best" for id_ in line.titles}
    for lower in node.nodes:
        if lower.id not in left_out:
            yield from _below(lower, share * lower.share)
    yield node, share


def _lost(node: NodeResult) -> Fraction:
    """Return what a node lost: an item against what it carries, a group by its own lines, else what it takes."""
    if node.kind == "base" and not node.nodes:
        return (node.due or _NOTHING) - node.points if node.applies else _NOTHING
    if not node.nodes and not node.lines:
        return -node.points  # made public: the sum alone
    return -sum((line.points for line in node.lines if line.verb not in _COUNTING), _NOTHING)


def _shortcoming(
    round_: str | None,
    section: str,
    node: NodeResult,
    share: Fraction,
    lost: Fraction,
    own: frozenset[str],
    view: ResultView,
) -> Shortcoming:
    words = view.words
    lines = [
        discreet(line)
        for line in node.lines
        if line.verb not in (*_COUNTING, *_LIMITING) and (line.points < 0 or line.missing or line.verb == "ruling")
    ]
    filed = (replace(line, cells=tuple(cell for cell in line.cells if cell.file in own)) for line in lines)
    return Shortcoming(
        round_,
        section,
        node,
        _clauses(lines, node, words),
        node.criterion or node_text(node.tree, words),
        tuple(view.text(replace(line, explanations=())) for line in lines) or (words.text(node.kind),),
        _explained(lines, words),
        lost,
        _cost(node, lines, lost, view),
        _demand(lines, words),
        " ".join(filter(None, map(cells_of, filed))),
        share,
    )


def _clauses(lines: Iterable[PointsLine], node: NodeResult, words: Words) -> str:
    return words.text("comma").join(dict.fromkeys(line.clause for line in lines if line.clause)) or node.clause or ""


def _explained(lines: Iterable[PointsLine], words: Words) -> str:
    """Join what examiners wrote; where several figures were judged, each after the name of its figure."""
    texts: dict[str, dict[str, None]] = {}
    for line in lines:
        because = line.because
        if because is not None and isinstance(because.basis, Assessed):
            texts.setdefault(because.basis.measure, {}).update(dict.fromkeys(each.text for each in line.explanations))
    then = words.text("clause.then")
    if len(texts) <= 1:
        return then.join(text for own in texts.values() for text in own)
    named = {name: then.join(own) for name, own in texts.items() if own}
    return then.join(words.text("explained figure", name=name, texts=own) for name, own in named.items())


def _cost(node: NodeResult, lines: Iterable[PointsLine], lost: Fraction, view: ResultView) -> str:
    """Say what was lost, and where a limit or a ruling gave some of it back, what would have been lost without it."""
    words, given_back, due = view.words, _NOTHING, _NOTHING
    for line in lines:
        if line.verb == "ruling" and line.points > 0:
            given_back += line.points
        else:
            due += line.missing - line.points
    limited = any(line.verb in ("floor", "ceiling") for line in node.lines) and due - given_back > lost
    if limited or (given_back and due > lost):
        key, back = "cost limited" if limited else "cost corrected", view.lost(given_back) if given_back else ""
        return words.text(key, due=view.lost(due), back=back, lost=view.lost(lost))
    if node.kind == "base" and not node.nodes and node.start < (node.due or _NOTHING):
        args = {"max": view.brief(node.due), "points": view.points_of(node.points, node.due or _NOTHING)}
        return words.text("cost of max", **args, lost=view.lost(lost))
    return words.text("cost", lost=view.lost(lost))


def _demand(lines: Iterable[PointsLine], words: Words) -> str:
    """Say what is to be done from the next period on; empty where nothing is."""
    reasons = ((line.because, line.verb) for line in lines if line.because is not None)
    demands = dict.fromkeys(_demanded(because, verb, words) for because, verb in reasons)
    named = words.text("clause.then").join(filter(None, demands))
    return words.text("demand", demands=named) if named else ""


def _demanded(because: Because, verb: LineVerb, words: Words) -> str:
    judged = isinstance(because.basis, Assessed)
    return words.text("demand judged") if judged else demand_text(because, words, verb)
