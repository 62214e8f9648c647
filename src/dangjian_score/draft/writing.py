"""Write a draft as YAML: keys in the order of the shipped rubrics, a rule on a line, comments for what a person has to do."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from dangjian_score.core.points import plain
from dangjian_score.draft.regulation import MARK, Draft
from dangjian_score.draft.rules import Measure
from dangjian_score.draft.standing import Veto

_SCHEMA: Final = "# yaml-language-server: $schema=rubric.schema.json"
_WIDTH: Final = 120


def rubric_yaml(draft: Draft, identifier: str, document: str, comments: tuple[str, ...]) -> str:
    """Return the rubric; `comments` stand at its top, `document` is the name of the regulation's file."""
    return "\n".join([*(f"# {line}" for line in comments), *_head(draft, identifier, document), *_body(draft), ""])


def rubric_data(draft: Draft, identifier: str, document: str) -> dict[str, Any]:
    """Return the rubric as data, in the order in which it is written."""
    whole = draft.whole
    data: dict[str, Any] = {"dangjian": Fraction(1), "rubric": identifier, "title": draft.title, "subject": whole.subject}
    if whole.period is not None:
        data["period"] = {"from": whole.period[0], "to": whole.period[1]}
    elif whole.year is not None:
        data["period"] = Fraction(whole.year)
    data["source"] = {"document": document, **_whole_notes(draft)}
    if draft.total is not None:
        data["total"] = draft.total
    if whole.rounding:
        data["rounding"] = dict(whole.rounding)
    measures = {measure.name: _measure(measure) for measure in _used(draft)}
    if measures:
        data["measures"] = measures
    data["sections"] = [section.node for section in draft.sections]
    return data | _after(draft)


def _after(draft: Draft) -> dict[str, Any]:
    whole = draft.whole
    found: dict[str, Any] = {}
    names = _Free(draft)
    if whole.vetoes:
        found["vetoes"] = [_veto_data(veto, names) for veto in whole.vetoes]
    if whole.selections:
        found["selections"] = [{"title": chosen.title, **chosen.keys} for chosen in whole.selections]
    if whole.grades:
        found["grades"] = _grades(draft)
    return found


class _Free:
    """Names that conditions of vetoes may have beside those of measures."""

    def __init__(self, draft: Draft) -> None:
        from dangjian_score.draft.naming import Names  # noqa: PLC0415

        self._names = Names()
        for measure in draft.measures:
            self._names.new(measure.name, measure.name)

    def new(self, wanted: str) -> str:
        return self._names.new(wanted, "否决")


def _veto_data(veto: Veto, names: _Free) -> dict[str, Any]:
    name = names.new(veto.title)
    data: dict[str, Any] = {"title": veto.title[:40] or name, "if": name, **veto.effect}
    if veto.marked:
        data["source"] = {"note": f"{MARK}：{veto.words}"}
    return data


def _grades(draft: Draft) -> dict[str, Any]:
    grades: dict[str, Any] = {}
    for name, low in draft.whole.grades.items():
        quota = draft.whole.quotas.get(name)
        grades[name] = low if quota is None else {"at_least": low, **quota}
    if Fraction(0) not in draft.whole.grades.values():
        grades["其他"] = {"at_least": Fraction(0), "source": {"note": f"{MARK}：原文没有写最低的一等"}}
    return grades


def _whole_notes(draft: Draft) -> dict[str, str]:
    return {}


def _used(draft: Draft) -> Iterator[Measure]:
    yield from (measure for measure in draft.measures if measure.name)


def _measure(measure: Measure) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if measure.register:
        said["register"] = True
    if measure.number:
        said["type"] = "number"
    if measure.unit:
        said["unit"] = measure.unit
    said["hint"] = measure.hint
    return said


# Text


def _head(draft: Draft, identifier: str, document: str) -> Iterator[str]:
    for key, value in rubric_data(draft, identifier, document).items():
        if key == "measures":
            yield from ("", "measures:")
            yield from (f"  {scalar(name)}: {flow(said)}" for name, said in value.items())
        elif key == "sections":
            yield ""
            yield "sections:"
            for at, node in enumerate(value):
                yield from ([""] if at else [])
                yield from _node(node, "  ")
        elif key in ("vetoes", "selections"):
            yield from ("", f"{key}:")
            yield from (f"  - {flow(part)}" for part in value)
        elif key == "grades":
            yield from ("", f"grades: {flow(value)}")
        elif key == "source":
            yield "source:"
            yield from (f"  {name}: {scalar(text)}" for name, text in value.items())
        else:
            yield f"{key}: {flow(value)}"


def _body(draft: Draft) -> Iterator[str]:
    yield from ()


def _node(node: Mapping[str, Any], indent: str) -> Iterator[str]:
    lead = "- "
    for key, value in node.items():
        if key == "items":
            yield f"{indent}  items:"
            for at, item in enumerate(value):
                yield from ([""] if at else [])
                yield from _node(item, f"{indent}    ")
        elif key == "rules":
            yield f"{indent}  rules:"
            yield from (f"{indent}    - {flow(rule)}" for rule in value)
        else:
            yield f"{indent}{lead}{key}: {flow(value)}"
            lead = "  "


def flow(value: object) -> str:
    """Write a value on one line."""
    match value:
        case dict() | Mapping():
            return "{" + ", ".join(f"{scalar(str(key))}: {flow(part)}" for key, part in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(flow, value)) + "]"
        case True:
            return "true"
        case Fraction():
            return plain(value)
        case _:
            return scalar(str(value))


def scalar(text: str) -> str:
    """Write a text as a scalar, in quotation marks where YAML needs them."""
    import re  # noqa: PLC0415

    if re.fullmatch(r"[\w\u4e00-\u9fff（）、，。；：“”《》·—…+%.／/×\-]+( [\w\u4e00-\u9fff（）、，。；：“”《》·—…+%.／/×\-]+)*", text) and not re.match(r"[-?:.]|(?:true|false|null|yes|no|on|off|y|n|~)$", text, re.IGNORECASE) and not _is_figure(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _is_figure(text: str) -> bool:
    import re  # noqa: PLC0415

    return re.fullmatch(r"[-+]?[\d_.,:]+(?:[eE][-+]?\d+)?|0[xob].*|\d{4}-\d\d-\d\d", text) is not None and not re.fullmatch(r"\d+(?:\.\d+)?%|\d+(?:\.\d+)?|\d{4}-\d\d-\d\d", text)
