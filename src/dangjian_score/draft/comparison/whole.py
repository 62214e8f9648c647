"""What a regulation says of the whole, beside what was understood: period, rounding, grades, vetoes, selections."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Path
from dangjian_score.core.points import plain
from dangjian_score.draft.comparison.rows import ComparedRow, Status, place_text
from dangjian_score.draft.grammar.figures import evened
from dangjian_score.draft.regulation import Draft
from dangjian_score.draft.whole.calendar import period_of, rounding_of
from dangjian_score.report.explanation import cut_text
from dangjian_score.report.explanation import period_of as period_text
from dangjian_score.rubric.model import Rubric
from dangjian_score.words.clauses import rounding_policy
from dangjian_score.words.grades import clause_text, grade_text, most_text, veto_text
from dangjian_score.words.say import Words

_SENTENCE_END: Final = re.compile("[。；;\n]")
_MARK: Final = re.compile(r"[\W_]")


class WholeWriter:
    """Writes the rows of what is said of the whole, each beside the words that it was read from."""

    def __init__(self, draft: Draft, study: Study, words: Words) -> None:
        self._draft = draft
        self._study = study
        self._words = words
        lines, whole = draft.outline.lines, draft.whole
        self._of_period = tuple(line for line in lines if whole.period and period_of(("", line))[1] == whole.period)
        self._of_rounding = tuple(line for line in lines if whole.rounding and rounding_of([evened(line)]))[:1]

    def rows(self) -> tuple[ComparedRow, ...]:
        """Return the rows, each under its title."""
        return (
            *self._sums(), *self._period(), *self._rounding(), *self._grades(), *self._vetoes(), *self._selections()
        )  # fmt: skip

    def others(self) -> tuple[str, ...]:
        """Return the sentences outside of items that nothing was read from and that no row shows."""
        shown = (self._draft.title, *self._draft.unread, *self._draft.whole.read)
        used = "\n".join(map(_bare, shown))
        lines = (line for line in self._draft.outline.lines if line not in (*self._of_period, *self._of_rounding))
        sentences = (sentence.strip() for line in lines for sentence in _SENTENCE_END.split(line))
        return tuple(each for each in sentences if any(_bare(part) not in used for part in each.split("，")))

    def unread(self) -> tuple[ComparedRow, ...]:
        """Return the sentences about points that belong to nothing."""
        said, why = self._words.text("beside unread is"), self._words.text("beside belongs")
        line = self._line(("source", "note"))
        return tuple(ComparedRow("marked", (sentence,), (said,), why, (), line) for sentence in self._draft.unread)

    def _sums(self) -> Iterator[ComparedRow]:
        total, said, words = self._draft.total, self._draft.outline.total, self._words
        if self._draft.failing and total is not None and said is not None:
            place = place_text(said.place, words)
            why = words.text("beside sums", sum=plain(total), place=place, said=plain(said.points))
            source = words.text("beside sum said", said=plain(said.points), place=place)
            line = self._line(("source", "note"))
            yield ComparedRow(
                "marked", (source,), (words.text("beside sum is"),), why, (), line, words.text("beside total")
            )

    def _period(self) -> Iterator[ComparedRow]:
        words, whole = self._words, self._draft.whole
        title = words.text("beside period")
        if whole.year is None and whole.period is None:
            yield ComparedRow("unsaid", (), (words.text("beside no period"),), title=title)
            return
        lines = self._of_period or tuple(
            each for each in (self._draft.title,) if whole.year is not None and whole.year in each
        )
        yield ComparedRow("settled", lines, (period_text(self._rubric, words),), title=title)

    def _rounding(self) -> Iterator[ComparedRow]:
        words, rounding = self._words, self._draft.whole.rounding
        status: Status = "settled" if rounding else "unsaid"
        yield ComparedRow(
            status, self._of_rounding, (rounding_policy(self._rubric, words),), title=words.text("beside rounding")
        )

    def _grades(self) -> Iterator[ComparedRow]:
        words, found, program = self._words, self._draft.whole.grades, self._study.program
        title = words.text("beside grades")
        if not found.named:
            yield ComparedRow("unsaid", (), (words.text("beside no grades"),), title=title)
            return
        known = [(name, grade) for name, grade in self._rubric.grades.items() if name in found.named]
        yield ComparedRow(
            "settled", found.read, tuple(grade_text(program, *each, words) for each in known), title=title
        )
        limited = [(name, most_text(grade, self._rubric, words)) for name, grade in known if grade.is_limited]
        if limited:
            quotas = tuple(words.text("a quota", grade=name, share=share) for name, share in limited)
            yield ComparedRow("settled", found.limited or found.read, quotas, title=words.text("grade quotas"))
        for name, grade in self._rubric.grades.items():
            if name not in found.named:
                line = self._line(("grades", name, "source", "note"))
                said, why = grade_text(program, name, grade, words), words.text("beside lowest")
                yield ComparedRow("marked", (), (said,), why, (), line, title)

    def _vetoes(self) -> Iterator[ComparedRow]:
        """Return the vetoes, those of one sentence together."""
        words, title = self._words, self._words.text("beside vetoes")
        every = enumerate(self._draft.whole.vetoes)
        for (source, is_marked), group in groupby(every, key=lambda each: (each[1].words, each[1].marked)):
            places = [at for at, _ in group]
            said = tuple(map(self._veto, places))
            if is_marked:
                line = self._line(("vetoes", places[0], "source", "note"))
                yield ComparedRow("marked", (source,), said, words.text("beside veto open"), (), line, title)
            else:
                yield ComparedRow("settled", (source,), said, title=title)

    def _veto(self, at: int) -> str:
        words, clause = self._words, self._study.program.clause("vetoes", at)
        test = "" if clause is None else clause_text(clause, words, leads=True)
        return words.text("a veto", title="", test=test, effect=veto_text(self._rubric.vetoes[at], self._rubric, words))

    def _selections(self) -> Iterator[ComparedRow]:
        words, title = self._words, self._words.text("beside selections")
        for at, chosen in enumerate(self._draft.whole.selections):
            yield ComparedRow("settled", (chosen.words,), (cut_text(at, "", self._rubric, words),), title=title)

    @property
    def _rubric(self) -> Rubric:
        return self._study.rubric

    def _line(self, path: Path) -> int | None:
        return self._study.document.place(path).line


def _bare(text: str) -> str:
    return _MARK.sub("", evened(text))
