"""Every sentence exists in both languages and asks for the same values."""

from collections.abc import Mapping

import pytest

from dangjian_score.words import en, zh
from dangjian_score.words.say import words
from tests.words.sentences import is_english, names

TABLES = ("TERMS", "LINES", "CLAUSES", "LABELS", "HELP", "SHEETS")


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_say_the_same_with_the_same_values(table: str) -> None:
    chinese: Mapping[str, str] = getattr(zh, table)
    english: Mapping[str, str] = getattr(en, table)
    assert set(chinese) == set(english)
    if table != "TERMS":
        differing = {key for key in chinese if not names(english[key]) <= names(chinese[key]) | {"unit", "measure"}}
        assert not differing


@pytest.mark.parametrize("table", TABLES)
def test_chinese_is_chinese_and_english_is_english(table: str) -> None:
    assert not [key for key, text in getattr(en, table).items() if not is_english(text)]


def test_optional_parts_fall_away() -> None:
    said = words("zh")
    assert said.fill("甲[，乙 {x}]丙", x="") == "甲丙"
    assert said.fill("甲[，乙 {x}]丙", x="1") == "甲，乙 1丙"
    assert said.fill("{x!t}", x="tab") == zh.TERMS["tab"]
    assert said.fill("{x!t}", x="rule") == "一条规则，如 {deduct: 1, if: …}"
