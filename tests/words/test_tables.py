"""Every text exists in both languages and asks for the same values."""

from collections import Counter

import pytest

from dangjian_score.words import en, zh
from dangjian_score.words.say import load_words
from tests.words.sentences import is_chinese, is_english, names


def test_both_languages_say_the_same_with_the_same_values() -> None:
    assert set(zh.TEXTS) == set(en.TEXTS)
    filled = {key for key in zh.TEXTS if not key.startswith("term.")}
    assert not {key for key in filled if not names(en.TEXTS[key]) <= names(zh.TEXTS[key]) | {"unit", "measure"}}


def test_english_is_english() -> None:
    assert not [key for key, text in en.TEXTS.items() if not is_english(text)]


def test_chinese_is_chinese() -> None:
    assert not [key for key, text in zh.TEXTS.items() if not is_chinese(text)]


@pytest.mark.parametrize("language", [zh, en])
def test_no_key_stands_twice(language: object) -> None:
    tables = [getattr(language, name).TEXTS for name in ("rules", "screen", "sheets", "papers")]
    assert not [key for key, count in Counter(key for table in tables for key in table).items() if count > 1]


def test_optional_parts_fall_away() -> None:
    words = load_words("zh")
    assert words.fill("甲[，乙 {x}]丙", x="") == "甲丙"
    assert words.fill("甲[，乙 {x}]丙", x="1") == "甲，乙 1丙"
    assert words.fill("{x!t}", x="tab") == zh.TEXTS["term.tab"]
    assert words.fill("{x!t}", x="rule") == "一条规则，如 {deduct: 1, if: …}"


def test_english_words_for_a_count() -> None:
    words = load_words("en")
    assert words.fill("{count} {count:month|months}", count="1") == "1 month"
    assert words.fill("{count} {count:month|months}", count="12") == "12 months"
    assert words.fill("[{count} {count:point is|points are} left]", count="0.5") == "0.5 points are left"
    assert words.fill("a[ {count} {count:month|months}]", count="") == "a"
    assert words.text("counted", errors="1", warnings="0", notes="2") == "1 error, 0 warnings, 2 notes"
