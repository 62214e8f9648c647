"""What is done with faulty evidence: the units without errors are scored alone, the others' rows are sent back."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian_score.cli import screen
from dangjian_score.cli.outputs import write
from dangjian_score.diagnostics import Diagnostic
from dangjian_score.words.say import Words

if TYPE_CHECKING:
    from dangjian_score.checks.partial import Common, Comparing, Parted
    from dangjian_score.checks.study import Study
    from dangjian_score.engine.program import Program
    from dangjian_score.facts import Evidence

Found = tuple[Diagnostic, ...]

_PLACES_SHOWN = 3


def sound_part(program: "Program", evidence: "Evidence", found: Found, said: Words) -> "Parted | str":
    """Leave out the units that have errors; a sentence where nothing can be scored."""
    from dangjian_score.checks.partial import Parted, part

    parted = part(program, evidence, found)
    return parted if isinstance(parted, Parted) and parted.sound.units else _refusal(parted, said)


def _refusal(parted: "Parted | Comparing | Common", said: Words) -> str:
    """Say why not even some of the units can be scored."""
    from dangjian_score.checks.partial import Common, Comparing

    match parted:
        case Comparing():
            return said.label("partial compares")
        case Common(errors):
            places = "、".join(str(one.place) for one in errors[:_PLACES_SHOWN])
            return said.label("partial common", count=str(len(errors)), places=places)
        case _:
            return said.label("partial nobody")


def write_problems(
    study: "Study", target: Path, inputs: tuple[Mapping[str, bytes], Mapping[str, bytes]], found: Found, said: Words
) -> None:
    """Write the workbook to mail back; say so where there is nothing to write. `inputs` are evidence and rosters."""
    from dangjian_score.evidence.problems import problems_book
    from dangjian_score.evidence.read import expectations

    evidence, rosters = inputs
    expected = expectations(study.loaded.rubric, study.names)
    data = problems_book(evidence, rosters.keys() - evidence.keys(), found, expected, said)
    if data is None:
        screen.tell(said.label("no problems", path=str(target)))
        return
    write({target: data}, said)
