"""Attribute values that no condition names: an error close to a named value, else counted in a note."""

from collections.abc import Mapping

import pytest

from dangjian_score.core.diagnostics import Code, Diagnostic
from dangjian_score.core.names import near_name
from dangjian_score.words.say import load_words
from tests.scenes import attempt, of_unit
from tests.support import rubric

KINDS = """
total: 100
attributes: [类型]
sections:
  - {id: A, title: 学习, max: 60, rules: [{deduct: 2, per: 缺席次数}]}
  - id: B
    title: 阵地
    max: 40
    items:
      - {id: B1, title: 村部, only: {类型: 村}, max: 40, rules: [{award: 40, if: 有村部}]}
      - {id: B2, title: 中心, only: {类型: [社区, 企业]}, max: 40, rules: [{deduct: 2, per: 缺项数}]}
"""
DECLARED = "measures: {类型: {levels: [村, 社区, 企业, 行政村]}}\n" + KINDS
FULL = {"缺席次数": "1", "有村部": "是", "缺项数": "3"}


def found(text: str, *kinds: str, **more: str) -> list[Diagnostic]:
    units = {f"{at}支部": {"facts": {**FULL, **more, "类型": kind}} for at, kind in enumerate(kinds)}
    return [*attempt(rubric(text), units)[1]]


def codes_and_cells(diagnostics: list[Diagnostic]) -> list[tuple[str, str]]:
    told = (finding for finding in diagnostics if finding.code is not Code.OUT_OF_SCOPE)
    return sorted((str(finding.code), finding.place.cell or "") for finding in told)


def message(diagnostics: list[Diagnostic], code: str) -> str:
    return next(load_words("zh").message(finding) for finding in diagnostics if finding.code == code)


@pytest.mark.parametrize("kind", ["行政村", "村委", "国有企业", "社区党委"])
def test_a_value_that_is_nearly_named_is_an_error(kind: str) -> None:
    assert codes_and_cells(found(KINDS, kind, "村", "社区")) == [("E086", "B2")]


def test_the_error_says_what_is_meant_and_the_way_out() -> None:
    text = message(found(KINDS, "行政村", "村", "社区"), "E086")
    assert text.startswith("“类型”里的“行政村”不是细则里有的值（有的是：村、社区、企业）；是不是“村”；")
    assert "levels" in text


def test_one_line_counts_what_nothing_names() -> None:
    diagnostics = found(KINDS, "村", "两新", "社区", "机关", "两新")
    assert codes_and_cells(diagnostics) == [("N017", "B3")]
    assert "“类型”的这些值细则里没有点到：两新 2、机关 1（点到的是：村、社区、企业）" in message(diagnostics, "N017")


def test_sections_that_are_for_nobody_therefore() -> None:
    diagnostics = found(KINDS, "两新", "村")
    told = [(str(finding.code), dict(finding.args).get("node", "")) for finding in diagnostics]
    assert [one for one in told if one[0] != "N034"] == [("N017", ""), ("W015", "B2")]
    assert message(diagnostics, "W015").startswith("“B2 中心”（类型：社区、企业）没有一个单位适用")
    assert codes_and_cells(found(KINDS, "村", "村")) == []  # nothing is misspelt, there is only no such unit


def test_of_nodes_for_nobody_the_upper_one_is_named() -> None:
    text = KINDS.replace("title: 阵地", "title: 阵地\n    only: {类型: [村, 社区, 企业]}")
    assert [dict(finding.args)["node"] for finding in found(text, "两新") if finding.code == "W015"] == ["B"]


def test_declared_levels_are_the_way_out() -> None:
    assert codes_and_cells(found(DECLARED, "行政村", "村", "社区")) == []
    result, _ = attempt(rubric(DECLARED), {"甲": {"facts": {**FULL, "类型": "行政村"}}})
    assert result is not None
    # B is for others: 58 of the 60 that apply, of 100 in all
    assert str(float(of_unit(result, "甲").total)) == "96.67"


@pytest.mark.parametrize(("kind", "near"), [("行政村组", "行政村"), ("两新", ""), ("无", "")])
def test_what_is_not_declared_is_an_error(kind: str, near: str) -> None:
    diagnostics = found(DECLARED, kind, "村", "社区")
    assert codes_and_cells(diagnostics) == [("E086", "B2")]
    args = dict(diagnostics[0].args)
    assert (args["found"], args["near"], args["levels"]) == (kind, near, "村、社区、企业、行政村")


def test_a_section_is_for_nobody_although_all_values_are_declared() -> None:
    assert codes_and_cells(found(DECLARED, "行政村", "社区")) == [("W015", "")]


