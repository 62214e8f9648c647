"""What may be said of a line on a notice board: figures, but no persons, cases or reasons of sanctions."""

from dataclasses import replace

from dangjian_score.engine.counting import Holding, Once
from dangjian_score.engine.lexicon import is_period
from dangjian_score.engine.lookups import Leveled, Priced
from dangjian_score.engine.phrases import ForEach, Phrase, Steps
from dangjian_score.engine.result import Because, Line
from dangjian_score.words.lines import line_text
from dangjian_score.words.say import Words

_TAKING = ("deduct", "forfeit")


def public_line(line: Line) -> Line:
    """Take from a line what says who, which case, or for what somebody is punished; its points stay.

    Events, groups that are no periods, guards, single assessors' figures and rulings' reasons go. Where what happened
    is itself such a reason (yes/no rules that take points, levels, prices of events) nothing stays but the points.
    """
    because = line.because
    bare = replace(line, ruling=None, titles=line.titles if line.verb == "rounds" else (), cells=())
    if because is None:
        return bare
    if _is_a_reason(because, line.verb):
        return replace(bare, because=None, figures={})
    periods = all(map(is_period, _keys(because.basis)))
    groups = because.groups if periods else ()
    guard = because.guard if isinstance(because.basis, Once) else None
    kept = replace(because, guard=guard, given=(), slips=(), groups=groups, note=None, absences=())
    return replace(bare, because=kept)


def public_text(line: Line, said: Words) -> str:
    """Say what is left to be said of a line made public."""
    match line.verb:
        case "veto" | "ruling":
            return said.label(line.verb)
        case "award" | "deduct" | "forfeit" if line.because is None:
            return said.label("not public")
        case _:
            return line_text(line, said)


def _is_a_reason(because: Because, verb: str) -> bool:
    basis = because.basis.of if isinstance(because.basis, Steps) else because.basis
    inner = basis.of if isinstance(basis, ForEach) else basis
    if isinstance(inner, Leveled | Priced):
        return True
    return verb in _TAKING and isinstance(inner, Once | Holding)


def _keys(basis: Phrase) -> tuple[str, ...]:
    inner = basis.of if isinstance(basis, Steps) else basis
    return inner.total.keys if isinstance(inner, ForEach) else ()
