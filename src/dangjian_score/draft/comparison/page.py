"""The page: on the left the regulation, on the right what was understood, and links from mark to mark."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.checks.gate import validate
from dangjian_score.checks.study import Study
from dangjian_score.core import __version__
from dangjian_score.draft.comparison import overview
from dangjian_score.draft.comparison.figures import marked, values
from dangjian_score.draft.comparison.rows import ComparedRow, ItemRows, RowWriter, SectionRows, place_text
from dangjian_score.draft.comparison.whole import WholeWriter
from dangjian_score.draft.reading import DraftedMeasure
from dangjian_score.draft.regulation import Draft
from dangjian_score.report.page.elements import Element, e, joined
from dangjian_score.report.page.frame import STYLE, asset, page_html
from dangjian_score.words.say import Words

_TOP: Final = "top"


def comparison_html(draft: Draft, rubric: bytes, words: Words) -> bytes:
    """Write the page of a draft and its rubric in YAML; raises ValueError where that is not valid."""
    study, _ = validate(rubric, "rubric.yaml")
    if study is None:
        raise ValueError("the rubric of a draft is valid")
    style = f"{asset(STYLE)}\n{asset('comparison.css', __package__)}"
    title = words.text("beside title", title=draft.title)
    return page_html(title, _Page(draft, study, words).body(), words, style)


class _Page:
    """Draws the page; marked rows are numbered as they are drawn, so that each leads to the next."""

    def __init__(self, draft: Draft, study: Study, words: Words) -> None:
        writer, whole = RowWriter(study, draft.measures, words), WholeWriter(draft, study, words)
        self._draft = draft
        self._rubric = study.rubric
        self._words = words
        self._sections = tuple(map(writer.section, draft.sections, study.program.sections))
        self._whole, self._unread, self._others = whole.rows(), whole.unread(), whole.others()
        self._open = [(title, row) for title, row in self._titled() if row.status == "marked"]
        self._drawn = 0

    def _titled(self) -> Iterator[tuple[str, ComparedRow]]:
        """List all rows as they stand on the page, each with the title it stands under."""
        for section in self._sections:
            yield from ((section.drafted.section.title, row) for row in section.rows)
            yield from ((item.title, row) for item in section.items for row in item.rows)
        yield from ((row.title, row) for row in self._whole)
        yield from ((self._words.text("beside belongs"), row) for row in self._unread)

    def body(self) -> Element:
        """Draw the body of the page."""
        words = self._words
        sections = [self._section(section, at) for at, section in enumerate(self._sections, 1)]
        total, stated = self._draft.total, self._draft.outline.total
        above = (
            overview.cards((row for _, row in self._titled()), words),
            overview.points_table(self._sections, total, stated, words),
            overview.marks(self._open, words),
        )
        main = e("main", *above, *sections, self._of_whole(), *self._not_read())
        foot = e("footer", e("p", words.text("beside foot", version=__version__)), e("p", words.text("beside ticks")))
        return e("body", self._head(), self._bar(), main, foot, class_="beside")

    # Around the rows

    def _head(self) -> Element:
        words, source = self._words, self._rubric.source
        document = "" if source is None else source.document or ""
        lead = words.text("beside lead", document=document, rubric=self._rubric.rubric)
        return e("header", e("h1", self._draft.title, id=_TOP), e("p", lead))

    def _bar(self) -> Element:
        """Draw what stays at the top: the choice of marked rows, and the way to each of them."""
        words = self._words
        links = (e("a", str(at), href=f"#m{at}", title=title) for at, (title, _) in enumerate(self._open, 1))
        only = e("label", e("input", type="checkbox", id="only"), words.text("beside only"), class_="only")
        if not self._open:
            return e("nav", e("span", words.text("beside no marks"), class_="settled"), class_="bar")
        return e("nav", only, e("span", *joined(links, " "), class_="jumps"), class_="bar")

    # Rows

    def _section(self, section: SectionRows, at: int) -> Element:
        drafted, words = section.drafted.section, self._words
        beside = " · ".join(filter(None, (drafted.clause, place_text(drafted.place, words))))
        points = e("span", overview.worth(section.node, words), class_="worth")
        title = e("h2", drafted.title, e("small", beside), points, id=f"s{at}")
        parts = [e("tbody", *self._rows(section.rows))] if section.rows else []
        parts += [self._item(item) for item in section.items]
        return e("section", title, self._table(parts), class_="part")

    def _table(self, parts: Iterable[Element]) -> Element:
        words = self._words
        keys = (("tick", "ticked"), ("source", "source"), ("reading", "reading"))
        heads = (e("th", words.text(f"beside {key}"), scope="col", class_=class_) for class_, key in keys)
        return e("table", e("thead", e("tr", *heads)), *parts, class_="sides")

    def _item(self, item: ItemRows) -> Element:
        beside = " · ".join(filter(None, (item.clause, item.place)))
        about = (e("p", text, class_="about") for text in item.about)
        named = (e("span", item.id, class_="id"), e("strong", item.title), e("span", item.limits, class_="limits"))
        title = e("p", *named, e("small", beside))
        head = e("tr", e("th", title, *about, colspan="3", scope="rowgroup"), class_="item")
        sources = values((*item.about, *(text for row in item.rows for text in row.source)))
        readings = values((item.limits, *(text for row in item.rows for text in row.reading)))
        return e("tbody", head, *(self._row(row, sources, readings) for row in item.rows))

    def _rows(self, rows: Sequence[ComparedRow]) -> Iterator[Element]:
        """Draw rows that belong to no item: one line may be about several of them."""
        sources = values(text for row in rows for text in row.source)
        readings = values(text for row in rows for text in row.reading)
        return (self._row(row, sources, readings) for row in rows)

    def _row(self, row: ComparedRow, sources: frozenset[Fraction], readings: frozenset[Fraction]) -> Element:
        """Draw a row; its figures are looked for in all that is said (`sources`) and read (`readings`) beside it."""
        number = None
        if row.status == "marked":
            self._drawn += 1
            number = self._drawn
        tick = e("input", type="checkbox", aria_label=self._words.text("beside ticked"))
        read = values(row.reading) if row.status == "settled" and not row.title else readings
        left = (e("p", *_compared(row, text, read, lone=True)) for text in row.source)
        right = (e("p", *_compared(row, text, sources, lone=not row.title)) for text in row.reading)
        title = e("p", row.title, class_="title") if row.title else None
        return e(
            "tr",
            e("td", tick, class_="tick"),
            e("td", title, *left, class_="source"),
            e("td", self._status(row), *right, self._asked(row.asked), self._next(number), class_="reading"),
            class_=row.status,
            id=None if number is None else f"m{number}",
        )

    def _status(self, row: ComparedRow) -> Element:
        words = self._words
        why = e("span", row.why, class_="why") if row.why else None
        line = None if row.line is None else e("small", words.text("beside line", line=str(row.line)))
        return e("p", e("span", words.text(f"beside {row.status}"), class_="status"), why, line)

    def _asked(self, measures: tuple[DraftedMeasure, ...]) -> Element | None:
        words = self._words
        if not measures:
            return None
        names = (e("span", measure.name, *self._sort(measure)) for measure in measures)
        return e("p", e("small", words.text("beside measures")), *names, class_="asked")

    def _sort(self, measure: DraftedMeasure) -> Iterator[Element]:
        """Draw the unit of a measure, and that it is a register."""
        if measure.unit:
            yield e("small", measure.unit)
        if measure.register:
            yield e("small", self._words.text("beside register"))

    def _next(self, number: int | None) -> Element | None:
        """Draw the way to the next marked row, from the last one back to the top."""
        if number is None:
            return None
        is_last = number == len(self._open)
        text = self._words.text("beside back" if is_last else "beside next")
        return e("p", e("a", text, href=f"#{_TOP}" if is_last else f"#m{number + 1}"), class_="next")

    # Beside the items

    def _of_whole(self) -> Element:
        title = e("h2", self._words.text("beside whole"))
        return e("section", title, self._table([e("tbody", *self._rows(self._whole))]), class_="part")

    def _not_read(self) -> Iterator[Element]:
        words = self._words
        if self._unread:
            table = self._table([e("tbody", *self._rows(self._unread))])
            yield e("section", e("h2", words.text("beside unread")), table, class_="part")
        if self._others:
            lines = (e("li", line) for line in self._others)
            said = e("p", words.text("beside others are", count=str(len(self._others))))
            yield e("section", e("h2", words.text("beside others")), said, e("ul", *lines), class_="others")


def _compared(row: ComparedRow, text: str, other: frozenset[Fraction], *, lone: bool) -> Iterable[Element | str]:
    """Mark the figures of a row, unless a person decides it."""
    return (text,) if row.status == "marked" else marked(text, other, lone=lone)
