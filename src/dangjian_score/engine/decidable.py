"""What of a rubric can be decided before the end of the period: grades, selections, vetoes, ties."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core import algebra as a
from dangjian_score.engine.interim import Interim
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.totals import scored_once
from dangjian_score.rubric.conditions import Condition
from dangjian_score.rubric.lexicon import Lexicon, condition
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import Combined

_OF_ROUND = "@"
"""The suffix of the points of a node in each round, as `Clause.rounds` reads them."""


def decidable(rubric: Rubric, lexicon: Lexicon, sections: Iterable[NodeTree], interim: Interim) -> Rubric:
    """Return the rubric with the grades, vetoes and ties that can be decided now; selections are of the whole period.

    Grades stand on the full scale, which base points have where all of them are averaged over rounds.
    A condition on points can be decided where these are the points of rounds, and so can ties: of what is scored once
    less may be due from one unit than from another.
    """
    scale = _Scale.of(rubric, lexicon, tuple(sections), interim)
    grades = rubric.grades if scale.is_full and scale.decides_grades(rubric) else {}
    return rubric.model_copy(
        update={
            "grades": grades,
            "selections": (),
            "vetoes": tuple(veto for veto in rubric.vetoes if scale.decides(veto.if_)),
            "tie_break": tuple(tie for tie in rubric.tie_break if tie.points in scale.in_rounds),
        }
    )


class _Scale(Struct, frozen=True):
    """The nodes whose points are known: those scored in rounds that are due.

    `is_mean` where rounds are averaged; `is_full` where base points then have their full scale.
    """

    lexicon: Lexicon
    in_rounds: frozenset[str]
    is_mean: bool
    is_full: bool

    @classmethod
    def of(cls, rubric: Rubric, lexicon: Lexicon, sections: tuple[NodeTree, ...], interim: Interim) -> "_Scale":
        """Find the nodes that are scored."""
        pairs = list(zip(sections, rubric.sections, strict=True))
        often = {section.id for section, model in pairs if interim.rounds and not scored_once(rubric, model)}
        below = {section.id: frozenset(node.id for node in section.below()) for section in sections}
        in_rounds = frozenset[str]().union(*(below[section] for section in often))
        is_mean = isinstance(rubric.rounds, Combined) and rubric.rounds.combine == "mean"
        return cls(
            replace(lexicon, points={node: f"{node}{_OF_ROUND}" for nodes in below.values() for node in nodes}),
            in_rounds,
            is_mean,
            is_mean and all(section.id in often for section in sections if section.kind == "base"),
        )

    def decides(self, *asked: Condition | None) -> bool:
        """Return whether conditions read no points, or points that are known."""
        return all(node in (self.in_rounds if of_round or self.is_mean else ()) for node, of_round in self._read(asked))

    def decides_grades(self, rubric: Rubric) -> bool:
        """Return whether the conditions of all grades can be decided."""
        grades = rubric.grades.values()
        return all(
            self.decides(grade.if_, grade.unless) and self.in_rounds.issuperset(grade.sections) for grade in grades
        )

    def _read(self, asked: Iterable[Condition | None]) -> Iterator[tuple[str, bool]]:
        """Visit the nodes whose points conditions read, and whether those of each round."""
        for written in asked:
            for step in () if written is None else a.refs(condition(written, self.lexicon)):
                yield step.removesuffix(_OF_ROUND), step.endswith(_OF_ROUND)
