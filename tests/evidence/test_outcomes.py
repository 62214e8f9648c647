"""Result files read back: what `score` writes is what it reads, and anything else is said to be what it is."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dangjian_score.core import limits
from dangjian_score.core.diagnostics import Code, Diagnostic, Place
from dangjian_score.core.facts import Value
from dangjian_score.core.watching import unwatched
from dangjian_score.engine.compare import ComparedResult, outcome_of
from dangjian_score.evidence.outcomes import read_outcome
from dangjian_score.report.as_json import failure_json, result_json
from dangjian_score.report.view import view_of
from dangjian_score.words.say import LANGUAGES, load_words
from tests.support import rubric, scored, scored_table

LOADED = rubric(
    """
total: 10
sections:
  - {id: A, title: 甲, max: 10, items: [
      {id: A1, title: 甲一, max: 1/3, rules: [{award: 1/3, if: 计划}]},
      {id: A2, title: 甲二, max: 29/3, rules: [{deduct: 1/3, per: 次数}]}]}
  - {id: B, title: 乙, kind: penalty, rules: [{deduct: 1, per: 次数}]}
excluded: [{title: 新成立, if: 新}]
grades: {优秀: 8, 差: 0}
"""
)


def result(**counts: int) -> tuple[bytes, ComparedResult]:
    """Score units by a count of theirs; give the file and what is compared of it."""
    units: dict[str, dict[str, Value]] = {
        name: {"次数": Fraction(count), "计划": count == 0, "新": count > 9} for name, count in counts.items()
    }
    done = scored(LOADED, **units)
    return result_json(view_of(done, LOADED.source, (), load_words("zh")), unwatched), outcome_of(done, LOADED.source)


DATA, OUTCOME = result(一=0, 二=3, 三=10)


def changed(change: Callable[[Any], None]) -> bytes:
    document = json.loads(DATA)
    change(document)
    return json.dumps(document, ensure_ascii=False).encode()


def refused(data: bytes) -> list[tuple[Code, dict[str, str]]]:
    read = read_outcome(data, "r.json")
    assert not isinstance(read, ComparedResult)
    for one in read:
        for language in LANGUAGES:
            assert load_words(language).message(one)
    return [(one.code, dict(one.args)) for one in read]


@given(st.dictionaries(st.sampled_from("甲乙丙丁戊"), st.integers(0, 12), min_size=1))
def test_what_was_written_is_read(counts: dict[str, int]) -> None:
    data, outcome = result(**counts)
    read = read_outcome(data, "r.json")
    assert isinstance(read, ComparedResult)
    assert read == (outcome if outcome.units else replace(outcome, places=0, total_places=0))


def test_points_that_are_written_rounded_are_read_exactly() -> None:
    def rounded(document: Any) -> None:
        document["units"][0]["nodes"][0]["nodes"][1] |= {"points": "7.33", "exact": "22/3"}

    read = read_outcome(changed(rounded), "r.json")
    assert isinstance(read, ComparedResult)
    section = read.units[0].sections[None][0]
    assert section.nodes[1].points == Fraction(22, 3)


def test_rounds_and_a_byte_order_mark() -> None:
    loaded = rubric(
        "rounds: {平时: 10%, 年终: 90%}\nsections: [{id: A, title: 甲, max: 5, rules: [{award: 5, if: 好}]}]\n"
    )
    done, _ = scored_table(loaded, [{"党支部": "一", "轮次": one, "好": "是"} for one in ("平时", "年终")])
    assert done is not None
    data = result_json(view_of(done, loaded.source, (), load_words("en")), unwatched)
    assert read_outcome(b"\xef\xbb\xbf" + data, "r.json") == outcome_of(done, loaded.source)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no json"),
        (b"{", "no json"),
        (DATA[:-3], "no json"),
        (DATA.decode().encode("gbk", "replace"), "gbk json"),
        (DATA[:200] + b"\xff" + DATA[200:], "no json"),
        (DATA.decode().encode("utf-16"), "utf-16 json"),
        (DATA.decode().encode("utf-16-le"), "utf-16 json"),
        (b'\0{\0"\0a\0"\0:\x001\0}', "utf-16 json"),
        (b"[" * 100_000, "too deep"),
        (b'{"a":' * 100_000, "too deep"),
        (b"[]", "no result"),
        (b"{}", "no result"),
        (b'"x"', "no result"),
        (b'{"schema": 1}', "no result"),
        (b'{"schema": "x/1"}', "no result"),
        (b'{"schema": "dangjian.result/2"}', "other schema"),
        (b'{"schema": "dangjian.comparison/1", "diagnostics": []}', "other schema"),
        (failure_json(None, None, (Diagnostic(Code.NO_UNITS, Place("e.csv")),), load_words("zh")), "failed run"),
        (b" " * (limits.MAX_RESULT + 1), "too large result"),
        (b'{"a": [' + b"{}," * 500_000 + b"{}]}", "too many values"),
        (b'{"a": "' + b"a" * 1_000_000 + b'"}', "long text"),
        (b'{"a": NaN}', "no json"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "no json"),
    ],
    ids=range(23),
)
def test_what_is_no_result(data: bytes, reason: str) -> None:
    ((code, told),) = refused(data)
    assert (code, told["reason"]) == (Code.NO_RESULT, reason)


def test_damaged_json_is_pointed_at() -> None:
    (found,) = (one for one in read_outcome(b'{\n "schema" 1}', "r.json") if isinstance(one, Diagnostic))  # type: ignore[union-attr]
    assert str(found.place) == "r.json:2:11"


def set_to(value: object, *path: str | int) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


def left_out(*path: str | int) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


FIRST = ("units", 0, "nodes", 0)


@pytest.mark.parametrize(
    ("change", "at", "expected"),
    [
        (set_to("9,5", "units", 1, "total"), "units/1/total", "json decimal"),
        (set_to(9.5, "units", 1, "total"), "units/1/total", "json decimal"),
        (set_to("1e3", *FIRST, "points"), "units/0/nodes/0/points", "json decimal"),
        (set_to("NaN", *FIRST, "points"), "units/0/nodes/0/points", "json decimal"),
        (set_to("9" * 31, *FIRST, "points"), "units/0/nodes/0/points", "json decimal"),
        (set_to(17, *FIRST, "max"), "units/0/nodes/0/max", "json decimal"),
        (set_to("basis", *FIRST, "kind"), "units/0/nodes/0/kind", "json kind"),
        (set_to(7, *FIRST, "id"), "units/0/nodes/0/id", "json text"),
        (set_to({}, *FIRST, "nodes"), "units/0/nodes/0/nodes", "json list"),
        (set_to([1], *FIRST, "nodes"), "units/0/nodes/0/nodes/0", "json object"),
        (set_to("1", "units", 0, "rank"), "units/0/rank", "json whole"),
        (set_to(0, "units", 0, "rank"), "units/0/rank", "json whole"),
        (set_to(1.5, "units", 0, "rank"), "units/0/rank", "json whole"),
        (set_to([], "units", 0, "rounds"), "units/0/rounds", "json object"),
        (set_to("x", "excluded"), "excluded", "json list"),
        (set_to(None, "rubric", "title"), "rubric/title", "json text"),
        (left_out("rubric", "sha256"), "rubric/sha256", "json missing"),
        (left_out("units", 0, "grade"), "units/0/grade", "json missing"),
        (left_out("units"), "units", "json missing"),
        (set_to(" 二", "units", 0, "unit"), "units/1/unit", "json once"),
        (set_to("B", *FIRST, "nodes", 0, "id"), "units/0/nodes", "json once"),
    ],
)
def test_what_is_wrong_in_a_result(change: Callable[[Any], None], at: str, expected: str) -> None:
    ((code, told),) = refused(changed(change))
    assert (code, told["at"], told["expected"]) == (Code.RESULT_DAMAGED, at, expected)


def test_nodes_nested_without_end_are_too_deep() -> None:
    node = '{"id":"x","title":"x","kind":"base","max":null,"points":"1","nodes":['
    deep = changed(set_to("HERE", *FIRST, "nodes")).decode().replace('"HERE"', f"[{node * 5000}{']}' * 5000}]")
    assert refused(deep.encode())[0][1]["reason"] == "too deep"


def test_at_most_twenty_findings_of_one_file() -> None:
    unit = json.loads(DATA)["units"][0]
    assert len(refused(changed(set_to([unit] * 30, "units")))) == 20


def test_what_is_wrong_with_one_unit_is_not_said_of_all() -> None:
    found = refused(changed(set_to([{}] * 30, "units")))
    assert [told["at"] for _, told in found] == [
        f"units/0/{key}" for key in ("unit", "rank", "total", "grade", "nodes")
    ]


@given(st.binary(max_size=60), st.integers(0, len(DATA)))
def test_any_bytes_are_answered(piece: bytes, at: int) -> None:
    for data in (piece, DATA[:at] + piece + DATA[at + len(piece) :]):
        assert isinstance(read_outcome(data, "r.json"), ComparedResult | tuple)
