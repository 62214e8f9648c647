"""The options that ask for an interim result: `--through` a day, or `--rounds` by name."""

import re
from datetime import date
from typing import Annotated

import typer
from msgspec import Struct

from dangjian_score.api.inputs import RubricFile
from dangjian_score.cli.usage import MisuseError, bad_value

Through = Annotated[str | None, typer.Option("--through", help="opt.through", metavar="DATE")]
Rounds = Annotated[list[str] | None, typer.Option("--rounds", help="opt.rounds", metavar="NAMES")]


class Until(Struct, frozen=True):
    """How far to score: through a day, or some rounds; without either the whole period."""

    day: date | None = None
    rounds: tuple[str, ...] = ()

    def of(self, rubric: RubricFile) -> RubricFile:
        """Return the rubric for scoring that far. Raises InputError where it cannot be."""
        if self.day is not None:
            return rubric.due_by(self.day)
        return rubric.in_rounds(*self.rounds) if self.rounds else rubric


def asked_until(through: str | None, rounds: list[str] | None) -> Until:
    """Read the options. Raises MisuseError where they are both given, or cannot be read."""
    if through is not None and rounds:
        raise MisuseError("one of", option="--through", other="--rounds")
    names = tuple(name for text in rounds or () for part in re.split("[,，、]", text) if (name := part.strip()))
    if rounds and not names:
        raise bad_value("--rounds", ",".join(rounds), ["1月,2月"])
    return Until(None if through is None else _day(through), names)


def _day(text: str) -> date:
    from dangjian_score.rubric.fields import read_date

    day = read_date(text.strip())
    if day is None:
        raise bad_value("--through", text, ["YYYY-MM-DD"])
    return day
