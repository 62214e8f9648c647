"""The rubric in words, item by item, with what happened to a unit: rows for the screen and papers, a Markdown page."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.core.points import percent, plain
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.engine.result import NodeResult, UnitResult
from dangjian_score.engine.standing import grades_taken
from dangjian_score.engine.totals import full_marks
from dangjian_score.report.as_md import escaped, table, table_row
from dangjian_score.report.taken import results_read
from dangjian_score.report.view import ResultView
from dangjian_score.rubric.model import KINDS, Kind, ProductTotal, Rubric
from dangjian_score.rubric.standing import Combined, Exclusion, Grade, Selection, Unranked, Veto, weights_of
from dangjian_score.words.clauses import node_notes, node_text, rounding_policy
from dangjian_score.words.grades import (
    clause_text,
    grade_text,
    most_text,
    note_of,
    ours,
    share_text,
    tie_text,
    veto_text,
)
from dangjian_score.words.say import Words, day_text


class ItemRow(Struct, frozen=True):
    """One item: how deep it stands, what it asks for, how it is scored and checked, and what is to be known of that.

    Of a unit also what happened and its points.
    """

    depth: int
    clause: str
    id: str
    title: str
    criterion: str
    how: str
    inspect: str
    notes: tuple[str, ...]
    happened: tuple[str, ...] = ()
    points: str = ""


def rows(program: Program, words: Words, item: str | None = None) -> tuple[ItemRow, ...]:
    """List every item, or one with all below it."""
    found = (row for section in program.sections for row in _rows(section, words, 0))
    return tuple(row for row in found if _within(row, program, item))


def _within(found: ItemRow, program: Program, item: str | None) -> bool:
    if item is None:
        return True
    return any(found.id in {lower.id for lower in node.below()} for node in program.nodes if node.id == item)


def _rows(node: NodeTree, words: Words, depth: int) -> Iterator[ItemRow]:
    model = node.node
    yield ItemRow(
        depth=depth,
        clause=node.clause or "",
        id=node.id,
        title=model.title,
        criterion=model.criterion or "",
        how=node_text(node, words),
        inspect=model.inspect or "",
        notes=node_notes(node, words),
    )
    for lower in node.nodes:
        yield from _rows(lower, words, depth + 1)


def story(items: Iterable[ItemRow], unit: UnitResult, view: ResultView) -> tuple[ItemRow, ...]:
    """Add to each item what happened to a unit: in every round, where there are rounds."""
    found: dict[str, list[tuple[str | None, NodeResult]]] = {}
    for name, node in unit.trace().all_nodes():
        found.setdefault(node.id, []).append((name, node))
    return tuple(_happened(item, found.get(item.id, []), unit, view) for item in items)


def _happened(item: ItemRow, nodes: list[tuple[str | None, NodeResult]], unit: UnitResult, view: ResultView) -> ItemRow:
    lines = (line for _, node in nodes for line in node.lines)
    happened = tuple(f"{view.text(line)} {view.effect(line)}" for line in lines)
    points = " ".join(
        f"{name or ''} {view.node_points(unit, node.id, node.points, node.due)}".strip() for name, node in nodes
    )
    return replace(item, happened=happened, points=points)


class Heading(Struct, frozen=True):
    """Whose story it is: a unit, its total and its grade.

    `notes` say what led from the points of items to the total, what made the grade, and where figures from results of
    other rubrics are from.
    """

    unit: str
    total: str
    grade: str
    notes: tuple[str, ...]


def heading(unit: UnitResult, view: ResultView) -> Heading:
    """Write the heading of a unit's story; of an interim result how far it goes, and what is due."""
    due = f" / {view.due(unit.due)}" if view.until else ""
    to_total = (
        f"{round_ or ''} {view.located(line)} {view.moved(line)}".strip()
        for round_, node, line in unit.trace().all_lines()
        if node is None
    )
    notes = (*to_total, *view.reasons(unit), *view.taken(unit))
    title = view.words.text("titled", title=unit.unit, state=view.state)
    return Heading(title, view.total(unit.total) + due, view.grade(unit), notes)


