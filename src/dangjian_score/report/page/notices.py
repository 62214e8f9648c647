"""What stands around the ranking of a page: head, charts, figures of all units, selections, findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, count, groupby
from typing import Final, NamedTuple
from unicodedata import east_asian_width

from dangjian_score.core import __version__
from dangjian_score.core.points import plain
from dangjian_score.engine.aggregates import mean as average
from dangjian_score.engine.result import UnitResult
from dangjian_score.engine.standing import Chosen
from dangjian_score.report.formatting import written
from dangjian_score.report.overview import (
    Losses,
    StageRow,
    grade_counts,
    stage_cells,
    stage_heads,
    stage_rows,
    stage_texts,
)
from dangjian_score.report.page.elements import Element, e, joined
from dangjian_score.report.problems import SHARE, SharedProblem, sentence
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Words

_MOST_BINS: Final = 12


class ChartBar(NamedTuple):
    """A part of something that is drawn: its name, how much it is, and that as text."""

    name: str
    value: Fraction
    text: str


def mean(view: ResultView) -> str:
    """Average the totals, with the places of a total."""
    return view.total(average([unit.total for unit in view.result.units]))


def totals(view: ResultView) -> tuple[ChartBar, ...]:
    """Give each unit's total."""
    return tuple(ChartBar(unit.unit, unit.total, view.total(unit.total)) for unit in view.result.units)


