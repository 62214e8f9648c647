"""The tree: ids, keys that do not go together, what nodes carry against their sum, limits, decimals."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from dangjian_score.checks.study import PlacedRule, Study
from dangjian_score.core.diagnostics import Code, Diagnostic, Path
from dangjian_score.core.points import decimals, percent, plain
from dangjian_score.engine.dues import is_partial
from dangjian_score.engine.nodes import NodeTree
from dangjian_score.engine.totals import scored_once
from dangjian_score.rubric.model import (
    Attributes,
    Node,
    ProductTotal,
    admits,
    carried,
    carries,
    combinations,
    counted,
    starts_at,
)

_COMBINATIONS_SHOWN: Final = 6
"""Combinations of attributes that a finding lists."""


def check(study: Study) -> Iterator[Diagnostic]:
    """Check the ids, keys, sums and limits of every node, and the sum and limits of the total."""
    yield from _twins(study)
    for node in study.program.nodes:
        for key, what in _misplaced(node):
            yield study.document.diagnostic(Code.NODE_COMBINATION, (*node.path, *key), what=what)
        yield from _idle_scale(study, node)
        yield from _too_many_places(study, node)
        yield from _limits(study, node.path, node.floor, node.ceiling)
        if node.kind == "base" and not node.node.is_leaf and node.node.max is not None:
            items: dict[Path, Node] = {(*node.path, "items", at): item for at, item in enumerate(node.node.items)}
            yield from _sums(study, items, node.node.max, (*node.path, "max"), node.node.best)
        yield from _titles(study, node)
    yield from _whole(study)


def _twins(study: Study) -> Iterator[Diagnostic]:
    """Report ids that two nodes have."""
    document, first = study.document, dict[str, NodeTree]()
    for node in study.program.nodes:
        if (known := first.setdefault(node.id, node)) is not node:
            line = str(document.values[known.path].line)
            found = document.diagnostic(Code.DUPLICATE_ID, _id_path(node), id=node.id, line=line)
            yield document.beside(found, [_id_path(known)])


def _titles(study: Study, node: NodeTree) -> Iterator[Diagnostic]:
    """Report rules of a node that have one title for different clauses; rules on one clause may well share it."""
    first: dict[str, PlacedRule] = {}
    for rule in study.rules_of(node):
        if rule.model.title is None:
            continue
        known = first.setdefault(rule.model.title, rule)
        if known.model.clause != rule.model.clause:
            args = {"title": rule.model.title, "clause": rule.model.clause or "", "other": known.model.clause or ""}
            found = study.document.diagnostic(Code.TITLES_ALIKE, (*rule.path, "title"), **args)
            yield study.document.beside(found, [(*known.path, "title")])


def _id_path(node: NodeTree) -> Path:
    return (*node.path, "id") if node.node.id else node.path


def _misplaced(node: NodeTree) -> Iterator[tuple[Path, str]]:
    """List what does not go together in a node, each with the way to the key from the node."""
    model = node.node
    if node.kind == "base" and model.is_leaf and model.max is None:
        yield (), "no max"
    if node.kind == "penalty":
        if model.max is not None:
            yield ("max",), "max in penalty"
        for at, rule in enumerate(node.rules):
            what = "forfeit" if rule.forfeits is not None else rule.verb
            if what != "deduct":
                yield ("rules", at, rule.verb), f"{what} in penalty"
    if model.rescale_in is not None and node.kind != "base":
        yield ("rescale_in",), "rescale outside base"
    if model.best is not None and not model.is_leaf:
        most = {counted(item, node.kind) for item in model.items}
        if len(most) > 1 or None in most:
            yield ("combine",), "unequal items"
        if model.best >= len(model.items):
            yield ("combine",), "best of all"
    if model.start == "max" and model.max is None:
        yield ("start",), "start without max"
    if model.is_leaf and model.max is not None and starts_at(model, node.kind) is None:
        yield (), "start open"


def _idle_scale(study: Study, node: NodeTree) -> Iterator[Diagnostic]:
    """Report `rescale_in` where nothing is rescaled, or the group has a scale of its own without it."""
    if node.node.rescale_in is not None and node.is_closed:
        what = "scale of a weight" if node.node.weight is not None else "" if is_partial(node) else "idle scale"
        if what:
            yield study.document.at_key(Code.RULE_IDLE, (*node.path, "rescale_in"), what=what, key="rescale_in")


def _whole(study: Study) -> Iterator[Diagnostic]:
    """Compare the base sections with the declared total, and the total's floor with its ceiling."""
    rubric = study.rubric
    if rubric.product is not None:
        yield from _factors(study, rubric.product)
    base: dict[Path, Node] = {
        ("sections", at): section for at, section in enumerate(rubric.sections) if section.kind == "base"
    }
    if rubric.sum_of_base is not None and base:
        yield from _sums(study, base, rubric.sum_of_base, ("total",))
    floor, ceiling = (None if limit == "none" else limit for limit in (rubric.floor, rubric.ceiling))
    yield from _limits(study, ("ceiling",), floor, ceiling)


