"""Every text has a use in the program, and every key that the program names has a text.

A key stands in the program as a literal, or is made by an f-string (`f"policy {mode}"`) whose values are literals or
identifiers of the program, or numbers. Keys of terms, lines and clauses stand there without their prefix.
"""

import ast
import re
from collections.abc import Iterator

from dangjian_score.core.diagnostics import Code
from dangjian_score.words import zh
from dangjian_score.words.say import explained
from tests.support import ROOT
from tests.words.sentences import names

PREFIXES = ("term.", "line.", "clause.")
MODULES = [path for path in (ROOT / "src").rglob("*.py") if path.parent.name not in ("zh", "en")]
NODES = [node for path in MODULES for node in ast.walk(ast.parse(path.read_text("utf-8")))]


def literals() -> set[str]:
    return {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def identifiers() -> Iterator[str]:
    for node in NODES:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case _:
                pass


def patterns() -> set[re.Pattern[str]]:
    """Make patterns of the f-strings that hold a word; each value is a group."""
    found = set()
    for node in NODES:
        if isinstance(node, ast.JoinedStr):
            parts = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)" for part in node.values)
            found.add("".join(parts))
    return {re.compile(pattern) for pattern in found if re.match(r"\w|\(\.\+\).*\w{3}", pattern)}


def test_every_text_is_used() -> None:
    written, made = literals(), patterns()
    known = {*written, *identifiers()}

    def is_used(key: str) -> bool:
        without = next((key.removeprefix(prefix) for prefix in PREFIXES if key.startswith(prefix)), key)
        matches = (match for pattern in made if (match := pattern.fullmatch(without)) is not None)
        return without in written or any(
            all(value in known or value.isdigit() for value in match.groups()) for match in matches
        )

    assert not [key for key in zh.TEXTS if not is_used(key)]


def literals_of(value: ast.expr) -> list[str]:
    """Return the texts that an expression may be: a literal, or either branch of a choice."""
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*literals_of(body), *literals_of(orelse)]
        case _:
            return []


def calls(*names: str) -> Iterator[tuple[list[str], ast.Call]]:
    """Visit the calls of functions and methods with these names, with the literals that may come first."""
    for node in NODES:
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rpartition(".")[2] in names:
            yield literals_of(node.args[0]), node


def keys(*names: str) -> set[str]:
    return {key for first, _ in calls(*names) for key in first}


def values_of(call: ast.Call) -> set[str] | None:
    """Return the names of the values in a call; None where some come by `**`."""
    given = {keyword.arg for keyword in call.keywords}
    return None if None in given else {name for name in given if name}


def test_every_key_that_is_named_has_a_text() -> None:
    texts, sentences = keys("text", "label") | {f"help.{key}" for key in keys("MisuseError")}, keys("say")
    assert len(texts) > 400
    assert len(sentences) > 50
    assert not texts - zh.TEXTS.keys(), "these keys have no text in words/zh/ and words/en/"
    assert not [key for key in sentences if f"line.{key}" not in zh.TEXTS and f"clause.{key}" not in zh.TEXTS]


def test_every_text_gets_the_values_it_has_places_for() -> None:
    wrong = {
        " / ".join(first): given ^ places
        for first, call in calls("text", "label")
        if first and (given := values_of(call)) is not None
        if given != (places := {name for key in first for name in names(zh.TEXTS[key])})
    }
    assert not wrong, "these keys are given other values than their texts in words/zh/ name"


def test_every_fixed_term_of_a_finding_has_a_text() -> None:
    """Where a sentence says `{reason!t}`, a literal given as `reason` is a key below `term.`."""
    checked, missing = 0, set()
    for call in (node for node in NODES if isinstance(node, ast.Call)):
        codes = [Code[node.attr] for node in call.args if isinstance(node, ast.Attribute) and is_code(node)]
        terms = {name for code in codes for name in re.findall(r"\{(\w+)!t\}", explained(code, "zh").says)}
        found = {text for keyword in call.keywords if keyword.arg in terms for text in literals_of(keyword.value)}
        checked += len(found)
        missing |= {text for text in found if text and f"term.{text}" not in zh.TEXTS}
    assert checked > 50
    assert not missing, "these values of findings have no `term.` in words/zh/terms.py and words/en/terms.py"


def is_code(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "Code"
