"""Result files of other rubrics, written here and not by the program, as evidence for rubrics that read them."""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from dangjian_score.rubric.measures import MeasureSpec

Child = Mapping[str, Any]
YEAR = {"from": "2024-01-01", "to": "2024-12-31"}


def result_bytes(id_: str, units: Iterable[Child], **more: Any) -> bytes:
    """Write a result of a rubric; `more` replaces or adds keys of the document, `about` those of its rubric."""
    rubric = {
        "id": id_,
        "title": "下级细则",
        "sha256": "0" * 64,
        "rules": "0" * 64,
        "period": None,
        "full": "100",
        **more.pop("about", {}),
    }
    tool = {"name": "dangjian-score", "version": "0.1.0"}
    document = {
        "schema": "dangjian.result/1",
        "tool": tool,
        "language": "zh",
        "rubric": rubric,
        "evidence": [],
        "units": list(units),
        "unscored": [],
        "excluded": [],
        "selections": [],
        "diagnostics": [],
    }
    return json.dumps({**document, **more}, ensure_ascii=False, indent=1).encode()


def child(name: str, total: str, *nodes: Child, **attributes: str) -> Child:
    """Give a unit its total and sections."""
    return {"unit": name, "attributes": attributes, "rank": 1, "total": total, "grade": None, "nodes": list(nodes)}


def node(id_: str, points: Fraction | int | str, *nodes: Child, applies: bool = True) -> Child:
    """Give a section or item its points: exactly where two decimals do not hold them."""
    value = Fraction(points)
    shown = f"{float(value):.2f}"
    exact = {} if Fraction(shown) == value else {"exact": str(value)}
    more = {"applies": applies, "nodes": list(nodes)}
    return {"id": id_, "title": f"类{id_}", "kind": "base", "max": "100", "points": shown, **exact, **more}


def results_of(asked: Mapping[str, MeasureSpec], given: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """Write the results in which units have the figures `given` by unit and measure.

    A measure with `within` has a list of figures, those of the units below; 不参评 stands for a unit that has none.
    """
    files = {}
    for rubric in dict.fromkeys(spec.result or "" for spec in asked.values() if given):
        own = {measure: spec for measure, spec in asked.items() if spec.result == rubric}
        units: dict[tuple[str, str], dict[str, str]] = {}
        for name, figures in given.items():
            for measure, spec in own.items():
                said = figures.get(measure, [] if spec.within else None)
                below = said if spec.within else [] if said is None else [said]
                for at, figure in enumerate(below):
                    key = (f"{name}{at}村" if spec.within else name, name)
                    units.setdefault(key, {})[spec.figure_of_result] = figure
        within = next((spec.within for spec in own.values() if spec.within), "归属")
        scored = {key: said for key, said in units.items() if "不参评" not in said.values()}
        excluded = [
            {"unit": name, "attributes": {within: above}} for name, above in units if (name, above) not in scored
        ]
        listed = [_unit(name, said, {within: above}) for (name, above), said in scored.items()]
        files[f"{rubric}.json"] = result_bytes(rubric, listed, excluded=excluded)
    return files


def _unit(name: str, said: Mapping[str, str], attributes: Mapping[str, str]) -> Child:
    rate = said.get("rate", "0%").removesuffix("%")
    nodes = (node(id_, points) for id_, points in said.items() if id_ not in ("total", "rate"))
    return child(name, said.get("total", rate), *nodes, **attributes)
