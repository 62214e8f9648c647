"""What a regulation says of the whole, beside what was understood: period, rounding, grades, vetoes, selections."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.points import plain
from dangjian_score.draft.comparison.rows import Row, Status, place_text
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.layout.outline import Outline
from dangjian_score.draft.regulation import Draft
from dangjian_score.draft.standing import Whole, whole_of
from dangjian_score.report.explanation import cut_text, period_of
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.clauses import rounding_policy
from dangjian_score.words.grades import clause_text, grade_text, most_text, veto_text
from dangjian_score.words.say import Words

_NO_OUTLINE: Final = Outline("", (), ())
_SENTENCE_END: Final = re.compile("[。；;\n]")
_MARK: Final = re.compile(r"[\W_]")


class WholeWriter:
    """Writes the rows of what is said of the whole; a line is the source of what it says when it is read alone."""

    def __init__(self, draft: Draft, study: Study, words: Words) -> None:
        self._draft = draft
        self._study = study
        self._words = words
        self._alone = tuple((line, whole_of(_NO_OUTLINE, [line])) for line in draft.outline.lines)

    def rows(self) -> tuple[Row, ...]:
        """Return the rows, each under its title."""
        return (
            *self._sums(), *self._period(), *self._rounding(), *self._grades(), *self._vetoes(), *self._selections()
        )  # fmt: skip

    def others(self) -> tuple[str, ...]:
        """Return the sentences outside of items that nothing was read from and that no row shows."""
        whole = self._draft.whole
        shown = [self._draft.title, *self._draft.unread, *(chosen.words for chosen in whole.selections)]
        used = "\n".join(map(_bare, (*shown, *(veto.words for veto in whole.vetoes))))
        lines = (line for line, alone in self._alone if not _says_something(alone))
        sentences = (sentence.strip() for line in lines for sentence in _SENTENCE_END.split(line))
        return tuple(each for each in sentences if _bare(each) and _bare(each) not in used)

    def unread(self) -> tuple[Row, ...]:
        """Return the sentences about points that belong to nothing."""
        said, why = self._words.text("beside unread is"), self._words.text("beside belongs")
        line = self._line(("source", "note"))
        return tuple(Row("marked", (sentence,), (said,), why, (), line) for sentence in self._draft.unread)

    def _sums(self) -> Iterator[Row]:
        total, said, words = self._draft.total, self._draft.outline.total, self._words
        if self._draft.failing and total is not None and said is not None:
            place = place_text(said.place, words)
            why = words.text("beside sums", sum=plain(total), place=place, said=plain(said.points))
            source = words.text("beside sum said", said=plain(said.points), place=place)
            line = self._line(("source", "note"))
            yield Row("marked", (source,), (words.text("beside sum is"),), why, (), line, words.text("beside total"))

    def _period(self) -> Iterator[Row]:
        words, whole = self._words, self._draft.whole
        title = words.text("beside period")
        if whole.year is None and whole.period is None:
            yield Row("unsaid", (), (words.text("beside no period"),), title=title)
            return
        lines = tuple(line for line, alone in self._alone if whole.period is not None and alone.period == whole.period)
        lines = lines or tuple(each for each in (self._draft.title,) if whole.year is not None and whole.year in each)
        yield Row("settled", lines, (period_of(self._rubric, words),), title=title)

    def _rounding(self) -> Iterator[Row]:
        words, rounding = self._words, self._draft.whole.rounding
        lines = tuple(line for line, alone in self._alone if rounding and alone.rounding == rounding)[:1]
        status: Status = "settled" if rounding else "unsaid"
        yield Row(status, lines, (rounding_policy(self._rubric, words),), title=words.text("beside rounding"))

    def _grades(self) -> Iterator[Row]:
        words, whole, program = self._words, self._draft.whole, self._study.program
        title = words.text("beside grades")
        if not whole.grades:
            yield Row("unsaid", (), (words.text("beside no grades"),), title=title)
            return
        lines = tuple(line for line, alone in self._alone if alone.grades)
        known = [(name, grade) for name, grade in self._rubric.grades.items() if name in whole.grades]
        yield Row("settled", lines, tuple(grade_text(program, *each, words) for each in known), title=title)
        limited = [(name, most_text(grade, self._rubric, words)) for name, grade in known if grade.is_limited]
        if limited:
            quotas = tuple(words.text("a quota", grade=name, share=share) for name, share in limited)
            yield Row("settled", tuple(self._quota_lines(lines)), quotas, title=words.text("grade quotas"))
        for name, grade in self._rubric.grades.items():
            if name not in whole.grades:
                line = self._line(("grades", name, "source", "note"))
                said, why = grade_text(program, name, grade, words), words.text("beside lowest")
                yield Row("marked", (), (said,), why, (), line, title)

    def _quota_lines(self, graded: tuple[str, ...]) -> Iterator[str]:
        """Return the lines that limit grades: with the grades known they say how many."""
        for line, _ in self._alone:
            if whole_of(_NO_OUTLINE, dict.fromkeys((*graded, line))).quotas and (
                line not in graded or not whole_of(_NO_OUTLINE, [each for each in graded if each != line]).quotas
            ):
                yield line

    def _vetoes(self) -> Iterator[Row]:
        """Return the vetoes, those of one sentence together."""
        words, title = self._words, self._words.text("beside vetoes")
        every = enumerate(self._draft.whole.vetoes)
        for (source, is_marked), group in groupby(every, key=lambda each: (each[1].words, each[1].marked)):
            places = [at for at, _ in group]
            said = tuple(map(self._veto, places))
            if is_marked:
                line = self._line(("vetoes", places[0], "source", "note"))
                yield Row("marked", (source,), said, words.text("beside veto open"), (), line, title)
            else:
                yield Row("settled", (source,), said, title=title)

    def _veto(self, at: int) -> str:
        words, clause = self._words, self._study.program.clause("vetoes", at)
        test = "" if clause is None else clause_text(clause, words, leads=True)
        return words.text("a veto", title="", test=test, effect=veto_text(self._rubric.vetoes[at], self._rubric, words))

    def _selections(self) -> Iterator[Row]:
        words, title = self._words, self._words.text("beside selections")
        for at, chosen in enumerate(self._draft.whole.selections):
            yield Row("settled", (chosen.words,), (cut_text(at, "", self._rubric, words),), title=title)

    @property
    def _rubric(self) -> Rubric:
        return self._study.rubric

    def _line(self, path: Path) -> int | None:
        return self._study.document.place(path).line


def _says_something(alone: Whole) -> bool:
    """Return whether grades, rounding or a period were read from a line."""
    return bool(alone.grades or alone.rounding or alone.period)


def _bare(text: str) -> str:
    return _MARK.sub("", evened(text))
