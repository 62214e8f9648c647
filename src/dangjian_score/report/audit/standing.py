"""Ranks, ties and grades as formulas over the rows of all units: what is no step of a program."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Final

from msgspec import Struct

from dangjian_score.engine.evaluate import Evaluated
from dangjian_score.engine.exact import Done
from dangjian_score.engine.formulas import GUARD, NO, YES, quoted
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import Result, UnitResult
from dangjian_score.engine.standing import Merit, Standing, group_of, merit, stand
from dangjian_score.engine.step_names import FINAL, GRADE, RATE, met
from dangjian_score.engine.totals import best_grades
from dangjian_score.report.audit.heads import AuditEntry
from dangjian_score.report.audit.layout import (
    COMES,
    CONTENDS,
    FIXED,
    GROUP,
    GROUP_RANK,
    MOVES,
    NAMED,
    PLACES,
    RANK,
    RANKED,
    TIE,
    AuditLayout,
    CellPlace,
    limited,
)
from dangjian_score.report.book import Formula
from dangjian_score.words.say import Words

_RATES: Final = GUARD + 3
"""Decimals to which rates are compared: their gaps are as much smaller as a rate is smaller than points."""

Places = Mapping[str, CellPlace]
"""The cells of one unit by their columns."""


def grade_name(unit: UnitResult, words: Words) -> str:
    """Return the grade by the rubric as the workbook writes it: its name, that there is none, or that it is open."""
    grading = unit.grading
    return grading.grade or words.text("audit open grade" if grading.candidates else "audit no grade")


def rank_entry(rank: int | None, words: Words) -> AuditEntry:
    """Return a rank as the workbook writes it."""
    return words.text("audit no rank") if rank is None else Fraction(rank)


def _is_ranked(places: Places) -> str:
    return f'{places[RANKED].cell}="{YES}"'


def standing_formulas(
    layout: AuditLayout, program: Program, result: Result, units: Sequence[Evaluated], rows: range
) -> "StandingFormulas":
    """Return the writer of the columns beside the totals of units, which stand in `rows` in the order of the result."""
    pairs = zip(units, result.units, strict=True)
    standings = tuple(
        stand(program, unit.unit, unit.closed, tuple(held.clause for held in found.unranked)) for unit, found in pairs
    )
    return StandingFormulas(program, layout.words, rows, standings, result.quotas)


class StandingFormulas(Struct, frozen=True, dict=True):
    """Writes the columns beside the totals; the units of `standings` stand in `rows`, in their order."""

    program: Program
    words: Words
    rows: range
    standings: tuple[Standing, ...]
    quotas: tuple[GradeQuota, ...]

    def of(self, unit: UnitResult, closed: Done, places: Places) -> Iterator[tuple[str, Formula | str]]:
        """Visit the cells of a unit by their columns."""
        here, rubric = places[RANK].sheet, self.program.rubric
        if rubric.unranked:
            yield RANKED, NO if unit.unranked else YES
        if rubric.groups is not None:
            group, place = unit.attributes.get(rubric.groups, ""), places.get(rubric.groups)
            yield GROUP, group if place is None else Formula(f"={place.seen_from(here)}", group)
        for at, tie in enumerate(self.program.ties):
            yield f"{TIE}{at}", Formula(f"=ROUND({places[tie.name].seen_from(here)},{GUARD})", closed[tie.name])
        yield from self._grades(unit, places)
        if FIXED in places:
            yield FIXED, "" if unit.ruling is None else unit.ruling.grade
        if rubric.groups is not None:
            yield GROUP_RANK, self._rank(unit.group_rank, places, within=True)
        yield RANK, self._rank(unit.rank, places, within=False)

    def _rank(self, rank: int | None, places: Places, *, within: bool) -> Formula:
        """Count those that have more of the first key; of equals, those that have more of the next one (1, 2, 2, 4)."""
        others = [f'({self._everybody(places, RANKED)}="{YES}")'] if RANKED in places else []
        others += [self._in_group(places)] if within else []
        better = "+".join(self._summed([*others, *tests]) for tests in self._better(places))
        formula = f"1+{better}"
        if RANKED in places:
            formula = f"IF({_is_ranked(places)},{formula},{quoted(self.words.text('audit no rank'))})"
        return Formula(f"={formula}", rank_entry(rank, self.words))

    def _summed(self, factors: list[str]) -> str:
        return f"SUMPRODUCT({'*'.join(factors)}*1)"

    def _better(self, places: Places) -> list[list[str]]:
        """Return the tests that another unit has more of a key and as much of those before it, by key."""
        gaps = self._gaps(places)
        return [[*(f"({gap}=0)" for gap in gaps[:level]), f"({gaps[level]}>0)"] for level in range(len(gaps))]

    def _equal(self, places: Places) -> list[str]:
        return [f"({gap}=0)" for gap in self._gaps(places)]

    def _gaps(self, places: Places) -> list[str]:
        """Take a unit's figures from everybody's; the other way round where less is better."""
        keys = [(FINAL if self.program.interim is None else RATE, False)]
        keys += [(f"{TIE}{at}", tie.lowest_first) for at, tie in enumerate(self.program.rubric.tie_break)]
        return [self._gap(places, key, lowest_first=lowest_first) for key, lowest_first in keys]

    def _gap(self, places: Places, key: str, *, lowest_first: bool) -> str:
        ends = self._everybody(places, key), places[key].cell
        first, second = ends[::-1] if lowest_first else ends
        return f"ROUND({first}-{second},{_RATES if key == RATE else GUARD})"

    def _everybody(self, places: Places, key: str) -> str:
        letters = places[key].letters
        return f"{letters}${self.rows.start + 1}:{letters}${self.rows.stop}"

    def _in_group(self, places: Places) -> str:
        return f"({self._everybody(places, GROUP)}={places[GROUP].cell})"

    def _grades(self, unit: UnitResult, places: Places) -> Iterator[tuple[str, Formula | str]]:
        """Write the grade's name; under quotas also how much of a unit contends for each grade and moves on.

        Where units that tie would move on to different grades, parts of units do not tell what is open; then the grade
        stands as a text.
        """
        rubric = self.program.rubric
        if not rubric.grades:
            return
        none, names = self.words.text("audit no grade"), best_grades(rubric.grades)
        ours, contested = grade_name(unit, self.words), limited(rubric)
        for at in range(len(contested)):
            yield from self._contest(unit, places, contested, at)
        if not contested:
            chosen = f"CHOOSE({places[GRADE].cell},{','.join(map(quoted, [*names, none]))})"
            chosen = f"IF({_is_ranked(places)},{chosen},{quoted(none)})" if RANKED in places else chosen
            yield NAMED, Formula(f"={chosen}", ours)
            return
        chosen = quoted(self.words.text("audit open grade"))
        for name in reversed(contested):
            chosen = f"IF(ROUND({self._stays(places, name)},{GUARD})=1,{quoted(name)},{chosen})"
        contends = "+".join(places[f"{CONTENDS}{name}"].cell for name in contested)
        formula = Formula(f"=IF({contends}=0,{quoted(none)},{chosen})", ours)
        yield NAMED, formula if self._as_written(unit.unit) == ours else ours

    def _stays(self, places: Places, name: str) -> str:
        contends, moves = places[f"{CONTENDS}{name}"].cell, places.get(f"{MOVES}{name}")
        return contends if moves is None else f"{contends}-{moves.cell}"

    def _contest(self, unit: UnitResult, places: Places, names: list[str], at: int) -> Iterator[tuple[str, Formula]]:
        """Write the columns of one grade.

        What comes down to it is what moved on from the grade before, and what came to that without meeting it. Of equal
        units that contend, all move on where those before them fill the places, else an equal part of each.
        """
        name, shares = names[at], self._shares[unit.unit]
        contends = f"({places[GRADE].cell}={at + 1})*" + (f"({_is_ranked(places)})" if RANKED in places else "1")
        if at:
            before, meets = names[at - 1], f"*{places[met(name)].cell}" if at + 1 < len(names) else ""
            contends += f"+{places[f'{COMES}{name}'].cell}{meets}"
            terms = [places[f"{MOVES}{before}"].cell] if f"{MOVES}{before}" in places else []
            terms += [f"{places[f'{COMES}{before}'].cell}*(1-{places[met(before)].cell})"] if at > 1 else []
            yield f"{COMES}{name}", Formula(f"={'+'.join(terms) or 0}", shares[f"{COMES}{name}"])
        yield f"{CONTENDS}{name}", Formula(f"={contends}", shares[f"{CONTENDS}{name}"])
        if (quota := self._quota(name, unit)) is None:
            return
        yield f"{PLACES}{name}", Formula(self._room(quota), Fraction(quota.places))
        mine, all_of = places[f"{CONTENDS}{name}"].cell, self._everybody(places, f"{CONTENDS}{name}")
        others = [all_of, *([self._in_group(places)] if GROUP in places else [])]
        above = "+".join(self._summed([*others, *tests]) for tests in self._better(places))
        equal = self._summed([*others, *self._equal(places)])
        beyond = f"MAX(0,MIN(1,({above}+{equal}-{places[f'{PLACES}{name}'].cell})/{equal}))"
        moves = f"=IF(ROUND({mine},{GUARD})=0,0,{mine}*{beyond})"
        yield f"{MOVES}{name}", Formula(moves, shares[f"{MOVES}{name}"])

    def _quota(self, name: str, unit: UnitResult) -> GradeQuota | None:
        return self._quotas.get((name, group_of(self.program.rubric.groups, unit.attributes)))

    @cached_property
    def _quotas(self) -> Mapping[tuple[str, str | None], GradeQuota]:
        return {(quota.grade, quota.group): quota for quota in self.quotas}

    def _room(self, quota: GradeQuota) -> str:
        """Write the places of a quota as they are worked out from the units counted."""
        grade = self.program.rubric.grades[quota.grade]
        if grade.places is not None:
            return f"={grade.places}"
        share = grade.quota or Fraction(0)
        exact = f"{quota.counted}*{share.numerator}/{share.denominator}"
        whole = f"INT(ROUND({exact}{'+0.5' if grade.quota_rounding == 'nearest' else ''},{GUARD}))"
        return f"=MAX(1,{whole})" if grade.at_least_one and quota.counted else f"={whole}"

    @cached_property
    def _shares(self) -> Mapping[str, Mapping[str, Fraction]]:
        """The values of the columns of grades, by unit and column."""
        groups: dict[str | None, list[Standing]] = defaultdict(list)
        for standing in sorted(self.standings, key=self._merit, reverse=True):
            groups[group_of(self.program.rubric.groups, standing.attributes)].append(standing)
        shares: dict[str, dict[str, Fraction]] = {standing.unit: {} for standing in self.standings}
        for group, members in groups.items():
            for column, unit, share in self._contested(group, members):
                shares[unit][column] = share
        return shares

    def _merit(self, standing: Standing) -> Merit:
        return merit(self.program, standing)

    def _contested(self, group: str | None, best_first: list[Standing]) -> Iterator[tuple[str, str, Fraction]]:
        """Work out the columns of grades for the units of one group: column, unit, value."""
        comes = {standing.unit: Fraction(0) for standing in best_first}
        names = limited(self.program.rubric)
        for name in names:
            meets = {each.unit: Fraction(1) if name == names[-1] else each.done[met(name)] for each in best_first}
            contends = {each.unit: (each.grade == name) + comes[each.unit] * meets[each.unit] for each in best_first}
            moves, above = dict.fromkeys(comes, Fraction(0)), Fraction(0)
            quota = self._quotas.get((name, group))
            for _, block in groupby(best_first if quota else (), key=self._merit):
                units = [standing.unit for standing in block]
                equal = sum((contends[unit] for unit in units), Fraction(0))
                beyond = max(Fraction(0), min(equal, above + equal - (quota.places if quota else 0)))
                moves |= {unit: contends[unit] * beyond / equal for unit in units if equal}
                above += equal
            for unit, coming in comes.items():
                yield from ((f"{COMES}{name}", unit, coming), (f"{CONTENDS}{name}", unit, contends[unit]))
                yield f"{MOVES}{name}", unit, moves[unit]
            comes = {unit: coming * (1 - meets[unit]) + moves[unit] for unit, coming in comes.items()}

    def _as_written(self, unit: str) -> str:
        """Return the name of the grade that the formulas come to."""
        shares, open_ = self._shares[unit], self.words.text("audit open grade")
        names = limited(self.program.rubric)
        if not any(shares[f"{CONTENDS}{name}"] for name in names):
            return self.words.text("audit no grade")
        return next((name for name in names if shares[f"{CONTENDS}{name}"] - shares[f"{MOVES}{name}"] == 1), open_)
