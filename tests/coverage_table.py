"""The table of rubrics that ship in the README: what of each regulation has rules, and what is ours.

`python -m tests.coverage_table` writes it into the README.
"""

from collections.abc import Iterator
from typing import Final

from dangjian_score.checks.openness import clauses_in, uncovered
from dangjian_score.rubric.kinds.base import RuleBase
from dangjian_score.rubric.model import Node, Rubric
from dangjian_score.rubric.standing import ClauseSource, Exclusion, Grade, Selection, Unranked, Veto
from tests.shipped import NAMES, read_cases
from tests.support import ROOT

README: Final = ROOT / "README.md"
HEAD: Final = (
    "| 编号 | 细则 | 对象 | 原文条款 | 有规则 | 暂拟的分值和线 | 暂定的理解 |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
)
Part = Node | RuleBase | Grade | Exclusion | Unranked | Veto | Selection


def table() -> str:
    """Write the table, rubrics in the order of their ids."""
    return "\n".join((*HEAD, *(_row(read_cases(name)[0].rubric) for name in NAMES)))


def _row(rubric: Rubric) -> str:
    """Write the row of a rubric; `全部` where every point of the base sections is ours."""
    source = rubric.source or ClauseSource()
    declared = source.clauses or ""
    clauses = len({clause for clause, _ in clauses_in(declared)})
    named = (part.source.clause for part in _parts(rubric) if part.source is not None)
    unscored = len(uncovered(declared, filter(None, named)))
    base = [leaf for section in rubric.sections if section.kind == "base" for leaf in _leaves(section, ours=False)]
    figures = [*(leaf for section in rubric.sections for leaf in _leaves(section, ours=False)), *_outside(rubric)]
    ours = sum(is_ours for _, is_ours in figures)
    whole = "（分值暂拟）" if base and all(is_ours for _, is_ours in base) else ""
    readings = sum(_is_reading(part.source) for part in _parts(rubric)) + _is_reading(rubric.source)
    counts = (clauses, clauses - unscored, f"{ours}{whole}", readings)
    cells = (f"`{rubric.rubric}`", rubric.title, rubric.subject, *counts)
    return f"| {' | '.join(map(str, cells))} |"


def _leaves(node: Node, *, ours: bool) -> Iterator[tuple[Part, bool]]:
    """Visit the items that carry points, and whether these are ours: marked there, above, or on a rule."""
    ours = ours or node.assumed
    if node.items:
        for item in node.items:
            yield from _leaves(item, ours=ours)
    else:
        yield node, ours or any(rule.assumed for rule in node.rules)


def _outside(rubric: Rubric) -> Iterator[tuple[Part, bool]]:
    """Visit what stands beside the items: lines of grades, vetoes, selections, who takes part."""
    parts: tuple[Grade | Exclusion | Unranked | Veto | Selection, ...]
    parts = (*rubric.grades.values(), *rubric.vetoes, *rubric.selections, *rubric.excluded, *rubric.unranked)
    yield from ((part, part.assumed) for part in parts)


def _parts(rubric: Rubric) -> Iterator[Part]:
    """Visit everything that may have a source of its own."""
    nodes = list[Node](rubric.sections)
    while nodes:
        node = nodes.pop()
        nodes += node.items
        yield node
        yield from node.rules
    yield from (part for part, _ in _outside(rubric))


def _is_reading(source: ClauseSource | None) -> bool:
    return source is not None and source.assumed


def main() -> None:
    """Put the table where the README has it."""
    text = README.read_text("utf-8")
    before, _, rest = text.partition(HEAD[0])
    _, _, after = rest.partition("\n\n")
    README.write_text(f"{before}{table()}\n\n{after}", "utf-8")


if __name__ == "__main__":
    main()
