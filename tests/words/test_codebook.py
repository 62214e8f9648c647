"""The book of codes: every code has its entry, in both languages, and every piece of a rubric in it does what it says.

An example that is a piece of a rubric stands at the top level of one; it is completed here by what it lacks.
"""

import re
from importlib.resources import files

import pytest
import yaml

from dangjian_score.core.diagnostics import Code, Diagnostic, Severity
from dangjian_score.words.say import LANGUAGES, Language, explained, order
from tests.test_bad import findings
from tests.words.sentences import is_chinese, is_english, names
from tests.words.unshown import UNSHOWN

HEADER = {"dangjian": "1", "rubric": "li", "title": "例"}
SECTIONS = "sections: [{{title: 例, max: {total}, rules: [{{deduct: 1, if: 例}}]}}]\n"
ENTRIES = {page.name.removesuffix(".yaml"): page for page in files("dangjian_score.words").joinpath("codes").iterdir()}
CODES = sorted(Code, key=order)
PIECES = [code for code in CODES if explained(code, "zh").shows_rubric]


def found_in(piece: str) -> tuple[Diagnostic, ...]:
    """Complete a piece to a rubric and validate it."""
    lacking = [f"{key}: {value}\n" for key, value in HEADER.items() if not re.search(f"^{key}:", piece, re.MULTILINE)]
    total = re.search(r"^total: (\S+)$", piece, re.MULTILINE)
    sections = "" if re.search("^sections:", piece, re.MULTILINE) else SECTIONS.format(total=total[1] if total else 100)
    return findings("".join((*lacking, piece, sections)).encode())


def errors(found: tuple[Diagnostic, ...]) -> set[Code]:
    return {finding.code for finding in found if finding.severity is Severity.ERROR}


def test_every_code_has_an_entry_and_every_entry_a_code() -> None:
    assert set(ENTRIES) == {str(code) for code in Code}


@pytest.mark.parametrize("code", CODES)
def test_an_entry_has_its_parts_and_no_others(code: Code) -> None:
    entry = yaml.safe_load(ENTRIES[code].read_text("utf-8"))
    assert {*entry} in ({"zh", "en"}, {"zh", "en", "before", "after"})
    for language in LANGUAGES:
        assert [*entry[language]] == ["says", "why", "mend"]


@pytest.mark.parametrize("code", CODES)
def test_both_languages_say_the_same_with_the_same_values(code: Code) -> None:
    chinese, english = names(explained(code, "zh").says), names(explained(code, "en").says)
    assert english <= chinese | {"unit", "measure"}


@pytest.mark.parametrize("code", CODES)
def test_chinese_is_chinese_and_english_is_english(code: Code) -> None:
    chinese, english = explained(code, "zh"), explained(code, "en")
    for text in (english.says, english.why, english.mend):
        assert is_english(text)
    for text in (chinese.says, chinese.why, chinese.mend):
        assert is_chinese(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_why_and_how_are_whole_and_short(code: Code, language: Language) -> None:
    page = explained(code, language)
    end, most = {"zh": ("。", 90), "en": (".", 260)}[language]
    for text in (page.why, page.mend):
        assert text.endswith(end)
        assert len(text) <= most


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_sentence_without_its_values_still_says_something(code: Code, language: Language) -> None:
    page = explained(code, language)
    assert len(re.findall(r"\w", page.short)) >= 2
    assert not re.search(r"[{}\[\]]", re.sub(r"\{register: true\}", "", page.sentence))


@pytest.mark.parametrize("code", PIECES)
def test_the_mistake_of_a_piece_is_found_and_mended(code: Code) -> None:
    page = explained(code, "zh")
    before, after = found_in(page.before), found_in(page.after)
    assert code in {finding.code for finding in before}
    assert errors(before) <= {code}
    assert code not in {finding.code for finding in after}
    assert not errors(after)


def test_every_code_has_an_example_or_a_reason_why_it_has_none() -> None:
    without = {code for code in CODES if not explained(code, "zh").before}
    assert not without - {*UNSHOWN}, "write `before` and `after` in words/codes/, or the reason in words/unshown.py"
    assert not {*UNSHOWN} - without, "these have an example now: take them out of words/unshown.py"
