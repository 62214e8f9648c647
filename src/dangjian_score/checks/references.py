"""Names that must be known: sections, grades, rounds, attributes; and what rules on events need to stand on."""

from collections.abc import Iterable, Iterator

from dangjian_score.core.algebra import Grouped, Quotient, Tally, figures, walk
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.program import Program
from dangjian_score.rubric.conditions import Only
from dangjian_score.rubric.kinds.base import EVENT_KEYS
from dangjian_score.rubric.lexicon import is_period
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import rounds_of


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    yield from _sections(loaded, program)
    yield from _standing(loaded, program)
    yield from _by_place(loaded, program)
    for node in program.nodes:
        yield from _attributes(loaded, node)
        yield from _events(loaded, program, node)


def _unknown(loaded: Loaded, path: Path, what: str, name: str, known: Iterable[str]) -> Iterator[Diagnostic]:
    known = tuple(known)
    if name not in known:
        told = {"name": name, "what": what, "known": "、".join(known)}
        yield loaded.document.at_key(Code.UNKNOWN_NAME, path, **told)


def _sections(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Hold a section's place among the rounds against the rounds there are."""
    rounds = rounds_of(loaded.rubric.rounds)
    for at, section in enumerate(loaded.rubric.sections):
        for key in ("round", "rounds"):
            if not rounds and getattr(section, key) is not None:
                yield loaded.document.at_key(Code.KEY_ELSEWHERE, ("sections", at, key), key=key)
        if rounds and section.round is not None:
            yield from _unknown(loaded, ("sections", at, "round"), "round", section.round, rounds)
    ids = [section.id for section in program.sections]
    for at, name in enumerate(loaded.rubric.tie_break):
        yield from _unknown(loaded, ("tie_break", at), "node", name, ids)


def _standing(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Hold grades, vetoes and selections against each other and against the tree."""
    rubric, nodes = loaded.rubric, [node.id for node in program.nodes]
    for name, grade in rubric.grades.items():
        for section in grade.sections:
            yield from _unknown(loaded, ("grades", name, "sections", section), "node", section, nodes)
    for at, veto in enumerate(rubric.vetoes):
        if veto.grade not in (None, "none"):
            yield from _unknown(loaded, ("vetoes", at, "grade"), "grade", str(veto.grade), rubric.grades)
        if veto.grade_at_most is not None:
            yield from _unknown(loaded, ("vetoes", at, "grade_at_most"), "grade", veto.grade_at_most, rubric.grades)
    for at, selection in enumerate(rubric.selections):
        if selection.within is not None:
            path = ("selections", at, "within")
            yield from _unknown(loaded, path, "attribute", selection.within, rubric.attributes)


def _by_place(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Warn of ids that are only places, where something rests on them."""
    rubric, document = loaded.rubric, loaded.document
    nodes = {node.id: node for node in program.nodes if node.by_place}
    grades = (
        (("grades", name, "sections", id_), id_) for name, grade in rubric.grades.items() for id_ in grade.sections
    )
    ties = ((("tie_break", at), id_) for at, id_ in enumerate(rubric.tie_break))
    points = (
        (("measures", name, "points", at), id_)
        for name, spec in rubric.measures.items()
        for at, id_ in enumerate(spec.points or ())
    )
    for path, id_ in (*grades, *ties, *points):
        if (node := nodes.get(id_)) is not None:
            found = document.at_key(Code.ID_BY_PLACE, path, column="", node=id_, title=node.node.title)
            yield document.beside(found, [node.path])


def _attributes(loaded: Loaded, node: NodeTree) -> Iterator[Diagnostic]:
    yield from _only(loaded, (*node.path, "only"), node.node.only)
    for at, rule in enumerate(node.node.rules):
        yield from _only(loaded, (*node.path, "rules", at, "only"), rule.only)


def _only(loaded: Loaded, path: Path, only: Only | None) -> Iterator[Diagnostic]:
    for name in only or {}:
        yield from _unknown(loaded, (*path, name), "attribute", name, loaded.rubric.attributes)


def _events(loaded: Loaded, program: Program, node: NodeTree) -> Iterator[Diagnostic]:
    """Demand events for keys of registers, days for periods, and no share of what a group may lack."""
    for at, (rule, said) in enumerate(zip(node.rules, node.node.rules, strict=True)):
        if not said.asks_for_events:
            continue
        path = (*node.path, "rules", at)
        found = figures(*rule.trees)
        if not any(isinstance(figure, Tally) for figure in found):
            key = next(key for key in EVENT_KEYS if key in said.model_fields_set)
            yield loaded.document.at_key(Code.REGISTER_EXPECTED, (*path, key), key=key)
        for grouped in (figure for figure in found if isinstance(figure, Grouped)):
            periods = [key for key in grouped.keys if is_period(key)]
            if periods and not _has_days(loaded, node, program):
                yield loaded.document.at_key(Code.PERIOD_MISSING, (*path, "for_each"), key=periods[0])
            wholes = [part.whole for part in walk(grouped.each) if isinstance(part, Quotient)]
            if any(isinstance(figure, Tally) for figure in figures(*wholes)):
                told = {"key": "for_each", "basis": "ratio"}
                yield loaded.document.at_key(Code.RULE_COMBINATION, (*path, "for_each"), **told)


def _has_days(loaded: Loaded, node: NodeTree, program: Program) -> bool:
    """Tell whether the days are known in every pass that scores a node."""
    rounds = rounds_of(loaded.rubric.rounds)
    scored = (part for part in program.passes if any(section.path == node.path[:2] for section in part.sections))
    return all(
        loaded.rubric.period is not None if part.round is None else rounds[part.round].span is not None
        for part in scored
    )
