"""Names that must be known (sections, grades, rounds, attributes), and what rules on registers need."""

from collections.abc import Iterable, Iterator
from functools import partial

from dangjian_score.checks.study import PlacedRule, Study, in_columns, placed_parts
from dangjian_score.core import algebra as a
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.rubric.conditions import Comparators, Only, Term
from dangjian_score.rubric.kinds.base import EVENT_KEYS, Weighed
from dangjian_score.rubric.kinds.per_judged import PerJudged
from dangjian_score.rubric.kinds.tiers import Rank
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.rubric.measures import UNSAID
from dangjian_score.rubric.standing import rounds_of, spans_of_rounds


def check(study: Study) -> Iterator[Diagnostic]:
    """Check every name that refers to something, and the keys that need a register or a period."""
    yield from _sections(study)
    yield from _spans(study)
    yield from _standing(study)
    yield from _ids_by_place(study)
    for node in study.program.nodes:
        yield from _attributes(study, (*node.path, "only"), node.node.only)
        if node.node.highest_per and not any(_prices_events(study, inner) for inner in node.below()):
            yield study.document.at_key(Code.REGISTER_EXPECTED, (*node.path, "highest_per"), key="highest_per")
    yield from _some(study)
    for rule in study.rules:
        yield from _attributes(study, (*rule.path, "only"), rule.model.only)
        if isinstance(rule.model, PerJudged) and not all(map(partial(_is_register, study), rule.model.per)):
            yield study.document.at_key(Code.REGISTER_EXPECTED, (*rule.path, "judge"), key="judge")
        elif rule.model.asks_for_events:
            yield from _events(study, rule)


def _prices_events(study: Study, node: NodeTree) -> bool:
    """Return whether a rule of a node prices events of a register."""
    terms = (term for rule in node.written if isinstance(rule.model, Weighed) for term in rule.model.terms.counted)
    return any(_is_register(study, term) for term in terms)


def _unknown(study: Study, path: Path, what: str, name: str, known: Iterable[str]) -> Iterator[Diagnostic]:
    known = tuple(known)
    if name not in known:
        yield study.document.at_key(Code.UNKNOWN_NAME, path, name=name, what=what, known="、".join(known))


def _sections(study: Study) -> Iterator[Diagnostic]:
    """Check the rounds that sections name, and the nodes that break ties."""
    rubric, rounds = study.rubric, rounds_of(study.rubric.rounds)
    for at, section in enumerate(rubric.sections):
        for key, value in (("round", section.round), ("rounds", section.rounds)):
            if not rounds and value is not None:
                yield study.document.at_key(Code.KEY_ELSEWHERE, ("sections", at, key), key=key, form="rounds form")
        if rounds and section.round is not None:
            yield from _unknown(study, ("sections", at, "round"), "round", section.round, rounds)
    ids = [node.id for node in study.program.nodes]
    for path, name in _ties(study):
        yield from _unknown(study, path, "node", name, ids)


def _ties(study: Study) -> Iterator[tuple[Path, str]]:
    """Visit the nodes that break ties, with the places where they are named."""
    for at, tie in enumerate(study.rubric.tie_break):
        if tie.points is not None:
            path = ("tie_break", at, "points")
            yield path if path in study.document.values else path[:2], tie.points


def _spans(study: Study) -> Iterator[Diagnostic]:
    """Check the spans of rounds: their rounds are known and named once, and none is called as a round."""
    document, rounds = study.document, rounds_of(study.rubric.rounds)
    if study.rubric.spans and not rounds:
        yield document.at_key(Code.KEY_ELSEWHERE, ("spans",), key="spans", form="rounds form")
        return
    for span, names in study.rubric.spans.items():
        if span in rounds:
            yield document.at_key(Code.WRONG_SHAPE, ("spans", span), expected="span name")
        for at, name in enumerate(names):
            yield from _unknown(study, ("spans", span, at), "round", name, rounds)
            if name in names[:at]:
                yield document.diagnostic(Code.WRONG_SHAPE, ("spans", span, at), expected="round twice")