def test_another_spelling_of_a_named_value_is_that_value() -> None:
    assert codes_and_cells(found(KINDS, " 社 区", "企业", "村")) == [("N016", "B2")]


def test_one_cause_is_one_finding() -> None:
    only = "attributes: [类型]\nsections: [{title: 村, only: {类型: 村}, max: 5, rules: [{deduct: 1, per: 缺}]}]\n"
    units: Mapping[str, Mapping[str, object]] = {"甲": {"facts": {"类型": "行政村", "缺": "1"}}}
    assert codes_and_cells([*attempt(rubric(only), units)[1]]) == [("E086", "B2")]  # not also that nothing applies


def test_units_that_take_no_part_are_not_asked() -> None:
    text = KINDS + "excluded: [{title: 新成立, if: 新成立}]\n"
    units = {
        "一": {"facts": {**FULL, "类型": "行政村", "新成立": "是"}},
        "二": {"facts": {**FULL, "类型": "村", "新成立": "否"}},
    }
    assert codes_and_cells([*attempt(rubric(text), units)[1]]) == []
    units["一"]["facts"]["新成立"] = "否"
    assert [code for code, _ in codes_and_cells([*attempt(rubric(text), units)[1]])] == ["E086"]


@pytest.mark.parametrize(
    "condition",
    ["vetoes: [{title: 丙, if: {类型: 村}, total: 0}]", "excluded: [{title: 丙, if: {类型: {one_of: [村, 镇]}}}]"],
)
def test_conditions_outside_the_sections_name_values_too(condition: str) -> None:
    text = f"attributes: [类型]\nsections: [{{title: 甲, max: 5, rules: [{{deduct: 1, per: 缺}}]}}]\n{condition}\n"
    units: Mapping[str, Mapping[str, object]] = {"甲": {"facts": {"类型": "行政村", "缺": "1"}}}
    assert [str(finding.code) for finding in attempt(rubric(text), units)[1]] == ["E086"]


def test_attributes_that_only_part_selections_or_stand_in_tables_are_not_looked_at() -> None:
    text = """
attributes: [片区, 类型]
sections:
  - {id: A, title: 甲, max: 5, rules: [{deduct: 1, per: 缺}]}
  - {id: B, title: 乙, max: 5, rules: [{award: {村: 5, 社区: 4}, by: 类型, else: 3}]}
selections: [{title: 先进, places: 1, within: 片区}]
"""
    units: Mapping[str, Mapping[str, object]] = {"甲": {"facts": {"片区": "东片", "类型": "行政村", "缺": "1"}}}
    result, diagnostics = attempt(rubric(text), units)
    assert (result is not None, [*diagnostics]) == (True, [])


@pytest.mark.parametrize(
    ("value", "known", "near"),
    [
        ("行政村", ("社区", "村"), "村"),
        ("村", ("行政村", "社区"), "行政村"),
        ("机关党之部", ("机关党支部", "村"), "机关党支部"),
        ("两新", ("村", "社区"), ""),
        ("三类", ("一类", "二类"), ""),  # numbers and letters are different on purpose
        ("Ｂ类", ("A类",), ""),
        ("城市", ("农村",), ""),
        ("任何", (), ""),
    ],
)
def test_when_a_name_is_near(value: str, known: tuple[str, ...], near: str) -> None:
    assert near_name(value, known) == near


SCOPED = """attributes: [类型]
sections:
  - {id: A, title: 甲, max: 5, only: {类型: 村}, rules: [{award: 5, if: 有村部}, {deduct: 1, per: 欠账}]}
  - {id: B, title: 乙, max: 5, rules: [{deduct: 1, per: 缺席}, {deduct: 1, per: 欠账, only: {类型: 社区}}]}
vetoes: [{title: 否决, if: 造假, total: 0}]
"""


def test_cells_outside_the_scope_of_all_rules_are_counted_by_column() -> None:
    """有村部 is for villages, 欠账 for villages and communities, 缺席 and 造假 for all: six, then one cell are idle."""
    kinds = {"甲": "村", "乙": "社区", "丙": "两新", **{f"丁{at}": "社区" for at in range(4)}}
    entered = {"有村部": "是", "欠账": "1", "缺席": "0", "造假": "否"}
    units = {name: {"facts": {"类型": kind, **entered}} for name, kind in kinds.items()}
    _, diagnostics = attempt(rubric(SCOPED), units)
    idle = [(finding.place.cell, dict(finding.args)) for finding in diagnostics if finding.code is Code.OUT_OF_SCOPE]
    assert idle == [
        ("C3", {"measure": "有村部", "count": "6", "cells": "C3 C4 C5 C6 C7", "more": "…"}),
        ("D4", {"measure": "欠账", "count": "1", "cells": "D4", "more": ""}),
    ]
