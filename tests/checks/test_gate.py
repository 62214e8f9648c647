"""`validate` reports all errors in one run, each on its line, and none that only follows from another."""

import random
import re
from pathlib import Path

import pytest

from dangjian_score.checks.gate import check, validate
from dangjian_score.checks.study import Study
from dangjian_score.core.diagnostics import Code, Severity
from dangjian_score.rubric.load import MAX_FINDINGS, MAX_TEXT, BrokenRubric, load
from tests.sampling import runs, sampled
from tests.support import HEAD, ROOT

LEAF = "sections: [{id: A, title: 甲, max: 9, rules: [{deduct: 1, if: 缺}]}]\n"
INNER = "sections:\n- title: 甲\n  max: 9\n  items: [{title: 乙, max: x, rules: [{deduct: 1, if: 缺}]}]\n"
TWENTY = Path(__file__).with_name("twenty.yaml")
SHIPPED = [path for path in sorted((ROOT / "rubrics").glob("*.yaml")) if "cases" not in path.name]


def errors_in(text: str) -> list[tuple[str, int | None]]:
    return [
        (str(finding.code), finding.place.line)
        for finding in validate(text.encode(), "r.yaml")[1]
        if finding.code[0] == "E"
    ]


def test_more_than_twenty_mistakes_of_every_sort_come_in_one_run_each_on_its_line() -> None:
    text = TWENTY.read_text("utf-8")
    marks = ((at, re.search(r"# expect: (.*)$", line)) for at, line in enumerate(text.split("\n"), 1))
    expected = [(code, at) for at, match in marks if match for code in match[1].split()]
    assert len(expected) > 20
    assert sorted(errors_in(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A max that cannot be read leaves the sums above it open, as far as they take it.
        pytest.param(
            "total: 9\n" + INNER,
            [("E012", 9)],
            id="sum-open",
        ),
        pytest.param(
            "total: 8\n" + INNER,
            [("E051", 5), ("E012", 9)],
            id="sum-above-known",
        ),
        pytest.param(
            "total: 8\nsections:\n- title: 甲\n  items: [{title: 乙, max: x, rules: [{deduct: 1, if: 缺}]}]\n",
            [("E012", 8)],
            id="sum-above-open",
        ),
        # A rule that cannot be read leaves its item's points alone, and the measures it names in use.
        pytest.param(
            "total: 8\nmeasures: {缺: {hint: 甲}}\nsections: [{title: 甲, max: 9, rules: [{deduct: x, if: 缺}]}]\n",
            [("E051", 5), ("E012", 7)],
            id="rule-gone",
        ),
        # The grade that starts at 0 cannot be read: whether there is one stays open.
        pytest.param(
            "grades: {好: 60, 差: x}\nsections: [{title: 甲, max: 9, rules: [{deduct: 1, if: 缺}]}]\n",
            [("E012", 5)],
            id="grade-gone",
        ),
        # The section that a tie is broken by has an id that cannot be read.
        pytest.param(
            "tie_break: [A_]\nsections: [{id: A_, title: 甲, max: 9, rules: [{deduct: 1, if: 缺}]}]\n",
            [("E012", 5), ("E012", 6)],
            id="id-gone",
        ),
        pytest.param(
            LEAF + "vetoes: [{title: 乙, if: 差, grade: 丁}]\ngrades: {丁: {at_lest: 0}}\n",
            [("E008", 7)],
            id="grade-named-though-broken",
        ),
    ],
)
def test_what_only_follows_from_a_mistake_is_not_reported(text: str, expected: list[tuple[str, int]]) -> None:
    assert errors_in(HEAD + text) == expected


@pytest.mark.parametrize("path", sampled(SHIPPED, 3), ids=lambda path: path.stem)
def test_one_mistake_in_a_right_rubric_never_makes_others(path: Path) -> None:
    """Whatever is spoilt, the checks find nothing wrong with the rest, for nothing else is."""
    chance = random.Random(path.stem)  # noqa: S311  a test repeats itself
    text, broken = path.read_text("utf-8"), 0
    words = [match.span() for match in re.finditer(r"(?<=[ {\[])[^\s,:{}\[\]#]+(?=[,:}\]\n])", text)]
    for _ in range(runs(40, 16)):
        start, end = chance.choice(words)
        word = text[start:end]
        spoilt = text[:start] + chance.choice(["0_1", "{x: y}", "''", f"[{word}]", f"!t {word}"]) + text[end:]
        loaded = load(spoilt.encode(), path.name)
        if isinstance(loaded, BrokenRubric) and loaded.rest is not None:
            broken += 1
            found = validate(spoilt.encode(), path.name)[1]
            wrong = [
                finding for finding in found if finding.severity is Severity.ERROR and finding not in loaded.findings
            ]
            # What the spoilt place named is gone with it: that it is unused is true.
            assert not {finding.code for finding in wrong} - {Code.MEASURE_UNUSED}, spoilt[
                max(0, start - 80) : end + 80
            ]
    assert broken > runs(5, 1)


def test_a_rest_without_its_broken_parts_is_a_rubric_of_its_own() -> None:
    loaded = load(TWENTY.read_bytes(), "r.yaml")
    assert isinstance(loaded, BrokenRubric)
    assert loaded.rest is not None
    assert check(Study(loaded.rest))
    assert [item.title for item in loaded.rest.rubric.sections[0].items] == ["甲", "乙", "丙", "丁", "戊", "—"]


def test_a_file_of_nothing_but_mistakes_is_reported_up_to_the_limit() -> None:
    text = HEAD + "".join(f"键{at}: 1\n" for at in range(5_000))
    _, found = validate(text.encode(), "r.yaml")
    assert len(found) == MAX_FINDINGS + 1
    assert (str(found[-1].code), dict(found[-1].args)) == ("N012", {"shown": "200"})


def test_a_key_that_is_no_text_at_the_top_hides_no_unknown_name() -> None:
    text = HEAD + "{0}: 1\nsections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\ntie_break: [B]\n"
    _, found = validate(text.encode(), "r.yaml")
    assert [str(finding.code) for finding in found] == ["E004", "E071"]


def test_errors_come_before_warnings_and_notes() -> None:
    """Warnings come first in the text; the error is reported all the same."""
    bands = ", ".join(f"{{deduct: 1, if: {{次: {{above: {at}, below: {at + 9}}}}}}}" for at in range(MAX_FINDINGS + 50))
    text = HEAD + f"sections: [{{title: 甲, max: 5, rules: [{bands}]}}]\ntie_break: [B]\n"
    study, found = validate(text.encode(), "r.yaml")
    assert study is None
    assert len(found) == MAX_FINDINGS + 1
    assert [str(finding.code) for finding in found[-2:]] == ["E071", "N012"]


def test_what_a_finding_repeats_is_clipped() -> None:
    text = HEAD + f"{'键' * 1_000}: 1\nsections: [{{title: 甲, max: 5, rules: [{{deduct: 1, if: 缺}}]}}]\n"
    (found,) = validate(text.encode(), "r.yaml")[1]
    assert dict(found.args)["key"] == "键" * MAX_TEXT + "…"
