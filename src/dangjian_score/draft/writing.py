"""Write a draft as a rubric: keys in the order of those that ship, a rule on a line, comments on what is open."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from dangjian_score.core.points import plain
from dangjian_score.draft.naming import Names
from dangjian_score.draft.reading import DraftedMeasure, Value
from dangjian_score.draft.regulation import Draft
from dangjian_score.draft.whole.grades import DraftedGrade
from dangjian_score.draft.whole.vetoes import DraftedVeto
from dangjian_score.rubric.model import UNSETTLED

_SCHEMA: Final = "# yaml-language-server: $schema=rubric.schema.json"


def rubric_yaml(draft: Draft, identifier: str, document: str, comments: tuple[str, ...]) -> str:
    """Return the text of the rubric under an id; `document` is the file it was drafted from.

    `comments` stand at the top of it.
    """
    lines = [_SCHEMA, *(f"# {line}" for line in comments)]
    for key, value in _rubric(draft, identifier, document).items():
        lines += _top(key, value)
    return "\n".join((*lines, ""))


def _rubric(draft: Draft, identifier: str, document: str) -> dict[str, Value]:
    whole = draft.whole
    data: dict[str, Value] = {
        "dangjian": Fraction(1), "rubric": identifier, "title": draft.title, "subject": whole.subject
    }  # fmt: skip
    if whole.period is not None:
        data["period"] = {"from": whole.period[0], "to": whole.period[1]}
    elif whole.year is not None:
        data["period"] = Fraction(whole.year)
    data["source"] = {"document": document, **_open(draft)}
    if draft.total is not None:
        data["total"] = draft.total
    if whole.rounding:
        data["rounding"] = dict(whole.rounding)
    vetoes = [*_vetoes(draft)]
    hints = {veto: words for veto, _, words in vetoes}
    measures = {measure.name: _said(measure) for measure in draft.measures}
    measures |= {name: {"hint": words} for name, words in hints.items()}
    if measures:
        data["measures"] = measures
    data["sections"] = [section.node for section in draft.sections]
    if vetoes:
        data["vetoes"] = [node for _, node, _ in vetoes]
    if whole.selections:
        data["selections"] = [{"title": chosen.title, **chosen.keys} for chosen in whole.selections]
    if whole.grades.named:
        data["grades"] = _grades(draft)
    return data


def _open(draft: Draft) -> dict[str, Value]:
    """Return the note on what of the whole document is not settled."""
    said = [draft.failing] if draft.failing else []
    said += [f"没有写成规则的话：{'；'.join(draft.unread)}"] if draft.unread else []
    return {"note": f"{UNSETTLED}：{'。'.join(said)}"} if said else {}


def _vetoes(draft: Draft) -> Iterator[tuple[str, Value, str]]:
    names = Names()
    for measure in draft.measures:
        names.new(measure.name, measure.name)
    for veto in draft.whole.vetoes:
        name = names.new(veto.title, "否决情形")
        yield name, _veto(veto, name), veto.words


def _veto(veto: DraftedVeto, name: str) -> Value:
    node: dict[str, Value] = {"title": veto.title or name, "if": name, **veto.effect}
    if veto.marked:
        node["source"] = {"note": f"{UNSETTLED}：{veto.words}"}
    return node


def _grades(draft: Draft) -> dict[str, Value]:
    """Return the grades; where the document has none that begins at 0, one is added to be checked."""
    found = draft.whole.grades.named
    grades: dict[str, Value] = {name: _grade(grade) for name, grade in found.items()}
    if all(grade.least for grade in found.values()):
        grades["未定等次"] = {"at_least": Fraction(0), "source": {"note": f"{UNSETTLED}：原文没有写最低一等"}}
    return grades


def _grade(grade: DraftedGrade) -> Value:
    if not grade.above and not grade.limit:
        return grade.least
    return {"above" if grade.above else "at_least": grade.least, **grade.limit}


def _said(measure: DraftedMeasure) -> Value:
    said: dict[str, Value] = {}
    if measure.register:
        said["register"] = True
    if measure.number:
        said |= {"type": "number", "min": Fraction(0)}
    if measure.unit:
        said["unit"] = measure.unit
    return said | {"hint": measure.hint}


# Text


def _top(key: str, value: Value) -> Iterator[str]:
    """Write a key of the rubric: lists and mappings with a line for each of their members."""
    match key, value:
        case ("measures" | "grades" | "source", dict()):
            yield from ("", f"{key}:") if key != "source" else (f"{key}:",)
            yield from (f"  {_scalar(name)}: {_flow(part)}" for name, part in value.items())
        case ("sections", list()):
            yield ""
            yield "sections:"
            for at, node in enumerate(value):
                yield from ("",) if at else ()
                yield from _node(node, "  ")
        case (_, list()):
            yield from ("", f"{key}:")
            yield from (f"  - {_flow(part)}" for part in value)
        case _:
            yield f"{key}: {_flow(value)}"


def _node(node: Value, indent: str) -> Iterator[str]:
    """Write a section or item: its keys on lines of their own, each rule on one."""
    lead = "- "
    for key, value in node.items() if isinstance(node, dict) else ():
        match key, value:
            case ("items", list()):
                yield f"{indent}  items:"
                for at, item in enumerate(value):
                    yield from ("",) if at else ()
                    yield from _node(item, f"{indent}    ")
            case ("rules", list()):
                yield f"{indent}  rules:"
                yield from (f"{indent}    - {_flow(rule)}" for rule in value)
            case _:
                yield f"{indent}{lead}{key}: {_flow(value)}"
                lead = "  "


def _flow(value: Value) -> str:
    """Write a value on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_scalar(key)}: {_flow(part)}" for key, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_member, value)) + "]"
        case bool():
            return str(value).lower()
        case Fraction():
            return plain(value)
        case _:
            return _scalar(value)


_SAFE: Final = re.compile(r"[\w（）、，。；：“”‘’《》·—…+%.／/×\-]+(?: [\w（）、，。；：“”‘’《》·—…+%.／/×\-]+)*")
_SPECIAL: Final = re.compile(r"[-?:.]|(?:true|false|null|yes|no|on|off|y|n|~)$", re.IGNORECASE)


def _member(value: Value) -> str:
    """Write a member of a list: a text with a Chinese comma in it could be taken for several."""
    return f"'{value}'" if isinstance(value, str) and re.search("[，、；]", value) else _flow(value)


_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?%?|\d{4}-\d\d-\d\d")
_LIKE_A_FIGURE: Final = re.compile(r"[-+]?[\d_.,:/]+(?:[eE][-+]?\d+)?|0[xob].*")


def _scalar(text: str) -> str:
    """Write a text, in quotation marks where YAML would read it as something else."""
    plainly = _SAFE.fullmatch(text) and not _SPECIAL.match(text)
    if plainly and (_FIGURE.fullmatch(text) or not _LIKE_A_FIGURE.fullmatch(text)):
        return text
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
