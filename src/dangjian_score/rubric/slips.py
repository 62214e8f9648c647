"""Typing slips in YAML: white space of other kinds, full-width signs, a missing space.

They are searched for in the line where the parser fails, and in keys and values that are refused. In a title all of
these characters are allowed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import yaml

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.source import RefusedError, Spot

ODD_SPACE: Final = "\u00a0\u00ad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u206f\u3000\u3164"
"""White space that YAML reads as letters, and invisible characters, as a class of a regular expression."""

_ODD: Final = re.compile(f"[{ODD_SPACE}]")
_BLANK: Final = re.compile(rf"[\s{ODD_SPACE}]")

_WIDE: Final = {
    "：": "wide",
    "，": "wide comma",
    **dict.fromkeys("、；", "brace comma"),
    "＃": "wide hash",
    **dict.fromkeys("｛｝", "wide brace"),
    **dict.fromkeys("［］", "wide bracket"),
    **dict.fromkeys("“”‘’＂＇", "wide quote"),
    **dict.fromkeys("－—–−‐―", "wide dash"),
}
"""The hint for each full-width sign that stands where YAML needs the half-width one."""

_NEAR: Final = 200
"""Characters of context on each side of a slip."""
_PLAIN: Final = {"\t": "tab", ":": "no space after colon", "-": "no space after dash"}
"""The hint for characters that are in the wrong place or lack a space after them."""

_KEY: Final = r"[^\s:：,，、{}\[\]｛｝［］“”‘’\"']+"
_START: Final = r"^[ ]*(?:-[ ]+)*"
_SPACES: Final = (
    rf"^(?:[ {ODD_SPACE}]|-(?=[\s{ODD_SPACE}]))*?(?P<at>[\t{ODD_SPACE}])",
    rf"[:,{{\[][ ]*(?P<at>[{ODD_SPACE}])",
    rf"(?P<at>[{ODD_SPACE}])[ ]*:(?:\s|$)",
)
_STARTS: Final = (
    rf"{_START}{_KEY}(?P<at>：)",
    rf"{_START}{_KEY}(?P<at>:)(?=[^\s:])(?!//)",
    r"^[ ]*(?P<at>[－—–−‐―])",
    r"^[ ]*(?:-[ ]+)*(?P<at>-)(?=[^\s-])",
    r"(?:^|\s)(?P<at>＃)",
    r"(?:^|[:,{\[]|^[ ]*-)[ ]*(?P<at>[｛［])",
)
"""Slips at the start of a line, which the parser reads as the start of a text and fails on later."""
_INSIDE: Final = (
    rf"[{{,，][ ]*{_KEY}(?P<at>：)",
    rf"[{{,，][ ]*{_KEY}(?P<at>:)(?=[^\s,}}\]])",
    rf"(?P<at>[，、；])[ ]*{_KEY}[ ]*[:：]",
    r"(?P<at>[｝］])[ ]*(?:[,，}\]｝］]|$)",
    r"(?:[:,{\[]|^[ ]*-)[ ]*(?P<at>[“”‘’＂＇])",
)
"""Slips within the line that the parser fails on."""
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_QUOTED_OR_COMMENT: Final = re.compile(rf"{_QUOTED.pattern}|(?:^|(?<=\s))#.*")
_COMMENT: Final = re.compile(r"\S[ \t]+(?P<at>#)")
_MORE_TEXT: Final = re.compile(r"[ ]+(?!-\s)[^\s:：#][^:：]*$")
"""A line that begins neither a key nor a member of a list: the text above goes on."""


class Slip(NamedTuple):
    """A slip: its index in the line or text, and its hint (empty for white space)."""

    at: int
    hint: str

    def args_at(self, line: str, column: int) -> dict[str, str]:
        """Return the arguments of its finding; `column` is its index in the line of the file."""
        if self.hint:
            return {"hint": self.hint}
        char = line[column]
        before, after = line[max(column - _NEAR, 0) : column].rstrip(" "), line[column + 1 : column + _NEAR].lstrip(" ")
        if not _BLANK.sub("", before):
            place = "indent"
        elif before.endswith("-"):
            place = "at dash"
        else:
            place = "at colon" if before.endswith(":") or after.startswith(":") else "here"
        spaces = {**dict.fromkeys("\u00a0\u2007\u202f", "no-break space"), "\u3000": "wide space"}
        kind = spaces.get(char, "other space" if char.isspace() else "unseen")
        return {"place": place, "space": kind, "point": f"U+{ord(char):04X}"}


def misread(text: str, error: yaml.MarkedYAMLError) -> RefusedError:
    """Return the error of the slip that most likely made the parser fail, else of the place where it failed."""
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    at = min(mark.line if mark else 0, len(lines) - 1)
    for number, slip in _suspects(lines, at, error):
        if slip is not None:
            args = slip.args_at(lines[number], slip.at)
            return RefusedError(Code.YAML_SYNTAX, Spot(number + 1, slip.at + 1), **args)
    column = mark.column + 1 if mark and mark.line == at else len(lines[at]) + 1
    return RefusedError(Code.YAML_SYNTAX, Spot(at + 1, column), hint="")


def _suspects(lines: list[str], at: int, error: yaml.MarkedYAMLError) -> Iterator[tuple[int, Slip | None]]:
    """Visit the lines that may hold the slip, with it: those of the node being read, then the line before a text."""
    context = error.context or ""
    first = error.context_mark.line if error.context_mark and ("simple key" in context or "flow" in context) else at
    for number in range(min(first, at), at + 1):
        yield number, _slip_of_line(lines[number], (*_SPACES, *_STARTS, *_INSIDE)) or _open(lines[number])
    if "mapping values" in (error.problem or ""):
        before = next((number for number in range(at - 1, -1, -1) if lines[number].strip()), at)
        yield before, _slip_of_line(lines[before], (*_SPACES, *_STARTS))
    if "did not find expected" in (error.problem or "") and _MORE_TEXT.match(lines[at]):
        before = next((number for number in range(at - 1, -1, -1) if lines[number].strip()), at)
        yield before, _comment(lines[before])


def _slip_of_line(line: str, patterns: Iterable[str]) -> Slip | None:
    """Return the first slip of these patterns outside of quotes and comments."""
    bare = _QUOTED_OR_COMMENT.sub(lambda part: "·" * len(part[0]), line)
    found = next(filter(None, (re.search(pattern, bare) for pattern in patterns)), None)
    return None if found is None else _slip(bare, found.start("at"))


def _open(line: str) -> Slip | None:
    """Return the slip of a comment that begins inside brackets."""
    if (comment := re.search(r"(?<=\s)#", line)) is None:
        return None
    before = line[: comment.start()]
    is_open = before.count("{") > before.count("}") or before.count("[") > before.count("]")
    return Slip(comment.start(), "comment in brackets") if is_open else None


def _comment(line: str) -> Slip | None:
    """Return the slip of a comment behind a value whose text goes on in the next line."""
    found = _COMMENT.search(_QUOTED.sub(lambda part: "·" * len(part[0]), line))
    return None if found is None else Slip(found.start("at"), "comment in text")


def slip_of_key(key: str) -> Slip | None:
    """Return the slip in a refused key."""
    return _first(key, rf"[{ODD_SPACE}：，＃｛｝［］“”‘’＂＇]|^[－—–−‐―]|^-(?=\S)|:(?=\S)")


def slip_of_value(text: str) -> Slip | None:
    """Return the slip in a refused figure, date, name or id."""
    return _first(text, rf"[{ODD_SPACE}：，＃｛｝［］“”‘’＂＇]|^[－—–−‐―]|^-(?=[^\s\d.])")


def slip_of_mapping(text: str, keys: frozenset[str]) -> Slip | None:
    """Return the slip in a text where a mapping or list is expected: after a known key, or a bracket or dash."""
    found = _first(text, r"^[｛［－—–−‐―]|^-(?=[^\s\d.])|：|:(?=\S)")
    return found if found is not None and (found.at == 0 or text[: found.at].strip() in keys) else None


def slip_of_member(text: str) -> Slip | None:
    """Return the slip of a separator of another width inside a member of a bracketed list."""
    found = re.search("[，、；]", text)
    return None if found is None else Slip(found.start(), "list comma")


def odd_ends(key: str) -> Slip | None:
    """Return the slip of odd white space at the beginning or the end of a key."""
    seen = next((at for at in range(len(key), 0, -1) if not _BLANK.match(key, at - 1)), 0)
    found = _ODD.match(key) or _ODD.search(key, seen)
    return None if found is None else _slip(key, found.start())


def odd_start(line: str) -> bool:
    """Return whether a line begins with odd white space."""
    return _ODD.match(line.lstrip(" ")) is not None


def meant(key: str, slip: Slip) -> str:
    """Return the key that was most likely meant: the part before the slip, or the key without odd white space."""
    return _BLANK.sub("", key) if slip.hint == "" else key[: slip.at]


def _first(text: str, pattern: str) -> Slip | None:
    found = re.search(pattern, text)
    return None if found is None else _slip(text, found.start())


def _slip(text: str, at: int) -> Slip:
    """Return the slip of a character."""
    return Slip(at, {**_WIDE, **_PLAIN}.get(text[at], ""))
