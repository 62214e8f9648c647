"""Units written down as data → the tables that a clerk would hand in → a result.

A unit is a mapping with `facts` and, where needed, `events`, `ballots`, `assessors`, `rulings`, `grade_ruling`,
`results` (figures that results of other rubrics hold, by measure), and `rounds` (what was entered in one round). With
`through` a day, or `in_rounds` some rounds, it is scored so far. Every scalar is text as one would type it into a cell.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from dangjian_score.checks import evidence as due
from dangjian_score.checks.study import Study
from dangjian_score.core.algebra import reads
from dangjian_score.core.diagnostics import Diagnostic
from dangjian_score.engine.catalogue import Catalogue
from dangjian_score.engine.interim import Impossible, Interim, of_rounds, through
from dangjian_score.engine.result import NodeResult, Result, UnitResult
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import read_evidence
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import rounds_of
from tests.results import results_of

Unit = Mapping[str, Any]
Row = Mapping[str, str]


def outcome(loaded: Loaded, units: Mapping[str, Unit], interim: Interim | None = None) -> Result:
    """Score units; nothing about them may be an error."""
    result, found = attempt(loaded, units, interim)
    assert result is not None, [(str(one.code), str(one.place), dict(one.args)) for one in found]
    return result


def attempt(
    loaded: Loaded, units: Mapping[str, Unit], interim: Interim | None = None
) -> tuple[Result | None, tuple[Diagnostic, ...]]:
    """Score units, or give what is wrong with them."""
    study = study_of(loaded, interim)
    evidence, found = read_evidence(tables(loaded, units), loaded.rubric, study.catalogue, deferred=study.deferred)
    found = (*found, *due.check(study.program, evidence))
    wrong = [one for one in found if one.severity == "error"]
    return (None if wrong else score(study.program, evidence)), found


_STUDIES: dict[tuple[int, Interim | None], Study] = {}
_MOST_STUDIES = 50


def study_of(loaded: Loaded, interim: Interim | None = None) -> Study:
    """Compile a rubric once; a study keeps what it was loaded from, so that identities stay apart."""
    if len(_STUDIES) >= _MOST_STUDIES:
        _STUDIES.clear()
    return _STUDIES.setdefault((id(loaded), interim), Study(loaded, interim))


def so_far(loaded: Loaded, said: Mapping[str, Any]) -> Interim | None:
    """Tell how far a unit is scored; None for the whole period."""
    interim: Interim | Impossible | None = None
    if "through" in said:
        interim = through(loaded.rubric, date.fromisoformat(said["through"]))
    elif "in_rounds" in said:
        interim = of_rounds(loaded.rubric, tuple(said["in_rounds"]))
    assert not isinstance(interim, Impossible), interim
    return interim


def tables(loaded: Loaded, units: Mapping[str, Unit]) -> dict[str, bytes]:
    """Write the tables, each as a .csv by its name."""
    writer = _Writer(study_of(loaded))
    results = results_of(loaded.rubric.from_results, {name: unit.get("results") or {} for name, unit in units.items()})
    return {f"{name}.csv": _csv(rows) for name, rows in writer.tables(units) if rows} | results


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(row for row in rows if any(row.values()))
    return text.getvalue().encode()


class _Writer:
    def __init__(self, study: Study) -> None:
        loaded, program = study.loaded, study.program
        self._rubric = loaded.rubric
        self._known: Catalogue = study.catalogue.entered
        self._unit = loaded.rubric.unit_column or loaded.rubric.subject
        self._rounds = tuple(rounds_of(loaded.rubric.rounds))
        self._asked = {part.round: frozenset[str]() for part in program.passes}
        for part in program.passes:
            self._asked[part.round] |= frozenset(reads(*program.trees(part)))

    def tables(self, units: Mapping[str, Unit]) -> Iterator[tuple[str, list[Row]]]:
        matrix = [row for name, unit in units.items() for row in self._matrix(name, unit)]
        if any(len(row) > 1 for row in matrix) or not self._known.measures:
            yield "matrix", matrix
        if self._known.registers:
            head = {self._unit: "", "事项": "", "轮次": ""} if self._rounds else {self._unit: "", "事项": ""}
            yield (
                "register",
                [head, *(self._event(name, one) for name, unit in units.items() for one in self._of(unit))],
            )
        for measure, levels in self._known.ballots.items():
            yield f"ballots {measure}", [*self._ballots(units, measure, levels)]
        yield "assessors", [*self._assessors(units)]
        rulings = [(name, ruling) for name, unit in units.items() for ruling in unit.get("rulings") or ()]
        yield "rulings", [{self._unit: name, **ruling} for name, ruling in rulings]
        fixed = [(name, unit["grade_ruling"]) for name, unit in units.items() if "grade_ruling" in unit]
        yield "grade rulings", [{self._unit: name, **ruling} for name, ruling in fixed]

    def _of(self, unit: Unit) -> Iterable[Row]:
        return unit.get("events") or ()

    def _event(self, name: str, event: Row) -> Row:
        """A register of members names them in the column that the rubric says."""
        return {**event, self._unit: event.get(self._unit) or name}

    def _matrix(self, name: str, unit: Unit) -> Iterator[Row]:
        facts: Row = unit.get("facts") or {}
        whole = {one: facts.get(one, "") for one in self._known.measures if self._entered(one, unit)}
        if not self._rounds:
            yield {self._unit: name, **whole, **{one: facts[one] for one in facts if one not in whole}}
            return
        attributes = {one: whole.get(one, "") for one in self._known.attributes}
        own = {one: text for one, text in whole.items() if one in self._asked[None]}
        yield {self._unit: name, "轮次": "", **attributes, **own}
        for round_ in self._rounds:
            given = dict((unit.get("rounds") or {}).get(round_) or {})
            said = given.get("facts", given if "events" not in given else {})
            asked = {one: text for one, text in whole.items() if one in self._asked.get(round_, ())}
            yield {self._unit: name, "轮次": round_, **attributes, **asked, **said}

    def _entered(self, measure: str, unit: Unit) -> bool:
        """Leave out what assessors give, and what no unit is asked for."""
        given = {one for figures in (unit.get("assessors") or {}).values() for one in figures}
        return measure not in given

    def _ballots(self, units: Mapping[str, Unit], measure: str, levels: Sequence[str]) -> Iterator[Row]:
        for name, unit in units.items():
            for round_, given in self._in_rounds(unit, "ballots"):
                if votes := given.get(measure):
                    cast = {level: votes.get(level, "") for level in levels}
                    yield {self._unit: name, **round_, "测评项": measure, **cast, **votes}

    def _assessors(self, units: Mapping[str, Unit]) -> Iterator[Row]:
        for name, unit in units.items():
            for round_, given in self._in_rounds(unit, "assessors"):
                for assessor, figures in given.items():
                    yield {self._unit: name, **round_, "评委": assessor, **figures}

    def _in_rounds(self, unit: Unit, what: str) -> Iterator[tuple[Row, Mapping[str, Any]]]:
        """Give what was handed in for the whole and, with rounds, for each of them."""
        common = unit.get(what) or {}
        if not self._rounds:
            yield {}, common
            return
        yield {"轮次": ""}, common
        for round_ in self._rounds:
            given = (unit.get("rounds") or {}).get(round_) or {}
            yield {"轮次": round_}, given.get(what) or common


def of_unit(result: Result, name: str) -> UnitResult:
    """Find a unit that takes part."""
    return next(one for one in result.units if one.unit == name)


def node_points(nodes: Iterable[NodeResult]) -> dict[str, Any]:
    """Collect points by node, those of nodes below as well."""
    found: dict[str, Any] = {}
    for node in nodes:
        found[node.id] = node.points
        found |= node_points(node.nodes)
    return found


CLAUSE_HEAD = "dangjian: 1\nrubric: clause\ntitle: 试\nsubject: 单位\n"


def check_units(loaded: Loaded, units: Mapping[str, Unit]) -> None:
    """Score units together, and hold each against what it says.

    `points` are those of node X, `nodes` of others by id, `dues` what is due of them; then total, ranks, due, rate,
    grade (or the `candidates` it is open between) and selections; `unranked` units have no rank.
    """
    groups: dict[Interim | None, dict[str, Unit]] = {}
    for name, said in units.items():
        groups.setdefault(so_far(loaded, said), {})[name] = said
    for interim, together in groups.items():
        result = outcome(loaded, together, interim)
        left_out = {one.unit for one in result.excluded}
        for name, said in together.items():
            assert (name in left_out) == (said.get("excluded") == "true"), name
            if name not in left_out:
                _check_unit(of_unit(result, name), said)


def _check_unit(got: UnitResult, said: Unit) -> None:
    nodes = {node.id: node for node in _below(got.trace().nodes)}
    own = {"points": nodes["X"].points} if "X" in nodes else {}
    seen: dict[str, object] = {**own, "total": got.total, "due": got.due, "rate": got.rate}
    seen |= {"rank": got.rank, "group_rank": got.group_rank}
    for key in seen.keys() & said.keys():
        assert seen[key] == _figure(said[key]), (got.unit, key, seen[key])
    for key, found in (("nodes", {id_: node.points for id_, node in nodes.items()}), ("dues", dues(nodes.values()))):
        for id_, expected in (said.get(key) or {}).items():
            assert found[id_] == _figure(expected), (got.unit, key, id_, found[id_])
    assert said.get("grade", got.grade or "none") == (got.grade or "none"), got.unit
    assert said.get("selected", list(got.selections)) == list(got.selections), got.unit
    assert said.get("candidates", list(got.grading.candidates)) == list(got.grading.candidates), got.unit
    assert (got.rank is None) == (said.get("unranked") == "true"), got.unit


def dues(nodes: Iterable[NodeResult]) -> dict[str, Fraction | None]:
    """Collect what is due of nodes."""
    return {node.id: node.due for node in nodes}


def _below(nodes: Iterable[NodeResult]) -> Iterator[NodeResult]:
    for node in nodes:
        yield from node.below()


def _figure(text: str) -> Fraction:
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
