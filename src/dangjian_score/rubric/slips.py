"""Slips that make YAML something else than it looks: white space that is none, full-width signs, a space left out.

Where the parser stumbles, the line is searched for them; where a key or value is refused, that alone. In the text of a
title all of this may stand.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import yaml

from dangjian_score.core.diagnostics import Code
from dangjian_score.rubric.source import RefusedError, Spot

ODD_SPACE: Final = "\u00a0\u00ad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u206f\u3000\u3164"
"""White space that YAML takes for letters, and characters that are not seen: for a class of a regular expression."""

_ODD: Final = re.compile(f"[{ODD_SPACE}]")
_BLANK: Final = re.compile(rf"[\s{ODD_SPACE}]")

_WIDE: Final = {
    "：": "wide",
    "，": "wide comma",
    "＃": "wide hash",
    **dict.fromkeys("｛｝", "wide brace"),
    **dict.fromkeys("［］", "wide bracket"),
    **dict.fromkeys("“”‘’＂＇", "wide quote"),
    **dict.fromkeys("－—–−‐―", "wide dash"),
}
"""What is said of a full-width sign where YAML wants the half-width one."""

_NEAR: Final = 200
"""Characters that are looked at before and after one."""
_PLAIN: Final = {"\t": "tab", ":": "no space after colon", "-": "no space after dash"}
"""What is said of signs that are right, but not where they stand or without a space after them."""

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
"""How a line may begin that the parser has taken for the beginning of a text, and stumbled over later."""
_INSIDE: Final = (
    rf"[{{,，][ ]*{_KEY}(?P<at>：)",
    rf"[{{,，][ ]*{_KEY}(?P<at>:)(?=[^\s,}}\]])",
    rf"(?P<at>，)[ ]*{_KEY}[ ]*[:：]",
    r"(?P<at>[｝］])[ ]*(?:[,，}\]｝］]|$)",
    r"(?:[:,{\[]|^[ ]*-)[ ]*(?P<at>[“”‘’＂＇])",
)
"""What may be wrong with a line that the parser stumbles over itself."""
_QUOTED_OR_COMMENT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|(?:^|(?<=\s))#.*')


class Slip(NamedTuple):
    """A slip: where it is in the line or text, counted from 0, and what is said of it (nothing yet of white space)."""

    at: int
    hint: str

    def args_at(self, line: str, column: int) -> dict[str, str]:
        """Give what its sentence is made from, where it stands in a line of the file, counted from 0."""
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
    """Point at the slip that most likely made the parser stumble, or else at what it stumbled over."""
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
    """Search the lines that may be to blame: those of what was being read, then the one a text went on from."""
    context = error.context or ""
    first = error.context_mark.line if error.context_mark and ("simple key" in context or "flow" in context) else at
    for number in range(min(first, at), at + 1):
        yield number, _slip_of_line(lines[number], (*_SPACES, *_STARTS, *_INSIDE)) or _open(lines[number])
    if "mapping values" in (error.problem or ""):
        before = next((number for number in range(at - 1, -1, -1) if lines[number].strip()), at)
        yield before, _slip_of_line(lines[before], (*_SPACES, *_STARTS))


def _slip_of_line(line: str, patterns: Iterable[str]) -> Slip | None:
    """Find the first of these slips outside of quotes and comments."""
    bare = _QUOTED_OR_COMMENT.sub(lambda part: "·" * len(part[0]), line)
    found = next(filter(None, (re.search(pattern, bare) for pattern in patterns)), None)
    return None if found is None else _slip(bare, found.start("at"))


def _open(line: str) -> Slip | None:
    """Find a comment that begins inside brackets."""
    if (comment := re.search(r"(?<=\s)#", line)) is None:
        return None
    before = line[: comment.start()]
    is_open = before.count("{") > before.count("}") or before.count("[") > before.count("]")
    return Slip(comment.start(), "comment in brackets") if is_open else None


def slip_of_key(key: str) -> Slip | None:
    """Find the slip that made a refused key of what should be more or less than one."""
    return _first(key, rf"[{ODD_SPACE}：，＃｛｝［］“”‘’＂＇]|^[－—–−‐―]|^-(?=\S)|:(?=\S)")


def slip_of_value(text: str) -> Slip | None:
    """Find the slip in a text that stands where a figure, a date, a name or an id is due."""
    return _first(text, rf"[{ODD_SPACE}：，＃｛｝［］“”‘’＂＇]|^[－—–−‐―]|^-(?=[^\s\d.])")


def slip_of_mapping(text: str, keys: frozenset[str]) -> Slip | None:
    """Find the slip in a text that stands where keys or a list are due: behind a known key, or a bracket or dash."""
    found = _first(text, r"^[｛［－—–−‐―]|^-(?=[^\s\d.])|：|:(?=\S)")
    return found if found is not None and (found.at == 0 or text[: found.at].strip() in keys) else None


def slip_of_member(text: str) -> Slip | None:
    """Find the sign in a member of a list in brackets that was meant to part it from the next one."""
    found = re.search("[，、；]", text)
    return None if found is None else Slip(found.start(), "list comma")


def odd_ends(key: str) -> Slip | None:
    """Find white space that is none at the beginning or the end of a key: it was meant to indent or to part it."""
    seen = next((at for at in range(len(key), 0, -1) if not _BLANK.match(key, at - 1)), 0)
    found = _ODD.match(key) or _ODD.search(key, seen)
    return None if found is None else _slip(key, found.start())


def odd_start(line: str) -> bool:
    """Tell whether a line begins with white space that is none."""
    return _ODD.match(line.lstrip(" ")) is not None


def meant(key: str, slip: Slip) -> str:
    """Give the key that was most likely meant: what stands before the slip, or without what is not seen around it."""
    return _BLANK.sub("", key) if slip.hint == "" else key[: slip.at]


def _first(text: str, pattern: str) -> Slip | None:
    found = re.search(pattern, text)
    return None if found is None else _slip(text, found.start())


def _slip(text: str, at: int) -> Slip:
    """Say what is wrong with a character."""
    return Slip(at, {**_WIDE, **_PLAIN}.get(text[at], ""))