def _factors(study: Study, total: ProductTotal) -> Iterator[Diagnostic]:
    """Check that a product names every base section once, and that each has points of its own in the same pass."""
    document, named = study.document, total.product
    base = {section.id: section for section in study.program.sections if section.kind == "base"}
    for at, name in enumerate(named):
        path = ("total", "product", at)
        if name not in base:
            known = "、".join(base)
            yield document.at_key(Code.UNKNOWN_NAME, path, name=name, what="base section", known=known)
        elif name in named[:at]:
            yield document.diagnostic(Code.PRODUCT_UNFIT, path, what="factor twice", node=name)
    for section in base.values():
        if section.id not in named:
            found = document.diagnostic(Code.PRODUCT_UNFIT, ("total", "product"), what="no factor", node=section.id)
            yield document.beside(found, [section.path])
        model = section.node
        unfit = {"weight": model.weight, "only": model.only, "if_na": model.is_leaf and model.if_na == "rescale"}
        for key in (key for key, value in unfit.items() if value):
            yield document.at_key(Code.NODE_COMBINATION, (*section.path, key), what=f"{key} of a factor")
    factors = (section for section in study.rubric.sections if section.kind == "base")
    treated = {(section.round, scored_once(study.rubric, section)) for section in factors}
    if len(treated) > 1:
        yield document.diagnostic(Code.PRODUCT_UNFIT, ("total", "product"), what="factors apart", node="")


def _sums(
    study: Study, nodes: Mapping[Path, Node], declared: Fraction, path: Path, best: int | None = None
) -> Iterator[Diagnostic]:
    """Compare what base nodes, or the `best` of them, carry together with the declared sum.

    That is done for every combination of attributes. Where nodes are for some units only, the largest sum must be the
    declared one; a smaller sum is worth a note. Nothing is reported where a node does not say what it carries.
    """
    document = study.document
    if any(carries(node, "base") is None for node in nodes.values()):
        return
    by_attributes = [(having, carried(nodes.values(), having, best)) for having in combinations(nodes.values())]
    having, added = max(by_attributes, key=lambda pair: pair[1])
    terms = {where: _term(node) for where, node in nodes.items() if admits(node.only, having)}
    if added != declared:
        args = {"terms": " + ".join(list(terms.values())[:best])}
        args |= {"said": plain(declared), "added": plain(added) if plain(added) != args["terms"] else ""}
        found = document.diagnostic(Code.SUM_DIFFERS, path, **args)
        yield document.beside(found, ((*where, "max") for where in terms))
        return
    less = [
        f"{_shown(having)} → {plain(total)}"
        for having, total in by_attributes
        if total < declared and _occurs(study, having)
    ]
    if less:
        sums = "；".join(less[:_COMBINATIONS_SHOWN])
        yield document.diagnostic(Code.SUM_PARTIAL, path, said=plain(declared), sums=sums)


def _term(node: Node) -> str:
    """Write what a node carries, as it counts."""
    most = plain(carries(node, "base") or Fraction(0))
    return most if node.weight is None else f"{most} × {percent(node.weight)}"


def _shown(having: Attributes) -> str:
    return "，".join(f"{name}={value or '*'}" for name, value in having.items())


def _occurs(study: Study, having: Attributes) -> bool:
    """Return whether units may have these attributes: where `measures` lists the values of one, no other may occur."""
    specs = study.rubric.measures
    return all(value or name not in specs or not specs[name].levels for name, value in having.items())


def _too_many_places(study: Study, node: NodeTree) -> Iterator[Diagnostic]:
    """Report figures of a node with more decimals than the rubric rounds to."""
    places, model = study.rubric.rounding.places, node.node
    if places is None:
        return
    for key, value in (("max", model.max), ("start", model.start), ("floor", model.floor), ("ceiling", model.ceiling)):
        if isinstance(value, Fraction) and ((needed := decimals(value)) is None or needed > places):
            args = {"value": plain(value), "places": str(places)}
            yield study.document.diagnostic(Code.TOO_MANY_PLACES, (*node.path, key), **args)


def _limits(study: Study, path: Path, floor: Fraction | None, ceiling: Fraction | None) -> Iterator[Diagnostic]:
    """Report a floor above the ceiling."""
    if floor is not None and ceiling is not None and floor > ceiling:
        yield study.document.diagnostic(Code.LIMITS_CROSSED, path, floor=plain(floor), ceiling=plain(ceiling))