def title(rubric: Rubric, words: Words) -> str:
    """Return the title of a rubric with those it is for, whom many a title names itself."""
    told = rubric.title.endswith(words.text("rules of", title="", subject=rubric.subject))
    return rubric.title if told else words.text("rules of", title=rubric.title, subject=rubric.subject)


def remarks(program: Program, words: Words) -> Iterator[str]:
    """Say what stands outside the items: the period, what holds of the whole, and how the source is read."""
    rubric = program.rubric
    yield from filter(None, [period_of(rubric, words)])
    yield from of_the_whole(program, words)
    if rubric.source is not None and (note := note_of(rubric.source)):
        yield words.text("clause.reading" if rubric.source.assumed else "clause.source note", note=note)
    yield from _unscored_clauses(rubric, words)
    if _assumes(program):
        yield words.text("assumed are")


def period_of(rubric: Rubric, words: Words) -> str:
    """Name the days of the period; empty without one."""
    if rubric.period is None:
        return ""
    first, last = (day_text(day, words) for day in (rubric.period.from_, rubric.period.to))
    return words.text("period is", first=first, last=last)


def of_the_whole(program: Program, words: Words) -> Iterator[str]:
    """Say how the total is made: rounds, rounding, who takes part, vetoes, grades, selections."""
    rubric, colon = program.rubric, words.text("line.colon")
    total, extras = plain(full_marks(rubric)), _extras(program, words)
    if rubric.product is not None:
        yield words.text("whole product", total=total, extras=extras, **_factors(rubric.product, rubric))
    elif rubric.reported_as is None:
        is_based = any(section.kind == "base" for section in rubric.sections)
        yield words.text("whole" if is_based else "no base", total=total, extras=extras)
    yield from _scaled(rubric, extras, words)
    yield from _limits(rubric, words)
    yield from _rounds(rubric, words)
    yield from _spans(rubric, words)
    yield from results_read(rubric, words)
    yield rounding_policy(rubric, words)
    comma = words.text("clause.comma list")
    titles: dict[str, list[tuple[str, str]]] = {
        "excluded": [(clause.title, comma.join(ours(clause, words))) for clause in rubric.excluded],
        "unranked": [(clause.title or "", comma.join(ours(clause, words))) for clause in rubric.unranked],
        "vetoes": [
            (veto.title, comma.join(filter(None, [veto_text(veto, rubric, words), *ours(veto, words)])))
            for veto in rubric.vetoes
        ],
    }
    for key, titled in titles.items():
        for at, (title, effect) in enumerate(titled):
            if (clause := program.clause(key, at)) is not None:
                text = words.text("a veto", title=title, test=clause_text(clause, words, leads=True), effect=effect)
                yield f"{words.text(f'{key} are')}{colon}{text}"
    if rubric.groups is not None:
        yield words.text("groups are", attribute=rubric.groups)
    if rubric.tie_break:
        ties = words.text("comma").join(tie_text(tie, program, words) for tie in rubric.tie_break)
        yield words.text("ties are", ties=ties)
    if rubric.grades:
        grades = "；".join(grade_text(program, name, grade, words) for name, grade in rubric.grades.items())
        yield words.text("grades are", grades=grades)
        limited = {name: grade for name, grade in rubric.grades.items() if grade.is_limited}
        most = {name: most_text(grade, rubric, words) for name, grade in limited.items()}
        quotas = (words.text("a quota", grade=name, share=share) for name, share in most.items())
        yield from [words.text("quotas are", quotas="；".join(quotas))] if limited else []
    for at in range(len(rubric.selections)):
        clause = program.clause("selections", at)
        condition = "" if clause is None else clause_text(clause, words)
        yield f"{words.text('selections')}{colon}{cut_text(at, condition, rubric, words)}"


def total_formula(rubric: Rubric, words: Words, *, by_rate: bool = False) -> str:
    """Return what the total is the sum of, with what is done to the sum; interim results are ranked `by_rate`."""
    kinds = {section.kind for section in rubric.sections}
    terms = [words.text(f"formula {kind}") for kind in KINDS[1:] if kind in kinds]
    if rubric.product is not None:
        terms.insert(0, words.text("formula product", **_factors(rubric.product, rubric)))
    elif "base" in kinds:
        terms.insert(0, words.text("formula rounds" if rubric.rounds else "formula sections"))
    total, whole = words.text("points so far" if by_rate else "total"), "".join(terms).strip().removeprefix("+ ")
    formula = words.text("formula", total=total, terms=whole)
    afterwards = words.text("extras afterwards") if kinds - {"base"} else ""
    parts = (_scaled(rubric, afterwards, words), _limits(rubric, words), _rounds(rubric, words))
    steps = [formula, *chain.from_iterable(parts), rounding_policy(rubric, words, by_rate=by_rate)]
    return words.text("clause.then").join(steps)


