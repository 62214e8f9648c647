"""The page that shows a regulation and its reading side by side, and the pieces that it is made of."""

import re
from pathlib import Path

import lxml.html
import pytest
from lxml.html import HtmlElement

from dangjian_score.api.drafting import DraftedRubric, draft_rubric
from dangjian_score.api.inputs import InputError
from dangjian_score.draft.comparison.figures import figures, marked
from dangjian_score.draft.comparison.pieces import pieces
from dangjian_score.draft.comparison.rows import place_text
from dangjian_score.draft.reading import Reading
from dangjian_score.words.say import load_words
from tests.draft.papers import described, written
from tests.sampling import sampled

CORPUS = sampled(sorted((Path(__file__).parent / "corpus").glob("*.yaml")), 8)
REGULATION = """\
党支部考核细则
一、学习教育（20分）
1.集中学习（10分）。每月学习1次，少1次扣1分。学习效果不好的，酌情扣分。扣完为止。
2.党课（10分）。按时上党课。未上党课的，扣2分；超过3天未补的扣1分。
二、组织生活（10分）
1.组织生活会（8分）。未召开的不得分。
"""


def drafted(tmp_path: Path, text: str = REGULATION) -> DraftedRubric:
    path = tmp_path / "细则.txt"
    path.write_text(text, "utf-8")
    return draft_rubric(path)


def page(drafted: DraftedRubric, language: str = "zh") -> HtmlElement:
    return lxml.html.fromstring(drafted.comparison(load_words("en" if language == "en" else "zh")).decode())


def rows(found: HtmlElement, status: str) -> list[tuple[str, str]]:
    """Return the left and the right text of the rows of a status."""
    drawn = found.xpath(f"//table[@class='sides']//tr[@class='{status}']")
    return [(texts(row, "source"), texts(row, "reading")) for row in drawn]


def texts(row: HtmlElement, column: str) -> str:
    return " ".join(part.text_content() for part in row.xpath(f"td[@class='{column}']/p"))


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_every_letter_of_every_item_stands_on_the_left(path: Path, tmp_path: Path) -> None:
    name, data = written(described(path))
    (tmp_path / name).write_bytes(data)
    try:
        read = draft_rubric(tmp_path / name)
    except InputError:
        pytest.skip("no rubric is drafted of it")
    items = page(read).xpath("//tbody[tr[@class='item']]")
    every = [item for section in read.draft.sections for item in section.items]
    assert len(items) == len(every)
    for drawn, item in zip(items, every, strict=True):
        left = "".join(cell.text_content() for cell in drawn.xpath(".//td[@class='source']"))
        assert bare(item.item.standard or item.item.criterion or item.item.title) == bare(left)
    clauses = [reading.words for _, reading in read.draft.readings if reading.why != "unwritten"]
    shown = bare("".join(cell.text_content() for cell in page(read).xpath("//td[@class='source']")))
    assert all(bare(words)[-6:] in shown for words in clauses)


def test_rows_say_what_was_settled_marked_and_left_out(tmp_path: Path) -> None:
    found = page(drafted(tmp_path))
    settled = dict(rows(found, "settled"))
    assert "未上党课的，扣2分" in settled
    assert "未上党课的，扣 2 分" in settled["未上党课的，扣2分"]
    amber = rows(found, "marked")
    assert ("学习效果不好的，酌情扣分") in [source for source, _ in amber]
    (reading,) = (right for left, right in amber if left == "学习效果不好的，酌情扣分")
    assert "写法不定，算不出几分" in reading
    assert "暂由考核人评定" in reading
    assert [left for left, _ in rows(found, "idle")] == ["扣完为止"]
    assert "按时上党课" in [left for left, _ in rows(found, "plain")]


def test_the_measures_that_a_clause_asks_for_are_named(tmp_path: Path) -> None:
    found = page(drafted(tmp_path))
    (row,) = (row for row in found.xpath("//tr[@class='settled']") if "少1次扣1分" in row.xpath("td")[1].text_content())
    (asked,) = row.xpath(".//p[@class='asked']")
    assert re.search("学习.*次$", asked.text_content())


def test_a_sum_that_fails_is_marked_and_says_both_figures(tmp_path: Path) -> None:
    found = page(drafted(tmp_path))
    assert any("各项合计 8 分" in right and "写的是 10 分" in right for _, right in rows(found, "marked"))
    assert found.xpath("//table[@class='points-of']//td[@class='said failing']/text()") == ["10"]


def test_each_mark_leads_to_the_next_and_the_last_back(tmp_path: Path) -> None:
    found = page(drafted(tmp_path))
    ids = found.xpath("//tr[@class='marked']/@id")
    assert ids == [f"m{at}" for at in range(1, len(ids) + 1)]
    assert len(ids) > 1
    ways = found.xpath("//tr[@class='marked']//p[@class='next']/a/@href")
    assert ways == [*(f"#{id_}" for id_ in ids[1:]), "#top"]
    assert found.xpath("//span[@class='jumps']/a/@href") == [f"#{id_}" for id_ in ids]
    assert found.xpath("//section[@class='marks']//a/@href") == [f"#{id_}" for id_ in ids]
    assert found.get_element_by_id("top").tag == "h1"


