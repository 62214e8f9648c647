"""The rubrics that ship, with the cases beside them: the unit that loses nothing, and what a case changes of it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from dangjian_score.rubric.load import Loaded, load
from tests.scenes import Unit
from tests.support import ROOT

CASES = sorted((ROOT / "rubrics").glob("*.cases.yaml"))
NAMES = [path.name.removesuffix(".cases.yaml") for path in CASES]


@cache
def read_cases(name: str) -> tuple[Loaded, dict[str, Any]]:
    """Load a rubric and its cases."""
    path = ROOT / "rubrics" / f"{name}.cases.yaml"
    cases = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  every scalar stays text
    assert cases["rubric"] == name
    source = path.with_name(f"{name}.yaml")
    loaded = load(source.read_bytes(), source.name)
    assert isinstance(loaded, Loaded), loaded
    return loaded, cases


def unit_of(cases: Mapping[str, Any], case: Mapping[str, Any]) -> Unit:
    """Take the unit that loses nothing, and change what a case says."""
    events = [*(cases.get("events") or ())]
    for less in case.get("less_events") or ():
        gone = next(one for one in events if all(one.get(key) == value for key, value in less.items()))
        events.remove(gone)
    judged = {one for figures in (case.get("assessors") or {}).values() for one in figures}
    facts = {**(cases.get("full") or {}), **(case.get("facts") or {})}
    return {
        "facts": {name: text for name, text in facts.items() if name not in judged},
        "events": [*events, *(case.get("more_events") or ())],
        "ballots": case.get("ballots") or cases.get("ballots") or {},
        "assessors": case.get("assessors") or cases.get("assessors") or {},
        "rulings": case.get("rulings") or (),
        "rounds": case.get("rounds") or {},
        "results": {**(cases.get("results") or {}), **(case.get("results") or {})},
    }
