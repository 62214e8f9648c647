"""Sentences about limits say the limits there are."""

import pytest

from dangjian_score.core import limits
from dangjian_score.words.say import load_words

MILLION = 1_000_000
FIGURES = {
    "too large result": [f"{limits.MAX_RESULT // MILLION} MB"],
    "pack too large": [f"{limits.MAX_PACK // MILLION} MB", f" {limits.MAX_RATIO} ", f"{limits.MAX_PARTS:,}"],
    "beyond a pack": [
        f"{(limits.MAX_PACK - limits.MAX_MANIFEST) // MILLION} MB",
        f"{limits.MAX_RESULT // MILLION} MB",
        f"{limits.MAX_PARTS:,}",
    ],
    "too many files": [f"{limits.MAX_FILES:,}"],
    "too much evidence": [f"{limits.MAX_EVIDENCE // MILLION:,} MB"],
    "too large": [f"{limits.MAX_EVIDENCE_FILE // MILLION} MB", f"{limits.MAX_BOOK_XML // MILLION} MB"],
}


@pytest.mark.parametrize("key", FIGURES)
def test_limits_are_said_as_they_are(key: str) -> None:
    for language in ("zh", "en"):
        said = load_words(language).texts[f"term.{key}"]
        assert [figure for figure in FIGURES[key] if figure not in said] == [], language


def test_large_limits_are_said_in_the_words_of_each_language() -> None:
    zh, en = (load_words(language).texts for language in ("zh", "en"))
    assert f"{limits.MAX_CELLS // 10_000} 万" in zh["term.too many cells"]
    assert f"{limits.MAX_UNLIKE_CELLS // 10_000} 万" in zh["term.too many cells"]
    assert f"{limits.MAX_BOOK_ROWS // 10_000} 万行" in zh["term.too large"]
    assert f"{limits.MAX_JSON_VALUES // 10_000} 万个" in zh["term.too many values"]
    assert f"{limits.MAX_JSON_VALUES:,}" in en["term.too many values"]
    assert f" {limits.JSON_DENSITY} " in zh["term.too many values"]
    assert f" {limits.JSON_DENSITY} " in en["term.too many values"]
