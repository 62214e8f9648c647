"""Both engines over the same files, cell by cell."""

from collections.abc import Callable, Mapping
from io import BytesIO
from linecache import getline
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import StackSummary, extract_tb
from typing import Any

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from dangjian_score.api.cluster import scored_on_cluster
from dangjian_score.api.columns import RowsError, UnfitForColumns, score_on_columns
from dangjian_score.api.inputs import RubricFile
from dangjian_score.checks import evidence as checks
from dangjian_score.columnar.cluster import Spread
from dangjian_score.core.diagnostics import Diagnostic, Severity
from dangjian_score.core.facts import Evidence
from dangjian_score.engine.score import score
from dangjian_score.evidence.read import expectations, read_evidence
from dangjian_score.words.say import load_words
from tests.carriers.parquet import delimited, shown, tables

_MENDINGS = 4
"""How often units with errors are left out until the others can be scored."""


class Agreed(Struct, frozen=True):
    """Both engines scored: how many units and cells, and the cells that are not the same."""

    units: int
    cells: int
    wrong: tuple[str, ...]


class Refused(Struct, frozen=True):
    """Columns left it to the exact engine; `why` is the place in the carrier where this was found out."""

    why: str


class Faulty(Struct, frozen=True):
    """Units of the evidence have errors, with these codes; `noticed` tells whether columns refused them as well."""

    units: frozenset[str]
    codes: frozenset[str]
    noticed: bool


Carrier = Callable[[RubricFile, Mapping[str, Path]], pl.DataFrame]
"""Scores files on columns somewhere, and returns the units."""


def here(rubric: RubricFile, paths: Mapping[str, Path]) -> pl.DataFrame:
    """Score in this process."""
    with TemporaryDirectory() as folder:
        scored = score_on_columns(rubric, paths, ("parquet",), load_words("zh"), Path(folder))
    assert scored is not None
    return pl.read_parquet(BytesIO(scored.data["parquet"]))


def by_cluster(spread: Spread) -> Carrier:
    """Score on a cluster."""

    def there(rubric: RubricFile, paths: Mapping[str, Path]) -> pl.DataFrame:
        with TemporaryDirectory() as folder:
            target = Path(folder) / "units.parquet"
            scored_on_cluster(rubric, paths, target, spread)
            return pl.read_parquet(target)

    return there


def held(
    rubric: RubricFile, evidence: Evidence, folder: Path, *, texts: bool = False, carrier: Carrier = here
) -> Agreed | Refused | Faulty:
    """Write evidence as Parquet files, or as .csv (`texts`), and score these with both engines."""
    study = rubric.study
    expected = expectations(study.rubric, study.catalogue)
    paths = tables(folder, evidence, study.catalogue, expected.unit_names[0])
    paths = delimited(folder, paths) if texts else paths
    files = {name: path.read_bytes() for name, path in paths.items()}
    read, found = read_evidence(files, study.rubric, study.catalogue)
    wrong = _errors((*found, *checks.check(study.program, read)))
    ours = _by(carrier, rubric, paths)
    if wrong:
        units = frozenset(dict(each.args).get("unit", "") for each in wrong) - {""}
        return Faulty(units, frozenset(str(each.code) for each in wrong), isinstance(ours, str))
    if isinstance(ours, str):
        return Refused(ours)
    return _compared(shown(score(study.program, read)), {row["unit"]: row for row in ours.to_dicts()})


def held_without_errors(
    rubric: RubricFile, evidence: Evidence, folder: Path, *, texts: bool = False, carrier: Carrier = here
) -> tuple[Agreed | Refused | Faulty, list[Faulty]]:
    """Score units that have no errors; give what became of them, and of the evidence as long as it had errors."""
    faults: list[Faulty] = []
    while isinstance(found := held(rubric, evidence, folder, texts=texts, carrier=carrier), Faulty):
        faults.append(found)
        left = tuple(unit for unit in evidence.units if unit.unit not in found.units)
        if not left or len(left) == len(evidence.units) or len(faults) == _MENDINGS:
            return found, faults
        evidence = replace(evidence, units=left)
    return found, faults


def _errors(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [each for each in found if each.severity is Severity.ERROR]


def _by(carrier: Carrier, rubric: RubricFile, paths: Mapping[str, Path]) -> pl.DataFrame | str:
    """Score on columns, or tell where this was refused."""
    try:
        return carrier(rubric, paths)
    except RowsError:
        return "rows with errors"
    except UnfitForColumns as unfit:
        cause = unfit.__context__
        return _reason(extract_tb(None if cause is None else cause.__traceback__))


def _reason(frames: StackSummary) -> str:
    """Name the function that could not go on, with the line that says so: the test before a `raise`."""
    frame = [each for each in frames if each.name != "fitting"][-1]
    line = frame.line or ""
    before = getline(frame.filename, (frame.lineno or 1) - 1).strip()
    return f"{Path(frame.filename).stem}.{frame.name}: {before if line.startswith('raise') else line}"


def _compared(exact: Mapping[str, Mapping[str, Any]], ours: Mapping[str, Mapping[str, Any]]) -> Agreed:
    if exact.keys() != ours.keys():
        return Agreed(0, 0, (f"units: {sorted(exact.keys() ^ ours.keys())}",))
    wrong = []
    for unit, row in exact.items():
        if row.keys() != ours[unit].keys():
            wrong.append(f"{unit}: columns {sorted(row.keys() ^ ours[unit].keys())}")
        cells = ((name, value, ours[unit].get(name)) for name, value in row.items())
        wrong += [f"{unit} {name}: {value!r}, columns {other!r}" for name, value, other in cells if value != other]
    return Agreed(len(exact), sum(map(len, exact.values())), tuple(wrong))