def test_the_line_of_a_mark_is_that_of_its_note(tmp_path: Path) -> None:
    read = drafted(tmp_path)
    lines = read.yaml.decode().split("\n")
    places = [
        int(text.split()[2]) for text in page(read).xpath("//tr[@class='marked']//small/text()") if "YAML" in text
    ]
    assert places
    assert all("待核" in lines[place - 1] for place in places)


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(2)>" onclick="x'
    text = REGULATION.replace("未上党课的", f"{evil}未上党课的").replace(
        "党支部考核细则", f"党支部考核细则{evil}考核细则"
    )
    data = drafted(tmp_path, text).comparison(load_words("zh")).decode()
    found = lxml.html.fromstring(data)
    assert found.xpath("//script | //img | //link | //iframe | //*[@onclick] | //*[@onerror] | //*[@src]") == []
    assert "&lt;script&gt;" in data


def test_what_turns_writing_around_is_written_out(tmp_path: Path) -> None:
    data = drafted(tmp_path, REGULATION.replace("未上党课的", "未上\u202e党课的")).comparison(load_words("zh")).decode()
    assert "\u202e" not in data


def test_nothing_is_asked_of_a_network_and_nothing_runs(tmp_path: Path) -> None:
    data = drafted(tmp_path).comparison(load_words("zh")).decode()
    found = lxml.html.fromstring(data)
    (policy,) = found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert not found.xpath("//script")
    assert {link[0] for link in found.xpath("//a/@href")} == {"#"}
    assert "url(" not in data
    assert "@import" not in data


def test_an_english_page_marks_what_is_chinese(tmp_path: Path) -> None:
    found = page(drafted(tmp_path), "en")
    assert found.get("lang") == "en"
    amber = rows(found, "marked")
    assert any("the wording leaves the points open" in right for _, right in amber)
    assert any("the items come to 8, paragraph" in right or "the items come to 8, " in right for _, right in amber)
    (title,) = found.xpath("//h1")
    assert title.get("lang") == "zh-CN"


def test_the_same_page_twice(tmp_path: Path) -> None:
    words = load_words("zh")
    assert drafted(tmp_path).comparison(words) == drafted(tmp_path).comparison(words)


def test_a_line_about_the_whole_stands_beside_what_it_gives(tmp_path: Path) -> None:
    text = (
        REGULATION
        + "三、等次\n90分以上为优秀，下设30%的预备名单，60分以上为合格，60分以下为不合格。得分四舍五入，保留1位小数。\n"
    )
    found = page(drafted(tmp_path, text))
    settled = rows(found, "settled")
    (grades,) = (right for left, right in settled if left.startswith("等次"))
    assert "优秀（90 分以上）" in grades
    unused = found.xpath("//tr[@class='settled']//b[@class='other']/text()")
    assert unused.count("30") == 1  # beside the rounding, which the same line gives, and not beside the grades
    (rounding,) = (left for left, _ in settled if left.startswith("取舍"))
    assert "保留1位小数" in rounding


def test_a_document_without_marks_says_so(tmp_path: Path) -> None:
    text = "党支部考核细则\n一、学习教育（10分）\n1.党课（10分）。未上党课的，扣2分。\n"
    found = page(drafted(tmp_path, text))
    assert not found.xpath("//tr[@class='marked'] | //section[@class='marks'] | //input[@id='only']")
    assert "没有待核的地方" in found.xpath("//nav")[0].text_content()


@pytest.mark.parametrize(
    ("text", "clauses", "cut"),
    [
        ("甲扣1分；乙扣2分。", ["甲扣1分", "乙扣2分"], ["甲扣1分*", "乙扣2分*"]),
        ("应当学习。（1）缺课，扣1分。好。", ["缺课，扣1分"], ["应当学习", "（1）缺课，扣1分*", "好"]),
        ("缺课（以签到为准）扣1分。", ["缺课扣1分"], ["缺课（以签到为准）扣1分*"]),
        ("下列每缺一项扣1分：计划；总结。", ["下列每缺一项扣1分"], ["下列每缺一项扣1分：计划；总结*"]),
        ("缺课扣1分，以签到为准。", ["缺课扣1分"], ["缺课扣1分*", "以签到为准"]),
        ("只说要学习", ["别的话扣1分"], ["别的话扣1分*", "只说要学习"]),
        ("扣1分；扣1分", ["扣1分", "扣1分"], ["扣1分*", "扣1分*"]),
        ("", [], []),
    ],
)
def test_pieces_of_a_text(text: str, clauses: list[str], cut: list[str]) -> None:
    found = pieces(text, [Reading(words) for words in clauses])
    assert [piece.words + "*" * (piece.reading is not None) for piece in found] == cut


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("少一次扣0.5分", [("一", "1"), ("0.5", "1/2")]),
        ("达到百分之八十的，得十二分", [("百分之八十", "80"), ("十二", "12")]),
        ("三会一课开展不好的", []),
        ("扣半分", [("半", "1/2")]),
        ("2024年", [("2024", "2024")]),
        ("（2）有计划；3.有总结", []),
    ],
)
def test_figures_of_a_text(text: str, found: list[tuple[str, str]]) -> None:
    assert [(text[each.start : each.end], str(each.value)) for each in figures(text)] == found


def test_a_figure_that_only_one_side_has_is_marked_as_such() -> None:
    other = frozenset(each.value for each in figures("每少 1 次扣 2 分"))
    drawn = [
        part if isinstance(part, str) else f"<{part.attributes[0][1]}>" for part in marked("3次扣2分", other, lone=True)
    ]
    assert "".join(drawn) == "<other>次扣<same>分"


@pytest.mark.parametrize(
    ("place", "english"),
    [
        ("表 2 第 3 行", "table 2, row 3"),
        ("第 9 段", "paragraph 9"),
        ("考核表 第 4 行", "考核表, row 4"),
        ("别处", "别处"),
    ],
)
def test_places_in_both_languages(place: str, english: str) -> None:
    assert place_text(place, load_words("zh")) == place
    assert place_text(place, load_words("en")) == english