def _factors(product: ProductTotal, rubric: Rubric) -> dict[str, str]:
    """Return the values of a sentence about a total that is a product: its factors by title, and the divisor."""
    titles = {section.id: section.title for section in rubric.sections}
    return {"factors": " × ".join(titles.get(id_, id_) for id_ in product.product), "over": plain(product.over)}


def _scaled(rubric: Rubric, extras: str, words: Words) -> Iterator[str]:
    """Say to what base points are scaled, where they are, and what of `extras` stands beside them."""
    if rubric.reported_as is not None:
        total, reported = plain(full_marks(rubric)), plain(rubric.reported_as)
        yield words.text("whole reported", total=total, reported=reported, extras=extras)


def _assumes(program: Program) -> bool:
    """Return whether anything is assumed that the source does not say."""
    rubric = program.rubric
    outside: tuple[Grade | Veto | Exclusion | Unranked | Selection, ...]
    outside = (*rubric.grades.values(), *rubric.vetoes, *rubric.excluded, *rubric.unranked, *rubric.selections)
    marks = [
        (False, rubric.source),
        *((node.node.assumed, node.node.source) for node in program.nodes),
        *((rule.model.assumed, rule.model.source) for rule in program.rules),
        *((part.assumed, part.source) for part in outside),
    ]
    return any(assumed or (source is not None and source.assumed) for assumed, source in marks)


def _extras(program: Program, words: Words) -> str:
    """Say what bonuses and penalties come to at most, and that they are not scaled; empty without any."""
    found: dict[Kind, list[NodeTree]] = {}
    for section in program.sections:
        found.setdefault(section.kind, []).append(section)
    parts = list[str]()
    for kind in (kind for kind in KINDS[1:] if kind in found):
        most = _most(found[kind], kind)
        parts.append(
            words.text(f"extra {kind} open") if most is None else words.text(f"extra {kind}", most=plain(most))
        )
    if parts and program.rubric.reported_as is not None:
        parts.append(words.text("extras afterwards"))
    return words.text("clause.then").join(parts)


def _most(nodes: Iterable[NodeTree], kind: Kind) -> Fraction | None:
    """Return what bonuses give at most, or penalties take; None where there is no limit, or where both may be."""
    limits = [_limit(node, kind) for node in nodes]
    return None if kind == "adjust" or None in limits else sum(filter(None, limits), Fraction(0))


def _limit(node: NodeTree, kind: Kind) -> Fraction | None:
    own = node.ceiling if kind == "bonus" else None if node.floor is None else -node.floor
    return own if own is not None or not node.nodes or node.written else _most(node.nodes, kind)


def _limits(rubric: Rubric, words: Words) -> Iterator[str]:
    """Say how high and how low the total may be, where sections beside the base can move it there."""
    kinds = {section.kind for section in rubric.sections}
    if isinstance(rubric.ceiling, Fraction):
        yield words.text("whole ceiling", limit=plain(rubric.ceiling))
    elif kinds & {"bonus", "adjust"} and "base" in kinds:
        yield words.text("no ceiling")
    if rubric.floor == "none":
        yield words.text("no floor")
    elif rubric.floor != 0 or kinds & {"penalty", "adjust"}:
        yield words.text("whole floor", limit=plain(rubric.floor))


def _unscored_clauses(rubric: Rubric, words: Words) -> Iterator[str]:
    """Say which clauses nothing is scored by, each with the reason."""
    clauses = {} if rubric.source is None else rubric.source.no_rule
    if clauses:
        each = (words.text("a clause", clause=clause, why=why) for clause, why in clauses.items())
        yield words.text("no rule", clauses="；".join(each))


