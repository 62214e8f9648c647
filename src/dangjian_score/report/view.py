"""A result as formats show it: figures and words of lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.diagnostics import Diagnostic, of_results
from dangjian_score.core.facts import Cell, RubricSource
from dangjian_score.core.points import fixed, rounded
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine.decisions import Decision, HeldClause, Listed, NotChosen, SelectionDecision, StruckVeto
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.result import (
    Because,
    Detail,
    Excluded,
    NodeResult,
    Pending,
    PointsLine,
    Result,
    UnitResult,
)
from dangjian_score.engine.standing import Chosen
from dangjian_score.engine.totals import best_grades
from dangjian_score.report.formatting import FigureFormat, brief, fits, shown, written
from dangjian_score.report.public import made_public
from dangjian_score.report.taken import taken_sentences
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.assessments import assessment
from dangjian_score.words.clauses import rounding_of, rounding_policy
from dangjian_score.words.decisions import DecisionWriter, cells_text, cells_under, clause_title
from dangjian_score.words.grades import quota_text, selection_quota_texts
from dangjian_score.words.lines import explanation_text, line_text, which_names
from dangjian_score.words.say import Words, day_text

LineKey = Literal["clause", "item", "why", "points", "missing", "cell"]
"""A column of the table of lines."""
_IF_ANY: Final[tuple[LineKey, ...]] = ("missing", "cell")
"""Columns that are left out where they are empty."""
_RATE: Final = FigureFormat(2, percent=True)
RATE_PLACES: Final = 4
"""Decimals that a rate is shown with, which is written in per cent."""


class Absentee(Struct, frozen=True):
    """A unit that does not take part, has no rank or was not scored: why, and the cells that this rests on."""

    unit: str
    attributes: Mapping[str, str]
    why: tuple[str, ...]
    cells: tuple[Cell, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, and where that stands."""
        return (*self.why, cells_text(self.cells)) if self.cells else self.why


class OtherUnits(Struct, frozen=True):
    """Units of a result that it does not hold, since they are many: those without points or a rank among them.

    `are_rounded` tells whether parts of the total of any are shown rounded.
    """

    absent: int = 0
    are_rounded: bool = False


