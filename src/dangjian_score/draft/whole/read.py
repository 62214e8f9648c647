"""Read what a regulation says of the whole, sentence by sentence."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.layout.outline import Outline
from dangjian_score.draft.whole.calendar import period_of, rounding_of, subject_of
from dangjian_score.draft.whole.grades import Grades, grades_in
from dangjian_score.draft.whole.limits import in_shares
from dangjian_score.draft.whole.selections import PRINTED, DraftedSelection, selections_in
from dangjian_score.draft.whole.sentences import sentences_of
from dangjian_score.draft.whole.vetoes import DraftedVeto, is_veto, vetoes_in

_NUMBER: Final = re.compile(r"^\s*\d{1,2}[.．](?=\d{2,3}(?:\.\d+)?分)")
"""The number of a line that points follow at once: 3.90分以上为优秀."""


_ASSUMED: Final = re.compile(r"，暂拟|，暂定理解：(?:[^（）]|（[^（）]*）)*")
"""What `table` prints of the notes of a rubric."""


class DraftedWhole(Struct, frozen=True):
    """What is said of the whole regulation."""

    grades: Grades = field(default_factory=lambda: Grades({}))
    vetoes: tuple[DraftedVeto, ...] = ()
    selections: tuple[DraftedSelection, ...] = ()
    rounding: Mapping[str, Fraction | str] = field(default_factory=dict)
    year: str | None = None
    period: tuple[str, str] | None = None
    subject: str = "单位"

    @property
    def read(self) -> tuple[str, ...]:
        """The words that something was read from."""
        return (
            *self.grades.read,
            *self.grades.limited,
            *(veto.words for veto in self.vetoes),
            *(chosen.words for chosen in self.selections),
        )


def lines_of(outline: Outline) -> list[str]:
    """Return the lines outside of items, with their figures and shares in one form."""
    plain = (_ASSUMED.sub("", evened(_NUMBER.sub("", text))) for text in outline.lines)
    return [line for line in map(in_shares, plain) if line]


def whole_of(outline: Outline) -> DraftedWhole:
    """Read what the lines outside of items say of the whole."""
    lines = lines_of(outline)
    sentences = [*sentences_of(lines)]
    grades = grades_in([each for each in sentences if each.label != PRINTED], lines)
    names = tuple(grades.named)
    graded = [each for each in sentences if any(words in each.words for words in grades.read)]
    vetoes = [each for each in sentences if each not in graded and each.label != PRINTED and is_veto(each, names)]
    others = [each for each in sentences if each not in vetoes]
    year, period = period_of((outline.title, *lines))
    return DraftedWhole(
        grades,
        tuple(vetoes_in(outline.sections, vetoes, names)),
        tuple(selections_in(others, names, {*grades.limited, *(each.words for each in graded)})),
        rounding_of(lines),
        year,
        period,
        subject_of(outline.title),
    )
