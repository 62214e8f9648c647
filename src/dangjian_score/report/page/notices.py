"""What stands around the ranking: the head, figures of all units, who was chosen or left out, and what it rests on."""

from collections.abc import Iterable, Iterator, Mapping

from dangjian_score import __version__
from dangjian_score.engine.result import Excluded, Unscored
from dangjian_score.engine.selections import Chosen
from dangjian_score.report.figures import Losses
from dangjian_score.report.page import figures
from dangjian_score.report.page.charts import bars
from dangjian_score.report.page.elements import Element, e, joined
from dangjian_score.report.view import ResultView
from dangjian_score.words.say import Words

_MOST_BARS = 40
_MOST_NAMES = 40
_MOST_FINDINGS = 200


def head(view: ResultView, *, is_rounded: bool) -> Element:
    """Draw title and period, whether the result is provisional or public, and that figures are rounded."""
    said, period = view.words, view.rubric.period
    days = said.label("page period", first=str(period.from_), last=str(period.to)) if period else None
    missing = str(len(view.result.unscored))
    return e(
        "header",
        e("h1", view.rubric.title),
        e("p", days, class_="period") if days else None,
        e("p", said.label("page provisional", count=missing), class_="provisional") if view.is_provisional else None,
        e("p", said.label("page public"), class_="public") if view.public else None,
        e("p", view.rounding_note, class_="rounded") if is_rounded else None,
    )


def overview(view: ResultView, losses: Losses) -> Iterator[Element]:
    """Draw figures and charts of all units; none where there are none."""
    units, label = view.result.units, view.words.label
    if not units:
        return
    best, last = units[0], units[-1]
    cards = (
        ("page units", str(len(units)), _left_out(view)),
        ("page best", view.total(best.total), best.unit),
        ("page mean", figures.mean(view), None),
        ("page last", view.total(last.total), last.unit),
    )
    yield e("dl", *(_card(label(key), text, note) for key, text, note in cards), class_="cards")
    drawn = (_totals(view), _losses(losses, view), _grades(view))
    yield e("div", *(chart for chart in drawn if chart), class_="charts")


def _left_out(view: ResultView) -> str | None:
    label, result = view.words.label, view.result
    parts = ((label("excluded"), len(result.excluded)), (label("unscored"), len(result.unscored)))
    return label("comma").join(f"{name} {number}" for name, number in parts if number) or None


def _card(name: str, text: str, note: str | None) -> Element:
    return e("div", e("dt", name), e("dd", text), e("dd", note, class_="note") if note else None)


def _totals(view: ResultView) -> Element:
    if len(view.result.units) > _MOST_BARS:
        return bars(view.words.label("page spread"), figures.bins(view))
    return bars(view.words.label("page totals"), figures.totals(view))


def _losses(losses: Losses, view: ResultView) -> Element | None:
    lost = figures.lost_shares(losses)
    return bars(view.words.label("page losses"), lost) if lost else None


def _grades(view: ResultView) -> Element | None:
    counted = figures.grades(view, view.words.label("page no grade"))
    return bars(view.words.label("page grades"), counted) if counted else None


def selections(view: ResultView, links: Mapping[str, str]) -> Element | None:
    """Draw who was chosen, and who was passed over and why."""
    if not view.result.selections:
        return None
    title = view.words.label("page provisional selections" if view.is_provisional else "selections")
    drawn = (part for one in view.result.selections for part in _selection(one, view, links))
    return e("section", e("h2", title), *drawn, class_="selections")


def _selection(one: Chosen, view: ResultView, links: Mapping[str, str]) -> Iterator[Element]:
    said, selection = view.words, one.selection
    comma = said.label("comma")
    yield e("h3", selection.title, e("small", str(len(one.units))), class_=None if selection.honours else "criticism")
    chosen = [_link(unit, links) for unit in one.units]
    yield _names(joined(chosen, comma) or (said.label("nobody"),), len(chosen), None, said)
    if one.displaced:
        passed = [said.label("passed over", unit=each.unit, why=view.passed_over(each)) for each in one.displaced]
        yield _names(joined(passed, comma), len(passed), said.label("displaced"), said)


def _names(parts: Iterable[Element | str], number: int, what: str | None, said: Words) -> Element:
    """Draw names; very many are folded."""
    label = e("b", what) if what else None
    if number <= _MOST_NAMES:
        return e("p", label, *parts, class_="displaced" if what else "chosen")
    return e("details", e("summary", label, said.label("page names", count=str(number))), e("p", *parts))


def _link(unit: str, links: Mapping[str, str]) -> Element | str:
    return e("a", unit, href=links[unit]) if unit in links else unit


def absent(view: ResultView) -> Iterator[Element]:
    """Draw who does not take part and who is not scored, and why."""
    said, result = view.words, view.result
    for key, says, units in (
        ("excluded", "passed over", result.excluded),
        ("unscored", "page errors", result.unscored),
    ):
        if units:
            listed = e("ul", *(e("li", _absent(one, says, said)) for one in units))
            yield e("section", e("h2", said.label(key)), listed, class_=key)


def _absent(one: Excluded | Unscored, says: str, said: Words) -> str:
    why = said.label("comma").join(one.why)
    return said.label(says, unit=one.unit, why=why) if why else one.unit


def findings(view: ResultView) -> Element | None:
    """Draw what was noted of the evidence, worst first as they come."""
    said = view.words
    if not view.diagnostics:
        return None
    rows = (
        e(
            "tr",
            *(e("td", text) for text in (str(one.code), said.label(one.severity), str(one.place), said.message(one))),
        )
        for one in view.diagnostics[:_MOST_FINDINGS]
    )
    more = len(view.diagnostics) - _MOST_FINDINGS
    rest = e("p", said.label("page more findings", count=str(more))) if more > 0 else None
    title = said.label("page findings", count=str(len(view.diagnostics)))
    return e("details", e("summary", title), e("table", e("tbody", *rows)), rest, class_="findings")


def foot(view: ResultView) -> Element:
    """Draw what the result rests on: rubric, evidence, tool."""
    said = view.words
    sources = [(said.label("page rubric"), view.rubric.rubric, view.sha256)]
    sources += [(said.label("page evidence"), one.name, one.sha256) for one in view.result.evidence]
    rows = (
        e("tr", e("th", what, scope="row"), e("td", name), e("td", e("code", sha256), class_="sum"))
        for what, name, sha256 in sources
    )
    heads = (e("th", text, scope="col") for text in ("", said.label("page file"), "SHA-256"))
    table = e("table", e("thead", e("tr", *heads)), e("tbody", *rows))
    basis = e("details", e("summary", said.label("page basis")), table, open=True)
    return e("footer", findings(view), basis, e("p", f"dangjian-score {__version__}"))