class ResultView(Struct, frozen=True, dict=True):
    """A result with the words to show it in; `source` is the file of the rubric.

    What is `public` holds no persons, cases or reasons of sanctions. `others` are units beyond those of the result.
    """

    result: Result
    source: RubricSource
    diagnostics: tuple[Diagnostic, ...]
    words: Words
    public: bool = False
    others: OtherUnits = OtherUnits()
    _texts: BoundedCache[tuple[int, str, bool, Fraction], tuple[Because, str]] = field(default_factory=BoundedCache)

    def beside(self, others: OtherUnits) -> "ResultView":
        """Return the view with units that the result does not hold."""
        return replace(self, others=others)

    @property
    def rubric(self) -> Rubric:
        """The regulation."""
        return self.result.rubric

    @property
    def is_provisional(self) -> bool:
        """Whether ranks and selections may change (暂定), since units are not scored yet."""
        return bool(self.result.unscored)

    @property
    def rank_head(self) -> str:
        """The head of a column of ranks, which says where they are provisional."""
        return self.words.text("provisional rank" if self.is_provisional else "rank")

    @property
    def selection_head(self) -> str:
        """The head of a column of selections, which says where they are provisional."""
        return self.words.text("provisional selection" if self.is_provisional else "selection")

    @cached_property
    def is_for_review(self) -> bool:
        """Whether something is pending: the period is not over, units are not scored, or ties are open (送审稿)."""
        result = self.result
        grades = any(unit.grade is None and unit.grading.candidates for unit in result.units)
        places = any(displaced.why == "tie" for chosen in result.selections for displaced in chosen.displaced)
        return result.interim is not None or self.is_provisional or grades or places

    @property
    def outcome(self) -> str:
        """What the result is called (“2024年党支部工作考核结果”); an interim one is no result yet (“…考核情况”)."""
        return self.part("outcome so far" if self.until else "outcome of")

    def part(self, key: str) -> str:
        """Return what a part of the result is called (“2024年党支部工作考核　各项得分”)."""
        return self.words.text(key, title=self.assessment)

    @property
    def assessment(self) -> str:
        """What was done, with its year (“2024年党支部工作考核”)."""
        return assessment(self.rubric, self.result.interim, self.words)

    def titled(self, title: str) -> str:
        """Say in a title that what stands below is for review, and why it is not final."""
        return self.words.text("titled", title=title, state=self.review_state)

    @property
    def review_state(self) -> str:
        """What makes it one for review (“送审稿；阶段性结果，截至2024年6月30日”); empty where nothing is pending."""
        states = [self.words.text("draft")] if self.is_for_review else []
        return self.words.text("clause.then").join((*states, *self._interim_state))

    @property
    def state(self) -> str:
        """In what way figures are not final (“阶段性结果，截至2024年6月30日；暂定”); empty where they are."""
        provisional = [self.words.text("provisional")] if self.is_provisional else []
        return self.words.text("clause.then").join((*self._interim_state, *provisional))

    @property
    def _interim_state(self) -> list[str]:
        return [self.words.text("interim state", until=self.until)] if self.until else []

    @property
    def basis(self) -> str:
        """By which regulation was assessed, and over which days."""
        first, last = (str(span.from_), str(span.to)) if (span := self.rubric.period) else ("", "")
        return self.words.text("basis of outcome", title=self.rubric.title, first=first, last=last)

    @cached_property
    def until(self) -> str:
        """How far an interim result goes, in words; empty for the whole period."""
        return until_text(self.result.interim, self.words)

    @property
    def rounding_policy(self) -> str:
        """What is rounded, how, and what units are ranked by."""
        return rounding_policy(self.rubric, self.words, by_rate=bool(self.until))

    @property
    def interim_note(self) -> str:
        """That this is an interim result and what it is good for; empty for the whole period."""
        return self.words.text("interim note", until=self.until) if self.until else ""

    @property
    def pending_note(self) -> str:
        """What is not due yet; empty where all is."""
        return pending_text(self.result.pending, self.words)

    @property
    def notes(self) -> list[str]:
        """What to say above an interim result; nothing for the whole period."""
        return [note for note in (self.interim_note, self.pending_note) if note]

    @property
    def total_head(self) -> str:
        """The head of a column of totals."""
        return self.words.text("points so far" if self.until else "total")

    def due(self, value: Fraction | None) -> str:
        """Write what is due of an interim result; nothing for the whole period."""
        return "" if value is None else self.brief(value)

    def carried(self, node: NodeResult) -> Fraction | None:
        """Return the most that can be had of a node: its maximum, of an interim result what is due of it."""
        return node.due if self.until and node.kind == "base" else node.max

    def instead(self, node: NodeResult) -> str:
        """Say instead of points that a node is not due, or 不适用."""
        waits = any(line.verb == "not due" for line in node.lines)
        return self.words.text("not due" if waits else "page inapplicable")

    def rate(self, unit: UnitResult) -> str:
        """Write the total as a share of what is due; nothing where nothing is due."""
        return written(unit.rate, _RATE) if unit.due and unit.rate is not None else ""

    def of(self, unit: str) -> UnitResult | None:
        """Return the result of a unit; None where it has none here."""
        return self._by_unit.get(unit)

    @cached_property
    def _by_unit(self) -> Mapping[str, UnitResult]:
        return {result.unit: result for result in self.result.units}

    @cached_property
    def stages(self) -> Mapping[str, "ResultView"]:
        """The rounds that are due, and the spans of rounds, as results of their own."""
        return {name: replace(self, result=result, diagnostics=()) for name, result in self.result.stages().items()}

    @cached_property
    def grades(self) -> list[str]:
        """The grades, best first."""
        return best_grades(self.rubric.grades)

    def rank(self, rank: int | None) -> str:
        """Write a rank, or that there is none."""
        return self.words.text("no rank") if rank is None else str(rank)

    def ranked(self, unit: UnitResult) -> str:
        """Say a unit's rank, and that in its group (“第 3 名，机关第 1 名”)."""
        if unit.rank is None:
            return self.words.text("no rank")
        overall = self.words.text("ranked", rank=str(unit.rank))
        if unit.group_rank is None:
            return overall
        group = unit.attributes.get(self.rubric.groups or "", "")
        return overall + self.words.text("ranked in group", group=group, rank=str(unit.group_rank))

    def grade(self, unit: UnitResult) -> str:
        """Write a unit's grade: as it counts, or that it is open, or that there is none to be had; else nothing."""
        if unit.grade is not None:
            return unit.grade
        if unit.grading.candidates:
            return self.words.text("open grade", grades="、".join(unit.grading.candidates))
        return self.words.text("not graded") if unit.rank is None and self.rubric.grades else ""

    def proposed(self, unit: UnitResult) -> str:
        """Write a unit's grade by the rubric alone, before a committee fixed it."""
        return self.grade(replace(unit, ruling=None))

    @cached_property
    def is_ruled(self) -> bool:
        """Whether a committee fixed the grade of a unit."""
        return any(unit.ruling is not None for unit in self.result.units)

    @property
    def grade_heads(self) -> list[str]:
        """The heads of the columns of grades: one, or that by the rubric and that which counts."""
        if not self.rubric.grades:
            return []
        return [*map(self.words.text, ("proposed grade", "fixed grade") if self.is_ruled else ("grade",))]

    def grade_cells(self, unit: UnitResult) -> list[str]:
        """Write the columns of grades."""
        if not self.rubric.grades:
            return []
        return [self.proposed(unit), self.grade(unit)] if self.is_ruled else [self.grade(unit)]

    @cached_property
    def _decisions(self) -> DecisionWriter:
        return DecisionWriter(self.rubric, self.words)

    @cached_property
    def decided_head(self) -> str:
        """The head of the column of what decided grades beside the points; empty where nothing of the rubric can."""
        rubric = self.rubric
        decides = self.is_ruled or not all(grade.is_plain for grade in rubric.grades.values())
        if not (decides or rubric.vetoes or rubric.unranked):
            return ""
        return self.words.text("decided" if rubric.grades else "decided alone")

    def decided(self, unit: UnitResult) -> list[str]:
        """Say in few words what decided the grade of a unit beside its points, a veto in any case."""
        grade = (each for each in unit.decisions if not isinstance(each, SelectionDecision))
        return [*dict.fromkeys(map(self._decisions.brief, grade))]

    def struck(self, unit: UnitResult) -> list[str]:
        """Say in few words which vetoes hold for a unit."""
        vetoes = (each for each in unit.decisions if isinstance(each, StruckVeto))
        return [*dict.fromkeys(map(self._decisions.brief, vetoes))]

    def grade_reasons(self, unit: UnitResult, own: Collection[str] | None = None) -> list[str]:
        """Say what makes a unit's grade other than its points do: conditions, quotas, ties, a committee, none at all.

        Vetoes stand among the lines of points. Cells are named, of the files in `own` alone where it is given.
        """
        others = (each for each in unit.decisions if not isinstance(each, StruckVeto | SelectionDecision))
        return [self.reason(each, unit, own) for each in others]

    def reasons(self, unit: UnitResult) -> list[str]:
        """Say what makes a unit's grade other than its points do, and why selections list it or pass it over."""
        selections = (self.reason(each, unit) for each in unit.decisions if isinstance(each, SelectionDecision))
        return [*self.grade_reasons(unit), *selections]

    def listed(self, unit: UnitResult, by: Chosen | None = None, own: Collection[str] | None = None) -> list[str]:
        """Say why criticisms list a unit: all of them or the one that is given; cells are named as of `reason`."""
        found = (each for each in unit.decisions if isinstance(each, Listed))
        return [self.reason(each, unit, own) for each in found if by is None or each.selection is by.selection]

    def own_files(self, unit: UnitResult) -> frozenset[str]:
        """Return the files that are about a unit alone; none for the public."""
        return frozenset() if self.public else self._own_files.get(unit.unit, frozenset())

    @cached_property
    def _own_files(self) -> Mapping[str, frozenset[str]]:
        return self.result.own_files()

    def reason(self, decision: Decision, unit: UnitResult, own: Collection[str] | None = None) -> str:
        """Say what decided, and on which cells; of the files in `own` alone where it is given."""
        text = self._decisions.sentence(decision, self.proposed(unit))
        cells = (cell for cell in self.cells_under(decision) if own is None or cell.file in own)
        return self.words.text("located", text=text, cells=cells_text(cells))

    def cells_under(self, decision: Decision) -> tuple[Cell, ...]:
        """Return the cells that a decision rests on; none for the public."""
        return () if self.public else cells_under(decision)

    def decision_texts(self, decision: Decision, unit: UnitResult) -> tuple[str, str]:
        """Say what decided, and its effect alone."""
        return self._decisions.sentence(decision, self.proposed(unit)), self._decisions.effect(decision)

    @property
    def quotas(self) -> list[str]:
        """Say how many places each grade and selection with a quota has, how they were worked out, who got none."""
        return [*self.grade_quotas, *self.selection_quotas]

    @property
    def grade_quotas(self) -> list[str]:
        """Say how many places each grade with a quota has, how they were worked out, and who got none."""
        return [quota_text(quota, self.rubric, self.words) for quota in self.result.quotas]

    @property
    def selection_quotas(self) -> list[str]:
        """Say how many places each selection with a quota has, and how they were worked out."""
        return [text for chosen in self.result.selections for text in selection_quota_texts(chosen, self.words)]

    @cached_property
    def absences(self) -> list[tuple[str, tuple["Absentee", ...]]]:
        """The units without points or without a rank, and why, by the keys of what they are; lists may be empty."""
        excluded = tuple(self._absence(unit, unit.held) for unit in self.result.excluded)
        unranked = tuple(self._absence(unit, unit.unranked) for unit in self.result.units if unit.rank is None)
        unscored = tuple(Absentee(unit.unit, unit.attributes, unit.why) for unit in self.result.unscored)
        return [("excluded", excluded), ("unranked", unranked), ("unscored", unscored)]

    def _absence(self, unit: Excluded | UnitResult, held: Sequence[HeldClause]) -> "Absentee":
        cells = tuple(cell for each in held for cell in each.grounds.cells)
        return Absentee(unit.unit, unit.attributes, tuple(map(self._decisions.held, held)), cells)

    def why_unranked(self, unit: UnitResult) -> tuple[str, ...]:
        """Say why a unit has no rank and no grade."""
        return tuple(clause_title(each.clause, self.words) for each in unit.unranked)

    @cached_property
    def places(self) -> int:
        """Decimals that points are shown with."""
        return self.rubric.shown_places

    @cached_property
    def is_rounded(self) -> bool:
        """Whether parts of a total are shown rounded, so that they may not add up."""
        places = self.rubric.total_places
        return self.others.are_rounded or any(
            not all(fits(points, self.places) for points in unit.columns)
            or not fits(sum(unit.kinds.values(), Fraction(0)), places)
            for unit in self.result.units
        )

    def rounds(self, detail: Detail) -> bool:
        """Whether a unit's nodes or lines are shown rounded."""
        return any(not fits(node.points, self.places) for _, node in detail.all_nodes()) or any(
            not fits(line.points, self.places) for _, _, line in detail.all_lines()
        )

    @property
    def rounding_note(self) -> str:
        """Say how totals are rounded, and that parts may not add up to them."""
        places = self.rubric.total_places
        key = "rounding note" if places == self.places else "rounding note total"
        key = "rounding note rate" if self.until else key
        return self.words.text(key, how=rounding_of(self.rubric, places, self.words))

    def points(self, value: Fraction) -> str:
        """Write points."""
        return shown(value, self.places)

    def moved(self, line: PointsLine) -> str:
        """Write what a line moved; what rounding moved, exactly, since it would be rounded itself."""
        return fixed(line.points, self.places) if line.verb == "rounding" else self.points(line.points)

    def missed(self, line: PointsLine) -> str:
        """Write the points that an award could still have given; nothing where it gave all."""
        return self.lost(line.missing) if line.missing else ""

    def effect(self, line: PointsLine) -> str:
        """Write what a line moved, and what an award could still have given, beside its text."""
        if not line.missing:
            return self.moved(line)
        missing = self.words.text("missing points", points=self.missed(line))
        return f"{self.moved(line)}  {missing}" if line.points else missing

    def needs_all_digits(self, unit: UnitResult, node: str | None, value: Fraction, due: Fraction | None) -> bool:
        """Whether only the last digit of points explains a rank or grade, or that they are not what is `due`."""
        return node in unit.precise or (due is not None and self._looks_like(value, due))

    def _looks_like(self, value: Fraction, due: Fraction) -> bool:
        return value != due and rounded(value, self.places) == rounded(due, self.places)

    def node_points(self, unit: UnitResult, node: str | None, value: Fraction, due: Fraction | None = None) -> str:
        """Write a unit's points at a node; to the last digit where that is needed."""
        return fixed(value, self.places) if self.needs_all_digits(unit, node, value, due) else self.points(value)

    def points_of(self, value: Fraction, due: Fraction) -> str:
        """Write points of what was due; to the last digit where they would look the same."""
        return fixed(value, self.places) if self._looks_like(value, due) else self.points(value)

    def lost(self, value: Fraction) -> str:
        """Write points that were lost or given back; those that would read 0, to the last digit."""
        return self.points(value) if rounded(value, self.places) else fixed(value, self.places)

    def columns(self, unit: UnitResult) -> list[str]:
        """Write a unit's points in the columns of the result."""
        parts = zip(self.result.columns, unit.columns, strict=True)
        return [self.node_points(unit, column.id, value) for column, value in parts]

    def brief(self, value: Fraction | None) -> str:
        """Write what can be had, as a regulation writes it; nothing where there is no limit."""
        return "" if value is None else brief(value, self.places)

    def total(self, value: Fraction) -> str:
        """Write a total."""
        return shown(value, self.rubric.total_places)

    def text(self, line: PointsLine) -> str:
        """Say what a line did and why, with what examiners wrote."""
        explained = explanation_text(line, self.words) if line.explanations else ""
        because = line.because
        if because is None or because.events or because.groups:
            return line_text(line, self.words, self.places) + explained
        key = (id(because), line.verb, line.is_capped, line.missing)
        known = self._texts.get(key)
        if known is None:
            known = self._texts.keep(key, (because, line_text(line, self.words, self.places)))
        return known[1] + explained

    def located(self, line: PointsLine) -> str:
        """Say what a line did and why, and which cells it rests on."""
        return self.words.text("located", text=self.text(line), cells=cells_of(line))

    def taken(self, unit: UnitResult) -> list[str]:
        """Say where the figures of a unit are from that were read from results of other rubrics."""
        return [*taken_sentences(unit.taken, self.places, self.words)]

    def which(self, line: PointsLine) -> tuple[str, ...]:
        """Name the members of a list, groups or events that counted; not to the public."""
        return () if self.public else which_names(line, self.words)

    def passed_over(self, decision: NotChosen) -> str:
        """Say why a unit was not chosen, of a full quota also how its places were worked out."""
        return self._decisions.why_not(decision)

    def not_chosen(self, chosen: Chosen) -> list[tuple[str, NotChosen]]:
        """List the units that a selection passed over, in order of merit, with why."""
        selection = chosen.selection
        known = {
            unit.unit: each
            for unit in self.result.units
            for each in unit.decisions
            if isinstance(each, NotChosen) and each.selection is selection
        }
        return [(each.unit, known.get(each.unit) or NotChosen(selection, each)) for each in chosen.displaced]

    def displaced(self, chosen: Chosen) -> list[str]:
        """Name the units that were not chosen, and why in few words."""
        return [
            self.words.text("passed over", unit=unit, why=self._decisions.why_not(each, working=False))
            for unit, each in self.not_chosen(chosen)
        ]

    def absent(self, unit: "Absentee", says: str = "passed over", between: str = "", *, located: bool = True) -> str:
        """Name a unit that does not take part or was not scored, and why; if it is to be `located`, with the cells.

        `says` is the key of the sentence that has a reason; reasons are parted by a comma or `between`.
        """
        why = unit.reasons if located else unit.why
        if not why:
            return self.words.text(says, unit=unit.unit, why="") if says != "passed over" else unit.unit
        return self.words.text(says, unit=unit.unit, why=(between or self.words.text("comma")).join(why))

    def line_table(self, detail: Detail) -> tuple[list[LineKey], list[list[str]]]:
        """Write the lines of a unit as a table; columns in which nothing can stand are left out."""
        rows = [
            {
                "clause": line.clause or "",
                "item": self.place(round_, node, line),
                "why": self.text(line),
                "points": self.moved(line),
                "missing": self.missed(line),
                "cell": cells_of(line),
            }
            for round_, node, line in detail.all_lines()
        ]
        keys: list[LineKey] = ["clause", "item", "why", "points", "missing", "cell"]
        keys = [key for key in keys if key not in _IF_ANY or any(row[key] for row in rows)]
        return keys, [[row[key] for key in keys] for row in rows]

    def place(self, round_: str | None, node: NodeResult | None, line: PointsLine) -> str:
        """Say at what a line stands: an item, a round, or the whole."""
        if node is None:
            return round_ or self.words.text(line.rule)
        item = f"{node.id} {node.title}"
        return f"{round_}  {item}" if round_ else item


