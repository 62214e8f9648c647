"""A page as a tree of elements, and the two ways to write it: as HTML, and as data from which the script builds it.

Both are the only sinks of text, so that no text can become markup and nothing unseen acts on the page.
"""

import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Final, NamedTuple

from dangjian_score.core.names import visible

_VOID: Final = frozenset({"input", "meta"})
_RAW: Final = frozenset({"script", "style"})
"""Elements whose text HTML takes as it stands: they hold our own files, and data escaped by `data`."""
_SHARED: Final = frozenset({"tr", "td", "th"})
"""What occurs again and again as it is: a pool knows it at first sight."""
_UNSAFE: Final = "<>&\u2028\u2029"
"""What must not stand in a script element as it is."""

CHINESE: Final = "zh-CN"
_TEXT_ONLY: Final = frozenset({"option", "text", "title"})
"""Elements that hold text and no other elements."""
_HAN: Final = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_RUN: Final = re.compile(rf"({_HAN.pattern}(?:[^A-Za-z]*{_HAN.pattern})*)")
_ENGLISH: Final = re.compile(r"(?<!\w)[A-Z]?[a-z]{2,}(?!\w)")


class Element(NamedTuple):
    """An element with its attributes and what is in it."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple["Element | str", ...]


def e(tag: str, *children: Element | str | None, **attributes: str | bool | None) -> Element:
    """Make an element; what is None or False is left out. `class_` stands for class, `aria_label` for aria-label."""
    given = (
        (name.rstrip("_").replace("_", "-"), "" if value is True else value)
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    return Element(tag, tuple(given), tuple(child for child in children if child is not None))


def cell(class_: str, text: str, tag: str = "td") -> Element:
    """Make a cell of text; there are very many of them."""
    return Element(tag, (("class", class_),), (text,))


def html(element: Element) -> str:
    """Write an element as HTML."""
    parts: list[str] = []
    _write(element, parts.append)
    return "".join(parts)


def _write(element: Element, put: Callable[[str], None]) -> None:
    tag = element.tag
    given = (f' {name}="{escape(visible(value))}"' if value else f" {name}" for name, value in element.attributes)
    put(f"<{tag}{''.join(given)}>")
    for child in element.children:
        if isinstance(child, Element):
            _write(child, put)
        else:
            put(child if tag in _RAW else escape(visible(child), quote=False))
    if tag not in _VOID:
        put(f"</{tag}>")


def joined(children: Iterable[Element | str], between: str) -> tuple[Element | str, ...]:
    """Put a text between things."""
    listed = list(children)
    return tuple(part for child in listed for part in (between, child))[1:]


def chinese_marked(element: Element) -> Element:
    """Return an element of an English page in which what is Chinese says so, for fonts and for voices that read aloud.

    An element is marked whole where no English stands in it, or where it holds text only; else each run of Chinese is.
    """
    tag, attributes, children = element
    if tag in _RAW or any(name == "lang" for name, _ in attributes):
        return element
    texts = [child for child in children if isinstance(child, str)]
    is_text = len(texts) == len(children)
    if is_text and _HAN.search("".join(texts)) and (tag in _TEXT_ONLY or not _ENGLISH.search("".join(texts))):
        return Element(tag, (*attributes, ("lang", CHINESE)), children)
    marked = (chinese_marked(child) if isinstance(child, Element) else child for child in children)
    return Element(tag, attributes, tuple(part for child in marked for part in _runs(child)))


def _runs(child: Element | str) -> Iterable[Element | str]:
    """Part a text into English and runs of Chinese, which are marked."""
    if isinstance(child, Element) or not _HAN.search(child):
        return (child,)
    parts = _RUN.split(child)
    return (Element("bdi", (("lang", CHINESE),), (part,)) if at % 2 else part for at, part in enumerate(parts) if part)


class Pool:
    """Elements and texts, each written once however often it occurs: units share most of their items.

    An element is a list of places: of its kind (tag and attributes), then of what is in it, which stands before it.
    """

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        self._places: dict[str | tuple[int, ...], int] = {}
        self._known: dict[Element, int] = {}

    def add(self, part: Element | str) -> int:
        """Take in an element or text, and give its place."""
        if isinstance(part, str):
            return self._places.setdefault(part, len(self._places))
        if part.tag not in _SHARED:
            return self._element(part)
        known = self._known.get(part)
        if known is None:
            known = self._known[part] = self._element(part)
        return known

    def _element(self, part: Element) -> int:
        kind = self._kinds.setdefault((part.tag, part.attributes), len(self._kinds))
        entry = (kind, *map(self.add, part.children))
        return self._places.setdefault(entry, len(self._places))

    def data(self, **beside: object) -> str:
        """Write all as JSON that may stand in a script element."""
        parts = [visible(part) if isinstance(part, str) else part for part in self._places]
        kinds = [(tag, [(name, visible(value)) for name, value in given]) for tag, given in self._kinds]
        text = json.dumps({"kinds": kinds, "parts": parts, **beside}, ensure_ascii=False, separators=(",", ":"))
        for char in _UNSAFE:
            text = text.replace(char, f"\\u{ord(char):04x}")
        return text
