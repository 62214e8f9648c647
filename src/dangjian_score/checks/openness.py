"""What a regulation leaves open: ties, rounding, figures of our own, clauses that nothing stands for."""

from collections.abc import Iterator

from dangjian_score.checks.clauses import uncovered
from dangjian_score.diagnostics import Code, Diagnostic, Path
from dangjian_score.engine.algebra import Product, Quotient, Read, Statistic
from dangjian_score.engine.program import Program
from dangjian_score.engine.trees import walk
from dangjian_score.rubric.load import Loaded
from dangjian_score.rubric.standing import Exclusion, Selection, Veto


def check(loaded: Loaded, program: Program) -> Iterator[Diagnostic]:
    """Find all of it."""
    rubric = loaded.rubric
    yield from _ties(loaded)
    if "rounding" not in rubric.model_fields_set and _may_round(program):
        yield loaded.document.diagnostic(Code.ROUNDING_OPEN, (), places=str(rubric.rounding.places))
    yield from _assumed(loaded, program)
    yield from _clauses(loaded, program)


def _ties(loaded: Loaded) -> Iterator[Diagnostic]:
    rubric = loaded.rubric
    limited = [at for at, one in enumerate(rubric.selections) if one.quota is not None or one.places is not None]
    if limited and not rubric.tie_break:
        titles = "、".join(rubric.selections[at].title for at in limited)
        yield loaded.document.diagnostic(Code.TIES_OPEN, ("selections", limited[0]), titles=titles)


def _may_round(program: Program) -> bool:
    """Tell whether figures may come out with more decimals than the regulation's own."""
    rubric = program.rubric
    if rubric.rounds is not None or rubric.reported_as is not None:
        return True
    if any(node.if_na == "rescale" or node.node.only for node in program.nodes if node.kind == "base"):
        return True
    parts = (part for rule in program.rules for tree in rule.trees for part in walk(tree))
    return any(
        isinstance(part, Quotient | Statistic) or (isinstance(part, Product) and _unknown(part)) for part in parts
    )


def _unknown(part: Product) -> bool:
    """Tell whether what is multiplied may have decimals of its own."""
    return any(isinstance(one, Read) and one.kind in ("number", "percent") for one in walk(part))


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
