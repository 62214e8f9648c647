"""Audit workbooks to be tested: of shipped rubrics with the units of their cases, and with units drawn at random."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from io import BytesIO
from random import Random
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from openpyxl import load_workbook

from dangjian_score.checks import evidence as due
from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import has_errors
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.catalogue import Catalogue, catalogue
from dangjian_score.engine.formulas import GUARD
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Result
from dangjian_score.engine.score import score
from dangjian_score.engine.stages import stages
from dangjian_score.evidence.read import read_evidence
from dangjian_score.report.audit.workbook import Scored, audit_xlsx
from dangjian_score.rubric.load import Loaded
from dangjian_score.words.say import load_words
from tests.scenes import Unit, tables
from tests.shipped import read_cases, unit_of

_TRUSTED: Final = 10**-GUARD


class Audited(Struct, frozen=True, dict=True):
    """Evidence, the result and, once somebody asks for it, the workbook."""

    scored: Scored

    @property
    def evidence(self) -> Evidence:
        """The evidence."""
        return self.scored.evidence

    @property
    def result(self) -> Result:
        """The result."""
        return self.scored.result

    @cached_property
    def book(self) -> bytes:
        """Write the workbook."""
        book = audit_xlsx(self.scored, load_words("zh"))
        assert book is not None
        return book

    @property
    def stored(self) -> Any:
        """Read the values that the workbook holds."""
        return load_workbook(BytesIO(self.book), data_only=True)

    @property
    def formulas(self) -> Any:
        """Read its formulas."""
        return load_workbook(BytesIO(self.book))


def evidence_of(loaded: Loaded, units: Mapping[str, Unit]) -> Evidence | None:
    """Read units; None where anything about them is an error."""
    program = compile_rubric(loaded.rubric)
    evidence, found = read_evidence(tables(loaded, units), loaded.rubric, catalogue(program))
    return None if has_errors((*found, *due.check(program, evidence))) else evidence


def audited(loaded: Loaded, units: Mapping[str, Unit]) -> Audited:
    """Score units, and each round on its own."""
    evidence = evidence_of(loaded, units)
    assert evidence is not None
    return _audited(Study(loaded), evidence)


def audited_interim(loaded: Loaded, interim: Interim, units: Mapping[str, Unit]) -> Audited:
    """Score units as far as an interim result goes, and each round on its own."""
    study = Study(loaded, interim)
    evidence, found = read_evidence(tables(loaded, units), loaded.rubric, study.catalogue, deferred=study.deferred)
    found = (*found, *due.check(study.program, evidence))
    assert not has_errors(found), [(str(one.code), str(one.place), dict(one.args)) for one in found]
    return _audited(study, evidence)


def _audited(study: Study, evidence: Evidence) -> Audited:
    measures = study.catalogue.measures
    rounds = stages(study.rubric, measures, evidence, study.interim)
    result = score(study.program, evidence)
    result = replace(result, stages=lambda: {name: score(one.program, one.evidence) for name, one in rounds.items()})
    return Audited(Scored(study.program, evidence, result, measures, rounds))


def differences(book: bytes, computed: Any) -> tuple[int, list[str]]:
    """Count formulas, and list those whose value is another than the one stored."""
    stored: Any = load_workbook(BytesIO(book), data_only=True)
    count, wrong = 0, []
    for sheet in load_workbook(BytesIO(book)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            count += 1
            ours, found = stored[sheet.title][cell.coordinate].value, computed[sheet.title][cell.coordinate].value
            if not _same(ours, found):
                wrong.append(f"{sheet.title}!{cell.coordinate}: {ours} / {found} / {str(cell.value)[:120]}")
    return count, wrong


def _same(ours: object, found: object) -> bool:
    """A double counts to the places that formulas trust; steps are not rounded."""
    numbers = [one for one in (ours, found) if isinstance(one, int | float) and not isinstance(one, bool)]
    return abs(numbers[0] - numbers[1]) < _TRUSTED if len(numbers) == 2 else ours == found


def column(sheet: Any, head: str, row: int = 6) -> int:
    at: int = next(cell.column for cell in sheet[row] if cell.value == head)
    return at


def set_fact(made: Audited, unit: str, head: str, value: object) -> bytes:
    """Change one cell of the evidence, as an auditor would."""
    book = made.formulas
    sheet = book["考核数据"]
    row = next(cell.row for cell in sheet["A"] if cell.value == unit and cell.row > 6)
    sheet.cell(row, column(sheet, head)).value = value
    changed = BytesIO()
    book.save(changed)
    return changed.getvalue()


# Units


def case_units(name: str) -> tuple[Loaded, dict[str, Unit]]:
    """Take cases of a shipped rubric as units of one evidence, some with names that must not be taken for anything."""
    loaded, cases = read_cases(name)
    named = ("=1+1", "<b>&amp;", "\"双\"引'单'", "+甲", "@乙")
    titles = [*named, *(case["title"] for case in cases["cases"][len(named) :])]
    return loaded, {title: unit_of(cases, case) for title, case in [*zip(titles, cases["cases"], strict=False)][:12]}


class Drawer:
    """Draws units of one shipped rubric: what its cases say, mixed, and other figures."""

    def __init__(self, name: str, rng: Random) -> None:
        self.loaded, cases = read_cases(name)
        self._rng = rng
        self._known: Catalogue = catalogue(compile_rubric(self.loaded.rubric))
        self._full = unit_of(cases, {})
        self._cases = [unit_of(cases, case) for case in cases["cases"]]

    def evidence(self, size: int) -> dict[str, Unit]:
        """Draw units of which each can be scored; now and then two are alike."""
        units: dict[str, Unit] = {}
        while len(units) < size:
            alike = bool(units) and self._rng.random() < 0.2
            unit = self._rng.choice([*units.values()]) if alike else self._unit()
            units[f"单位{len(units) + 1}"] = unit
        return units

    def _unit(self) -> Unit:
        for _ in range(30):
            unit = self._drawn()
            if evidence_of(self.loaded, {"甲": unit}) is not None:
                return unit
        return self._rng.choice(self._cases)

    def _drawn(self) -> Unit:
        mine, other = self._rng.choice(self._cases), self._rng.choice(self._cases)
        facts, changed = dict(mine["facts"]), self._rng.choice((0, 0.05, 0.15, 0.4))
        for measure in facts:
            if self._rng.random() < changed:
                facts[measure] = self._value(measure)
        rate = self._rng.choice((1, self._rng.random()))
        told = {tuple(event.items()): event for case in (mine, other) for event in case["events"]}
        events = [event for event in told.values() if self._rng.random() < rate]
        more = {key: self._rng.choice((mine, other))[key] for key in ("ballots", "assessors", "rounds")}
        return {**mine, **more, "facts": facts, "events": events or mine["events"], "rulings": [*self._rulings()]}

    def _value(self, measure: str) -> str:
        """Take a value of some case, or a figure of no case."""
        said = [case["facts"][measure] for case in self._cases if measure in case["facts"]]
        kind = self._known.measures[measure].kind
        drawn = self._rng.randrange(15)
        other = {
            "count": str(drawn),
            "number": str(drawn / 4),
            "percent": f"{drawn * 7.3:.1f}%",
            "score": str(drawn / 4),
        }
        return self._rng.choice(said) if kind not in other or self._rng.random() < 0.5 else other[kind]

    def _rulings(self) -> Iterator[Mapping[str, str]]:
        if self.loaded.rubric.rounds is None and self._rng.random() < 0.2:
            points = self._rng.choice(("-0.5", "1", "-2"))
            node = self._rng.choice([*self._known.nodes])
            yield {"指标": node, "调整分": points, "理由": "复核", "批准人": "委员会"}


def happened(made: Sequence[Audited]) -> dict[str, int]:
    """Count what must occur among random evidence for the comparison to be worth something."""
    units = [unit for one in made for unit in one.result.units]
    ranks = [[unit.rank for unit in one.result.units] for one in made]
    slices = [part for one in made for unit in one.evidence.units for part in (unit, *unit.rounds.values())]
    return {
        "vetoes": sum(bool(unit.vetoes) for unit in units),
        "grades": len(
            {(one.result.rubric.rubric, unit.grade) for one in made for unit in one.result.units if unit.grade}
        ),
        "ties": sum(len(set(one)) < len(one) for one in ranks),
        "inapplicable": sum(bool(part.inapplicable) for part in slices),
        "rulings": sum(bool(part.rulings) for part in slices),
        "assessed": sum(bool(part.assessed) for part in slices),
        "events": sum(bool(part.events) for part in slices),
        "negative": sum(unit.total < Fraction(0) for unit in units),
    }
