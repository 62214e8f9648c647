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
    bases: dict[str, Assessed] = {
        rule.basis.measure: rule.basis for rule in program.rules if isinstance(rule.basis, Assessed)
    }
    facts, assessed = dict(unit.facts), dict[str, Mapping[str, Fact]]()
    names = sorted({name for basis in bases.values() for name in _categories(basis)} or {"群众"})
    fewest = max((basis.combine.fewest for basis in bases.values() if isinstance(basis.combine, Trimmed)), default=1)
    panel = {f"{category}{at}": category for category in names for at in range(rng.randint(1, 3))}
    panel |= {f"评委{at}": rng.choice(names) for at in range(max(fewest - len(panel), 0) + rng.randint(0, 2))}
    for name, basis in bases.items():
        if name in facts and (isinstance(basis, Graded) or basis.combine is not None):
            zero = facts.pop(name).value == 0 and not isinstance(basis, Graded)
            told = ((assessor, Fraction(0) if zero else _given(rng, basis)) for assessor in _asked(basis, panel))
            assessed[name] = {assessor: Fact(value, _HERE) for assessor, value in told}
    categories = {assessor: Fact(category, _HERE) for assessor, category in panel.items()}
    return replace(unit, facts=facts, assessed=assessed, categories=categories if assessed else {})


def _categories(basis: Assessed) -> tuple[str, ...]:
    return basis.combine.categories if isinstance(basis.combine, ByCategory) else ()


def _asked(basis: Assessed, panel: Mapping[str, str]) -> list[str]:
    """Choose the assessors of a measure: all, or those of its categories."""
    among = _categories(basis)
    return [assessor for assessor, category in panel.items() if not among or category in among]


def _given(rng: Random, basis: Assessed) -> Value:
    if isinstance(basis, Graded):
        levels: tuple[str, ...] = (*basis.table.levels, *(() if basis.table.otherwise is None else ("其他",)))
        return levels[rng.randrange(len(levels))]
    scale = rng.choice((1, 10, 100))
    between = Fraction(rng.randint(ceil(basis.least * scale), floor(basis.most * scale)), scale)
    return rng.choice((basis.least, basis.most, between))
