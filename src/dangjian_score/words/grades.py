"""Grades in words: where they begin, their quotas with the arithmetic, what breaks ties, who gets none."""

from fractions import Fraction

from dangjian_score.core.points import percent, plain
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.program import Program
from dangjian_score.rubric.lexicon import COLUMNS, condition, guard_test
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import Grade, Quota, TieBreak, Unranked
from dangjian_score.words.conditions import Writer
from dangjian_score.words.say import Words


def grade_text(program: Program, name: str, grade: Grade, words: Words) -> str:
    """Return who gets a grade (“优秀（90 起，没有受通报）”)."""
    more = ""
    if (test := guard_test(grade.if_, grade.unless, program.lexicon)) is not None:
        more += words.text("asks", test=Writer(words).test(test))
    for node, least in grade.sections.items():
        bound = percent(least.value) if least.percent else plain(least.value)
        more += words.text("asks section", node=node, least=bound)
    return words.text(f"a grade {grade.sense}", name=name, least=plain(grade.least), more=more)


def share_text(quota: Quota, words: Words) -> str:
    """Return the share of a quota (“全部单位的 30%，四舍五入取整”); that it is rounded down goes without saying."""
    parts = ["" if quota.quota is None else words.text(f"quota of {quota.quota_of}", share=percent(quota.quota))]
    parts += [words.text("quota nearest")] if quota.quota_rounding == "nearest" else []
    parts += [words.text("quota at least one")] if quota.at_least_one else []
    return words.text("comma").join(parts)


def quota_text(quota: GradeQuota, rubric: Rubric, words: Words) -> str:
    """Return how many places a grade has, how they were worked out, and who got none or is tied for one."""
    grade, comma = rubric.grades[quota.grade], words.text("comma")
    share = grade.quota or Fraction(0)
    exact = share * quota.counted
    whole = exact == quota.places
    raised = grade.at_least_one and exact < 1 and not whole
    how = "" if whole else words.text("quota at least one" if raised else f"quota {grade.quota_rounding}")
    return words.text(
        "grade quota",
        grade=quota.grade,
        group=quota.group or "",
        counted=words.text(f"quota counted {grade.quota_of}", count=str(quota.counted)),
        share=percent(share),
        exact=plain(exact),
        how=how,
        places=str(quota.places),
        chosen=str(len(quota.cut.units)),
        tied=comma.join(quota.cut.tied),
        left=comma.join(quota.cut.left),
    )


def tie_text(tie: TieBreak, program: Program, words: Words) -> str:
    """Return what breaks ties (“A 组织建设得分”, “信访件数（低的在前）”); the highest goes first unless it says so."""
    node = next((node for node in program.nodes if node.id == tie.points), None)
    name = tie.measure or words.text("tie points", id=tie.points or "", title="" if node is None else node.node.title)
    return words.text("tie lowest", name=name) if tie.lowest_first else name


def unranked_text(clause: Unranked, words: Words) -> str:
    """Return why units have no rank and no grade: the title of the clause, else its condition."""
    return clause.title or Writer(words).test(condition(clause.if_, COLUMNS))
