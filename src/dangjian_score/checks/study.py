"""A rubric and what the engine makes of it, each worked out once and when it is first asked for."""

from functools import cached_property

from msgspec import Struct

from dangjian_score.engine.catalogue import Catalogue, catalogue
from dangjian_score.engine.program import Program, compile_rubric
from dangjian_score.rubric.load import Loaded


class Study(Struct, frozen=True, dict=True):
    """A rubric as it was read, the program that scores by it, and the catalogue of what is handed in for it."""

    loaded: Loaded

    @cached_property
    def program(self) -> Program:
        """The trees of its rules and conditions."""
        return compile_rubric(self.loaded.rubric)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The measures, registers and ballots that evidence may hold."""
        return catalogue(self.program)
