"""Rubrics and evidence that were worked out by hand: shipped rubrics, clauses, the page of the language, examples."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from msgspec import Struct

from dangjian_score.api.inputs import RubricFile, rubric_of
from dangjian_score.core.facts import Evidence, UnitFacts
from dangjian_score.evidence.read import read_evidence
from tests.scenes import CLAUSE_HEAD, tables
from tests.shipped import NAMES, read_cases, unit_of
from tests.support import ROOT

FITTING = (
    "cun-shequ-xijie",
    "dangwei-mubiao",
    "gongsi-dangyuan",
    "gongsi-zhibu",
    "jiguan-xize-1",
    "ju-pingfen",
    "nongcun-kaoping",
    "qiye-jiakou",
    "qiye-xize-3",
    "sanxiang-dangyuan",
    "shuji-shuzhi",
    "weijian-dangyuan",
    "weijian-zhibu",
    "xiangzhen-kaoping",
    "wuge-jiben",
    "yuedu-guiding",
    "zhibu-xize-2",
    "zuzhi-mubiao",
)
"""Shipped rubrics that columns score from Parquet: without what `beyond` names."""
_SCENE = re.compile(r"```yaml sections\n(.*?)```\n\n```yaml units\n(.*?)```", re.DOTALL)
_SO_FAR = frozenset({"through", "in_rounds"})


class Handed(Struct, frozen=True):
    """Evidence for a rubric; `beyond` tells what of it is no column, "" where all of it is."""

    name: str
    rubric: RubricFile
    evidence: Evidence
    beyond: str


def handed(shipped: Sequence[str] | None = None) -> Iterator[Handed]:
    """Read all of them, or those of some shipped rubrics."""
    yield from _shipped(NAMES if shipped is None else shipped)
    if shipped is None:
        yield from _documented()


def _documented() -> Iterator[Handed]:
    for path in sorted((ROOT / "tests" / "clauses").glob("*.yaml")):
        for at, clause in enumerate(_read(path.read_text("utf-8"))):
            yield from _scene(f"{path.stem} {at + 1}", clause["rubric"], clause["units"])
    for at, (sections, units) in enumerate(_SCENE.findall((ROOT / "docs/rubric-language.md").read_text("utf-8"))):
        yield from _scene(f"rubric-language {at + 1}", sections, _read(units))
    for path in sorted((ROOT / "examples").glob("*/expected*.yaml")):
        folder, expected = path.parent, _read(path.read_text("utf-8"))
        own = folder / f"{expected['rubric']}.yaml"
        text = (own if own.exists() else ROOT / "rubrics" / own.name).read_bytes()
        sheets = [*folder.glob("证据.*"), *folder.glob("证据/*")]
        rosters = {sheet.name: sheet.read_bytes() for sheet in folder.glob("名册.*")}
        files = {sheet.name: sheet.read_bytes() for sheet in sheets}
        yield _handed(f"examples/{folder.name}", rubric_of(own.name, text), files, rosters or None)


def _read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  every scalar stays text


def _shipped(names: Sequence[str]) -> Iterator[Handed]:
    """Take all cases of a rubric as units of one evidence, and the units of each scene."""
    for name in names:
        loaded, cases = read_cases(name)
        rubric = rubric_of(f"{name}.yaml", (ROOT / "rubrics" / f"{name}.yaml").read_bytes())
        told = [case for case in cases["cases"] if _SO_FAR.isdisjoint(case)]
        groups = [{f"第{at}单位": unit_of(cases, case) for at, case in enumerate(told)}]
        scenes = [scene["units"] for scene in cases.get("scenes") or ()]
        groups += [{f"第{unit}单位": unit_of(cases, said or {}) for unit, said in scene.items()} for scene in scenes]
        for at, units in enumerate(groups):
            yield _handed(f"{name} {at}", rubric, tables(loaded, units), None)


def _scene(name: str, text: str, units: list[Mapping[str, Any]]) -> Iterator[Handed]:
    rubric = rubric_of("r.yaml", (CLAUSE_HEAD + text).encode())
    whole = {f"单位{at:02}": unit for at, unit in enumerate(units, 1) if _SO_FAR.isdisjoint(unit)}
    if whole:
        yield _handed(name, rubric, tables(rubric.study.loaded, whole), None)


def _handed(name: str, rubric: RubricFile, files: Mapping[str, bytes], rosters: Mapping[str, bytes] | None) -> Handed:
    evidence, _ = read_evidence(files, rubric.study.rubric, rubric.study.catalogue, rosters)
    return Handed(name, rubric, evidence, _beyond(evidence))


def _parts(unit: UnitFacts) -> tuple[UnitFacts, ...]:
    return (unit, *unit.rounds.values())


def _beyond(evidence: Evidence) -> str:
    parts = [part for unit in evidence.units for part in _parts(unit)]
    if not parts:
        return "no units"
    if any((part.assessed or part.absences) and unit.rounds for unit in evidence.units for part in _parts(unit)):
        return "figures of assessors in rounds"
    if any(part.taken or part.not_taken for part in parts):
        return "results of other rubrics"
    if any(unit.since is not None or unit.until is not None for unit in evidence.units):
        return "units that exist for a part of the period"
    return ""
