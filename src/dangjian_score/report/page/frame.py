"""What every page has: head, policy, style and script, and the language of its texts."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from typing import Final

from dangjian_score.core import __version__
from dangjian_score.report.page.elements import CHINESE, Element, chinese_marked, e, html
from dangjian_score.words.say import Words

GENERATOR: Final = "dangjian-score "
"""What a page says made it, before the version."""

STYLE: Final = "page.css"
"""The style of pages, in this package."""

_LANGUAGES: Final = {"zh": CHINESE, "en": "en"}


def page_html(title: str, body: Element, words: Words, style: str, script: str | None = None) -> bytes:
    """Write a page that asks nothing of a network and runs nothing but its own script, if it has one."""
    marked = marking(words)
    parts = (marked(_head(title, style, script)), marked(body))
    document = e("html", *parts, lang=_LANGUAGES[words.language])
    return f"<!DOCTYPE html>\n{html(document)}\n".encode()


def marking(words: Words) -> Callable[[Element], Element]:
    """Return what marks Chinese on a page in another language."""
    return chinese_marked if words.language == "en" else _unmarked


def asset(name: str, package: str = __package__) -> str:
    """Read a file of a package, with the line ends that a browser hashes."""
    return (files(package) / name).read_text("utf-8")


def _unmarked(element: Element) -> Element:
    """Leave an element as it is: all of a Chinese page is in its language."""
    return element


def _head(title: str, style: str, script: str | None) -> Element:
    scripts = "" if script is None else f" script-src {_hash(script)};"
    policy = f"default-src 'none'; style-src {_hash(style)};{scripts} base-uri 'none'; form-action 'none'"
    return e(
        "head",
        e("meta", charset="utf-8"),
        Element("meta", (("http-equiv", "Content-Security-Policy"), ("content", policy)), ()),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="color-scheme", content="light dark"),
        e("meta", name="generator", content=f"{GENERATOR}{__version__}"),
        e("title", title),
        e("style", style),
        None if script is None else e("script", script),
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
