"""Grades in words: where they begin, their quotas with the arithmetic, what breaks ties, who gets none."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from dangjian_score.core.points import percent, plain
from dangjian_score.engine.grading import GradeQuota
from dangjian_score.engine.program import Program
from dangjian_score.engine.standing import Chosen
from dangjian_score.engine.totals import OutsideCondition, better_grades
from dangjian_score.rubric.lexicon import COLUMNS, condition
from dangjian_score.rubric.model import Rubric
from dangjian_score.rubric.standing import ClauseSource, Exclusion, Grade, Quota, Selection, TieBreak, Unranked, Veto
from dangjian_score.words.conditions import PhraseWriter
from dangjian_score.words.say import Words

_NUMBER: Final = re.compile("[0-9]+|[一二三四五六七八九十百]+")
"""Clauses that are cited by their number alone."""
_ORDINAL: Final = "第"
_FEW: Final = 2
"""Denied grades that are named one by one."""


def grade_text(program: Program, name: str, grade: Grade, words: Words) -> str:
    """Return who gets a grade (“优秀（90 分以上，“受通报”为否）”)."""
    comma = words.text("clause.comma list")
    starts = [words.text(f"asks {grade.sense}", least=plain(grade.least))] if grade.start > (Fraction(0), False) else []
    clause = program.clause("grades", name)
    asked = [] if clause is None else [clause_text(clause, words)]
    for node, least in grade.sections.items():
        points = _points_text(node, program, words)
        if least.percent:
            asked.append(words.text("asks share", points=points, least=percent(least.value)))
        else:
            asked.append(words.text("asks points", points=points, least=plain(least.value)))
    conditions = [*starts, *asked] or [words.text("asks nothing")]
    return words.text("a grade", name=name, asks=comma.join([*conditions, *ours(grade, words)]))


def note_of(source: ClauseSource) -> str:
    """Return a note in one line."""
    return "".join(line.strip() for line in (source.note or "").splitlines())


def ours(part: Grade | Veto | Selection | Exclusion | Unranked, words: Words) -> list[str]:
    """Return what is to be said of a part that is assumed, or whose reading is."""
    said = [words.text("is assumed")] if part.assumed else []
    if part.source is not None and part.source.assumed:
        said.append(words.text("clause.reading", note=note_of(part.source)))
    return said


def clause_text(clause: OutsideCondition, words: Words, *, leads: bool = False) -> str:
    """Return a condition outside the sections, and whether every round or any of them is looked at.

    Words follow one that `leads` a sentence.
    """
    writer = PhraseWriter(words)
    text = writer.before_words(writer.test(clause.test)) if leads else writer.test(clause.test)
    if not clause.by_round:
        return text
    return words.text("in any round" if clause.path[0] == "vetoes" else "in every round", test=text)


def veto_effects(veto: Veto, denied: Sequence[str], words: Words) -> list[str]:
    """Return what a veto does to the grade and the total; `denied` are the grades above the best that it leaves.

    Of more than two of them the best that is left is named instead.
    """
    parts = [words.text("veto grade", grade=veto.grade)] if veto.grade not in (None, "none") else []
    parts += [words.text("veto no grade")] if veto.grade == "none" else []
    if veto.grade_at_most is not None:
        few = 0 < len(denied) <= _FEW
        grades = words.text("line.or levels").join(denied)
        parts.append(
            words.text("veto grades denied" if few else "veto grade at most", grades=grades, grade=veto.grade_at_most)
        )
    parts += [words.text("veto total", total=plain(veto.total))] if veto.total is not None else []
    return parts


def veto_text(veto: Veto, rubric: Rubric, words: Words) -> str:
    """Return all that a veto does (“等次最高为一般，不得评优”)."""
    parts = veto_effects(veto, better_grades(rubric.grades, veto.grade_at_most), words)
    if any(selection.honours for selection in rubric.selections):
        parts.append(words.text("veto honours" if veto.selections else "veto no honours"))
    return words.text("clause.comma list").join(parts)


def share_text(quota: Quota, within: str | None, rubric: Rubric, words: Words) -> str:
    """Return the share of a quota and how it is rounded, within an attribute that of each group."""
    grouped = "" if within is None else words.text("of each group", within=within)
    share = "" if quota.quota is None else percent(quota.quota)
    hows = [words.text(f"quota {quota.quota_rounding}")]
    hows += [words.text("quota at least one")] if quota.at_least_one else []
    how = words.text("clause.comma list").join(hows)
    return words.text(f"quota of {quota.quota_of}", share=share, grouped=grouped, subject=rubric.subject, how=how)


def most_text(grade: Grade, rubric: Rubric, words: Words) -> str:
    """Return how many units may have a grade, in groups in each: a share of them, or a number (“3 个”)."""
    return (
        share_text(grade, rubric.groups, rubric, words)
        if grade.places is None
        else words.text("quota places", places=str(grade.places))
    )


def quota_text(quota: GradeQuota, rubric: Rubric, words: Words) -> str:
    """Return how many places a grade has, how they were worked out, and who got none or is tied for one."""
    grade, comma = rubric.grades[quota.grade], words.text("comma")
    return words.text(
        "grade quota" if quota.places else "grade no quota",
        grade=quota.grade,
        group=quota.group or "",
        arithmetic=arithmetic(grade, quota.counted, words),
        places=str(quota.places),
        chosen=str(len(quota.cut.units)),
        tied=comma.join(unit for unit in quota.cut.tied if unit not in quota.cut.waiting),
        waiting=comma.join(quota.cut.waiting),
        left=comma.join(quota.cut.left),
    )


def arithmetic(quota: Grade | Selection, counted: int, words: Words) -> str:
    """Return how the places of a share were worked out (“参加考核 13 个，按不超过 30% 折算为 3.9 个，舍去小数”).

    It is empty where the places are a number.
    """
    if quota.quota is None:
        return ""
    exact, places = quota.quota * counted, quota.places_among(counted)
    whole = exact == places
    raised = quota.at_least_one and exact < 1 and not whole
    how = "" if whole else words.text("quota at least one" if raised else f"quota {quota.quota_rounding}")
    of = words.text(f"quota counted {quota.quota_of}", count=str(counted))
    return words.text("quota arithmetic", counted=of, share=percent(quota.quota), exact=plain(exact), how=how)


def selection_quota_texts(chosen: Chosen, words: Words) -> Iterator[str]:
    """Say how many places a selection with a share has in each group, and how they were worked out."""
    selection = chosen.selection
    for group, counted in chosen.counted.items():
        places = selection.places_among(counted)
        yield words.text(
            "selection quota" if places else "selection no quota",
            title=selection.title,
            group=group or "",
            arithmetic=arithmetic(selection, counted, words),
            places=str(places),
        )


def no_places(quota: Quota, counted: int, words: Words) -> str:
    """Return why a quota has no place (“3 × 30% = 0.9，舍去小数，无名额”)."""
    share = quota.quota or Fraction(0)
    how = words.text(f"quota {quota.quota_rounding}")
    return words.text("no places", count=str(counted), share=percent(share), exact=plain(share * counted), how=how)


def clause_name(cited: str | None, words: Words) -> str:
    """Name the clause that is cited: a number as 第8条, other texts as they stand; empty where none is."""
    if cited is None:
        return ""
    if _NUMBER.fullmatch(cited):
        return words.text("clause number", number=cited)
    return cited if cited.startswith(_ORDINAL) else words.text("clause named", name=cited)


def tie_text(tie: TieBreak, program: Program, words: Words) -> str:
    """Return what breaks ties (“A 组织建设得分”, “信访件数（低的在前）”); the highest goes first unless it says so."""
    name = tie.measure or _points_text(tie.points or "", program, words)
    return words.text("tie lowest", name=name) if tie.lowest_first else name


def _points_text(id_: str, program: Program, words: Words) -> str:
    """Return the points of a node in words (“A 组织建设得分”)."""
    node = next((node for node in program.nodes if node.id == id_), None)
    return words.text("tie points", id=id_, title="" if node is None else node.node.title)


def unranked_text(clause: Unranked, words: Words) -> str:
    """Return why units have no rank and no grade: the title of the clause, else its condition.

    A title that only says so (只考核不定等次) is no reason.
    """
    title = None if clause.title == words.text("unranked") else clause.title
    return title or PhraseWriter(words).test(condition(clause.if_, COLUMNS))
