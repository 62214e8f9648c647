"""Assessors' rows → the figures of each measure, and why there is none where an assessor gave none."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import Struct, field

from dangjian_score.core.columns import ASSESSOR, CATEGORY
from dangjian_score.core.diagnostics import Code, at_file
from dangjian_score.core.facts import Absence, AbsenceReason, Cell, Fact
from dangjian_score.core.names import fold
from dangjian_score.core.points import plain
from dangjian_score.engine.catalogue import Catalogue, Measure
from dangjian_score.evidence.facts.agree import Answer, agreed_on
from dangjian_score.evidence.facts.slots import MergeLog, Spellings, UnitSlot
from dangjian_score.evidence.sheets import RawCell, shown
from dangjian_score.evidence.tables.cells import KeyText, NoFigure, NoKey, Reading, TypedCell, read, read_key
from dangjian_score.evidence.tables.remarks import no_key
from dangjian_score.evidence.tables.table import Placed, TableRow

REASONS: Final[Mapping[str, AbsenceReason]] = {"弃权": "abstained", "回避": "recused", "缺评": "absent"}
"""What stands in the place of a figure that an assessor does not give, and why."""
_WORDS: Final = {reason: word for word, reason in REASONS.items()}
_TABLE: Final = "评分表"


def is_reason(cell: RawCell) -> bool:
    """Return whether a cell says why an assessor gives no figure."""
    return isinstance(cell.content, str) and fold(cell.content) in REASONS


class AssessorReader(Struct, frozen=True):
    """Puts assessors' rows into slots; what cells that many rows share mean for a measure is read once.

    `tables_without` are the tables that were reported to lack the column of categories.
    """

    known: Catalogue
    spellings: Spellings
    log: MergeLog
    readings: dict[tuple[int, str], tuple[RawCell, Reading]] = field(default_factory=dict)
    tables_without: set[tuple[str, str | None]] = field(default_factory=set)

    def take(self, slot: UnitSlot, row: TableRow) -> None:
        """Take one row. A row that holds neither a name nor a figure is one of a template that nobody used."""
        figures = {name: row.placed(name) for name in sorted(self.known.judged.intersection(row.names))}
        empty = all(raw is None for raw, _ in figures.values())
        raw, cell = row.placed(ASSESSOR)
        if raw is None and empty:
            self.log.report(Code.ROW_PASSED_OVER, row.cell, row=row.unit, why="row of no assessor")
            return
        match read_key(raw):
            case KeyText() as key:
                assessor = self.spellings.of(ASSESSOR, key, cell)
                self._figures(slot, assessor, row, figures, empty=empty)
                return
            case NoKey() as reading if raw is not None:
                self.log.found += no_key(reading, raw, cell, ASSESSOR)
            case _:
                args = {"unit": row.unit, "register": _TABLE, "measure": ASSESSOR}
                self.log.report(Code.EVENT_BLANK, cell, found="" if raw is None else shown(raw), **args)
        slot.faults |= figures.keys()

    def _figures(
        self, slot: UnitSlot, assessor: str, row: TableRow, figures: Mapping[str, Placed], *, empty: bool
    ) -> None:
        """Take what an assessor gave. What is combined by other categories than the assessor's is not asked for."""
        by_category = self.known.categories.keys() & figures.keys()
        given = any(figures[name][0] is not None for name in by_category)
        category = self._category(row, needed=given) if by_category else None
        if category is not None:
            slot.categories[assessor].append(category)
        for name, figure in figures.items():
            if name not in by_category or (category is not None and self._asks(name, category, figure)):
                self._figure(slot, assessor, self.known.measures[name], figure, empty=empty)
            elif figure[0] is not None:
                slot.faults.add(name)

    def _asks(self, name: str, category: Fact, placed: Placed) -> bool:
        """Return whether a measure takes what stands in a row; a blank of another category means nothing."""
        return placed[0] is not None or category.value in self.known.categories[name]

    def _category(self, row: TableRow, *, needed: bool) -> Fact | None:
        """Return the category of the assessor of a row; report one that is blank though it is `needed`, or no use."""
        known = {fold(name): name for names in self.known.categories.values() for name in names}
        raw, cell = row.placed(CATEGORY)
        match read_key(raw):
            case KeyText(folded=folded) if folded in known:
                return Fact(known[folded], cell)
            case KeyText(text=text):
                args = {"found": text, "kind": "level", "levels": "、".join(known.values())}
                self.log.report(Code.UNREADABLE_CELL, cell, measure=CATEGORY, **args)
            case NoKey() as reading if raw is not None:
                self.log.found += no_key(reading, raw, cell, CATEGORY)
            case _ if needed:
                self._without_category(row, raw, cell)
            case _:
                pass
        return None

    def _without_category(self, row: TableRow, raw: RawCell | None, cell: Cell) -> None:
        """Report a blank category; of a table without the column for it that, once."""
        if row.has(CATEGORY):
            args = {"unit": row.unit, "register": _TABLE, "measure": CATEGORY}
            self.log.report(Code.EVENT_BLANK, cell, found="" if raw is None else shown(raw), **args)
            return
        table = row.sheet.file, row.sheet.name
        if table not in self.tables_without:
            self.tables_without.add(table)
            self.log.found.append(at_file(Code.COLUMN_MISSING, *table, measure=CATEGORY))

    def _figure(self, slot: UnitSlot, assessor: str, measure: Measure, placed: Placed, *, empty: bool) -> None:
        raw, cell = placed
        if raw is None:
            absence = Absence(_why_blank(measure, empty=empty), cell)
            slot.absences[measure.name].setdefault(assessor, []).append(absence)
            return
        key = id(raw), measure.name
        if key not in self.readings:
            reason = REASONS[fold(str(raw.content))] if is_reason(raw) else None
            self.readings[key] = raw, read(raw, measure) if reason is None else NoFigure(reason)
        slot.assessed[measure.name].setdefault(assessor, []).append(TypedCell(raw, cell, self.readings[key][1]))


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


