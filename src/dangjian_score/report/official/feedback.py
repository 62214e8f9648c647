"""Feedback to each unit (考核结果反馈书): points, what cost some and what is to be done, what it gained, a receipt."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from dangjian_score.core.facts import Cell
from dangjian_score.core.points import percent
from dangjian_score.engine.decisions import NotChosen
from dangjian_score.engine.result import Detail, LineVerb, NodeResult, PointsLine, UnitResult
from dangjian_score.report.official.drawing import GAP, Block, PaperCell, PaperColumn, PaperTable, Text, cells
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.shortcomings import Gain, Shortcoming, gains, scaling, shortcomings
from dangjian_score.report.official.wording import day_or_blank, heading, not_final, opening, signature, titled
from dangjian_score.report.public import discreet
from dangjian_score.report.view import ResultView
from dangjian_score.words.assessments import counted, names_people
from dangjian_score.words.decisions import cells_text
from dangjian_score.words.say import Words

_NOTHING: Final = Fraction(0)
_BRANCH: Final = "支部"
"""What is in the name of a subject whose committee answers."""
_RESULTS: Final[Mapping[LineVerb, str]] = {
    "weight": "counted",
    "product": "product",
    "rescale": "scaled",
    "report": "scaled",
}
"""Lines that scale points, with the figure that they come to; they take none."""
_TAKING: Final[tuple[LineVerb, ...]] = ("veto", "ceiling")
"""Lines of the whole that take points."""


def title(unit: UnitResult, words: Words) -> str:
    """Name the paper of a unit."""
    return words.text("feedback title", unit=unit.unit)


def feedback(unit: UnitResult, view: ResultView, imprint: Imprint) -> Iterator[Block]:
    """Write the paper of a unit."""
    words, detail = view.words, unit.trace()
    lost, gained = shortcomings(unit, detail, view, imprint), gains(detail, view)
    yield from titled(title(unit, words), view.review_state, words)
    yield Text("salutation", words.text("feedback to", unit=unit.unit))
    yield from (Text("body", sentence) for sentence in _opening(unit, detail, view, imprint) if sentence)
    parts = {
        "feedback points": [_points(unit, detail, view), *_remarks(unit, detail, view)],
        "feedback losses": [*_losses(lost, detail, view), *(Text("body", text) for text in scaling(detail, view))],
        "feedback gains": [*_gains(gained, view)],
    }
    text: list[Block] = []
    for at, (key, blocks) in enumerate(((key, blocks) for key, blocks in parts.items() if blocks), start=1):
        text += (heading(at, words.text(key), words), *blocks)
    if any(each.demand for each in lost):
        by = words.text("feedback by", day=day_or_blank(imprint.mend_by, words))
        text.append(Text("body", words.text("feedback mend", by=by)))
    yield from (*text[:-1], replace(text[-1], keep=True))  # the signature does not stand alone on a page
    yield from (GAP, *signature(imprint, words), *_receipt(view.rubric.subject, words))


def _opening(unit: UnitResult, detail: Detail, view: ResultView, imprint: Imprint) -> Iterator[str]:
    rubric, words, selections = view.rubric, view.words, view.result.selections
    comma, ranked = words.text("comma"), len(view.result.units) - len(dict(view.absences)["unranked"])
    rank = unit.rank if imprint.with_rank else None
    in_group = unit.group_rank if imprint.with_rank else None
    yield words.text("feedback opening", **opening(view))
    yield words.text(
        "feedback standing",
        head=view.total_head,
        total=view.total(unit.total),
        due=view.due(unit.due),
        rate=view.rate(unit),
        units=counted(rubric.subject, ranked, words),
        rank="" if rank is None else str(rank),
        group=unit.attributes.get(rubric.groups or "", "") if in_group else "",
        group_rank="" if in_group is None else str(in_group),
        **_grade(unit, view),
    )
    own = view.own_files(unit)
    yield from dict.fromkeys(
        words.text("feedback veto", text=view.text(discreet(line)), cells=cells_text(_filed(line, own)))
        for line in detail.lines
        if line.verb == "veto"
    )
    yield from (words.text("feedback reason", reason=reason) for reason in view.grade_reasons(unit, own))
    yield from not_final(view)
    if honours := [each.selection.title for each in selections if each.selection.honours and unit.unit in each.units]:
        yield words.text("feedback awards", titles=comma.join(honours))
    yield from (words.text("feedback selection", reason=reason) for reason in view.listed(unit, own=own))
    yield from _not_chosen(unit, own, view)
    yield words.text("notice draft") if view.is_for_review else ""


def _grade(unit: UnitResult, view: ResultView) -> Mapping[str, str]:
    """Return the grade of a unit, or those that a tie leaves open."""
    if unit.rank is None:
        return {"grade": "", "open": ""}
    if unit.grade is None and unit.grading.candidates:
        return {"grade": "", "open": view.words.text("line.or levels").join(unit.grading.candidates)}
    none = view.words.text("not graded") if view.rubric.grades else ""
    return {"grade": view.grade(unit) or none, "open": ""}


def _not_chosen(unit: UnitResult, own: frozenset[str], view: ResultView) -> Iterator[str]:
    """Say which selections are open for a unit, and which did not choose it and why."""
    words, found = view.words, [each for each in unit.decisions if isinstance(each, NotChosen)]
    if tied := [each.selection.title for each in found if each.displaced.why == "tie"]:
        yield words.text("feedback open", titles=words.text("comma").join(tied))
    yield from (
        words.text("feedback selection", reason=view.reason(each, unit, own))
        for each in found
        if each.displaced.why == "condition"
    )
    named = [
        words.text("passed over", unit=each.selection.title, why=view.passed_over(each))
        for each in found
        if each.displaced.why not in ("tie", "condition")
    ]
    yield words.text("feedback passed over", titles=words.text("comma").join(named)) if named else ""


def _filed(line: PointsLine, own: frozenset[str]) -> Iterator[Cell]:
    """Visit the cells of a line that the unit filled in itself."""
    return (cell for cell in line.cells if cell.file in own)


def _points(unit: UnitResult, detail: Detail, view: ResultView) -> PaperTable:
    """Account for the total: sections, what else moved it, and what it comes to."""
    words = view.words
    columns = (
        PaperColumn(words.text("feedback part"), width=34),
        *(PaperColumn(words.text(key), "center", 10) for key in ("feedback full", "feedback got", "feedback lost")),
    )
    rows = [_section(unit, node, view) for node in detail.nodes]
    rows += [_whole(line, view) for line in detail.lines if line.verb != "rounding" and (line.points or line.figures)]
    return PaperTable(columns, (*rows, cells(words.text("total"), "", view.total(unit.total), "")), True)


def _section(unit: UnitResult, node: NodeResult, view: ResultView) -> tuple[PaperCell, ...]:
    points = view.node_points(unit, node.id, node.points, node.due)
    if node.kind != "base":
        return cells(node.title, view.brief(node.max), points, "")
    due = node.due or _NOTHING
    if not (node.applies or due or node.points):
        return cells(node.title, view.instead(node), "", "")
    return cells(node.title, view.brief(due), points, view.lost(due - node.points))


def _whole(line: PointsLine, view: ResultView) -> tuple[PaperCell, ...]:
    """Account for a line of the whole: what takes points, what adds some, and what scales comes to."""
    text = view.text(discreet(line)) or view.words.text(line.rule)
    if (result := _RESULTS.get(line.verb)) is not None:
        key = "feedback counted" if line.verb == "weight" else "feedback subtotal"
        return cells(text, "", view.words.text(key, points=view.points(line.figures[result])), "")
    return cells(text, "", "", view.lost(-line.points)) if line.points < 0 else cells(text, "", view.moved(line), "")


def _remarks(unit: UnitResult, detail: Detail, view: ResultView) -> Iterator[Block]:
    yield from (Text("body", sentence) for sentence in view.taken(unit))
    if view.rounds(detail) or any(line.verb == "rounding" for line in detail.lines):
        yield Text("body", view.rounding_note)


def _losses(lost: tuple[Shortcoming, ...], detail: Detail, view: ResultView) -> Iterator[Block]:
    """Set a table for each item, numbered, under the name of its round where there are any."""
    words = view.words
    whole = [line for line in detail.lines if line.points < 0 and line.verb in _TAKING]
    if not lost:
        yield Text("body", words.text("feedback no item lost" if whole else "feedback nothing lost"))
    if any(each.cells for each in lost):
        yield Text("body", words.text("feedback check"), keep=True)
    numbered = enumerate(lost, start=1)
    for name, items in groupby(numbered, key=lambda item: item[1].round):
        group = [*items]
        if detail.rounds:
            yield _round(name, [each for _, each in group], detail, view)
        for at, each in group:
            yield from (_shortcoming(at, each, words), Text("fine", ""))
    for line in whole:
        lost_here = view.lost(-line.points)
        yield Text("body", words.text("feedback whole lost", text=view.text(discreet(line)), lost=lost_here))


def _round(name: str | None, lost: list[Shortcoming], detail: Detail, view: ResultView) -> Text:
    """Head the items of a round with what it carries and what was lost in it."""
    sections = (section for round_, section in detail.sections() if round_ == name and section.kind == "base")
    due = sum(((section.due or _NOTHING) * section.share for section in sections), _NOTHING)
    sum_ = sum((each.lost * each.share for each in lost), _NOTHING)
    title = view.words.text("feedback once") if name is None else name
    return Text("subheading", view.words.text("feedback round", round=title, due=view.brief(due), lost=view.lost(sum_)))


def _shortcoming(at: int, each: Shortcoming, words: Words) -> PaperTable:
    item = _item(each, words)
    item += words.text("feedback again") if each.again else ""
    share = "" if each.share == 1 else words.text("feedback share", share=percent(each.share))
    rows = {
        "feedback required": each.required,
        "feedback found": words.text("clause.then").join(each.found),
        "explanation": each.explained,
        "feedback cost": each.cost + share,
        "feedback demand": words.text("feedback demanded", demand=each.demand, by=each.by) if each.demand else "",
    }
    drawn = [
        (PaperCell(words.text(key)), PaperCell(text, each.cells if key == "feedback found" else ""))
        for key, text in rows.items()
        if text
    ]
    columns = PaperColumn(str(at), "center", 12), PaperColumn(item, width=72)
    return PaperTable(columns, tuple(drawn), small=True, keep=True)


def _item(each: Shortcoming | Gain, words: Words) -> str:
    item = f"{each.node.id} {each.node.title}"
    return words.text("feedback item", section=each.section, item=item, clause=each.clause)


def _gains(gained: tuple[Gain, ...], view: ResultView) -> Iterator[Block]:
    if not gained:
        return
    words = view.words
    heads = (("item", 24), ("feedback gained for", 44))
    columns = (
        *(PaperColumn(words.text(key), width=width) for key, width in heads),
        PaperColumn(words.text("feedback gained"), "center", 10),
    )
    rows = [
        cells(
            _item(each, words),
            words.text("clause.then").join(each.found),
            view.points(each.points),
        )
        for each in gained
    ]
    yield PaperTable(columns, tuple(rows), True)


def _receipt(subject: str, words: Words) -> Iterator[Block]:
    """Set what the unit sends back: that it agrees, or asks for another look."""
    who = "person" if names_people(subject) else "branch" if _BRANCH in subject else "unit"
    yield from (GAP, Text("fine", words.text("receipt cut"), keep=True))
    keys = (f"receipt text {who}", "receipt reply", f"receipt sign {who}", "receipt answer")
    yield from (Text("body", words.text(key), keep=key is not keys[-1]) for key in keys)
