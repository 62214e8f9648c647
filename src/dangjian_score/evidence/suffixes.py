"""What the names of files say of them: evidence, tables that must be saved otherwise, and what is no table."""

import re
from pathlib import PurePath
from typing import Final, Literal
from unicodedata import normalize

SUFFIXES: Final = (".xlsx", ".xlsm", ".csv", ".parquet")
"""What evidence files end in."""
WORKBOOKS: Final = frozenset({
    ".xls", ".xlt", ".et", ".ett", ".xlsb", ".xltx", ".xltm", ".ods", ".ots", ".fods", ".xml", ".htm", ".html", ".mht",
    ".mhtml",
})  # fmt: skip
"""What other tables end in that are told by their contents: what they really are is said by name."""
TABLES: Final = frozenset({
    ".123", ".accdb", ".dbf", ".dif", ".gnumeric", ".mdb", ".numbers", ".prn", ".slk", ".sxc", ".tab", ".tsv", ".uos",
    ".wk1", ".wks",
})  # fmt: skip
"""What tables end in that nobody reads here."""
ARCHIVES: Final = frozenset({
    ".7z", ".arj", ".bz2", ".cab", ".gz", ".iso", ".lzh", ".rar", ".tar", ".tgz", ".xz", ".z", ".zip", ".zst",
})  # fmt: skip
"""What archives end in, in which tables may be."""

_DOCUMENTS: Final = frozenset({
    ".doc", ".docm", ".docx", ".dot", ".dotx", ".dps", ".dpt", ".epub", ".key", ".mpp", ".msg", ".odp", ".odt", ".ofd",
    ".pages", ".pot", ".potx", ".pps", ".ppsx", ".ppt", ".pptm", ".pptx", ".vsd", ".vsdx", ".wps", ".wpt", ".xmind",
    ".xps",
})  # fmt: skip
"""What documents end in that are archives or containers inside, as workbooks are."""
_CONTAINERS: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
)  # fmt: skip
"""How archives begin, and the files of older programs."""
_LOCKS: Final = re.compile(r"~\$.*|\.~.*|~.*\.tmp|\.~lock\..*#", re.IGNORECASE | re.DOTALL)
_OF_THE_SYSTEM: Final = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"})

Kind = Literal["lock", "hidden", "table", "document", "unknown"]


def suffix_of(name: str) -> str:
    """Give what a file's name ends in, in lower case."""
    return PurePath(name).suffix.lower()


def kind_of(name: str) -> Kind:
    """Say what the name of a file or folder promises: a `table` is evidence, or refused with a way out.

    Names that were damaged on their way (`证据．xlsx`, `证据.csv.bak`, `证据.csv.txt`) still promise a table.
    """
    if _LOCKS.fullmatch(name):
        return "lock"
    if name.startswith(".") or name.lower() in _OF_THE_SYSTEM:
        return "hidden"
    ends = PurePath(normalize("NFKC", name).replace("。", ".").strip(" .")).suffixes
    last = ends[-1].lower() if ends else ""
    if last in TABLES | ARCHIVES | WORKBOOKS or last in SUFFIXES:
        return "table"
    if last in _DOCUMENTS:
        return "document"
    inner = {re.split(r"\W", end[1:].lower())[0] for end in ends}
    damaged = any(f".{end}" in WORKBOOKS or f".{end}" in SUFFIXES for end in inner)
    return "table" if damaged else "unknown"


def is_container(start: bytes) -> bool:
    """Tell by its first bytes a file in which a table may be, as in archives and in what older programs save."""
    return start.startswith(_CONTAINERS)
