"""The top of the page: how many clauses there are of each kind, the points of the sections, what is marked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.points import plain
from dangjian_score.draft.comparison.rows import ComparedRow, SectionRows, Status
from dangjian_score.draft.layout.outline import StatedSum
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.report.page.elements import Element, e, joined
from dangjian_score.words.say import Words

_COUNTED: Final[tuple[Status, ...]] = ("settled", "marked", "idle", "plain")


def cards(rows: Iterable[ComparedRow], words: Words) -> Element:
    """Draw how many rows there are of each kind, and what their colours and figures mean."""
    counts = Counter(row.status for row in rows)
    keys = (e("span", e("b", "2", class_=key), " ", words.text(f"beside {key}")) for key in ("same", "other"))
    counted = (_card(status, counts[status], words) for status in _COUNTED)
    return e("div", e("dl", *counted, class_="cards"), e("p", *keys, class_="legend"))


def _card(status: Status, count: int, words: Words) -> Element:
    number = words.text("beside places" if status == "marked" else "beside clauses", count=str(count))
    name, what = words.text(f"beside {status}"), words.text(f"beside {status} is")
    return e("div", e("dt", name), e("dd", number), e("dd", what, class_="note"), class_=status)


def points_table(
    sections: Sequence[SectionRows], total: Fraction | None, stated: StatedSum | None, words: Words
) -> Element:
    """Draw the points of the sections and their total, with what the document states."""
    heads = ("section", "items", "points", "said", "settled", "marked")
    head = e("tr", *(e("th", words.text(f"beside {key}"), scope="col", class_=key) for key in heads))
    rows = [_section(section, at, words) for at, section in enumerate(sections, 1)]
    rows += [] if total is None else [_total(total, stated, words)]
    caption = e("caption", words.text("beside sections"))
    return e("table", caption, e("thead", head), e("tbody", *rows), class_="points-of")


def _section(section: SectionRows, at: int, words: Words) -> Element:
    drafted = section.drafted
    counts = Counter(row.status for row in section.all_rows)
    stated = dict.fromkeys(plain(found.points) for found in drafted.section.sums)
    name = e("th", e("a", drafted.section.title, href=f"#s{at}"), scope="row")
    cells = (
        ("items", "" if drafted.is_leaf else str(len(section.items))),
        ("points", worth(section.node, words)),
        (_said(failing=bool(drafted.failing)), "、".join(stated)),
        ("settled", str(counts["settled"])),
        ("marked", str(counts["marked"] or "")),
    )
    return e("tr", name, *(e("td", text, class_=class_) for class_, text in cells))


def _total(total: Fraction, stated: StatedSum | None, words: Words) -> Element:
    name = e("th", words.text("beside total"), scope="row")
    failing = stated is not None and stated.points != total
    said = e("td", "" if stated is None else plain(stated.points), class_=_said(failing=failing))
    points = e("td", plain(total), class_="points")
    return e("tr", name, e("td", class_="items"), points, said, e("td"), e("td"), class_="sum")


def _said(*, failing: bool) -> str:
    return "said failing" if failing else "said"


def worth(node: NodeTree, words: Words) -> str:
    """Return the points of a section: its own, or how far a bonus or a penalty goes."""
    if node.kind == "base":
        return "" if node.max is None else plain(node.max)
    limit = node.ceiling if node.kind == "bonus" else None if node.floor is None else -node.floor
    shown = words.text("beside open") if limit is None or node.kind == "adjust" else plain(limit)
    return f"{words.text(f'beside kind {node.kind}')} {shown}"


def marks(marked: Sequence[tuple[str, ComparedRow]], words: Words) -> Element | None:
    """List what is marked under its titles, with the way to it."""
    rows = (
        e("li", e("a", title, href=f"#m{at}"), " ", *joined(row.source, " "), " ", e("small", row.why))
        for at, (title, row) in enumerate(marked, 1)
    )
    return e("section", e("h2", words.text("beside marks")), e("ol", *rows), class_="marks") if marked else None
