"""The workbooks of the intake as files, to be opened by hand: `python -m tests.evidence.corpus` writes them again."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

from tests.evidence.intake import CASES
from tests.support import ROOT

FOLDER: Final = ROOT / "tests" / "bad" / "evidence"
EXPECTED: Final = FOLDER / "expected.txt"
LARGEST: Final = 100_000
"""Bytes of a file that is kept; larger ones are only made for the test."""


def files() -> Mapping[str, bytes]:
    """Give every file by its name."""
    return {called(name): case.data for name, case in CASES.items() if len(case.data) <= LARGEST}


def called(name: str) -> str:
    """Name the file of a case."""
    return re.sub(r"[^\w.%+]+", "-", name).strip("-") + PurePath(CASES[name].file).suffix


def expected() -> str:
    """List what is found in each file, code and cell."""
    return "".join(f"{called(name)}: {case.found or 'nothing'}\n" for name, case in CASES.items())


def main() -> None:
    """Write all of them, and what is expected of them."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name, data in files().items():
        Path(FOLDER / name).write_bytes(data)
    EXPECTED.write_text(expected(), "utf-8")


if __name__ == "__main__":
    main()
