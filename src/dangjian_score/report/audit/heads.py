"""What stands above each column: the item, the clause, what it carries, what the figures below are."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from dangjian_score.core.algebra import Figure, Grouped, Tally, figures, reads
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.points import plain
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.step_names import (
    DUE,
    EARNED,
    FINAL,
    GRADE,
    RAW,
    REPORTED,
    SCALED,
    SUM,
    TOTAL,
    TOTAL_HELD,
    TOTAL_RAW,
    WEIGHED,
    WHOLE,
    asked,
    before_cap,
    due,
    held,
    kept,
    of_kind,
    of_kind_in_pass,
    raw,
    ruling,
    struck,
)
from dangjian_score.report.audit.book import Style
from dangjian_score.report.audit.layout import NAMED, RANK, TIE, AuditLayout
from dangjian_score.rubric.model import KINDS
from dangjian_score.words.clauses import figure_text, rule_text

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
    style: Style = "points"
    folded: bool = False
    width: float = _NARROW

    @property
    def lines(self) -> tuple[str, ...]:
        """Give it from the top."""
        return (self.id, self.title, self.clause, self.max, self.what)


class ColumnHeads:
    """Heads for every column of a layout."""

    def __init__(self, layout: AuditLayout) -> None:
        self._layout, self._program, self._words = layout, layout.program, layout.words

    def lead(self, key: str) -> list[Head]:
        """Give the first columns: what the lines of the header are, the unit, the round."""
        label, rubric = self._words.text, self._program.rubric
        titles = (label("audit id"), label("audit name"), label("clause"), label("max"))
        unit = Head(rubric.unit_column or rubric.subject, *titles, style="cell", width=24)
        return [unit, *([Head(label("round"), style="cell")] if self._layout.lead(key) > 1 else [])]

    def facts(self) -> list[Head]:
        """Head what was entered: by whom it is used."""
        return [self._used(name, name) for name in self._layout.facts]

    def figures(self) -> list[Head]:
        """Head what was reduced beforehand."""
        return [self._used(name, self._figures[name]) for name in self._layout.figures]

    def points(self) -> list[Head]:
        """Head the steps of passes."""
        return [self._steps[name] for name in self._layout.points]

    def totals(self) -> list[Head]:
        """Head what stands with the totals."""
        return [self._closing[name] for name in self._layout.totals]

    def _used(self, name: str, what: str) -> Head:
        nodes = self._users.get(name, ())
        more = "…" if len(nodes) > _MANY else ""
        ids = "、".join(node.id for node in nodes[:_MANY]) + more
        titles = "、".join(node.node.title for node in nodes[:_MANY]) + more
        clauses = "、".join(dict.fromkeys(node.clause for node in nodes[:_MANY] if node.clause))
        width = _NARROW + 2 if name == what else _WIDE
        return Head(what, ids, titles, clauses, style="number", width=width)

    @cached_property
    def _users(self) -> Mapping[str, Sequence[NodeTree]]:
        users: dict[str, dict[str, NodeTree]] = {}
        for node in self._program.nodes:
            trees = [tree for rule in node.rules for tree in rule.trees]
            for name in (*reads(*trees), *(figure.name for figure in figures(*trees)), ruling(node.id)):
                users.setdefault(name, {})[node.id] = node
        return {name: tuple(nodes.values()) for name, nodes in users.items()}

    @cached_property
    def _figures(self) -> Mapping[str, str]:
        label = self._words.text
        found = {name: label("audit combined", name=name) for name in self._layout.combined}
        found |= {ruling(node.id): label("audit ruling") for node in self._program.nodes}
        for clause in self._program.clauses:
            found |= {figure.name: self._compared(figure) for figure in figures(clause.test)}
        for rule in self._program.rules:
            for figure in figures(*rule.trees):
                if isinstance(figure, Grouped):
                    key = "audit groups taking all" if figure.name.endswith(" all") else "audit grouped"
                    found[figure.name] = label(key, rule=rule_text(rule, self._words))
                else:
                    found[figure.name] = self._compared(figure)
        return found

    def _compared(self, figure: Figure) -> str:
        key = "audit tally" if isinstance(figure, Tally) else "audit compared"
        return self._words.text(key, name=figure_text(figure, self._words))

    @cached_property
    def _steps(self) -> Mapping[str, Head]:
        label = self._words.text
        found = {name: head for node in self._program.nodes for name, head in self._node(node)}
        found |= {
            SUM: Head(label("audit sum"), style="sum", folded=True),
            DUE: Head(label("audit due sum"), folded=True),
        }
        found |= {WHOLE: Head(label("audit whole"), folded=True), SCALED: Head(label("audit scaled"), style="sum")}
        found |= {of_kind_in_pass(kind): self._kind(kind) for kind in KINDS}
        return found | {asked(clause.path): self._asked(clause.path) for clause in self._program.clauses}

    def _kind(self, kind: str) -> Head:
        """Head the sum of a kind; of kinds that the regulation has not, out of view."""
        folded = all(section.kind != kind for section in self._program.sections)
        return Head(self._words.text("audit kind", kind=self._words.text(kind)), style="sum", folded=folded)

    def _node(self, node: NodeTree) -> Iterator[tuple[str, Head]]:
        label, clause = self._words.text, node.clause or ""
        for rule in node.rules:
            cap = "" if rule.cap is None else plain(rule.cap)
            for name, key in ((before_cap(rule.name), "audit before"), (rule.name, "audit rule")):
                told = rule_text(rule, self._words)
                yield name, Head(label(key), rule.name, told, clause, cap, folded=True, width=_WIDE)
        for name, key in (
            (raw(node.id), "audit raw"),
            (held(node.id), "audit held"),
            (kept(node.id), "audit kept"),
            (due(node.id), "audit due"),
        ):
            yield name, Head(label(key), node.id, node.node.title, clause, folded=True, width=_NARROW + 4)
        most = "" if node.max is None else plain(node.max)
        style: Style = "sum" if node.nodes or len(node.path) == len(("sections", 0)) else "points"
        yield node.id, Head(label("audit node"), node.id, node.node.title, clause, most, style, width=_NARROW + 2)

    def _asked(self, path: Path) -> Head:
        label, rubric = self._words.text, self._program.rubric
        match path:
            case ("vetoes", int(at)):
                what = rubric.vetoes[at].title
            case ("selections", int(at)):
                what = rubric.selections[at].title
            case _:
                what = label("audit for grade", grade=str(path[-1]))
        return Head(label("audit asked", what=what), style="number", folded=path[0] == "vetoes", width=_NARROW + 4)

    @cached_property
    def _closing(self) -> Mapping[str, Head]:
        label, rubric = self._words.text, self._program.rubric
        titles = {node.id: node.node.title for node in self._program.nodes}
        found = {
            WEIGHED: Head(label("audit weighed"), folded=True),
            RAW: Head(label("audit base raw"), folded=rubric.reported_as is None),
            REPORTED: Head(label("audit base")),
            **{of_kind(kind): self._kind(kind) for kind in KINDS[1:]},
            TOTAL_RAW: Head(label("audit total raw"), folded=True),
            TOTAL_HELD: Head(label("audit total held"), folded=True),
            TOTAL: Head(label("audit total"), folded=not rubric.vetoes),
            FINAL: Head(label("audit final"), style="sum"),
            EARNED: Head(label("audit earned"), style="number", folded=True),
            GRADE: Head(label("audit grade place"), style="number", folded=True),
            NAMED: Head(label("grade"), style="answer"),
            RANK: Head(label("rank"), style="number"),
        }
        for at, veto in enumerate(rubric.vetoes):
            found[struck(at)] = Head(label("audit veto", title=veto.title), style="number", width=_NARROW + 4)
        for name, title in titles.items():
            found[name] = Head(label("audit over rounds", title=f"{name} {title}"), folded=True)
            found[f"{TIE}{name}"] = Head(label("audit tie", title=f"{name} {title}"))
        return found
