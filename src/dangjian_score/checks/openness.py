"""What a regulation leaves open: ties, figures of our own, clauses that nothing stands for."""

from collections.abc import Iterator

from dangjian_score.checks.clauses import uncovered
from dangjian_score.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.program import Program
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import Exclusion, Selection, Veto


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    yield from _ties(loaded)
    yield from _assumed(loaded, program)
    yield from _clauses(loaded, program)


def _ties(loaded: Loaded) -> Iterator[Diagnostic]:
    rubric = loaded.rubric
    limited = [at for at, one in enumerate(rubric.selections) if one.quota is not None or one.places is not None]
    if limited and not rubric.tie_break:
        titles = "、".join(rubric.selections[at].title for at in limited)
        yield loaded.document.diagnostic(Code.TIES_OPEN, ("selections", limited[0]), titles=titles)


def _assumed(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    paths: dict[Path, str] = {}
    for node in program.nodes:
        if node.node.assumed:
            paths[*node.path, "assumed"] = node.id
        for at, rule in enumerate(node.node.rules):
            if rule.assumed:
                paths[*node.path, "rules", at] = node.id
    if paths:
        first, *others = paths
        told = {"count": str(len(paths)), "nodes": "、".join(dict.fromkeys(paths.values()))}
        yield loaded.document.beside(loaded.document.diagnostic(Code.FIGURES_ASSUMED, first, **told), others)


def _clauses(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Hold the clauses that the source declares against those that something stands for."""
    rubric = loaded.rubric
    if rubric.source is None or rubric.source.clauses is None:
        return
    others: tuple[Exclusion | Veto | Selection, ...] = (*rubric.excluded, *rubric.vetoes, *rubric.selections)
    sources = [*(node.node.source for node in program.nodes), *(one.source for one in others)]
    named = [source.clause for source in sources if source is not None and source.clause is not None]
    missing = uncovered(rubric.source.clauses, named)
    if missing:
        path = ("source", "clauses")
        yield loaded.document.diagnostic(Code.CLAUSES_UNCOVERED, path, missing="、".join(missing))
