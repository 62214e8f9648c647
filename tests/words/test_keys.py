"""Every text has a use in the program, and every key that the program names has a text.

A key stands in the program as a literal, or is made by an f-string (`f"policy {mode}"`) whose values are literals or
identifiers of the program, or numbers. Keys of terms, lines and clauses stand there without their prefix.
"""

import ast
import re
from collections.abc import Iterator

from dangjian_score.words import zh
from tests.support import ROOT

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


def first_arguments(method: str) -> set[str]:
    """Return the literals that a method is called with first."""
    calls = [node for node in NODES if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    first = [call.args[0] for call in calls if call.args and ast.unparse(call.func).endswith(f".{method}")]
    return {str(argument.value) for argument in first if isinstance(argument, ast.Constant)}


def test_every_key_that_is_named_has_a_text() -> None:
    texts, sentences = first_arguments("text"), first_arguments("say")
    assert len(texts) > 100
    assert len(sentences) > 50
    assert not texts - zh.TEXTS.keys()
    assert not [key for key in sentences if f"line.{key}" not in zh.TEXTS and f"clause.{key}" not in zh.TEXTS]