def _standing(study: Study) -> Iterator[Diagnostic]:
    """Check the sections, grades and attributes that grades, vetoes, groups and selections name."""
    rubric, nodes = study.rubric, [node.id for node in study.program.nodes]
    for name, grade in rubric.grades.items():
        for section in grade.sections:
            yield from _unknown(study, ("grades", name, "sections", section), "node", section, nodes)
    for at, veto in enumerate(rubric.vetoes):
        given = None if veto.grade == "none" else veto.grade
        for key, value in (("grade", given), ("grade_at_most", veto.grade_at_most)):
            if value is not None:
                yield from _unknown(study, ("vetoes", at, key), "grade", value, rubric.grades)
    for at, selection in enumerate(rubric.selections):
        for key, value in (("grade_at_least", selection.grade_at_least), ("grade_at_most", selection.grade_at_most)):
            if value is not None:
                yield from _unknown(study, ("selections", at, key), "grade", value, rubric.grades)
    grouping: list[tuple[Path, str | None]] = [(("groups",), rubric.groups)]
    grouping += [(("selections", at, "within"), selection.within) for at, selection in enumerate(rubric.selections)]
    ranked = ((rule.path, rule.model) for rule in study.rules)
    grouping += [((*path, "within"), rule.within) for path, rule in ranked if isinstance(rule, Rank)]
    for path, attribute in grouping:
        if attribute is not None:
            yield from _unknown(study, path, "attribute", attribute, rubric.attributes)


def _ids_by_place(study: Study) -> Iterator[Diagnostic]:
    """Warn of names of nodes that have no id of their own: their place, which another item put before them takes."""
    rubric, document = study.rubric, study.document
    nodes = {node.id: node for node in study.program.nodes if node.by_place}
    named: list[tuple[Path, str]] = [
        (("grades", name, "sections", id_), id_) for name, grade in rubric.grades.items() for id_ in grade.sections
    ]
    named += _ties(study)
    named += [((*path, at), id_) for path, ids in study.points_named for at, id_ in enumerate(ids)]
    for path, id_ in named:
        if (node := nodes.get(id_)) is not None:
            found = document.at_key(Code.ID_BY_PLACE, path, column="", node=id_, title=node.node.title)
            yield document.beside(found, [node.path])


def _attributes(study: Study, path: Path, only: Only | None) -> Iterator[Diagnostic]:
    for name in only or {}:
        yield from _unknown(study, (*path, name), "attribute", name, study.rubric.attributes)


def _is_register(study: Study, term: Term) -> bool:
    """Return whether a term is a register, and nothing else by its declaration."""
    spec = study.rubric.measures.get(term, UNSAID) if isinstance(term, str) else UNSAID
    return term in study.program.lexicon.registers and spec.type is None and spec.formula is None


def _some(study: Study) -> Iterator[Diagnostic]:
    """Require that conditions on some event ask registers; among the columns of an event there are none."""
    for path, asked in placed_parts(study.rubric, Comparators):
        if asked.some is not None and (in_columns(path) or not _is_register(study, str(path[-1]))):
            yield study.document.at_key(Code.REGISTER_EXPECTED, (*path, "some"), key="some")


def _events(study: Study, rule: PlacedRule) -> Iterator[Diagnostic]:
    """Check the keys of a rule on events: they need a register, periods need days, groups no share of events."""
    found = a.figures(*rule.tree.trees)
    if not any(isinstance(figure, a.Tally) for figure in found):
        key = next(key for key in EVENT_KEYS if key in rule.model.model_fields_set)
        yield study.document.at_key(Code.REGISTER_EXPECTED, (*rule.path, key), key=key)
    path = (*rule.path, "for_each")
    for grouped in (figure for figure in found if isinstance(figure, a.Grouped)):
        periods = [key for key in grouped.keys if is_period(key)]
        if periods and not _has_days(study, rule.node):
            yield study.document.at_key(Code.PERIOD_MISSING, path, key=periods[0])
        wholes = [part.whole for part in a.walk(grouped.each) if isinstance(part, a.Quotient)]
        if any(isinstance(figure, a.Tally) for figure in a.figures(*wholes)):
            yield study.document.at_key(Code.RULE_COMBINATION, path, key="for_each", basis="ratio")


def _has_days(study: Study, node: NodeTree) -> bool:
    """Return whether the days are known in every pass that scores a node."""
    spans = spans_of_rounds(study.rubric.rounds, study.rubric.period)
    passes = study.program.passes
    scored = (part for part in passes if any(section.path == node.path[:2] for section in part.sections))
    return all(study.rubric.period is not None if part.round is None else part.round in spans for part in scored)
