"""Assessors' rows → the figures of each measure, and why there is none where an assessor gave none."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.core.diagnostics import Code, Diagnostic, at_cell
from dangjian_score.core.facts import Absence, AbsenceReason, Cell, Fact
from dangjian_score.core.names import fold
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.facts.gather import Answer, UnitSlot, agreed_on
from dangjian_score.evidence.sheets import RawCell, shown
from dangjian_score.evidence.tables.cells import NoFigure, Seen, read
from dangjian_score.evidence.tables.columns import ASSESSOR
from dangjian_score.evidence.tables.keys import Key, Spellings, Unusable, read_key, unusable
from dangjian_score.evidence.tables.rows import Entry

_REASONS: Final[Mapping[str, AbsenceReason]] = {"弃权": "abstained", "回避": "recused", "缺评": "absent"}
_WORDS: Final = {reason: word for word, reason in _REASONS.items()}
_TABLE: Final = "评分表"


class AssessorReader(Struct, frozen=True):
    """Reads assessors' rows into slots; what is wrong with them goes to `found`."""

    known: Catalogue
    spellings: Spellings
    found: list[Diagnostic]

    def take(self, slot: UnitSlot, entry: Entry) -> None:
        """Take one row in. A row that holds neither a name nor a figure is one of a template that nobody used."""
        cells = {name: entry.cells[name] for name in sorted(self.known.judged & entry.cells.keys())}
        empty = all(raw is None for raw, _ in cells.values())
        raw, place = entry.cells[ASSESSOR]
        if raw is None and empty:
            self.found.append(at_cell(Code.ROW_PASSED_OVER, entry.cell, row=entry.unit))
            return
        match read_key(raw):
            case Key() as key:
                assessor = self.spellings.first(ASSESSOR, key, place)
                for name, (figure, cell) in cells.items():
                    self._figure(slot, assessor, self.known.measures[name], figure, cell, empty=empty)
            case nobody:
                self.found.extend(_misnamed(nobody, raw, place, entry.unit))
                slot.faults |= cells.keys()

    def _figure(
        self, slot: UnitSlot, assessor: str, measure: Measure, raw: RawCell | None, cell: Cell, *, empty: bool
    ) -> None:
        if raw is None:
            absence = Absence(_why_blank(measure, empty=empty), cell)
            slot.absences[measure.name].setdefault(assessor, []).append(absence)
            return
        reason = _REASONS.get(fold(raw.content)) if isinstance(raw.content, str) else None
        reading = read(raw, measure) if reason is None else NoFigure(reason)
        slot.assessed[measure.name].setdefault(assessor, []).append(Seen(raw, cell, reading))


def _misnamed(nobody: Unusable | None, raw: RawCell | None, cell: Cell, unit: str) -> Iterator[Diagnostic]:
    """Report a name that names nobody."""
    if nobody is not None and raw is not None:
        yield from unusable(nobody, raw, cell, ASSESSOR)
    else:
        args = {"unit": unit, "register": _TABLE, "measure": ASSESSOR}
        yield at_cell(Code.EVENT_BLANK, cell, found="" if raw is None else shown(raw), **args)


def _why_blank(measure: Measure, *, empty: bool) -> AbsenceReason:
    """Tell what a blank means: what the rubric says, else 缺评 where the whole row is empty."""
    if measure.abstains:
        return "abstained"
    return "absent" if empty and measure.blank is None else "blank"


class Given(Struct, frozen=True):
    """What assessors say of one measure: figures and absences by assessor, `declined` where all say 不适用.

    What is `faulty` was reported and must not be used.
    """

    figures: Mapping[str, Fact] = field(default_factory=dict)
    absences: Mapping[str, Absence] = field(default_factory=dict)
    declined: Cell | None = None
    faulty: bool = False


def given(unit: str, measure: Measure, slot: UnitSlot, entered: Fact | Cell | None, found: list[Diagnostic]) -> Given:
    """Bring together what assessors say of a measure.

    `entered` is what a table of units says of it: a figure there and figures of assessors are one too many, and
    rows that assessors left blank beside it mean nothing.
    """
    seen = slot.assessed.get(measure.name, {})
    answers = {name: agreed_on(unit, measure, cells, found) for name, cells in seen.items()}
    figures = {name: answer for name, answer in answers.items() if isinstance(answer, Fact)}
    absences = {name: answer for name, answer in answers.items() if isinstance(answer, Absence)}
    declined = next((answer for answer in answers.values() if isinstance(answer, Cell)), None)
    conflict = next(_conflicts(entered, _first(figures), _first(absences), declined), None)
    if conflict is not None:
        found.append(_differ(unit, measure, *sorted(conflict, key=_place)))
    if conflict is not None or None in answers.values():
        return Given(faulty=True)
    if entered is not None:
        return Given(declined=declined)
    for name, blanks in slot.absences.get(measure.name, {}).items():
        if name in answers:
            continue
        absence = next((one for one in blanks if one.reason == "blank"), blanks[0])
        if measure.blank is None:
            absences[name] = absence
        else:
            figures[name] = Fact(measure.blank, absence.cell)
    return Given(figures, absences, None if figures else declined)


def _first(answers: Mapping[str, Answer]) -> Answer | None:
    return next(iter(answers.values()), None)


def _conflicts(
    entered: Answer | None, figure: Answer | None, absence: Answer | None, declined: Answer | None
) -> Iterator[tuple[Answer, Answer]]:
    """Pair what cannot both be true."""
    value = entered if isinstance(entered, Fact) else None
    for one, other in ((entered, figure), (declined, figure), (value, declined), (entered, absence)):
        if one is not None and other is not None:
            yield one, other


def _differ(unit: str, measure: Measure, first: Answer, second: Answer) -> Diagnostic:
    told = {"unit": unit, "measure": measure.name, "first": str(_place(first)), "other": answer_text(first)}
    return at_cell(Code.VALUES_DIFFER, _place(second), found=answer_text(second), **told)


def _place(answer: Answer) -> Cell:
    return answer if isinstance(answer, Cell) else answer.cell


def answer_text(answer: Answer) -> str:
    """Say what was entered, as it is entered."""
    match answer:
        case Cell():
            return "不适用"
        case Absence(reason):
            return _WORDS[reason]
        case Fact(bool() as yes):
            return "是" if yes else "否"
        case Fact(Fraction() as number):
            return plain(number)
        case Fact(value):
            return str(value)
