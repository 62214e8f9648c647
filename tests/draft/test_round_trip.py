"""The scoring table of every shipped rubric, drafted again: an item has the rules it came from, or it is marked.

`python -m tests.draft.test_round_trip` prints the shares.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import pytest
import yaml
from msgspec import Struct

from dangjian_score.api.files import shipped_rubrics
from dangjian_score.cli.app import main
from dangjian_score.draft.documents.blocks import SourceDocument
from dangjian_score.draft.documents.read import read_document
from dangjian_score.draft.nodes import DraftedItem
from dangjian_score.draft.regulation import Draft, draft_of
from tests.draft.equality import figure, same_rules
from tests.draft.grading import bare

SHIPPED: Final = {path.stem: path for path in shipped_rubrics()}
Outcome = Literal["same", "marked", "different", "missing"]


class Item(Struct, frozen=True):
    """An item of a rubric that came back from its table."""

    title: str
    outcome: Outcome
    wanted: str = ""
    read: str = ""


def drafted(name: str, form: str) -> tuple[DraftedItem, ...]:
    """Return the items of the table of a rubric, drafted."""
    return tuple(item for section in draft(name, form).sections for item in section.items)


@cache
def draft(name: str, form: str) -> Draft:
    """Write the table of a rubric and draft it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{form}"
        assert main(["table", name, "-o", str(path)], {}) == 0
        document = read_document(path.name, path.read_bytes())
    assert isinstance(document, SourceDocument), document
    return draft_of(document, None)


@cache
def items(name: str, form: str) -> tuple[Item, ...]:
    """Compare what became of each item of a rubric."""
    read = [*drafted(name, form)]
    found = []
    for node in _leaves(yaml.safe_load(SHIPPED[name].read_bytes())["sections"]):
        item = _item(node["title"], read)
        read = [each for each in read if each is not item]
        found.append(_compared(node, item))
    return tuple(found)


def _leaves(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if node.get("rules"):
            yield node
        yield from _leaves(node.get("items", []))


def _item(title: str, read: list[DraftedItem]) -> DraftedItem | None:
    """Find an item by its title, which may stand behind its number."""
    named = [(bare(item.item.title), item) for item in read]
    wanted = bare(title)
    return next((item for name, item in named if name == wanted), None) or next(
        (item for name, item in named if name.endswith(wanted)), None
    )


def _compared(node: Mapping[str, Any], item: DraftedItem | None) -> Item:
    if item is None:
        return Item(node["title"], "missing")
    wanted = [{key: value for key, value in rule.items() if key != "assumed"} for rule in node["rules"]]
    read = [rule for reading in item.readings for rule in reading.rules]
    most = node.get("max")
    shown = str(figure(wanted)), str(figure(read))
    if any(reading.why for reading in item.readings):
        return Item(node["title"], "marked", *shown)
    same = same_rules(read, wanted, None if most is None else Fraction(str(most)))
    return Item(node["title"], "same" if same else "different", *shown)


FORMS: Final = ("docx", "xlsx")
SAME: Final = Fraction("0.79")
"""Items with the same rules."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SHIPPED)
def test_an_item_has_its_rules_or_is_marked(name: str, form: str) -> None:
    found = {item.title: item for item in items(name, form) if item.outcome in ("different", "missing")}
    assert not found, [*found.values()]


WITHIN: Final = {"gongsi-dangyuan", "sanxiang-dangyuan"}
"""Rubrics with a selection within each branch, which drafts do not have: it is listed as unread."""


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_said_of_the_whole_comes_back(name: str) -> None:
    """Grades and vetoes have their bounds and effects; a selection is the same or listed as unread."""
    rubric, found = yaml.safe_load(SHIPPED[name].read_bytes()), draft(name, "docx")
    grades = {
        grade: low["at_least"] if isinstance(low, dict) else low for grade, low in rubric.get("grades", {}).items()
    }
    assert {grade: read.least for grade, read in found.whole.grades.named.items()} == grades
    effects = [{key: veto[key] for key in EFFECTS if key in veto} for veto in rubric.get("vetoes", [])]
    assert [dict(veto.effect) for veto in found.whole.vetoes] == effects
    wanted = [
        {key: figure(part) for key, part in each.items() if key in BASES} for each in rubric.get("selections", [])
    ]
    read = [figure(each.keys) for each in found.whole.selections]
    assert read == wanted or (name in WITHIN and any("评优与通报" in text for text in found.unread))


EFFECTS: Final = ("grade", "grade_at_most", "total")
BASES: Final = ("at_least", "below", "quota", "places", "lowest_first", "grade_at_least", "grade_at_most", "within")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_workbook_has_the_items_of_the_document(name: str) -> None:
    """Its guide and the columns that are filled in are no regulation."""
    document, workbook = ([item.item.title for item in drafted(name, form)] for form in FORMS)
    assert workbook == document


@pytest.mark.parametrize("form", FORMS)
def test_most_items_have_their_rules(form: str) -> None:
    found = _counted(form)
    assert found["same"] >= SAME * found.total(), found


def _counted(form: str) -> Counter[str]:
    return Counter(item.outcome for name in SHIPPED for item in items(name, form))


def _table() -> str:
    outcomes: tuple[Outcome, ...] = ("same", "marked", "different", "missing")
    lines = ["| 评分表 | 项数 | 规则相同 | 待核 | 规则不同 | 没有读出 |", "|---|--:|--:|--:|--:|--:|"]
    for form in FORMS:
        found = _counted(form)
        cells = [f"{found[each]}（{100 * found[each] / found.total():.1f}%）" for each in outcomes]
        lines.append(f"| {' | '.join([f'.{form}', str(found.total()), *cells])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{_table()}\n")
