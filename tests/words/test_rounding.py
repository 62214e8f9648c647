"""The sentence that states how a regulation rounds."""

import pytest

from dangjian_score.words.clauses import rounding_policy
from dangjian_score.words.say import load_words
from tests.support import rubric

SECTION = "sections: [{title: 甲, max: 5, rules: [{deduct: 1, if: 缺}]}]\n"
GRADES = "grades: {好: 4, 差: 0}\n"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "",
            "总分四舍五入保留两位小数，各项得分不取舍；名次按取舍后的总分确定",
            "the total is rounded half up to 2 decimals, nothing before it is rounded; ranks go by the rounded total",
        ),
        (
            "rounding: {total: 0, mode: up}\n" + GRADES,
            "总分进一取整数，各项得分不取舍；名次、等次按取舍后的总分确定",
            "the total is rounded up to a whole number, nothing before it is rounded; "
            "ranks and grades go by the rounded total",
        ),
        (
            "rounding: {places: 1, total: 3, mode: down}\n" + GRADES,
            "每条加减分去尾保留一位小数，总分去尾保留三位小数；名次、等次按取舍后的总分确定",
            "every line is cut off to 1 decimal, the total is cut off to 3 decimals; "
            "ranks and grades go by the rounded total",
        ),
        (
            "rounding: {places: 2, sections: 1, mode: half_even}\n",
            "每条加减分四舍六入五成双保留两位小数、各类得分四舍六入五成双保留一位小数，总分四舍六入五成双保留两位小数；"
            "名次按取舍后的总分确定",
            "every line is rounded half to even to 2 decimals, every section is rounded half to even to 1 decimal, "
            "the total is rounded half to even to 2 decimals; ranks go by the rounded total",
        ),
    ],
)
def test_the_policy(text: str, zh: str, en: str) -> None:
    model = rubric(text + SECTION).rubric
    assert (rounding_policy(model, load_words("zh")), rounding_policy(model, load_words("en"))) == (zh, en)
