"""Random trees with weights and the like come to what another way of scoring them says, in every node and formula."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.checks import gate as checks
from dangjian_score.checks.study import Study
from dangjian_score.core.points import rounded
from dangjian_score.engine.interim import Interim, through
from dangjian_score.engine.prepare import prepare
from dangjian_score.engine.program import compile_rubric
from dangjian_score.engine.result import Detail, NodeResult, UnitResult
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.shortcomings import shortcomings
from dangjian_score.report.view import ResultView, view_of
from dangjian_score.rubric.load import Loaded
from dangjian_score.words.say import load_words
from tests.carriers import office
from tests.carriers.agreement import agreement
from tests.engine.counting_oracle import KINDS, ROUNDS, Branch, Grower, Oracle, Tree
from tests.report.audits import audited, audited_interim, differences, evidence_of
from tests.sampling import runs
from tests.scenes import CLAUSE_HEAD, Unit, attempt, node_points, outcome
from tests.support import errors, rubric

TREES, UNITS = runs(400, 56), 4
BOOKS = runs(40, 4)


class Should(Struct, frozen=True):
    """What a unit should have: its total, what its base sections carry, points by round and node."""

    total: Fraction
    due: Fraction
    points: Mapping[tuple[str | None, str], Fraction]


class Case(Struct, frozen=True):
    """A tree with units, and what each should have; None where it cannot be scored."""

    tree: Tree
    loaded: Loaded
    units: Mapping[str, Unit]
    expected: Mapping[str, Should | None]

    @property
    def sound(self) -> dict[str, Unit]:
        """The units that can be scored."""
        return {name: unit for name, unit in self.units.items() if self.expected[name] is not None}


def case(seed: int, until: str = "") -> Case:
    """Draw a tree and units; the same seed gives the same. Scored `until` a day, nothing is in rounds."""
    rng = Random(f"counting {seed}")  # noqa: S311  no secret hangs on it
    grower = Grower(rng)
    tree = grower.tree()
    if until:
        sections = (replace(part, often=False) if part.kind == "base" else part for part in tree.sections)
        dated = tuple(grower.dated(part) if part.kind == "base" else part for part in sections)
        tree = replace(tree, sections=dated, rounds=False)
    loaded = rubric(tree.text(), CLAUSE_HEAD)
    units, expected = dict[str, Unit](), {}
    for at in range(UNITS):
        attribute, faults = rng.choice((*KINDS, "机关")), grower.faults(tree)
        of_rounds = {name: grower.faults(tree) for name in ROUNDS} if tree.rounds else {}
        facts = {key: said for key, said in faults.items() if key not in _often(tree)}
        rounds = {name: {key: given[key] for key in _often(tree)} for name, given in of_rounds.items()}
        units[f"单位{at}"] = {"facts": {"类别": attribute, **facts}, "rounds": rounds}
        expected[f"单位{at}"] = _expected(Oracle(tree, until), tree, attribute, (faults, of_rounds))
    return Case(tree, loaded, units, expected)


def _often(tree: Tree) -> frozenset[str]:
    leaves = (leaf for section in tree.base if section.often for leaf in section.leaves())
    return frozenset(f"错{leaf.id}" for leaf in leaves)


Given = tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]
"""The faults of a unit, those of what is scored once and those of each round."""


def _expected(oracle: Oracle, tree: Tree, attribute: str, given_faults: Given) -> Should | None:
    faults, rounds = given_faults
    points = dict[tuple[str | None, str], Fraction]()

    def take(
        sections: tuple[Branch, ...], given: Mapping[str, str], name: str | None
    ) -> tuple[Fraction, Fraction] | None:
        for section in sections:
            below = oracle.node(section, given, attribute, bool(tree.over) and section.kind == "base").below
            points.update({(name, id_): value for id_, value in below.items()})
        base = tuple(section for section in sections if section.kind == "base")
        return oracle.base(base, given, attribute) if base else (Fraction(0), Fraction(0))

    often = tuple(section for section in tree.sections if section.often)
    weighed = due = Fraction(0)
    for name, share in ROUNDS.items() if often else ():
        base = take(often, rounds[name], name)
        if base is None:
            return None
        weighed, due = weighed + share * base[0], due + share * base[1]
    once = take(tuple(section for section in tree.sections if not section.often), faults, None)
    if once is None:
        return None
    bonus = sum(
        (oracle.kept(points[None, part.id] * part.share) for part in tree.sections if part.kind == "bonus"), Fraction(0)
    )
    return Should(rounded(oracle.kept(weighed) + once[0] + bonus, 2), due + once[1], points)


def _rounds_of(detail: Detail) -> dict[str | None, tuple[NodeResult, ...]]:
    return {None: detail.nodes, **{name: part.nodes for name, part in detail.rounds.items()}}


def _adds_up(node: NodeResult) -> bool:
    moved = sum((line.points for line in node.lines), Fraction(0))
    below = all(_adds_up(lower) for lower in node.nodes)
    return below and node.start + moved + sum(lower.points for lower in node.nodes) == node.points


@pytest.mark.parametrize("first", range(4))
def test_points_are_those_of_the_other_way(first: int) -> None:
    for seed in range(first, TREES, 4):
        drawn = case(seed)
        assert errors(checks.check(Study(drawn.loaded))) == [], drawn.tree.text()
        result = outcome(drawn.loaded, drawn.sound) if drawn.sound else None
        for unit in result.units if result else ():
            expected = drawn.expected[unit.unit]
            assert expected is not None
            parts = _rounds_of(unit.trace())
            found = {(name, id_): value for name, nodes in parts.items() for id_, value in node_points(nodes).items()}
            assert found == dict(expected.points), (seed, unit.unit, drawn.tree.text())
            assert unit.total == expected.total, (seed, unit.unit, drawn.tree.text())
            assert all(_adds_up(node) for nodes in parts.values() for node in nodes)
            _lines_add_up(unit)
            if result is not None and not drawn.tree.places:
                _accounts_add_up(unit, view_of(result, drawn.loaded.source, (), load_words("zh")))


def _accounts_add_up(unit: UnitResult, view: ResultView) -> None:
    """What sections carry less what items lost of it, and what scaling costs, is what counts of them."""
    detail = unit.trace()
    lost = shortcomings(unit, detail, view, Imprint())
    for name, sections in _rounds_of(detail).items():
        base = [section for section in sections if section.kind == "base"]
        carried = sum((section.due or 0) * section.share for section in base)
        of_items = sum(each.lost * each.share for each in lost if each.round == name and each.node.kind == "base")
        by_scale = sum(_scaled_off(section, section.share) for section in base)
        assert carried - of_items - by_scale == sum(section.counted for section in base), unit.unit


def _scaled_off(node: NodeResult, share: Fraction) -> Fraction:
    """Add up what groups lose by their scale: what they carry less of it than their items, with what those lose."""
    own = sum(
        (line.figures["of"] - line.figures["due"] - line.points for line in node.lines if line.verb == "rescale"),
        Fraction(0),
    )
    left_out = {id_ for line in node.lines if line.verb == "best" for id_ in line.titles}
    below = (_scaled_off(lower, share * lower.share) for lower in node.nodes if lower.id not in left_out)
    return own * share + sum(below, Fraction(0))


def _lines_add_up(unit: UnitResult) -> None:
    detail = unit.trace()
    for part in detail.rounds.values():
        assert sum(node.points for node in part.nodes) + sum(line.points for line in part.lines) == part.base
    if not detail.rounds:
        assert sum(node.points for node in detail.nodes) + sum(line.points for line in detail.lines) == unit.total


@pytest.mark.parametrize("day", ["2024-03-31", "2024-06-30"])
def test_what_is_due_is_that_of_the_other_way(day: str) -> None:
    for seed in range(TREES // 2):
        drawn = case(seed, day)
        so_far = through(drawn.loaded.rubric, date.fromisoformat(day))
        assert isinstance(so_far, Interim)
        for unit in outcome(drawn.loaded, drawn.sound, so_far).units:
            expected = drawn.expected[unit.unit]
            assert expected is not None
            found = {(None, id_): value for id_, value in node_points(unit.trace().nodes).items()}
            assert found == dict(expected.points), (seed, unit.unit, drawn.tree.text())
            assert (unit.total, unit.due) == (expected.total, expected.due), (seed, unit.unit, drawn.tree.text())
            assert all(_adds_up(node) for node in unit.trace().nodes)
            _lines_add_up(unit)


def test_units_to_which_nothing_applies_are_refused() -> None:
    for seed in range(TREES):
        drawn = case(seed)
        for name, unit in drawn.units.items():
            if drawn.expected[name] is None:
                result, found = attempt(drawn.loaded, {name: unit})
                assert (result, {str(one.code) for one in found if one.severity == "error"}) == (None, {"E067"})


def test_compiled_programs_agree() -> None:
    for seed in range(TREES):
        drawn = case(seed)
        if evidence := evidence_of(drawn.loaded, drawn.sound):
            program = compile_rubric(drawn.loaded.rubric)
            cohort = prepare(program, evidence)
            found = agreement(program, [cohort.ready(at) for at in cohort.taking_part])
            assert (found.wrong, found.odd) == ((), 0), drawn.tree.text()


def test_the_trees_hold_all_there_is() -> None:
    trees = [case(seed).tree for seed in range(TREES)]
    texts = " ".join(tree.text() for tree in trees)
    counts = {
        key: texts.count(key) for key in ("weight:", "rescale_in:", "best:", "only:", "if_na: rescale", "product:")
    }
    assert min(counts.values()) > TREES / 8, counts
    assert min(sum(tree.rounds for tree in trees), sum(bool(tree.places) for tree in trees)) > TREES / 8


@pytest.mark.office
def test_audit_workbooks_agree(tmp_path: Path) -> None:
    drawn = [case(seed) for seed in range(BOOKS)]
    made = {str(at): audited(one.loaded, one.sound) for at, one in enumerate(drawn) if one.sound}
    for at in range(BOOKS, BOOKS + BOOKS // 4):
        drawn.append(case(at, "2024-06-30"))
        so_far = through(drawn[at].loaded.rubric, date(2024, 6, 30))
        assert isinstance(so_far, Interim)
        made[str(at)] = audited_interim(drawn[at].loaded, so_far, drawn[at].sound)
    computed = office.all_recalculated({name: one.book for name, one in made.items()}, tmp_path)
    for name, one in made.items():
        count, wrong = differences(one.book, computed[name])
        assert wrong == [], drawn[int(name)].tree.text()
        assert computed[name]["核对"]["B3"].value == 0
        assert count > 40
