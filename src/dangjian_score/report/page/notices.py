"""What stands around the ranking: the head, figures of all units, who was chosen or left out, and what it rests on."""

from collections.abc import Iterable, Iterator, Mapping

from dangjian_score import __version__
from dangjian_score.report.page import figures
from dangjian_score.report.page.charts import bars
from dangjian_score.report.page.elements import Element, e, joined
from dangjian_score.report.view import AbsentView, ResultView, SelectionView
from dangjian_score.words.say import Words

_MOST_BARS = 40
_MOST_NAMES = 40
_MOST_FINDINGS = 200


def head(told: ResultView, said: Words) -> Element:
    """Draw title and period, and whether the result is provisional or public."""
    period = told.rubric.period
    days = said.label("page period", first=period[0], last=period[1]) if period else None
    missing = str(len(told.unscored))
    return e(
        "header",
        e("h1", told.rubric.title),
        e("p", days, class_="period") if days else None,
        e("p", said.label("page provisional", count=missing), class_="provisional") if told.is_provisional else None,
        e("p", said.label("page public"), class_="public") if told.public else None,
    )


def overview(told: ResultView, said: Words) -> Iterator[Element]:
    """Draw figures and charts of all units; none where there are none."""
    if not told.units:
        return
    best, last = told.units[0], told.units[-1]
    cards = (
        ("page units", str(len(told.units)), _left_out(told, said)),
        ("page best", best.total, best.unit),
        ("page mean", figures.mean(told), None),
        ("page last", last.total, last.unit),
    )
    yield e("dl", *(_card(said.label(key), text, note) for key, text, note in cards), class_="cards")
    drawn = (_totals(told, said), _losses(told, said), _grades(told, said))
    yield e("div", *(chart for chart in drawn if chart), class_="charts")


def _left_out(told: ResultView, said: Words) -> str | None:
    parts = ((said.label("excluded"), len(told.excluded)), (said.label("unscored"), len(told.unscored)))
    return said.label("comma").join(f"{name} {number}" for name, number in parts if number) or None


def _card(name: str, text: str, note: str | None) -> Element:
    return e("div", e("dt", name), e("dd", text), e("dd", note, class_="note") if note else None)


def _totals(told: ResultView, said: Words) -> Element:
    if len(told.units) > _MOST_BARS:
        return bars(said.label("page spread"), figures.bins(told))
    return bars(said.label("page totals"), figures.totals(told))


def _losses(told: ResultView, said: Words) -> Element | None:
    lost = figures.losses(told)
    return bars(said.label("page losses"), lost) if lost else None


def _grades(told: ResultView, said: Words) -> Element | None:
    counted = figures.grades(told, said.label("page no grade"))
    return bars(said.label("page grades"), counted) if counted else None


def selections(told: ResultView, said: Words, links: Mapping[str, str]) -> Element | None:
    """Draw who was chosen, and who was passed over and why."""
    if not told.selections:
        return None
    title = said.label("page provisional selections" if told.is_provisional else "selections")
    drawn = (part for one in told.selections for part in _selection(one, said, links))
    return e("section", e("h2", title), *drawn, class_="selections")


def _selection(one: SelectionView, said: Words, links: Mapping[str, str]) -> Iterator[Element]:
    comma = said.label("comma")
    yield e("h3", one.title, e("small", str(len(one.units))), class_=None if one.honours else "criticism")
    chosen = [_link(unit, links) for unit in one.units]
    yield _names(joined(chosen, comma) or (said.label("nobody"),), len(chosen), None, said)
    if one.displaced:
        passed = [said.label("passed over", unit=unit, why=why) for unit, why in one.displaced]
        yield _names(joined(passed, comma), len(passed), said.label("displaced"), said)


def _names(parts: Iterable[Element | str], number: int, what: str | None, said: Words) -> Element:
    """Draw names; very many are folded."""
    label = e("b", what) if what else None
    if number <= _MOST_NAMES:
        return e("p", label, *parts, class_="displaced" if what else "chosen")
    return e("details", e("summary", label, said.label("page names", count=str(number))), e("p", *parts))


def _link(unit: str, links: Mapping[str, str]) -> Element | str:
    return e("a", unit, href=links[unit]) if unit in links else unit


def absent(told: ResultView, said: Words) -> Iterator[Element]:
    """Draw who does not take part and who is not scored, and why."""
    for key, says, units in (("excluded", "passed over", told.excluded), ("unscored", "page errors", told.unscored)):
        if units:
            listed = e("ul", *(e("li", _absent(one, says, said)) for one in units))
            yield e("section", e("h2", said.label(key)), listed, class_=key)


def _absent(one: AbsentView, says: str, said: Words) -> str:
    why = said.label("comma").join(one.why)
    return said.label(says, unit=one.unit, why=why) if why else one.unit


def findings(told: ResultView, said: Words) -> Element | None:
    """Draw what was noted of the evidence, worst first as they come."""
    if not told.diagnostics:
        return None
    rows = (
        e(
            "tr",
            *(e("td", text) for text in (str(one.code), said.label(one.severity), str(one.place), said.message(one))),
        )
        for one in told.diagnostics[:_MOST_FINDINGS]
    )
    more = len(told.diagnostics) - _MOST_FINDINGS
    rest = e("p", said.label("page more findings", count=str(more))) if more > 0 else None
    title = said.label("page findings", count=str(len(told.diagnostics)))
    return e("details", e("summary", title), e("table", e("tbody", *rows)), rest, class_="findings")


def foot(told: ResultView, said: Words) -> Element:
    """Draw what the result rests on: rubric, evidence, tool."""
    rubric = told.rubric
    sources = [(said.label("page rubric"), rubric.id, rubric.sha256)]
    sources += [(said.label("page evidence"), one.name or "", one.sha256) for one in told.evidence]
    rows = (
        e("tr", e("th", what, scope="row"), e("td", name), e("td", e("code", sha256), class_="sum"))
        for what, name, sha256 in sources
    )
    heads = (e("th", text, scope="col") for text in ("", said.label("page file"), "SHA-256"))
    table = e("table", e("thead", e("tr", *heads)), e("tbody", *rows))
    basis = e("details", e("summary", said.label("page basis")), table, open=True)
    return e("footer", findings(told, said), basis, e("p", f"dangjian-score {__version__}"))
