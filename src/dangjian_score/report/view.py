"""A result as formats show it: figures, words of lines, and what a public result leaves out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from dangjian_score.core.diagnostics import Diagnostic, of_results
from dangjian_score.core.facts import SourceFile
from dangjian_score.core.points import fixed, rounded
from dangjian_score.core.watching import BoundedCache
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.result import (
    Because,
    Detail,
    Excluded,
    NodeResult,
    Pending,
    PointsLine,
    Result,
    RoundResult,
    UnitResult,
    Unscored,
)
from dangjian_score.engine.rules import group_keys
from dangjian_score.engine.standing import Chosen, Displaced
from dangjian_score.engine.totals import best_grades
from dangjian_score.report.formatting import FigureFormat, brief, fits, shown, written
from dangjian_score.rubric.kinds.flat import Once
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.clauses import rounding_of, rounding_policy
from dangjian_score.words.lines import line_text, which_names
from dangjian_score.words.say import Words, day_text

_RATE: Final = FigureFormat(2, percent=True)
RATE_PLACES: Final = 4
"""Decimals that a rate is shown with, which is written in per cent."""
_TAKING: Final = ("deduct", "forfeit")
_SUMMED: Final = ("penalty", "adjust")
"""Kinds of section that take points: of these the sum alone is shown."""


def made_public(result: Result, veto: str) -> Result:
    """Leave out what is not public. Points stay; `veto` stands for the titles of vetoes."""
    hiding = _Hiding(veto)
    return replace(
        result,
        evidence=tuple(replace(source, name="") for source in result.evidence),
        units=tuple(map(hiding.unit, result.units)),
        excluded=tuple(replace(unit, why=()) for unit in result.excluded),
        stages=cache(lambda: {name: made_public(stage, veto) for name, stage in result.stages().items()}),
        selections=tuple(
            replace(chosen, displaced=tuple(replace(unit, titles=()) for unit in chosen.displaced))
            for chosen in result.selections
        ),
    )


class _Hiding:
    """Takes out of units what is not public; reasons that lines share are shared afterwards, too."""

    def __init__(self, veto: str) -> None:
        self._veto = veto
        self._reasons: BoundedCache[tuple[int, str], tuple[Because, Because | None]] = BoundedCache()

    def unit(self, unit: UnitResult) -> UnitResult:
        vetoes = (self._veto,) if unit.vetoes else ()
        return replace(unit, vetoes=vetoes, trace=lambda: self._detail(unit.trace()))

    def _detail(self, detail: Detail) -> Detail:
        rounds = {name: self._round(round_) for name, round_ in detail.rounds.items()}
        return Detail(tuple(map(self._line, detail.lines)), tuple(map(self._node, detail.nodes)), rounds)

    def _round(self, round_: RoundResult) -> RoundResult:
        return replace(round_, lines=tuple(map(self._line, round_.lines)), nodes=tuple(map(self._node, round_.nodes)))

    def _node(self, node: NodeResult) -> NodeResult:
        if node.kind in _SUMMED:
            return replace(node, lines=(), nodes=())
        lines = tuple(self._line(line, node.clause) for line in node.lines)
        return replace(node, lines=lines, nodes=tuple(map(self._node, node.nodes)))

    def _line(self, line: PointsLine, clause: str | None = None) -> PointsLine:
        """Take from a line what is not public; a clause of the rule alone would tell why, so `clause` stands for it."""
        titles = line.titles if line.verb == "rounds" else ()
        bare = replace(line, ruling=None, titles=titles, cells=())
        if line.because is None:
            return bare
        key = (id(line.because), line.verb)
        _, kept = self._reasons.get(key) or self._reasons.keep(key, (line.because, _public(line.because, line.verb)))
        return replace(bare, because=kept, clause=clause if kept is None else line.clause)


def _public(because: Because, verb: str) -> Because | None:
    """Take from a reason events, groups that are no periods, guards, single assessors' figures, and notes.

    Where what happened is itself the reason of a sanction (yes/no rules that take points, levels, prices of events)
    nothing stays.
    """
    if _is_a_reason(because, verb):
        return None
    periods = all(map(is_period, group_keys(because.basis)))
    guard = because.guard if isinstance(because.basis, Once) else None
    bare = replace(because, guard=guard, given=(), events=(), note=None, absences=(), categories=())
    return bare if periods else replace(bare, groups=(), group_count=0)


def _is_a_reason(because: Because, verb: str) -> bool:
    match because.basis.privacy:
        case "public":
            return False
        case "private where it takes":
            return verb in _TAKING
        case "private":
            return True


class ResultView(Struct, frozen=True, dict=True):
    """A result with the words to show it in; `sha256` is that of the rubric's file.

    What is `public` holds no persons, cases or reasons of sanctions.
    """

    result: Result
    sha256: str
    diagnostics: tuple[Diagnostic, ...]
    words: Words
    public: bool = False
    _texts: BoundedCache[tuple[int, str, bool], tuple[Because, str]] = field(default_factory=BoundedCache)

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

    def titled(self, title: str) -> str:
        """Say in a title that what stands below is not final."""
        return self.words.text("titled", title=title, state=self.state)

    @property
    def state(self) -> str:
        """In what way the result is not final (“阶段性结果，截至2024年6月30日，暂定”); empty where it is."""
        states = [self.words.text("interim state", until=self.until)] if self.until else []
        states += [self.words.text("provisional")] if self.is_provisional else []
        return self.words.text("comma").join(states)

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

    @cached_property
    def displacements(self) -> Mapping[str, Sequence[tuple[Chosen, Displaced]]]:
        """The selections that passed each unit over, in the order of the rubric."""
        found: dict[str, list[tuple[Chosen, Displaced]]] = defaultdict(list)
        for chosen in self.result.selections:
            for displaced in chosen.displaced:
                found[displaced.unit].append((chosen, displaced))
        return found

    @cached_property
    def places(self) -> int:
        """Decimals that points are shown with."""
        return self.rubric.shown_places

    @cached_property
    def is_rounded(self) -> bool:
        """Whether parts of a total are shown rounded, so that they may not add up."""
        places = self.rubric.total_places
        return any(
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
        """Say what a line did and why."""
        because = line.because
        if because is None or because.events or because.groups:
            return line_text(line, self.words, self.places)
        key = (id(because), line.verb, line.is_capped)
        known = self._texts.get(key)
        if known is None:
            known = self._texts.keep(key, (because, line_text(line, self.words, self.places)))
        return known[1]

    def which(self, line: PointsLine) -> tuple[str, ...]:
        """Name the members of a list, groups or events that counted; not to the public."""
        return () if self.public else which_names(line, self.words)

    def passed_over(self, displaced: Displaced) -> str:
        """Say why a unit was not chosen."""
        if displaced.why != "veto":
            return self.words.text(displaced.why)
        return self.words.text("vetoed", titles="、".join(displaced.titles))

    def displaced(self, displaced: Displaced) -> str:
        """Name a unit that was not chosen, and why."""
        return self.words.text("passed over", unit=displaced.unit, why=self.passed_over(displaced))

    def absent(self, unit: Excluded | Unscored, says: str = "passed over", between: str = "") -> str:
        """Name a unit that does not take part or was not scored, and why.

        `says` is the key of the sentence that has a reason; reasons are parted by a comma or `between`.
        """
        if not unit.why:
            return unit.unit
        return self.words.text(says, unit=unit.unit, why=(between or self.words.text("comma")).join(unit.why))

    def line_row(self, round_: str | None, node: NodeResult | None, line: PointsLine) -> tuple[str, str, str, str, str]:
        """Write a line as a row: clause, item, why, points, cells."""
        return line.clause or "", self.place(round_, node, line), self.text(line), self.moved(line), cells_of(line)

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
    result: Result, source: SourceFile, diagnostics: Iterable[Diagnostic], words: Words, *, public: bool = False
) -> ResultView:
    """View a result. Made `public` it leaves out persons, cases and reasons of sanctions, and all that names them.

    `source` is the file of the rubric.
    """
    if public:
        return ResultView(made_public(result, words.text("veto")), source.sha256, (), words, public=True)
    return ResultView(result, source.sha256, of_results(diagnostics), words)


def cells_of(line: PointsLine) -> str:
    """Name a line's cells; those of one sheet share its name."""
    if len(line.cells) == 1:
        return str(line.cells[0])
    sheets: dict[tuple[str, str | None], list[str]] = {}
    for cell in line.cells:
        sheets.setdefault((cell.file, cell.sheet), []).append(cell.address)
    return " ".join(_of_sheet(*sheet, addresses) for sheet, addresses in sheets.items())


def _of_sheet(file: str, sheet: str | None, addresses: list[str]) -> str:
    return "!".join(filter(None, (file, sheet, " ".join(addresses))))
