"""Quotas of grades, groups, ties and units without grade in the audit workbook, recalculated by the office program."""

from pathlib import Path
from random import Random

import pytest

from tests.carriers import office
from tests.report.audits import Audited, audited, differences
from tests.sampling import runs
from tests.scenes import Unit
from tests.support import rubric

BOOKS = runs(12, 4)

GRADED = """
attributes: [类别]
{groups}
unranked: {{title: 新建, if: {{月数: {{below: 6}}}}}}
tie_break: [B, {{measure: 信访, lowest_first: true}}]
grades:
  优秀: {{at_least: 8, quota: {first}%, quota_rounding: {rounding}}}
  良好: {{above: 6, {second}}}
  合格: {{at_least: 3, unless: 受通报}}
  预备: 3
  不合格: 0
vetoes: [{{title: 造假, if: 造假, grade_at_most: 合格}}]
sections:
  - {{id: A, title: 甲, max: 6, rules: [{{deduct: 1, per: 缺}}]}}
  - {{id: B, title: 乙, max: 4, rules: [{{deduct: 2, per: 错}}]}}
"""


SECOND = "quota: {}%, quota_of: taking_part, at_least_one: true"


def made(at: int) -> Audited:
    """Draw a rubric and a dozen units of few different totals, so that ties are common."""
    chance = Random(f"grades {at}")  # noqa: S311  a test repeats itself
    limits = [*map(SECOND.format, (10, 30, 50)), "places: 2"]
    shares = {"first": chance.choice([10, 25, 40, 60]), "second": chance.choice(limits)}
    text = GRADED.format(
        groups=chance.choice(["", "groups: 类别"]), rounding=chance.choice(["down", "nearest"]), **shares
    )
    return audited(rubric(text), {f"单位{number}": unit(chance) for number in range(12)})


def unit(chance: Random) -> Unit:
    facts = {
        "类别": chance.choice("机企"),
        "月数": chance.choice(["3", *["12"] * 9]),
        "信访": chance.choice("00001"),
        "缺": chance.choice("00112233"),
        "错": chance.choice("00001"),
        "受通报": "否",
        "造假": chance.choice("否否否否是"),
    }
    return {"facts": facts}


@pytest.mark.office
def test_grades_under_quotas_come_to_ours(tmp_path: Path) -> None:
    books = {str(at): made(at) for at in range(BOOKS)}
    computed = office.all_recalculated({key: book.book for key, book in books.items()}, tmp_path)
    for key, book in books.items():
        _, wrong = differences(book.book, computed[key])
        assert wrong == [], key
        assert computed[key]["核对"]["B3"].value == 0
    found = [unit_.grading for book in books.values() for unit_ in book.result.units]
    assert any(grading.candidates for grading in found)
    assert any(grading.passed_over for grading in found)


def test_grades_by_hand() -> None:
    """Of three with 10, 9, 9 points half get 优秀 (1.5, one place), a third of those 良好 (one place, a tie for it)."""
    text = GRADED.format(groups="", first=50, second=SECOND.format(34), rounding="down")
    usual = {"类别": "机", "月数": "12", "信访": "0", "错": "0", "受通报": "否", "造假": "否"}
    book = audited(
        rubric(text), {name: {"facts": {**usual, "缺": lost}} for name, lost in zip("甲乙丙", "011", strict=True)}
    )
    rows = [[cell.value for cell in row] for row in book.stored["核对"].iter_rows(min_row=7)]
    told = {row[0]: row[4:] for row in rows if row[3] == "等次"}
    assert told == {
        "甲": ["优秀", "优秀", "相符"],
        "乙": ["并列待定", "并列待定", "相符"],
        "丙": ["并列待定", "并列待定", "相符"],
    }
