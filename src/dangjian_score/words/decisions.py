"""Decisions in words: what decided about a unit beside its points, by which clause, on what, and with which effect."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import assert_never

from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.core.columns import CASE, DAY, LEVEL, PERSON
from dangjian_score.core.facts import Cell, Event
from dangjian_score.core.points import percent, plain, rounded
from dangjian_score.engine.decisions import (
    Decision,
    FixedGrade,
    FullGrade,
    GradeDecision,
    HeldClause,
    HeldTests,
    Listed,
    MissedGrade,
    MissedMinimum,
    NoGrade,
    NotChosen,
    OpenGrade,
    StruckVeto,
)
from dangjian_score.engine.groups import MOST_LISTED
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import Exclusion, Grade, Selection, Unranked
from dangjian_score.words.conditions import PhraseWriter, shown
from dangjian_score.words.grades import arithmetic, clause_name, no_places, unranked_text, veto_effects
from dangjian_score.words.say import Words, day_text

IDENTIFYING = (PERSON, CASE, LEVEL)
"""Columns of an event that identify it, together with its day."""


def event_name(event: Event) -> str:
    """Return what tells an event from others: person, case, level and day."""
    columns = event.columns
    named = [str(columns[name].value) for name in IDENTIFYING if name in columns]
    return " ".join((*named, shown(columns[DAY].value, "date")) if DAY in columns else named)


def cells_text(cells: Iterable[Cell]) -> str:
    """Name cells; those of one sheet share its name."""
    found = [*cells]
    if len(found) == 1:
        return str(found[0])
    sheets: dict[tuple[str, str | None], list[str]] = {}
    for cell in found:
        sheets.setdefault((cell.file, cell.sheet), []).append(cell.address)
    return " ".join("!".join(filter(None, (*sheet, " ".join(addresses)))) for sheet, addresses in sheets.items())


def veto_effect(struck: StruckVeto, words: Words) -> str:
    """Return what a veto that holds does: to grade, total and honours; empty where it is not public."""
    if struck.veto is None:
        return ""
    effects = veto_effects(struck.veto, struck.denied, words)
    return words.text("clause.comma list").join((*effects, *([words.text("veto no honours")] if struck.bars else [])))


def veto_text(struck: StruckVeto, words: Words) -> str:
    """Return which veto holds, what happened and the first events that it rests on, its clause and what it does."""
    if struck.veto is None:
        return words.text("veto")
    events = map(event_name, struck.grounds.events[:MOST_LISTED])
    happened = words.text("comma").join(filter(None, (*_happened(struck, words), *events)))
    args = {"title": struck.veto.title, "clause": clause_name(cited(struck), words)}
    return words.text("line.veto", events=happened, effect=veto_effect(struck, words), **args)


def _happened(struck: StruckVeto, words: Words) -> Iterator[str]:
    """Visit the parts of a veto that hold, with their rounds; without those that its title or its events say."""
    title = "" if struck.veto is None else struck.veto.title
    for held in struck.held[:MOST_LISTED]:
        unsaid = tuple(test for test in held.tests if not _is_said(test, title, alone=held.alone))
        yield held_text(replace(held, tests=unsaid), words)


def _is_said(test: a.Test, title: str, *, alone: bool) -> bool:
    match test:
        case a.Yes(measure):
            return title in measure or {*measure} <= {*title}
        case a.Compare(a.Named(of=of)):
            return alone and any(isinstance(part, a.Tally) for part in a.walk(of))
        case _:
            return False


def held_text(held: HeldTests, words: Words) -> str:
    """Say tests that hold for a unit, with its figures, and in which round (“2月：月度分 55 分，低于 60 分”)."""
    texts = words.text("comma").join(map(_Figures(words, held).test, held.tests))
    if held.round is None:
        return texts
    return words.text("held in round", round=held.round, texts=texts)


def cited(decision: Decision) -> str | None:
    """Return the clause that a decision cites; None where it cites none, or several."""
    match decision:
        case StruckVeto(veto):
            source = None if veto is None else veto.source
        case NotChosen(selection) | Listed(selection):
            source = selection.source
        case MissedGrade(clause=clause) | FullGrade(clause=clause):
            return clause
        case NoGrade((HeldClause(clause),)):
            source = clause.source
        case OpenGrade() | FixedGrade() | NoGrade():
            return None
        case _:
            assert_never(decision)
    return None if source is None else source.cited


def about(decision: Decision) -> str | None:
    """Name what a decision is about: a veto, a grade or a selection; None for a tie, a unit without rank, in public."""
    match decision:
        case StruckVeto(veto):
            return None if veto is None else veto.title
        case MissedGrade(grade):
            return grade
        case FullGrade(quota):
            return quota.grade
        case FixedGrade(ruling):
            return ruling.grade
        case NotChosen(selection) | Listed(selection):
            return selection.title
        case OpenGrade() | NoGrade():
            return None
        case _:
            assert_never(decision)


def clause_title(clause: Exclusion | Unranked, words: Words) -> str:
    """Name a clause by which a unit does not take part or has no rank: by its title, else its condition."""
    return unranked_text(clause, words) if isinstance(clause, Unranked) else clause.title


def cells_under(decision: Decision) -> tuple[Cell, ...]:
    """Return the cells that a decision rests on."""
    match decision:
        case StruckVeto(grounds=grounds) | MissedGrade(grounds=grounds):
            return grounds.cells
        case NotChosen(grounds=grounds) | Listed(grounds=grounds):
            return grounds.cells
        case NoGrade(held):
            return tuple(cell for each in held for cell in each.grounds.cells)
        case FixedGrade(ruling):
            return (ruling.cell,)
        case FullGrade() | OpenGrade():
            return ()
        case _:
            assert_never(decision)


class DecisionWriter:
    """Writes decisions about the units of a program."""

    def __init__(self, rubric: Rubric, words: Words) -> None:
        self._rubric, self._words, self._say = rubric, words, words.text

    def brief(self, decision: GradeDecision) -> str:
        """Say in few words what decided a grade (“一票否决：发生安全事故（第8条）”), for a column of the ranking."""
        clause = clause_name(cited(decision), self._words)
        match decision:
            case StruckVeto(veto):
                key = "brief veto" if veto is None or not decision.bars or veto.lowers else "brief veto honours"
                return self._say(key, title="" if veto is None else veto.title, clause=clause)
            case MissedGrade(grade):
                return self._say("brief missed", grade=grade, why=self._missed(decision), clause=clause)
            case FullGrade(quota):
                key = "brief full" if quota.places else "brief no place"
                return self._say(key, grade=quota.grade, places=str(quota.places), clause=clause)
            case OpenGrade(candidates):
                return self._say("brief open", grades=self._listed(candidates[:-1]))
            case FixedGrade(ruling):
                return self._say("brief fixed", meeting=ruling.meeting)
            case NoGrade(held):
                return self._say("brief unranked", why=self._listed(map(self.held, held)))
            case _:
                assert_never(decision)

    def sentence(self, decision: Decision, proposed: str = "") -> str:
        """Say what decided, by which clause, on what and with which effect; `proposed` is the grade by the rubric."""
        clause = clause_name(cited(decision), self._words)
        match decision:
            case StruckVeto():
                return veto_text(decision, self._words)
            case MissedGrade(grade):
                why = self._missed(decision) or self._say("other conditions")
                return self._say("grade missed", grade=grade, why=why, clause=clause)
            case FullGrade(quota, becomes=becomes):
                working = self._working(self._rubric.grades[quota.grade], quota.counted)
                args = {"grade": quota.grade, "working": working, "clause": clause}
                return self._say("grade passed over", becomes=becomes or "", **args)
            case OpenGrade(candidates):
                return self._say("grade open", short=self._listed(candidates[:-1]), grades=self._or(candidates))
            case FixedGrade(ruling):
                day = day_text(date.fromordinal(ruling.day), self._words)
                args = {"grade": ruling.grade, "meeting": ruling.meeting, "reason": ruling.reason}
                return self._say("grade fixed", proposed=proposed, day=day, approver=ruling.approver, **args)
            case NoGrade(held):
                return self._say("grade withheld", why=self._listed(map(self.held, held)))
            case NotChosen(selection):
                key = "not chosen" if selection.honours else "not listed"
                return self._say(key, title=selection.title, why=self.why_not(decision), clause=clause)
            case Listed(selection):
                return self._say("listed because", title=selection.title, why=self._why_listed(decision), clause=clause)
            case _:
                assert_never(decision)

    def effect(self, decision: Decision) -> str:
        """Say the effect of a decision alone."""
        match decision:
            case StruckVeto():
                return veto_effect(decision, self._words)
            case MissedGrade(grade):
                return self._say("effect denied", grade=grade)
            case FullGrade(quota, becomes=becomes):
                return self._say("effect full", grade=quota.grade, becomes=becomes or "")
            case OpenGrade(candidates):
                return self._say("effect open", grades=self._or(candidates))
            case FixedGrade(ruling):
                return self._say("effect fixed", grade=ruling.grade)
            case NoGrade():
                return self._say("effect unranked")
            case NotChosen(selection):
                return self._say("effect not chosen", title=selection.title)
            case Listed(selection):
                return self._say("effect listed", title=selection.title)
            case _:
                assert_never(decision)

    def held(self, each: HeldClause) -> str:
        """Name a clause by which a unit does not take part or has no rank (“成立不满半年（第3条）”)."""
        source = each.clause.source
        clause = clause_name(None if source is None else source.cited, self._words)
        return self._say("cited", text=clause_title(each.clause, self._words), clause=clause)

    def why_not(self, decision: NotChosen, *, working: bool = True) -> str:
        """Say why a selection did not choose a unit; of a full quota also how its places were worked out."""
        selection, displaced = decision.selection, decision.displaced
        match displaced.why:
            case "condition":
                return self._listed(self._held(decision.against)) or self._say("other conditions")
            case "veto":
                vetoes = ((veto.title, None if veto.source is None else veto.source.cited) for veto in displaced.vetoes)
                named = (
                    self._say("cited", text=title, clause=clause_name(cite, self._words)) for title, cite in vetoes
                )
                return self._say("vetoed", titles=self._listed(named))
            case "none":
                return no_places(selection, displaced.counted, self._words)
            case "full":
                if not working:
                    return self._say("full")
                return self._say("full worked", working=self._working(selection, displaced.counted))
            case "tie":
                return self._say("tie")
            case "earlier":
                key = "earlier prize" if selection.honours else "earlier list"
                return self._say(key, titles=self._say("line.or levels").join(displaced.prizes))
            case _:
                assert_never(displaced.why)

    def _why_listed(self, listed: Listed) -> str:
        """Say what put a unit on a list: its total, its grade, the parts of the condition that hold, its place."""
        selection = listed.selection
        total = plain(rounded(listed.total, self._rubric.total_places))
        why = [] if selection.below is None else [self._say("total below", total=total, below=plain(selection.below))]
        why += [] if selection.grade_at_most is None else [self._say("grade is", grade=listed.grade or "")]
        why += self._held(listed.held)
        if selection.lowest_first:
            why.append(self._say("total is last", total="" if selection.below is not None else total))
        return self._say("clause.comma list").join(why)

    def _held(self, held: Iterable[HeldTests]) -> Iterator[str]:
        return (held_text(each, self._words) for each in held)

    def _or(self, names: Iterable[str]) -> str:
        return self._say("line.or levels").join(names)

    def _working(self, quota: Grade | Selection, counted: int) -> str:
        """Say how many places a quota has, and how they were worked out."""
        places = quota.places if quota.quota is None else quota.places_among(counted)
        key = "quota working" if places else "quota no working"
        return self._say(key, arithmetic=arithmetic(quota, counted, self._words), places=str(places))

    def _missed(self, missed: MissedGrade) -> str:
        """Say which conditions of a grade a unit does not meet; empty where that is not public."""
        return self._listed((*self._held(missed.against), *map(self._minimum, missed.minima)))

    def _minimum(self, missed: MissedMinimum) -> str:
        share = "" if missed.share is None else percent(missed.share)
        points, least = (plain(rounded(value, self._rubric.shown_places)) for value in (missed.points, missed.least))
        return self._say("minimum missed", node=missed.title, points=points, least=least, share=share)

    def _listed(self, texts: Iterable[str]) -> str:
        return self._words.text("comma").join(texts)


class _Figures(PhraseWriter):
    """Writes conditions with the figures of a unit."""

    def __init__(self, words: Words, held: HeldTests) -> None:
        super().__init__(words, self._value)
        self._held = held

    def _value(self, expr: a.Expr) -> str | None:
        value = self._held.readings.get(expr.measure) if isinstance(expr, a.Read) else self._held.figures.get(expr)
        return None if value is None else self.amount(value, expr)
