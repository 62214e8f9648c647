"""What rubrics that ship refuse, and one register for two of them: each expectation is worked out from the clause."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.scenes import attempt
from tests.shipped import read_cases, unit_of
from tests.support import run

Capture = pytest.CaptureFixture[str]


def tried(name: str, *events: dict[str, str], **facts: str) -> tuple[dict[str, Fraction], list[tuple[str, str]]]:
    """Score the unit that loses nothing with more events and other facts: its points by section, codes and measures."""
    loaded, cases = read_cases(name)
    unit = unit_of(cases, {"facts": facts, "more_events": list(events)})
    result, found = attempt(loaded, {"甲": unit})
    wrong = [(str(one.code), dict(one.args).get("measure", "")) for one in found if one.severity == "error"]
    return ({} if result is None else {node.id: node.points for node in result.units[0].trace().nodes}), wrong


HONOUR = {"事项": "荣誉称号", "级别": "省部级"}
CASE = {"事项": "违法违纪案件", "案件类别": "采购受贿"}


@pytest.mark.parametrize(
    ("name", "event", "wrong"),
    [
        # 考评年度内, 当年内: honours and cases of other years do not count, and one without a day may be of any.
        ("qiye-xize-3", {**HONOUR, "日期": "2019-05-01"}, ("E045", "日期")),
        ("qiye-xize-3", HONOUR, ("E066", "日期")),
        ("qiye-xize-3", {**CASE, "日期": "2022-03-01"}, ("E045", "日期")),
        ("gongsi-dangyuan", {"事项": "违纪违法", "级别": "一般", "日期": "2020-05-04"}, ("E045", "日期")),
        (
            "sanxiang-zhibu",
            {"事项": "红线底线", "级别": "红线", "人员": "李某", "日期": "2019-05-01"},
            ("E045", "日期"),
        ),
        # An event of a person names the person, also where the branch is scored.
        ("gongsi-zhibu", {"事项": "违纪违法", "级别": "严重", "日期": "2024-05-04"}, ("E066", "人员")),
        ("sanxiang-zhibu", {"事项": "红线底线", "级别": "红线", "轮次": "3月"}, ("E066", "人员")),
    ],
)
def test_events_that_may_not_count(name: str, event: dict[str, str], wrong: tuple[str, str]) -> None:
    assert wrong in tried(name, event)[1]


def test_one_matter_of_one_person_counts_once() -> None:
    """二 1（2）: a party and an administrative punishment in one matter are one; two persons in one case are two."""
    punished = {"事项": "班子成员处分", "日期": "2024-03-01", "人员": "张某"}
    first, second = {**punished, "级别": "党内严重警告"}, {**punished, "级别": "行政记过"}
    assert tried("qiye-xize-3", first, second)[1] == [("E066", "案件"), ("E066", "案件")]
    points, wrong = tried("qiye-xize-3", {**first, "案件": "甲-1"}, {**second, "案件": "甲-1"})
    assert (points["B"], wrong) == (-5, [])
    other = {**punished, "人员": "李某", "级别": "开除党籍", "案件": "甲-1"}
    points, wrong = tried("qiye-xize-3", {**punished, "级别": "降级", "案件": "甲-1"}, other)
    assert (points["B"], wrong) == (-30, [])


@pytest.mark.parametrize(
    ("name", "facts", "wrong"),
    [
        ("gongsi-zhibu", {"党费迟交次数": "5"}, ("E027", "党费迟交次数")),  # four quarters
        ("ju-pingfen", {"信息报送月数": "13"}, ("E027", "信息报送月数")),
        ("shuji-shuzhi", {"述职报告字数": "1000", "成绩部分字数": "3000"}, ("E116", "成绩部分字数")),
        ("shuji-shuzhi", {"述职报告字数": "0", "成绩部分字数": "900"}, ("E116", "成绩部分字数")),
    ],
)
def test_figures_beyond_what_there_can_be(name: str, facts: dict[str, str], wrong: tuple[str, str]) -> None:
    assert wrong in tried(name, **facts)[1]


def columns(path: Path) -> set[Any]:
    """Give the headings of the register of a template."""
    sheet = load_workbook(path)["台账"]
    return {cell.value for row in sheet.iter_rows(min_row=3, max_row=5) for cell in row}


@pytest.mark.parametrize(
    ("branch", "member", "shared"),
    [
        ("gongsi-zhibu", "gongsi-dangyuan", {"党支部", "人员", "日期", "级别", "数量", "案件", "支部加分", "个人加分"}),
        ("sanxiang-zhibu", "sanxiang-dangyuan", {"党支部", "人员", "轮次", "日期", "级别", "数量"}),
    ],
)
def test_either_template_serves_branches_and_members(
    branch: str, member: str, shared: set[str], tmp_path: Path, capfd: Capture
) -> None:
    for name in (branch, member):
        assert run(capfd, "template", name, "-o", tmp_path / f"{name}.xlsx").code == 0
        assert columns(tmp_path / f"{name}.xlsx") >= shared


REGISTER = """党支部,人员,事项,日期,级别,数量,案件,支部加分,个人加分
甲支部,赵某,知识竞赛获奖,2024-05-01,,,奖1,3,2
甲支部,钱某,知识竞赛获奖,2024-05-01,,,奖1,3,1
乙支部,孙某,培训缺席,2024-05-05,,2,,,
乙支部,孙某,违纪违法,2024-07-07,严重,,,,
乙支部,,党课,2024-02-01,,,,,
"""


def written(folder: Path, name: str, units: dict[str, dict[str, str]]) -> Path:
    """Write the summary of units that lose nothing but what is said."""
    loaded, cases = read_cases(name)
    column = loaded.rubric.unit_column or loaded.rubric.subject
    rows = [{column: unit, **cases["full"], **said} for unit, said in units.items()]
    lines = (",".join(row.values()) for row in rows)
    path = folder / f"{name}.csv"
    path.write_text("\n".join((",".join(rows[0]), *lines)) + "\n", "utf-8")
    return path


def test_one_register_costs_and_gives_both_what_their_clauses_say(tmp_path: Path, capfd: Capture) -> None:
    """五（一）: the branch has 3 points for the prize once, 赵某 2, 钱某 1; 五（二）: 20 for the branch, 15 for 孙某.

    六（二）3（2）: two absences from training cost the branch half a point each, and 孙某 one each.
    """
    register = tmp_path / "台账.csv"
    register.write_text(REGISTER, "utf-8")
    members = {"赵某": {"所属党支部": "甲支部"}, "钱某": {"所属党支部": "甲支部"}, "孙某": {"所属党支部": "乙支部"}}
    summary = written(tmp_path, "gongsi-dangyuan", members)
    ran = run(capfd, "score", "gongsi-dangyuan", summary, register, "-o", tmp_path / "r.csv", "-q")
    assert ran.code == 0, ran.err
    rows = [line.split(",") for line in (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()]
    totals = {row[rows[0].index("党员")]: row[rows[0].index("总分")] for row in rows[1:]}
    assert totals == {"赵某": "102.00", "钱某": "101.00", "孙某": "83.00"}
    branches = written(tmp_path, "gongsi-zhibu", {"甲支部": {}, "乙支部": {}})
    ran = run(capfd, "score", "gongsi-zhibu", branches, register, "--detail")
    assert ran.code == 0, ran.err
    prize = "知识竞赛获奖 1 项（赵某 奖1 2024-05-01 支部加分 3，得 3 分（同案另有 1 件不再计：钱某 奖1 2024-05-01））"
    assert prize in ran.out
    assert "培训缺席 2 人次（孙某 2024-05-05 数量 2，扣 0.5 × 2 = 1 分）" in ran.out
    assert "违纪违法 1 次（孙某 严重 2024-07-07，扣 20 分）" in ran.out


def test_a_register_without_persons_serves_no_member(tmp_path: Path, capfd: Capture) -> None:
    register = tmp_path / "台账.csv"
    register.write_text(REGISTER.replace("孙某", ""), "utf-8")
    summary = written(tmp_path, "gongsi-dangyuan", {"赵某": {}, "钱某": {}})
    ran = run(capfd, "score", "gongsi-dangyuan", summary, register)
    assert ran.code == 3
    assert ran.err.count("E035 错误: 这一行有数据，没有单位名称（“人员”空着）") == 2


def test_the_red_line_is_punished_however_many_points_there_are(tmp_path: Path, capfd: Capture) -> None:
    """One star by 98.33 points and a red line in March; the year's rewards and punishments go by stars."""
    _, cases = read_cases("sanxiang-dangyuan")
    months = [f"{month}月" for month in range(1, 13)]
    full = {name: value for name, value in cases["full"].items() if name != "所属党支部"}
    lines = [f"人员,轮次,所属党支部,{','.join(full)}"]
    lines += [f"张一,{month},柳树村党支部,{','.join(full.values())}" for month in months]
    (tmp_path / "m.csv").write_text("\n".join(lines), "utf-8")
    events = ["人员,党支部,轮次,事项,级别,数量", "张一,柳树村党支部,3月,红线底线,红线,"]
    events += [
        f"张一,柳树村党支部,{month},{event},,2" for month in months for event in ("代办服务", "走访群众", "结对帮扶")
    ]
    (tmp_path / "t.csv").write_text("\n".join(events), "utf-8")
    ran = run(capfd, "score", "sanxiang-dangyuan", tmp_path / "m.csv", tmp_path / "t.csv", "--detail")
    assert ran.code == 0, ran.err
    assert "98.33  一星" in ran.out
    assert "年度惩戒  张一" in ran.out
    assert (
        "因触碰红线（3月、张一 红线），依据条款一是，实行“一票否决”，考核等次最高为一星，取消评先评优资格"
    ) in " ".join(ran.out.split())
    march = run(capfd, "score", "sanxiang-dangyuan", tmp_path / "m.csv", tmp_path / "t.csv", "--through", "2024-03-31")
    assert march.code == 0, march.err
    assert "年度惩戒" not in march.out
