"""What a clerk may do to tables, each once at some place, and what must follow of it."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final, Literal

from msgspec import Struct

from tests.evidence_subjects import Files, Rows, Subject

Expected = Literal["told", "idle", "valid"]
"""A finding must speak of it; nothing may change; or what stands there now could be meant."""

GARBLED: Final = ("x?y", "两三次左右", "1.2.3", "#REF!", "见附件", "4;5", "１２ａ")
"""What no figure, answer, day or closed level is."""


class _Spot(Struct, frozen=True):
    """A cell with something in it below the header."""

    file: str
    row: int
    column: int

    def title(self, files: Files) -> str:
        return files[self.file][0][self.column]


Mutation = Callable[[Subject, Files, Random], Expected | None]
"""Changes tables in place; says what must follow, or None where there was nothing to change."""


def _spots(subject: Subject, files: Files) -> Iterator[_Spot]:
    """Give every filled cell of the columns that hold figures, answers, levels, words."""
    for file, rows in files.items():
        for at, row in enumerate(rows[1:], start=1):
            for column, text in enumerate(row):
                if text and rows[0][column] not in (subject.column, "轮次", "事项", "评委", "测评项"):
                    yield _Spot(file, at, column)


def _spot(subject: Subject, files: Files, chance: Random) -> _Spot | None:
    found = [*_spots(subject, files)]
    return chance.choice(found) if found else None


def blank(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Empty a cell."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    row = files[spot.file][spot.row]
    row[spot.column] = ""
    return "told" if subject.is_due(spot.file, row, spot.title(files)) else "valid"


def garble(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Write what cannot be read into a cell."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    row = files[spot.file][spot.row]
    row[spot.column] = chance.choice(GARBLED)
    measure = subject.measure(spot.file, row, spot.title(files))
    unread = spot.file.startswith("ballots") or (
        measure is not None and measure.kind != "text" and not (measure.kind == "level" and measure.open)
    )
    return "told" if unread else "valid"


def move(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Move a cell into one beside it."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    rows, down = files[spot.file], chance.random() < 0.5
    row, column = (spot.row + 1, spot.column) if down else (spot.row, spot.column + 1)
    if row >= len(rows) or column >= len(rows[0]):
        return None
    there = rows[row][column]
    rows[row][column], rows[spot.row][spot.column] = rows[spot.row][spot.column], ""
    told = subject.is_due(spot.file, rows[spot.row], spot.title(files)) and not there
    return "told" if told else "valid"


def swap_cells(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Exchange two cells of a row."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    row = files[spot.file][spot.row]
    other = chance.randrange(len(row))
    row[spot.column], row[other] = row[other], row[spot.column]
    return "valid"


def _row(files: Files, chance: Random) -> tuple[str, int] | None:
    found = [(file, at) for file, rows in files.items() for at in range(1, len(rows))]
    return chance.choice(found) if found else None


def drop_row(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Take a row away; rows of registers and of assessors need not be there."""
    if (found := _row(files, chance)) is None:
        return None
    file, at = found
    row = files[file].pop(at)
    asked = any(subject.is_due(file, row, title) for title in files[file][0])
    return "told" if asked or file.startswith("ballots") else "valid"


def double_row(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write a row a second time; ballots of one file may well be alike."""
    if (found := _row(files, chance)) is None:
        return None
    file, at = found
    files[file].insert(chance.randint(1, len(files[file])), [*files[file][at]])
    return "valid" if file.startswith("ballots") else "told"


def swap_rows(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Exchange two rows."""
    if (found := _row(files, chance)) is None:
        return None
    file, at = found
    other = chance.randint(1, len(files[file]) - 1)
    rows = files[file]
    rows[at], rows[other] = rows[other], rows[at]
    return "idle"


def _column(files: Files, chance: Random) -> tuple[str, int] | None:
    found = [(file, at) for file, rows in files.items() for at in range(1, len(rows[0]))]
    return chance.choice(found) if found else None


def drop_column(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Take a column away."""
    if (found := _column(files, chance)) is None:
        return None
    file, at = found
    title = files[file][0][at]
    told = any(row[at] and subject.is_due(file, row, title) for row in files[file][1:])
    for row in files[file]:
        del row[at]
    return "told" if told else "valid"


def garble_title(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Spoil the heading of a column."""
    if (found := _column(files, chance)) is None:
        return None
    file, at = found
    title = files[file][0][at]
    told = any(row[at] and subject.is_due(file, row, title) for row in files[file][1:])
    files[file][0][at] = chance.choice((title[::-1], title[:-1], f"{title}？", "栏目", ""))
    return "told" if told and files[file][0][at] != title else "valid"


def drop_file(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Leave a file out; one must be left."""
    if len(files) < 2:
        return None
    name = chance.choice(sorted(files))
    rows = files.pop(name)
    asked = any(subject.is_due(name, row, title) for row in rows[1:] for title in rows[0])
    return "told" if asked or name.startswith(("ballots", "register")) else "valid"


def drop_round(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Leave a round's rows out of the matrix."""
    rows = files.get("matrix.csv", [[]])
    if "轮次" not in rows[0]:
        return None
    at = rows[0].index("轮次")
    if not (rounds := sorted({row[at] for row in rows[1:] if row[at]})):
        return None
    gone = chance.choice(rounds)
    asked = any(subject.is_due("matrix.csv", row, title) for row in rows[1:] if row[at] == gone for title in rows[0])
    rows[1:] = [row for row in rows[1:] if row[at] != gone]
    return "told" if asked else "valid"


def _table(files: Files, chance: Random) -> Rows:
    return files[chance.choice(sorted(files))]


def repeat_header(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write the header again, as on each printed page, with a title over it or without."""
    rows = _table(files, chance)
    at = chance.randint(1, len(rows))
    title = [["2024年汇总表", *[""] * (len(rows[0]) - 1)]] if chance.random() < 0.5 else []
    rows[at:at] = [*title, [*rows[0]]]
    return "idle"


def title_above(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write titles and notes over the header."""
    rows = _table(files, chance)
    blank = [""] * (len(rows[0]) - 1)
    rows[:0] = [["年度考核汇总表", *blank], ["说明：照实填写，不得漏填。", *blank]][: chance.randint(1, 2)]
    return "idle"


def lines_below(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Write sums and signatures below the rows."""
    rows = _table(files, chance)
    blank = [""] * (len(rows[0]) - 1)
    rows += [["合计", *blank], ["填表人：张三", *blank], ["注：以上为全年情况。", *blank]][: chance.randint(1, 3)]
    return "idle"


def side_by_side(_: Subject, files: Files, chance: Random) -> Expected | None:
    """Move half of the rows beside the others, under the same header."""
    rows = _table(files, chance)
    half = len(rows) // 2 + 1
    right = [rows[0], *rows[half:]]
    width = len(rows[0])
    rows[:] = [
        [*row, "", *(right[at] if at < len(right) else [""] * width)] for at, row in enumerate([rows[0], *rows[1:half]])
    ]
    return "idle"


def unit_word(subject: Subject, files: Files, chance: Random) -> Expected | None:
    """Write what heads the column of units into a cell."""
    if (spot := _spot(subject, files, chance)) is None:
        return None
    files[spot.file][spot.row][spot.column] = subject.column
    return "valid"


LAYOUTS: Final[tuple[Mutation, ...]] = (repeat_header, title_above, lines_below, side_by_side)
"""What moves tables about on their sheets and must change nothing; each is the last thing done to a table."""
MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(blank, blank, garble, garble, move, swap_cells, drop_row, double_row, swap_rows),
    *(drop_column, garble_title, drop_file, drop_round, unit_word),
)