def given(unit: str, measure: Measure, slot: UnitSlot, entered: Fact | Cell | None, log: MergeLog) -> Given:
    """Bring together what assessors say of a measure.

    `entered` is what a table of units says of it: a figure there and figures of assessors are one too many, and
    rows that assessors left blank beside it mean nothing.
    """
    cells = slot.assessed.get(measure.name, {})
    answers = {assessor: agreed_on(unit, measure, own, log) for assessor, own in cells.items()}
    figures = {name: answer for name, answer in answers.items() if isinstance(answer, Fact)}
    absences = {name: answer for name, answer in answers.items() if isinstance(answer, Absence)}
    declined = next((answer for answer in answers.values() if isinstance(answer, Cell)), None)
    conflict = next(_conflicts(entered, _first(figures), _first(absences), declined), None)
    if conflict is not None:
        first, second = sorted(conflict, key=_place)
        args = {"unit": unit, "measure": measure.name, "first": str(_place(first)), "other": answer_text(first)}
        log.report(Code.VALUES_DIFFER, _place(second), **args, found=answer_text(second))
    if conflict is not None or None in answers.values():
        return Given(faulty=True)
    if entered is not None:
        return Given(declined=declined)
    for name, blanks in slot.absences.get(measure.name, {}).items():
        if name in answers:
            continue
        absence = next((blank for blank in blanks if blank.reason == "blank"), blanks[0])
        if measure.blank is None:
            absences[name] = absence
        else:
            figures[name] = Fact(measure.blank, absence.cell)
    return Given(figures, absences, None if figures else declined)


def categories(unit: str, slot: UnitSlot, known: Catalogue, log: MergeLog) -> dict[str, Fact]:
    """Return the category of each assessor of a unit; two of one are reported, and make what depends on them faulty."""
    found = {}
    for assessor, stated in slot.categories.items():
        first = found[assessor] = stated[0]
        other = next((fact for fact in stated if fact.value != first.value), None)
        if other is not None:
            args = {"unit": unit, "measure": f"{CATEGORY}（{assessor}）", "first": str(first.cell)}
            log.report(Code.VALUES_DIFFER, other.cell, **args, other=str(first.value), found=str(other.value))
            slot.faults |= known.categories.keys()
    return found


def _first(answers: Mapping[str, Answer]) -> Answer | None:
    return next(iter(answers.values()), None)


def _conflicts(
    entered: Answer | None, figure: Answer | None, absence: Answer | None, declined: Answer | None
) -> Iterator[tuple[Answer, Answer]]:
    """Pair what cannot both be true."""
    value = entered if isinstance(entered, Fact) else None
    for first, second in ((entered, figure), (declined, figure), (value, declined), (entered, absence)):
        if first is not None and second is not None:
            yield first, second


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
