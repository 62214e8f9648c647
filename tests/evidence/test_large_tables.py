"""Blank lines and separators of a .csv: read as the csv module reads them, kept in as much room as what they hold."""

import csv
from io import StringIO
from random import Random

import pytest

from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.evidence import delimited
from dangjian_score.evidence.sheets import FilledRow, Sheet, SheetRow, written

CELLS = ("", "", "", " ", "一支部", "1", '"甲,乙"')


def sheet_of(text: str) -> Sheet:
    found = delimited.sheets(text.encode(), "e.csv")
    assert not isinstance(found, Diagnostic)
    return found[0]


@pytest.mark.parametrize("seed", range(30))
def test_rows_are_those_of_the_csv_module(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  no secret hangs on it
    lines = ["党支部,缺"]
    for _ in range(rng.randrange(1, 20)):
        filler = "," * rng.choice([0, 0, 3, 40])
        lines.append(",".join(rng.choice(CELLS) for _ in range(rng.randrange(6))) + filler + rng.choice(["", ",末"]))
    text = "\n".join(lines)
    records = enumerate(csv.reader(StringIO(text, newline="")), start=1)
    expected = {
        at: {column: cell.strip() for column, cell in enumerate(record, start=1) if cell.strip()}
        for at, record in records
    }
    found = {at: {column: written(cell) for column, cell in row.items()} for at, row in sheet_of(text).rows.items()}
    assert found == {at: row for at, row in expected.items() if row}


def room(row: SheetRow) -> int:
    """Count the places that a row keeps, empty ones included."""
    return len(row.cells) if isinstance(row, FilledRow) else len(row)


def test_separators_alone_take_no_room() -> None:
    text = "党支部,缺\n" + "\n" * 1000 + ("," * 3000 + "\n") * 20 + "一支部,1" + "," * 3000 + "\n" + "," * 3000 + "末\n"
    rows = sheet_of(text).rows
    assert [*rows] == [1, 1022, 1023]
    assert [{column: written(cell) for column, cell in row.items()} for row in rows.values()] == [
        {1: "党支部", 2: "缺"},
        {1: "一支部", 2: "1"},
        {3001: "末"},
    ]
    assert sum(map(room, rows.values())) <= 10
