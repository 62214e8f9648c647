"""The notice of results (考核结果通报): results, awards, criticism, vetoes and problems that many have.

Points by section are an annex. Who was passed over for an award is not named to all.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Final

from msgspec.structs import replace

from dangjian_score.core.watching import Watch
from dangjian_score.engine.decisions import Grounds, StruckVeto
from dangjian_score.engine.result import TotalColumn, UnitResult
from dangjian_score.engine.standing import Chosen
from dangjian_score.report.official.drawing import GAP, Block, PaperColumn, PaperTable, Text, cells, has_room
from dangjian_score.report.official.imprint import Imprint
from dangjian_score.report.official.wording import heading, not_final, opening, signature
from dangjian_score.report.overview import column_head, grade_counts
from dangjian_score.report.problems import Problems, sentence
from dangjian_score.report.view import Absentee, ResultView
from dangjian_score.words.assessments import counted
from dangjian_score.words.decisions import veto_text
from dangjian_score.words.say import Words

_DECIDED, _FEW = 16, 8
"""Half-width characters on a line of what decided a grade; of grades and awards."""
_COLUMNS: Final = 6
"""Sections beside each other in the annex; more are set below, in shares as even as can be."""


def title(view: ResultView) -> str:
    """Name the notice."""
    return view.words.text("notice title", outcome=view.outcome)


def text(view: ResultView, watch: Watch) -> Iterator[Block]:
    """Say it all, from those it is for to the line before the signature."""
    rubric, words = view.rubric, view.words
    yield Text("salutation", words.text("notice to", subject=rubric.subject))
    yield Text("body", words.text("notice opening", **opening(view)))
    parts = [(key, blocks) for key, blocks in _parts(view, watch) if blocks]
    for at, (key, blocks) in enumerate(parts, start=1):
        yield heading(at, words.text(key), words)
        yield from blocks
    yield Text("body", words.text("notice draft" if view.is_for_review else "notice end"), keep=True)
    if _annex_columns(view):
        yield GAP
        yield Text("body", words.text("notice annex", title=_annex_title(view)), keep=True)


def signed(imprint: Imprint, words: Words) -> tuple[Block, ...]:
    """Sign it, below the text."""
    return (GAP, *signature(imprint, words))


def annex(view: ResultView, watch: Watch) -> Iterator[Block]:
    """Give every unit's points section by section, on pages of their own; nothing where the total says it all."""
    columns, units = _annex_columns(view), view.result.units
    if not columns:
        return
    yield Text("annex", view.words.text("paper annex"), new_page=True)
    yield from (GAP, Text("annex title", _annex_title(view)))
    rows = [(view.rank(unit.rank), unit.unit, view.columns(unit)) for unit in watch(units, "writing")]
    tables = ceil(len(columns) / _COLUMNS)
    for at in range(tables):
        some = range(len(columns) * at // tables, len(columns) * (at + 1) // tables)
        heads = (
            PaperColumn(view.rank_head, "center"),
            PaperColumn(view.rubric.subject),
            *(_head(columns[part], view) for part in some),
        )
        yield GAP
        yield PaperTable(
            heads, tuple(cells(rank, unit, *(points[part] for part in some)) for rank, unit, points in rows), True
        )
    if view.is_rounded:
        yield Text("body", view.rounding_note)


def _annex_columns(view: ResultView) -> tuple[TotalColumn, ...]:
    """Give the columns that say more than the total."""
    columns = view.result.columns
    return columns if len(columns) > 1 and view.result.units else ()


def _annex_title(view: ResultView) -> str:
    return view.words.text("notice annex title", subject=view.rubric.subject)


def _parts(view: ResultView, watch: Watch) -> Iterator[tuple[str, Sequence[Block]]]:
    """Give the parts by the keys of their headings; what there is nothing of has no blocks."""
    selections = view.result.selections
    honours = [chosen for chosen in selections if chosen.selection.honours]
    criticised = [chosen for chosen in selections if not chosen.selection.honours and chosen.units]
    yield "notice results", (*_results(view),)
    quotas = (Text("body", view.words.text("notice quota", quota=quota)) for quota in view.selection_quotas)
    awards = [*_chosen(honours, "notice awarded", view.words)]
    yield "notice awards", (*awards, *quotas) if awards else ()
    yield "notice criticism", (*_chosen(criticised, "notice criticised", view.words),)
    yield "notice vetoes", (*_vetoed(view),)
    yield "problems", (*_problems(view, watch),)


def _problems(view: ResultView, watch: Watch) -> Iterator[Block]:
    problems = Problems()
    for unit in watch(view.result.units, "writing"):
        problems.add(unit.trace())
    if told := sentence(problems.shared(view), view):
        yield Text("body", told)


def _results(view: ResultView) -> Iterator[Block]:
    words, result = view.words, view.result
    yield Text("body", _numbers(view), keep=True)
    yield Text("body", words.text("notice rounding", policy=_capital(view.rounding_policy)), keep=True)
    yield from (Text("body", why, keep=True) for why in not_final(view))
    yield from _ranking(view)
    yield from (Text("body", words.text("notice quota", quota=quota)) for quota in view.grade_quotas)
    comma = words.text("comma")
    if unranked := dict(view.absences)["unranked"]:
        yield Text("body", words.text("notice unranked", units=_absent(unranked, view)))
    if result.excluded:
        units = _absent(dict(view.absences)["excluded"], view)
        yield Text("body", words.text("notice excluded", units=units))
    if result.unscored:  # why concerns nobody else
        yield Text("body", words.text("notice unscored", units=comma.join(unit.unit for unit in result.unscored)))


def _absent(units: Iterable[Absentee], view: ResultView) -> str:
    return view.words.text("comma").join(view.absent(unit, located=False) for unit in units)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _numbers(view: ResultView) -> str:
    """Say how many took part, and how many came to each grade."""
    words, result = view.words, view.result
    grades = [words.text("notice grade", grade=name, count=str(count)) for name, count in grade_counts(view) if count]
    return words.text(
        "notice numbers",
        units=counted(view.rubric.subject, len(result.units), words),
        excluded=str(len(result.excluded) or ""),
        unscored=str(len(result.unscored) or ""),
        grades=words.text("comma").join(grades),
    )


def _ranking(view: ResultView) -> Iterator[Block]:
    """Give the ranking; what decided grades stands in a table below where it has no room beside the rest."""
    words, units = view.words, view.result.units
    honours = {chosen.selection.title for chosen in view.result.selections if chosen.selection.honours}
    columns, rows = _columns(view, honours), [(*_row(unit, view, honours),) for unit in units]
    is_decided = any(view.decided(unit) for unit in units)
    decided = [words.text("clause.then").join(view.decided(unit)) for unit in units]
    if is_decided:
        at = len(columns) - bool(honours)
        head = PaperColumn(view.decided_head, least=_DECIDED)
        whole = [cells(*row[:at], text, *row[at:]) for row, text in zip(rows, decided, strict=True)]
        tables = [PaperTable((*columns[:at], head, *columns[at:]), tuple(whole), small) for small in (False, True)]
        if fitting := next(filter(has_room, tables), None):
            yield fitting
            return
    tables = [PaperTable(columns, tuple(cells(*row) for row in rows), small) for small in (False, True)]
    yield next(filter(has_room, tables), tables[-1])
    if is_decided:
        yield Text("body", words.text("notice decided", head=view.decided_head), keep=True)
        below = ((unit.unit, text) for unit, text in zip(units, decided, strict=True) if text)
        heads = (PaperColumn(view.rubric.subject, width=24), PaperColumn(view.decided_head, width=50))
        yield PaperTable(heads, tuple(cells(*texts) for texts in below))


def _columns(view: ResultView, honours: set[str]) -> tuple[PaperColumn, ...]:
    """Give the columns of the ranking but that of what decided grades."""
    words, rubric = view.words, view.rubric
    columns = [
        PaperColumn(view.rank_head, "center"),
        PaperColumn(rubric.subject),
        PaperColumn(view.total_head, "center"),
    ]
    columns += [PaperColumn(words.text(key), "center") for key in ("due", "rate")] if view.until else []
    if rubric.groups:
        columns += [PaperColumn(rubric.groups, "center"), PaperColumn(words.text("group rank"), "center")]
    is_open = any(unit.grading.candidates for unit in view.result.units)  # long texts fold, figures do not
    columns += [PaperColumn(head, "left" if is_open else "center", least=_FEW) for head in view.grade_heads]
    columns += [PaperColumn(words.text("notice award"), least=_FEW)] if honours else []
    return tuple(columns)


def _row(unit: UnitResult, view: ResultView, honours: set[str]) -> Iterator[str]:
    yield from (view.rank(unit.rank), unit.unit, view.total(unit.total))
    if view.until:
        yield from (view.due(unit.due), view.rate(unit))
    if view.rubric.groups:
        yield from (unit.attributes.get(view.rubric.groups, ""), view.rank(unit.group_rank))
    yield from (grade or view.words.text("not graded") for grade in view.grade_cells(unit))
    if honours:
        yield view.words.text("comma").join(title for title in unit.selections if title in honours)


def _chosen(selections: Sequence[Chosen], intro: str, words: Words) -> Iterator[Block]:
    if not selections:
        return
    yield Text("body", words.text(intro), keep=True)
    columns = (
        PaperColumn(words.text("notice selection")),
        PaperColumn(words.text("notice count"), "center", 8),
        PaperColumn(words.text("notice chosen"), width=48),
    )
    rows = (cells(chosen.selection.title, str(len(chosen.units)), chosen_names(chosen, words)) for chosen in selections)
    yield PaperTable(columns, tuple(rows))


def chosen_names(chosen: Chosen, words: Words) -> str:
    """Name those chosen, and of a draft those who are tied for the places left."""
    comma = words.text("comma")
    names = comma.join(chosen.units)
    if tied := comma.join(displaced.unit for displaced in chosen.displaced if displaced.why == "tie"):
        return words.text("notice open", units=names, tied=tied)
    return names or words.text("nobody")


def _vetoed(view: ResultView) -> Iterator[Block]:
    words = view.words
    vetoed = [unit for unit in view.result.units if unit.vetoes]
    if not vetoed:
        return
    names = words.text("comma").join(unit.unit for unit in vetoed) if view.public else ""
    units = counted(view.rubric.subject, len(vetoed), words)
    yield Text("body", words.text("notice vetoed", units=units, names=names), keep=not view.public)
    if view.public:  # what for stays out
        return
    columns = (PaperColumn(view.rubric.subject), PaperColumn(words.text("notice veto"), width=40))
    yield PaperTable(
        columns, tuple(cells(unit.unit, words.text("clause.then").join(_struck(unit, view))) for unit in vetoed)
    )


def _struck(unit: UnitResult, view: ResultView) -> Iterator[str]:
    """Say which vetoes hold for a unit, by which clause and with which effect; events name persons and stay out."""
    vetoes = (decision for decision in unit.decisions if isinstance(decision, StruckVeto))
    return (veto_text(replace(veto, grounds=Grounds()), view.words) for veto in vetoes)


def _head(column: TotalColumn, view: ResultView) -> PaperColumn:
    head = view.words.text("paper column", title=column_head(column, view), max=view.brief(column.max))
    return PaperColumn(head, "center", 10)
