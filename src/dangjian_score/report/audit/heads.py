"""The sheets of the audit workbook: how they are written, and what stands above each column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct

from dangjian_score.core.algebra import Figure, Grouped, Tally, figures, reads
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.names import lines_of
from dangjian_score.core.points import percent, plain
from dangjian_score.core.sheet_style import height_of
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.step_names import (
    DUE,
    EARNED,
    FINAL,
    FULL,
    GRADE,
    RATE,
    RAW,
    REPORTED,
    ROUND,
    SCALED,
    SUM,
    TOTAL,
    TOTAL_HELD,
    TOTAL_RAW,
    WEIGHED,
    WHOLE,
    asked,
    before_cap,
    chosen,
    counted,
    due,
    held,
    kept,
    met,
    of_kind,
    of_kind_in_pass,
    raw,
    ruling,
    scaled,
    struck,
    waived,
    whole,
    within,
)
from dangjian_score.report.audit.layout import (
    COMES,
    CONTENDS,
    FIRST,
    FIXED,
    GROUP,
    GROUP_RANK,
    MOVES,
    NAMED,
    PLACES,
    RANK,
    RANKED,
    TIE,
    AuditLayout,
)
from dangjian_score.report.book import GENERAL, Book, Formula, Style, decimals_format
from dangjian_score.rubric.model import KINDS
from dangjian_score.words.clauses import figure_text, rule_text
from dangjian_score.words.grades import tie_text
from dangjian_score.words.say import Words

Content = Literal["text", "answer", "number", "points", "sum", "percent", "date"]
"""What the cells of a column hold, which says how they look."""
AuditEntry = str | Fraction

_AIR: Final = 4
"""Points above and below the text of a header."""
_PAGE: Final = 180
"""Half-width characters that a page takes before its print is too small to be read."""
_SCALE: Final = 75
_MOST_LINES: Final = 20
"""Lines of a header that are shown."""


class AuditSheet:
    """One sheet of the workbook; rows and columns count from 0."""

    def __init__(self, book: Book, layout: AuditLayout, key: str) -> None:
        self._sheet = book.add(layout.sheet(key))
        self.raw, self.book = self._sheet.raw, book
        title = layout.words.text("titled", title=layout.program.rubric.title, state=layout.state)
        self._title = layout.words.text("audit title", title=title, sheet=layout.sheet(key))
        points = decimals_format(layout.program.rubric.shown_places, more=True)
        self._looks: Mapping[Content, tuple[Style, str]] = {
            "text": ("text", GENERAL),
            "answer": ("middle", GENERAL),
            "number": ("figure", GENERAL),
            "points": ("figure", points),
            "sum": ("sum", points),
            "percent": ("figure", "0.####%"),
            "date": ("day", "yyyy-mm-dd"),
        }

    def put(
        self, row: int, column: int, entry: AuditEntry | Formula, content: Content = "text", *, grey: bool = False
    ) -> None:
        """Write a text, a figure or a formula; of an empty text only the grid. What is `grey` need not be looked at."""
        self._sheet.put(row, column, entry, *self._looks[content], grey=grey)

    def write(self, row: int, column: int, text: str, style: Style) -> None:
        """Write a text that is no cell of a table."""
        self._sheet.put(row, column, text, style)

    def title(self, *, tall: bool = True) -> None:
        """Write what the sheet is into its first row."""
        self.write(0, 0, self._title, "left title")
        if tall:
            self.raw.set_row(0, height_of(2, air=0))

    def heads(self, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
        """Write a row of the header, as high as its texts need; one that only says what it is is out of view."""
        for column, text in enumerate(texts):
            self.write(row, column, text, "header")
        lines = max((lines_of(text, width - 1) for text, width in zip(texts, widths, strict=True)), default=1)
        empty = len(texts) > 1 and not any(texts[1:])
        self.raw.set_row(row, height_of(min(lines, _MOST_LINES), _AIR), None, {"hidden": empty})

    def widen(self, widths: Sequence[float], folded: Sequence[bool]) -> None:
        """Set the widths of columns; those between may be folded away, with a plus sign above the next one."""
        for column, (width, hidden) in enumerate(zip(widths, folded, strict=True)):
            closes = column > 0 and folded[column - 1] and not hidden
            level = {"level": 1, "hidden": True} if hidden else {"collapsed": True} if closes else {}
            self.raw.set_column(column, column, width, None, level)

    def table(self, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
        """Write the title, and the header of a table at a row."""
        self._sheet.widen(widths)
        self.title()
        self.heads(row, texts, widths)

    def lay_out(self, header: int, kept: int, width: float) -> None:
        """Lay out for A4 landscape; rows down to the header and the first columns stay in view and on every page.

        What is too wide for one page to be read goes over several.
        """
        self._sheet.lay_out((0, header), kept)
        if width <= _PAGE:
            self.raw.fit_to_pages(1, 0)
        else:
            self._sheet.across(kept, _SCALE)


_NARROW: Final = 10
_WIDE: Final = 26
_MANY: Final = 3
"""Items that a heading names; of more it only names the first ones."""


class Head(Struct, frozen=True):
    """The head of a column; one that is `folded` is out of view at first."""

    what: str
    id: str = ""
    title: str = ""
    clause: str = ""
    max: str = ""
    content: Content = "points"
    folded: bool = False
    width: float = _NARROW

    @property
    def lines(self) -> tuple[str, ...]:
        """Give it from the top."""
        return (self.id, self.title, self.clause, self.max, self.what)


def write_frame(sheet: AuditSheet, layout: AuditLayout, key: str, heads: Iterable[Head]) -> None:
    """Write title and header of a sheet with a row for each unit, and name its rows."""
    shown = [*_lead(layout, key), *heads]
    widths = [head.width for head in shown]
    sheet.widen(widths, [head.folded for head in shown])
    sheet.title(tall=False)
    for row, texts in enumerate(zip(*(head.lines for head in shown), strict=True), start=1):
        sheet.heads(row, texts, widths)
    for row, names in layout.rows(key):
        for column, name in enumerate(names):
            sheet.put(row, column, name)
    sheet.lay_out(FIRST, layout.lead(key), sum(head.width for head in shown if not head.folded))


def _lead(layout: AuditLayout, key: str) -> list[Head]:
    """Give the first columns: what the lines of the header are, the unit, the round."""
    label, rubric = layout.words.text, layout.program.rubric
    titles = (label("audit id"), label("audit name"), label("clause"), label("max"))
    unit = Head(rubric.unit_column or rubric.subject, *titles, content="text", width=24)
    return [unit, *([Head(label("round"), content="text")] if layout.lead(key) > 1 else [])]


def evidence_heads(layout: AuditLayout) -> tuple[list[Head], list[Head]]:
    """Head what was entered, and what was reduced beforehand: by which items it is used."""
    users: dict[str, dict[str, NodeTree]] = {}
    for node in layout.program.nodes:
        trees = [tree for rule in node.rules for tree in rule.trees]
        for name in (*reads(*trees), *(figure.name for figure in figures(*trees)), ruling(node.id), waived(node.id)):
            users.setdefault(name, {})[node.id] = node
    reduced = _reduced(layout)
    return (
        [_used(name, name, [*users.get(name, {}).values()]) for name in layout.facts],
        [_used(name, reduced[name], [*users.get(name, {}).values()]) for name in layout.figures],
    )


def _used(name: str, what: str, nodes: Sequence[NodeTree]) -> Head:
    more = "…" if len(nodes) > _MANY else ""
    ids = "、".join(node.id for node in nodes[:_MANY]) + more
    titles = "、".join(node.node.title for node in nodes[:_MANY]) + more
    clauses = "、".join(dict.fromkeys(node.clause for node in nodes[:_MANY] if node.clause))
    width = _NARROW + 2 if name == what else _WIDE
    return Head(what, ids, titles, clauses, content="number", width=width)


def _reduced(layout: AuditLayout) -> dict[str, str]:
    """Say of every figure that is reduced beforehand what it is."""
    label, words = layout.words.text, layout.words

    def compared(figure: Figure) -> str:
        key = "audit tally" if isinstance(figure, Tally) else "audit compared"
        return label(key, name=figure_text(figure, words))

    found = {name: label("audit combined", name=name) for name in layout.combined}
    for node in layout.program.nodes:
        found |= {ruling(node.id): label("audit ruling"), waived(node.id): label("audit waived")}
    found |= {figure.name: compared(figure) for figure in figures(*layout.program.outside.values())}
    for rule in layout.program.rules:
        for figure in figures(*rule.trees):
            if isinstance(figure, Grouped):
                found[figure.name] = label(_grouping(figure.name), rule=rule_text(rule, words))
            else:
                found[figure.name] = compared(figure)
    return found


def _grouping(figure: str) -> str:
    """Return the key of the words for a figure of groups."""
    keys = {" all": "audit groups taking all", " most": "audit groups at most"}
    return next((key for suffix, key in keys.items() if figure.endswith(suffix)), "audit grouped")


def points_heads(layout: AuditLayout) -> list[Head]:
    """Head the steps of passes."""
    label, program = layout.words.text, layout.program
    interim = program.interim is not None
    found = {name: head for node in program.nodes for name, head in _of_node(node, layout)}
    found |= {
        SUM: Head(label("audit sum"), content="sum", folded=True),
        DUE: Head(label("audit due sum so far" if interim else "audit due sum"), folded=True),
        WHOLE: Head(label("audit whole so far" if interim else "audit whole"), folded=True),
        SCALED: Head(label("audit scaled"), content="sum"),
        ROUND: Head(label("audit round"), content="sum"),
    }
    found |= {of_kind_in_pass(kind): _of_kind(kind, program, layout.words) for kind in KINDS}
    found |= {asked(path): _asked(path, program, layout.words) for path in program.outside}
    return [found[name] for name in layout.points]


def _of_kind(kind: str, program: Program, words: Words) -> Head:
    """Head the sum of a kind; of kinds that are not scored, out of view."""
    folded = all(section.kind != kind for part in program.passes for section in part.sections)
    return Head(words.text("audit kind", kind=words.text(kind)), content="sum", folded=folded)


def _of_node(node: NodeTree, layout: AuditLayout) -> Iterator[tuple[str, Head]]:
    label, clause, title = layout.words.text, node.clause or "", node.node.title
    for rule in node.rules:
        cap = "" if rule.cap is None else plain(rule.cap)
        for name, key in ((before_cap(rule.name), "audit before"), (rule.name, "audit rule")):
            text = rule_text(rule, layout.words)
            yield name, Head(label(key), rule.name, text, rule.model.clause or clause, cap, folded=True, width=_WIDE)
    steps = {
        raw(node.id): "audit raw",
        held(node.id): "audit held",
        kept(node.id): "audit kept",
        scaled(node.id): "audit own scaled",
        due(node.id): "audit due" if layout.program.interim is None else "due",
        within(node.id): "audit within",
        whole(node.id): "audit own whole",
        chosen(node.id): "audit chosen",
    }
    for name, key in steps.items():
        yield name, Head(label(key), node.id, title, clause, folded=True, width=_NARROW + 4)
    most = "" if node.max is None else plain(node.max)
    content: Content = "sum" if node.nodes or len(node.path) == len(("sections", 0)) else "points"
    yield node.id, Head(label("audit node"), node.id, title, clause, most, content, width=_NARROW + 2)
    if node.node.weight is not None:
        share = percent(node.node.weight)
        yield counted(node.id), Head(label("audit counted"), node.id, title, clause, share, "sum", width=_NARROW + 2)


def _asked(path: Path, program: Program, words: Words) -> Head:
    label, rubric = words.text, program.rubric
    match path:
        case ("vetoes", int(at)):
            what = rubric.vetoes[at].title
        case ("selections", int(at)):
            what = rubric.selections[at].title
        case ("tie_break", int(at)):
            return Head(tie_text(rubric.tie_break[at], program, words), content="number", folded=True)
        case _:
            what = label("audit for grade", grade=str(path[-1]))
    folded = path[0] == "vetoes"
    return Head(label("audit asked", what=what), content="number", folded=folded, width=_NARROW + 4)


def totals_heads(layout: AuditLayout) -> list[Head]:
    """Head what stands with the totals."""
    found = _of_totals(layout.program, layout.words)
    return [found[name] for name in layout.totals]


def rounds_heads(layout: AuditLayout) -> list[Head]:
    """Head what stands with rounds as results of their own."""
    found: dict[str, Head] = {}
    for stage in layout.stages:
        found |= {asked(path): _asked(path, stage.program, layout.words) for path in stage.program.outside}
        found |= _of_totals(stage.program, layout.words)
    return [found[name] for name in layout.rounds]


def _of_totals(program: Program, words: Words) -> dict[str, Head]:
    label, rubric = words.text, program.rubric
    total, ranked = ("audit final", "audit final") if program.interim is None else ("points so far", "rate")
    found = {
        WEIGHED: Head(label("audit weighed"), folded=True),
        RAW: Head(label("audit base raw"), folded=rubric.reported_as is None),
        REPORTED: Head(label("audit base")),
        **{of_kind(kind): _of_kind(kind, program, words) for kind in KINDS[1:]},
        TOTAL_RAW: Head(label("audit total raw"), folded=True),
        TOTAL_HELD: Head(label("audit total held"), folded=True),
        TOTAL: Head(label("audit before vetoes", total=label(total)), folded=not rubric.vetoes),
        FULL: Head(label("due")),
        FINAL: Head(label(total), content="sum"),
        RATE: Head(label("rate"), content="percent"),
        EARNED: Head(label("audit earned"), content="number", folded=True),
        GRADE: Head(label("audit grade place"), content="number", folded=True),
        NAMED: Head(label("grade"), content="answer"),
        FIXED: Head(label("fixed grade"), content="answer"),
        RANKED: Head(label("audit ranked"), content="answer"),
        GROUP: Head(rubric.groups or "", content="answer"),
        GROUP_RANK: Head(label("group rank"), content="number"),
        RANK: Head(label("rank"), content="number"),
    }
    for at, veto in enumerate(rubric.vetoes):
        found[struck(at)] = Head(label("audit veto", title=veto.title), content="number", width=_NARROW + 4)
    for node in program.nodes:
        title = f"{node.id} {node.node.title}"
        found[node.id] = Head(label("audit over rounds", title=title), folded=True)
    for at, tie in enumerate(rubric.tie_break):
        found[f"{TIE}{at}"] = Head(label("audit tie", title=tie_text(tie, program, words), figure=label(ranked)))
    for grade in rubric.grades:
        kinds = ((COMES, "audit comes"), (CONTENDS, "audit contends"), (PLACES, "audit places"), (MOVES, "audit moves"))
        found |= {f"{kind}{grade}": Head(label(key, grade=grade), content="number") for kind, key in kinds}
        found[met(grade)] = Head(label("audit meets", grade=grade), content="number", folded=True)
    return found
