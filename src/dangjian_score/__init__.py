"""Score organisations by a written regulation: a YAML rubric and evidence sheets in, exact and traceable points out.

    import dangjian_score

    rubric = dangjian_score.load_rubric("zhibu-xize-2")
    evidence = dangjian_score.read_evidence(rubric, "examples/zhibu-2024/证据.xlsx")
    assessment = dangjian_score.score(rubric, evidence)
    dangjian_score.write(assessment, "结果.xlsx")
    pandas.DataFrame(assessment.rows())

What `__all__` lists is stable by semantic versioning, with the attributes that docs/scripts.md names; nothing else is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from dangjian_score.core import __version__

if TYPE_CHECKING:
    from dangjian_score.api.assessment import Assessment, score, write
    from dangjian_score.api.cluster import score_on_cluster
    from dangjian_score.api.columns import ScoredUnits, UnfitForColumns
    from dangjian_score.api.inputs import EvidenceFiles, InputError, RubricFile, describe, load_rubric, read_evidence
    from dangjian_score.api.spark import score_on_spark
    from dangjian_score.api.writing import OutputError
    from dangjian_score.core.diagnostics import Diagnostic

__all__ = [
    "Assessment",
    "Diagnostic",
    "EvidenceFiles",
    "InputError",
    "OutputError",
    "RubricFile",
    "ScoredUnits",
    "UnfitForColumns",
    "__version__",
    "describe",
    "load_rubric",
    "read_evidence",
    "score",
    "score_on_cluster",
    "score_on_spark",
    "write",
]

_MODULES: Final = {
    "api.assessment": ("Assessment", "score", "write"),
    "api.cluster": ("score_on_cluster",),
    "api.columns": ("ScoredUnits", "UnfitForColumns"),
    "api.inputs": ("EvidenceFiles", "InputError", "RubricFile", "describe", "load_rubric", "read_evidence"),
    "api.spark": ("score_on_spark",),
    "api.writing": ("OutputError",),
    "core.diagnostics": ("Diagnostic",),
}
"""Where the names are from. They are imported when first asked for: the command has to heed signals before that."""


def __getattr__(name: str) -> Any:
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(f"{__name__}.{module}"), name))


def __dir__() -> list[str]:
    return [*globals(), *__all__]
