"""What several assessors give for the judged measures of a unit, drawn at random."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from random import Random

from msgspec.structs import replace

from dangjian_score.core.facts import Cell, Fact, UnitFacts, Value
from dangjian_score.engine.program import Program
from dangjian_score.rubric.kinds.by import Graded
from dangjian_score.rubric.kinds.combine import Assessed, ByCategory, Trimmed

_HERE = Cell("a.csv", None, 2, 1)


def judged(rng: Random, program: Program, unit: UnitFacts) -> UnitFacts:
    """Put what assessors give in the place of the judged figures of a unit, those of one assessor aside."""
    bases = {rule.basis.measure: rule.basis for rule in program.rules if isinstance(rule.basis, Assessed)}
    facts, assessed = dict(unit.facts), dict[str, Mapping[str, Fact]]()
    names = {name for basis in bases.values() for name in _categories(basis)} or {"群众"}
    panel = {f"{category}{at}": category for category in sorted(names) for at in range(rng.randint(1, 3))}
    panel |= {f"评委{at}": rng.choice(sorted(names)) for at in range(rng.randint(0, 4))}
    for name, basis in bases.items():
        if name in facts and (isinstance(basis, Graded) or basis.combine is not None):
            del facts[name]
            assessed[name] = {assessor: Fact(_given(rng, basis), _HERE) for assessor in _asked(rng, basis, panel)}
    categories = {assessor: Fact(category, _HERE) for assessor, category in panel.items()}
    return replace(unit, facts=facts, assessed=assessed, categories=categories if assessed else {})


def _categories(basis: Assessed) -> tuple[str, ...]:
    return basis.combine.categories if isinstance(basis.combine, ByCategory) else ()


def _asked(rng: Random, basis: Assessed, panel: Mapping[str, str]) -> list[str]:
    """Choose the assessors of a measure: those of its categories, or any, as many as are needed."""
    match basis.combine:
        case ByCategory():
            return [assessor for assessor, category in panel.items() if category in basis.combine.categories]
        case Trimmed(at_least=None) as how:
            more = [f"专家{at}" for at in range(how.fewest - len(panel) + rng.randint(0, 2))]
            return [*panel, *more]
        case _:
            return rng.sample([*panel], rng.randint(1, len(panel)))


def _given(rng: Random, basis: Assessed) -> Value:
    if isinstance(basis, Graded):
        others = () if basis.table.otherwise is None else ("其他",)
        return rng.choice((*basis.table.levels, *others))
    scale = rng.choice((1, 10, 100))
    between = Fraction(rng.randint(ceil(basis.least * scale), floor(basis.most * scale)), scale)
    return rng.choice((basis.least, basis.most, between))
