"""Evidence that a clerk spoiled, each case from one number, and what must hold of whatever is made of it.

Nothing may raise. A mutation is either `told` (some finding must speak of it), `idle` (nothing may change), or `valid`
(what stands there now could be meant, so points may change). Where nothing is said, no total may be other than it was,
unless a valid mutation is among those made.
"""

from collections import Counter
from random import Random

from msgspec import Struct

from tests.evidence_subjects import Files, Subject, judged
from tests.mutations import LAYOUTS, MUTATIONS, Expected


class Tried(Struct, frozen=True):
    """What was done, what had to follow, and what came of it."""

    done: tuple[str, ...]
    expected: tuple[Expected, ...]
    silent: bool
    files: Files


def tried(subject: Subject, chance: Random) -> Tried:
    """Spoil the evidence, and hold what comes of it against the law; anything that breaks it raises."""
    files: Files = {name: [[*row] for row in rows] for name, rows in subject.files.items()}
    done: list[str] = []
    expected: list[Expected] = []
    for mutation in chance.choices(MUTATIONS, k=chance.choice((0, 0, 1, 1, 1, 2, 3))):
        if (what := mutation(subject, files, chance)) is not None:
            done.append(mutation.__name__)
            expected.append(what)
    spoiled = bool(expected)
    if files and chance.random() < 0.5:
        layout = chance.choice(LAYOUTS)
        layout(subject, files, chance)
        done.append(layout.__name__)
    totals, found = judged(subject, files, listed=spoiled or chance.random() < 0.5)
    before, noted = subject.before
    silent = not Counter(one.code for one in found) - Counter(one.code for one in noted)
    result = Tried(tuple(done), tuple(expected), silent, files)
    assert not (expected == ["told"] and silent), ("nothing was said", result)
    if "valid" not in expected and (silent or not spoiled):
        assert totals == before, ("other totals", totals, before, found, result)
    return result
