"""What remains open after scoring: ties across the cut of a selection."""

from collections.abc import Iterator

from dangjian_score.diagnostics import Code, Diagnostic, at_file
from dangjian_score.engine.result import Result
from dangjian_score.facts import SourceFile


def still_open(result: Result, rubric: SourceFile) -> Iterator[Diagnostic]:
    """Find all of it; `rubric` is the file that leaves it open."""
    for chosen in result.selections:
        tied = [one.unit for one in chosen.displaced if one.why == "tie"]
        if tied:
            yield at_file(Code.TIE_PENDING, rubric.name, title=chosen.selection.title, units="、".join(tied))
