"""Parquet, for large runs: the same table as .csv and as .parquet comes to the same facts."""

import sys
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.evidence import delimited
from dangjian_score.evidence.files import column_sheets
from dangjian_score.evidence.sheets import BrokenCell, Sheet
from tests.evidence.test_files import HEAD, F, read


def written(columns: dict[str, Any]) -> bytes:
    data = BytesIO()
    parquet.write_table(pa.table(columns), data)
    return data.getvalue()


def test_a_matrix() -> None:
    values: list[list[Any]] = [["一支部", "二支部"], [1, 0], [False, True], [0.95, 0.8], [None, 2]]
    evidence, found, _ = read(e_parquet=written(dict(zip(HEAD, values, strict=True))))
    assert found == []
    assert [unit.values for unit in evidence.units] == [
        {"会议缺席次数": 1, "造假": False, "参会率": F("0.95"), "补报次数": 0},
        {"会议缺席次数": 0, "造假": True, "参会率": F("0.8"), "补报次数": 2},
    ]
    assert evidence.units[1].facts["会议缺席次数"].cell.address == "B3"


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (Decimal("1.50"), F("1.5")),
        (0.1 + 0.2, F("0.3")),
        (date(2024, 3, 5), date(2024, 3, 5)),
        (datetime(2024, 3, 5), date(2024, 3, 5)),
        (datetime(2024, 3, 5, 8), BrokenCell("time", "2024-03-05 08:00:00")),
        (float("nan"), BrokenCell("error", "nan")),
        (" 优秀 ", "优秀"),
        ({"a": 1}, BrokenCell("error", "{'a': 1}")),
    ],
)
def test_values(value: Any, content: object) -> None:
    found = column_sheets(written({"甲": [value]}), "e.parquet")
    assert isinstance(found, tuple)
    assert isinstance(found[0], Sheet)
    assert found[0].rows[2][1].content == content


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty file"), (b"PAR1", "not parquet"), (b"a,b\n", "not parquet")])
def test_no_parquet(data: bytes, reason: str) -> None:
    _, found, all_of = read(e_parquet=data)
    assert found == [("E028", None)]
    assert dict(all_of[0].args)["reason"] == reason


def test_a_truncated_file_is_told() -> None:
    assert read(e_parquet=written({"党支部": ["一支部"]})[:-20])[1] == [("E028", None)]


def test_without_pyarrow_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    _, _, found = read(e_parquet=b"PAR1")
    assert dict(found[0].args)["reason"] == "parquet extra"


def test_more_cells_than_memory_has_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that are alike take a place each, and the others a place and themselves."""
    monkeypatch.setattr(limits, "MAX_UNLIKE_CELLS", 3)
    monkeypatch.setattr(limits, "MAX_CELLS", 5)
    for found in (
        column_sheets(written({"甲": [1, 2, 3, 4]}), "e.parquet"),
        delimited.sheets("甲,乙\n1,2\n".encode(), "e.csv"),
        delimited.sheets("甲,甲,甲\n甲,甲,甲\n".encode(), "e.csv"),
    ):
        assert isinstance(found, Diagnostic)
        assert dict(found.args)["reason"] == "too many cells"
    for fitting in ("甲,乙\n1,1\n", "甲,甲,甲\n甲,甲\n"):
        assert isinstance(delimited.sheets(fitting.encode(), "e.csv"), tuple)


def test_a_text_that_repeats_without_end_is_not_unpacked() -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), pa.array(["一" * 1_000]))
    data = BytesIO()
    parquet.write_table(pa.table({"党支部": texts}), data)
    assert len(data.getvalue()) < 100_000
    found = column_sheets(data.getvalue(), "e.parquet")
    assert isinstance(found, Diagnostic)
    assert dict(found.args)["reason"] == "too large"


def test_a_cell_that_no_workbook_could_hold() -> None:
    found = column_sheets(written({"党支部": ["一" * 32_768], "次数": [1]}), "e.parquet")
    assert isinstance(found, Diagnostic)
    assert dict(found.args)["reason"] == "long cell"
    assert isinstance(column_sheets(written({"党支部": ["一" * 32_767]}), "e.parquet"), tuple)
    csv = delimited.sheets(("党支部,次\n一," + "9" * 131_073).encode(), "e.csv")
    assert isinstance(csv, Diagnostic)
    assert dict(csv.args)["reason"] == "long cell"


def test_lists_are_no_cells() -> None:
    found = column_sheets(written({"党支部": ["一"], "次数": [[1, 2]]}), "e.parquet")
    assert isinstance(found, Diagnostic)
    assert dict(found.args)["reason"] == "lists in cells"