def bins(view: ResultView) -> tuple[ChartBar, ...]:
    """Count the units by their totals in a dozen classes of one round width, the best first."""
    totals = [unit.total for unit in view.result.units]
    step = _step(max(totals) - min(totals))
    counts: dict[int, int] = {}
    for total in totals:
        counts[total // step] = counts.get(total // step, 0) + 1
    classes = range(max(counts), min(counts) - 1, -1)
    return tuple(_counted(f"{plain(at * step)}–{plain((at + 1) * step)}", counts.get(at, 0)) for at in classes)


def _step(span: Fraction) -> Fraction:
    """Find the least of 1, 2, 5, 10, 20 … that parts a span into few enough classes."""
    steps = (Fraction(first * 10**zeros) for zeros in count() for first in (1, 2, 5))
    return next(step for step in steps if span < step * (_MOST_BINS - 1))


def grades(view: ResultView) -> tuple[ChartBar, ...]:
    """Count the units by grade, the best first; those without one come last."""
    return tuple(_counted(name, number) for name, number in grade_counts(view))


def _counted(name: str, number: int) -> ChartBar:
    return ChartBar(name, Fraction(number), str(number))


def lost_shares(losses: Losses) -> tuple[ChartBar, ...]:
    """Say which share of what it carries each base section lost."""
    rates = ((part.title, max(part.share, Fraction(0))) for part in losses.sections if part.share is not None)
    return tuple(ChartBar(title, rate, written(rate, SHARE)) for title, rate in rates)


_WIDTH: Final = 400
_LABELS: Final = 130
_FIGURES: Final = 56
_ROW: Final = 24
_BAR: Final = 14
_LETTER: Final = Fraction(13, 2)
"""What half a Chinese character takes, in the size of the labels."""
_ELLIPSIS: Final = 2
_ROOM: Final = (_LABELS - 10) // _LETTER - _ELLIPSIS
"""Half-width characters that a name may have beside an ellipsis."""


def bars(title: str, shares: Sequence[ChartBar]) -> Element:
    """Draw a bar for each share from the line of zero; names that are too long are cut, and whole in a tooltip."""
    values = [Fraction(0), *(share.value for share in shares)]
    low, high = min(values), max(values)
    scale = Fraction(_WIDTH - _LABELS - _FIGURES) / (high - low or 1)
    names = _cut([share.name for share in shares])
    rows = (_row(share, name, at, low, scale) for at, (share, name) in enumerate(zip(shares, names, strict=True)))
    size = {"viewBox": f"0 0 {_WIDTH} {_ROW * len(shares)}"}
    return e("figure", e("figcaption", title), e("svg", *rows, role="img", aria_label=title, **size))


def _row(share: ChartBar, name: str, at: int, low: Fraction, scale: Fraction) -> Element:
    zero = _LABELS - low * scale
    end = zero + share.value * scale
    top = at * _ROW + (_ROW - _BAR) // 2
    base = str(top + _BAR - 3)
    bar = {"x": _pixels(min(zero, end)), "y": str(top), "width": _pixels(abs(end - zero)), "height": str(_BAR)}
    return e(
        "g",
        e("title", f"{share.name} {share.text}"),
        e("text", name, class_="name", x=str(_LABELS - 8), y=base),
        e("rect", **bar),
        e("text", share.text, class_="figure", x=_pixels(max(zero, end) + 6), y=base),
    )


def _cut(names: Sequence[str]) -> Sequence[str]:
    """Cut names that are too long: at the end, or in the middle or at the start where that tells more of them apart."""
    ways = ([_shortened(name, tail) for name in names] for tail in (0, _ROOM // 2, _ROOM))
    return max(ways, key=lambda cut: len({*cut}))


def _shortened(name: str, tail: int) -> str:
    """Keep as much of a name as there is room for, up to `tail` half-width characters of it from its end."""
    widths = [2 if east_asian_width(char) in "WF" else 1 for char in name]
    if sum(widths) <= _ROOM + _ELLIPSIS:
        return name
    first = sum(1 for width in accumulate(widths) if width <= _ROOM - tail)
    last = sum(1 for width in accumulate(reversed(widths)) if width <= tail)
    return f"{name[:first]}…{name[len(name) - last :]}"


def _pixels(length: Fraction) -> str:
    """Write a length to a tenth of a pixel, which is finer than a screen."""
    tenths = round(length * 10)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


_MOST_BARS = 40
_MOST_NAMES = 40
_MOST_FINDINGS = 200
_MOST_PROBLEMS: Final = 20
"""Rows of shared problems that are not folded."""
_PROBLEM_HEADS: Final = (
    ("clause", None), ("item", None), ("problem", None), ("shared units", "points"), ("share", "points"),
)  # fmt: skip
_MOST_STAGED: Final = 5_000
"""Rows of units in rounds that a page shows."""


def head(view: ResultView, *, is_rounded: bool) -> Element:
    """Draw title and basis, whether the result is provisional or public, and that figures are rounded."""
    words = view.words
    missing = str(len(view.result.unscored))
    return e(
        "header",
        e("h1", view.titled(view.outcome)),
        e("p", view.basis, class_="period"),
        *(e("p", note, class_="provisional") for note in view.notes),
        e("p", words.text("provisional note", count=missing), class_="provisional") if view.is_provisional else None,
        e("p", words.text("page public"), class_="public") if view.public else None,
        e("p", view.rounding_note, class_="rounded") if is_rounded else None,
    )


def overview(view: ResultView, losses: Losses) -> Iterator[Element]:
    """Draw figures and charts of all units; none where there are none."""
    units, label = view.result.units, view.words.text
    if not units:
        return
    best, last = max(units, key=_total), min(reversed(units), key=_total)
    cards = (
        ("page units", str(len(units)), _left_out(view)),
        ("page best", view.total(best.total), best.unit),
        ("page mean", mean(view), None),
        ("page last", view.total(last.total), last.unit),
    )
    yield e("dl", *(_card(label(key), text, note) for key, text, note in cards), class_="cards")
    many = len(units) > _MOST_BARS
    charts = (
        (label("page spread"), bins(view)) if many else (label("page totals"), totals(view)),
        (label("page losses"), lost_shares(losses)),
        (label("page grades"), grades(view)),
    )
    yield e("div", *(bars(title, shares) for title, shares in charts if shares), class_="charts")


def _total(unit: UnitResult) -> Fraction:
    return unit.total


def _left_out(view: ResultView) -> str | None:
    label, result = view.words.text, view.result
    parts = ((label("excluded"), len(result.excluded)), (label("unscored"), len(result.unscored)))
    return label("comma").join(f"{name} {number}" for name, number in parts if number) or None


def _card(name: str, text: str, note: str | None) -> Element:
    return e("div", e("dt", name), e("dd", text), e("dd", note, class_="note") if note else None)


def selections(view: ResultView, links: Mapping[str, str]) -> Element | None:
    """Draw who was chosen, and who was passed over and why."""
    if not view.result.selections:
        return None
    title = view.words.text("page provisional selections" if view.is_provisional else "selections")
    drawn = (part for chosen in view.result.selections for part in _selection(chosen, view, links))
    return e("section", e("h2", title), *drawn, class_="selections")


def quotas(view: ResultView) -> Element | None:
    """Draw how many places each grade with a quota has."""
    if not view.quotas:
        return None
    listed = e("ul", *(e("li", quota) for quota in view.quotas))
    return e("section", e("h2", view.words.text("grade quotas")), listed, class_="quotas")


def _selection(chosen: Chosen, view: ResultView, links: Mapping[str, str]) -> Iterator[Element]:
    words, selection, count = view.words, chosen.selection, len(chosen.units)
    comma = words.text("comma")
    yield e("h3", selection.title, e("small", str(count)), class_=None if selection.honours else "criticism")
    units = joined((_link(unit, links) for unit in chosen.units), comma)
    yield _names(units or (words.text("nobody"),), count, None, words)
    if chosen.displaced:
        displaced = joined(view.displaced(chosen), comma)
        yield _names(displaced, len(chosen.displaced), words.text("displaced"), words)


def _names(parts: Iterable[Element | str], number: int, what: str | None, words: Words) -> Element:
    """Draw names; very many are folded."""
    label = e("b", what) if what else None
    if number <= _MOST_NAMES:
        return e("p", label, *parts, class_="displaced" if what else "chosen")
    return e("details", e("summary", label, words.text("page names", count=str(number))), e("p", *parts))


def _link(unit: str, links: Mapping[str, str]) -> Element | str:
    return e("a", unit, href=links[unit]) if unit in links else unit


def stages(view: ResultView) -> Element | None:
    """Draw a table for each round and span of rounds; for many units only where they are found."""
    if not view.stages:
        return None
    words, rows = view.words, stage_rows(view)
    drawn: list[Element] = [e("p", words.text("page many rounds"))]
    if len(rows) <= _MOST_STAGED:
        drawn = [_stage(name, list(group), view) for name, group in groupby(rows, key=lambda row: row.stage)]
    return e("section", e("h2", words.text("by round")), *drawn, id="rounds")


def _stage(name: str, rows: list[StageRow], view: ResultView) -> Element:
    heads, points = stage_heads(view)[1:], {*range(1, stage_texts(view) - 1)}
    look = ["points" if at in points else None for at in range(len(heads))]
    head = e("tr", *(e("th", text, scope="col", class_=class_) for text, class_ in zip(heads, look, strict=True)))
    body = (
        e("tr", *(e("td", text, class_=class_) for text, class_ in zip(stage_cells(row, view)[1:], look, strict=True)))
        for row in rows
    )
    scroll = e("div", e("table", e("thead", head), e("tbody", *body)), class_="scroll")
    return e("details", e("summary", name), scroll)


def problems(shared: list[SharedProblem], view: ResultView) -> Element | None:
    """Draw what many units lost points by: the sentence to paste, and the table; very long ones are folded."""
    if not shared:
        return None
    words = view.words
    heads = (e("th", words.text(key), scope="col", class_=look) for key, look in _PROBLEM_HEADS)
    body = (e("tr", *(e("td", text) for text in (one.clause, one.item, one.what)), *_figures(one)) for one in shared)
    table = e("table", e("thead", e("tr", *heads)), e("tbody", *body))
    summary = e("summary", words.text("shared count", count=str(len(shared))))
    listed = e("details", summary, e("div", table, class_="scroll"), open=len(shared) <= _MOST_PROBLEMS)
    return e("section", e("h2", words.text("problems")), e("p", sentence(shared, view)), listed, class_="problems")


def _figures(problem: SharedProblem) -> Iterator[Element]:
    yield from (e("td", text, class_="points") for text in (str(problem.units), written(problem.share, SHARE)))


def absent(view: ResultView) -> Iterator[Element]:
    """Draw who does not take part and who is not scored, and why."""
    words = view.words
    for key, units in view.absences:
        if units:
            says = "page errors" if key == "unscored" else "passed over"
            listed = e("ul", *(e("li", view.absent(unit, says)) for unit in units))
            yield e("section", e("h2", words.text(key)), listed, class_=key)


def findings(view: ResultView) -> Element | None:
    """Draw what was noted of the evidence, worst first as they come."""
    words = view.words
    if not view.diagnostics:
        return None
    rows = (
        e(
            "tr",
            *(
                e("td", text)
                for text in (str(found.code), words.text(found.severity), str(found.place), words.message(found))
            ),
        )
        for found in view.diagnostics[:_MOST_FINDINGS]
    )
    more = len(view.diagnostics) - _MOST_FINDINGS
    rest = e("p", words.text("page more findings", count=str(more))) if more > 0 else None
    title = words.text("page findings", count=str(len(view.diagnostics)))
    return e("details", e("summary", title), e("table", e("tbody", *rows)), rest, class_="findings")


def foot(view: ResultView) -> Element:
    """Draw what the result rests on: rubric, evidence, tool."""
    words = view.words
    sources = [(words.text("page rubric"), view.rubric.rubric, view.source.sha256)]
    sources += [(words.text("page evidence"), source.name, source.sha256) for source in view.result.evidence]
    rows = (
        e("tr", e("th", what, scope="row"), e("td", name), e("td", e("code", sha256), class_="sum"))
        for what, name, sha256 in sources
    )
    heads = (e("th", text, scope="col") for text in (words.text("page what"), words.text("page file"), "SHA-256"))
    table = e("table", e("thead", e("tr", *heads)), e("tbody", *rows))
    basis = e("details", e("summary", words.text("page basis")), table, open=True)
    return e("footer", findings(view), basis, e("p", f"dangjian-score {__version__}"))
