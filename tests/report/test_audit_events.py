"""The audit workbook of judged events, of events of several units, and of conditions over events and points."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.carriers import office
from tests.report.audits import Audited, audited, differences
from tests.scenes import CLAUSE_HEAD
from tests.support import ROOT, rubric


@cache
def books() -> dict[str, Audited]:
    """Write the workbook of each clause with its units."""
    clauses = yaml.load((ROOT / "tests" / "clauses" / "events.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    return {
        f"clause {at}": audited(
            rubric(clause["rubric"], CLAUSE_HEAD),
            {f"单位{number:02}": unit for number, unit in enumerate(clause["units"], 1)},
        )
        for at, clause in enumerate(clauses, 1)
    }


@pytest.mark.office
def test_every_formula_comes_to_our_figure(tmp_path: Path) -> None:
    computed = office.all_recalculated({name: one.book for name, one in books().items()}, tmp_path)
    for name, one in books().items():
        count, wrong = differences(one.book, computed[name])
        assert wrong == [], name
        assert computed[name]["核对"]["B3"].value == 0
        assert count > 10 * len(one.result.units)


def test_stars_are_counted_from_the_cells_of_points() -> None:
    """The condition over the points of A, B, C, D, E reads their cells, and not what was entered."""
    stars = next(one for one in books().values() if "E" in {node.id for node in one.scored.program.nodes})
    points = stars.formulas["核算"]
    formulas = [cell.value for row in points.iter_rows() for cell in row if str(cell.value).count(">=0") >= 5]
    assert len(formulas) >= len(stars.result.units)
    assert not any("考核数据" in formula for formula in formulas)


def test_what_a_figure_of_events_is_stands_above_it() -> None:
    sheets = (one.stored["归集"] for one in books().values() if "归集" in one.stored.sheetnames)
    heads = {cell.value for sheet in sheets for cell in sheet[6]}
    assert heads >= {"台账：“重复信访”（按“认定扣分”计）", "台账：“事故”（只计“死亡人数”达到 2 的）"}