def until_text(interim: Interim | None, words: Words) -> str:
    """Say how far an interim result goes (“截至2024年6月30日”, “1月、2月”); empty for the whole period."""
    if interim is None:
        return ""
    if interim.through is None:
        return "、".join(interim.rounds)
    return words.text("until", day=day_text(interim.through, words))


def pending_text(pending: Iterable[Pending], words: Words) -> str:
    """Say what is not due yet, and from when it is; empty where all is."""

    def named(part: Pending) -> str:
        day = "" if part.since is None else day_text(part.since, words)
        return words.text("pending part", id=part.id or "", title=part.title, day=day)

    parts = "、".join(map(named, pending))
    return words.text("pending note", parts=parts) if parts else ""


def view_of(
    result: Result, source: RubricSource, diagnostics: Iterable[Diagnostic], words: Words, *, public: bool = False
) -> ResultView:
    """View a result. Made `public` it leaves out persons, cases and reasons of sanctions, and all that names them.

    `source` is the file of the rubric.
    """
    if public:
        return ResultView(made_public(result, words.text("veto")), source, (), words, public=True)
    return ResultView(result, source, of_results(diagnostics), words)


def cells_of(line: PointsLine) -> str:
    """Name a line's cells; those of one sheet share its name."""
    return cells_text(line.cells)
