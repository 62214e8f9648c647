"""Where a key or value is refused, the finding names the form that would work."""

from pathlib import Path

import pytest

from tests.support import HEAD, run

RANGE = "在一个范围里酌情的，写 {from: 1, to: 5}，依据用 judge"
COLUMN = "每件几分写在台账一列里的，分值写 1，另写 times: {列名: value}"
FACTOR = "符合这一列就乘的，写倍数，如 {主动报告: 50%}；直接乘这一列的数的，写 {列名: value}"
LEVEL = "每件按级别计分的，分值写 1，只留 per，另写 times: {级别: {国家级: 5, 省级: 3}}"
CAP = "一条规则最多几分写 up_to；几条合起来最多几分的，写成一项，max 写在项上"
STEPS = "它只与这些依据合用：per、per_missing、per_over、each、each_missing"


@pytest.mark.parametrize(
    ("rule", "code", "form"),
    [
        ("{deduct: 1-5, judge: 评议}", "E012", RANGE),
        ("{deduct: 1 至 5 分, if: 迟到}", "E012", RANGE),
        ("{deduct: [1, 5], judge: 评议}", "E011", RANGE),
        ("{deduct: {from: 1, to: 5}, if: 迟到}", "E011", RANGE),
        ("{deduct: 5, from: 1, judge: 评议}", "E019", RANGE),
        ("{award: 核定分值, per: 获奖}", "E012", COLUMN),
        ("{award: 1, per: 获奖, times: 核定分值}", "E011", FACTOR),
        ("{award: 1, per: 获奖, times: {核定分值: 是}}", "E012", FACTOR),
        ("{award: 1, per: 获奖, by: 级别}", "E016", LEVEL),
        ("{deduct: 1, per: 迟到, at_least: 次数}", "E016", "写成前提，如 if: {次数: {at_least: 3}}"),
        ("{deduct: 1, per: 迟到, max: 2}", "E019", CAP),
        ("{deduct: 1, if: 迟到, every: 2}", "E019", STEPS),
        ("{deduct: 1, if: 迟到, criterion: 不迟到}", "E019", "它写在类或项上"),
        ("{deduct: 1, if: 迟到, kind: bonus}", "E019", "它写在类上"),
        ("{deduct: 1, if: 迟到, grades: {}}", "E019", "它写在细则的最外层"),
    ],
)
def test_the_form_for_a_rule(
    rule: str, code: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"{HEAD}sections: [{{title: 甲, max: 5, rules: [{rule}]}}]\n", "utf-8")
    found = [line for line in run(capfd, "validate", path).out.splitlines() if " 错误: " in line]
    assert [(line.split()[1], form in line) for line in found] == [(code, True)]


def test_a_key_of_rules_on_an_item_and_items_of_one_maximum(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.yaml"
    items = "[{title: 迟到, per: 迟到次数, rules: [{deduct: 1, per: 迟到次数}]}]"
    path.write_text(f"{HEAD}sections: [{{title: 甲, max: 5, items: {items}}}]\n", "utf-8")
    assert "E019 错误: “per”不能写在这里：它写在规则里\n" in run(capfd, "validate", path).out
    path.write_text(path.read_text("utf-8").replace("per: 迟到次数, rules", "rules"), "utf-8")
    pool = "E018 错误: 计入总分的指标要写 max（满分）；几条合用一个满分的，写成一项，每条是它的一条规则\n"
    assert pool in run(capfd, "validate", path).out
