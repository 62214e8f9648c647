"""One name, one meaning: in all of the sources no two classes share a name."""

import re
from collections import Counter
from pathlib import Path

import dangjian_score

SOURCES = Path(dangjian_score.__file__).parent


def test_classes_have_names_of_their_own() -> None:
    texts = [path.read_text("utf-8") for path in SOURCES.rglob("*.py")]
    names = Counter(name for text in texts for name in re.findall(r"^class ([A-Z]\w*)", text, re.MULTILINE))
    assert len(names) > 500
    assert [name for name, count in names.items() if count > 1] == []
