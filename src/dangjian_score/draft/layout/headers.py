"""Headers of tables: which row is one, and what the columns below it hold."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.draft.documents.blocks import Grid
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.grammar.words import either, page
from dangjian_score.draft.layout.titles import MAX_TITLE, figure_of

Role = Literal["number", "worth", "standard", "inspect", "result", "criterion", "item", "section"]

_HEADER_ROWS: Final = 12
"""Rows in which a header is looked for."""
_BLANK: Final = re.compile(r"\s+")
_BRACKETS: Final = re.compile(r"[（(][^（）()]*[）)]")


class ColumnRoles(Struct, frozen=True):
    """The row where the body begins, and the role of each column."""

    body: int
    roles: tuple[Role | None, ...]

    @property
    def worths(self) -> tuple[int | None, int | None]:
        """Return the columns of points of sections and of items: of two, the first is that of sections."""
        found = self.columns("worth")
        names = self.columns("section", "item", "criterion")
        if len(found) > 1 and names and found[0] < names[-1]:
            return found[0], found[-1]
        return None, found[0] if found else None

    def columns(self, *roles: Role) -> list[int]:
        """Return the columns of these roles, from the left."""
        return [column for column, role in enumerate(self.roles) if role in roles]


@cache
def _roles() -> tuple[tuple[Role, re.Pattern[str]], ...]:
    return tuple((role, re.compile(either(patterns))) for role, patterns in page("words.yaml")["headings"].items())


def role_of(text: str) -> Role | None:
    """Return what a column of this heading holds."""
    heading = re.sub("[%％]", "", _BLANK.sub("", text))
    heading = _BRACKETS.sub("", heading) or heading
    return next((role for role, pattern in _roles() if pattern.fullmatch(heading)), None)


def header_of(grid: Grid) -> ColumnRoles | None:
    """Find the header: the first row whose cells name a column of points or of scoring, and another one."""
    for at, row in enumerate(grid.rows[:_HEADER_ROWS]):
        roles = _one_standard(tuple(role_of(cell.text) for cell in row))
        if any(cell.text.strip() in ("考评值", "填法") for cell in row):  # a form of this program
            roles = tuple(
                "result" if cell.text.strip() == "指标" else role for cell, role in zip(row, roles, strict=True)
            )
        roles = _with_items(roles)
        known = {role for role in roles if role is not None}
        texts = {cell.text for cell in row}
        if (
            len(texts) > 1
            and known & {"worth", "standard"}
            and known & {"section", "item", "criterion", "standard"}
            and len(known) > 1
        ):
            header = _of_two_rows(grid, at, roles)
            return replace(header, roles=_one_title(header.roles, [cell.text for cell in grid.rows[header.body - 1]]))
    return _by_content(grid)


_POINTS: Final = re.compile(r"(?:[扣减加得计记奖]|扣除)[^，。；]{0,8}?\d+(?:\.\d+)?分|不得分|\d分[/／]|满分")
_HALF: Final = 0.5


def _by_content(grid: Grid) -> ColumnRoles | None:
    """Tell the columns of a table without a header by what stands in them: clauses, bare figures, names."""
    columns = range(len(grid.rows[0]))
    texts = [[evened(row[column].text) for row in grid.rows if row[column].columns < len(row)] for column in columns]
    speaking = [sum(bool(_POINTS.search(text)) for text in column) for column in texts]
    most = max(speaking, default=0)
    if not most or len(grid.rows[0]) == 1:
        return None
    standard = speaking.index(most)
    roles: list[Role | None] = []
    for column in columns:
        filled = [text for text in texts[column] if text.strip()]
        figures = sum(figure_of(text) is not None for text in filled)
        if column == standard:
            roles.append("standard")
        elif filled and figures > _HALF * len(filled):
            counting = column == 0 and [figure_of(text) for text in filled[:2]] == [1, 2]
            roles.append("number" if counting else "worth")
        else:
            roles.append("item" if column < standard else "result" if not filled else "inspect")
    return ColumnRoles(0, tuple(roles)) if "item" in roles else None


def _one_standard(roles: tuple[Role | None, ...]) -> tuple[Role | None, ...]:
    """Take the first of two columns of scoring for the items, where no other column names them (加分情形, 加分标准)."""
    if roles.count("standard") < 2 or {"section", "item", "criterion"} & set(roles):  # noqa: PLR2004
        return roles
    first = roles.index("standard")
    return (*roles[:first], "item", *roles[first + 1 :])


def _with_items(roles: tuple[Role | None, ...]) -> tuple[Role | None, ...]:
    """Take the first column of an unknown kind for the items, where none else names them."""
    if {"section", "item", "criterion"} & set(roles) or "standard" not in roles or None not in roles:
        return roles
    first = roles.index(None)
    return (*roles[:first], "item", *roles[first + 1 :]) if first < roles.index("standard") else roles


_DESCRIBING: Final = re.compile("内容|要求|要点|目标|点$")


def _one_title(roles: tuple[Role | None, ...], headings: Sequence[str]) -> tuple[Role | None, ...]:
    """Take what follows the names of items for their description: 考核指标 | 考核内容."""
    items = [at for at, role in enumerate(roles) if role == "item"]
    named = [at for at in items if not _DESCRIBING.search(headings[at])]
    return tuple(
        "criterion" if at in items and at not in named and named and at > named[0] else role
        for at, role in enumerate(roles)
    )


def _of_two_rows(grid: Grid, at: int, roles: tuple[Role | None, ...]) -> ColumnRoles:
    """Take the second row of a header in, where cells of the first are merged over it or over its columns."""
    row = grid.rows[at]
    deep = max(cell.rows for cell in row)
    wide = any(cell.columns > 1 and not cell.text.isspace() for cell in row)
    if at + 1 >= len(grid.rows) or (deep == 1 and not wide):
        return ColumnRoles(at + 1, roles)
    below = grid.rows[at + 1]
    if deep > 1 or (all(len(cell.text) <= MAX_TITLE for cell in below) and any(role_of(cell.text) for cell in below)):
        split = tuple(
            role if cell.row == under.row else role_of(under.text) or role
            for role, cell, under in zip(roles, row, below, strict=True)
        )
        if deep > 1 or any(role is not None for role in split):
            return ColumnRoles(at + max(deep, 2), split)
    return ColumnRoles(at + 1, roles)