def _rounds(rubric: Rubric, words: Words) -> Iterator[str]:
    if isinstance(rubric.rounds, Combined):
        yield words.text(f"rounds {rubric.rounds.combine}", rounds="、".join(rubric.rounds.names))
    elif rubric.rounds:
        weights = weights_of(rubric.rounds)
        yield words.text("rounds are", rounds="、".join(f"{name} {percent(weights[name])}" for name in weights))


def _spans(rubric: Rubric, words: Words) -> Iterator[str]:
    if rubric.spans:
        spans = (words.text("a span", span=name, rounds="、".join(of)) for name, of in rubric.spans.items())
        yield words.text("spans are", spans="；".join(spans))


def cut_text(at: int, condition: str, rubric: Rubric, words: Words) -> str:
    """Say who a selection takes (“先进党支部（85 分以上、全部单位的 30%）”)."""
    selection = rubric.selections[at]
    within = selection.within or rubric.groups
    grades = grades_taken(rubric.grades, selection) if selection.asks_grade else ()
    limits = {
        "grades": words.text("line.or levels").join(grades),
        "least": "" if selection.at_least is None else plain(selection.at_least),
        "below": "" if selection.below is None else plain(selection.below),
        "quota": "" if selection.quota is None else share_text(selection, within, rubric, words),
        "places": "" if selection.places is None else str(selection.places),
        "within": "" if selection.quota is not None else selection.within or "",
    }
    last = ("quota", "places") if selection.lowest_first else ()
    keys = {key: f"cut last {key}" if key in last else f"cut {key}" for key, value in limits.items() if value}
    alike = (selection.within, selection.honours)
    if selection.places is not None and any(
        (earlier.within, earlier.honours) == alike and earlier.places is not None for earlier in rubric.selections[:at]
    ):
        keys["places"] = "cut last places left" if selection.lowest_first else "cut places left"
    parts = [words.text(text, value=limits[key]) for key, text in keys.items()]
    parts += [condition] if condition else []
    asked = ["、".join(parts)] if parts else []
    bounds = words.text("clause.comma list").join([*asked, *ours(selection, words)])
    return words.text("cut", title=selection.title, bounds=bounds) if bounds else selection.title


def about(item: ItemRow, words: Words) -> Iterator[str]:
    """Yield all that is said of an item: what it asks for, how it is scored, how it is checked, and its notes."""
    yield from [words.text("asks for", what=item.criterion)] if item.criterion else []
    yield from [words.text("is scored", what=item.how)] if item.how else []
    yield from [words.text("is checked", what=item.inspect)] if item.inspect else []
    yield from item.notes


def markdown(program: Program, items: Sequence[ItemRow], words: Words, whose: Heading | None = None) -> str:
    """Write it as a Markdown page with one table."""
    rubric = program.rubric
    more = ("inspect", "remark") if whose is None else ("happened", "points")
    keys = ("clause", "id", "item", *(("criterion",) if whose is None else ()), "how", *more)
    lines = [f"# {escaped(title(rubric, words))}", ""]
    if whose is not None:
        lines += [f"{escaped(whose.unit)}: {words.text('total')} {whose.total} {escaped(whose.grade)}".rstrip(), ""]
    lines += table([words.text(key) for key in keys], ())
    lines += [table_row(_cells(item, of_unit=whose is not None)) for item in items]
    whole = (f"- {escaped(note)}" for note in notes(program, items, words, whose))
    return "\n".join([*lines, "", *whole]).rstrip() + "\n"


def notes(program: Program, items: Sequence[ItemRow], words: Words, whose: Heading | None) -> Iterator[str]:
    """Yield what led to a unit's total, and beside all items what stands outside them."""
    yield from () if whose is None else whose.notes
    if len(items) == len(program.nodes):
        yield from remarks(program, words)


def _cells(item: ItemRow, *, of_unit: bool) -> list[str]:
    indent = "&emsp;" * item.depth
    cells = [escaped(item.clause), escaped(item.id), indent + escaped(item.title)]
    if not of_unit:
        about = "<br>".join(map(escaped, item.notes))
        return [*cells, escaped(item.criterion), escaped(item.how), escaped(item.inspect), about]
    return [*cells, escaped(item.how), "<br>".join(map(escaped, item.happened)), escaped(item.points)]
